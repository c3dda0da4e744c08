// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_log.h"

#define LOG_MAX (64u << 20)

static const char *const whys[] = {
#define X(name, help) #name,
	SMTP_WHY_LIST(X)
#undef X
};

void smtp_log_init(struct smtp_log *log)
{
	*log = (struct smtp_log){0};
	mt_buf_init(&log->text, LOG_MAX);
	mt_buf_init(&log->dark[0], LOG_MAX);
	mt_buf_init(&log->dark[1], LOG_MAX);
}

void smtp_log_fini(struct smtp_log *log)
{
	mt_buf_fini(&log->text);
	mt_buf_fini(&log->dark[0]);
	mt_buf_fini(&log->dark[1]);
}

static struct mt_buf *line(struct smtp_log *log)
{
	if (log->in_body)
		mt_buf_add_text(&log->text, "\n");
	log->in_body = false;
	for (int i = 0; log->odds != 0; i++) {
		if (log->odds & mt_odd_bit((enum mt_odd)i))
			mt_buf_printf(
				&log->text, "odd %s\n", mt_odd_name((enum mt_odd)i));
		log->odds &= ~mt_odd_bit((enum mt_odd)i);
	}
	return &log->text;
}

static void want(struct smtp_log *log, bool right, const char *event)
{
	if (!right)
		mt_buf_printf(line(log), "BROKEN CONTRACT at %s\n", event);
}

static void add_octets(struct mt_buf *b, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\r')
			mt_buf_add_text(b, "\\r");
		else if (s.ptr[i] == '\n')
			mt_buf_add_text(b, "\\n");
		else if (s.ptr[i] < ' ' || s.ptr[i] > '~' || s.ptr[i] == '\\')
			mt_buf_printf(b, "\\x%02x", s.ptr[i]);
		else
			mt_buf_add_char(b, (char)s.ptr[i]);
	}
}

struct span smtp_log_text(struct smtp_log *log)
{
	struct mt_buf *text = line(log);

	for (int i = 0; i < 2; i++) {
		if (log->dark[i].len == 0)
			continue;
		mt_buf_printf(text, "dark %c ", "CS"[i]);
		add_octets(text, mt_buf_span(&log->dark[i]));
		mt_buf_add_text(text, "\n");
		mt_buf_clear(&log->dark[i]);
	}
	return mt_buf_span(text);
}

bool smtp_log_is_broken(struct smtp_log *log)
{
	struct span text = smtp_log_text(log);

	return text.len > 0 && memmem(text.ptr, text.len, "BROKEN", 6) != NULL;
}

static void add_reply(struct mt_buf *b, const struct smtp_reply *r)
{
	mt_buf_printf(b, " | %u", r->code);
	if (r->enhanced.len > 0) {
		mt_buf_add_text(b, " ");
		add_octets(b, r->enhanced);
	}
	if (r->text.len > 0) {
		mt_buf_add_text(b, " ");
		add_octets(b, r->text);
	}
	if (r->queue_id.len > 0) {
		mt_buf_add_text(b, " id=");
		add_octets(b, r->queue_id);
	}
	mt_buf_add_text(b, "\n");
}

static void add_path(struct mt_buf *b, const struct smtp_path *path)
{
	mt_buf_add_text(b, " ");
	add_octets(b, path->path);
	if (path->params.len > 0) {
		mt_buf_add_text(b, " ");
		add_octets(b, path->params);
	}
}

static void on_open(
	void *ctx, const struct smtp_path *from, const struct smtp_reply *reply)
{
	struct smtp_log *log = ctx;
	static const struct smtp_path none = {{(const uint8_t *)"?", 1}, {NULL, 0}};

	want(log, !log->open, "open");
	log->open = true;
	mt_buf_add_text(line(log), "open");
	add_path(&log->text, from != NULL ? from : &none);
	add_reply(&log->text, reply);
}

static void on_rcpt(void *ctx, const struct smtp_path *to, const struct smtp_reply *reply)
{
	struct smtp_log *log = ctx;

	want(log, log->open && !log->begun, "rcpt");
	mt_buf_add_text(line(log), "rcpt");
	add_path(&log->text, to);
	add_reply(&log->text, reply);
}

static void on_abandon(void *ctx, enum smtp_why why)
{
	struct smtp_log *log = ctx;

	want(log, log->open && !log->begun, "abandon");
	log->open = false;
	mt_buf_printf(line(log), "abandon %s\n", whys[why]);
}

