// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What every header parser of one thread shares: limits, open converters of character sets, and
// scratch memory. One thread uses it at a time.
//
// mime_env_init opens a converter for every character set there is a use for, at once: the C
// library keeps them in files (gconv modules) that may be out of reach once privileges are
// dropped, and loading one takes long. So it must run before that; later on nothing is opened any
// more and no file is touched. A name from the wire never reaches the C library: what is not in
// our own table counts as unknown, however often it is asked for and whatever it is.

#include "mime_charset.h"

#include "mt_buf.h"

struct mime_limits {
	size_t header; // octets of a mail looked at; a header that goes on is cut there
	size_t list; // octets of an address list
	uint32_t addresses; // elements kept of To, and of Cc
	uint32_t received; // Received fields kept, from the top
};

#define MIME_LIMITS_DEFAULT                                                \
	{                                                                  \
		.header = 256u << 10, .list = 16u << 10, .addresses = 256, \
		.received = 32                                             \
	}

struct mime_env {
	struct mime_limits limits;
	struct mime_charsets charsets;
	struct mt_buf octets; // of encoded words, before they are converted
	struct mt_buf phrase; // decoded words that may need quotes
	struct mt_buf text; // a field's value, decoded
};

// What is missing on this system (a slim image without gconv modules) is shown as an unknown
// character set is; mime_charsets_missing names it.
void mime_env_init(struct mime_env *env, const struct mime_limits *limits);
void mime_env_fini(struct mime_env *env);
