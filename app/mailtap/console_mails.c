// SPDX-License-Identifier: BSD-3-Clause
#include "console_show.h"

#include <stdio.h>
#include <stdlib.h>

#define MAILS_DEFAULT 10
// A mail takes some 400 octets of JSON; where they take more, fewer are shown and left_out says so.
#define MAILS_MAX     32

static void add_odds(uint64_t odds, struct console_out *o)
{
	char text[CONSOLE_TEXT] = "";
	size_t len = 0;

	for (enum mt_odd odd = 0; odd < MT_ODD_COUNT && len < sizeof(text) - 1; odd++)
		if (odds & mt_odd_bit(odd))
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
				len > 0 ? " " : "", mt_odd_name(odd));
	console_text(o, "odd", text);
}

static void fill_mail(const struct recent_mail *m, struct console_out *o)
{
	static const char *const outcomes[] = {"unknown", "accepted", "refused"};

	console_time(o, "time", m->at_us);
	console_text(o, "from", m->from);
	console_text(o, "rcpt", m->rcpt);
	console_text(o, "subject", m->subject);
	console_u64(o, "rcpts", m->rcpts);
	console_u64(o, "rcpts_refused", m->refused);
	console_u64(o, "size", m->size);
	console_text(o, "outcome", outcomes[m->outcome]);
	console_yes(o, "complete", m->complete);
	console_yes(o, "stored", m->stored);
	console_u64(o, "alerts", m->alerts);
	add_odds(m->odds, o);
}

void console_mails(const struct console_ask *ask, struct console_out *o)
{
	const struct recent *recent = writer_recent(ask->app->writer);
	uint64_t n = MAILS_DEFAULT, shown = recent_shown(recent);
	struct console_out one;
	struct recent_mail m;

	if (ask->params != NULL && ask->params[0] != '\0' &&
		(!console_number_read(ask->params, UINT32_MAX, &n) || n == 0)) {
		console_error(o, "mails: a number from 1 to %d is wanted, or nothing",
			MAILS_MAX);
		return;
	}
	if (n > MAILS_MAX)
		n = MAILS_MAX;
	for (uint32_t i = 0; i < n && recent_get_of(recent, shown, i, &m); i++) {
		if (!console_child_begin(&one))
			break;
		fill_mail(&m, &one);
		if (!console_child_give(o, m.id, &one))
			break;
	}
}

void console_mail(const struct console_ask *ask, struct console_out *o)
{
	const struct recent *recent = writer_recent(ask->app->writer);
	const char *id = ask->params != NULL ? ask->params : "";
	uint64_t shown = recent_shown(recent);
	struct recent_mail m;

	if (strlen(id) != MT_ID_LEN) {
		console_error(o, "mail: an id of %d characters is wanted", MT_ID_LEN);
		return;
	}
	for (uint32_t i = 0; i < RECENT_MAX; i++) {
		if (!recent_get_of(recent, shown, i, &m) || strcmp(m.id, id) != 0)
			continue;
		console_text(o, "id", m.id);
		fill_mail(&m, o);
		return;
	}
	console_error(o, "mail: not among the newest %d; the log has it: mailtapctl cat",
		RECENT_MAX);
}
