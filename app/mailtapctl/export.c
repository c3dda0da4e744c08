// SPDX-License-Identifier: BSD-3-Clause
#include "content.h"
#include "ctl.h"
#include "pick.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define NAME_SIZE 48 // ".<id>.json.part"

struct export
{
	const struct ctl *ctl;
	struct spool_reader *reader;
	int folder;
	size_t written, not_kept;
};

static int complain(const struct export *x, const char *name, struct mt_error *error)
{
	mt_error_set(error, 0, "%s/%s: %s", x->ctl->dir, name,
		strerror(errno != 0 ? errno : EIO));
	return EX_IOERR;
}

// A file that nobody takes for a finished one.
static FILE *open_aside(const struct export *x, const char *name, char aside[NAME_SIZE])
{
	snprintf(aside, NAME_SIZE, ".%s.part", name);
	int fd = openat(x->folder, aside,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return NULL;
	FILE *f = fdopen(fd, "wb");
	if (f == NULL)
		close(fd);
	return f;
}

// Closes it, and gives it its name if all went well so far.
static int close_aside(const struct export *x, FILE *f, const char *name, int code,
	struct mt_error *error)
{
	char aside[NAME_SIZE];
	bool written = ferror(f) == 0;

	snprintf(aside, sizeof(aside), ".%s.part", name);
	written = fclose(f) == 0 && written;
	if (code == 0 && (!written || renameat(x->folder, aside, x->folder, name) != 0))
		code = complain(x, name, error);
	if (code != 0)
		unlinkat(x->folder, aside, 0);
	return code;
}

static int write_record(
	const struct export *x, const char *id, struct span json, struct mt_error *error)
{
	char name[NAME_SIZE], aside[NAME_SIZE];

	snprintf(name, sizeof(name), "%s.json", id);
	FILE *f = open_aside(x, name, aside);
	if (f == NULL)
		return complain(x, name, error);
	fwrite(json.ptr, 1, json.len, f);
	fputc('\n', f);
	return close_aside(x, f, name, 0, error);
}

static int write_content(const struct export *x, const struct spool_found *found,
	const json_t *record, struct mt_error *error)
{
	char name[NAME_SIZE], aside[NAME_SIZE];

	snprintf(name, sizeof(name), "%s.eml", found->part.id.text);
	FILE *f = open_aside(x, name, aside);
	if (f == NULL)
		return complain(x, name, error);
	int code = content_copy(x->reader, found, record, f, error);
	return close_aside(x, f, name, code, error);
}

// The record comes last: where it is, the content is whole beside it.
static int write_mail(
	struct export *x, const struct spool_found *found, struct mt_error *error)
{
	json_t *record = field_read(found->json);
	const json_t *own = json_object_get(record, "mailtap");
	bool kept = field_is_true(own, "stored");
	int code = kept ? write_content(x, found, record, error) : 0;

	json_decref(record);
	if (code == 0)
		code = write_record(x, found->part.id.text, found->json, error);
	if (code == 0) {
		x->written++;
		x->not_kept += !kept;
	}
	return code;
}

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

static int export_named(struct export *x, struct mt_error *error)
{
	struct spool_found found;
	struct mt_error one;
	int code = 0;

	for (int i = 0; i < x->ctl->word_count; i++) {
		int rc = pick_mail(x->reader, x->ctl->words[i], &found, &one);
		if (rc == 0)
			rc = write_mail(x, &found, &one);
		code = go_on(code, rc, error, &one);
	}
	return code;
}

static int export_all(struct export *x, struct mt_error *error)
{
	struct spool_found found;
	struct mt_error one;
	int rc, code = 0;

	spool_reader_seek(x->reader, 0, 0);
	while ((rc = spool_reader_next(x->reader, &found)) == 1)
		if (found.type == SPOOL_ENTRY_COMMIT)
			code = go_on(code, write_mail(x, &found, &one), error, &one);
	if (rc == 0)
		return code;
	mt_error_set(&one, 0, "%s: %s", x->ctl->spool, strerror(-rc));
	return go_on(code, EX_IOERR, error, &one);
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

int ctl_export(const struct ctl *ctl, struct mt_error *error)
{
	struct export x = {.ctl = ctl};

	if (ctl->dir == NULL) {
		mt_error_set(error, 0, "export: say where to with --dir DIR");
		return EX_USAGE;
	}
	x.reader = spool_reader_open(ctl->spool, &spool_disk_real, error);
	if (x.reader == NULL)
		return EX_NOINPUT;
	int code = open_folder(&x, error);
	if (code == 0) {
		code = ctl->word_count > 0 ? export_named(&x, error)
					   : export_all(&x, error);
		if (syncfs(x.folder) != 0 && code == 0)
			code = complain(&x, "", error);
		close(x.folder);
		fprintf(stderr, "%zu mails written to %s, %zu of them without content\n",
			x.written, ctl->dir, x.not_kept);
	}
	spool_reader_close(x.reader);
	return code;
}
