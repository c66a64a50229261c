/*
 * Hex text, sixteen characters at a time and without a branch: whether the next digit is a letter cannot be guessed.
 *
 * Private to this folder. Digits are 0-9, A-F and a-f in ASCII.
 */
#ifndef CS_DECODE_HEX_H
#define CS_DECODE_HEX_H

#include <emmintrin.h>
#include <stdbool.h>
#include <stdint.h>

/* cs_hex_16 turns sixteen characters into eight bytes; false, with nothing written, when one of them is no digit. */
static inline bool
cs_hex_16(const uint8_t *text, uint8_t *out)
{
	const __m128i nine = _mm_set1_epi8(9), five = _mm_set1_epi8(5);
	__m128i raw = _mm_loadu_si128((const void *)text);
	__m128i digit = _mm_sub_epi8(raw, _mm_set1_epi8('0'));
	__m128i letter = _mm_sub_epi8(_mm_or_si128(raw, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
	__m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, nine), digit);
	__m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, five), letter);
	if (_mm_movemask_epi8(_mm_or_si128(is_digit, is_letter)) != 0xFFFF)
		return false;
	__m128i ten_on = _mm_add_epi8(letter, _mm_set1_epi8(10));
	__m128i nibbles = _mm_or_si128(_mm_and_si128(is_digit, digit), _mm_andnot_si128(is_digit, ten_on));
	/* the first of two characters is the low byte of its pair, and the high nibble */
	__m128i bytes = _mm_or_si128(_mm_slli_epi16(nibbles, 4), _mm_srli_epi16(nibbles, 8));
	bytes = _mm_and_si128(bytes, _mm_set1_epi16(0xFF));
	_mm_storel_epi64((__m128i *)(void *)out, _mm_packus_epi16(bytes, bytes));
	return true;
}

#endif
