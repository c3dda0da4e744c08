// SPDX-License-Identifier: BSD-3-Clause
#include "schedule.h"

#include <string.h>

#define SEGMENT_MAX 1400
#define BACK_MAX    300 // how far an overlap reaches back
#define FIN         0x01
#define RST         0x04

static const struct {
	const char *name, *class;
} kinds_list[] = {
#define X(name, class, help) {#name, #class},
	SCHEDULE_KIND_LIST(X)
#undef X
};

// These put segments of their own between the good ones.
#define INSERTED                                                                        \
	(SCHEDULE_BIT(overlap) | SCHEDULE_BIT(badsum) | SCHEDULE_BIT(badip) |           \
		SCHEDULE_BIT(badoffset) | SCHEDULE_BIT(paws) | SCHEDULE_BIT(md5) |      \
		SCHEDULE_BIT(noack) | SCHEDULE_BIT(ackfuture) | SCHEDULE_BIT(ackpast) | \
		SCHEDULE_BIT(beyond) | SCHEDULE_BIT(before) | SCHEDULE_BIT(synin) |     \
		SCHEDULE_BIT(rstout) | SCHEDULE_BIT(rstin) | SCHEDULE_BIT(ttl) |        \
		SCHEDULE_BIT(behind) | SCHEDULE_BIT(differ) | SCHEDULE_BIT(stampedge) | \
		SCHEDULE_BIT(ackedge) | SCHEDULE_BIT(edge))
// What the kernel takes of these in a command ends the dialogue, so they keep to the contents mostly.
#define TAKEN                                                                           \
	(SCHEDULE_BIT(differ) | SCHEDULE_BIT(stampedge) | SCHEDULE_BIT(ackedge) |       \
		SCHEDULE_BIT(ackpast) | SCHEDULE_BIT(urgent) | SCHEDULE_BIT(finearly) | \
		SCHEDULE_BIT(rstexact))
#define COMMANDS_MAX 120 // octets
// Of these, whose copies never arrive, so they may pretend to end the connection.
#define ENDING                                                                       \
	(SCHEDULE_BIT(badsum) | SCHEDULE_BIT(badip) | SCHEDULE_BIT(badoffset) |      \
		SCHEDULE_BIT(md5) | SCHEDULE_BIT(ackfuture) | SCHEDULE_BIT(beyond) | \
		SCHEDULE_BIT(before) | SCHEDULE_BIT(ttl) | SCHEDULE_BIT(behind))

const char *schedule_name(enum schedule_kind kind)
{
	return kinds_list[kind].name;
}

const char *schedule_class(enum schedule_kind kind)
{
	return kinds_list[kind].class;
}

enum schedule_kind schedule_find(const char *name)
{
	int kind = 0;

	while (kind < SCHEDULE_KINDS && strcmp(kinds_list[kind].name, name) != 0)
		kind++;
	return (enum schedule_kind)kind;
}

static uint32_t between(struct gen_random *r, uint32_t low, uint32_t high)
{
	return low + gen_random_below(r, high - low + 1);
}

uint64_t schedule_draw_kinds(struct gen_random *r, uint64_t allowed)
{
	uint64_t kinds = 0;
	uint32_t more = gen_random_below(r, 4);

	if (allowed == 0)
		return 0;
	while (kinds == 0)
		kinds = 1ULL << gen_random_below(r, SCHEDULE_KINDS) & allowed;
	// Half of the connections have the trouble of any network as well, some a second hostile kind.
	if (more >= 2)
		kinds |= allowed & gen_random_next(r) & gen_random_next(r) &
			(SCHEDULE_BIT(badsum) - 1);
	if (more == 3)
		kinds |= 1ULL << gen_random_below(r, SCHEDULE_KINDS) & allowed;
	return kinds;
}

static struct schedule_shot *add(
	struct schedule *s, uint32_t at, uint32_t len, enum schedule_kind kind)
{
	// A schedule that is too long ends with what the repairs will send.
	if (s->count == SCHEDULE_SHOTS)
		s->count--;
	struct schedule_shot *shot = &s->shots[s->count++];
	*shot = (struct schedule_shot){.at = at, .len = len, .kind = (uint8_t)kind};
	return shot;
}

static enum schedule_kind pick(struct gen_random *r, uint64_t set)
{
	uint32_t skip = gen_random_below(r, (uint32_t)__builtin_popcountll(set));

	while (skip-- > 0)
		set &= set - 1;
	return (enum schedule_kind)__builtin_ctzll(set);
}

// A range around the stretch that is sent, as a forger or a sender that cuts anew would choose it.
static void insert(struct schedule *s, struct gen_random *r, uint64_t set, uint32_t from,
	uint32_t to, uint32_t near)
{
	enum schedule_kind kind = pick(r, set);
	uint32_t back = between(r, 0, gen_random_chance(r, 0.3) ? BACK_MAX : 20);
	uint32_t at = gen_random_chance(r, 0.5) ? near : (near > back ? near - back : 0);
	uint32_t len = between(r, 1, gen_random_chance(r, 0.5) ? 40 : 600);

	if (gen_random_chance(r, 0.2))
		at = from + gen_random_below(r, to - from);
	if (at + len > to)
		len = to - at;
	if (len == 0)
		return;
	struct schedule_shot *shot = add(s, at, len, kind);
	shot->random = (uint32_t)gen_random_next(r);
	if (1ULL << kind & ENDING && gen_random_chance(r, 0.2))
		shot->flags = gen_random_chance(r, 0.5) ? FIN : RST;
}

