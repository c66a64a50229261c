/*
 * See screen_put.h. Words are printed folded, as they were compared.
 */
#include "app/screen_put.h"
#include "base/json.h"

enum { WORD_WIDTH = 22, NAME_WIDTH = 34, SWEEP_FIRST = 300, SWEEP_LAST = 800, SWEEP_STEP = 50 };

static void
put_column(struct cs_text *text, const char *word, unsigned width)
{
	size_t n = strlen(word);
	cs_text_put(text, word);
	for (; n < width; n++)
		cs_text_put_char(text, ' ');
	cs_text_put_char(text, ' ');
}

/* Thousandths with three decimals, in a column. */
static void
put_thousandths(struct cs_text *text, int64_t value, bool sign)
{
	char room[24];
	struct cs_text number = cs_text_over(room, sizeof room);
	uint64_t size = value < 0 ? (uint64_t)-value : (uint64_t)value;
	if (value < 0 || sign)
		cs_text_put_char(&number, value < 0 ? '-' : '+');
	cs_text_put_u64(&number, size / 1000);
	cs_text_put_char(&number, '.');
	cs_text_put_padded(&number, size % 1000, 3);
	for (size_t n = number.len; n < 8; n++)
		cs_text_put_char(text, ' ');
	cs_text_put(text, room);
}

static void
put_words(struct cs_text *text, const struct cs_name *name, unsigned at, unsigned n)
{
	for (unsigned i = at; i < at + n; i++) {
		if (i > at)
			cs_text_put_char(text, ' ');
		cs_text_put(text, name->token[name->part[i].token].text);
	}
}

static void
put_words_column(struct cs_text *text, const struct cs_name *name, unsigned at, unsigned n)
{
	char room[CS_NAME_PARTS_MAX * 40];
	struct cs_text words = cs_text_over(room, sizeof room);
	put_words(&words, name, at, n);
	put_column(text, words.len ? room : "-", WORD_WIDTH);
}

static void
put_name(struct cs_text *text, const char *title, const struct cs_name *name)
{
	static const char *const kinds[] = {"any", "person", "organisation", "vessel"};
	cs_text_put(text, title);
	cs_text_put(text, kinds[name->kind]);
	cs_text_put(text, name->guessed ? " (by its words):" : ":");
	for (unsigned i = 0; i < name->part_n; i++) {
		cs_text_put_char(text, ' ');
		put_words(text, name, i, 1);
		if (name->part[i].class != CS_NAME_PROPER) {
			cs_text_put(text, " [");
			cs_text_put(text, cs_name_class_name(name->part[i].class));
			cs_text_put_char(text, ']');
		}
	}
	cs_text_put(text, name->part_n ? "\n" : " nothing to compare\n");
}

void
cs_screen_put_names(struct cs_text *text, const struct cs_name *a, const struct cs_name *b,
		    const struct cs_score_why *why)
{
	put_name(text, "first   ", a);
	put_name(text, "second  ", b);
	cs_text_put_char(text, '\n');
	for (unsigned i = 0; i < why->row_n; i++) {
		const struct cs_score_row *row = &why->row[i];
		put_words_column(text, a, row->a, row->a_n);
		put_words_column(text, b, row->b, row->b_n);
		put_column(text, cs_score_words(row->evidence), NAME_WIDTH);
		put_thousandths(text, row->contribution, true);
		cs_text_put_char(text, '\n');
	}
	put_column(text, "sum", 2 * WORD_WIDTH + NAME_WIDTH + 2);
	put_thousandths(text, why->sum, true);
	cs_text_put(text, "\nscore ");
	cs_text_put_u64(text, why->score);
	cs_text_put(text, why->score >= CS_SCORE_LINE ? ", an alert (" : ", no alert (");
	cs_text_put_u64(text, CS_SCORE_LINE);
	cs_text_put(text, " is the line)\n");
}

void
cs_screen_put_comparison(struct cs_text *text, const struct cs_screener *screener, const struct cs_score_why *why)
{
	cs_screen_put_names(text, &screener->a.name, &screener->b.name, why);
}

static void
put_words_json(struct cs_json *json, const char *key, const struct cs_name *name, const uint8_t place[2])
{
	cs_json_key(json, key);
	cs_json_array(json);
	for (unsigned i = place[0]; i < place[0] + place[1]; i++)
		cs_json_text(json, name->token[name->part[i].token].text);
	cs_json_end_array(json);
}

