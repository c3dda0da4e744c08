// SPDX-License-Identifier: BSD-3-Clause

// Command lines: everything that is found must lie within its line, and be the same whatever the
// pieces in which the lines came.

#include "fuzz_smtp_lines.h"
#include "smtp_command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_path(struct smtp_command c, const char *word, struct mt_buf *log)
{
	struct span path, params;

	if (!smtp_command_path(c.arg, word, &path, &params))
		return;
	fuzz_within(path, c.arg);
	fuzz_within(params, c.arg);
	fuzz_say(log, word, path);
	fuzz_say(log, "params", params);
}

static void look(struct span line, struct mt_buf *log)
{
	struct smtp_command c = smtp_command_parse(line);
	uint64_t n = 0;
	bool last = false;

	MT_ASSERT(c.verb < SMTP_VERB_COUNT);
	fuzz_within(c.arg, line);
	fuzz_say(log, smtp_verb_name(c.verb), c.arg);
	look_at_path(c, "FROM", log);
	look_at_path(c, "TO", log);
	if (smtp_command_chunk(c.arg, &n, &last)) {
		MT_ASSERT(n <= INT64_MAX);
		mt_buf_printf(log, " chunk %llu %d", (unsigned long long)n, last);
	}
	if (smtp_command_number(c.arg, &n)) {
		MT_ASSERT(n <= INT64_MAX);
		mt_buf_printf(log, " number %llu", (unsigned long long)n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mt_buf log;

	// A line may hold any octet, as far as the parser is concerned.
	mt_buf_init(&log, 1u << 20);
	look(span_make(data, size), &log);
	mt_buf_fini(&log);
	if (size > 0)
		fuzz_compare_lines(data, size, look);
	return 0;
}
