// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#include <stdio.h>

#include <criterion/criterion.h>

static struct conf c, again;
static struct mt_error error;

static const char *const files[] = {
	"",
	"interfaces: [{name: a, af_packet: b, queues: 3}, {name: c, legs: [3b:00.0, d.pcap]}, "
	"{name: e, bond: [{vdev: 'net_null0,size=64'}, {pcap: auto}]}]",
	"registered: [10.0.0.0/8, 192.0.2.1, '::/64', '2001:db8::1', '::ffff:198.51.100.0/124', 0.0.0.0/1]",
	"registered: ['::/0']",
	"stack: windows",
	"stack: {192.0.2.1: bsd, '2001:db8::/32': last, 10.0.0.0/8: first, others: windows}",
	"smtp: {ports: [1, 65535, 25], capture: [outbound], automaton: strict}",
	"smtp: {tls_ports: [465, 2465], ports: [26]}",
	"spool: {directory: 'a \"b\\ c: #d', keep: [], durability: each, batch: {count: 1, ms: 10000}, "
	"segment: 64K, eve: {path: '- x', rotate: never}}",
	"spool: {directory: 'null', eve: {path: 'auto', rotate: 1T}}",
	"cores: {rx: [1, 5], workers: [2], writer: 0}\nidle: spin",
	"memory: {mbufs: 1025, chunks: 1M, chunk: 4097}\nappliance: 4294967295\nfile_prefix: null-x",
	"flow: {connections: 64, skew: {ms: 0, packets: 0}, idle: {default: 1d, after_dot: 61s, half_open: 1h}}",
	"spool: {retention: {age: 7d, size: 500G, free: 10%}}\n"
	"scan: {signatures: [/etc/mailtap/signatures, 'a b, c']}",
	"spool: {retention: {age: 1h, size: any, free: 50G}}",
	"limits: {line: 513, reply: 32K, rcpts: 1, mail: 4G, pending: 64K, hold: 4K}\nlog: {level: error}",
};

Test(conf_print, what_is_printed_loads_back_equal)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct mt_buf text;
		mt_buf_init(&text, 1 << 20);
		conf_defaults(&c);
		conf_defaults(&again);
		cr_assert_eq(conf_load_text(&c, "f", span_text(files[i]), &error), 0,
			"%s", error.text);
		conf_print(&c, &text);
		cr_expect_eq(
			conf_load_text(&again, "printed", mt_buf_span(&text), &error), 0,
			"%s", error.text);
		cr_expect_eq(memcmp(&c, &again, sizeof(c)), 0, "%s\n%.*s", files[i],
			(int)text.len, (const char *)text.ptr);
		mt_buf_fini(&text);
	}
}

Test(conf_print, every_key_is_printed_and_explained)
{
	struct mt_buf printed, reference;

	mt_buf_init(&printed, 1 << 20);
	mt_buf_init(&reference, 1 << 20);
	conf_defaults(&c);
	conf_print(&c, &printed);
	conf_print_reference(&reference);
	mt_buf_add_char(&reference, '\0');
	struct conf_tree t = {.name = "printed", .error = &error};
	cr_assert_eq(conf_tree_read(&t, mt_buf_span(&printed)), 0, "%s", error.text);
	int keys = 0;
	for (int n = 0; n < t.count; n++)
		keys += t.nodes[n].kind == CONF_NODE_SCALAR ||
			t.nodes[n].kind == CONF_NODE_LIST;
	cr_expect_geq(keys, (int)conf_key_count);
	for (size_t k = 0; k < conf_key_count; k++) {
		char heading[CONF_KEY_PATH_MAX];
		snprintf(heading, sizeof(heading), "\n%s (%s, %s)\n    ",
			conf_keys[k].path, conf_keys[k].type->name,
			conf_keys[k].live ? "live" : "restart");
		cr_expect_not_null(
			strstr((const char *)reference.ptr, heading), "%s", heading);
		cr_expect_gt(strlen(conf_keys[k].help), 12);
	}
	conf_tree_fini(&t);
	mt_buf_fini(&printed);
	mt_buf_fini(&reference);
}

// Deltas of the least and the greatest: they are taken, their neighbours are not.
Test(conf_print, bounds_are_taken_as_they_are_told)
{
	for (size_t k = 0; k < conf_key_count; k++) {
		const struct conf_key *key = &conf_keys[k];
		if (key->type != &conf_type_number && key->type != &conf_type_seconds)
			continue;
		const char *unit = key->type == &conf_type_seconds ? "s" : "";
		for (int i = 0; i < 4; i++) {
			char set[128];
			uint64_t value = i == 0 ? key->min
				: i == 1        ? key->max
				: i == 2        ? key->min - 1
						: key->max + 1;
			snprintf(set, sizeof(set), "%s=%llu%s", key->path,
				(unsigned long long)value, unit);
			cr_expect_eq(conf_set(&c, set, &error) == 0, i < 2, "%s", set);
		}
	}
}
