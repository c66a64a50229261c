/*
 * Goal: every row of the threat table that two taps can show, and every honest trouble, as a scenario one can read.
 * Method: tests/story/ *.scn are played into the detectors under a real policy; findings must be exactly those the
 * scenario lists, in order. What each story told the judge is then told to others, whose state is carried over at some
 * points in between. The language is told at the head of tests/story/README.md.
 */
#include "events.h"
#include "record.h"

#include <dirent.h>

enum { WORDS_MAX = 64, FINDINGS_MAX = 4096, LINE_MAX_BYTES = 1024, CUTS = 4 };

struct seen {
	enum cs_reason reason;
	uint64_t decided_ns;
	char detail[CS_DETAIL_BYTES];
};

struct story {
	const char *name;
	unsigned line;
	struct cs_arena arena;
	const struct cs_policy *policy;
	struct cs_judge *judge;
	struct cs_judge_scribe scribe;
	struct record record;
	unsigned seen_n;
	unsigned checked_n;
	struct seen seen[FINDINGS_MAX];
	uint64_t time_ns;
	bool ended;
	unsigned fault_n;
};

static void
fault(struct story *story, const char *what, const char *word)
{
	printf("# %s:%u: %s %s\n", story->name, story->line, what, word);
	story->fault_n++;
}

static void
note(void *context, const struct cs_finding *finding)
{
	struct story *story = context;
	if (story->seen_n == FINDINGS_MAX)
		return;
	struct seen *seen = &story->seen[story->seen_n++];
	seen->reason = finding->reason;
	seen->decided_ns = finding->decided_ns;
	memcpy(seen->detail, finding->detail, sizeof seen->detail);
}

static bool
is_issuer(const struct story *story, unsigned link)
{
	return story->policy->link[link].side == CS_SIDE_ISSUER;
}

static void
load_policy(struct story *story, const char *name)
{
	struct cs_complaints complaints = {0};
	if (!read_policy(name, &story->arena, &story->policy, &complaints)) {
		fault(story, "policy not read:", complaints.n ? complaints.at[0].text : name);
		return;
	}
	struct cs_detect_sink sink = {note, story};
	story->judge = cs_judge_new(story->policy, &sink);
	story->scribe = record_scribe(&story->record);
	cs_judge_scribe_set(story->judge, &story->scribe);
	for (unsigned i = 0; i < story->policy->link_n; i++)
		cs_judge_start(story->judge, i, epoch_ns - UINT64_C(1000000000000));
}

static void
advance(struct story *story, uint64_t time_ns)
{
	struct cs_tick tick = {0};
	if (time_ns > story->time_ns)
		story->time_ns = time_ns;
	tick.now_ns = story->time_ns;
	for (unsigned i = 0; i < story->policy->link_n; i++)
		tick.settled_ns[i] = story->time_ns;
	cs_judge_tick(story->judge, &tick);
}

/* One change to the event; gives the number of words it took, 0 when it is not understood. */
static unsigned
change(struct cs_event *event, char **word, unsigned word_n)
{
	enum cs_field field = cs_field_by_name(cs_span_text(word[0]));
	if (!strcmp(word[0], "repeat")) {
		event->flags |= CS_FLAG_REPEAT;
		event->mti[3] = '1';
		return 1;
	}
	if (word_n < 2)
		return 0;
	if (!strcmp(word[0], "without")) {
		enum cs_field gone = cs_field_by_name(cs_span_text(word[1]));
		if (gone == CS_FIELD_N)
			return 0;
		event->present &= ~(UINT64_C(1) << gone);
		set_element(event, (unsigned)strtoul(cs_field_info_of(gone)->element, NULL, 10), false);
		return 2;
	}
	if (!strcmp(word[0], "code"))
		set_code(event, word[1]);
	else if (!strcmp(word[0], "element"))
		set_element(event, (unsigned)strtoul(word[1], NULL, 10), true);
	else if (field < CS_TEXT_FIELD_N)
		set_text(event, field, word[1]);
	else if (word_n < 3)
		return 0;
	else if (field == CS_FIELD_BALANCE)
		set_balance(event, word[1], word[2]);
	else if (field >= CS_MONEY_FIELD_FIRST && field <= CS_FIELD_LAST_MONEY)
		set_money(event, field, word[1], word[2]);
	else
		return 0;
	bool one = !strcmp(word[0], "code") || !strcmp(word[0], "element") || field < CS_TEXT_FIELD_N;
	return one ? 2 : 3;
}

