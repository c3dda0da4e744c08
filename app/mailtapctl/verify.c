// SPDX-License-Identifier: BSD-3-Clause
#include "verify.h"

#include "ctl.h"
#include "human.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

static void print_json(const struct verify *v)
{
	const struct verify_counts *c = &v->counts;
	json_t *line = json_pack("{sIsIsIsIsIsIsIsIsI}", "segments",
		(json_int_t)c->segments, "entries", (json_int_t)c->entries, "octets",
		(json_int_t)c->octets, "mails", (json_int_t)c->mails, "content",
		(json_int_t)c->content, "not_kept", (json_int_t)c->not_kept, "purged",
		(json_int_t)c->purged, "expired", (json_int_t)c->expired, "damage",
		(json_int_t)v->damage.count);

	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

static void print_line(const char *what, uint64_t n)
{
	char room[HUMAN_SIZE];

	printf("%-26s %s\n", what, human(HUMAN_COUNT, n, room));
}

static void print(const struct verify *v)
{
	const struct verify_counts *c = &v->counts;

	print_line("segments", c->segments);
	print_line("entries, CRC checked", c->entries);
	print_line("octets of them", c->octets);
	print_line("mails", c->mails);
	print_line("octets, SHA-256 checked", c->content);
	if (c->not_kept > 0)
		print_line("mails without content", c->not_kept);
	if (c->purged > 0)
		print_line("mails purged", c->purged);
	if (c->expired > 0)
		print_line("segments gone meanwhile", c->expired);
	print_line("damage", v->damage.count);
}

int ctl_verify(const struct ctl *ctl, struct mt_error *error)
{
	struct verify v = {.spool = ctl->spool, .progress = isatty(STDERR_FILENO) != 0};
	struct walk w;
	int code = walk_init(&w, ctl->spool, error);

	if (code != 0)
		return code;
	damage_init(&v.damage, ctl->json);
	int rc = verify_entries(&v, &w);
	if (rc == 0)
		rc = verify_mails(&v, w.chain.limit);
	walk_fini(&w);
	if (v.progress)
		fputs("\r\33[K", stderr);
	if (rc != 0) {
		mt_error_set(error, 0, "%s: %s", ctl->spool, strerror(-rc));
		code = EX_IOERR;
	} else {
		if (ctl->json)
			print_json(&v);
		else
			print(&v);
		code = v.damage.count > 0 ? EX_DATAERR : 0;
	}
	damage_fini(&v.damage);
	return code;
}
