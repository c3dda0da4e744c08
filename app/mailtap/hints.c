// SPDX-License-Identifier: BSD-3-Clause
#include "hints.h"

#include <string.h>

static const uint16_t mail_ports[] = {24, 25, 465, 587, 2525, 10025};

#define MAIL_PORT_COUNT (sizeof(mail_ports) / sizeof(mail_ports[0]))
#define TLS_PORT        465
#define LOOKS_MAX       4 // at an entry that changes all the time

bool hints_is_tls_port(uint16_t port)
{
	return port == TLS_PORT;
}

void hints_ports(const uint64_t watched[1024], uint64_t ret[1024])
{
	memset(ret, 0, 1024 * sizeof(ret[0]));
	for (size_t i = 0; i < MAIL_PORT_COUNT; i++)
		if (!packet_port_in(watched, mail_ports[i]))
			ret[mail_ports[i] >> 6] |= 1ULL << (mail_ports[i] & 63);
}

static uint64_t load(const _Atomic uint64_t *what)
{
	return atomic_load_explicit(what, memory_order_relaxed);
}

static void store(_Atomic uint64_t *what, uint64_t to)
{
	atomic_store_explicit(what, to, memory_order_relaxed);
}

static void take_place(
	struct hints_slot *slot, uint64_t high, uint64_t low, uint16_t port)
{
	uint32_t turn = atomic_load_explicit(&slot->turn, memory_order_relaxed);

	atomic_store_explicit(&slot->turn, turn + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	store(&slot->high, high);
	store(&slot->low, low);
	atomic_store_explicit(&slot->port, port, memory_order_relaxed);
	store(&slot->count, load(&slot->count) + 1);
	atomic_store_explicit(&slot->turn, turn + 2, memory_order_release);
}

void hints_note(struct hints *h, enum hints_kind kind, const struct packet_addr *addr,
	uint16_t port)
{
	struct hints_slot *slots = h->slots[kind], *least = &slots[0];
	uint64_t high, low;

	memcpy(&high, addr->octet, 8);
	memcpy(&low, addr->octet + 8, 8);
	for (uint32_t i = 0; i < HINTS_MAX; i++) {
		struct hints_slot *slot = &slots[i];
		uint64_t count = load(&slot->count);
		if (count > 0 && load(&slot->low) == low && load(&slot->high) == high &&
			atomic_load_explicit(&slot->port, memory_order_relaxed) == port) {
			store(&slot->count, count + 1);
			return;
		}
		if (count < load(&least->count))
			least = slot;
	}
	take_place(least, high, low, port);
}

static bool read_slot(const struct hints_slot *slot, struct hints_row *ret)
{
	for (int look = 0; look < LOOKS_MAX; look++) {
		uint32_t before = atomic_load_explicit(&slot->turn, memory_order_acquire);
		uint64_t high = load(&slot->high), low = load(&slot->low);
		ret->port =
			(uint16_t)atomic_load_explicit(&slot->port, memory_order_relaxed);
		ret->count = load(&slot->count);
		atomic_thread_fence(memory_order_acquire);
		if (before == atomic_load_explicit(&slot->turn, memory_order_relaxed) &&
			!(before & 1)) {
			memcpy(ret->addr.octet, &high, 8);
			memcpy(ret->addr.octet + 8, &low, 8);
			return ret->count > 0;
		}
	}
	return false;
}

static bool is_same(const struct hints_row *a, const struct hints_row *b)
{
	return a->port == b->port && memcmp(&a->addr, &b->addr, sizeof(a->addr)) == 0;
}

// Puts a row where its count belongs; the last one falls out when all places are taken.
static void insert(
	struct hints_row rows[HINTS_MAX], uint32_t *count, const struct hints_row *row)
{
	uint32_t at = *count;

	if (at == HINTS_MAX) {
		if (rows[HINTS_MAX - 1].count >= row->count)
			return;
		at--;
	} else {
		(*count)++;
	}
	for (; at > 0 && rows[at - 1].count < row->count; at--)
		rows[at] = rows[at - 1];
	rows[at] = *row;
}

static void remove_at(struct hints_row rows[HINTS_MAX], uint32_t *count, uint32_t at)
{
	(*count)--;
	for (; at < *count; at++)
		rows[at] = rows[at + 1];
}

void hints_get(const struct hints *h, enum hints_kind kind,
	struct hints_row rows[HINTS_MAX], uint32_t *count)
{
	struct hints_row row;

	for (uint32_t i = 0; i < HINTS_MAX; i++) {
		if (!read_slot(&h->slots[kind][i], &row))
			continue;
		for (uint32_t r = 0; r < *count; r++) {
			if (is_same(&rows[r], &row)) {
				row.count += rows[r].count;
				remove_at(rows, count, r);
				break;
			}
		}
		insert(rows, count, &row);
	}
}

void hints_clear(struct hints *h)
{
	for (int kind = 0; kind < HINTS_KIND_COUNT; kind++)
		for (int i = 0; i < HINTS_MAX; i++)
			atomic_store_explicit(
				&h->slots[kind][i].count, 0, memory_order_relaxed);
}
