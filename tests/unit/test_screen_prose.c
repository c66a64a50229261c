/*
 * Goal: listed names and identifiers are found in running text wherever they stand, with the bytes they stand at, and the cost grows
 * with the words of the text only.
 * Method: a small roll of made-up names, searched by comparing with each of them by the real scorer; texts by hand, told back;
 * searches counted; any bytes; texts made to be as dear as possible.
 */
#include "check.h"

#include "screen/prose.c"
#include "screen/score.h"

static struct cs_lexicon *lexicon;
static struct cs_name_room listed_room[4], room;
static struct cs_prose prose;

static const char *const listed[] = {"Ivo Quellmar", "Zadumin Oskarovich Varoe", "Blue Shell Trading Ltd",
				     "Hargelmann Vostrikoff"};
static const char *const ids[] = {"NO8330001234567", "0x52908400098527886E0F7030069857D2E4169EE7", "9074729"};
enum { LISTED_N = 4, IDS_N = 3 };

static uint16_t
weight(void *context, const struct cs_term *word)
{
	(void)context;
	for (unsigned i = 0; i < LISTED_N; i++)
		for (unsigned k = 0; k < listed_room[i].name.part_n; k++) {
			const struct cs_name_part *part = &listed_room[i].part[k];
			if (listed_room[i].token[part->token].hash == word->hash)
				return part->class == CS_NAME_PROPER ? 110 : 30;
		}
	return 0;
}

static unsigned
search_listed(void *context, struct cs_span name, struct cs_prose_hit *out, unsigned cap)
{
	unsigned n = 0;
	(void)context;
	cs_name_read(lexicon, NULL, name, CS_NAME_ANY, &room);
	for (unsigned i = 0; i < LISTED_N && n < cap; i++) {
		uint16_t score = cs_score(&room.name, &listed_room[i].name, NULL);
		if (score >= CS_SCORE_LINE)
			out[n++] = (struct cs_prose_hit){.entry = i, .score = score};
	}
	return n;
}

static unsigned
identify_listed(void *context, struct cs_span text, struct cs_prose_hit *out, unsigned cap)
{
	char plain[CS_PROSE_BYTES_MAX];
	size_t len = 0;
	(void)context;
	for (size_t i = 0; i < text.len; i++)
		if (is_letter(text.at[i]) || is_digit(text.at[i]))
			plain[len++] = (char)text.at[i];
	for (unsigned i = 0; i < IDS_N; i++)
		if (cap && strlen(ids[i]) == len && memcmp(ids[i], plain, len) == 0) {
			out[0] = (struct cs_prose_hit){.entry = 100 + i};
			return 1;
		}
	return 0;
}

static struct cs_prose_asked asked = {weight, search_listed, identify_listed, NULL, NULL, 80, 105, 200};

/* "0 at Ivo Quellmar|100 at ..." */
static const char *
told(const char *text)
{
	static char out[1024];
	out[0] = '\0';
	cs_prose_read(&asked, cs_span_text(text), &prose);
	for (unsigned i = 0; i < prose.hit_n; i++) {
		size_t len = strlen(out);
		(void)snprintf(out + len, sizeof out - len, "%s%u at %.*s", i ? "|" : "", prose.hit[i].entry,
			       (int)(prose.hit[i].to - prose.hit[i].from), text + prose.hit[i].from);
	}
	return out;
}

