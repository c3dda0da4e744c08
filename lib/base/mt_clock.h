// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Time is microseconds in a uint64_t: since the epoch for packet time and records (`_us`),
// since an unknown point for waiting (mt_clock_mono_us).

#include <stddef.h>
#include <stdint.h>

// "2026-11-25T04:00:00.123456+0000" and its NUL.
#define MT_CLOCK_TEXT_SIZE 32

uint64_t mt_clock_wall_us(void);
uint64_t mt_clock_mono_us(void);
// Writes the time as Suricata's EVE does, in UTC. Returns its length (31).
size_t mt_clock_text(uint64_t at_us, char text[MT_CLOCK_TEXT_SIZE]);
