/*
 * Goal: what it costs to read one name, to compare two words and to score two names; and the same for names that were made to cost
 * much.
 * Method: honest and listed names of the shared data, where it is; else nothing but a line that says so. Processor time of whole
 * loops, the best of several, so that who else uses the machine matters little. Word pairs: all of a sample, and of these the ones
 * that may be alike, without a limit and with one. Hostile names: the slowest of several kinds, each alone.
 */
#include "measure.h"
#include "screen/score.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_MAX = 20000, WORDS_MAX = 60000, SAMPLE = 2000, ROUNDS = 7, NEAR_MAX = 200000, HOSTILE_BYTES = 1000000 };

static char *names[NAMES_MAX];
static struct cs_term words[WORDS_MAX];
static uint32_t near[NEAR_MAX][2];
static unsigned name_n, word_n, near_n;
static struct cs_lexicon *lexicon;
static struct cs_rarity *rarity;
static struct cs_name_room room;
static uint64_t sink; /* what is computed is used */

static void
put(const char *name, double value, const char *unit, const char *reference, double ratio)
{
	printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"reference\":\"%s\",\"ratio\":%.4f}\n", name, value,
	       unit, reference, ratio);
	(void)fflush(stdout);
}

/* A column of an unpacked table, below its head. */
static void
read_names(const char *file, char divider, unsigned column)
{
	static char line[1 << 16];
	const char ends[] = {divider, '\r', '\n', 0};
	char path[1024];
	int pipes[2];
	const char *shared = getenv("COUNTERSIGN_SHARED");
	(void)snprintf(path, sizeof path, "%s/data/sanctions/%s", shared ? shared : "", file);
	if (access(path, R_OK) != 0 || pipe(pipes) != 0)
		return;
	if (fork() == 0) {
		(void)dup2(pipes[1], STDOUT_FILENO);
		(void)close(pipes[0]);
		(void)execlp("gzip", "gzip", "-dc", path, (char *)NULL);
		_exit(1);
	}
	(void)close(pipes[1]);
	FILE *in = fdopen(pipes[0], "r");
	const unsigned most = name_n + NAMES_MAX / 2;
	for (bool first = true; in && fgets(line, sizeof line, in) && name_n < most; first = false) {
		char *name = line;
		for (unsigned i = 0; i < column && name; i++) {
			name = strchr(name, divider);
			name += name != NULL;
		}
		if (first || !name)
			continue;
		name[strcspn(name, ends)] = 0;
		if (*name)
			names[name_n++] = strdup(name);
	}
	if (in)
		(void)fclose(in);
}

static void
read_one(const char *text)
{
	struct cs_span variants[CS_NAME_VARIANTS_MAX];
	unsigned n = cs_name_variants((struct cs_span){(const uint8_t *)text, strlen(text)}, variants);
	for (unsigned i = 0; i < n; i++) {
		cs_name_read(lexicon, rarity, variants[i], CS_NAME_ANY, &room);
		sink += room.name.part_n;
	}
}

static double
lower(double a, double b)
{
	return a < b ? a : b;
}

static void
reading(void)
{
	double best = 1e9;
	for (unsigned round = 0; round < ROUNDS; round++) {
		double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		for (unsigned i = 0; i < name_n; i++)
			read_one(names[i]);
		best = lower(best, measure_s(CLOCK_PROCESS_CPUTIME_ID) - start);
	}
	put("screen_names_read", name_n / best, "names/s", "333333, 3 us each", name_n / best / 333333);
	for (unsigned i = 0; i < name_n; i++) {
		read_one(names[i]);
		for (unsigned p = 0; p < room.name.part_n && word_n < WORDS_MAX; p++)
			words[word_n++] = room.token[p];
	}
}

static void
comparing(void)
{
	double all = 1e9, alike = 1e9, limited = 1e9;
	const unsigned step = word_n / SAMPLE + 1, n = word_n / step;
	for (unsigned i = 0; i < n; i++)
		words[i] = words[i * step];
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = i + 1; j < n && near_n < NEAR_MAX; j++)
			if (words[i].hash != words[j].hash && cs_term_may_be_alike(&words[i], &words[j]))
				near[near_n][0] = i, near[near_n][1] = j, near_n++;
	for (unsigned round = 0; round < ROUNDS; round++) {
		double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		for (unsigned i = 0; i < n; i++)
			for (unsigned j = 0; j < n; j++)
				sink += cs_term_compare(&words[i], &words[j], 1).permille;
		double middle = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		for (unsigned i = 0; i < near_n; i++)
			sink += cs_term_compare(&words[near[i][0]], &words[near[i][1]], 1).permille;
		double end = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		for (unsigned i = 0; i < near_n; i++)
			sink += cs_term_compare(&words[near[i][0]], &words[near[i][1]], 800).permille;
		all = lower(all, middle - start), alike = lower(alike, end - middle);
		limited = lower(limited, measure_s(CLOCK_PROCESS_CPUTIME_ID) - end);
	}
	double pairs = (double)n * n;
	put("screen_word_pairs", pairs / all, "pairs/s", "all of a sample", 1);
	put("screen_word_pairs_near", near_n / alike, "pairs/s", "all of a sample", near_n / alike / (pairs / all));
	put("screen_word_pairs_limit", near_n / limited, "pairs/s", "near, without a limit", alike / limited);
}

