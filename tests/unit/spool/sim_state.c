// SPDX-License-Identifier: BSD-3-Clause
#include "sim_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512

// --- images

static void image_resize(struct image *i, size_t size)
{
	if (size > i->room) {
		i->room = size * 2;
		i->data = realloc(i->data, i->room);
		if (i->data == NULL)
			abort();
	}
	if (size > i->size)
		memset(i->data + i->size, 0, size - i->size);
	i->size = size;
}

static void image_write(struct image *i, uint64_t offset, const uint8_t *data, size_t len)
{
	if (len == 0)
		return;
	if (offset + len > i->size)
		image_resize(i, offset + len);
	if (data != NULL)
		memcpy(i->data + offset, data, len);
	else
		memset(i->data + offset, 0, len);
}

static void image_copy(struct image *to, const struct image *from)
{
	to->size = 0;
	image_write(to, 0, from->data, from->size);
}

void sim_change_apply(struct image *i, const struct change *c)
{
	if (c->kind == CHANGE_RESIZE)
		image_resize(i, c->len);
	else
		image_write(i, c->offset, c->data, c->len);
}

void sim_changes_clear(struct inode *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->changes[i].data);
	n->count = 0;
}

void sim_change_add(struct inode *n, enum change_kind kind, uint64_t offset,
	const void *data, size_t len)
{
	if (n->count == n->room) {
		n->room = n->room == 0 ? 8 : n->room * 2;
		n->changes = realloc(n->changes, n->room * sizeof(n->changes[0]));
		if (n->changes == NULL)
			abort();
	}
	struct change c = {.kind = kind, .offset = offset, .len = len};
	if (data != NULL) {
		c.data = malloc(len > 0 ? len : 1);
		memcpy(c.data, data, len);
	}
	n->changes[n->count++] = c;
	sim_change_apply(&n->now, &c);
}

// --- names

struct name *sim_name_find(struct names *all, const char *path)
{
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->all[i].path, path) == 0)
			return &all->all[i];
	return NULL;
}

void sim_name_set(struct names *all, const char *path, int inode)
{
	struct name *n = sim_name_find(all, path);

	if (n == NULL) {
		if (all->count == NAMES)
			abort();
		n = &all->all[all->count++];
		snprintf(n->path, sizeof(n->path), "%s", path);
	}
	n->inode = inode;
}

static void names_remove(struct names *all, const char *path)
{
	struct name *n = sim_name_find(all, path);

	if (n != NULL)
		*n = all->all[--all->count];
}

void sim_step_apply(struct names *all, const struct step *s)
{
	if (s->from[0] != '\0')
		names_remove(all, s->from);
	if (s->to[0] != '\0')
		sim_name_set(all, s->to, s->inode);
}

void sim_step_add(struct sim_disk *d, const char *from, const char *to, int inode)
{
	if (d->step_count == NAMES)
		abort();
	struct step *s = &d->steps[d->step_count++];
	snprintf(s->from, sizeof(s->from), "%s", from);
	snprintf(s->to, sizeof(s->to), "%s", to);
	s->inode = inode;
	sim_step_apply(&d->now, s);
}

// --- what survives

static uint64_t draw(struct sim_disk *d)
{
	d->random ^= d->random << 13;
	d->random ^= d->random >> 7;
	d->random ^= d->random << 17;
	return d->random;
}

static void survive_torn(struct sim_disk *d, struct image *sure, const struct change *c)
{
	uint64_t at = c->offset, end = c->offset + c->len;

	while (at < end) {
		uint64_t next = (at / SECTOR + 1) * SECTOR;
		if (next > end)
			next = end;
		if (draw(d) % 2 == 0)
			image_write(sure, at,
				c->data != NULL ? c->data + (at - c->offset) : NULL,
				next - at);
		at = next;
	}
}

static void survive(struct sim_disk *d, struct inode *n, enum sim_cut cut)
{
	for (size_t i = 0; i < n->count; i++) {
		const struct change *c = &n->changes[i];
		if (cut == SIM_TEAR && c->kind != CHANGE_RESIZE)
			survive_torn(d, &n->sure, c);
		else if (cut == SIM_KEEP || (cut != SIM_LOSE && draw(d) % 2 == 0))
			sim_change_apply(&n->sure, c);
	}
	sim_changes_clear(n);
	image_copy(&n->now, &n->sure);
}

void sim_disk_reboot(struct sim_disk *d, enum sim_cut cut, uint64_t seed)
{
	d->random = seed * 0x9e3779b97f4a7c15ULL + 0x2545f4914f6cdd1dULL;
	for (int i = 0; i < d->inode_count; i++)
		survive(d, &d->inodes[i], cut);
	for (size_t i = 0; i < d->step_count; i++)
		if (cut == SIM_KEEP || (cut != SIM_LOSE && draw(d) % 2 == 0))
			sim_step_apply(&d->sure, &d->steps[i]);
	d->step_count = 0;
	d->now = d->sure;
	memset(d->fds, 0, sizeof(d->fds));
	d->dead = d->fail_write = d->fail_sync = false;
	d->stop = 0;
	d->space = UINT64_MAX;
}
