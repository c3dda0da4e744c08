// SPDX-License-Identifier: BSD-3-Clause
#include "writer_mail.h"

#include <errno.h>
#include <stdlib.h>

int writer_mails_init(struct writer_mails *all, size_t envelope_max, uint32_t max)
{
	static const struct mime_limits limits = MIME_LIMITS_DEFAULT;

	*all = (struct writer_mails){.envelope_max = envelope_max, .max = max};
	mime_env_init(&all->mime, &limits);
	all->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	return all->sha256 != NULL ? 0 : -ENOMEM;
}

static void destroy(struct writer_mail *m)
{
	EVP_MD_CTX_free(m->hash);
	mime_header_fini(&m->header);
	mt_buf_fini(&m->hits);
	for (int i = 0; i < 2; i++)
		mt_buf_fini(&m->flights[i]);
	mail_fini(&m->mail);
	free(m);
}

void writer_mails_fini(struct writer_mails *all)
{
	while (all->free != NULL) {
		struct writer_mail *m = all->free;
		all->free = m->next;
		destroy(m);
	}
	mime_env_fini(&all->mime);
	EVP_MD_free(all->sha256);
	all->sha256 = NULL;
}

static struct writer_mail *make(struct writer_mails *all)
{
	struct writer_mail *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	mail_init(&m->mail, all->envelope_max);
	mime_header_init(&m->header, &all->mime);
	mt_buf_init(&m->hits, WRITER_HITS_MAX);
	for (int i = 0; i < 2; i++)
		mt_buf_init(&m->flights[i], TLS_FLIGHT_MAX);
	m->hash = EVP_MD_CTX_new();
	if (m->hash != NULL)
		return m;
	destroy(m);
	return NULL;
}

struct writer_mail *writer_mail_take(struct writer_mails *all)
{
	struct writer_mail *m = all->free;

	if (all->used == all->max)
		return NULL;
	if (m != NULL)
		all->free = m->next;
	else
		m = make(all);
	if (m != NULL)
		all->used++;
	return m;
}

void writer_mail_put(struct writer_mails *all, struct writer_mail *m)
{
	mail_clear(&m->mail);
	mime_header_clear(&m->header);
	// Few have a handshake: those that wait keep no memory for one.
	for (int i = 0; i < 2; i++)
		mt_buf_fini(&m->flights[i]);
	m->stored = NULL;
	m->given_up = false;
	m->next = all->free;
	all->free = m;
	all->used--;
}

void writer_mail_begin(struct writer_mails *all, struct writer_mail *m)
{
	mime_header_begin(&m->header);
	EVP_DigestInit_ex2(m->hash, all->sha256, NULL);
}
