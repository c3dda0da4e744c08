// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

// A BDAT was refused, and what comes behind it can be read in two ways:
//
//   - passed over: the server skips as many octets as the BDAT named, and answers none of them;
//   - lines: it reads them as commands and answers each line, and acts on those that are some.
//     So do servers that know no BDAT or did not offer it, and Exim where it takes nothing but
//     RSET any more. And so it is if the client saw the refusal and does not send the octets.
//
// Until it is known which, the client's octets are read ahead in both ways side by side, and each
// reply is held against the command that it would answer in either. One that this command cannot
// earn ends that reading: a line of text earns nothing but a refusal, a RSET is not refused
// (RFC 5321 4.1.1.5), 354 goes with DATA and XEXCH50. What the replies leave open is passed over, and told as
// bdat_in_doubt.

#define RUNS     24
#define LINE_LEN 48 // octets of a line that are looked at

// What a command is, for the replies that it can earn.
enum kind {
	KIND_TEXT, // a line that is no command
	KIND_ANY, // an answer within AUTH, or a command that may be taken or not
	KIND_RSET,
	KIND_QUIT,
	KIND_DATA, // and what else has its octets asked for
	KIND_BDAT,
	KIND_LAST,
	KIND_ODD, // a malformed BDAT with octets behind it
	KIND_END, // a last one without octets
	KIND_AUTH,
	KIND_LHLO,
	KIND_OTHER,
};

// Commands of a kind in a row.
struct run {
	uint16_t n;
	uint8_t kind; // enum kind
};

struct reading {
	size_t at; // octets of what was read ahead that were looked at
	size_t from; // of them: before the line in hand
	struct smtp_fates fates; // of refused chunks on the way
	uint64_t skip; // octets to pass over before the next line
	uint64_t chunk; // octets of the last BDAT
	struct smtp_pending_place
		place; // in the replies: behind the last that was paired
	uint32_t paired;
	uint32_t
		proven; // how many of them when one was no refusal, and earned by a command
	uint8_t first, count; // of runs, which go round: commands that await a reply
	uint8_t len;
	bool lines; // the octets of refused chunks are read as lines
	bool odd_lines; // those of malformed ones in any case
	bool answer; // the last reply was 334: what the next one answers is no command
	bool stopped; // at a command whose reply says how the next octets are read
	bool refuted;
	uint8_t line[LINE_LEN];
	struct run runs[RUNS];
};

struct smtp_readings {
	struct reading skips, lines;
	struct reading
		fork; // of lines, where it may be that the next chunk was passed over
	struct reading odd_fork; // of skips, where a malformed one may be lines
	bool forked, odd_forked;
	bool text; // a line of the chunk is no command
	bool now; // a reply came, and all that the client said before it was read
	bool full; // there are more commands without a reply than can be kept
	bool lmtp; // a LHLO was accepted: from there on ends of mails have many replies
};

_Static_assert(sizeof(struct smtp_readings) <= SMTP_DOUBT_SIZE, "fits in a block");

// With octets behind it.
static bool is_chunk(enum kind kind)
{
	return kind == KIND_BDAT || kind == KIND_LAST || kind == KIND_ODD;
}

// Whether its octets are passed over when it is refused.
static bool passes(const struct reading *r, enum kind kind)
{
	return is_chunk(kind) && !r->lines && !(kind == KIND_ODD && r->odd_lines);
}

static bool may_earn(
	const struct smtp_session *s, enum kind kind, const struct smtp_reply *r)
{
	unsigned class = smtp_reply_class(r);
	uint16_t code = r->code;

	// The server's name for a mail stands in the reply to its end.
	if (r->queue_id.len > 0)
		return kind == KIND_LAST || kind == KIND_ODD || kind == KIND_END ||
			kind == KIND_ANY;
	switch (kind) {
	case KIND_TEXT:
		return class >= 4;
	case KIND_RSET:
		// OpenSMTPD takes it only behind a greeting.
		return class == 2 || (class >= 4 && !s->greeted);
	case KIND_QUIT:
		return class == 2;
	case KIND_DATA:
		return class >= 3;
	case KIND_BDAT:
	case KIND_LAST:
	case KIND_ODD:
	case KIND_END:
	case KIND_LHLO:
	case KIND_OTHER:
		return code != 221 && class != 3;
	default:
		return code != 354;
	}
}

static enum kind kind_of(const struct smtp_command *c)
{
	switch (c->verb) {
	case SMTP_VERB_UNKNOWN:
		return KIND_TEXT;
	case SMTP_VERB_RSET:
		return c->arg.len == 0 ? KIND_RSET : KIND_OTHER;
	case SMTP_VERB_QUIT:
		return c->arg.len == 0 ? KIND_QUIT : KIND_ANY;
	case SMTP_VERB_DATA:
		return c->arg.len == 0 ? KIND_DATA : KIND_ANY;
	case SMTP_VERB_BDAT:
		return KIND_BDAT;
	case SMTP_VERB_XEXCH50:
		return KIND_DATA;
	case SMTP_VERB_LHLO:
		return KIND_LHLO;
	case SMTP_VERB_AUTH:
	case SMTP_VERB_X_EXPS:
		return KIND_AUTH;
	default:
		return KIND_OTHER;
	}
}

