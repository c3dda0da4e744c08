// SPDX-License-Identifier: BSD-3-Clause
#include "judge.h"

#include "judge_internal.h"

#include "mt_clock.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define SECOND_US      1000000UL
// How long a trouble is told of after its end.
#define REMEMBERED_US  (24 * 3600 * SECOND_US)
// Looks in a row that must find a sum open: one snapshot alone may be uneven.
#define UNEVEN_LOOKS   5
// The wall clock may be slewed, but not set.
#define CLOCK_JUMP_US  SECOND_US
#define CLOCK_HEARD_US (10 * SECOND_US)

static const struct {
	const char *name;
	judge_look *look;
} codes[JUDGE_COUNT] = {
#define X(code) [JUDGE_##code] = {#code, judge_##code},
	JUDGE_LIST(X)
#undef X
};

const char *judge_name(enum judge_code code)
{
	return codes[code].name;
}

const char *judge_weight_name(enum judge_weight weight)
{
	static const char *const names[] = {
		[JUDGE_NONE] = "none",
		[JUDGE_NOTICE] = "notice",
		[JUDGE_DEGRADED] = "degraded",
		[JUDGE_FAILED] = "failed",
	};

	return names[weight];
}

// --- the words they share

static uint64_t moved_since(
	const struct judge_view *v, const struct judge_sample *s, enum stats_counter c)
{
	uint64_t now = v->now->sum.counter[c], then = s->sum.counter[c];

	// A port that was closed takes its figures along.
	return now > then ? now - then : 0;
}

uint64_t judge_moved(const struct judge_view *v, enum stats_counter c)
{
	return moved_since(v, v->before, c);
}

uint64_t judge_moved_minute(const struct judge_view *v, enum stats_counter c)
{
	return moved_since(v, v->minute, c);
}

unsigned judge_seconds(const struct judge_view *v, const struct judge_sample *since)
{
	uint64_t s = (v->now->at_us - since->at_us + SECOND_US / 2) / SECOND_US;

	return s > 0 ? (unsigned)s : 1;
}

bool judge_say(struct judge_finding *f, enum judge_weight weight, const char *fmt, ...)
{
	va_list ap;

	f->weight = weight;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	return true;
}

void judge_advise(struct judge_finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->hint, sizeof(f->hint), fmt, ap);
	va_end(ap);
}

void judge_addr_text(const struct packet_addr *addr, char ret[JUDGE_ADDR])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	bool ipv4 = memcmp(addr->octet, mapped, sizeof(mapped)) == 0;

	if (inet_ntop(ipv4 ? AF_INET : AF_INET6, ipv4 ? addr->octet + 12 : addr->octet,
		    ret, JUDGE_ADDR) == NULL)
		ret[0] = '\0';
}

// --- what needs a memory of its own

// By how much a sum is off. Of the packets between rx and the workers, as many as fit there are
// under way; but workers cannot have taken more than was put.
static uint64_t off_by(
	const struct judge_view *v, enum stats_ledger which, uint64_t *ret_left)
{
	uint64_t left, right,
		under_way = which == STATS_LEDGER_WORKERS ? v->under_way : 0;

	stats_ledger_check(&v->now->sum, which, &left, &right);
	*ret_left = left;
	if (right > left)
		return right - left;
	return left - right > under_way ? left - right - under_way : 0;
}

// A snapshot is taken while counters move: what they move in a millisecond is no hole. The first sum
// with one, or STATS_LEDGER_COUNT.
static enum stats_ledger find_open(const struct judge_view *v)
{
	uint64_t span_us = v->now->at_us - v->before->at_us;
	uint64_t left, left_before, right_before;

	for (int which = 0; which < STATS_LEDGER_COUNT; which++) {
		uint64_t off = off_by(v, which, &left);
		if (off == 0)
			continue;
		stats_ledger_check(&v->before->sum, which, &left_before, &right_before);
		uint64_t slack =
			span_us > 0 ? (left - left_before) * 1000 / span_us : left;
		if (off > slack)
			return which;
	}
	return STATS_LEDGER_COUNT;
}

static void note_clock(struct judge *j, const struct judge_view *v)
{
	int64_t mono = (int64_t)(v->now->at_us - v->before->at_us);
	int64_t wall = (int64_t)(v->now->wall_us - v->before->wall_us);
	int64_t by = wall - mono;

	if (by < (int64_t)CLOCK_JUMP_US && by > -(int64_t)CLOCK_JUMP_US)
		return;
	j->clock_us = v->now->at_us;
	j->clock_by_us = by;
}

