// SPDX-License-Identifier: BSD-3-Clause

// A handshake of both directions: the first octet says in which pieces it is scanned, the next two how
// long the client's part is. What is kept must not depend on the pieces, and every text that is found
// must be one of the facts' own.

#include "tls_read.h"

#include "mt_assert.h"

#define LIMIT 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span kept(struct span text, size_t step, enum tls_end *ret_end)
{
	struct tls_scan s = {0};
	size_t len = 0;

	for (size_t at = 0; at < text.len; at += step)
		len += tls_scan_feed(&s, span_head(span_skip(text, at), step), LIMIT);
	MT_ASSERT(len == s.kept && len <= LIMIT);
	*ret_end = (enum tls_end)s.end;
	return span_head(text, len);
}

static struct tls_flight flight(struct span text, size_t step)
{
	struct tls_flight whole, pieces;

	whole.text = kept(text, SIZE_MAX / 2, &whole.end);
	pieces.text = kept(text, step, &pieces.end);
	MT_ASSERT(whole.text.len == pieces.text.len && whole.end == pieces.end);
	return whole;
}

static void within(const struct tls_facts *f, struct tls_text text)
{
	MT_ASSERT((size_t)text.at + text.len <= f->used && f->used <= TLS_TEXTS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tls_facts facts;
	static struct tls_env env;

	if (size < 3)
		return 0;
	if (env.hash == NULL)
		MT_ASSERT(tls_env_init(&env) == 0);
	struct span text = span_make(data + 3, size - 3);
	size_t client_len = (size_t)data[1] << 8 | data[2];
	struct tls_flight client = flight(span_head(text, client_len), 1u + data[0]);
	struct tls_flight server = flight(span_skip(text, client_len), 1u + data[0]);
	tls_read(&env, &client, &server, &facts);
	within(&facts, facts.name);
	within(&facts, facts.protocol);
	within(&facts, facts.protocols);
	within(&facts, facts.subject);
	within(&facts, facts.issuer);
	within(&facts, facts.serial);
	within(&facts, facts.ja3);
	within(&facts, facts.ja3s);
	MT_ASSERT(facts.version_count <= TLS_VERSIONS_MAX);
	// The list of protocols is walked by its lengths.
	for (struct span list = tls_facts_text(&facts, facts.protocols); list.len > 0;) {
		MT_ASSERT(list.ptr[0] > 0 && list.ptr[0] < list.len);
		list = span_skip(list, 1u + list.ptr[0]);
	}
	return 0;
}
