// SPDX-License-Identifier: BSD-3-Clause

// What is told of a dialogue must not depend on when the replies come. Each octet of the input is
// a step of a client, and a small server answers it as servers do. The dialogue is played in step
// (every reply as early as it can be), with every reply some replies late, and with every reply as
// late as the client's octets allow, whole and in pieces; but for what is odd about the order, all
// must be told alike.

#include "fuzz_smtp_teller.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX   200
#define REPLIES_MAX (4 * STEPS_MAX)

// Replies that the client is ahead of the server, for play().
#define IN_STEP 0
#define LATE    REPLIES_MAX

struct dialogue {
	struct mt_buf client, server;
	size_t after[REPLIES_MAX]; // octets of the client that a reply needs to be there
	size_t end[REPLIES_MAX]; // octets of the server up to and with it
	size_t replies;
	bool mail, lmtp, chunks, dead;
	bool odd_chunk; // a BDAT was malformed
	bool octets; // some of a chunk were taken
	unsigned rcpts;
};

static void say_client(struct dialogue *d, const char *text)
{
	mt_buf_add_text(&d->client, text);
}

static void reply(struct dialogue *d, const char *text)
{
	mt_buf_add_text(&d->server, text);
	d->after[d->replies] = d->client.len;
	d->end[d->replies++] = d->server.len;
}

static void reset(struct dialogue *d)
{
	d->mail = d->chunks = d->dead = d->octets = false;
	d->rcpts = 0;
}

// The replies to the end of a mail: LMTP has one a recipient.
static void verdict(struct dialogue *d, const char *text)
{
	unsigned n = d->lmtp ? d->rcpts : 1;

	for (unsigned i = 0; i < n; i++)
		reply(d, text);
	reset(d);
}

static void step_data(struct dialogue *d, unsigned how)
{
	static const char *const contents[] = {"", "a\r\n", "..a\r\n\r\n...\r\n",
		"From x\r\nMAIL FROM:<evil>\r\nQUIT\r\n"};

	say_client(d, "DATA\r\n");
	if (!d->mail || d->rcpts == 0 || d->chunks || d->dead) {
		reply(d, "503 5.5.1 not now\r\n");
		return;
	}
	reply(d, "354 go\r\n");
	say_client(d, contents[how & 3]);
	say_client(d, ".\r\n");
	verdict(d, how & 4 ? "250 2.0.0 Ok: queued as X1\r\n" : "554 5.7.1 no\r\n");
}

static void step_chunk(struct dialogue *d, unsigned how)
{
	static const char *const chunks[] = {"BDAT 5%s\r\nRSET\n", "BDAT 0%s\r\n",
		"BDAT 8%s\r\n.\r\n\r\n.\r\n", "BDAT 3%s\r\na\r\n"};
	bool last = (how & 4) != 0;

	// How much of a mail is told behind a refused chunk does depend on when the refusal is seen, and
	// behind a malformed one, where the session waits, it is seen earlier.
	if (d->dead || (d->odd_chunk && (how & 28) == 24))
		return;
	mt_buf_printf(&d->client, chunks[how & 3], last ? " LAST" : "");
	if (d->rcpts == 0) {
		// Its octets came along, and the server passed over them.
		reply(d, "503 5.5.1 not now\r\n");
		return;
	}
	d->chunks = true;
	if (last) {
		verdict(d, how & 8 ? "250 ok\r\n" : "552 5.3.4 too big\r\n");
	} else {
		d->dead = (how & 24) == 24;
		d->octets |= !d->dead && (how & 3) != 1;
		reply(d, d->dead ? "452 4.3.1 full\r\n" : "250 ok\r\n");
	}
}

