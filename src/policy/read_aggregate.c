/*
 * Aggregates: `cash_1h = count() over 1h where cash`, in profiles and in limits.
 *
 * What each function takes is a row here; what its field is comes out when all names are known (check_profile.c).
 */
#include "base/error.h"
#include "policy/sketch.h"

enum { DISTINCT_DEFAULT = 64, DISTINCT_MAX = 256 };

static const uint64_t reach_max_ns = 800 * UINT64_C(86400000000000);
static const struct cs_span nothing = {(const uint8_t *)"", 0};

/* The order is that of enum cs_aggregate_kind. */
static const struct function {
	const char *name;
	const char *form;
	bool field;
	bool window; /* may have one */
	bool ever;   /* may have none */
	bool delay;
	bool current; /* counts the event that asks, unless it says otherwise */
} functions[CS_AGGREGATE_KIND_N] = {
	{"count", "cash_1h = count() over 1h where cash", false, true, true, true, true},
	{"sum", "spent_24h = sum(amount) over 24h where approved", true, true, true, true, true},
	{"mean", "mean_30d = mean(amount) over 30d", true, true, true, true, false},
	{"variance", "spread_30d = variance(amount) over 30d", true, true, true, true, false},
	{"min", "least_7d = min(amount) over 7d", true, true, false, true, true},
	{"max", "most_7d = max(amount) over 7d", true, true, false, true, true},
	{"distinct", "lands_24h = distinct(country) over 24h", true, true, false, false, true},
	{"share", "risk_7d = share(fraud) over 7d delay 7d", false, true, true, true, true},
	{"last", "last_country = last(country)", true, true, true, false, false},
	{"since_last", "since_last = since_last()", false, true, true, false, false},
	{"first_seen", "first = first_seen()", false, false, true, false, false},
};

/* What stands behind the parentheses. */
static const char *const options[] = {"over", "delay", "where", "including", "excluding", "max"};
enum { OPTION_N = sizeof options / sizeof options[0] };

bool
cs_sketch_at_aggregate(const struct cs_reader *reader)
{
	struct cs_lexer ahead = reader->lexer;
	if (!cs_reader_at(reader, CS_LEX_WORD) || cs_lexer_next(&ahead).kind != CS_LEX_EQUAL)
		return false;
	struct cs_lexeme function = cs_lexer_next(&ahead);
	bool known = function.kind == CS_LEX_WORD && !cs_span_is(function.text, "distance") &&
		     !cs_span_is(function.text, "age");
	return known && cs_lexer_next(&ahead).kind == CS_LEX_PAREN_OPEN;
}

static const char *
function_name(const void *table, unsigned i)
{
	(void)table;
	return i < CS_AGGREGATE_KIND_N ? functions[i].name : NULL;
}

/* Words that begin something else, and cannot be told from it. */
static bool
is_taken(struct cs_span name)
{
	static const char *const taken[] = {"and", "or", "not", "in", "is", "starts", "now", "distance", "age", "this"};
	for (unsigned i = 0; i < sizeof taken / sizeof taken[0]; i++)
		if (cs_span_is(name, taken[i]))
			return true;
	for (unsigned i = 0; i < OPTION_N; i++)
		if (cs_span_is(name, options[i]))
			return true;
	for (unsigned i = 0; cs_condition_word(i); i++)
		if (cs_span_is(name, cs_condition_word(i)))
			return true;
	return cs_field_by_name(name) != CS_FIELD_N;
}

static bool
read_name(struct cs_reader *reader, const struct cs_sketch_profile *profile, struct cs_sketch_aggregate *out)
{
	struct cs_lexeme name = cs_reader_next(reader), sign;
	unsigned number = 0;
	if (!cs_reader_need(reader, CS_LEX_EQUAL, "\"=\"", &sign))
		return false;
	if (is_taken(name.text))
		return cs_reader_say(reader, name.place,
				     "{1} is a word of the language; give this aggregate another name", name.text);
	if (cs_sketch_aggregate_of(profile, name.text, &number))
		return cs_reader_say(reader, name.place, "the name {1} is taken already; give this one another name",
				     name.text);
	out->made.name = cs_reader_copy(reader, name.text);
	out->made.place = name.place;
	return out->made.name != NULL;
}

static bool
read_function(struct cs_reader *reader, struct cs_sketch_aggregate *out)
{
	struct cs_lexeme word, paren;
	if (!cs_reader_need(reader, CS_LEX_WORD, "a function such as count", &word))
		return false;
	unsigned kind = 0;
	while (kind < CS_AGGREGATE_KIND_N && !cs_span_is(word.text, functions[kind].name))
		kind++;
	if (kind == CS_AGGREGATE_KIND_N) {
		cs_complain_unknown(reader->complaints, word.place, "function", word.text,
				    (struct cs_words){function_name, NULL});
		return false;
	}
	const struct function *function = &functions[kind];
	out->made.kind = (uint8_t)kind;
	reader->form = function->form;
	if (!cs_reader_need(reader, CS_LEX_PAREN_OPEN, "\"(\"", &paren))
		return false;
	if (kind == CS_AGGREGATE_SHARE && !cs_sketch_condition(reader, &out->share))
		return false;
	if (function->field) {
		if (!cs_reader_need(reader, CS_LEX_WORD, "a field", &word))
			return false;
		out->value = (struct cs_named){word.text, word.place};
	}
	return cs_reader_need(reader, CS_LEX_PAREN_CLOSE, "\")\"", &paren);
}