void
cs_screen_put_evidence_json(struct cs_json *json, const struct cs_name *a, const struct cs_name *b,
			    const struct cs_score_why *why)
{
	cs_json_key(json, "evidence");
	cs_json_array(json);
	for (unsigned i = 0; i < why->row_n; i++) {
		const struct cs_score_row *row = &why->row[i];
		cs_json_object(json);
		put_words_json(json, "first", a, (const uint8_t[]){row->a, row->a_n});
		put_words_json(json, "second", b, (const uint8_t[]){row->b, row->b_n});
		cs_json_put_text(json, "says", cs_score_words(row->evidence));
		cs_json_put_i64(json, "contribution", row->contribution);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

void
cs_screen_put_comparison_json(struct cs_text *text, const struct cs_screener *screener, const struct cs_score_why *why)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_u64(&json, "score", why->score);
	cs_json_put_u64(&json, "line", CS_SCORE_LINE);
	cs_json_put_i64(&json, "sum", why->sum);
	cs_screen_put_evidence_json(&json, &screener->a.name, &screener->b.name, why);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

static void
put_count(struct cs_text *text, uint64_t value)
{
	char room[24];
	struct cs_text number = cs_text_over(room, sizeof room);
	cs_text_put_u64(&number, value);
	for (size_t n = number.len; n < 7; n++)
		cs_text_put_char(text, ' ');
	cs_text_put(text, room);
}

static void
put_group(struct cs_text *text, const struct cs_screen_group *group)
{
	struct cs_screen_figures f = cs_screen_figures_of(group, CS_SCORE_LINE);
	put_column(text, group->name, NAME_WIDTH);
	put_count(text, group->n[1]);
	put_count(text, group->n[0]);
	const uint32_t values[] = {f.auc, f.precision, f.recall, f.f1, f.false_alarms, f.recall_at_5, f.best_f1};
	for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
		put_thousandths(text, values[i], false);
	put_count(text, f.best_line);
	if (group->parity_n) {
		put_count(text, group->parity_near);
		cs_text_put(text, " of ");
		cs_text_put_u64(text, group->parity_n);
	}
	cs_text_put_char(text, '\n');
}

void
cs_screen_put_test(struct cs_text *text, const struct cs_screen_test *test)
{
	put_column(text, "pairs of", NAME_WIDTH);
	cs_text_put(text,
		    "    yes     no     auc   prec. recall      F1   false   at 5%  best F1   line   near OFAC\n");
	for (unsigned i = 0; i < test->group_n; i++)
		put_group(text, &test->group[i]);
	cs_text_put(text, "\nall, by line:  precision  recall      F1\n");
	for (unsigned line = SWEEP_FIRST; test->group_n && line <= SWEEP_LAST; line += SWEEP_STEP) {
		struct cs_screen_figures f = cs_screen_figures_of(&test->group[0], line);
		put_count(text, line);
		put_column(text, "", 6);
		put_thousandths(text, f.precision, false);
		put_thousandths(text, f.recall, false);
		put_thousandths(text, f.f1, false);
		cs_text_put_char(text, '\n');
	}
}

static void
put_figures_json(struct cs_json *json, const struct cs_screen_group *group, unsigned line)
{
	struct cs_screen_figures f = cs_screen_figures_of(group, line);
	const struct {
		const char *key;
		uint32_t value;
	} rows[] = {{"auc", f.auc},        {"precision", f.precision},       {"recall", f.recall},
		    {"f1", f.f1},          {"false_alarms", f.false_alarms}, {"recall_at_5_percent", f.recall_at_5},
		    {"best_f1", f.best_f1}};
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		cs_json_key(json, rows[i].key);
		cs_json_millionths(json, rows[i].value * UINT64_C(1000));
	}
	cs_json_put_u64(json, "best_line", f.best_line);
}

void
cs_screen_put_test_json(struct cs_text *text, const struct cs_screen_test *test)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_u64(&json, "rows", test->row_n);
	cs_json_put_u64(&json, "skipped", test->skipped_n);
	cs_json_put_u64(&json, "line", CS_SCORE_LINE);
	cs_json_key(&json, "groups");
	cs_json_object(&json);
	for (unsigned i = 0; i < test->group_n; i++) {
		const struct cs_screen_group *group = &test->group[i];
		cs_json_key(&json, group->name);
		cs_json_object(&json);
		cs_json_put_u64(&json, "yes", group->n[1]);
		cs_json_put_u64(&json, "no", group->n[0]);
		put_figures_json(&json, group, CS_SCORE_LINE);
		if (group->parity_n) {
			cs_json_put_u64(&json, "ofac_rows", group->parity_n);
			cs_json_put_u64(&json, "ofac_near", group->parity_near);
		}
		cs_json_end_object(&json);
	}
	cs_json_end_object(&json);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}
