// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A dialogue that is known in full, sent through a network and a tap that lose, repeat, cut anew,
// reorder and skew, and a check that what comes up is that dialogue.

#include <stdbool.h>
#include <stdint.h>

struct model_plan {
	uint64_t seed;
	bool lose; // the tap misses packets that the peer acknowledges
	bool repeat; // segments come again, cut otherwise
	bool forge; // some of the repeated octets are others than the first
	bool reorder; // packets change places, up to 16
	unsigned skew; // one leg comes this many packets later
	bool reset; // ends by RST in place of FIN
	bool refused; // between them come segments that the receiver refuses: too old by timestamp,
		// beyond its window, of what was never sent, without ACK, with a digest
	unsigned stack; // enum stream_stack of both receivers
	bool starve; // the reader takes odd amounts and blocks at times
};

// NULL when all is right, else what is not; good until the next call.
const char *model_run(const struct model_plan *plan);
