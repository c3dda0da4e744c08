// SPDX-License-Identifier: BSD-3-Clause
#include "writer_internal.h"

#include "mt_clock.h"
#include "mt_crc32c.h"
#include "mt_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include <rte_cycles.h>

// The envelope of a mail: recipients with their replies, up to limits.rcpts of them.
#define ENVELOPE_MAX (8u << 20)
#define RECORD_MAX   (32u << 20)

static int open_slots(struct writer *w)
{
	w->slots = calloc(w->worker_count, sizeof(*w->slots));
	if (w->slots == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->worker_count; i++) {
		w->slots[i].count = w->workers[i].conns.count;
		w->slots[i].mails =
			calloc(w->slots[i].count, sizeof(struct writer_mail *));
		w->slots[i].tls = calloc(w->slots[i].count, sizeof(struct tls_facts *));
		if (w->slots[i].mails == NULL || w->slots[i].tls == NULL)
			return -ENOMEM;
	}
	return 0;
}

static void name_ifaces(struct writer *w)
{
	for (uint32_t i = 0; i < w->boot->interface_count; i++)
		w->ifaces[i] = w->boot->interfaces[i].name;
	w->record.ifaces = w->ifaces;
	w->record.iface_count = w->boot->interface_count;
}

// Two appliances shall not give the same ids: a number made of the machine's own.
static uint32_t machine_number(void)
{
	uint8_t text[64];
	size_t len = 0;
	FILE *f = fopen("/etc/machine-id", "re");

	if (f != NULL) {
		len = fread(text, 1, sizeof(text), f);
		fclose(f);
	}
	return mt_crc32c(1, span_make(text, len));
}

static int open_eve(struct writer *w, int *ret_code, struct mt_error *error)
{
	struct spool_eve_settings settings = {
		.spool = w->boot->spool,
		.path = w->boot->eve_path[0] != '\0' ? w->boot->eve_path : NULL,
		.rotate = w->boot->eve_rotate,
	};

	w->eve = spool_eve_open(&settings, &spool_disk_real, error);
	*ret_code = EX_CANTCREAT;
	return w->eve != NULL ? 0 : -1;
}

static int open_spool(struct writer *w, int *ret_code, struct mt_error *error)
{
	const struct conf *conf = w->boot;
	struct spool_settings settings = {
		.directory = conf->spool,
		.appliance = conf->appliance != 0 ? conf->appliance : machine_number(),
		.segment_size = conf->segment,
		.durability = conf->durability == CONF_EACH ? SPOOL_EACH
			: conf->durability == CONF_NONE     ? SPOOL_NONE
							    : SPOOL_BATCH,
		.batch_count = conf->batch_count,
		.batch_us = (uint64_t)conf->batch_ms * 1000,
		.mails_max = conf->connections,
		.release = writer_on_release,
		.announce = writer_on_announce,
		.lost = writer_on_lost,
		.ctx = w,
	};

	w->spool = spool_open(&settings, &spool_disk_real, ret_code, error);
	return w->spool != NULL ? 0 : -1;
}

// The spool has made the folder.
static bool open_hold(struct writer *w)
{
	char folder[CONF_PATH_SIZE + 8];

	snprintf(folder, sizeof(folder), "%s/hold", w->boot->spool);
	w->hold = eml_create(folder, w->boot->spool, true);
	return w->hold != NULL;
}

// Mails are recorded all the same, with characters in their headers that nobody can read.
static void warn_of_charsets(const struct writer *w)
{
	const struct mime_charsets *sets = &w->mails.mime.charsets;
	const char *first = mime_charsets_missing(sets, 0);
	size_t n = 0;

	while (mime_charsets_missing(sets, n) != NULL)
		n++;
	if (n > 0)
		mt_log(MT_LOG_WARN, "writer",
			"%zu character sets cannot be decoded in headers, the first is %s: "
			"install the gconv modules of the C library",
			n, first);
}

struct writer *writer_create(
	const struct writer_settings *settings, int *ret_code, struct mt_error *error)
{
	struct writer *w = calloc(1, sizeof(*w));

	*ret_code = EX_UNAVAILABLE;
	if (w == NULL)
		goto no_memory;
	w->boot = settings->conf;
	live_view_init(&w->view, &settings->live->now);
	w->workers = settings->workers;
	w->worker_count = settings->worker_count;
	w->lossless = settings->lossless;
	w->tsc_per_us = rte_get_tsc_hz() / 1000000;
	w->lent_max = w->workers[0].chunks.count / 4;
	mt_buf_init(&w->json, RECORD_MAX);
	name_ifaces(w);
	if (writer_mails_init(&w->mails, ENVELOPE_MAX, w->boot->connections) != 0 ||
		open_slots(w) != 0 || (w->tls = writer_tls_create()) == NULL)
		goto no_memory;
	warn_of_charsets(w);
	if (settings->eml != NULL &&
		(w->eml = eml_create(settings->eml, w->boot->spool, false)) == NULL) {
		mt_error_set(error, 0, "--eml %s: cannot be made: %s", settings->eml,
			strerror(errno));
		*ret_code = EX_CANTCREAT;
		goto undo;
	}
	if (open_spool(w, ret_code, error) != 0 || open_eve(w, ret_code, error) != 0)
		goto undo;
	*ret_code = EX_UNAVAILABLE;
	w->syncer = syncer_create();
	if (w->syncer == NULL || !open_hold(w) ||
		!writer_scan_open(w, settings->signatures))
		goto no_memory;
	mt_buf_clear(&w->json);
	record_start(&w->json, &w->record, mt_clock_wall_us(), MAILTAP_VERSION);
	spool_record(w->spool, mt_buf_span(&w->json));
	writer_show_spool(w);
	return w;
no_memory:
	mt_error_set(error, 0, "no memory for the writer");
undo:
	writer_destroy(w);
	return NULL;
}

static void free_slots(struct slot_table *t)
{
	for (uint32_t i = 0; t->tls != NULL && i < t->count; i++)
		free(t->tls[i]);
	free(t->tls);
	free(t->mails);
}

void writer_destroy(struct writer *w)
{
	if (w == NULL)
		return;
	if (w->spool != NULL)
		spool_close(w->spool);
	if (w->eve != NULL)
		spool_eve_close(w->eve);
	syncer_destroy(w->syncer);
	eml_destroy(w->eml);
	eml_destroy(w->hold);
	writer_scan_close(w);
	for (uint32_t i = 0; w->slots != NULL && i < w->worker_count; i++)
		free_slots(&w->slots[i]);
	free(w->slots);
	writer_tls_destroy(w->tls);
	writer_mails_fini(&w->mails);
	mt_buf_fini(&w->json);
	free(w);
}
