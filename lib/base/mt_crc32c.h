// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// CRC-32C (Castagnoli, reflected, as in RFC 3720 appendix B.4).

#include "mt_span.h"

// Extends crc over the octets of s; start with 0. The SSE4.2 instruction is used where the
// processor has it.
uint32_t mt_crc32c(uint32_t crc, struct span s);
