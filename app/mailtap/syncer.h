// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A thread that waits for the disk, so that the writer's poll never does. One job at a time.

#include <stdbool.h>

struct spool_job;
struct syncer;

// NULL when no thread can be made.
struct syncer *syncer_create(void);
// No job may be under way; NULL is allowed.
void syncer_destroy(struct syncer *s);
// Begins a job. There must be none.
void syncer_start(struct syncer *s, struct spool_job *job);
// The finished job, or NULL while it is under way (or none was begun).
struct spool_job *syncer_take(struct syncer *s);
bool syncer_is_busy(const struct syncer *s);
