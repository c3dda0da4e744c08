// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The certificate of a server, as a handshake up to TLS 1.2 shows it (RFC 5246 7.4.2, RFC 5280 4.1).
// Nothing is verified here: a tap has nobody to trust.

#include "tls_env.h"
#include "tls_facts.h"

// body: the Certificate message without its head. Tells the length of the chain, and of the first
// certificate names, dates, serial number and fingerprint. What cannot be read is left out, and
// false is returned.
bool tls_certificate_read(struct tls_env *env, struct span body, struct tls_facts *f);
