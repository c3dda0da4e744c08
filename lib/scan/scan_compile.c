// SPDX-License-Identifier: BSD-3-Clause
#include "scan_set_internal.h"

#include <errno.h>
#include <stdlib.h>

#define SHOWN_MAX 80 // octets of an expression in a fault

// What Hyperscan says begins like this, and what to do then.
static const struct {
	const char *says, *advice;
} advices[] = {
	{"Back-references", "write out what may be repeated"},
	{"Zero-width assertion",
		"leave the look-around out, what it guards is matched as well"},
	{"Pattern matches empty buffer", "make it need at least one octet"},
	{"Pattern is too large", "use smaller repeats, or several signatures"},
	{"Bounded repeat is too large", "use a smaller repeat"},
	{"Resource limit exceeded", "use smaller repeats, or several signatures"},
	{"Expression is not valid UTF-8", "drop the flag utf8, or write octets as \\xNN"},
	{"Embedded start anchors", "put ^ at the beginning"},
	{"Embedded end anchors", "put $ at the end"},
};

static const char *advice_for(const char *message)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		if (strncmp(message, advices[i].says, strlen(advices[i].says)) == 0)
			return advices[i].advice;
	return "allowed is what Hyperscan knows of PCRE; to find plain text use literal";
}

static void tell(
	const struct scan_signature *s, const char *message, struct scan_faults *faults)
{
	const struct scan_place at = {s->file, s->expression_line, s->expression_column};
	// What follows a semicolon is advice for programmers.
	size_t len = strlen(s->expression), told = strcspn(message, ";");

	while (told > 0 && message[told - 1] == '.')
		told--;
	scan_fault(faults, at, "id %u: expression \"%.*s%s\": %.*s; %s", s->id, SHOWN_MAX,
		s->expression, len > SHOWN_MAX ? "..." : "", (int)told, message,
		advice_for(message));
}

unsigned scan_compile_flags(const struct scan_signature *s)
{
	static const struct {
		uint32_t ours;
		unsigned theirs;
	} map[] = {
		{SCAN_CASELESS, HS_FLAG_CASELESS},
		{SCAN_DOTALL, HS_FLAG_DOTALL},
		{SCAN_MULTILINE, HS_FLAG_MULTILINE},
		{SCAN_UTF8, HS_FLAG_UTF8},
		{SCAN_UCP, HS_FLAG_UCP},
	};
	unsigned flags = s->flags & SCAN_ALL_MATCHES ? 0 : HS_FLAG_SINGLEMATCH;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		flags |= s->flags & map[i].ours ? map[i].theirs : 0;
	return flags;
}

// False: refused, told.
static bool check_one(const struct scan_signature *s, struct scan_faults *faults)
{
	hs_compile_error_t *error = NULL;
	hs_expr_info_t *info = NULL;

	hs_error_t rc =
		hs_expression_info(s->expression, scan_compile_flags(s), &info, &error);
	if (rc != HS_SUCCESS)
		tell(s, error != NULL ? error->message : "refused", faults);
	hs_free_compile_error(error);
	free(info);
	return rc == HS_SUCCESS;
}

// Leaves out those that were told: an expression that is NULL is in no database.
static void leave_out(struct scan_signature *s)
{
	free(s->expression);
	s->expression = NULL;
}

void scan_compile_check(struct scan_set *set, struct scan_faults *faults)
{
	for (size_t i = 0; i < set->count; i++) {
		struct scan_signature *s = &set->signatures[i];
		if (s->expression != NULL && !check_one(s, faults))
			leave_out(s);
	}
}

// The expressions of a scope, as Hyperscan takes them.
struct batch {
	const char **expressions;
	unsigned *flags, *ids;
	unsigned count;
};

static int batch_make(struct batch *b, size_t room)
{
	*b = (struct batch){.expressions = calloc(room, sizeof(*b->expressions)),
		.flags = calloc(room, sizeof(*b->flags)),
		.ids = calloc(room, sizeof(*b->ids))};
	return b->expressions != NULL && b->flags != NULL && b->ids != NULL ? 0 : -ENOMEM;
}

