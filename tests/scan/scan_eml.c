// SPDX-License-Identifier: BSD-3-Clause

// scan-eml SIGNATURES PIECE FILE.eml...: what the pre-scan finds in mails given in pieces of so
// many octets (0: of random sizes), as records that tests/scan/compare.py reads.

#include "scan_stream.h"

#include "mt_json.h"

#include <stdio.h>
#include <stdlib.h>

#define MAIL_MAX   (64u << 20)
#define RECORD_MAX (1u << 20)

static void add_hit(void *ctx, const struct scan_hit *hit)
{
	struct mt_json *j = ctx;

	mt_json_open(j, NULL, '{');
	mt_json_u64(j, "signature_id", hit->signature->id);
	mt_json_text(j, "scope", scan_scope_name(hit->scope));
	mt_json_u64(j, "end", hit->end);
	mt_json_close(j, '}');
}

static int read_mail(const char *path, struct mt_buf *mail)
{
	size_t n = 1;

	mt_buf_clear(mail);
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return -1;
	while (n > 0 && mt_buf_reserve(mail, 65536)) {
		n = fread(mail->ptr + mail->len, 1, 65536, f);
		mail->len += n;
	}
	fclose(f);
	return mail->full ? -1 : 0;
}

// The name of the file without folder and ".eml".
static struct span name_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;

	return span_head(span_text(name), strlen(name) - strlen(".eml"));
}

static void scan_mail(
	struct scan_pool *pool, const char *path, struct span mail, size_t piece)
{
	struct mt_buf text;
	struct mt_json j;

	mt_buf_init(&text, RECORD_MAX);
	mt_json_init(&j, &text);
	mt_json_open(&j, NULL, '{');
	mt_json_text(&j, "event_type", "smtp");
	mt_json_open(&j, "mailtap", '{');
	mt_json_span(&j, "id", name_of(path));
	mt_json_bool(&j, "complete", true);
	mt_json_open(&j, "scan", '[');
	struct scan_stream *s = scan_begin(pool, &j);
	while (s != NULL && mail.len > 0) {
		size_t n = piece > 0 ? piece : (size_t)random() % 3000;
		scan_feed(s, span_head(mail, n));
		mail = span_skip(mail, n);
	}
	if (s != NULL)
		scan_end(s, true, NULL);
	mt_json_close(&j, ']');
	mt_json_close(&j, '}');
	mt_json_close(&j, '}');
	printf("%.*s\n", (int)text.len, (const char *)text.ptr);
	mt_buf_fini(&text);
}

int main(int argc, char *argv[])
{
	struct mt_buf faults, mail;

	if (argc < 4) {
		fputs("scan-eml SIGNATURES PIECE FILE.eml...\n", stderr);
		return 64;
	}
	const struct scan_settings settings = {
		(const char *const *)&argv[1], 1, getenv("SCAN_CACHE")};
	mt_buf_init(&faults, 1u << 20);
	mt_buf_init(&mail, MAIL_MAX);
	struct scan_set *set = scan_set_load(&settings, &faults);
	fprintf(stderr, "%.*s", (int)faults.len, (const char *)faults.ptr);
	struct scan_pool *pool = scan_pool_create(1, add_hit);
	if (set == NULL || pool == NULL || scan_pool_use(pool, set) != 0)
		return 1;
	scan_set_drop(set);
	for (int i = 3; i < argc; i++) {
		if (read_mail(argv[i], &mail) != 0) {
			fprintf(stderr, "%s: cannot be read\n", argv[i]);
			return 1;
		}
		scan_mail(pool, argv[i], mt_buf_span(&mail), strtoul(argv[2], NULL, 10));
	}
	scan_pool_destroy(pool);
	mt_buf_fini(&faults);
	mt_buf_fini(&mail);
	return 0;
}
