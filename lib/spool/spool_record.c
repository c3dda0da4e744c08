// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include "mt_clock.h"

void spool_record_begin(struct mt_json *j, struct mt_buf *b, const char *kind)
{
	char now[MT_CLOCK_TEXT_SIZE];

	mt_clock_text(mt_clock_wall_us(), now);
	mt_buf_clear(b);
	mt_json_init(j, b);
	mt_json_open(j, NULL, '{');
	mt_json_text(j, "timestamp", now);
	mt_json_text(j, "event_type", "mailtap");
	mt_json_open(j, "mailtap", '{');
	mt_json_text(j, "kind", kind);
}
