// SPDX-License-Identifier: BSD-3-Clause
#include "tls_facts.h"

static const struct {
	uint16_t version;
	const char *name;
} versions[] = {
	{0x0304, "TLS 1.3"},
	{0x0303, "TLS 1.2"},
	{0x0302, "TLS 1.1"},
	{0x0301, "TLSv1"},
	{0x0300, "SSLv3"},
	{0x0002, "SSLv2"},
};

static const struct {
	uint8_t number;
	const char *name;
} alerts[] = {
	{0, "close_notify"},
	{10, "unexpected_message"},
	{20, "bad_record_mac"},
	{21, "decryption_failed"},
	{22, "record_overflow"},
	{30, "decompression_failure"},
	{40, "handshake_failure"},
	{41, "no_certificate"},
	{42, "bad_certificate"},
	{43, "unsupported_certificate"},
	{44, "certificate_revoked"},
	{45, "certificate_expired"},
	{46, "certificate_unknown"},
	{47, "illegal_parameter"},
	{48, "unknown_ca"},
	{49, "access_denied"},
	{50, "decode_error"},
	{51, "decrypt_error"},
	{60, "export_restriction"},
	{70, "protocol_version"},
	{71, "insufficient_security"},
	{80, "internal_error"},
	{86, "inappropriate_fallback"},
	{90, "user_canceled"},
	{100, "no_renegotiation"},
	{109, "missing_extension"},
	{110, "unsupported_extension"},
	{111, "certificate_unobtainable"},
	{112, "unrecognized_name"},
	{113, "bad_certificate_status_response"},
	{114, "bad_certificate_hash_value"},
	{115, "unknown_psk_identity"},
	{116, "certificate_required"},
	{120, "no_application_protocol"},
	{121, "ech_required"},
};

void tls_facts_clear(struct tls_facts *f)
{
	memset(f, 0, offsetof(struct tls_facts, texts));
}

size_t tls_facts_size(const struct tls_facts *f)
{
	return offsetof(struct tls_facts, texts) + f->used;
}

struct tls_text tls_facts_keep(struct tls_facts *f, struct span text)
{
	struct tls_text kept = {f->used, (uint16_t)text.len};

	if (text.len == 0 || text.len > (size_t)(TLS_TEXTS_MAX - f->used))
		return (struct tls_text){0, 0};
	memcpy(f->texts + f->used, text.ptr, text.len);
	f->used = (uint16_t)(f->used + text.len);
	return kept;
}

struct span tls_facts_text(const struct tls_facts *f, struct tls_text text)
{
	return span_make(f->texts + text.at, text.len);
}

const char *tls_version_name(uint16_t version)
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++)
		if (versions[i].version == version)
			return versions[i].name;
	return NULL;
}

const char *tls_alert_name(uint8_t description)
{
	for (size_t i = 0; i < sizeof(alerts) / sizeof(*alerts); i++)
		if (alerts[i].number == description)
			return alerts[i].name;
	return NULL;
}
