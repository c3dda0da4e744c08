// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Reads the header of a mail as its octets go by: takes out the fields that records show,
// unfolded and decoded to UTF-8. Bounded by the limits of its environment; whatever is left out
// or mended is said in `odds`. Behind the header it costs a comparison for each piece fed.
//
// Lines end with CRLF, bare LF or bare CR. A line that is no field (no colon, a blank in the name,
// an octet outside of ASCII) is left out and marked header_bad, and reading goes on to the first
// empty line: servers differ in whether such a line ends the header, and what stands behind it
// helps to know the mail again. Of a field that may stand once the first is taken, a further one
// is marked header_twice; of To and Cc all are, marked as well.
//
// A hole: the field before and the line behind it are not put together. Of what was cut only a
// text (Subject) or whole elements of a list are kept. As the header may have ended in the hole,
// what follows it counts only if an empty line comes without any line that is no field, and
// nothing at all after a hole of more than MIME_HOLE_MAX octets.

#include "mime_env.h"
#include "mime_field.h"

#include "mt_odd.h"

#define MIME_HOLE_MAX 4096

struct mime_item {
	enum mime_field field;
	uint32_t at, len; // in texts
};

struct mime_headers {
	struct mt_buf texts; // valid UTF-8 without control characters
	struct mt_buf items; // struct mime_item[], as they stood in the header
	uint32_t seen; // a bit for each mime_field that stood there, if only empty or cut
	uint64_t odds; // header_cut, header_bad, header_twice, encoded_word_bad, not_utf8
};

enum mime_header_state {
	MIME_ST_DONE,
	MIME_ST_LINE, // at the first octet of a line
	MIME_ST_NAME,
	MIME_ST_VALUE, // of a field, wanted or not, or the rest of a line that nobody wants
};

// Embedded in what keeps a mail; fields are private.
struct mime_header {
	struct mime_env *env;
	enum mime_header_state state;
	uint8_t crs; // CRs before what comes next: 0, 1, 2 for more
	uint8_t name_len;
	bool name_ended; // a blank stands behind the name
	bool later; // a line was read before this one
	bool holed;
	enum mime_field field; // whose value is read; MIME_FIELD_COUNT: not wanted
	uint8_t name[MIME_FIELD_NAME_MAX];
	size_t looked; // octets so far
	uint32_t counts[MIME_FIELD_COUNT]; // items
	uint32_t octets[MIME_FIELD_COUNT]; // of their texts
	size_t sure_texts, sure_items; // what stood before the first hole
	uint32_t sure_seen;
	struct mt_buf raw; // the value so far, without line ends
	struct mime_headers found;
};

// env must outlive h. Takes no memory yet.
void mime_header_init(struct mime_header *h, struct mime_env *env);
void mime_header_fini(struct mime_header *h);
// Forgets everything; keeps the memory that an ordinary mail needs.
void mime_header_clear(struct mime_header *h);
// A mail's content begins with the next octet fed.
void mime_header_begin(struct mime_header *h);
// The slow half of mime_header_feed.
void mime_header_take(struct mime_header *h, struct span text);
// The next octets of the content, borrowed. Nothing happens outside of a header.
static inline void mime_header_feed(struct mime_header *h, struct span text)
{
	if (h->state != MIME_ST_DONE)
		mime_header_take(h, text);
}
// So many octets are missing here; UINT64_MAX: unknown.
void mime_header_gap(struct mime_header *h, uint64_t octets);
// The content ended, if the header did not before. What was found stays with h, until the next
// begin, clear or fini; without a begin it is empty.
const struct mime_headers *mime_header_end(struct mime_header *h);

// How often a field is there: elements for lists.
size_t mime_headers_count(const struct mime_headers *headers, enum mime_field field);
// The nth of them, from 0; without memory when there are not so many.
struct span mime_headers_get(
	const struct mime_headers *headers, enum mime_field field, size_t nth);
static inline bool mime_headers_has(
	const struct mime_headers *headers, enum mime_field field)
{
	return (headers->seen & 1u << field) != 0;
}
