/*
 * Goal: scripts that are read a run at a time are romanised as the systems say that their files name, by each reading; any signs in any
 * order are read within the room there is.
 * Method: plain names of each script by hand; all pairs of signs, runs longer than the room, and signs by chance.
 */
#include "check.h"

#include "screen/fold.h"
#include "screen/name.h"

#include <stdlib.h>

static struct cs_folded folded;

/* The words of NAME with one space between them. */
static const char *
words_of(const char *name, unsigned reading)
{
	static char out[CS_FOLD_LETTERS_MAX + CS_FOLD_PIECES_MAX];
	size_t len = 0;
	cs_fold_as(cs_span_text(name), reading, &folded);
	for (unsigned i = 0; i < folded.piece_n; i++) {
		const struct cs_fold_piece *piece = &folded.piece[i];
		if (i > 0)
			out[len++] = ' ';
		memcpy(out + len, folded.letters + piece->start, piece->len);
		len += piece->len;
	}
	out[len] = '\0';
	return out;
}

struct row {
	const char *name, *words, *other; /* NULL: there is no other reading */
};

static void
assert_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(words_of(rows[i].name, 0), rows[i].words);
		assert_int_equal(folded.invalid_n, 0);
		assert_int_equal(folded.cut, false);
		const char *other = rows[i].other ? rows[i].other : rows[i].words;
		if (rows[i].other)
			assert_true(folded.other);
		assert_string_equal(words_of(rows[i].name, 1), other);
	}
}

static void
kana(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"\u3084\u307e\u3060 \u306f\u306a\u3053", "yamada hanako", NULL},
		{"\u30e4\u30de\u30c0 \u30cf\u30ca\u30b3", "yamada hanako", NULL},
		{"\uff94\uff8f\uff80\uff9e \uff8a\uff85\uff7a", "yamada hanako", NULL},
		{"\u304b\u3099\u304d \u306f\u309a", "gaki pa", NULL}, /* the mark of voicing is a sign of its own */
		{"\u30cf\u309c\u30f3 \u30a6\u309b\u30a1\u30f3", "pan van", NULL},
		{"\u306f\u3063\u3068\u308a \u3051\u3093\u3058", "hattori kenji", NULL},
		{"\uff78\uff9e\uff6f\uff81 \u30de\u30c3\u30c1 \u30a4\u30c3\u30d1\u30c4", "gutchi matchi ippatsu", NULL},
		{"\u3057\u3085\u3046\u3058 \u304d\u3087\u3046\u3053", "shuji kyoko", "shuuji kyouko"},
		{"\u3055\u3068\u3046 \u304a\u304a\u306e", "sato ono", "satou oono"},
		{"\u3044\u306e\u3046\u3048 \u306b\u3044\u304c\u305f", "inoue niigata", NULL},
		{"\u306a\u3093\u3070", "nanba", "namba"},
		{"\u30c6\u30a3\u30ca \u30d5\u30a3\u30ea\u30c3\u30d7 \u30b7\u30a7\u30ea\u30fc \u30c1\u30a7\u30f3",
		 "tina firippu sheri chen", NULL},
		{"\u30a6\u30a3\u30ea\u30fc \u30af\u30a9\u30f3 \u30a4\u30a7\u30f3", "wiri kwon yen", NULL},
		{"\u307f\u3059\u305a \u3044\u3059\u30fe", "misuzu isuzu", NULL},
		{"\u30b8\u30e7\u30f3\u30fb\u30b9\u30df\u30b9", "jon sumisu", NULL},
		{"\u3063 \u30fc \u3083 \u3093", "ya n", NULL},
		{"\u30f7\u30ec\u30ea\u30fc \u30f8\u30f9\u30fa", "vareri vivevo", NULL},
		{"\u30ef\u3099\u30f0\u3099\u30f1\u3099\u30f2\u3099", "vavivevo",
		 NULL}, /* the same, of two signs each */
	};
	assert_rows(rows, sizeof rows / sizeof *rows);
	(void)words_of("\u3084\u307e\u3060", 0);
	assert_int_equal(folded.piece[0].script, CS_FOLD_KANA);
	(void)words_of("\u738b\u306f\u306a", 0); /* behind a sign a word of its own */
	assert_int_equal(folded.piece_n, 2);
	assert_int_equal(folded.piece[1].marks, CS_FOLD_JOINED);
}

