// SPDX-License-Identifier: BSD-3-Clause
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

// Criterion gives each test a process of its own, which may be confined for good.
static char top[64], name[128];
static struct confine *c;
static struct mt_error error;

static const char *in_top(const char *path)
{
	snprintf(name, sizeof(name), "%s%s", top, path);
	return name;
}

static void put(const char *path)
{
	int fd = open(in_top(path), O_CREAT | O_WRONLY, 0600);

	cr_assert_geq(fd, 0);
	close(fd);
}

static int opens(const char *path, int flags)
{
	int fd = open(in_top(path), flags, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 0 : errno;
}

// read/: one file; edit/, own/: the same; other/: not allowed.
static void confine_here(void)
{
	static const char *const folders[] = {
		"/read", "/edit", "/own", "/ownother", "/other"};

	snprintf(top, sizeof(top), "/tmp/test_confine.XXXXXX");
	cr_assert_not_null(mkdtemp(top));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		mkdir(in_top(folders[i]), 0700);
	put("/read/file");
	put("/edit/file");
	put("/own/file");
	put("/other/file");
	put("/other/single");
	symlink("/etc/passwd", in_top("/own/away"));
	c = confine_create();
	cr_assert_not_null(c);
	cr_assert(confine_allow(c, in_top("/read"), CONFINE_READ));
	cr_assert(confine_allow(c, in_top("/edit"), CONFINE_EDIT));
	cr_assert(confine_allow(c, in_top("/own"), CONFINE_OWN));
	cr_assert(confine_allow(c, in_top("/other/single"), CONFINE_READ));
	cr_assert(confine_allow(c, in_top("/not/there"), CONFINE_OWN));
}

static void forget(void)
{
	confine_destroy(c);
}

// The search for leaks looks at the process from outside, which nobody may do to a confined one: it
// would hang where its report has to go into a file. Everything else of the sanitizer stays on.
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

TestSuite(confine, .init = confine_here, .fini = forget);

static void enforce(void)
{
	cr_assert_eq(confine_enforce(c, &error), 0, "%s", error.text);
	if (confine_version(c) == 0)
		cr_skip_test("this kernel has no Landlock");
}

Test(confine, the_kernel_refuses_what_was_not_allowed)
{
	static const struct {
		const char *path;
		int flags, result;
	} cases[] = {
		{"/read/file", O_RDONLY, 0},
		{"/read", O_RDONLY | O_DIRECTORY, 0},
		{"/read/file", O_WRONLY, EACCES},
		{"/read/new", O_WRONLY | O_CREAT, EACCES},
		{"/edit/file", O_RDWR, 0},
		{"/edit/new", O_WRONLY | O_CREAT, EACCES},
		{"/own/file", O_RDWR, 0},
		{"/own/new", O_RDWR | O_CREAT, 0},
		{"/own/away", O_RDONLY, EACCES},
		{"/other/file", O_RDONLY, EACCES},
		{"/other/single", O_RDONLY, 0},
		{"/other/single", O_WRONLY, EACCES},
		{"/other", O_RDONLY | O_DIRECTORY, EACCES},
		{"/ownother/new", O_WRONLY | O_CREAT, EACCES},
	};

	enforce();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(opens(cases[i].path, cases[i].flags), cases[i].result,
			"%s with flags %o", cases[i].path, (unsigned)cases[i].flags);
	cr_expect_eq(rename(in_top("/own/file"), "/own/renamed"), -1);
	char from[128];
	snprintf(from, sizeof(from), "%s/own/file", top);
	cr_expect_eq(rename(from, in_top("/own/renamed")), 0);
	cr_expect_eq(unlink(in_top("/own/renamed")), 0);
	cr_expect_eq(unlink(in_top("/edit/file")), -1);
	cr_expect_eq(symlink("x", in_top("/own/link")), -1);
	cr_expect_eq(mkdir(in_top("/own/folder"), 0700), 0);
}

Test(confine, it_tells_what_it_allows)
{
	static const struct {
		const char *path;
		enum confine_use use;
		bool allowed;
	} cases[] = {
		{"/read", CONFINE_READ, true},
		{"/read/", CONFINE_READ, true},
		{"/read/file", CONFINE_READ, true},
		{"/read/not-there-yet", CONFINE_READ, true},
		{"/read/not/there", CONFINE_READ, false},
		{"/read/file", CONFINE_EDIT, false},
		{"/read/../other/file", CONFINE_READ, false},
		{"/edit/file", CONFINE_EDIT, true},
		{"/edit/file", CONFINE_OWN, false},
		{"/own/new", CONFINE_OWN, true},
		{"/own/away", CONFINE_READ, false},
		{"/ownother", CONFINE_READ, false},
		{"/ownother/new", CONFINE_OWN, false},
		{"/other/single", CONFINE_READ, true},
		{"/other/single/below", CONFINE_READ, false},
		{"/other/file", CONFINE_READ, false},
		{"", CONFINE_READ, false},
	};

	enforce();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(confine_allows(c, in_top(cases[i].path), cases[i].use),
			cases[i].allowed, "%s for %d", cases[i].path, cases[i].use);
	cr_expect_not(confine_allows(c, "/", CONFINE_READ));
	cr_expect_not(confine_allows(c, "", CONFINE_READ));
}

Test(confine, before_it_is_in_force_everything_is_allowed)
{
	cr_expect_eq(confine_version(c), 0);
	cr_expect(confine_allows(c, "/etc/passwd", CONFINE_OWN));
	cr_expect(confine_allows(NULL, "/etc/passwd", CONFINE_OWN));
}
