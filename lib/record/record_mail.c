// SPDX-License-Identifier: BSD-3-Clause
#include "record.h"
#include "record_internal.h"

#include "mt_clock.h"

static void add_hex(struct mt_json *j, const char *key, const uint8_t *octets, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char text[65];

	for (size_t i = 0; i < n; i++) {
		text[2 * i] = digits[octets[i] >> 4];
		text[2 * i + 1] = digits[octets[i] & 15];
	}
	mt_json_span(j, key, span_make(text, 2 * n));
}

static void add_reply(struct mt_json *j, const char *key, const struct mail *m,
	const struct mail_reply_kept *reply)
{
	if (key != NULL)
		mt_json_open(j, key, '{');
	mt_json_u64(j, "code", reply->code);
	if (reply->enhanced.len > 0)
		mt_json_span(j, "enhanced", mail_text_get(m, reply->enhanced));
	if (reply->text.len > 0)
		mt_json_span(j, "text", mail_text_get(m, reply->text));
	if (key != NULL)
		mt_json_close(j, '}');
}

static void add_smtp(struct mt_json *j, const struct mail *m, size_t rcpts)
{
	mt_json_open(j, "smtp", '{');
	if (m->helo.len > 0)
		mt_json_span(j, "helo", mail_text_get(m, m->helo));
	if (m->has_from)
		mt_json_span(j, "mail_from", mail_text_get(m, m->from));
	mt_json_open(j, "rcpt_to", '[');
	for (size_t i = 0; i < rcpts; i++) {
		const struct mail_rcpt *r = mail_rcpt_get(m, i);
		if (r->reply.code < 400)
			mt_json_span(j, NULL, mail_text_get(m, r->to));
	}
	mt_json_close(j, ']');
	mt_json_close(j, '}');
}

static void add_rcpts(struct mt_json *j, const struct mail *m, size_t rcpts)
{
	mt_json_open(j, "rcpts", '[');
	for (size_t i = 0; i < rcpts; i++) {
		const struct mail_rcpt *r = mail_rcpt_get(m, i);
		mt_json_open(j, NULL, '{');
		mt_json_span(j, "to", mail_text_get(m, r->to));
		if (r->reply.code != 0)
			add_reply(j, NULL, m, &r->reply);
		record_add_params(j, "params", mail_text_get(m, r->params));
		if (r->has_final && r->final.code != 0)
			add_reply(j, "final", m, &r->final);
		mt_json_close(j, '}');
	}
	mt_json_close(j, ']');
}

static void add_gaps(struct mt_json *j, const struct mail *m)
{
	uint64_t before = 0;

	mt_json_open(j, "gaps", '[');
	for (size_t i = 0; i < mail_gap_count(m); i++) {
		const struct mail_gap *g = mail_gap_get(m, i);
		mt_json_open(j, NULL, '{');
		mt_json_u64(j, "at", g->at);
		mt_json_u64(j, "offset", g->at + before);
		if (g->length == UINT64_MAX) {
			mt_json_null(j, "length");
		} else {
			mt_json_u64(j, "length", g->length);
			before += g->length;
		}
		mt_json_close(j, '}');
	}
	mt_json_close(j, ']');
}

static void add_extents(struct mt_json *j, const uint64_t (*extents)[3], size_t n)
{
	mt_json_open(j, "extents", '[');
	for (size_t i = 0; i < n; i++) {
		mt_json_open(j, NULL, '[');
		for (int k = 0; k < 3; k++)
			mt_json_u64(j, NULL, extents[i][k]);
		mt_json_close(j, ']');
	}
	mt_json_close(j, ']');
}

// The final reply: of the mail, else the first that a recipient got (LMTP, PRDR).
static const struct mail_reply_kept *final_reply(const struct mail *m)
{
	for (size_t i = 0; m->reply.code == 0 && i < mail_rcpt_count(m); i++) {
		const struct mail_rcpt *r = mail_rcpt_get(m, i);
		if (r->has_final && r->final.code != 0)
			return &r->final;
	}
	return &m->reply;
}

// Milliseconds, with three decimals.
static void add_ms(struct mt_json *j, const char *key, uint64_t from_us, uint64_t to_us)
{
	uint64_t us = from_us != 0 && to_us > from_us ? to_us - from_us : 0;
	const char decimals[] = {'.', (char)('0' + us / 100 % 10),
		(char)('0' + us / 10 % 10), (char)('0' + us % 10)};

	mt_json_u64(j, key, us / 1000);
	mt_buf_add(j->out, span_make(decimals, sizeof(decimals)));
}

static void add_times(struct mt_json *j, const struct mail *m)
{
	// A mail without any content knows no time of its end.
	uint64_t content_us = m->content_us > m->begin_us ? m->content_us : m->begin_us;

	mt_json_open(j, "ms", '{');
	add_ms(j, "connect", m->conn.start_us, m->open_us);
	add_ms(j, "envelope", m->open_us, m->begin_us);
	add_ms(j, "content", m->begin_us, content_us);
	if (final_reply(m)->code != 0)
		add_ms(j, "reply", content_us, m->end_us);
	mt_json_close(j, '}');
}

static void add_connection_facts(struct mt_json *j, const struct mail *m)
{
	static const char *const hops[] = {[MAIL_INBOUND] = "inbound",
		[MAIL_INTERNAL] = "internal",
		[MAIL_OUTBOUND] = "outbound"};

	mt_json_text(j, "hop",
		hops[m->conn.hop < MAIL_HOP_COUNT ? m->conn.hop : MAIL_INBOUND]);
	if (m->tls_offered || m->tls_used) {
		mt_json_open(j, "tls", '{');
		mt_json_bool(j, "offered", m->tls_offered);
		mt_json_bool(j, "used", m->tls_used);
		mt_json_close(j, '}');
	}
	record_add_params(j, "xclient", mail_text_get(m, m->xclient));
	record_add_params(j, "xforward", mail_text_get(m, m->xforward));
	if (m->has_auth) {
		mt_json_open(j, "auth", '{');
		mt_json_span(j, "mechanism", mail_text_get(m, m->mechanism));
		if (m->user.len > 0)
			mt_json_span(j, "user", mail_text_get(m, m->user));
		mt_json_bool(j, "ok", m->auth_ok);
		mt_json_close(j, '}');
	}
}

