// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_script.h"

#include "guard.h"

#include <stdio.h>
#include <stdlib.h>

#define ITEM_MAX (8u << 20)

static bool starts(struct span s, const char *with)
{
	return span_equal(span_head(s, strlen(with)), span_text(with));
}

static void die(struct span line)
{
	fprintf(stderr, "not a script line: %.*s\n", (int)line.len,
		(const char *)line.ptr);
	abort();
}

static void add_unescaped(struct mt_buf *out, struct span s)
{
	while (s.len > 0) {
		char text[16] = {0};
		size_t used = 2;
		if (s.ptr[0] != '\\') {
			mt_buf_add(out, span_head(s, 1));
			s = span_skip(s, 1);
			continue;
		}
		memcpy(text, s.ptr + 1, s.len - 1 < 15 ? s.len - 1 : 15);
		char *end = text;
		if (text[0] == 'x') {
			char hex[3] = {text[1], text[2], 0};
			mt_buf_add_char(out, (char)strtoul(hex, NULL, 16));
			used = 4;
		} else if (text[0] == '{') {
			unsigned long n = strtoul(text + 1, &end, 10);
			while (n-- > 0)
				mt_buf_add_char(out, *end);
			used = 3 + (size_t)(end - text);
		} else {
			mt_buf_add_char(out,
				text[0] == 'r'           ? '\r'
					: text[0] == 'n' ? '\n'
					: text[0] == 't' ? '\t'
							 : '\\');
		}
		s = span_skip(s, used);
	}
}

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
	if (line.len == 0 || line.ptr[0] == '#')
		return;
	if (starts(line, "> ")) {
		mt_buf_add(&script->want, span_skip(line, 2));
		mt_buf_add_char(&script->want, '\n');
	} else if (starts(line, "C:") || starts(line, "C-") || starts(line, "S:") ||
		starts(line, "S-")) {
		struct smtp_item *item = add_item(
			script, line.ptr[0] == 'C' ? SMTP_ITEM_CLIENT : SMTP_ITEM_SERVER);
		add_unescaped(&item->octets, span_skip(line, 3));
		if (line.ptr[1] == ':')
			mt_buf_add_text(&item->octets, "\r\n");
	} else if (starts(line, "gap C ") || starts(line, "gap S ")) {
		struct smtp_item *item = add_item(script,
			line.ptr[4] == 'C' ? SMTP_ITEM_GAP_CLIENT : SMTP_ITEM_GAP_SERVER);
		char n[24] = {0};
		memcpy(n, line.ptr + 6, line.len - 6 < 23 ? line.len - 6 : 23);
		item->gap = n[0] == '?' ? UINT64_MAX : strtoull(n, NULL, 10);
	} else if (starts(line, "hurry")) {
		add_item(script, SMTP_ITEM_HURRY);
	} else if (starts(line, "late")) {
		script->late = true;
	} else if (starts(line, "tls-port")) {
		script->tls_port = true;
	} else if (starts(line, "strict")) {
		script->strict = true;
	} else {
		die(line);
	}
}

bool smtp_script_read(struct span *file, struct smtp_script *ret)
{
	bool found = false;

	*ret = (struct smtp_script){0};
	mt_buf_init(&ret->want, ITEM_MAX);
	while (file->len > 0) {
		size_t n = span_find(*file, '\n');
		struct span line = span_head(*file, n);
		bool head = starts(line, "== ");
		if (head && found)
			return true;
		if (head)
			snprintf(ret->name, sizeof(ret->name), "%.*s", (int)(n - 3),
				(const char *)line.ptr + 3);
		else if (found)
			read_line(ret, line);
		found |= head;
		*file = span_skip(*file, n + 1);
	}
	return found;
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
