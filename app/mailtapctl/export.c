// SPDX-License-Identifier: BSD-3-Clause
#include "export.h"

#include "filter.h"
#include "pick.h"

#include <sysexits.h>

static const struct export_form *const forms[] = {&export_eml, &export_mbox};

// One mail in trouble does not stop the others. The first trouble decides the code.
static int go_on(int before, int code, struct mt_error *error, const struct mt_error *one)
{
	if (code == 0)
		return before;
	if (before == 0)
		*error = *one;
	else
		fprintf(stderr, "mailtapctl: %s\n", one->text);
	return before != 0 ? before : code;
}

static int put_found(struct export *x, const struct export_form *form,
	const struct spool_found *found, const struct filter *filter,
	struct mt_error *error)
{
	json_t *record = field_read(found->json);
	int code = 0;

	if (record == NULL) {
		mt_error_set(error, 0, "%s: its record is damaged", found->part.id.text);
		return EX_DATAERR;
	}
	if (filter == NULL || filter_takes(filter, record, false))
		code = form->put(x, found, record, error);
	json_decref(record);
	return code;
}

static int put_named(
	struct export *x, const struct export_form *form, struct mt_error *error)
{
	struct spool_found found;
	struct mt_error one;
	int code = 0;

	for (int i = 0; i < x->ctl->word_count; i++) {
		int rc = pick_mail(x->reader, x->ctl->words[i], &found, &one);
		if (rc == 0)
			rc = put_found(x, form, &found, NULL, &one);
		code = go_on(code, rc, error, &one);
	}
	return code;
}

static int put_all(struct export *x, const struct export_form *form,
	const struct filter *filter, struct mt_error *error)
{
	size_t most = x->ctl->count > 0 ? x->ctl->count : SIZE_MAX;
	struct spool_found found;
	struct mt_error one;
	int rc = 0, code = 0;

	spool_reader_seek(x->reader, 0, 0);
	while (x->written + x->not_kept < most && code != EX_IOERR &&
		(rc = spool_reader_next(x->reader, &found)) == 1)
		if (found.type == SPOOL_ENTRY_COMMIT)
			code = go_on(code, put_found(x, form, &found, filter, &one),
				error, &one);
	if (rc >= 0)
		return code;
	mt_error_set(&one, 0, "%s: %s", x->ctl->spool, strerror(-rc));
	return go_on(code, EX_IOERR, error, &one);
}

static const struct export_form *find_form(const char *name)
{
	if (name == NULL)
		return forms[0];
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i]->name, name) == 0)
			return forms[i];
	return NULL;
}

int ctl_export(const struct ctl *ctl, struct mt_error *error)
{
	struct export x = {.ctl = ctl};
	const struct export_form *form = find_form(ctl->format);
	struct filter filter;

	if (form == NULL) {
		mt_error_set(error, 0, "--format %.20s: one of eml, mbox", ctl->format);
		return EX_USAGE;
	}
	int code = form->check(ctl, error);
	if (code == 0)
		code = filter_make(&filter, ctl, mt_clock_wall_us(), error);
	if (code != 0)
		return code;
	x.reader = spool_reader_open(ctl->spool, &spool_disk_real, error);
	if (x.reader == NULL)
		return EX_NOINPUT;
	code = form->open(&x, error);
	if (code == 0) {
		code = ctl->word_count > 0 ? put_named(&x, form, error)
					   : put_all(&x, form, &filter, error);
		code = form->close(&x, code, error);
	}
	spool_reader_close(x.reader);
	return code;
}
