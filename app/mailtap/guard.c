// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"

#include "confine.h"
#include "folders.h"
#include "runtime.h"
#include "sanitized.h"
#include "syscalls.h"

#include "mt_log.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static bool is_run(const struct app *app)
{
	return app->args->command == ARGS_RUN;
}

// Asks whether some port of the configuration is of a kind.
static bool has_port(const struct app *app, enum conf_port_kind kind)
{
	for (uint32_t i = 0; is_run(app) && i < app->conf.interface_count; i++)
		for (int p = 0; p < app->conf.interfaces[i].port_count; p++)
			if (app->conf.interfaces[i].ports[p].kind == kind)
				return true;
	return false;
}

// --- what may still be opened

// What the C library, DPDK and its drivers look at in any run.
static const struct {
	const char *path;
	enum confine_use use;
} always[] = {
	{"/usr", CONFINE_READ}, // drivers, character sets
	{"/lib", CONFINE_READ},
	{"/lib64", CONFINE_READ},
	{"/etc/ld.so.cache", CONFINE_READ},
	{"/etc/machine-id", CONFINE_READ},
	{"/etc/localtime", CONFINE_READ},
	{"/etc/ssl/openssl.cnf", CONFINE_READ},
	{"/sys", CONFINE_READ},
	{"/proc", CONFINE_READ},
	{"/proc/self", CONFINE_EDIT}, // names of threads
	{"/dev/null", CONFINE_EDIT},
	{"/dev/zero", CONFINE_EDIT},
	{"/dev/full", CONFINE_EDIT},
	{"/dev/random", CONFINE_READ},
	{"/dev/urandom", CONFINE_READ},
};

// What cards and virtual devices are reached by. A pattern as a shell has it.
static const struct {
	enum conf_port_kind kind;
	const char *pattern;
} devices[] = {
	{CONF_PORT_PCI, "/dev/vfio"},
	{CONF_PORT_PCI, "/dev/uio*"},
	{CONF_PORT_PCI, "/dev/infiniband"},
	{CONF_PORT_PCI, "/dev/hugepages*"},
	{CONF_PORT_PCI, "/sys/bus/pci/devices/*"},
	{CONF_PORT_PCI, "/etc/libibverbs.d"},
	{CONF_PORT_VDEV, "/dev/net/tun"},
	{CONF_PORT_VDEV, "/dev/vhost-net"},
	{CONF_PORT_VDEV, "/dev/vfio"},
};

static bool allow_devices(const struct app *app)
{
	bool room = true;

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		glob_t found;
		if (!has_port(app, devices[i].kind) ||
			glob(devices[i].pattern, 0, NULL, &found) != 0)
			continue;
		for (size_t f = 0; f < found.gl_pathc; f++)
			room = confine_allow(
				       app->confine, found.gl_pathv[f], CONFINE_EDIT) &&
				room;
		globfree(&found);
	}
	return room;
}

static bool allow_above(const struct app *app, const char *path, enum confine_use use)
{
	char folder[PATH_MAX];

	return folders_above(path, folder, sizeof(folder)) &&
		confine_allow(app->confine, folder, use);
}

// The arguments of a virtual device may name files and sockets: "socket=/run/tap.sock".
static bool allow_vdev(const struct app *app, const char *device)
{
	char path[CONF_PATH_SIZE];
	bool room = true;

	for (const char *at = strstr(device, "=/"); at != NULL;
		at = strstr(at + 1, "=/")) {
		snprintf(path, sizeof(path), "%.*s", (int)strcspn(at + 1, ","), at + 1);
		room = allow_above(app, path, CONFINE_OWN) && room;
	}
	return room;
}

static bool allow_ports(const struct app *app)
{
	bool room = allow_devices(app);

	for (uint32_t i = 0; is_run(app) && i < app->conf.interface_count; i++) {
		const struct conf_interface *in = &app->conf.interfaces[i];
		for (int p = 0; p < in->port_count; p++) {
			const struct conf_port *port = &in->ports[p];
			if (port->kind == CONF_PORT_PCAP)
				room = confine_allow(app->confine, port->device,
					       CONFINE_READ) &&
					room;
			else if (port->kind == CONF_PORT_VDEV)
				room = allow_vdev(app, port->device) && room;
		}
	}
	return room;
}

