// SPDX-License-Identifier: BSD-3-Clause

// The cheap first look, link types and names.

#include "frame.h"
#include "guard.h"

#include <criterion/criterion.h>

static uint64_t port_set[1024];

static const struct {
	const char *words;
	bool foreign; // when neither port is ours
} cases[] = {
	{"eth ip4 tcp +6", true},
	{"eth ip4 tcp =mail", true},
	{"eth ip6 tcp =mail", true},
	{"eth ip4opt tcp =mail", false},
	{"eth vlan:1 ip4 tcp =mail", true},
	{"eth qinq:1 vlan:2 ip6 tcp =mail", true},
	{"eth qinq:1 vlan:2 vlan:3 ip4 tcp =mail", false},
	{"eth vlan:1 ip4opt tcp =mail", false},
	{"eth ip6 hop tcp =mail", false},
	{"eth frag4:0x2000 tcp =mail", false},
	{"eth frag4:0x0001 tcp =mail", false},
	{"eth ip4 proto:17 =mailmailmailmailmailmail", false},
	{"eth type:0x0806 =mailmailmailmailmailmailmailmailmailmailmail", false},
};

static bool look(const struct frame *f, size_t len)
{
	struct guard g = guard_make(span_make(f->octets, len));
	bool foreign = packet_is_foreign(g.text, port_set);

	guard_free(&g);
	return foreign;
}

Test(packet_first, only_what_is_plainly_foreign_is_called_so)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct frame f;
		frame_build(&f, cases[i].words);
		memset(port_set, 0, sizeof(port_set));
		cr_expect_eq(look(&f, f.len), cases[i].foreign, "%s", cases[i].words);
		port_set[25 >> 6] = UINT64_C(1) << (25 & 63);
		cr_expect_not(look(&f, f.len), "%s to port 25", cases[i].words);
		memset(port_set, 0, sizeof(port_set));
		port_set[1025 >> 6] = UINT64_C(1) << (1025 & 63);
		cr_expect_not(look(&f, f.len), "%s from port 1025", cases[i].words);
	}
}

Test(packet_first, a_cut_frame_is_undecided)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct frame f;
		frame_build(&f, cases[i].words);
		memset(port_set, 0, sizeof(port_set));
		for (size_t len = 0; len < 54; len++)
			cr_expect_not(look(&f, len), "%s at %zu", cases[i].words, len);
		for (size_t len = 54; len < f.len; len++)
			look(&f, len);
	}
}

// Whatever the first look calls foreign, the whole walk must find on no port of ours.
Test(packet_first, it_agrees_with_the_whole_walk)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t at = 12; at < 48; at++)
			for (unsigned value = 0; value < 256; value++) {
				struct frame f;
				struct packet p;
				frame_build(&f, cases[i].words);
				f.octets[at] = (uint8_t)value;
				memset(port_set, 0, sizeof(port_set));
				port_set[25 >> 6] = UINT64_C(1) << (25 & 63);
				struct span s = span_make(f.octets, f.len);
				if (packet_is_foreign(s, port_set) &&
					packet_parse(s, f.len, f.link, &p) == PACKET_TCP)
					cr_assert(p.src_port != 25 && p.dst_port != 25);
			}
}

Test(packet_first, link_types_of_capture_files_are_known)
{
	static const int known[] = {0, 1, 12, 14, 101, 108, 113, 228, 229, 276};
	static const int unknown[] = {-1, 2, 105, 127, 195, 65535};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		cr_expect_geq(packet_link_from_dlt(known[i]), 0, "%d", known[i]);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		cr_expect_eq(packet_link_from_dlt(unknown[i]), -1, "%d", unknown[i]);
}

Test(packet_first, every_class_has_a_name_and_a_help)
{
	for (int c = 0; c < PACKET_CLASS_COUNT; c++) {
		cr_expect_gt(strlen(packet_class_name((enum packet_class)c)), 0);
		cr_expect_gt(strlen(packet_class_help((enum packet_class)c)), 0);
	}
	cr_expect_str_eq(packet_class_name(PACKET_FRAGMENT), "FRAGMENT");
}