static bool
read_max(struct cs_reader *reader, struct cs_sketch_aggregate *out, struct cs_place place)
{
	static const struct cs_number bounds = {"a number of values told apart", 1, DISTINCT_MAX};
	uint32_t max = 0;
	if (out->made.kind != CS_AGGREGATE_DISTINCT)
		return cs_reader_say(reader, place, "only distinct has a max; leave it out", nothing);
	if (!cs_reader_number(reader, &bounds, &max))
		return false;
	out->made.max = (uint16_t)max;
	return true;
}

static bool
read_option(struct cs_reader *reader, unsigned option, struct cs_sketch_aggregate *out, struct cs_place place)
{
	switch (option) {
	case 0:
		return cs_reader_duration(reader, reach_max_ns, &out->made.window_ns);
	case 1:
		return cs_reader_duration(reader, reach_max_ns, &out->made.delay_ns);
	case 2:
		return cs_sketch_condition(reader, &out->where);
	case 3:
		out->including = true;
		return cs_reader_need_word(reader, "this");
	case 4:
		out->excluding = true;
		return cs_reader_need_word(reader, "this");
	default:
		return read_max(reader, out, place);
	}
}

static bool
read_options(struct cs_reader *reader, struct cs_sketch_aggregate *out)
{
	uint32_t seen = 0;
	for (;;) {
		unsigned option = 0;
		while (option < OPTION_N && !cs_reader_at_word(reader, options[option]))
			option++;
		if (option == OPTION_N)
			return true;
		struct cs_lexeme word = cs_reader_next(reader);
		if (seen >> option & 1)
			return cs_reader_say(reader, word.place, "\"{1}\" stands twice here; leave one out", word.text);
		seen |= 1U << option;
		if (!read_option(reader, option, out, word.place))
			return false;
	}
}

static bool
check_times(struct cs_reader *reader, struct cs_sketch_aggregate *out)
{
	const struct function *function = &functions[out->made.kind];
	struct cs_aggregate *made = &out->made;
	struct cs_span name = cs_span_text(function->name);
	if (!made->window_ns && !function->ever)
		return cs_reader_say(reader, made->place, "{1} needs a window; write: {2}", name);
	if (made->window_ns && !function->window)
		return cs_reader_say(reader, made->place, "{1} has no window; write: {2}", name);
	if (made->delay_ns && (!function->delay || !made->window_ns))
		return cs_reader_say(reader, made->place,
				     function->delay ? "a delay needs a window, as in: {2} delay 7d"
						     : "{1} has no delay; write: {2}",
				     name);
	if (out->including && out->excluding)
		return cs_reader_say(reader, made->place,
				     "the event itself cannot be both counted and not; leave one of the two out",
				     nothing);
	if (out->including && made->delay_ns)
		return cs_reader_say(reader, made->place,
				     "with a delay the event itself is never counted; leave out \"including this\"",
				     nothing);
	made->current = !made->delay_ns && (out->including || (function->current && !out->excluding));
	if (made->kind == CS_AGGREGATE_DISTINCT && !made->max)
		made->max = DISTINCT_DEFAULT;
	return true;
}

bool
cs_sketch_read_aggregate(struct cs_reader *reader, struct cs_sketch_profile *profile)
{
	struct cs_sketch_aggregate made = {.made = {.field = CS_FIELD_N}};
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	struct cs_named name = {reader->now.text, reader->now.place};
	const uint8_t *from = cs_reader_source(reader);
	bool broken = profile->broken;
	profile->broken = true;
	profile->failed_n++;
	reader->form = functions[CS_AGGREGATE_COUNT].form;
	if (!sketch || !read_name(reader, profile, &made) || !read_function(reader, &made) ||
	    !read_options(reader, &made) || !check_times(reader, &made))
		return false;
	if (profile->made.aggregate_n == CS_PROFILE_MAX)
		return cs_reader_say(reader, name.place,
				     "{1} is one too many: a profile has at most 32 aggregates; make it two profiles",
				     name.text);
	if (sketch->aggregate_n == CS_AGGREGATES_MAX)
		return cs_reader_say(reader, name.place, "{1} is one too many: a policy has at most 512 aggregates",
				     name.text);
	made.made.said = cs_reader_said(reader, from, false);
	sketch->aggregate_n++;
	profile->broken = broken;
	profile->failed_n--;
	return cs_sketch_add(reader, profile, &made) != NULL;
}
