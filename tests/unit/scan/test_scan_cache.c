// SPDX-License-Identifier: BSD-3-Clause

// The cache folder: used when right, remade when anything is wrong, never a reason to fail.

#include "scan_box.h"
#include "scan_cache_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#define HEADER    80u // octets in front of the body of a cache file
#define LENGTH_AT 40u
#define DIGEST_AT 48u
#define YAML(id, t) \
	"signatures:\n- {id: " id ", name: n, literal: " t ", in: [raw, body]}\n"

static char cache[96], file[512]; // the folder, and the one file in it

static void init(void)
{
	box_init();
	snprintf(cache, sizeof(cache), "%s/cache", box.folder);
}

TestSuite(scan_cache, .init = init, .fini = box_fini);

static void find_file(void)
{
	DIR *d = opendir(cache);

	cr_assert_not_null(d);
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
		if (strstr(e->d_name, SCAN_CACHE_SUFFIX) != NULL)
			snprintf(file, sizeof(file), "%s/%s", cache, e->d_name);
	closedir(d);
}

// Loads, looks whether the signature works, and says whether the set came from the cache.
static bool load(const char *yaml, char note[256])
{
	struct scan_set *set = box_load(yaml, true);

	cr_assert_not_null(set, "%s", box_faults());
	snprintf(note, 256, "%s", scan_set_note(set));
	cr_assert_eq(scan_pool_use(box.pool, set), 0);
	cr_expect_str_eq(box_scan(span_text("\r\nneedle")), "1:body:6 1:raw:8");
	bool cached = scan_set_from_cache(set);
	scan_set_drop(set);
	return cached;
}

static const char yaml[] = YAML("1", "needle");
static uint8_t content[65536];
static size_t content_len;
static char note[256];

static void read_file(void)
{
	load(yaml, note);
	find_file();
	int fd = open(file, O_RDONLY);
	ssize_t n = read(fd, content, sizeof(content));
	cr_assert_gt(n, (ssize_t)HEADER);
	cr_assert_lt(n, (ssize_t)sizeof(content));
	content_len = (size_t)n;
	close(fd);
}

static void write_file(size_t len)
{
	int fd = open(file, O_WRONLY | O_TRUNC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, content, len), (ssize_t)len);
	close(fd);
}

