// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "mirrored.h"

#include <criterion/criterion.h>

#define GRACE_US 50000

static struct mirrored seen;

// IPv4 and TCP with a time stamp, captured up to its payload.
static const uint8_t plain[14 + 20 + 32] = {
	[12] = 0x08,
	0x00, // Ethernet
	[14] = 0x45,
	[16] = 0,
	152,
	[18] = 0x12,
	0x34,
	[22] = 64,
	6,
	[26] = 198,
	51,
	100,
	7,
	192,
	0,
	2,
	25,
	[34] = 0x9c,
	0x40,
	0,
	25,
	0,
	0,
	0x10,
	0,
	0,
	0,
	0x20,
	0,
	0x80,
	0x18,
	0xff,
	0xff,
	0xab,
	0xcd,
	0,
	0,
	1,
	1,
	8,
	10,
	0,
	0,
	0,
	9,
	0,
	0,
	0,
	8,
};

static struct packet of(const uint8_t *frame, size_t len)
{
	struct packet p;
	uint8_t whole[200] = {0};

	memcpy(whole, frame, len);
	cr_assert_eq(packet_parse(span_make(whole, len + 100), (uint32_t)len + 100,
			     PACKET_LINK_ETHERNET, &p),
		PACKET_TCP);
	return p;
}

static uint64_t print_of(const uint8_t *frame, size_t len)
{
	struct packet p = of(frame, len);

	return mirrored_print(&p, frame);
}

static uint64_t changed(size_t at)
{
	uint8_t frame[sizeof(plain)];

	memcpy(frame, plain, sizeof(plain));
	frame[at] ^= 1;
	return print_of(frame, sizeof(frame));
}

Test(mirrored, a_copy_has_another_lifetime_and_header_checksum)
{
	cr_assert_eq(changed(14 + 8), print_of(plain, sizeof(plain)));
	cr_assert_eq(changed(14 + 10), print_of(plain, sizeof(plain)));
}

Test(mirrored, a_copy_has_other_tags)
{
	uint8_t tagged[sizeof(plain) + 4];

	memcpy(tagged, plain, 12);
	memcpy(tagged + 12, (const uint8_t[]){0x81, 0, 0, 12}, 4);
	memcpy(tagged + 16, plain + 12, sizeof(plain) - 12);
	cr_assert_eq(print_of(tagged, sizeof(tagged)), print_of(plain, sizeof(plain)));
}

// Number, an address, ports, sequence, acknowledgement, flags, checksum, time stamp.
Test(mirrored, whatever_else_differs_makes_another_packet)
{
	static const size_t at[] = {14 + 5, 14 + 15, 14 + 19, 34 + 1, 34 + 3, 34 + 7,
		34 + 11, 34 + 13, 34 + 17, 34 + 27};

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		cr_expect_neq(changed(at[i]), print_of(plain, sizeof(plain)), "octet %zu",
			at[i]);
}

Test(mirrored, reads_nothing_behind_the_headers)
{
	struct packet p = of(plain, sizeof(plain));
	struct guard g = guard_make(span_make(plain, sizeof(plain)));

	cr_assert_eq(mirrored_print(&p, g.text.ptr), print_of(plain, sizeof(plain)));
	guard_free(&g);
}

Test(mirrored, the_second_is_a_copy_and_so_is_the_third)
{
	cr_assert(!mirrored_seen(&seen, 7ULL << 32 | 5, 1000000, GRACE_US));
	cr_assert(mirrored_seen(&seen, 7ULL << 32 | 5, 1000020, GRACE_US));
	cr_assert(mirrored_seen(&seen, 7ULL << 32 | 5, 1000900, GRACE_US));
	cr_assert(!mirrored_seen(&seen, 8ULL << 32 | 5, 1000900, GRACE_US));
}

Test(mirrored, what_comes_after_the_grace_was_sent_again)
{
	cr_assert(!mirrored_seen(&seen, 1, 1000000, GRACE_US));
	cr_assert(mirrored_seen(&seen, 1, 1000000 + GRACE_US, GRACE_US));
	cr_assert(!mirrored_seen(&seen, 1, 1000001 + GRACE_US, GRACE_US));
	cr_assert(mirrored_seen(&seen, 1, 1000010 + GRACE_US, GRACE_US));
}

Test(mirrored, time_may_step_back_between_legs)
{
	cr_assert(!mirrored_seen(&seen, 1, 1000000, GRACE_US));
	cr_assert(mirrored_seen(&seen, 1, 999000, GRACE_US));
}

// The clock's low half wraps every 71 minutes.
Test(mirrored, the_grace_reaches_over_the_wrap)
{
	cr_assert(!mirrored_seen(&seen, 1, 0xfffffff0, GRACE_US));
	cr_assert(mirrored_seen(&seen, 1, 0x100000010, GRACE_US));
}

Test(mirrored, an_empty_place_is_no_packet)
{
	cr_assert(!mirrored_seen(&seen, 0, 0, GRACE_US));
	cr_assert(mirrored_seen(&seen, 0, 0, GRACE_US));
}
