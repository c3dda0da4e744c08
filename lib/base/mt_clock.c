// SPDX-License-Identifier: BSD-3-Clause
#include "mt_clock.h"

#include <string.h>
#include <time.h>

static uint64_t read_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t mt_clock_wall_us(void)
{
	return read_us(CLOCK_REALTIME);
}

uint64_t mt_clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

static char *put_digits(char *at, unsigned value, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		at[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return at + width;
}

size_t mt_clock_text(uint64_t at_us, char text[MT_CLOCK_TEXT_SIZE])
{
	// Four digits of year: later times are shown as the last moment that fits.
	const uint64_t last_s = 253402300799ULL;
	time_t s = (time_t)(at_us / 1000000 > last_s ? last_s : at_us / 1000000);
	struct tm t;
	char *p = text;

	gmtime_r(&s, &t);
	p = put_digits(p, (unsigned)t.tm_year + 1900, 4);
	*p++ = '-';
	p = put_digits(p, (unsigned)t.tm_mon + 1, 2);
	*p++ = '-';
	p = put_digits(p, (unsigned)t.tm_mday, 2);
	*p++ = 'T';
	p = put_digits(p, (unsigned)t.tm_hour, 2);
	*p++ = ':';
	p = put_digits(p, (unsigned)t.tm_min, 2);
	*p++ = ':';
	p = put_digits(p, (unsigned)t.tm_sec, 2);
	*p++ = '.';
	p = put_digits(p, (unsigned)(at_us % 1000000), 6);
	memcpy(p, "+0000", 6);
	return (size_t)(p - text) + 5;
}
