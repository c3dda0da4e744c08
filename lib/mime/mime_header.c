// SPDX-License-Identifier: BSD-3-Clause
#include "mime_header.h"

#include "mime_address.h"
#include "mime_text.h"

#include "mt_utf8.h"

// Memory that stays with a parser between mails.
#define KEPT 4096

void mime_header_init(struct mime_header *h, struct mime_env *env)
{
	// Every text is at most as long as its field may be.
	size_t texts = 2 * env->limits.list;

	for (enum mime_field f = 0; f < MIME_FIELD_COUNT; f++) {
		const struct mime_field_facts *facts = mime_field_get(f);
		texts += facts->many ? facts->max * (size_t)env->limits.received
				     : facts->max;
	}
	*h = (struct mime_header){.env = env, .field = MIME_FIELD_COUNT};
	mt_buf_init(&h->raw, env->octets.max);
	mt_buf_init(&h->found.texts, texts);
	mt_buf_init(&h->found.items,
		sizeof(struct mime_item) *
			(MIME_FIELD_COUNT + 2 * env->limits.addresses +
				env->limits.received));
}

void mime_header_fini(struct mime_header *h)
{
	mt_buf_fini(&h->raw);
	mt_buf_fini(&h->found.texts);
	mt_buf_fini(&h->found.items);
	h->state = MIME_ST_DONE;
}

static void clear_buf(struct mt_buf *b)
{
	mt_buf_clear(b);
	if (b->room > KEPT)
		mt_buf_fini(b);
}

void mime_header_clear(struct mime_header *h)
{
	clear_buf(&h->raw);
	clear_buf(&h->found.texts);
	clear_buf(&h->found.items);
	h->found.seen = 0;
	h->found.odds = 0;
	memset(h->counts, 0, sizeof(h->counts));
	memset(h->octets, 0, sizeof(h->octets));
	h->field = MIME_FIELD_COUNT;
	h->state = MIME_ST_DONE;
	h->looked = 0;
	h->crs = 0;
	h->later = false;
	h->holed = false;
}

void mime_header_begin(struct mime_header *h)
{
	mime_header_clear(h);
	h->state = MIME_ST_LINE;
}

static void mark(struct mime_header *h, enum mt_odd odd)
{
	h->found.odds |= mt_odd_bit(odd);
}

// Back to what stood before the first hole: the header ended in it.
static void forget_unsure(struct mime_header *h)
{
	h->found.texts.len = h->sure_texts;
	h->found.items.len = h->sure_items;
	h->found.seen = h->sure_seen;
	h->field = MIME_FIELD_COUNT;
	h->state = MIME_ST_DONE;
}

// --- a field with its whole value

// Adds what stands in env->text as one more item of the field. False when there is no room: of a
// text the front is taken then, of anything else nothing, as a part would be another address.
static bool add_item(struct mime_header *h, const struct mime_field_facts *facts)
{
	size_t max = facts->max > 0 ? facts->max : h->env->limits.list;
	struct mt_buf *texts = &h->found.texts;
	struct span text = mt_buf_span(&h->env->text);
	struct mime_item item = {h->field, (uint32_t)texts->len, 0};

	if (facts->kind == MIME_KIND_LIST)
		max -= h->octets[h->field];
	struct span kept = mt_utf8_head(text, max);
	bool whole = kept.len == text.len && !h->env->text.full;
	item.len = (uint32_t)kept.len;
	if ((whole || facts->kind == MIME_KIND_TEXT) && mt_buf_add(texts, kept) &&
		mt_buf_add(&h->found.items, span_make(&item, sizeof(item))))
		h->octets[h->field] += item.len;
	else
		whole = false;
	if (!whole)
		mark(h, MT_ODD_header_cut);
	return whole;
}

static void take_list(struct mime_header *h, struct span value, bool cut)
{
	const struct mime_field_facts *facts = mime_field_get(h->field);
	struct mime_address_list list;
	struct span mailbox;

	mime_address_list_init(&list, value);
	while (mime_address_list_next(&list, &mailbox)) {
		// What was cut is not shown as if it were an address.
		bool partial = cut && list.rest.len == 0;
		if (partial || h->counts[h->field] == h->env->limits.addresses) {
			mark(h, MT_ODD_header_cut);
			return;
		}
		mt_buf_clear(&h->env->text);
		mime_address_add(h->env, mailbox, &h->env->text, &h->found.odds);
		if (!add_item(h, facts)) {
			// Closed: no later address slips in where this one did not fit.
			h->counts[h->field] = h->env->limits.addresses;
			return;
		}
		h->counts[h->field]++;
	}
}

