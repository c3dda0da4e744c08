// SPDX-License-Identifier: BSD-3-Clause
#include "mime_env.h"

#include "mime_field.h"

// No field is larger than an address list, and decoding makes at most four octets of one.
#define GROWS_TO 4

void mime_env_init(struct mime_env *env, const struct mime_limits *limits)
{
	size_t most = limits->list > MIME_FIELD_MAX ? limits->list : MIME_FIELD_MAX;

	most += MIME_FIELD_SLACK;
	*env = (struct mime_env){.limits = *limits};
	mime_charsets_open(&env->charsets);
	mt_buf_init(&env->octets, most);
	mt_buf_init(&env->phrase, GROWS_TO * most);
	mt_buf_init(&env->text, GROWS_TO * most);
}

void mime_env_fini(struct mime_env *env)
{
	mime_charsets_close(&env->charsets);
	mt_buf_fini(&env->octets);
	mt_buf_fini(&env->phrase);
	mt_buf_fini(&env->text);
}
