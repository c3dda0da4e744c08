// SPDX-License-Identifier: BSD-3-Clause
#include "probe.h"

#include "mt_crc32c.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define CHUNK (64u << 10)

typedef void payload_work(void *ctx, struct span payload);

// Lets work see every payload of TCP in the capture.
static int over_payloads(
	const char *path, payload_work *work, void *ctx, struct probe_result *ret)
{
	struct probe_capture c;

	if (probe_capture_read(&c, path) != 0)
		return -1;
	probe_start(ret);
	for (size_t i = 0; i < c.count; i++) {
		const struct packet *p = &c.frames[i].packet;
		if (c.frames[i].class != PACKET_TCP || p->captured_len == 0)
			continue;
		struct span rest = span_skip(c.frames[i].octets, p->payload_at);
		work(ctx, span_head(rest, p->captured_len));
		ret->octets += p->captured_len;
		ret->units++;
	}
	probe_stop(ret);
	probe_capture_free(&c);
	return 0;
}

struct copy {
	uint8_t *chunk;
	size_t used;
	uint64_t dots; // lines that begin with a dot
};

static void copy_and_scan(void *ctx, struct span payload)
{
	struct copy *copy = ctx;

	if (copy->used + payload.len > CHUNK)
		copy->used = 0;
	memcpy(copy->chunk + copy->used, payload.ptr, payload.len);
	copy->used += payload.len;
	while (payload.len > 0) {
		size_t line = span_find(payload, '\n');
		payload = span_skip(payload, line + 1);
		copy->dots += payload.len > 0 && payload.ptr[0] == '.';
	}
}

int probe_copy(const char *capture, struct probe_result *ret)
{
	struct copy copy = {.chunk = malloc(CHUNK)};
	int rc = copy.chunk != NULL ? over_payloads(capture, copy_and_scan, &copy, ret)
				    : -1;

	free(copy.chunk);
	return rc;
}

static void sum_up(void *ctx, struct span payload)
{
	uint32_t *crc = ctx;

	*crc = mt_crc32c(*crc, payload);
}

int probe_crc32c(const char *capture, struct probe_result *ret)
{
	uint32_t crc = 0;

	return over_payloads(capture, sum_up, &crc, ret);
}

static void digest(void *ctx, struct span payload)
{
	EVP_DigestUpdate(ctx, payload.ptr, payload.len);
}

int probe_sha256(const char *capture, struct probe_result *ret)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int rc = -1;

	if (md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1)
		rc = over_payloads(capture, digest, md, ret);
	EVP_MD_CTX_free(md);
	return rc;
}
