// SPDX-License-Identifier: BSD-3-Clause
#include "show.h"

#include <string.h>

// clang-format off
static const struct show_column ports[] = {
	{NULL,        "port",      HUMAN_TEXT,  SHOW_KEEP},
	{"interface", "interface", HUMAN_TEXT,  SHOW_GIVES},
	{"device",    "device",    HUMAN_TEXT,  SHOW_WIDE},
	{"leg",       "leg",       HUMAN_TEXT,  SHOW_KEEP},
	{"link",      "link",      HUMAN_TEXT,  SHOW_KEEP},
	{"packets_s", "packets/s", HUMAN_COUNT, SHOW_KEEP},
	{"octets_s",  "rate",      HUMAN_BITS,  SHOW_KEEP},
	{"packets",   "packets",   HUMAN_COUNT, SHOW_WIDE},
	{"missed",    "missed",    HUMAN_COUNT, SHOW_KEEP},
	{"no_mbuf",   "no_mbuf",   HUMAN_COUNT, SHOW_KEEP},
	{"errors",    "errors",    HUMAN_COUNT, SHOW_KEEP},
	{"silent_s",  "silent",    HUMAN_AGE,   SHOW_WIDE},
};

static const struct show_column lcores[] = {
	{NULL,        "lcore",     HUMAN_TEXT,  SHOW_KEEP},
	{"cpu",       "cpu",       HUMAN_COUNT, SHOW_KEEP},
	{"busy_ppm",  "busy",      HUMAN_PPM,   SHOW_KEEP},
	{"rings",     "waiting",   HUMAN_COUNT, SHOW_KEEP},
	{"ring_size", "ring",      HUMAN_COUNT, SHOW_KEEP},
	{"roles",     "roles",     HUMAN_TEXT,  SHOW_GIVES},
};

static const struct show_column smtp[] = {
	{"server",    "server",    HUMAN_TEXT,  SHOW_GIVES},
	{"sessions",  "sessions",  HUMAN_COUNT, SHOW_KEEP},
	{"open",      "open",      HUMAN_COUNT, SHOW_KEEP},
	{"mails",     "mails",     HUMAN_COUNT, SHOW_KEEP},
	{"accepted",  "accepted",  HUMAN_COUNT, SHOW_KEEP},
	{"refused",   "refused",   HUMAN_COUNT, SHOW_KEEP},
	{"unknown",   "unknown",   HUMAN_COUNT, SHOW_KEEP},
	{"complete",  "complete",  HUMAN_COUNT, SHOW_WIDE},
	{"dark_ppm",  "TLS",       HUMAN_PPM,   SHOW_KEEP},
	{"dark",      "to TLS",    HUMAN_COUNT, SHOW_WIDE},
	{"tls_implicit", "implicit", HUMAN_COUNT, SHOW_WIDE},
	{"tls_unused", "unused",   HUMAN_COUNT, SHOW_WIDE},
	{"tls_refused", "refused TLS", HUMAN_COUNT, SHOW_WIDE},
	{"last",      "last (UTC)", HUMAN_TEXT, SHOW_WIDE},
};

static const struct show_column signatures[] = {
	{"id",        "id",        HUMAN_TEXT,  SHOW_KEEP},
	{"name",      "name",      HUMAN_TEXT,  SHOW_GIVES},
	{"severity",  "severity",  HUMAN_TEXT,  SHOW_KEEP},
	{"action",    "action",    HUMAN_TEXT,  SHOW_KEEP},
	{"hits",      "hits",      HUMAN_COUNT, SHOW_KEEP},
};

static const struct show_column limits[] = {
	{NULL,        "limit",     HUMAN_TEXT,  SHOW_KEEP},
	{"used",      "used",      HUMAN_COUNT, SHOW_KEEP},
	{"size",      "size",      HUMAN_COUNT, SHOW_KEEP},
	{"met",       "times met", HUMAN_COUNT, SHOW_KEEP},
};

static const struct show_column info[] = {
	{"version",         "version",           HUMAN_TEXT,  SHOW_KEEP},
	{"dpdk",            "DPDK",              HUMAN_TEXT,  SHOW_KEEP},
	{"pid",             "process",           HUMAN_TEXT,  SHOW_KEEP},
	{"user",            "user",              HUMAN_TEXT,  SHOW_KEEP},
	{"file_prefix",     "file prefix",       HUMAN_TEXT,  SHOW_KEEP},
	{"started",         "started",           HUMAN_TEXT,  SHOW_KEEP},
	{"uptime_s",        "up",                HUMAN_AGE,   SHOW_KEEP},
	{"command",         "command",           HUMAN_TEXT,  SHOW_KEEP},
	{"config",          "configuration",     HUMAN_TEXT,  SHOW_KEEP},
	{"config_sha256",   "its SHA-256",       HUMAN_TEXT,  SHOW_KEEP},
	{"reloads",         "reloads",           HUMAN_COUNT, SHOW_KEEP},
	{"reload_failed",   "reloads refused",   HUMAN_COUNT, SHOW_KEEP},
	{"last_reload",     "last reload",       HUMAN_TEXT,  SHOW_KEEP},
	{"reload_error",    "why it was refused", HUMAN_TEXT, SHOW_KEEP},
	{"log_level",       "log level",         HUMAN_TEXT,  SHOW_KEEP},
	{"interfaces",      "interfaces",        HUMAN_TEXT,  SHOW_KEEP},
	{"lcores",          "lcores",            HUMAN_TEXT,  SHOW_KEEP},
	{"automaton",       "automaton",         HUMAN_TEXT,  SHOW_KEEP},
	{"durability",      "durability",        HUMAN_TEXT,  SHOW_KEEP},
	{"spool",           "spool",             HUMAN_TEXT,  SHOW_KEEP},
	{"eve",             "records",           HUMAN_TEXT,  SHOW_KEEP},
};

