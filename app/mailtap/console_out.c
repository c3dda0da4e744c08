// SPDX-License-Identifier: BSD-3-Clause
#include "console_out.h"

#include "mt_clock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_version.h>

#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
#define ADD_U64 rte_tel_data_add_dict_uint
#else
#define ADD_U64 rte_tel_data_add_dict_u64
#endif

// Kept free in every dictionary, and in every reply, for left_out.
#define ENTRIES_MAX (RTE_TEL_MAX_DICT_ENTRIES - 1)
#define OCTETS_KEPT 64
// "key":value, beside both; braces of a dictionary.
#define ENTRY_FRAME 6
#define DICT_FRAME  2
// Kept for total, start, count and the frame of items.
#define PAGE_KEPT   160

void console_out_init(struct console_out *o, struct rte_tel_data *data)
{
	o->data = data;
	o->octets = DICT_FRAME;
	o->entries = o->left_out = o->children = 0;
	rte_tel_data_start_dict(data);
}

static bool has_room(struct console_out *o, const char *key, size_t octets)
{
	if (o->entries < ENTRIES_MAX &&
		o->octets + strlen(key) + octets + ENTRY_FRAME <=
			CONSOLE_OCTETS - OCTETS_KEPT)
		return true;
	o->left_out++;
	return false;
}

static void took(struct console_out *o, const char *key, size_t octets, int rc)
{
	// A text that is cut is no failure: rc says by how much.
	if (rc < 0) {
		o->left_out++;
		return;
	}
	o->octets += strlen(key) + octets + ENTRY_FRAME;
	o->entries++;
}

void console_out_end(struct console_out *o)
{
	if (o->left_out > 0)
		ADD_U64(o->data, "left_out", o->left_out);
}

// Makes text printable; returns how many octets it has as JSON.
static size_t make_printable(const char *text, char safe[CONSOLE_TEXT])
{
	size_t n = 0, quotes = 0;
	bool beyond = false; // the octet before belongs to a character beyond ASCII

	for (; *text != '\0' && n < CONSOLE_TEXT - 1; text++) {
		uint8_t c = (uint8_t)*text;
		if (beyond && (c & 0xc0) == 0x80)
			continue;
		beyond = c >= 0x80;
		quotes += c == '"';
		safe[n++] = c >= 0x20 && c < 0x7f && c != '\\' ? (char)c : '?';
	}
	safe[n] = '\0';
	return n + quotes;
}

void console_text(struct console_out *o, const char *key, const char *text)
{
	char safe[CONSOLE_TEXT];
	size_t octets = make_printable(text, safe);

	if (has_room(o, key, octets))
		took(o, key, octets, rte_tel_data_add_dict_string(o->data, key, safe));
}

void console_print(struct console_out *o, const char *key, const char *fmt, ...)
{
	char text[CONSOLE_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_text(o, key, text);
}

void console_u64(struct console_out *o, const char *key, uint64_t value)
{
	size_t digits = 1;

	for (uint64_t rest = value; rest >= 10; rest /= 10)
		digits++;
	if (has_room(o, key, digits))
		took(o, key, digits, ADD_U64(o->data, key, value));
}

void console_yes(struct console_out *o, const char *key, bool value)
{
	console_text(o, key, value ? "yes" : "no");
}

void console_time(struct console_out *o, const char *key, uint64_t at_us)
{
	char text[MT_CLOCK_TEXT_SIZE] = "";

	if (at_us != 0)
		mt_clock_text(at_us, text);
	console_text(o, key, text);
}

void console_ppm(struct console_out *o, const char *key, uint64_t part, uint64_t all)
{
	console_u64(o, key,
		all > 0 ? (uint64_t)((unsigned __int128)part * 1000000 / all) : 0);
}

bool console_child_begin(struct console_out *child)
{
	struct rte_tel_data *data = rte_tel_data_alloc();

	if (data == NULL)
		return false;
	console_out_init(child, data);
	return true;
}

void console_child_drop(struct console_out *child)
{
	for (uint32_t i = 0; i < child->children; i++)
		rte_tel_data_free(child->child[i]);
	rte_tel_data_free(child->data);
	child->data = NULL;
}

static void adopt(struct console_out *parent, const struct console_out *child)
{
	memcpy(&parent->child[parent->children], child->child,
		child->children * sizeof(child->child[0]));
	parent->children += child->children;
	parent->child[parent->children++] = child->data;
}

bool console_child_give(
	struct console_out *parent, const char *key, struct console_out *child)
{
	console_out_end(child);
	if (!has_room(parent, key, child->octets)) {
		console_child_drop(child);
		return false;
	}
	int rc = parent->children + child->children < CONSOLE_CHILDREN
		? rte_tel_data_add_dict_container(parent->data, key, child->data, 0)
		: -ENOSPC;
	took(parent, key, child->octets, rc);
	if (rc < 0)
		console_child_drop(child);
	else
		adopt(parent, child);
	return rc >= 0;
}

bool console_number_read(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (text[0] == '\0')
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return false;
		uint64_t digit = (uint64_t)(*p - '0');
		if (digit > max || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;
	return true;
}

bool console_page_read(const char *params, struct console_page *ret)
{
	char text[48];
	uint64_t start = 0, count = UINT64_MAX;

	if (params != NULL && params[0] != '\0') {
		size_t len = strlen(params);
		if (len >= sizeof(text))
			return false;
		memcpy(text, params, len + 1);
		char *comma = strchr(text, ',');
		if (comma != NULL) {
			*comma = '\0';
			if (!console_number_read(comma + 1, UINT32_MAX, &count))
				return false;
		}
		if (!console_number_read(text, UINT32_MAX, &start))
			return false;
	}
	*ret = (struct console_page){.start = start, .count = count};
	return true;
}

uint64_t console_page_write(struct console_out *o, const struct console_page *page,
	uint64_t total, bool (*fill)(void *ctx, uint64_t nth, struct console_out *item),
	void *ctx)
{
	struct console_out items, item;
	uint64_t given = 0;
	char key[24];

	if (!console_child_begin(&items)) {
		o->left_out++;
		return 0;
	}
	// What the reply holds already counts for the list as well.
	items.octets += o->octets + PAGE_KEPT;
	for (uint64_t nth = page->start; nth < total && given < page->count; nth++) {
		if (!console_child_begin(&item))
			break;
		if (!fill(ctx, nth, &item)) {
			console_child_drop(&item);
			break;
		}
		snprintf(key, sizeof(key), "%llu", (unsigned long long)given);
		if (!console_child_give(&items, key, &item))
			break;
		given++;
	}
	// The rest is told by count: it comes with the next page.
	items.left_out = 0;
	items.octets -= o->octets + PAGE_KEPT;
	console_u64(o, "total", total);
	console_u64(o, "start", page->start);
	console_u64(o, "count", given);
	console_child_give(o, "items", &items);
	return given;
}

void console_error(struct console_out *o, const char *fmt, ...)
{
	char text[CONSOLE_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_text(o, "error", text);
}
