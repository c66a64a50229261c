/*
 * What the words of a condition mean: words of word.def, fields, names of records, aggregates, calendars, lists, places.
 *
 * A filter of an aggregate looks at the event only. A limit stands alone: it knows its own aggregates (those of the profile
 * it names are taken over when they are first used), and no lists and tables of places.
 */
#include "base/error.h"
#include "policy/build.h"

static const struct cs_span nothing = {(const uint8_t *)"", 0};

static const char *const parts[CS_CALENDAR_PART_N] = {
	[CS_CALENDAR_WEEKEND] = "weekend", [CS_CALENDAR_NIGHT] = "night", [CS_CALENDAR_HOLIDAY] = "holiday"};

/* Every name a condition may begin with, for suggestions. */
static const char *
any_name(const void *table, unsigned i)
{
	const struct cs_build *build = table;
	const struct cs_sketch *sketch = build->reader->sketch;
	unsigned words = 0;
	while (cs_condition_word(words))
		words++;
	if (i < words)
		return cs_condition_word(i);
	i -= words;
	if (i < CS_FIELD_N)
		return cs_field_info_of((enum cs_field)i)->name;
	i -= CS_FIELD_N;
	if (i < sketch->extra_n)
		return sketch->extra[i].name;
	i -= sketch->extra_n;
	const struct cs_sketch_limit *limit = build->scope->limit;
	const struct cs_sketch_aggregate *at =
		limit ? limit->from ? limit->from->aggregate : limit->own.aggregate : NULL;
	for (; at && i; i--)
		at = at->next;
	return at ? at->made.name : NULL;
}

static const char *
profile_or_calendar(const void *table, unsigned i)
{
	const struct cs_sketch *sketch = table;
	if (i < sketch->profile_n)
		return sketch->profile[i]->made.name;
	i -= sketch->profile_n;
	return i < sketch->calendar_n ? sketch->calendar[i].name : NULL;
}

static const char *
aggregate_name(const void *table, unsigned i)
{
	const struct cs_sketch_profile *profile = table;
	const struct cs_sketch_aggregate *at = profile->aggregate;
	for (; at && i; i--)
		at = at->next;
	return at ? at->made.name : NULL;
}

static const char *
list_name(const void *table, unsigned i)
{
	const struct cs_sketch *sketch = table;
	return i < sketch->list_n ? sketch->list[i].name : NULL;
}

static const char *
part_name(const void *table, unsigned i)
{
	(void)table;
	return i < CS_CALENDAR_PART_N ? parts[i] : NULL;
}

/* The aggregate NAME of a limit, taken over from its profile when it is first used. */
static struct cs_sketch_aggregate *
limit_aggregate(struct cs_build *build, struct cs_span name, unsigned *number)
{
	struct cs_sketch_limit *limit = build->scope->limit;
	struct cs_sketch_aggregate *found = cs_sketch_aggregate_of(&limit->own, name, number);
	if (found || !limit->from)
		return found;
	found = cs_sketch_aggregate_of(limit->from, name, number);
	if (!found)
		return NULL;
	*number = limit->own.made.aggregate_n;
	if (*number == CS_PROFILE_MAX)
		return NULL;
	return cs_sketch_add(build->reader, &limit->own, found);
}

static bool
complain_aggregate(struct cs_build *build, const struct cs_named *name, const struct cs_sketch_profile *profile)
{
	if (profile->broken)
		return false;
	cs_complain_unknown(build->reader->complaints, name->place, "aggregate of this profile", name->text,
			    (struct cs_words){aggregate_name, profile});
	return false;
}

static bool
complain_foreign(struct cs_build *build, const struct cs_named *name)
{
	return cs_reader_say(build->reader, name->place,
			     "a limit stands alone, and cannot use {1}; use aggregates of the limit itself",
			     name->text);
}

