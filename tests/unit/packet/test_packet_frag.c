// SPDX-License-Identifier: BSD-3-Clause

// Fragments as words: AT+LEN, `!` the last of its datagram, `~` its octets differ, `/N` another
// identification, `:S` S seconds later. What comes of each is one letter: h held, w whole (W when a copy
// differed), and for each fragment given back c copy, b bad, d differs, l late, f full.

#include "packet_frag.h"

#include <stdio.h>

#include <criterion/criterion.h>

#define PARTS 600

// clang-format off
static const struct {
	const char *name, *words, *expect, *expect6; // NULL: the same with IPv6
} cases[] = {
	{"in order", "0+32 32+32 64+20!", "h h w", NULL},
	{"in reverse", "64+20! 32+32 0+32", "h h w", NULL},
	{"two datagrams", "0+32 0+32/2 32+8!/2 32+16!", "h h w w", NULL},
	{"a hole", "0+32 64+20!", "h h", NULL},
	{"twelve", "0+8 8+8 16+8 24+8 32+8 40+8 48+8 56+8 64+8 72+8 80+8 88+3!", "h h h h h h h h h h h w", NULL},
	// As Linux: a copy is ignored, whatever is in it.
	{"a copy", "0+32 0+32 32+8!", "h c w", NULL},
	{"a copy of the last", "32+8! 32+8! 0+32", "h c w", NULL},
	{"another copy", "0+32 0+32~ 32+8!", "h c W", NULL},
	{"over two parts", "0+32 32+32 16+32 64+8!", "h h c w", NULL},
	{"over two parts, differing", "0+32 32+32 16+32~ 64+8!", "h h c W", NULL},
	{"after the end", "0+32 32+8! 32+8!", "h w h", NULL},
	// More lenient than Linux: the same octets do no harm.
	{"overlap at the front", "0+32 24+40 64+8!", "h h w", NULL},
	{"overlap at the back", "32+32 64+8! 0+40", "h h w", NULL},
	{"overlap over a hole", "0+32 64+16! 24+48", "h h w", NULL},
	{"larger than what is there", "32+32 24+48 0+32 72+8!", "h ch h w", NULL},
	{"larger at both ends", "8+8 32+8 0+48 48+8!", "h h cch w", NULL},
	{"the whole again, uncut but for the bit", "8+8 16+8! 0+24!", "h h ccw", NULL},
	// As Linux: what differs gives all up, and the next begins anew.
	{"differs at the front", "0+32 24+40~ 64+8!", "h dd h", NULL},
	{"differs over a hole", "0+32 64+16! 24+48~", "h h ddd", NULL},
	{"differs, then all again", "0+32 24+40~ 0+32 32+32 64+8!", "h dd h h w", NULL},
	{"hazard 133", "0+800 400+800 1600+800!", "h h h", NULL},
	{"hazard 133, differing", "0+800 400+800~ 1600+800!", "h dd h", NULL},
	{"two ends, the second before", "0+32 64+32! 64+16!", "h h ddd", NULL},
	{"two ends, the second behind", "0+32 64+32! 64+40!", "h h ddd", NULL},
	{"beyond the end", "64+32! 96+8", "h dd", NULL},
	{"an end before what is there", "0+32 32+32 16+16!", "h h ddd", NULL},
	// Nobody's octets.
	{"none in the middle", "0+32 32+0 32+8!", "h b w", NULL},
	{"none at the end", "0+32 32+0! 32+8!", "h b w", NULL},
	{"three too many", "0+32 32+35 64+8!", "h h w", "h b h"},
	{"one too few", "0+32 32+31 64+8!", "h h h", "h b h"},
	{"less than eight", "0+32 32+7 32+8!", "h b w", NULL},
	{"the largest", "0+65528 65528+7!", "h w", NULL},
	{"beyond the largest", "0+65528 65528+8!", "h b", NULL},
	// Time.
	{"in time", "0+32 32+8!:29", "h w", NULL},
	{"too late", "0+32 32+8!:30", "h lh", NULL},
	{"nobody asks for it", "0+32/2 8+8 0+8/3:31", "h h llh", NULL},
};
// clang-format on

static struct {
	struct packet_frag_part part;
	bool differs, is_ours;
} parts[PARTS];
static size_t taken;
static char events[2048];
static struct packet_frag *table;

static void note(char letter)
{
	size_t len = strlen(events);

	cr_assert_lt(len + 1, sizeof(events));
	events[len] = letter;
	events[len + 1] = '\0';
}

static size_t index_of(const struct packet_frag_part *part)
{
	return (size_t)((const char *)part - (const char *)parts) / sizeof(parts[0]);
}

static bool equal(void *ctx, const struct packet_frag_part *a, uint32_t a_at,
	const struct packet_frag_part *b, uint32_t b_at, uint32_t len)
{
	(void)ctx;
	cr_assert_gt(len, 0);
	// Both speak of the same place.
	cr_assert_eq(a->at - a->skip + a_at, b->at - b->skip + b_at);
	return parts[index_of(a)].differs == parts[index_of(b)].differs;
}

