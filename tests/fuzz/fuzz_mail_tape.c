// SPDX-License-Identifier: BSD-3-Clause

// The first octet says how the rest is meant: as the data of a chunk, which must play back inside
// itself into a mail whose texts lie inside its own, or as a script of things to add to a chunk,
// which must come back as they were.

#include "mail.h"

#include <stdlib.h>

#define ROOM     512
#define ENVELOPE 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static struct mail_chunk *make(size_t room)
{
	struct mail_chunk *c = malloc(sizeof(*c) + room);

	check(c != NULL);
	mail_chunk_init(c, (uint32_t)room, 0, 0);
	return c;
}

static void check_text(const struct mail *m, struct mail_text t)
{
	check(t.at <= m->texts.len && t.len <= m->texts.len - t.at);
}

static void check_reply(const struct mail *m, const struct mail_reply_kept *r)
{
	check_text(m, r->enhanced);
	check_text(m, r->text);
	check_text(m, r->queue_id);
}

static void check_mail(const struct mail *m)
{
	check_text(m, m->helo);
	check_text(m, m->mechanism);
	check_text(m, m->user);
	check_text(m, m->from);
	check_text(m, m->from_params);
	check_reply(m, &m->reply);
	for (size_t i = 0; i < mail_rcpt_count(m); i++) {
		const struct mail_rcpt *r = mail_rcpt_get(m, i);
		check_text(m, r->to);
		check_text(m, r->params);
		check_reply(m, &r->reply);
		check_reply(m, &r->final);
	}
	for (size_t i = 0; i < mail_gap_count(m); i++) {
		check(mail_gap_get(m, i)->at <= m->size);
		check(mail_gap_get(m, i)->length > 0);
		check(i == 0 || mail_gap_get(m, i - 1)->at < mail_gap_get(m, i)->at);
	}
	check(m->outcome <= MAIL_REFUSED && m->carried <= MAIL_BDAT);
}

static void play_raw(struct span text)
{
	struct mail_chunk *c = make(text.len);
	struct mail_item item;
	uint32_t offset = 0;
	struct mail m;

	if (text.len > 0)
		memcpy(c->data, text.ptr, text.len);
	c->used = (uint32_t)text.len;
	mail_init(&m, ENVELOPE);
	while (mail_chunk_next(c, &offset, &item)) {
		check(item.text.ptr >= c->data && item.text.len <= c->used);
		check(item.text.ptr + item.text.len <= c->data + c->used);
		mail_take(&m, &item);
	}
	check_mail(&m);
	mail_fini(&m);
	free(c);
}

// Adds an event named by one octet, with a length named by the next; what fitted is told.
static size_t add(struct mail_chunk *c, enum mail_event event, struct span text)
{
	struct span half = span_head(text, text.len / 2),
		    rest = span_skip(text, text.len / 2);

	switch (event) {
	case MAIL_EV_BODY:
		return mail_chunk_add_body(c, text);
	case MAIL_EV_FROM:
		return mail_chunk_add_pair(c, event, 0, half, rest);
	case MAIL_EV_REPLY:
		return mail_chunk_add_reply(c, event, 0, 250, half, rest, half);
	default:
		return mail_chunk_add(c, event, 0, text);
	}
}

static void write_script(struct span script)
{
	struct mail_chunk *c = make(ROOM);
	struct mail_item item;
	uint32_t offset = 0;
	size_t body = 0, others = 0, seen_body = 0, seen_others = 0;

	while (script.len >= 2) {
		enum mail_event event = (enum mail_event)(script.ptr[0] % MAIL_EV_COUNT);
		struct span text = span_head(span_skip(script, 2), script.ptr[1]);
		script = span_skip(script, 2 + text.len);
		size_t n = add(c, event, text);
		body += event == MAIL_EV_BODY ? n : 0;
		others += event == MAIL_EV_BODY ? 0 : n;
		check(c->used <= ROOM && c->used % 8 == 0);
	}
	while (mail_chunk_next(c, &offset, &item)) {
		seen_body += item.event == MAIL_EV_BODY ? item.text.len : 0;
		seen_others += item.event != MAIL_EV_BODY;
	}
	check(offset == c->used && body == seen_body && others == seen_others);
	free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct span rest = span_make(data + 1, size - 1);
	if (data[0] % 2 == 0)
		play_raw(rest);
	else
		write_script(rest);
	return 0;
}
