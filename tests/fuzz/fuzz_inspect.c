// SPDX-License-Identifier: BSD-3-Clause

// Files that mailtap-inspect reads back: a cursor that is taken comes out the same again, a line
// of verdicts is taken or not. The right CRC is put behind a cursor, so that what stands before
// it is reached.

#include "cursor.h"
#include "verdict.h"

#include "mt_crc32c.h"

#include <stdlib.h>

#define MOST_US UINT32_MAX

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void read_cursor(struct span text)
{
	struct pending first, second;
	struct cursor a, b;
	struct mt_buf again;

	must(pending_init(&first) == 0 && pending_init(&second) == 0);
	mt_buf_init(&again, CURSOR_MAX);
	if (cursor_read(text, &a, &first, 0, MOST_US) == 0) {
		cursor_print(&a, &first, 0, &again);
		must(!again.full);
		must(cursor_read(mt_buf_span(&again), &b, &second, 0, MOST_US) == 0);
		must(memcmp(&a, &b, sizeof(a)) == 0);
		must(first.count == second.count && first.deferred == second.deferred);
	} else {
		must(first.count == 0);
	}
	mt_buf_fini(&again);
	pending_fini(&first);
	pending_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_make(data, size);
	char said[VERDICT_TEXT_SIZE];
	struct mt_buf whole;
	struct mt_id id;

	read_cursor(text);
	mt_buf_init(&whole, CURSOR_MAX);
	if (mt_buf_add(&whole, text) &&
		mt_buf_printf(&whole, "end %08x\n", mt_crc32c(0, text)))
		read_cursor(mt_buf_span(&whole));
	mt_buf_fini(&whole);
	if (verdict_read(text, "av", &id) == 1)
		must(mt_id_is_valid(span_text(id.text)));
	size_t len = verdict_text(text, said);
	must(len < sizeof(said) && said[len] == '\0' && strlen(said) == len);
	for (size_t i = 0; i < len; i++)
		must((uint8_t)said[i] >= 0x20 && said[i] != 0x7f);
	return 0;
}
