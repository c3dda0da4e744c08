// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

const struct smtp_reply smtp_no_reply;

void smtp_session_odd(struct smtp_session *s, enum mt_odd odd)
{
	if (s->odds & mt_odd_bit(odd))
		return;
	s->odds |= mt_odd_bit(odd);
	s->env->sink->odd(s->ctx, odd);
}

static void forget_mail(struct smtp_session *s)
{
	s->open = s->begun = s->over = s->hole = s->forwarded = false;
	s->chunks_open = s->chunks_barred = false;
	s->data_refused = s->prdr = s->final_due = s->any_taken = false;
	s->whole = true;
	s->given = s->odds = 0;
	s->rcpts = s->accepted = s->verdicts = s->next_fate = 0;
	s->first_verdict = 0;
	mt_pool_put(&s->env->blocks, s->fates);
	s->fates = NULL;
}

static bool has_keyword(struct span params, const char *keyword)
{
	while (params.len > 0)
		if (span_equal_nocase(
			    smtp_command_word(params, &params), span_text(keyword)))
			return true;
	return false;
}

static void open_mail(struct smtp_session *s, const struct smtp_told *told)
{
	const struct smtp_path *from = told != NULL ? told->path : NULL;

	forget_mail(s);
	s->open = true;
	s->env->sink->open(s->ctx, from, told != NULL ? told->reply : &smtp_no_reply);
	if (from == NULL)
		smtp_session_odd(s, MT_ODD_no_mail_from);
	s->prdr = from != NULL && has_keyword(from->params, "PRDR");
	if (!s->lmtp && !s->prdr)
		return;
	s->fates = mt_pool_take(&s->env->blocks);
	if (s->fates != NULL)
		memset(s->fates, 0, s->env->blocks.size);
}

static void add_rcpt(struct smtp_session *s, const struct smtp_told *told)
{
	uint32_t nth = s->rcpts++;

	s->accepted += told->reply->code < 400 ? 1 : 0;
	if (nth >= s->env->limits.rcpts) {
		smtp_session_odd(s, MT_ODD_too_many_rcpts);
		return;
	}
	s->env->sink->rcpt(s->ctx, told->path, told->reply);
	if (told->reply->code >= 400)
		return;
	if (s->fates != NULL && nth / 8 < s->env->blocks.size)
		s->fates[nth / 8] |= (uint8_t)(1u << nth % 8);
}

static void end_mail(
	struct smtp_session *s, enum smtp_outcome outcome, const struct smtp_told *told)
{
	const struct smtp_reply *reply = told != NULL ? told->reply : &smtp_no_reply;

	if (s->begun)
		s->env->sink->end(s->ctx, outcome, s->over && s->whole, reply);
	else if (s->open)
		s->env->sink->abandon(s->ctx, SMTP_WHY_STRICT);
	forget_mail(s);
}

// Nobody will say more of it. LMTP: what single recipients were told still counts.
static void end_unknown(struct smtp_session *s)
{
	const struct smtp_reply first = {.code = s->first_verdict};

	end_mail(s, s->any_taken ? SMTP_ACCEPTED : SMTP_UNKNOWN,
		&(struct smtp_told){NULL, &first});
}

static void abandon(struct smtp_session *s, enum smtp_why why)
{
	bool ended = why == SMTP_WHY_CLOSED || why == SMTP_WHY_QUIT;

	if (s->begun) {
		end_unknown(s);
		return;
	}
	if (ended && s->data_refused)
		why = SMTP_WHY_DATA_REFUSED;
	else if (ended && s->rcpts > 0 && s->accepted == 0)
		why = SMTP_WHY_NO_RCPT;
	if (s->open)
		s->env->sink->abandon(s->ctx, why);
	forget_mail(s);
}

static void begin(struct smtp_session *s, enum smtp_ev event)
{
	if (!s->greeted && !s->late)
		smtp_session_odd(s, MT_ODD_no_helo);
	s->begun = true;
	s->env->sink->begin(s->ctx, event == SMTP_EV_CHUNK ? SMTP_BDAT : SMTP_DATA);
}

