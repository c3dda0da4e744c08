// SPDX-License-Identifier: BSD-3-Clause

// A folder that gets <id>.eml and <id>.json. Both are written under tmp/ in that folder, put on
// the disk, and renamed: first the contents, then, when those names are on the disk, the
// records. So whoever sees <id>.json finds the whole <id>.eml beside it.

#include "output.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define BATCH     256
#define EACH_MAX  4 // up to so many are synced one by one, more by syncfs
#define NAME_SIZE 40 // "<id>.json"

struct item {
	struct pending_mail *mail;
	json_t *record;
	bool has_content;
};

struct directory {
	int folder, aside;
	struct item items[BATCH];
	size_t count;
};

static const char *const ends[] = {"eml", "json"};
enum {
	EML,
	JSON
};

static void name_of(const struct mt_id *id, int end, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s.%s", id->text, ends[end]);
}

// --- files aside

struct copy {
	int fd;
	int rc; // of writing; what else goes wrong is the content's
};

static int take(void *ctx, struct span text)
{
	struct copy *copy = ctx;

	copy->rc = state_write(copy->fd, text);
	return copy->rc;
}

static int open_aside(const struct directory *d, const struct mt_id *id, int end)
{
	char name[NAME_SIZE];

	name_of(id, end, name);
	int fd = openat(d->aside, name,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	return fd < 0 ? -errno : fd;
}

static int close_aside(int fd, int rc, bool sync)
{
	if (rc == 0 && sync && fsync(fd) != 0)
		rc = -errno;
	if (close(fd) != 0 && rc == 0)
		rc = -errno;
	return rc;
}

// *ret_read: what reading the content said. 0 or -errno of writing.
static int write_content(
	struct output *o, const struct spool_found *found, bool sync, int *ret_read)
{
	struct directory *d = o->private;
	struct copy copy = {.fd = open_aside(d, &found->part.id, EML)};

	if (copy.fd < 0)
		return copy.fd;
	int rc = spool_reader_content(o->reader, found, take, &copy);
	*ret_read = copy.rc == 0 ? rc : 0;
	return close_aside(copy.fd, copy.rc, sync && rc == 0);
}

static int write_record(struct output *o, const struct spool_found *found, bool sync)
{
	int fd = open_aside(o->private, &found->part.id, JSON);

	if (fd < 0)
		return fd;
	int rc = state_write(fd, found->json);
	if (rc == 0)
		rc = state_write(fd, span_text("\n"));
	return close_aside(fd, rc, sync);
}

static void remove_aside(const struct directory *d, const struct mt_id *id)
{
	char name[NAME_SIZE];

	for (int end = EML; end <= JSON; end++) {
		name_of(id, end, name);
		unlinkat(d->aside, name, 0);
	}
}

// --- a batch

// 1: it is in the batch; 0: it has its verdict; -errno: trouble of a disk.
static int prepare(struct output *o, struct pending_mail *m, bool sync)
{
	struct directory *d = o->private;
	struct spool_found found;
	struct item item = {.mail = m};
	int reading = 0;

	int rc = output_load(o, m, &found, &item.record);
	if (rc != 1)
		return rc;
	item.has_content = json_is_true(
		json_object_get(json_object_get(item.record, "mailtap"), "stored"));
	rc = item.has_content ? write_content(o, &found, sync, &reading) : 0;
	if (rc == 0 && reading == 0)
		rc = write_record(o, &found, sync);
	if (rc == 0 && reading == 0) {
		pending_run(&o->pending, m);
		d->items[d->count++] = item;
		return 1;
	}
	remove_aside(d, &found.part.id);
	if (rc == 0)
		rc = output_finish_unread(o, m, item.record, reading) ? 0 : reading;
	json_decref(item.record);
	return rc;
}

static int rename_all(const struct directory *d, int end)
{
	char name[NAME_SIZE];

	for (size_t i = 0; i < d->count; i++) {
		if (end == EML && !d->items[i].has_content)
			continue;
		name_of(&d->items[i].mail->id, end, name);
		if (renameat(d->aside, name, d->folder, name) != 0)
			return -errno;
	}
	return fsync(d->folder) != 0 ? -errno : 0;
}

static int publish(const struct directory *d, bool sync)
{
	if (!sync && syncfs(d->aside) != 0)
		return -errno;
	int rc = rename_all(d, EML);
	return rc == 0 ? rename_all(d, JSON) : rc;
}

static void end_batch(struct output *o, int rc, uint64_t began_us)
{
	struct directory *d = o->private;
	uint64_t run_us = mt_clock_mono_us() - began_us;

	for (size_t i = 0; i < d->count; i++) {
		struct item *item = &d->items[i];
		struct verdict v = {.kind = VERDICT_DELIVERED,
			.exit = -1,
			.tries = 1,
			.run_us = run_us,
			.record = item->record};
		if (rc != 0) {
			remove_aside(d, &item->mail->id);
			pending_release(&o->pending, item->mail);
		} else {
			output_finish(o, item->mail, &v);
		}
		json_decref(item->record);
	}
	d->count = 0;
}

static bool directory_work(struct output *o, uint64_t now_us)
{
	struct directory *d = o->private;
	struct pending_mail *m = NULL;
	bool sync = o->pending.count <= EACH_MAX;
	int rc = 0;

	if (!output_may_begin(o, now_us) || pending_next_us(&o->pending) > now_us)
		return false;
	while (rc >= 0 && d->count < BATCH &&
		(m = pending_due(&o->pending, now_us)) != NULL)
		rc = prepare(o, m, sync);
	// What was prepared before a disk became full is well, and may be all that fits.
	int code = rc < 0 ? rc : 0;
	if (d->count > 0) {
		rc = publish(d, sync);
		end_batch(o, rc, now_us);
		code = rc != 0 ? rc : code;
		if (rc == 0)
			output_moves(o, OUTPUT_TARGET);
	}
	if (code != 0)
		output_trouble(o, OUTPUT_TARGET, code, o->conf->path);
	else
		output_well(o, OUTPUT_TARGET);
	return code == 0 && m != NULL;
}

static size_t directory_poll(const struct output *o, struct pollfd *fds, size_t room)
{
	(void)o;
	(void)fds;
	(void)room;
	return 0;
}

static uint64_t directory_next_us(const struct output *o)
{
	if (o->stopping || o->pending.count == 0)
		return OUTPUT_NEVER;
	return o->troubles[OUTPUT_TARGET].hold_us; // all are due at once
}

// --- open and close

// What an earlier run did not come to rename. Only our names: <id>.eml and <id>.json.
static void clean(const struct directory *d)
{
	DIR *list =
		fdopendir(openat(d->folder, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	size_t count = 0;

	if (list == NULL)
		return;
	for (const struct dirent *e; (e = readdir(list)) != NULL;) {
		if (strlen(e->d_name) <= MT_ID_LEN + 1 ||
			!mt_id_is_valid(span_make(e->d_name, MT_ID_LEN)))
			continue;
		count += unlinkat(d->aside, e->d_name, 0) == 0;
	}
	closedir(list);
	if (count > 0)
		mt_log(MT_LOG_INFO, "inspect",
			"%zu unfinished files of an earlier run are removed", count);
}

static int open_folders(struct directory *d, const char *path)
{
	if (mkdir(path, 0750) != 0 && errno != EEXIST)
		return -errno;
	d->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->folder < 0)
		return -errno;
	if (mkdirat(d->folder, "tmp", 0700) != 0 && errno != EEXIST)
		return -errno;
	d->aside =
		openat(d->folder, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (d->aside < 0 || faccessat(d->aside, ".", W_OK | X_OK, AT_EACCESS) != 0 ||
		faccessat(d->folder, ".", W_OK | X_OK, AT_EACCESS) != 0)
		return -errno;
	return 0;
}

static void directory_close(struct output *o)
{
	struct directory *d = o->private;

	if (d->aside >= 0)
		close(d->aside);
	if (d->folder >= 0)
		close(d->folder);
	free(d);
}

static int directory_open(struct output *o, struct mt_error *error)
{
	struct directory *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		mt_error_set(error, ENOMEM, "no memory");
		return EX_OSERR;
	}
	d->folder = d->aside = -1;
	o->private = d;
	int rc = open_folders(d, o->conf->path);
	if (rc == 0) {
		clean(d);
		return 0;
	}
	mt_error_set(error, -rc,
		"inspect: %s: directory %s: %s; make the folder and give it to uid %u",
		o->conf->name, o->conf->path, strerror(-rc), (unsigned)geteuid());
	directory_close(o);
	return EX_CANTCREAT;
}

const struct output_kind output_directory = {directory_open, directory_work,
	directory_poll, directory_next_us, directory_close};
