// SPDX-License-Identifier: BSD-3-Clause

// The table against a plain list: connections come and go at random, up to a full table.

#include "flow_table.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include <rte_eal.h>

#include <criterion/criterion.h>

#define ROOM  500
#define KEYS  2000 // that connections may have
#define TURNS 200000

struct place {
	uint32_t other[5];
	struct flow_key key;
};

static struct place places[ROOM];
static struct place *of_key[KEYS]; // the truth
static struct place *spare[ROOM];
static uint32_t spares;

static struct flow_key make_key(uint32_t n)
{
	struct flow_key key = {.low_port = 25, .high_port = (uint16_t)(1024 + n % 7)};

	key.low.octet[0] = key.high.octet[0] = 0x20;
	// Half of them IPv4.
	if (n % 2 == 0)
		for (int i = 0; i < 12; i++)
			key.low.octet[i] = key.high.octet[i] = i < 10 ? 0 : 0xff;
	memcpy(key.high.octet + 12, &n, sizeof(n));
	return key;
}

static struct flow_table *make_table(void)
{
	static char words[][20] = {"test", "--no-huge", "--no-pci", "--no-shconf",
		"--no-telemetry", "-m", "64"};
	char *argv[sizeof(words) / sizeof(words[0])];
	const struct flow_places slab = {.memory = (uint8_t *)places,
		.size = sizeof(places[0]),
		.key_at = offsetof(struct place, key)};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		argv[i] = words[i];
	cr_assert_geq(rte_eal_init(sizeof(words) / sizeof(words[0]), argv), 0);
	struct flow_table *t = flow_table_create("test", &slab, ROOM);
	cr_assert_not_null(t);
	for (uint32_t i = 0; i < ROOM; i++)
		spare[spares++] = &places[i];
	return t;
}

static void come_or_go(struct flow_table *t, uint32_t n)
{
	struct flow_key key = make_key(n);

	if (of_key[n] != NULL) {
		flow_table_remove(t, &key);
		spare[spares++] = of_key[n];
		memset(of_key[n], 0xee, sizeof(*of_key[n]));
		of_key[n] = NULL;
	} else if (spares == 0) {
		cr_assert_eq(flow_table_add(t, &key, &places[0]), -ENOSPC);
	} else {
		struct place *place = spare[--spares];
		cr_assert_eq(flow_table_add(t, &key, place), 0);
		place->key = key;
		of_key[n] = place;
	}
}

static void compare_all(struct flow_table *t)
{
	struct flow_key keys[FLOW_TABLE_BULK];
	const struct flow_key *at[FLOW_TABLE_BULK];
	void *found[FLOW_TABLE_BULK];

	for (uint32_t n = 0; n < KEYS; n += 50) {
		for (uint32_t i = 0; i < 50; i++) {
			keys[i] = make_key(n + i);
			at[i] = &keys[i];
			cr_assert_eq(flow_table_find(t, at[i]), of_key[n + i]);
		}
		flow_table_find_bulk(t, at, 50, found);
		for (uint32_t i = 0; i < 50; i++)
			cr_assert_eq(found[i], of_key[n + i]);
	}
}

Test(flow_table, holds_what_came_and_did_not_go)
{
	struct flow_table *t = make_table();
	bool was_full = false;

	srandom(25);
	for (int i = 0; i < TURNS; i++) {
		uint32_t n = (uint32_t)random() % KEYS;
		// More come than go, until it is full; then a while the other way round.
		bool filling = i / 5000 % 2 == 0;
		if (filling != (of_key[n] == NULL) && random() % 4 != 0)
			continue;
		come_or_go(t, n);
		was_full |= spares == 0;
		if (i % 1000 == 0)
			compare_all(t);
	}
	cr_expect(was_full);
	for (uint32_t n = 0; n < KEYS; n++)
		if (of_key[n] != NULL)
			come_or_go(t, n);
	compare_all(t);
	// Removing what is not there does nothing.
	struct flow_key none = make_key(1);
	flow_table_remove(t, &none);
	flow_table_destroy(t);
}
