/*
 * See screen_test.h. Scores are whole numbers up to 1000, so a group is two histograms, and every figure is a sum over them.
 */
#include "app/screen_test.h"
#include "base/text.h"
#include "io/file.h"
#include "screen/ofac.h"

#include <stdlib.h>

enum { CELLS_MAX = 16, ROOM_BYTES = 1 << 16, LINE_BYTES_MAX = 256, NEAR = 50, TOP = CS_SCREEN_SCORES - 1 };

enum column { ID, QUERY, CANDIDATE, TYPE, EXPECTED, SCORE, SCORE_OF, SOURCE, CATEGORY, COLUMNS };

/* The table that is being read. */
struct table {
	unsigned place[COLUMNS]; /* cell of each column; CELLS_MAX: it has none */
	struct cs_span cell[CELLS_MAX];
	unsigned cell_n;
};

struct cs_screener *
cs_screener_new(void)
{
	struct cs_screener *screener = calloc(1, sizeof *screener);
	if (!screener)
		return NULL;
	screener->lexicon = cs_lexicon_new();
	screener->rarity = cs_rarity_new(0);
	if (screener->lexicon && screener->rarity)
		return screener;
	cs_screener_free(screener);
	return NULL;
}

void
cs_screener_free(struct cs_screener *screener)
{
	if (!screener)
		return;
	cs_lexicon_free(screener->lexicon);
	cs_rarity_free(screener->rarity);
	free(screener);
}

static uint16_t
score_versions(struct cs_screener *s, const struct cs_name_version *a, const struct cs_name_version *b,
	       enum cs_name_kind kind)
{
	cs_name_read_version(s->lexicon, s->rarity, a, kind, &s->a);
	cs_name_read_version(s->lexicon, s->rarity, b, kind, &s->b);
	return cs_score(&s->a.name, &s->b.name, NULL);
}

uint16_t
cs_screener_score(struct cs_screener *screener, struct cs_span a, struct cs_span b, enum cs_name_kind kind,
		  struct cs_score_why *why)
{
	struct cs_name_version a_version[CS_NAME_VERSIONS_MAX], b_version[CS_NAME_VERSIONS_MAX];
	unsigned a_n = cs_name_versions(a, a_version), b_n = cs_name_versions(b, b_version);
	unsigned best = 0, best_i = 0, best_j = 0;
	for (unsigned i = 0; i < a_n; i++)
		for (unsigned j = 0; j < b_n; j++) {
			unsigned score = score_versions(screener, &a_version[i], &b_version[j], kind);
			if (score > best)
				best = score, best_i = i, best_j = j;
		}
	(void)score_versions(screener, &a_version[best_i], &b_version[best_j], kind);
	return cs_score(&screener->a.name, &screener->b.name, why);
}

bool
cs_screen_kind(struct cs_span word, enum cs_name_kind *out)
{
	static const char *const words[] = {"any", "person", "organisation", "vessel"};
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		if (cs_span_is(word, words[i])) {
			*out = (enum cs_name_kind)i;
			return true;
		}
	return false;
}

static void
read_cells(struct table *table, struct cs_span line)
{
	table->cell_n = 0;
	while (table->cell_n < CELLS_MAX) {
		const uint8_t *tab = line.len ? memchr(line.at, '\t', line.len) : NULL;
		size_t n = tab ? (size_t)(tab - line.at) : line.len;
		table->cell[table->cell_n++] = (struct cs_span){line.at, n};
		if (!tab)
			return;
		line = (struct cs_span){tab + 1, line.len - n - 1};
	}
}

static struct cs_span
cell_of(const struct table *table, enum column column)
{
	unsigned at = table->place[column];
	return at < table->cell_n ? table->cell[at] : (struct cs_span){NULL, 0};
}

