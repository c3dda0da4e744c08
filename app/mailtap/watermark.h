// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// How far the reading of live ports has come: a low watermark in packet time. Whatever arrived
// before it is in the hands of who asks; what arrived later may still lie in a port or a ring.
//
// A clock on the wall runs on while the appliance waits for its CPU. Whoever measured a grace with
// it would believe that an octet never came which lies unread in a port. So packets are stamped by
// the clock when they are taken, but the time that has passed since is measured by the watermark: a
// grace of 50 ms is over when everything was read that arrived in those 50 ms.
//
// Pure arithmetic: no clock is read here, and nothing is shared between threads. Times are
// microseconds since the epoch; no watermark ever steps back, whatever the clock does.

#include <stdbool.h>
#include <stdint.h>

#define WATERMARK_MAX 64

// Of a reader of several sources, each read in the order of arrival. A source that gives less than
// it was asked for is empty. One that never is holds up nobody for ever: what lay in it once was
// read when as many packets as can lie in it were.
struct watermark_reader {
	uint64_t us; // everything that arrived before was read
	uint64_t next_us; // what `us` becomes as soon as no source is behind
	uint32_t sources;
	uint32_t behind; // sources that may hold something that arrived before next_us
	bool untouched; // none of them was read since next_us
	uint32_t depth[WATERMARK_MAX]; // packets that can lie in a source at most; not 0
	uint32_t left
		[WATERMARK_MAX]; // of them may still be from before next_us; 0: not behind
};

// Begins a round of reading. now_us: the clock, read after the last read of the round before and
// before the first one of this.
void watermark_round(struct watermark_reader *w, uint64_t now_us);
// The source was asked for `asked` packets (not 0) and gave `got`. A source need not be read in
// every round; until it is, time stands still.
void watermark_read(
	struct watermark_reader *w, uint32_t source, uint32_t got, uint32_t asked);
// How far the watermark is behind the clock, for people.
uint64_t watermark_lag_us(const struct watermark_reader *w, uint64_t now_us);

// Of somebody who is fed by several readers: the oldest of theirs.
struct watermark_merge {
	uint64_t us; // 0 until each input said something
	uint32_t inputs;
	uint64_t of[WATERMARK_MAX];
};

// Everything has been taken from this input that its reader read up to us: what comes with a packet,
// or, where the input is empty, the reader's own watermark of before it was found empty.
void watermark_input(struct watermark_merge *m, uint32_t input, uint64_t us);
