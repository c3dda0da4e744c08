// SPDX-License-Identifier: BSD-3-Clause

// The order of a run: words, configuration, boot, work, end.

#include "app.h"
#include "boot.h"
#include "console.h"
#include "control.h"
#include "demo.h"
#include "settings.h"
#include "signatures.h"
#include "test_hooks.h"
#include "watch.h"

#include "mt_log.h"
#include "mt_notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static int complain(int code, const struct mt_error *error)
{
	if (code != 0)
		fprintf(stderr, "mailtap: %s\n", error->text);
	return code;
}

// Shows the effective configuration, or every mistake of the file.
static int check(const struct args *args, struct conf *conf)
{
	struct mt_error error;
	struct mt_buf text;
	int rc = 0;

	mt_buf_init(&text, 1 << 20);
	conf_defaults(conf);
	if (args->config != NULL && conf_load_all(conf, args->config, &text) != 0)
		rc = EX_CONFIG;
	// What only shows between keys is judged when each by itself is well.
	if (rc == 0 && settings_read(args, conf, &error) != 0) {
		rc = EX_CONFIG;
		mt_buf_printf(&text, "%s\n", error.text);
	}
	if (rc == 0) {
		signatures_free(signatures_load(conf, NULL, &text));
		rc = text.len > 0 ? EX_CONFIG : 0;
	}
	if (rc == 0)
		conf_print(conf, &text);
	fwrite(text.ptr, 1, text.len, rc == 0 ? stdout : stderr);
	mt_buf_fini(&text);
	return rc;
}

static int print_reference(void)
{
	struct mt_buf text;

	mt_buf_init(&text, 1 << 20);
	conf_print_reference(&text);
	fwrite(text.ptr, 1, text.len, stdout);
	mt_buf_fini(&text);
	return 0;
}

static int work(struct app *app, struct mt_error *error)
{
	int notify = mt_notify_open();

	settings_set_log_level(app->args, &app->conf);
	if (notify != 0)
		mt_log(MT_LOG_WARN, "service", "NOTIFY_SOCKET cannot be reached: %s",
			strerror(-notify));
	control_catch_signals();
	int rc = boot_up(app, error);
	if (rc == 0 && (app->watch = watch_create(app)) == NULL) {
		mt_error_set(error, 0, "no memory for the samples of the console");
		rc = EX_UNAVAILABLE;
	}
	if (rc == 0) {
		console_open(app);
#ifdef MAILTAP_TEST_HOOKS
		test_hooks_open(app);
#endif
		rc = app->args->command == ARGS_RUN ? control_run(app, error)
						    : control_replay(app, error);
	}
	watch_destroy(app->watch);
	boot_down(app);
	mt_log_settle(true);
	mt_notify_close();
	return rc;
}

int main(int argc, char *argv[])
{
	static struct app app;
	struct args args;
	struct mt_error error = {""};
	int rc = args_parse(&args, argc, argv, &error);

	if (rc != 0)
		return complain(rc, &error);
	app.args = &args;
	switch (args.command) {
	case ARGS_HELP:
		args_print_help();
		return 0;
	case ARGS_VERSION:
		puts("mailtap " MAILTAP_VERSION);
		return 0;
	case ARGS_CHECK:
		if (args.reference)
			return print_reference();
		return check(&args, &app.conf);
	case ARGS_DEMO:
		rc = demo_prepare(&args, &app.conf, &error);
		break;
	case ARGS_RUN:
	case ARGS_REPLAY:
		rc = settings_read(&args, &app.conf, &error);
		break;
	}
	if (rc == 0)
		rc = work(&app, &error);
	if (rc == 0 && args.command == ARGS_DEMO)
		demo_say_where(&args);
	return complain(rc, &error);
}
