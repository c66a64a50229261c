/*
 * Goal: how many names a second one core looks up in six lists, how long the slowest take, what the channels miss of what
 * scoring every name finds, how many honest names alert; and the same of a million names.
 * Method: lists and honest names of the shared data, where it is; else nothing but a line that says so. Damage is made by a
 * fixed seed: a letter left out, doubled, changed, two swapped, two words written together or in another order. Processor time
 * of this process, every name apart; the references are the exhaustive search and a Jaro-Winkler of every listed name.
 */
#include "measure.h"
#include "screen/roll.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LINE_CAP = 1 << 16,
	NAMES_MAX = 1 << 18,
	QUERIES_MAX = 50000,
	DAMAGED = 2000,
	EXHAUSTIVE = 300,
	MILLION = 1000000
};

struct names {
	char *at[NAMES_MAX];
	size_t n;
};

static struct names listed, united, global, local;
static uint64_t seed = 7;

static unsigned
next_random(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((seed >> 33) % below);
}

/* A stream of what gzip unpacks; NULL: there is none. It ends by itself. */
static FILE *
unpack(const char *file)
{
	char path[1024];
	int ends[2];
	const char *shared = getenv("COUNTERSIGN_SHARED");
	(void)snprintf(path, sizeof path, "%s/data/sanctions/%s", shared ? shared : "", file);
	if (access(path, R_OK) != 0 || pipe(ends) != 0)
		return NULL;
	if (fork() == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)close(ends[0]);
		(void)execlp("gzip", "gzip", "-dc", path, (char *)NULL);
		_exit(1);
	}
	(void)close(ends[1]);
	return fdopen(ends[0], "r");
}

static void
keep(struct names *names, const char *text)
{
	if (*text && names->n < NAMES_MAX)
		names->at[names->n++] = strdup(text);
}

/* Adds an entry whose names stand in TEXT, divided by bars; the first kind is that of the row. */
static void
add_entry(struct cs_roll_builder *builder, unsigned list, enum cs_entry_kind kind, char *text)
{
	struct cs_entry_name name[256];
	char uid[32];
	struct cs_entry entry = {.kind = (uint8_t)kind, .name = name};
	for (char *at = text, *next; at && entry.name_n < 256; at = next) {
		next = strchr(at, '|');
		if (next)
			*next++ = 0;
		if (!*at)
			continue;
		name[entry.name_n++] = (struct cs_entry_name){cs_span_text(at), entry.name_n > 1};
		keep(&listed, at);
	}
	(void)snprintf(uid, sizeof uid, "%zu", listed.n);
	entry.uid = cs_span_text(uid);
	if (entry.name_n && cs_roll_builder_add(builder, list, &entry) != CS_OK)
		abort();
}

static char *
cell(char *line, unsigned number)
{
	for (; number && line; number--) {
		line = strchr(line, '\t');
		line += line != NULL;
	}
	return line;
}

/* A table of tabs: the column of names is the last but one, aliases are the last. */
static void
read_table(struct cs_roll_builder *builder, unsigned list, const char *file, unsigned column)
{
	static char line[LINE_CAP];
	FILE *in = unpack(file);
	bool first = true;
	while (in && fgets(line, sizeof line, in)) {
		enum cs_entry_kind kind = CS_ENTRY_OTHER;
		char *type = cell(line, 1), *name = cell(line, column);
		line[strcspn(line, "\r\n")] = 0;
		if (column > 1 && type)
			kind = strncmp(type, "individual", 10) == 0 ? CS_ENTRY_PERSON
			       : strncmp(type, "vessel", 6) == 0    ? CS_ENTRY_VESSEL
			       : strncmp(type, "-0-", 3) == 0       ? CS_ENTRY_ORGANISATION
								    : CS_ENTRY_OTHER;
		if (name && strchr(name, '\t'))
			*strchr(name, '\t') = '|';
		if (!first && name)
			add_entry(builder, list, kind, name);
		first = false;
	}
	if (in)
		(void)fclose(in);
}

/* The text of an element that stands on LINE alone; NULL: another. */
static char *
element(char *line, const char *tag)
{
	char *at = strstr(line, tag), *end = at ? strchr(at, '<') : NULL;
	if (!end)
		return NULL;
	*end = 0;
	return at + strlen(tag);
}

static void
read_united(struct cs_roll_builder *builder)
{
	static char line[LINE_CAP], name[LINE_CAP];
	static const char *const tags[] = {"<FIRST_NAME>", "<SECOND_NAME>", "<THIRD_NAME>", "<FOURTH_NAME>"};
	FILE *in = unpack("un_consolidated_2026-02-27.xml.gz");
	enum cs_entry_kind kind = CS_ENTRY_PERSON;
	while (in && fgets(line, sizeof line, in)) {
		char *alias = strstr(line, "<ALIAS_NAME>") ? element(line, "<ALIAS_NAME>") : NULL;
		for (unsigned i = 0; i < 4 && !alias; i++) {
			char *part = strstr(line, tags[i]) ? element(line, tags[i]) : NULL;
			if (part && *part)
				(void)snprintf(name + strlen(name), 200, "%s%.190s", *name ? " " : "", part);
		}
		if (strstr(line, "<ENTITIES>"))
			kind = CS_ENTRY_ORGANISATION;
		if (strstr(line, "<UN_LIST_TYPE>"))
			keep(&united, name);
		if (alias && *alias && strlen(name) + strlen(alias) + 2 < sizeof name)
			(void)snprintf(name + strlen(name), sizeof name - strlen(name), "|%s", alias);
		if (strstr(line, "</INDIVIDUAL>") || strstr(line, "</ENTITY>")) {
			add_entry(builder, 5, kind, name);
			*name = 0;
		}
	}
	if (in)
		(void)fclose(in);
}

