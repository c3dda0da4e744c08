// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

#define TLS_HANDSHAKE 0x16
#define TLS_MAJOR     0x03

// The first octet of TLS; of a hello in the form of SSLv2 it is a length with its highest bit set
// (RFC 5246 E.2), and no command begins so.
static bool is_tls_octet(uint8_t octet)
{
	return octet == TLS_HANDSHAKE || octet & 0x80;
}

// A client that opens with TLS. Its octets are still read as lines: if the server goes on in the
// clear, so do we.
void smtp_session_look_for_tls(struct smtp_session *s, struct span text)
{
	const struct smtp_line *l = &s->line[SMTP_CLIENT];
	const uint8_t first = TLS_HANDSHAKE;
	bool split = l->begun && l->len == 1 && l->block != NULL &&
		l->block[0] == TLS_HANDSHAKE && text.ptr[0] == TLS_MAJOR;
	bool whole = !l->begun && text.len > 1 && text.ptr[0] == TLS_HANDSHAKE &&
		text.ptr[1] == TLS_MAJOR;

	whole |= s->tls_port && !l->begun && is_tls_octet(text.ptr[0]);
	if ((!split && !whole) || s->veiled || s->late)
		return;
	s->veiled = true;
	if (!s->tls_port)
		smtp_session_odd(s, MT_ODD_tls_on_plain_port);
	s->env->sink->tls(s->ctx, SMTP_TLS_OPENED);
	if (split)
		s->env->sink->tls_octets(s->ctx, false, span_make(&first, 1));
}

// The first octet after a STARTTLS that was agreed.
bool smtp_session_look_behind_starttls(struct smtp_session *s, struct span text)
{
	if (!is_tls_octet(text.ptr[0])) {
		smtp_session_odd(s, MT_ODD_plain_after_starttls);
		smtp_session_go(s, SMTP_EV_PLAIN, NULL);
		return false;
	}
	// Told before all that is kept of the dialogue goes: the text may lie there.
	s->env->sink->tls_octets(s->ctx, false, text);
	smtp_session_go(s, SMTP_EV_HELLO, NULL);
	return true;
}
