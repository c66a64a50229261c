/*
 * Goal: how many names a second one core looks up in six lists, how long the slowest take, what the channels miss of what
 * scoring every name finds, how many honest names alert; and the same of a million names.
 * Method: lists and honest names of the shared data, where it is; else nothing but a line that says so. Damage is made by a
 * fixed seed (six_lists.h). A desk begins empty; "in use" are the last names at one that met the words of those before.
 * How right the answers are is bench_names.c's. Processor time of this process, every name apart; the references are the exhaustive search and a Jaro-Winkler of every listed name.
 */
#include "measure.h"
#include "six_lists.h"

enum { EXHAUSTIVE = 300, MILLION = 1000000, LAST = 10000 /* names that a desk in use is measured with */ };

static size_t most = QUERIES_MAX;

static struct cs_roll_answer answer;

static void
look_up(const struct cs_roll *roll, struct cs_roll_desk *desk, const char *name, bool exhaustive)
{
	struct cs_roll_query query = {.name = cs_span_text(name), .kind = CS_NAME_ANY, .exhaustive = exhaustive};
	cs_roll_search(roll, desk, &query, &answer);
}

static void
put(const char *name, double value, const char *unit, const char *reference, double ratio)
{
	printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"reference\":\"%s\",\"ratio\":%.4f}\n", name, value,
	       unit, reference, ratio);
	(void)fflush(stdout);
}

/* What is looked up: names from FROM on, of which every EACH-th is a damaged listed name; 0: none is. */
struct run {
	const struct names *names;
	size_t from;
	unsigned each;
	const char *what;
};

static double
speed(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct run *run)
{
	static double took[QUERIES_MAX];
	char text[64], hurt[512];
	double sum = 0;
	uint64_t alerts = 0, seen = 0, scored = 0, words = 0;
	const unsigned each = run->each;
	const char *what = run->what;
	size_t n = (run->names->n < most ? run->names->n : most) - run->from;
	for (size_t i = 0; i < n; i++) {
		const char *name = run->names->at[run->from + i];
		if (each && i % each == 0) {
			damage(listed.at[next_random((unsigned)listed.n)], hurt);
			name = hurt;
		}
		double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		look_up(roll, desk, name, false);
		took[i] = measure_s(CLOCK_PROCESS_CPUTIME_ID) - start;
		sum += took[i];
		alerts += answer.hit_n > 0;
		seen += answer.seen_n, scored += answer.scored_n, words += answer.new_n;
	}
	measure_sort(took, n);
	double rate = (double)n / sum;
	(void)snprintf(text, sizeof text, "screen_%s", what);
	put(text, rate, "names/s", each ? "50000" : "100000", rate / (each ? 50000 : 100000));
	(void)snprintf(text, sizeof text, "screen_%s_p99", what);
	put(text, took[n * 99 / 100] * 1e6, "us", "50 us", took[n * 99 / 100] * 1e6 / 50);
	(void)snprintf(text, sizeof text, "screen_%s_alerts", what);
	put(text, (double)alerts * 1000 / (double)n, "per 1000", "3", (double)alerts * 1000 / (double)n / 3);
	(void)fprintf(stderr, "%s: seen %.1f scored %.2f new words %.2f p50 %.1f us max %.0f us\n", what,
		      (double)seen / (double)n, (double)scored / (double)n, (double)words / (double)n,
		      took[n / 2] * 1e6, took[n - 1] * 1e6);
	return rate;
}

/* The last names at a desk that has met the words of the others: as it goes after a while, and after lists were renewed. */
static void
speed_in_use(const struct cs_roll *roll, const struct names *names, const char *what)
{
	struct cs_roll_desk *desk = cs_roll_desk_new(roll);
	size_t n = names->n < most ? names->n : most, from = n > LAST * 2 ? n - LAST : n / 2;
	for (size_t i = 0; i < from; i++)
		look_up(roll, desk, names->at[i], false);
	(void)speed(roll, desk, &(struct run){names, from, 0, what});
	cs_roll_desk_free(desk);
}

