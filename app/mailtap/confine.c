// SPDX-License-Identifier: BSD-3-Clause
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PLACES_MAX 8192

// The kernel's headers at build time may be older than the kernel at run time.
#define FS_V1         ((1ULL << 13) - 1)
#define FS_REFER      (1ULL << 13) // version 2
#define FS_TRUNCATE   (1ULL << 14) // version 3
#define FS_IOCTL_DEV  (1ULL << 15) // version 5
#define NET_BIND_TCP  (1ULL << 0) // version 4
#define NET_CONNECT   (1ULL << 1)
#define SCOPE_SOCKETS (1ULL << 0) // version 6: abstract sockets of others
#define SCOPE_SIGNALS (1ULL << 1)

#define FS_LOOK (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_EDIT (FS_LOOK | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
#define FS_OWN                                                                 \
	(FS_EDIT | FS_REFER | LANDLOCK_ACCESS_FS_REMOVE_DIR |                  \
		LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK)
// All that a rule on a file, not a folder, may grant.
#define FS_OF_FILES                                                                   \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE | \
		FS_IOCTL_DEV)

struct ruleset { // struct landlock_ruleset_attr of version 6
	uint64_t fs, net, scoped;
};

// Nowhere may anything be executed.
static const uint64_t rights[CONFINE_USE_COUNT] = {
	[CONFINE_READ] = FS_LOOK,
	[CONFINE_EDIT] = FS_EDIT,
	[CONFINE_OWN] = FS_OWN,
};

// What each version of the kernel's interface can refuse.
static const struct ruleset known[] = {
	{0},
	{FS_V1},
	{FS_V1 | FS_REFER},
	{FS_V1 | FS_REFER | FS_TRUNCATE},
	{FS_V1 | FS_REFER | FS_TRUNCATE, NET_BIND_TCP | NET_CONNECT},
	{FS_V1 | FS_REFER | FS_TRUNCATE | FS_IOCTL_DEV, NET_BIND_TCP | NET_CONNECT},
	{FS_V1 | FS_REFER | FS_TRUNCATE | FS_IOCTL_DEV, NET_BIND_TCP | NET_CONNECT,
		SCOPE_SOCKETS | SCOPE_SIGNALS},
};

#define KNOWN_MAX ((int)(sizeof(known) / sizeof(known[0])) - 1)

struct place {
	char *path; // resolved
	int fd; // until it is enforced
	bool folder;
	enum confine_use use;
};

struct confine {
	struct place *places;
	size_t count;
	int version;
};

struct confine *confine_create(void)
{
	struct confine *c = calloc(1, sizeof(*c));

	if (c != NULL)
		c->places = calloc(PLACES_MAX, sizeof(*c->places));
	if (c == NULL || c->places != NULL)
		return c;
	free(c);
	return NULL;
}

bool confine_allow(struct confine *c, const char *path, enum confine_use use)
{
	struct stat st;

	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return true;
	char *resolved = realpath(path, NULL);
	if (c->count == PLACES_MAX || fstat(fd, &st) != 0) {
		free(resolved);
		close(fd);
		return false;
	}
	c->places[c->count++] = (struct place){
		.path = resolved, .fd = fd, .folder = S_ISDIR(st.st_mode), .use = use};
	return true;
}

static int find_version(void)
{
	long version = syscall(
		SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (version < 0)
		return 0;
	return version > KNOWN_MAX ? KNOWN_MAX : (int)version;
}

static int add_rules(struct confine *c, int ruleset)
{
	for (size_t i = 0; i < c->count; i++) {
		struct place *p = &c->places[i];
		struct landlock_path_beneath_attr rule = {
			.allowed_access = rights[p->use] & known[c->version].fs &
				(p->folder ? UINT64_MAX : FS_OF_FILES),
			.parent_fd = p->fd,
		};
		// EBADFD: of a kind that is never refused, such as a pipe.
		if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
			    &rule, 0) != 0 &&
			errno != EBADFD)
			return -errno;
	}
	return 0;
}

static void close_places(struct confine *c)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->places[i].fd >= 0)
			close(c->places[i].fd);
		c->places[i].fd = -1;
	}
}

int confine_enforce(struct confine *c, struct mt_error *error)
{
	int version = find_version(), rc = 0;

	c->version = version;
	if (version == 0) {
		close_places(c);
		return 0;
	}
	int ruleset = (int)syscall(
		SYS_landlock_create_ruleset, &known[version], sizeof(known[version]), 0);
	if (ruleset < 0)
		rc = -errno;
	if (rc == 0)
		rc = add_rules(c, ruleset);
	if (rc == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		rc = -errno;
	if (rc == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		rc = -errno;
	if (ruleset >= 0)
		close(ruleset);
	close_places(c);
	if (rc == 0)
		return 0;
	c->version = 0;
	return mt_error_set(error, -rc,
		"the process cannot be confined to its own folders (Landlock %d): %s",
		version, strerror(-rc));
}

int confine_version(const struct confine *c)
{
	return c->version;
}

static bool lies_in(const char *path, const struct place *p)
{
	size_t len = p->path != NULL ? strlen(p->path) : 0;

	if (len == 0 || strncmp(path, p->path, len) != 0)
		return false;
	return path[len] == '\0' || (p->folder && (path[len] == '/' || len == 1));
}

// The folder that a path lies in, in place.
static void cut_name(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL)
		memcpy(path, ".", 2);
	else
		slash[slash == path ? 1 : 0] = '\0';
}

bool confine_allows(const struct confine *c, const char *path, enum confine_use use)
{
	char folder[PATH_MAX];
	bool allowed = false;

	if (c == NULL || c->version == 0)
		return true;
	char *resolved = realpath(path, NULL);
	if (resolved == NULL && errno == ENOENT && strlen(path) < sizeof(folder)) {
		memcpy(folder, path, strlen(path) + 1);
		cut_name(folder);
		resolved = realpath(folder, NULL);
	}
	for (size_t i = 0; resolved != NULL && i < c->count && !allowed; i++)
		allowed = c->places[i].use >= use && lies_in(resolved, &c->places[i]);
	free(resolved);
	return allowed;
}

void confine_destroy(struct confine *c)
{
	if (c == NULL)
		return;
	close_places(c);
	for (size_t i = 0; i < c->count; i++)
		free(c->places[i].path);
	free(c->places);
	free(c);
}
