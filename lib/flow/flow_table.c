// SPDX-License-Identifier: BSD-3-Clause
#include "flow_table.h"

#include "mt_siphash.h"

#include <errno.h>
#include <sys/random.h>

#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_memory.h>
#include <rte_prefetch.h>

// Open addressing, one slot after the other; of three slots at most two are used, so a search that
// finds nothing looks at five on average, in one or two lines of cache.
struct slot {
	uint32_t sign; // of the key
	uint32_t place; // 1 + its index, 0 for an empty slot
};

struct flow_table {
	struct mt_siphash_key secret;
	struct flow_places places;
	uint32_t slot_count, room, used;
	struct slot slots[];
};

static uint32_t sign(const struct flow_table *t, const struct flow_key *key)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	uint32_t small[3];

	if (!packet_apart_is_any(&key->apart) ||
		memcmp(key->low.octet, mapped, sizeof(mapped)) != 0 ||
		memcmp(key->high.octet, mapped, sizeof(mapped)) != 0)
		return (uint32_t)mt_siphash(&t->secret, key, sizeof(*key));
	// Of an IPv4 key only twelve octets differ from key to key.
	memcpy(&small[0], key->low.octet + 12, 4);
	memcpy(&small[1], key->high.octet + 12, 4);
	small[2] = (uint32_t)key->low_port << 16 | key->high_port;
	return (uint32_t)mt_siphash(&t->secret, small, sizeof(small));
}

// Where a search begins.
static uint32_t home(const struct flow_table *t, uint32_t sign)
{
	return (uint32_t)((uint64_t)sign * t->slot_count >> 32);
}

static uint32_t after(const struct flow_table *t, uint32_t at)
{
	return at + 1 < t->slot_count ? at + 1 : 0;
}

static uint32_t distance(const struct flow_table *t, uint32_t from, uint32_t to)
{
	return to >= from ? to - from : to + t->slot_count - from;
}

static uint8_t *place_of(const struct flow_table *t, const struct slot *s)
{
	return t->places.memory + (size_t)(s->place - 1) * t->places.size;
}

static bool is_key(
	const struct flow_table *t, const struct slot *s, const struct flow_key *key)
{
	const void *kept = place_of(t, s) + t->places.key_at;

	return flow_key_equal(kept, key);
}

struct flow_table *flow_table_create(
	const char *name, const struct flow_places *places, uint32_t connections)
{
	uint32_t count = connections + connections / 2 + 8;
	struct flow_table *t = rte_zmalloc(name,
		sizeof(*t) + (size_t)count * sizeof(struct slot), RTE_CACHE_LINE_SIZE);

	if (t == NULL) {
		rte_errno = ENOMEM;
		return NULL;
	}
	t->places = *places;
	t->slot_count = count;
	t->room = connections;
	if (getrandom(&t->secret, sizeof(t->secret), 0) != sizeof(t->secret)) {
		rte_free(t);
		rte_errno = EIO;
		return NULL;
	}
	return t;
}

void flow_table_destroy(struct flow_table *t)
{
	rte_free(t);
}

// The slot of the key, or the empty one where the search ends.
static uint32_t search(
	const struct flow_table *t, const struct flow_key *key, uint32_t sign)
{
	uint32_t at = home(t, sign);

	for (; t->slots[at].place != 0; at = after(t, at))
		if (t->slots[at].sign == sign && is_key(t, &t->slots[at], key))
			break;
	return at;
}

static void *found(const struct flow_table *t, const struct flow_key *key, uint32_t sign)
{
	const struct slot *s = &t->slots[search(t, key, sign)];

	return s->place != 0 ? place_of(t, s) : NULL;
}

void *flow_table_find(const struct flow_table *t, const struct flow_key *key)
{
	return found(t, key, sign(t, key));
}

// The key of the first place that may be it is what the comparison waits for.
static void prefetch_key(const struct flow_table *t, uint32_t sign)
{
	uint32_t at = home(t, sign);

	while (t->slots[at].place != 0 && t->slots[at].sign != sign)
		at = after(t, at);
	if (t->slots[at].place != 0)
		rte_prefetch0(place_of(t, &t->slots[at]) + t->places.key_at);
}

void flow_table_find_bulk(const struct flow_table *t, const struct flow_key *const *keys,
	uint32_t n, void **ret)
{
	uint32_t signs[FLOW_TABLE_BULK];

	for (uint32_t i = 0; i < n; i++) {
		signs[i] = sign(t, keys[i]);
		rte_prefetch0(&t->slots[home(t, signs[i])]);
	}
	for (uint32_t i = 0; i < n; i++)
		prefetch_key(t, signs[i]);
	for (uint32_t i = 0; i < n; i++)
		ret[i] = found(t, keys[i], signs[i]);
}

int flow_table_add(struct flow_table *t, const struct flow_key *key, void *place)
{
	if (t->used == t->room)
		return -ENOSPC;
	uint32_t s = sign(t, key), at = home(t, s);
	while (t->slots[at].place != 0)
		at = after(t, at);
	size_t index = (size_t)((uint8_t *)place - t->places.memory) / t->places.size;
	t->slots[at] = (struct slot){.sign = s, .place = (uint32_t)index + 1};
	t->used++;
	return 0;
}

// What stands behind moves up where its search passes the hole, so that no search ends early.
void flow_table_remove(struct flow_table *t, const struct flow_key *key)
{
	uint32_t hole = search(t, key, sign(t, key));

	if (t->slots[hole].place == 0)
		return;
	for (uint32_t at = after(t, hole); t->slots[at].place != 0; at = after(t, at)) {
		uint32_t from = home(t, t->slots[at].sign);
		if (distance(t, from, at) < distance(t, hole, at))
			continue;
		t->slots[hole] = t->slots[at];
		hole = at;
	}
	t->slots[hole] = (struct slot){0};
	t->used--;
}