static const struct show_column flows[] = {
	{"connections",     "connections open",  HUMAN_COUNT, SHOW_KEEP},
	{"table",           "table",             HUMAN_COUNT, SHOW_KEEP},
	{"load_ppm",        "table load",        HUMAN_PPM,   SHOW_KEEP},
	{"connection_octets", "a connection takes", HUMAN_OCTETS, SHOW_KEEP},
	{"begun_s",         "begun",             HUMAN_RATE,  SHOW_KEEP},
	{"half_open",       "half open",         HUMAN_COUNT, SHOW_KEEP},
	{"begun",           "since start",       HUMAN_COUNT, SHOW_KEEP},
	{"inbound",         "of them inbound",   HUMAN_COUNT, SHOW_KEEP},
	{"internal",        "internal",          HUMAN_COUNT, SHOW_KEEP},
	{"outbound",        "outbound",          HUMAN_COUNT, SHOW_KEEP},
	{"fin",             "ended by FIN",      HUMAN_COUNT, SHOW_KEEP},
	{"reset",           "ended by RST",      HUMAN_COUNT, SHOW_KEEP},
	{"reused",          "ports reused",      HUMAN_COUNT, SHOW_KEEP},
	{"idle",            "ended idle",        HUMAN_COUNT, SHOW_KEEP},
	{"evicted",         "evicted",           HUMAN_COUNT, SHOW_KEEP},
	{"late",            "joined late",       HUMAN_COUNT, SHOW_KEEP},
	{"one_sided",       "one-sided",         HUMAN_COUNT, SHOW_KEEP},
	{"dark",            "gone to TLS",       HUMAN_COUNT, SHOW_KEEP},
	{"tls_implicit",    "from the first octet", HUMAN_COUNT, SHOW_KEEP},
	{"tls_unused",      "STARTTLS not used", HUMAN_COUNT, SHOW_KEEP},
	{"tls_refused",     "STARTTLS refused",  HUMAN_COUNT, SHOW_KEEP},
	{"held",            "octets held",       HUMAN_OCTETS, SHOW_KEEP},
	{"out_of_order",    "out of order",      HUMAN_COUNT, SHOW_KEEP},
	{"holes",           "holes",             HUMAN_COUNT, SHOW_KEEP},
	{"lost",            "octets lost",       HUMAN_COUNT, SHOW_KEEP},
	{"unseen_ppm",      "of all that passed, lost", HUMAN_PPM, SHOW_KEEP},
	{"delivered",       "octets delivered",  HUMAN_COUNT, SHOW_KEEP},
	{"duplicate",       "octets twice",      HUMAN_COUNT, SHOW_KEEP},
	{"mirrored",        "packets mirrored twice", HUMAN_COUNT, SHOW_KEEP},
	{"retransmitted",   "segments sent again", HUMAN_COUNT, SHOW_KEEP},
	{"unacked",         "octets unacknowledged", HUMAN_COUNT, SHOW_KEEP},
	{"differs",         "overlaps that differ", HUMAN_COUNT, SHOW_KEEP},
	{"stray",           "stray packets",     HUMAN_COUNT, SHOW_KEEP},
	{"not_followed",    "packets not followed", HUMAN_COUNT, SHOW_KEEP},
};

static const struct show_column spool[] = {
	{"directory",       "directory",         HUMAN_TEXT,  SHOW_KEEP},
	{"segment",         "segment now",       HUMAN_COUNT, SHOW_KEEP},
	{"offset",          "written in it",     HUMAN_OCTETS, SHOW_KEEP},
	{"segments",        "segments",          HUMAN_COUNT, SHOW_KEEP},
	{"octets",          "octets kept",       HUMAN_OCTETS, SHOW_KEEP},
	{"octets_s",        "written a second",  HUMAN_OCTETS, SHOW_KEEP},
	{"free",            "disk free",         HUMAN_OCTETS, SHOW_KEEP},
	{"total",           "disk",              HUMAN_OCTETS, SHOW_KEEP},
	{"days_left_x10",   "days left",         HUMAN_TENTHS, SHOW_KEEP},
	{"oldest",          "oldest",            HUMAN_TEXT,  SHOW_KEEP},
	{"open_mails",      "mails open",        HUMAN_COUNT, SHOW_KEEP},
	{"commits",         "commits",           HUMAN_COUNT, SHOW_KEEP},
	{"records",         "other records",     HUMAN_COUNT, SHOW_KEEP},
	{"aborts",          "mails given up",    HUMAN_COUNT, SHOW_KEEP},
	{"lost",            "records lost",      HUMAN_COUNT, SHOW_KEEP},
	{"unannounced",     "not yet announced", HUMAN_COUNT, SHOW_KEEP},
	{"held",            "files in hold/",    HUMAN_COUNT, SHOW_KEEP},
	{"retention_dropped_segments", "dropped by retention: segments", HUMAN_COUNT, SHOW_KEEP},
	{"retention_dropped_mails",    "dropped by retention: mails",    HUMAN_COUNT, SHOW_KEEP},
	{"degraded",        "degraded",          HUMAN_TEXT,  SHOW_KEEP},
	{"trouble",         "trouble",           HUMAN_TEXT,  SHOW_KEEP},
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
