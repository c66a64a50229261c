/*
 * Goal: how right searching six lists is: how many honest names alert, and how many damaged names of the UN list are still found,
 * by kind of damage.
 * Method: lists and honest names of the shared data, where it is; else nothing but a line that says so. Each UN name is damaged
 * once in each way (six_lists.h), in a place that a fixed seed chooses, and must bring an alert for its own entry. BENCH_NAMES_SHOW=alerts
 * prints each alert of an honest name with its evidence, BENCH_NAMES_SHOW=lost each damaged name that is not found: "below" the line,
 * or "missed" by the channels.
 */
#include "measure.h"
#include "six_lists.h"

static struct cs_roll_answer answer;
static struct names congress; /* of many common names, on no list */
static bool show_alerts, show_lost;
static unsigned missed_n; /* damaged names that score enough, but that no channel found */
static const char *const damage_words[DAMAGES] = {"doubled",  "singled", "swapped", "reordered",
						  "left_out", "changed", "glued"};

static void
put(const char *name, double value, const char *unit, const char *reference, double ratio)
{
	printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"reference\":\"%s\",\"ratio\":%.4f}\n", name, value,
	       unit, reference, ratio);
	(void)fflush(stdout);
}

static void
put_words(const struct cs_name *name, unsigned at, unsigned n)
{
	for (unsigned i = at; i < at + n; i++)
		(void)fprintf(stderr, "%s%s", i > at ? "+" : "", name->token[name->part[i].token].text);
}

/* One line: score, both names, then each piece of evidence. */
static void
show(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_query *query, uint32_t name,
     const char *title)
{
	static struct cs_roll_why why;
	uint16_t score = cs_roll_explain(roll, desk, query, name, &why);
	struct cs_span listed_name = cs_roll_name(roll, name, NULL);
	(void)fprintf(stderr, "%s\t%u\t%.*s\t%.*s\t", title, score, (int)query->name.len, (const char *)query->name.at,
		      (int)listed_name.len, (const char *)listed_name.at);
	for (unsigned i = 0; i < why.why.row_n; i++) {
		const struct cs_score_row *row = &why.why.row[i];
		(void)fprintf(stderr, "| %s ", cs_score_words((enum cs_score_evidence)row->evidence));
		put_words(&why.query, row->a, row->a_n);
		(void)fputc('=', stderr);
		put_words(&why.listed, row->b, row->b_n);
		(void)fprintf(stderr, " w%u %+d ", row->weight, row->contribution);
	}
	(void)fputc('\n', stderr);
}

static void
alerts(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct names *names, size_t most, const char *what)
{
	char text[64];
	unsigned n = 0, names_n = (unsigned)(names->n < most ? names->n : most);
	for (unsigned i = 0; i < names_n; i++) {
		struct cs_roll_query query = {.name = cs_span_text(names->at[i]), .kind = CS_NAME_ANY};
		cs_roll_search(roll, desk, &query, &answer);
		n += answer.hit_n > 0;
		if (answer.hit_n && show_alerts)
			show(roll, desk, &query, answer.hit[0].name, what);
	}
	double rate = names_n ? 1000.0 * n / names_n : 0;
	(void)snprintf(text, sizeof text, "names_alerts_%s", what);
	put(text, rate, "per 1000", "3", rate / 3);
}

/* Is NAME a name of the entry that a hit is of? */
static bool
is_found(const struct cs_roll *roll, const char *name)
{
	struct cs_roll_entry entry;
	for (unsigned i = 0; i < answer.hit_n; i++) {
		cs_roll_entry(roll, answer.hit[i].entry, &entry);
		if (cs_span_is(entry.primary, name))
			return true;
	}
	return answer.hit_n == CS_ROLL_HITS_MAX;
}

/* The number that the roll gives a name; UINT32_MAX: it has none such. */
static uint32_t
number_of(const struct cs_roll *roll, const char *name)
{
	struct cs_roll_size size;
	cs_roll_measure(roll, &size);
	for (uint32_t i = size.name_n; i-- > 0;) {
		struct cs_span text = cs_roll_name(roll, i, NULL);
		if (text.len == strlen(name) && memcmp(text.at, name, text.len) == 0)
			return i;
	}
	return UINT32_MAX;
}

