// SPDX-License-Identifier: BSD-3-Clause

// The kernel's TCP on one side, a sender of segments made by hand on the other, each in a network
// namespace of its own, and a capture of the link between.

#include "listener.h"
#include "sender.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAIN_US 700000

static const char help[] =
	"mailtap-tcp --from NAMESPACE --link NAME --gateway MAC --to NAMESPACE --dir DIR\n"
	"  --seed N --connections N --first N (0) --parallel N (256)\n"
	"  --kinds A,B  only these may be drawn   --exact  all of them, on every connection\n"
	"  --no-capture\n"
	"DIR gets capture.pcap, plan, truth and contents. Kinds of trouble:\n";

struct arguments {
	const char *from, *to, *link, *dir;
	uint8_t gateway[6];
	bool capture;
	struct sender_options sender;
};

static void print_help(void)
{
	fputs(help, stderr);
#define X(name, class, text) fprintf(stderr, "  %-10s %-5s %s\n", #name, #class, text);
	SCHEDULE_KIND_LIST(X)
#undef X
}

static int parse_kinds(const char *text, uint64_t *ret)
{
	char name[32];
	int used;

	for (*ret = 0; sscanf(text, "%31[a-z0-9]%n", name, &used) == 1;) {
		enum schedule_kind kind = schedule_find(name);
		if (kind == SCHEDULE_KINDS)
			return -EINVAL;
		*ret |= 1ULL << kind;
		text += used;
		if (*text++ != ',')
			return 0;
	}
	return 0;
}

static int parse(int argc, char **argv, struct arguments *a)
{
	static const struct option options[] = {{"from", 1, NULL, 'f'},
		{"to", 1, NULL, 't'}, {"link", 1, NULL, 'l'}, {"gateway", 1, NULL, 'g'},
		{"dir", 1, NULL, 'd'}, {"seed", 1, NULL, 's'},
		{"connections", 1, NULL, 'n'}, {"first", 1, NULL, '0'},
		{"parallel", 1, NULL, 'p'}, {"kinds", 1, NULL, 'k'},
		{"exact", 0, NULL, 'e'}, {"no-capture", 0, NULL, 'c'}, {0}};
	uint8_t *m = a->gateway;
	int bad = 0;

	*a = (struct arguments){.capture = true,
		.sender = {.seed = 1,
			.connections = 1000,
			.parallel = 256,
			.kinds = (1ULL << SCHEDULE_KINDS) - 1}};
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (c) {
		case 'f':
			a->from = optarg;
			break;
		case 't':
			a->to = optarg;
			break;
		case 'l':
			a->link = optarg;
			break;
		case 'd':
			a->dir = optarg;
			break;
		case 'g':
			bad |= sscanf(optarg, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", m, m + 1,
				       m + 2, m + 3, m + 4, m + 5) != 6;
			break;
		case 's':
			a->sender.seed = strtoull(optarg, NULL, 10);
			break;
		case 'n':
			a->sender.connections = strtoull(optarg, NULL, 10);
			break;
		case '0':
			a->sender.first = strtoull(optarg, NULL, 10);
			break;
		case 'p':
			a->sender.parallel = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'k':
			bad |= parse_kinds(optarg, &a->sender.kinds);
			break;
		case 'e':
			a->sender.exact = true;
			break;
		case 'c':
			a->capture = false;
			break;
		default:
			bad = 1;
			break;
		}
	}
	bad |= !a->from || !a->to || !a->link || !a->dir || a->sender.parallel == 0;
	return bad ? -EINVAL : 0;
}

static int enter(const char *namespace)
{
	char path[256];

	snprintf(path, sizeof(path), "/run/netns/%s", namespace);
	int fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
		return -errno;
	return close(fd);
}

static int fail(const char *what, int code)
{
	fprintf(stderr, "mailtap-tcp: %s: %s\n", what, strerror(-code));
	return 1;
}

static pid_t start_listener(const struct arguments *a, int *ret_stop)
{
	int ready[2], stop[2];
	uint8_t nothing;

	if (pipe(ready) != 0 || pipe(stop) != 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		close(stop[1]);
		int code = enter(a->to);
		if (code == 0)
			code = listener_run(a->dir, ready[1], stop[0]);
		_exit(code == 0 ? 0 : fail("the listener", code));
	}
	close(ready[1]);
	close(stop[0]);
	// It closes this once it listens, or with its end.
	if (read(ready[0], &nothing, 1) < 0)
		return -1;
	close(ready[0]);
	*ret_stop = stop[1];
	return pid;
}

int main(int argc, char **argv)
{
	char plan[4096], capture[4096];
	struct arguments a;
	struct wire w;
	int stop, status;

	if (parse(argc, argv, &a) != 0) {
		print_help();
		return 64;
	}
	snprintf(plan, sizeof(plan), "%s/plan", a.dir);
	snprintf(capture, sizeof(capture), "%s/capture.pcap", a.dir);
	a.sender.plan = plan;
	pid_t listener = start_listener(&a, &stop);
	if (listener < 0)
		return fail("the listener", -errno);
	int code = enter(a.from);
	if (code == 0)
		code = wire_open(&w, a.link, a.gateway, a.capture ? capture : NULL);
	if (code != 0)
		return fail("the link", code);
	code = sender_run(&w, &a.sender);
	usleep(DRAIN_US);
	close(stop);
	if (waitpid(listener, &status, 0) != listener || status != 0)
		code = -ECHILD;
	uint64_t dropped = wire_dropped(&w);
	if (dropped > 0)
		fprintf(stderr, "mailtap-tcp: %llu packets were not captured\n",
			(unsigned long long)dropped);
	if (code == 0)
		code = wire_close(&w);
	if (code != 0)
		return fail("the run", code);
	return dropped > 0 ? 2 : 0;
}
