// SPDX-License-Identifier: BSD-3-Clause

// What a mail knows after its tape was played, and what it does at its bounds.

#include "mail.h"

#include <errno.h>

#include <criterion/criterion.h>

static uint8_t memory[sizeof(struct mail_chunk) + 4096] __attribute__((aligned(16)));

static struct mail_chunk *fresh(void)
{
	struct mail_chunk *c = (struct mail_chunk *)(void *)memory;

	mail_chunk_init(c, 4096, 0, 0);
	return c;
}

// Plays the chunk; the last trouble is returned.
static int play(struct mail *m, const struct mail_chunk *c)
{
	struct mail_item item;
	uint32_t offset = 0;
	int rc = 0;

	while (mail_chunk_next(c, &offset, &item)) {
		int one = mail_take(m, &item);
		rc = one != 0 ? one : rc;
	}
	return rc;
}

static int take(struct mail *m, enum mail_event event, uint16_t aux, struct span text)
{
	const struct mail_item item = {event, aux, text};

	return mail_take(m, &item);
}

static int take_rcpt(struct mail *m, const char *to)
{
	struct mail_chunk *c = fresh();

	mail_chunk_add_pair(c, MAIL_EV_RCPT, 0, span_text(to), span_text(""));
	return play(m, c);
}

static int take_reply(struct mail *m, enum mail_event event, uint16_t aux, uint16_t code,
	const char *text)
{
	struct mail_chunk *c = fresh();
	const struct span none = span_make("", 0);

	mail_chunk_add_reply(c, event, aux, code, none, span_text(text), none);
	return play(m, c);
}

static int take_gap(struct mail *m, uint64_t length)
{
	return take(m, MAIL_EV_GAP, 0, span_make(&length, sizeof(length)));
}

static void expect_text(const struct mail *m, struct mail_text got, const char *want)
{
	struct span text = mail_text_get(m, got);

	cr_expect(span_equal(text, span_text(want)), "got '%.*s', want '%s'",
		(int)text.len, (const char *)text.ptr, want);
}

static void add_envelope(struct mail_chunk *c)
{
	const struct span none = span_make("", 0);
	const struct mail_conn conn = {.flow_id = 77, .client_port = 40000, .tx_id = 2};

	mail_chunk_add(c, MAIL_EV_CONN, 0, span_make(&conn, sizeof(conn)));
	mail_chunk_add(c, MAIL_EV_HELO, 0, span_text("client.example"));
	mail_chunk_add_pair(c, MAIL_EV_AUTH, 1, span_text("PLAIN"), span_text("user"));
	mail_chunk_add(c, MAIL_EV_TLS, 1, none);
	mail_chunk_add_pair(
		c, MAIL_EV_FROM, 0, span_text("<a@b.example>"), span_text("SIZE=9"));
	mail_chunk_add_reply(c, MAIL_EV_FROM_REPLY, 0, 250, none, none, none);
	mail_chunk_add_pair(c, MAIL_EV_RCPT, 0, span_text("<c@d.example>"), none);
	mail_chunk_add_reply(
		c, MAIL_EV_RCPT_REPLY, 0, 250, span_text("2.1.5"), span_text("ok"), none);
	mail_chunk_add_pair(
		c, MAIL_EV_RCPT, 0, span_text("<e@f.example>"), span_text("X"));
	mail_chunk_add_reply(c, MAIL_EV_RCPT_REPLY, 0, 550, none, span_text("no"), none);
}