static bool
complain_profile(struct cs_build *build, const struct cs_named pair[2])
{
	const struct cs_sketch *sketch = build->reader->sketch;
	if (!pair[1].text.len)
		return cs_reader_say(build->reader, pair[0].place, "{1} of which profile? write it as in: card.{1}",
				     pair[0].text);
	if (!sketch->profile_n && !sketch->calendar_n)
		return cs_reader_say(
			build->reader, pair[0].place,
			"no profile is called \"{1}\"; add one, as in: profile card by card { cash_1h = count() "
			"over 1h }",
			pair[0].text);
	cs_complain_unknown(build->reader->complaints, pair[0].place, "profile or calendar", pair[0].text,
			    (struct cs_words){profile_or_calendar, sketch});
	return false;
}

/* PROFILE.NAME, or in a limit NAME alone. *NUMBER is that in its program. */
static bool
find_aggregate(struct cs_build *build, const struct cs_named pair[2], const struct cs_sketch_aggregate **out,
	       unsigned *number)
{
	const struct cs_scope *scope = build->scope;
	const struct cs_named *name = pair[1].text.len ? &pair[1] : &pair[0];
	const struct cs_sketch_profile *profile = cs_sketch_profile_of(build->reader->sketch, pair[0].text);
	if (scope->event_only)
		return cs_reader_say(
			build->reader, pair[0].place,
			"a filter looks at one event, and not at aggregates such as {1}; ask that in a rule",
			name->text);
	if (scope->limit) {
		const char *own = scope->limit->own.made.name;
		if (pair[1].text.len && !(own && cs_span_is(pair[0].text, own)))
			return complain_foreign(build, &pair[0]);
		*out = limit_aggregate(build, name->text, number);
		*number += scope->first;
		profile = scope->limit->from ? scope->limit->from : &scope->limit->own;
	} else if (profile && pair[1].text.len) {
		*out = cs_sketch_aggregate_of(profile, name->text, number);
		*number += profile->made.first;
	} else {
		return complain_profile(build, pair);
	}
	if (!*out)
		return complain_aggregate(build, name, profile);
	return (*out)->good;
}

static bool
push_aggregate(struct cs_build *build, const struct cs_named pair[2], const struct cs_operand *operand)
{
	const struct cs_sketch_aggregate *aggregate = NULL;
	struct cs_operand out = *operand;
	unsigned number = 0;
	if (!find_aggregate(build, pair, &aggregate, &number))
		return false;
	const struct cs_aggregate *made = &aggregate->made;
	struct cs_value_step step = {.op = CS_EXPR_LOAD, .load = {.kind = CS_LOAD_AGGREGATE, .type = made->type}};
	step.load.field = CS_FIELD_N;
	step.load.a = (uint16_t)number;
	step.load.currency = made->type == CS_VALUE_MONEY ? made->currency : 0;
	out.type = made->type;
	out.currency = step.load.currency;
	out.secret = made->field == CS_FIELD_CARD && made->kind == CS_AGGREGATE_LAST;
	return cs_build_value(build, &out, &step);
}

static bool
push_part(struct cs_build *build, const struct cs_calendar_clause *calendar, const struct cs_named *part,
	  const struct cs_operand *operand)
{
	const struct cs_sketch *sketch = build->reader->sketch;
	struct cs_load load = {CS_LOAD_CALENDAR,
			       CS_VALUE_BOOL,
			       CS_FIELD_N,
			       false,
			       (uint16_t)(calendar - sketch->calendar),
			       CS_CALENDAR_PART_N,
			       0};
	for (unsigned i = 0; i < CS_CALENDAR_PART_N; i++)
		if (cs_span_is(part->text, parts[i]))
			load.b = (uint16_t)i;
	if (load.b == CS_CALENDAR_PART_N) {
		cs_complain_unknown(build->reader->complaints, part->place, "part of a calendar", part->text,
				    (struct cs_words){part_name, NULL});
		return false;
	}
	bool said[CS_CALENDAR_PART_N] = {calendar->weekend != 0, calendar->night, calendar->holiday_n != 0};
	if (said[load.b])
		return cs_build_truth(build, operand, &load);
	return cs_reader_say(
		build->reader, part->place,
		"this calendar does not say what its {1} is; add it there, as in: weekend saturday, sunday  "
		"night 22:00..06:00  holiday 2026-12-25",
		part->text);
}

