// SPDX-License-Identifier: BSD-3-Clause

// One command line: everything that is found must lie within it.

#include "smtp_command.h"

#include "mt_assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct span part, struct span whole)
{
	MT_ASSERT(part.len == 0 ||
		(part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = span_make(data, size), path, params;
	struct smtp_command c = smtp_command_parse(line);
	uint64_t n = 0;
	bool last;

	within(c.arg, line);
	if (smtp_command_path(c.arg, "FROM", &path, &params)) {
		within(path, line);
		within(params, line);
	}
	if (smtp_command_path(c.arg, "TO", &path, &params)) {
		within(path, line);
		within(params, line);
	}
	if (smtp_command_chunk(c.arg, &n, &last))
		MT_ASSERT(n <= INT64_MAX);
	if (smtp_command_number(c.arg, &n))
		MT_ASSERT(n <= INT64_MAX);
	return 0;
}
