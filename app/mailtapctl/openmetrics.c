// SPDX-License-Identifier: BSD-3-Clause
#include "openmetrics.h"

#include "mask.h"

#include <inttypes.h>

#define PREFIX "mailtap_"

static const struct {
	const char *ours; // unit
	const char *stems[2]; // words at the end of our name that say the same
	const char *theirs;
	double scale;
} units[] = {
	{"octets", {"_octets", NULL}, "bytes", 1},
	{"microseconds", {"_us", NULL}, "seconds", 1e-6},
	{"ms", {"_ms", NULL}, "seconds", 1e-3},
	{"milliseconds", {"_ms", NULL}, "seconds", 1e-3},
	{"seconds", {"_s", NULL}, "seconds", 1},
	{"ppm", {"_ppm", NULL}, "ratio", 1e-6},
};

#define UNITS (sizeof(units) / sizeof(units[0]))

static const struct {
	const char *word, *suffix;
} types[] = {
	[OPENMETRICS_COUNTER] = {"counter", "_total"},
	[OPENMETRICS_GAUGE] = {"gauge", ""},
	[OPENMETRICS_INFO] = {"info", "_info"},
	[OPENMETRICS_STATESET] = {"stateset", ""},
	[OPENMETRICS_HISTOGRAM] = {"histogram", ""},
};

void openmetrics_begin(struct openmetrics *m, FILE *to)
{
	*m = (struct openmetrics){.to = to, .scale = 1};
}

static bool ends_in(const char *text, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && memcmp(text + len - n, end, n) == 0;
}

// Letters, digits and _ only.
static void add_name(char name[OPENMETRICS_NAME], const char *text, size_t len)
{
	size_t at = strlen(name);

	for (size_t i = 0; i < len && at + 1 < OPENMETRICS_NAME - 32; i++, at++) {
		char c = text[i];
		bool well = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9');
		name[at] = well ? c : '_';
	}
	name[at] = '\0';
}

// Their word for the unit; strips from the name what says it already.
static const char *translate(
	struct openmetrics *m, const char *unit, const char *name, size_t *len)
{
	m->scale = 1;
	for (size_t i = 0; i < UNITS; i++) {
		if (strcmp(units[i].ours, unit) != 0)
			continue;
		m->scale = units[i].scale;
		if (ends_in(name, *len, units[i].stems[0]))
			*len -= strlen(units[i].stems[0]);
		return units[i].theirs;
	}
	return unit;
}

static void put_escaped(FILE *to, struct span text, bool quotes)
{
	wchar_t c;
	int columns;

	while (text.len > 0) {
		size_t len = mask_next(text, &c, &columns);
		uint8_t octet = text.ptr[0];
		if (octet == '\\')
			fputs("\\\\", to);
		else if (octet == '"' && quotes)
			fputs("\\\"", to);
		else if (octet == '\n')
			fputs("\\n", to);
		else if (c == L'?')
			fputc('?', to);
		else
			fwrite(text.ptr, 1, len, to);
		text = span_skip(text, len);
	}
}

void openmetrics_family(struct openmetrics *m, enum openmetrics_type type,
	const char *name, const char *unit, struct span help)
{
	size_t len = strlen(name);
	char clean[OPENMETRICS_NAME] = "";

	m->type = type;
	unit = translate(m, unit != NULL ? unit : "", name, &len);
	memcpy(m->name, PREFIX, sizeof(PREFIX));
	add_name(m->name, name, len);
	add_name(clean, unit, strlen(unit) < 32 ? strlen(unit) : 32);
	if (clean[0] != '\0' &&
		!(ends_in(m->name, strlen(m->name), clean) &&
			m->name[strlen(m->name) - strlen(clean) - 1] == '_')) {
		add_name(m->name, "_", 1);
		add_name(m->name, clean, strlen(clean));
	}
	fprintf(m->to, "# TYPE %s %s\n", m->name, types[type].word);
	if (clean[0] != '\0')
		fprintf(m->to, "# UNIT %s %s\n", m->name, clean);
	fprintf(m->to, "# HELP %s ", m->name);
	put_escaped(m->to, help, true);
	fputc('\n', m->to);
}

void openmetrics_sample(struct openmetrics *m, const char *suffix,
	const struct openmetrics_label *labels, size_t count, uint64_t value)
{
	fprintf(m->to, "%s%s%s", m->name, types[m->type].suffix, suffix);
	for (size_t i = 0; i < count; i++) {
		fprintf(m->to, "%c%s=\"", i == 0 ? '{' : ',', labels[i].name);
		put_escaped(m->to, labels[i].value, true);
		fputc('"', m->to);
	}
	// Counts of a histogram are counts, whatever its unit.
	bool whole = m->scale == 1 || strcmp(suffix, "_bucket") == 0 ||
		strcmp(suffix, "_count") == 0;
	if (whole)
		fprintf(m->to, "%s %" PRIu64 "\n", count > 0 ? "}" : "", value);
	else
		fprintf(m->to, "%s %.15g\n", count > 0 ? "}" : "",
			(double)value * m->scale);
}

void openmetrics_end(struct openmetrics *m)
{
	fputs("# EOF\n", m->to);
}