/* What the exhaustive search finds that the channels miss. */
static void
recall(const struct cs_roll *roll, struct cs_roll_desk *desk, unsigned queries, double rate)
{
	static struct cs_roll_answer all;
	char hurt[512];
	uint64_t found = 0, there = 0;
	double sum = 0;
	for (unsigned i = 0; i < queries; i++) {
		damage(i % 5 == 4 ? global.at[next_random((unsigned)global.n)]
				  : listed.at[next_random((unsigned)listed.n)],
		       hurt);
		double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		look_up(roll, desk, hurt, true);
		sum += measure_s(CLOCK_PROCESS_CPUTIME_ID) - start;
		all = answer;
		look_up(roll, desk, hurt, false);
		for (unsigned h = 0; h < all.hit_n && !all.over_n; h++) {
			bool met = false;
			for (unsigned j = 0; j < answer.hit_n; j++)
				met |= answer.hit[j].entry == all.hit[h].entry;
			there++, found += met;
			if (!met && getenv("BENCH_SCREEN_MISSED")) {
				struct cs_span name = cs_roll_name(roll, all.hit[h].name, NULL);
				(void)fprintf(stderr, "missed: %s | %.*s | %u\n", hurt, (int)name.len,
					      (const char *)name.at, all.hit[h].score);
			}
		}
	}
	put("screen_recall", there ? 100.0 * (double)found / (double)there : 0, "%", "exhaustive, 99.95",
	    there ? (double)found / (double)there : 0);
	if (queries)
		put("screen_exhaustive", queries / sum, "names/s", "by channels", queries / sum / rate);
}

static double
jaro_winkler(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), window = (n > m ? n : m) / 2, same = 0, moved = 0, prefix = 0;
	uint64_t used[2] = {0, 0};
	n = n < 64 ? n : 64, m = m < 64 ? m : 64, window = window ? window - 1 : 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i > window ? i - window : 0; j < m && j <= i + window; j++)
			if (!(used[1] >> j & 1) && a[i] == b[j]) {
				used[0] |= UINT64_C(1) << i, used[1] |= UINT64_C(1) << j;
				same++;
				break;
			}
	for (size_t i = 0, j = 0; i < n && same; i++) {
		if (!(used[0] >> i & 1))
			continue;
		while (!(used[1] >> j & 1))
			j++;
		moved += a[i] != b[j++];
	}
	if (!same)
		return 0;
	size_t swaps = moved / 2;
	double both = (double)same, jaro = (both / (double)n + both / (double)m + (both - (double)swaps) / both) / 3;
	while (prefix < 4 && prefix < n && prefix < m && a[prefix] == b[prefix])
		prefix++;
	return jaro + (double)prefix * 0.1 * (1 - jaro);
}

static void
naive(double rate)
{
	enum { QUERIES = 20 };
	uint64_t alike = 0;
	double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
	for (unsigned i = 0; i < QUERIES; i++)
		for (size_t j = 0; j < listed.n; j++)
			alike += jaro_winkler(local.at[i], listed.at[j]) > 0.9;
	double took = measure_s(CLOCK_PROCESS_CPUTIME_ID) - start;
	(void)fprintf(stderr, "naive: %llu alike\n", (unsigned long long)alike);
	put("screen_naive_jaro_winkler", QUERIES / took, "names/s", "by channels", QUERIES / took / rate);
}

static void
worst(const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	static const char *const words[] = {"mohammad", "ali", "ahmed",   "hassan",  "company", "abdul",   "trading",
					    "khan",     "abu", "limited", "general", "hussein", "ibrahim", "mahmoud"};
	char text[512];
	double longest = 0;
	for (unsigned i = 0; i < 300; i++) {
		*text = 0;
		for (unsigned w = 0; w < 20; w++)
			(void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s ",
				       words[next_random(i % 2 ? 14 : 6)]);
		double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		look_up(roll, desk, text, false);
		double took = measure_s(CLOCK_PROCESS_CPUTIME_ID) - start;
		longest = took > longest ? took : longest;
	}
	put("screen_worst", longest * 1e6, "us", "2000 us", longest * 1e6 / 2000);
}