// A pipe is copied to a file without a name first.
static bool allow_pipe(const struct app *app)
{
	const char *folder = getenv("TMPDIR");

	return confine_allow(
		app->confine, folder != NULL ? folder : "/tmp", CONFINE_EDIT);
}

static bool allow_files(const struct app *app)
{
	bool room = true;
	struct stat st;

	for (int i = 0; i < app->args->file_count; i++) {
		const char *path = app->args->files[i];
		if (strcmp(path, "-") == 0)
			path = "/proc/self/fd/0";
		room = confine_allow(app->confine, path, CONFINE_READ) && room;
		if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
			room = allow_pipe(app) && room;
	}
	return room;
}

// What a reload reads again: the whole folder, since an editor puts a new file in the place of the
// old one. Where the configuration is a link, the folder it leads to as well.
static bool allow_config(const struct app *app)
{
	bool room = allow_above(app, app->args->config, CONFINE_READ);

	char *resolved = realpath(app->args->config, NULL);
	if (resolved != NULL)
		room = allow_above(app, resolved, CONFINE_READ) && room;
	free(resolved);
	return room;
}

static bool allow_own(const struct app *app, const char *runtime)
{
	const struct conf *conf = &app->conf;
	bool room = confine_allow(app->confine, conf->spool, CONFINE_OWN) &&
		confine_allow(app->confine, runtime, CONFINE_OWN);

	if (conf->eve_path[0] != '\0')
		room = allow_above(app, conf->eve_path, CONFINE_OWN) && room;
	if (app->args->eml != NULL)
		room = confine_allow(app->confine, app->args->eml, CONFINE_OWN) && room;
	if (is_run(app) && app->args->config != NULL)
		room = allow_config(app) && room;
	for (uint32_t i = 0; i < conf->signatures.count; i++)
		room = confine_allow(
			       app->confine, conf->signatures.path[i], CONFINE_READ) &&
			room;
	return room;
}

static int confine(struct app *app, const char *runtime, struct mt_error *error)
{
	struct mt_error trouble;
	bool room = true;

	app->confine = confine_create();
	if (app->confine == NULL) {
		mt_error_set(error, 0, "no memory");
		return EX_OSERR;
	}
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		room = confine_allow(app->confine, always[i].path, always[i].use) && room;
	room = allow_own(app, runtime) && room;
	room = allow_ports(app) && room;
	room = allow_files(app) && room;
	if (!room) {
		mt_error_set(error, 0, "more files than can be kept track of");
		return EX_USAGE;
	}
	// A sanitizer's reports go to places that nobody told us.
	if (!MAILTAP_SANITIZED && confine_enforce(app->confine, &trouble) != 0)
		mt_log(MT_LOG_WARN, "guard", "%s", trouble.text);
	return 0;
}

static void make_folders(struct app *app, char runtime[RUNTIME_PATH_SIZE])
{
	const struct privileges *p = &app->privileges;
	uid_t uid = p->change ? p->uid : (uid_t)-1;
	gid_t gid = p->change ? p->gid : (gid_t)-1;
	char prefix[CONF_NAME_SIZE + 16];

	// What cannot be made is told by whoever needs it.
	folders_make(app->conf.spool, 0750, false, uid, gid);
	if (app->args->eml != NULL)
		folders_make(app->args->eml, 0700, true, uid, gid);
	snprintf(prefix, sizeof(prefix), "%s%s", app->conf.file_prefix,
		is_run(app) ? "" : "-replay");
	runtime_make(prefix, runtime);
}

