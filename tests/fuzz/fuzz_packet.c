// SPDX-License-Identifier: BSD-3-Clause

// The first octet chooses the link type, the second how much of the frame is contiguous. Whatever
// is found must lie inside the frame, and the first look must not contradict the whole walk.

#include "packet.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_packet(const struct packet *p, struct span head, size_t frame_len)
{
	check(p->version == 4 || p->version == 6);
	check(p->payload_at <= head.len);
	check(p->payload_at + (size_t)p->captured_len <= frame_len);
	check(p->captured_len <= p->payload_len);
	check(p->cut == (p->captured_len < p->payload_len));
	check(p->vlans <= PACKET_VLANS_MAX);
	for (int i = 0; i < p->vlans; i++)
		check(p->vlan[i] > 0 && p->vlan[i] < 4096);
}

static void check_fragment(const struct packet *p, size_t frame_len)
{
	check(p->version == 4 || p->version == 6);
	check(p->ip_at < frame_len && p->frag_at % 8 == 0);
	check(p->frag_at != 0 || p->frag_more);
	check(p->version == 6 || p->ip_len >= p->ip_header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint64_t ports[1024] = {UINT64_C(1) << 25};
	struct packet whole, part;

	if (size < 2)
		return 0;
	enum packet_link link = (enum packet_link)(data[0] % PACKET_LINK_COUNT);
	struct span frame = span_make(data + 2, size - 2);
	enum packet_class class = packet_parse(frame, frame.len, link, &whole);
	check(packet_class_name(class) != NULL);
	if (class == PACKET_TCP)
		check_packet(&whole, frame, frame.len);
	if (class == PACKET_FRAGMENT)
		check_fragment(&whole, frame.len);
	if (link == PACKET_LINK_ETHERNET && packet_is_foreign(frame, ports) &&
		class == PACKET_TCP)
		check(whole.src_port != 25 && whole.dst_port != 25);
	// The same frame in two buffers: the same, or its headers are not in the first one.
	struct span head = span_head(frame, data[1]);
	enum packet_class again = packet_parse(head, frame.len, link, &part);
	check(again == class || again == PACKET_CUT);
	if (again == PACKET_TCP) {
		check_packet(&part, head, frame.len);
		check(part.payload_at == whole.payload_at && part.seq == whole.seq);
		check(part.captured_len == whole.captured_len);
	}
	return 0;
}
