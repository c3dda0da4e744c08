// SPDX-License-Identifier: BSD-3-Clause
#include "mail.h"

#include <errno.h>

// For everything but recipients: greeting, sender, authentication, final reply.
#define SPARE (64u << 10)
// Memory that a cleared mail keeps, for each of its parts.
#define KEPT  (64u << 10)

void mail_init(struct mail *m, size_t max)
{
	*m = (struct mail){.max = max};
	mt_buf_init(&m->texts, max + SPARE);
	mt_buf_init(&m->rcpts, max);
	mt_buf_init(&m->gaps, MAIL_GAPS_MAX * sizeof(struct mail_gap));
}

void mail_fini(struct mail *m)
{
	mt_buf_fini(&m->texts);
	mt_buf_fini(&m->rcpts);
	mt_buf_fini(&m->gaps);
}

static void clear(struct mt_buf *b)
{
	mt_buf_clear(b);
	if (b->room > KEPT)
		mt_buf_fini(b);
}

void mail_clear(struct mail *m)
{
	clear(&m->texts);
	clear(&m->rcpts);
	clear(&m->gaps);
	*m = (struct mail){
		.texts = m->texts, .rcpts = m->rcpts, .gaps = m->gaps, .max = m->max};
}

// A text that would go past the limit is left out; shorter ones may still come.
static int keep(struct mail *m, size_t limit, struct span text, struct mail_text *ret)
{
	uint32_t at = (uint32_t)m->texts.len;

	*ret = (struct mail_text){0, 0};
	if (m->texts.len > limit || text.len > limit - m->texts.len ||
		!mt_buf_add(&m->texts, text))
		return -ENOSPC;
	*ret = (struct mail_text){at, (uint32_t)text.len};
	return 0;
}

static int keep_pair(struct mail *m, size_t limit, struct span text,
	struct mail_text *ret_a, struct mail_text *ret_b)
{
	struct span a, b;

	mail_pair_read(text, &a, &b);
	int rc = keep(m, limit, a, ret_a);
	return rc != 0 ? rc : keep(m, limit, b, ret_b);
}

// The code is kept in any case.
static int keep_reply(
	struct mail *m, size_t limit, struct span text, struct mail_reply_kept *ret)
{
	struct mail_reply reply;

	if (!mail_reply_read(text, &reply))
		return 0;
	ret->code = reply.code;
	int rc = keep(m, limit, reply.enhanced, &ret->enhanced);
	if (rc == 0)
		rc = keep(m, limit, reply.text, &ret->text);
	if (rc == 0)
		rc = keep(m, limit, reply.queue_id, &ret->queue_id);
	return rc;
}

static uint64_t read_u64(struct span text)
{
	uint64_t value = 0;

	if (text.len == sizeof(value))
		memcpy(&value, text.ptr, sizeof(value));
	return value;
}

static struct mail_rcpt *rcpt_at(const struct mail *m, size_t nth)
{
	return nth < mail_rcpt_count(m) ? (struct mail_rcpt *)(void *)m->rcpts.ptr + nth
					: NULL;
}

static int add_rcpt(struct mail *m, struct span text)
{
	struct mail_rcpt rcpt = {0};
	int rc = keep_pair(m, m->max, text, &rcpt.to, &rcpt.params);

	if (rc == 0 && !mt_buf_add(&m->rcpts, span_make(&rcpt, sizeof(rcpt))))
		rc = -ENOSPC;
	m->rcpt_dropped = rc != 0;
	if (rc != 0)
		m->odds |= mt_odd_bit(MT_ODD_too_many_rcpts);
	return rc;
}

static int take_rcpt_reply(struct mail *m, struct span text)
{
	struct mail_rcpt *rcpt = rcpt_at(m, mail_rcpt_count(m) - 1);

	if (rcpt == NULL || m->rcpt_dropped)
		return 0;
	return keep_reply(m, m->max, text, &rcpt->reply);
}

static int take_final(struct mail *m, const struct mail_item *item)
{
	struct mail_rcpt *rcpt = rcpt_at(m, item->aux);

	if (rcpt == NULL)
		return 0;
	rcpt->has_final = true;
	return keep_reply(m, m->max, item->text, &rcpt->final);
}

// No capture loses so much: a length that no reader of records could hold is an unknown one.
static uint64_t bound_length(uint64_t length)
{
	return length < UINT64_C(1) << 53 ? length : UINT64_MAX;
}

