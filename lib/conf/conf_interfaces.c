// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#include <ctype.h>

#define QUEUES_MAX      16
#define KERNEL_NAME_MAX 15 // IFNAMSIZ less its NUL

static const char *const kinds[] = {
	[CONF_PORT_AF_PACKET] = "af_packet",
	[CONF_PORT_PCAP] = "pcap",
	[CONF_PORT_PCI] = "pci",
	[CONF_PORT_VDEV] = "vdev",
};

#define KIND_COUNT ((int)(sizeof(kinds) / sizeof(kinds[0])))

static const char *const groups[] = {
	[CONF_SINGLE] = NULL,
	[CONF_LEGS] = "legs",
	[CONF_BOND] = "bond",
};

static int kind_of(const char *word)
{
	for (int k = 0; k < KIND_COUNT; k++)
		if (strcmp(kinds[k], word) == 0)
			return k;
	return -1;
}

// "0000:3b:00.0", or without the domain. x stands for a hexadecimal digit.
static bool is_pci(const char *text)
{
	static const char full[] = "xxxx:xx:xx.x";
	const char *form = strlen(text) == sizeof(full) - 1 ? full : full + 5;

	for (; *form != '\0' && *text != '\0'; form++, text++)
		if (*form == 'x' ? !isxdigit((unsigned char)*text) : *form != *text)
			return false;
	return *form == '\0' && *text == '\0';
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len > n && strcmp(text + len - n, end) == 0;
}

static enum conf_port_kind guess_kind(const char *text)
{
	if (is_pci(text))
		return CONF_PORT_PCI;
	if (strncmp(text, "net_", 4) == 0)
		return CONF_PORT_VDEV;
	if (ends_with(text, ".pcap") || ends_with(text, ".pcapng"))
		return CONF_PORT_PCAP;
	return CONF_PORT_AF_PACKET;
}

static int check_device(const struct conf_tree *t, int node, const struct conf_key *key,
	const struct conf_port *port)
{
	const char *d = port->device;

	switch (port->kind) {
	case CONF_PORT_AF_PACKET:
		if (strlen(d) > KERNEL_NAME_MAX || d[strcspn(d, "/, :")] != '\0')
			return conf_key_fail(t, node, key,
				"\"%.60s\" is no name of a kernel interface", d);
		return 0;
	case CONF_PORT_PCI:
		if (!is_pci(d))
			return conf_key_fail(t, node, key,
				"\"%.60s\" is no PCI address (0000:3b:00.0)", d);
		return 0;
	case CONF_PORT_VDEV:
		if (strncmp(d, "net_", 4) != 0)
			return conf_key_fail(
				t, node, key, "\"%.60s\" is no vdev (net_...)", d);
		return 0;
	case CONF_PORT_PCAP:
		return 0;
	}
	return 0;
}

static int read_device(const struct conf_tree *t, int node, const struct conf_key *key,
	int kind, struct conf_port *ret)
{
	int rc = conf_key_copy_text(t, node, key, ret->device, sizeof(ret->device));
	if (rc != 0)
		return rc;
	ret->kind = kind >= 0 ? (enum conf_port_kind)kind : guess_kind(ret->device);
	rc = check_device(t, node, key, ret);
	if (rc == 0 && ret->kind == CONF_PORT_PCI && strlen(ret->device) == 7) {
		memmove(ret->device + 5, ret->device, 8);
		memcpy(ret->device, "0000:", 5);
	}
	return rc;
}

// A member of legs or bond: a bare device, or {kind: device}.
static int read_member(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_port *ret)
{
	int at = conf_tree_first(t, node);

	if (t->nodes[node].kind != CONF_NODE_MAP)
		return read_device(t, node, key, -1, ret);
	if (at < 0 || conf_tree_next(t, at) >= 0 || kind_of(t->nodes[at].key) < 0)
		return conf_key_fail(t, node, key, "a member is one device");
	return read_device(t, at, key, kind_of(t->nodes[at].key), ret);
}

static int read_pair(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_interface *ret)
{
	if (t->nodes[node].kind != CONF_NODE_LIST || conf_tree_children(t, node) != 2)
		return conf_key_fail(t, node, key, "%s must be a list of two devices",
			t->nodes[node].key);
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n)) {
		int rc = read_member(t, n, key, &ret->ports[ret->port_count]);
		if (rc != 0)
			return rc;
		ret->port_count++;
	}
	return 0;
}