static struct run *run_at(struct reading *r, unsigned nth)
{
	return &r->runs[(r->first + nth) % RUNS];
}

// False: there is no room.
static bool push(struct reading *r, enum kind kind)
{
	struct run *last = r->count > 0 ? run_at(r, r->count - 1u) : NULL;

	if (last != NULL && last->kind == kind && last->n < UINT16_MAX) {
		last->n++;
		return true;
	}
	if (r->count == RUNS)
		return false;
	*run_at(r, r->count++) = (struct run){1, (uint8_t)kind};
	return true;
}

static enum kind pop(struct reading *r)
{
	struct run *run = run_at(r, 0);

	if (--run->n == 0) {
		r->first = (uint8_t)((r->first + 1) % RUNS);
		r->count--;
	}
	return (enum kind)run->kind;
}

static void add_fate(struct smtp_fates *f, bool passed)
{
	if (f->count == 64)
		return;
	f->passed |= (uint64_t)passed << f->count;
	f->count++;
}

// The reply to the command that the reading stopped at.
static void go_on(struct reading *r, enum kind kind, uint16_t code)
{
	// Behind a DATA that was accepted stands content.
	r->stopped = kind == KIND_DATA && code < 400;
	if (is_chunk(kind) && code < 400)
		r->skip = r->chunk;
}

// Behind something that the server accepted it may deal with another chunk in another way, and so it
// may where the first BDAT was malformed: Postfix skips the octets of those that are not. With two
// malformed ones it deals alike.
static void fork_lines(
	const struct smtp_session *s, const struct reading *r, enum kind kind)
{
	struct smtp_readings *both = smtp_session_readings(s);

	if (!r->lines || both->forked || (r->proven == 0 && !s->chunk_odd) ||
		(kind == KIND_ODD && s->chunk_odd))
		return;
	both->forked = true;
	both->fork = *r;
	both->fork.lines = both->fork.stopped = false;
	both->fork.odd_lines = s->chunk_odd;
	both->fork.skip = r->chunk;
	add_fate(&both->fork.fates, true);
}

// Exim passes over the octets of a malformed chunk as over others, Postfix reads them as lines.
static void fork_skips(struct smtp_readings *both, const struct reading *r)
{
	if (r != &both->skips || both->odd_forked)
		return;
	both->odd_forked = true;
	both->odd_fork = *r;
	both->odd_fork.odd_lines = both->odd_fork.stopped = true;
	both->odd_fork.len = 0;
	both->odd_fork.from = r->at;
}

// The next reply that answers something: 421 does not. False: there is none.
static bool next_reply(
	struct smtp_session *s, struct smtp_pending_place *place, struct smtp_reply *ret)
{
	struct smtp_record rec;
	struct smtp_reply_line got;

	while (smtp_pending_next(&s->early, place, &rec)) {
		if (!smtp_reply_parse(rec.a, &got) || got.reply.code == 421)
			continue;
		*ret = got.reply;
		return true;
	}
	return false;
}

static void take_replies(struct smtp_session *s, struct reading *r)
{
	struct smtp_reply reply;

	while (r->count > 0 && !r->refuted && next_reply(s, &r->place, &reply)) {
		enum kind kind = pop(r);
		if (r->answer)
			kind = KIND_ANY;
		r->answer = reply.code == 334;
		r->paired++;
		r->refuted = !may_earn(s, kind, &reply);
		if (reply.code < 400 && kind != KIND_TEXT && kind != KIND_ANY)
			r->proven = r->paired;
		if (kind == KIND_LHLO && reply.code < 400)
			smtp_session_readings(s)->lmtp = true;
		if (is_chunk(kind) && reply.code >= 400) {
			fork_lines(s, r, kind);
			add_fate(&r->fates, passes(r, kind));
		}
		if (r->stopped && r->count == 0)
			go_on(r, kind, reply.code);
	}
}

static enum kind kind_of_chunk(struct span arg, uint64_t *ret_size)
{
	bool last, odd = !smtp_command_chunk(arg, ret_size, &last);

	if (odd && !smtp_command_chunk_loosely(arg, ret_size, &last))
		return KIND_OTHER;
	if (*ret_size == 0)
		return last ? KIND_END : KIND_OTHER;
	return odd ? KIND_ODD : last ? KIND_LAST : KIND_BDAT;
}

static void on_line(struct smtp_session *s, struct reading *r)
{
	struct smtp_command c = smtp_command_parse(span_make(r->line, r->len));
	enum kind kind = kind_of(&c);
	struct smtp_readings *both = smtp_session_readings(s);

	if (kind == KIND_BDAT)
		kind = kind_of_chunk(c.arg, &r->chunk);
	both->text |= kind == KIND_TEXT && r->lines && r->from < s->chunk_left;
	both->full |= !push(r, kind);
	if (kind == KIND_ODD && !s->chunk_odd)
		fork_skips(both, r);
	r->stopped = kind == KIND_DATA || (is_chunk(kind) && !passes(r, kind));
	if (passes(r, kind))
		r->skip = r->chunk;
}

