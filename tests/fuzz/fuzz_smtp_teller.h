// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A sink that writes down what it is told and keeps the contract of smtp_sink.h.

#include "smtp_ahead.h"
#include "smtp_session.h"

#include "mt_assert.h"
#include "mt_buf.h"

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

static void on_client(void *ctx, enum smtp_client_facts kind, struct span attributes)
{
	say(ctx, kind == SMTP_XCLIENT ? "xclient" : "xforward", attributes);
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

static const struct smtp_sink teller_sink = {on_open, on_rcpt, on_abandon, on_begin,
	on_body, on_gap, on_end, on_final, on_greeting, on_auth, on_client, on_tls,
	on_tls_octets, on_odd};

// No connection may have more of the pool than its two queues, what is read ahead, two lines in
// pieces, who logs in, and which recipients were accepted.
static inline void teller_stay_bounded(const struct smtp_env *env)
{
	MT_ASSERT(env->blocks.used <= 2 * SMTP_PENDING_BLOCKS + SMTP_AHEAD_BLOCKS + 5);
}
