// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Frames that are held back for a number of packets, so that others overtake them.

#include "mt_span.h"

struct gen_delay;

// NULL when there is no memory.
struct gen_delay *gen_delay_create(void);
void gen_delay_destroy(struct gen_delay *delay);
// Keeps a copy until `due` packets (at least 1, at most 65,535) have gone by.
void gen_delay_put(struct gen_delay *delay, struct span frame, uint32_t due);
// One packet has gone by.
void gen_delay_step(struct gen_delay *delay);
// The next frame that is due, lent until the next call; empty when there is none.
struct span gen_delay_take(struct gen_delay *delay);
bool gen_delay_is_empty(const struct gen_delay *delay);
