// SPDX-License-Identifier: BSD-3-Clause
#include "mime_script.h"

#include "guard.h"
#include "script_text.h"

#include <stdlib.h>

#define ITEM_MAX (2u << 20)

static struct mime_script_item *add_item(struct mime_script *script, uint64_t gap)
{
	if (script->count == MIME_SCRIPT_ITEMS)
		abort();
	struct mime_script_item *item = &script->items[script->count++];
	item->gap = gap;
	mt_buf_init(&item->octets, ITEM_MAX);
	return item;
}

// Lines go on in the same item until there is a gap, so that cuts fall everywhere.
static struct mt_buf *octets_of(struct mime_script *script)
{
	if (script->count == 0 || script->items[script->count - 1].gap > 0)
		return &add_item(script, 0)->octets;
	return &script->items[script->count - 1].octets;
}

static void read_line(struct mime_script *script, struct span line)
{
	if (line.ptr[0] == '|' || line.ptr[0] == '-') {
		script_octets(octets_of(script), span_skip(line, 2));
		if (line.ptr[0] == '|')
			mt_buf_add_text(octets_of(script), "\r\n");
	} else if (script_starts(line, "gap ")) {
		add_item(script, script_gap(span_skip(line, 4)));
	} else {
		script_die(line);
	}
}

bool mime_script_read(struct span *file, struct mime_script *ret)
{
	struct span lines, line;

	*ret = (struct mime_script){0};
	mt_buf_init(&ret->want, ITEM_MAX);
	if (!script_case(file, ret->name, sizeof(ret->name), &lines))
		return false;
	while (script_line(&lines, &ret->want, &line))
		read_line(ret, line);
	return true;
}

void mime_script_fini(struct mime_script *script)
{
	for (size_t i = 0; i < script->count; i++)
		mt_buf_fini(&script->items[i].octets);
	mt_buf_fini(&script->want);
}

size_t mime_script_longest(const struct mime_script *script)
{
	size_t longest = 0;

	for (size_t i = 0; i < script->count; i++)
		if (script->items[i].octets.len > longest)
			longest = script->items[i].octets.len;
	return longest;
}

static void feed(struct mime_header *h, struct span text)
{
	struct guard g = guard_make(text);

	mime_header_feed(h, g.text);
	guard_free(&g);
}

void mime_script_play(const struct mime_script *script, size_t cut, struct mime_header *h)
{
	for (size_t i = 0; i < script->count; i++) {
		struct span s = mt_buf_span(&script->items[i].octets);
		if (script->items[i].gap > 0)
			mime_header_gap(h, script->items[i].gap);
		if (cut == MIME_CUT_OCTETS) {
			for (size_t at = 0; at < s.len; at++)
				feed(h, span_head(span_skip(s, at), 1));
			continue;
		}
		feed(h, span_head(s, cut));
		feed(h, span_skip(s, cut));
	}
}
