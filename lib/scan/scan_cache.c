// SPDX-License-Identifier: BSD-3-Clause

// A compiled set as a file: magic, key, length of the body, digest of key and body; the body is a
// length and so many octets for each scope. The key says of what, by which Hyperscan and for which
// processor; it is the name, too. Only what has the right digest is given to Hyperscan, which
// trusts what it reads.

#include "scan_cache_file.h"
#include "scan_set_internal.h"

#include <endian.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_SIZE (2 * SCAN_HASH_SIZE + sizeof(SCAN_CACHE_SUFFIX))

static const char magic[8] = "MTSCAN1\n";

struct header {
	char magic[sizeof(magic)];
	uint8_t key[SCAN_HASH_SIZE];
	uint64_t length; // of the body, little endian, as all numbers
	uint8_t digest[SCAN_HASH_SIZE];
};

_Static_assert(sizeof(struct header) == 80, "the header has no padding");

#define FILE_MAX_OCTETS          \
	(sizeof(struct header) + \
		SCAN_SCOPE_COUNT * (sizeof(uint64_t) + (size_t)SCAN_DATABASE_MAX))

static void add_expressions(
	EVP_MD_CTX *md, const struct scan_set *set, enum scan_scope scope)
{
	const uint64_t count = set->scope_counts[scope];

	EVP_DigestUpdate(md, &count, sizeof(count));
	for (size_t i = 0; i < set->count; i++) {
		const struct scan_signature *s = &set->signatures[i];
		const uint64_t numbers[] = {
			i, scan_compile_flags(s), strlen(s->expression)};
		if (!scan_set_has(set, i, scope))
			continue;
		EVP_DigestUpdate(md, numbers, sizeof(numbers));
		EVP_DigestUpdate(md, s->expression, strlen(s->expression));
	}
}

static int make_key(const struct scan_set *set, uint8_t key[SCAN_HASH_SIZE])
{
	hs_platform_info_t platform;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int rc = -ENOMEM;

	memset(&platform, 0, sizeof(platform));
	if (md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
		hs_populate_platform(&platform) == HS_SUCCESS) {
		EVP_DigestUpdate(md, magic, sizeof(magic));
		EVP_DigestUpdate(md, hs_version(), strlen(hs_version()) + 1);
		EVP_DigestUpdate(md, &platform, sizeof(platform));
		for (int s = 0; s < SCAN_SCOPE_COUNT; s++)
			add_expressions(md, set, s);
		EVP_DigestFinal_ex(md, key, NULL);
		rc = 0;
	}
	EVP_MD_CTX_free(md);
	return rc;
}

static void name_of(const uint8_t key[SCAN_HASH_SIZE], char name[NAME_SIZE])
{
	for (size_t i = 0; i < SCAN_HASH_SIZE; i++)
		snprintf(name + 2 * i, 3, "%02x", key[i]);
	snprintf(name + 2 * SCAN_HASH_SIZE, sizeof(SCAN_CACHE_SUFFIX), "%s",
		SCAN_CACHE_SUFFIX);
}

static int digest(const uint8_t key[SCAN_HASH_SIZE], const struct span *parts,
	size_t count, uint8_t out[SCAN_HASH_SIZE])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int rc = -ENOMEM;

	if (md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1) {
		EVP_DigestUpdate(md, key, SCAN_HASH_SIZE);
		for (size_t i = 0; i < count; i++)
			EVP_DigestUpdate(md, parts[i].ptr, parts[i].len);
		EVP_DigestFinal_ex(md, out, NULL);
		rc = 0;
	}
	EVP_MD_CTX_free(md);
	return rc;
}

// One database off the body. False: it is not what the set needs.
static bool take_database(struct scan_set *set, enum scan_scope scope, struct span *body)
{
	uint64_t length;

	if (body->len < sizeof(length))
		return false;
	memcpy(&length, body->ptr, sizeof(length));
	length = le64toh(length);
	*body = span_skip(*body, sizeof(length));
	if (length > body->len || (length > 0) != (set->scope_counts[scope] > 0))
		return false;
	struct span octets = span_head(*body, length);
	*body = span_skip(*body, length);
	return length == 0 ||
		hs_deserialize_database((const char *)octets.ptr, octets.len,
			&set->databases[scope]) == HS_SUCCESS;
}