static void on_begin(void *ctx, enum smtp_carried carried)
{
	struct smtp_log *log = ctx;

	want(log, log->open && !log->begun, "begin");
	log->begun = true;
	log->octets = 0;
	mt_buf_printf(line(log), "begin %s\n", carried == SMTP_DATA ? "DATA" : "BDAT");
}

static size_t on_body(void *ctx, struct span text)
{
	struct smtp_log *log = ctx;

	want(log, log->begun && text.len > 0, "body");
	if (log->room > 0)
		text = span_head(text, log->room);
	if (!log->in_body)
		mt_buf_add_text(&log->text, "body ");
	log->in_body = true;
	log->octets += text.len;
	add_octets(&log->text, text);
	return text.len;
}

static void on_gap(void *ctx, uint64_t octets)
{
	struct smtp_log *log = ctx;

	want(log, log->begun && octets > 0, "gap");
	if (octets == UINT64_MAX)
		mt_buf_add_text(line(log), "gap ?\n");
	else
		mt_buf_printf(line(log), "gap %llu\n", (unsigned long long)octets);
}

static void on_end(void *ctx, enum smtp_outcome outcome, bool complete,
	const struct smtp_reply *reply)
{
	static const char *const outcomes[] = {"unknown", "accepted", "refused"};
	struct smtp_log *log = ctx;

	want(log, log->begun, "end");
	log->open = log->begun = false;
	mt_buf_printf(line(log), "end %s %s %llu", outcomes[outcome],
		complete ? "complete" : "incomplete", (unsigned long long)log->octets);
	add_reply(&log->text, reply);
}

static void on_rcpt_final(void *ctx, uint32_t nth, const struct smtp_reply *reply)
{
	struct smtp_log *log = ctx;

	want(log, log->begun, "rcpt_final");
	mt_buf_printf(line(log), "final %u", nth);
	add_reply(&log->text, reply);
}

static void on_greeting(void *ctx, struct span name)
{
	struct smtp_log *log = ctx;

	mt_buf_add_text(line(log), "greeting ");
	add_octets(&log->text, name);
	mt_buf_add_text(&log->text, "\n");
}

static void on_auth(void *ctx, struct span mechanism, struct span user, bool ok)
{
	struct smtp_log *log = ctx;

	mt_buf_add_text(line(log), "auth ");
	add_octets(&log->text, mechanism);
	mt_buf_add_text(&log->text, " ");
	add_octets(&log->text, user);
	mt_buf_add_text(&log->text, ok ? " ok\n" : " no\n");
}

static void on_client(void *ctx, enum smtp_client_facts kind, struct span attributes)
{
	struct smtp_log *log = ctx;

	mt_buf_add_text(line(log), kind == SMTP_XCLIENT ? "xclient " : "xforward ");
	if (attributes.len == 0)
		mt_buf_add_text(&log->text, "void");
	add_octets(&log->text, attributes);
	mt_buf_add_text(&log->text, "\n");
}

static void on_tls(void *ctx, enum smtp_tls what)
{
	static const char *const names[] = {[SMTP_TLS_OFFERED] = "offered",
		[SMTP_TLS_REFUSED] = "refused",
		[SMTP_TLS_OPENED] = "opened",
		[SMTP_TLS_DARK] = "dark"};
	struct smtp_log *log = ctx;

	mt_buf_printf(line(log), "tls %s\n", names[what]);
}

static void on_tls_octets(void *ctx, bool of_server, struct span text)
{
	struct smtp_log *log = ctx;

	mt_buf_add(&log->dark[of_server], text);
}

static void on_odd(void *ctx, enum mt_odd odd)
{
	struct smtp_log *log = ctx;

	log->odds |= mt_odd_bit(odd);
	if (!log->begun)
		line(log);
}

const struct smtp_sink smtp_log_sink = {
	.open = on_open,
	.rcpt = on_rcpt,
	.abandon = on_abandon,
	.begin = on_begin,
	.body = on_body,
	.gap = on_gap,
	.end = on_end,
	.rcpt_final = on_rcpt_final,
	.greeting = on_greeting,
	.auth = on_auth,
	.client = on_client,
	.tls = on_tls,
	.tls_octets = on_tls_octets,
	.odd = on_odd,
};
