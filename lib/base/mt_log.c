// SPDX-License-Identifier: BSD-3-Clause
#include "mt_log.h"

#include "mt_clock.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define LINES_PER_SECOND 20

static const struct {
	const char *name;
	int journal; // priority as in syslog(3)
} levels[MT_LOG_LEVEL_COUNT] = {
	[MT_LOG_DEBUG] = {"debug", 7},
	[MT_LOG_INFO] = {"info", 6},
	[MT_LOG_WARN] = {"warn", 4},
	[MT_LOG_ERROR] = {"error", 3},
	[MT_LOG_FATAL] = {"fatal", 2},
};

static _Atomic int threshold = MT_LOG_INFO;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t second; // under lock
static unsigned lines, unsaid; // under lock

void mt_log_set_level(enum mt_log_level level)
{
	atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

enum mt_log_level mt_log_level(void)
{
	return (enum mt_log_level)atomic_load_explicit(&threshold, memory_order_relaxed);
}

const char *mt_log_level_name(enum mt_log_level level)
{
	return levels[level].name;
}

// Answers whether this line may go out, and how many were held back before it.
static int within_rate(enum mt_log_level level, unsigned *ret_unsaid)
{
	uint64_t now = mt_clock_mono_us() / 1000000;

	*ret_unsaid = 0;
	if (now != second) {
		second = now;
		lines = 0;
	}
	if (level < MT_LOG_ERROR && lines >= LINES_PER_SECOND) {
		unsaid++;
		return 0;
	}
	lines++;
	*ret_unsaid = unsaid;
	unsaid = 0;
	return 1;
}

static void print_line(enum mt_log_level level, const char *module, char *text)
{
	for (char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "mailtap: %s%s%s: %s\n",
			level == MT_LOG_INFO ? "" : levels[level].name,
			level == MT_LOG_INFO ? "" : ": ", module, text);
	else
		fprintf(stderr, "<%d>mailtap: %s: %s: %s\n", levels[level].journal,
			levels[level].name, module, text);
}

void mt_log(enum mt_log_level level, const char *module, const char *fmt, ...)
{
	char text[1024];
	unsigned held_back;
	va_list ap;

	if (level < mt_log_level())
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&lock);
	if (within_rate(level, &held_back)) {
		if (held_back > 0) {
			char note[64];
			snprintf(
				note, sizeof(note), "%u lines were held back", held_back);
			print_line(MT_LOG_WARN, "log", note);
		}
		print_line(level, module, text);
	}
	pthread_mutex_unlock(&lock);
}
