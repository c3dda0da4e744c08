// SPDX-License-Identifier: BSD-3-Clause
#include "conf.h"

#include <criterion/criterion.h>

static struct conf c;
static struct mt_error error;

#define TAP "interfaces: [{name: tap0, af_packet: eth1}]\n"
#define US  "registered: [192.0.2.25]\n"

static const struct {
	const char *yaml;
	bool for_replay;
	const char *want; // the beginning of the error, NULL for none
} cases[] = {
	{TAP US, false, NULL},
	{US, true, NULL},
	{US, false, "interfaces: is empty; name what to listen on"},
	{TAP, false,
		"registered: is empty, so no mail would be captured; list the addresses"},
	{TAP, true, "registered: is empty"},
	{US "interfaces: [{name: a, pcap: b, queues: 2}]", false,
		"interfaces: a: a capture file has one queue; allowed: queues: 1"},
	{US "interfaces: [{name: a, legs: [x.pcap, eth1], queues: 2}]", false,
		"interfaces: a: a capture file has one queue"},
	{US "interfaces: [{name: a, af_packet: b, queues: 2}]", false, NULL},
	{US "interfaces: [{name: a, af_packet: eth1}, {name: b, legs: [eth2, eth1]}]",
		false, "interfaces: b: eth1 is used twice"},
	{US "interfaces: [{name: a, legs: [eth1, eth1]}]", false,
		"interfaces: a: eth1 is used twice"},
	{US "interfaces: [{name: a, legs: [{pcap: a}, {pcap: b}]}, {name: c, pcap: d}]",
		false, NULL},
	{US "interfaces: [{name: a, legs: [eth1, {pcap: eth1}]}]", false,
		"interfaces: a: capture files and live interfaces cannot be read together"},
	{US "interfaces: [{name: a, af_packet: eth1}, {name: b, pcap: c}]", false,
		"interfaces: b: capture files and live interfaces"},
	{US TAP "smtp: {tls_ports: [465]}", false, NULL},
	{US TAP "smtp: {ports: [25, 465], tls_ports: [465]}", false,
		"smtp.tls_ports: 465 stands in smtp.ports as well; keep it in one of them"},
	{US TAP "limits: {line: 16K}", false,
		"memory.chunk: 16384 is too small for limits.line: 16384; allowed: at least 16640"},
	{US TAP "limits: {reply: 16K}", true,
		"memory.chunk: 16384 is too small for limits.reply: 16384"},
	{US TAP "limits: {line: 16128}", false, NULL},
};

Test(conf_check, keys_must_go_together)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		conf_defaults(&c);
		cr_assert_eq(conf_load_text(&c, "f", span_text(cases[i].yaml), &error), 0,
			"%s", error.text);
		error.text[0] = '\0';
		int rc = conf_check(&c, cases[i].for_replay, &error);
		if (cases[i].want == NULL) {
			cr_expect_eq(rc, 0, "%s: %s", cases[i].yaml, error.text);
			continue;
		}
		cr_expect_lt(rc, 0, "%s", cases[i].yaml);
		cr_expect_eq(strncmp(error.text, cases[i].want, strlen(cases[i].want)), 0,
			"%s", error.text);
	}
}
