// SPDX-License-Identifier: BSD-3-Clause

// What a frame's checksums say: each way to spoil one, in IPv4 and IPv6, in one buffer and in several.

#include "checksums.h"
#include "frame.h"

#include <rte_eal.h>

#include <criterion/criterion.h>

#define IP_SUM  10 // of the IPv4 header
#define TCP_SUM 16 // of the TCP header
#define TEXT    "MAIL FROM:<a@client.example> of an odd length\r\n"

static struct rte_mempool *pool;

static void start(void)
{
	static char words[][20] = {"test", "--no-huge", "--no-pci", "--no-shconf",
		"--no-telemetry", "-m", "64", "-l", "0"};
	char *argv[sizeof(words) / sizeof(words[0])];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		argv[i] = words[i];
	cr_assert_geq(rte_eal_init(sizeof(words) / sizeof(words[0]), argv), 0);
	pool = rte_pktmbuf_pool_create("frames", 15, 0, PACKET_META_SIZE, 2048, 0);
	cr_assert_not_null(pool);
}

static struct packet packet_of(uint8_t version)
{
	struct packet p = {.version = version,
		.src = {{[10] = 0xff, [11] = 0xff, 198, 51, 100, 7}},
		.dst = {{[10] = 0xff, [11] = 0xff, 192, 0, 2, 25}},
		.src_port = 40001,
		.dst_port = 25,
		.seq = 0xfffffff0,
		.ack = 77,
		.flags = PACKET_ACK | PACKET_PSH,
		.window = 65535};

	if (version == 6)
		p.src.octet[0] = p.dst.octet[0] = 0x20;
	return p;
}

enum spoil {
	NOTHING,
	IP_WRONG,
	IP_ZERO,
	FIRST, // of the octets
	LAST,
	ADDRESS,
	TCP_WRONG,
	TCP_ZERO,
	TCP_PSEUDO, // the sum of the pseudo header alone, as Linux leaves it
	TCP_PSEUDO_NO_LENGTH, // and Windows
};

