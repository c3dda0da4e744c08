// SPDX-License-Identifier: BSD-3-Clause

// The order of a run: words, configuration, outputs, work, end. A changed configuration begins
// the program anew in the same process, so that there is one way to start.

#include "args.h"
#include "loop.h"

#include "mt_clock.h"
#include "mt_log.h"
#include "mt_notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

struct program {
	struct args args;
	struct conf conf;
	struct state state;
	struct loop loop;
};

static int complain(int code, const struct mt_error *error)
{
	if (code != 0 && error->text[0] != '\0')
		fprintf(stderr, "mailtap-inspect: %s\n", error->text);
	return code;
}

// Descriptors 0, 1 and 2 are what they are everywhere, however we were started.
static void open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int read_conf(const char *path, struct conf *conf, struct mt_error *error)
{
	conf_defaults(conf);
	if (conf_load(conf, path, error) != 0)
		return EX_CONFIG;
	if (conf->inspect_count > 0)
		return 0;
	mt_error_set(error, 0,
		"%s: inspect: is empty; name whom to hand mails to, as in inspect: "
		"[{name: drop, directory: /var/spool/mailtap-out}]",
		path);
	return EX_CONFIG;
}

static bool may_reload(void *ctx)
{
	static struct conf conf;
	const struct program *p = ctx;
	struct mt_error error = {""};

	if (read_conf(p->args.config, &conf, &error) == 0)
		return true;
	mt_log(MT_LOG_ERROR, "inspect",
		"goes on as before, since the configuration is bad: %s", error.text);
	return false;
}

static void set_log_level(const struct program *p)
{
	for (enum mt_log_level l = MT_LOG_DEBUG; l < MT_LOG_LEVEL_COUNT; l++)
		if (strcmp(p->conf.log_level, mt_log_level_name(l)) == 0)
			mt_log_set_level(l);
	if (p->args.verbose)
		mt_log_set_level(MT_LOG_DEBUG);
}

static int open_outputs(struct program *p, struct mt_error *error)
{
	struct loop *l = &p->loop;
	int code = 0;

	for (uint32_t i = 0; i < p->conf.inspect_count && code == 0; i++) {
		code = output_open(&l->outputs[i], &p->conf.inspect[i], &p->state,
			p->conf.spool, p->conf.eve_rotate, error);
		l->count += code == 0;
	}
	while (code != 0 && l->count > 0)
		output_close(&l->outputs[--l->count]);
	return code;
}

static int open_state(struct program *p, struct mt_error *error)
{
	char path[CONF_PATH_SIZE + sizeof("/state/inspect")];

	snprintf(path, sizeof(path), "%s/state/inspect", p->conf.spool);
	if (p->args.state == NULL && access(p->conf.spool, F_OK) != 0) {
		mt_error_set(error, errno,
			"%s: %s; spool.directory must be the spool of a mailtap that has "
			"run",
			p->conf.spool, strerror(errno));
		return EX_NOINPUT;
	}
	return state_open(&p->state, p->args.state != NULL ? p->args.state : path, error);
}

static int work(struct program *p, bool *ret_reload, struct mt_error *error)
{
	int signals = loop_catch_signals();
	if (signals < 0) {
		mt_error_set(error, -signals, "signals: %s", strerror(-signals));
		return EX_OSERR;
	}
	int code = open_state(p, error);
	if (code == 0) {
		code = open_outputs(p, error);
		if (code == 0) {
			p->loop.once = p->args.once;
			p->loop.started_us = mt_clock_wall_us();
			p->loop.may_reload = may_reload;
			p->loop.ctx = p;
			mt_log(MT_LOG_INFO, "inspect", "%u outputs, reading %s",
				p->loop.count, p->conf.spool);
			code = loop_run(&p->loop, signals, ret_reload);
		}
		state_close(&p->state);
	}
	close(signals);
	return code;
}

// What the next program in this process must find in its environment, and no child of ours.
static struct {
	const char *name;
	char *value;
} manager[] = {{"NOTIFY_SOCKET", NULL}, {"WATCHDOG_USEC", NULL}, {"WATCHDOG_PID", NULL}};

#define MANAGER_WORDS (sizeof(manager) / sizeof(manager[0]))

static void open_manager(void)
{
	for (size_t i = 0; i < MANAGER_WORDS; i++) {
		const char *value = getenv(manager[i].name);
		manager[i].value = value != NULL ? strdup(value) : NULL;
	}
	mt_notify_open();
}

static int begin_anew(char *argv[], struct mt_error *error)
{
	for (size_t i = 0; i < MANAGER_WORDS; i++)
		if (manager[i].value != NULL)
			setenv(manager[i].name, manager[i].value, 1);
	execv("/proc/self/exe", argv);
	mt_error_set(error, errno, "cannot begin anew: %s", strerror(errno));
	return EX_OSERR;
}

int main(int argc, char *argv[])
{
	static struct program p;
	struct mt_error error = {""};
	bool reload = false;

	open_standard();
	int code = args_parse(&p.args, argc, argv, &error);
	if (code == 0 && p.args.help) {
		args_print_help();
		return 0;
	}
	if (code == 0 && p.args.version) {
		puts("mailtap-inspect " MAILTAP_VERSION);
		return 0;
	}
	if (code == 0)
		code = read_conf(p.args.config, &p.conf, &error);
	if (code != 0)
		return complain(code, &error);
	set_log_level(&p);
	open_manager();
	code = work(&p, &reload, &error);
	mt_log_settle(true);
	if (reload)
		code = begin_anew(argv, &error);
	return complain(code, &error);
}
