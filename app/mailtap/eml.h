// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Plain files beside the log (`--eml DIR`, and hold/): each announced mail is read back from its extents and
// written as DIR/<id>.eml, aside first and then renamed, so that no half file ever has the name.

#include "mt_id.h"

struct eml;

// Makes the folder if need be. records: DIR/<id>.json too, the record. NULL and errno when that is
// not possible.
struct eml *eml_create(const char *folder, const char *spool, bool records);
void eml_destroy(struct eml *e);
// A mail that was committed with its content: its file is due when it is announced. `extents`
// are n triples {segment, offset, length}.
void eml_expect(
	struct eml *e, const struct mt_id *id, const uint64_t (*extents)[3], size_t n);
// One announced record; writes the files if it is that of the next expected mail: 1. 0: it is not.
// -errno.
int eml_announce(struct eml *e, struct span json);