static void add_content(struct mail_chunk *c)
{
	const uint64_t begin_us = 5000, odds = mt_odd_bit(MT_ODD_bare_lf);
	const struct mail_end end = {.at_us = 7000,
		.content_us = 6000,
		.open_us = 4000,
		.outcome = MAIL_ACCEPTED,
		.complete = 1};

	mail_chunk_add(
		c, MAIL_EV_BEGIN, MAIL_BDAT, span_make(&begin_us, sizeof(begin_us)));
	mail_chunk_add_body(c, span_text("octets"));
	mail_chunk_add(c, MAIL_EV_ODD, 0, span_make(&odds, sizeof(odds)));
	mail_chunk_add_reply(c, MAIL_EV_RCPT_FINAL, 1, 452, span_make("", 0),
		span_text("later"), span_make("", 0));
	mail_chunk_add_reply(c, MAIL_EV_REPLY, 0, 250, span_text("2.0.0"),
		span_text("queued as Q7"), span_text("Q7"));
	mail_chunk_add(c, MAIL_EV_END, 0, span_make(&end, sizeof(end)));
}

static void expect_all(const struct mail *m)
{
	cr_expect_eq(m->conn.flow_id, 77);
	cr_expect_eq(m->conn.tx_id, 2);
	expect_text(m, m->helo, "client.example");
	cr_expect(m->has_auth && m->auth_ok && m->tls_offered && !m->tls_used);
	expect_text(m, m->mechanism, "PLAIN");
	expect_text(m, m->user, "user");
	cr_expect(m->has_from);
	expect_text(m, m->from, "<a@b.example>");
	expect_text(m, m->from_params, "SIZE=9");
	cr_assert_eq(mail_rcpt_count(m), 2);
	expect_text(m, mail_rcpt_get(m, 0)->to, "<c@d.example>");
	cr_expect_eq(mail_rcpt_get(m, 0)->reply.code, 250);
	cr_expect(!mail_rcpt_get(m, 0)->has_final);
	expect_text(m, mail_rcpt_get(m, 1)->params, "X");
	expect_text(m, mail_rcpt_get(m, 1)->reply.text, "no");
	cr_expect(mail_rcpt_get(m, 1)->has_final);
	cr_expect_eq(mail_rcpt_get(m, 1)->final.code, 452);
	cr_expect_null(mail_rcpt_get(m, 2));
	cr_expect(m->begun && m->ended && m->complete);
	cr_expect_eq(m->carried, MAIL_BDAT);
	cr_expect_eq(m->outcome, MAIL_ACCEPTED);
	cr_expect_eq(m->size, 6);
	cr_expect_eq(m->odds, mt_odd_bit(MT_ODD_bare_lf));
	cr_expect(m->open_us == 4000 && m->begin_us == 5000);
	cr_expect(m->content_us == 6000 && m->end_us == 7000);
	cr_expect_eq(m->reply.code, 250);
	expect_text(m, m->reply.enhanced, "2.0.0");
	expect_text(m, m->reply.queue_id, "Q7");
}

Test(mail, a_whole_tape_fills_everything_again_and_again)
{
	struct mail m;
	struct mail_chunk *c = fresh();

	mail_init(&m, 10000);
	add_envelope(c);
	add_content(c);
	for (int turn = 0; turn < 3; turn++) {
		cr_expect_eq(play(&m, c), 0);
		expect_all(&m);
		mail_clear(&m);
		cr_expect(!m.has_from && !m.begun && m.size == 0 && m.odds == 0);
		cr_expect_eq(mail_rcpt_count(&m), 0);
	}
	mail_fini(&m);
}

