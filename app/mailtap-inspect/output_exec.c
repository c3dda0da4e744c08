// SPDX-License-Identifier: BSD-3-Clause

// A program that is run for each mail: the path of its content is the last argument, its record
// stands on standard input, MAILTAP_… tell of it in the environment. The content is a file that
// is made for this try, may only be read, and is gone after it.

#include "child.h"
#include "judge.h"
#include "output.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define PATH_SIZE       4096
#define NAME_SIZE       40
#define ARGUMENTS_MAX   40
#define ENVIRONMENT_MAX (64u << 10)
#define VARIABLES_MAX   24
#define KILL_US         2000000 // from the polite signal to the other one

struct slot {
	struct pending_mail *mail; // NULL: this slot is free
	json_t *record;
	struct child child;
	uint64_t began_us, deadline_us;
	bool timed_out, killed;
};

struct exec {
	int folder; // of the contents
	char path[PATH_SIZE]; // of it
	struct slot slots[CONF_PARALLEL_MAX];
};

static void name_of(const struct pending_mail *m, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s.eml", m->id.text);
}

// --- what a program gets

struct copy {
	int fd;
	int rc;
};

static int take(void *ctx, struct span text)
{
	struct copy *copy = ctx;

	copy->rc = state_write(copy->fd, text);
	return copy->rc;
}

