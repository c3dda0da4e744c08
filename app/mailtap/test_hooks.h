// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Only in a build for tests (-Dtest_hooks=true): places at which a thread of each kind passes by,
// to try what it may do, or to hang, when the console asks for it. Elsewhere nothing.

enum test_hooks_thread {
	TEST_HOOKS_MAIN,
	TEST_HOOKS_LCORE,
	TEST_HOOKS_SYNCER,
	TEST_HOOKS_CONSOLE,
	TEST_HOOKS_COUNT
};

#ifdef MAILTAP_TEST_HOOKS
struct app;

void test_hooks_open(const struct app *app);
void test_hooks_pass(enum test_hooks_thread thread);
#define TEST_HOOK(thread) test_hooks_pass(thread)
#else
#define TEST_HOOK(thread) ((void)0)
#endif
