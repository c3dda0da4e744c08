// SPDX-License-Identifier: BSD-3-Clause

// Shows what is found in the headers of mails, for compare_email.py: reads frames of a length in
// decimal, a line feed and so many octets; answers each with its lines and a line ".".

#include "mime_lines.h"

#include <stdio.h>
#include <stdlib.h>

#define MAIL_MAX (16u << 20)

int main(void)
{
	const struct mime_limits limits = MIME_LIMITS_DEFAULT;
	struct mime_header h;
	struct mime_env env;
	struct mt_buf out;
	char line[32];

	mime_env_init(&env, &limits);
	mime_header_init(&h, &env);
	mt_buf_init(&out, MAIL_MAX);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		size_t len = strtoul(line, NULL, 10);
		uint8_t *mail = malloc(len + 1);
		if (mail == NULL || len > MAIL_MAX || fread(mail, 1, len, stdin) != len)
			return 1;
		mime_header_begin(&h);
		mime_header_feed(&h, span_make(mail, len));
		mt_buf_clear(&out);
		mime_lines_add(&out, mime_header_end(&h));
		fwrite(out.ptr, 1, out.len, stdout);
		puts(".");
		fflush(stdout);
		free(mail);
	}
	mt_buf_fini(&out);
	mime_header_fini(&h);
	mime_env_fini(&env);
	return 0;
}
