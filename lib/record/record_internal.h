// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What records of every kind have in common.

#include "record.h"

void record_add_head(struct mt_json *j, const struct record_context *c, uint64_t at_us,
	const char *event_type);
// flow_id, interface, tags, both ends, protocol.
void record_add_flow(
	struct mt_json *j, const struct record_context *c, const struct mail_conn *conn);
// The list `scan` of `mailtap`; nothing when there were no hits.
void record_add_hits(struct mt_json *j, const struct record_hit *hits, size_t n);
void record_add_odds(struct mt_json *j, uint64_t odds);
// "SIZE=100 SMTPUTF8" as an object: keyword in capitals to value as sent, true where there is
// none. Nothing at all for an empty text.
void record_add_params(struct mt_json *j, const char *key, struct span text);
// The object `tls` of a session; nothing at all where TLS was not spoken of.
void record_add_tls(struct mt_json *j, const struct mail_session *session,
	const struct tls_facts *facts);
// The object `email`, in the shape of EVE; nothing at all when no field was found. Without lists
// it is at most some 30 KB.
void record_add_email(struct mt_json *j, const struct mime_headers *headers, bool lists);
// The object `header` of `mailtap`: fields that EVE's email has no place for; nothing when none was
// found.
void record_add_header(struct mt_json *j, const struct mime_headers *headers);
