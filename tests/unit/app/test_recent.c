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
	recent_add(&recent, &m, subject, true);
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
