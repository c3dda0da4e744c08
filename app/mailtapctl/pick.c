// SPDX-License-Identifier: BSD-3-Clause
#include "pick.h"

#include <ctype.h>
#include <string.h>
#include <sysexits.h>

bool pick_id(const char *word, struct mt_id *ret)
{
	if (strlen(word) != MT_ID_LEN)
		return false;
	for (int i = 0; i <= MT_ID_LEN; i++)
		ret->text[i] = (char)toupper((unsigned char)word[i]);
	return mt_id_is_valid(span_make(ret->text, MT_ID_LEN));
}

int pick_mail(struct spool_reader *r, const char *word, struct spool_found *ret,
	struct mt_error *error)
{
	struct mt_id id;

	if (!pick_id(word, &id)) {
		mt_error_set(error, 0, "%.40s: not the id of a mail (%d characters)",
			word, MT_ID_LEN);
		return EX_USAGE;
	}
	int rc = spool_reader_find(r, &id, ret);
	if (rc == 1)
		return 0;
	if (rc == 0) {
		mt_error_set(error, 0, "%s: no such mail in this spool", id.text);
		return EX_NOINPUT;
	}
	mt_error_set(
		error, 0, "%s: the spool cannot be read: %s", id.text, strerror(-rc));
	return EX_IOERR;
}
