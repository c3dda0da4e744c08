// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Makes the JSON records of the log and of eve.json, in the shape of Suricata's EVE. Pure: a mail
// or a ledger goes in, one line of text comes out (without line end).

#include "mail.h"
#include "mime_header.h"
#include "stats.h"
#include "tls_facts.h"

struct record_context {
	const char *host; // NULL: left out
	const char *const *ifaces; // names by mail_conn.iface
	size_t iface_count;
};

struct record_hit { // of a signature
	uint32_t signature_id;
	const char *scope;
	uint64_t end; // octets of the scope up to the end of the match
};

struct record_alert {
	uint64_t at_us;
	struct record_hit hit;
	uint32_t rev, severity;
	const char *name, *category;
};

// What the record of a mail tells of its content, beside what the mail itself knows.
struct record_content {
	bool stored; // the content is kept
	const uint64_t (*extents)
		[3]; // {segment, offset, length}; looked at only where it is kept
	size_t extent_count;
	const struct mime_headers *headers; // NULL: not looked at
	const struct record_hit *hits;
	size_t hit_count;
};

// All of them return false when the text does not fit into what out may hold, or memory ran out;
// out holds a part of it then, and is full.

// event_type smtp. Takes over the odds of the headers into m->odds, and sets MT_ODD_not_utf8 there
// when text had to be mended. What does not fit is left out and said: first recipients
// (MT_ODD_too_many_rcpts) and lists of the header (MT_ODD_header_cut), then all of the header.
bool record_mail(struct mt_buf *out, const struct record_context *c, struct mail *m,
	const struct record_content *content);
// The envelope as told in the log's `begin` entry: id, flow, connection, envelope so far (of a
// great crowd of recipients the first).
bool record_begin(
	struct mt_buf *out, const struct record_context *c, const struct mail *m);
// event_type alert: a signature was found in this mail, whose fate is not known yet.
bool record_alert(struct mt_buf *out, const struct record_context *c,
	const struct mail *m, const struct record_alert *alert);
// event_type mailtap, kind session. tls: what its handshake showed, NULL for nothing.
bool record_session(struct mt_buf *out, const struct record_context *c,
	const struct mail *m, const struct mail_session *session,
	const struct tls_facts *tls);
// kind start; version is plain ASCII.
bool record_start(struct mt_buf *out, const struct record_context *c, uint64_t at_us,
	const char *version);
// kind stop: the ledger with `balanced`, every counter, and the oddities that were met.
bool record_stop(struct mt_buf *out, const struct record_context *c, uint64_t at_us,
	const struct stats_sum *sum);
