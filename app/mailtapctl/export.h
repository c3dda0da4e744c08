// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Where exported mails go to: a folder of .eml and .json files, or one mbox file.

#include "content.h"
#include "ctl.h"
#include "export_file.h"

struct export
{
	const struct ctl *ctl;
	struct spool_reader *reader;
	int folder; // of the eml form
	struct export_file file; // of the mbox form, where it is not standard output
	FILE *mbox;
	size_t written, not_kept;
};

struct export_form {
	const char *name;
	// Whether the command line says where to, before anything is made: 0 or EX_USAGE.
	int (*check)(const struct ctl *ctl, struct mt_error *error);
	int (*open)(struct export *x, struct mt_error *error);
	// A mail whose content is kept or not; what is damaged must not come out.
	int (*put)(struct export *x, const struct spool_found *found,
		const json_t *record, struct mt_error *error);
	// code: of all that went before.
	int (*close)(struct export *x, int code, struct mt_error *error);
};

extern const struct export_form export_eml, export_mbox;
