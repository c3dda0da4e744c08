// SPDX-License-Identifier: BSD-3-Clause

// A dialogue of both directions. The first octet chooses the limits, the second the cut; then
// items: one octet says what it is, one how long it is, then its octets. However the items are
// cut, the same must be told, in an order that smtp_sink.h allows, and no block may stay behind.

#include "fuzz_smtp_teller.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINE 64

struct item {
	uint8_t kind;
	struct span octets;
};

#define ITEMS_MAX 64

enum {
	CLIENT,
	SERVER,
	GAP_CLIENT,
	GAP_SERVER,
	HURRY,
	KINDS
};

static size_t read_items(struct span text, struct item items[ITEMS_MAX])
{
	size_t n = 0;

	for (; text.len >= 2 && n < ITEMS_MAX; n++) {
		items[n].kind = text.ptr[0] % KINDS;
		items[n].octets = span_head(span_skip(text, 2), text.ptr[1]);
		text = span_skip(text, 2 + items[n].octets.len);
	}
	return n;
}

// Offers the items of the client from *next up to `until`, in pieces of `step` octets.
static void offer(struct smtp_session *s, struct item *items, size_t *next, size_t until,
	size_t step)
{
	for (; *next < until; (*next)++) {
		struct item *item = &items[*next];
		if (item->kind == GAP_CLIENT)
			smtp_session_gap(s, SMTP_CLIENT, item->octets.len);
		while (item->kind == CLIENT && item->octets.len > 0) {
			struct span piece = span_head(item->octets, step);
			size_t n = smtp_session_feed(s, SMTP_CLIENT, piece);
			MT_ASSERT(n <= piece.len);
			teller_stay_bounded(s->env);
			item->octets = span_skip(item->octets, n);
			if (n < piece.len) {
				MT_ASSERT(smtp_session_waits(s));
				return;
			}
		}
	}
}

static void play(struct smtp_session *s, struct item *items, size_t count, size_t step)
{
	size_t next = 0;

	for (size_t i = 0; i < count; i++) {
		struct span rest = items[i].octets;
		if (items[i].kind == GAP_SERVER)
			smtp_session_gap(s, SMTP_SERVER, rest.len);
		if (items[i].kind == HURRY)
			smtp_session_hurry(s);
		for (; items[i].kind == SERVER && rest.len > 0;
			rest = span_skip(rest, step)) {
			struct span piece = span_head(rest, step);
			MT_ASSERT(smtp_session_feed(s, SMTP_SERVER, piece) == piece.len);
			teller_stay_bounded(s->env);
		}
		offer(s, items, &next, i + 1, step);
	}
	while (next < count) {
		smtp_session_hurry(s);
		offer(s, items, &next, count, step);
	}
	smtp_session_close(s);
}

static struct teller run(struct span text, uint8_t choice, size_t step)
{
	const struct smtp_limits limits = {.line = LINE,
		.reply = LINE,
		.pending = choice & 1 ? 4 : 100,
		.rcpts = choice & 2 ? 2 : 100,
		.mail = choice & 4 ? 20 : 100000,
		.strict = (choice & 8) != 0};
	struct item items[ITEMS_MAX];
	size_t count = read_items(text, items);
	struct teller t = {.most = limits.mail};
	struct smtp_env env;
	struct smtp_session s;

	mt_buf_init(&t.log, 1u << 20);
	mt_buf_init(&t.dark[0], 1u << 20);
	mt_buf_init(&t.dark[1], 1u << 20);
	MT_ASSERT(smtp_env_init(&env, &limits, &teller_sink, 256) == 0);
	smtp_session_init(&s, &env, &t);
	if (choice & 32)
		smtp_session_expect_tls(&s);
	if (choice & 16)
		smtp_session_joined_late(&s);
	play(&s, items, count, step);
	MT_ASSERT(env.blocks.used == 0);
	MT_ASSERT(!t.open && !t.begun);
	smtp_env_fini(&env);
	return t;
}

static void teller_fini(struct teller *t)
{
	mt_buf_fini(&t->log);
	mt_buf_fini(&t->dark[0]);
	mt_buf_fini(&t->dark[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	struct span text = span_make(data + 2, size - 2);
	struct teller whole = run(text, data[0], SIZE_MAX);
	struct teller octets = run(text, data[0], 1);
	struct teller cut = run(text, data[0], 2u + data[1]);

	MT_ASSERT(span_equal(mt_buf_span(&whole.log), mt_buf_span(&octets.log)));
	MT_ASSERT(span_equal(mt_buf_span(&whole.log), mt_buf_span(&cut.log)));
	MT_ASSERT(whole.odds == octets.odds && whole.odds == cut.odds);
	for (int i = 0; i < 2; i++) {
		struct span dark = mt_buf_span(&whole.dark[i]);
		MT_ASSERT(span_equal(dark, mt_buf_span(&octets.dark[i])));
		MT_ASSERT(span_equal(dark, mt_buf_span(&cut.dark[i])));
	}
	teller_fini(&whole);
	teller_fini(&octets);
	teller_fini(&cut);
	return 0;
}