static void
send(struct story *story, struct cs_event *event, bool answer)
{
	event->origin.direction = answer ? CS_DIR_FROM_PORT : CS_DIR_TO_PORT;
	hash_event(event);
	advance(story, event->origin.time_ns);
	cs_judge_event(story->judge, event);
}

/* at TIME LINK KIND NUMBER [change ...] */
static void
play_message(struct story *story, char **word, unsigned word_n)
{
	struct cs_event event = {0};
	bool answer = false;
	unsigned link = word_n >= 5 ? cs_policy_link(story->policy, cs_span_text(word[2])) : CS_LINKS_MAX;
	if (link >= story->policy->link_n || !set_kind(&event, word[3], &answer)) {
		fault(story, "at TIME LINK KIND NUMBER, not", word[0]);
		return;
	}
	event.link = (uint16_t)link;
	event.origin.time_ns = epoch_ns + seconds(word[1]);
	if (event.kind == CS_KIND_NETWORK || event.kind == CS_KIND_NETWORK_RESPONSE)
		set_text(&event, CS_FIELD_NETWORK_CODE, word[4]);
	else
		fill(&event, strtoul(word[4], NULL, 10), is_issuer(story, link), answer);
	if (answer)
		set_code(&event, "00");
	for (unsigned i = 5; i < word_n;) {
		unsigned took = change(&event, word + i, word_n - i);
		if (!took)
			fault(story, "not understood:", word[i]);
		i += took ? took : 1;
	}
	send(story, &event, answer);
}

/* honest COUNT from NUMBER at TIME every SECONDS */
static void
play_honest(struct story *story, char **word, unsigned word_n)
{
	static const struct {
		const char *link, *kind;
		uint64_t after_ns;
	} steps[] = {{"visa", "request", 0},
		     {"core", "request", 1000000},
		     {"core", "response", 61000000},
		     {"visa", "response", 62000000}};
	if (word_n < 8) {
		fault(story, "honest COUNT from NUMBER at TIME every SECONDS", "");
		return;
	}
	unsigned long count = strtoul(word[1], NULL, 10), first = strtoul(word[3], NULL, 10);
	for (unsigned long i = 0; i < count * 4; i++) {
		struct cs_event event = {0};
		bool answer = false;
		event.link = (uint16_t)cs_policy_link(story->policy, cs_span_text(steps[i % 4].link));
		event.origin.time_ns = epoch_ns + seconds(word[5]) + i / 4 * seconds(word[7]) + steps[i % 4].after_ns;
		(void)set_kind(&event, steps[i % 4].kind, &answer);
		fill(&event, first + i / 4, is_issuer(story, event.link), answer);
		send(story, &event, answer);
	}
}

/* gap LINK requests|responses from TIME to TIME */
static void
play_gap(struct story *story, char **word, unsigned word_n)
{
	unsigned link = word_n >= 7 ? cs_policy_link(story->policy, cs_span_text(word[1])) : CS_LINKS_MAX;
	if (link >= story->policy->link_n) {
		fault(story, "gap LINK requests|responses from TIME to TIME", "");
		return;
	}
	enum cs_direction dir = strcmp(word[2], "requests") == 0 ? CS_DIR_TO_PORT : CS_DIR_FROM_PORT;
	cs_judge_gap(story->judge, link, dir,
		     (struct cs_gap){epoch_ns + seconds(word[4]), epoch_ns + seconds(word[6]), 300});
}

/* finding REASON [at TIME] [says "words"], in the order they are told */
static void
check_finding(struct story *story, char **word, unsigned word_n)
{
	if (story->checked_n == story->seen_n) {
		fault(story, "no such finding:", word[1]);
		return;
	}
	const struct seen *seen = &story->seen[story->checked_n++];
	if (strcmp(cs_reason_name(seen->reason), word[1]) != 0)
		fault(story, "found instead:", cs_reason_name(seen->reason));
	for (unsigned i = 2; i + 1 < word_n; i += 2) {
		if (!strcmp(word[i], "at") && seen->decided_ns != epoch_ns + seconds(word[i + 1]))
			fault(story, "told at another time than", word[i + 1]);
		if (!strcmp(word[i], "says") && !strstr(seen->detail, word[i + 1]))
			fault(story, "says:", seen->detail);
	}
}

