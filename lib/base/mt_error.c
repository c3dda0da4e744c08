// SPDX-License-Identifier: BSD-3-Clause
#include "mt_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int mt_error_set(struct mt_error *error, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, ap);
	va_end(ap);
	return -code;
}

void mt_error_prefix(struct mt_error *error, const char *fmt, ...)
{
	char old[MT_ERROR_SIZE];
	va_list ap;

	memcpy(old, error->text, sizeof(old));
	va_start(ap, fmt);
	int n = vsnprintf(error->text, sizeof(error->text), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(error->text))
		snprintf(error->text + n, sizeof(error->text) - (size_t)n, "%s", old);
}