static void release(void *ctx, struct packet_frag_part *part, enum packet_frag_why why)
{
	(void)ctx;
	cr_assert(!parts[index_of(part)].is_ours);
	parts[index_of(part)].is_ours = true;
	note("cbdlf"[why]);
}

static void check_whole(const struct packet_frag_whole *whole)
{
	uint32_t at = 0, count = 0;

	for (const struct packet_frag_part *p = whole->parts; p != NULL; p = p->next) {
		cr_expect_eq(p->at, at);
		cr_expect_gt(p->len, 0);
		at += p->len;
		count++;
		parts[index_of(p)].is_ours = true;
	}
	cr_expect_eq(at, whole->len);
	cr_expect_eq(count, whole->count);
}

static void give(const char *word, bool six, uint64_t *now_us)
{
	struct packet_frag_key key = {.id = 1, .protocol = six ? 0 : 6};
	struct packet_frag_whole whole;
	unsigned at, len, number, seconds;
	size_t mine = taken++;

	cr_assert_lt(mine, PARTS);
	cr_assert_eq(sscanf(word, "%u+%u", &at, &len), 2);
	if (strchr(word, '/') != NULL && sscanf(strchr(word, '/'), "/%u", &number) == 1)
		key.id = number;
	if (strchr(word, ':') != NULL && sscanf(strchr(word, ':'), ":%u", &seconds) == 1)
		*now_us += seconds * UINT64_C(1000000);
	parts[mine].differs = strchr(word, '~') != NULL;
	parts[mine].is_ours = false;
	parts[mine].part = (struct packet_frag_part){.at = at, .len = len, .buffers = 1};
	if (events[0] != '\0')
		note(' ');
	if (packet_frag_take(table, &key, &parts[mine].part, strchr(word, '!') == NULL,
		    *now_us, &whole)) {
		check_whole(&whole);
		note(whole.doubtful ? 'W' : 'w');
	} else if (!parts[mine].is_ours) {
		note('h');
	}
}

static void run(const char *words, bool six, uint32_t datagrams, uint32_t buffers)
{
	const struct packet_frag_calls calls = {equal, release, NULL};
	char text[2048], *save = NULL;
	uint64_t now_us = 1000;

	taken = 0;
	events[0] = '\0';
	table = packet_frag_create(datagrams, buffers, &calls);
	cr_assert_not_null(table);
	snprintf(text, sizeof(text), "%s", words);
	for (char *w = strtok_r(text, " ", &save); w != NULL;
		w = strtok_r(NULL, " ", &save)) {
		give(w, six, &now_us);
		cr_assert_leq(packet_frag_buffers(table), buffers);
	}
}

static void end(void)
{
	packet_frag_flush(table, 0, true);
	cr_expect_eq(packet_frag_held(table), 0);
	cr_expect_eq(packet_frag_buffers(table), 0);
	for (size_t i = 0; i < taken; i++)
		cr_expect(parts[i].is_ours, "fragment %zu was kept", i);
	packet_frag_destroy(table);
}

Test(packet_frag, a_datagram_is_whole_when_its_receiver_had_it)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *expect6 =
			cases[i].expect6 != NULL ? cases[i].expect6 : cases[i].expect;
		run(cases[i].words, false, 8, 64);
		cr_expect_str_eq(
			events, cases[i].expect, "%s: %s", cases[i].name, events);
		end();
		run(cases[i].words, true, 8, 64);
		cr_expect_str_eq(events, expect6, "%s, IPv6: %s", cases[i].name, events);
		end();
	}
}

Test(packet_frag, the_oldest_goes_when_the_room_is_full)
{
	run("0+8/1 0+8/2 0+8/3 8+8!/1", false, 2, 64);
	cr_expect_str_eq(events, "h h fh fh");
	end();
	run("0+8/1 8+8/1 0+8/2 0+8/3 8+8!/2", false, 64, 3);
	cr_expect_str_eq(events, "h h h ffh w");
	end();
	// Even when it is the fragment's own datagram.
	run("0+8 8+8 16+8!", false, 64, 2);
	cr_expect_str_eq(events, "h h ffh");
	end();
}

Test(packet_frag, a_datagram_has_only_so_many_parts)
{
	const struct packet_frag_calls calls = {equal, release, NULL};
	char word[32];
	uint64_t now_us = 0;

	table = packet_frag_create(4, PARTS, &calls);
	for (unsigned i = 0; i <= PACKET_FRAG_PARTS_MAX; i++) {
		snprintf(word, sizeof(word), "%u+8", i * 16);
		events[0] = '\0';
		give(word, false, &now_us);
	}
	cr_expect_eq(strlen(events), PACKET_FRAG_PARTS_MAX + 1);
	cr_expect_eq(strspn(events, "f"), PACKET_FRAG_PARTS_MAX + 1);
	end();
}