static void add_content_facts(struct mt_json *j, const struct mail *m, bool stored)
{
	static const char *const outcomes[] = {[MAIL_UNKNOWN] = "unknown",
		[MAIL_ACCEPTED] = "accepted",
		[MAIL_REFUSED] = "refused"};
	const struct mail_reply_kept *reply = final_reply(m);

	mt_json_span(j, "id", span_make(m->id.text, MT_ID_LEN));
	mt_json_u64(j, "size", m->size);
	add_hex(j, "sha256", m->sha256, sizeof(m->sha256));
	mt_json_bool(j, "stored", stored);
	mt_json_text(j, "outcome", outcomes[m->outcome]);
	if (reply->code != 0)
		add_reply(j, "reply", m, reply);
	if (reply->queue_id.len > 0)
		mt_json_span(j, "queue_id", mail_text_get(m, reply->queue_id));
	mt_json_text(j, "carried", m->carried == MAIL_BDAT ? "BDAT" : "DATA");
	mt_json_bool(j, "complete", m->complete);
}

// How many recipients surely fit into so many octets, whatever their texts hold: one octet may
// become six, and addresses stand twice.
static size_t rcpts_that_fit(const struct mail *m, size_t room)
{
	size_t n;

	for (n = 0; n < mail_rcpt_count(m); n++) {
		const struct mail_rcpt *r = mail_rcpt_get(m, n);
		size_t texts = 2 * (size_t)r->to.len + r->params.len +
			r->reply.enhanced.len + r->reply.text.len +
			r->final.enhanced.len + r->final.text.len;
		size_t most = 6 * texts + 512;
		if (most > room)
			break;
		room -= most;
	}
	return n;
}

// How much of a record is written: all, or less where that does not fit.
enum amount {
	AMOUNT_ALL,
	AMOUNT_SHORT,
	AMOUNT_LEAST
};

static void write_email(struct mt_json *j, struct mail *m,
	const struct mime_headers *headers, enum amount amount)
{
	if (headers == NULL)
		return;
	m->odds |= headers->odds;
	if (amount != AMOUNT_ALL && headers->items.len > 0)
		m->odds |= mt_odd_bit(MT_ODD_header_cut);
	if (amount != AMOUNT_LEAST)
		record_add_email(j, headers, amount == AMOUNT_ALL);
}

static void write_mail(struct mt_json *j, const struct record_context *c, struct mail *m,
	const struct record_content *content, enum amount amount)
{
	size_t room = j->out->max - j->out->len;
	size_t rcpts = mail_rcpt_count(m);

	if (amount != AMOUNT_ALL) {
		rcpts = rcpts_that_fit(m, room - room / 4);
		m->odds |= rcpts < mail_rcpt_count(m) ? mt_odd_bit(MT_ODD_too_many_rcpts)
						      : 0;
	}
	mt_json_open(j, NULL, '{');
	record_add_head(j, c, m->end_us, "smtp");
	record_add_flow(j, c, &m->conn);
	mt_json_u64(j, "tx_id", m->conn.tx_id);
	add_smtp(j, m, rcpts);
	write_email(j, m, content->headers, amount);
	mt_json_open(j, "mailtap", '{');
	add_content_facts(j, m, content->stored);
	if (content->stored)
		add_extents(j, content->extents, content->extent_count);
	add_rcpts(j, m, rcpts);
	record_add_params(j, "from_params", mail_text_get(m, m->from_params));
	add_gaps(j, m);
	if (content->headers != NULL && amount != AMOUNT_LEAST)
		record_add_header(j, content->headers);
	add_connection_facts(j, m);
	add_times(j, m);
	record_add_hits(j, content->hits, content->hit_count);
	// Behind all texts, so that it can say what befell them.
	if (j->replaced)
		m->odds |= mt_odd_bit(MT_ODD_not_utf8);
	record_add_odds(j, m->odds);
	mt_json_close(j, '}');
	mt_json_close(j, '}');
}

bool record_mail(struct mt_buf *out, const struct record_context *c, struct mail *m,
	const struct record_content *content)
{
	size_t before = out->len;
	struct mt_json j;

	// Every mail has a record, if need be without some of a crowd of recipients.
	for (enum amount amount = AMOUNT_ALL; amount <= AMOUNT_LEAST; amount++) {
		out->len = before;
		out->full = false;
		mt_json_init(&j, out);
		write_mail(&j, c, m, content, amount);
		if (!out->full)
			return true;
	}
	return false;
}

bool record_begin(
	struct mt_buf *out, const struct record_context *c, const struct mail *m)
{
	struct mt_json j;

	mt_json_init(&j, out);
	mt_json_open(&j, NULL, '{');
	record_add_head(&j, c, m->begin_us, "smtp");
	record_add_flow(&j, c, &m->conn);
	mt_json_u64(&j, "tx_id", m->conn.tx_id);
	add_smtp(&j, m, rcpts_that_fit(m, (out->max - out->len) / 2));
	mt_json_open(&j, "mailtap", '{');
	mt_json_span(&j, "id", span_make(m->id.text, MT_ID_LEN));
	mt_json_close(&j, '}');
	mt_json_close(&j, '}');
	return !out->full;
}
