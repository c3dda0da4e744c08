// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#define CPU_MAX 1023

static int cpu_at(
	const struct conf_tree *t, int node, const struct conf_key *key, uint32_t *ret)
{
	const struct conf_node *n = &t->nodes[node];
	uint64_t cpu;

	if (n->kind != CONF_NODE_SCALAR || !conf_key_number(n->text, &cpu) ||
		cpu > CPU_MAX)
		return conf_key_fail(t, node, key, "\"%.60s\" is no CPU number",
			n->kind == CONF_NODE_SCALAR ? n->text : "");
	*ret = (uint32_t)cpu;
	return 0;
}

static int cpus_at(const struct conf_tree *t, int list, const struct conf_key *key,
	uint32_t *cpus, uint32_t *ret_count)
{
	uint32_t count = 0;

	int rc = conf_key_list(t, list, key);
	if (rc != 0)
		return rc;
	for (int n = conf_tree_first(t, list); n >= 0; n = conf_tree_next(t, n)) {
		rc = cpu_at(t, n, key, &cpus[count]);
		if (rc != 0)
			return rc;
		for (uint32_t i = 0; i < count; i++)
			if (cpus[i] == cpus[count])
				return conf_key_fail(
					t, n, key, "%u stands there twice", cpus[i]);
		count++;
	}
	*ret_count = count;
	return 0;
}

// One CPU, or a list of one.
static int writer_at(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_cores *cores)
{
	if (t->nodes[node].kind != CONF_NODE_LIST)
		return cpu_at(t, node, key, &cores->writer);
	if (conf_tree_children(t, node) != 1)
		return conf_key_fail(t, node, key, "there is one writer");
	return cpu_at(t, conf_tree_first(t, node), key, &cores->writer);
}

static int role_at(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_cores *cores)
{
	const char *role = t->nodes[node].key;

	if (strcmp(role, "rx") == 0)
		return cpus_at(t, node, key, cores->rx, &cores->rx_count);
	if (strcmp(role, "workers") == 0)
		return cpus_at(t, node, key, cores->workers, &cores->worker_count);
	if (strcmp(role, "writer") == 0)
		return writer_at(t, node, key, cores);
	return conf_key_fail(t, node, key, "%s is no role", role);
}

static int cores_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	const struct conf_node *n = &t->nodes[node];
	struct conf_cores cores = {0};

	if (n->kind == CONF_NODE_SCALAR && strcmp(n->text, "auto") == 0) {
		memset(field, 0, sizeof(cores));
		((struct conf_cores *)field)->automatic = true;
		return 0;
	}
	if (n->kind != CONF_NODE_MAP)
		return conf_key_fail(t, node, key, "neither auto nor a map of roles");
	for (int at = conf_tree_first(t, node); at >= 0; at = conf_tree_next(t, at)) {
		int rc = role_at(t, at, key, &cores);
		if (rc != 0)
			return rc;
	}
	if (conf_tree_children(t, node) != 3)
		return conf_key_fail(
			t, node, key, "each of rx, workers and writer must be given");
	memcpy(field, &cores, sizeof(cores));
	return 0;
}

static void print_cpus(const uint32_t *cpus, uint32_t count, struct mt_buf *out)
{
	for (uint32_t i = 0; i < count; i++)
		mt_buf_printf(out, "%s%u", i > 0 ? ", " : "", cpus[i]);
}

static void cores_print(const struct conf_key *key, const void *field, struct mt_buf *out)
{
	const struct conf_cores *cores = field;

	(void)key;
	if (cores->automatic) {
		mt_buf_add_text(out, " auto");
		return;
	}
	mt_buf_add_text(out, " {rx: [");
	print_cpus(cores->rx, cores->rx_count, out);
	mt_buf_add_text(out, "], workers: [");
	print_cpus(cores->workers, cores->worker_count, out);
	mt_buf_printf(out, "], writer: %u}", cores->writer);
}

static void cores_allowed(const struct conf_key *key, struct mt_buf *out)
{
	mt_buf_printf(out,
		"auto, or {rx: [1], workers: [2, 3], writer: 4} with CPU numbers up to %d, at most %u a role",
		CPU_MAX, (unsigned)key->max);
}

const struct conf_type conf_type_cores = {
	"cores", cores_read, cores_print, cores_allowed};
