// SPDX-License-Identifier: BSD-3-Clause
#include "conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <criterion/criterion.h>

static struct conf c;
static struct mt_error error;

// Every error with its place; the text is what an operator reads.
static const struct {
	const char *yaml, *want;
} cases[] = {
	// the text as such
	{"idle: \"sp",
		"f:1:10: not YAML: found unexpected end of stream, while scanning a quoted scalar"},
	{"idle: spin\n  x: 1",
		"f:2:4: not YAML: mapping values are not allowed in this context"},
	{"\xff", "f: octet 0: not text in UTF-8 (invalid leading UTF-8 octet)"},
	{"[1]", "f:1:1: the file must hold keys with values (\"key: value\")"},
	{"word", "f:1:1: the file must hold keys with values (\"key: value\")"},
	{"idle: &a spin", "f:1:7: anchors (&name) are not allowed here"},
	{"idle: *a", "f:1:7: aliases (*name) are not allowed here"},
	{"idle: !!str spin", "f:1:7: tags (!name) are not allowed here"},
	{"limits: !x {line: 4K}", "f:1:9: tags (!name) are not allowed here"},
	{"idle: spin\n---\nidle: spin",
		"f:2:1: a second document begins (---); only one is allowed"},
	{"[[[[[[[[[1]]]]]]]]]", "f:1:9: nested deeper than 8 levels"},
	{"? [a]\n: b", "f:1:3: a key must be a word"},
	{"\"a\\0\": 1", "f:1:1: this is no key"},
	{"idle: \"a\\0\"", "f:1:7: a NUL in the text"},
	// keys
	{"idle: spin\n\nidle: backoff",
		"f:3:1: idle: given twice; the first is on line 1"},
	{"limits:\n  line: 4K\n  line: 4K",
		"f:3:3: line: given twice; the first is on line 2"},
	{"flow: {skw: {ms: 50}}",
		"f:1:8: flow.skw: unknown key; did you mean flow.skew?"},
	{"limits: {lines: 4K}",
		"f:1:10: limits.lines: unknown key; did you mean limits.line?"},
	{"ports: [25]", "f:1:1: ports: unknown key; did you mean smtp.ports?"},
	{"registred: []", "f:1:1: registred: unknown key; did you mean registered?"},
	{"qqqqqqq: 1",
		"f:1:1: qqqqqqq: unknown key; `mailtap check --reference` lists them all"},
	{"limits: 5", "f:1:9: limits: must hold keys with values (\"key: value\")"},
	{"flow: {skew: [1]}",
		"f:1:14: flow.skew: must hold keys with values (\"key: value\")"},
	{"idle:", "f:1:6: idle: has no value; allowed: backoff, spin"},
	{"idle: ~", "f:1:7: idle: has no value; allowed: backoff, spin"},
	// numbers
	{"limits: {line: [1]}",
		"f:1:16: limits.line: must be a number; allowed: 512 to 32K"},
	{"limits: {line: 4k}",
		"f:1:16: limits.line: \"4k\" is no number; allowed: 512 to 32K"},
	{"limits: {line: -1}",
		"f:1:16: limits.line: \"-1\" is no number; allowed: 512 to 32K"},
	{"limits: {line: 0x800}",
		"f:1:16: limits.line: \"0x800\" is no number; allowed: 512 to 32K"},
	{"limits: {line: 4KB}",
		"f:1:16: limits.line: \"4KB\" is no number; allowed: 512 to 32K"},
	{"limits: {line: ''}",
		"f:1:16: limits.line: \"\" is no number; allowed: 512 to 32K"},
	{"limits: {line: 511}",
		"f:1:16: limits.line: 511 is too small; allowed: 512 to 32K"},
	{"limits: {line: 0}", "f:1:16: limits.line: 0 is too small; allowed: 512 to 32K"},
	{"limits: {line: 33K}",
		"f:1:16: limits.line: 33K is too large; allowed: 512 to 32K"},
	{"limits: {mail: 18446744073709551616}",
		"f:1:16: limits.mail: \"18446744073709551616\" is no number; allowed: 1K to 4G"},
	{"limits: {mail: 16777216T}",
		"f:1:16: limits.mail: \"16777216T\" is no number; allowed: 1K to 4G"},
	{"limits: {mail: 5G}", "f:1:16: limits.mail: 5G is too large; allowed: 1K to 4G"},
	{"appliance: 0",
		"f:1:12: appliance: 0 is too small; allowed: 1 to 4294967295, or auto"},
	{"appliance: 4G",
		"f:1:12: appliance: 4G is too large; allowed: 1 to 4294967295, or auto"},
	{"appliance: 'auto'",
		"f:1:12: appliance: \"auto\" is no number; allowed: 1 to 4294967295, or auto"},
	// times
	{"flow: {idle: {default: 300}}",
		"f:1:24: flow.idle.default: \"300\" is no time with its unit (s, m, h, d); allowed: 1s to 1d"},
	{"flow: {idle: {default: 5K}}",
		"f:1:24: flow.idle.default: \"5K\" is no time with its unit (s, m, h, d); allowed: 1s to 1d"},
	{"flow: {idle: {default: s}}",
		"f:1:24: flow.idle.default: \"s\" is no time with its unit (s, m, h, d); allowed: 1s to 1d"},
	{"flow: {idle: {default: 25h}}",
		"f:1:24: flow.idle.default: 25h is too large; allowed: 1s to 1d"},
	{"flow: {idle: {default: 999999999999999d}}",
		"f:1:24: flow.idle.default: 999999999999999d is too large; allowed: 1s to 1d"},
	{"flow: {idle: {default: 0s}}",
		"f:1:24: flow.idle.default: 0s is too small; allowed: 1s to 1d"},
	{"flow: {idle: {default: [5m]}}",
		"f:1:24: flow.idle.default: must be a time; allowed: 1s to 1d"},
	// words
	{"idle: sleep", "f:1:7: idle: \"sleep\" is not known; allowed: backoff, spin"},
	{"idle: [spin]", "f:1:7: idle: must be one word; allowed: backoff, spin"},
	{"smtp: {capture: inbound}",
		"f:1:17: smtp.capture: must be a list: [inbound]; allowed: inbound, internal, outbound"},
	{"smtp: {capture: {}}",
		"f:1:17: smtp.capture: must be a list; allowed: inbound, internal, outbound"},
	{"smtp: {capture: []}",
		"f:1:17: smtp.capture: the list is empty; allowed: inbound, internal, outbound"},
	{"smtp: {capture: [inbound, [x]]}",
		"f:1:27: smtp.capture: must be one word; allowed: inbound, internal, outbound"},
	{"smtp: {capture: [inbound, inbound]}",
		"f:1:27: smtp.capture: inbound stands there twice; allowed: inbound, internal, outbound"},
	{"log: {level: loud}",
		"f:1:14: log.level: \"loud\" is not known; allowed: debug, info, warn, error"},
	// texts
	{"spool: {directory: ''}",
		"f:1:20: spool.directory: is empty; allowed: a path of at most 511 octets"},
	{"spool: {directory: [a]}",
		"f:1:20: spool.directory: must be a text; allowed: a path of at most 511 octets"},
	{"spool: {directory: \"\\e[1m\"}",
		"f:1:20: spool.directory: only printable ASCII can be used; allowed: a path of at most 511 octets"},
	{"file_prefix: a/b",
		"f:1:14: file_prefix: \"a/b\" is no plain name; allowed: letters, digits, _ and -, at most 31"},
	{"file_prefix: a2345678901234567890123456789012",
		"f:1:14: file_prefix: 32 octets, at most 31 fit; allowed: letters, digits, _ and -, at most 31"},
	// ports
	{"smtp: {ports: 25}",
		"f:1:15: smtp.ports: must be a list: [25]; allowed: a list of 1 to 64 ports, each 1 to 65535"},
	{"smtp: {ports: [0]}",
		"f:1:16: smtp.ports: \"0\" is no port; allowed: a list of 1 to 64 ports, each 1 to 65535"},
	{"smtp: {ports: [65536]}",
		"f:1:16: smtp.ports: \"65536\" is no port; allowed: a list of 1 to 64 ports, each 1 to 65535"},
	{"smtp: {ports: [[25]]}",
		"f:1:16: smtp.ports: \"\" is no port; allowed: a list of 1 to 64 ports, each 1 to 65535"},
	{"smtp: {ports: []}",
		"f:1:15: smtp.ports: the list is empty; allowed: a list of 1 to 64 ports, each 1 to 65535"},
	{"smtp: {tls_ports: [465, x]}",
		"f:1:25: smtp.tls_ports: \"x\" is no port; allowed: a list of 0 to 64 ports, each 1 to 65535"},
	{"smtp: {ports: [25, 25]}",
		"f:1:20: smtp.ports: 25 stands there twice; allowed: a list of 1 to 64 ports, each 1 to 65535"},
};