static void
texts(void **state)
{
	(void)state;
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"", ""},
		{"INVOICE 4711 FOR GOODS DELIVERED IN MARCH", ""},
		{"PAYMENT FOR IVO QUELLMAR INVOICE 4711", "0 at IVO QUELLMAR"},
		{"/INS/QUELLMAR, IVO/REF 12", "0 at QUELLMAR, IVO"},
		{"/BNF/RENT FOR IVO\n//QUELLMAR MARCH", "0 at IVO\n//QUELLMAR"},
		{"LOAN OF VAROE ZADUMIN OSKAROVICH AND IVO QUELLMAR",
		 "1 at VAROE ZADUMIN OSKAROVICH|0 at IVO QUELLMAR"},
		{"GOODS FROM BLUE SHELL TRADING LTD OSLO", "2 at BLUE SHELL TRADING"},
		{"A BLUE CAR AND A SEA SHELL", ""},
		/* one of two rare words misspelled */
		{"FOR HARGELMANN VOSTRIKOF RENT", "3 at HARGELMANN VOSTRIKOF"},
		/* the end of a full line cuts a word */
		{"PAYMENT OF RENT FOR MARCH HARGELMANN VOSTR\nIKOFF", "3 at HARGELMANN VOSTR\nIKOFF"},
		{"PAYMENT OF RENT FOR MARCH APRIL QUELL\nMAR IVO", "0 at QUELL\nMAR IVO"},
		/* identifiers */
		{"TO NO8330001234567.", "100 at NO8330001234567"},
		{"TO NO83 3000 1234 567 NOW", "100 at NO83 3000 1234 567"},
		{"WALLET 0x52908400098527886E0F7030069\n857D2E4169EE7 OK",
		 "101 at 0x52908400098527886E0F7030069\n857D2E4169EE7"},
		{"MV STAR IMO 9074729/OSLO", "102 at 9074729"},
		{"REF 99074729", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(told(rows[i].text), rows[i].told);
}

/* Each word costs a look, and only those of the lists a search. */
static void
cost(void **state)
{
	(void)state;
	(void)told("THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG 12345 TIMES A DAY");
	assert_int_equal(prose.search_n, 0);
	(void)told("THE QUICK BROWN QUELLMAR JUMPS OVER THE LAZY DOG");
	assert_true(prose.search_n >= 1 && prose.search_n <= (CS_PROSE_REACH + 1) * (CS_PROSE_REACH + 1));
	static char text[1 << 20];
	for (size_t i = 0; i + 9 < sizeof text; i += 9)
		memcpy(text + i, "QUELLMAR ", 9);
	(void)told(text);
	assert_true(prose.cut && prose.search_n <= CS_PROSE_SEARCHES_MAX);
	for (size_t i = 0; i + 9 < sizeof text; i += 9)
		memcpy(text + i, "A1234567 ", 9);
	(void)told(text);
	assert_true(prose.cut && prose.identify_n <= CS_PROSE_SEARCHES_MAX);
	for (size_t i = 0; i + 2 < sizeof text; i += 2)
		memcpy(text + i, "A ", 2);
	(void)told(text);
	assert_true(prose.cut && prose.word_n == CS_PROSE_WORDS_MAX);
}

static void
many_hits(void **state)
{
	(void)state;
	char text[4096] = "";
	for (unsigned i = 0; i < 50; i++)
		(void)strncat(text, "IVO QUELLMAR, PLUS ONE TWO THREE FOUR FIVE. ", sizeof text - strlen(text) - 1);
	cs_prose_read(&asked, cs_span_text(text), &prose);
	assert_true(prose.cut);
	assert_int_equal(prose.hit_n, CS_PROSE_HITS_MAX);
	for (unsigned i = 1; i < prose.hit_n; i++)
		assert_true(prose.hit[i - 1].from < prose.hit[i].from);
}

static void
any_bytes(void **state)
{
	(void)state;
	static const char seed[] = "RENT IVO QUELLMAR\n//NO83 3000 1234 567 \xd0\x98\xd0\xb2\xd0\xbe \xe7\x8e\x8b";
	uint8_t bytes[sizeof seed];
	size_t len = sizeof seed - 1;
	memcpy(bytes, seed, sizeof seed);
	for (size_t at = 0; at < len * 256; at++) {
		uint8_t was = bytes[at / 256];
		bytes[at / 256] = (uint8_t)at;
		cs_prose_read(&asked, (struct cs_span){bytes, len}, &prose);
		for (unsigned i = 0; i < prose.hit_n; i++)
			assert_true(prose.hit[i].from < prose.hit[i].to && prose.hit[i].to <= len);
		bytes[at / 256] = was;
	}
}

static int
begin(void **state)
{
	(void)state;
	lexicon = cs_lexicon_new();
	asked.lexicon = lexicon;
	for (unsigned i = 0; lexicon && i < LISTED_N; i++)
		cs_name_read(lexicon, NULL, cs_span_text(listed[i]), CS_NAME_ANY, &listed_room[i]);
	return lexicon ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	cs_lexicon_free(lexicon);
	return 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(cost),
		cmocka_unit_test(many_hits),
		cmocka_unit_test(any_bytes),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
