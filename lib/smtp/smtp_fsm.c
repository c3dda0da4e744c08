// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_fsm.h"

// clang-format off
#define GO(next, action) {SMTP_ST_##next, SMTP_ACT_##action}

// What is the same in every state where commands are spoken. After a refused DATA what follows
// are commands.
#define COMMANDS(self) \
	[SMTP_EV_HELO_NO]  = GO(self, NONE), \
	[SMTP_EV_MAIL_NO]  = GO(self, NONE), \
	[SMTP_EV_DATA_NO]  = GO(self, NONE), \
	[SMTP_EV_CHUNK_NO] = GO(self, NONE), \
	[SMTP_EV_OTHER_OK] = GO(self, NONE), \
	[SMTP_EV_OTHER_NO] = GO(self, NONE), \
	[SMTP_EV_GAP]      = GO(self, DOUBT)

// No transaction is open: content can still be accepted, then without a sender we know.
#define NO_MAIL(self) \
	COMMANDS(self), \
	[SMTP_EV_HELO_OK]  = GO(IDLE, NONE), \
	[SMTP_EV_MAIL_OK]  = GO(MAIL, OPEN), \
	[SMTP_EV_RCPT_OK]  = GO(RCPT, ADD_BLIND), \
	[SMTP_EV_RCPT_NO]  = GO(self, NONE), \
	[SMTP_EV_DATA_GO]  = GO(DATA, BEGIN_BLIND), \
	[SMTP_EV_RESTART]  = GO(HELO, NONE), \
	[SMTP_EV_TLS_OK]   = GO(TLS, NONE), \
	[SMTP_EV_HELLO]    = GO(DARK, DARK), \
	[SMTP_EV_QUIT_OK]  = GO(self, NONE), \
	[SMTP_EV_CLOSE]    = GO(END, NONE)

// A refused recipient is one recipient less, not a lost mail.
#define OPEN_MAIL(self) \
	COMMANDS(self), \
	[SMTP_EV_HELO_OK]  = GO(IDLE, ABANDON), \
	[SMTP_EV_MAIL_OK]  = GO(MAIL, REOPEN), \
	[SMTP_EV_RCPT_OK]  = GO(RCPT, ADD_RCPT), \
	[SMTP_EV_RCPT_NO]  = GO(self, ADD_RCPT), \
	[SMTP_EV_DATA_GO]  = GO(DATA, BEGIN), \
	[SMTP_EV_CHUNK]    = GO(CHUNKS, BEGIN), \
	[SMTP_EV_RSET_OK]  = GO(IDLE, ABANDON), \
	[SMTP_EV_RESTART]  = GO(HELO, ABANDON), \
	[SMTP_EV_TLS_OK]   = GO(TLS, ABANDON), \
	[SMTP_EV_HELLO]    = GO(DARK, DARK), \
	[SMTP_EV_QUIT_OK]  = GO(IDLE, ABANDON), \
	[SMTP_EV_CLOSE]    = GO(END, ABANDON)

