// SPDX-License-Identifier: BSD-3-Clause

// Streams that go from mail to mail, sets that change under way, limits of a mail.

#include "scan_box.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <threads.h>

#include <criterion/criterion.h>

TestSuite(scan_pool, .init = box_init, .fini = box_fini);

#define ONE(text) "signatures:\n- {id: 1, name: n, literal: " text "}\n"

Test(scan_pool, without_signatures_nothing_begins)
{
	cr_expect_null(scan_begin(box.pool, NULL));
	box_use("signatures: []");
	cr_expect_null(scan_begin(box.pool, NULL));
	cr_expect_eq(scan_pool_stats(box.pool).unscanned, 0);
	box_use(ONE("x"));
	cr_expect_str_eq(box_scan(span_text("ax")), "1:raw:2");
	cr_expect_eq(scan_pool_use(box.pool, NULL), 0);
	cr_expect_null(scan_begin(box.pool, NULL));
	cr_expect_null(scan_pool_set(box.pool));
}

Test(scan_pool, streams_are_used_again)
{
	box_use(ONE("x"));
	for (int i = 0; i < 100; i++)
		cr_expect_str_eq(box_scan(span_text("ax")), "1:raw:2");
	cr_expect_eq(scan_pool_stats(box.pool).streams, 1);
	cr_expect_eq(scan_pool_stats(box.pool).mails, 100);
	cr_expect_eq(scan_pool_stats(box.pool).hits, 100);
}

Test(scan_pool, a_mail_too_many_goes_unscanned)
{
	struct scan_stream *streams[64];

	box_use(ONE("x"));
	for (int i = 0; i < 64; i++)
		streams[i] = box_begin();
	cr_expect_null(scan_begin(box.pool, NULL));
	cr_expect_eq(scan_pool_stats(box.pool).unscanned, 1);
	for (int i = 0; i < 64; i++)
		scan_end(streams[i], true, NULL);
	cr_expect_str_eq(box_scan(span_text("x")), "1:raw:1");
	cr_expect_eq(scan_pool_stats(box.pool).used, 0);
	cr_expect_eq(scan_pool_stats(box.pool).used_max, 64);
}

Test(scan_pool, a_mail_in_flight_keeps_its_set)
{
	box_use(ONE("old"));
	struct scan_stream *s = box_begin();
	const struct scan_set *set = scan_stream_set(s);
	scan_feed(s, span_text("ol"));
	box_use(ONE("new"));
	cr_expect_neq(scan_pool_set(box.pool), set);
	cr_expect_str_eq(scan_set_get(scan_stream_set(s), 0)->expression, "old");
	struct scan_stream *later = scan_begin(box.pool, &box);
	scan_feed(later, span_text("old new"));
	scan_end(later, true, NULL);
	cr_expect_str_eq(box.hits[0], "1:raw:7");
	box.hit_count = 0;
	scan_feed(s, span_text("d new"));
	cr_expect_str_eq(box_end(s, true), "1:raw:3");
	// Its stream died with its set.
	cr_expect_eq(scan_pool_stats(box.pool).streams, 1);
}

// A set with more scopes and larger scratch, and back, with mails in flight all the time.
Test(scan_pool, sets_change_many_times)
{
	static const char *const yamls[] = {ONE("needle"),
		"signatures:\n- {id: 1, name: n, pattern: 'nee.?.?dle|ne{2,300}[a-d]le', in: "
		"[raw, header, body]}\n"
		"- {id: 2, name: n, pattern: '(foo|bar){2,9}.{3,50}x', flags: dotall}\n",
		"signatures: []"};
	struct scan_stream *streams[2] = {NULL, NULL};

	for (int i = 0; i < 30; i++) {
		box_use(yamls[i % 3]);
		box.hit_count = 0;
		struct scan_stream **s = &streams[i % 2];
		if (*s != NULL) {
			scan_feed(*s, span_text("dle"));
			box_end(*s, true);
			cr_expect(strstr(box.text, "1:raw:6") != NULL, "%s", box.text);
		}
		*s = scan_begin(box.pool, &box);
		if (*s != NULL)
			scan_feed(*s, span_text("nee"));
	}
	for (int i = 0; i < 2; i++)
		if (streams[i] != NULL)
			scan_end(streams[i], false, NULL);
}

Test(scan_pool, every_match_when_asked_but_bounded)
{
	char mail[200];

	box_use("signatures:\n- {id: 1, name: n, literal: x, flags: all_matches}\n");
	memset(mail, 'x', sizeof(mail));
	box_scan(span_make(mail, 5));
	cr_expect_str_eq(box.text, "1:raw:1 1:raw:2 1:raw:3 1:raw:4 1:raw:5");
	box_scan(span_make(mail, sizeof(mail)));
	cr_expect_eq(box.result.hits, SCAN_REPEATS_MAX);
	cr_expect_eq(box.result.untold, sizeof(mail) - SCAN_REPEATS_MAX);
	cr_expect_eq(scan_pool_stats(box.pool).untold, sizeof(mail) - SCAN_REPEATS_MAX);
}

// Signatures that repeat, in front of ones that do not: those are told, nevertheless.
Test(scan_pool, repeats_do_not_drive_out_others)
{
	static char yaml[200000], mail[4000];
	size_t len = (size_t)snprintf(yaml, sizeof(yaml), "signatures:\n");

	for (int i = 1; i <= 100; i++)
		len += (size_t)snprintf(yaml + len, sizeof(yaml) - len,
			"- {id: %d, name: n, literal: x, flags: all_matches}\n", i);
	for (int i = 101; i <= 800; i++)
		len += (size_t)snprintf(yaml + len, sizeof(yaml) - len,
			"- {id: %d, name: n, literal: y%c%c, action: %s}\n", i,
			'a' + i % 26, 'a' + i / 26 % 26, i == 800 ? "hold" : "note");
	box_use(yaml);
	memset(mail, 'x', sizeof(mail));
	size_t at = 100;
	for (int i = 101; i <= 800; i++) {
		mail[at++] = 'y';
		mail[at++] = (char)('a' + i % 26);
		mail[at++] = (char)('a' + i / 26 % 26);
	}
	box_scan(span_make(mail, sizeof(mail)));
	cr_expect_eq(box.result.hits, SCAN_HITS_MAX);
	cr_expect(box.result.hold); // though it may not be among those told
	cr_expect_gt(box.result.untold, 0);
	size_t once = 0;
	for (size_t i = 0; i < box.hit_count; i++)
		once += strtol(box.hits[i], NULL, 10) > 100;
	cr_expect_eq(once, SCAN_HITS_MAX / 2);
	box_scan(span_text("nothing"));
	cr_expect_eq(box.result.hits, 0);
	cr_expect_not(box.result.hold);
}

static atomic_bool go_on;

static int hold_and_drop(void *set)
{
	while (atomic_load(&go_on))
		scan_set_drop(scan_set_hold(set));
	return 0;
}

Test(scan_pool, references_from_two_threads)
{
	struct scan_set *set = box_must_load(ONE("x"));
	thrd_t other;

	atomic_store(&go_on, true);
	cr_assert_eq(thrd_create(&other, hold_and_drop, set), thrd_success);
	for (int i = 0; i < 200; i++) {
		scan_pool_use(box.pool, set);
		cr_expect_str_eq(box_scan(span_text("x")), "1:raw:1");
		scan_pool_use(box.pool, NULL);
	}
	atomic_store(&go_on, false);
	thrd_join(other, NULL);
	scan_set_drop(set);
}
