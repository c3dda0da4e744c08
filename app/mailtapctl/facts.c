// SPDX-License-Identifier: BSD-3-Clause
#include "facts.h"

#include <sysexits.h>

static const struct {
	const char *name, *command;
	bool paged;
} questions[FACT_COUNT] = {
#define X(name, word, command, paged) {word, command, paged},
	FACTS_LIST(X)
#undef X
};

int facts_ask(
	struct link *link, unsigned set, struct facts *facts, struct mt_error *error)
{
	*facts = (struct facts){0};
	for (int i = 0; i < FACT_COUNT; i++) {
		struct mt_error one = {""};
		if ((set & 1u << i) == 0)
			continue;
		int code = questions[i].paged
			? link_pages(link, questions[i].command, &facts->answer[i], &one)
			: link_question(
				  link, questions[i].command, &facts->answer[i], &one);
		if (code == 0 ||
			((code == EX_PROTOCOL || code == EX_USAGE) && i != FACT_HEALTH))
			continue;
		*error = one;
		facts_fini(facts);
		return code;
	}
	return 0;
}

void facts_fini(struct facts *facts)
{
	for (int i = 0; i < FACT_COUNT; i++)
		json_decref(facts->answer[i]);
	*facts = (struct facts){0};
}

const char *facts_spool(const struct facts *facts, const char *otherwise)
{
	const char *directory = json_string_value(
		json_object_get(facts->answer[FACT_SPOOL], "directory"));

	return directory != NULL && directory[0] != '\0' ? directory : otherwise;
}

const char *fact_name(enum fact fact)
{
	return questions[fact].name;
}
