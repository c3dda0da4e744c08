// SPDX-License-Identifier: BSD-3-Clause

// A table that is full: who goes for whom, one by one, and that a connection in the middle of a mail never does.

#include "worker_rig.h"

#include <criterion/criterion.h>

#define C0 1000u // sequence number of a client's SYN
#define S0 5000u

// Ports, by what their connections are doing.
enum {
	MAILS = 41000,
	IDLE = 42000,
	UNPROVEN = 43000,
	HALF_OPEN = 44000,
	OVER = 45000,
	NEW = 46000,
};

#define MAILS_COUNT     3
#define IDLE_COUNT      4
#define UNPROVEN_COUNT  4
#define HALF_OPEN_COUNT 3
#define OVER_COUNT      2
_Static_assert(MAILS_COUNT + IDLE_COUNT + UNPROVEN_COUNT + HALF_OPEN_COUNT + OVER_COUNT ==
		RIG_CONNS,
	"together they fill the table");

// Where the two ends of a dialogue have come to.
struct talk {
	uint16_t port;
	uint32_t c, s;
};

static void give(struct talk *t, bool client, uint8_t flags, const char *text)
{
	uint32_t *mine = client ? &t->c : &t->s;
	uint32_t other = client ? t->s : t->c;

	rig_give(&(struct rig_segment){.client = client,
		.flags = flags,
		.seq = *mine,
		.ack = flags & PACKET_ACK ? other : 0,
		.text = text,
		.port = t->port});
	rig_write();
	*mine += (uint32_t)strlen(text) + (flags & (PACKET_SYN | PACKET_FIN) ? 1 : 0);
}

static struct talk open_session(uint16_t port)
{
	struct talk t = {port, C0, S0};

	give(&t, true, PACKET_SYN, "");
	give(&t, false, PACKET_SYN | PACKET_ACK, "");
	give(&t, true, PACKET_ACK, "");
	give(&t, false, PACKET_ACK, "220 mx\r\n");
	give(&t, true, PACKET_ACK, "HELO c\r\n");
	give(&t, false, PACKET_ACK, "250 mx\r\n");
	give(&t, true, PACKET_ACK, "");
	return t;
}

static void begin_mail(uint16_t port)
{
	struct talk t = open_session(port);

	give(&t, true, PACKET_ACK, "MAIL FROM:<a@b>\r\n");
	give(&t, false, PACKET_ACK, "250 ok\r\n");
	give(&t, true, PACKET_ACK, "RCPT TO:<c@d>\r\n");
	give(&t, false, PACKET_ACK, "250 ok\r\n");
	give(&t, true, PACKET_ACK, "DATA\r\n");
	give(&t, false, PACKET_ACK, "354 go\r\n");
	give(&t, true, PACKET_ACK, "Subject: x\r\n");
	give(&t, false, PACKET_ACK, "");
}

static void open_and_close(uint16_t port)
{
	struct talk t = open_session(port);

	give(&t, true, PACKET_FIN | PACKET_ACK, "");
	give(&t, false, PACKET_FIN | PACKET_ACK, "");
	give(&t, true, PACKET_ACK, "");
}

static unsigned alive(uint16_t first, unsigned count)
{
	unsigned n = 0;

	for (uint16_t i = 0; i < count; i++)
		n += rig_conn((uint16_t)(first + i)) != NULL;
	return n;
}

static void fill_table(void)
{
	rig_make(64);
	for (uint16_t i = 0; i < MAILS_COUNT; i++)
		begin_mail((uint16_t)(MAILS + i));
	for (uint16_t i = 0; i < IDLE_COUNT; i++)
		open_session((uint16_t)(IDLE + i));
	for (uint16_t i = 0; i < UNPROVEN_COUNT; i++) {
		struct talk t = {(uint16_t)(UNPROVEN + i), C0, S0};
		give(&t, true, PACKET_ACK, "out of nowhere\r\n");
	}
	for (uint16_t i = 0; i < HALF_OPEN_COUNT; i++) {
		struct talk t = {(uint16_t)(HALF_OPEN + i), C0, 0};
		give(&t, true, PACKET_SYN, "");
	}
	for (uint16_t i = 0; i < OVER_COUNT; i++)
		open_and_close((uint16_t)(OVER + i));
	cr_assert_eq(mt_pool_left(&rig_worker.conns), 0);
}

Test(worker_room, the_least_worth_goes_first_and_a_mail_never)
{
	uint16_t next = NEW;

	fill_table();
	// What has ended has a place, but no name that counts.
	for (unsigned i = 0; i < OVER_COUNT; i++)
		open_session(next++);
	cr_expect_eq(alive(HALF_OPEN, HALF_OPEN_COUNT), HALF_OPEN_COUNT);
	for (uint16_t i = 0; i < HALF_OPEN_COUNT; i++) {
		open_session(next++);
		cr_expect_null(rig_conn((uint16_t)(HALF_OPEN + i)), "the oldest first");
		cr_expect_eq(alive(HALF_OPEN, HALF_OPEN_COUNT), HALF_OPEN_COUNT - 1u - i);
	}
	cr_expect_eq(alive(UNPROVEN, UNPROVEN_COUNT), UNPROVEN_COUNT);
	for (uint16_t i = 0; i < UNPROVEN_COUNT; i++) {
		open_session(next++);
		cr_expect_null(rig_conn((uint16_t)(UNPROVEN + i)), "silent the longest");
	}
	cr_expect_eq(alive(IDLE, IDLE_COUNT), IDLE_COUNT);
	for (uint16_t i = 0; i < IDLE_COUNT; i++) {
		open_session(next++);
		cr_expect_null(rig_conn((uint16_t)(IDLE + i)), "silent the longest");
	}
	cr_expect_eq(alive(NEW, RIG_CONNS - MAILS_COUNT), RIG_CONNS - MAILS_COUNT);
	open_session(next++);
	cr_expect_null(rig_conn(NEW), "then those that came for them");
	cr_expect_eq(alive(MAILS, MAILS_COUNT), MAILS_COUNT, "a mail was given up");
	cr_expect_eq(rig_worker.stats.counter[STATS_conn_evicted],
		RIG_CONNS - MAILS_COUNT - OVER_COUNT + 1);
	cr_expect_eq(rig_worker.stats.counter[STATS_tcp_no_connection], 0);
}

Test(worker_room, what_opens_nothing_takes_the_place_of_nobody_between_mails)
{
	uint16_t next = NEW;

	fill_table();
	for (unsigned i = 0; i < RIG_CONNS - MAILS_COUNT - IDLE_COUNT; i++)
		open_session(next++);
	struct talk t = {next, C0, S0};
	give(&t, true, PACKET_ACK, "out of nowhere\r\n");
	cr_expect_null(rig_conn(next));
	cr_expect_eq(rig_worker.stats.counter[STATS_tcp_no_connection], 1);
	cr_expect_eq(alive(IDLE, IDLE_COUNT), IDLE_COUNT);
	cr_expect_eq(alive(MAILS, MAILS_COUNT), MAILS_COUNT);
}
