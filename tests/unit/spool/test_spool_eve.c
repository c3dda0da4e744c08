// SPDX-License-Identifier: BSD-3-Clause
#include "spool_box.h"

#include <stdio.h>

#include <criterion/criterion.h>

static struct box box;
static struct spool_eve_settings settings;

static void start(void)
{
	box_open(&box);
	box.eve = spool_eve_open(&settings, &box.calls, &box.error);
	cr_assert_not_null(box.eve, "%s", box.error.text);
}

static void end(void)
{
	box_close(&box);
	cr_expect_eq(spool_eve_close(box.eve), 0);
	box.eve = NULL;
}

static void setup(void)
{
	box_init(&box);
	settings = (struct spool_eve_settings){.spool = "/spool"};
	start();
}

static void teardown(void)
{
	if (box.spool != NULL)
		end();
	box_fini(&box);
}

TestSuite(spool_eve, .init = setup, .fini = teardown);

static void record(const char *json)
{
	cr_expect_eq(spool_record(box.spool, span_text(json)), 0);
	box_sync(&box);
}

static void expect_file(const char *path, const char *text)
{
	int64_t size;
	const uint8_t *data = sim_disk_file(box.disk, path, &size);

	cr_assert_geq(size, 0, "%s is not there", path);
	cr_expect(span_equal(span_make(data, (size_t)size), span_text(text)),
		"%s has: %.*s", path, (int)size, data);
}

Test(spool_eve, one_line_for_each_record_in_log_order)
{
	record("{\"n\":1}");
	record("{\"n\":2}");
	spool_eve_tick(box.eve, 0);
	expect_file("/spool/eve.json", "{\"n\":1}\n{\"n\":2}\n");
	end();
	start();
	record("{\"n\":3}");
	end();
	expect_file("/spool/eve.json", "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
}

Test(spool_eve, lines_that_a_crash_took_are_made_again_from_the_log)
{
	record("{\"n\":1}");
	spool_eve_tick(box.eve, 0);
	record("{\"n\":2}");
	box_crash(&box, SIM_LOSE);
	start();
	end();
	expect_file("/spool/eve.json", "{\"n\":1}\n{\"n\":2}\n");
}

Test(spool_eve, a_torn_last_line_is_cut_and_nothing_is_told_twice)
{
	static const char *const tails[] = {
		"", "{\"n\"", "{\"n\":2}", "{\"n\":2}\n", "{\"n\":7}\n{", "\0\0\0"};
	int64_t size;

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		if (i > 0)
			setup();
		record("{\"n\":1}");
		spool_eve_tick(box.eve, 1u << 30);
		record("{\"n\":2}");
		box_crash(&box, SIM_LOSE);
		sim_disk_file(box.disk, "/spool/eve.json", &size);
		int fd = box.calls.open(box.calls.ctx, "/spool/eve.json", 0, 0);
		struct iovec iov = {(void *)(uintptr_t)tails[i], strlen(tails[i])};
		box.calls.pwritev(box.calls.ctx, fd, &iov, 1, (uint64_t)size);
		box.calls.close(box.calls.ctx, fd);
		start();
		end();
		expect_file("/spool/eve.json", "{\"n\":1}\n{\"n\":2}\n");
		if (i + 1 < sizeof(tails) / sizeof(tails[0]))
			box_fini(&box);
	}
}

static void note_name(void *arg, const char *name)
{
	if (strncmp(name, "eve.json.", 9) == 0)
		snprintf(arg, 64, "/spool/%s", name);
}

Test(spool_eve, a_full_file_is_renamed_to_its_time)
{
	char old[64] = "";

	end();
	settings.rotate = 16;
	start();
	record("{\"n\":1}");
	record("{\"n\":2}");
	spool_eve_tick(box.eve, 0);
	record("{\"n\":3}");
	end();
	box.calls.list(box.calls.ctx, "/spool", note_name, old);
	expect_file(old, "{\"n\":1}\n{\"n\":2}\n");
	expect_file("/spool/eve.json", "{\"n\":3}\n");
	cr_expect_eq(strlen(old), strlen("/spool/eve.json.20260101T000000Z"));
}

Test(spool_eve, a_file_taken_away_is_begun_anew_on_reopen)
{
	record("{\"n\":1}");
	spool_eve_tick(box.eve, 0);
	box.calls.rename(box.calls.ctx, "/spool/eve.json", "/spool/old");
	cr_expect_eq(spool_eve_reopen(box.eve), 0);
	record("{\"n\":2}");
	end();
	expect_file("/spool/old", "{\"n\":1}\n");
	expect_file("/spool/eve.json", "{\"n\":2}\n");
}

Test(spool_eve, after_trouble_the_file_is_mended_from_the_log)
{
	record("{\"n\":1}");
	sim_disk_set_space(box.disk, 3);
	cr_expect_lt(spool_eve_tick(box.eve, 1), 0);
	sim_disk_set_space(box.disk, UINT64_MAX);
	record("{\"n\":2}");
	cr_expect_eq(spool_eve_tick(box.eve, 2000000), 0);
	record("{\"n\":3}");
	end();
	expect_file("/spool/eve.json", "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
}

Test(spool_eve, the_path_may_be_elsewhere)
{
	end();
	settings.path = "/spool/hold/other.json";
	start();
	record("{\"n\":1}");
	end();
	expect_file("/spool/hold/other.json", "{\"n\":1}\n");
}
