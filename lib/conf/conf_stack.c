// SPDX-License-Identifier: BSD-3-Clause

// The key `stack`: one word, or a map of addresses to words.

#include "conf_prefix.h"

#define OTHERS "others"

static int stack_at(const struct conf_tree *t, int node, const struct conf_key *key,
	enum conf_stack *ret)
{
	const struct conf_node *n = &t->nodes[node];

	for (const struct conf_word *w = key->words; w->name != NULL; w++) {
		if (n->kind != CONF_NODE_SCALAR || strcmp(n->text, w->name) != 0)
			continue;
		*ret = (enum conf_stack)w->value;
		return 0;
	}
	return conf_key_fail(t, node, key, "\"%.60s\" is no stack",
		n->kind == CONF_NODE_SCALAR ? n->text : "");
}

static int server_at(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_stacks *stacks)
{
	struct conf_stack_of *of = &stacks->of[stacks->count];
	const char *text = t->nodes[node].key;

	if (strcmp(text, OTHERS) == 0)
		return stack_at(t, node, key, &stacks->others);
	if (stacks->count == CONF_STACKS_MAX)
		return conf_key_fail(
			t, node, key, "more than %d addresses", CONF_STACKS_MAX);
	if (!conf_prefix_read(text, &of->prefix))
		return conf_key_fail(
			t, node, key, "\"%.60s\" is no address or network", text);
	if (!conf_prefix_clear(&of->prefix))
		return conf_key_fail(
			t, node, key, "%.60s has bits set behind its prefix", text);
	stacks->count++;
	return stack_at(t, node, key, &of->stack);
}

static int stacks_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	struct conf_stacks stacks = {.others = CONF_STACK_LINUX};

	if (t->nodes[node].kind != CONF_NODE_MAP) {
		int rc = stack_at(t, node, key, &stacks.others);
		if (rc != 0)
			return rc;
	}
	if (t->nodes[node].kind == CONF_NODE_MAP)
		for (int at = conf_tree_first(t, node); at >= 0;
			at = conf_tree_next(t, at)) {
			int rc = server_at(t, at, key, &stacks);
			if (rc != 0)
				return rc;
		}
	memcpy(field, &stacks, sizeof(stacks));
	return 0;
}

static const char *name_of(const struct conf_key *key, enum conf_stack stack)
{
	const struct conf_word *w = key->words;

	while (w->value != stack)
		w++;
	return w->name;
}

static void stacks_print(
	const struct conf_key *key, const void *field, struct mt_buf *out)
{
	const struct conf_stacks *stacks = field;

	if (stacks->count == 0) {
		mt_buf_printf(out, " %s", name_of(key, stacks->others));
		return;
	}
	mt_buf_printf(out, " {" OTHERS ": %s", name_of(key, stacks->others));
	for (uint32_t i = 0; i < stacks->count; i++) {
		mt_buf_add_text(out, ", \"");
		conf_prefix_print(&stacks->of[i].prefix, out);
		mt_buf_printf(out, "\": %s", name_of(key, stacks->of[i].stack));
	}
	mt_buf_add_char(out, '}');
}

static void stacks_allowed(const struct conf_key *key, struct mt_buf *out)
{
	for (const struct conf_word *w = key->words; w->name != NULL; w++)
		mt_buf_printf(out, "%s%s", w == key->words ? "one of " : ", ", w->name);
	mt_buf_printf(out,
		", or at most %d such as {192.0.2.25: windows, \"2001:db8::/64\": bsd, " OTHERS
		": linux}",
		CONF_STACKS_MAX);
}

const struct conf_type conf_type_stacks = {"stack, or map of addresses to stacks",
	stacks_read, stacks_print, stacks_allowed};

enum conf_stack conf_stack_of(const struct conf *c, const uint8_t addr[16])
{
	const struct conf_stack_of *best = NULL;

	for (uint32_t i = 0; i < c->stacks.count; i++) {
		const struct conf_stack_of *of = &c->stacks.of[i];
		if (conf_prefix_has(addr, &of->prefix) &&
			(best == NULL || of->prefix.bits > best->prefix.bits))
			best = of;
	}
	return best != NULL ? best->stack : c->stacks.others;
}
