// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// One mail in an mbox file, in its form "mboxrd": a line "From sender date", the content, an
// empty line. A line of the content that looks like such a line, however often quoted already,
// gets one more > in front, so that a reader can take it away again. Lines end with LF: each CRLF
// becomes one; a CR or LF that stands alone stays as it is. (Who needs the very octets takes the
// .eml form.)

#include "mt_span.h"

#include <stdio.h>

struct mbox {
	FILE *to;
	int state; // how far into a quoted "From " this line is
	unsigned quotes; // > held back
	bool cr; // held back
	bool begun; // the line has something in it
};

// sender: of the envelope, with or without <>; time: as records have it. Either may be anything.
void mbox_begin(struct mbox *m, FILE *to, struct span sender, struct span time);
// The content, cut anywhere.
void mbox_add(struct mbox *m, struct span text);
void mbox_end(struct mbox *m);
