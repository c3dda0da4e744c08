// SPDX-License-Identifier: BSD-3-Clause

// What was written into a chunk comes out of it again, at every fill level, and nothing is ever
// written or read beside it.

#include "guard.h"
#include "mail_tape.h"

#include <criterion/criterion.h>

#define ROOM_MAX 256

enum kind {
	PLAIN,
	PAIR,
	REPLY,
	BODY
};

struct event_case {
	enum kind kind;
	enum mail_event event;
	uint16_t aux, code;
	const char *a, *b, *c; // text; both halves; enhanced, text and queue id
};

static const struct event_case events[] = {
	{PLAIN, MAIL_EV_CONN, 0, 0, "the facts of a connection", NULL, NULL},
	{PLAIN, MAIL_EV_HELO, 0, 0, "client.example", NULL, NULL},
	{PLAIN, MAIL_EV_HELO, 0, 0, "", NULL, NULL},
	{PAIR, MAIL_EV_AUTH, 1, 0, "PLAIN", "user", NULL},
	{PLAIN, MAIL_EV_TLS, 3, 0, "", NULL, NULL},
	{PAIR, MAIL_EV_FROM, 0, 0, "<a@b.example>", "SIZE=100", NULL},
	{PAIR, MAIL_EV_FROM, 0, 0, "<>", "", NULL},
	{PAIR, MAIL_EV_RCPT, 0, 0, "", "x", NULL},
	{REPLY, MAIL_EV_FROM_REPLY, 0, 250, "2.1.0", "ok", ""},
	{REPLY, MAIL_EV_RCPT_REPLY, 0, 550, "", "", ""},
	{REPLY, MAIL_EV_RCPT_FINAL, 65535, 451, "4.2.1", "later", "Q1"},
	{PLAIN, MAIL_EV_BEGIN, 1, 0, "12345678", NULL, NULL},
	{BODY, MAIL_EV_BODY, 0, 0, "Subject: one\r\n\r\ntext\r\n", NULL, NULL},
	{BODY, MAIL_EV_BODY, 0, 0, ".", NULL, NULL},
	{PLAIN, MAIL_EV_GAP, 0, 0, "\1\2\3\4\5\6\7\10", NULL, NULL},
	{PLAIN, MAIL_EV_ODD, 0, 0, "12345678", NULL, NULL},
	{REPLY, MAIL_EV_REPLY, 0, 250, "2.0.0", "queued as ABC", "ABC"},
	{PLAIN, MAIL_EV_END, 0, 0, "when it was over", NULL, NULL},
	{PLAIN, MAIL_EV_ABANDON, 7, 0, "12345678", NULL, NULL},
	{PLAIN, MAIL_EV_SESSION, 0, 0, "what there was to say", NULL, NULL},
	{PLAIN, MAIL_EV_GIVE_UP, 4, 0, "", NULL, NULL},
};

#define EVENTS (sizeof(events) / sizeof(events[0]))

// A chunk that ends at the end of the readable page. Only whole steps of 8 are there.
static struct mail_chunk *make(struct guard *g, uint32_t room)
{
	static const uint8_t zeros[sizeof(struct mail_chunk) + 70000];

	cr_assert(room <= 70000);
	*g = guard_make(span_make(zeros, sizeof(struct mail_chunk) + (room & ~7u)));
	struct mail_chunk *c = (struct mail_chunk *)(uintptr_t)g->text.ptr;
	mail_chunk_init(c, room, 3, 4);
	return c;
}

static bool add(struct mail_chunk *c, const struct event_case *e)
{
	switch (e->kind) {
	case PLAIN:
		return mail_chunk_add(c, e->event, e->aux, span_text(e->a));
	case PAIR:
		return mail_chunk_add_pair(
			c, e->event, e->aux, span_text(e->a), span_text(e->b));
	case REPLY:
		return mail_chunk_add_reply(c, e->event, e->aux, e->code, span_text(e->a),
			span_text(e->b), span_text(e->c));
	case BODY:
		return mail_chunk_add_body(c, span_text(e->a)) > 0;
	}
	return false;
}

