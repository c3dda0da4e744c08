// SPDX-License-Identifier: BSD-3-Clause
#include "mime_header.h"
#include "probe.h"

#include <stdio.h>

#define ROUNDS 200000
#define PIECE  1460

// A header as a large provider's mail has it when it arrives.
static const char header[] =
	"Received: from mail-wr1-f51.provider.example (mail-wr1-f51.provider.example "
	"[203.0.113.51])\r\n\tby mx.site.example (Postfix) with ESMTPS id 4ZQX1y2KzVz9sW\r\n"
	"\tfor <jane.doe@site.example>; Wed, 25 Nov 2026 04:00:00 +0000 (UTC)\r\n"
	"Received: by mail-wr1-f51.provider.example with SMTP id ffacd0b85a97d-3a4e742dc97so\r\n"
	"        for <jane.doe@site.example>; Tue, 24 Nov 2026 20:00:00 -0800 (PST)\r\n"
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
	"        d=provider.example; s=20230601; t=1795579200; x=1796184000; darn=site.example;\r\n"
	"        h=to:subject:message-id:date:from:mime-version:from:to:cc:subject:date\r\n"
	"         :message-id:reply-to;\r\n"
	"        bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n"
	"        b=QmFzZTY0IG9mIGEgc2lnbmF0dXJlIHRoYXQgbm9ib2R5IGNoZWNrcyBoZXJlIGFuZCB0aGF\r\n"
	"         0IGlzIHR3byBodW5kcmVkIGFuZCBmaWZ0eSBzaXggb2N0ZXRzIGxvbmcgd2hlbiBkZWNvZGVk\r\n"
	"         IGJ1dCBub3QgaW4gdGhpcyBwcm9iZQ==\r\n"
	"X-Provider-DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
	"        d=1e100.example; s=20230601; t=1795579200; x=1796184000;\r\n"
	"        h=to:subject:message-id:date:from:mime-version:x-gm-message-state:from\r\n"
	"         :to:cc:subject:date:message-id:reply-to;\r\n"
	"        b=QmFzZTY0IG9mIGEgc2lnbmF0dXJlIHRoYXQgbm9ib2R5IGNoZWNrcyBoZXJlIGFuZCB0aGF\r\n"
	"X-Gm-Message-State: AOJu0YxQmFzZTY0IG9mIGEgc2lnbmF0dXJlIHRoYXQgbm9ib2R5IGNoZWNrcw\r\n"
	"X-Received: by 2002:a05:6000:1a8b:b0:3a4:f7ae:77d2 with SMTP id ffacd0b85a97d.5.17955;\r\n"
	"        Tue, 24 Nov 2026 20:00:00 -0800 (PST)\r\n"
	"MIME-Version: 1.0\r\n"
	"From: =?UTF-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg.mueller@provider.example>\r\n"
	"Date: Wed, 25 Nov 2026 05:00:00 +0100\r\n"
	"Message-ID: <CAH8yC8nQmFzZTY0IG9mIGEgc2ln@mail.provider.example>\r\n"
	"Subject: =?UTF-8?B?QW5nZWJvdCBmw7xyIGRpZSBCw7xyb3LDpHVtZSBpbSBkcml0dGVu?=\r\n"
	"        =?UTF-8?Q?_Stock=2C_mit_Pl=C3=A4nen?=\r\n"
	"To: \"Doe, Jane\" <jane.doe@site.example>, info@site.example\r\n"
	"Cc: Planning <planning@site.example>\r\n"
	"Content-Type: multipart/mixed; boundary=\"000000000000a1b2c3061f2e3d4c\"\r\n\r\n";

static int probe(size_t body, struct probe_result *ret)
{
	static uint8_t mail[1u << 20];
	const struct mime_limits limits = MIME_LIMITS_DEFAULT;
	const size_t len = sizeof(header) - 1 + body;
	struct mime_header h;
	struct mime_env env;
	uint64_t found = 0;

	memcpy(mail, header, sizeof(header) - 1);
	memset(mail + sizeof(header) - 1, 'x', body);
	mime_env_init(&env, &limits);
	mime_header_init(&h, &env);
	probe_start(ret);
	for (int round = 0; round < ROUNDS; round++) {
		mime_header_begin(&h);
		for (size_t at = 0; at < len; at += PIECE)
			mime_header_feed(&h,
				span_make(
					mail + at, len - at < PIECE ? len - at : PIECE));
		found += mime_headers_get(mime_header_end(&h), MIME_SUBJECT, 0).len;
		ret->octets += len;
		ret->units++;
	}
	probe_stop(ret);
	ret->unit = "mails";
	mime_header_fini(&h);
	mime_env_fini(&env);
	return found > 0 ? 0 : -1;
}

int probe_header(const char *place, struct probe_result *ret)
{
	(void)place;
	return probe(0, ret);
}

int probe_header_body(const char *place, struct probe_result *ret)
{
	(void)place;
	return probe(75000, ret);
}
