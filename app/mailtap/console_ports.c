// SPDX-License-Identifier: BSD-3-Clause
#include "console_show.h"

#include <stdio.h>

static void fill_port(const struct watch *w, uint32_t i, struct console_out *o)
{
	const struct judge_port_name *name = &w->names[i];
	const struct judge_sample *now = watch_now(w);
	const struct judge_port *p = &now->ports[i], *then = &watch_ago(w, 10)->ports[i];
	const char leg[2] = {name->leg, '\0'};

	console_text(o, "interface", name->interface);
	console_text(o, "device", name->device);
	console_text(o, "driver", w->drivers[i]);
	console_text(o, "leg", leg);
	console_yes(o, "member", name->member);
	console_text(o, "link", p->link_up ? "up" : "down");
	console_u64(o, "packets", p->packets);
	console_u64(o, "octets", p->octets);
	console_u64(o, "missed", p->missed);
	console_u64(o, "errors", p->errors);
	console_u64(o, "no_mbuf", p->no_mbuf);
	console_u64(o, "sent", p->sent);
	console_u64(o, "packets_s", watch_rate(w, p->packets, then->packets));
	console_u64(o, "octets_s", watch_rate(w, p->octets, then->octets));
	console_u64(o, "missed_s", watch_rate(w, p->missed, then->missed));
	console_u64(o, "silent_s", (now->at_us - p->moved_us) / 1000000);
}

void console_ports(const struct console_ask *ask, struct console_out *o)
{
	const struct watch *w = ask->watch;
	struct console_page page;
	char key[24];

	if (!console_page_read(ask->params, &page)) {
		console_error(o, "ports: a port's number is wanted, or nothing");
		return;
	}
	for (uint64_t i = page.start; i < w->port_count && i - page.start < page.count;
		i++) {
		struct console_out one;
		if (!console_child_begin(&one))
			break;
		fill_port(w, (uint32_t)i, &one);
		snprintf(key, sizeof(key), "port%u", (uint32_t)i);
		if (!console_child_give(o, key, &one))
			break;
	}
}

// "rx0 worker0 writer"
static void add_roles(const struct plan_lcore *l, struct console_out *o)
{
	static const char *const kinds[] = {
		[PLAN_RX] = "rx",
		[PLAN_WORKER] = "worker",
		[PLAN_WRITER] = "writer",
	};
	char text[CONSOLE_TEXT] = "";
	size_t len = 0;

	for (uint32_t r = 0; r < l->role_count && len < sizeof(text) - 16; r++) {
		const char *space = r > 0 ? " " : "";
		if (l->roles[r].kind == PLAN_WRITER)
			len += (size_t)snprintf(
				text + len, sizeof(text) - len, "%swriter", space);
		else
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s%u",
				space, kinds[l->roles[r].kind], l->roles[r].index);
	}
	console_text(o, "roles", text);
}

// What waits in front of the roles of an lcore: packets for a worker, chunks for the writer.
static void count_waiting(const struct app *app, const struct plan_lcore *l,
	uint64_t *ret_waiting, uint64_t *ret_size)
{
	*ret_waiting = *ret_size = 0;
	for (uint32_t r = 0; r < l->role_count; r++) {
		const struct plan_role *role = &l->roles[r];
		if (role->kind == PLAN_WORKER) {
			const struct worker *w = &app->workers[role->index];
			for (uint32_t i = 0; i < w->input_count; i++) {
				*ret_waiting += queue_count(w->inputs[i]);
				*ret_size += queue_size(w->inputs[i]);
			}
		}
		for (uint32_t i = 0;
			role->kind == PLAN_WRITER && i < app->plan.worker_count; i++) {
			*ret_waiting += queue_count(app->workers[i].to_writer);
			*ret_size += queue_size(app->workers[i].to_writer);
		}
	}
}

void console_lcores(const struct console_ask *ask, struct console_out *o)
{
	const struct app *app = ask->app;
	const struct judge_sample *now = watch_now(ask->watch),
				  *then = watch_ago(ask->watch, 10);
	char key[24];

	for (uint32_t i = 0; i < app->plan.lcore_count; i++) {
		const struct plan_lcore *l = &app->plan.lcores[i];
		uint64_t busy = now->busy[i] - then->busy[i];
		uint64_t all = busy + now->idle[i] - then->idle[i];
		uint64_t waiting, size;
		struct console_out one;
		if (!console_child_begin(&one))
			break;
		count_waiting(app, l, &waiting, &size);
		console_u64(&one, "cpu", l->cpu);
		add_roles(l, &one);
		console_ppm(&one, "busy_ppm", busy, all);
		console_u64(&one, "rings", waiting);
		console_u64(&one, "ring_size", size);
		snprintf(key, sizeof(key), "lcore%u", i + 1);
		if (!console_child_give(o, key, &one))
			break;
	}
}