static int add_gap(struct mail *m, struct span text)
{
	struct mail_gap gap = {.at = m->size, .length = bound_length(read_u64(text))};
	size_t count = mail_gap_count(m);
	struct mail_gap *last =
		count > 0 ? (struct mail_gap *)(void *)m->gaps.ptr + count - 1 : NULL;

	if (gap.length == 0)
		return 0;
	// Two holes side by side are one.
	if (last != NULL && last->at == gap.at) {
		last->length = last->length == UINT64_MAX || gap.length == UINT64_MAX
			? UINT64_MAX
			: bound_length(last->length + gap.length);
		return 0;
	}
	if (count < MAIL_GAPS_MAX)
		return mt_buf_add(&m->gaps, span_make(&gap, sizeof(gap))) ? 0 : -ENOSPC;
	last->length = UINT64_MAX;
	return -ENOSPC;
}

static void take_end(struct mail *m, struct span text)
{
	struct mail_end end;

	if (text.len != sizeof(end))
		return;
	memcpy(&end, text.ptr, sizeof(end));
	m->ended = true;
	m->end_us = end.at_us;
	m->content_us = end.content_us;
	m->open_us = end.open_us;
	m->outcome = end.outcome <= MAIL_REFUSED ? (enum mail_outcome)end.outcome
						 : MAIL_UNKNOWN;
	m->complete = end.complete != 0 && !m->given_up;
}

// What else there was of it, envelope and content, is lost with the tape.
static int take_give_up(struct mail *m)
{
	const uint64_t unknown = UINT64_MAX;

	m->given_up = true;
	return add_gap(m, span_make(&unknown, sizeof(unknown)));
}

static int take_from(struct mail *m, struct span text)
{
	m->has_from = true;
	return keep_pair(m, m->texts.max, text, &m->from, &m->from_params);
}

static int take_auth(struct mail *m, const struct mail_item *item)
{
	m->has_auth = true;
	m->auth_ok = item->aux != 0;
	return keep_pair(m, m->texts.max, item->text, &m->mechanism, &m->user);
}

static void take_begin(struct mail *m, const struct mail_item *item)
{
	m->begun = true;
	m->carried = item->aux == MAIL_BDAT ? MAIL_BDAT : MAIL_DATA;
	m->begin_us = read_u64(item->text);
}

int mail_take(struct mail *m, const struct mail_item *item)
{
	switch (item->event) {
	case MAIL_EV_CONN:
		if (item->text.len == sizeof(m->conn))
			memcpy(&m->conn, item->text.ptr, sizeof(m->conn));
		return 0;
	case MAIL_EV_HELO:
		return keep(m, m->texts.max, item->text, &m->helo);
	case MAIL_EV_AUTH:
		return take_auth(m, item);
	case MAIL_EV_XCLIENT:
		return keep(m, m->texts.max, item->text, &m->xclient);
	case MAIL_EV_XFORWARD:
		return keep(m, m->texts.max, item->text, &m->xforward);
	case MAIL_EV_TLS:
		m->tls_offered = item->aux & 1;
		m->tls_used = (item->aux & 2) != 0;
		return 0;
	case MAIL_EV_FROM:
		return take_from(m, item->text);
	case MAIL_EV_RCPT:
		return add_rcpt(m, item->text);
	case MAIL_EV_RCPT_REPLY:
		return take_rcpt_reply(m, item->text);
	case MAIL_EV_RCPT_FINAL:
		return take_final(m, item);
	case MAIL_EV_BEGIN:
		take_begin(m, item);
		return 0;
	case MAIL_EV_BODY:
		m->size += item->text.len;
		return 0;
	case MAIL_EV_GAP:
		return add_gap(m, item->text);
	case MAIL_EV_ODD:
		m->odds |= read_u64(item->text);
		return 0;
	case MAIL_EV_REPLY:
		return keep_reply(m, m->texts.max, item->text, &m->reply);
	case MAIL_EV_END:
		take_end(m, item->text);
		return 0;
	case MAIL_EV_GIVE_UP:
		return take_give_up(m);
	case MAIL_EV_FROM_REPLY:
	case MAIL_EV_ABANDON:
	case MAIL_EV_SESSION:
	case MAIL_EV_HANDSHAKE:
	case MAIL_EV_HANDSHAKE_END:
	case MAIL_EV_COUNT:
		return 0;
	}
	return 0;
}

size_t mail_rcpt_count(const struct mail *m)
{
	return m->rcpts.len / sizeof(struct mail_rcpt);
}

const struct mail_rcpt *mail_rcpt_get(const struct mail *m, size_t nth)
{
	return rcpt_at(m, nth);
}

size_t mail_gap_count(const struct mail *m)
{
	return m->gaps.len / sizeof(struct mail_gap);
}

const struct mail_gap *mail_gap_get(const struct mail *m, size_t nth)
{
	return nth < mail_gap_count(m)
		? (const struct mail_gap *)(const void *)m->gaps.ptr + nth
		: NULL;
}

struct span mail_text_get(const struct mail *m, struct mail_text text)
{
	// A mail without any text has no memory for them.
	return text.len > 0 ? span_make(m->texts.ptr + text.at, text.len) : span_text("");
}