static const struct smtp_edge edges[SMTP_ST_COUNT][SMTP_EV_COUNT] = {
	[SMTP_ST_CONNECT] = {
		NO_MAIL(CONNECT),
		[SMTP_EV_CHUNK]    = GO(CHUNKS,  BEGIN_BLIND),
		[SMTP_EV_BANNER]   = GO(HELO,    NONE),
		[SMTP_EV_RSET_OK]  = GO(CONNECT, NONE),
	},
	[SMTP_ST_HELO] = {
		NO_MAIL(HELO),
		[SMTP_EV_CHUNK]    = GO(CHUNKS,  BEGIN_BLIND),
		[SMTP_EV_RSET_OK]  = GO(HELO,    NONE),
	},
	[SMTP_ST_IDLE] = {
		NO_MAIL(IDLE),
		[SMTP_EV_CHUNK]    = GO(CHUNKS,  BEGIN_BLIND),
		[SMTP_EV_RSET_OK]  = GO(IDLE,    NONE),
	},
	[SMTP_ST_MAIL] = {
		OPEN_MAIL(MAIL),
	},
	[SMTP_ST_RCPT] = {
		OPEN_MAIL(RCPT),
	},
	[SMTP_ST_DATA] = {
		[SMTP_EV_EOD]      = GO(VERDICT, NONE),
		[SMTP_EV_DATA_GO]  = GO(DATA,    BEGIN_CUT),   // the end was in a hole
		[SMTP_EV_TAKEN]    = GO(IDLE,    END_ACCEPTED),
		[SMTP_EV_REFUSED]  = GO(IDLE,    END_REFUSED),
		[SMTP_EV_DATA_NO]  = GO(IDLE,    END_REFUSED), // the refusal came after the content
		[SMTP_EV_GAP]      = GO(DATA,    HOLE),        // keep the mail, mark the hole
		[SMTP_EV_HELLO]    = GO(DARK,    DARK),
		[SMTP_EV_CLOSE]    = GO(END,     END_UNKNOWN),
	},
	[SMTP_ST_CHUNKS] = {
		[SMTP_EV_EOD]      = GO(VERDICT, NONE),
		[SMTP_EV_CHUNK]    = GO(CHUNKS,  NONE),
		[SMTP_EV_CHUNK_NO] = GO(DEAD,    END_REFUSED),
		[SMTP_EV_DATA_GO]  = GO(DATA,    BEGIN_CUT),
		[SMTP_EV_DATA_NO]  = GO(CHUNKS,  NONE),
		[SMTP_EV_HELO_OK]  = GO(IDLE,    END_UNKNOWN),
		[SMTP_EV_HELO_NO]  = GO(CHUNKS,  NONE),
		[SMTP_EV_MAIL_OK]  = GO(MAIL,    REOPEN),
		[SMTP_EV_MAIL_NO]  = GO(CHUNKS,  NONE),
		[SMTP_EV_RCPT_OK]  = GO(RCPT,    ADD_BLIND),
		[SMTP_EV_RCPT_NO]  = GO(CHUNKS,  NONE),
		[SMTP_EV_RSET_OK]  = GO(IDLE,    END_UNKNOWN),
		[SMTP_EV_OTHER_OK] = GO(CHUNKS,  NONE),
		[SMTP_EV_OTHER_NO] = GO(CHUNKS,  NONE),
		[SMTP_EV_RESTART]  = GO(HELO,    END_UNKNOWN),
		[SMTP_EV_TLS_OK]   = GO(TLS,     END_UNKNOWN),
		[SMTP_EV_HELLO]    = GO(DARK,    DARK),
		[SMTP_EV_QUIT_OK]  = GO(IDLE,    END_UNKNOWN),
		[SMTP_EV_GAP]      = GO(CHUNKS,  HOLE),
		[SMTP_EV_CLOSE]    = GO(END,     END_UNKNOWN),
	},
	[SMTP_ST_VERDICT] = {
		[SMTP_EV_TAKEN]    = GO(IDLE,    END_ACCEPTED),
		[SMTP_EV_REFUSED]  = GO(IDLE,    END_REFUSED),
		[SMTP_EV_NO_WORD]  = GO(IDLE,    END_UNKNOWN),
		[SMTP_EV_CHUNK_NO] = GO(DEAD,    END_REFUSED), // an earlier chunk, refused late
		[SMTP_EV_OTHER_OK] = GO(VERDICT, NONE),
		[SMTP_EV_OTHER_NO] = GO(VERDICT, NONE),
		[SMTP_EV_GAP]      = GO(VERDICT, DOUBT),
		[SMTP_EV_HELLO]    = GO(DARK,    DARK),
		[SMTP_EV_CLOSE]    = GO(END,     END_UNKNOWN),
	},
	[SMTP_ST_DEAD] = {
		NO_MAIL(DEAD),
		[SMTP_EV_CHUNK]    = GO(DEAD,    NONE),
		[SMTP_EV_EOD]      = GO(DEAD,    NONE),
		[SMTP_EV_TAKEN]    = GO(IDLE,    NONE),
		[SMTP_EV_REFUSED]  = GO(DEAD,    NONE),
		[SMTP_EV_NO_WORD]  = GO(DEAD,    NONE),
		[SMTP_EV_RSET_OK]  = GO(IDLE,    NONE),
	},
	[SMTP_ST_TLS] = {
		[SMTP_EV_HELLO]    = GO(DARK,    DARK),
		[SMTP_EV_PLAIN]    = GO(IDLE,    NONE),
		[SMTP_EV_GAP]      = GO(DARK,    DARK),        // the hole holds the handshake
		[SMTP_EV_CLOSE]    = GO(END,     DARK),
	},
	[SMTP_ST_DARK] = {
		[SMTP_EV_GAP]      = GO(DARK,    NONE),
		[SMTP_EV_CLOSE]    = GO(END,     NONE),
	},
	[SMTP_ST_END] = {
		[SMTP_EV_CLOSE]    = GO(END,     NONE),
	},
};
// clang-format on