/* count NAME NUMBER, of the first expectation */
static void
check_count(struct story *story, char **word)
{
	const struct cs_expect_counts *counts = &cs_judge_counts(story->judge)->expect[0];
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {{"claims", counts->claims},
		    {"proven", counts->proven},
		    {"excused", counts->excused},
		    {"duplicate", counts->duplicate},
		    {"forged", counts->forged},
		    {"contradicted", counts->contradicted},
		    {"unproven", counts->unproven},
		    {"waiting", counts->waiting},
		    {"waiting_excused", counts->waiting_excused}};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[32];
		if (strcmp(rows[i].name, word[1]) != 0)
			continue;
		snprintf(text, sizeof text, "%llu", (unsigned long long)rows[i].value);
		if (strcmp(text, word[2]) != 0)
			fault(story, "counted", text);
		return;
	}
	fault(story, "no such count:", word[1]);
}

static void
end(struct story *story, const char *time)
{
	advance(story, epoch_ns + seconds(time));
	cs_judge_finish(story->judge);
	story->ended = true;
	const struct cs_expect_counts *c = &cs_judge_counts(story->judge)->expect[0];
	uint64_t sum = c->proven + c->excused + c->duplicate + c->forged + c->contradicted + c->unproven + c->waiting +
		       c->waiting_excused;
	if (sum != c->claims)
		fault(story, "claims are not the sum of what became of them", "");
}

static void
play(struct story *story, char **word, unsigned word_n)
{
	if (!strcmp(word[0], "policy") && word_n > 1)
		load_policy(story, word[1]);
	else if (!story->judge)
		fault(story, "begin with: policy FILE, not", word[0]);
	else if (!strcmp(word[0], "at"))
		play_message(story, word, word_n);
	else if (!strcmp(word[0], "honest"))
		play_honest(story, word, word_n);
	else if (!strcmp(word[0], "gap"))
		play_gap(story, word, word_n);
	else if (!strcmp(word[0], "end") && word_n > 1)
		end(story, word[1]);
	else if (!strcmp(word[0], "finding") && word_n > 1)
		check_finding(story, word, word_n);
	else if (!strcmp(word[0], "count") && word_n > 2)
		check_count(story, word);
	else
		fault(story, "not understood:", word[0]);
}

/* Words are parted by blanks; "..." is one word; # begins a remark. */
static unsigned
split(char *line, char **word)
{
	unsigned n = 0;
	while (*line && n < WORDS_MAX) {
		while (*line == ' ' || *line == '\t')
			line++;
		if (!*line || *line == '#')
			return n;
		bool quoted = *line == '"';
		word[n++] = line += quoted;
		while (*line && *line != (quoted ? '"' : ' '))
			line++;
		if (*line)
			*line++ = 0;
	}
	return n;
}

/* Whoever takes the state over in the middle of the story goes on as it would have gone. */
static void
check_record(struct story *story)
{
	for (size_t i = 1; i <= CUTS && story->judge; i++) {
		const char *flaw = record_flaw(&story->record, story->policy, story->record.n * i / (CUTS + 1));
		if (flaw)
			fault(story, "carried over in the middle:", flaw);
	}
}

static bool
run(const char *path, const char *name)
{
	struct story *story = calloc(1, sizeof *story);
	char *text = read_whole(path), *rest = text, *word[WORDS_MAX];
	story->name = name;
	for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
		story->line++;
		unsigned word_n = split(line, word);
		if (word_n)
			play(story, word, word_n);
	}
	if (!story->ended)
		fault(story, "no end", "");
	for (unsigned i = story->checked_n; i < story->seen_n; i++) {
		fault(story, "not expected:", cs_reason_name(story->seen[i].reason));
		printf("#   %s\n", story->seen[i].detail);
	}
	check_record(story);
	bool good = story->fault_n == 0;
	cs_judge_free(story->judge);
	free(story->record.at);
	cs_arena_fini(&story->arena);
	free(text);
	free(story);
	return good;
}

static int
is_story(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return dot && strcmp(dot, ".scn") == 0;
}

int
main(int argc, char **argv)
{
	char path[1400], folder[1100];
	const char *root = getenv("COUNTERSIGN_ROOT");
	struct dirent **entries;
	snprintf(folder, sizeof folder, "%s/tests/story", root ? root : ".");
	int n = scandir(folder, &entries, is_story, alphasort), bad = 0, told = 0;
	if (n <= 0) {
		printf("1..1\nnot ok 1 - no stories in %s\n", folder);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		bool wanted = argc < 2 || strstr(entries[i]->d_name, argv[1]);
		if (wanted) {
			bool good = run(path, entries[i]->d_name);
			bad += !good;
			printf("%s %d - %s\n", good ? "ok" : "not ok", ++told, entries[i]->d_name);
		}
		free(entries[i]);
	}
	free(entries);
	printf("1..%d\n", told);
	return bad ? 1 : 0;
}
