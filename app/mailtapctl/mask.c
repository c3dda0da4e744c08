// SPDX-License-Identifier: BSD-3-Clause
#include "mask.h"

#include <langinfo.h>
#include <wctype.h>

// Characters without a width of their own that turn the order of a line round or hide in it.
static bool is_hidden(wchar_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
		(c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

size_t mask_next(struct span s, wchar_t *ret_shown, int *ret_columns)
{
	mbstate_t state = {0};
	wchar_t c;
	size_t len = mbrtowc(&c, (const char *)s.ptr, s.len, &state);
	bool whole = len != 0 && len <= s.len;
	int columns = -1;

	if (whole && iswprint((wint_t)c) && !is_hidden(c))
		columns = wcwidth(c);
	*ret_shown = columns < 0 ? L'?' : c;
	*ret_columns = columns < 0 ? 1 : columns;
	return whole ? len : 1;
}

size_t mask_columns(struct span s)
{
	size_t sum = 0;
	wchar_t c;
	int columns;

	while (s.len > 0) {
		s = span_skip(s, mask_next(s, &c, &columns));
		sum += (size_t)columns;
	}
	return sum;
}

void mask_print(FILE *to, struct span s)
{
	wchar_t c;
	int columns;

	while (s.len > 0) {
		size_t len = mask_next(s, &c, &columns);
		if (c == L'?')
			fputc('?', to);
		else
			fwrite(s.ptr, 1, len, to);
		s = span_skip(s, len);
	}
}

bool mask_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
