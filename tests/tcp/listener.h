// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The server: a minimal SMTP on the kernel's TCP. It answers what it read and nothing else, and
// keeps the octets of every content as recv() returned them.

// Serves ports 25 and 587 on all addresses of this namespace, the second with a small window and
// slow reading, until `stop` (a pipe) ends. DIR/truth gets a line for every mail whose content
// began, in order of their ends:
//
//   ADDRESS PORT SERVER-PORT ORDER WHOLE OFFSET LENGTH
//
// ORDER counts the contents of all connections as they began; WHOLE is 1 when the final dot was
// read and 250 written; the octets, dots unstuffed, stand at OFFSET of DIR/contents. `ready` is
// closed once it listens. 0 or -errno.
int listener_run(const char *dir, int ready, int stop);
