// SPDX-License-Identifier: BSD-3-Clause
#include "plan.h"

#include <criterion/criterion.h>

static const uint32_t cpus[] = {0, 1, 2, 3, 4, 5, 6, 7};

static struct plan make(uint32_t cpu_count, uint32_t sources)
{
	struct conf_cores cores = {.automatic = true};
	struct plan plan;
	struct mt_error error;

	cr_assert_eq(plan_make(&plan, &cores, cpus, cpu_count, sources, &error), 0);
	return plan;
}

static uint32_t count_roles(const struct plan *plan, enum plan_role_kind kind)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < plan->lcore_count; i++)
		for (uint32_t r = 0; r < plan->lcores[i].role_count; r++)
			n += plan->lcores[i].roles[r].kind == kind;
	return n;
}

Test(plan, every_number_of_cpus_has_every_role_and_one_writer)
{
	for (uint32_t n = 1; n <= 8; n++) {
		struct plan plan = make(n, 4);
		cr_assert_geq(count_roles(&plan, PLAN_RX), 1, "%u CPUs", n);
		cr_assert_geq(count_roles(&plan, PLAN_WORKER), 1, "%u CPUs", n);
		cr_assert_eq(count_roles(&plan, PLAN_WRITER), 1, "%u CPUs", n);
		cr_assert_eq(plan.lcore_count, n, "%u CPUs", n);
		cr_assert_eq(count_roles(&plan, PLAN_RX), plan.rx_count);
		cr_assert_eq(count_roles(&plan, PLAN_WORKER), plan.worker_count);
	}
}

Test(plan, one_cpu_carries_all_three_roles)
{
	struct plan plan = make(1, 1);

	cr_assert_eq(plan.lcore_count, 1);
	cr_assert_eq(plan.lcores[0].role_count, 3);
}

Test(plan, two_cpus_give_the_writer_its_own)
{
	struct plan plan = make(2, 1);

	cr_assert_eq(plan.lcores[1].role_count, 1);
	cr_assert_eq(plan.lcores[1].roles[0].kind, PLAN_WRITER);
}

Test(plan, no_more_rx_than_there_is_to_poll)
{
	struct plan plan = make(8, 1);

	cr_assert_eq(plan.rx_count, 1);
	cr_assert_eq(plan.worker_count, 6);
}

Test(plan, named_cores_may_share_a_cpu)
{
	struct conf_cores cores = {.rx = {0},
		.rx_count = 1,
		.workers = {0, 1},
		.worker_count = 2,
		.writer = 1};
	struct plan plan;
	struct mt_error error;

	cr_assert_eq(plan_make(&plan, &cores, cpus, 2, 1, &error), 0);
	cr_assert_eq(plan.lcore_count, 2);
	cr_assert_eq(plan.lcores[0].role_count, 2);
	cr_assert_eq(plan.lcores[1].role_count, 2);
}

Test(plan, a_cpu_that_is_not_ours_is_named_in_the_error)
{
	struct conf_cores cores = {
		.rx = {0}, .rx_count = 1, .workers = {9}, .worker_count = 1, .writer = 0};
	struct plan plan;
	struct mt_error error;

	cr_assert_lt(plan_make(&plan, &cores, cpus, 2, 1, &error), 0);
	cr_assert_neq(strstr(error.text, "CPU 9"), NULL, "%s", error.text);
}

Test(plan, the_control_thread_floats_and_the_roles_are_pinned)
{
	struct plan plan = make(2, 1);
	struct mt_buf text;

	mt_buf_init(&text, 1024);
	plan_lcores_text(&plan, cpus, 2, &text);
	cr_assert_str_eq((const char *)text.ptr, "0@(0,1),1@0,2@1");
	mt_buf_fini(&text);
}
