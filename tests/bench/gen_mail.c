// SPDX-License-Identifier: BSD-3-Clause
#include "gen_mail.h"

#include <inttypes.h>
#include <openssl/sha.h>
#include <stdlib.h>

#define SIZE_MAX_MAIL (64u << 20)

static size_t choose_size(struct gen_stage *stage)
{
	const struct gen_options *o = &stage->options;

	if (o->size != 0)
		return o->size;
	double size = gen_random_log_normal(&stage->random, o->size_median, o->size_mean);
	return size < GEN_TEXT_MIN     ? GEN_TEXT_MIN
		: size > SIZE_MAX_MAIL ? SIZE_MAX_MAIL
				       : (size_t)size;
}

static void choose_rcpts(struct gen_mail *mail, struct gen_random *r)
{
	mail->rcpts = 1;
	while (mail->rcpts < GEN_RCPTS_MAX && gen_random_below(r, 10) < 3) {
		if (gen_random_below(r, 10) == 0)
			mail->rcpts_refused |= 1u << mail->rcpts;
		mail->rcpts++;
	}
}

struct gen_mail *gen_mail_create(struct gen_stage *stage)
{
	size_t size = choose_size(stage);

	if (stage->scratch == NULL)
		stage->scratch = malloc(3ul * SIZE_MAX_MAIL + 3);
	if (stage->scratch == NULL)
		abort();
	uint64_t number = stage->mails_begun++;
	uint8_t *stuffed = stage->scratch + SIZE_MAX_MAIL;
	gen_text_fill(stage->text, &stage->random, number, stage->scratch, size);
	size_t wire_len = gen_text_stuff(span_make(stage->scratch, size), stuffed);
	struct gen_mail *mail = malloc(sizeof(*mail) + wire_len);
	if (mail == NULL)
		abort();
	*mail = (struct gen_mail){.number = number, .size = size, .wire_len = wire_len};
	memcpy(mail->wire, stuffed, wire_len);
	if (stage->truth != NULL)
		SHA256(stage->scratch, size, mail->sha256);
	mail->refused = gen_random_chance(&stage->random, stage->options.refuse);
	choose_rcpts(mail, &stage->random);
	size_t segments = (wire_len + stage->options.mss - 1) / stage->options.mss;
	if (stage->options.holes && segments >= 3)
		mail->hole = (segments / 2) * stage->options.mss;
	return mail;
}

void gen_mail_destroy(struct gen_mail *mail)
{
	if (mail == NULL)
		return;
	free(mail->losses);
	free(mail);
}

void gen_mail_lose(struct gen_mail *mail, size_t from, size_t len)
{
	struct gen_loss *last = mail->losses + mail->loss_count;

	if (mail->loss_count > 0 && last[-1].from + last[-1].len == from) {
		last[-1].len += len;
		return;
	}
	mail->losses =
		realloc(mail->losses, (mail->loss_count + 1) * sizeof(*mail->losses));
	if (mail->losses == NULL)
		abort();
	mail->losses[mail->loss_count++] = (struct gen_loss){from, len};
}

// Whether a tap can tell what stood around a hole: not when the end of data is gone, nor when a
// dot or half a CRLF stands at its edge.
static bool is_exact(const struct gen_mail *mail)
{
	for (size_t i = 0; i < mail->loss_count; i++) {
		size_t from = mail->losses[i].from, behind = from + mail->losses[i].len;
		if (behind + 5 > mail->wire_len)
			return false;
		if (mail->wire[behind] == '.' || mail->wire[behind] == '\n')
			return false;
		if (from > 0 &&
			(mail->wire[from - 1] == '.' || mail->wire[from - 1] == '\r'))
			return false;
	}
	return true;
}

// The stored octets from one place of the wire to another. Returns where they end in ret.
static uint8_t *unstuff(const struct gen_mail *mail, size_t from, size_t to, uint8_t *ret)
{
	for (size_t i = from; i < to; i++) {
		bool line_start = i == 0 || mail->wire[i - 1] == '\n';
		if (!line_start || mail->wire[i] != '.')
			*ret++ = mail->wire[i];
	}
	return ret;
}

static void tell_hash(FILE *to, const uint8_t sha256[32])
{
	for (int i = 0; i < 32; i++)
		fprintf(to, "%02x", sha256[i]);
}

static void tell_loss(const struct gen_mail *mail, FILE *to)
{
	uint8_t *seen = malloc(mail->wire_len), *end = seen, sha256[32];
	size_t from = 0, lost = 0, content = mail->wire_len - 3;

	if (seen == NULL)
		abort();
	fputs(",\"gaps\":[", to);
	for (size_t i = 0; i < mail->loss_count; i++) {
		size_t at =
			mail->losses[i].from < content ? mail->losses[i].from : content;
		end = unstuff(mail, from, at, end);
		fprintf(to, "%s[%zu,%zu,%zu]", i > 0 ? "," : "", (size_t)(end - seen),
			(size_t)(end - seen) + lost, mail->losses[i].len);
		lost += mail->losses[i].len;
		from = mail->losses[i].from + mail->losses[i].len;
	}
	end = unstuff(mail, from, content, end);
	SHA256(seen, (size_t)(end - seen), sha256);
	fprintf(to, "],\"seen_size\":%zu,\"seen_sha256\":\"", (size_t)(end - seen));
	tell_hash(to, sha256);
	fputc('"', to);
	free(seen);
}

static void tell_damage(const struct gen_mail *mail, uint32_t damage, FILE *to)
{
	static const char *const names[] = {"envelope", "content", "reply"};
	const char *comma = "";

	fputs(",\"damaged\":[", to);
	for (int i = 0; i < 3; i++) {
		if (damage & 1u << i) {
			fprintf(to, "%s\"%s\"", comma, names[i]);
			comma = ",";
		}
	}
	fprintf(to, "],\"exact\":%s", is_exact(mail) ? "true" : "false");
}

void gen_mail_tell(
	const struct gen_mail *mail, uint32_t damage, const char *who, FILE *to)
{
	fprintf(to, "{%s,\"from\":\"<sender%" PRIu64 "@example.org>\",\"rcpts\":[", who,
		mail->number);
	for (uint32_t i = 0; i < mail->rcpts; i++)
		fprintf(to, "%s[\"<reader%u@example.net>\",%d]", i > 0 ? "," : "", i,
			mail->rcpts_refused & 1u << i ? 550 : 250);
	fprintf(to, "],\"outcome\":\"%s\"", mail->refused ? "refused" : "accepted");
	if (!mail->refused)
		fprintf(to, ",\"queue_id\":\"%010" PRIX64 "\"", mail->number);
	fprintf(to, ",\"size\":%zu,\"sha256\":\"", mail->size);
	tell_hash(to, mail->sha256);
	fputc('"', to);
	tell_damage(mail, damage, to);
	if (mail->loss_count > 0)
		tell_loss(mail, to);
	fputs("}\n", to);
}