static int read_queues(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_interface *ret)
{
	const struct conf_node *n = &t->nodes[node];
	uint64_t queues;

	if (n->kind != CONF_NODE_SCALAR || !conf_key_number(n->text, &queues) ||
		queues == 0 || queues > QUEUES_MAX)
		return conf_key_fail(t, node, key, "queues must be 1 to %d", QUEUES_MAX);
	ret->queues = (uint32_t)queues;
	return 0;
}

static int read_name(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_interface *ret)
{
	int rc = conf_key_copy_text(t, node, key, ret->name, sizeof(ret->name));
	if (rc != 0)
		return rc;
	for (const char *p = ret->name; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
			return conf_key_fail(t, node, key,
				"name \"%s\": only letters, digits, _ and - can be used",
				ret->name);
	return 0;
}

static int read_part(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_interface *ret)
{
	const char *part = t->nodes[node].key;
	int kind = kind_of(part);
	bool is_legs = strcmp(part, groups[CONF_LEGS]) == 0;

	if (strcmp(part, "name") == 0)
		return read_name(t, node, key, ret);
	if (strcmp(part, "queues") == 0)
		return read_queues(t, node, key, ret);
	if (kind < 0 && !is_legs && strcmp(part, groups[CONF_BOND]) != 0)
		return conf_tree_fail(t, t->nodes[node].key_at,
			"%s: unknown key %s; allowed: name, af_packet, pci, vdev, pcap, legs, bond, queues",
			key->path, part);
	if (ret->port_count > 0)
		return conf_key_fail(t, node, key, "%s: a device is given already", part);
	if (kind < 0) {
		ret->group = is_legs ? CONF_LEGS : CONF_BOND;
		return read_pair(t, node, key, ret);
	}
	ret->port_count = 1;
	return read_device(t, node, key, kind, &ret->ports[0]);
}

static int read_interface(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_interface *ret)
{
	*ret = (struct conf_interface){.queues = 1};
	if (t->nodes[node].kind != CONF_NODE_MAP)
		return conf_key_fail(t, node, key, "each interface is a map");
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n)) {
		int rc = read_part(t, n, key, ret);
		if (rc != 0)
			return rc;
	}
	if (ret->name[0] == '\0')
		return conf_key_fail(t, node, key, "an interface without a name");
	if (ret->port_count == 0)
		return conf_key_fail(t, node, key, "%s has no device", ret->name);
	return 0;
}

static int interfaces_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	struct conf *c = (struct conf *)(void *)((char *)field - key->offset);

	int rc = conf_key_list(t, node, key);
	if (rc != 0)
		return rc;
	memset(c->interfaces, 0, sizeof(c->interfaces));
	c->interface_count = 0;
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n)) {
		struct conf_interface *in = &c->interfaces[c->interface_count];
		rc = read_interface(t, n, key, in);
		if (rc != 0)
			return rc;
		for (uint32_t i = 0; i < c->interface_count; i++)
			if (strcmp(c->interfaces[i].name, in->name) == 0)
				return conf_key_fail(
					t, n, key, "two are called %s", in->name);
		c->interface_count++;
	}
	return 0;
}

static void print_port(const struct conf_port *port, struct mt_buf *out)
{
	mt_buf_printf(out, "%s: ", kinds[port->kind]);
	conf_key_print_text(port->device, out);
}

static void interfaces_print(
	const struct conf_key *key, const void *field, struct mt_buf *out)
{
	const struct conf *c =
		(const struct conf *)(const void *)((const char *)field - key->offset);

	if (c->interface_count == 0)
		mt_buf_add_text(out, " []");
	for (uint32_t i = 0; i < c->interface_count; i++) {
		const struct conf_interface *in = &c->interfaces[i];
		mt_buf_add_text(out, "\n  - {name: ");
		conf_key_print_text(in->name, out);
		mt_buf_add_text(out, ", ");
		if (in->group == CONF_SINGLE) {
			print_port(&in->ports[0], out);
		} else {
			mt_buf_printf(out, "%s: [{", groups[in->group]);
			print_port(&in->ports[0], out);
			mt_buf_add_text(out, "}, {");
			print_port(&in->ports[1], out);
			mt_buf_add_text(out, "}]");
		}
		mt_buf_printf(out, ", queues: %u}", in->queues);
	}
}

static void interfaces_allowed(const struct conf_key *key, struct mt_buf *out)
{
	mt_buf_printf(out,
		"a list of at most %u such as [{name: tap0, af_packet: eth1}] or "
		"[{name: tap0, legs: [eth1, eth2]}]",
		(unsigned)key->max);
}

const struct conf_type conf_type_interfaces = {
	"list of interfaces", interfaces_read, interfaces_print, interfaces_allowed};