static size_t payload(const struct event_case *e)
{
	switch (e->kind) {
	case PLAIN:
		return strlen(e->a);
	case PAIR:
		return strlen(e->a) + 1 + strlen(e->b);
	case REPLY:
		return 8 + strlen(e->a) + strlen(e->b) + strlen(e->c);
	case BODY:
		return 1;
	}
	return 0;
}

static void expect_text(struct span got, const char *want)
{
	cr_expect(span_equal(got, span_text(want)), "got '%.*s', want '%s'", (int)got.len,
		(const char *)got.ptr, want);
}

static void expect_event(const struct mail_item *item, const struct event_case *e)
{
	struct mail_reply reply;
	struct span a, b;

	cr_assert_eq(item->event, e->event);
	cr_assert_eq(item->aux, e->aux);
	switch (e->kind) {
	case PLAIN:
		expect_text(item->text, e->a);
		break;
	case PAIR:
		mail_pair_read(item->text, &a, &b);
		expect_text(a, e->a);
		expect_text(b, e->b);
		break;
	case REPLY:
		cr_assert(mail_reply_read(item->text, &reply));
		cr_expect_eq(reply.code, e->code);
		expect_text(reply.enhanced, e->a);
		expect_text(reply.text, e->b);
		expect_text(reply.queue_id, e->c);
		break;
	case BODY:
		cr_expect(item->text.len > 0 && item->text.len <= strlen(e->a));
		cr_expect(span_equal(
			item->text, span_head(span_text(e->a), item->text.len)));
		break;
	}
}

// The filler takes exactly 8 + 8 * steps octets.
static void fill(struct mail_chunk *c, uint32_t steps)
{
	char text[ROOM_MAX];

	memset(text, 'x', sizeof(text));
	cr_assert(mail_chunk_add(c, MAIL_EV_HELO, 9, span_make(text, 8 * (size_t)steps)));
	cr_assert_eq(c->used, 8 + 8 * steps);
}

static void check_at(const struct event_case *e, uint32_t room, uint32_t steps)
{
	struct guard g;
	struct mail_chunk *c = make(&g, room);
	struct mail_item item;
	uint32_t offset = 0;

	fill(c, steps);
	uint32_t used = c->used;
	size_t need = 8 + (payload(e) + 7) / 8 * 8;
	bool fits = need <= c->room - c->used;
	cr_assert_eq(add(c, e), fits, "event %d in %u, %u used", e->event, room, used);
	cr_assert(c->used <= room && (c->used == used) == !fits);
	cr_assert(mail_chunk_next(c, &offset, &item));
	cr_assert_eq(item.event, MAIL_EV_HELO);
	cr_assert_eq(item.text.len, 8 * (size_t)steps);
	cr_assert_eq(mail_chunk_next(c, &offset, &item), fits);
	if (fits)
		expect_event(&item, e);
	cr_assert(!mail_chunk_next(c, &offset, &item));
	guard_free(&g);
}

Test(mail_tape, every_event_comes_back_at_every_fill_level)
{
	for (size_t i = 0; i < EVENTS; i++)
		for (uint32_t room = 16; room <= 112; room++)
			for (uint32_t steps = 0; 8 + 8 * steps <= (room & ~7u); steps++)
				check_at(&events[i], room, steps);
}

Test(mail_tape, a_tape_over_many_chunks_comes_back_in_order)
{
	for (uint32_t room = 64; room <= ROOM_MAX; room += 8) {
		size_t next = 0, told = 0;
		while (next < EVENTS) {
			struct guard g;
			struct mail_chunk *c = make(&g, room);
			struct mail_item item;
			uint32_t offset = 0;
			while (next < EVENTS && events[next].kind != BODY &&
				add(c, &events[next]))
				next++;
			if (next < EVENTS && events[next].kind == BODY &&
				mail_chunk_add_body(c, span_text(events[next].a)) ==
					strlen(events[next].a))
				next++;
			for (; mail_chunk_next(c, &offset, &item) && told < next; told++)
				expect_event(&item, &events[told]);
			cr_assert_eq(told, next);
			guard_free(&g);
		}
	}
}

Test(mail_tape, a_new_chunk_is_empty_and_named)
{
	struct guard g;
	struct mail_chunk *c = make(&g, 63);
	struct mail_item item;
	uint32_t offset = 0;

	cr_expect_eq(c->worker, 3);
	cr_expect_eq(c->slot, 4);
	cr_expect_eq(c->flags, 0);
	cr_expect_eq(c->room, 56);
	cr_expect(!mail_chunk_next(c, &offset, &item));
	guard_free(&g);
}

