// SPDX-License-Identifier: BSD-3-Clause
#include "mt_odd.h"

static const char *const names[MT_ODD_COUNT] = {
#define X(name, help) [MT_ODD_##name] = #name,
	MT_ODD_LIST(X)
#undef X
};

static const char *const helps[MT_ODD_COUNT] = {
#define X(name, help) [MT_ODD_##name] = help,
	MT_ODD_LIST(X)
#undef X
};

const char *mt_odd_name(enum mt_odd odd)
{
	return names[odd];
}

const char *mt_odd_help(enum mt_odd odd)
{
	return helps[odd];
}
