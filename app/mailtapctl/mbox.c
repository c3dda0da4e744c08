// SPDX-License-Identifier: BSD-3-Clause
#include "mbox.h"

#include <time.h>

static const char from[] = "From ";

#define PLAIN      -1 // this line needs no quoting any more
#define SENDER_MAX 320

// Readers of mbox files go by the blanks of this line.
static void put_sender(FILE *to, struct span sender)
{
	if (sender.len >= 2 && sender.ptr[0] == '<' && sender.ptr[sender.len - 1] == '>')
		sender = span_make(sender.ptr + 1, sender.len - 2);
	sender = span_head(sender, SENDER_MAX);
	if (sender.len == 0)
		sender = span_text("MAILER-DAEMON");
	for (size_t i = 0; i < sender.len; i++)
		fputc(sender.ptr[i] > 0x20 && sender.ptr[i] != 0x7f ? sender.ptr[i] : '_',
			to);
}

static void put_date(FILE *to, struct span time)
{
	char text[20] = "", date[32];
	struct tm tm = {0};

	memcpy(text, time.ptr, time.len < 19 ? time.len : 19);
	if (strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		tm = (struct tm){.tm_mday = 1, .tm_year = 70, .tm_wday = 4};
	strftime(date, sizeof(date), "%a %b %e %H:%M:%S %Y", &tm);
	fputs(date, to);
}

void mbox_begin(struct mbox *m, FILE *to, struct span sender, struct span time)
{
	*m = (struct mbox){.to = to};
	fputs(from, to);
	put_sender(to, sender);
	fputc(' ', to);
	put_date(to, time);
	fputc('\n', to);
}

// What was held back, and this: the line is no "From " line, or it is one and was quoted.
static void let_go(struct mbox *m)
{
	while (m->quotes > 0) {
		fputc('>', m->to);
		m->quotes--;
	}
	for (int i = 0; i < m->state; i++)
		fputc(from[i], m->to);
	m->state = PLAIN;
}

static void put_octet(struct mbox *m, uint8_t c)
{
	if (m->state == 0 && c == '>') {
		m->quotes++;
	} else if (m->state != PLAIN && c == (uint8_t)from[m->state]) {
		m->state++;
		if (from[m->state] != '\0')
			return;
		m->quotes++;
		let_go(m);
	} else {
		if (m->state != PLAIN)
			let_go(m);
		fputc(c, m->to);
	}
}

static void end_line(struct mbox *m)
{
	if (m->state != PLAIN)
		let_go(m);
	fputc('\n', m->to);
	m->state = 0;
	m->begun = false;
}

void mbox_add(struct mbox *m, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];
		if (m->cr && c != '\n')
			put_octet(m, '\r');
		m->cr = c == '\r';
		m->begun = true;
		if (c == '\n')
			end_line(m);
		else if (c != '\r')
			put_octet(m, c);
	}
}

void mbox_end(struct mbox *m)
{
	if (m->cr)
		put_octet(m, '\r');
	m->cr = false;
	if (m->begun)
		end_line(m);
	fputc('\n', m->to);
}
