// SPDX-License-Identifier: BSD-3-Clause
#include "walk.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

int walk_init(struct walk *w, const char *directory, struct mt_error *error)
{
	*w = (struct walk){.disk = spool_disk_real};
	spool_chain_init(&w->chain, &w->disk, directory);
	spool_scan_init(&w->scan, &w->disk);
	int rc = spool_chain_refresh(&w->chain);
	if (rc == 0)
		return 0;
	mt_error_set(
		error, 0, "%s: cannot be read as a spool: %s", directory, strerror(-rc));
	walk_fini(w);
	return EX_NOINPUT;
}

void walk_fini(struct walk *w)
{
	spool_scan_fini(&w->scan);
	spool_chain_fini(&w->chain);
}

int walk_open(struct walk *w, size_t nth, bool on)
{
	w->link = spool_chain_get(&w->chain, nth);
	w->resync = false;
	if (!on)
		w->expected = 0;
	return spool_scan_open(&w->scan, w->chain.directory, w->link->number, 0);
}

// Entries from this sequence on do not count here.
static uint64_t end_of(const struct walk *w)
{
	return w->link->bound < w->chain.limit ? w->link->bound : w->chain.limit;
}

static bool is_last(const struct walk *w)
{
	return w->link->bound == UINT64_MAX;
}

// What stands here is no entry that counts: rightly so, where all of those were seen. `empty`:
// nothing stands here at all, as in a segment that was only just made.
static int judge_hole(struct walk *w, bool empty, uint64_t at, uint64_t *ret_at)
{
	bool fresh = w->expected == 0 && is_last(w) && (empty || w->chain.limit == 0);

	if (w->expected >= end_of(w) || fresh)
		return 0;
	w->resync = true;
	*ret_at = at;
	return -EBADMSG;
}

int walk_next(struct walk *w, struct spool_entry *ret, uint64_t *ret_at)
{
	w->missing = 0;
	if (w->resync) {
		w->resync = false;
		int found = spool_scan_resync(&w->scan);
		if (found <= 0)
			return found;
	}
	uint64_t at = w->scan.at;
	int rc = spool_scan_next(&w->scan, ret, ret_at);
	if (rc == 0 || rc == -EBADMSG)
		return judge_hole(w, rc == 0, at, ret_at);
	if (rc < 0)
		return rc;
	if (ret->sequence >= end_of(w) && w->expected == 0)
		return 0;
	if (ret->sequence >= end_of(w) || ret->sequence < w->expected) {
		w->scan.at = at;
		return judge_hole(w, false, at, ret_at);
	}
	if (w->expected != 0)
		w->missing = ret->sequence - w->expected;
	w->expected = ret->sequence + 1;
	return 1;
}
