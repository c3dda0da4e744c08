// SPDX-License-Identifier: BSD-3-Clause
#include "mt_log.h"

#include "mt_clock.h"

#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE_LINES 10
#define PLACE_US    5000000
#define LINE_SIZE   1024

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
static struct mt_log_place *places; // under lock: those that have held something back
static unsigned untaken; // under lock: lines that standard error did not take

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

// --- one line

// Whether standard error is the stream that JOURNAL_STREAM names by device and inode.
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char *end;

	if (stream == NULL || fstat(STDERR_FILENO, &st) != 0)
		return false;
	return strtoull(stream, &end, 10) == st.st_dev && *end == ':' &&
		strtoull(end + 1, NULL, 10) == st.st_ino;
}

// A reader that has stopped reading must not stop us.
static bool takes_a_line(void)
{
	struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};

	return poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0;
}

static void print_line(enum mt_log_level level, const char *module, char *text)
{
	bool plain = level == MT_LOG_INFO && isatty(STDERR_FILENO);
	char line[LINE_SIZE + 64], prefix[8] = "";

	for (char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	if (is_journal())
		snprintf(prefix, sizeof(prefix), "<%d>", levels[level].journal);
	int len = snprintf(line, sizeof(line), "%smailtap: %s%s%s: %s\n", prefix,
		plain ? "" : levels[level].name, plain ? "" : ": ", module, text);
	// In one piece, so that lines of several processes do not mix.
	if (!takes_a_line() || write(STDERR_FILENO, line, (size_t)len) != len)
		untaken++;
}

static void print_count(const char *module, unsigned count, const char *what)
{
	char text[64];

	snprintf(text, sizeof(text), "%u %s", count, what);
	print_line(MT_LOG_WARN, module, text);
}

static void print_untaken(void)
{
	unsigned count = untaken;

	if (count == 0 || !takes_a_line())
		return;
	untaken = 0;
	print_count("log", count, "lines found no reader");
}

// --- how much a place may say

static void print_unsaid(struct mt_log_place *p)
{
	if (p->unsaid > 0)
		print_count(p->module, p->unsaid, "more such lines were held back");
	p->unsaid = 0;
	p->lines = 0;
}

static bool may_speak(struct mt_log_place *p)
{
	uint64_t now_us = mt_clock_mono_us();

	if (p->lines == 0 || now_us - p->since_us >= PLACE_US) {
		print_unsaid(p);
		p->since_us = now_us;
	}
	if (p->lines < PLACE_LINES) {
		p->lines++;
		return true;
	}
	p->unsaid++;
	if (!p->listed) {
		p->listed = true;
		p->next = places;
		places = p;
	}
	return false;
}

void mt_log_at(struct mt_log_place *place, enum mt_log_level level, const char *module,
	const char *fmt, ...)
{
	char text[LINE_SIZE];
	va_list ap;

	if (level < mt_log_level())
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&lock);
	place->module = module;
	print_untaken();
	if (may_speak(place))
		print_line(level, module, text);
	pthread_mutex_unlock(&lock);
}

void mt_log_settle(bool at_end)
{
	pthread_mutex_lock(&lock);
	uint64_t now_us = mt_clock_mono_us();
	print_untaken();
	for (struct mt_log_place *p = places; p != NULL; p = p->next)
		if (at_end || now_us - p->since_us >= PLACE_US)
			print_unsaid(p);
	pthread_mutex_unlock(&lock);
}