// Reads to the end of a line. False: there is none yet.
static bool read_line(struct smtp_session *s, struct reading *r)
{
	while (!r->stopped) {
		struct span rest = smtp_session_ahead_at(s, r->at);
		if (rest.len == 0)
			return false;
		if (r->skip > 0) {
			size_t n = r->skip < rest.len ? (size_t)r->skip : rest.len;
			r->at += n;
			r->skip -= n;
			r->from = r->at;
			continue;
		}
		r->at++;
		if (rest.ptr[0] != '\n') {
			if (r->len < LINE_LEN)
				r->line[r->len++] = rest.ptr[0];
			continue;
		}
		on_line(s, r);
		r->len = 0;
		r->from = r->at;
		return true;
	}
	return false;
}

static void read_on(struct smtp_session *s, struct reading *r)
{
	struct smtp_readings *both = smtp_session_readings(s);
	bool lines = r == &both->lines;
	const struct reading *fork = lines ? &both->fork : &both->odd_fork;
	bool *forked = lines ? &both->forked : &both->odd_forked;

	do {
		take_replies(s, r);
		if (!r->refuted || !*forked)
			continue;
		*r = *fork;
		*forked = false;
	} while (!r->refuted && !both->full && read_line(s, r));
}

static void decide(struct smtp_session *s, bool lines)
{
	const struct smtp_readings *both = smtp_session_readings(s);
	struct smtp_fates fates = lines ? both->lines.fates : both->skips.fates;
	bool text = both->text;

	// What became of the chunk at the fork is still open: it is judged by itself.
	if (lines && both->forked)
		fates.count = both->fork.fates.count - 1;
	else if (!lines && both->odd_forked)
		fates.count = both->odd_fork.fates.count;
	smtp_session_readings_done(s, fates);
	if (!lines) {
		smtp_session_pass_chunk(s);
		return;
	}
	s->chunk_left = 0;
	if (text)
		smtp_session_odd(s, MT_ODD_bdat_as_commands);
}

// Whether replies came for which the reading has no command.
static bool has_surplus(struct smtp_session *s, const struct reading *r)
{
	struct smtp_pending_place place = r->place;
	struct smtp_reply reply;

	return r->count == 0 && !r->stopped && next_reply(s, &place, &reply);
}

void smtp_session_settle_refused(struct smtp_session *s)
{
	const struct smtp_readings *both = smtp_session_readings(s);
	const struct reading *skips = &both->skips, *lines = &both->lines;
	// Where octets of the client were not read, the replies may be for them.
	bool surplus = !s->more && has_surplus(s, skips) && !has_surplus(s, lines);

	smtp_session_odd(s, MT_ODD_bdat_in_doubt);
	decide(s, !lines->refuted && (skips->refuted || surplus || s->chunk_odd));
}

// Whether it makes no difference any more: both stand at the same place, and what awaits a reply is the
// same. A chunk awaits it only where the octets are read as lines.
static bool is_same(struct reading *a, struct reading *b)
{
	if (a->at != b->at || a->from != a->at || b->from != b->at ||
		a->paired != b->paired || a->count != b->count ||
		a->stopped != b->stopped || a->skip > 0 || b->skip > 0)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (run_at(a, i)->kind != run_at(b, i)->kind ||
			run_at(a, i)->n != run_at(b, i)->n)
			return false;
	return true;
}

static void judge(struct smtp_session *s)
{
	struct smtp_readings *b = smtp_session_readings(s);
	// One is answered, and the other has no command for that.
	bool answered = b->now && b->skips.count == 0 && !b->skips.stopped &&
		b->lines.proven > b->skips.paired;

	if (b->skips.refuted != b->lines.refuted)
		decide(s, b->skips.refuted);
	else if (b->skips.refuted || b->full || b->lmtp)
		smtp_session_settle_refused(s);
	else if (answered || is_same(&b->skips, &b->lines))
		decide(s, answered || s->chunk_odd);
}

void smtp_session_weigh(struct smtp_session *s, bool now)
{
	struct smtp_readings *both = smtp_session_readings(s);

	both->now = now;
	read_on(s, &both->skips);
	read_on(s, &both->lines);
	judge(s);
}

void smtp_session_read_both(struct smtp_session *s)
{
	struct smtp_readings *both;
	bool pass;

	s->chunk_doubt = false;
	if (smtp_session_next_fate(s, &pass)) {
		if (pass)
			smtp_session_pass_chunk(s);
		return;
	}
	// Servers of LMTP keep to RFC 3030: chunks are passed over, what is none is not. (And the end of a
	// mail has a reply for each recipient there, which the readings do not follow.)
	if (s->lmtp) {
		if (s->chunk_odd)
			s->chunk_left = 0;
		else
			smtp_session_pass_chunk(s);
		return;
	}
	both = smtp_session_doubt_refused(s);
	if (both == NULL) {
		smtp_session_odd(s, MT_ODD_bdat_in_doubt);
		smtp_session_pass_chunk(s);
		return;
	}
	*both = (struct smtp_readings){
		.skips = {.skip = s->chunk_left}, .lines = {.lines = true}};
}
