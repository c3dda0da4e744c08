// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Writes a reply of the console. DPDK's telemetry neither escapes control octets nor carries
// UTF-8, and leaves out silently what does not fit into 16 KiB: here text is made printable, octets
// are counted, and what is left out is told. Whatever happens, a reply is whole JSON.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_telemetry.h>

#define CONSOLE_TEXT     128 // of one text, with its NUL
// Octets of JSON in a reply; the library's own limit is 16 KiB, with the command's name in it.
#define CONSOLE_OCTETS   15800
// Dictionaries inside a reply: a list and its items.
#define CONSOLE_CHILDREN (2 * RTE_TEL_MAX_DICT_ENTRIES)

struct console_out {
	struct rte_tel_data *data;
	size_t octets; // of JSON so far
	uint32_t entries;
	uint32_t left_out; // entries that did not fit, or that the library refused
	// Dictionaries inside it, at any depth: the library throws away no more than it is given.
	uint32_t children;
	struct rte_tel_data *child[CONSOLE_CHILDREN];
};

// Begins a dictionary in `data`, which the library owns.
void console_out_init(struct console_out *o, struct rte_tel_data *data);
// Says in the reply itself when it is not whole ("left_out").
void console_out_end(struct console_out *o);

// Backslashes, control octets and characters beyond ASCII are each shown as one '?'. Longer texts are
// cut.
void console_text(struct console_out *o, const char *key, const char *text);
__attribute__((format(printf, 3, 4))) void console_print(
	struct console_out *o, const char *key, const char *fmt, ...);
void console_u64(struct console_out *o, const char *key, uint64_t value);
void console_yes(struct console_out *o, const char *key, bool value);
// A time of the wall clock, in microseconds; 0: "".
void console_time(struct console_out *o, const char *key, uint64_t at_us);
// Parts in a million of all; 0 of 0 is 0.
void console_ppm(struct console_out *o, const char *key, uint64_t part, uint64_t all);

// A dictionary inside: begin it, fill it, give it to its parent (which then owns it). False from
// _begin: no memory. False from _give: it did not fit and is gone; the parent is as before, but for
// left_out.
bool console_child_begin(struct console_out *child);
bool console_child_give(
	struct console_out *parent, const char *key, struct console_out *child);
// Throws a child away, and its children.
void console_child_drop(struct console_out *child);

// A list of which a reply holds a part: {"total", "start", "count", "items": {"0": {…}, …}}, as many
// items as fit. fill writes the nth item and returns false to end the list. Returns the count.
struct console_page {
	uint64_t start, count;
};

// Reads "START[,COUNT]"; nothing stands for all from 0. False when it is neither.
bool console_page_read(const char *params, struct console_page *ret);
uint64_t console_page_write(struct console_out *o, const struct console_page *page,
	uint64_t total, bool (*fill)(void *ctx, uint64_t nth, struct console_out *item),
	void *ctx);
// A reply that says what was wrong with the question, and what is allowed.
__attribute__((format(printf, 2, 3))) void console_error(
	struct console_out *o, const char *fmt, ...);
// Reads a whole number up to max. False when it is none.
bool console_number_read(const char *text, uint64_t max, uint64_t *ret);
