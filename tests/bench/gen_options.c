// SPDX-License-Identifier: BSD-3-Clause
#include "gen_options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
	"mailtap-generate: makes a capture of SMTP sessions, and the truth about its mails\n"
	"\n"
	"  --out FILE                capture to write (- for standard output)\n"
	"  --truth FILE              a JSON line for each mail\n"
	"  --seed N                  the same seed makes the same capture (1)\n"
	"  --mails N                 how many mails (1000)\n"
	"  --octets N                instead: as many as make a capture of this size\n"
	"  --size N                  octets of every mail, instead of log-normal with\n"
	"  --size-median N           this median (20000) and\n"
	"  --size-mean N             this mean (75000)\n"
	"  --mails-per-connection N  (3)\n"
	"  --concurrency N           sessions at the same time (64)\n"
	"  --connections N           instead: so many are opened first and stay open, each mail goes over the next\n"
	"  --open-forever N          this many sessions stay open and silent after their mails\n"
	"  --together                every session waits in the middle of its mail for the others\n"
	"  --holes                   a segment is missing in every mail of three segments or more\n"
	"  --loss P --reorder P --duplicate P\n"
	"                            probability of each, a packet\n"
	"  --skew N                  the servers' direction is late by N packets\n"
	"  --refuse P                probability that a mail is refused after its content\n"
	"  --other P                 share of packets that are not mail (0)\n"
	"  --syn-flood N             SYNs from random addresses for each packet of mail (0)\n"
	"  --collide                 all connections have one CRC-32C over their addresses and ports (IPv4)\n"
	"  --servers N               (4) at 192.0.2.25 and on, or 2001:db8:25::1 and on\n"
	"  --mss N (1460)  --vlan ID  --ipv6  --raw (no Ethernet)  --ns (nanosecond file)\n"
	"  --rate MBIT               speed of the capture's clock (1000)\n";

enum kind {
	KIND_TEXT,
	KIND_U32,
	KIND_U64,
	KIND_NUMBER,
	KIND_FLAG,
};

struct key {
	const char *name;
	enum kind kind;
	size_t at; // offset in struct gen_options
	double min, max;
};

#define AT(field) offsetof(struct gen_options, field)

// clang-format off
static const struct key keys[] = {
	{"out", KIND_TEXT, AT(out), 0, 0},
	{"truth", KIND_TEXT, AT(truth), 0, 0},
	{"seed", KIND_U64, AT(seed), 0, 1e18},
	{"mails", KIND_U64, AT(mails), 1, 1e12},
	{"octets", KIND_U64, AT(octets), 1, 1e15},
	{"size", KIND_U32, AT(size), 256, 67108864},
	{"size-median", KIND_NUMBER, AT(size_median), 256, 1e7},
	{"size-mean", KIND_NUMBER, AT(size_mean), 256, 1e7},
	{"mails-per-connection", KIND_U32, AT(mails_per_connection), 1, 1e6},
	{"concurrency", KIND_U32, AT(concurrency), 1, 1e6},
	{"connections", KIND_U32, AT(connections), 0, 8e6},
	{"open-forever", KIND_U32, AT(open_forever), 0, 1e7},
	{"servers", KIND_U32, AT(servers), 1, 200},
	{"skew", KIND_U32, AT(skew), 0, 65000},
	{"mss", KIND_U32, AT(mss), 88, 60000},
	{"vlan", KIND_U32, AT(vlan), 0, 4094},
	{"loss", KIND_NUMBER, AT(loss), 0, 1},
	{"reorder", KIND_NUMBER, AT(reorder), 0, 1},
	{"duplicate", KIND_NUMBER, AT(duplicate), 0, 1},
	{"refuse", KIND_NUMBER, AT(refuse), 0, 1},
	{"other", KIND_NUMBER, AT(other), 0, 0.99},
	{"syn-flood", KIND_NUMBER, AT(syn_flood), 0, 1000},
	{"rate", KIND_NUMBER, AT(rate), 0.001, 1e6},
	{"ipv6", KIND_FLAG, AT(ipv6), 0, 0},
	{"holes", KIND_FLAG, AT(holes), 0, 0},
	{"collide", KIND_FLAG, AT(collide), 0, 0},
	{"together", KIND_FLAG, AT(together), 0, 0},
	{"ns", KIND_FLAG, AT(nanoseconds), 0, 0},
	{"raw", KIND_FLAG, AT(link), 0, 0},
};
// clang-format on

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

static int set_number(struct gen_options *o, const struct key *key, const char *text)
{
	char *end, *field = (char *)o + key->at;
	double value = strtod(text, &end);

	if (*text == '\0' || *end != '\0' || !(value >= key->min && value <= key->max)) {
		fprintf(stderr,
			"mailtap-generate: --%s: %s: a number from %g to %g is wanted\n",
			key->name, text, key->min, key->max);
		return -1;
	}
	if (key->kind == KIND_U32)
		*(uint32_t *)(void *)field = (uint32_t)value;
	else if (key->kind == KIND_U64)
		*(uint64_t *)(void *)field = (uint64_t)value;
	else
		*(double *)(void *)field = value;
	return 0;
}

static int set(struct gen_options *o, const struct key *key, const char *text)
{
	char *field = (char *)o + key->at;

	if (key->kind == KIND_TEXT)
		*(const char **)(void *)field = text;
	else if (key->at == AT(link))
		o->link = GEN_LINK_RAW;
	else if (key->kind == KIND_FLAG)
		*(bool *)(void *)field = true;
	else
		return set_number(o, key, text);
	return 0;
}

static int check(struct gen_options *o)
{
	if (o->out == NULL) {
		fputs("mailtap-generate: --out FILE is wanted; see --help\n", stderr);
		return -1;
	}
	if (o->collide && o->ipv6) {
		fputs("mailtap-generate: --collide makes IPv4 alone; leave --ipv6 out\n",
			stderr);
		return -1;
	}
	if (o->connections > 0 && (o->together || o->octets > 0)) {
		fputs("mailtap-generate: --connections goes with --mails, not with --together or --octets\n",
			stderr);
		return -1;
	}
	if (o->octets > 0 && o->mails == 0)
		o->mails = UINT64_MAX;
	else if (o->mails == 0)
		o->mails = 1000;
	if (o->octets == 0)
		o->octets = UINT64_MAX;
	return 0;
}

int gen_options_parse(struct gen_options *ret, int argc, char *argv[])
{
	struct option options[KEY_COUNT + 2] = {0};
	int option;

	*ret = (struct gen_options){.seed = 1,
		.size_median = 20000,
		.size_mean = 75000,
		.mails_per_connection = 3,
		.concurrency = 64,
		.servers = 4,
		.mss = 1460,
		.rate = 1000};
	for (size_t i = 0; i < KEY_COUNT; i++)
		options[i] = (struct option){keys[i].name,
			keys[i].kind == KIND_FLAG ? no_argument : required_argument, NULL,
			(int)i};
	options[KEY_COUNT] = (struct option){"help", no_argument, NULL, KEY_COUNT};
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == KEY_COUNT) {
			fputs(help, stdout);
			return 1;
		}
		if (option == '?' || set(ret, &keys[option], optarg) != 0)
			return -1;
	}
	return check(ret);
}
