// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Writes man(7) source: text that stays text, whatever it holds.

#include "mt_buf.h"

// Text within a paragraph, from the start of a line, with a line end behind it.
void roff_text(struct mt_buf *out, const char *text);
// An entry of a list: the term in bold, its words in capitals in italics, then the help, which may
// be empty.
void roff_item(struct mt_buf *out, const char *term, const char *help);
