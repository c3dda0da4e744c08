// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the writer keeps of a mail while its tape plays. Taken from a list of used ones, so that
// a mail of ordinary size costs no allocation.

#include "mail.h"
#include "mime_header.h"
#include "record.h"
#include "scan_stream.h"
#include "spool.h"
#include "tls_env.h"

#include <openssl/evp.h>

#define WRITER_HITS_MAX (SCAN_HITS_MAX * sizeof(struct record_hit))

struct writer;

struct writer_mail {
	struct writer_mail *next;
	struct mail mail;
	struct spool_mail *stored; // NULL: nothing in the log (not begun, or given up)
	EVP_MD_CTX *hash;
	struct mime_header header;
	struct scan_stream *scan; // NULL: not searched
	struct writer *writer; // for hits
	uint64_t scan_us; // packet time of what is searched
	struct mt_buf hits; // struct record_hit[]
	struct mt_buf flights[2]; // of a TLS handshake: of the client, of the server
	bool held; // a signature wants a copy kept
	bool given_up;
	enum mail_given_up why;
};

struct writer_mails {
	struct writer_mail *free;
	EVP_MD *sha256; // fetched once: looking it up costs more than hashing a small mail
	struct mime_env mime;
	size_t envelope_max;
	uint32_t used, max;
};

// 0 or -ENOMEM. Opens files (character sets, see mime_env.h), so before privileges are dropped.
// all must stay where it is until the end.
int writer_mails_init(struct writer_mails *all, size_t envelope_max, uint32_t max);
void writer_mails_fini(struct writer_mails *all);
// NULL when max are in use or memory ran out.
struct writer_mail *writer_mail_take(struct writer_mails *all);
void writer_mail_put(struct writer_mails *all, struct writer_mail *m);
// The content begins.
void writer_mail_begin(struct writer_mails *all, struct writer_mail *m);
