// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Numbers as a person reads them. Shares and sizes are rounded down, so that "100 %" and "0 %"
// are never said of what is not.

#include <stdint.h>

// name, example
#define HUMAN_LIST(X)                                                  \
	X(TEXT, "not a number")                                        \
	X(COUNT, "18,201,334")                                         \
	X(RATE, "412/s")                                               \
	X(OCTETS, "1.5G, as the configuration writes it: 1024 a step") \
	X(BITS, "3.10 Gb/s, of octets a second")                       \
	X(PPM, "99.98 %, of parts per million")                        \
	X(TENTHS, "19.3, of tenths")                                   \
	X(AGE, "12 d 04:11, of seconds")

enum human_kind {
#define X(name, help) HUMAN_##name,
	HUMAN_LIST(X)
#undef X
	HUMAN_KIND_COUNT
};

#define HUMAN_SIZE 32

// Returns text.
const char *human(enum human_kind kind, uint64_t n, char text[HUMAN_SIZE]);
// part in parts per million of whole; 0 of 0.
uint64_t human_ppm(uint64_t part, uint64_t whole);
