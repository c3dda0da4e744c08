// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The signatures in force: a compiled set, when it was loaded, and how often each was found since.

#include "conf.h"
#include "scan_set.h"

#include "mt_buf.h"

struct signatures;

// Loads what scan.signatures names; takes seconds when it must compile. NULL: the faults were
// added, a line each; or, without one, no signatures are configured. spool: where compiled sets
// are kept (its state/), NULL: nowhere.
struct signatures *signatures_load(
	const struct conf *conf, const char *spool, struct mt_buf *faults);
void signatures_free(struct signatures *s);

struct scan_set *signatures_set(const struct signatures *s); // lent
uint64_t signatures_loaded_us(const struct signatures *s); // wall clock
// One more hit. Only of the set in force: mails in flight may have begun with the one before.
void signatures_count(struct signatures *s, const struct scan_set *set,
	const struct scan_signature *signature);
uint64_t signatures_hits(const struct signatures *s, size_t nth);
