// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A flood of openings: SYNs from random addresses to the servers, none of which goes on.

#include "gen_options.h"
#include "gen_random.h"

// Writes the frame of the next one to ret, which has room for GEN_PACKET_HEADER_MAX. Returns its length.
size_t gen_flood_next(
	const struct gen_options *o, struct gen_random *random, uint8_t *ret);
