// SPDX-License-Identifier: BSD-3-Clause
#include "bucket.h"
#include "damage.h"
#include "field.h"
#include "pick.h"
#include "rank.h"
#include "show.h"

#include <criterion/criterion.h>

static json_t *read(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	cr_assert_not_null(json);
	return json;
}

Test(ctl_rank, largest_first_and_equals_as_they_stand)
{
	json_t *items =
		read("[{\"n\":2,\"s\":\"b\"},{\"n\":9,\"s\":\"a\"},{\"s\":\"bb\"},"
		     "{\"n\":2,\"s\":\"\"}]");
	static size_t order[RANK_MAX];

	cr_assert_eq(rank_array(items, "n", false, order), 4);
	cr_expect(order[0] == 1 && order[1] == 0 && order[2] == 3 && order[3] == 2);
	rank_array(items, "n", true, order);
	cr_expect(order[0] == 2 && order[1] == 0 && order[2] == 3 && order[3] == 1);
	rank_array(items, "s", false, order);
	cr_expect(order[0] == 3 && order[1] == 1 && order[2] == 0 && order[3] == 2);
	cr_expect_eq(rank_array(NULL, "s", false, order), 0);
	json_decref(items);
}

Test(ctl_bucket, bounds_are_in_order_and_counts_grow)
{
	json_t *answer =
		read("{\"le\":{\"inf\":9,\"16\":7,\"2\":1,\"x\":5,\"4\":3,\"8\":2}}");
	struct bucket b[BUCKET_MAX];

	cr_assert_eq(bucket_read(answer, b), 5);
	cr_expect(b[0].bound == 2 && b[1].bound == 4 && b[2].bound == 8 &&
		b[3].bound == 16 && b[4].bound == UINT64_MAX);
	cr_expect(b[0].below == 1 && b[1].below == 3 && b[2].below == 3 &&
		b[3].below == 7 && b[4].below == 9);
	json_decref(answer);
	answer = read("{\"le\":[1,2]}");
	cr_expect_eq(bucket_read(answer, b), 0);
	json_decref(answer);
}

Test(ctl_damage, purged_content_is_no_damage_and_chunks_are_told_once)
{
	struct damage d;

	damage_init(&d, false);
	damage_add_chunk(&d, 1, 40);
	damage_add_chunk(&d, 1, 4000);
	damage_add_chunk(&d, 2, 40);
	damage_add_tomb(&d, 2, 40);
	damage_add_tomb(&d, 1, 8);
	damage_sort(&d);
	cr_expect(damage_is_tomb(&d, 2, 40) && damage_is_tomb(&d, 1, 8));
	cr_expect_not(damage_is_tomb(&d, 1, 40));
	cr_expect(damage_take_chunk(&d, 1, 40));
	cr_expect_not(damage_take_chunk(&d, 1, 41));
	damage_tell_rest(&d);
	cr_expect_eq(d.count, 1);
	cr_expect_not(damage_is_short(&d));
	damage_fini(&d);
}

Test(ctl_field, what_is_of_another_kind_is_empty)
{
	json_t *o = read("{\"n\":-5,\"t\":7,\"b\":\"yes\",\"s\":\"x\",\"y\":true}");

	cr_expect_eq(field_u64(o, "n"), 0);
	cr_expect_eq(field_u64(o, "s"), 0);
	cr_expect_eq(field_text(o, "t").len, 0);
	cr_expect_eq(field_text(NULL, "t").len, 0);
	cr_expect(field_is(o, "s", "x") && !field_is(o, "s", "xy"));
	cr_expect(field_is_true(o, "y") && !field_is_true(o, "b"));
	cr_expect_null(field_read(span_text("[1]")));
	cr_expect_null(field_read(span_text("{\"a\":")));
	json_decref(o);
}

Test(ctl_pick, an_id_has_one_right_spelling_but_for_its_case)
{
	struct mt_id id;

	cr_expect(pick_id("01kat4000000000000000000ab", &id));
	cr_expect_str_eq(id.text, "01KAT4000000000000000000AB");
	cr_expect_not(pick_id("01kat400000000000000000", &id));
	cr_expect_not(pick_id("01KAT4000000000000000000UU", &id));
	cr_expect_not(pick_id("", &id));
}

Test(ctl_show, views_have_columns_that_fit_a_table)
{
	static const char *const verbs[] = {"info", "ports", "lcores", "flows", "smtp",
		"spool", "signatures", "limits"};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		const struct show_view *view = show_view_find(verbs[i]);
		cr_assert_not_null(view, "%s", verbs[i]);
		cr_expect(view->shape == SHOW_FLAT || view->count <= 16);
	}
	cr_expect_null(show_view_find("nothing"));
}
