// SPDX-License-Identifier: BSD-3-Clause
#include "content.h"
#include "ctl.h"
#include "pick.h"

#include <errno.h>
#include <sysexits.h>

static int print_mail(
	struct spool_reader *r, const struct spool_found *found, struct mt_error *error)
{
	json_t *record = field_read(found->json);
	// Twice: what is damaged must not come out first and be complained of afterwards.
	int code = content_copy(r, found, record, NULL, error);

	if (code == 0)
		code = content_copy(r, found, record, stdout, error);
	json_decref(record);
	return code;
}

int ctl_cat(const struct ctl *ctl, struct mt_error *error)
{
	struct spool_found found;

	if (ctl->word_count != 1) {
		mt_error_set(error, 0,
			"cat: name one mail by its id; mailtapctl mails has them");
		return EX_USAGE;
	}
	struct spool_reader *r = spool_reader_open(ctl->spool, &spool_disk_real, error);
	if (r == NULL)
		return EX_NOINPUT;
	int code = pick_mail(r, ctl->words[0], &found, error);
	if (code == 0)
		code = print_mail(r, &found, error);
	spool_reader_close(r);
	return code;
}
