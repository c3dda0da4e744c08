// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Follows one SMTP dialogue as a tap sees it (RFC 5321, 2920, 3030, 3207, 4954, 2033), and
// reports the mails in it. It takes the in-order octets of both directions, pairs each command
// with its reply and walks the automaton of smtp_fsm.h. It does not allocate outside the pools it
// is given, block or log, and knows nothing of packets.

#include "smtp_sink.h"

#include "mt_pool.h"

enum smtp_dir {
	SMTP_CLIENT, // client to server
	SMTP_SERVER, // server to client
};

struct smtp_limits {
	uint32_t line; // octets of a command line kept; the rest is cut and told as odd
	uint32_t reply; // the same for a reply line
	uint32_t pending; // commands that may await a reply
	uint32_t rcpts; // recipients told a mail
	uint64_t
		mail; // octets of content told a mail; more is counted, told as odd, not given
	bool strict; // smtp.automaton: strict
};

// What all sessions of one worker share. Blocks are taken only while a line is cut by a segment
// edge, and while commands await their replies: an idle session holds none.
struct smtp_env {
	struct smtp_limits limits;
	const struct smtp_sink *sink;
	struct mt_pool blocks; // for unfinished lines and pending commands
};

// Sets up the block pool for so many blocks. 0 or -errno.
int smtp_env_init(struct smtp_env *env, const struct smtp_limits *limits,
	const struct smtp_sink *sink, uint32_t blocks);
void smtp_env_fini(struct smtp_env *env);

#include "smtp_session_fields.h" // struct smtp_session, to be embedded; fields are private

void smtp_session_init(struct smtp_session *s, struct smtp_env *env, void *sink_ctx);

// The port is one of TLS from the first octet: that is then no oddity. Plain SMTP is still read.
void smtp_session_expect_tls(struct smtp_session *s);

// Offers the next in-order octets of one direction. Returns how many were taken; fewer than
// text.len means this direction waits: for the other one (smtp_session_waits says so: feed that
// one first), or because the sink's body had no room. Never fails: what the wire does wrong is
// told through odd, not returned.
size_t smtp_session_feed(struct smtp_session *s, enum smtp_dir dir, struct span text);

// Says that len octets of a direction were lost and will never come. UINT64_MAX: unknown.
void smtp_session_gap(struct smtp_session *s, enum smtp_dir dir, uint64_t len);

// Whether the client direction waits for a reply of the server (content after DATA before 354).
bool smtp_session_waits(const struct smtp_session *s);

// The reply that is waited for will not come in time (hold full, or one-sided capture): decide
// without it. The client's octets behind a DATA are then taken as content.
void smtp_session_hurry(struct smtp_session *s);

// The connection joined in the middle: nothing is known of what came before.
void smtp_session_joined_late(struct smtp_session *s);

// The connection is over. Tells the end of whatever is open and gives all blocks back.
void smtp_session_close(struct smtp_session *s);

// TLS took over: nothing more will be told.
bool smtp_session_is_dark(const struct smtp_session *s);
// TLS took over, or it is what comes next.
bool smtp_session_is_tls(const struct smtp_session *s);
// No transaction, nothing pending: idle between mails.
bool smtp_session_is_idle(const struct smtp_session *s);
// The end of data was seen and its reply is awaited (a longer idle time is in order).
bool smtp_session_awaits_verdict(const struct smtp_session *s);
