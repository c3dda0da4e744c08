// SPDX-License-Identifier: BSD-3-Clause

// Thousands of random schedules against a dialogue that is known in full.

#include "model.h"
#include "stream_stack.h"

#include <stddef.h>

#include <criterion/criterion.h>

#define SEEDS 1500

static void run_all(struct model_plan plan)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		plan.seed = seed;
		const char *fault = model_run(&plan);
		cr_assert(fault == NULL, "%s", fault);
	}
}

Test(stream_model, a_clean_trace_goes_up_as_it_was_said)
{
	run_all((struct model_plan){0});
}

Test(stream_model, repeated_and_recut_segments_change_nothing)
{
	run_all((struct model_plan){.repeat = true});
}

Test(stream_model, reordered_packets_change_nothing)
{
	run_all((struct model_plan){.reorder = true, .repeat = true});
}

Test(stream_model, a_leg_that_comes_late_changes_nothing)
{
	run_all((struct model_plan){.skew = 5});
	run_all((struct model_plan){.skew = 64});
}

Test(stream_model, skew_and_disorder_together_lose_nothing)
{
	run_all((struct model_plan){.skew = 64, .repeat = true, .reorder = true});
}

Test(stream_model, lost_packets_are_holes_of_exactly_their_size)
{
	run_all((struct model_plan){.lose = true});
	run_all((struct model_plan){.lose = true, .repeat = true, .reset = true});
	run_all((struct model_plan){
		.lose = true, .repeat = true, .reorder = true, .skew = 20});
}

Test(stream_model, forged_copies_never_unbalance_the_sums)
{
	run_all((struct model_plan){
		.repeat = true, .forge = true, .reorder = true, .reset = true});
}

Test(stream_model, with_every_stack_the_same_octets_are_the_same)
{
	for (unsigned stack = 0; stack < STREAM_STACK_COUNT; stack++)
		run_all((struct model_plan){
			.stack = stack, .repeat = true, .reorder = true, .skew = 20});
}

Test(stream_model, what_the_receiver_refuses_never_counts)
{
	for (unsigned stack = 0; stack < STREAM_STACK_COUNT; stack++)
		run_all((struct model_plan){
			.stack = stack, .refused = true, .repeat = true});
}

Test(stream_model, a_reader_that_blocks_gets_everything_in_the_end)
{
	run_all((struct model_plan){.starve = true,
		.repeat = true,
		.reorder = true,
		.lose = true,
		.skew = 30});
}
