// SPDX-License-Identifier: BSD-3-Clause
#include "flow_table.h"

#include "mt_siphash.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include <rte_errno.h>
#include <rte_hash.h>

struct flow_table {
	struct rte_hash *hash;
	struct mt_siphash_key secret;
};

// The library hands its hash function no context, so hashes are made here and passed in.
static hash_sig_t sign(const struct flow_table *t, const struct flow_key *key)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	uint32_t small[3];

	if (!packet_apart_is_any(&key->apart) ||
		memcmp(key->low.octet, mapped, sizeof(mapped)) != 0 ||
		memcmp(key->high.octet, mapped, sizeof(mapped)) != 0)
		return (hash_sig_t)mt_siphash(&t->secret, key, sizeof(*key));
	// Of an IPv4 key only twelve octets differ from key to key.
	memcpy(&small[0], key->low.octet + 12, 4);
	memcpy(&small[1], key->high.octet + 12, 4);
	small[2] = (uint32_t)key->low_port << 16 | key->high_port;
	return (hash_sig_t)mt_siphash(&t->secret, small, sizeof(small));
}

// As memcmp, but for equality alone.
static int differ(const void *a, const void *b, size_t len)
{
	(void)len;
	return !flow_key_equal(a, b);
}

struct flow_table *flow_table_create(const char *name, uint32_t connections)
{
	struct flow_table *t = calloc(1, sizeof(*t));
	struct rte_hash_parameters parameters = {
		.name = name,
		// Cuckoo buckets of 8 fill to well over 90%; an eighth more makes a full slab fit.
		.entries = connections + connections / 8 + 64,
		.key_len = sizeof(struct flow_key),
		.socket_id = SOCKET_ID_ANY,
		.extra_flag = RTE_HASH_EXTRA_FLAGS_EXT_TABLE,
	};

	if (t == NULL)
		return NULL;
	if (getrandom(&t->secret, sizeof(t->secret), 0) != sizeof(t->secret)) {
		rte_errno = EIO;
		goto undo;
	}
	t->hash = rte_hash_create(&parameters);
	if (t->hash == NULL)
		goto undo;
	rte_hash_set_cmp_func(t->hash, differ);
	return t;
undo:
	free(t);
	return NULL;
}

void flow_table_destroy(struct flow_table *t)
{
	if (t == NULL)
		return;
	rte_hash_free(t->hash);
	free(t);
}

void *flow_table_find(const struct flow_table *t, const struct flow_key *key)
{
	void *value;

	return rte_hash_lookup_with_hash_data(t->hash, key, sign(t, key), &value) >= 0
		? value
		: NULL;
}

void flow_table_find_bulk(const struct flow_table *t, const struct flow_key *const *keys,
	uint32_t n, void **ret)
{
	hash_sig_t signs[RTE_HASH_LOOKUP_BULK_MAX];
	const void *plain[RTE_HASH_LOOKUP_BULK_MAX];
	uint64_t hits = 0;

	for (uint32_t i = 0; i < n; i++) {
		signs[i] = sign(t, keys[i]);
		plain[i] = keys[i];
	}
	rte_hash_lookup_with_hash_bulk_data(t->hash, plain, signs, n, &hits, ret);
	for (uint32_t i = 0; i < n; i++)
		if (!(hits >> i & 1))
			ret[i] = NULL;
}

int flow_table_add(struct flow_table *t, const struct flow_key *key, void *value)
{
	return rte_hash_add_key_with_hash_data(t->hash, key, sign(t, key), value);
}

void flow_table_remove(struct flow_table *t, const struct flow_key *key)
{
	rte_hash_del_key_with_hash(t->hash, key, sign(t, key));
}
