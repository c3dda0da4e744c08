// SPDX-License-Identifier: BSD-3-Clause
#include "show.h"

#include <string.h>

// clang-format off
static const struct show_column ports[] = {
	{NULL,        "port",      HUMAN_TEXT,  false},
	{"interface", "interface", HUMAN_TEXT,  true},
	{"device",    "device",    HUMAN_TEXT,  true},
	{"leg",       "leg",       HUMAN_TEXT,  false},
	{"link",      "link",      HUMAN_TEXT,  false},
	{"packets_s", "packets/s", HUMAN_COUNT, false},
	{"octets_s",  "rate",      HUMAN_BITS,  false},
	{"packets",   "packets",   HUMAN_COUNT, false},
	{"missed",    "missed",    HUMAN_COUNT, false},
	{"no_mbuf",   "no_mbuf",   HUMAN_COUNT, false},
	{"errors",    "errors",    HUMAN_COUNT, false},
	{"silent_s",  "silent",    HUMAN_AGE,   false},
};

static const struct show_column lcores[] = {
	{NULL,        "lcore",     HUMAN_TEXT,  false},
	{"cpu",       "cpu",       HUMAN_COUNT, false},
	{"busy_ppm",  "busy",      HUMAN_PPM,   false},
	{"rings",     "waiting",   HUMAN_COUNT, false},
	{"ring_size", "ring",      HUMAN_COUNT, false},
	{"roles",     "roles",     HUMAN_TEXT,  true},
};

static const struct show_column smtp[] = {
	{"server",    "server",    HUMAN_TEXT,  true},
	{"sessions",  "sessions",  HUMAN_COUNT, false},
	{"open",      "open",      HUMAN_COUNT, false},
	{"mails",     "mails",     HUMAN_COUNT, false},
	{"accepted",  "accepted",  HUMAN_COUNT, false},
	{"refused",   "refused",   HUMAN_COUNT, false},
	{"unknown",   "unknown",   HUMAN_COUNT, false},
	{"complete",  "complete",  HUMAN_COUNT, false},
	{"dark_ppm",  "TLS",       HUMAN_PPM,   false},
	{"last",      "last (UTC)", HUMAN_TEXT, true},
};

static const struct show_column signatures[] = {
	{"id",        "id",        HUMAN_TEXT,  false},
	{"name",      "name",      HUMAN_TEXT,  true},
	{"severity",  "severity",  HUMAN_TEXT,  false},
	{"action",    "action",    HUMAN_TEXT,  false},
	{"hits",      "hits",      HUMAN_COUNT, false},
};

static const struct show_column limits[] = {
	{NULL,        "limit",     HUMAN_TEXT,  false},
	{"used",      "used",      HUMAN_COUNT, false},
	{"size",      "size",      HUMAN_COUNT, false},
	{"met",       "times met", HUMAN_COUNT, false},
};

static const struct show_column info[] = {
	{"version",         "version",           HUMAN_TEXT,  false},
	{"dpdk",            "DPDK",              HUMAN_TEXT,  false},
	{"pid",             "process",           HUMAN_TEXT,  false},
	{"user",            "user",              HUMAN_TEXT,  false},
	{"file_prefix",     "file prefix",       HUMAN_TEXT,  false},
	{"started",         "started",           HUMAN_TEXT,  false},
	{"uptime_s",        "up",                HUMAN_AGE,   false},
	{"command",         "command",           HUMAN_TEXT,  false},
	{"config",          "configuration",     HUMAN_TEXT,  false},
	{"config_sha256",   "its SHA-256",       HUMAN_TEXT,  false},
	{"reloads",         "reloads",           HUMAN_COUNT, false},
	{"reload_failed",   "reloads refused",   HUMAN_COUNT, false},
	{"last_reload",     "last reload",       HUMAN_TEXT,  false},
	{"reload_error",    "why it was refused", HUMAN_TEXT, false},
	{"log_level",       "log level",         HUMAN_TEXT,  false},
	{"interfaces",      "interfaces",        HUMAN_TEXT,  false},
	{"lcores",          "lcores",            HUMAN_TEXT,  false},
	{"automaton",       "automaton",         HUMAN_TEXT,  false},
	{"durability",      "durability",        HUMAN_TEXT,  false},
	{"spool",           "spool",             HUMAN_TEXT,  false},
	{"eve",             "records",           HUMAN_TEXT,  false},
};

