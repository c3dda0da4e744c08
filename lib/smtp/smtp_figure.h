// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Draws the automaton of smtp_fsm.h from its tables: what the README shows. Text alone; each
// returns false when it did not fit.

#include "smtp_fsm.h"

// A graph for Graphviz. Arrows between the same two states are one; solid where both policies have
// them, dashed where `mirror` alone has. What several states do alike stands once, behind a box with
// their names. Not drawn: what stays where it is, unless it acts on recipients or the content.
bool smtp_figure_dot(struct mt_buf *out);
// A Markdown table: each arrow that leads elsewhere or acts.
bool smtp_figure_arrows(struct mt_buf *out);
// A Markdown table: where the policies differ.
bool smtp_figure_policies(struct mt_buf *out);
