// SPDX-License-Identifier: BSD-3-Clause
#include "privileges.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#define CAPABILITY_MAX 63
#define PATIENCE_US    1000
#define LOOKS_MAX      2000

static bool is_none(const char *name)
{
	return name[0] == '\0' || strcmp(name, "none") == 0;
}

// A name that is all digits and nobody's is a number.
static bool read_id(const char *text, unsigned *ret)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || n >= UINT32_MAX)
		return false;
	*ret = (unsigned)n;
	return true;
}

static int find_user(struct privileges *p, struct mt_error *error)
{
	const struct passwd *found = getpwnam(p->user);

	p->change = true;
	if (found != NULL) {
		int count = PRIVILEGES_GROUPS_MAX;
		p->uid = found->pw_uid;
		p->gid = found->pw_gid;
		getgrouplist(p->user, found->pw_gid, p->groups, &count);
		p->group_count = count > PRIVILEGES_GROUPS_MAX ? PRIVILEGES_GROUPS_MAX
							       : (size_t)count;
		return 0;
	}
	if (read_id(p->user, &p->uid)) {
		p->gid = p->uid;
		return 0;
	}
	mt_error_set(error, 0,
		"user: there is no user %s; make it with: useradd --system --user-group "
		"--home-dir / --shell /usr/sbin/nologin %s (or set user: none to stay root)",
		p->user, p->user);
	return EX_NOUSER;
}

static int find_group(struct privileges *p, struct mt_error *error)
{
	const struct group *found = getgrnam(p->group);

	p->has_group = found != NULL || read_id(p->group, &p->gid);
	if (found != NULL)
		p->gid = found->gr_gid;
	// Without another user the group only opens the console.
	if (p->has_group || !p->change)
		return 0;
	mt_error_set(error, 0,
		"group: there is no group %s; make it with: groupadd --system %s",
		p->group, p->group);
	return EX_NOUSER;
}

int privileges_find(const char *user, const char *group, struct privileges *ret,
	struct mt_error *error)
{
	int rc = 0;

	*ret = (struct privileges){.uid = geteuid(), .gid = getegid()};
	snprintf(ret->user, sizeof(ret->user), "%s", user);
	snprintf(ret->group, sizeof(ret->group), "%s", group);
	if (geteuid() != 0)
		return 0;
	if (!is_none(user))
		rc = find_user(ret, error);
	if (rc == 0 && !is_none(group))
		rc = find_group(ret, error);
	if (rc != 0 || !ret->change || ret->uid != 0)
		return rc;
	mt_error_set(error, 0,
		"user: %s is root; name another one, or none to stay root on purpose",
		ret->user);
	return EX_NOUSER;
}

void privileges_narrow(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (unsigned long cap = 0; cap <= CAPABILITY_MAX; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

// --- capabilities belong to threads, and a thread can only empty its own

static void empty_own(int signal)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}, {0}};
	int before = errno;

	(void)signal;
	syscall(SYS_capset, &header, none);
	errno = before;
}

// Whether a thread of ours has any capability left; one that has ended has none.
static bool has_some(pid_t tid)
{
	char path[64], line[128];
	unsigned long long caps = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", (int)tid);
	FILE *f = fopen(path, "re");
	while (f != NULL && caps == 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "CapPrm:", 7) == 0 ||
			strncmp(line, "CapEff:", 7) == 0 ||
			strncmp(line, "CapInh:", 7) == 0)
			caps = strtoull(line + 7, NULL, 16);
	if (f != NULL)
		fclose(f);
	return caps != 0;
}

// Asks every thread that has some by a signal. The number of those, or -errno.
static int ask_threads(int signal)
{
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *entry;
	int asked = 0;

	if (tasks == NULL)
		return -errno;
	while ((entry = readdir(tasks)) != NULL) {
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (tid <= 0 || !has_some(tid))
			continue;
		syscall(SYS_tgkill, getpid(), tid, signal);
		asked++;
	}
	closedir(tasks);
	return asked;
}

static int empty_capabilities(void)
{
	struct sigaction action = {.sa_handler = empty_own, .sa_flags = SA_RESTART},
			 before;
	int left = 1;

	sigfillset(&action.sa_mask);
	if (sigaction(SIGRTMAX - 1, &action, &before) != 0)
		return -errno;
	empty_own(0);
	for (int i = 0; i < LOOKS_MAX && left > 0; i++) {
		left = ask_threads(SIGRTMAX - 1);
		if (left > 0)
			usleep(PATIENCE_US);
	}
	sigaction(SIGRTMAX - 1, &before, NULL);
	return left > 0 ? -EPERM : left;
}

// The C library has every thread change its user.
static int change_user(const struct privileges *p)
{
	if (setgroups(p->group_count, p->groups) != 0 ||
		setresgid(p->gid, p->gid, p->gid) != 0 ||
		setresuid(p->uid, p->uid, p->uid) != 0)
		return -errno;
	// It must not be possible to go back.
	return setresuid(0, 0, 0) == 0 ? -EPERM : 0;
}

int privileges_drop(const struct privileges *p, struct mt_error *error)
{
	struct rlimit no_core = {0, 0};
	int rc = 0;

	if (!p->change && geteuid() == 0)
		return 0;
	if (p->change)
		rc = change_user(p);
	if (rc == 0)
		rc = empty_capabilities();
	if (rc == 0) {
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		setrlimit(RLIMIT_CORE, &no_core);
		return 0;
	}
	mt_error_set(error, 0, "user: cannot become %s: %s",
		p->change ? p->user : "unprivileged", strerror(-rc));
	return EX_NOPERM;
}