/* A million names of the words of the lists. */
static void
million(const struct cs_lexicon *lexicon)
{
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	struct cs_roll *roll = NULL;
	char name[512];
	size_t kept = listed.n;
	for (unsigned i = 0; i < MILLION; i++) {
		const char *a = listed.at[next_random((unsigned)kept)], *b = listed.at[next_random((unsigned)kept)];
		const char *cut = strchr(a, ' '), *from = strchr(b, ' ');
		(void)snprintf(name, sizeof name, "%.*s%s", cut ? (int)(cut - a) : 200, a, from ? from : b);
		name[400] = 0;
		struct cs_entry_name only = {cs_span_text(name), CS_ENTRY_PRIMARY};
		struct cs_entry entry = {.name = &only, .name_n = 1, .kind = i % 2 ? CS_ENTRY_PERSON : CS_ENTRY_OTHER};
		if (cs_roll_builder_add(builder, 0, &entry) != CS_OK)
			abort();
	}
	if (cs_roll_builder_end(builder, &roll) != CS_OK)
		abort();
	struct cs_roll_size size;
	cs_roll_measure(roll, &size);
	struct cs_roll_desk *desk = cs_roll_desk_new(roll);
	(void)speed(roll, desk, &(struct run){&local, 0, 0, "million"});
	put("screen_million_bytes", (double)size.bytes / 1e6, "MB", "1000 MB", (double)size.bytes / 1e9);
	cs_roll_desk_free(desk);
	cs_roll_free(roll);
}

int
main(int argc, char **argv)
{
	struct cs_lexicon *lexicon = cs_lexicon_new();
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	struct cs_roll *roll = NULL;
	struct cs_roll_size size;
	unsigned queries = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : EXHAUSTIVE;
	if (argc > 2)
		most = strtoul(argv[2], NULL, 10);
	if (getenv("BENCH_SCREEN_SEED")) /* other names, and other damage, than those that figures are quoted of */
		seed = strtoull(getenv("BENCH_SCREEN_SEED"), NULL, 10);
	measure_pin();
	if (!builder || most == 0 || most > QUERIES_MAX)
		return 1;
	double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
	read_six(builder);
	if (cs_roll_builder_end(builder, &roll) != CS_OK)
		return 1;
	double built = measure_s(CLOCK_PROCESS_CPUTIME_ID) - start;
	read_honest(&local, "yente_negatives_us.csv.gz");
	read_honest(&global, "yente_negatives_global.csv.gz");
	if (!listed.n || !local.n || !global.n) {
		put("screen_not_measured", 0, "lists", "the shared data is not here", 0);
		return 0;
	}
	cs_roll_measure(roll, &size);
	(void)fprintf(stderr, "%u names, %u words, %llu keys, %.0f MB\n", size.name_n, size.word_n,
		      (unsigned long long)size.key_n, (double)size.bytes / 1e6);
	put("screen_build", built, "s", "2 s", built / 2);
	struct cs_roll_desk *desk = cs_roll_desk_new(roll);
	double rate = speed(roll, desk, &(struct run){&local, 0, 0, "us"});
	(void)speed(roll, desk, &(struct run){&global, 0, 0, "global"});
	(void)speed(roll, desk, &(struct run){&local, 0, 20, "mixed"});
	speed_in_use(roll, &local, "us_in_use");
	speed_in_use(roll, &global, "global_in_use");
	worst(roll, desk);
	recall(roll, desk, queries, rate);
	naive(rate);
	if (argc < 3)
		million(lexicon);
	cs_roll_desk_free(desk);
	cs_roll_free(roll);
	cs_lexicon_free(lexicon);
	return 0;
}
