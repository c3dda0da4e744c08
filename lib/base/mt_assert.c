// SPDX-License-Identifier: BSD-3-Clause
#include "mt_assert.h"

#include <stdio.h>
#include <stdlib.h>

noreturn void mt_assert_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "<0>mailtap: fault of the program: %s at %s:%d\n", what, file,
		line);
	abort();
}
