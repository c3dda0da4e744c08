// SPDX-License-Identifier: BSD-3-Clause
#include "scan_expression.h"

#include <errno.h>

static void add_octet(struct mt_buf *out, uint8_t c)
{
	bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		(c >= 'a' && c <= 'z');

	if (plain)
		mt_buf_add_char(out, (char)c);
	else
		mt_buf_printf(out, "\\x%02x", c);
}

void scan_expression_add(struct mt_buf *out, struct span octets)
{
	for (size_t i = 0; i < octets.len; i++)
		add_octet(out, octets.ptr[i]);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int scan_expression_add_hex(struct mt_buf *out, const char *text, size_t *ret_at)
{
	for (const char *p = text; *p != '\0';) {
		if (*p == ' ' || *p == '\n' || *p == '\t') {
			p++;
			continue;
		}
		if (digit(p[0]) < 0 || digit(p[1]) < 0) {
			*ret_at = (size_t)(p - text);
			return -EINVAL;
		}
		add_octet(out, (uint8_t)(digit(p[0]) << 4 | digit(p[1])));
		p += 2;
	}
	return 0;
}
