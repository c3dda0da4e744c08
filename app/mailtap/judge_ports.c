// SPDX-License-Identifier: BSD-3-Clause

// What the judge finds before packets reach a worker: cables, legs, losses.

#include "judge_internal.h"

#include <inttypes.h>
#include <stdio.h>

#define SECOND_US       1000000UL
// A leg is dead when it is silent for so long while the other one brings so many packets, and still
// does.
#define LEG_SILENT_US   (4 * SECOND_US)
#define LEG_BUSY_US     (2 * SECOND_US)
#define LEG_PACKETS_MIN 20
// All ports silent: worth a word, and a trouble.
#define SILENT_NOTE_US  (8 * SECOND_US)
#define SILENT_US       (60 * SECOND_US)

#define NAME_SIZE 64

// "tap0 leg a (eth0)". Short, so that there is room for what is wrong with it.
static void name_port(const struct judge_view *v, uint32_t i, char ret[NAME_SIZE])
{
	const struct judge_port_name *n = &v->names[i];

	if (n->leg != '\0')
		snprintf(ret, NAME_SIZE, "%.20s leg %c (%.24s)", n->interface, n->leg,
			n->device);
	else
		snprintf(ret, NAME_SIZE, "%.20s (%.30s)", n->interface, n->device);
}

static uint64_t silent_us(const struct judge_view *v, uint32_t i)
{
	uint64_t moved_us = v->now->ports[i].moved_us;

	return v->now->at_us > moved_us ? v->now->at_us - moved_us : 0;
}

static uint64_t came(const struct judge_view *v, uint32_t i)
{
	uint64_t now = v->now->ports[i].packets, then = v->before->ports[i].packets;

	return now > then ? now - then : 0;
}

// The other leg of a pair, or port_count.
static uint32_t other_leg(const struct judge_view *v, uint32_t i)
{
	for (uint32_t o = 0; o < v->port_count; o++)
		if (o != i && v->names[o].leg != '\0' && v->names[i].leg != '\0' &&
			strcmp(v->names[o].interface, v->names[i].interface) == 0)
			return o;
	return v->port_count;
}

bool judge_link_down(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	uint32_t down = 0, up = 0, first = 0;
	char name[NAME_SIZE];

	(void)j;
	for (uint32_t i = 0; i < v->port_count; i++) {
		if (v->names[i].file)
			continue;
		if (v->now->ports[i].link_up) {
			up++;
			continue;
		}
		if (down++ == 0)
			first = i;
	}
	if (down == 0)
		return false;
	ret->amount = down;
	name_port(v, first, name);
	judge_advise(ret,
		"look at the cable, the transceiver and the tap; `ip link` for a kernel interface");
	if (down > 1)
		return judge_say(ret, up == 0 ? JUDGE_FAILED : JUDGE_DEGRADED,
			"%s and %u more ports have no link", name, down - 1);
	return judge_say(
		ret, up == 0 ? JUDGE_FAILED : JUDGE_DEGRADED, "%s has no link", name);
}

bool judge_leg_dead(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	char name[NAME_SIZE];

	(void)j;
	for (uint32_t i = 0; i < v->port_count; i++) {
		uint32_t o = other_leg(v, i);
		if (o == v->port_count || v->names[i].file ||
			silent_us(v, i) < LEG_SILENT_US ||
			silent_us(v, o) > LEG_BUSY_US || came(v, o) < LEG_PACKETS_MIN)
			continue;
		name_port(v, i, name);
		ret->amount = silent_us(v, i);
		judge_advise(ret,
			"one direction is missing, no mail is whole: look at that leg's cable and the tap's output");
		return judge_say(ret, JUDGE_DEGRADED,
			"%s is silent for %" PRIu64 " s while leg %c brings packets",
			name, silent_us(v, i) / SECOND_US, v->names[o].leg);
	}
	return false;
}

bool judge_nothing_seen(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	uint64_t shortest_us = UINT64_MAX;
	uint32_t live = 0;

	(void)j;
	for (uint32_t i = 0; i < v->port_count; i++) {
		if (v->names[i].file || v->names[i].member)
			continue;
		live++;
		if (silent_us(v, i) < shortest_us)
			shortest_us = silent_us(v, i);
	}
	if (live == 0 || shortest_us < SILENT_NOTE_US)
		return false;
	ret->amount = shortest_us;
	judge_advise(ret,
		"is the tap or mirror port switched on, and on this interface? `tcpdump -i` shows what the kernel sees");
	return judge_say(ret, shortest_us < SILENT_US ? JUDGE_NOTICE : JUDGE_DEGRADED,
		"not a single packet on any port for %" PRIu64 " s",
		shortest_us / SECOND_US);
}

bool judge_port_lost(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	uint64_t most = 0, got = 0;
	uint32_t which = 0;
	char name[NAME_SIZE];

	(void)j;
	for (uint32_t i = 0; i < v->port_count; i++) {
		uint64_t now = v->now->ports[i].missed, then = v->before->ports[i].missed;
		if (now <= then || now - then <= most)
			continue;
		most = now - then;
		which = i;
		got = came(v, i);
	}
	if (most == 0)
		return false;
	name_port(v, which, name);
	ret->amount = most;
	judge_advise(ret,
		"more interfaces.queues and cores.rx, or idle: spin (mailtapctl lcores); af_packet: net.core.netdev_max_backlog");
	return judge_say(ret, JUDGE_DEGRADED,
		"%s lost %" PRIu64 " packets in %u s (%.3g %%)", name, most,
		judge_seconds(v, v->before), (double)most * 100 / (double)(most + got));
}

bool judge_port_sent(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	char name[NAME_SIZE];

	(void)j;
	for (uint32_t i = 0; i < v->port_count; i++) {
		if (v->now->ports[i].sent == 0)
			continue;
		name_port(v, i, name);
		ret->amount = v->now->ports[i].sent;
		judge_advise(ret,
			"a tap must be silent: a fault of the program or driver, please report it");
		return judge_say(ret, JUDGE_DEGRADED, "%s has sent %" PRIu64 " packets",
			name, v->now->ports[i].sent);
	}
	return false;
}

bool judge_no_buffers(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	(void)j;
	ret->amount = judge_moved(v, STATS_rx_no_mbuf);
	// A file waits for buffers, and nothing of it is lost.
	if (ret->amount == 0 || (v->port_count > 0 && v->names[0].file))
		return false;
	judge_advise(ret,
		"raise memory.mbufs; or give the workers more cores, so that buffers come back sooner");
	return judge_say(ret, JUDGE_DEGRADED,
		"%" PRIu64 " packets dropped in %u s for want of packet buffers",
		ret->amount, judge_seconds(v, v->before));
}

bool judge_workers_slow(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	(void)j;
	ret->amount = judge_moved(v, STATS_rx_ring_full);
	if (ret->amount == 0)
		return false;
	judge_advise(ret,
		"give the workers more cores (cores.workers); mailtapctl lcores shows which are full");
	return judge_say(ret, JUDGE_DEGRADED,
		"%" PRIu64 " packets dropped in %u s: the workers are too slow",
		ret->amount, judge_seconds(v, v->before));
}
