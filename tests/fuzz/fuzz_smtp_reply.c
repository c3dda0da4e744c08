// SPDX-License-Identifier: BSD-3-Clause

// Reply lines: everything that is found must lie within its line, and be the same whatever the
// pieces in which the lines came.

#include "fuzz_smtp_lines.h"
#include "smtp_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(struct span line, struct mt_buf *log)
{
	struct smtp_reply_line got;

	if (!smtp_reply_parse(line, &got))
		return;
	MT_ASSERT(got.reply.code >= 200 && got.reply.code < 600);
	fuzz_within(got.reply.enhanced, line);
	fuzz_within(got.reply.text, line);
	fuzz_within(got.reply.queue_id, line);
	mt_buf_printf(log, " %u %d", got.reply.code, got.more);
	fuzz_say(log, "enhanced", got.reply.enhanced);
	fuzz_say(log, "text", got.reply.text);
	fuzz_say(log, "id", got.reply.queue_id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mt_buf log;

	mt_buf_init(&log, 1u << 20);
	look(span_make(data, size), &log);
	mt_buf_fini(&log);
	if (size > 0)
		fuzz_compare_lines(data, size, look);
	return 0;
}
