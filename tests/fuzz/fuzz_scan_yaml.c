// SPDX-License-Identifier: BSD-3-Clause

// Whatever the text: each fault is a line that begins with its place, and a text without faults
// gives signatures within their bounds. Nothing is compiled: what Hyperscan does with an
// expression is its own affair.

#include "scan_key.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void take(void *ctx, const struct scan_entry *entry)
{
	struct scan_faults *faults = ctx;
	struct scan_signature s;
	uint64_t before = faults->count;
	bool enabled;

	must(entry->field_count <= SCAN_FIELDS_MAX);
	must(entry->value_count <= SCAN_VALUES_MAX);
	for (int i = 0; i < entry->field_count; i++) {
		const struct scan_field *f = &entry->fields[i];
		must(f->first + f->count <= entry->value_count);
	}
	int rc = scan_key_read(entry, faults, &s, &enabled);
	if (rc == 0) {
		must(s.id >= 1 && s.id <= SCAN_ID_MAX && s.name != NULL);
		must(s.severity >= 1 && s.severity <= SCAN_SEVERITY_MAX);
		must(s.expression != NULL && s.expression[0] != '\0');
		must(strlen(s.expression) <= 4 * SCAN_EXPRESSION_MAX);
		must(s.scopes != 0 && s.scopes < 1u << SCAN_SCOPE_COUNT);
		must(faults->count == before);
	} else {
		must(faults->count > 0);
	}
	scan_signature_fini(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mt_buf out;
	struct scan_faults faults = {.out = &out};

	mt_buf_init(&out, 1u << 20);
	scan_yaml_read("fuzz", span_make(data, size), &faults, take, &faults);
	scan_faults_end(&faults);
	must(!out.full && (faults.count == 0) == (out.len == 0));
	for (struct span rest = mt_buf_span(&out); rest.len > 0;) {
		size_t line = span_find(rest, '\n');
		must(line < rest.len);
		must(span_equal(span_head(rest, 5), span_text("fuzz:")) ||
			span_equal(span_head(rest, 4), span_text("and ")));
		rest = span_skip(rest, line + 1);
	}
	mt_buf_fini(&out);
	return 0;
}
