// SPDX-License-Identifier: BSD-3-Clause

// A dialogue of both directions. The first octet chooses the limits, the second the cut; then
// items: one octet says what it is, one how long it is, then its octets. However the items are
// cut, the same must be told, in an order that smtp_sink.h allows, and no block may stay behind.

#include "smtp_session.h"

#include "mt_assert.h"
#include "mt_buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINE 64

struct teller {
	struct mt_buf log;
	struct mt_buf dark[2]; // octets of TLS, of the client and of the server
	uint64_t odds, given, most;
	bool open, begun, in_body;
};

static void say(struct teller *t, const char *what, struct span text)
{
	if (t->in_body)
		mt_buf_add_text(&t->log, "\n");
	t->in_body = false;
	mt_buf_printf(&t->log, "%s %zu ", what, text.len);
	mt_buf_add(&t->log, text);
	mt_buf_add_text(&t->log, "\n");
}

static void say_reply(struct teller *t, const struct smtp_reply *r)
{
	mt_buf_printf(&t->log, "%u ", r->code);
	mt_buf_add(&t->log, r->enhanced);
	mt_buf_add(&t->log, r->text);
	mt_buf_add(&t->log, r->queue_id);
}

static void on_open(
	void *ctx, const struct smtp_path *from, const struct smtp_reply *reply)
{
	struct teller *t = ctx;

	MT_ASSERT(!t->open);
	t->open = true;
	say(t, "open", from != NULL ? from->path : span_text(""));
	say_reply(t, reply);
}

static void on_rcpt(void *ctx, const struct smtp_path *to, const struct smtp_reply *reply)
{
	struct teller *t = ctx;

	MT_ASSERT(t->open && !t->begun);
	say(t, "rcpt", to->path);
	say_reply(t, reply);
}

static void on_abandon(void *ctx, enum smtp_why why)
{
	struct teller *t = ctx;

	MT_ASSERT(t->open && !t->begun && why < SMTP_WHY_COUNT);
	t->open = false;
	say(t, "abandon", span_text(""));
}

static void on_begin(void *ctx, enum smtp_carried carried)
{
	struct teller *t = ctx;

	MT_ASSERT(t->open && !t->begun);
	t->begun = true;
	t->given = 0;
	say(t, carried == SMTP_DATA ? "data" : "bdat", span_text(""));
}

static size_t on_body(void *ctx, struct span text)
{
	struct teller *t = ctx;

	MT_ASSERT(t->begun && text.len > 0);
	t->given += text.len;
	MT_ASSERT(t->given <= t->most);
	mt_buf_add(&t->log, text);
	t->in_body = true;
	return text.len;
}

static void on_gap(void *ctx, uint64_t octets)
{
	struct teller *t = ctx;

	MT_ASSERT(t->begun && octets > 0);
	say(t, "gap", span_text(""));
}

static void on_end(void *ctx, enum smtp_outcome outcome, bool complete,
	const struct smtp_reply *reply)
{
	struct teller *t = ctx;

	MT_ASSERT(t->begun);
	t->open = t->begun = false;
	say(t, complete ? "end" : "cut", span_text(""));
	mt_buf_printf(&t->log, "%d ", outcome);
	say_reply(t, reply);
}

static void on_final(void *ctx, uint32_t nth, const struct smtp_reply *reply)
{
	struct teller *t = ctx;

	MT_ASSERT(t->begun);
	say(t, "final", span_text(""));
	mt_buf_printf(&t->log, "%u ", nth);
	say_reply(t, reply);
}

static void on_greeting(void *ctx, struct span name)
{
	MT_ASSERT(name.len <= 255);
	say(ctx, "greeting", name);
}

static void on_auth(void *ctx, struct span mechanism, struct span user, bool ok)
{
	say(ctx, ok ? "auth" : "noauth", mechanism);
	say(ctx, "user", user);
}

static void on_tls(void *ctx, enum smtp_tls what)
{
	struct teller *t = ctx;

	say(t, "tls", span_text(""));
	mt_buf_printf(&t->log, "%d ", what);
}

static void on_tls_octets(void *ctx, bool of_server, struct span text)
{
	struct teller *t = ctx;

	MT_ASSERT(text.len > 0);
	mt_buf_add(&t->dark[of_server], text);
}

static void on_odd(void *ctx, enum mt_odd odd)
{
	struct teller *t = ctx;

	MT_ASSERT(odd < MT_ODD_COUNT);
	t->odds |= mt_odd_bit(odd);
}

static const struct smtp_sink sink = {on_open, on_rcpt, on_abandon, on_begin, on_body,
	on_gap, on_end, on_final, on_greeting, on_auth, on_tls, on_tls_octets, on_odd};

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
	MT_ASSERT(smtp_env_init(&env, &limits, &sink, 256) == 0);
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
