// SPDX-License-Identifier: BSD-3-Clause
#include "writer_mail.h"

#include <errno.h>
#include <stdlib.h>

int writer_mails_init(struct writer_mails *all, size_t envelope_max, uint32_t max)
{
	*all = (struct writer_mails){.envelope_max = envelope_max, .max = max};
	all->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	return all->sha256 != NULL ? 0 : -ENOMEM;
}

static void destroy(struct writer_mail *m)
{
	EVP_MD_CTX_free(m->hash);
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
	EVP_MD_free(all->sha256);
	all->sha256 = NULL;
}

static struct writer_mail *make(const struct writer_mails *all)
{
	struct writer_mail *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	mail_init(&m->mail, all->envelope_max);
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
	m->stored = NULL;
	m->given_up = false;
	m->next = all->free;
	all->free = m;
	all->used--;
}

void writer_mail_hash_begin(struct writer_mails *all, struct writer_mail *m)
{
	EVP_DigestInit_ex2(m->hash, all->sha256, NULL);
}
