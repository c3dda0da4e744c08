// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

// A connection that is joined while its client sends content: nothing of the server was heard, and
// the client's octets are lines of text of which none is a command. That is not said of a single
// line, which may be the rest of a command or an answer within AUTH, nor of octets that no text
// has, which are TLS. What is taken for content has no envelope and no beginning, and says so.

#define ESCAPE 0x1b // ISO-2022-JP shifts with it

bool smtp_session_is_text(uint8_t c)
{
	return (c >= ' ' && c != 0x7f) || c == '\r' || c == '\n' || c == '\t' ||
		c == '\f' || c == ESCAPE;
}

void smtp_session_begin_joined(struct smtp_session *s)
{
	s->joining = s->torn[SMTP_CLIENT] = s->offered = false;
	smtp_session_begin_data(s);
	smtp_session_go(s, SMTP_EV_GAP, NULL);
	smtp_session_hole(s, UINT64_MAX);
	smtp_body_gap(&s->body);
}

void smtp_session_begin_commands(struct smtp_session *s)
{
	s->joining = false;
	s->wait = SMTP_WAIT_NONE;
}
