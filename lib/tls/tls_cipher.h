// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Names of the cipher suites in IANA's registry, those that are signals included.

#include <stdint.h>

// A constant text such as "TLS_AES_128_GCM_SHA256"; NULL for a number that is not registered.
const char *tls_cipher_name(uint16_t number);
