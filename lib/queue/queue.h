// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A ring of pointers between two lcores: exactly one puts, exactly one takes, nobody locks.
// What is put belongs to the taker. A lossless producer asks queue_room first; a live one is told
// how many did not fit and disposes of those itself, under a counter.

#include <stdint.h>

struct queue;

// A ring for at least size pointers. NULL and rte_errno on failure. The name is unique in the process.
struct queue *queue_create(const char *name, uint32_t size);
// The queue must be empty; NULL is allowed.
void queue_destroy(struct queue *q);
// Pointers that can be put now, at least. Producer side.
uint32_t queue_room(const struct queue *q);
// Pointers that can be taken now. Consumer side; to anybody else it is a figure of a moment ago.
uint32_t queue_count(const struct queue *q);
// Pointers it holds at most.
uint32_t queue_size(const struct queue *q);
// Puts up to n, in order; returns how many went in.
uint32_t queue_put(struct queue *q, void *const *items, uint32_t n);
// Takes up to n, in order; returns how many came out.
uint32_t queue_take(struct queue *q, void **ret_items, uint32_t n);
