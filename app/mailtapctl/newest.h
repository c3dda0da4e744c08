// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The mails of a spool from the newest back, those given up among them: of these the log has a
// record but no commit.

#include "spool_entry.h"

#include "mt_error.h"

struct newest_mail {
	bool given_up;
	struct span json;
};

// Calls `each` until it returns false. json is lent until it returns. 0, or an exit code.
int newest_mails(const char *spool,
	bool (*each)(void *ctx, const struct newest_mail *mail), void *ctx,
	struct mt_error *error);
