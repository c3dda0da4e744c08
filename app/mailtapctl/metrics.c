// SPDX-License-Identifier: BSD-3-Clause
#include "metrics.h"

#include "bucket.h"
#include "ctl.h"
#include "field.h"
#include "link.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

#define PATIENCE_S 5

static void put_row(struct openmetrics *m, const struct metrics_source *s,
	const struct metrics_family *f, const char *name, const json_t *row)
{
	struct openmetrics_label labels[METRICS_LABELS_MAX];

	if (!json_is_integer(json_object_get(row, f->key)))
		return;
	for (size_t i = 0; i < s->label_count; i++)
		labels[i] = (struct openmetrics_label){s->labels[i].name,
			s->labels[i].key == NULL ? span_text(name)
						 : field_text(row, s->labels[i].key)};
	openmetrics_sample(m, "", labels, s->label_count, field_u64(row, f->key));
}

static bool has_sample(
	const struct metrics_source *s, const struct metrics_family *f, json_t *answer)
{
	const char *name;
	json_t *row;
	size_t i;

	if (s->flat)
		return json_is_integer(json_object_get(answer, f->key));
	if (s->paged) {
		json_array_foreach(json_object_get(answer, "items"), i,
			row) if (json_is_integer(json_object_get(row,
					 f->key))) return true;
	} else {
		json_object_foreach(
			answer, name, row) if (json_is_integer(json_object_get(row,
						       f->key))) return true;
	}
	return false;
}

static void put_family(struct openmetrics *m, const struct metrics_source *s,
	const struct metrics_family *f, json_t *answer)
{
	const char *name;
	json_t *row;
	size_t i;

	if (!has_sample(s, f, answer))
		return;
	openmetrics_family(m, f->type, f->name, f->unit, span_text(f->help));
	if (s->flat)
		put_row(m, s, f, "", answer);
	else if (s->paged)
		json_array_foreach(json_object_get(answer, "items"), i, row)
			put_row(m, s, f, "", row);
	else
		json_object_foreach(answer, name, row) put_row(m, s, f, name, row);
}

static void put_hist(
	struct openmetrics *m, const struct metrics_hist *h, const json_t *answer)
{
	struct bucket buckets[BUCKET_MAX];
	size_t count = bucket_read(answer, buckets);
	double scale;
	char bound[40];

	if (count == 0 || buckets[count - 1].bound != UINT64_MAX)
		return;
	openmetrics_family(
		m, OPENMETRICS_HISTOGRAM, h->name, h->unit, span_text(h->help));
	scale = m->scale;
	for (size_t i = 0; i < count; i++) {
		struct openmetrics_label le = {"le", span_text("+Inf")};
		if (buckets[i].bound != UINT64_MAX) {
			double n = (double)buckets[i].bound * scale;
			snprintf(bound, sizeof(bound),
				n < 1e15 && n == (double)(uint64_t)n ? "%.1f" : "%.15g",
				n);
			le.value = span_text(bound);
		}
		openmetrics_sample(m, "_bucket", &le, 1, buckets[i].below);
	}
	openmetrics_sample(m, "_count", NULL, 0, buckets[count - 1].below);
	openmetrics_sample(m, "_sum", NULL, 0, field_u64(answer, "sum"));
}

// A counter that can go down is a gauge. An appliance that does not say which is which is judged
// by the names.
static bool is_gauge(const json_t *item, struct span name)
{
	static const char *const ends[] = {"_open", "_held", "_used"};

	if (field_has(item, "kind"))
		return field_is(item, "kind", "gauge");
	if (name.len > 5 && memcmp(name.ptr, "pool_", 5) == 0)
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (name.len > strlen(ends[i]) &&
			span_equal(span_skip(name, name.len - strlen(ends[i])),
				span_text(ends[i])))
			return true;
	return false;
}

static void put_counters(struct openmetrics *m, json_t *answer)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(answer, "items"), i, item)
	{
		struct span name = field_text(item, "name");
		if (name.len == 0 || !json_is_integer(json_object_get(item, "value")))
			continue;
		openmetrics_family(m,
			is_gauge(item, name) ? OPENMETRICS_GAUGE : OPENMETRICS_COUNTER,
			(const char *)name.ptr,
			json_string_value(json_object_get(item, "unit")),
			field_text(item, "help"));
		openmetrics_sample(m, "", NULL, 0, field_u64(item, "value"));
	}
}