/* A damaged name was not found: is it below the line, or did no channel give the listed one? */
static void
look_into(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_query *query, const char *name)
{
	static struct cs_roll_why why;
	uint32_t number = number_of(roll, name);
	if (number == UINT32_MAX)
		return;
	bool missed = cs_roll_explain(roll, desk, query, number, &why) >= CS_SCORE_LINE;
	missed_n += missed;
	if (show_lost)
		show(roll, desk, query, number, missed ? "missed" : "below");
}

/* Damages each name in one way; gives how many of THERE are found. */
static unsigned
damaged_as(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct names *names, enum damage how,
	   unsigned *there)
{
	static char turned[512], hurt[512];
	unsigned found = 0;
	*there = 0;
	for (size_t i = 0; i < names->n; i++) {
		turn(names->at[i], turned);
		if (!damage_as(names == &ofac ? turned : names->at[i], how, hurt))
			continue;
		struct cs_roll_query query = {.name = cs_span_text(hurt)};
		cs_roll_search(roll, desk, &query, &answer);
		bool is = is_found(roll, names->at[i]);
		++*there, found += is;
		if (!is)
			look_into(roll, desk, &query, names->at[i]);
	}
	return found;
}

/* What the figures are of. */
struct group {
	const struct names *names;
	unsigned from, to; /* ways of damage */
	const char *words;
};

static void
damaged(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct group *group)
{
	char text[64];
	unsigned found_all = 0, there_all = 0;
	for (unsigned how = group->from; how < group->to; how++) {
		unsigned there, found = damaged_as(roll, desk, group->names, (enum damage)how, &there);
		there_all += there, found_all += found;
		(void)snprintf(text, sizeof text, "names_%s_%s", group->words, damage_words[how]);
		put(text, there ? 100.0 * found / there : 0, "%", "99", there ? found / 0.99 / there : 0);
	}
	(void)snprintf(text, sizeof text, "names_%s", group->words);
	put(text, there_all ? 100.0 * found_all / there_all : 0, "%", "99",
	    there_all ? found_all / 0.99 / there_all : 0);
	(void)snprintf(text, sizeof text, "names_%s_missed", group->words);
	put(text, missed_n, "names", "0", there_all ? (double)missed_n / there_all : 0);
	missed_n = 0;
}

int
main(int argc, char **argv)
{
	struct cs_lexicon *lexicon = cs_lexicon_new();
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	struct cs_roll *roll = NULL;
	const char *shown = getenv("BENCH_NAMES_SHOW");
	size_t most = argc > 1 ? strtoul(argv[1], NULL, 10) : QUERIES_MAX;
	show_alerts = shown && strcmp(shown, "alerts") == 0;
	show_lost = shown && strcmp(shown, "lost") == 0;
	if (!builder)
		return 1;
	read_six(builder);
	if (cs_roll_builder_end(builder, &roll) != CS_OK)
		return 1;
	read_honest(&local, "yente_negatives_us.csv.gz");
	read_honest(&global, "yente_negatives_global.csv.gz");
	read_honest(&congress, "yente_positives_us_congress_untreated.csv.gz");
	if (!listed.n || !local.n || !global.n) {
		put("names_not_measured", 0, "lists", "the shared data is not here", 0);
		return 0;
	}
	struct cs_roll_desk *desk = cs_roll_desk_new(roll);
	if (!desk)
		return 1;
	alerts(roll, desk, &local, most, "us");
	alerts(roll, desk, &global, most, "global");
	alerts(roll, desk, &congress, most, "congress");
	damaged(roll, desk, &(struct group){&united, DOUBLED, LEFT_OUT, "un_persons"});
	damaged(roll, desk, &(struct group){&united_firms, DOUBLED, REORDERED, "un_firms"});
	damaged(roll, desk, &(struct group){&ofac, DOUBLED, REORDERED, "ofac_persons"});
	damaged(roll, desk, &(struct group){&united, LEFT_OUT, DAMAGES, "un_persons_harder"});
	damaged(roll, desk, &(struct group){&united_firms, LEFT_OUT, DAMAGES, "un_firms_harder"});
	cs_roll_desk_free(desk);
	cs_roll_free(roll);
	cs_lexicon_free(lexicon);
	return 0;
}
