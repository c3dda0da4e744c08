// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Reads what both directions of a connection said until the handshake was over, as tls_scan.h kept
// it: the hellos (RFC 8446, 5246; in pieces over records too), the server's certificates where they
// are in the clear (up to TLS 1.2), and the first alert. Everything is bounded by what was kept; what
// is cut short is told as far as it goes.

#include "tls_env.h"
#include "tls_facts.h"
#include "tls_scan.h"

struct tls_flight { // octets of one direction
	struct span text;
	enum tls_end end; // why there are no more
};

// Fills ret anew. Never fails: what cannot be read is left out, and told as odd where it was not the
// capture that cut it.
void tls_read(struct tls_env *env, const struct tls_flight *client,
	const struct tls_flight *server, struct tls_facts *ret);
