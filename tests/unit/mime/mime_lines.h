// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What was found in a header as text, a line an item: "subject: text", oddities last.

#include "mime_header.h"

void mime_lines_add(struct mt_buf *out, const struct mime_headers *headers);
