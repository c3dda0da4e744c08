// SPDX-License-Identifier: BSD-3-Clause
#include "link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#define ANSWER_MAX (64u << 10)
#define PATIENCE_S 5

// Where DPDK puts its runtime folder, by how it was started.
struct place {
	const char *variable; // of the environment
	const char *folder; // where there is none
};

static const struct place places[] = {
	{"RUNTIME_DIRECTORY", NULL},
	{NULL, "/var/run"},
	{NULL, "/run/mailtap"},
	{"XDG_RUNTIME_DIR", NULL},
	{NULL, "/tmp"},
};

// In a folder where everybody may write, anybody could pose as the appliance.
static bool is_trusted(const char *path)
{
	struct stat st;

	if (strncmp(path, "/tmp/", 5) != 0 || lstat(path, &st) != 0)
		return true;
	return st.st_uid == 0 || st.st_uid == geteuid();
}

// A connected socket or -errno.
static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = PATIENCE_S};

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (!is_trusted(path))
		return -EPERM;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	int rc = -errno;
	close(fd);
	return rc;
}

static int explain(const struct ctl *ctl, int rc, struct mt_error *error)
{
	if (rc == -EACCES || rc == -EPERM) {
		mt_error_set(error, 0,
			"the appliance '%s' may not be asked by this user; try again as root",
			ctl->file_prefix);
		return EX_NOPERM;
	}
	mt_error_set(error, 0,
		"no appliance runs as '%s'; start one with: mailtap run -c "
		"/etc/mailtap/mailtap.yaml (one with another file_prefix: mailtapctl "
		"--file-prefix NAME)",
		ctl->file_prefix);
	return EX_UNAVAILABLE;
}

static int open_link(const struct ctl *ctl, int *ret_fd, struct mt_error *error)
{
	int worst = -ENOENT;
	char path[256];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct place *p = &places[i];
		const char *folder =
			p->variable != NULL ? getenv(p->variable) : p->folder;
		if (folder == NULL || folder[0] == '\0')
			continue;
		int len = snprintf(path, sizeof(path), "%s/dpdk/%s/dpdk_telemetry.v2",
			folder, ctl->file_prefix);
		if (len >= (int)sizeof(path))
			continue;
		int fd = connect_to(path);
		if (fd >= 0) {
			*ret_fd = fd;
			return 0;
		}
		if (fd == -EACCES || fd == -EPERM)
			worst = fd;
	}
	return explain(ctl, worst, error);
}

static int converse(int fd, const char *command, char *answer, size_t *ret_len)
{
	// First it says who it is.
	ssize_t n = recv(fd, answer, ANSWER_MAX, 0);

	if (n <= 0)
		return n == 0 ? -ECONNRESET : -errno;
	if (send(fd, command, strlen(command), MSG_NOSIGNAL) < 0)
		return -errno;
	n = recv(fd, answer, ANSWER_MAX, 0);
	if (n <= 0)
		return n == 0 ? -ECONNRESET : -errno;
	*ret_len = (size_t)n;
	return 0;
}

// {"/mailtap/mails": {...}}: gives what is inside.
static json_t *read_answer(const char *text, size_t len)
{
	json_t *whole = json_loadb(text, len, 0, NULL);
	json_t *inside = json_object_iter_value(json_object_iter(whole));

	json_incref(inside);
	json_decref(whole);
	return inside;
}

int link_ask(
	const struct ctl *ctl, const char *command, json_t **ret, struct mt_error *error)
{
	char *answer = malloc(ANSWER_MAX);
	size_t len = 0;
	int fd;

	if (answer == NULL) {
		mt_error_set(error, 0, "no memory");
		return EX_OSERR;
	}
	int code = open_link(ctl, &fd, error);
	if (code != 0) {
		free(answer);
		return code;
	}
	int rc = converse(fd, command, answer, &len);
	close(fd);
	json_t *inside = rc == 0 ? read_answer(answer, len) : NULL;
	free(answer);
	if (rc != 0) {
		mt_error_set(error, 0, "the appliance '%s' does not answer: %s",
			ctl->file_prefix,
			rc == -EAGAIN ? "nothing came for a while; try again"
				      : strerror(-rc));
		return EX_TEMPFAIL;
	}
	if (inside == NULL || json_is_null(inside)) {
		json_decref(inside);
		mt_error_set(error, 0,
			"'%s' runs, but gave no answer to %s: is it a mailtap of this version?",
			ctl->file_prefix, command);
		return EX_PROTOCOL;
	}
	*ret = inside;
	return 0;
}
