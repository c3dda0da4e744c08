// SPDX-License-Identifier: BSD-3-Clause
#include "conf.h"

#include <stdio.h>

#include <criterion/criterion.h>

static struct conf c;
static struct mt_error error;

static void load(const char *yaml)
{
	conf_defaults(&c);
	cr_assert_eq(
		conf_load_text(&c, "f", span_text(yaml), &error), 0, "%s", error.text);
}

Test(conf_forms, numbers_have_suffixes)
{
	load("limits: {line: 512, mail: 2G, hold: 5M}\nflow: {connections: 3K}\nspool: {segment: 1G}");
	cr_expect_eq(c.line, 512);
	cr_expect_eq(c.mail, 2ULL << 30);
	cr_expect_eq(c.hold, 5 << 20);
	cr_expect_eq(c.connections, 3072);
	cr_expect_eq(c.segment, 1 << 30);
}

Test(conf_forms, times_have_units)
{
	load("flow: {idle: {default: 90s, after_dot: 2h, half_open: 1m}}");
	cr_expect_eq(c.idle_s, 90);
	cr_expect_eq(c.idle_after_dot_s, 7200);
	cr_expect_eq(c.idle_half_open_s, 60);
	load("flow: {idle: {default: 1d}}");
	cr_expect_eq(c.idle_s, 86400);
}

Test(conf_forms, words_choose_and_add_up)
{
	load("idle: spin\nsmtp: {automaton: strict, capture: [outbound, inbound], ports: [2525, 25]}\n"
	     "spool: {durability: none, keep: []}\nlog: {level: debug}");
	cr_expect_eq(c.idle, CONF_SPIN);
	cr_expect_eq(c.automaton, CONF_STRICT);
	cr_expect_eq(c.capture, CONF_CAPTURE_INBOUND | CONF_CAPTURE_OUTBOUND);
	cr_expect_eq(c.durability, CONF_NONE);
	cr_expect_eq(c.keep, 0);
	cr_expect_str_eq(c.log_level, "debug");
	cr_expect_eq(c.ports[25 / 64], 1ULL << (25 % 64));
	cr_expect_eq(c.ports[2525 / 64], 1ULL << (2525 % 64));
	cr_expect_eq(c.ports[587 / 64], 0, "the list replaces the default");
}

Test(conf_forms, ports_of_both_kinds_are_watched)
{
	load("smtp: {tls_ports: [465]}");
	cr_expect_eq(c.watched[465 / 64], 1ULL << (465 % 64));
	cr_expect_eq(c.watched[25 / 64], 1ULL << (25 % 64));
	cr_expect_eq(c.ports[465 / 64], 0);
	load("smtp: {tls_ports: [], ports: [26]}");
	cr_expect_eq(c.watched[465 / 64], 0);
	cr_expect_eq(c.watched[26 / 64], 1ULL << (26 % 64));
}

Test(conf_forms, auto_and_never_stand_for_zero)
{
	load("memory: {mbufs: auto, chunks: 4K}\nappliance: auto\nspool: {eve: {path: auto, rotate: never}}");
	cr_expect_eq(c.mbufs, 0);
	cr_expect_eq(c.chunks, 4096);
	cr_expect_eq(c.appliance, 0);
	cr_expect_eq(c.eve_rotate, 0);
	cr_expect_str_eq(c.eve_path, "");
	load("spool: {eve: {path: 'auto'}}");
	cr_expect_str_eq(c.eve_path, "auto", "quoted it is a name");
}

static const struct {
	const char *member;
	enum conf_port_kind kind;
	const char *device;
} members[] = {
	{"eth1", CONF_PORT_AF_PACKET, "eth1"},
	{"enp3s0f0", CONF_PORT_AF_PACKET, "enp3s0f0"},
	{"0000:3b:00.1", CONF_PORT_PCI, "0000:3b:00.1"},
	{"3b:00.1", CONF_PORT_PCI, "0000:3b:00.1"},
	{"net_null0", CONF_PORT_VDEV, "net_null0"},
	{"\"net_af_packet0,iface=x\"", CONF_PORT_VDEV, "net_af_packet0,iface=x"},
	{"/tmp/a.pcap", CONF_PORT_PCAP, "/tmp/a.pcap"},
	{"a.pcapng", CONF_PORT_PCAP, "a.pcapng"},
	{".pcap", CONF_PORT_AF_PACKET, ".pcap"},
	{"{af_packet: net_0}", CONF_PORT_AF_PACKET, "net_0"},
	{"{pcap: eth1}", CONF_PORT_PCAP, "eth1"},
	{"{pci: 0000:3B:00.1}", CONF_PORT_PCI, "0000:3B:00.1"},
	{"{vdev: net_null0}", CONF_PORT_VDEV, "net_null0"},
};