struct smtp_edge smtp_fsm_step(enum smtp_st state, enum smtp_ev event)
{
	return edges[state][event];
}

static bool is_refusal(enum smtp_ev event)
{
	switch (event) {
	case SMTP_EV_HELO_NO:
	case SMTP_EV_MAIL_NO:
	case SMTP_EV_RCPT_NO:
	case SMTP_EV_DATA_NO:
	case SMTP_EV_CHUNK_NO:
	case SMTP_EV_OTHER_NO:
		return true;
	default:
		return false;
	}
}

// Whether something of a mail was collected that can be discarded.
static bool is_collecting(enum smtp_st state)
{
	return state == SMTP_ST_MAIL || state == SMTP_ST_RCPT || state == SMTP_ST_DATA ||
		state == SMTP_ST_CHUNKS || state == SMTP_ST_VERDICT;
}

// Arrows that only a mirror of the server needs: the plain figure awaits another message there.
static bool is_off_figure(enum smtp_st state, enum smtp_ev event, enum smtp_act action)
{
	switch (action) {
	case SMTP_ACT_REOPEN:
	case SMTP_ACT_ADD_BLIND:
	case SMTP_ACT_BEGIN_BLIND:
	case SMTP_ACT_BEGIN_CUT:
		return true;
	case SMTP_ACT_OPEN: // where nothing was heard of the server, its greeting may have been
		return state == SMTP_ST_HELO;
	case SMTP_ACT_BEGIN: // content for nobody
		return state == SMTP_ST_MAIL;
	default:
		return event == SMTP_EV_OTHER_OK && is_collecting(state);
	}
}

// Where the strict policy goes on after it dropped what was collected. Octets of content that the
// server takes are read over, not told; else the client must start again.
static enum smtp_st after_discard(enum smtp_st state, enum smtp_ev event)
{
	switch (event) {
	case SMTP_EV_DATA_GO:
		return SMTP_ST_DATA;
	case SMTP_EV_CHUNK:
		return SMTP_ST_CHUNKS;
	case SMTP_EV_MAIL_OK:
	case SMTP_EV_RCPT_OK:
		return is_collecting(state) ? SMTP_ST_IDLE : state;
	default:
		return state == SMTP_ST_MAIL || state == SMTP_ST_RCPT ? SMTP_ST_IDLE
								      : state;
	}
}

struct smtp_edge smtp_fsm_step_strict(enum smtp_st state, enum smtp_ev event)
{
	struct smtp_edge edge = edges[state][event];
	bool refused = is_refusal(event) && is_collecting(state) &&
		edge.action != SMTP_ACT_END_REFUSED;

	if (edge.next == SMTP_ST_NONE)
		edge.next = state == SMTP_ST_MAIL || state == SMTP_ST_RCPT ? SMTP_ST_IDLE
									   : state;
	else if (refused || is_off_figure(state, event, (enum smtp_act)edge.action))
		edge.next = after_discard(state, event);
	else
		return edge;
	edge.action = SMTP_ACT_DISCARD;
	return edge;
}

#define X(name, help) #name,
static const char *const state_names[] = {SMTP_ST_LIST(X)};
static const char *const event_names[] = {SMTP_EV_LIST(X)};
static const char *const action_names[] = {SMTP_ACT_LIST(X)};
#undef X
#define X(name, help) help,
static const char *const state_helps[] = {SMTP_ST_LIST(X)};
static const char *const event_helps[] = {SMTP_EV_LIST(X)};
#undef X

const char *smtp_fsm_state_name(enum smtp_st state)
{
	return state_names[state];
}

const char *smtp_fsm_event_name(enum smtp_ev event)
{
	return event_names[event];
}

const char *smtp_fsm_action_name(enum smtp_act action)
{
	return action_names[action];
}

const char *smtp_fsm_state_help(enum smtp_st state)
{
	return state_helps[state];
}

const char *smtp_fsm_event_help(enum smtp_ev event)
{
	return event_helps[event];
}
