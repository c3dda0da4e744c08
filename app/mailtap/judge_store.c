// SPDX-License-Identifier: BSD-3-Clause

// What the judge finds behind the workers: the disk, its memory, and the configuration in force.

#include "judge_internal.h"

#include <inttypes.h>

#define SECOND_US   1000000UL
// The writer tells of the spool a few times a second.
#define STUCK_US    (5 * SECOND_US)
#define LOW_PERCENT 5
#define GIB         (1ULL << 30)

bool judge_disk_full(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	const struct judge_spool *s = &v->now->spool;

	(void)j;
	ret->amount = judge_moved(v, STATS_writer_given_up_disk_full);
	if (ret->amount == 0 && !(s->degraded && s->full))
		return false;
	judge_advise(ret,
		"make room on the spool's file system, or lower spool.retention; writing begins again by itself");
	return judge_say(ret, JUDGE_FAILED,
		"the disk is full: %" PRIu64 " mails given up in %u s, %.1f GB free",
		ret->amount, judge_seconds(v, v->before), (double)s->free / GIB);
}

bool judge_disk_error(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	const struct judge_spool *s = &v->now->spool;

	(void)j;
	ret->amount = judge_moved(v, STATS_writer_given_up_disk_error);
	if (ret->amount == 0 && !(s->degraded && !s->full))
		return false;
	judge_advise(ret,
		"look at the kernel's log (dmesg) and the disk's health; writing is tried again by itself");
	return judge_say(ret, JUDGE_FAILED,
		"the disk failed: %s; %" PRIu64 " mails given up in %u s",
		s->trouble[0] != '\0' ? s->trouble : "a write or sync", ret->amount,
		judge_seconds(v, v->before));
}

bool judge_disk_stuck(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	uint64_t seen_us = v->now->spool.seen_us;

	(void)j;
	if (v->now->at_us < seen_us + STUCK_US)
		return false;
	ret->amount = v->now->at_us - seen_us;
	judge_advise(ret,
		"a hanging disk or network file system: look at dmesg and `iostat -x 1`");
	return judge_say(ret, JUDGE_FAILED,
		"the writer waits for the disk for %" PRIu64 " s",
		ret->amount / SECOND_US);
}

bool judge_disk_low(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	const struct judge_spool *s = &v->now->spool;

	(void)j;
	if (s->total == 0 || s->free >= s->total / 100 * LOW_PERCENT ||
		(s->degraded && s->full))
		return false;
	ret->amount = s->total - s->free;
	judge_advise(ret,
		"mails will be given up when it is full: lower spool.retention, or make room");
	return judge_say(ret, JUDGE_DEGRADED,
		"the spool's disk is nearly full: %.1f GB (%.1f %%) free",
		(double)s->free / GIB, (double)s->free * 100 / (double)s->total);
}

bool judge_chunks_short(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	(void)j;
	ret->amount = judge_moved(v, STATS_writer_given_up_chunk);
	if (ret->amount == 0)
		return false;
	judge_advise(ret,
		"the disk is slower than the mail: a faster disk, or raise memory.chunks (now %" PRIu64
		")",
		v->now->sum.counter[STATS_pool_chunks]);
	return judge_say(ret, JUDGE_DEGRADED,
		"%" PRIu64 " mails given up in %u s for want of chunks", ret->amount,
		judge_seconds(v, v->before));
}

bool judge_reload_failed(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	(void)j;
	if (v->reload_error == NULL)
		return false;
	judge_advise(ret,
		"the configuration before it is in force; `mailtap check -c FILE` shows every mistake");
	return judge_say(
		ret, JUDGE_DEGRADED, "the last reload failed: %s", v->reload_error);
}
