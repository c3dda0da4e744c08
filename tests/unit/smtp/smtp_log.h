// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A sink that writes what it is told as text, one event a line. Runs of content that follow each
// other are joined, and what is odd within them is told behind, so that the log does not depend
// on how the octets were cut.

#include "smtp_session.h"

#include "mt_buf.h"

struct smtp_log {
	struct mt_buf text;
	struct mt_buf dark[2]; // octets of TLS, of the client and of the server
	size_t room; // octets that body takes a call; 0: all
	uint64_t odds; // told within the content, not written yet
	bool in_body; // the last line is content and may go on
	bool open, begun; // the contract of smtp_sink.h, kept and checked
	uint64_t octets; // of content told since begin
};

extern const struct smtp_sink smtp_log_sink;

void smtp_log_init(struct smtp_log *log);
void smtp_log_fini(struct smtp_log *log);
// Ends the last line.
struct span smtp_log_text(struct smtp_log *log);
// Whether events came in an order that smtp_sink.h does not allow: the log tells it.
bool smtp_log_is_broken(struct smtp_log *log);