// Nothing of the dialogue is followed any more.
static void drop_dialogue(struct smtp_session *s)
{
	s->wait = SMTP_WAIT_NONE;
	s->take = SMTP_TAKE_LINES;
	smtp_session_drop_pending(s);
	smtp_session_doubt_done(s);
	smtp_pending_clear(&s->early, &s->env->blocks);
	smtp_line_done(&s->line[SMTP_CLIENT], &s->env->blocks);
	smtp_line_done(&s->line[SMTP_SERVER], &s->env->blocks);
	smtp_session_auth_done(s);
}

void smtp_session_drop_pending(struct smtp_session *s)
{
	smtp_pending_clear(&s->pending, &s->env->blocks);
	s->chunks = s->lost = 0;
}

void smtp_session_be_deaf(struct smtp_session *s)
{
	smtp_session_odd(s, MT_ODD_not_smtp);
	smtp_session_go(s, SMTP_EV_CLOSE, NULL);
}

static enum smtp_why why_of(enum smtp_ev event)
{
	switch (event) {
	case SMTP_EV_RSET_OK:
		return SMTP_WHY_RSET;
	case SMTP_EV_MAIL_OK:
		return SMTP_WHY_MAIL_AGAIN;
	case SMTP_EV_TLS_OK:
	case SMTP_EV_HELLO:
		return SMTP_WHY_TLS;
	case SMTP_EV_QUIT_OK:
		return SMTP_WHY_QUIT;
	case SMTP_EV_CLOSE:
		return SMTP_WHY_CLOSED;
	default:
		return SMTP_WHY_GREETING;
	}
}

// What is passed over is told as well, where it would have been part of a mail.
static void discard(struct smtp_session *s, enum smtp_ev event)
{
	bool passed_over = event == SMTP_EV_MAIL_OK || event == SMTP_EV_RCPT_OK ||
		event == SMTP_EV_DATA_GO || event == SMTP_EV_CHUNK;

	if (s->open || s->begun || passed_over)
		smtp_session_odd(s, MT_ODD_strict_discard);
	if (!s->open && !s->begun)
		return;
	if (s->begun)
		end_unknown(s);
	else
		abandon(s, SMTP_WHY_STRICT);
}

// Whatever is open ends here: what follows belongs to a mail whose sender is not known.
static void open_blind(struct smtp_session *s)
{
	abandon(s, SMTP_WHY_MAIL_AGAIN);
	open_mail(s, NULL);
}

static void go_dark(struct smtp_session *s, enum smtp_ev event)
{
	// Replies to nothing, where the handshake should have begun.
	if (event == SMTP_EV_HELLO && !s->veiled &&
		(s->early.count > 0 || s->line[SMTP_SERVER].begun))
		smtp_session_odd(s, MT_ODD_reply_injection);
	abandon(s, SMTP_WHY_TLS);
	s->env->sink->tls(s->ctx, SMTP_TLS_DARK);
}

static void act(struct smtp_session *s, enum smtp_act action, enum smtp_ev event,
	const struct smtp_told *told)
{
	switch (action) {
	case SMTP_ACT_NONE:
	case SMTP_ACT_COUNT:
		break;
	case SMTP_ACT_OPEN:
	case SMTP_ACT_REOPEN:
		abandon(s, SMTP_WHY_MAIL_AGAIN);
		open_mail(s, told);
		break;
	case SMTP_ACT_ADD_BLIND:
		open_blind(s);
		add_rcpt(s, told);
		break;
	case SMTP_ACT_ADD_RCPT:
		add_rcpt(s, told);
		break;
	case SMTP_ACT_BEGIN_CUT:
	case SMTP_ACT_BEGIN_BLIND:
		open_blind(s);
		begin(s, event);
		break;
	case SMTP_ACT_BEGIN:
		begin(s, event);
		break;
	case SMTP_ACT_ABANDON:
	case SMTP_ACT_END_UNKNOWN:
		abandon(s, why_of(event));
		break;
	case SMTP_ACT_END_ACCEPTED:
	case SMTP_ACT_END_REFUSED:
		end_mail(s,
			action == SMTP_ACT_END_ACCEPTED ? SMTP_ACCEPTED : SMTP_REFUSED,
			told);
		break;
	case SMTP_ACT_HOLE:
		s->hole = true;
		break;
	case SMTP_ACT_DOUBT:
		smtp_session_odd(s, MT_ODD_out_of_step);
		s->doubt = true;
		break;
	case SMTP_ACT_DARK:
		go_dark(s, event);
		break;
	case SMTP_ACT_DISCARD:
		discard(s, event);
		break;
	}
}

