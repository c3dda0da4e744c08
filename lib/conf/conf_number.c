// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#define ROOM_PERCENT_MAX 90

static const char suffixes[] = "KMGT";

bool conf_key_number(const char *text, uint64_t *ret)
{
	uint64_t n = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(n, (uint64_t)10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return false;
	if (p == text)
		return false;
	const char *suffix = *p != '\0' ? strchr(suffixes, *p) : NULL;
	if (suffix != NULL) {
		if (__builtin_mul_overflow(n, 1024ULL << (10 * (suffix - suffixes)), &n))
			return false;
		p++;
	}
	if (*p != '\0')
		return false;
	*ret = n;
	return true;
}

void conf_key_print_number(uint64_t n, struct mt_buf *out)
{
	int powers = 0;

	while (n != 0 && n % 1024 == 0 && powers < 4) {
		n /= 1024;
		powers++;
	}
	mt_buf_add_u64(out, n);
	if (powers > 0)
		mt_buf_add_char(out, suffixes[powers - 1]);
}

static void store(const struct conf_key *key, void *field, uint64_t value)
{
	uint32_t narrow = (uint32_t)value;

	if (key->size == sizeof(narrow))
		memcpy(field, &narrow, sizeof(narrow));
	else
		memcpy(field, &value, sizeof(value));
}

static uint64_t fetch(const struct conf_key *key, const void *field)
{
	uint32_t narrow;
	uint64_t value;

	if (key->size == sizeof(narrow)) {
		memcpy(&narrow, field, sizeof(narrow));
		return narrow;
	}
	memcpy(&value, field, sizeof(value));
	return value;
}

static bool is_zero_word(const struct conf_tree *t, int node, const struct conf_key *key)
{
	return key->zero != NULL && !t->nodes[node].quoted &&
		strcmp(t->nodes[node].text, key->zero) == 0;
}

static int check_bounds(
	const struct conf_tree *t, int node, const struct conf_key *key, uint64_t n)
{
	const char *text = t->nodes[node].text;

	if (n < key->min)
		return conf_key_fail(t, node, key, "%.60s is too small", text);
	if (n > key->max)
		return conf_key_fail(t, node, key, "%.60s is too large", text);
	return 0;
}

static int number_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	uint64_t n;

	if (t->nodes[node].kind != CONF_NODE_SCALAR)
		return conf_key_fail(t, node, key, "must be a number");
	if (is_zero_word(t, node, key)) {
		store(key, field, 0);
		return 0;
	}
	if (!conf_key_number(t->nodes[node].text, &n))
		return conf_key_fail(
			t, node, key, "\"%.60s\" is no number", t->nodes[node].text);
	int rc = check_bounds(t, node, key, n);
	if (rc == 0)
		store(key, field, n);
	return rc;
}

static void number_print(
	const struct conf_key *key, const void *field, struct mt_buf *out)
{
	uint64_t n = fetch(key, field);

	mt_buf_add_char(out, ' ');
	if (n == 0 && key->zero != NULL)
		mt_buf_add_text(out, key->zero);
	else
		conf_key_print_number(n, out);
}

static void number_allowed(const struct conf_key *key, struct mt_buf *out)
{
	conf_key_print_number(key->min, out);
	mt_buf_add_text(out, " to ");
	conf_key_print_number(key->max, out);
	if (key->zero != NULL)
		mt_buf_printf(out, ", or %s", key->zero);
}

const struct conf_type conf_type_number = {
	"number", number_read, number_print, number_allowed};

static const struct {
	char name;
	uint32_t seconds;
} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

static bool read_time(const char *text, uint64_t *ret)
{
	char digits[16];
	size_t len = strlen(text);

	if (len < 2 || len > sizeof(digits))
		return false;
	memcpy(digits, text, len - 1);
	digits[len - 1] = '\0';
	if (strspn(digits, "0123456789") != len - 1 || !conf_key_number(digits, ret))
		return false;
	for (size_t u = 0; u < UNIT_COUNT; u++) {
		if (units[u].name != text[len - 1])
			continue;
		*ret *= units[u].seconds; // fifteen digits times a day fit
		return true;
	}
	return false;
}

