// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The process's own log: lines on standard error, with the "<n>" prefix of the journal when
// standard error is the journal. For start, stop, reload and trouble that an operator can act on;
// never on the rx and worker paths, never mail content or addresses. Any thread; never waits: a
// line that standard error cannot take at once is counted instead.

#include <stdbool.h>
#include <stdint.h>

enum mt_log_level {
	MT_LOG_DEBUG,
	MT_LOG_INFO,
	MT_LOG_WARN,
	MT_LOG_ERROR,
	MT_LOG_FATAL,
	MT_LOG_LEVEL_COUNT
};

// One for each place in the code that logs. Private.
struct mt_log_place {
	const char *module;
	uint64_t since_us; // when its first line of late was said
	unsigned lines, unsaid; // since then
	bool listed;
	struct mt_log_place *next;
};

// Lines below this level are not printed. The default is MT_LOG_INFO.
void mt_log_set_level(enum mt_log_level level);
enum mt_log_level mt_log_level(void);
const char *mt_log_level_name(enum mt_log_level level);
// Prints one line: mt_log(LEVEL, "module", "format", ...). Control characters in the arguments are
// shown as '?', so that text from outside cannot forge lines. A place says at most 10 lines in 5 s;
// how many more there were is told once those are over.
#define mt_log(level, module, ...)                                     \
	do {                                                           \
		static struct mt_log_place mt_log_place_;              \
		mt_log_at(&mt_log_place_, level, module, __VA_ARGS__); \
	} while (0)
__attribute__((format(printf, 4, 5))) void mt_log_at(struct mt_log_place *place,
	enum mt_log_level level, const char *module, const char *fmt, ...);
// Tells what was held back by places that have nothing more to say. To be called now and then;
// at_end: also what was held back just now.
void mt_log_settle(bool at_end);