static bool
push_word(struct cs_build *build, unsigned word, const struct cs_operand *operand)
{
	struct cs_load load = {CS_LOAD_WORD, CS_VALUE_BOOL, CS_FIELD_N, false, (uint16_t)word, 0, 0};
	if (cs_span_is(operand->word.text, "fraud") && !build->scope->labels)
		return cs_reader_say(
			build->reader, operand->word.place,
			"whether it was fraud is known days later; use it in an aggregate with a delay, as in: "
			"risk_7d = share(fraud) over 7d delay 7d",
			nothing);
	return cs_build_truth(build, operand, &load);
}

static bool
push_field(struct cs_build *build, enum cs_field field, const struct cs_operand *operand)
{
	enum cs_field_type type = cs_field_info_of(field)->type;
	bool money = type == CS_TYPE_MONEY || type == CS_TYPE_BALANCE;
	struct cs_operand out = *operand;
	struct cs_value_step step = {.op = CS_EXPR_LOAD};
	out.type = money ? CS_VALUE_MONEY : field == CS_FIELD_COUNTRY ? CS_VALUE_COUNTRY : CS_VALUE_TEXT;
	out.secret = field == CS_FIELD_CARD;
	step.load = (struct cs_load){money ? CS_LOAD_MONEY : CS_LOAD_TEXT, out.type, (uint8_t)field, false, 0, 0, 0};
	return cs_build_value(build, &out, &step);
}

static bool
push_extra(struct cs_build *build, const struct cs_extra_clause *extra, const struct cs_operand *operand)
{
	bool number = extra->type == CS_VALUE_NUMBER;
	struct cs_operand out = *operand;
	struct cs_value_step step = {.op = CS_EXPR_LOAD};
	out.type = extra->type;
	step.load = (struct cs_load){number ? CS_LOAD_DIGITS : CS_LOAD_TEXT, extra->type, extra->field, true, 0, 0, 0};
	return cs_build_value(build, &out, &step);
}

/* Two or three capitals that are nothing else: a country or a currency. */
static bool
is_code(struct cs_span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < 'A' || text.at[i] > 'Z')
			return false;
	return text.len == 2 || text.len == 3;
}

static bool
push_simple(struct cs_build *build, const struct cs_named *name, const struct cs_operand *operand)
{
	const struct cs_sketch *sketch = build->reader->sketch;
	struct cs_operand out = *operand;
	unsigned extra = cs_sketch_extra(sketch, name->text), number = 0;
	enum cs_field field = cs_field_by_name(name->text);
	for (unsigned i = 0; cs_condition_word(i); i++)
		if (cs_span_is(name->text, cs_condition_word(i)))
			return push_word(build, i, operand);
	if (field != CS_FIELD_N)
		return push_field(build, field, operand);
	if (extra < sketch->extra_n)
		return push_extra(build, &sketch->extra[extra], operand);
	if (cs_span_is(name->text, "now")) {
		struct cs_value_step step = {.op = CS_EXPR_LOAD,
					     .load = {.kind = CS_LOAD_NOW, .type = CS_VALUE_TIME, .field = CS_FIELD_N}};
		out.type = CS_VALUE_TIME;
		return cs_build_value(build, &out, &step);
	}
	if (build->scope->limit && !build->scope->event_only && limit_aggregate(build, name->text, &number))
		return push_aggregate(build, (struct cs_named[2]){*name, {nothing, name->place}}, operand);
	if (is_code(name->text)) {
		out.type = CS_VALUE_TEXT;
		out.literal = CS_LITERAL_CODE;
		return cs_build_value(build, &out, NULL);
	}
	if (build->scope->limit && build->scope->limit->own.broken)
		return false;
	cs_complain_unknown(build->reader->complaints, name->place, "condition, field or aggregate", name->text,
			    (struct cs_words){any_name, build});
	return false;
}