Test(conf_errors, every_error_says_where_and_what_is_allowed)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		conf_defaults(&c);
		error.text[0] = '\0';
		cr_expect_lt(conf_load_text(&c, "f", span_text(cases[i].yaml), &error), 0,
			"%s", cases[i].yaml);
		cr_expect_str_eq(error.text, cases[i].want);
	}
}

#define ADDRESSES \
	"; allowed: a list of at most 1024 such as [192.0.2.25, 198.51.100.0/28, \"2001:db8::/64\"]"
#define INTERFACES \
	"; allowed: a list of at most 16 such as [{name: tap0, af_packet: eth1}] or [{name: tap0, legs: [eth1, eth2]}]"
#define CORES \
	"; allowed: auto, or {rx: [1], workers: [2, 3], writer: 4} with CPU numbers up to 1023, at most 64 a role"

// The same for the keys whose value has a form of its own: key, value, error behind "--set: key: ".
static const struct {
	const char *key, *value, *want;
} forms[] = {
	{"registered", "192.0.2.25", "must be a list: [192.0.2.25]" ADDRESSES},
	{"registered", "[mail.example]",
		"\"mail.example\" is no address or network" ADDRESSES},
	{"registered", "[192.0.2]", "\"192.0.2\" is no address or network" ADDRESSES},
	{"registered", "[192.0.2.1/33]",
		"\"192.0.2.1/33\" is no address or network" ADDRESSES},
	{"registered", "[192.0.2.1/]",
		"\"192.0.2.1/\" is no address or network" ADDRESSES},
	{"registered", "[192.0.2.1/1K]",
		"\"192.0.2.1/1K\" is no address or network" ADDRESSES},
	{"registered", "[\"2001:db8::/129\"]",
		"\"2001:db8::/129\" is no address or network" ADDRESSES},
	{"registered", "[/8]", "\"/8\" is no address or network" ADDRESSES},
	{"registered", "[[192.0.2.1]]", "\"\" is no address or network" ADDRESSES},
	{"registered", "[192.0.2.25/24]",
		"192.0.2.25/24 has bits set behind its prefix; write 192.0.2.0/24 or one address" ADDRESSES},
	{"interfaces", "eth0", "must be a list: [eth0]" INTERFACES},
	{"interfaces", "[eth0]", "each interface is a map" INTERFACES},
	{"interfaces", "[{af_packet: a}]", "an interface without a name" INTERFACES},
	{"interfaces", "[{name: a}]", "a has no device" INTERFACES},
	{"interfaces", "[{name: a b, pcap: x}]",
		"name \"a b\": only letters, digits, _ and - can be used" INTERFACES},
	{"interfaces", "[{name: a, eth: x}]",
		"unknown key eth; allowed: name, af_packet, pci, vdev, pcap, legs, bond, queues"},
	{"interfaces", "[{name: a, pci: x, pcap: y}]",
		"\"x\" is no PCI address (0000:3b:00.0)" INTERFACES},
	{"interfaces", "[{name: a, pci: 3b:00.0, pcap: y}]",
		"pcap: a device is given already" INTERFACES},
	{"interfaces", "[{name: a, af_packet: abcdefghijklmnop}]",
		"\"abcdefghijklmnop\" is no name of a kernel interface" INTERFACES},
	{"interfaces", "[{name: a, af_packet: \"a,b\"}]",
		"\"a,b\" is no name of a kernel interface" INTERFACES},
	{"interfaces", "[{name: a, vdev: eth0}]",
		"\"eth0\" is no vdev (net_...)" INTERFACES},
	{"interfaces", "[{name: a, legs: [b]}]",
		"legs must be a list of two devices" INTERFACES},
	{"interfaces", "[{name: a, bond: b}]",
		"bond must be a list of two devices" INTERFACES},
	{"interfaces", "[{name: a, legs: [b, {}]}]", "a member is one device" INTERFACES},
	{"interfaces", "[{name: a, legs: [b, {pci: c, pcap: d}]}]",
		"a member is one device" INTERFACES},
	{"interfaces", "[{name: a, legs: [b, {eth: c}]}]",
		"a member is one device" INTERFACES},
	{"interfaces", "[{name: a, legs: [b, [c]]}]", "must be a text" INTERFACES},
	{"interfaces", "[{name: a, pcap: b, queues: 17}]",
		"queues must be 1 to 16" INTERFACES},
	{"interfaces", "[{name: a, pcap: b, queues: 0}]",
		"queues must be 1 to 16" INTERFACES},
	{"interfaces", "[{name: a, pcap: b}, {name: a, pcap: c}]",
		"two are called a" INTERFACES},
	{"cores", "some", "neither auto nor a map of roles" CORES},
	{"cores", "{rx: [1], workers: [2]}",
		"each of rx, workers and writer must be given" CORES},
	{"cores", "{rx: [], workers: [2], writer: 3}", "the list is empty" CORES},
	{"cores", "{rx: [1], workers: [2, 2], writer: 3}", "2 stands there twice" CORES},
	{"cores", "{rx: [1], workers: [1024], writer: 3}",
		"\"1024\" is no CPU number" CORES},
	{"cores", "{rx: [1], workers: [2], writer: [3, 4]}", "there is one writer" CORES},
	{"cores", "{rx: [1], workers: [2], reader: 3}", "reader is no role" CORES},
};

