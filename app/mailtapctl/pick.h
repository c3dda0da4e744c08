// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Finds a mail by the id an operator typed.

#include "spool_reader.h"

#include "mt_error.h"

// Whether the word is the id of a mail; small letters are taken.
bool pick_id(const char *word, struct mt_id *ret);
// 0; EX_USAGE when the word is no id; EX_NOINPUT when there is no such mail; EX_IOERR.
int pick_mail(struct spool_reader *r, const char *word, struct spool_found *ret,
	struct mt_error *error);