static void take_addresses(struct mime_header *h, struct span value)
{
	struct mt_buf *text = &h->env->text;
	struct mime_address_list list;
	struct span mailbox;

	mime_address_list_init(&list, value);
	while (mime_address_list_next(&list, &mailbox)) {
		if (text->len > 0)
			mt_buf_add_text(text, ", ");
		mime_address_add(h->env, mailbox, text, &h->found.odds);
	}
}

static size_t value_max(const struct mime_header *h)
{
	size_t max = mime_field_get(h->field)->max;

	return max > 0 ? max : h->env->limits.list;
}

// cut: the value did not end where it seems to.
static void close_field(struct mime_header *h, bool cut)
{
	if (h->field == MIME_FIELD_COUNT)
		return;
	const struct mime_field_facts *facts = mime_field_get(h->field);
	struct mt_buf *text = &h->env->text;
	struct span value = mt_buf_span(&h->raw);
	cut = cut || value.len > value_max(h) || h->raw.full;
	value = mime_text_trim(mt_utf8_head(value, value_max(h)));
	mt_buf_clear(text);
	if (cut)
		mark(h, MT_ODD_header_cut);
	switch (facts->kind) {
	case MIME_KIND_TEXT:
		mime_text_add_unstructured(h->env, value, text, &h->found.odds);
		break;
	case MIME_KIND_PLAIN:
		mime_text_add_plain(value, text, &h->found.odds);
		break;
	case MIME_KIND_ADDRESS:
		take_addresses(h, value);
		break;
	case MIME_KIND_LIST:
		take_list(h, value, cut);
		break;
	}
	if (facts->kind == MIME_KIND_TEXT || (facts->kind != MIME_KIND_LIST && !cut))
		add_item(h, facts);
	h->field = MIME_FIELD_COUNT;
}

// --- lines

// A line that is no field. Behind a hole it says that we are in the text of the mail.
static void refuse_line(struct mime_header *h)
{
	mark(h, MT_ODD_header_bad);
	h->state = MIME_ST_VALUE;
	if (h->holed)
		forget_unsure(h);
}

static bool is_mbox_line(const struct mime_header *h)
{
	struct span name = span_make(h->name, h->name_len);

	return !h->later && h->name_ended &&
		(span_equal(name, span_text("From")) ||
			span_equal(name, span_text(">From")));
}

// The colon was met: is the value wanted?
static void open_field(struct mime_header *h)
{
	enum mime_field f = mime_field_find(span_make(h->name, h->name_len));

	h->state = MIME_ST_VALUE;
	if (f == MIME_FIELD_COUNT)
		return;
	const struct mime_field_facts *facts = mime_field_get(f);
	bool again = mime_headers_has(&h->found, f) && !facts->many;
	h->found.seen |= 1u << f;
	if (again)
		mark(h, MT_ODD_header_twice);
	if (again && facts->kind != MIME_KIND_LIST)
		return;
	bool full = facts->many ? h->counts[f]++ >= h->env->limits.received
				: facts->kind == MIME_KIND_LIST &&
			h->counts[f] >= h->env->limits.addresses;
	if (full) {
		mark(h, MT_ODD_header_cut);
		return;
	}
	h->field = f;
	mt_buf_clear(&h->raw);
}

// Takes the name, up to its colon if that is there. Returns how many octets that was.
static size_t take_name(struct mime_header *h, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		if (c == ':' && h->name_len > 0) {
			open_field(h);
			return i + 1;
		}
		if (mime_is_blank(c)) {
			h->name_ended = true;
		} else if (c <= ' ' || c >= 0x7f || c == ':' || h->name_ended) {
			if (is_mbox_line(h))
				h->state = MIME_ST_VALUE;
			else
				refuse_line(h);
			return s.len;
		} else if (h->name_len < sizeof(h->name)) {
			h->name[h->name_len++] = c;
		}
	}
	return s.len;
}

// As much as the field may have, and a little to see that there is more, and of which character.
static void keep_value(struct mime_header *h, struct span s)
{
	size_t most = value_max(h) + MIME_FIELD_SLACK;

	// Blanks before the value must not push it out.
	while (h->raw.len == 0 && s.len > 0 && mime_is_blank(s.ptr[0]))
		s = span_skip(s, 1);
	mt_buf_add(&h->raw, span_head(s, most - h->raw.len));
}

// The first octet of a line that is not empty.
static void begin_line(struct mime_header *h, uint8_t c)
{
	if (!mime_is_blank(c)) {
		close_field(h, false);
		h->name_len = 0;
		h->name_ended = false;
		h->state = MIME_ST_NAME;
	} else if (h->later) {
		h->state = MIME_ST_VALUE;
	} else {
		refuse_line(h);
	}
}

