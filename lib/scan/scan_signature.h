// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What an operator wrote about one thing to look for in mails, checked. Signatures live in a
// struct scan_set and never change there.
//
// Scopes. SCAN_HEADER is everything up to and including the first empty line, SCAN_BODY what
// follows it, SCAN_RAW both in one. A line ends with LF, a CR before it belongs to the line end;
// so a content that begins with an empty line has a header of just that line, and one without an
// empty line has no body. Nothing is decoded: base64 and quoted-printable are seen as they are.
//
// Anchors. Without `multiline`, ^ is the start of the scope and $ its end (or in front of a last
// LF); with it they are those of any line, where a line ends with LF: write \r?$ for mails.
// Behind a hole each scope begins anew, ^ included; $ is never what came just before a hole, nor
// the end of a mail that was cut off.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scan_scope {
	SCAN_RAW,
	SCAN_HEADER,
	SCAN_BODY,
	SCAN_SCOPE_COUNT,
};

enum scan_action {
	SCAN_NOTE, // tell it
	SCAN_HOLD, // tell it, and keep a copy of the mail apart
};

#define SCAN_ID_MAX         INT32_MAX
#define SCAN_REV_MAX        INT32_MAX
#define SCAN_SEVERITY_MAX   4u // the least severe
#define SCAN_NAME_MAX       255u // octets of name, category, reference
#define SCAN_TEXT_MAX       1024u // octets of description
#define SCAN_EXPRESSION_MAX 4000u // octets of pattern, literal or hex as written

// Bits of flags.
#define SCAN_CASELESS    1u
#define SCAN_DOTALL      2u // . is any octet, LF too
#define SCAN_MULTILINE   4u
#define SCAN_UTF8        8u // what it says of octets that are no UTF-8 is not defined
#define SCAN_UCP         16u // \w, \d and the like by Unicode; needs SCAN_UTF8
#define SCAN_ALL_MATCHES 32u // tell every end of a match, not only the first

struct scan_signature {
	uint32_t id; // 1..SCAN_ID_MAX, of one signature in the set
	uint32_t rev; // 1..SCAN_REV_MAX
	uint32_t severity; // 1 (worst)..SCAN_SEVERITY_MAX
	enum scan_action action;
	uint32_t scopes; // a bit for each scope: 1u << SCAN_BODY
	uint32_t flags;
	char *name;
	char *category, *description, *reference; // NULL when not given
	char *expression; // for Hyperscan; literals escaped
	const char *file; // where it stands: lent by the set
	int line, column; // from 1
	int expression_line, expression_column; // where its expression stands
};

// "raw", "header", "body"; "note", "hold".
const char *scan_scope_name(enum scan_scope scope);
const char *scan_action_name(enum scan_action action);
