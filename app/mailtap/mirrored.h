// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Knows packets that came twice because a switch copied them twice, so that the copies are not
// taken for what the sender sent again. A copy has the same datagram number (IPv4), the same TCP
// header and checksum; lifetime, tags and tunnels may differ. What is sent again has another number
// or another time stamp, or comes long after. An onlooker cannot tell them apart where it has none
// of these (IPv6 without time stamps, within the grace).
//
// Nothing is decided by this but which counter a packet counts for: an octet that was seen before
// is a duplicate either way, and where copies differ the stream says so.

#include "packet.h"

#define MIRRORED_SLOTS 16384 // a power of 2; that many packets back a copy may be found

// Zeroed it knows none. One a worker, no pointers, 128 KB.
struct mirrored {
	struct mirrored_slot {
		uint32_t print, at_us;
	} slots[MIRRORED_SLOTS];
};

// What the copies of a packet have in common. frame: the packet's captured octets, at least up to
// p->payload_at.
uint64_t mirrored_print(const struct packet *p, const uint8_t *frame);
// Whether such a packet came at most grace_us before at_us (or after: legs may step back a little).
// Otherwise it is kept, in the place of another that may be forgotten for it.
bool mirrored_seen(struct mirrored *m, uint64_t print, uint64_t at_us, uint64_t grace_us);
