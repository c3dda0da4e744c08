// SPDX-License-Identifier: BSD-3-Clause
#include "gen_delay.h"

#include <stdlib.h>

#define SLOTS 65536u

struct frame {
	struct frame *next;
	size_t len;
	uint8_t octets[];
};

struct gen_delay {
	struct frame *first[SLOTS], *last[SLOTS];
	struct frame *lent;
	uint32_t now;
	size_t count;
};

struct gen_delay *gen_delay_create(void)
{
	return calloc(1, sizeof(struct gen_delay));
}

void gen_delay_destroy(struct gen_delay *delay)
{
	if (delay == NULL)
		return;
	while (!gen_delay_is_empty(delay)) {
		while (gen_delay_take(delay).len > 0)
			continue;
		gen_delay_step(delay);
	}
	free(delay->lent);
	free(delay);
}

void gen_delay_put(struct gen_delay *delay, struct span frame, uint32_t due)
{
	uint32_t slot = (delay->now + due) % SLOTS;
	struct frame *f = malloc(sizeof(*f) + frame.len);

	if (f == NULL)
		abort();
	f->next = NULL;
	f->len = frame.len;
	memcpy(f->octets, frame.ptr, frame.len);
	if (delay->first[slot] == NULL)
		delay->first[slot] = f;
	else
		delay->last[slot]->next = f;
	delay->last[slot] = f;
	delay->count++;
}

void gen_delay_step(struct gen_delay *delay)
{
	delay->now = (delay->now + 1) % SLOTS;
}

struct span gen_delay_take(struct gen_delay *delay)
{
	struct frame *f = delay->first[delay->now];

	free(delay->lent);
	delay->lent = f;
	if (f == NULL)
		return span_make(NULL, 0);
	delay->first[delay->now] = f->next;
	delay->count--;
	return span_make(f->octets, f->len);
}

bool gen_delay_is_empty(const struct gen_delay *delay)
{
	return delay->count == 0;
}
