// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Reads one command line (RFC 5321 4.1.1 and extensions) as lenient servers do. It judges
// nothing: whether a command counts is for the server's reply to say.

#include "mt_span.h"

// name as in the line, enumerator
#define SMTP_VERB_LIST(X)                   \
	X("HELO", HELO)                     \
	X("EHLO", EHLO)                     \
	X("LHLO", LHLO)                     \
	X("MAIL", MAIL)                     \
	X("RCPT", RCPT)                     \
	X("DATA", DATA)                     \
	X("BDAT", BDAT)                     \
	X("RSET", RSET)                     \
	X("NOOP", NOOP)                     \
	X("VRFY", VRFY)                     \
	X("EXPN", EXPN)                     \
	X("HELP", HELP)                     \
	X("QUIT", QUIT)                     \
	X("ETRN", ETRN)                     \
	X("AUTH", AUTH)                     \
	X("STARTTLS", STARTTLS)             \
	X("X-ANONYMOUSTLS", X_ANONYMOUSTLS) \
	X("X-EXPS", X_EXPS)                 \
	X("XCLIENT", XCLIENT)               \
	X("XFORWARD", XFORWARD)             \
	X("BURL", BURL)                     \
	X("XEXCH50", XEXCH50)

enum smtp_verb {
	SMTP_VERB_UNKNOWN,
#define X(text, name) SMTP_VERB_##name,
	SMTP_VERB_LIST(X)
#undef X
	SMTP_VERB_COUNT
};

struct smtp_command {
	enum smtp_verb verb;
	struct span arg; // what stands behind the verb, without blanks around it
};

struct smtp_command smtp_command_parse(struct span line);

// The path and parameters of MAIL and RCPT. word: "FROM" or "TO". False: the word is not there.
bool smtp_command_path(struct span arg, const char *word, struct span *ret_path,
	struct span *ret_params);

// The argument of BDAT (RFC 3030 2). False: malformed, or a size of 2^63 and more.
bool smtp_command_chunk(struct span arg, uint64_t *ret_size, bool *ret_last);
// The same as a server reads it that looks for a number and then for LAST (Exim): blanks and a sign
// may stand before the number, which is taken modulo 2^32, and anything behind it that is not LAST
// counts for nothing. False: there is no number.
bool smtp_command_chunk_loosely(struct span arg, uint64_t *ret_size, bool *ret_last);

// The first decimal number of an argument, for XEXCH50. False: there is none, or it is huge.
bool smtp_command_number(struct span arg, uint64_t *ret);

// Splits off the first word. Returns it; *rest is what follows, without blanks around it.
struct span smtp_command_word(struct span arg, struct span *rest);

const char *smtp_verb_name(enum smtp_verb verb);