Test(mail, a_crowd_of_recipients_is_cut_and_said_to_be)
{
	struct mail m;
	const struct mail_end end = {.outcome = MAIL_REFUSED};

	// Texts for two recipients of ten octets with their replies of five.
	mail_init(&m, 200);
	m.max = 30;
	cr_expect_eq(take_rcpt(&m, "<a@b.exam>"), 0);
	cr_expect_eq(take_reply(&m, MAIL_EV_RCPT_REPLY, 0, 250, "first"), 0);
	cr_expect_eq(take_rcpt(&m, "<c@d.exam>"), 0);
	cr_expect_eq(take_reply(&m, MAIL_EV_RCPT_REPLY, 0, 251, "secnd"), 0);
	cr_expect_eq(m.odds, 0);
	cr_expect_eq(take_rcpt(&m, "<e@f.exam>"), -ENOSPC);
	cr_expect_eq(m.odds, mt_odd_bit(MT_ODD_too_many_rcpts));
	cr_expect_eq(take_reply(&m, MAIL_EV_RCPT_REPLY, 0, 550, "third"), 0);
	cr_expect_eq(take_reply(&m, MAIL_EV_RCPT_FINAL, 2, 550, "third"), 0);
	cr_assert_eq(mail_rcpt_count(&m), 2);
	cr_expect_eq(mail_rcpt_get(&m, 1)->reply.code, 251);
	expect_text(&m, mail_rcpt_get(&m, 1)->reply.text, "secnd");
	// What comes after has a place of its own.
	cr_expect_eq(take_reply(&m, MAIL_EV_REPLY, 0, 554, "too many"), 0);
	cr_expect_eq(take(&m, MAIL_EV_END, 0, span_make(&end, sizeof(end))), 0);
	expect_text(&m, m.reply.text, "too many");
	cr_expect_eq(m.outcome, MAIL_REFUSED);
	mail_fini(&m);
}

Test(mail, the_code_of_a_reply_is_kept_where_its_text_has_no_place)
{
	struct mail m;

	mail_init(&m, 200);
	m.max = 10;
	take_rcpt(&m, "<a@b.exam>");
	cr_expect_eq(take_reply(&m, MAIL_EV_RCPT_REPLY, 0, 550, "no"), -ENOSPC);
	cr_expect_eq(mail_rcpt_get(&m, 0)->reply.code, 550);
	cr_expect_eq(mail_rcpt_get(&m, 0)->reply.text.len, 0);
	mail_fini(&m);
}

Test(mail, a_reply_without_a_recipient_is_nobodys)
{
	struct mail m;

	mail_init(&m, 1000);
	cr_expect_eq(take_reply(&m, MAIL_EV_RCPT_REPLY, 0, 550, "no"), 0);
	cr_expect_eq(take_reply(&m, MAIL_EV_RCPT_FINAL, 0, 550, "no"), 0);
	cr_expect_eq(mail_rcpt_count(&m), 0);
	mail_fini(&m);
}

Test(mail, holes_side_by_side_are_one)
{
	struct mail m;

	mail_init(&m, 1000);
	take_gap(&m, 0);
	cr_expect_eq(mail_gap_count(&m), 0);
	take_gap(&m, 100);
	take_gap(&m, 50);
	take(&m, MAIL_EV_BODY, 0, span_text("four"));
	take_gap(&m, 7);
	take_gap(&m, UINT64_MAX);
	take_gap(&m, 7);
	take(&m, MAIL_EV_BODY, 0, span_text("four"));
	take_gap(&m, (UINT64_C(1) << 53) - 1);
	cr_expect_eq(mail_gap_get(&m, 2)->length, (UINT64_C(1) << 53) - 1);
	take_gap(&m, 10);
	take(&m, MAIL_EV_BODY, 0, span_text("four"));
	take_gap(&m, UINT64_C(1) << 53);
	cr_assert_eq(mail_gap_count(&m), 4);
	cr_expect(mail_gap_get(&m, 0)->at == 0 && mail_gap_get(&m, 0)->length == 150);
	cr_expect(mail_gap_get(&m, 1)->at == 4);
	cr_expect_eq(mail_gap_get(&m, 1)->length, UINT64_MAX);
	cr_expect(mail_gap_get(&m, 2)->at == 8);
	cr_expect_eq(mail_gap_get(&m, 2)->length, UINT64_MAX);
	cr_expect_eq(mail_gap_get(&m, 3)->length, UINT64_MAX);
	cr_expect_null(mail_gap_get(&m, 4));
	mail_fini(&m);
}

