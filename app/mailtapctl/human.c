// SPDX-License-Identifier: BSD-3-Clause
#include "human.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PPM_WHOLE   1000000u
#define PPM_PERCENT 10000u

static void count(uint64_t n, char text[HUMAN_SIZE])
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	char *to = text;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
}

static void rate(uint64_t n, char text[HUMAN_SIZE])
{
	count(n, text);
	size_t len = strlen(text);

	snprintf(text + len, HUMAN_SIZE - len, "/s");
}

static void octets(uint64_t n, char text[HUMAN_SIZE])
{
	static const char units[] = "KMGTPE";
	uint64_t step = 1024;
	int unit = 0;

	if (n < 1024) {
		snprintf(text, HUMAN_SIZE, "%" PRIu64, n);
		return;
	}
	for (; n / step >= 1024; unit++)
		step *= 1024;
	uint64_t whole = n / step, tenth = n % step * 10 / step;

	if (whole < 100)
		snprintf(text, HUMAN_SIZE, "%" PRIu64 ".%" PRIu64 "%c", whole, tenth,
			units[unit]);
	else
		snprintf(text, HUMAN_SIZE, "%" PRIu64 "%c", whole, units[unit]);
}

static void bits(uint64_t n, char text[HUMAN_SIZE])
{
	static const char *const units[] = {"b/s", "kb/s", "Mb/s", "Gb/s", "Tb/s"};
	uint64_t b = n > UINT64_MAX / 8 ? UINT64_MAX : n * 8, step = 1;
	size_t unit = 0;

	for (; b / step >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		step *= 1000;
	uint64_t whole = b / step, part = step > 1 ? (b % step) / (step / 100) : 0;

	if (unit == 0)
		snprintf(text, HUMAN_SIZE, "%" PRIu64 " %s", whole, units[unit]);
	else if (whole < 10)
		snprintf(text, HUMAN_SIZE, "%" PRIu64 ".%02" PRIu64 " %s", whole, part,
			units[unit]);
	else if (whole < 100)
		snprintf(text, HUMAN_SIZE, "%" PRIu64 ".%" PRIu64 " %s", whole, part / 10,
			units[unit]);
	else
		snprintf(text, HUMAN_SIZE, "%" PRIu64 " %s", whole, units[unit]);
}

static void share(uint64_t n, char text[HUMAN_SIZE])
{
	if (n % PPM_WHOLE == 0)
		snprintf(text, HUMAN_SIZE, "%" PRIu64 " %%", n / PPM_PERCENT);
	else if (n < PPM_PERCENT)
		snprintf(text, HUMAN_SIZE, "0.%04" PRIu64 " %%", n);
	else
		snprintf(text, HUMAN_SIZE, "%" PRIu64 ".%02" PRIu64 " %%",
			n / PPM_PERCENT, n % PPM_PERCENT / 100);
}

static void tenths(uint64_t n, char text[HUMAN_SIZE])
{
	count(n / 10, text);
	size_t len = strlen(text);

	snprintf(text + len, HUMAN_SIZE - len, ".%u", (unsigned)(n % 10));
}

static void age(uint64_t s, char text[HUMAN_SIZE])
{
	if (s < 60)
		snprintf(text, HUMAN_SIZE, "%" PRIu64 " s", s);
	else if (s < 3600)
		snprintf(text, HUMAN_SIZE, "%" PRIu64 " min %02" PRIu64 " s", s / 60,
			s % 60);
	else if (s < 86400)
		snprintf(text, HUMAN_SIZE, "%" PRIu64 " h %02" PRIu64 " min", s / 3600,
			s / 60 % 60);
	else
		snprintf(text, HUMAN_SIZE, "%" PRIu64 " d %02" PRIu64 ":%02" PRIu64,
			s / 86400, s / 3600 % 24, s / 60 % 60);
}

const char *human(enum human_kind kind, uint64_t n, char text[HUMAN_SIZE])
{
	static void (*const write[HUMAN_KIND_COUNT])(uint64_t n, char *text) = {
		[HUMAN_TEXT] = count,
		[HUMAN_COUNT] = count,
		[HUMAN_RATE] = rate,
		[HUMAN_OCTETS] = octets,
		[HUMAN_BITS] = bits,
		[HUMAN_PPM] = share,
		[HUMAN_TENTHS] = tenths,
		[HUMAN_AGE] = age,
	};

	write[kind](n, text);
	return text;
}

uint64_t human_ppm(uint64_t part, uint64_t whole)
{
	if (whole == 0)
		return 0;
	if (part > UINT64_MAX / PPM_WHOLE)
		return part / (whole / PPM_WHOLE > 0 ? whole / PPM_WHOLE : 1);
	return part * PPM_WHOLE / whole;
}
