// SPDX-License-Identifier: BSD-3-Clause

// One reply line: everything that is found must lie within it.

#include "smtp_reply.h"

#include "mt_assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct span part, struct span whole)
{
	MT_ASSERT(part.len == 0 ||
		(part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = span_make(data, size);
	struct smtp_reply_line got;

	if (!smtp_reply_parse(line, &got))
		return 0;
	MT_ASSERT(got.reply.code >= 200 && got.reply.code < 600);
	within(got.reply.enhanced, line);
	within(got.reply.text, line);
	within(got.reply.queue_id, line);
	return 0;
}
