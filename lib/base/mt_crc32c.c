// SPDX-License-Identifier: BSD-3-Clause
#include "mt_crc32c.h"

#include <pthread.h>

#define POLYNOMIAL 0x82f63b78u

static uint32_t table[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill_table(void)
{
	for (uint32_t n = 0; n < 256; n++) {
		uint32_t crc = n;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
		table[0][n] = crc;
	}
	for (uint32_t n = 0; n < 256; n++)
		for (int k = 1; k < 8; k++)
			table[k][n] =
				table[k - 1][n] >> 8 ^ table[0][table[k - 1][n] & 0xff];
}

static uint32_t by_table(uint32_t crc, struct span s)
{
	const uint8_t *p = s.ptr;
	size_t left = s.len;

	pthread_once(&once, fill_table);
	for (; left >= 8; left -= 8, p += 8) {
		uint64_t word;
		memcpy(&word, p, 8);
		word ^= crc;
		crc = 0;
		for (int k = 0; k < 8; k++)
			crc ^= table[7 - k][word >> (8 * k) & 0xff];
	}
	for (; left > 0; left--, p++)
		crc = crc >> 8 ^ table[0][(crc ^ *p) & 0xff];
	return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

// A CRC of A followed by B is crc(A) moved on by len(B) zero octets, xor crc(B): so three
// thirds of a block can run beside each other and hide the latency of the instruction.
#define LANE 1024
static uint32_t move_table[2][4][256]; // [0]: by one LANE, [1]: by two
static pthread_once_t move_once = PTHREAD_ONCE_INIT;

static void fill_move_table(void)
{
	static const uint8_t zeros[2 * LANE];

	for (int lanes = 0; lanes < 2; lanes++)
		for (int k = 0; k < 4; k++)
			for (uint32_t n = 0; n < 256; n++)
				move_table[lanes][k][n] = by_table(n << (8 * k),
					span_make(zeros, (size_t)(lanes + 1) * LANE));
}

static inline uint32_t move(uint32_t crc, int lanes)
{
	return move_table[lanes][0][crc & 0xff] ^ move_table[lanes][1][crc >> 8 & 0xff] ^
		move_table[lanes][2][crc >> 16 & 0xff] ^ move_table[lanes][3][crc >> 24];
}

__attribute__((target("sse4.2"))) static uint32_t by_instruction(
	uint32_t crc, struct span s)
{
	const uint8_t *p = s.ptr;
	size_t left = s.len;
	uint64_t a = crc, word;

	for (; left >= 3 * LANE; left -= 3 * LANE, p += 3 * LANE) {
		uint64_t b = 0, c = 0;
		for (size_t i = 0; i < LANE; i += 8) {
			memcpy(&word, p + i, 8);
			a = _mm_crc32_u64(a, word);
			memcpy(&word, p + LANE + i, 8);
			b = _mm_crc32_u64(b, word);
			memcpy(&word, p + 2 * LANE + i, 8);
			c = _mm_crc32_u64(c, word);
		}
		a = move((uint32_t)a, 1) ^ move((uint32_t)b, 0) ^ (uint32_t)c;
	}
	for (; left >= 8; left -= 8, p += 8) {
		memcpy(&word, p, 8);
		a = _mm_crc32_u64(a, word);
	}
	for (; left > 0; left--, p++)
		a = _mm_crc32_u8((uint32_t)a, *p);
	return (uint32_t)a;
}

static uint32_t extend(uint32_t crc, struct span s)
{
	if (!__builtin_cpu_supports("sse4.2"))
		return by_table(crc, s);
	pthread_once(&move_once, fill_move_table);
	return by_instruction(crc, s);
}
#else
static uint32_t extend(uint32_t crc, struct span s)
{
	return by_table(crc, s);
}
#endif

uint32_t mt_crc32c(uint32_t crc, struct span s)
{
	return ~extend(~crc, s);
}
