// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "packet.h"

#include <stdio.h>

#include <criterion/criterion.h>

// Encapsulations word by word: eth, ip and udp with what they carry, octets in hexadecimal, and
// the mail inside, bare (inner) or in a frame of its own (frame).
static const struct {
	const char *name;
	const char *words[8];
} tunnels[] = {
	{"MPLS, two labels", {"eth 8847", "00064000", "000c8140", "inner"}},
	{"MPLS pseudowire", {"eth 8847", "00064140", "00000000", "frame"}},
	{"PPPoE", {"eth 8864", "11000001002a0021", "inner"}},
	{"PPPoE, compressed protocol", {"eth 8864", "11000001002921", "inner"}},
	{"GRE", {"eth 0800", "ip 2f", "00000800", "inner"}},
	{"GRE with checksum, key and number",
		{"eth 0800", "ip 2f", "b0000800000000000000000100000002", "inner"}},
	{"Ethernet in GRE", {"eth 0800", "ip 2f", "00006558", "frame"}},
	{"ERSPAN I", {"eth 0800", "ip 2f", "000088be", "frame"}},
	{"ERSPAN II",
		{"eth 0800", "ip 2f", "100088be00000001", "1001000100000000", "frame"}},
	{"ERSPAN III",
		{"eth 0800", "ip 2f", "100022eb00000001", "200100010000000000000000",
			"frame"}},
	{"ERSPAN III with a subheader",
		{"eth 0800", "ip 2f", "100022eb00000001", "200100010000000000000001",
			"0000000000000000", "frame"}},
	{"IP in IP", {"eth 0800", "ip 04", "inner"}},
	{"VXLAN", {"eth 0800", "ip 11", "udp 12b5", "0800000000000100", "frame"}},
	{"Geneve with an option",
		{"eth 0800", "ip 11", "udp 17c1", "010065580000010000000000", "frame"}},
	{"Geneve with IP",
		{"eth 0800", "ip 11", "udp 17c1", "0000080000000100", "inner"}},
};

struct octets {
	uint8_t at[512];
	size_t len;
};

static void add_hex(struct octets *o, const char *hex)
{
	for (unsigned octet; sscanf(hex, "%2x", &octet) == 1; hex += 2)
		o->at[o->len++] = (uint8_t)octet;
}

// Mail in IPv4: 20 octets of IP, 20 of TCP to port 25, "QUIT\r\n".
static void add_inner(struct octets *o)
{
	add_hex(o, "4500002e0000400040060000c6336407c0000219");
	add_hex(o, "9c40001901020304050607085018123400000000");
	add_hex(o, "515549540d0a");
}

static void add_word(struct octets *o, const char *word)
{
	if (strncmp(word, "eth ", 4) == 0) {
		add_hex(o, "020000000001020000000002");
		add_hex(o, word + 4);
	} else if (strncmp(word, "ip ", 3) == 0) {
		// Longer than any of these: the end of the inner datagram decides.
		add_hex(o, "450001000000400040");
		add_hex(o, word + 3);
		add_hex(o, "00000a0000010a000002");
	} else if (strncmp(word, "udp ", 4) == 0) {
		add_hex(o, "c000");
		add_hex(o, word + 4);
		add_hex(o, "00c00000");
	} else if (strcmp(word, "inner") == 0) {
		add_inner(o);
	} else if (strcmp(word, "frame") == 0) {
		add_hex(o, "0200000000030200000000040800");
		add_inner(o);
	} else {
		add_hex(o, word);
	}
}

static struct octets build(size_t nth)
{
	struct octets o = {.len = 0};

	for (int i = 0; i < 8 && tunnels[nth].words[i] != NULL; i++)
		add_word(&o, tunnels[nth].words[i]);
	return o;
}

Test(packet_tunnel, the_mail_inside_is_found)
{
	for (size_t i = 0; i < sizeof(tunnels) / sizeof(tunnels[0]); i++) {
		struct octets o = build(i);
		struct guard g = guard_make(span_make(o.at, o.len));
		struct packet p;
		enum packet_class class =
			packet_parse(g.text, g.text.len, PACKET_LINK_ETHERNET, &p);
		cr_assert_eq(class, PACKET_TCP, "%s: %s", tunnels[i].name,
			packet_class_name(class));
		cr_assert_eq(p.dst_port, 25, "%s", tunnels[i].name);
		cr_assert_eq(p.src.octet[12], 198, "%s", tunnels[i].name);
		cr_assert_eq(p.payload_len, 6, "%s: %u", tunnels[i].name, p.payload_len);
		cr_assert_eq(memcmp(g.text.ptr + p.payload_at, "QUIT\r\n", 6), 0, "%s",
			tunnels[i].name);
		guard_free(&g);
	}
}

Test(packet_tunnel, cut_anywhere_it_is_cut_and_nothing_is_read_behind)
{
	for (size_t i = 0; i < sizeof(tunnels) / sizeof(tunnels[0]); i++) {
		struct octets o = build(i);
		for (size_t len = 0; len + 6 < o.len; len++) {
			struct guard g = guard_make(span_make(o.at, len));
			struct packet p;
			enum packet_class class =
				packet_parse(g.text, len, PACKET_LINK_ETHERNET, &p);
			cr_assert_neq(
				class, PACKET_TCP, "%s cut at %zu", tunnels[i].name, len);
			guard_free(&g);
		}
	}
}

// VXLAN, what Linux used before, Geneve; DNS and NFS are no tunnels.
Test(packet_tunnel, the_first_fragment_of_udp_tells_whether_it_is_one)
{
	static const struct {
		const char *udp;
		enum packet_class class;
	} ports[] = {
		{"udp 12b5", PACKET_FRAGMENT},
		{"udp 2118", PACKET_FRAGMENT},
		{"udp 17c1", PACKET_FRAGMENT},
		{"udp 0035", PACKET_NOT_TCP},
		{"udp 0801", PACKET_NOT_TCP},
	};

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		struct octets o = {.len = 0};
		struct packet p = {.version = 0};
		add_word(&o, "eth 0800");
		add_hex(&o,
			"4500001c1234200040110000" // more fragments
			"0a0000010a000002");
		add_word(&o, ports[i].udp);
		struct guard g = guard_make(span_make(o.at, o.len));
		enum packet_class class =
			packet_parse(g.text, o.len, PACKET_LINK_ETHERNET, &p);
		cr_assert_eq(class, ports[i].class, "%s", ports[i].udp);
		if (class == PACKET_FRAGMENT) {
			cr_expect_eq(p.frag_protocol, 17);
			cr_expect_eq(p.frag_id, 0x1234);
			cr_expect(packet_is_tunnel_fragment(&p));
		}
		guard_free(&g);
	}
}

Test(packet_tunnel, nesting_ends)
{
	struct octets o = {.len = 0};
	struct packet p;

	add_word(&o, "eth 0800");
	for (int i = 0; i < 20; i++)
		add_word(&o, "ip 04");
	cr_assert_eq(
		packet_parse(span_make(o.at, o.len), o.len, PACKET_LINK_ETHERNET, &p),
		PACKET_TOO_DEEP);
}
