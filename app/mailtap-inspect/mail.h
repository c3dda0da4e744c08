// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What outputs ask of the record of a mail.

#include "conf.h"

#include <jansson.h>

// The record, to be given back with json_decref; NULL when the text is no JSON object.
json_t *mail_read(struct span text);
// Whether this output takes the mail. A program takes none whose content is not stored.
bool mail_is_wanted(const json_t *record, const struct conf_inspect *output);
// Appends "NAME=value" and its NUL for each variable that tells a program of the mail. Control
// characters become '?', and what is too long is cut: the record has it whole.
void mail_environment(const json_t *record, struct mt_buf *out);
