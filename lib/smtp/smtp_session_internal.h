// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the parts of the session share: smtp_session.c (life, holes), _client.c (commands and
// content), _chunk.c (counted content), _server.c (reply lines), _pair.c (which command a reply belongs to), _reply.c (what
// it means for that command), _auth.c (logging in), _doubt.c (odd ends of data), _joined.c
// (content whose beginning was missed), _refused.c (octets of refused chunks), _act.c (the automaton
// and the sink).

#include "smtp_auth.h"
#include "smtp_command.h"
#include "smtp_fsm.h"
#include "smtp_reply.h"
#include "smtp_session.h"

// How the client's octets are read.
enum smtp_take {
	SMTP_TAKE_LINES,
	SMTP_TAKE_DATA,
	SMTP_TAKE_CHUNK,
};

// What the client's direction waits for.
enum smtp_wait {
	SMTP_WAIT_NONE,
	SMTP_WAIT_DATA, // the reply to DATA
	SMTP_WAIT_TURN, // the replies to what stands before a BDAT
	SMTP_WAIT_CHUNK, // the reply to a BDAT that should not have come
	SMTP_WAIT_LAST, // the reply to the last command, which says how its next octets are read
	SMTP_WAIT_END, // a word on whether an odd end of data was one
	SMTP_WAIT_JOINED, // enough octets to tell whether they are content
	SMTP_WAIT_REFUSED, // a word on whether the octets of a refused chunk are commands
};

// What a reply to EHLO offers; of a reply that waits, the kind of its record.
enum smtp_offer {
	SMTP_OFFERS_PIPELINING = 1,
	SMTP_OFFERS_CHUNKING = 2,
	SMTP_OFFERS_STARTTLS = 4,
};

// What a record of the queue stands for, beside the verbs.
enum smtp_kind {
	SMTP_KIND_CHUNK = SMTP_VERB_COUNT, // a well-formed BDAT
	SMTP_KIND_LAST, // the same with LAST
	SMTP_KIND_EMPTY, // one of no octets, which is not the last
	SMTP_KIND_DOT, // the end of data
	SMTP_KIND_ANSWER, // a line of the client within AUTH
};

// What a step has to tell.
struct smtp_told {
	const struct smtp_path *path;
	const struct smtp_reply *reply;
};

extern const struct smtp_reply smtp_no_reply;

// _act.c
void smtp_session_go(
	struct smtp_session *s, enum smtp_ev event, const struct smtp_told *told);
void smtp_session_odd(struct smtp_session *s, enum mt_odd odd);
// Gives content to the sink as far as limits.mail goes. Returns how many octets were taken.
size_t smtp_session_give(struct smtp_session *s, struct span text);
void smtp_session_hole(struct smtp_session *s, uint64_t len);
// Forgets the commands that await a reply.
void smtp_session_drop_pending(struct smtp_session *s);
// This is not SMTP: the session is over.
void smtp_session_be_deaf(struct smtp_session *s);
// A final reply to the mail whose content is over. Returns whether it was the last one.
bool smtp_session_verdict(struct smtp_session *s, const struct smtp_reply *r);

// _client.c
size_t smtp_session_client(struct smtp_session *s, struct span text);
// Reads on with what was read ahead, as far as that goes. Returns whether nothing of it is left that
// the client's next octets would have to wait for.
bool smtp_session_drain(struct smtp_session *s);
// The same to its end, deciding on the way what cannot wait. Returns how many octets the sink had
// no room for: they are lost.
uint64_t smtp_session_flush(struct smtp_session *s);
size_t smtp_session_content(struct smtp_session *s, struct span text);
// The server asked for content, or it is taken for granted.
void smtp_session_begin_data(struct smtp_session *s);
// The end of data was passed: its reply is awaited.
void smtp_session_data_over(struct smtp_session *s);
// The odd end of data that is held back was one.
void smtp_session_take_end(struct smtp_session *s);
void smtp_session_refuse_end(struct smtp_session *s);
// Queues what the server will answer. False: there is no room, it is counted instead.
bool smtp_session_push(struct smtp_session *s, int kind, struct span a, struct span b);
bool smtp_session_push_bare(struct smtp_session *s, int kind);
// Nothing more is read of the client until everything that was queued is answered.
void smtp_session_await(struct smtp_session *s);

// _chunk.c
void smtp_session_bdat(struct smtp_session *s, struct span arg);
// Content that the server fetches from elsewhere (RFC 4468): a chunk that no tap can see.
void smtp_session_burl(struct smtp_session *s, struct span arg);
// Takes octets of a chunk. Returns how many.
size_t smtp_session_chunk(struct smtp_session *s, struct span text);
void smtp_session_begin_chunk(struct smtp_session *s);
void smtp_session_end_chunk(struct smtp_session *s);
// The chunk was refused before any of its octets was read. What comes of them is judged by replies.
void smtp_session_doubt_chunk(struct smtp_session *s);
// Something was refused, perhaps between chunks: then so may be those that follow.
void smtp_session_bar_chunks(struct smtp_session *s);
// Passes over the octets of the refused chunk.
void smtp_session_pass_chunk(struct smtp_session *s);
// Goes on with a BDAT once nothing stands before it. anyway: even if no recipient was accepted.
void smtp_session_take_turn(struct smtp_session *s, bool anyway);

