// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The automaton of a dialogue: which steps there are, and what each means for the mail in hand.
// It follows the server: an event is a reply (or the certain lack of one), the client's octets
// of content, a hole, or the end. The table is pure; smtp_session_go() alone keeps a state.

#include "mt_buf.h"

// name, help
#define SMTP_ST_LIST(X)                                                 \
	X(NONE, "no state: an arrow that is not there")                 \
	X(CONNECT, "nothing was heard of the server")                   \
	X(HELO, "a greeting is awaited")                                \
	X(IDLE, "greeted, no transaction")                              \
	X(MAIL, "a sender was accepted")                                \
	X(RCPT, "a recipient was accepted")                             \
	X(DATA, "content up to the lone dot")                           \
	X(CHUNKS, "content in counted chunks")                          \
	X(VERDICT, "content is over, its reply is awaited")             \
	X(DEAD, "a chunk was refused: what follows is void until RSET") \
	X(TLS, "STARTTLS was agreed")                                   \
	X(DARK, "TLS took over")                                        \
	X(END, "the connection is over")

// name, help
#define SMTP_EV_LIST(X)                                 \
	X(BANNER, "the server's first reply")           \
	X(HELO_OK, "HELO, EHLO or LHLO accepted")       \
	X(HELO_NO, "HELO, EHLO or LHLO refused")        \
	X(MAIL_OK, "MAIL accepted")                     \
	X(MAIL_NO, "MAIL refused")                      \
	X(RCPT_OK, "RCPT accepted")                     \
	X(RCPT_NO, "RCPT refused")                      \
	X(DATA_GO, "DATA accepted")                     \
	X(DATA_NO, "DATA refused")                      \
	X(CHUNK, "a chunk of content begins")           \
	X(CHUNK_NO, "BDAT refused")                     \
	X(EOD, "the lone dot or last chunk")            \
	X(TAKEN, "the mail was accepted")               \
	X(REFUSED, "the mail was refused")              \
	X(NO_WORD, "the reply to the mail is lost")     \
	X(RSET_OK, "RSET accepted")                     \
	X(OTHER_OK, "another command accepted")         \
	X(OTHER_NO, "another command refused")          \
	X(RESTART, "the session starts over (XCLIENT)") \
	X(TLS_OK, "STARTTLS accepted")                  \
	X(HELLO, "the first octet of TLS")              \
	X(PLAIN, "plain text although TLS was agreed")  \
	X(QUIT_OK, "QUIT accepted")                     \
	X(GAP, "octets of the client are missing")      \
	X(CLOSE, "the connection ended")

// name, help
#define SMTP_ACT_LIST(X)                                                        \
	X(NONE, "nothing")                                                      \
	X(OPEN, "open a transaction")                                           \
	X(REOPEN, "abandon one, open another")                                  \
	X(ADD_RCPT, "note a recipient and its fate")                            \
	X(ADD_BLIND, "open without a sender, note the recipient")               \
	X(BEGIN, "content begins")                                              \
	X(BEGIN_BLIND, "open without a sender, content begins")                 \
	X(BEGIN_CUT, "end the content in hand, begin another without a sender") \
	X(ABANDON, "abandon the transaction")                                   \
	X(END_ACCEPTED, "the mail is over: accepted")                           \
	X(END_REFUSED, "the mail is over: refused")                             \
	X(END_UNKNOWN, "the mail is over: nobody knows")                        \
	X(HOLE, "mark a hole in the content")                                   \
	X(DOUBT, "commands may be missing")                                     \
	X(DARK, "end what is open, tell nothing more")                          \
	X(DISCARD, "strict: drop what was collected")

enum smtp_st {
#define X(name, help) SMTP_ST_##name,
	SMTP_ST_LIST(X)
#undef X
	SMTP_ST_COUNT
};

enum smtp_ev {
#define X(name, help) SMTP_EV_##name,
	SMTP_EV_LIST(X)
#undef X
	SMTP_EV_COUNT
};

enum smtp_act {
#define X(name, help) SMTP_ACT_##name,
	SMTP_ACT_LIST(X)
#undef X
	SMTP_ACT_COUNT
};

// next is SMTP_ST_NONE where the figure has no such arrow: stay, and tell an odd.
struct smtp_edge {
	uint8_t next; // enum smtp_st
	uint8_t action; // enum smtp_act
};

// The arrow of the `mirror` policy: the server's word decides.
struct smtp_edge smtp_fsm_step(enum smtp_st state, enum smtp_ev event);
// The same table behind the filter of the `strict` policy: a message that the plain figure does not
// await, and every refusal, drops what was collected (SMTP_ACT_DISCARD). Never SMTP_ST_NONE.
struct smtp_edge smtp_fsm_step_strict(enum smtp_st state, enum smtp_ev event);

const char *smtp_fsm_state_name(enum smtp_st state);
const char *smtp_fsm_event_name(enum smtp_ev event);
const char *smtp_fsm_action_name(enum smtp_act action);
// In words, as the lists above have them.
const char *smtp_fsm_state_help(enum smtp_st state);
const char *smtp_fsm_event_help(enum smtp_ev event);
