// SPDX-License-Identifier: BSD-3-Clause
#include "scan_fault.h"

#include "scan_set.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define LINE_MAX_OCTETS 1024

// What an operator wrote may hold anything; a fault stays one printable line.
static void add_line(struct mt_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		uint8_t c = (uint8_t)*text;
		if (c < 0x20 || c == 0x7f)
			mt_buf_printf(out, "\\x%02x", c);
		else
			mt_buf_add_char(out, (char)c);
	}
	mt_buf_add_char(out, '\n');
}

int scan_fault(struct scan_faults *f, struct scan_place at, const char *fmt, ...)
{
	char text[LINE_MAX_OCTETS];
	va_list ap;

	if (++f->count > SCAN_FAULTS_MAX)
		return -EINVAL;
	if (at.file != NULL && at.line > 0)
		mt_buf_printf(f->out, "%s:%d:%d: ", at.file, at.line, at.column);
	else if (at.file != NULL)
		mt_buf_printf(f->out, "%s: ", at.file);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	add_line(f->out, text);
	return -EINVAL;
}

void scan_faults_end(struct scan_faults *f)
{
	if (f->count > SCAN_FAULTS_MAX)
		mt_buf_printf(
			f->out, "and %" PRIu64 " more\n", f->count - SCAN_FAULTS_MAX);
}
