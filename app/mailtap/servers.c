// SPDX-License-Identifier: BSD-3-Clause
#include "servers.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

// Dark sessions in a row that mean something, at the least.
#define DARK_RUN_MIN   8
// As many would be expected to hold this many readable ones: e^-7 is less than one in a thousand.
#define DARK_RUN_CLEAR 7

struct servers *servers_create(void)
{
	struct servers *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	// Without random octets the table works as well, only not against an enemy.
	if (getrandom(&s->secret, sizeof(s->secret), GRND_NONBLOCK) < 0)
		s->secret = (struct mt_siphash_key){0x6d61696c74617031, 2};
	return s;
}

void servers_destroy(struct servers *s)
{
	free(s);
}

static uint64_t read_of(const _Atomic uint64_t *what)
{
	return atomic_load_explicit(what, memory_order_relaxed);
}

static void set(_Atomic uint64_t *what, uint64_t to)
{
	atomic_store_explicit(what, to, memory_order_relaxed);
}

static void move(_Atomic uint64_t *what, uint64_t by)
{
	set(what, read_of(what) + by);
}

static uint16_t find_or_add(struct servers *s, const struct packet_addr *server)
{
	uint32_t used = atomic_load_explicit(&s->used, memory_order_relaxed);
	uint32_t at = (uint32_t)mt_siphash(&s->secret, server, sizeof(*server));

	for (;; at++) {
		uint16_t *index = &s->index[at % SERVERS_INDEX];
		if (*index == 0) {
			if (used == SERVERS_MAX)
				return SERVERS_MAX;
			s->slots[used].addr = *server;
			*index = (uint16_t)(used + 1);
			atomic_store_explicit(&s->used, used + 1, memory_order_release);
			return (uint16_t)used;
		}
		if (memcmp(&s->slots[*index - 1].addr, server, sizeof(*server)) == 0)
			return (uint16_t)(*index - 1);
	}
}

uint16_t servers_begin(
	struct servers *s, const struct packet_addr *server, uint64_t now_us)
{
	uint16_t place = find_or_add(s, server);

	move(&s->slots[place].sessions, 1);
	move(&s->slots[place].open, 1);
	set(&s->slots[place].last_us, now_us);
	return place;
}

void servers_end(struct servers *s, uint16_t place, uint64_t now_us)
{
	move(&s->slots[place].open, (uint64_t)-1);
	set(&s->slots[place].last_us, now_us);
}

void servers_tls(
	struct servers *s, uint16_t place, enum servers_tls what, uint64_t now_us)
{
	struct servers_slot *slot = &s->slots[place];
	_Atomic uint64_t *const figures[] = {
		[SERVERS_TLS_DARK] = &slot->dark,
		[SERVERS_TLS_IMPLICIT] = &slot->implicit,
		[SERVERS_TLS_REFUSED] = &slot->tls_refused,
		[SERVERS_TLS_UNUSED] = &slot->tls_unused,
	};

	move(figures[what], 1);
	set(&slot->last_us, now_us);
}

void servers_mail(struct servers *s, uint16_t place, const struct servers_fate *fate,
	uint64_t now_us)
{
	struct servers_slot *slot = &s->slots[place];

	move(fate->outcome == SERVERS_ACCEPTED             ? &slot->accepted
			: fate->outcome == SERVERS_REFUSED ? &slot->refused
							   : &slot->unknown,
		1);
	if (fate->complete)
		move(&slot->complete, 1);
	if (fate->first)
		move(&slot->clear, 1);
	set(&slot->last_us, now_us);
}

// --- adding up

static void add(struct servers_row *row, const struct servers_slot *slot)
{
	uint64_t last_us = read_of(&slot->last_us);

	row->sessions += read_of(&slot->sessions);
	row->open += read_of(&slot->open);
	row->accepted += read_of(&slot->accepted);
	row->refused += read_of(&slot->refused);
	row->unknown += read_of(&slot->unknown);
	row->complete += read_of(&slot->complete);
	row->dark += read_of(&slot->dark);
	row->implicit += read_of(&slot->implicit);
	row->tls_refused += read_of(&slot->tls_refused);
	row->tls_unused += read_of(&slot->tls_unused);
	row->clear += read_of(&slot->clear);
	if (last_us > row->last_us)
		row->last_us = last_us;
}

static void begin_anew(struct servers_row *row)
{
	*row = (struct servers_row){
		.addr = row->addr,
		.read_before = row->read_before,
		.dark_base = row->dark_base,
		.read_us = row->read_us,
	};
}

// The first row that does not stand before this address.
static uint32_t lower_bound(const struct servers_view *v, const struct packet_addr *addr)
{
	uint32_t low = 0, high = v->count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (memcmp(&v->rows[middle].addr, addr, sizeof(*addr)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct servers_row *row_of(struct servers_view *v, const struct packet_addr *addr)
{
	uint32_t at = lower_bound(v, addr);

	if (at < v->count && memcmp(&v->rows[at].addr, addr, sizeof(*addr)) == 0)
		return &v->rows[at];
	if (v->count == SERVERS_MAX)
		return &v->others;
	memmove(&v->rows[at + 1], &v->rows[at], (v->count - at) * sizeof(v->rows[0]));
	v->rows[at] = (struct servers_row){.addr = *addr};
	v->count++;
	return &v->rows[at];
}

// Sessions that could have been read. Those of a port of TLS never could.
static uint64_t taken_by_tls(const struct servers_row *row)
{
	return row->dark > row->implicit ? row->dark - row->implicit : 0;
}

// Dark sessions are counted from the last look at which a readable one had come.
static void note_run(struct servers_row *row)
{
	uint64_t read = row->accepted + row->refused + row->unknown;

	if (read != row->read_before) {
		row->read_before = read;
		row->dark_base = taken_by_tls(row);
		row->read_us = row->last_us;
	}
}

void servers_view_update(
	struct servers_view *v, const struct servers *const *tables, uint32_t count)
{
	for (uint32_t i = 0; i < v->count; i++)
		begin_anew(&v->rows[i]);
	begin_anew(&v->others);
	for (uint32_t t = 0; t < count; t++) {
		uint32_t used =
			atomic_load_explicit(&tables[t]->used, memory_order_acquire);
		for (uint32_t i = 0; i < used; i++)
			add(row_of(v, &tables[t]->slots[i].addr), &tables[t]->slots[i]);
		add(&v->others, &tables[t]->slots[SERVERS_MAX]);
	}
	for (uint32_t i = 0; i < v->count; i++)
		note_run(&v->rows[i]);
}

uint64_t servers_dark_run(const struct servers_row *row)
{
	uint64_t taken = taken_by_tls(row);
	// Another thread may have counted one of two figures that belong together.
	uint64_t run = taken > row->dark_base ? taken - row->dark_base : 0;
	uint64_t before = row->clear + row->dark_base;

	if (run < DARK_RUN_MIN)
		return 0;
	// With a share of readable sessions of clear / before, so long a run is no chance.
	if (row->clear > 0 && run * row->clear < DARK_RUN_CLEAR * before)
		return 0;
	return run;
}