Test(mail, holes_beyond_the_bound_make_the_last_one_unknown)
{
	struct mail m;

	mail_init(&m, 1000);
	for (int i = 0; i < MAIL_GAPS_MAX; i++) {
		cr_expect_eq(take_gap(&m, 1), 0);
		take(&m, MAIL_EV_BODY, 0, span_text("x"));
	}
	cr_expect_eq(mail_gap_get(&m, MAIL_GAPS_MAX - 1)->length, 1);
	cr_expect_eq(take_gap(&m, 1), -ENOSPC);
	cr_expect_eq(mail_gap_count(&m), MAIL_GAPS_MAX);
	cr_expect_eq(mail_gap_get(&m, MAIL_GAPS_MAX - 2)->length, 1);
	cr_expect_eq(mail_gap_get(&m, MAIL_GAPS_MAX - 1)->length, UINT64_MAX);
	mail_fini(&m);
}

Test(mail, what_the_worker_gave_up_is_not_complete)
{
	const struct mail_end end = {.outcome = MAIL_ACCEPTED, .complete = 1};
	struct mail m;

	mail_init(&m, 4096);
	cr_expect_eq(take(&m, MAIL_EV_BODY, 0, span_text("Subject: x\r\n")), 0);
	cr_expect_eq(take(&m, MAIL_EV_GIVE_UP, MAIL_GIVEN_UP_NO_CHUNK, span_text("")), 0);
	cr_expect_eq(take(&m, MAIL_EV_END, 0, span_make(&end, sizeof(end))), 0);
	cr_expect(!m.complete);
	cr_assert_eq(mail_gap_count(&m), 1);
	cr_expect_eq(mail_gap_get(&m, 0)->at, 12);
	cr_expect_eq(mail_gap_get(&m, 0)->length, UINT64_MAX);
	mail_clear(&m);
	cr_expect_eq(take(&m, MAIL_EV_END, 0, span_make(&end, sizeof(end))), 0);
	cr_expect(m.complete, "the next one is");
	mail_fini(&m);
}

Test(mail, facts_of_another_size_are_not_taken)
{
	static const uint8_t octets[256] = {1};
	struct mail m;

	mail_init(&m, 1000);
	for (int event = 0; event < MAIL_EV_COUNT; event++)
		for (size_t n = 0; n < sizeof(octets); n++)
			if (n != sizeof(struct mail_conn) &&
				n != sizeof(struct mail_end) && n != sizeof(uint64_t) &&
				event != MAIL_EV_RCPT)
				take(&m, (enum mail_event)event, 0, span_make(octets, n));
	cr_expect_eq(m.conn.flow_id, 0);
	cr_expect(!m.ended);
	cr_expect_eq(m.odds, 0);
	cr_expect_eq(m.begin_us, 0);
	mail_fini(&m);
}

Test(mail, an_outcome_that_is_none_is_unknown)
{
	const struct mail_end end = {.outcome = 200, .complete = 1};
	struct mail m;

	mail_init(&m, 1000);
	take(&m, MAIL_EV_END, 0, span_make(&end, sizeof(end)));
	cr_expect_eq(m.outcome, MAIL_UNKNOWN);
	mail_fini(&m);
}

Test(mail, the_memory_of_a_large_mail_is_given_back)
{
	struct mail m;

	mail_init(&m, 1 << 20);
	for (int i = 0; i < 20000; i++)
		take_rcpt(&m, "<someone@server.example>");
	cr_expect_gt(m.texts.room, 64 << 10);
	mail_clear(&m);
	cr_expect_leq(m.texts.room, 64 << 10);
	cr_expect_leq(m.rcpts.room, 64 << 10);
	cr_expect_eq(take_rcpt(&m, "<a@b.example>"), 0);
	expect_text(&m, mail_rcpt_get(&m, 0)->to, "<a@b.example>");
	mail_fini(&m);
}
