// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Reads the octets of a mail out of the log, and tells whether they are those that were seen.

#include "field.h"
#include "spool_reader.h"

#include "mt_error.h"

#include <stdio.h>

// Hands the content to `take` (NULL: only looks at it), piece by piece, and compares its SHA-256
// with that of the record at the end. 0; EX_NOINPUT when it is not kept; EX_DATAERR when it is
// damaged; EX_IOERR. found must be the last thing the reader returned.
int content_read(struct spool_reader *r, const struct spool_found *found,
	const json_t *record, int (*take)(void *ctx, struct span text), void *ctx,
	struct mt_error *error);
// The same into a file (NULL: nowhere).
int content_copy(struct spool_reader *r, const struct spool_found *found,
	const json_t *record, FILE *to, struct mt_error *error);
