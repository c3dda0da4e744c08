// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

void smtp_session_auth_command(struct smtp_session *s, struct span arg)
{
	struct span initial;
	struct span mechanism = smtp_command_word(arg, &initial);

	if (smtp_session_push_bare(s, SMTP_VERB_AUTH))
		smtp_session_await(s);
	if (s->auth == NULL)
		s->auth = mt_pool_take(&s->env->blocks);
	if (s->auth != NULL)
		smtp_auth_start(s->auth, mechanism, initial);
}

void smtp_session_auth_line(struct smtp_session *s, struct span line)
{
	bool cancel = span_equal(line, span_text("*"));

	s->answer_due = false;
	if (s->auth != NULL && !cancel)
		smtp_auth_answer(s->auth, line);
	if (smtp_session_push_bare(s, SMTP_KIND_ANSWER))
		smtp_session_await(s);
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

	s->answer_due = r != NULL && smtp_reply_class(r) == 3;
	// Where the reply was not seen, lines that are no commands still are answers.
	if (r == NULL && s->auth != NULL)
		smtp_auth_blind(s->auth);
	if (r == NULL || s->answer_due)
		return;
	if (s->auth != NULL) {
		mechanism = smtp_auth_mechanism(s->auth);
		user = smtp_auth_user(s->auth);
	}
	s->env->sink->auth(s->ctx, mechanism, user, smtp_reply_class(r) == 2);
	smtp_session_auth_done(s);
}
