// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#define PORT_WORDS 1024

static int ports_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	struct conf *c = (struct conf *)(void *)((char *)field - key->offset);
	uint64_t bits[PORT_WORDS] = {0};

	int rc = conf_key_list(t, node, key);
	if (rc != 0)
		return rc;
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n)) {
		uint64_t port;
		if (t->nodes[n].kind != CONF_NODE_SCALAR ||
			!conf_key_number(t->nodes[n].text, &port) || port == 0 ||
			port > UINT16_MAX)
			return conf_key_fail(t, n, key, "\"%.60s\" is no port",
				t->nodes[n].text != NULL ? t->nodes[n].text : "");
		if (bits[port / 64] >> (port % 64) & 1)
			return conf_key_fail(
				t, n, key, "%u stands there twice", (unsigned)port);
		bits[port / 64] |= 1ULL << (port % 64);
	}
	memcpy(field, bits, sizeof(bits));
	for (int i = 0; i < PORT_WORDS; i++)
		c->watched[i] = c->ports[i] | c->tls_ports[i];
	return 0;
}

static void ports_print(const struct conf_key *key, const void *field, struct mt_buf *out)
{
	const uint64_t *bits = field;
	const char *before = "";

	(void)key;
	mt_buf_add_text(out, " [");
	for (unsigned port = 1; port <= UINT16_MAX; port++) {
		if (!(bits[port / 64] >> (port % 64) & 1))
			continue;
		mt_buf_printf(out, "%s%u", before, port);
		before = ", ";
	}
	mt_buf_add_char(out, ']');
}

static void ports_allowed(const struct conf_key *key, struct mt_buf *out)
{
	mt_buf_printf(out, "a list of %u to %u ports, each 1 to 65535",
		(unsigned)key->min, (unsigned)key->max);
}

const struct conf_type conf_type_ports = {
	"list of ports", ports_read, ports_print, ports_allowed};