static void
india(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"\u0930\u093e\u092e \u0915\u0941\u092e\u093e\u0930", "ram kumar", NULL},
		{"\u0906\u0928\u0902\u0926 \u0936\u0930\u094d\u092e\u093e", "anand sharma", NULL},
		{"\u091a\u0902\u0926\u0928 \u0917\u0941\u092a\u094d\u0924\u093e", "chandan gupta", NULL},
		{"\u0930\u093e\u091c\u0915\u0941\u092e\u093e\u0930", "rajkumar", "rajakumar"},
		{"\u0939\u0930\u092d\u091c\u0928 \u0938\u093f\u0902\u0939", "harabhjan singh", "harabhajan singh"},
		{"\u0938\u0941\u0930\u0947\u0936 \u091a\u0928\u094d\u0926\u094d\u0930", "suresh chandra",
		 "suresh chandr"},
		{"\u092d\u0915\u094d\u0924", "bhakt", "bhakta"},
		{"\u091c\u094d\u091e\u093e\u0928\u0947\u0936 \u091c\u093c\u092b\u093c\u0930", "gyanesh zafar", NULL},
		{"\u091c\u200d\u092f \u0930\u200c\u092e", "jay ram", NULL}, /* how signs are drawn says nothing */
		{"\u0967\u0968", "12", NULL},
		{"\u0930\u093e\u092e\u0964", "ram", NULL},
		{"\u09b8\u09c1\u09ae\u09a8 \u09a6\u09be\u09b8", "suman das", "sumon das"},
		{"\u09b0\u09b9\u09ae\u09be\u09a8", "rahman", "rohman"},
		{"\u09af\u09a4\u09c0\u09a8 \u09ae\u09a3\u09cd\u09a1\u09b2", "jatin mandal", "jotin mondol"},
		{"\u0a39\u0a30\u0a2a\u0a4d\u0a30\u0a40\u0a24 \u0a38\u0a3f\u0a70\u0a18", "harprit singh",
		 "haraprit singh"},
		{"\u0a38\u0a41\u0a71\u0a16\u0a3e", "sukhkha", NULL},
		{"\u0aa8\u0ab0\u0ac7\u0aa8\u0acd\u0aa6\u0acd\u0ab0 \u0aaa\u0a9f\u0ac7\u0ab2", "narendra patel",
		 "narendr patel"},
		{"\u0bae\u0bc1\u0bb0\u0bc1\u0b95\u0ba9\u0bcd \u0b9a\u0bc6\u0bb2\u0bcd\u0bb5\u0bae\u0bcd",
		 "murugan selvam", NULL},
		{"\u0b95\u0ba3\u0bcd\u0ba3\u0ba9\u0bcd", "kannan", NULL},
		{"\u0c35\u0c46\u0c02\u0c15\u0c1f\u0c02", "venkatam", NULL},
		{"\u0cb0\u0cbe\u0cae\u0ca3\u0ccd\u0ca3", "ramanna", NULL},
		{"\u0d15\u0d43\u0d37\u0d4d\u0d23\u0d7b", "krishnan", NULL},
		{"\u0b17\u0b4b\u0b2a\u0b3e\u0b33", "gopala", NULL},
	};
	assert_rows(rows, sizeof rows / sizeof *rows);
}

/* A geresh makes another letter, a quote within a word is none of it. */
static void
hebrew(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"\u05d3\u05d5\u05d3 \u05dc\u05d5\u05d9", "dvd lvy", NULL},
		{"\u05d0\u05d1\u05e8\u05d4\u05dd", "abrhm", "avrhm"},
		{"\u05d2'\u05de\u05d0\u05dc", "jmal", "gmal"},
		{"\u05d2\u05f3\u05d5\u05e8\u05d2\u05f3", "jvrj", "gvrg"},
		{"\u05d6\u2019\u05d0\u05df", "jan", "zan"},
		{"\u05e6'\u05e8\u05dc\u05d9", "crly", "tsrly"},
		{"\u05de\u05d9\u05dc\u05d5\u05d1\u05d9\u05e5'", "mylvbyc", "mylvvyts"},
		{"\u05d3'", "d", NULL},
		{"\u05db\"\u05e5 \u05d1\u05d9\u05f4\u05dc", "kts byl", NULL},
		{"\"\u05d3\u05d5\u05d3\"", "dvd", NULL},
		{"\u05d3\u05df\" \u05d2\u05dc", "dn gl", NULL},
	};
	assert_rows(rows, sizeof rows / sizeof *rows);
}