Test(mail_tape, content_grows_in_place_octet_by_octet)
{
	for (uint32_t room = 0; room <= 200; room++) {
		struct guard g;
		struct mail_chunk *c = make(&g, room);
		struct mail_item item;
		uint32_t offset = 0, n = 0;
		uint8_t octet = 0;
		while (mail_chunk_add_body(c, span_make(&octet, 1)) == 1) {
			octet++;
			n++;
		}
		// One header, and every octet behind it is used.
		cr_assert_eq(n, (room & ~7u) >= 16 ? (room & ~7u) - 8 : 0);
		cr_assert_eq(mail_chunk_next(c, &offset, &item), n > 0);
		for (uint32_t i = 0; i < n; i++)
			cr_assert_eq(item.text.ptr[i], (uint8_t)i);
		cr_assert(n == 0 || item.text.len == n);
		cr_assert(!mail_chunk_next(c, &offset, &item));
		guard_free(&g);
	}
}

Test(mail_tape, content_is_taken_as_far_as_there_is_room)
{
	struct guard g;
	struct mail_chunk *c = make(&g, 64);
	char text[100];

	memset(text, 'x', sizeof(text));
	cr_expect_eq(mail_chunk_add_body(c, span_make(text, 0)), 0);
	cr_expect_eq(c->used, 0);
	cr_expect_eq(mail_chunk_add_body(c, span_make(text, 50)), 50);
	cr_expect_eq(mail_chunk_add_body(c, span_make(text, 50)), 6);
	cr_expect_eq(mail_chunk_add_body(c, span_make(text, 50)), 0);
	cr_expect_eq(c->used, 64);
	guard_free(&g);
}

Test(mail_tape, content_behind_another_event_begins_anew)
{
	struct guard g;
	struct mail_chunk *c = make(&g, 128);
	const uint64_t octets = 77;
	struct mail_item item;
	uint32_t offset = 0;

	mail_chunk_add_body(c, span_text("abc"));
	mail_chunk_add(c, MAIL_EV_GAP, 0, span_make(&octets, sizeof(octets)));
	mail_chunk_add_body(c, span_text("def"));
	mail_chunk_add_body(c, span_text("ghi"));
	cr_assert(mail_chunk_next(c, &offset, &item));
	expect_text(item.text, "abc");
	cr_assert(mail_chunk_next(c, &offset, &item));
	cr_expect_eq(item.event, MAIL_EV_GAP);
	cr_assert(mail_chunk_next(c, &offset, &item));
	expect_text(item.text, "defghi");
	cr_assert(!mail_chunk_next(c, &offset, &item));
	guard_free(&g);
}

Test(mail_tape, an_event_after_grown_content_follows_it)
{
	for (size_t n = 1; n < 40; n++) {
		struct guard g;
		struct mail_chunk *c = make(&g, 128);
		struct mail_item item;
		uint32_t offset = 0;
		for (size_t i = 0; i < n; i++)
			mail_chunk_add_body(c, span_text("z"));
		cr_assert(mail_chunk_add(c, MAIL_EV_HELO, 5, span_text("behind")));
		cr_assert(mail_chunk_next(c, &offset, &item));
		cr_assert_eq(item.text.len, n);
		cr_assert(mail_chunk_next(c, &offset, &item));
		cr_assert_eq(item.aux, 5);
		expect_text(item.text, "behind");
		guard_free(&g);
	}
}

Test(mail_tape, a_nul_in_the_first_of_a_pair_is_dropped_and_kept_in_the_second)
{
	struct guard g;
	struct mail_chunk *c = make(&g, 128);
	struct mail_item item;
	struct span a, b;
	uint32_t offset = 0;

	cr_assert(mail_chunk_add_pair(
		c, MAIL_EV_FROM, 0, span_make("\0<a\0\0b>\0", 8), span_make("X=\0y", 4)));
	cr_assert(mail_chunk_add(c, MAIL_EV_TLS, 1, span_text("")));
	cr_assert(mail_chunk_next(c, &offset, &item));
	mail_pair_read(item.text, &a, &b);
	expect_text(a, "<ab>");
	cr_expect(span_equal(b, span_make("X=\0y", 4)));
	cr_assert(mail_chunk_next(c, &offset, &item));
	cr_expect_eq(item.event, MAIL_EV_TLS);
	guard_free(&g);
}