int guard_before_eal(struct app *app, struct mt_error *error)
{
	const char *user = app->args->user != NULL ? app->args->user
		: is_run(app)                      ? app->conf.user
						   : "none";
	char runtime[RUNTIME_PATH_SIZE] = "";

	// What a driver locks for its card later on, the user could not.
	if (geteuid() == 0)
		setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
	// Nothing we make is for everybody.
	umask(umask(0) | 0027);
	// A replay has no console; the user's own group will do.
	const char *group = is_run(app) ? app->conf.group : "none";
	int rc = privileges_find(user, group, &app->privileges, error);
	if (rc != 0)
		return rc;
	privileges_narrow();
	make_folders(app, runtime);
	return confine(app, runtime, error);
}

// --- when the ports are up

static void open_console(const struct app *app)
{
	struct mt_error trouble;

	if (geteuid() == 0 && app->privileges.has_group && is_run(app) &&
		runtime_open_to_group(app->privileges.gid, &trouble) != 0)
		mt_log(MT_LOG_WARN, "console", "%s", trouble.text);
}

static void limit_syscalls(const struct app *app)
{
	struct syscalls_needs needs = {
		.device_sockets = has_port(app, CONF_PORT_PCI),
		.connects = has_port(app, CONF_PORT_VDEV),
	};
	struct mt_error trouble;

	if (syscalls_limit(&needs, &trouble) != 0)
		mt_log(MT_LOG_WARN, "guard", "%s", trouble.text);
}

static int check_places(const struct app *app, struct mt_error *error)
{
	const struct privileges *p = &app->privileges;
	char owner[sizeof(p->user) + sizeof(p->group) + 1], above[PATH_MAX];

	if (!p->change)
		return 0;
	snprintf(owner, sizeof(owner), "%s:%s", p->user, p->has_group ? p->group : "");
	int rc = folders_check(app->conf.spool, owner, error);
	if (rc != 0)
		return rc;
	if (is_run(app) && app->args->config != NULL &&
		access(app->args->config, R_OK) != 0)
		mt_log(MT_LOG_WARN, "guard",
			"%s: may not be read by the user %s, so it cannot be reloaded; allow it: "
			"chgrp %s %s && chmod 640 %s",
			app->args->config, p->user, p->group, app->args->config,
			app->args->config);
	const char *eve = app->conf.eve_path;
	if (eve[0] == '\0' || !folders_above(eve, above, sizeof(above)) ||
		access(above, F_OK) != 0)
		return 0;
	bool writable = access(above, W_OK | X_OK) == 0 &&
		(access(eve, F_OK) != 0 || access(eve, R_OK | W_OK) == 0);
	if (writable)
		return 0;
	mt_error_set(error, 0,
		"spool.eve.path: %s may not be written by the user %s; give it a folder of its "
		"own: chown -R %s %s",
		eve, p->user, owner, above);
	return EX_NOPERM;
}

static void say_state(const struct app *app)
{
	const struct privileges *p = &app->privileges;
	int version = app->confine != NULL ? confine_version(app->confine) : 0;

	if (version == 0)
		mt_log(is_run(app) ? MT_LOG_WARN : MT_LOG_DEBUG, "guard",
			"%s: files are guarded by their permissions alone",
			MAILTAP_SANITIZED ? "a build with a sanitizer is not confined"
					  : "Landlock is not in force");
	else
		mt_log(MT_LOG_DEBUG, "guard", "confined by Landlock, version %d",
			version);
	if (!is_run(app))
		return;
	if (p->change)
		mt_log(MT_LOG_INFO, "guard", "the ports are up; going on as user %s",
			p->user);
	else if (geteuid() == 0)
		mt_log(MT_LOG_WARN, "guard",
			"staying root, as user: none says; a user of its own is safer");
}

int guard_after_ports(struct app *app, struct mt_error *error)
{
	open_console(app);
	int rc = privileges_drop(&app->privileges, error);
	if (rc != 0)
		return rc;
	limit_syscalls(app);
	say_state(app);
	return check_places(app, error);
}

void guard_explain_port(struct mt_error *error)
{
	size_t len = strlen(error->text);

	if (geteuid() != 0)
		snprintf(error->text + len, sizeof(error->text) - len,
			"; ports need root (given up once they are up), or CAP_NET_RAW and "
			"CAP_NET_ADMIN");
}
