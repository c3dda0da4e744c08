// SPDX-License-Identifier: BSD-3-Clause

// Content after DATA. The first two octets say where it is cut; whole, cut and in single octets
// it must give the same octets, the same end and the same oddities.

#include "smtp_body.h"

#include "mt_assert.h"
#include "mt_buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct result {
	struct mt_buf out;
	size_t taken; // octets up to and with the end of data
	uint8_t found;
	bool ended, candidate;
};

static void feed(struct smtp_body *b, struct span text, struct result *r)
{
	size_t at = 0;

	while (!r->ended) {
		struct smtp_body_out o = smtp_body_next(b, span_skip(text, at));
		MT_ASSERT(o.used <= text.len - at);
		at += o.used;
		if (o.step == SMTP_BODY_MORE)
			break;
		r->ended = o.step == SMTP_BODY_END;
		if (o.step == SMTP_BODY_TAIL)
			smtp_body_reject(b);
		if (o.step != SMTP_BODY_TEXT)
			continue;
		MT_ASSERT(o.kept ||
			(o.text.ptr >= text.ptr && o.text.len <= text.len - at));
		mt_buf_add(&r->out, o.text);
		smtp_body_took(b, &o, o.text.len);
		at += o.kept ? 0 : o.text.len;
	}
	r->taken += at;
}

static struct result run(struct span text, size_t step, size_t first)
{
	struct result r = {0};
	struct smtp_body b = {0};

	mt_buf_init(&r.out, text.len + 64);
	smtp_body_start(&b);
	feed(&b, span_head(text, first), &r);
	for (text = span_skip(text, first); text.len > 0; text = span_skip(text, step))
		feed(&b, span_head(text, step), &r);
	r.candidate = smtp_body_is_candidate(&b);
	r.found = b.scan.found;
	return r;
}

static void same(struct result *a, struct result *b)
{
	MT_ASSERT(span_equal(mt_buf_span(&a->out), mt_buf_span(&b->out)));
	MT_ASSERT(a->taken == b->taken && a->ended == b->ended);
	MT_ASSERT(a->candidate == b->candidate && a->found == b->found);
	mt_buf_fini(&b->out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	struct span text = span_make(data + 2, size - 2);
	struct result whole = run(text, size, 0);
	struct result octets = run(text, 1, 0);
	struct result cut = run(text, 1u + data[1], data[0]);

	MT_ASSERT(whole.out.len <= text.len);
	same(&whole, &octets);
	same(&whole, &cut);
	mt_buf_fini(&whole.out);
	return 0;
}