static void
thai(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"\u0e2a\u0e21\u0e0a\u0e32\u0e22", "somchai", NULL},
		{"\u0e43\u0e08\u0e14\u0e35", "chaidi", "jaidi"},
		{"\u0e28\u0e34\u0e23\u0e34\u0e1e\u0e23", "siriphon", "siriporn"},
		{"\u0e2a\u0e38\u0e27\u0e23\u0e23\u0e13", "suwan", NULL},
		{"\u0e1b\u0e23\u0e30\u0e2a\u0e34\u0e17\u0e18\u0e34\u0e4c", "prasit", NULL},
		{"\u0e2d\u0e19\u0e31\u0e19\u0e15\u0e4c \u0e08\u0e31\u0e19\u0e17\u0e23\u0e4c", "anan chan",
		 "anan jan"}, /* what is struck out is silent */
		{"\u0e19\u0e04\u0e23 \u0e16\u0e19\u0e19 \u0e2d\u0e38\u0e14\u0e21", "nakhon thanon udom",
		 "nakorn tanon udom"},
		{"\u0e08\u0e31\u0e01\u0e23 \u0e21\u0e34\u0e15\u0e23", "chak mit", "jak mit"},
		{"\u0e27\u0e23\u0e0a\u0e31\u0e22 \u0e2a\u0e38\u0e23\u0e0a\u0e31\u0e22", "worachai surachai", NULL},
		{"\u0e40\u0e08\u0e23\u0e34\u0e0d \u0e40\u0e09\u0e25\u0e34\u0e21", "charoen chaloem", "jaroen chaloem"},
		{"\u0e40\u0e21\u0e35\u0e22 \u0e40\u0e2a\u0e37\u0e2d \u0e40\u0e01\u0e32\u0e30 \u0e40\u0e02\u0e32",
		 "mia suea ko khao", "mia suea ko kao"},
		{"\u0e2b\u0e21\u0e2d\u0e01 \u0e44\u0e17\u0e22", "mok thai", "mok tai"},
		{"\u0e2d\u0e33\u0e19\u0e32\u0e08 \u0e18\u0e23\u0e23\u0e21", "amnat tham", "amnat tam"},
		{"\u0e43\u0e08\u0e14\u0e35\u0e27\u0e07\u0e28\u0e4c \u0e21\u0e13\u0e35\u0e27\u0e07\u0e28\u0e4c",
		 "chaidiwong maniwong", "jaidiwong maniwong"},
		{"\u0e04\u0e33\u0e27\u0e07\u0e28\u0e4c \u0e28\u0e23\u0e35\u0e27\u0e07\u0e28\u0e4c", "khamwong siwong",
		 "kamwong siwong"},
		{"\u0e2a\u0e38\u0e27\u0e07\u0e28\u0e4c \u0e21\u0e2b\u0e32\u0e27\u0e07\u0e28\u0e4c "
		 "\u0e21\u0e13\u0e35\u0e27\u0e07\u0e28\u0e4c\u0e17\u0e2d\u0e07",
		 "suwong mahawong maniwongthong", "suwong mahawong maniwongtong"},
		{"\u0e2a\u0e32\u0e22\u0e27\u0e07\u0e28\u0e4c \u0e41\u0e2a\u0e07\u0e27\u0e07\u0e28\u0e4c",
		 "saiwong saengwong", NULL},
		{"\u0e20\u0e34\u0e23\u0e21\u0e22\u0e4c \u0e0a\u0e32\u0e19\u0e19\u0e17\u0e4c", "phirom chanon",
		 "pirom chanon"},
		{"\u0e25\u0e31\u0e01\u0e29\u0e13\u0e4c \u0e1e\u0e31\u0e01\u0e15\u0e23\u0e4c", "lak phak", "lak pak"},
		{"\u0e51\u0e52", "12", NULL},
	};
	assert_rows(rows, sizeof rows / sizeof *rows);
}

