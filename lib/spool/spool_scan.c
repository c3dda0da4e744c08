// SPDX-License-Identifier: BSD-3-Clause
#include "spool_scan.h"

#include "spool_file.h"

#include "mt_crc32c.h"

#include <errno.h>
#include <fcntl.h>

#define WINDOW (256u << 10)

void spool_scan_init(struct spool_scan *scan, const struct spool_disk *disk)
{
	*scan = (struct spool_scan){.disk = disk, .fd = -1};
	mt_buf_init(&scan->window, WINDOW);
	mt_buf_init(&scan->payload, SPOOL_ENTRY_MAX);
}

void spool_scan_fini(struct spool_scan *scan)
{
	spool_scan_close(scan);
	mt_buf_fini(&scan->window);
	mt_buf_fini(&scan->payload);
}

void spool_scan_close(struct spool_scan *scan)
{
	if (scan->fd >= 0)
		scan->disk->close(scan->disk->ctx, scan->fd);
	scan->fd = -1;
	mt_buf_clear(&scan->window);
}

int spool_scan_open(
	struct spool_scan *scan, const char *directory, uint64_t number, uint64_t at)
{
	spool_scan_close(scan);
	int fd = spool_file_open_segment(scan->disk, directory, number, O_RDONLY);
	if (fd < 0)
		return fd;
	scan->fd = fd;
	scan->number = number;
	scan->at = at;
	return spool_scan_refresh(scan);
}

int spool_scan_refresh(struct spool_scan *scan)
{
	int64_t size = scan->disk->size(scan->disk->ctx, scan->fd);

	mt_buf_clear(&scan->window);
	if (size < 0)
		return (int)size;
	scan->size = (uint64_t)size;
	return 0;
}

static int fill(struct spool_scan *scan, uint64_t at)
{
	size_t len = scan->size - at < WINDOW ? (size_t)(scan->size - at) : WINDOW;

	mt_buf_clear(&scan->window);
	if (!mt_buf_reserve(&scan->window, len))
		return -ENOMEM;
	int rc = spool_file_read(scan->disk, scan->fd, scan->window.ptr, len, at);
	if (rc != 0)
		return rc == -ENODATA ? -EBADMSG : rc;
	scan->window.len = len;
	scan->window_at = at;
	return 0;
}

// Up to len octets of the file at an offset (fewer only where the window or the file ends).
static int peek(struct spool_scan *scan, uint64_t at, size_t len, struct span *ret)
{
	const struct mt_buf *w = &scan->window;

	if (at >= scan->size)
		return -EBADMSG;
	if (len > scan->size - at)
		len = (size_t)(scan->size - at);
	if (len > WINDOW)
		len = WINDOW;
	if (at < scan->window_at || at + len > scan->window_at + w->len) {
		int rc = fill(scan, at);
		if (rc != 0)
			return rc;
	}
	*ret = span_make(w->ptr + (at - scan->window_at), len);
	return 0;
}

int spool_scan_next(struct spool_scan *scan, struct spool_entry *ret, uint64_t *ret_at)
{
	struct span text;

	if (scan->at >= scan->size)
		return 0;
	int rc = peek(scan, scan->at, SPOOL_ENTRY_SIZE, &text);
	if (rc == 0)
		rc = spool_entry_decode(text, ret);
	if (rc != 0)
		return rc == -ENODATA ? 0 : rc;
	if (ret->segment != scan->number ||
		ret->length > scan->size - scan->at - SPOOL_ENTRY_SIZE)
		return -EBADMSG;
	*ret_at = scan->at;
	scan->at += spool_entry_span(ret->length);
	return 1;
}

int spool_scan_payload(struct spool_scan *scan, const struct spool_entry *e, uint64_t at,
	struct span *ret)
{
	struct span text = span_make("", 0);
	int rc = 0;

	if (e->length > WINDOW) {
		mt_buf_clear(&scan->payload);
		if (!mt_buf_reserve(&scan->payload, e->length))
			return -ENOMEM;
		rc = spool_file_read(scan->disk, scan->fd, scan->payload.ptr, e->length,
			at + SPOOL_ENTRY_SIZE);
		text = span_make(scan->payload.ptr, e->length);
	} else if (e->length > 0) {
		rc = peek(scan, at + SPOOL_ENTRY_SIZE, e->length, &text);
	}
	if (rc != 0)
		return rc == -ENODATA ? -EBADMSG : rc;
	if (text.len != e->length || mt_crc32c(0, text) != e->crc)
		return -EBADMSG;
	*ret = text;
	return 0;
}

int spool_scan_check(struct spool_scan *scan, const struct spool_entry *e, uint64_t at)
{
	uint64_t left = e->length;
	uint32_t crc = 0;
	struct span text;

	for (at += SPOOL_ENTRY_SIZE; left > 0; at += text.len, left -= text.len) {
		int rc = peek(scan, at, left < WINDOW ? (size_t)left : WINDOW, &text);
		if (rc != 0)
			return rc;
		crc = mt_crc32c(crc, text);
	}
	return crc == e->crc ? 0 : -EBADMSG;
}

int spool_scan_resync(struct spool_scan *scan)
{
	struct spool_entry e;
	struct span text;

	for (scan->at += 8; scan->at + SPOOL_ENTRY_SIZE <= scan->size; scan->at += 8) {
		int rc = peek(scan, scan->at, SPOOL_ENTRY_SIZE, &text);
		if (rc != 0)
			return rc;
		if (spool_entry_decode(text, &e) == 0 && e.segment == scan->number)
			return 1;
	}
	return 0;
}
