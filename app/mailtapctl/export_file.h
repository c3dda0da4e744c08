// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A file that comes to be all at once: written aside, closed, renamed into place.

#include "mt_error.h"

#include <stdbool.h>
#include <stdio.h>

#define EXPORT_FILE_NAME 256

struct export_file {
	FILE *to;
	int folder;
	char name[EXPORT_FILE_NAME];
	char aside[EXPORT_FILE_NAME + 8];
};

// folder: a descriptor, or AT_FDCWD. 0, or EX_CANTCREAT with error text.
int export_file_open(
	struct export_file *f, int folder, const char *name, struct mt_error *error);
// code 0: gives it its name if all of it was written. Else takes it away. Returns code, or
// EX_IOERR with error text.
int export_file_close(struct export_file *f, int code, struct mt_error *error);