/* A name has both readings looked up, once each, and others but one. */
static void
versions(void **state)
{
	(void)state;
	struct cs_name_version version[CS_NAME_VERSIONS_MAX];
	assert_int_equal(cs_name_versions(cs_span_text("Ivo Varoe a.k.a. Ivo Quellmar"), version), 2);
	assert_int_equal(version[1].reading, 0);
	assert_int_equal(cs_name_versions(cs_span_text("\u3055\u3068\u3046 a.k.a. Satou"), version), 3);
	assert_true(version[0].reading == 0 && version[1].reading == 1 && version[2].reading == 0);
	assert_true(version[0].text.at == version[1].text.at && version[0].text.len == version[1].text.len);
	assert_int_equal(cs_name_versions(cs_span_text("\u3055 a.k.a. \u3055 a.k.a. \u3055 a.k.a. \u3055"), version),
			 CS_NAME_VERSIONS_MAX);
}

static size_t
put_sign(char *out, uint32_t sign)
{
	out[0] = (char)(0xe0 | sign >> 12);
	out[1] = (char)(0x80 | (sign >> 6 & 63));
	out[2] = (char)(0x80 | (sign & 63));
	return 3;
}

static void
assert_read(const char *text, size_t len)
{
	char *copy = malloc(len + 1); /* the sanitizer watches what is read beyond it */
	assert_non_null(copy);
	memcpy(copy, text, len);
	for (unsigned reading = 0; reading < CS_FOLD_READINGS; reading++) {
		cs_fold_as((struct cs_span){(const uint8_t *)copy, len}, reading, &folded);
		for (unsigned i = 0; i < folded.piece_n; i++) {
			const struct cs_fold_piece *piece = &folded.piece[i];
			assert_true(piece->len > 0 && piece->start + piece->len <= folded.letter_n);
			assert_true(piece->from < piece->to && piece->to <= len);
		}
		for (unsigned i = 0; i < folded.letter_n; i++)
			assert_true((folded.letters[i] >= 'a' && folded.letters[i] <= 'z') ||
				    (folded.letters[i] >= '0' && folded.letters[i] <= '9'));
	}
	free(copy);
}

static const struct {
	uint32_t first, last;
} blocks[] = {{0x900, 0xd7f}, {0xe00, 0xe7f}, {0x3040, 0x30ff}, {0xff65, 0xff9f}};

static void
any_signs(void **state)
{
	(void)state;
	char text[6000];
	uint32_t seed = 7;
	for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
		uint32_t from = blocks[b].first, width = blocks[b].last - from + 1;
		uint32_t block = width > 0x80 && b == 0 ? 0x80 : width; /* signs of one script stand together */
		for (uint32_t i = 0; i < width; i++)
			for (uint32_t k = 0; k < block; k++) {
				size_t len = put_sign(text, from + i);
				len += put_sign(text + len, from + i / block * block + k);
				assert_read(text, len);
			}
		for (unsigned round = 0; round < 3000; round++) {
			size_t most = round % 100 == 0 ? 5000 : 30, len = 0;
			while (len < most) {
				seed = seed * 1664525 + 1013904223;
				uint32_t at = (seed >> 8) % block + (b == 0 ? round % 9 * block : 0);
				len += put_sign(text + len, from + at);
			}
			assert_read(text, len);
		}
	}
}

/* A run that is longer than is read together goes on, and one that is longer than all room is cut. */
static void
long_runs(void **state)
{
	(void)state;
	static char text[6000];
	size_t len = 0;
	for (unsigned i = 0; i < 100; i++)
		len += put_sign(text + len, 0x304b);
	text[len] = '\0';
	(void)words_of(text, 0);
	assert_int_equal(folded.letter_n, 200);
	assert_false(folded.cut);
	for (unsigned i = 0; i < 1500; i++)
		len += put_sign(text + len, 0x304b);
	text[len] = '\0';
	(void)words_of(text, 0);
	assert_true(folded.cut);
	assert_true(folded.letter_n <= CS_FOLD_LETTERS_MAX && folded.letter_n > CS_FOLD_LETTERS_MAX - 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kana),      cmocka_unit_test(india),    cmocka_unit_test(hebrew),
		cmocka_unit_test(thai),      cmocka_unit_test(versions), cmocka_unit_test(any_signs),
		cmocka_unit_test(long_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
