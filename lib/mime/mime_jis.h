// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// ISO-2022-JP as Japanese mail programs write it, with rows of vendors and half-width kana that
// RFC 1468 does not have and iconv's decoder refuses, rewritten as EUC-JP.

#include "mt_buf.h"

// Adds at most twice as many octets as there are. False when an escape sequence or a character
// was not understood; it is left out then.
bool mime_jis_to_euc(struct span octets, struct mt_buf *out);
