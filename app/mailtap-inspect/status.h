// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// How an output stands, as one line of JSON in NAME.status, put there anew every second or so:
//
//	{"timestamp": when it was written, "output": NAME, "kind": "directory" or "exec",
//	 "pid": of mailtap-inspect, "started": time,
//	 "state": "ok", "waiting" (mails wait for another try), "trouble" or "stopped",
//	 "trouble": why nothing is begun, or "", "last_error": of the newest failed try, or "",
//	 "depth": mails taken from the log without a verdict (at most 1024), of these
//	 "running" and "deferred" (wait for another try), "oldest_s": age of the oldest,
//	 "full": the rest waits in the log, "behind": entries of the log not looked at yet (0 when
//	 it is read to its end), "at": {"segment", "offset", "sequence"} of the last one looked at,
//	 "expired_segments": gone before they were read, "skipped": mails it does not take,
//	 "retries": tries that were not the last, "verdicts": {a number for each verdict}}
//
// Numbers count from the start of the process. A status whose timestamp stands still is that of
// a process that does.

#include "output.h"

// 0 or -errno.
int status_store(const struct output *o, uint64_t started_us, bool stopped);
