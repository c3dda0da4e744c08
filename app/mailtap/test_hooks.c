// SPDX-License-Identifier: BSD-3-Clause
#include "test_hooks.h"

#include "app.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_telemetry.h>

static const struct app *shown;
static const char *outside; // a folder anybody may write to, by the environment
static _Atomic int asked[TEST_HOOKS_COUNT]; // 1 try, 2 hang, 0 done

static long try_exec(const char *path)
{
	char *const words[] = {NULL};

	return execve(path, words, words);
}

static long try_fork(const char *path)
{
	(void)path;
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return pid;
}

static long try_ptrace(const char *path)
{
	(void)path;
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static long try_kill(const char *path)
{
	(void)path;
	return kill(getppid(), 0);
}

static long try_packet(const char *path)
{
	(void)path;
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static long try_tcp(const char *path)
{
	(void)path;
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long try_udp6(const char *path)
{
	(void)path;
	return socket(AF_INET6, SOCK_DGRAM, 0);
}

static long try_netlink(const char *path)
{
	(void)path;
	return socket(AF_NETLINK, SOCK_RAW, 0);
}

static long try_connect(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	int rc = connect(fd, (const struct sockaddr *)&to, sizeof(to)), why = errno;
	close(fd);
	errno = why;
	return rc;
}

static long try_mount(const char *path)
{
	return mount("none", path, "tmpfs", 0, NULL);
}

static long try_namespace(const char *path)
{
	(void)path;
	return unshare(CLONE_NEWNET);
}

static long try_root(const char *path)
{
	(void)path;
	return setresuid(0, 0, 0);
}

static long try_bpf(const char *path)
{
	(void)path;
	return syscall(SYS_bpf, 0, NULL, 0);
}

static long try_perf(const char *path)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr)};

	(void)path;
	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static long try_io_uring(const char *path)
{
	char params[256] = {0};

	(void)path;
	return syscall(SYS_io_uring_setup, 4, params);
}

static long try_new_code(const char *path)
{
	(void)path;
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return at == MAP_FAILED ? -1 : munmap(at, 4096);
}

static long try_late_code(const char *path)
{
	(void)path;
	void *at = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int rc = mprotect(at, 4096, PROT_READ | PROT_EXEC), why = errno;
	munmap(at, 4096);
	errno = why;
	return rc;
}

static long try_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd;
}

static long try_create(const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/tried", path);
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	close(fd);
	return unlink(name);
}

static long try_append(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd;
}

static long try_truncate(const char *path)
{
	return truncate(path, 0);
}

static long try_link(const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/link", path);
	return symlink("/etc/shadow", name);
}

static long try_fifo(const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/fifo", path);
	return mkfifo(name, 0600);
}

static long try_carry_out(const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/carried", outside);
	return rename(path, name);
}

static long try_chmod(const char *path)
{
	return chmod(path, 0777);
}

enum place {
	NOWHERE,
	SYSTEM, // as written
	OUTSIDE,
	SPOOL,
	CONFIG,
};

static const struct {
	const char *name;
	long (*try)(const char *path);
	enum place place;
	const char *path;
} tries[] = {
	{"exec", try_exec, SYSTEM, "/bin/true"},
	{"fork", try_fork, NOWHERE, ""},
	{"ptrace", try_ptrace, NOWHERE, ""},
	{"kill", try_kill, NOWHERE, ""},
	{"packet_socket", try_packet, NOWHERE, ""},
	{"tcp_socket", try_tcp, NOWHERE, ""},
	{"udp6_socket", try_udp6, NOWHERE, ""},
	{"netlink_socket", try_netlink, NOWHERE, ""},
	{"connect", try_connect, OUTSIDE, "socket"},
	{"mount", try_mount, SPOOL, ""},
	{"namespace", try_namespace, NOWHERE, ""},
	{"root_again", try_root, NOWHERE, ""},
	{"bpf", try_bpf, NOWHERE, ""},
	{"perf", try_perf, NOWHERE, ""},
	{"io_uring", try_io_uring, NOWHERE, ""},
	{"new_code", try_new_code, NOWHERE, ""},
	{"late_code", try_late_code, NOWHERE, ""},
	{"read_shadow", try_read, SYSTEM, "/etc/shadow"},
	{"read_passwd", try_read, SYSTEM, "/etc/passwd"},
	{"list_home", try_read, SYSTEM, "/home"},
	{"read_outside", try_read, OUTSIDE, "secret"},
	{"create_outside", try_create, OUTSIDE, ""},
	{"append_outside", try_append, OUTSIDE, "secret"},
	{"truncate_outside", try_truncate, OUTSIDE, "secret"},
	{"create_tmp", try_create, SYSTEM, "/tmp"},
	{"create_shm", try_create, SYSTEM, "/dev/shm"},
	{"create_config", try_create, CONFIG, ""},
	{"link_in_spool", try_link, SPOOL, ""},
	{"fifo_in_spool", try_fifo, SPOOL, ""},
	{"carry_out", try_carry_out, SPOOL, "state"},
	{"chmod_spool", try_chmod, SPOOL, ""},
	{"may_create_spool", try_create, SPOOL, ""},
	{"may_read_spool", try_read, SPOOL, "state"},
	{"may_read_config", try_read, CONFIG, "mailtap.yaml"},
};

