// SPDX-License-Identifier: BSD-3-Clause
#include "metrics.h"

#define LIST(list) list, sizeof(list) / sizeof(list[0])
#define COUNTER    OPENMETRICS_COUNTER
#define GAUGE      OPENMETRICS_GAUGE

// clang-format off
static const struct metrics_family health[] = {
	{"uptime_s",      "uptime_s",            "seconds",     GAUGE, "since the start"},
	{"complete_ppm",  "mails_complete_ppm",  "ppm",         GAUGE, "of the mails since the start, seen whole"},
	{"dark_ppm",      "sessions_dark_ppm",   "ppm",         GAUGE, "of the sessions, gone to TLS"},
	{"lost_ppm",      "packets_lost_ppm",    "ppm",         GAUGE, "of the packets, lost by the port or by us"},
};

static const struct metrics_label port_labels[] = {
	{"port", NULL}, {"interface", "interface"}, {"device", "device"}, {"leg", "leg"}};
static const struct metrics_family ports[] = {
	{"packets",       "port_packets",        "packets",     COUNTER, "received"},
	{"octets",        "port_octets",         "octets",      COUNTER, "received"},
	{"missed",        "port_missed_packets", "packets",     COUNTER, "lost in front of us: nobody fetched them in time"},
	{"no_mbuf",       "port_no_mbuf_packets", "packets",    COUNTER, "lost for want of buffers"},
	{"errors",        "port_error_packets",  "packets",     COUNTER, "broken frames"},
	{"sent",          "port_sent_packets",   "packets",     COUNTER, "sent: a tap's port must never send"},
	{"silent_s",      "port_silent_s",       "seconds",     GAUGE, "since the last packet"},
};

static const struct metrics_label lcore_labels[] = {{"lcore", NULL}, {"roles", "roles"}};
static const struct metrics_family lcores[] = {
	{"busy_ppm",      "lcore_busy_ppm",      "ppm",         GAUGE, "of its time with work in hand, over the last seconds"},
	{"rings",         "lcore_waiting_packets", "packets",   GAUGE, "in its rings now"},
	{"ring_size",     "lcore_ring_packets",  "packets",     GAUGE, "that its rings take"},
};

static const struct metrics_family flows[] = {
	{"table",         "flow_table_connections", "connections", GAUGE, "that the table takes"},
	{"load_ppm",      "flow_table_load_ppm", "ppm",         GAUGE, "of the table in use"},
	{"connection_octets", "flow_connection_octets", "octets", GAUGE, "of memory that a connection takes, without its texts"},
	{"half_open",     "flow_half_open_connections", "connections", GAUGE, "that began and did not get an answer yet"},
};

static const struct metrics_label server_labels[] = {{"server", "server"}};
static const struct metrics_family servers[] = {
	{"sessions",      "server_sessions",     "sessions",    COUNTER, "with this registered server"},
	{"open",          "server_open_sessions", "sessions",   GAUGE, "open now"},
	{"mails",         "server_mails",        "mails",       COUNTER, "content begun"},
	{"accepted",      "server_accepted_mails", "mails",     COUNTER, "accepted by the server"},
	{"refused",       "server_refused_mails", "mails",      COUNTER, "refused by the server after the content"},
	{"unknown",       "server_unknown_mails", "mails",      COUNTER, "without a final reply"},
	{"complete",      "server_complete_mails", "mails",     COUNTER, "seen whole"},
	{"dark",          "server_dark_sessions", "sessions",   COUNTER, "that went to TLS"},
	{"tls_implicit",  "server_tls_implicit_sessions", "sessions", COUNTER, "of them, with TLS from their first octet"},
	{"tls_refused",   "server_tls_refused_sessions", "sessions", COUNTER, "whose STARTTLS the server refused"},
	{"tls_unused",    "server_tls_unused_sessions", "sessions", COUNTER, "that stayed in the clear although the server offered STARTTLS"},
	{"clear",         "server_clear_sessions", "sessions",  COUNTER, "of which a mail was read"},
};

static const struct metrics_family spool[] = {
	{"octets",        "spool_octets",        "octets",      GAUGE, "of segments on the disk"},
	{"segments",      "spool_segments",      "segments",    GAUGE, "on the disk"},
	{"free",          "spool_free_octets",   "octets",      GAUGE, "free on the disk of the spool"},
	{"total",         "spool_disk_octets",   "octets",      GAUGE, "of the disk of the spool"},
	{"open_mails",    "spool_open_mails",    "mails",       GAUGE, "begun and not yet committed"},
	{"unannounced",   "spool_unannounced_records", "records", GAUGE, "not yet durable and announced"},
	{"held",          "spool_held_files",    "files",       GAUGE, "in hold/"},
	{"commits",       "spool_commits",       "commits",     COUNTER, "written"},
	{"records",       "spool_records",       "records",     COUNTER, "written beside commits"},
	{"aborts",        "spool_aborts",        "mails",       COUNTER, "given up after their content began"},
	{"lost",          "spool_lost",          "records",     COUNTER, "that the disk did not take"},
	{"retention_dropped_segments", "retention_segments", "segments", COUNTER, "taken away by retention"},
	{"retention_dropped_mails", "retention_mails", "mails", COUNTER, "taken away by retention"},
};

static const struct metrics_label signature_labels[] = {
	{"id", "id"}, {"name", "name"}, {"severity", "severity"}};
static const struct metrics_family signatures[] = {
	{"hits",          "signature_hits",      "hits",        COUNTER, "mails and scopes in which it was found"},
};

static const struct metrics_label limit_labels[] = {{"limit", NULL}};
static const struct metrics_family limits[] = {
	{"used",          "limit_used",          "",            GAUGE, "of the limit, now"},
	{"size",          "limit_size",          "",            GAUGE, "of the limit"},
	{"met",           "limit_met",           "",            COUNTER, "times it was met"},
};

static const struct metrics_source sources[] = {
	{"/mailtap/health", false, true, NULL, 0, LIST(health)},
	{"/mailtap/ports", false, false, LIST(port_labels), LIST(ports)},
	{"/mailtap/lcores", false, false, LIST(lcore_labels), LIST(lcores)},
	{"/mailtap/flows", false, true, NULL, 0, LIST(flows)},
	{"/mailtap/smtp", true, false, LIST(server_labels), LIST(servers)},
	{"/mailtap/spool", false, true, NULL, 0, LIST(spool)},
	{"/mailtap/signatures", true, false, LIST(signature_labels), LIST(signatures)},
	{"/mailtap/limits", false, false, LIST(limit_labels), LIST(limits)},
};

static const struct metrics_hist hists[] = {
	{"/mailtap/hist,commit_ms", "commit_ms", "ms", "from the end of a batch to its being durable"},
	{"/mailtap/hist,mail_octets", "mail_content_octets", "octets", "size of the mails' contents"},
	{"/mailtap/hist,batch_mails", "batch_mails", "mails", "made durable at once"},
};
// clang-format on

size_t metrics_source_count(void)
{
	return sizeof(sources) / sizeof(sources[0]);
}

const struct metrics_source *metrics_source_get(size_t nth)
{
	return &sources[nth];
}

size_t metrics_hist_count(void)
{
	return sizeof(hists) / sizeof(hists[0]);
}

const struct metrics_hist *metrics_hist_get(size_t nth)
{
	return &hists[nth];
}