static void batch_fill(struct batch *b, const struct scan_set *set, enum scan_scope scope)
{
	b->count = 0;
	for (size_t i = 0; i < set->count; i++) {
		const struct scan_signature *s = &set->signatures[i];
		if (!scan_set_has(set, i, scope) || s->expression == NULL)
			continue;
		b->expressions[b->count] = s->expression;
		b->flags[b->count] = scan_compile_flags(s);
		b->ids[b->count++] = (unsigned)i;
	}
}

static void batch_free(struct batch *b)
{
	free(b->expressions);
	free(b->flags);
	free(b->ids);
}

// Tells what the compiler said, and whatever else can be found at once. True: it is worth
// compiling the others, there may be more.
static bool tell_error(struct scan_set *set, const struct batch *b,
	const hs_compile_error_t *error, struct scan_faults *faults)
{
	if (error == NULL || error->expression < 0 ||
		(unsigned)error->expression >= b->count) {
		scan_fault(faults, (struct scan_place){NULL, 0, 0},
			"the signatures cannot be compiled: %s",
			error != NULL ? error->message : "no reason given");
		return false;
	}
	struct scan_signature *s = &set->signatures[b->ids[error->expression]];
	scan_compile_check(set, faults);
	if (s->expression != NULL) {
		tell(s, error->message, faults);
		leave_out(s);
	}
	return true;
}

static void compile_scope(struct scan_set *set, enum scan_scope scope, struct batch *b,
	struct scan_faults *faults)
{
	bool again = true;

	while (again) {
		hs_compile_error_t *error = NULL;
		batch_fill(b, set, scope);
		if (b->count == 0)
			return;
		hs_error_t rc = hs_compile_multi(b->expressions, b->flags, b->ids,
			b->count, HS_MODE_STREAM, NULL, &set->databases[scope], &error);
		again = rc != HS_SUCCESS && tell_error(set, b, error, faults);
		hs_free_compile_error(error);
	}
}

int scan_compile(struct scan_set *set, struct scan_faults *faults)
{
	uint64_t before = faults->count;
	struct batch b;

	if (hs_valid_platform() != HS_SUCCESS)
		return scan_fault(faults, (struct scan_place){NULL, 0, 0},
			"this processor lacks SSSE3, which Hyperscan needs; run without "
			"signatures");
	if (set->count == 0)
		return 0;
	if (batch_make(&b, set->count) != 0)
		scan_fault(faults, (struct scan_place){NULL, 0, 0}, "out of memory");
	else
		for (int s = 0; s < SCAN_SCOPE_COUNT; s++)
			compile_scope(set, s, &b, faults);
	batch_free(&b);
	if (faults->count == before)
		scan_compile_measure(set, faults);
	return faults->count == before ? 0 : -EINVAL;
}

int scan_compile_measure(struct scan_set *set, struct scan_faults *faults)
{
	static const struct scan_place nowhere = {NULL, 0, 0};

	set->database_octets = set->stream_octets = 0;
	for (int s = 0; s < SCAN_SCOPE_COUNT; s++) {
		size_t size = 0, stream = 0;
		if (set->databases[s] == NULL)
			continue;
		if (hs_database_size(set->databases[s], &size) != HS_SUCCESS ||
			hs_stream_size(set->databases[s], &stream) != HS_SUCCESS)
			return -EINVAL;
		if (size > SCAN_DATABASE_MAX) {
			if (faults != NULL)
				scan_fault(faults, nowhere,
					"the signatures in %s make a database of %zu octets, %u "
					"are allowed; use fewer or smaller repeats",
					scan_scope_name(s), size, SCAN_DATABASE_MAX);
			return -E2BIG;
		}
		set->database_octets += size;
		set->stream_octets += stream;
	}
	if (set->stream_octets <= SCAN_STREAM_MAX)
		return 0;
	if (faults != NULL)
		scan_fault(faults, nowhere,
			"the signatures need %zu octets for every mail being received, %u are "
			"allowed; use fewer or smaller repeats",
			set->stream_octets, SCAN_STREAM_MAX);
	return -E2BIG;
}

void scan_compile_free(struct scan_set *set)
{
	for (int s = 0; s < SCAN_SCOPE_COUNT; s++) {
		hs_free_database(set->databases[s]);
		set->databases[s] = NULL;
	}
}
