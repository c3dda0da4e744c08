// SPDX-License-Identifier: BSD-3-Clause
#include "mail_tape.h"

// Before each event. Payloads are padded to 8 octets, so that a header is always aligned.
struct head {
	uint16_t event, aux;
	uint32_t len;
};

static size_t padded(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

void mail_chunk_init(struct mail_chunk *c, uint32_t room, uint16_t worker, uint32_t slot)
{
	*c = (struct mail_chunk){
		.slot = slot,
		.worker = worker,
		.room = room & ~7u,
		.last_event = UINT32_MAX,
	};
}

// Room for an event of so many octets: its payload's place, or NULL.
static uint8_t *add_head(
	struct mail_chunk *c, enum mail_event event, uint16_t aux, size_t len)
{
	struct head head = {(uint16_t)event, aux, (uint32_t)len};

	if (len > c->room || c->used + sizeof(head) + padded(len) > c->room)
		return NULL;
	memcpy(c->data + c->used, &head, sizeof(head));
	uint8_t *payload = c->data + c->used + sizeof(head);
	c->last_event = c->used;
	c->used += (uint32_t)(sizeof(head) + padded(len));
	return payload;
}

// Of the newest event. What is behind it is free.
static void set_length(struct mail_chunk *c, size_t len)
{
	uint32_t told = (uint32_t)len;

	memcpy(c->data + c->last_event + offsetof(struct head, len), &told, sizeof(told));
	c->used = (uint32_t)(c->last_event + sizeof(struct head) + padded(len));
}

static uint8_t *put(uint8_t *to, struct span s)
{
	if (s.len > 0)
		memcpy(to, s.ptr, s.len);
	return to + s.len;
}

bool mail_chunk_add(
	struct mail_chunk *c, enum mail_event event, uint16_t aux, struct span text)
{
	uint8_t *to = add_head(c, event, aux, text.len);

	if (to == NULL)
		return false;
	put(to, text);
	return true;
}

// Copies all but the NULs.
static uint8_t *put_without_nul(uint8_t *to, struct span s)
{
	while (s.len > 0) {
		size_t run = span_find(s, 0);
		to = put(to, span_head(s, run));
		s = span_skip(s, run + 1);
	}
	return to;
}

bool mail_chunk_add_pair(struct mail_chunk *c, enum mail_event event, uint16_t aux,
	struct span a, struct span b)
{
	if (a.len > c->room || b.len > c->room)
		return false;
	uint8_t *start = add_head(c, event, aux, a.len + 1 + b.len);
	if (start == NULL)
		return false;
	uint8_t *to = put_without_nul(start, a);
	*to++ = 0;
	to = put(to, b);
	set_length(c, (size_t)(to - start));
	return true;
}

struct reply_head {
	uint16_t code, enhanced, text, queue_id; // lengths but for the code
};

bool mail_chunk_add_reply(struct mail_chunk *c, enum mail_event event, uint16_t aux,
	uint16_t code, struct span enhanced, struct span text, struct span queue_id)
{
	const size_t longest = UINT16_MAX;
	struct reply_head head = {
		code, (uint16_t)enhanced.len, (uint16_t)text.len, (uint16_t)queue_id.len};

	if (enhanced.len > longest || text.len > longest || queue_id.len > longest)
		return false;
	uint8_t *to = add_head(
		c, event, aux, sizeof(head) + enhanced.len + text.len + queue_id.len);
	if (to == NULL)
		return false;
	to = put(to, span_make(&head, sizeof(head)));
	to = put(to, enhanced);
	to = put(to, text);
	put(to, queue_id);
	return true;
}

static size_t grow_body(struct mail_chunk *c, struct span text)
{
	struct head head;

	if (c->last_event == UINT32_MAX)
		return 0;
	memcpy(&head, c->data + c->last_event, sizeof(head));
	if (head.event != MAIL_EV_BODY)
		return 0;
	size_t at = c->last_event + sizeof(head) + head.len;
	size_t n = c->room - at < text.len ? c->room - at : text.len;
	put(c->data + at, span_head(text, n));
	set_length(c, head.len + n);
	return n;
}

size_t mail_chunk_add_body(struct mail_chunk *c, struct span text)
{
	size_t n = grow_body(c, text);

	if (n > 0 || text.len == 0 || c->used + sizeof(struct head) >= c->room)
		return n;
	n = c->room - c->used - sizeof(struct head);
	n = n < text.len ? n : text.len;
	put(add_head(c, MAIL_EV_BODY, 0, n), span_head(text, n));
	return n;
}

bool mail_chunk_next(const struct mail_chunk *c, uint32_t *offset, struct mail_item *ret)
{
	struct head head;

	if (*offset > c->used || c->used - *offset < sizeof(head))
		return false;
	memcpy(&head, c->data + *offset, sizeof(head));
	if (head.event >= MAIL_EV_COUNT || head.len > c->used - *offset - sizeof(head))
		return false;
	*ret = (struct mail_item){
		.event = (enum mail_event)head.event,
		.aux = head.aux,
		.text = span_make(c->data + *offset + sizeof(head), head.len),
	};
	*offset += (uint32_t)(sizeof(head) + padded(head.len));
	return true;
}

bool mail_reply_read(struct span text, struct mail_reply *ret)
{
	struct reply_head head;

	if (text.len < sizeof(head))
		return false;
	memcpy(&head, text.ptr, sizeof(head));
	struct span rest = span_skip(text, sizeof(head));
	if (rest.len != (size_t)head.enhanced + head.text + head.queue_id)
		return false;
	ret->code = head.code;
	ret->enhanced = span_head(rest, head.enhanced);
	rest = span_skip(rest, head.enhanced);
	ret->text = span_head(rest, head.text);
	ret->queue_id = span_skip(rest, head.text);
	return true;
}

void mail_pair_read(struct span text, struct span *ret_a, struct span *ret_b)
{
	size_t at = span_find(text, 0);

	*ret_a = span_head(text, at);
	*ret_b = span_skip(text, at + 1);
}