static void step_auth(struct dialogue *d, unsigned how)
{
	const char *word = how & 8 ? "235 2.7.0 ok\r\n" : "535 5.7.8 no\r\n";

	switch (how & 3) {
	case 0:
		say_client(d, "AUTH PLAIN AGJvYgBzZWNyZXQ=\r\n");
		break;
	case 1:
		say_client(d, "AUTH LOGIN\r\n");
		reply(d, "334 VXNlcm5hbWU6\r\n");
		say_client(d, how & 4 ? "RSET\r\n" : "Ym9i\r\n");
		reply(d, "334 UGFzc3dvcmQ6\r\n");
		say_client(d, how & 4 ? "QUIT\r\n" : "cHc=\r\n");
		break;
	case 2:
		say_client(d, "AUTH CRAM-MD5\r\n");
		reply(d, "334 PDEyMz4=\r\n");
		say_client(d, "*\r\n");
		word = "501 5.7.0 cancelled\r\n";
		break;
	default:
		say_client(d, "AUTH FANCY x\r\n");
		word = "504 5.5.4 no\r\n";
		break;
	}
	reply(d, word);
}

static void step_other(struct dialogue *d, unsigned how)
{
	static const struct {
		const char *command, *reply;
	} others[] = {
		{"NOOP\r\n", "250 ok\r\n"},
		{"VRFY bob\r\n", "252 maybe\r\n"},
		{"HELP\r\n", "214-this\r\n214-that\r\n214 end\r\n"},
		{"EXPN staff\r\n", "500 5.5.1 no\r\n"},
		{"XFANCY\r\n", "500 what\r\n"},
		{"XFORWARD NAME=x ADDR=192.0.2.1\r\n", "250 ok\r\n"},
		{"STARTTLS\r\n", "454 4.7.0 not now\r\n"},
		{"BDAT 5 X\r\n", "501 5.5.4 syntax\r\n"},
		{"ETRN x\r\n", "458 no\r\n"},
		{"XCLIENT ADDR=192.0.2.1\r\n", "550 no\r\n"},
		{"XEXCH50 6 2\r\n", "504 no\r\n"},
		{"\x16\x03\x01 hello\r\n", "500 what\r\n"},
	};
	const size_t n = sizeof(others) / sizeof(*others);

	d->odd_chunk |= strncmp(others[how % n].command, "BDAT", 4) == 0;
	say_client(d, others[how % n].command);
	reply(d, others[how % n].reply);
}

