// SPDX-License-Identifier: BSD-3-Clause
#include "recent.h"

#include "mt_utf8.h"

static void copy_printable(char to[RECENT_TEXT], struct span from)
{
	size_t n = from.len < RECENT_TEXT - 1 ? from.len : RECENT_TEXT - 1;

	for (size_t i = 0; i < n; i++)
		to[i] = from.ptr[i] >= 0x20 && from.ptr[i] < 0x7f ? (char)from.ptr[i]
								  : '?';
	to[n] = '\0';
}

static void copy_subject(char to[RECENT_SUBJECT], struct span from)
{
	struct span front = mt_utf8_head(from, RECENT_SUBJECT - 1);

	if (front.len > 0)
		memcpy(to, front.ptr, front.len);
	to[front.len] = '\0';
}

void recent_add(struct recent *r, const struct mail *m, struct span subject,
	uint32_t alerts, bool stored)
{
	struct recent_slot *slot = &r->slots[r->committed % RECENT_MAX];
	uint32_t turn = atomic_load_explicit(&slot->turn, memory_order_relaxed);
	struct recent_mail *to = &slot->mail;

	atomic_store_explicit(&slot->turn, turn + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	memcpy(to->id, m->id.text, sizeof(to->id));
	copy_printable(
		to->from, m->has_from ? mail_text_get(m, m->from) : span_text("(none)"));
	copy_subject(to->subject, subject);
	to->rcpts = (uint32_t)mail_rcpt_count(m);
	to->refused = 0;
	copy_printable(to->rcpt, span_text("(none)"));
	for (uint32_t i = to->rcpts; i-- > 0;) {
		const struct mail_rcpt *rcpt = mail_rcpt_get(m, i);
		if (rcpt->reply.code >= 400)
			to->refused++;
		else
			copy_printable(to->rcpt, mail_text_get(m, rcpt->to));
	}
	to->at_us = m->end_us;
	to->size = m->size;
	to->alerts = alerts;
	to->odds = m->odds;
	to->outcome = (uint8_t)m->outcome;
	to->complete = m->complete;
	to->stored = stored;
	atomic_store_explicit(&slot->turn, turn + 2, memory_order_release);
	r->committed++;
}

void recent_announce(struct recent *r, struct span json)
{
	uint64_t shown = atomic_load_explicit(&r->announced, memory_order_relaxed);

	if (shown == r->committed)
		return;
	// Mails that fell out of the ring before their turn are past showing.
	if (r->committed - shown > RECENT_MAX)
		shown = r->committed - RECENT_MAX;
	const char *id = r->slots[shown % RECENT_MAX].mail.id;
	if (memmem(json.ptr, json.len, id, MT_ID_LEN) != NULL)
		atomic_store_explicit(&r->announced, shown + 1, memory_order_release);
}

uint64_t recent_shown(const struct recent *r)
{
	return atomic_load_explicit(&r->announced, memory_order_acquire);
}

bool recent_get_of(
	const struct recent *r, uint64_t shown, uint32_t nth, struct recent_mail *ret)
{
	if (nth >= shown || nth >= RECENT_MAX)
		return false;
	const struct recent_slot *slot = &r->slots[(shown - 1 - nth) % RECENT_MAX];
	uint32_t before = atomic_load_explicit(&slot->turn, memory_order_acquire);
	*ret = slot->mail;
	atomic_thread_fence(memory_order_acquire);
	uint32_t after = atomic_load_explicit(&slot->turn, memory_order_relaxed);
	return before == after && !(before & 1);
}

bool recent_get(const struct recent *r, uint32_t nth, struct recent_mail *ret)
{
	return recent_get_of(r, recent_shown(r), nth, ret);
}
