// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "smtp_reply.h"

#include <criterion/criterion.h>

static const struct {
	const char *line;
	unsigned code; // 0: malformed
	bool more;
	const char *enhanced, *text, *queue_id;
} cases[] = {
	{"250 ok", 250, false, "", "ok", ""},
	{"250", 250, false, "", "", ""},
	{"250-", 250, true, "", "", ""},
	{"250-PIPELINING", 250, true, "", "PIPELINING", ""},
	{"250 2.1.5 Ok", 250, false, "2.1.5", "Ok", ""},
	{"250 2.1.5", 250, false, "2.1.5", "", ""},
	{"550 5.7.509 no", 550, false, "5.7.509", "no", ""},
	{"250 2.1 Ok", 250, false, "", "2.1 Ok", ""},
	{"250 2.1.5x Ok", 250, false, "", "2.1.5x Ok", ""},
	{"250 3.1.5 Ok", 250, false, "", "3.1.5 Ok", ""},
	{"250 2.1.1234 Ok", 250, false, "", "2.1.1234 Ok", ""},
	{"472 later", 472, false, "", "later", ""},
	{"250ok", 250, false, "", "ok", ""},
	{"4.7.0 later", 0, false, "", "", ""},
	{"25", 0, false, "", "", ""},
	{"2500 x", 0, false, "", "", ""},
	{"150 x", 0, false, "", "", ""},
	{"650 x", 0, false, "", "", ""},
	{"", 0, false, "", "", ""},
	{"HTTP/1.1 400", 0, false, "", "", ""},
	{"250 2.0.0 Ok: queued as 4F1A2B", 250, false, "2.0.0", "Ok: queued as 4F1A2B",
		"4F1A2B"},
	{"250 ok: queued as 12345.", 250, false, "", "ok: queued as 12345.", "12345"},
	{"250 OK id=1pgobK-001mwq-ED", 250, false, "", "OK id=1pgobK-001mwq-ED",
		"1pgobK-001mwq-ED"},
	{"250 2.0.0 x1Q2 Message accepted for delivery", 250, false, "2.0.0",
		"x1Q2 Message accepted for delivery", "x1Q2"},
	{"250 OK 17 a1-b2.3 - gsmtp", 250, false, "", "OK 17 a1-b2.3 - gsmtp", "a1-b2.3"},
	{"250 Message accepted", 250, false, "", "Message accepted", ""},
	{"250 queued as ", 250, false, "", "queued as ", ""},
	{"554 queued as X", 554, false, "", "queued as X", ""},
};

Test(smtp_reply, lines_are_taken_apart)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct guard g = guard_make(span_text(cases[i].line));
		struct smtp_reply_line got = {0};
		bool ok = smtp_reply_parse(g.text, &got);
		const struct smtp_reply *r = &got.reply;
		cr_expect(ok == (cases[i].code != 0), "%s", cases[i].line);
		cr_expect(r->code == cases[i].code && got.more == cases[i].more, "%s",
			cases[i].line);
		cr_expect(span_equal(r->enhanced, span_text(cases[i].enhanced)), "%s",
			cases[i].line);
		cr_expect(span_equal(r->text, span_text(cases[i].text)), "%s",
			cases[i].line);
		cr_expect(span_equal(r->queue_id, span_text(cases[i].queue_id)),
			"%s: %.*s", cases[i].line, (int)r->queue_id.len,
			(const char *)r->queue_id.ptr);
		guard_free(&g);
	}
}

Test(smtp_reply, the_class_is_the_first_digit)
{
	cr_expect(smtp_reply_class(&(struct smtp_reply){.code = 599}) == 5);
	cr_expect(smtp_reply_class(&(struct smtp_reply){.code = 200}) == 2);
	cr_expect(smtp_reply_class(&(struct smtp_reply){0}) == 0);
}
