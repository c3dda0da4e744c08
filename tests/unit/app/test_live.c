// SPDX-License-Identifier: BSD-3-Clause
#include "live.h"

#include "mt_error.h"

#include <stdio.h>

#include <criterion/criterion.h>

static struct live live;
static struct live_view worker, rx;
static struct conf next;

static void load(struct conf *c, const char *yaml)
{
	struct mt_error error;

	conf_defaults(c);
	int rc = conf_load_text(c, "f", span_text(yaml), &error);
	cr_assert_eq(rc, 0, "%s", error.text);
}

static void setup(void)
{
	load(&next, "registered: [192.0.2.25]");
	live_init(&live, &next);
	live_view_init(&worker, &live.now);
	live_view_init(&rx, &live.rx_now);
}

TestSuite(live, .init = setup);

// What a role does at the start of a poll.
static bool poll_once(struct live_view *v)
{
	if (!live_look(v))
		return false;
	live_taken(v);
	return true;
}

static void publish(const char *yaml, bool keep_wide)
{
	load(&next, yaml);
	live_publish(&live, &next, keep_wide);
	poll_once(&worker);
	live_publish_rx(&live);
	poll_once(&rx);
}

static bool lets_through(const char *address)
{
	struct conf one;
	char yaml[64];

	snprintf(yaml, sizeof(yaml), "registered: ['%s']", address);
	load(&one, yaml);
	return conf_is_registered(&rx.set->wide, one.registered[0].octet);
}

Test(live, rx_follows_when_the_workers_have_taken)
{
	load(&next, "registered: [192.0.2.26]");
	live_publish(&live, &next, true);
	cr_expect_not(live_is_taken(&worker));
	cr_expect_not(poll_once(&rx), "nothing was published to it yet");
	cr_expect(poll_once(&worker));
	cr_expect_not(poll_once(&worker), "only once");
	cr_expect(live_is_taken(&worker));
	live_publish_rx(&live);
	cr_expect_not(live_is_taken(&rx));
	cr_expect(poll_once(&rx));
	cr_expect_eq(rx.set, worker.set);
}

Test(live, another_selection_keeps_the_earlier_ones_open)
{
	publish("registered: [192.0.2.26]", true);
	publish("registered: [192.0.2.27]\nsmtp: {ports: [2525]}", true);
	cr_expect(rx.set->is_wide);
	cr_expect(lets_through("192.0.2.25"));
	cr_expect(lets_through("192.0.2.26"));
	cr_expect(lets_through("192.0.2.27"));
	cr_expect_not(lets_through("192.0.2.28"));
	cr_expect(rx.set->wide.watched[0] & 1ULL << 25, "port 25 is followed to its end");
	cr_expect_eq(rx.set->conf.ports[0] & 1ULL << 25, 0);
	cr_expect_eq(rx.set->selection, 2);
}

Test(live, and_lets_go_of_them_when_told)
{
	publish("registered: [192.0.2.26]", true);
	publish("registered: [192.0.2.26]", false);
	cr_expect_not(rx.set->is_wide);
	cr_expect_eq(rx.set->selection, 1);
}

Test(live, other_keys_select_nothing_anew)
{
	publish("registered: [192.0.2.25]\nlimits: {mail: 1M}", true);
	cr_expect_eq(worker.set->selection, 0);
	cr_expect_not(rx.set->is_wide);
	cr_expect_eq(worker.set->conf.mail, 1 << 20);
}
