// SPDX-License-Identifier: BSD-3-Clause

// Options of a TCP header: whole, cut at every point against a guard page, and malformed.

#include "guard.h"
#include "stream_option.h"

#include <criterion/criterion.h>

static const uint8_t usual[] = {
	2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7};

static struct stream_option read_octets(const void *octets, size_t len)
{
	struct stream_option option;

	stream_option_read(span_make(octets, len), &option);
	return option;
}

Test(stream_option, those_of_an_ordinary_opening_are_read)
{
	struct stream_option o = read_octets(usual, sizeof(usual));

	cr_expect(o.has_stamp && o.has_scale && !o.has_digest);
	cr_expect_eq(o.stamp, 0x01020304);
	cr_expect_eq(o.scale, 7);
}

Test(stream_option, cut_anywhere_nothing_beyond_is_read)
{
	for (size_t n = 0; n <= sizeof(usual); n++) {
		struct guard g = guard_make(span_make(usual, n));
		struct stream_option o;
		stream_option_read(g.text, &o);
		cr_expect_eq(o.has_stamp, n >= 16, "%zu", n);
		cr_expect_eq(o.has_scale, n >= 20, "%zu", n);
		guard_free(&g);
	}
}

Test(stream_option, what_is_malformed_ends_the_list)
{
	static const uint8_t none[] = {8, 0, 3, 3, 7}, one[] = {8, 1, 3, 3, 7},
			     end[] = {0, 3, 3, 7},
			     length[] = {8, 9, 1, 1, 1, 1, 1, 1, 1, 3, 3, 7};

	cr_expect(!read_octets(none, sizeof(none)).has_scale);
	cr_expect(!read_octets(one, sizeof(one)).has_scale);
	cr_expect(!read_octets(end, sizeof(end)).has_scale);
	cr_expect(!read_octets(length, sizeof(length)).has_stamp);
	cr_expect(read_octets(length, sizeof(length)).has_scale);
}

Test(stream_option, a_scale_beyond_fourteen_is_fourteen)
{
	static const uint8_t scale[] = {3, 3, 200};

	cr_expect_eq(read_octets(scale, sizeof(scale)).scale, 14);
}