// As Exim may between chunks: it agrees, and takes what comes for the body of the same mail.
static void step_undone_reset(struct dialogue *d, unsigned how)
{
	say_client(d, "RSET\r\n");
	reply(d, "250 Reset OK\r\n");
	if (how & 1)
		say_client(d, "NOOP\r\n");
	if (how & 2)
		say_client(d, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
	say_client(d, "DATA\r\nx\r\n..y\r\n.\r\n");
	reply(d, "250 OK id=X2\r\n");
	reset(d);
}

static void step_xexch50(struct dialogue *d)
{
	say_client(d, "XEXCH50 6 2\r\n");
	reply(d, "354 send\r\n");
	say_client(d, "RSET\r\n");
	reply(d, "250 ok\r\n");
}

static void step(struct dialogue *d, uint8_t octet)
{
	unsigned how = octet >> 3;
	bool no = (how & 16) != 0;

	switch (octet & 7) {
	case 0:
		say_client(d, how & 1 ? "EHLO c\r\n" : "LHLO c\r\n");
		reply(d,
			no ? "550 no\r\n"
			   : "250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
		if (!no) {
			d->lmtp = !(how & 1);
			reset(d);
		}
		break;
	case 1:
		say_client(d, "MAIL FROM:<a@b> SIZE=5\r\n");
		no = no || d->mail || d->dead;
		reply(d, no ? "503 5.5.1 no\r\n" : "250 2.1.0 ok\r\n");
		d->mail = d->mail || !no;
		break;
	case 2:
		say_client(d, "RCPT TO:<c@d> NOTIFY=NEVER\r\n");
		no = no || !d->mail || d->chunks;
		reply(d, no ? "550 5.1.1 no\r\n" : "250 2.1.5 ok\r\n");
		d->rcpts += no ? 0 : 1;
		break;
	case 3:
		step_data(d, how);
		break;
	case 4:
		step_chunk(d, how);
		break;
	case 5:
		if (no && d->octets) {
			step_undone_reset(d, how);
			break;
		}
		say_client(d, "RSET\r\n");
		reply(d, "250 ok\r\n");
		reset(d);
		break;
	case 6:
		step_auth(d, how);
		break;
	default:
		if (no)
			step_xexch50(d);
		else
			step_other(d, how);
		break;
	}
}

// Feeds the server's octets up to and with this reply.
static void feed_reply(
	struct smtp_session *s, const struct dialogue *d, size_t nth, size_t step)
{
	size_t from = nth > 0 ? d->end[nth - 1] : 0;

	while (from < d->end[nth]) {
		struct span piece = span_head(
			span_make(d->server.ptr + from, d->end[nth] - from), step);
		MT_ASSERT(smtp_session_feed(s, SMTP_SERVER, piece) == piece.len);
		from += piece.len;
	}
}

// Feeds the client's octets from `at` up to `until`, as far as they are taken. Returns how far.
static size_t feed_client(struct smtp_session *s, const struct dialogue *d, size_t at,
	size_t until, size_t step)
{
	while (at < until) {
		struct span piece =
			span_head(span_make(d->client.ptr + at, until - at), step);
		size_t n = smtp_session_feed(s, SMTP_CLIENT, piece);
		at += n;
		teller_stay_bounded(s->env);
		if (n < piece.len) {
			MT_ASSERT(smtp_session_waits(s));
			break;
		}
	}
	return at;
}

static struct teller play(const struct dialogue *d, size_t ahead, size_t step)
{
	const struct smtp_limits limits = {.line = 200,
		.reply = 200,
		.pending = 1000,
		.rcpts = 1000,
		.mail = 1u << 20};
	struct teller t = {.most = limits.mail};
	struct smtp_env env;
	struct smtp_session s;
	size_t at = 0;

	mt_buf_init(&t.log, 4u << 20);
	MT_ASSERT(smtp_env_init(&env, &limits, &teller_sink, 256) == 0);
	smtp_session_init(&s, &env, &t);
	for (size_t i = 0; i < d->replies; i++) {
		bool all = i + ahead >= d->replies;
		at = feed_client(
			&s, d, at, all ? d->client.len : d->after[i + ahead], step);
		MT_ASSERT(at >= d->after[i] || smtp_session_waits(&s));
		feed_reply(&s, d, i, step);
	}
	at = feed_client(&s, d, at, d->client.len, step);
	// In doubt, a reply may have been taken for another one's; what waits is hurried in the end.
	while (at < d->client.len) {
		MT_ASSERT(t.odds & mt_odd_bit(MT_ODD_bdat_in_doubt));
		smtp_session_hurry(&s);
		at = feed_client(&s, d, at, d->client.len, step);
	}
	smtp_session_close(&s);
	MT_ASSERT(env.blocks.used == 0 && !t.open && !t.begun);
	smtp_env_fini(&env);
	return t;
}

static void same(struct teller *a, struct teller b)
{
	// What is odd about the order itself.
	const uint64_t order = mt_odd_bit(MT_ODD_pipelined_uninvited) |
		mt_odd_bit(MT_ODD_content_before_354) | mt_odd_bit(MT_ODD_early_talker) |
		// What came ahead of a refusal may have been meant as octets.
		mt_odd_bit(MT_ODD_bdat_as_commands);

	// Late replies may leave open what became of a refused chunk; then that is said.
	if (!((a->odds | b.odds) & mt_odd_bit(MT_ODD_bdat_in_doubt))) {
		MT_ASSERT(span_equal(mt_buf_span(&a->log), mt_buf_span(&b.log)));
		MT_ASSERT((a->odds & ~order) == (b.odds & ~order));
	}
	mt_buf_fini(&b.log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dialogue d = {0};

	mt_buf_init(&d.client, 1u << 20);
	mt_buf_init(&d.server, 1u << 20);
	reply(&d, "220 mx\r\n");
	for (size_t i = 1; i < size && i < STEPS_MAX; i++)
		step(&d, data[i]);
	if (size > 0) {
		struct teller in_step = play(&d, IN_STEP, SIZE_MAX);
		same(&in_step, play(&d, LATE, SIZE_MAX));
		same(&in_step, play(&d, IN_STEP, 1));
		same(&in_step, play(&d, LATE, 1));
		same(&in_step, play(&d, LATE, 2u + data[0]));
		same(&in_step, play(&d, 1u + data[0] % 32, SIZE_MAX));
		mt_buf_fini(&in_step.log);
	}
	mt_buf_fini(&d.client);
	mt_buf_fini(&d.server);
	return 0;
}
