// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_log.h"

#include <stdio.h>

#include <criterion/criterion.h>

static const struct smtp_limits limits = {
	.line = 512, .reply = 512, .pending = 50, .rcpts = 1000, .mail = 1u << 20};

struct world {
	struct smtp_env env;
	struct smtp_log log;
	struct smtp_session s;
};

static void begin(struct world *w, uint32_t blocks)
{
	smtp_log_init(&w->log);
	cr_assert(smtp_env_init(&w->env, &limits, &smtp_log_sink, blocks) == 0);
	smtp_session_init(&w->s, &w->env, &w->log);
}

static void finish(struct world *w)
{
	smtp_session_close(&w->s);
	cr_expect(w->env.blocks.used == 0);
	cr_expect(!smtp_log_is_broken(&w->log));
	smtp_env_fini(&w->env);
	smtp_log_fini(&w->log);
}

static size_t client(struct world *w, const char *text)
{
	return smtp_session_feed(&w->s, SMTP_CLIENT, span_text(text));
}

static void server(struct world *w, const char *text)
{
	cr_expect(smtp_session_feed(&w->s, SMTP_SERVER, span_text(text)) == strlen(text));
}

static bool told(struct world *w, const char *event)
{
	struct span text = smtp_log_text(&w->log);

	return memmem(text.ptr, text.len, event, strlen(event)) != NULL;
}

static size_t count(struct world *w, const char *event)
{
	struct span text = smtp_log_text(&w->log);
	size_t n = 0, len = strlen(event);

	for (size_t i = 0; i + len <= text.len; i++)
		n += memcmp(text.ptr + i, event, len) == 0 ? 1 : 0;
	return n;
}

