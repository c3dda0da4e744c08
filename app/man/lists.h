// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The lists that pages are made of, from the tables that the programs use.

#include "mt_buf.h"

void lists_keys(struct mt_buf *out); // of the configuration
void lists_counters(struct mt_buf *out);
void lists_oddities(struct mt_buf *out);