void smtp_session_go(
	struct smtp_session *s, enum smtp_ev event, const struct smtp_told *told)
{
	enum smtp_st from = (enum smtp_st)s->state;
	struct smtp_edge edge = s->env->limits.strict ? smtp_fsm_step_strict(from, event)
						      : smtp_fsm_step(from, event);

	if (edge.next == SMTP_ST_NONE) {
		smtp_session_odd(s, MT_ODD_out_of_step);
		return;
	}
	s->state = edge.next;
	act(s, (enum smtp_act)edge.action, event, told);
	if (s->state == SMTP_ST_DARK || s->state == SMTP_ST_END)
		drop_dialogue(s);
}

size_t smtp_session_give(struct smtp_session *s, struct span text)
{
	uint64_t most = s->env->limits.mail;
	uint64_t room = s->given < most ? most - s->given : 0;
	struct span fits = span_head(text, room < text.len ? (size_t)room : text.len);
	size_t n = fits.len;

	if (!s->begun)
		return text.len;
	if (n > 0)
		n = s->env->sink->body(s->ctx, fits);
	s->given += n;
	if (n < fits.len)
		return n;
	if (fits.len < text.len) {
		s->whole = false;
		smtp_session_odd(s, MT_ODD_too_large);
	}
	return text.len;
}

void smtp_session_hole(struct smtp_session *s, uint64_t len)
{
	s->whole = false;
	if (s->begun)
		s->env->sink->gap(s->ctx, len);
}

// The recipient that the next of several final replies is for: the next that was accepted.
static uint32_t next_fate(struct smtp_session *s)
{
	uint32_t n = s->next_fate;

	if (s->fates != NULL)
		while (n + 1 < s->rcpts && n / 8 < s->env->blocks.size &&
			!(s->fates[n / 8] & 1u << n % 8))
			n++;
	s->next_fate = n + 1;
	return n;
}

static void tell_fate(struct smtp_session *s, const struct smtp_reply *r)
{
	if (s->first_verdict == 0)
		s->first_verdict = r->code;
	s->any_taken |= smtp_reply_class(r) == 2;
	s->verdicts--;
	if (s->begun)
		s->env->sink->rcpt_final(s->ctx, next_fate(s), r);
}

bool smtp_session_verdict(struct smtp_session *s, const struct smtp_reply *r)
{
	struct smtp_reply last = *r;

	if (s->prdr && r->code == 353 && s->accepted > 0) {
		s->verdicts = s->accepted;
		s->final_due = true;
		return false;
	}
	if (s->lmtp && s->first_verdict == 0)
		s->verdicts = s->accepted > 0 ? s->accepted : 1;
	if (s->verdicts > 0) {
		tell_fate(s, r);
		if (s->verdicts > 0 || s->final_due)
			return false;
		// Their texts were told one by one; what the mail keeps is the first code.
		if (s->rcpts > 1)
			last = (struct smtp_reply){.code = s->first_verdict};
	}
	bool taken = s->any_taken || smtp_reply_class(r) == 2;
	smtp_session_go(s, taken ? SMTP_EV_TAKEN : SMTP_EV_REFUSED,
		&(struct smtp_told){NULL, &last});
	return true;
}
