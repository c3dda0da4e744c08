// SPDX-License-Identifier: BSD-3-Clause
#include "tls_env.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>

int tls_env_init(struct tls_env *env)
{
	env->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	env->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
	env->hash = EVP_MD_CTX_new();
	env->names = BIO_new(BIO_s_mem());
	if (env->sha256 != NULL && env->hash != NULL && env->names != NULL) {
		ERR_clear_error();
		return 0;
	}
	tls_env_fini(env);
	return -ENOMEM;
}

void tls_env_fini(struct tls_env *env)
{
	EVP_MD_free(env->sha256);
	EVP_MD_free(env->md5);
	EVP_MD_CTX_free(env->hash);
	BIO_free(env->names);
	env->sha256 = env->md5 = NULL;
	env->hash = NULL;
	env->names = NULL;
}