Test(conf_errors, forms_are_checked_in_their_parts)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct mt_error want;
		char assignment[256];
		mt_error_set(&want, 0, "--set: %s: %s", forms[i].key, forms[i].want);
		snprintf(assignment, sizeof(assignment), "%s=%s", forms[i].key,
			forms[i].value);
		conf_defaults(&c);
		error.text[0] = '\0';
		cr_expect_lt(conf_set(&c, assignment, &error), 0, "%s", assignment);
		cr_expect_str_eq(error.text, want.text);
	}
}

static const struct {
	const char *assignment, *want;
} assignments[] = {
	{"idle", "--set: \"idle\" is not KEY=VALUE"},
	{"=spin", "--set: \"=spin\" is not KEY=VALUE"},
	{"idel=spin", "--set: idel: unknown key; did you mean idle?"},
	{"idle=", "--set: idle: has no value"},
	{"idle=[",
		"--set: not YAML: did not find expected node content, while parsing a flow node"},
	{"limits=5", "--set: limits: must hold keys with values (\"key: value\")"},
	{"limits={x: 5}", "--set: limits.x: unknown key; did you mean limits?"},
};

Test(conf_errors, set_names_itself_instead_of_a_place)
{
	for (size_t i = 0; i < sizeof(assignments) / sizeof(assignments[0]); i++) {
		conf_defaults(&c);
		cr_expect_lt(conf_set(&c, assignments[i].assignment, &error), 0);
		cr_expect_str_eq(error.text, assignments[i].want);
	}
}