// What is wrong with the file, or NULL: the set has its databases.
static const char *take_file(
	struct scan_set *set, const uint8_t key[SCAN_HASH_SIZE], struct span file)
{
	uint8_t found[SCAN_HASH_SIZE];
	struct header h;

	if (file.len < sizeof(h))
		return "is cut off";
	memcpy(&h, file.ptr, sizeof(h));
	struct span body = span_skip(file, sizeof(h));
	if (memcmp(h.magic, magic, sizeof(magic)) != 0)
		return "is none of ours";
	if (memcmp(h.key, key, SCAN_HASH_SIZE) != 0)
		return "is for other signatures";
	if (le64toh(h.length) != body.len)
		return "is cut off";
	if (digest(key, &body, 1, found) != 0 ||
		memcmp(h.digest, found, SCAN_HASH_SIZE) != 0)
		return "is damaged";
	for (int s = 0; s < SCAN_SCOPE_COUNT; s++)
		if (!take_database(set, s, &body))
			return "is refused by Hyperscan";
	if (body.len > 0 || scan_compile_measure(set, NULL) != 0)
		return "is refused by Hyperscan";
	return NULL;
}

bool scan_cache_fetch(struct scan_set *set, const char *folder)
{
	uint8_t key[SCAN_HASH_SIZE];
	char name[NAME_SIZE];

	if (make_key(set, key) != 0)
		return false;
	name_of(key, name);
	struct scan_cache_file file = scan_cache_file_read(folder, name, FILE_MAX_OCTETS);
	if (file.ptr != NULL)
		file.why = take_file(set, key, span_make(file.ptr, file.len));
	bool fetched = file.ptr != NULL && file.why == NULL;
	free(file.ptr);
	if (fetched)
		return true;
	scan_compile_free(set);
	if (file.why != NULL)
		snprintf(set->note, sizeof(set->note),
			"%.120s/%.12s...: %s; compiled anew", folder, name, file.why);
	return false;
}

// The databases as parts of a body; free each part that is not a length.
struct parts {
	uint64_t lengths[SCAN_SCOPE_COUNT];
	char *octets[SCAN_SCOPE_COUNT];
	struct span spans[1 + 2 * SCAN_SCOPE_COUNT]; // the first is for the header
};

static int make_parts(const struct scan_set *set, struct parts *p)
{
	for (int s = 0; s < SCAN_SCOPE_COUNT; s++) {
		size_t length = 0;
		if (set->databases[s] != NULL &&
			hs_serialize_database(
				set->databases[s], &p->octets[s], &length) != HS_SUCCESS)
			return -ENOMEM;
		p->lengths[s] = htole64(length);
		p->spans[1 + 2 * s] = span_make(&p->lengths[s], sizeof(p->lengths[s]));
		p->spans[2 + 2 * s] = span_make(p->octets[s], length);
	}
	return 0;
}

static int write_set(const struct scan_set *set, const char *folder)
{
	struct parts p = {0};
	struct header h = {0};
	char name[NAME_SIZE];
	uint64_t length = 0;

	int rc = make_key(set, h.key);
	if (rc == 0)
		rc = make_parts(set, &p);
	if (rc == 0)
		rc = digest(h.key, p.spans + 1, 2 * SCAN_SCOPE_COUNT, h.digest);
	if (rc == 0) {
		for (size_t i = 1; i <= 2 * SCAN_SCOPE_COUNT; i++)
			length += p.spans[i].len;
		memcpy(h.magic, magic, sizeof(magic));
		h.length = htole64(length);
		p.spans[0] = span_make(&h, sizeof(h));
		name_of(h.key, name);
		rc = scan_cache_file_write(
			folder, name, p.spans, 1 + 2 * SCAN_SCOPE_COUNT);
	}
	for (int s = 0; s < SCAN_SCOPE_COUNT; s++)
		free(p.octets[s]);
	return rc;
}

void scan_cache_keep(struct scan_set *set, const char *folder)
{
	if (set->count == 0)
		return;
	int rc = write_set(set, folder);
	if (rc != 0)
		snprintf(set->note, sizeof(set->note),
			"%.160s: cannot keep compiled signatures there: %s", folder,
			strerror(-rc));
	else
		scan_cache_file_prune(folder);
}