// Octets of one line, without its end; there is at least one.
static void take_run(struct mime_header *h, struct span s)
{
	if (h->state == MIME_ST_LINE)
		begin_line(h, s.ptr[0]);
	if (h->state == MIME_ST_NAME)
		s = span_skip(s, take_name(h, s));
	if (h->state == MIME_ST_VALUE && h->field != MIME_FIELD_COUNT)
		keep_value(h, s);
}

static void end_line(struct mime_header *h)
{
	if (h->state == MIME_ST_LINE) {
		close_field(h, false);
		h->state = MIME_ST_DONE;
		return;
	}
	if (h->state == MIME_ST_NAME)
		refuse_line(h);
	if (h->state != MIME_ST_DONE)
		h->state = MIME_ST_LINE;
	h->later = true;
}

// The CRs before something other than LF: one line end each. (CR CR LF is one in all: a line end
// that somebody translated twice.)
static void end_lines_at_crs(struct mime_header *h)
{
	end_line(h);
	if (h->crs > 1 && h->state == MIME_ST_LINE)
		end_line(h);
	h->crs = 0;
}

// Offset of the next such octet at or behind at; *known is where it was last found.
static size_t find_next(struct span s, size_t at, uint8_t octet, size_t *known)
{
	if (*known < at || *known == SIZE_MAX)
		*known = at + span_find(span_skip(s, at), octet);
	return *known;
}

static void take_looked_at(struct mime_header *h, struct span s)
{
	size_t cr = SIZE_MAX, lf = SIZE_MAX;

	for (size_t at = 0; at < s.len && h->state != MIME_ST_DONE;) {
		uint8_t c = s.ptr[at];
		if (c == '\n') {
			end_line(h);
			h->crs = 0;
			at++;
		} else if (c == '\r') {
			h->crs += h->crs < 2;
			at++;
		} else if (h->crs > 0) {
			end_lines_at_crs(h);
		} else {
			size_t end = find_next(s, at, '\n', &lf);
			if (find_next(s, at, '\r', &cr) < end)
				end = cr;
			take_run(h, span_head(span_skip(s, at), end - at));
			at = end;
		}
	}
}

void mime_header_take(struct mime_header *h, struct span text)
{
	size_t room = h->env->limits.header - h->looked;
	struct span looked_at = span_head(text, room);

	h->looked += looked_at.len;
	take_looked_at(h, looked_at);
	if (text.len <= room || h->state == MIME_ST_DONE)
		return;
	mark(h, MT_ODD_header_cut);
	close_field(h, true);
	if (h->holed)
		forget_unsure(h);
	h->state = MIME_ST_DONE;
}

void mime_header_gap(struct mime_header *h, uint64_t octets)
{
	if (h->state == MIME_ST_DONE || octets == 0)
		return;
	mark(h, MT_ODD_header_cut);
	close_field(h, true);
	if (!h->holed) {
		h->sure_texts = h->found.texts.len;
		h->sure_items = h->found.items.len;
		h->sure_seen = h->found.seen;
	}
	h->holed = true;
	h->later = true;
	h->crs = 0;
	// The rest of the line we are in, and what is folded onto it, belongs to nobody.
	h->state = MIME_ST_VALUE;
	if (octets > MIME_HOLE_MAX)
		forget_unsure(h);
}

const struct mime_headers *mime_header_end(struct mime_header *h)
{
	if (h->crs > 0 && h->state != MIME_ST_DONE)
		end_lines_at_crs(h);
	if (h->state == MIME_ST_NAME)
		refuse_line(h);
	if (h->state != MIME_ST_DONE) {
		close_field(h, false);
		if (h->holed)
			forget_unsure(h);
		h->state = MIME_ST_DONE;
	}
	return &h->found;
}

// --- what was found

static const struct mime_item *item_at(const struct mime_headers *headers, size_t nth)
{
	return (const struct mime_item *)(const void *)headers->items.ptr + nth;
}

size_t mime_headers_count(const struct mime_headers *headers, enum mime_field field)
{
	size_t n = headers->items.len / sizeof(struct mime_item), count = 0;

	for (size_t i = 0; i < n; i++)
		count += item_at(headers, i)->field == field;
	return count;
}

struct span mime_headers_get(
	const struct mime_headers *headers, enum mime_field field, size_t nth)
{
	size_t n = headers->items.len / sizeof(struct mime_item);

	for (size_t i = 0; i < n; i++) {
		const struct mime_item *item = item_at(headers, i);
		if (item->field == field && nth-- == 0)
			return item->len > 0
				? span_make(headers->texts.ptr + item->at, item->len)
				: span_text("");
	}
	return span_make(NULL, 0);
}