static void greet(struct world *w)
{
	server(w, "220 mx\r\n");
	client(w, "EHLO c\r\n");
	server(w, "250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
}

static void mail(struct world *w)
{
	client(w, "MAIL FROM:<a@b>\r\n");
	server(w, "250 ok\r\n");
	client(w, "RCPT TO:<c@d>\r\n");
	server(w, "250 ok\r\n");
	client(w, "DATA\r\n");
	server(w, "354 go\r\n");
	client(w, "hello\r\n.\r\n");
	server(w, "250 taken\r\n");
}

Test(smtp_session, is_small)
{
	cr_expect(sizeof(struct smtp_session) <= 240, "%zu", sizeof(struct smtp_session));
}

Test(smtp_session, an_env_refuses_limits_that_make_no_sense)
{
	struct smtp_env env;
	struct smtp_limits bad = limits;

	bad.line = 0;
	cr_expect(smtp_env_init(&env, &bad, &smtp_log_sink, 8) < 0);
	bad = limits;
	bad.reply = 70000;
	cr_expect(smtp_env_init(&env, &bad, &smtp_log_sink, 8) < 0);
	cr_expect(smtp_env_init(&env, &limits, &smtp_log_sink, 0) < 0);
}

Test(smtp_session, holds_no_block_between_mails)
{
	struct world w;

	begin(&w, 8);
	greet(&w);
	cr_expect(w.env.blocks.used == 0 && smtp_session_is_idle(&w.s));
	client(&w, "MAIL FR");
	cr_expect(w.env.blocks.used == 1, "an unfinished line");
	client(&w, "OM:<a@b>\r\n");
	cr_expect(w.env.blocks.used == 1 && !smtp_session_is_idle(&w.s),
		"a pending command");
	server(&w, "250 ok\r\n");
	cr_expect(w.env.blocks.used == 0 && !smtp_session_is_idle(&w.s));
	mail(&w);
	cr_expect(w.env.blocks.used == 0 && smtp_session_is_idle(&w.s));
	finish(&w);
}

Test(smtp_session, waits_after_data_and_takes_nothing_until_the_reply)
{
	struct world w;

	begin(&w, 8);
	greet(&w);
	cr_expect(client(&w, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhello\r\n") ==
		38);
	cr_expect(smtp_session_waits(&w.s));
	cr_expect(client(&w, "hello\r\n") == 0);
	server(&w, "250 ok\r\n250 ok\r\n");
	cr_expect(client(&w, "hello\r\n") == 0);
	server(&w, "354 go\r\n");
	cr_expect(!smtp_session_waits(&w.s));
	cr_expect(client(&w, "hello\r\n.\r\n") == 10);
	cr_expect(smtp_session_awaits_verdict(&w.s));
	server(&w, "250 ok\r\n");
	cr_expect(!smtp_session_awaits_verdict(&w.s));
	cr_expect(told(&w, "end accepted complete 7"));
	finish(&w);
}

Test(smtp_session, resumes_exactly_where_the_sink_had_no_room)
{
	static const char text[] =
		"a\r\n..b\r\n.\rc\r\n.\rd\r\nlonger line of text\r\n.\r\n";

	for (size_t room = 1; room < 12; room++) {
		struct world w;
		struct span rest = span_make(text, sizeof(text) - 1);
		begin(&w, 8);
		greet(&w);
		client(&w, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
		server(&w, "250 ok\r\n250 ok\r\n354 go\r\n");
		w.log.room = room;
		while (rest.len > 0) {
			size_t n = smtp_session_feed(&w.s, SMTP_CLIENT, rest);
			cr_expect(!smtp_session_waits(&w.s));
			rest = span_skip(rest, n);
		}
		server(&w, "250 ok\r\n");
		cr_expect(told(&w,
			"body a\\r\\n.b\\r\\n\\rc\\r\\n\\rd\\r\\nlonger line of text\\r\\n\n"));
		cr_expect(told(&w, "end accepted complete 36"));
		finish(&w);
	}
}

// A hidden mail is read ahead until its end is judged: what the sink then has no room for must
// wait, in either direction.
Test(smtp_session, what_was_read_ahead_waits_for_the_sink)
{
	static const char text[] = "a\n.\r\nMAIL FROM:<x@y>\r\nb\r\n.\r\n";

	for (size_t room = 1; room < 12; room++) {
		struct world w;
		begin(&w, 8);
		greet(&w);
		client(&w, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
		server(&w, "250 ok\r\n250 ok\r\n354 go\r\n");
		w.log.room = room;
		struct span rest = span_make(text, sizeof(text) - 1);
		while (rest.len > 0)
			rest = span_skip(
				rest, smtp_session_feed(&w.s, SMTP_CLIENT, rest));
		cr_expect(smtp_session_waits(&w.s));
		server(&w, "250 one\r\n");
		rest = span_text("QUIT\r\n");
		while (rest.len > 0)
			rest = span_skip(
				rest, smtp_session_feed(&w.s, SMTP_CLIENT, rest));
		rest = span_text("221 bye\r\n");
		while (rest.len > 0)
			rest = span_skip(
				rest, smtp_session_feed(&w.s, SMTP_SERVER, rest));
		cr_expect(told(&w, "end accepted complete 25 | 250 one"));
		finish(&w);
	}
}

Test(smtp_session, a_hidden_mail_larger_than_may_be_read_ahead_is_content)
{
	static char text[1u << 20];
	struct world w;

	memset(text, 'x', sizeof(text));
	begin(&w, 64);
	greet(&w);
	client(&w, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
	server(&w, "250 ok\r\n250 ok\r\n354 go\r\n");
	client(&w, "a\n.\r\nMAIL FROM:<x@y>\r\n");
	for (int i = 0; i < 7; i++)
		cr_expect(smtp_session_feed(&w.s, SMTP_CLIENT, span_make(text, 100000)) ==
			100000);
	cr_expect(w.env.blocks.used == 0);
	client(&w, "\r\n.\r\n");
	server(&w, "250 one\r\n");
	cr_expect(told(&w, "odd smuggling_tried") && told(&w, "end accepted complete"));
	finish(&w);
}

Test(smtp_session, without_a_block_to_read_ahead_it_is_content)
{
	struct world w;
	void *block[8];

	begin(&w, 8);
	greet(&w);
	client(&w, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
	server(&w, "250 ok\r\n250 ok\r\n354 go\r\n");
	for (int i = 0; i < 8; i++)
		block[i] = mt_pool_take(&w.env.blocks);
	client(&w, "a\n.\r\nMAIL FROM:<x@y>\r\nb\r\n.\r\n");
	for (int i = 0; i < 8; i++)
		mt_pool_put(&w.env.blocks, block[i]);
	server(&w, "250 one\r\n");
	cr_expect(told(&w, "odd end_in_doubt"));
	finish(&w);
}

Test(smtp_session, more_commands_than_may_be_pending_keep_the_step)
{
	struct world w;

	begin(&w, 64);
	greet(&w);
	for (int i = 0; i < 70000; i++)
		client(&w, "NOOP\r\n");
	cr_expect(told(&w, "odd too_many_pending"));
	cr_expect(w.env.blocks.used < 4);
	for (int i = 0; i < 70000; i++)
		server(&w, "250 ok\r\n");
	cr_expect(smtp_session_is_idle(&w.s));
	mail(&w);
	cr_expect(told(&w, "end accepted complete 7"));
	finish(&w);
}

Test(smtp_session, a_354_finds_the_step_again_behind_a_full_queue)
{
	struct world w;

	begin(&w, 64);
	greet(&w);
	for (int i = 0; i < 200; i++)
		client(&w, "NOOP\r\n");
	client(&w, "DATA\r\n");
	server(&w, "354 go\r\n");
	client(&w, "hello\r\n.\r\n");
	server(&w, "250 ok\r\n");
	cr_expect(told(&w, "odd out_of_step"));
	cr_expect(told(&w, "end accepted complete 7"));
	mail(&w);
	cr_expect(count(&w, "end accepted complete 7") == 2);
	finish(&w);
}

Test(smtp_session, data_without_end_costs_nothing)
{
	struct world w;

	begin(&w, 8);
	client(&w, "EHLO c\r\n");
	for (int i = 0; i < 20000; i++) {
		client(&w, "DATA\r\n");
		smtp_session_hurry(&w.s);
		client(&w, ".\r\nNOOP\r\n");
	}
	cr_expect(w.env.blocks.used <= 3);
	finish(&w);
}

Test(smtp_session, a_hundred_thousand_tiny_chunks_are_one_mail)
{
	struct world w;

	begin(&w, 64);
	greet(&w);
	client(&w, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
	server(&w, "250 ok\r\n250 ok\r\n");
	for (int i = 0; i < 100000; i++) {
		client(&w, "BDAT 1\r\nx");
		server(&w, "250 ok\r\n");
	}
	cr_expect(w.env.blocks.used == 0);
	client(&w, "BDAT 0 LAST\r\n");
	server(&w, "250 ok\r\n");
	cr_expect(told(&w, "end accepted complete 100000"));
	finish(&w);
}

Test(smtp_session, fifty_megabytes_without_a_line_end_are_one_lost_line)
{
	static char text[65536];
	struct world w;

	memset(text, 'x', sizeof(text));
	begin(&w, 8);
	greet(&w);
	for (int i = 0; i < 800; i++)
		cr_expect(smtp_session_feed(&w.s, SMTP_CLIENT,
				  span_make(text, sizeof(text))) == sizeof(text));
	for (int i = 0; i < 800; i++)
		smtp_session_feed(&w.s, SMTP_SERVER, span_make(text, sizeof(text)));
	cr_expect(w.env.blocks.used == 2);
	client(&w, "\r\n");
	server(&w, "\r\n500 what\r\n");
	mail(&w);
	cr_expect(told(&w, "end accepted complete 7"));
	finish(&w);
}

Test(smtp_session, without_blocks_mails_are_lost_but_nothing_else)
{
	struct world w;
	void *block[8];

	begin(&w, 8);
	for (int i = 0; i < 8; i++)
		block[i] = mt_pool_take(&w.env.blocks);
	greet(&w);
	mail(&w);
	client(&w, "MAIL FR");
	client(&w, "OM:<a@b>\r\n");
	server(&w, "250 ok");
	server(&w, "\r\n");
	for (int i = 0; i < 8; i++)
		mt_pool_put(&w.env.blocks, block[i]);
	client(&w, "RSET\r\n");
	server(&w, "250 ok\r\n250 ok\r\n");
	mail(&w);
	cr_expect(told(&w, "odd too_many_pending"));
	cr_expect(told(&w, "end accepted complete 7"));
	finish(&w);
}

Test(smtp_session, limits_are_those_of_each_mail)
{
	struct world w;
	static char text[60000];

	memset(text, 'x', sizeof(text));
	begin(&w, 8);
	greet(&w);
	for (int i = 0; i < 20; i++) {
		client(&w, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
		server(&w, "250 ok\r\n250 ok\r\n354 go\r\n");
		for (int k = 0; k < 17; k++)
			smtp_session_feed(
				&w.s, SMTP_CLIENT, span_make(text, sizeof(text)));
		client(&w, "\r\n.\r\n");
		server(&w, "250 ok\r\n");
	}
	cr_expect(count(&w, "end accepted complete 1020002") == 20);
	finish(&w);
}

Test(smtp_session, dark_tells_nothing_and_keeps_nothing)
{
	struct world w;

	begin(&w, 8);
	greet(&w);
	client(&w, "STARTTLS\r\n");
	server(&w, "220 go\r\n25");
	cr_expect(!smtp_session_is_dark(&w.s));
	client(&w, "\x16\x03\x01");
	cr_expect(smtp_session_is_dark(&w.s) && w.env.blocks.used == 0);
	mail(&w);
	smtp_session_gap(&w.s, SMTP_CLIENT, 5000);
	smtp_session_gap(&w.s, SMTP_SERVER, 5000);
	smtp_session_hurry(&w.s);
	struct span told = smtp_log_text(&w.log);
	cr_expect(memmem(told.ptr, told.len, "open ", 5) == NULL);
	cr_expect(w.env.blocks.used == 0);
	finish(&w);
}

Test(smtp_session, closing_twice_is_harmless)
{
	struct world w;

	begin(&w, 8);
	greet(&w);
	client(&w, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
	server(&w, "250 ok\r\n");
	smtp_session_close(&w.s);
	cr_expect(told(&w, "abandon CLOSED"));
	size_t before = smtp_log_text(&w.log).len;
	finish(&w);
	cr_expect(before > 0);
}
