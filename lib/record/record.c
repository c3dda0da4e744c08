// SPDX-License-Identifier: BSD-3-Clause
#include "record.h"

#include "record_internal.h"

#include "mt_clock.h"

#include <arpa/inet.h>

void record_add_head(struct mt_json *j, const struct record_context *c, uint64_t at_us,
	const char *event_type)
{
	char time[MT_CLOCK_TEXT_SIZE];

	mt_clock_text(at_us, time);
	mt_json_text(j, "timestamp", time);
	mt_json_text(j, "event_type", event_type);
	if (c->host != NULL)
		mt_json_text(j, "host", c->host);
}

// inet_ntop takes ten times as long for these.
static size_t ipv4_text(const uint8_t address[4], char text[INET_ADDRSTRLEN])
{
	char *p = text;

	for (int i = 0; i < 4; i++) {
		uint8_t n = address[i];
		if (i > 0)
			*p++ = '.';
		if (n >= 100)
			*p++ = (char)('0' + n / 100);
		if (n >= 10)
			*p++ = (char)('0' + n / 10 % 10);
		*p++ = (char)('0' + n % 10);
	}
	return (size_t)(p - text);
}

static void add_address(struct mt_json *j, const char *key, const uint8_t address[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char text[INET6_ADDRSTRLEN];

	if (memcmp(address, mapped, sizeof(mapped)) == 0) {
		mt_json_span(j, key, span_make(text, ipv4_text(address + 12, text)));
		return;
	}
	inet_ntop(AF_INET6, address, text, sizeof(text));
	mt_json_text(j, key, text);
}

void record_add_flow(
	struct mt_json *j, const struct record_context *c, const struct mail_conn *conn)
{
	mt_json_u64(j, "flow_id", conn->flow_id);
	if (conn->iface < c->iface_count)
		mt_json_text(j, "in_iface", c->ifaces[conn->iface]);
	if (conn->vlans > 0) {
		mt_json_open(j, "vlan", '[');
		for (int i = 0; i < conn->vlans && i < 3; i++)
			mt_json_u64(j, NULL, conn->vlan[i] & 0xfff);
		mt_json_close(j, ']');
	}
	add_address(j, "src_ip", conn->client);
	mt_json_u64(j, "src_port", conn->client_port);
	add_address(j, "dest_ip", conn->server);
	mt_json_u64(j, "dest_port", conn->server_port);
	mt_json_text(j, "proto", "TCP");
}

void record_add_odds(struct mt_json *j, uint64_t odds)
{
	mt_json_open(j, "odd", '[');
	for (enum mt_odd o = 0; o < MT_ODD_COUNT; o++)
		if (odds & mt_odd_bit(o))
			mt_json_text(j, NULL, mt_odd_name(o));
	mt_json_close(j, ']');
}

static void open_own(struct mt_json *j, struct mt_buf *out,
	const struct record_context *c, uint64_t at_us, const char *kind)
{
	mt_json_init(j, out);
	mt_json_open(j, NULL, '{');
	record_add_head(j, c, at_us, "mailtap");
	mt_json_open(j, "mailtap", '{');
	mt_json_text(j, "kind", kind);
}

static bool close_own(struct mt_json *j)
{
	mt_json_close(j, '}');
	mt_json_close(j, '}');
	return !j->out->full;
}

bool record_session(struct mt_buf *out, const struct record_context *c,
	const struct mail *m, const struct mail_session *session,
	const struct tls_facts *tls)
{
	struct mt_json j;

	mt_json_init(&j, out);
	mt_json_open(&j, NULL, '{');
	record_add_head(&j, c, session->at_us, "mailtap");
	record_add_flow(&j, c, &m->conn);
	mt_json_open(&j, "mailtap", '{');
	mt_json_text(&j, "kind", "session");
	if (m->helo.len > 0)
		mt_json_span(&j, "helo", mail_text_get(m, m->helo));
	mt_json_u64(&j, "transactions", session->transactions);
	mt_json_u64(&j, "mails", session->mails);
	mt_json_bool(&j, "dark", session->dark != 0);
	mt_json_bool(&j, "starttls_offered", session->offered != 0);
	mt_json_bool(&j, "no_recipient", session->no_rcpt != 0);
	record_add_tls(&j, session, tls);
	record_add_odds(
		&j, session->odds | (j.replaced ? mt_odd_bit(MT_ODD_not_utf8) : 0));
	return close_own(&j);
}

bool record_start(struct mt_buf *out, const struct record_context *c, uint64_t at_us,
	const char *version)
{
	struct mt_json j;

	open_own(&j, out, c, at_us, "start");
	mt_json_text(&j, "version", version);
	return close_own(&j);
}

bool record_stop(struct mt_buf *out, const struct record_context *c, uint64_t at_us,
	const struct stats_sum *sum)
{
	struct mt_json j;

	open_own(&j, out, c, at_us, "stop");
	stats_ledger_json(&j, "ledger", sum, true);
	mt_json_open(&j, "counters", '{');
	for (enum stats_counter n = 0; n < STATS_COUNT; n++)
		mt_json_u64(&j, stats_name(n), sum->counter[n]);
	mt_json_close(&j, '}');
	mt_json_open(&j, "odd", '{');
	for (enum mt_odd o = 0; o < MT_ODD_COUNT; o++)
		if (sum->odd[o] > 0)
			mt_json_u64(&j, mt_odd_name(o), sum->odd[o]);
	mt_json_close(&j, '}');
	return close_own(&j);
}
