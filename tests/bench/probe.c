// SPDX-License-Identifier: BSD-3-Clause

// mailtap-probe NAME PLACE: one measurement, told as one JSON line.

#include "probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define MAIL_SMALL 2048u
#define MAIL_MEAN  75000u

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void probe_start(struct probe_result *r)
{
	r->wall_ns = clock_ns(CLOCK_MONOTONIC);
	r->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

void probe_stop(struct probe_result *r)
{
	r->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - r->cpu_ns;
	r->wall_ns = clock_ns(CLOCK_MONOTONIC) - r->wall_ns;
}

void probe_step(struct probe_result *r, const char *name, double cost)
{
	r->steps[r->step_count++] = (struct probe_part){name, cost};
}

static int append_large(const char *folder, struct probe_result *ret)
{
	return probe_append(folder, false, MAIL_MEAN, ret);
}

static int append_large_sync(const char *folder, struct probe_result *ret)
{
	return probe_append(folder, true, MAIL_MEAN, ret);
}

static int append_small(const char *folder, struct probe_result *ret)
{
	return probe_append(folder, false, MAIL_SMALL, ret);
}

static int append_small_sync(const char *folder, struct probe_result *ret)
{
	return probe_append(folder, true, MAIL_SMALL, ret);
}

static int spool_large(const char *folder, struct probe_result *ret)
{
	return probe_spool(folder, MAIL_MEAN, ret);
}

static int spool_small(const char *folder, struct probe_result *ret)
{
	return probe_spool(folder, MAIL_SMALL, ret);
}

static int scan_raw(const char *capture, struct probe_result *ret)
{
	return probe_scan(capture, "raw", ret);
}

static int scan_parts(const char *capture, struct probe_result *ret)
{
	return probe_scan(capture, "[header, body]", ret);
}

static int scan_off(const char *capture, struct probe_result *ret)
{
	return probe_scan(capture, NULL, ret);
}

static const struct {
	const char *name;
	int (*run)(const char *place, struct probe_result *ret);
} probes[] = {
	{"receive", probe_receive},
	{"copy", probe_copy},
	{"crc32c", probe_crc32c},
	{"sha256", probe_sha256},
	{"append-75k", append_large},
	{"append-75k-sync", append_large_sync},
	{"append-2k", append_small},
	{"append-2k-sync", append_small_sync},
	{"role", probe_role},
	{"foreign-hot", probe_foreign_hot},
	{"foreign-cold", probe_foreign_cold},
	{"dialogue", probe_dialogue},
	{"header", probe_header},
	{"header-75k", probe_header_body},
	{"spool-75k", spool_large},
	{"spool-2k", spool_small},
	{"hyperscan", probe_scan_plain},
	{"scan-raw", scan_raw},
	{"scan-parts", scan_parts},
	{"scan-off", scan_off},
};

static void tell(const char *name, const struct probe_result *r)
{
	double octets = r->octets > 0 ? (double)r->octets : 1;
	double units = r->units > 0 ? (double)r->units : 1;

	printf("{\"probe\":\"%s\",\"octets\":%" PRIu64 ",\"%s\":%" PRIu64
	       ",\"wall_s\":%.4f,\"cpu_s\":%.4f,\"cpu_ns_per_octet\":%.3f"
	       ",\"wall_ns_per_octet\":%.3f,\"cpu_ns_per_unit\":%.1f,\"cycles_per_unit\":%.1f,\"units_per_s\":%.0f,\"bare_ratio\":%.3f,\"steps\":{",
		name, r->octets, r->unit, r->units, (double)r->wall_ns / 1e9,
		(double)r->cpu_ns / 1e9, (double)r->cpu_ns / octets,
		(double)r->wall_ns / octets, (double)r->cpu_ns / units,
		(double)r->cycles / units, units * 1e9 / (double)r->wall_ns,
		r->bare_ratio);
	for (unsigned i = 0; i < r->step_count; i++)
		printf("%s\"%s\":%.1f", i > 0 ? "," : "", r->steps[i].name,
			r->steps[i].cost);
	puts("}}");
}

int main(int argc, char *argv[])
{
	struct probe_result result = {.unit = "packets"};

	for (size_t i = 0; argc == 3 && i < sizeof(probes) / sizeof(probes[0]); i++) {
		if (strcmp(argv[1], probes[i].name) != 0)
			continue;
		if (probes[i].run(argv[2], &result) != 0)
			return 1;
		tell(probes[i].name, &result);
		return 0;
	}
	fputs("mailtap-probe NAME CAPTURE-OR-FOLDER; NAME is one of", stderr);
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
		fprintf(stderr, " %s", probes[i].name);
	fputc('\n', stderr);
	return 64;
}
