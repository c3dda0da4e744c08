// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What scripts of the unit tests have in common: any number of cases in a file,
//
//     == name of the case
//     # why
//     lines, whose meaning is the script's own
//     > what must come out

#include "mt_buf.h"

// The file FOLDER/NAME; ends the program when it cannot be read. The caller finishes it.
struct mt_buf script_file(const char *folder, const char *name);
// The next case: its name, cut to size, and its lines. False: there is none.
bool script_case(struct span *file, char *name, size_t size, struct span *lines);
// The next line of a case that says something, without its end. What must come out goes to `want`.
bool script_line(struct span *lines, struct mt_buf *want, struct span *line);
bool script_starts(struct span line, const char *with);
// The octets that s writes down: \r \n \t \\ \xHH, and \{5000}x for 5000 times x.
void script_octets(struct mt_buf *out, struct span s);
// The length of a gap; ? is UINT64_MAX: not known.
uint64_t script_gap(struct span s);
// Ends the program over a line that it cannot read.
void script_die(struct span line);
