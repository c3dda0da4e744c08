// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What every reader of one thread shares: the hashes, looked up once, and scratch memory.
// tls_env_init may open files of libcrypto, so it must run before privileges are dropped.

#include "mt_span.h"

#include <openssl/evp.h>

#define TLS_FLIGHT_MAX 24576 // octets of one direction that are looked at

struct tls_env {
	EVP_MD *sha256;
	EVP_MD *md5; // NULL where the system forbids it: no JA3 then
	EVP_MD_CTX *hash;
	BIO *names; // where names are written
	uint8_t joined
		[TLS_FLIGHT_MAX]; // messages of a flight without the heads of records
	uint16_t numbers[TLS_FLIGHT_MAX / 2]; // to be sorted
};

// 0 or -ENOMEM.
int tls_env_init(struct tls_env *env);
void tls_env_fini(struct tls_env *env);
