// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Dialogues as text (script_text.h), each with the events it must give:
//
//   C: a line of the client, its CRLF is added          S: the same of the server
//   C- octets of the client, nothing is added           S- the same of the server
//   gap C 100    gap S 100    late    strict    tls-port    hurry
//   > an event, as smtp_log writes it
//
// In the script order is causal order: client octets that must wait are offered again after each
// line of the server.

#include "smtp_log.h"

enum smtp_item_kind {
	SMTP_ITEM_CLIENT,
	SMTP_ITEM_SERVER,
	SMTP_ITEM_GAP_CLIENT,
	SMTP_ITEM_GAP_SERVER,
	SMTP_ITEM_HURRY,
};

struct smtp_item {
	enum smtp_item_kind kind;
	struct mt_buf octets;
	uint64_t gap;
};

#define SMTP_SCRIPT_ITEMS 256

struct smtp_script {
	char name[96];
	struct smtp_item items[SMTP_SCRIPT_ITEMS];
	size_t count;
	bool late, strict, tls_port;
	struct mt_buf want; // the events
};

// Reads the next case. False: there is none. The text is not kept. Aborts on a text that is not
// in the form above.
bool smtp_script_read(struct span *file, struct smtp_script *ret);
void smtp_script_fini(struct smtp_script *script);

// How the items are cut: 0 whole, SMTP_CUT_OCTETS octet by octet, else once, behind so many.
#define SMTP_CUT_OCTETS SIZE_MAX

// Plays a case and closes the session. Each piece stands against a guard page.
void smtp_script_play(const struct smtp_script *script, struct smtp_env *env, size_t cut,
	struct smtp_log *log);
// The longest item.
size_t smtp_script_longest(const struct smtp_script *script);
