// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Names of hellos by which clients and servers are known again: JA3 and JA3S (MD5 of lists of
// numbers) and JA4. GREASE is left out of JA3 and JA4, as their descriptions say; of JA3S, which
// knows none, nothing is.

#include "tls_env.h"
#include "tls_facts.h"
#include "tls_hello.h"

// Sets ja3, ja3_hash and ja4. A hello in the form of SSLv2 has none.
void tls_print_client(
	struct tls_env *env, const struct tls_client_hello *h, struct tls_facts *f);
// Sets ja3s and ja3s_hash.
void tls_print_server(
	struct tls_env *env, const struct tls_server_hello *h, struct tls_facts *f);