static int seconds_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	uint64_t n;

	if (t->nodes[node].kind != CONF_NODE_SCALAR)
		return conf_key_fail(t, node, key, "must be a time");
	if (is_zero_word(t, node, key)) {
		store(key, field, 0);
		return 0;
	}
	if (!read_time(t->nodes[node].text, &n))
		return conf_key_fail(t, node, key,
			"\"%.60s\" is no time with its unit (s, m, h, d)",
			t->nodes[node].text);
	int rc = check_bounds(t, node, key, n);
	if (rc == 0)
		store(key, field, n);
	return rc;
}

static void print_time(uint64_t s, struct mt_buf *out)
{
	size_t u = 0;

	while (u + 1 < UNIT_COUNT && s % units[u].seconds != 0)
		u++;
	mt_buf_printf(
		out, "%llu%c", (unsigned long long)(s / units[u].seconds), units[u].name);
}

static void seconds_print(
	const struct conf_key *key, const void *field, struct mt_buf *out)
{
	uint64_t s = fetch(key, field);

	mt_buf_add_char(out, ' ');
	if (s == 0 && key->zero != NULL)
		mt_buf_add_text(out, key->zero);
	else
		print_time(s, out);
}

static void seconds_allowed(const struct conf_key *key, struct mt_buf *out)
{
	print_time(key->min, out);
	mt_buf_add_text(out, " to ");
	print_time(key->max, out);
	if (key->zero != NULL)
		mt_buf_printf(out, ", or %s", key->zero);
}

const struct conf_type conf_type_seconds = {
	"time", seconds_read, seconds_print, seconds_allowed};

// A number of octets, or a share of the whole ("10%").
static int room_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	const char *text = t->nodes[node].text;
	struct conf_room room = {0};
	char number[24];
	uint64_t n;

	if (t->nodes[node].kind != CONF_NODE_SCALAR)
		return conf_key_fail(t, node, key, "must be a number or a share");
	size_t len = strlen(text);
	bool share = len > 0 && text[len - 1] == '%';
	if (is_zero_word(t, node, key)) {
		memcpy(field, &room, sizeof(room));
		return 0;
	}
	len -= share;
	if (len >= sizeof(number))
		return conf_key_fail(t, node, key, "\"%.60s\" is too long", text);
	memcpy(number, text, len);
	number[len] = '\0';
	if (!conf_key_number(number, &n) || (share && number[len - 1] > '9'))
		return conf_key_fail(
			t, node, key, "\"%.60s\" is no number and no share", text);
	if (share && (n < 1 || n > ROOM_PERCENT_MAX))
		return conf_key_fail(t, node, key, "%.60s is no possible share", text);
	int rc = share ? 0 : check_bounds(t, node, key, n);
	if (rc != 0)
		return rc;
	if (share)
		room.percent = (uint32_t)n;
	else
		room.octets = n;
	memcpy(field, &room, sizeof(room));
	return 0;
}

static void room_print(const struct conf_key *key, const void *field, struct mt_buf *out)
{
	struct conf_room room;

	memcpy(&room, field, sizeof(room));
	mt_buf_add_char(out, ' ');
	if (room.percent > 0)
		mt_buf_printf(out, "%u%%", room.percent);
	else if (room.octets == 0 && key->zero != NULL)
		mt_buf_add_text(out, key->zero);
	else
		conf_key_print_number(room.octets, out);
}

static void room_allowed(const struct conf_key *key, struct mt_buf *out)
{
	number_allowed(key, out);
	mt_buf_printf(out, ", or 1%% to %d%%", ROOM_PERCENT_MAX);
}

const struct conf_type conf_type_room = {
	"number or share", room_read, room_print, room_allowed};
