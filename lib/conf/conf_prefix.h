// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// An address or network as it is written, and what lies in it.

#include "conf_key.h"

// Reads "address" or "address/bits". False: it is neither.
bool conf_prefix_read(const char *text, struct conf_prefix *ret);
// Clears what stands behind the bits; false when there was something.
bool conf_prefix_clear(struct conf_prefix *p);
void conf_prefix_print(const struct conf_prefix *p, struct mt_buf *out);
bool conf_prefix_has(const uint8_t addr[16], const struct conf_prefix *p);