// _doubt.c
#define SMTP_DOUBT_SIZE 1024 // octets a block must have for it
// An odd end of data and then more: from here on octets are read ahead until it can be judged.
// False: there is no room to do so, or it was judged with one before it; it is content.
bool smtp_session_doubt(struct smtp_session *s);
// What stands behind it is a command: the two readings of it may be meant to differ.
bool smtp_session_doubts_command(const struct smtp_session *s);
// The same for the first octets of a connection joined late: content or commands. False: no room.
bool smtp_session_doubt_joined(struct smtp_session *s);
// The same behind a refused chunk. Returns a block of SMTP_DOUBT_SIZE for how they can be read, or
// NULL: no room.
struct smtp_readings *smtp_session_doubt_refused(struct smtp_session *s);
struct smtp_readings *smtp_session_readings(const struct smtp_session *s);
// What became of the octets of refused chunks that were read over in both ways, the first in the
// lowest bit: passed over, or read as commands.
struct smtp_fates {
	uint64_t passed;
	uint8_t count;
};
// It is decided, also for those.
void smtp_session_readings_done(struct smtp_session *s, struct smtp_fates fates);
// False: the next refused chunk is none of them.
bool smtp_session_next_fate(struct smtp_session *s, bool *ret_passed);
void smtp_session_forget_fates(struct smtp_session *s);
// Whether the client's octets are read ahead.
bool smtp_session_reads_ahead(const struct smtp_session *s);
// Takes octets of the client into the queue and looks whether they settle it.
size_t smtp_session_look_ahead(struct smtp_session *s, struct span text);
void smtp_session_look(struct smtp_session *s);
// A reply while it is in doubt.
void smtp_session_doubt_reply(
	struct smtp_session *s, const struct smtp_reply *r, struct span line);
// Nothing more will be known of it.
void smtp_session_settle(struct smtp_session *s);
// What was read ahead and is not done with, and the same behind its first octets.
struct span smtp_session_ahead(const struct smtp_session *s);
struct span smtp_session_ahead_at(const struct smtp_session *s, size_t skip);
void smtp_session_ahead_take(struct smtp_session *s, size_t n);
// Forgets it. Returns how many octets it was.
size_t smtp_session_doubt_done(struct smtp_session *s);

// _refused.c
// What comes next are the octets of a refused chunk, or commands: reads ahead until replies tell.
void smtp_session_read_both(struct smtp_session *s);
// Holds what was read ahead and the replies that were seen against each other. now: a reply came, and
// all that the client said before it was read.
void smtp_session_weigh(struct smtp_session *s, bool now);
// Nothing more will be known.
void smtp_session_settle_refused(struct smtp_session *s);

// _server.c
size_t smtp_session_server(struct smtp_session *s, struct span text);

// _pair.c
// One whole reply; line is its last line.
void smtp_session_on_reply(
	struct smtp_session *s, const struct smtp_reply *r, struct span line);
// Keeps a reply for what it answers, which was not read yet.
void smtp_session_keep_early(struct smtp_session *s, struct span line);
// Pairs replies that came too early with what was read since.
void smtp_session_replay(struct smtp_session *s);

// _reply.c
// What a reply to this command means. Returns whether the command is done with.
bool smtp_session_take_reply(struct smtp_session *s, const struct smtp_record *rec,
	const struct smtp_reply *r, struct span line);
void smtp_session_pop(struct smtp_session *s, const struct smtp_record *rec);
// Lets the client go on where it waited for the last reply and that has come.
void smtp_session_answered(struct smtp_session *s);
// Decides the front command as if its reply will never come.
void smtp_session_resolve_front(struct smtp_session *s, const struct smtp_record *rec);
// The same for everything that awaits a reply.
void smtp_session_resolve(struct smtp_session *s);

// _auth.c
void smtp_session_auth_command(struct smtp_session *s, struct span arg);
void smtp_session_auth_line(struct smtp_session *s, struct span line);
// A reply within AUTH, or NULL when it will not be seen.
void smtp_session_auth_reply(struct smtp_session *s, const struct smtp_reply *r);
void smtp_session_auth_done(struct smtp_session *s);

// _joined.c
// Whether a text may have this octet.
bool smtp_session_is_text(uint8_t c);
// The first octets that are seen of the client are content: without an envelope, and with a
// beginning that was not seen.
void smtp_session_begin_joined(struct smtp_session *s);
// They are not.
void smtp_session_begin_commands(struct smtp_session *s);

// _tls.c
// The client's first octets: does it open with TLS?
void smtp_session_look_for_tls(struct smtp_session *s, struct span text);
// What follows a STARTTLS that was agreed: TLS or plain text. True: it is TLS, and was told.
bool smtp_session_look_behind_starttls(struct smtp_session *s, struct span text);