#define TRY_COUNT (sizeof(tries) / sizeof(tries[0]))

static int results[TEST_HOOKS_COUNT][TRY_COUNT]; // 0 or errno

static void find_place(char path[PATH_MAX], size_t i)
{
	const char *base = tries[i].place == OUTSIDE ? outside
		: tries[i].place == SPOOL            ? shown->conf.spool
						     : "";

	if (tries[i].place == CONFIG) {
		const char *slash = strrchr(shown->args->config, '/');
		snprintf(path, PATH_MAX, "%.*s/%s", (int)(slash - shown->args->config),
			shown->args->config, tries[i].path);
		return;
	}
	snprintf(path, PATH_MAX, "%s%s%s", base, *base != '\0' ? "/" : "", tries[i].path);
}

void test_hooks_pass(enum test_hooks_thread thread)
{
	char path[PATH_MAX];
	int what = atomic_load_explicit(&asked[thread], memory_order_acquire);

	if (what == 0)
		return;
	while (atomic_load_explicit(&asked[thread], memory_order_acquire) == 2)
		usleep(10000);
	if (what == 2)
		return;
	for (size_t i = 0; i < TRY_COUNT; i++) {
		find_place(path, i);
		results[thread][i] = tries[i].try(path) >= 0 ? 0 : errno;
	}
	atomic_store_explicit(&asked[thread], 0, memory_order_release);
}

// --- "/mailtap/test/try,N", "/mailtap/test/hang,N", "/mailtap/test/free,N", "/mailtap/test/tried,N"

static int answer(const char *cmd, const char *params, struct rte_tel_data *d)
{
	unsigned long thread = params != NULL ? strtoul(params, NULL, 10) : 0;
	const char *verb = strrchr(cmd, '/') + 1;

	rte_tel_data_start_dict(d);
	if (thread >= TEST_HOOKS_COUNT)
		return -1;
	if (strcmp(verb, "tried") == 0) {
		if (atomic_load_explicit(&asked[thread], memory_order_acquire) != 0)
			return rte_tel_data_add_dict_string(d, "pending", "yes");
		for (size_t i = 0; i < TRY_COUNT; i++)
			rte_tel_data_add_dict_string(d, tries[i].name,
				results[thread][i] == 0
					? "done"
					: strerrorname_np(results[thread][i]));
		return 0;
	}
	atomic_store_explicit(&asked[thread],
		strcmp(verb, "try") == 0            ? 1
			: strcmp(verb, "hang") == 0 ? 2
						    : 0,
		memory_order_release);
	if (thread == TEST_HOOKS_CONSOLE)
		test_hooks_pass(TEST_HOOKS_CONSOLE);
	return rte_tel_data_add_dict_string(d, "asked", "yes");
}

void test_hooks_open(const struct app *app)
{
	shown = app;
	outside = getenv("MAILTAP_TEST_OUTSIDE");
	if (outside == NULL)
		outside = "/tmp";
	rte_telemetry_register_cmd("/mailtap/test/try", answer, "");
	rte_telemetry_register_cmd("/mailtap/test/tried", answer, "");
	rte_telemetry_register_cmd("/mailtap/test/hang", answer, "");
	rte_telemetry_register_cmd("/mailtap/test/free", answer, "");
}
