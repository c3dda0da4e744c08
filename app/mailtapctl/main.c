// SPDX-License-Identifier: BSD-3-Clause

// Words, verb, exit code.

#include "ctl.h"
#include "mask.h"
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

// clang-format off
static const struct verb {
	const char *name;
	int (*run)(const struct ctl *ctl, struct mt_error *error);
	bool words; // takes more of them
	const char *use, *help;
} verbs[] = {
	{"status",     ctl_status,  false, "status",            "the first screen; what comes without a verb"},
	{"top",        ctl_top,     false, "top",               "the same, live"},
	{"health",     ctl_health,  false, "health [--nagios]", "one word, every reason, and what to do"},
	{"info",       ctl_show,    false, "info",              "what runs, since when, with which configuration"},
	{"ports",      ctl_show,    false, "ports",             "figures of each port"},
	{"lcores",     ctl_show,    false, "lcores",            "who does what, and how busy"},
	{"flows",      ctl_show,    false, "flows",             "connections and their table"},
	{"smtp",       ctl_show,    false, "smtp",              "each registered server: sessions, mails, TLS"},
	{"ledger",     ctl_ledger,  false, "ledger [--all]",    "every counter, and whether the sums close"},
	{"drops",      ctl_drops,   false, "drops [--all]",     "what was lost, where, and what to do"},
	{"odds",       ctl_odds,    false, "odds [--all]",      "what was odd on the wire"},
	{"spool",      ctl_show,    false, "spool",             "the log on the disk"},
	{"signatures", ctl_show,    false, "signatures",        "what is looked for, and how often it was found"},
	{"limits",     ctl_show,    false, "limits",            "every limit: used, size, times met"},
	{"hist",       ctl_hist,    true,  "hist [NAME]",       "commit_ms, mail_octets, batch_mails"},
	{"metrics",    ctl_metrics, false, "metrics",           "all figures as OpenMetrics text"},
	{"mails",      ctl_mails,   false, "mails [filters]",   "the newest mails of the spool, given-up ones too"},
	{"mail",       ctl_mail,    true,  "mail ID",           "the whole record of a mail"},
	{"cat",        ctl_cat,     true,  "cat ID",            "the octets of a mail, after checking its SHA-256"},
	{"export",     ctl_export,  true,  "export [ID...] [filters]", "mails as files: --dir D, or --format mbox"},
	{"verify",     ctl_verify,  false, "verify",            "every CRC and hash of the log"},
	{"reload",     ctl_control, false, "reload",            "the configuration anew"},
	{"reload-signatures", ctl_control, false, "reload-signatures", "the signatures anew"},
	{"log",        ctl_control, true,  "log LEVEL",         "debug, info, warn, error or fatal"},
	{"stop",       ctl_control, false, "stop [--yes]",      "drains and ends the appliance"},
};

// code, meaning
static const struct {
	int code;
	const char *help;
} codes[] = {
	{0,              "well"},
	{CTL_NOT_WELL,   "the answer is bad news: not OK, not balanced, not done"},
	{EX_USAGE,       "the command line, or a question the appliance refuses"},
	{EX_DATAERR,     "damage in the spool"},
	{EX_NOINPUT,     "no such mail or spool"},
	{EX_UNAVAILABLE, "no appliance runs"},
	{EX_OSERR,       "no memory"},
	{EX_CANTCREAT,   "a file cannot be made"},
	{EX_IOERR,       "a file cannot be read or written"},
	{EX_TEMPFAIL,    "the appliance does not answer"},
	{EX_PROTOCOL,    "the appliance answers what is not understood"},
	{EX_NOPERM,      "not allowed: the group mailtap is"},
};
// clang-format on

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void print_help(void)
{
	puts("mailtapctl [VERB] [options]: looks into a mailtap appliance and its spool\n");
	for (size_t i = 0; i < VERBS; i++)
		printf("  %-26s %s\n", verbs[i].use, verbs[i].help);
	putchar('\n');
	options_print_help();
	puts("\nExit codes:");
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		printf("  %2d  %s\n", codes[i].code, codes[i].help);
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

// What was to be told may not have reached the disk or the pipe.
static int check_output(int code, struct mt_error *error)
{
	bool lost = ferror(stdout) != 0;

	if ((fflush(stdout) == 0 && !lost) || code >= EX__BASE)
		return code;
	mt_error_set(error, 0, "standard output: %s", strerror(errno));
	return EX_IOERR;
}

static int run(struct ctl *ctl, int argc, char *argv[], struct mt_error *error)
{
	ctl->verb = optind < argc ? argv[optind++] : "status";
	const struct verb *verb = find_verb(ctl->verb);

	if (verb == NULL) {
		mt_error_set(error, 0, "%.40s: no such verb; see mailtapctl --help",
			ctl->verb);
		return EX_USAGE;
	}
	ctl->words = argv + optind;
	ctl->word_count = argc - optind;
	if (ctl->word_count > 0 && !verb->words) {
		mt_error_set(error, 0, "%.40s: not expected here; mailtapctl %s",
			ctl->words[0], verb->use);
		return EX_USAGE;
	}
	return check_output(verb->run(ctl, error), error);
}

int main(int argc, char *argv[])
{
	struct ctl ctl = {.spool = "/var/spool/mailtap", .file_prefix = "mailtap"};
	enum options_asked asked = OPTIONS_GO;
	struct mt_error error = {""};

	setlocale(LC_CTYPE, "");
	int code = options_parse(&ctl, argc, argv, &asked, &error);
	if (code == 0 && asked == OPTIONS_HELP)
		print_help();
	else if (code == 0 && asked == OPTIONS_VERSION)
		puts("mailtapctl " MAILTAP_VERSION);
	else if (code == 0)
		code = run(&ctl, argc, argv, &error);
	if (error.text[0] != '\0') {
		fputs("mailtapctl: ", stderr);
		mask_print(stderr, span_text(error.text));
		fputc('\n', stderr);
	}
	return code;
}
