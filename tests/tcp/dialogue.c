// SPDX-License-Identifier: BSD-3-Clause
#include "sender.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_MAX_LEN 76

struct draft {
	struct sender_dialogue *d;
	uint32_t len;
};

static void say(struct draft *t, const char *text)
{
	size_t len = strlen(text);

	memcpy(t->d->stream + t->len, text, len);
	t->len += (uint32_t)len;
}

static void pause_for(struct draft *t, unsigned replies)
{
	t->d->phases[t->d->count++] =
		(struct sender_phase){.to = t->len, .replies = (uint8_t)replies};
}

static uint32_t draw_size(struct gen_random *r, uint64_t kinds)
{
	uint32_t least = 60, most = gen_random_chance(r, 0.1) ? 7000 : 2000;

	if (kinds & (SCHEDULE_BIT(narrow) | SCHEDULE_BIT(edge)))
		least = 3000, most = 7000;
	if (kinds & SCHEDULE_BIT(tiny))
		most = least + 500;
	return least + gen_random_below(r, most - least);
}

static void say_content(struct draft *t, struct gen_random *r, uint32_t size)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz .:<>-0123456789";
	char line[LINE_MAX_LEN + 3];
	uint32_t end = t->len + size;

	while (t->len < end) {
		uint32_t len = gen_random_below(r, LINE_MAX_LEN);
		for (uint32_t i = 0; i < len; i++)
			line[i] = letters[gen_random_below(r, sizeof(letters) - 1)];
		memcpy(line + len, "\r\n", 3);
		if (line[0] == '.')
			say(t, ".");
		say(t, line);
	}
	say(t, ".\r\n");
}

static void say_mail(struct draft *t, struct sender_conn *c, unsigned nth)
{
	struct gen_random *r = &c->plan;
	bool at_once = gen_random_chance(r, 0.3);
	char line[128];

	snprintf(line, sizeof(line), "MAIL FROM:<c%llu.%u@client.example>\r\n",
		(unsigned long long)c->number, nth);
	say(t, line);
	if (!at_once)
		pause_for(t, 1);
	say(t, "RCPT TO:<user@server.example>\r\n");
	if (!at_once)
		pause_for(t, 1);
	say(t, "DATA\r\n");
	pause_for(t, at_once ? 3 : 1);
	say_content(t, r, draw_size(r, c->kinds));
	pause_for(t, 1);
}

void sender_draw_dialogue(struct sender_conn *c)
{
	struct draft t = {.d = &c->dialogue};
	unsigned mails = 1 + gen_random_below(&c->plan, 2);

	c->dialogue.count = 0;
	if (!gen_random_chance(&c->plan, 0.1))
		pause_for(&t, 1);
	say(&t, "HELO client.example\r\n");
	pause_for(&t, c->dialogue.count > 0 ? 1 : 2);
	for (unsigned i = 0; i < mails; i++)
		say_mail(&t, c, i);
	c->quits = gen_random_chance(&c->plan, 0.7);
	if (c->quits) {
		say(&t, "QUIT\r\n");
		pause_for(&t, 1);
	}
}