static void
read_honest(struct names *names, const char *file)
{
	static char line[LINE_CAP];
	FILE *in = unpack(file);
	for (bool first = true; in && fgets(line, sizeof line, in) && names->n < QUERIES_MAX; first = false) {
		line[strcspn(line, ",\r\n")] = 0;
		if (!first)
			keep(names, line);
	}
	if (in)
		(void)fclose(in);
}

static void
damage(const char *name, char out[512])
{
	size_t n = strlen(name) < 500 ? strlen(name) : 500;
	memcpy(out, name, n);
	out[n] = 0;
	for (unsigned tries = 0; tries < 20 && n > 4; tries++) {
		size_t at = 1 + next_random((unsigned)n - 2);
		unsigned char a = (unsigned char)out[at], b = (unsigned char)out[at + 1];
		if (a >= 128 || b >= 128 || a <= 32 || (b <= 32 && b != ' '))
			continue;
		unsigned how = next_random(5);
		if (how == 0)
			memmove(out + at, out + at + 1, n - at);
		else if (how == 1 && n < 510)
			memmove(out + at + 1, out + at, n - at + 1);
		else if (how == 2 && b != ' ')
			out[at] = (char)b, out[at + 1] = (char)a;
		else if (how == 3)
			out[at] = (char)('a' + next_random(26));
		else if (b == ' ')
			memmove(out + at + 1, out + at + 2, n - at - 1);
		else
			continue;
		return;
	}
}

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

/* Looks up all of them, of which every EACH-th is a damaged listed name; 0: none is. */
static double
speed(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct names *names, unsigned each, const char *what)
{
	static double took[QUERIES_MAX];
	char text[64], hurt[512];
	double sum = 0;
	uint64_t alerts = 0, seen = 0, scored = 0;
	size_t n = names->n < QUERIES_MAX ? names->n : QUERIES_MAX;
	for (size_t i = 0; i < n; i++) {
		const char *name = names->at[i];
		if (each && i % each == 0) {
			damage(listed.at[next_random((unsigned)listed.n)], hurt);
			name = hurt;
		}
		double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		look_up(roll, desk, name, false);
		took[i] = measure_s(CLOCK_PROCESS_CPUTIME_ID) - start;
		sum += took[i];
		alerts += answer.hit_n > 0;
		seen += answer.seen_n, scored += answer.scored_n;
	}
	measure_sort(took, n);
	double rate = (double)n / sum;
	(void)snprintf(text, sizeof text, "screen_%s", what);
	put(text, rate, "names/s", each ? "50000" : "100000", rate / (each ? 50000 : 100000));
	(void)snprintf(text, sizeof text, "screen_%s_p99", what);
	put(text, took[n * 99 / 100] * 1e6, "us", "50 us", took[n * 99 / 100] * 1e6 / 50);
	(void)snprintf(text, sizeof text, "screen_%s_alerts", what);
	put(text, (double)alerts * 1000 / (double)n, "per 1000", "3", (double)alerts * 1000 / (double)n / 3);
	(void)fprintf(stderr, "%s: seen %.1f scored %.2f p50 %.1f us max %.0f us\n", what, (double)seen / (double)n,
		      (double)scored / (double)n, took[n / 2] * 1e6, took[n - 1] * 1e6);
	return rate;
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
	double both = (double)same,
	       jaro = (both / (double)n + both / (double)m + (both - (double)(moved / 2)) / both) / 3;
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
	double most = 0;
	for (unsigned i = 0; i < 300; i++) {
		*text = 0;
		for (unsigned w = 0; w < 20; w++)
			(void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s ",
				       words[next_random(i % 2 ? 14 : 6)]);
		double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		look_up(roll, desk, text, false);
		double took = measure_s(CLOCK_PROCESS_CPUTIME_ID) - start;
		most = took > most ? took : most;
	}
	put("screen_worst", most * 1e6, "us", "2000 us", most * 1e6 / 2000);
}

static void
united_recall(const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	char hurt[512];
	unsigned found = 0;
	for (size_t i = 0; i < united.n; i++) {
		damage(united.at[i], hurt);
		look_up(roll, desk, hurt, false);
		found += answer.hit_n > 0;
		if (!answer.hit_n && getenv("BENCH_SCREEN_MISSED"))
			(void)fprintf(stderr, "not found: %s | %s\n", hurt, united.at[i]);
	}
	put("screen_damaged_un", united.n ? 100.0 * found / (double)united.n : 0, "%", "99",
	    united.n ? found / (double)united.n / 0.99 : 0);
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
	(void)speed(roll, desk, &local, 0, "million");
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
	measure_pin();
	if (!builder)
		return 1;
	double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
	read_table(builder, 0, "ofac_sdn_names_2026-07-11.tsv.gz", 3);
	read_table(builder, 1, "eu_fsf_names_2026-06-05.tsv.gz", 1);
	read_table(builder, 2, "uk_fcdo_names_2026-06-10.tsv.gz", 1);
	read_table(builder, 3, "au_dfat_names_2026-06-06.tsv.gz", 1);
	read_table(builder, 4, "ca_sema_names_2026-06-09.tsv.gz", 1);
	read_united(builder);
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
	double rate = speed(roll, desk, &local, 0, "us");
	(void)speed(roll, desk, &global, 0, "global");
	(void)speed(roll, desk, &local, 20, "mixed");
	worst(roll, desk);
	united_recall(roll, desk);
	recall(roll, desk, queries, rate);
	naive(rate);
	if (argc < 3)
		million(lexicon);
	cs_roll_desk_free(desk);
	cs_roll_free(roll);
	cs_lexicon_free(lexicon);
	return 0;
}
