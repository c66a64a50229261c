/*
 * Made-up names for tests of searching: words of a small stock, some of them damaged or written together.
 */
#ifndef CS_TESTS_MADE_UP_NAMES_H
#define CS_TESTS_MADE_UP_NAMES_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t seed = 23;

static unsigned
next_random(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((seed >> 33) % below);
}

/* The last but some are Muhammad and Ali in Arabic, Melkin and Ivan in Cyrillic. */
static const char *const stock[] = {"Torvald",
				    "Brennick",
				    "Melkin",
				    "Pokazhin",
				    "Tarvo",
				    "Zadumin",
				    "Mohammed",
				    "Muhamad",
				    "Ivan",
				    "Johan",
				    "Quellbach",
				    "Varoe",
				    "J",
				    "Alisander",
				    "Vostrik",
				    "El",
				    "Kharbouti",
				    "Senzaki",
				    "Obradin",
				    "Lumbwala",
				    "Tesh",
				    "Abdul",
				    "Trading",
				    "Shipping",
				    "Company",
				    "Ltd",
				    "North",
				    "GmbH",
				    "Brothers",
				    "7",
				    "12",
				    "Sheikh",
				    "Bank",
				    "Tesh",
				    "Meklin",
				    "Trade",
				    "\xd9\x85\xd8\xad\xd9\x85\xd8\xaf",
				    "\xd8\xb9\xd9\x84\xd9\x8a",
				    "\xd0\x9c\xd0\xb5\xd0\xbb\xd0\xba\xd0\xb8\xd0\xbd",
				    "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd",
				    "QZT",
				    "Bren",
				    "Nik",
				    "Melk",
				    "Handels"};

/* Words of the stock, some of them damaged or written together. */
static void
make_name(char out[256])
{
	unsigned n = 1 + next_random(4);
	*out = 0;
	for (unsigned i = 0; i < n; i++) {
		const char *word = stock[next_random(sizeof stock / sizeof *stock)];
		(void)snprintf(out + strlen(out), 256 - strlen(out), "%s%s", i && next_random(8) ? " " : "", word);
	}
	size_t len = strlen(out), at = next_random((unsigned)len);
	bool latin = (unsigned char)out[at] < 128;
	if (len > 4 && latin && next_random(2))
		out[at] = (char)('a' + next_random(26));
	else if (len > 4 && latin && at > 0 && next_random(2))
		memmove(out + at, out + at + 1, len - at);
}

#endif
