// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Input that ends at a page nobody may touch: one octet read too far ends the test.

#include "mt_span.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard {
	void *memory;
	size_t size;
	struct span text; // the copy; its end is the end of the readable page
};

static inline struct guard guard_make(struct span s)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t readable = (s.len / page + 1) * page;
	struct guard g = {.size = readable + page};

	g.memory = mmap(
		NULL, g.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (g.memory == MAP_FAILED)
		abort();
	uint8_t *at = (uint8_t *)g.memory + readable - s.len;
	if (s.len > 0)
		memcpy(at, s.ptr, s.len);
	if (mprotect((uint8_t *)g.memory + readable, page, PROT_NONE) != 0)
		abort();
	g.text = span_make(at, s.len);
	return g;
}

static inline void guard_free(struct guard *g)
{
	munmap(g->memory, g->size);
}
