// SPDX-License-Identifier: BSD-3-Clause

// Files and folders, the values of keys and their defaults, limits.

#include "scan_box.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

TestSuite(scan_set, .init = box_init, .fini = box_fini);

static struct scan_set *load_paths(const char *const *paths, size_t count)
{
	const struct scan_settings settings = {paths, count, NULL};

	mt_buf_clear(&box.faults);
	return scan_set_load(&settings, &box.faults);
}

static struct scan_set *load_folder(void)
{
	const char *const paths[] = {box.folder};

	return load_paths(paths, 1);
}

Test(scan_set, what_is_left_out_has_a_default)
{
	struct scan_set *set =
		box_must_load("signatures:\n- {id: 5, name: n, literal: x}\n");
	const struct scan_signature *s = scan_set_get(set, 0);

	cr_expect_eq(scan_set_count(set), 1);
	cr_expect_eq(s->id, 5);
	cr_expect_eq(s->rev, 1);
	cr_expect_eq(s->severity, 3);
	cr_expect_eq(s->action, SCAN_NOTE);
	cr_expect_eq(s->scopes, 1u << SCAN_RAW);
	cr_expect_eq(s->flags, 0);
	cr_expect_null(s->category);
	cr_expect_null(s->description);
	cr_expect_null(s->reference);
	cr_expect_eq(s->line, 2);
	cr_expect_eq(s->column, 3);
	cr_expect_str_eq(s->file, box.path);
	scan_set_drop(set);
}

Test(scan_set, every_key_is_taken)
{
	struct scan_set *set = box_must_load(
		"# A comment\nsignatures:\n  - id: 2147483647\n    rev: 3\n    name: A name\n"
		"    category: Some kind\n    description: |\n      Two\n      lines\n"
		"    reference: https://example.org/\n    pattern: 'a.b'\n"
		"    flags: [caseless, dotall, multiline, utf8, ucp, all_matches]\n"
		"    in: [header, body]\n    severity: 1\n    action: hold\n    enabled: yes\n");
	const struct scan_signature *s = scan_set_get(set, 0);

	cr_expect_eq(s->id, 2147483647);
	cr_expect_eq(s->rev, 3);
	cr_expect_str_eq(s->name, "A name");
	cr_expect_str_eq(s->category, "Some kind");
	cr_expect_str_eq(s->description, "Two\nlines\n");
	cr_expect_str_eq(s->reference, "https://example.org/");
	cr_expect_str_eq(s->expression, "a.b");
	cr_expect_eq(s->flags, 63);
	cr_expect_eq(s->scopes, 1u << SCAN_HEADER | 1u << SCAN_BODY);
	cr_expect_eq(s->severity, 1);
	cr_expect_eq(s->action, SCAN_HOLD);
	cr_expect_str_eq(scan_action_name(s->action), "hold");
	cr_expect_eq(scan_set_scope_count(set, SCAN_RAW), 0);
	cr_expect_eq(scan_set_scope_count(set, SCAN_BODY), 1);
	scan_set_drop(set);
}

Test(scan_set, literals_and_octets_are_escaped)
{
	struct scan_set *set = box_must_load(
		"signatures:\n- {id: 1, name: n, literal: 'aZ0.*\\é'}\n"
		"- {id: 2, name: n, hex: '00 41fF'}\n- {id: 3, name: n, literal: \"\\r\\n\"}\n");

	cr_expect_str_eq(
		scan_set_get(set, 0)->expression, "aZ0\\x2e\\x2a\\x5c\\xc3\\xa9");
	cr_expect_str_eq(scan_set_get(set, 1)->expression, "\\x00A\\xff");
	cr_expect_str_eq(scan_set_get(set, 2)->expression, "\\x0d\\x0a");
	scan_set_drop(set);
}

Test(scan_set, sorted_by_id_whatever_the_order_of_the_files)
{
	box_write("b.yaml", span_text("signatures:\n- {id: 1, name: n, literal: x}\n"));
	box_write("a.yaml",
		span_text("signatures:\n- {id: 9, name: n, literal: x}\n"
			  "- {id: 3, name: n, literal: x, enabled: no}\n"));
	box_write("c.yml", span_text("not looked at: {"));
	box_write(".d.yaml", span_text("nor this: {"));
	struct scan_set *set = load_folder();
	cr_assert_not_null(set, "%s", box_faults());
	cr_expect_eq(scan_set_count(set), 2);
	cr_expect_eq(scan_set_disabled(set), 1);
	cr_expect_eq(scan_set_get(set, 0)->id, 1);
	cr_expect_eq(scan_set_get(set, 1)->id, 9);
	scan_set_drop(set);
}

Test(scan_set, files_without_signatures_are_allowed)
{
	static const char *const texts[] = {
		"", "# nothing\n", "---\n", "signatures:\n", "signatures: []\n", "~\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct scan_set *set = box_must_load(texts[i]);
		cr_expect_eq(scan_set_count(set), 0);
		cr_expect_eq(scan_set_stream_octets(set), 0);
		scan_set_drop(set);
	}
	struct scan_set *set = load_paths(NULL, 0);
	cr_expect_not_null(set);
	scan_set_drop(set);
}