static void draw_piece(struct schedule *s, struct gen_random *r, uint64_t kinds,
	uint32_t at, uint32_t len)
{
	bool gone = kinds & SCHEDULE_BIT(loss) && gen_random_chance(r, 0.15);
	enum schedule_kind kind = SCHEDULE_GOOD;

	if (gone && gen_random_chance(r, 0.5))
		return;
	if (gone)
		kind = SCHEDULE_loss;
	else if (kinds & SCHEDULE_BIT(unseen) && gen_random_chance(r, 0.1))
		kind = SCHEDULE_unseen;
	else if (kinds & SCHEDULE_BIT(urgent) && gen_random_chance(r, 0.15))
		kind = SCHEDULE_urgent;
	else if (kinds & SCHEDULE_BIT(trailer) && gen_random_chance(r, 0.5))
		kind = SCHEDULE_trailer;
	else if (kinds & SCHEDULE_BIT(strange) && gen_random_chance(r, 0.5))
		kind = SCHEDULE_strange;
	else if (kinds & SCHEDULE_BIT(stamps) && gen_random_chance(r, 0.5))
		kind = SCHEDULE_stamps;
	struct schedule_shot *shot = add(s, at, len, kind);
	shot->random = (uint32_t)gen_random_next(r);
	if (gen_random_chance(r, 0.1))
		shot->delay_us = gen_random_below(r, 3000);
	if (kinds & SCHEDULE_BIT(duplicate) && gen_random_chance(r, 0.25))
		add(s, at, len, SCHEDULE_GOOD);
}

static void shuffle(struct schedule *s, struct gen_random *r)
{
	for (int i = 0; i < s->count; i++) {
		int other = i + (int)gen_random_below(r, 8);
		if (other >= s->count || !gen_random_chance(r, 0.3))
			continue;
		struct schedule_shot shot = s->shots[i];
		s->shots[i] = s->shots[other];
		s->shots[other] = shot;
	}
}

void schedule_draw(struct schedule *s, struct gen_random *r, uint64_t kinds,
	uint32_t from, uint32_t to)
{
	static const uint32_t sizes[] = {8, 64, 500, SEGMENT_MAX};
	uint32_t largest = sizes[between(r, 1, 3)];

	s->count = 0;
	if (to - from < COMMANDS_MAX && gen_random_chance(r, 0.9))
		kinds &= ~TAKEN;
	if (kinds & SCHEDULE_BIT(tiny))
		largest = sizes[gen_random_below(r, 2)];
	if (to - from > 3000 && largest < 64)
		largest = 64;
	if (kinds & SCHEDULE_BIT(keepalive) && from > 0)
		add(s, from - 1, gen_random_below(r, 2), SCHEDULE_keepalive)->random =
			(uint32_t)gen_random_next(r);
	if (kinds & SCHEDULE_BIT(rstwait) && gen_random_chance(r, 0.15))
		add(s, from, 0, SCHEDULE_rstwait)->flags = RST;
	for (uint32_t at = from, len; at < to; at += len) {
		len = between(r, 1, largest < to - at ? largest : to - at);
		if (kinds & INSERTED && gen_random_chance(r, 0.2))
			insert(s, r, kinds & INSERTED, from, to, at);
		draw_piece(s, r, kinds, at, len);
		if (kinds & INSERTED && gen_random_chance(r, 0.1))
			insert(s, r, kinds & INSERTED, from, to, at);
	}
	if (kinds & SCHEDULE_BIT(finearly) && gen_random_chance(r, 0.3))
		add(s, from + gen_random_below(r, to - from), 0, SCHEDULE_finearly)
			->flags = FIN;
	if (kinds & SCHEDULE_BIT(rstexact) && gen_random_chance(r, 0.1))
		add(s, to, 0, SCHEDULE_rstexact)->flags = RST;
	if (kinds & SCHEDULE_BIT(reorder) ||
		(kinds & (INSERTED | SCHEDULE_BIT(finearly)) &&
			gen_random_chance(r, 0.3)))
		shuffle(s, r);
}

void schedule_spoil(uint8_t *octets, uint32_t len, uint32_t random)
{
	static const char end[] = "\r\n.\r\nMAIL FROM:<forged@example.net>\r\n";
	uint32_t how = random % 8;

	for (uint32_t i = 0; i < len; i++) {
		bool is_line = octets[i] == '\r' || octets[i] == '\n';
		if (how < 3 && is_line)
			continue;
		// One octet alone, or all of them.
		if (how < 6 || i == random % len)
			octets[i] = octets[i] == 'X' ? 'Y' : 'X';
	}
	if (how == 6 && len >= sizeof(end))
		memcpy(octets + random % (len - (sizeof(end) - 1) + 1), end,
			sizeof(end) - 1);
}
