// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The keys of a signature: what each means, what it may say and what it is when left out.

#include "scan_signature.h"
#include "scan_yaml.h"

// Makes a signature of an entry. 0; or -EINVAL, then every fault of it was told. Either way
// *ret has its id and place, where it has any, and must be given to scan_signature_fini.
int scan_key_read(const struct scan_entry *entry, struct scan_faults *faults,
	struct scan_signature *ret, bool *ret_enabled);
// Frees the texts.
void scan_signature_fini(struct scan_signature *s);