/* Neighbours of a table of aliases are often one entry's, so that there is much to align. */
static void
scoring(void)
{
	enum { NEIGHBOURS = 4 };
	double score = 1e9, hopeless = 1e9;
	struct cs_name_room *rooms = malloc(sizeof *rooms * SAMPLE);
	const int32_t need = cs_score_least_sum(CS_SCORE_LINE);
	if (!rooms || name_n < SAMPLE) {
		free(rooms);
		return;
	}
	for (unsigned i = 0; i < SAMPLE; i++)
		cs_name_read(lexicon, rarity, cs_span_text(names[name_n - 1 - i]), CS_NAME_ANY, &rooms[i]);
	for (unsigned round = 0; round < ROUNDS; round++) {
		double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		for (unsigned i = 0; i < SAMPLE * NEIGHBOURS; i++)
			sink += cs_score(&rooms[i % SAMPLE].name, &rooms[(i + i / SAMPLE + 1) % SAMPLE].name, NULL);
		double middle = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		for (unsigned i = 0; i < SAMPLE * NEIGHBOURS; i++)
			sink += cs_score_hopeless(&rooms[i % SAMPLE].name, &rooms[(i + i / SAMPLE + 1) % SAMPLE].name,
						  need);
		hopeless = lower(hopeless, measure_s(CLOCK_PROCESS_CPUTIME_ID) - middle);
		score = lower(score, middle - start);
	}
	const double pairs = SAMPLE * NEIGHBOURS;
	put("screen_names_scored", pairs / score, "pairs/s", "1000000", pairs / score / 1e6);
	put("screen_names_hopeless", pairs / hopeless, "pairs/s", "scored", score / hopeless);
	free(rooms);
}

/* Fills TEXT with PATTERN again and again. */
static void
repeat(char *text, const char *pattern, size_t bytes)
{
	const size_t len = strlen(pattern);
	for (size_t i = 0; i < bytes; i++)
		text[i] = pattern[i % len];
	text[bytes] = 0;
}

static void
hostile(void)
{
	static const char *const patterns[] = {"a",
					       "a ",
					       "mohammed ",
					       "abdul-karim ",
					       "a\xcc\x81\xcc\x82\xcc\x83",
					       "\xe2\x80\xae\xe2\x80\xac",
					       "(ex-",
					       " a.k.a. ",
					       "and ",
					       "limited liability ",
					       "\xe7\x8e\x8b",
					       "\xea\xb0\x80",
					       "\xff",
					       "' ",
					       "\xd9\x85\xd8\xad\xd9\x85\xd8\xaf ",
					       "e",
					       "x (e",
					       "7 ",
					       "d'",
					       "public limited company "};
	enum { PATTERNS = sizeof patterns / sizeof *patterns };
	static struct cs_name_room rooms[PATTERNS];
	static char text[HOSTILE_BYTES + 1];
	double slowest = 0, slowest_pair = 0;
	for (unsigned i = 0; i < PATTERNS; i++) {
		double best = 1e9;
		repeat(text, patterns[i], HOSTILE_BYTES);
		for (unsigned round = 0; round < ROUNDS; round++) {
			double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
			read_one(text);
			best = lower(best, measure_s(CLOCK_PROCESS_CPUTIME_ID) - start);
		}
		slowest = best > slowest ? best : slowest;
		cs_name_read(lexicon, rarity, (struct cs_span){(const uint8_t *)text, 400}, CS_NAME_ANY, &rooms[i]);
	}
	for (unsigned i = 0; i < PATTERNS * PATTERNS; i++) {
		double best = 1e9;
		for (unsigned round = 0; round < ROUNDS; round++) {
			double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
			sink += cs_score(&rooms[i / PATTERNS].name, &rooms[i % PATTERNS].name, NULL);
			best = lower(best, measure_s(CLOCK_PROCESS_CPUTIME_ID) - start);
		}
		slowest_pair = best > slowest_pair ? best : slowest_pair;
	}
	put("screen_read_hostile", slowest * 1e6, "us", "100 us", slowest * 1e6 / 100);
	put("screen_score_hostile", slowest_pair * 1e6, "us", "100 us", slowest_pair * 1e6 / 100);
}

int
main(void)
{
	lexicon = cs_lexicon_new();
	rarity = cs_rarity_new(0);
	measure_pin();
	if (!lexicon || !rarity)
		return 1;
	hostile();
	read_names("yente_negatives_us.csv.gz", ',', 0);
	read_names("ofac_sdn_names_2026-07-11.tsv.gz", '\t', 3);
	if (!name_n) {
		put("screen_read_not_measured", 0, "names", "the shared data is not here", 0);
		return 0;
	}
	reading();
	comparing();
	scoring();
	(void)fprintf(stderr, "%llu\n", (unsigned long long)sink);
	cs_lexicon_free(lexicon);
	cs_rarity_free(rarity);
	return 0;
}