Test(mail_tape, what_cannot_fit_is_refused_whatever_its_length)
{
	struct guard g;
	struct mail_chunk *c = make(&g, 70000);
	static uint8_t text[65536];
	const struct span none = span_make("", 0), all = span_make(text, sizeof(text));
	const struct span absurd = span_make(text, SIZE_MAX - 4);

	cr_expect(!mail_chunk_add(c, MAIL_EV_HELO, 0, absurd));
	cr_expect(!mail_chunk_add_pair(c, MAIL_EV_FROM, 0, absurd, none));
	cr_expect(!mail_chunk_add_pair(c, MAIL_EV_FROM, 0, absurd, span_make(text, 100)));
	cr_expect(!mail_chunk_add_reply(c, MAIL_EV_REPLY, 0, 250, all, none, none));
	cr_expect(!mail_chunk_add_reply(c, MAIL_EV_REPLY, 0, 250, none, all, none));
	cr_expect(!mail_chunk_add_reply(c, MAIL_EV_REPLY, 0, 250, none, none, all));
	cr_expect_eq(c->used, 0);
	cr_expect(mail_chunk_add_reply(
		c, MAIL_EV_REPLY, 0, 250, none, span_skip(all, 1), none));
	guard_free(&g);
}

Test(mail_tape, a_reply_cut_anywhere_is_none)
{
	struct guard g;
	struct mail_chunk *c = make(&g, 128);
	struct mail_item item;
	struct mail_reply reply;
	uint32_t offset = 0;

	mail_chunk_add_reply(c, MAIL_EV_REPLY, 0, 250, span_text("2.0.0"),
		span_text("queued as ABC"), span_text("ABC"));
	cr_assert(mail_chunk_next(c, &offset, &item));
	for (size_t n = 0; n <= item.text.len; n++) {
		struct guard cut = guard_make(span_head(item.text, n));
		cr_expect_eq(mail_reply_read(cut.text, &reply), n == item.text.len);
		guard_free(&cut);
	}
	guard_free(&g);
}

Test(mail_tape, a_reply_with_something_behind_is_none)
{
	static const uint8_t octets[] = {250, 0, 0, 0, 0, 0, 0, 0, 'x'};
	struct mail_reply reply;

	cr_expect(mail_reply_read(span_make(octets, 8), &reply));
	cr_expect(!mail_reply_read(span_make(octets, 9), &reply));
}

Test(mail_tape, a_text_without_nul_is_a_pair_with_nothing_behind)
{
	struct span a, b;

	mail_pair_read(span_text("<a@b>"), &a, &b);
	expect_text(a, "<a@b>");
	cr_expect_eq(b.len, 0);
	mail_pair_read(span_make("", 0), &a, &b);
	cr_expect_eq(a.len, 0);
	cr_expect_eq(b.len, 0);
}

Test(mail_tape, what_is_no_event_ends_the_tape)
{
	static const struct {
		uint16_t event, aux;
		uint32_t len;
		bool good;
	} heads[] = {
		{MAIL_EV_HELO, 0, 8, true},
		{MAIL_EV_HELO, 0, 5, true},
		{MAIL_EV_HELO, 0, 9, false},
		{MAIL_EV_HELO, 0, UINT32_MAX, false},
		{MAIL_EV_HELO, 0, UINT32_MAX - 7, false},
		{MAIL_EV_COUNT, 0, 0, false},
		{UINT16_MAX, 0, 0, false},
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct guard g;
		struct mail_chunk *c = make(&g, 16);
		struct mail_item item;
		uint32_t offset = 0;
		memcpy(c->data, &heads[i], 8);
		c->used = 16;
		cr_expect_eq(mail_chunk_next(c, &offset, &item), heads[i].good);
		c->used = 7;
		offset = 0;
		cr_expect(!mail_chunk_next(c, &offset, &item));
		offset = 8;
		cr_expect(!mail_chunk_next(c, &offset, &item));
		guard_free(&g);
	}
}
