// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Inside of the simulated disk: files as {now, sure, changes between}, names likewise.

#include "sim_disk.h"

#define INODES 4096
#define NAMES  1024
#define FDS    256
#define PATH   160

struct image {
	uint8_t *data;
	size_t size, room;
};

enum change_kind {
	CHANGE_WRITE,
	CHANGE_RESIZE,
	CHANGE_ZERO,
};

struct change { // of a file, not synced
	enum change_kind kind;
	uint64_t offset, len;
	uint8_t *data;
};

struct inode {
	struct image now, sure;
	struct change *changes;
	size_t count, room;
};

struct name {
	char path[PATH];
	int inode; // -1: a folder
};

struct names {
	struct name all[NAMES];
	size_t count;
};

struct step { // of a folder, not synced
	char from[PATH], to[PATH]; // from "": made; to "": unlinked
	int inode;
};

struct sim_disk {
	struct inode inodes[INODES];
	int inode_count;
	struct names now, sure;
	struct step steps[NAMES];
	size_t step_count;
	int fds[FDS]; // inode + 1, 0: free
	char fd_paths[FDS][PATH];
	uint64_t calls, stop;
	bool dead, fail_write, fail_sync;
	enum sim_site lie;
	uint64_t space;
	uint64_t random;
};

// A change of a file, applied to what is seen now and kept for the reboot. data NULL: zeros.
void sim_change_add(struct inode *n, enum change_kind kind, uint64_t offset,
	const void *data, size_t len);
void sim_change_apply(struct image *i, const struct change *c);
void sim_changes_clear(struct inode *n);
struct name *sim_name_find(struct names *all, const char *path);
void sim_name_set(struct names *all, const char *path, int inode);
void sim_step_add(struct sim_disk *d, const char *from, const char *to, int inode);
void sim_step_apply(struct names *all, const struct step *s);
