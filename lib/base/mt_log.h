// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The process's own log: lines on standard error, with the "<n>" prefix that the journal reads
// when standard error is not a terminal. For start, stop, reload and trouble that an operator
// can act on; never on the rx and worker paths, never mail content or addresses.

enum mt_log_level {
	MT_LOG_DEBUG,
	MT_LOG_INFO,
	MT_LOG_WARN,
	MT_LOG_ERROR,
	MT_LOG_FATAL,
	MT_LOG_LEVEL_COUNT
};

// Lines below this level are not printed. The default is MT_LOG_INFO.
void mt_log_set_level(enum mt_log_level level);
enum mt_log_level mt_log_level(void);
const char *mt_log_level_name(enum mt_log_level level);
// Prints one line. Control characters in the arguments are shown as '?', so that text from
// outside cannot forge lines. At most 20 lines a second below MT_LOG_ERROR; the rest are
// counted and the count is told.
__attribute__((format(printf, 3, 4))) void mt_log(
	enum mt_log_level level, const char *module, const char *fmt, ...);
