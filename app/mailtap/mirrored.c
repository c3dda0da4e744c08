// SPDX-License-Identifier: BSD-3-Clause
#include "mirrored.h"

#include <string.h>

// Of the TCP header's end: with options the checksum is still among them.
#define TAIL 16

static uint64_t mix(uint64_t print, uint64_t word)
{
	print = (print ^ word) * 0x9e3779b97f4a7c15ULL;
	return print ^ print >> 32;
}

uint64_t mirrored_print(const struct packet *p, const uint8_t *frame)
{
	uint64_t words[4 + TAIL / 8];
	uint64_t number =
		p->version == 4 ? frame[p->ip_at + 4] << 8 | frame[p->ip_at + 5] : 0;
	uint64_t print = mix(number, (uint64_t)p->seq << 32 | p->ack);

	print = mix(print,
		(uint64_t)p->payload_len << 40 ^ (uint64_t)p->src_port << 24 ^
			(uint64_t)p->dst_port << 8 ^ p->flags);
	memcpy(words, p->src.octet, 16);
	memcpy(words + 2, p->dst.octet, 16);
	memcpy(words + 4, frame + p->payload_at - TAIL, TAIL);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		print = mix(print, words[i]);
	return print;
}

bool mirrored_seen(struct mirrored *m, uint64_t print, uint64_t at_us, uint64_t grace_us)
{
	struct mirrored_slot *slot = &m->slots[print % MIRRORED_SLOTS];
	uint32_t now = (uint32_t)at_us, mark = (uint32_t)(print >> 32);
	int32_t age = (int32_t)(now - slot->at_us);

	// 0 is the place of none.
	mark += mark == 0;
	if (slot->print == mark && (uint64_t)(age < 0 ? -(int64_t)age : age) <= grace_us)
		return true;
	*slot = (struct mirrored_slot){mark, now};
	return false;
}