bool judge_ledger_open(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	if (j->uneven < UNEVEN_LOOKS)
		return false;
	judge_advise(ret,
		"a fault of the program: please report it with the output of `mailtapctl ledger --json`");
	return judge_say(ret, JUDGE_DEGRADED,
		"the ledger does not balance: something was lost uncounted (%s)",
		stats_ledger_name(find_open(v)));
}

bool judge_clock(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	if (j->clock_us == 0 || v->now->at_us - j->clock_us > CLOCK_HEARD_US)
		return false;
	judge_advise(ret,
		"times of records before and after do not compare; keep the clock by NTP (chronyc tracking)");
	return judge_say(ret, JUDGE_NOTICE,
		"the system's clock was set %s by %" PRId64 " s",
		j->clock_by_us > 0 ? "forward" : "back",
		(j->clock_by_us > 0 ? j->clock_by_us : -j->clock_by_us) /
			(int64_t)SECOND_US);
}

// --- keeping them

static void keep(struct judge_trouble *t, const struct judge_finding *f, uint64_t now_us)
{
	if (!t->active) {
		t->since_us = now_us;
		t->worst = *f;
	}
	t->active = true;
	t->now = *f;
	if (f->weight > t->worst.weight ||
		(f->weight == t->worst.weight && f->amount >= t->worst.amount))
		t->worst = *f;
}

static void let_go(struct judge_trouble *t, uint64_t now_us)
{
	if (!t->active)
		return;
	t->active = false;
	// What never was more than worth knowing is not worth remembering.
	t->until_us = t->worst.weight > JUDGE_NOTICE ? now_us : 0;
}

void judge_update(struct judge *j, const struct judge_view *v)
{
	j->uneven = find_open(v) < STATS_LEDGER_COUNT ? j->uneven + 1 : 0;
	note_clock(j, v);
	for (int c = 0; c < JUDGE_COUNT; c++) {
		struct judge_finding finding = {JUDGE_NONE};
		if (codes[c].look(j, v, &finding))
			keep(&j->troubles[c], &finding, v->now->wall_us);
		else
			let_go(&j->troubles[c], v->now->wall_us);
	}
}

// "over (02:12:20 to 02:13:05 UTC): ..."
static void tell_past(const struct judge_trouble *t, struct judge_reason *r)
{
	char since[MT_CLOCK_TEXT_SIZE], until[MT_CLOCK_TEXT_SIZE];

	mt_clock_text(t->since_us, since);
	mt_clock_text(t->until_us, until);
	// Cut at the size: how it began is what matters.
	if (snprintf(r->text, sizeof(r->text), "over (%.8s to %.8s UTC): %s", since + 11,
		    until + 11, t->worst.text) >= (int)sizeof(r->text))
		memcpy(r->text + sizeof(r->text) - 4, "...", 4);
}

uint32_t judge_list(
	const struct judge *j, uint64_t now_us, struct judge_reason ret[JUDGE_COUNT])
{
	uint32_t n = 0;

	for (int weight = JUDGE_FAILED; weight > JUDGE_NONE; weight--) {
		for (int c = 0; c < JUDGE_COUNT; c++) {
			const struct judge_trouble *t = &j->troubles[c];
			bool past = !t->active && t->until_us != 0 &&
				t->until_us + REMEMBERED_US > now_us;
			int heavy = t->active ? (int)t->now.weight
				: past        ? JUDGE_NOTICE
					      : JUDGE_NONE;
			if (heavy != weight)
				continue;
			struct judge_reason *r = &ret[n++];
			*r = (struct judge_reason){.code = (enum judge_code)c,
				.weight = (enum judge_weight)weight,
				.active = t->active,
				.since_us = t->since_us};
			const struct judge_finding *f = past ? &t->worst : &t->now;
			memcpy(r->hint, f->hint, sizeof(r->hint));
			if (past)
				tell_past(t, r);
			else
				memcpy(r->text, f->text, sizeof(r->text));
		}
	}
	return n;
}

const char *judge_state(const struct judge *j)
{
	static const char *const words[] = {
		[JUDGE_NONE] = "OK",
		[JUDGE_NOTICE] = "OK",
		[JUDGE_DEGRADED] = "DEGRADED",
		[JUDGE_FAILED] = "FAILED",
	};
	enum judge_weight heaviest = JUDGE_NONE;

	for (int c = 0; c < JUDGE_COUNT; c++)
		if (j->troubles[c].active && j->troubles[c].now.weight > heaviest)
			heaviest = j->troubles[c].now.weight;
	return words[heaviest];
}
