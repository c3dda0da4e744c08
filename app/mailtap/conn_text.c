// SPDX-License-Identifier: BSD-3-Clause

// Texts of a connection, in blocks of a few sizes: most are names of hosts, short, and every
// connection has one.

#include "conn.h"

#include <stddef.h>

struct conn_text {
	struct conn_text *next; // of the same connection
	uint8_t fact, size, len; // enum conn_fact, enum worker_text, octets
	uint8_t octets[];
};

#define FRONT offsetof(struct conn_text, octets)

static const struct {
	uint16_t room; // for octets
	uint8_t blocks; // for so many connections
} sizes[WORKER_TEXT_COUNT] = {
	[WORKER_TEXT_SHORT] = {48 - FRONT, 2},
	[WORKER_TEXT_USUAL] = {96 - FRONT, 1},
	[WORKER_TEXT_LONG] = {CONN_TEXT_MAX, 1},
};

int conn_texts_init(struct worker *w, uint32_t connections)
{
	int rc = 0;

	for (int i = 0; i < WORKER_TEXT_COUNT && rc == 0; i++)
		rc = mt_pool_init(&w->texts[i], FRONT + sizes[i].room,
			sizes[i].blocks * connections);
	return rc;
}

void conn_texts_fini(struct worker *w)
{
	for (int i = 0; i < WORKER_TEXT_COUNT; i++)
		mt_pool_fini(&w->texts[i]);
}

static struct conn_text **find(struct conn *c, enum conn_fact fact)
{
	struct conn_text **at = &c->texts;

	while (*at != NULL && (*at)->fact != fact)
		at = &(*at)->next;
	return at;
}

void conn_drop_text(struct conn *c, enum conn_fact fact)
{
	struct conn_text **at = find(c, fact), *text = *at;

	if (text == NULL)
		return;
	*at = text->next;
	mt_pool_put(&c->worker->texts[text->size], text);
}

void conn_drop_texts(struct conn *c)
{
	while (c->texts != NULL)
		conn_drop_text(c, (enum conn_fact)c->texts->fact);
}

// Of the smallest size that has room for len octets and a block left.
static struct conn_text *take(struct worker *w, size_t len)
{
	for (int i = 0; i < WORKER_TEXT_COUNT; i++) {
		struct conn_text *text =
			len <= sizes[i].room ? mt_pool_take(&w->texts[i]) : NULL;
		if (text != NULL) {
			text->size = (uint8_t)i;
			return text;
		}
	}
	return NULL;
}

// One behind the other, with `between` where both are there, cut to what may be kept.
static void keep(
	struct conn *c, enum conn_fact fact, struct span a, char between, struct span b)
{
	a = span_head(a, CONN_TEXT_MAX);
	size_t room = CONN_TEXT_MAX - a.len;
	b = span_head(b, room > 0 ? room - 1 : 0);
	size_t len = a.len + (b.len > 0) + b.len;
	struct conn_text *text = take(c->worker, len);

	if (text == NULL) {
		stats_add(&c->worker->stats, STATS_conn_text_lost, 1);
		conn_drop_text(c, fact);
		return;
	}
	memcpy(text->octets, a.ptr, a.len);
	if (b.len > 0) {
		text->octets[a.len] = (uint8_t)between;
		memcpy(text->octets + a.len + 1, b.ptr, b.len);
	}
	// What was kept may be part of what is.
	conn_drop_text(c, fact);
	text->fact = (uint8_t)fact;
	text->len = (uint8_t)len;
	text->next = c->texts;
	c->texts = text;
}

void conn_keep_text(struct conn *c, enum conn_fact fact, struct span a, struct span b)
{
	keep(c, fact, a, '\0', b);
}

void conn_add_text(struct conn *c, enum conn_fact fact, struct span text)
{
	struct span kept = conn_text(c, fact);

	if (kept.len == 0)
		keep(c, fact, text, ' ', span_make("", 0));
	else
		keep(c, fact, kept, ' ', text);
}

struct span conn_text(const struct conn *c, enum conn_fact fact)
{
	for (const struct conn_text *text = c->texts; text != NULL; text = text->next)
		if (text->fact == fact)
			return span_make(text->octets, text->len);
	return span_make(NULL, 0);
}
