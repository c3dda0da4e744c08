// SPDX-License-Identifier: BSD-3-Clause

// Every header that is walked, whole and cut at each octet against a page nobody may touch.

#include "frame.h"
#include "guard.h"

#include <stdio.h>

#include <criterion/criterion.h>

static const struct {
	const char *name, *words;
	enum packet_class class;
	const char *payload; // NULL: none is looked at
	uint8_t vlans;
	uint16_t vlan[PACKET_VLANS_MAX];
} cases[] = {
	{"IPv4", "eth ip4 tcp =mail", PACKET_TCP, "mail"},
	{"IPv4 with options", "eth ip4opt tcp =mail", PACKET_TCP, "mail"},
	{"TCP with options", "eth ip4 tcpopt =mail", PACKET_TCP, "mail"},
	{"no payload", "eth ip4 tcp", PACKET_TCP, ""},
	{"padding: a short frame filled up", "eth ip4 tcp +6", PACKET_TCP, ""},
	{"padding: octets behind the datagram", "eth ip4 tcp =ab +9", PACKET_TCP, "ab"},
	{"padding: behind IPv6", "eth ip6 tcp =ab +9", PACKET_TCP, "ab"},
	{"offload: total length 0", "eth ip4 tcp =mail zero", PACKET_TCP, "mail"},
	{"offload: payload length 0", "eth ip6 tcp =mail zero", PACKET_TCP, "mail"},
	{"IPv6", "eth ip6 tcp =mail", PACKET_TCP, "mail"},
	{"IPv6: hop by hop", "eth ip6 hop tcp =mail", PACKET_TCP, "mail"},
	{"IPv6: routing", "eth ip6 route tcp =mail", PACKET_TCP, "mail"},
	{"IPv6: destination options", "eth ip6 dest tcp =mail", PACKET_TCP, "mail"},
	{"IPv6: authentication", "eth ip6 ah tcp =mail", PACKET_TCP, "mail"},
	{"IPv6: all of them", "eth ip6 hop dest route ah dest tcp =mail", PACKET_TCP,
		"mail"},
	{"IPv6: an atomic fragment is whole", "eth ip6 atomic tcp =mail", PACKET_TCP,
		"mail"},
	{"IPv6: a first fragment", "eth ip6 frag6:1 tcp =mail", PACKET_FRAGMENT},
	{"IPv6: a later fragment", "eth ip6 hop frag6:0x100 tcp =mail", PACKET_FRAGMENT},
	{"IPv6: a fragment before options", "eth ip6 frag6:1 dest tcp =mail",
		PACKET_FRAGMENT},
	{"IPv6: a fragment of something else", "eth ip6 frag6:1 proto:58 =mail",
		PACKET_NOT_TCP},
	{"IPv6: a first fragment of UDP", "eth ip6 frag6:1 proto:17 =mailmail",
		PACKET_NOT_TCP},
	{"IPv6: a first fragment of UDP, cut", "eth ip6 frag6:1 proto:17 =mail",
		PACKET_CUT},
	{"IPv6: a later fragment of UDP", "eth ip6 frag6:0x100 proto:17 =mail",
		PACKET_FRAGMENT},
	{"IPv6: a fragment of GRE", "eth ip6 frag6:1 proto:47 =mail", PACKET_FRAGMENT},
	{"IPv6: a fragment of IP", "eth ip6 frag6:1 proto:41 =mail", PACKET_FRAGMENT},
	{"IPv6: a chain without end",
		"eth ip6 hop hop hop hop hop hop hop hop hop hop hop hop hop hop hop hop hop tcp",
		PACKET_TOO_DEEP},
	{"IPv4: a first fragment", "eth frag4:0x2000 tcp =mail", PACKET_FRAGMENT},
	{"IPv4: a later fragment", "eth frag4:0x0010 tcp =mail", PACKET_FRAGMENT},
	{"IPv4: a fragment of something else", "eth frag4:0x2000 proto:1 =mailmail",
		PACKET_NOT_TCP},
	{"IPv4: a later fragment of something else", "eth frag4:0x0010 proto:1 =mailmail",
		PACKET_NOT_TCP},
	{"IPv4: a first fragment of UDP", "eth frag4:0x2000 proto:17 =mailmail",
		PACKET_NOT_TCP},
	{"IPv4: a first fragment of UDP, cut", "eth frag4:0x2000 proto:17 =mailmai",
		PACKET_CUT},
	{"IPv4: a later fragment of UDP", "eth frag4:0x0010 proto:17 =mail",
		PACKET_FRAGMENT},
	{"IPv4: a fragment of GRE", "eth frag4:0x2000 proto:47 =mail", PACKET_FRAGMENT},
	{"IPv4: a fragment of IP", "eth frag4:0x2000 proto:4 =mail", PACKET_FRAGMENT},
	{"IPv4: a fragment of IPv6", "eth frag4:0x2000 proto:41 =mail", PACKET_FRAGMENT},
	{"IPv4: a fragment of AH", "eth frag4:0x0010 proto:51 =mail", PACKET_FRAGMENT},
	{"UDP", "eth ip4 proto:17 =mailmailmail", PACKET_NOT_TCP},
	{"UDP over IPv6", "eth ip6 proto:17 =mailmailmail", PACKET_NOT_TCP},
	{"a VLAN", "eth vlan:10 ip4 tcp =mail", PACKET_TCP, "mail", 1, {10}},
	{"QinQ", "eth qinq:100 vlan:10 ip6 tcp =mail", PACKET_TCP, "mail", 2, {100, 10}},
	{"QinQ of old", "eth old:100 vlan:10 ip4 tcp =mail", PACKET_TCP, "mail", 2,
		{100, 10}},
	{"a priority tag is no VLAN", "eth vlan:0 ip4 tcp =mail", PACKET_TCP, "mail"},
	{"a priority tag in a VLAN", "eth qinq:7 vlan:0 ip4 tcp =mail", PACKET_TCP,
		"mail", 1, {7}},
	{"the highest id", "eth vlan:4095 ip4 tcp =mail", PACKET_TCP, "mail", 1, {4095}},
	{"nine tags",
		"eth vlan:1 qinq:2 old:3 vlan:4 vlan:5 vlan:6 vlan:7 vlan:8 vlan:9 ip4 tcp =a",
		PACKET_TCP, "a", 3, {1, 2, 3}},
	{"seventeen tags",
		"eth vlan:1 vlan:1 vlan:1 vlan:1 vlan:1 vlan:1 vlan:1 vlan:1 vlan:1 vlan:1 vlan:1 "
		"vlan:1 vlan:1 vlan:1 vlan:1 vlan:1 vlan:1 ip4 tcp",
		PACKET_TOO_DEEP},
	{"ARP", "eth type:0x0806 =0123456789012345678901234567", PACKET_NOT_IP},
	{"ARP in a VLAN", "eth vlan:5 type:0x0806 =0123456789", PACKET_NOT_IP},
	{"a length in place of a type", "eth type:0x05dc =0123456789", PACKET_NOT_IP},
	{"raw IPv4", "raw ip4 tcp =mail", PACKET_TCP, "mail"},
	{"raw IPv6", "raw ip6 tcp =mail", PACKET_TCP, "mail"},
	{"raw something else", "raw =0123", PACKET_NOT_IP},
	{"BSD loopback", "null ip4 tcp =mail", PACKET_TCP, "mail"},
	{"BSD loopback, IPv6", "null ip6 tcp =mail", PACKET_TCP, "mail"},
	{"OpenBSD loopback", "loop ip6 tcp =mail", PACKET_TCP, "mail"},
	{"Linux cooked", "sll ip4 tcp =mail", PACKET_TCP, "mail"},
	{"Linux cooked with a VLAN", "sll vlan:3 ip6 tcp =mail", PACKET_TCP, "mail", 1,
		{3}},
	{"Linux cooked 2", "sll2 ip4 tcp =mail", PACKET_TCP, "mail"},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static void check_addresses(const struct packet *p, const char *name)
{
	static const uint8_t v4[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1};
	static const uint8_t v6[16] = {[0] = 0x20, [15] = 1};

	cr_expect_arr_eq(p->src.octet, p->version == 4 ? v4 : v6, 16, "%s: source", name);
	cr_expect_eq(p->dst.octet[15], 2, "%s: destination", name);
}

static void check_tcp(const struct packet *p, size_t i, struct span frame)
{
	const char *name = cases[i].name;
	struct span payload = span_make(frame.ptr + p->payload_at, p->captured_len);

	check_addresses(p, name);
	cr_expect_eq(p->src_port, 1025, "%s", name);
	cr_expect_eq(p->dst_port, 25, "%s", name);
	cr_expect_eq(p->seq, 0x01020304u, "%s", name);
	cr_expect_eq(p->ack, 0x05060708u, "%s", name);
	cr_expect_eq(p->flags, PACKET_PSH | PACKET_ACK, "%s", name);
	cr_expect_eq(p->window, 0x1234, "%s", name);
	cr_expect_eq(p->urgent, 0, "%s", name);
	cr_expect_eq(p->options, strstr(cases[i].words, "tcpopt") != NULL ? 12 : 0, "%s",
		name);
	cr_expect_not(p->cut, "%s", name);
	cr_expect_eq(p->payload_len, p->captured_len, "%s", name);
	cr_expect(span_equal(payload, span_text(cases[i].payload)), "%s: payload", name);
	cr_expect_eq(p->vlans, cases[i].vlans, "%s: %u tags", name, p->vlans);
	cr_expect_arr_eq(p->vlan, cases[i].vlan, sizeof(p->vlan), "%s: ids", name);
}

Test(packet_parse, every_header_is_walked_to_its_payload)
{
	for (size_t i = 0; i < CASES; i++) {
		struct frame f;
		struct packet p;
		frame_build(&f, cases[i].words);
		struct guard g = guard_make(span_make(f.octets, f.len));
		enum packet_class class = packet_parse(g.text, f.len, f.link, &p);
		cr_expect_eq(class, cases[i].class, "%s: %s", cases[i].name,
			packet_class_name(class));
		if (class == PACKET_TCP && cases[i].payload != NULL)
			check_tcp(&p, i, g.text);
		guard_free(&g);
	}
}

// Of one to nine tags, each of any kind: as many kinds in as many orders as there are. The first
// three are told.
Test(packet_parse, stacks_of_tags_of_any_kind)
{
	static const char *const kinds[] = {"vlan", "qinq", "old"};
	unsigned orders = 1;

	for (unsigned tags = 1; tags <= 9; tags++) {
		orders *= 3;
		for (unsigned order = 0; order < orders; order++) {
			char words[256];
			size_t len = 0;
			struct frame f;
			struct packet p;
			for (unsigned t = 0, rest = order; t < tags; t++, rest /= 3)
				len += (size_t)snprintf(words + len, sizeof(words) - len,
					"%s%s:%u", t == 0 ? "eth " : " ", kinds[rest % 3],
					t + 10);
			snprintf(words + len, sizeof(words) - len, " %s tcp =mail",
				order % 2 ? "ip6" : "ip4");
			frame_build(&f, words);
			enum packet_class class = packet_parse(
				span_make(f.octets, f.len), f.len, f.link, &p);
			cr_assert_eq(class, PACKET_TCP, "%s: %s", words,
				packet_class_name(class));
			cr_assert_eq(p.dst_port, 25, "%s", words);
			cr_assert_eq(p.payload_len, 4, "%s", words);
			cr_assert_eq(p.vlans, tags < 3 ? tags : 3, "%s", words);
			for (unsigned t = 0; t < p.vlans; t++)
				cr_assert_eq(p.vlan[t], t + 10, "%s", words);
		}
	}
}

// A frame that the snap length cut is cut, or is the same as whole; it is never malformed.
Test(packet_parse, a_frame_cut_at_any_octet_is_never_malformed)
{
	for (size_t i = 0; i < CASES; i++) {
		struct frame f;
		struct packet whole;
		frame_build(&f, cases[i].words);
		if (strstr(cases[i].words, "zero") != NULL ||
			cases[i].class != PACKET_TCP)
			continue;
		packet_parse(span_make(f.octets, f.len), f.len, f.link, &whole);
		for (size_t len = 0; len < f.len; len++) {
			struct packet p;
			struct guard g = guard_make(span_make(f.octets, len));
			enum packet_class class = packet_parse(g.text, len, f.link, &p);
			if (len < whole.payload_at) {
				cr_expect_eq(class, PACKET_CUT, "%s at %zu: %s",
					cases[i].name, len, packet_class_name(class));
			} else {
				cr_expect_eq(class, PACKET_TCP, "%s at %zu",
					cases[i].name, len);
				cr_expect_eq(p.payload_len, whole.payload_len);
				cr_expect_eq(p.cut,
					len < whole.payload_at + whole.payload_len);
				cr_expect_leq(p.payload_at + p.captured_len, len);
			}
			guard_free(&g);
		}
	}
}

Test(packet_parse, anything_cut_anywhere_reads_no_octet_too_many)
{
	for (size_t i = 0; i < CASES; i++) {
		struct frame f;
		frame_build(&f, cases[i].words);
		for (size_t len = 0; len <= f.len; len++)
			for (int link = 0; link < PACKET_LINK_COUNT; link++) {
				struct packet p;
				struct guard g = guard_make(span_make(f.octets, len));
				enum packet_class class = packet_parse(
					g.text, len, (enum packet_link)link, &p);
				cr_assert_lt(class, PACKET_CLASS_COUNT);
				guard_free(&g);
			}
	}
}

Test(packet_parse, the_payload_may_lie_in_other_buffers_but_the_headers_not)
{
	struct frame f;
	struct packet p;

	frame_build(&f, "eth ip4 tcpopt =mailmailmailmail");
	cr_expect_eq(
		packet_parse(span_make(f.octets, 66), f.len, f.link, &p), PACKET_TCP);
	cr_expect_eq(p.captured_len, 16);
	cr_expect_not(p.cut);
	cr_expect_eq(
		packet_parse(span_make(f.octets, 65), f.len, f.link, &p), PACKET_CUT);
}

Test(packet_parse, a_datagram_beyond_64_kb_is_as_long_as_it_was_captured)
{
	struct frame f;
	struct packet p;

	frame_build(&f, "eth ip6 hop tcp =mail zero");
	cr_expect_eq(
		packet_parse(span_make(f.octets, f.len), 200000, f.link, &p), PACKET_TCP);
	cr_expect_eq(p.payload_len, 200000u - p.payload_at);
	cr_expect_eq(p.captured_len, p.payload_len);
}

// An octet of a good frame is changed; the class must be as told.
static const struct {
	const char *name, *words;
	size_t at;
	uint8_t value;
	enum packet_class class;
} broken[] = {
	{"IPv4 version", "eth ip4 tcp =mail", 14, 0x55, PACKET_BAD_IP},
	{"IPv4 header too short", "eth ip4 tcp =mail", 14, 0x44, PACKET_BAD_IP},
	{"IPv4 header longer than the datagram", "eth ip4 tcp =mail", 14, 0x4f,
		PACKET_BAD_IP},
	{"IPv4 total shorter than its header", "eth ip4 tcp =mail", 17, 19,
		PACKET_BAD_IP},
	{"IPv4 total ends in the TCP header", "eth ip4 tcp =mail", 17, 39,
		PACKET_BAD_TCP},
	{"IPv6 version", "eth ip6 tcp =mail", 14, 0x40, PACKET_BAD_IP},
	{"IPv6 payload ends in the TCP header", "eth ip6 tcp =mail", 19, 19,
		PACKET_BAD_TCP},
	{"IPv6 extension beyond the datagram", "eth ip6 hop tcp =mail", 55, 200,
		PACKET_BAD_IP},
	{"TCP header too short", "eth ip4 tcp =mail", 46, 0x40, PACKET_BAD_TCP},
	{"TCP header longer than the datagram", "eth ip4 tcp =mail", 46, 0xf0,
		PACKET_BAD_TCP},
	{"loopback of another family", "null ip4 tcp =mail", 0, 7, PACKET_NOT_IP},
	{"loopback of no family", "null ip4 tcp =mail", 1, 7, PACKET_BAD_LINK},
	{"raw of another version", "raw ip4 tcp =mail", 0, 0x75, PACKET_NOT_IP},
};

Test(packet_parse, a_header_that_contradicts_itself_is_named)
{
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct frame f;
		struct packet p;
		frame_build(&f, broken[i].words);
		f.octets[broken[i].at] = broken[i].value;
		enum packet_class class =
			packet_parse(span_make(f.octets, f.len), f.len, f.link, &p);
		cr_expect_eq(class, broken[i].class, "%s: %s", broken[i].name,
			packet_class_name(class));
	}
}

Test(packet_parse, nothing_is_told_but_of_tcp)
{
	struct packet p;
	struct packet before;
	struct frame f;

	memset(&p, 0x5a, sizeof(p));
	before = p;
	frame_build(&f, "eth vlan:9 ip4 proto:17 =mail");
	packet_parse(span_make(f.octets, f.len), f.len, f.link, &p);
	cr_expect_arr_eq(&p, &before, sizeof(p));
}
