// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What a connection tells of itself beside its mails: its TLS, and a record at its end.

#include "conn.h"
#include "smtp_sink.h"

// What became of TLS, for the counters of the worker and of the server.
void conn_tls(struct conn *c, enum smtp_tls what);
// Octets of TLS: a copy is kept until the handshake is over.
void conn_tls_octets(struct conn *c, bool of_server, struct span text);
// Octets are missing in a direction.
void conn_tls_gap(struct conn *c, bool of_server);
// Hands the handshake to the writer when it is over. Not while the connection is indebted.
void conn_tls_look(struct conn *c);
// The connection ends: hands over what there is of a handshake, tells the session where there is
// something to say, and counts.
void conn_tell_session(struct conn *c);