Test(scan_cache, the_second_load_compiles_nothing)
{
	cr_expect_not(load(yaml, note));
	cr_expect_str_eq(note, "");
	cr_expect(load(yaml, note));
	cr_expect_str_eq(note, "");
	cr_expect_eq(box_count_files(cache, SCAN_CACHE_SUFFIX), 1);
	cr_expect_eq(box_count_files(cache, ".aside"), 0);
	struct stat st;
	find_file();
	cr_expect_eq(stat(file, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
}

// What Hyperscan does not see needs no compiling.
Test(scan_cache, names_and_actions_do_not_matter_expressions_do)
{
	load(yaml, note);
	cr_expect(load(
		"signatures:\n- {id: 1, name: other, literal: needle, in: [raw, body], "
		"action: hold, severity: 1}\n",
		note));
	cr_expect_not(
		load("signatures:\n- {id: 1, name: n, pattern: 'needl[e]', in: [raw, "
		     "body]}\n",
			note));
	cr_expect_not(
		load("signatures:\n- {id: 1, name: n, literal: needle, in: [raw, body], "
		     "flags: caseless}\n",
			note));
	struct scan_set *set = box_load(
		"signatures:\n- {id: 1, name: n, literal: needle, in: raw}\n", true);
	cr_expect_not(scan_set_from_cache(set));
	scan_set_drop(set);
}

Test(scan_cache, any_octet_that_changed_is_seen)
{
	read_file();
	for (size_t at = 0; at < content_len; at += at < HEADER + 64 ? 1 : 97) {
		content[at] ^= 0x20;
		write_file(content_len);
		cr_expect_not(load(yaml, note), "octet %zu", at);
		cr_expect_not_null(strstr(note, "; compiled anew"), "%s", note);
		content[at] ^= 0x20;
	}
	cr_expect(load(yaml, note)); // made good each time
}

Test(scan_cache, any_length_but_the_right_one_is_seen)
{
	read_file();
	for (size_t len = 0; len < content_len; len += len < HEADER + 16 ? 1 : 101) {
		write_file(len);
		cr_expect_not(load(yaml, note), "%zu octets", len);
		cr_expect_not_null(strstr(note, "; compiled anew"), "%s", note);
	}
	content[content_len] = 0;
	write_file(content_len + 1);
	cr_expect_not(load(yaml, note));
	cr_expect_not_null(strstr(note, "is cut off"), "%s", note);
}

static void sign(void)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	EVP_DigestUpdate(md, content + 8, 32);
	EVP_DigestUpdate(md, content + HEADER, content_len - HEADER);
	EVP_DigestFinal_ex(md, content + DIGEST_AT, NULL);
	EVP_MD_CTX_free(md);
}

// As another version of Hyperscan, or another processor, would have left it under this name.
Test(scan_cache, what_hyperscan_refuses_is_made_anew)
{
	read_file();
	content[HEADER + 8 + 4] ^= 1; // the version inside the first database
	sign();
	write_file(content_len);
	cr_expect_not(load(yaml, note));
	cr_expect_not_null(strstr(note, "is refused by Hyperscan"), "%s", note);
	cr_expect(load(yaml, note));
}

Test(scan_cache, lengths_inside_that_lie_are_seen)
{
	for (size_t at = HEADER; at < HEADER + 8; at++) {
		read_file();
		content[at] ^= 0x81;
		sign();
		write_file(content_len);
		cr_expect_not(load(yaml, note));
		cr_expect_not_null(strstr(note, "is refused by Hyperscan"), "%s", note);
	}
	// A header alone, its length right.
	read_file();
	content_len = HEADER;
	memset(content + LENGTH_AT, 0, 8);
	sign();
	write_file(content_len);
	cr_expect_not(load(yaml, note));
	cr_expect_not_null(strstr(note, "is refused by Hyperscan"), "%s", note);
}

Test(scan_cache, files_of_others_are_not_believed)
{
	char aside[600];

	read_file();
	cr_expect_eq(chmod(file, 0666), 0);
	cr_expect_not(load(yaml, note));
	cr_expect_not_null(strstr(note, "others may write it"), "%s", note);
	cr_expect(load(yaml, note));
	if (geteuid() == 0) {
		cr_expect_eq(chown(file, 12345, 12345), 0);
		cr_expect_not(load(yaml, note));
		cr_expect_not_null(strstr(note, "belongs to another user"), "%s", note);
	}
	snprintf(aside, sizeof(aside), "%s.moved", file);
	cr_expect_eq(rename(file, aside), 0);
	cr_expect_eq(symlink(aside, file), 0);
	cr_expect_not(load(yaml, note));
	cr_expect_not_null(strstr(note, "cannot be opened"), "%s", note);
	cr_expect(load(yaml, note));
	unlink(file);
	cr_expect_eq(mkfifo(file, 0600), 0);
	cr_expect_not(load(yaml, note));
	cr_expect_not_null(strstr(note, "no regular file"), "%s", note);
	unlink(file);
	cr_expect_eq(mkdir(file, 0700), 0);
	cr_expect_not(load(yaml, note));
	cr_expect_not_null(strstr(note, "cannot keep"), "%s", note);
	cr_expect_eq(box_count_files(cache, ".aside"), 0);
}

Test(scan_cache, a_folder_that_cannot_be_is_no_fault)
{
	box_write("cache", span_text("a file"));
	cr_expect_not(load(yaml, note));
	cr_expect_not_null(
		strstr(note, "cannot keep compiled signatures there: "), "%s", note);
}

Test(scan_cache, only_the_files_used_last_stay)
{
	char text[128], leftover[128];
	const struct timespec old[2] = {{1, 0}, {1, 0}};

	load(yaml, note);
	snprintf(leftover, sizeof(leftover), "%s/1.2.3.aside", cache);
	close(open(leftover, O_CREAT | O_WRONLY, 0600));
	cr_expect_eq(utimensat(AT_FDCWD, leftover, old, 0), 0);
	for (int i = 0; i < 3 * SCAN_CACHE_KEPT / 2; i++) {
		snprintf(text, sizeof(text), YAML("2", "other%d"), i);
		scan_set_drop(box_load(text, true));
		cr_expect(load(yaml, note), "gone after %d", i); // used now and then
	}
	cr_expect_eq(box_count_files(cache, SCAN_CACHE_SUFFIX), SCAN_CACHE_KEPT);
	cr_expect_eq(box_count_files(cache, ".aside"), 0);
}
