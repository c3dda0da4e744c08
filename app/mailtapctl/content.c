// SPDX-License-Identifier: BSD-3-Clause
#include "content.h"

#include <errno.h>
#include <openssl/evp.h>
#include <sysexits.h>

struct copy {
	EVP_MD_CTX *hash;
	int (*take)(void *ctx, struct span text);
	void *ctx;
};

static int take_piece(void *ctx, struct span text)
{
	struct copy *copy = ctx;

	EVP_DigestUpdate(copy->hash, text.ptr, text.len);
	return copy->take != NULL ? copy->take(copy->ctx, text) : 0;
}

static int write_piece(void *ctx, struct span text)
{
	errno = 0;
	if (fwrite(text.ptr, 1, text.len, ctx) == text.len)
		return 0;
	return errno != 0 ? -errno : -EIO;
}

static bool is_right(EVP_MD_CTX *hash, struct span told)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t octets[EVP_MAX_MD_SIZE];
	unsigned len;

	EVP_DigestFinal_ex(hash, octets, &len);
	if (told.len != 2 * (size_t)len)
		return false;
	for (unsigned i = 0; i < len; i++)
		if (told.ptr[2 * i] != (uint8_t)digits[octets[i] >> 4] ||
			told.ptr[2 * i + 1] != (uint8_t)digits[octets[i] & 15])
			return false;
	return true;
}

static int explain(int rc, const char *id, struct mt_error *error)
{
	if (rc == -ENODATA) {
		mt_error_set(error, 0,
			"%s: its content is not kept (spool.keep in the configuration)",
			id);
		return EX_NOINPUT;
	}
	if (rc == -EBADMSG) {
		mt_error_set(error, 0, "%s: its content is damaged or was purged", id);
		return EX_DATAERR;
	}
	mt_error_set(error, 0, "%s: %s", id, strerror(-rc));
	return EX_IOERR;
}

int content_read(struct spool_reader *r, const struct spool_found *found,
	const json_t *record, int (*take)(void *ctx, struct span text), void *ctx,
	struct mt_error *error)
{
	struct span told = field_text(json_object_get(record, "mailtap"), "sha256");
	struct copy copy = {EVP_MD_CTX_new(), take, ctx};

	if (copy.hash == NULL || EVP_DigestInit_ex(copy.hash, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(copy.hash);
		mt_error_set(error, 0, "SHA-256 cannot be had from libcrypto");
		return EX_OSERR;
	}
	int rc = spool_reader_content(r, found, take_piece, &copy);
	if (rc == 0 && !is_right(copy.hash, told))
		rc = -EBADMSG;
	EVP_MD_CTX_free(copy.hash);
	return rc == 0 ? 0 : explain(rc, found->part.id.text, error);
}

int content_copy(struct spool_reader *r, const struct spool_found *found,
	const json_t *record, FILE *to, struct mt_error *error)
{
	return content_read(r, found, record, to != NULL ? write_piece : NULL, to, error);
}