static struct cs_span
take_line(struct cs_span *rest)
{
	const uint8_t *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;
	size_t n = end ? (size_t)(end - rest->at) : rest->len;
	struct cs_span line = {rest->at, n};
	*rest = (struct cs_span){rest->at + n + (end != NULL), rest->len - n - (end != NULL)};
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool
read_header(struct table *table, struct cs_span line)
{
	static const char *const names[COLUMNS] = {"id",    "query",    "candidate", "type",    "expected",
						   "score", "score_of", "source",    "category"};
	read_cells(table, line);
	for (unsigned column = 0; column < COLUMNS; column++) {
		table->place[column] = CELLS_MAX;
		for (unsigned i = 0; i < table->cell_n; i++)
			if (cs_span_is(table->cell[i], names[column]))
				table->place[column] = i;
	}
	return table->place[QUERY] < CELLS_MAX && table->place[CANDIDATE] < CELLS_MAX &&
	       table->place[EXPECTED] < CELLS_MAX;
}

/* The group of a name made of two words; NULL when there are too many. */
static struct cs_screen_group *
group_of(struct cs_screen_test *test, struct cs_span word, const char *between, struct cs_span more)
{
	char room[CS_SCREEN_GROUP_NAME_MAX];
	struct cs_text text = cs_text_over(room, sizeof room);
	cs_text_put_span(&text, word);
	cs_text_put(&text, between);
	cs_text_put_span(&text, more);
	for (unsigned i = 0; i < test->group_n; i++)
		if (strcmp(test->group[i].name, room) == 0)
			return &test->group[i];
	if (test->group_n == CS_SCREEN_GROUPS_MAX) {
		test->groups_over++;
		return NULL;
	}
	struct cs_screen_group *group = &test->group[test->group_n++];
	memcpy(group->name, room, sizeof room);
	return group;
}

/* A score as "0.93" or "1", in thousandths; false: it is none. "<0.80" is what is below is_below. */
static bool
read_score(struct cs_span cell, unsigned *value, bool *is_below)
{
	size_t at = 0;
	unsigned unit = 1000;
	*is_below = cell.len && cell.at[0] == '<';
	at += *is_below;
	if (at >= cell.len || cell.at[at] < '0' || cell.at[at] > '1')
		return false;
	*value = (unsigned)(cell.at[at++] - '0') * 1000;
	if (at < cell.len && cell.at[at++] != '.')
		return false;
	for (; at < cell.len && unit > 1; at++) {
		if (cell.at[at] < '0' || cell.at[at] > '9')
			return false;
		unit /= 10;
		*value += (unsigned)(cell.at[at] - '0') * unit;
	}
	return true;
}

/* A row that tells OFAC's score; false: it tells none. */
static bool
hold_against_ofac(const struct table *table, struct cs_screen_group *groups[], unsigned group_n, unsigned *score)
{
	struct cs_ofac_name query, candidate;
	unsigned theirs;
	bool is_below;
	if (!cs_span_is(cell_of(table, SCORE_OF), "ofac_search_tool") ||
	    !read_score(cell_of(table, SCORE), &theirs, &is_below))
		return false;
	cs_ofac_read(cell_of(table, QUERY), &query);
	cs_ofac_read(cell_of(table, CANDIDATE), &candidate);
	*score = cs_ofac_score(&query, &candidate);
	unsigned apart = *score > theirs ? *score - theirs : theirs - *score;
	bool near = is_below ? *score < theirs + NEAR : apart <= NEAR;
	for (unsigned i = 0; i < group_n; i++)
		if (groups[i]) {
			groups[i]->parity_n++;
			groups[i]->parity_near += near;
		}
	return true;
}

/* Scores one row into its groups; false: it says neither yes nor no. */
static bool
run_row(struct cs_screener *screener, const struct table *table, struct cs_screen_test *test, unsigned *score)
{
	struct cs_span source = cell_of(table, SOURCE), stem = source, house = source, none = {NULL, 0};
	struct cs_span type = cell_of(table, TYPE), expected = cell_of(table, EXPECTED);
	const uint8_t *colon = source.len ? memchr(source.at, ':', source.len) : NULL;
	const uint8_t *line = source.len ? memchr(source.at, '_', source.len) : NULL;
	house.len = line ? (size_t)(line - source.at) + 1 : 0;
	stem.len = colon ? (size_t)(colon - source.at) : stem.len;
	enum cs_name_kind kind = CS_NAME_ANY;
	(void)cs_screen_kind(type, &kind); /* another word is "any" */
	enum { GROUPS = 5 };
	struct cs_screen_group *groups[GROUPS] = {
		group_of(test, cs_span_text("all"), "", none),
		type.len ? group_of(test, cs_span_text("type "), "", type) : NULL,
		house.len ? group_of(test, house, "*", none) : NULL,
		stem.len ? group_of(test, stem, "", none) : NULL,
		colon ? group_of(test, source, "", none) : NULL,
	};
	bool yes = cs_span_is(expected, "yes");
	if (!yes && !cs_span_is(expected, "no"))
		return hold_against_ofac(table, groups, GROUPS, score);
	*score = cs_screener_score(screener, cell_of(table, QUERY), cell_of(table, CANDIDATE), kind, NULL);
	for (unsigned i = 0; i < GROUPS; i++)
		if (groups[i]) {
			groups[i]->n[yes]++;
			groups[i]->at[yes][*score]++;
		}
	return true;
}

static bool
flush(int descriptor, struct cs_text *text)
{
	bool ok = cs_file_write_all(descriptor, text->at, text->len) == CS_OK;
	text->len = 0;
	return ok;
}

static void
put_score(struct cs_text *text, const struct table *table, uint64_t row, unsigned score)
{
	struct cs_span id = cell_of(table, ID);
	if (id.len && id.len < LINE_BYTES_MAX / 2)
		cs_text_put_span(text, id);
	else
		cs_text_put_u64(text, row);
	cs_text_put_char(text, '\t');
	cs_text_put_u64(text, score);
	cs_text_put_char(text, '\n');
}

bool
cs_screen_test_run(struct cs_screener *screener, struct cs_span table, int *scores, struct cs_screen_test *out,
		   const char **complaint)
{
	static char room[ROOM_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	struct table now;
	bool ok = true;
	memset(out, 0, sizeof *out);
	*complaint =
		"its first line must name the columns query, candidate and expected (yes, no or na), separated by tabs";
	if (!read_header(&now, take_line(&table)))
		return false;
	*complaint = "the scores cannot be written";
	while (table.len && ok) {
		struct cs_span line = take_line(&table);
		unsigned score = 0;
		if (line.len == 0)
			continue;
		read_cells(&now, line);
		out->row_n++;
		if (!run_row(screener, &now, out, &score)) {
			out->skipped_n++;
			continue;
		}
		if (!scores)
			continue;
		put_score(&text, &now, out->row_n, score);
		if (text.len > ROOM_BYTES - LINE_BYTES_MAX)
			ok = flush(*scores, &text);
	}
	return ok && (!scores || flush(*scores, &text));
}

static uint32_t
permille(uint64_t part, uint64_t whole)
{
	return whole ? (uint32_t)((part * 1000 + whole / 2) / whole) : 0;
}

static uint32_t
f1_of(uint64_t yes, uint64_t alerts, uint64_t right)
{
	return permille(2 * right, yes + alerts);
}

struct cs_screen_figures
cs_screen_figures_of(const struct cs_screen_group *group, unsigned line)
{
	struct cs_screen_figures figures = {0};
	uint64_t halves = 0, no_below = 0, right = 0, wrong = 0;
	for (unsigned s = 0; s < CS_SCREEN_SCORES; s++) {
		halves += group->at[1][s] * (2 * no_below + group->at[0][s]);
		no_below += group->at[0][s];
	}
	figures.auc = permille(halves, 2 * (uint64_t)group->n[0] * group->n[1]);
	for (unsigned s = TOP + 1; s-- > 0;) {
		right += group->at[1][s];
		wrong += group->at[0][s];
		uint32_t f1 = f1_of(group->n[1], right + wrong, right);
		if (f1 > figures.best_f1)
			figures.best_f1 = f1, figures.best_line = s;
		if (wrong * 20 <= group->n[0])
			figures.recall_at_5 = permille(right, group->n[1]);
		if (s != line)
			continue;
		figures.precision = permille(right, right + wrong);
		figures.recall = permille(right, group->n[1]);
		figures.f1 = f1;
		figures.false_alarms = permille(wrong, group->n[0]);
	}
	return figures;
}