bool
cs_build_name(struct cs_build *build, const struct cs_named *name, const struct cs_named *part,
	      const struct cs_operand *operand)
{
	const struct cs_calendar_clause *calendar = cs_sketch_calendar_of(build->reader->sketch, name->text);
	if (!part->text.len)
		return push_simple(build, name, operand);
	if (calendar)
		return push_part(build, calendar, part, operand);
	return push_aggregate(build, (struct cs_named[2]){*name, *part}, operand);
}

bool
cs_build_age(struct cs_build *build, const struct cs_named pair[2], const struct cs_operand *operand)
{
	const struct cs_sketch_aggregate *aggregate = NULL;
	struct cs_operand out = *operand;
	unsigned number = 0;
	if (!find_aggregate(build, pair, &aggregate, &number))
		return false;
	unsigned kind = aggregate->made.kind;
	if (kind != CS_AGGREGATE_LAST && kind != CS_AGGREGATE_FIRST_SEEN)
		return cs_reader_say(
			build->reader, pair[0].place,
			"only what was seen first or last has an age; write: age(card.first), with first = "
			"first_seen()",
			nothing);
	struct cs_value_step step = {.op = CS_EXPR_LOAD,
				     .load = {.kind = CS_LOAD_AGE, .type = CS_VALUE_DURATION, .field = CS_FIELD_N}};
	step.load.a = (uint16_t)number;
	out.type = CS_VALUE_DURATION;
	return cs_build_value(build, &out, &step);
}

/* The table that says where values of FIELD are; false when there is none. */
static bool
find_spots(const struct cs_build *build, uint8_t field, uint16_t *out)
{
	const struct cs_sketch *sketch = build->reader->sketch;
	*out = CS_SPOT_COUNTRY;
	if (field == CS_FIELD_COUNTRY)
		return true;
	for (unsigned i = 0; i < sketch->spots_n && !build->scope->limit; i++) {
		if (sketch->spots[i].field != field)
			continue;
		*out = (uint16_t)i;
		return true;
	}
	return false;
}

static bool
complain_place(struct cs_build *build, const struct cs_named *name)
{
	return cs_reader_say(
		build->reader, name->place,
		build->scope->limit
			? "of {1} it is not known where it is, and a limit knows no tables; write: country"
			: "of {1} it is not known where it is; write country, or a field that \"places\" has",
		name->text);
}

static bool
spot_of(struct cs_build *build, const struct cs_named pair[2], struct cs_load *out)
{
	const struct cs_sketch_aggregate *aggregate = NULL;
	unsigned number = 0;
	uint16_t table = 0;
	enum cs_field field = pair[1].text.len ? CS_FIELD_N : cs_field_by_name(pair[0].text);
	if (field != CS_FIELD_N) {
		if (!find_spots(build, (uint8_t)field, &table))
			return complain_place(build, &pair[0]);
		*out = (struct cs_load){CS_LOAD_SPOT, CS_VALUE_PLACE, (uint8_t)field, false, table, 0, 0};
		return true;
	}
	if (!find_aggregate(build, pair, &aggregate, &number))
		return false;
	CS_ASSERT(aggregate);
	const struct cs_aggregate *made = &aggregate->made;
	if (made->kind != CS_AGGREGATE_LAST || made->record || !find_spots(build, made->field, &table))
		return complain_place(build, pair[1].text.len ? &pair[1] : &pair[0]);
	*out = (struct cs_load){CS_LOAD_SPOT_LAST, CS_VALUE_PLACE, made->field, false, (uint16_t)number, table, 0};
	return true;
}

bool
cs_build_distance(struct cs_build *build, const struct cs_named place[4], const struct cs_operand *operand)
{
	struct cs_value_step step = {.op = CS_EXPR_LOAD,
				     .load = {.kind = CS_LOAD_DISTANCE, .type = CS_VALUE_NUMBER, .field = CS_FIELD_N}};
	struct cs_operand out = *operand;
	struct cs_load spot[2];
	if (!spot_of(build, &place[0], &spot[0]) || !spot_of(build, &place[2], &spot[1]))
		return false;
	step.load.a = cs_program_load(build->scope->program, &spot[0]);
	step.load.b = cs_program_load(build->scope->program, &spot[1]);
	if (step.load.a == CS_LOADS_MAX || step.load.b == CS_LOADS_MAX)
		return cs_reader_say(build->reader, operand->word.place,
				     "the conditions of this policy look at more than 512 values; leave some out",
				     nothing);
	out.type = CS_VALUE_NUMBER;
	return cs_build_value(build, &out, &step);
}