static const struct show_column flows[] = {
	{"connections",     "connections open",  HUMAN_COUNT, false},
	{"table",           "table",             HUMAN_COUNT, false},
	{"load_ppm",        "table load",        HUMAN_PPM,   false},
	{"begun_s",         "begun",             HUMAN_RATE,  false},
	{"half_open",       "half open",         HUMAN_COUNT, false},
	{"begun",           "since start",       HUMAN_COUNT, false},
	{"inbound",         "of them inbound",   HUMAN_COUNT, false},
	{"internal",        "internal",          HUMAN_COUNT, false},
	{"outbound",        "outbound",          HUMAN_COUNT, false},
	{"fin",             "ended by FIN",      HUMAN_COUNT, false},
	{"reset",           "ended by RST",      HUMAN_COUNT, false},
	{"reused",          "ports reused",      HUMAN_COUNT, false},
	{"idle",            "ended idle",        HUMAN_COUNT, false},
	{"evicted",         "evicted",           HUMAN_COUNT, false},
	{"late",            "joined late",       HUMAN_COUNT, false},
	{"one_sided",       "one-sided",         HUMAN_COUNT, false},
	{"dark",            "gone to TLS",       HUMAN_COUNT, false},
	{"held",            "octets held",       HUMAN_OCTETS, false},
	{"out_of_order",    "out of order",      HUMAN_COUNT, false},
	{"holes",           "holes",             HUMAN_COUNT, false},
	{"lost",            "octets lost",       HUMAN_COUNT, false},
	{"delivered",       "octets delivered",  HUMAN_COUNT, false},
	{"duplicate",       "octets twice",      HUMAN_COUNT, false},
	{"unacked",         "octets unacknowledged", HUMAN_COUNT, false},
	{"differs",         "overlaps that differ", HUMAN_COUNT, false},
	{"stray",           "stray packets",     HUMAN_COUNT, false},
	{"not_followed",    "packets not followed", HUMAN_COUNT, false},
};

static const struct show_column spool[] = {
	{"directory",       "directory",         HUMAN_TEXT,  false},
	{"segment",         "segment now",       HUMAN_COUNT, false},
	{"offset",          "written in it",     HUMAN_OCTETS, false},
	{"segments",        "segments",          HUMAN_COUNT, false},
	{"octets",          "octets kept",       HUMAN_OCTETS, false},
	{"octets_s",        "written a second",  HUMAN_OCTETS, false},
	{"free",            "disk free",         HUMAN_OCTETS, false},
	{"total",           "disk",              HUMAN_OCTETS, false},
	{"days_left_x10",   "days left",         HUMAN_TENTHS, false},
	{"oldest",          "oldest",            HUMAN_TEXT,  false},
	{"open_mails",      "mails open",        HUMAN_COUNT, false},
	{"commits",         "commits",           HUMAN_COUNT, false},
	{"records",         "other records",     HUMAN_COUNT, false},
	{"aborts",          "mails given up",    HUMAN_COUNT, false},
	{"lost",            "records lost",      HUMAN_COUNT, false},
	{"unannounced",     "not yet announced", HUMAN_COUNT, false},
	{"held",            "files in hold/",    HUMAN_COUNT, false},
	{"retention_dropped_segments", "dropped by retention: segments", HUMAN_COUNT, false},
	{"retention_dropped_mails",    "dropped by retention: mails",    HUMAN_COUNT, false},
	{"degraded",        "degraded",          HUMAN_TEXT,  false},
	{"trouble",         "trouble",           HUMAN_TEXT,  false},
};

#define COLUMNS(list) list, sizeof(list) / sizeof(list[0])

static const struct show_view views[] = {
	{"info",       "/mailtap/info",       SHOW_FLAT,  COLUMNS(info),       ""},
	{"ports",      "/mailtap/ports",      SHOW_ROWS,  COLUMNS(ports),      "no port"},
	{"lcores",     "/mailtap/lcores",     SHOW_ROWS,  COLUMNS(lcores),     "no lcore"},
	{"flows",      "/mailtap/flows",      SHOW_FLAT,  COLUMNS(flows),      ""},
	{"smtp",       "/mailtap/smtp",       SHOW_PAGED, COLUMNS(smtp),       "no registered server was seen yet"},
	{"spool",      "/mailtap/spool",      SHOW_FLAT,  COLUMNS(spool),      ""},
	{"signatures", "/mailtap/signatures", SHOW_PAGED, COLUMNS(signatures), "no signature is loaded (scan.signatures in the configuration)"},
	{"limits",     "/mailtap/limits",     SHOW_ROWS,  COLUMNS(limits),     "no limit"},
};
// clang-format on

const struct show_view *show_view_find(const char *verb)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (strcmp(views[i].verb, verb) == 0)
			return &views[i];
	return NULL;
}