Test(conf_forms, a_member_is_what_it_looks_like_or_what_it_says)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		char yaml[128];
		snprintf(yaml, sizeof(yaml), "interfaces: [{name: a, legs: [b, %s]}]",
			members[i].member);
		load(yaml);
		cr_expect_eq(c.interfaces[0].ports[1].kind, members[i].kind, "%s",
			members[i].member);
		cr_expect_str_eq(c.interfaces[0].ports[1].device, members[i].device);
	}
}

Test(conf_forms, interfaces_are_one_port_or_two)
{
	load("interfaces:\n"
	     "  - name: a\n"
	     "    af_packet: eth1\n"
	     "    queues: 2\n"
	     "  - {name: b, legs: [eth2, eth3]}\n"
	     "  - {queues: 4, bond: [3b:00.0, 3b:00.1], name: c}\n");
	cr_assert_eq(c.interface_count, 3);
	cr_expect_eq(c.interfaces[0].group, CONF_SINGLE);
	cr_expect_eq(c.interfaces[0].port_count, 1);
	cr_expect_eq(c.interfaces[0].queues, 2);
	cr_expect_eq(c.interfaces[1].group, CONF_LEGS);
	cr_expect_eq(c.interfaces[1].port_count, 2);
	cr_expect_eq(c.interfaces[1].queues, 1);
	cr_expect_eq(c.interfaces[2].group, CONF_BOND);
	cr_expect_eq(c.interfaces[2].queues, 4);
	cr_expect_str_eq(c.interfaces[2].name, "c");
}

Test(conf_forms, cores_name_three_roles)
{
	load("cores: {rx: [1], workers: [2, 3], writer: [3]}");
	cr_expect_not(c.cores.automatic);
	cr_expect_eq(c.cores.rx[0], 1);
	cr_expect_eq(c.cores.worker_count, 2);
	cr_expect_eq(c.cores.workers[1], 3);
	cr_expect_eq(c.cores.writer, 3, "a CPU may have two roles");
	load("cores: auto");
	cr_expect(c.cores.automatic);
}

Test(conf_forms, set_takes_keys_and_sections_in_turn)
{
	conf_defaults(&c);
	cr_expect_eq(conf_set(&c, "limits.line=1K", &error), 0, "%s", error.text);
	cr_expect_eq(conf_set(&c, "flow.skew={ms: 7, packets: 8}", &error), 0, "%s",
		error.text);
	cr_expect_eq(conf_set(&c, "spool.directory=/a=b", &error), 0, "%s", error.text);
	cr_expect_eq(c.line, 1024);
	cr_expect_eq(c.skew_ms, 7);
	cr_expect_eq(c.skew_packets, 8);
	cr_expect_str_eq(c.spool, "/a=b");
}

Test(conf_forms, many_spellings_of_one_file_are_the_same)
{
	static const char *const same[] = {
		"limits:\n  line: 2K\n",
		"limits:\r\n  line: 2K\r\n",
		"\xef\xbb\xbflimits: {line: 2K}",
		"---\nlimits: {\"line\": '2K'} # comment\n...\n",
		"flow:\nsmtp: {}\nlimits: {line: 2048}\nspool: {batch: , eve: ~}",
		"\xff\xfel\0i\0m\0i\0t\0s\0:\0 \0{\0l\0i\0n\0e\0:\0 \0002\0K\0}\0",
	};
	static struct conf first;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct span text = i == 5 ? span_make(same[i], 38) : span_text(same[i]);
		conf_defaults(&c);
		cr_expect_eq(conf_load_text(&c, "f", text, &error), 0, "%zu: %s", i,
			error.text);
		if (i == 0)
			first = c;
		cr_expect_eq(memcmp(&first, &c, sizeof(c)), 0, "%zu", i);
	}
}