static bool
complain_listed(struct cs_build *build, const struct cs_named *name, const struct cs_list_clause *list)
{
	enum cs_kind kind = list->by.record ? CS_KIND_RECORD : CS_KIND_OTHER;
	char at[320];
	struct cs_text text = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < 2 * list->by.n; i++) {
		unsigned nth = i % list->by.n;
		cs_text_put(&text, nth ? " + " : i ? "; write: " : "{1} lists values of ");
		cs_text_put(&text, cs_policy_field(build->reader->policy, kind, (enum cs_field)list->by.field[nth]));
	}
	cs_text_put(&text, " in {1}");
	return cs_reader_say(build->reader, name->place, at, name->text);
}

/* Whether the newest N operands are the fields that LIST lists, in its order: of two, with a "+" between them. */
static bool
is_key_of(const struct cs_build *build, const struct cs_list_clause *list)
{
	const unsigned n = list->by.n;
	if (build->operand_n < n || build->value_n < n)
		return false;
	const struct cs_waiting *joined = build->op_n ? &build->op[build->op_n - 1] : NULL;
	if (n > 1 && !(joined && joined->level == CS_LEVEL_SUM && joined->op == CS_EXPR_ADD))
		return false;
	for (unsigned i = 0; i < n; i++) {
		const struct cs_operand *operand = &build->operand[build->operand_n - n + i];
		const struct cs_load *load = &build->value[build->value_n - n + i].load;
		if (operand->logic || operand->n != 1 || load->kind != CS_LOAD_TEXT ||
		    load->field != list->by.field[i] || (n == 1 && load->record != list->by.record))
			return false;
	}
	return true;
}

/* Whether NAME is a watch list: after a complaint that no condition looks at one. */
static bool
is_watched(struct cs_build *build, const struct cs_named *name)
{
	const struct cs_sketch *sketch = build->reader->sketch;
	for (unsigned i = 0; i < sketch->watched_n; i++) {
		if (!sketch->watched[i].name || !cs_span_is(name->text, sketch->watched[i].name))
			continue;
		(void)cs_reader_say(build->reader, name->place,
				    "{1} is a watch list, of names, and no condition looks at one in this version; "
				    "remove it, and use: countersign screen",
				    name->text);
		return true;
	}
	return false;
}

bool
cs_build_listed(struct cs_build *build, const struct cs_named *name)
{
	const struct cs_sketch *sketch = build->reader->sketch;
	CS_ASSERT(build->operand_n);
	unsigned list = 0;
	if (build->scope->limit)
		return complain_foreign(build, name);
	if (is_watched(build, name))
		return false;
	while (list < sketch->list_n && !(sketch->list[list].name && cs_span_is(name->text, sketch->list[list].name)))
		list++;
	if (!sketch->list_n)
		return cs_reader_say(
			build->reader, name->place,
			"no list is called \"{1}\"; add one, as in: list {1} { of terminal  holds \"ATM00042\" }",
			name->text);
	if (list == sketch->list_n) {
		cs_complain_unknown(build->reader->complaints, name->place, "list", name->text,
				    (struct cs_words){list_name, sketch});
		return false;
	}
	const struct cs_list_clause *found = &sketch->list[list];
	if (!found->by.n)
		return false; /* the list itself was complained about */
	if (!is_key_of(build, found))
		return complain_listed(build, name, found);
	struct cs_load load = {
		CS_LOAD_LISTED, CS_VALUE_BOOL, found->by.field[0], found->by.record, (uint16_t)list, 0, 0};
	build->value_n -= found->by.n;
	build->operand_n -= found->by.n;
	build->op_n -= found->by.n - 1u;
	struct cs_operand operand = build->operand[build->operand_n];
	operand.to = cs_reader_source(build->reader);
	return cs_build_truth(build, &operand, &load);
}
