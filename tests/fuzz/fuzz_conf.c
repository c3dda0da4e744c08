// SPDX-License-Identifier: BSD-3-Clause

// Whatever the text: it is refused with an error that has its place, or it prints as a
// configuration that loads back equal.

#include "conf.h"

#include <stdlib.h>

#define PRINTED_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct conf first, second;

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mt_error error = {""};
	struct mt_buf text;

	conf_defaults(&first);
	if (conf_load_text(&first, "fuzz", span_make(data, size), &error) != 0) {
		must(strncmp(error.text, "fuzz:", 5) == 0);
		return 0;
	}
	mt_buf_init(&text, PRINTED_MAX);
	conf_print(&first, &text);
	must(!text.full);
	conf_defaults(&second);
	must(conf_load_text(&second, "printed", mt_buf_span(&text), &error) == 0);
	must(memcmp(&first, &second, sizeof(first)) == 0);
	conf_check(&first, false, &error);
	mt_buf_fini(&text);
	return 0;
}
