// SPDX-License-Identifier: BSD-3-Clause
#include "export.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define NAME_SIZE 48 // "<id>.json"

static int check_words(const struct ctl *ctl, struct mt_error *error)
{
	if (ctl->dir != NULL && ctl->output == NULL)
		return 0;
	mt_error_set(error, 0,
		"export: say where to with --dir DIR (one file for all: --format mbox "
		"--output FILE)");
	return EX_USAGE;
}

static int open_folder(struct export *x, struct mt_error *error)
{
	const char *dir = x->ctl->dir;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
		mt_error_set(
			error, 0, "--dir %s: cannot be made: %s", dir, strerror(errno));
		return EX_CANTCREAT;
	}
	x->folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (x->folder >= 0)
		return 0;
	mt_error_set(error, 0, "--dir %s: %s", dir, strerror(errno));
	return EX_CANTCREAT;
}

static int write_content(struct export *x, const struct spool_found *found,
	const json_t *record, struct mt_error *error)
{
	struct export_file f;
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), "%s.eml", found->part.id.text);
	int code = export_file_open(&f, x->folder, name, error);
	if (code != 0)
		return code;
	code = content_copy(x->reader, found, record, f.to, error);
	return export_file_close(&f, code, error);
}

static int write_record(
	struct export *x, const struct spool_found *found, struct mt_error *error)
{
	struct export_file f;
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), "%s.json", found->part.id.text);
	int code = export_file_open(&f, x->folder, name, error);
	if (code != 0)
		return code;
	fwrite(found->json.ptr, 1, found->json.len, f.to);
	fputc('\n', f.to);
	return export_file_close(&f, 0, error);
}

// The record comes last: where it is, the content is whole beside it.
static int put_mail(struct export *x, const struct spool_found *found,
	const json_t *record, struct mt_error *error)
{
	bool kept = field_is_true(json_object_get(record, "mailtap"), "stored");
	int code = kept ? write_content(x, found, record, error) : 0;

	if (code == 0)
		code = write_record(x, found, error);
	if (code == 0) {
		x->written++;
		x->not_kept += !kept;
	}
	return code;
}

static int close_folder(struct export *x, int code, struct mt_error *error)
{
	if (syncfs(x->folder) != 0 && code == 0) {
		mt_error_set(error, 0, "--dir %s: %s", x->ctl->dir, strerror(errno));
		code = EX_IOERR;
	}
	close(x->folder);
	fprintf(stderr, "%zu mails written to %s, %zu of them without content\n",
		x->written, x->ctl->dir, x->not_kept);
	return code;
}

const struct export_form export_eml = {
	"eml", check_words, open_folder, put_mail, close_folder};
