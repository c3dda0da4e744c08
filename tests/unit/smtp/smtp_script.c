// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_script.h"

#include "guard.h"
#include "script_text.h"

#include <stdlib.h>

#define ITEM_MAX (8u << 20)

static struct smtp_item *add_item(struct smtp_script *script, enum smtp_item_kind kind)
{
	if (script->count == SMTP_SCRIPT_ITEMS)
		abort();
	struct smtp_item *item = &script->items[script->count++];
	*item = (struct smtp_item){.kind = kind};
	mt_buf_init(&item->octets, ITEM_MAX);
	return item;
}

static void read_line(struct smtp_script *script, struct span line)
{
	if (script_starts(line, "C:") || script_starts(line, "C-") ||
		script_starts(line, "S:") || script_starts(line, "S-")) {
		struct smtp_item *item = add_item(
			script, line.ptr[0] == 'C' ? SMTP_ITEM_CLIENT : SMTP_ITEM_SERVER);
		script_octets(&item->octets, span_skip(line, 3));
		if (line.ptr[1] == ':')
			mt_buf_add_text(&item->octets, "\r\n");
	} else if (script_starts(line, "gap C ") || script_starts(line, "gap S ")) {
		struct smtp_item *item = add_item(script,
			line.ptr[4] == 'C' ? SMTP_ITEM_GAP_CLIENT : SMTP_ITEM_GAP_SERVER);
		item->gap = script_gap(span_skip(line, 6));
	} else if (script_starts(line, "hurry")) {
		add_item(script, SMTP_ITEM_HURRY);
	} else if (script_starts(line, "late")) {
		script->late = true;
	} else if (script_starts(line, "tls-port")) {
		script->tls_port = true;
	} else if (script_starts(line, "strict")) {
		script->strict = true;
	} else {
		script_die(line);
	}
}

bool smtp_script_read(struct span *file, struct smtp_script *ret)
{
	struct span lines, line;

	*ret = (struct smtp_script){0};
	mt_buf_init(&ret->want, ITEM_MAX);
	if (!script_case(file, ret->name, sizeof(ret->name), &lines))
		return false;
	while (script_line(&lines, &ret->want, &line))
		read_line(ret, line);
	return true;
}

void smtp_script_fini(struct smtp_script *script)
{
	for (size_t i = 0; i < script->count; i++)
		mt_buf_fini(&script->items[i].octets);
	mt_buf_fini(&script->want);
}

size_t smtp_script_longest(const struct smtp_script *script)
{
	size_t longest = 0;

	for (size_t i = 0; i < script->count; i++)
		if (script->items[i].octets.len > longest)
			longest = script->items[i].octets.len;
	return longest;
}

static size_t feed(struct smtp_session *s, enum smtp_dir dir, struct span text)
{
	struct guard g = guard_make(text);
	size_t n = smtp_session_feed(s, dir, g.text);

	guard_free(&g);
	return n;
}

// The pieces of an item under this cut, one after the other. Returns the length of the next.
static size_t piece(size_t at, size_t len, size_t cut)
{
	if (cut == SMTP_CUT_OCTETS)
		return 1;
	return cut > at && cut < len ? cut - at : len - at;
}

struct play {
	const struct smtp_script *script;
	struct smtp_session *s;
	size_t cut;
	size_t next,
		at; // the first item of the client that is not through, octets of it that are
	size_t until; // items of the client before this one may be offered
};

// Offers the client's items in their order, as far as they are taken.
static void offer(struct play *p)
{
	for (; p->next < p->until; p->next++, p->at = 0) {
		const struct smtp_item *item = &p->script->items[p->next];
		if (item->kind == SMTP_ITEM_GAP_CLIENT)
			smtp_session_gap(p->s, SMTP_CLIENT, item->gap);
		if (item->kind != SMTP_ITEM_CLIENT)
			continue;
		while (p->at < item->octets.len) {
			size_t n = piece(p->at, item->octets.len, p->cut);
			size_t taken = feed(p->s, SMTP_CLIENT,
				span_make(item->octets.ptr + p->at, n));
			p->at += taken;
			if (taken < n && smtp_session_waits(p->s))
				return;
		}
	}
}

static void play_server(struct play *p, const struct smtp_item *item)
{
	for (size_t at = 0; at < item->octets.len;) {
		size_t n = piece(at, item->octets.len, p->cut);
		at += feed(p->s, SMTP_SERVER, span_make(item->octets.ptr + at, n));
	}
}

void smtp_script_play(const struct smtp_script *script, struct smtp_env *env, size_t cut,
	struct smtp_log *log)
{
	struct smtp_session s;
	struct play p = {.script = script, .s = &s, .cut = cut};

	env->limits.strict = script->strict;
	smtp_session_init(&s, env, log);
	if (script->tls_port)
		smtp_session_expect_tls(&s);
	if (script->late)
		smtp_session_joined_late(&s);
	for (size_t i = 0; i < script->count; i++) {
		const struct smtp_item *item = &script->items[i];
		if (item->kind == SMTP_ITEM_SERVER)
			play_server(&p, item);
		if (item->kind == SMTP_ITEM_GAP_SERVER)
			smtp_session_gap(&s, SMTP_SERVER, item->gap);
		if (item->kind == SMTP_ITEM_HURRY)
			smtp_session_hurry(&s);
		p.until = i + 1;
		offer(&p);
	}
	while (p.next < p.until) {
		smtp_session_hurry(&s);
		offer(&p);
	}
	smtp_session_close(&s);
}
