// SPDX-License-Identifier: BSD-3-Clause
#include "plan.h"

#include <errno.h>

static struct plan_lcore *lcore_on(struct plan *plan, uint32_t cpu)
{
	for (uint32_t i = 0; i < plan->lcore_count; i++)
		if (plan->lcores[i].cpu == cpu)
			return &plan->lcores[i];
	if (plan->lcore_count == PLAN_LCORES_MAX)
		return &plan->lcores[PLAN_LCORES_MAX - 1];
	struct plan_lcore *fresh = &plan->lcores[plan->lcore_count++];
	*fresh = (struct plan_lcore){.cpu = cpu};
	return fresh;
}

static void place(struct plan *plan, uint32_t cpu, enum plan_role_kind kind)
{
	struct plan_lcore *lcore = lcore_on(plan, cpu);
	uint32_t index = 0;

	if (kind == PLAN_RX)
		index = plan->rx_count++;
	else if (kind == PLAN_WORKER)
		index = plan->worker_count++;
	lcore->roles[lcore->role_count++] = (struct plan_role){kind, index};
}

// On few CPUs the writer gets one to itself as soon as there are two: it hashes and appends every
// octet, which costs more than receiving and following it.
static void place_by_itself(
	struct plan *plan, const uint32_t *cpus, uint32_t n, uint32_t sources)
{
	if (n > PLAN_LCORES_MAX)
		n = PLAN_LCORES_MAX;
	if (n <= 2) {
		place(plan, cpus[0], PLAN_RX);
		place(plan, cpus[0], PLAN_WORKER);
		place(plan, cpus[n - 1], PLAN_WRITER);
		return;
	}
	uint32_t rx = n / 4 > 0 ? n / 4 : 1;
	if (rx > sources && sources > 0)
		rx = sources;
	for (uint32_t i = 0; i < rx; i++)
		place(plan, cpus[i], PLAN_RX);
	for (uint32_t i = rx; i < n - 1; i++)
		place(plan, cpus[i], PLAN_WORKER);
	place(plan, cpus[n - 1], PLAN_WRITER);
}

static int check_cpu(
	const uint32_t *cpus, uint32_t n, uint32_t cpu, struct mt_error *error)
{
	for (uint32_t i = 0; i < n; i++)
		if (cpus[i] == cpu)
			return 0;
	return mt_error_set(error, EINVAL,
		"cores: CPU %u is not one this process may use; `taskset -p $$` shows which are",
		cpu);
}

static int place_as_told(struct plan *plan, const struct conf_cores *cores,
	const uint32_t *cpus, uint32_t n, struct mt_error *error)
{
	for (uint32_t i = 0; i < cores->rx_count; i++) {
		if (check_cpu(cpus, n, cores->rx[i], error) != 0)
			return -EINVAL;
		place(plan, cores->rx[i], PLAN_RX);
	}
	for (uint32_t i = 0; i < cores->worker_count; i++) {
		if (check_cpu(cpus, n, cores->workers[i], error) != 0)
			return -EINVAL;
		place(plan, cores->workers[i], PLAN_WORKER);
	}
	if (check_cpu(cpus, n, cores->writer, error) != 0)
		return -EINVAL;
	place(plan, cores->writer, PLAN_WRITER);
	return 0;
}

int plan_make(struct plan *plan, const struct conf_cores *cores, const uint32_t *cpus,
	uint32_t cpu_count, uint32_t sources, struct mt_error *error)
{
	*plan = (struct plan){0};
	if (!cores->automatic)
		return place_as_told(plan, cores, cpus, cpu_count, error);
	place_by_itself(plan, cpus, cpu_count, sources);
	return 0;
}

void plan_lcores_text(const struct plan *plan, const uint32_t *cpus, uint32_t cpu_count,
	struct mt_buf *out)
{
	mt_buf_add_text(out, "0@(");
	for (uint32_t i = 0; i < cpu_count; i++)
		mt_buf_printf(out, "%s%u", i > 0 ? "," : "", cpus[i]);
	mt_buf_add_char(out, ')');
	for (uint32_t i = 0; i < plan->lcore_count; i++)
		mt_buf_printf(out, ",%u@%u", i + 1, plan->lcores[i].cpu);
	mt_buf_add_char(out, '\0');
}
