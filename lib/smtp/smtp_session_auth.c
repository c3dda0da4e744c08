// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

void smtp_session_auth_command(struct smtp_session *s, struct span arg)
{
	struct span initial;
	struct span mechanism = smtp_command_word(arg, &initial);

	if (s->auth == NULL)
		s->auth = mt_pool_take(&s->env->blocks);
	if (s->auth != NULL)
		smtp_auth_start(s->auth, mechanism, initial);
}

void smtp_session_auth_line(struct smtp_session *s, struct span line)
{
	const struct smtp_record record = {.kind = SMTP_KIND_ANSWER};
	bool cancel = span_equal(line, span_text("*"));

	s->answer_due = false;
	if (s->auth != NULL && !cancel)
		smtp_auth_answer(s->auth, line);
	if (s->lost > 0 || !smtp_pending_push(&s->pending, &s->env->blocks, &record)) {
		s->lost++;
		smtp_session_odd(s, MT_ODD_too_many_pending);
	}
}

void smtp_session_auth_done(struct smtp_session *s)
{
	s->answer_due = false;
	mt_pool_put(&s->env->blocks, s->auth);
	s->auth = NULL;
}

void smtp_session_auth_reply(struct smtp_session *s, const struct smtp_reply *r)
{
	struct span mechanism = span_text(""), user = mechanism;

	if (r != NULL && smtp_reply_class(r) == 3) {
		// Unless the client sent it ahead, the next line is the answer.
		s->answer_due = s->pending.count <= 1;
		return;
	}
	if (r != NULL) {
		if (s->auth != NULL) {
			mechanism = smtp_auth_mechanism(s->auth);
			user = smtp_auth_user(s->auth);
		}
		s->env->sink->auth(s->ctx, mechanism, user, smtp_reply_class(r) == 2);
	}
	smtp_session_auth_done(s);
}