static uint16_t pseudo(const struct packet *p, const uint8_t *ip, bool with_length)
{
	size_t at = p->version == 4 ? 12 : 8, len = p->version == 4 ? 8 : 32;
	uint32_t sum = 6 + (with_length ? FRAME_TCP_HEADER + p->payload_len : 0);

	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)ip[at + i] << 8 | ip[at + i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

static void spoil(struct rte_mbuf *m, struct packet *p, enum spoil how)
{
	uint8_t *ip = rte_pktmbuf_mtod_offset(m, uint8_t *, p->ip_at),
		*tcp = ip + p->ip_header;
	uint16_t sum = 0;

	switch (how) {
	case NOTHING:
		return;
	case IP_WRONG:
		ip[IP_SUM] ^= p->version == 4;
		return;
	case IP_ZERO:
		if (p->version == 4)
			ip[IP_SUM] = ip[IP_SUM + 1] = 0;
		return;
	case FIRST:
		tcp[FRAME_TCP_HEADER] ^= 1;
		return;
	case LAST:
		tcp[FRAME_TCP_HEADER + p->payload_len - 1] ^= 1;
		return;
	case ADDRESS:
		p->src.octet[15]++;
		return;
	case TCP_WRONG:
		tcp[TCP_SUM + 1] ^= 1;
		return;
	case TCP_PSEUDO:
		sum = pseudo(p, ip, true);
		break;
	case TCP_PSEUDO_NO_LENGTH:
		sum = pseudo(p, ip, false);
		break;
	case TCP_ZERO:
		break;
	}
	tcp[TCP_SUM] = (uint8_t)(sum >> 8);
	tcp[TCP_SUM + 1] = (uint8_t)sum;
}

// The same frame in a chain: the headers and some octets in the first buffer.
static void split(struct rte_mbuf *m, uint16_t at)
{
	struct rte_mbuf *rest = rte_pktmbuf_alloc(pool);
	uint16_t len = (uint16_t)(rte_pktmbuf_data_len(m) - at);

	memcpy(rte_pktmbuf_append(rest, len), rte_pktmbuf_mtod_offset(m, void *, at),
		len);
	rte_pktmbuf_trim(m, len);
	cr_assert_eq(rte_pktmbuf_chain(m, rest), 0);
}

struct view {
	uint8_t version;
	bool chained, joined, cut, zero_len, options;
	uint16_t before;
	uint64_t said; // by the card
};

static enum checksums_class look(struct view view, enum spoil how)
{
	struct packet p = packet_of(view.version);
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	p.options = view.options ? 8 : 0;
	frame_put(m, &p, TEXT, view.before);
	spoil(m, &p, how);
	if (view.chained)
		split(m, (uint16_t)(p.payload_at + 7));
	p.cut = view.cut;
	p.zero_len = view.zero_len;
	m->ol_flags |= view.said;
	enum checksums_class seen = checksums_look(m, &p, view.joined);
	rte_pktmbuf_free(m);
	return seen;
}

Test(checksums_look, tells_right_wrong_and_unfinished_apart, .init = start)
{
	static const struct {
		enum spoil how;
		enum checksums_class four, six;
	} cases[] = {
		{NOTHING, CHECKSUMS_GOOD, CHECKSUMS_GOOD},
		{IP_WRONG, CHECKSUMS_WRONG, CHECKSUMS_GOOD}, // IPv6 has none
		{IP_ZERO, CHECKSUMS_UNFINISHED, CHECKSUMS_GOOD},
		{FIRST, CHECKSUMS_WRONG, CHECKSUMS_WRONG},
		{LAST, CHECKSUMS_WRONG, CHECKSUMS_WRONG},
		{ADDRESS, CHECKSUMS_WRONG, CHECKSUMS_WRONG},
		{TCP_WRONG, CHECKSUMS_WRONG, CHECKSUMS_WRONG},
		{TCP_ZERO, CHECKSUMS_UNFINISHED, CHECKSUMS_UNFINISHED},
		{TCP_PSEUDO, CHECKSUMS_UNFINISHED, CHECKSUMS_UNFINISHED},
		{TCP_PSEUDO_NO_LENGTH, CHECKSUMS_UNFINISHED, CHECKSUMS_UNFINISHED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int chained = 0; chained < 2; chained++)
			for (uint8_t version = 4; version <= 6; version += 2) {
				struct view view = {.version = version,
					.chained = chained,
					.before = 14};
				cr_expect_eq(look(view, cases[i].how),
					version == 4 ? cases[i].four : cases[i].six,
					"case %zu, IPv%u, chained %d", i, version,
					chained);
			}
}

Test(checksums_look, options_of_the_ip_header_count, .init = start)
{
	struct view view = {.version = 4, .options = true};

	cr_expect_eq(look(view, NOTHING), CHECKSUMS_GOOD);
	cr_expect_eq(look(view, IP_WRONG), CHECKSUMS_WRONG);
	cr_expect_eq(look(view, LAST), CHECKSUMS_WRONG);
}

Test(checksums_look, says_nothing_of_what_is_cut, .init = start)
{
	struct view view = {.version = 4, .cut = true};

	cr_expect_eq(look(view, NOTHING), CHECKSUMS_UNKNOWN);
	cr_expect_eq(look(view, TCP_WRONG), CHECKSUMS_UNKNOWN);
}

Test(checksums_look, a_segment_that_offload_left_without_a_length_is_unfinished,
	.init = start)
{
	struct view view = {.version = 4, .zero_len = true};

	cr_expect_eq(look(view, IP_WRONG), CHECKSUMS_UNFINISHED);
	cr_expect_eq(look(view, TCP_WRONG), CHECKSUMS_UNFINISHED);
	cr_expect_eq(look(view, NOTHING), CHECKSUMS_GOOD);
}

// It computed that of the outermost TCP header of this very frame, and no other.
Test(checksums_look, believes_the_card_of_what_it_can_have_seen, .init = start)
{
	const uint64_t good = RTE_MBUF_F_RX_L4_CKSUM_GOOD,
		       none = RTE_MBUF_F_RX_L4_CKSUM_NONE,
		       bad = RTE_MBUF_F_RX_L4_CKSUM_BAD;
	struct view plain = {.version = 4, .before = 26, .said = good};

	cr_expect_eq(look(plain, TCP_WRONG), CHECKSUMS_GOOD);
	cr_expect_eq(look(plain, IP_WRONG), CHECKSUMS_WRONG);
	plain.said = none;
	cr_expect_eq(look(plain, TCP_WRONG), CHECKSUMS_GOOD);
	plain.said = bad;
	cr_expect_eq(look(plain, TCP_WRONG), CHECKSUMS_WRONG);
	cr_expect_eq(look(plain, NOTHING), CHECKSUMS_GOOD, "a card may be mistaken");
	plain.said = good;
	plain.joined = true;
	cr_expect_eq(look(plain, TCP_WRONG), CHECKSUMS_WRONG, "of a fragment");
	plain.joined = false;
	plain.before = 27;
	cr_expect_eq(look(plain, TCP_WRONG), CHECKSUMS_WRONG, "of a tunnel");
}
