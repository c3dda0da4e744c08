// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Binds what an SMTP session tells to the tape of its connection. The context is a struct conn.

#include "smtp_sink.h"

extern const struct smtp_sink sink_to_tape;