Test(scan_set, faults_of_every_file_are_told)
{
	char folder[128];

	box_write("a.yaml", span_text("signatures:\n- {id: 1, name: n}\n"));
	box_write("b.yaml", span_text("signatures: {\n"));
	box_write("c.yaml", span_text("signatures:\n- {id: 1, name: n, literal: x}\n"));
	snprintf(folder, sizeof(folder), "%s/d.yaml", box.folder);
	cr_expect_eq(mkdir(folder, 0700), 0);
	snprintf(folder, sizeof(folder), "%s/e.yaml", box.folder);
	cr_expect_eq(mkfifo(folder, 0600), 0);
	cr_expect_null(load_folder());
	cr_expect_str_eq(box_faults(),
		"a.yaml:2:3: id 1: says nothing to look for; give one of pattern, literal and "
		"hex\n"
		"b.yaml:1:13: signatures: must be a list (\"- id: 1\")\n"
		"b.yaml:2:1: not YAML: did not find expected node content, while parsing a "
		"flow node; what follows was not read\n"
		"d.yaml: is no regular file\n"
		"e.yaml: is no regular file\n"
		"c.yaml:2:3: id 1: given twice; the first stands at a.yaml:2:3; give one of "
		"them a number of its own\n");
}

Test(scan_set, paths_that_are_not_there_are_told)
{
	const char *const paths[] = {"/nowhere/a.yaml", "/nowhere/b"};

	cr_expect_null(load_paths(paths, 2));
	cr_expect_str_eq(box_faults(),
		"/nowhere/a.yaml: cannot be read: No such file or directory; name a file of "
		"signatures or a folder of *.yaml\n"
		"/nowhere/b: cannot be read: No such file or directory; name a file of "
		"signatures or a folder of *.yaml\n");
}

Test(scan_set, the_hash_is_of_what_they_say)
{
	static const char first[] = "signatures:\n- {id: 1, name: n, literal: x}\n"
				    "- {id: 2, name: n, literal: y}\n";
	static const char same[] = "signatures:\n\n- {id: 2, name: n, literal: y}\n"
				   "- {name: n, pattern: x, id: 1, severity: 3}\n";
	static const char other[] = "signatures:\n- {id: 1, name: N, literal: x}\n"
				    "- {id: 2, name: n, literal: y}\n";
	struct scan_set *a = box_must_load(first), *b = box_must_load(same),
			*c = box_must_load(other);

	cr_expect_eq(memcmp(scan_set_hash(a), scan_set_hash(b), 32), 0);
	cr_expect_neq(memcmp(scan_set_hash(a), scan_set_hash(c), 32), 0);
	scan_set_drop(a);
	scan_set_drop(b);
	scan_set_drop(c);
}

// A file of `count` signatures, each with this tail.
static void write_many(size_t count, const char *tail)
{
	struct mt_buf text;

	mt_buf_init(&text, 32u << 20);
	mt_buf_add_text(&text, "signatures:\n");
	for (size_t i = 1; i <= count; i++)
		mt_buf_printf(&text, "- {id: %zu, name: n, %s}\n", i, tail);
	cr_assert_not(text.full);
	box_write("many.yaml", mt_buf_span(&text));
	mt_buf_fini(&text);
}

Test(scan_set, faults_are_told_up_to_a_number)
{
	write_many(SCAN_FAULTS_MAX + 57, "literl: x");
	cr_expect_null(load_folder());
	const char *faults = box_faults();
	cr_expect_not_null(strstr(faults, "\nand 314 more\n"), "%s", faults);
}

Test(scan_set, too_many_signatures_are_one_fault)
{
	write_many(SCAN_SIGNATURES_MAX + 5, "literal: x, enabled: no");
	cr_expect_null(load_folder());
	cr_expect_str_eq(box_faults(),
		"many.yaml:20002:3: is one signature too many, 20000 are allowed\n");
}

Test(scan_set, too_large_files_and_texts_are_told)
{
	struct mt_buf text;
	char name[300];

	memset(name, 'a', sizeof(name));
	mt_buf_init(&text, SCAN_FILE_MAX + 8192);
	mt_buf_printf(&text, "signatures:\n- {id: 1, name: %.256s, literal: '", name);
	for (size_t i = 0; i <= SCAN_EXPRESSION_MAX; i++)
		mt_buf_add_char(&text, 'x');
	mt_buf_add_text(&text, "'}\n");
	box_write("a.yaml", mt_buf_span(&text));
	while (text.len <= SCAN_FILE_MAX)
		mt_buf_add_text(&text, "#                               \n");
	box_write("b.yaml", mt_buf_span(&text));
	mt_buf_fini(&text);
	cr_expect_null(load_folder());
	cr_expect_str_eq(box_faults(),
		"a.yaml:2:17: id 1: name: 256 octets; allowed: 1 to 255\n"
		"a.yaml:2:284: id 1: literal: 4001 octets; allowed: 1 to 4000\n"
		"b.yaml: larger than 8388608 octets; split the file\n");
}

Test(scan_set, the_longest_literal_is_found)
{
	static char yaml[SCAN_EXPRESSION_MAX + 100], mail[SCAN_EXPRESSION_MAX + 1];

	memset(mail, '.', SCAN_EXPRESSION_MAX);
	snprintf(yaml, sizeof(yaml), "signatures:\n- {id: 1, name: n, literal: '%s'}\n",
		mail);
	box_use(yaml);
	cr_expect_str_eq(box_scan(span_make(mail, SCAN_EXPRESSION_MAX)), "1:raw:4000");
	cr_expect_str_eq(box_scan(span_make(mail, SCAN_EXPRESSION_MAX - 1)), "");
}
