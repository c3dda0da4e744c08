// SPDX-License-Identifier: BSD-3-Clause
#include "recent.h"

#include <criterion/criterion.h>

static struct recent recent;

static struct recent_mail show(struct span subject)
{
	struct recent_mail got;
	struct mail m;

	mail_init(&m, 1000);
	m.id = mt_id_make(1, 2, (uint32_t)recent.committed);
	recent_add(&recent, &m, subject, 0, true);
	recent_announce(&recent, span_make(m.id.text, MT_ID_LEN));
	cr_assert(recent_get(&recent, 0, &got));
	mail_fini(&m);
	return got;
}

Test(recent, a_subject_is_cut_within_no_character)
{
	char text[RECENT_SUBJECT + 10];

	cr_expect_str_eq(show(span_text("grün")).subject, "grün");
	cr_expect_str_eq(show(span_make(NULL, 0)).subject, "");
	memset(text, 'a', sizeof(text));
	cr_expect_eq(
		strlen(show(span_make(text, sizeof(text))).subject), RECENT_SUBJECT - 1);
	memcpy(text + RECENT_SUBJECT - 2, "\xc3\xbc", 2);
	cr_expect_eq(
		strlen(show(span_make(text, sizeof(text))).subject), RECENT_SUBJECT - 2);
}

// Somebody reads a list while more mails come.
Test(recent, a_list_holds_no_mail_twice)
{
	struct recent_mail first, again, next;

	show(span_text("one"));
	show(span_text("two"));
	uint64_t shown = recent_shown(&recent);
	cr_assert(recent_get_of(&recent, shown, 0, &first));
	show(span_text("three"));
	cr_assert(recent_get_of(&recent, shown, 0, &again));
	cr_assert(recent_get_of(&recent, shown, 1, &next));
	cr_expect_str_eq(first.subject, "two");
	cr_expect_str_eq(again.subject, "two");
	cr_expect_str_eq(next.subject, "one");
	cr_expect_not(recent_get_of(&recent, shown, 2, &next));
}
