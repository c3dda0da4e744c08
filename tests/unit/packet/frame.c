// SPDX-License-Identifier: BSD-3-Clause
#include "frame.h"

#include <stdlib.h>

// A place in the frame that names what comes next, filled when the next word is known.
struct builder {
	struct frame *f;
	size_t type_at; // an EtherType, two octets, or 0
	size_t next_at; // an IP protocol, one octet, or 0
	size_t ip4_at, ip6_at; // headers whose length is still open, plus 1
	bool zero; // leave that length 0
};

static void put(struct builder *b, const void *octets, size_t n)
{
	memcpy(b->f->octets + b->f->len, octets, n);
	b->f->len += n;
}

static void put_zero(struct builder *b, size_t n)
{
	memset(b->f->octets + b->f->len, 0, n);
	b->f->len += n;
}

static void set16(struct builder *b, size_t at, unsigned value)
{
	b->f->octets[at] = (uint8_t)(value >> 8);
	b->f->octets[at + 1] = (uint8_t)value;
}

static void name_type(struct builder *b, unsigned type)
{
	if (b->type_at != 0)
		set16(b, b->type_at, type);
	b->type_at = 0;
}

static void name_protocol(struct builder *b, unsigned protocol)
{
	if (b->next_at != 0)
		b->f->octets[b->next_at] = (uint8_t)protocol;
	b->next_at = 0;
}

static void add_link(struct builder *b, enum packet_link link)
{
	static const struct {
		size_t len, type_at;
	} shapes[PACKET_LINK_COUNT] = {
		[PACKET_LINK_ETHERNET] = {14, 12},
		[PACKET_LINK_NULL] = {4, 0},
		[PACKET_LINK_LOOP] = {4, 0},
		[PACKET_LINK_SLL] = {16, 14},
		[PACKET_LINK_SLL2] = {20, 0},
	};

	b->f->link = link;
	put_zero(b, shapes[link].len);
	b->type_at = shapes[link].type_at;
	if (link == PACKET_LINK_NULL)
		b->f->octets[0] = 2;
	if (link == PACKET_LINK_LOOP)
		b->f->octets[3] = 24;
	if (link == PACKET_LINK_SLL2)
		set16(b, 0, 0x0800);
}

static void add_tag(struct builder *b, unsigned type, unsigned id)
{
	name_type(b, type);
	put_zero(b, 4);
	set16(b, b->f->len - 4, 0x6000 | id);
	b->type_at = b->f->len - 2;
}

static void add_ip4(struct builder *b, size_t options, unsigned fragment)
{
	size_t at = b->f->len;

	name_type(b, 0x0800);
	put_zero(b, 20 + options);
	b->f->octets[at] = (uint8_t)(0x40 | (20 + options) / 4);
	set16(b, at + 6, fragment);
	memcpy(b->f->octets + at + 12, (const uint8_t[]){10, 0, 0, 1, 10, 0, 0, 2}, 8);
	b->next_at = at + 9;
	b->ip4_at = at + 1;
}

static void add_ip6(struct builder *b)
{
	size_t at = b->f->len;

	name_type(b, 0x86dd);
	put_zero(b, 40);
	b->f->octets[at] = 0x60;
	b->f->octets[at + 8] = 0x20;
	b->f->octets[at + 23] = 1;
	b->f->octets[at + 24] = 0x20;
	b->f->octets[at + 39] = 2;
	b->next_at = at + 6;
	b->ip6_at = at + 1;
}

static void add_extension(
	struct builder *b, unsigned protocol, size_t len, unsigned fragment)
{
	size_t at = b->f->len;

	name_protocol(b, protocol);
	put_zero(b, len);
	if (protocol != 44)
		b->f->octets[at + 1] =
			(uint8_t)(protocol == 51 ? len / 4 - 2 : len / 8 - 1);
	else
		set16(b, at + 2, fragment);
	b->next_at = at;
}

