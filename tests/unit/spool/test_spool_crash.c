// SPDX-License-Identifier: BSD-3-Clause

// The world is stopped before every call that changes the disk, what was not synced is lost, torn
// or reordered, and after the next start every promise is checked (crash_check.c). Half of the
// stops are followed by another one during recovery. MAILTAP_CRASH_FULL=1 runs all seeds whole.

#include "crash_world.h"

#include "mt_log.h"

#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#define STEPS 1200
#define AFTER 60

struct stop {
	uint64_t seed, at;
	enum sim_cut cut;
	uint64_t again; // 0, or the call of the next life before which it stops too
	enum sim_site lie;
	enum spool_durability durability;
	bool retains;
};

static struct world world;

// NULL, or which promise was broken.
static const char *run(const struct stop *x, uint64_t *ret_calls)
{
	struct world *w = &world;

	world_init(w, x->seed);
	w->faults = true;
	w->durability = x->durability;
	w->retains = x->retains;
	sim_disk_lie(w->disk, x->lie);
	sim_disk_stop_at(w->disk, x->at);
	world_live(w, STEPS);
	*ret_calls = sim_disk_count(w->disk);
	if (sim_disk_is_dead(w->disk)) {
		sim_disk_reboot(w->disk, x->cut, x->at);
		w->faults = false;
		sim_disk_stop_at(w->disk, x->again);
		if (x->again != 0)
			world_live(w, 10);
		if (sim_disk_is_dead(w->disk))
			sim_disk_reboot(
				w->disk, (x->cut + x->at) % SIM_CUT_COUNT, x->at + 1);
		sim_disk_stop_at(w->disk, 0);
		w->random = x->at + 77;
		world_live(w, AFTER);
	}
	const char *broken = world_check(w);
	world_fini(w);
	return broken;
}

// Stops at every stride-th call. The number of stops where a promise was broken.
static unsigned run_all(struct stop x, uint64_t stride, bool quiet)
{
	uint64_t calls, ignored;
	unsigned bad = 0;

	x.at = 0;
	const char *broken = run(&x, &calls);
	if (broken != NULL && !quiet)
		cr_log_error("seed %lu, not stopped: %s", x.seed, broken);
	bad += broken != NULL;
	for (uint64_t at = 1; at <= calls; at += stride)
		for (unsigned i = 0; i < 2 * SIM_CUT_COUNT; i++) {
			x.at = at;
			x.cut = (enum sim_cut)(i / 2);
			x.again = i % 2 == 0 ? 0 : 1 + at % 37;
			broken = run(&x, &ignored);
			if (broken == NULL)
				continue;
			if (bad++ < 5 && !quiet)
				cr_log_error(
					"seed %lu, stop at %lu, cut %d, again at %lu: %s",
					x.seed, at, x.cut, x.again, broken);
		}
	return bad;
}

static bool is_full_run(void)
{
	return getenv("MAILTAP_CRASH_FULL") != NULL;
}

static void be_quiet(void)
{
	mt_log_set_level(MT_LOG_FATAL);
}

TestSuite(spool_crash, .init = be_quiet, .timeout = 3600);

Test(spool_crash, no_stop_anywhere_breaks_a_promise)
{
	struct stop x = {.seed = 1};

	cr_expect_eq(run_all(x, 1, false), 0);
}

Test(spool_crash, nor_does_it_in_other_lives)
{
	for (uint64_t seed = 2; seed < 25; seed++) {
		struct stop x = {.seed = seed};
		cr_expect_eq(run_all(x, is_full_run() ? 1 : 41, false), 0);
	}
}

Test(spool_crash, nor_when_each_mail_is_synced_by_itself)
{
	struct stop x = {.seed = 3, .durability = SPOOL_EACH};

	cr_expect_eq(run_all(x, is_full_run() ? 1 : 13, false), 0);
}

Test(spool_crash, nor_when_old_segments_are_deleted)
{
	for (uint64_t seed = 5; seed < 9; seed++) {
		struct stop x = {.seed = seed, .retains = true};
		cr_expect_eq(run_all(x, is_full_run() ? 1 : 17, false), 0);
	}
}

Test(spool_crash, without_durability_an_orderly_end_still_keeps_all)
{
	struct stop x = {.seed = 4, .durability = SPOOL_NONE};
	uint64_t calls;

	cr_expect_null(run(&x, &calls), "%s", run(&x, &calls));
}

Test(spool_crash, a_missing_sync_of_segment_data_is_noticed)
{
	struct stop x = {.seed = 1, .lie = SIM_SITE_SEGMENT_DATA};

	cr_expect_gt(run_all(x, 29, true), 0);
}

Test(spool_crash, a_missing_sync_of_the_folder_is_noticed)
{
	struct stop x = {.seed = 1, .lie = SIM_SITE_SEGMENT_FOLDER};

	cr_expect_gt(run_all(x, 29, true), 0);
}

Test(spool_crash, a_missing_sync_of_eve_json_is_noticed)
{
	struct stop x = {.seed = 1, .lie = SIM_SITE_EVE_DATA};

	cr_expect_gt(run_all(x, 29, true), 0);
}