static void put_odds(struct openmetrics *m, json_t *answer)
{
	const char *name;
	json_t *value;

	openmetrics_family(m, OPENMETRICS_COUNTER, "odds", "",
		span_text("times something odd was seen on the wire"));
	json_object_foreach(answer, name, value)
	{
		struct openmetrics_label label = {"odd", span_text(name)};
		if (json_is_integer(value))
			openmetrics_sample(m, "", &label, 1, field_u64(answer, name));
	}
}

static void put_state(struct openmetrics *m, json_t *health)
{
	static const char *const states[] = {"OK", "DEGRADED", "FAILED"};
	json_t *reasons = json_object_get(health, "reasons"), *reason;
	const char *code;

	openmetrics_family(m, OPENMETRICS_STATESET, "state", "",
		span_text("how the appliance is, in one word"));
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct openmetrics_label label = {m->name, span_text(states[i])};
		openmetrics_sample(
			m, "", &label, 1, field_is(health, "state", states[i]));
	}
	openmetrics_family(m, OPENMETRICS_GAUGE, "reason", "",
		span_text("1 for every reason behind the state, notices too"));
	json_object_foreach(reasons, code, reason)
	{
		struct openmetrics_label labels[] = {{"code", span_text(code)},
			{"weight", field_text(reason, "weight")}};
		openmetrics_sample(m, "", labels, 2, 1);
	}
}

static void put_build(struct openmetrics *m, json_t *info)
{
	struct openmetrics_label labels[] = {{"version", field_text(info, "version")},
		{"dpdk", field_text(info, "dpdk")},
		{"file_prefix", field_text(info, "file_prefix")}};

	openmetrics_family(
		m, OPENMETRICS_INFO, "build", "", span_text("what runs, and as which"));
	openmetrics_sample(m, "", labels, 3, 1);
}

// What the appliance does not know is left out; a link that broke ends it all.
static int ask(struct link *link, const char *command, bool paged, json_t **ret,
	struct mt_error *error)
{
	int code = paged ? link_pages(link, command, ret, error)
			 : link_question(link, command, ret, error);

	if (code == 0)
		return 0;
	*ret = NULL;
	return code == EX_PROTOCOL || code == EX_USAGE ? 0 : code;
}

static int put_sources(struct openmetrics *m, struct link *link, struct mt_error *error)
{
	for (size_t i = 0; i < metrics_source_count(); i++) {
		const struct metrics_source *s = metrics_source_get(i);
		json_t *answer;
		int code = ask(link, s->command, s->paged, &answer, error);
		if (code != 0)
			return code;
		for (size_t k = 0; k < s->count && answer != NULL; k++)
			put_family(m, s, &s->families[k], answer);
		json_decref(answer);
	}
	for (size_t i = 0; i < metrics_hist_count(); i++) {
		const struct metrics_hist *h = metrics_hist_get(i);
		json_t *answer;
		int code = ask(link, h->command, false, &answer, error);
		if (code != 0)
			return code;
		put_hist(m, h, answer);
		json_decref(answer);
	}
	return 0;
}

static const struct {
	const char *command;
	bool paged;
	void (*put)(struct openmetrics *m, json_t *answer);
} singles[] = {
	{"/mailtap/info", false, put_build},
	{"/mailtap/health", false, put_state},
	{"/mailtap/counters", true, put_counters},
	{"/mailtap/odds", false, put_odds},
};

static int put_all(struct openmetrics *m, struct link *link, struct mt_error *error)
{
	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
		json_t *answer;
		int code =
			ask(link, singles[i].command, singles[i].paged, &answer, error);
		if (code != 0)
			return code;
		if (answer != NULL)
			singles[i].put(m, answer);
		json_decref(answer);
	}
	return put_sources(m, link, error);
}

// A scrape is whole or there is none.
int ctl_metrics(const struct ctl *ctl, struct mt_error *error)
{
	struct openmetrics m;
	struct link *link;
	char *text = NULL;
	size_t len = 0;

	int code = link_open(ctl, PATIENCE_S, &link, error);
	if (code != 0)
		return code;
	FILE *whole = open_memstream(&text, &len);
	if (whole != NULL) {
		openmetrics_begin(&m, whole);
		code = put_all(&m, link, error);
		openmetrics_end(&m);
		if (fclose(whole) != 0)
			whole = NULL;
	}
	link_close(link);
	if (whole == NULL) {
		mt_error_set(error, 0, "no memory");
		code = EX_OSERR;
	}
	if (code == 0)
		fwrite(text, 1, len, stdout);
	free(text);
	return code;
}