Test(conf_errors, a_file_that_cannot_be_read_is_named)
{
	cr_expect_eq(conf_load(&c, "/nonexistent/mailtap.yaml", &error), -ENOENT);
	cr_expect_str_eq(error.text,
		"/nonexistent/mailtap.yaml: cannot read the configuration: No such file or directory");
	cr_expect_lt(conf_load(&c, "/", &error), 0);
	cr_expect_str_eq(error.text, "/: cannot read the configuration: Is a directory");
	cr_expect_eq(conf_load(&c, "/dev/zero", &error), -E2BIG);
}

Test(conf_errors, every_fault_of_a_file_is_told_and_the_rest_is_taken)
{
	static const char text[] = "registered: [192.0.2.25]\n"
				   "smtp: {prots: [25], automaton: strict}\n"
				   "idle: rest\n"
				   "flow: {skew: {ms: fast, packets: 7}}\n";
	char path[] = "/tmp/mailtap-conf-XXXXXX";
	int fd = mkstemp(path);
	struct mt_buf faults;
	size_t lines = 0;

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
	close(fd);
	mt_buf_init(&faults, 4096);
	conf_defaults(&c);
	cr_expect_lt(conf_load_all(&c, path, &faults), 0);
	unlink(path);
	for (size_t i = 0; i < faults.len; i++)
		lines += faults.ptr[i] == '\n';
	cr_expect_eq(lines, 3, "%.*s", (int)faults.len, (const char *)faults.ptr);
	cr_expect_eq(c.registered_count, 1);
	cr_expect_eq(c.automaton, CONF_STRICT);
	cr_expect_eq(c.skew_packets, 7);
	mt_buf_fini(&faults);
}