// *ret_read: what reading the content said. 0 or -errno of writing.
static int write_content(struct output *o, const struct pending_mail *m,
	const struct spool_found *found, int *ret_read)
{
	const struct exec *x = o->private;
	char name[NAME_SIZE];
	struct copy copy = {0};

	name_of(m, name);
	unlinkat(x->folder, name, 0);
	copy.fd = openat(x->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (copy.fd < 0)
		return -errno;
	int rc = spool_reader_content(o->reader, found, take, &copy);
	*ret_read = copy.rc == 0 ? rc : 0;
	if (close(copy.fd) != 0 && copy.rc == 0)
		copy.rc = -errno;
	return copy.rc;
}

// A file without a name, so that a program that does not read holds nobody up.
static int open_input(struct span json)
{
	int fd = memfd_create("record", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	int rc = state_write(fd, json);
	if (rc == 0)
		rc = state_write(fd, span_text("\n"));
	if (rc == 0 &&
		(lseek(fd, 0, SEEK_SET) != 0 ||
			fcntl(fd, F_ADD_SEALS,
				F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK |
					F_SEAL_SEAL) != 0))
		rc = -errno;
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

static void fill_environment(const struct output *o, const struct slot *s,
	struct mt_buf *text, char *to[VARIABLES_MAX])
{
	size_t count = 0;

	mt_buf_printf(text,
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	mt_buf_add_char(text, '\0');
	mt_buf_printf(text, "LANG=C.UTF-8");
	mt_buf_add_char(text, '\0');
	mt_buf_printf(text, "MAILTAP_OUTPUT=%s", o->conf->name);
	mt_buf_add_char(text, '\0');
	mt_buf_printf(text, "MAILTAP_TRY=%u", s->mail->tries + 1);
	mt_buf_add_char(text, '\0');
	mail_environment(s->record, text);
	// The buffer grows no more, so places in it stay.
	char *at = (char *)text->ptr, *end = at + text->len;
	for (; at < end && count < VARIABLES_MAX - 1; at += strlen(at) + 1)
		to[count++] = at;
	to[count] = NULL;
}

static int start(struct output *o, struct slot *s, int input)
{
	const struct exec *x = o->private;
	char path[PATH_SIZE + NAME_SIZE], program[CONF_PATH_SIZE];
	char arguments[CONF_ARGUMENTS_SIZE];
	char *argv[ARGUMENTS_MAX], *environment[VARIABLES_MAX];
	size_t count = 0;
	struct mt_buf text;

	memcpy(program, o->conf->path, sizeof(program));
	memcpy(arguments, o->conf->arguments, sizeof(arguments));
	argv[count++] = program;
	for (char *a = arguments; *a != '\0' && count < ARGUMENTS_MAX - 2;
		a += strlen(a) + 1)
		argv[count++] = a;
	snprintf(path, sizeof(path), "%s/%s.eml", x->path, s->mail->id.text);
	argv[count++] = path;
	argv[count] = NULL;
	mt_buf_init(&text, ENVIRONMENT_MAX);
	fill_environment(o, s, &text, environment);
	struct child_order order = {program, argv, environment, input, o->conf->memory};
	int rc = text.full ? -E2BIG : child_start(&s->child, &order);
	mt_buf_fini(&text);
	return rc;
}

static void clear(struct output *o, struct slot *s)
{
	const struct exec *x = o->private;
	char name[NAME_SIZE];

	name_of(s->mail, name);
	unlinkat(x->folder, name, 0);
	json_decref(s->record);
	*s = (struct slot){0};
}

// 0; the mail runs, or has its verdict. -errno: what a program needs cannot be had.
static int begin(struct output *o, struct slot *s, struct pending_mail *m)
{
	struct spool_found found;
	json_t *record;
	int reading = 0;

	int rc = output_load(o, m, &found, &record);
	if (rc != 1)
		return rc;
	*s = (struct slot){.mail = m, .record = record};
	rc = write_content(o, m, &found, &reading);
	int input = rc == 0 && reading == 0 ? open_input(found.json) : 0;
	if (rc == 0 && reading == 0)
		rc = input >= 0 ? start(o, s, input) : input;
	if (input > 0)
		close(input);
	if (rc == 0 && reading == 0) {
		s->began_us = mt_clock_mono_us();
		s->deadline_us = s->began_us + o->conf->timeout_s * 1000000ULL;
		pending_run(&o->pending, m);
		return 0;
	}
	json_incref(record);
	clear(o, s);
	if (rc == 0)
		rc = output_finish_unread(o, m, record, reading) ? 0 : reading;
	json_decref(record);
	return rc;
}

// --- the end of a try

static void retry(
	struct output *o, struct slot *s, const struct judgement *j, struct span text)
{
	const struct conf_inspect *c = o->conf;
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = UINT32_MAX / 2;
	snprintf(o->last_error, sizeof(o->last_error), "%.*s", (int)text.len,
		text.len > 0 ? (const char *)text.ptr : "");
	mt_log(MT_LOG_DEBUG, "inspect", "%s: %s: try %u: exit %d, signal %d", c->name,
		s->mail->id.text, s->mail->tries + 1, j->exit, j->signal);
	o->retries++;
	o->changed = true;
	pending_defer(&o->pending, s->mail,
		mt_clock_mono_us() +
			pending_delay_us(c->retry_first_s * 1000000ULL,
				c->retry_most_s * 1000000ULL, s->mail->tries + 1,
				random));
}

static void end(struct output *o, struct slot *s)
{
	char said[VERDICT_TEXT_SIZE];
	uint64_t run_us = mt_clock_mono_us() - s->began_us;

	struct judgement j = judge(child_end(&s->child), s->timed_out);
	size_t len = verdict_text(mt_buf_span(&s->child.said), said);
	if (len == 0)
		len = verdict_text(mt_buf_span(&s->child.complained), said);
	child_forget(&s->child);
	struct span text = len > 0 ? span_make(said, len) : span_text(j.text);
	struct verdict v = {.kind = j.kind,
		.text = text,
		.exit = j.exit,
		.signal = j.signal,
		.tries = 1,
		.run_us = run_us,
		.record = s->record};
	struct pending_mail *m = s->mail;
	bool last = j.final || m->tries + 1 >= o->conf->retry_times;
	if (last)
		output_finish(o, m, &v);
	else
		retry(o, s, &j, text);
	clear(o, s);
}

static void watch(struct slot *s, uint64_t now_us)
{
	child_read(&s->child);
	if (!s->timed_out && now_us >= s->deadline_us) {
		s->timed_out = true;
		s->deadline_us = now_us + KILL_US;
		child_signal(&s->child, SIGTERM);
	} else if (s->timed_out && !s->killed && now_us >= s->deadline_us) {
		s->killed = true;
		s->deadline_us = OUTPUT_NEVER;
		child_signal(&s->child, SIGKILL);
	}
}

static bool exec_work(struct output *o, uint64_t now_us)
{
	struct exec *x = o->private;
	bool more = false;

	for (uint32_t i = 0; i < o->conf->parallel; i++) {
		struct slot *s = &x->slots[i];
		if (s->mail != NULL) {
			watch(s, now_us);
			if (!child_is_over(&s->child))
				continue;
			end(o, s);
		}
		struct pending_mail *m = output_may_begin(o, now_us)
			? pending_due(&o->pending, now_us)
			: NULL;
		if (m == NULL)
			continue;
		int rc = begin(o, s, m);
		more = rc == 0;
		if (rc != 0)
			output_trouble(o, OUTPUT_TARGET, rc, "a try cannot be begun");
		else
			output_well(o, OUTPUT_TARGET);
	}
	// A mail that had its verdict at once left its slot free.
	return more && o->pending.running < o->conf->parallel;
}

static size_t exec_poll(const struct output *o, struct pollfd *fds, size_t room)
{
	const struct exec *x = o->private;
	size_t count = 0;

	for (uint32_t i = 0; i < o->conf->parallel; i++) {
		if (x->slots[i].mail == NULL || count + CHILD_FDS > room)
			continue;
		child_poll(&x->slots[i].child, fds + count);
		count += CHILD_FDS;
	}
	return count;
}

static uint64_t exec_next_us(const struct output *o)
{
	const struct exec *x = o->private;
	uint64_t next = OUTPUT_NEVER;

	for (uint32_t i = 0; i < o->conf->parallel; i++)
		if (x->slots[i].mail != NULL && x->slots[i].deadline_us < next)
			next = x->slots[i].deadline_us;
	if (o->stopping || o->pending.running == o->conf->parallel)
		return next;
	uint64_t due = pending_next_us(&o->pending);
	for (int p = 0; p < OUTPUT_PLACES; p++)
		if (due < o->troubles[p].hold_us)
			due = o->troubles[p].hold_us;
	return due < next ? due : next;
}

// --- open and close

// What an earlier run left; the folder is ours alone.
static void clean(const struct exec *x)
{
	DIR *list = fdopendir(openat(x->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	if (list == NULL)
		return;
	for (const struct dirent *e; (e = readdir(list)) != NULL;)
		if (mt_id_is_valid(span_head(span_text(e->d_name), MT_ID_LEN)))
			unlinkat(x->folder, e->d_name, 0);
	closedir(list);
}

static int open_folder(struct output *o, struct exec *x)
{
	char name[64], link[64];

	snprintf(name, sizeof(name), "%s.work", o->conf->name);
	if (mkdirat(o->state->folder, name, 0700) != 0 && errno != EEXIST)
		return -errno;
	x->folder = openat(
		o->state->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (x->folder < 0)
		return -errno;
	// The whole path, wherever we were started.
	snprintf(link, sizeof(link), "/proc/self/fd/%d", x->folder);
	ssize_t n = readlink(link, x->path, sizeof(x->path) - 1);
	if (n < 0)
		return -errno;
	x->path[n] = '\0';
	return 0;
}

static void exec_close(struct output *o)
{
	struct exec *x = o->private;

	for (uint32_t i = 0; i < o->conf->parallel; i++) {
		struct slot *s = &x->slots[i];
		if (s->mail == NULL)
			continue;
		child_end(&s->child);
		child_forget(&s->child);
		pending_release(&o->pending, s->mail);
		clear(o, s);
	}
	if (x->folder >= 0)
		close(x->folder);
	free(x);
}

static int check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0 || access(path, X_OK) != 0)
		return -errno;
	return S_ISREG(st.st_mode) ? 0 : -EISDIR;
}

static int exec_open(struct output *o, struct mt_error *error)
{
	struct exec *x = calloc(1, sizeof(*x));

	if (x == NULL) {
		mt_error_set(error, ENOMEM, "no memory");
		return EX_OSERR;
	}
	x->folder = -1;
	o->private = x;
	int rc = check_program(o->conf->path);
	if (rc != 0) {
		mt_error_set(error, -rc,
			"inspect: %s: exec %s: %s; it must be a program that uid %u may run",
			o->conf->name, o->conf->path, strerror(-rc), (unsigned)geteuid());
		exec_close(o);
		return EX_UNAVAILABLE;
	}
	rc = open_folder(o, x);
	if (rc == 0) {
		clean(x);
		return 0;
	}
	mt_error_set(error, -rc, "%s.work: %s", o->conf->name, strerror(-rc));
	exec_close(o);
	return EX_CANTCREAT;
}

const struct output_kind output_exec = {
	exec_open, exec_work, exec_poll, exec_next_us, exec_close};
