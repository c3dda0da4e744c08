// SPDX-License-Identifier: BSD-3-Clause
#include "link.h"

#include "link_place.h"

#include "mt_buf.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define ANSWER_MAX (64u << 10)
#define PATIENCE_S 5
#define PAGES_MAX  10000

struct link {
	int fd;
	const char *file_prefix;
	char answer[ANSWER_MAX];
};

static const char *user_name(void)
{
	const struct passwd *user = getpwuid(geteuid());

	return user != NULL ? user->pw_name : "USER";
}

static int explain_place(const char *file_prefix, int rc, struct mt_error *error)
{
	struct mt_buf others;

	if (rc == -EACCES) {
		mt_error_set(error, 0,
			"the appliance '%.64s' may not be asked by user %s: the group "
			"mailtap may; type: sudo usermod -aG mailtap %s, then log in anew",
			file_prefix, user_name(), user_name());
		return EX_NOPERM;
	}
	mt_buf_init(&others, 256);
	link_place_list(&others);
	if (others.len == 0)
		mt_error_set(error, 0,
			"no appliance runs as '%.64s'; start one: systemctl start mailtap "
			"(by hand: mailtap run -c /etc/mailtap/mailtap.yaml)",
			file_prefix);
	else
		mt_error_set(error, 0,
			"no appliance runs as '%.64s'; start it: systemctl start mailtap; "
			"or choose with --file-prefix what runs on this host: %.*s",
			file_prefix, (int)others.len, (const char *)others.ptr);
	mt_buf_fini(&others);
	return EX_UNAVAILABLE;
}

static int explain_silence(
	const char *file_prefix, const char *command, int rc, struct mt_error *error)
{
	mt_error_set(error, 0, "the appliance '%.64s' does not answer%s%.40s: %s",
		file_prefix, command[0] != '\0' ? " " : "", command,
		rc == -EAGAIN          ? "nothing came for a while; try again"
			: rc == -EPIPE ? "it closed the connection; too many may ask at "
					 "once, or it stops"
			: rc == -EINTR ? "interrupted"
				       : strerror(-rc));
	return EX_TEMPFAIL;
}

// Octets of the message, or -errno.
static int receive(struct link *link)
{
	ssize_t n = recv(link->fd, link->answer, ANSWER_MAX, 0);

	if (n > 0)
		return (int)n;
	return n == 0 || errno == ECONNRESET ? -EPIPE : -errno;
}

int link_open(
	const struct ctl *ctl, int patience_s, struct link **ret, struct mt_error *error)
{
	int fd = link_place_connect(ctl->file_prefix, patience_s);

	if (fd < 0)
		return explain_place(ctl->file_prefix, fd, error);
	struct link *link = malloc(sizeof(*link));
	if (link == NULL) {
		close(fd);
		mt_error_set(error, 0, "no memory");
		return EX_OSERR;
	}
	link->fd = fd;
	link->file_prefix = ctl->file_prefix;
	// First it says who it is.
	int rc = receive(link);
	if (rc < 0) {
		link_close(link);
		return explain_silence(ctl->file_prefix, "", rc, error);
	}
	*ret = link;
	return 0;
}

void link_close(struct link *link)
{
	if (link == NULL)
		return;
	close(link->fd);
	free(link);
}

// {"/mailtap/mails": {...}}: gives what is inside; NULL when it is nothing of the kind.
static json_t *read_answer(const char *command, const char *text, size_t len)
{
	char name[64];
	json_t *whole = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(command, ","), command);
	json_t *inside = json_object_get(whole, name);
	if (json_is_object(inside))
		json_incref(inside);
	else
		inside = NULL;
	json_decref(whole);
	return inside;
}

static int judge(struct link *link, const char *command, json_t *inside, json_t **ret,
	struct mt_error *error)
{
	if (inside == NULL) {
		mt_error_set(error, 0,
			"'%.64s' runs, but what it answers to %.40s is not understood: is it a "
			"mailtap of this version?",
			link->file_prefix, command);
		return EX_PROTOCOL;
	}
	const json_t *refusal = json_object_get(inside, "error");
	if (json_is_string(refusal)) {
		mt_error_set(error, 0, "%s", json_string_value(refusal));
		json_decref(inside);
		return EX_USAGE;
	}
	*ret = inside;
	return 0;
}

int link_question(
	struct link *link, const char *command, json_t **ret, struct mt_error *error)
{
	int rc = 0;

	if (send(link->fd, command, strlen(command), MSG_NOSIGNAL) < 0)
		rc = -errno;
	if (rc == 0)
		rc = receive(link);
	if (rc < 0)
		return explain_silence(link->file_prefix, command, rc, error);
	return judge(link, command, read_answer(command, link->answer, (size_t)rc), ret,
		error);
}

// Moves what stands in a page's dict, in the order of its positions, behind what there is.
static size_t take_items(json_t *all, const json_t *page, size_t start)
{
	const json_t *items = json_object_get(page, "items");
	size_t count = 0;
	char key[24];

	for (;; count++) {
		// By position in the list or in the page.
		snprintf(key, sizeof(key), "%zu", start + count);
		json_t *item = json_object_get(items, key);
		if (item == NULL) {
			snprintf(key, sizeof(key), "%zu", count);
			item = json_object_get(items, key);
		}
		if (item == NULL || count >= json_object_size(items) ||
			json_array_append(all, item) != 0)
			return count;
	}
}

int link_pages(
	struct link *link, const char *command, json_t **ret, struct mt_error *error)
{
	json_t *all = json_array(), *first = NULL, *page;
	char question[80];
	size_t start = 0;
	int code = 0;

	for (int i = 0; i < PAGES_MAX && code == 0; i++) {
		snprintf(question, sizeof(question), "%s,%zu", command, start);
		code = link_question(link, question, &page, error);
		if (code != 0)
			break;
		size_t count = take_items(all, page, start);
		start += count;
		json_int_t total = json_integer_value(json_object_get(page, "total"));
		if (first == NULL)
			first = json_incref(page);
		json_decref(page);
		if (count == 0 || start >= (size_t)(total > 0 ? total : 0))
			break;
	}
	if (code != 0) {
		json_decref(all);
		json_decref(first);
		return code;
	}
	json_object_set_new(first, "items", all);
	*ret = first;
	return 0;
}

int link_ask(
	const struct ctl *ctl, const char *command, json_t **ret, struct mt_error *error)
{
	struct link *link;
	int code = link_open(ctl, PATIENCE_S, &link, error);

	if (code != 0)
		return code;
	code = link_question(link, command, ret, error);
	link_close(link);
	return code;
}

int link_ask_pages(
	const struct ctl *ctl, const char *command, json_t **ret, struct mt_error *error)
{
	struct link *link;
	int code = link_open(ctl, PATIENCE_S, &link, error);

	if (code != 0)
		return code;
	code = link_pages(link, command, ret, error);
	link_close(link);
	return code;
}
