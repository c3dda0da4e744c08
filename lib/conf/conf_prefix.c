// SPDX-License-Identifier: BSD-3-Clause
#include "conf_prefix.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stddef.h>
#include <stdlib.h>

#define MAPPED_BITS 96 // of ::ffff:0:0/96, under which IPv4 stands

// An address as a number, most significant octet first.
static unsigned __int128 address_of(const uint8_t octet[16])
{
	uint64_t high, low;

	memcpy(&high, octet, 8);
	memcpy(&low, octet + 8, 8);
	return (unsigned __int128)be64toh(high) << 64 | be64toh(low);
}

bool conf_prefix_has(const uint8_t addr[16], const struct conf_prefix *p)
{
	unsigned __int128 differing = address_of(addr) ^ address_of(p->octet);

	return p->bits == 0 || differing >> (128 - p->bits) == 0;
}

static bool is_ipv4(const struct conf_prefix *p)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return p->bits >= MAPPED_BITS && memcmp(p->octet, mapped, sizeof(mapped)) == 0;
}

void conf_prefix_print(const struct conf_prefix *p, struct mt_buf *out)
{
	bool ipv4 = is_ipv4(p);
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(ipv4 ? AF_INET : AF_INET6, ipv4 ? p->octet + 12 : p->octet, text,
		sizeof(text));
	mt_buf_add_text(out, text);
	if (p->bits < 128)
		mt_buf_printf(out, "/%d", ipv4 ? p->bits - MAPPED_BITS : p->bits);
}

bool conf_prefix_read(const char *text, struct conf_prefix *ret)
{
	char address[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	uint64_t bits, bits_max;

	if (len == 0 || len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	*ret = (struct conf_prefix){.octet = {[10] = 0xff, [11] = 0xff}};
	if (inet_pton(AF_INET, address, ret->octet + 12) == 1)
		bits_max = 32;
	else if (inet_pton(AF_INET6, address, ret->octet) == 1)
		bits_max = 128;
	else
		return false;
	bits = bits_max;
	if (slash != NULL &&
		(strspn(slash + 1, "0123456789") != strlen(slash + 1) ||
			!conf_key_number(slash + 1, &bits) || bits > bits_max))
		return false;
	ret->bits = (uint8_t)(128 - bits_max + bits);
	return true;
}

bool conf_prefix_clear(struct conf_prefix *p)
{
	bool clean = true;

	for (unsigned i = 0; i < 16; i++) {
		unsigned bits = p->bits > 8 * i ? p->bits - 8 * i : 0;
		uint8_t mask = bits >= 8 ? 0xff : (uint8_t)(0xff00 >> bits);
		clean = clean && (p->octet[i] & ~mask) == 0;
		p->octet[i] &= mask;
	}
	return clean;
}

static int prefix_at(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_prefix *ret)
{
	const struct conf_node *n = &t->nodes[node];
	struct mt_buf right;

	if (n->kind != CONF_NODE_SCALAR || !conf_prefix_read(n->text, ret))
		return conf_key_fail(t, node, key, "\"%.60s\" is no address or network",
			n->kind == CONF_NODE_SCALAR ? n->text : "");
	if (conf_prefix_clear(ret))
		return 0;
	mt_buf_init(&right, 128);
	conf_prefix_print(ret, &right);
	int rc = conf_key_fail(t, node, key,
		"%.60s has bits set behind its prefix; write %.*s or one address",
		n->text, (int)right.len, (const char *)right.ptr);
	mt_buf_fini(&right);
	return rc;
}

// By address, and the wider first.
static int compare(const void *a, const void *b)
{
	const struct conf_prefix *p = a, *q = b;
	int by_address = memcmp(p->octet, q->octet, sizeof(p->octet));

	return by_address != 0 ? by_address : (int)p->bits - (int)q->bits;
}

// Drops what another prefix covers, so that one look finds the only one that can match.
static uint32_t settle(struct conf_prefix *list, uint32_t n)
{
	uint32_t kept = 0;

	qsort(list, n, sizeof(*list), compare);
	for (uint32_t i = 0; i < n; i++)
		if (kept == 0 || !conf_prefix_has(list[i].octet, &list[kept - 1]))
			list[kept++] = list[i];
	memset(list + kept, 0, (n - kept) * sizeof(*list));
	return kept;
}

// The field of registered begins the part of struct conf that holds its count as well.
static struct conf *conf_of(const struct conf_key *key, void *field)
{
	return (struct conf *)(void *)((char *)field - key->offset);
}

static int prefixes_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	struct conf *c = conf_of(key, field);
	uint32_t n = 0;

	int rc = conf_key_list(t, node, key);
	if (rc != 0)
		return rc;
	memset(c->registered, 0, sizeof(c->registered));
	for (int at = conf_tree_first(t, node); at >= 0; at = conf_tree_next(t, at)) {
		rc = prefix_at(t, at, key, &c->registered[n++]);
		if (rc != 0)
			return rc;
	}
	c->registered_count = settle(c->registered, n);
	return 0;
}

static void prefixes_print(
	const struct conf_key *key, const void *field, struct mt_buf *out)
{
	const struct conf *c =
		(const struct conf *)(const void *)((const char *)field - key->offset);

	if (c->registered_count == 0)
		mt_buf_add_text(out, " []");
	for (uint32_t i = 0; i < c->registered_count; i++) {
		mt_buf_add_text(out, "\n  - \"");
		conf_prefix_print(&c->registered[i], out);
		mt_buf_add_char(out, '"');
	}
}

static void prefixes_allowed(const struct conf_key *key, struct mt_buf *out)
{
	mt_buf_printf(out,
		"a list of at most %u such as [192.0.2.25, 198.51.100.0/28, \"2001:db8::/64\"]",
		(unsigned)key->max);
}

const struct conf_type conf_type_prefixes = {"list of addresses and networks",
	prefixes_read, prefixes_print, prefixes_allowed};

void conf_register(struct conf *c, const struct conf *from)
{
	static const struct conf_prefix everything;
	struct conf_prefix all[2 * CONF_REGISTERED_MAX];
	uint32_t n = c->registered_count;

	memcpy(all, c->registered, n * sizeof(*all));
	memcpy(all + n, from->registered, from->registered_count * sizeof(*all));
	n = settle(all, n + from->registered_count);
	if (n > CONF_REGISTERED_MAX) {
		all[0] = everything;
		n = 1;
	}
	memset(c->registered, 0, sizeof(c->registered));
	memcpy(c->registered, all, n * sizeof(*all));
	c->registered_count = n;
}

bool conf_is_registered(const struct conf *c, const uint8_t addr[16])
{
	unsigned __int128 address = address_of(addr);
	const struct conf_prefix *base = c->registered;
	uint32_t n = c->registered_count;

	if (n == 0)
		return false;
	// A branch, not arithmetic: guessing runs ahead of the loads and is the faster by a third.
	while (n > 1) {
		uint32_t half = n / 2;
		if (address_of(base[half].octet) <= address)
			base += half;
		n -= half;
	}
	return conf_prefix_has(addr, base);
}
