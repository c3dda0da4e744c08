// SPDX-License-Identifier: BSD-3-Clause
#include "checksums.h"

// A lane says nothing before it has shown so many.
#define LANE_KNOWN      64u
// And forgets half of what it has shown at so many.
#define LANE_FULL       4096u
// "Hardly any": one in so many. Merged segments may be rare on a quiet lane, so unfinished ones
// need more to be the exception.
#define WRONG_RARE      16u
#define UNFINISHED_RARE 64u

static void note(struct checksums_lane *lane, enum checksums_class seen)
{
	lane->seen++;
	lane->wrong += seen == CHECKSUMS_WRONG;
	lane->unfinished += seen == CHECKSUMS_UNFINISHED;
	if (lane->seen < LANE_FULL)
		return;
	lane->seen /= 2;
	lane->wrong /= 2;
	lane->unfinished /= 2;
}

static bool is_rare(const struct checksums_lane *lane, uint32_t count, uint32_t one_in)
{
	return lane->seen >= LANE_KNOWN && lane->seen >= one_in * count;
}

static bool drops_wrong(
	const struct checksums_lane *lane, const struct checksums_side *side)
{
	return (side != NULL && side->good) || is_rare(lane, lane->wrong, WRONG_RARE);
}

enum checksums_verdict checksums_judge(enum conf_checksums mode,
	struct checksums_lane *lane, struct checksums_side *side,
	enum checksums_class seen)
{
	bool drops = false;

	if (mode == CONF_CHECKSUMS_IGNORE || seen == CHECKSUMS_UNKNOWN)
		return CHECKSUMS_TAKE;
	note(lane, seen);
	switch (seen) {
	case CHECKSUMS_UNKNOWN:
	case CHECKSUMS_GOOD:
		if (side != NULL)
			side->good = true;
		return CHECKSUMS_TAKE;
	case CHECKSUMS_WRONG:
		drops = drops_wrong(lane, side);
		break;
	case CHECKSUMS_UNFINISHED:
		drops = is_rare(lane, lane->unfinished, UNFINISHED_RARE);
		break;
	}
	return drops || mode == CONF_CHECKSUMS_VERIFY ? CHECKSUMS_DROP
						      : CHECKSUMS_BELIEVE;
}