static void add_tcp(struct builder *b, size_t options)
{
	static const uint8_t header[20] = {
		4, 1, 0, 25, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0x18, 0x12, 0x34};
	size_t at = b->f->len;

	name_protocol(b, 6);
	put(b, header, sizeof(header));
	put_zero(b, options);
	b->f->octets[at + 12] = (uint8_t)((20 + options) / 4 << 4);
}

static void close_lengths(struct builder *b)
{
	if (b->ip4_at != 0 && !b->zero)
		set16(b, b->ip4_at + 1, (unsigned)(b->f->len - (b->ip4_at - 1)));
	if (b->ip6_at != 0 && !b->zero)
		set16(b, b->ip6_at + 3, (unsigned)(b->f->len - (b->ip6_at - 1) - 40));
	b->ip4_at = b->ip6_at = 0;
}

static bool add_link_word(struct builder *b, struct span word)
{
	static const struct {
		const char *word;
		enum packet_link link;
	} links[] = {
		{"eth", PACKET_LINK_ETHERNET},
		{"raw", PACKET_LINK_RAW},
		{"null", PACKET_LINK_NULL},
		{"loop", PACKET_LINK_LOOP},
		{"sll", PACKET_LINK_SLL},
		{"sll2", PACKET_LINK_SLL2},
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (span_equal(word, span_text(links[i].word))) {
			add_link(b, links[i].link);
			return true;
		}
	return false;
}

static bool add_extension_word(struct builder *b, struct span word, unsigned n)
{
	static const struct {
		const char *word;
		unsigned protocol;
		size_t len;
	} extensions[] = {
		{"hop", 0, 8},
		{"route", 43, 24},
		{"dest", 60, 16},
		{"ah", 51, 24},
		{"atomic", 44, 8},
		{"frag6", 44, 8},
	};

	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (span_equal(word, span_text(extensions[i].word))) {
			add_extension(b, extensions[i].protocol, extensions[i].len, n);
			return true;
		}
	return false;
}

static void add_word(struct builder *b, struct span word, unsigned n)
{
	static const struct {
		const char *word;
		unsigned type;
	} tags[] = {{"vlan", 0x8100}, {"qinq", 0x88a8}, {"old", 0x9100}};

	for (size_t i = 0; i < 3; i++)
		if (span_equal(word, span_text(tags[i].word)))
			add_tag(b, tags[i].type, n);
	if (span_equal(word, span_text("type")))
		name_type(b, n);
	if (span_equal(word, span_text("ip4")))
		add_ip4(b, 0, 0x4000);
	if (span_equal(word, span_text("ip4opt")))
		add_ip4(b, 8, 0);
	if (span_equal(word, span_text("frag4")))
		add_ip4(b, 0, n);
	if (span_equal(word, span_text("proto")))
		name_protocol(b, n);
	if (span_equal(word, span_text("zero")))
		b->zero = true;
	if (span_equal(word, span_text("ip6")))
		add_ip6(b);
	if (span_equal(word, span_text("tcp")))
		add_tcp(b, 0);
	if (span_equal(word, span_text("tcpopt")))
		add_tcp(b, 12);
}

void frame_build(struct frame *f, const char *words)
{
	struct builder b = {.f = f};
	struct span rest = span_text(words);

	f->len = 0;
	f->link = PACKET_LINK_RAW;
	while (rest.len > 0) {
		struct span word = span_head(rest, span_find(rest, ' '));
		rest = span_skip(rest, word.len + 1);
		if (word.len == 0)
			continue;
		if (word.ptr[0] == '=') {
			put(&b, word.ptr + 1, word.len - 1);
			continue;
		}
		if (word.ptr[0] == '+') {
			close_lengths(&b);
			put_zero(&b, strtoul((const char *)word.ptr + 1, NULL, 10));
			continue;
		}
		size_t colon = span_find(word, ':');
		unsigned n = colon < word.len
			? (unsigned)strtoul((const char *)word.ptr + colon + 1, NULL, 0)
			: 0;
		struct span name = span_head(word, colon);
		if (!add_link_word(&b, name) && !add_extension_word(&b, name, n))
			add_word(&b, name, n);
	}
	close_lengths(&b);
}
