// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The fields of a session, in full so that a connection can embed it. They are private: only
// smtp_session*.c touches them. Included by smtp_session.h.

#include "smtp_body.h"
#include "smtp_line.h"
#include "smtp_pending.h"

struct smtp_session {
	struct smtp_env *env;
	void *ctx; // of the sink
	struct smtp_line line[2]; // by enum smtp_dir
	struct smtp_pending pending; // commands that await a reply
	struct smtp_pending early; // replies that came before what they answer was read
	struct smtp_auth *auth; // a block: who logs in, while AUTH goes on
	struct smtp_doubt
		*ahead; // a block: octets read ahead of a word on how to read them
	uint8_t *fates; // a block: which recipients were accepted, for LMTP and PRDR only
	uint64_t chunk_left; // octets of the chunk still to come
	uint64_t
		given; // octets of content offered to the sink, counted beyond limits.mail
	uint64_t odds; // told since the transaction began
	struct smtp_body body;
	uint32_t owed; // late replies to commands that were decided without them
	uint32_t lost; // commands at the end of the queue that did not fit in it
	uint32_t chunks; // chunks in the queue that are not the last of their mail
	uint32_t rcpts; // recipients of this transaction, refused ones too
	uint32_t accepted; // of them
	uint32_t verdicts; // replies to this mail that are still to come, when several do
	uint32_t next_fate; // recipient the next of them may be for
	uint16_t unfinished; // code of a reply whose last line is awaited
	uint16_t first_verdict; // code of the first of several
	uint8_t state; // enum smtp_st
	uint8_t take; // enum smtp_take: how the client's octets are read
	uint8_t wait; // enum smtp_wait: what the client direction waits for
	uint8_t offers; // enum smtp_offer: of the reply in hand, if it is one to EHLO
	uint8_t strange; // lines of the client that are no command

	// What is known of the connection.
	bool late : 1; // joined in the middle
	bool joining : 1; // and nothing was read since
	bool heard : 1; // a reply was seen, or the first one was missed
	bool spoke : 1; // a command line was seen
	bool sane : 1; // something that is SMTP was seen
	bool tls_port : 1; // TLS from the first octet is what is expected
	bool veiled : 1; // the client opened with TLS and nothing has shown otherwise
	bool greeted : 1; // HELO, EHLO or LHLO was accepted
	bool ungreeted : 1; // MAIL was refused for want of that
	bool lmtp : 1;
	bool forwarded : 1; // XFORWARD gave facts that no mail took up
	bool pipelining : 1; // offered by the server
	bool no_chunking : 1; // not offered in the whole of the last one
	bool chunks_reset : 1; // RSET amid chunks was accepted, and nothing answered since
	bool doubt : 1; // commands may be missing: pairing is by anchors
	bool server_gap : 1; // replies may be missing since the last sure one
	bool torn[2]; // by enum smtp_dir: the next line may be the rest of one in a hole

	// What is known of the transaction.
	bool open : 1; // told through open
	bool begun : 1; // told through begin
	bool whole : 1; // no octet of the content is missing
	bool over : 1; // the end of data was seen
	bool hole : 1; // octets of the content are missing in the stream
	bool data_refused : 1;
	bool chunks_open : 1; // a chunk was accepted, be it an empty one
	bool chunks_barred : 1; // and then something was refused: so may be what follows
	bool prdr : 1;
	bool final_due : 1; // PRDR: the reply for the mail as a whole is still to come
	bool any_taken : 1; // LMTP and PRDR: some recipient's copy was accepted

	// What is known of the step in hand.
	bool offered : 1; // client octets were there while its direction waited
	bool more : 1; // client octets are there that were not taken
	bool early_go : 1; // a 354 came before its DATA
	bool owed_data : 1; // the last reply owed is that to DATA
	bool chunk_last : 1;
	bool chunk_seen : 1; // some octets of the chunk were taken
	bool chunk_url : 1; // the server fetches it: BURL
	bool chunk_skip : 1; // pass over the chunk, it is not content
	bool chunk_doubt : 1; // refused before its octets: what comes are they, or commands
	bool chunk_odd : 1; // not in the form of RFC 3030: no chunk unless the server says so
	bool verdict_lost : 1; // the reply to the last chunk will not be seen
	bool mangled : 1; // a reply line without a code: it may have been the one awaited
	bool answer_due : 1; // the next client line answers a 334
	bool stuck : 1; // the sink had no room
};
