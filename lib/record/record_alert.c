// SPDX-License-Identifier: BSD-3-Clause
#include "record.h"
#include "record_internal.h"

void record_add_hits(struct mt_json *j, const struct record_hit *hits, size_t n)
{
	if (n == 0)
		return;
	mt_json_open(j, "scan", '[');
	for (size_t i = 0; i < n; i++) {
		mt_json_open(j, NULL, '{');
		mt_json_u64(j, "signature_id", hits[i].signature_id);
		mt_json_text(j, "scope", hits[i].scope);
		mt_json_u64(j, "end", hits[i].end);
		mt_json_close(j, '}');
	}
	mt_json_close(j, ']');
}

bool record_alert(struct mt_buf *out, const struct record_context *c,
	const struct mail *m, const struct record_alert *alert)
{
	struct mt_json j;

	mt_json_init(&j, out);
	mt_json_open(&j, NULL, '{');
	record_add_head(&j, c, alert->at_us, "alert");
	record_add_flow(&j, c, &m->conn);
	mt_json_u64(&j, "tx_id", m->conn.tx_id);
	mt_json_text(&j, "app_proto", "smtp");
	mt_json_open(&j, "alert", '{');
	// A tap stands in nobody's way.
	mt_json_text(&j, "action", "allowed");
	mt_json_u64(&j, "gid", 1);
	mt_json_u64(&j, "signature_id", alert->hit.signature_id);
	mt_json_u64(&j, "rev", alert->rev);
	mt_json_text(&j, "signature", alert->name);
	mt_json_text(&j, "category", alert->category);
	mt_json_u64(&j, "severity", alert->severity);
	mt_json_close(&j, '}');
	mt_json_open(&j, "mailtap", '{');
	mt_json_span(&j, "id", span_make(m->id.text, MT_ID_LEN));
	record_add_hits(&j, &alert->hit, 1);
	mt_json_close(&j, '}');
	mt_json_close(&j, '}');
	return !out->full;
}
