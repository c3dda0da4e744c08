// SPDX-License-Identifier: BSD-3-Clause
#include "probe.h"
#include "spool.h"

#include "mt_clock.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define TOTAL      (1u << 30)
#define MAILS_MAX  100000u
#define BATCH      64
#define SMALL_TEXT 1024

static int announced(void *ctx, struct span json, uint64_t segment, uint64_t offset)
{
	uint64_t *count = ctx;

	(void)json;
	(void)segment;
	(void)offset;
	++*count;
	return 0;
}

static void nothing_lost(void *ctx, const struct mt_id *id, int why)
{
	(void)ctx;
	(void)id;
	(void)why;
}

static void nothing_release(void *ctx, void *owner)
{
	(void)ctx;
	(void)owner;
}

static void sync_now(struct spool *s)
{
	struct spool_job *job = spool_sync_begin(s, mt_clock_mono_us(), true);

	if (job == NULL)
		return;
	spool_sync_run(job);
	spool_sync_end(s, job);
}

static int store(struct spool *s, struct span mail, EVP_MD_CTX *md)
{
	static const char record[SMALL_TEXT] = "{\"event_type\":\"smtp\"}";
	unsigned char sha256[EVP_MAX_MD_SIZE];
	unsigned int len;
	struct mt_id id = spool_next_id(s, mt_clock_wall_us());
	struct spool_mail *m = spool_begin(s, &id, span_make(record, 300));

	if (m == NULL)
		return -1;
	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	EVP_DigestUpdate(md, mail.ptr, mail.len);
	EVP_DigestFinal_ex(md, sha256, &len);
	// The owner is anything but NULL: the octets are lent, as from a chunk.
	if (spool_content(s, m, mail, md) != 0 || spool_settle(s, m) != 0)
		return -1;
	return spool_commit(s, m, span_make(record, 700));
}

static int store_all(struct spool *s, size_t size, struct probe_result *ret)
{
	uint8_t *mail = malloc(size);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint64_t count = TOTAL / size;
	int rc = mail != NULL && md != NULL ? 0 : -1;

	if (count > MAILS_MAX)
		count = MAILS_MAX;
	if (mail != NULL)
		memset(mail, 'x', size);
	probe_start(ret);
	for (uint64_t i = 0; i < count && rc == 0; i++) {
		rc = store(s, span_make(mail, size), md);
		if (i % BATCH == BATCH - 1)
			sync_now(s);
	}
	if (rc == 0)
		rc = spool_close(s);
	probe_stop(ret);
	ret->units = count;
	ret->octets = count * size;
	EVP_MD_CTX_free(md);
	free(mail);
	return rc;
}

// The log alone: hash, append, one fdatasync for each 64 mails.
int probe_spool(const char *folder, size_t size, struct probe_result *ret)
{
	char directory[512];
	uint64_t count = 0;
	struct mt_error error = {""};
	int code = EX_OK;

	snprintf(directory, sizeof(directory), "%s/spool.%d", folder, (int)getpid());
	const struct spool_settings settings = {.directory = directory,
		.appliance = 1,
		.segment_size = 256u << 20,
		.durability = SPOOL_BATCH,
		.batch_count = BATCH,
		.batch_us = 100000,
		.mails_max = 1000,
		.release = nothing_release,
		.announce = announced,
		.lost = nothing_lost,
		.ctx = &count};
	struct spool *s = spool_open(&settings, &spool_disk_real, &code, &error);
	if (s == NULL) {
		fprintf(stderr, "%s: %s\n", directory, error.text);
		return -1;
	}
	ret->unit = "mails";
	return store_all(s, size, ret);
}
