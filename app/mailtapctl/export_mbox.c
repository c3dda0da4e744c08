// SPDX-License-Identifier: BSD-3-Clause
#include "export.h"
#include "mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sysexits.h>

static bool is_stdout(const struct export *x)
{
	return x->ctl->output == NULL || strcmp(x->ctl->output, "-") == 0;
}

static int check_words(const struct ctl *ctl, struct mt_error *error)
{
	if (ctl->dir == NULL)
		return 0;
	mt_error_set(
		error, 0, "export --format mbox: one file, named with --output FILE");
	return EX_USAGE;
}

static int open_mbox(struct export *x, struct mt_error *error)
{
	if (is_stdout(x)) {
		x->mbox = stdout;
		return 0;
	}
	int code = export_file_open(&x->file, AT_FDCWD, x->ctl->output, error);
	x->mbox = x->file.to;
	return code;
}

static int take(void *ctx, struct span text)
{
	struct mbox *m = ctx;

	errno = 0;
	mbox_add(m, text);
	return ferror(m->to) == 0 ? 0 : errno != 0 ? -errno : -EIO;
}

static int put_mail(struct export *x, const struct spool_found *found,
	const json_t *record, struct mt_error *error)
{
	struct mbox m;

	if (!field_is_true(json_object_get(record, "mailtap"), "stored")) {
		x->not_kept++;
		return 0;
	}
	// Twice: what is damaged must not come out first and be complained of afterwards.
	int code = content_copy(x->reader, found, record, NULL, error);
	if (code != 0)
		return code;
	mbox_begin(&m, x->mbox, field_text(json_object_get(record, "smtp"), "mail_from"),
		field_text(record, "timestamp"));
	code = content_read(x->reader, found, record, take, &m, error);
	mbox_end(&m);
	x->written += code == 0;
	return code;
}

// A mail that is damaged is not in the file; a file with all the others is worth having.
static int close_mbox(struct export *x, int code, struct mt_error *error)
{
	struct mt_error own = {""};
	int closed = is_stdout(x)
		? 0
		: export_file_close(&x->file, code == EX_IOERR ? code : 0, &own);

	fprintf(stderr, "%zu mails written, %zu left out that have no content\n",
		x->written, x->not_kept);
	if (code == 0 && closed != 0)
		*error = own;
	return code != 0 ? code : closed;
}

const struct export_form export_mbox = {
	"mbox", check_words, open_mbox, put_mail, close_mbox};
