// SPDX-License-Identifier: BSD-3-Clause
#include "cursor.h"

#include "mt_crc32c.h"

#include <errno.h>
#include <inttypes.h>

#define FIRST_LINE "mailtap-inspect cursor 1"

void cursor_print(const struct cursor *c, const struct pending *p, uint64_t now_us,
	struct mt_buf *out)
{
	const struct pending_mail *m;
	size_t begin = out->len;

	mt_buf_printf(out,
		FIRST_LINE "\nat %" PRIu64 " %" PRIu64 " %" PRIu64 "\nverdicts %" PRIu64
			   " %" PRIu64 "\n",
		c->at.segment, c->at.offset, c->at.sequence, c->inode, c->size);
	TAILQ_FOREACH(m, &p->mails, link)
		mt_buf_printf(out,
			"mail %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu32 " %" PRIu64
			" %" PRIu64 "\n",
			m->id.text, m->at.segment, m->at.offset, m->at.sequence, m->tries,
			m->since_us, m->due_us > now_us ? m->due_us - now_us : 0);
	mt_buf_printf(out, "end %08" PRIx32 "\n",
		mt_crc32c(0, span_make(out->ptr + begin, out->len - begin)));
}

// --- reading: a line is a word and numbers with one blank between

static struct span take_line(struct span *text)
{
	struct span line = span_head(*text, span_find(*text, '\n'));

	*text = span_skip(*text, line.len + 1);
	return line;
}

static struct span take_word(struct span *line)
{
	struct span word = span_head(*line, span_find(*line, ' '));

	*line = span_skip(*line, word.len + 1);
	return word;
}

static bool take_number(struct span *line, uint64_t *ret)
{
	struct span word = take_word(line);
	uint64_t n = 0;

	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] < '0' || word.ptr[i] > '9' ||
			__builtin_mul_overflow(n, (uint64_t)10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(word.ptr[i] - '0'), &n))
			return false;
	*ret = n;
	return word.len > 0;
}

static bool take_numbers(struct span line, uint64_t *ret, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!take_number(&line, &ret[i]))
			return false;
	return line.len == 0;
}

static bool is_word(struct span word, const char *want)
{
	return span_equal(word, span_text(want));
}

// Whether the last line is the right one; cuts it off.
static bool take_end(struct span *text)
{
	char end[16];
	size_t len = sizeof("end 00000000\n") - 1;
	struct mt_buf want;

	if (text->len < len)
		return false;
	struct span body = span_head(*text, text->len - len);
	mt_buf_init(&want, sizeof(end));
	mt_buf_printf(&want, "end %08" PRIx32 "\n", mt_crc32c(0, body));
	bool right = span_equal(span_skip(*text, body.len), mt_buf_span(&want));
	mt_buf_fini(&want);
	*text = body;
	return right;
}

static bool read_mail(
	struct span line, struct pending *p, uint64_t now_us, uint64_t most_us)
{
	struct span id = take_word(&line);
	struct mt_id name = {""};
	uint64_t n[6];

	if (!mt_id_is_valid(id) || !take_numbers(line, n, 6) || n[3] > UINT32_MAX)
		return false;
	memcpy(name.text, id.ptr, MT_ID_LEN);
	struct spool_position at = {n[0], n[1], n[2]};
	struct pending_mail *m = pending_add(p, &name, &at, n[4]);
	if (m == NULL)
		return false;
	pending_resume(p, m, (uint32_t)n[3], now_us + (n[5] < most_us ? n[5] : most_us));
	return true;
}

static bool read_lines(struct span text, struct cursor *ret, struct pending *p,
	uint64_t now_us, uint64_t most_us)
{
	uint64_t at[3], verdicts[2];

	if (!is_word(take_line(&text), FIRST_LINE))
		return false;
	struct span line = take_line(&text);
	if (!is_word(take_word(&line), "at") || !take_numbers(line, at, 3))
		return false;
	line = take_line(&text);
	if (!is_word(take_word(&line), "verdicts") || !take_numbers(line, verdicts, 2))
		return false;
	while (text.len > 0) {
		line = take_line(&text);
		if (!is_word(take_word(&line), "mail") ||
			!read_mail(line, p, now_us, most_us))
			return false;
	}
	*ret = (struct cursor){{at[0], at[1], at[2]}, verdicts[0], verdicts[1]};
	return true;
}

int cursor_read(struct span text, struct cursor *ret, struct pending *p, uint64_t now_us,
	uint64_t most_us)
{
	if (take_end(&text) && read_lines(text, ret, p, now_us, most_us))
		return 0;
	while (p->count > 0)
		pending_remove(p, TAILQ_FIRST(&p->mails));
	return -EBADMSG;
}
