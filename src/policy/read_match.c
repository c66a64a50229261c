/*
 * Matching: which fields say that two messages are about one transaction, and which must then agree.
 *
 * `card, amount, currency and (rrn or stan + terminal)`: identity fields of the list go into every rung of the
 * ladder, value fields into the agreement; the parentheses hold the rungs, best first. Names of records' own are values in
 * the list, and identities in the parentheses or where there are none. Invariant: a rung is never
 * empty, holds no field twice, and holds identity fields only, so that a changed value is found as a contradiction
 * and not missed as another transaction.
 */
#include "base/error.h"
#include "policy/sketch.h"

static bool
add(struct cs_reader *reader, struct cs_rung *rung, const struct cs_used *used)
{
	for (unsigned i = 0; i < rung->n; i++)
		if (rung->field[i] == used->field)
			return true;
	if (rung->n == CS_RUNG_FIELDS_MAX)
		return cs_reader_say(reader, used->place,
				     "{1} is one field too many: 6 make a way to match; leave one out", used->name);
	rung->field[rung->n++] = used->field;
	return true;
}

/* The name of a field; of a record's own only where OWN takes its bit. */
static bool
read_name(struct cs_reader *reader, uint64_t *own, struct cs_used *used)
{
	if (!own) {
		if (!cs_reader_field(reader, &used->field, &used->place))
			return false;
		used->own = false;
		used->name = cs_span_text(cs_field_info_of(used->field)->name);
		return true;
	}
	if (!cs_sketch_used(reader, used))
		return false;
	*own |= used->own ? UINT64_C(1) << used->field : 0;
	return true;
}

bool
cs_reader_rung(struct cs_reader *reader, struct cs_rung *rung, uint64_t *own)
{
	do {
		struct cs_used used;
		if (!read_name(reader, own, &used))
			return false;
		bool sure = used.own || (reader->amounts && used.field == CS_FIELD_AMOUNT);
		enum cs_field_class class = sure ? CS_CLASS_IDENTITY : cs_field_info_of(used.field)->class;
		if (class == CS_CLASS_VALUE)
			return cs_reader_say(reader, used.place,
					     "{1} is a value and does not say which transaction it is; "
					     "put it in the list before the parentheses, where it must agree",
					     used.name);
		if (class == CS_CLASS_CONTEXT)
			return cs_reader_say(reader, used.place,
					     "{1} does not say which transaction it is; write fields such as "
					     "card, stan, rrn, terminal",
					     used.name);
		if (!add(reader, rung, &used))
			return false;
	} while (cs_reader_accept(reader, CS_LEX_PLUS));
	return true;
}

static bool
add_agree(struct cs_reader *reader, struct cs_match *match, const struct cs_used *used)
{
	for (unsigned i = 0; i < match->agree_n; i++)
		if (match->agree[i] == used->field)
			return true;
	if (match->agree_n == CS_AGREE_MAX)
		return cs_reader_say(reader, used->place,
				     "{1} is one value too many: 12 can be compared; leave one out", used->name);
	match->agree[match->agree_n++] = used->field;
	return true;
}

/* The list. Names of records' own in it come last: what they mean is known only when the ways to match were seen. */
struct list {
	struct cs_rung common;
	struct cs_rung own;
	struct cs_used own_used[CS_RUNG_FIELDS_MAX];
};

static bool
add_own(struct cs_reader *reader, struct list *list, const struct cs_used *used)
{
	unsigned n = list->own.n;
	if (!add(reader, &list->own, used))
		return false;
	if (list->own.n > n)
		list->own_used[n] = *used;
	return true;
}

/* amount within 0.50 EUR; `within 24h` is the next clause */
static bool
read_near(struct cs_reader *reader, struct cs_match *match)
{
	struct cs_lexer ahead = reader->lexer;
	struct cs_lexeme number = cs_lexer_next(&ahead);
	bool money = number.kind == CS_LEX_NUMBER || number.kind == CS_LEX_DECIMAL;
	if (!money || !cs_reader_accept_word(reader, "within"))
		return true;
	(void)cs_reader_next(reader);
	return cs_reader_amount(reader, &number, &match->near);
}

/* value_date within 1 business day by target */
static bool
read_days(struct cs_reader *reader, const struct cs_used *used, struct cs_match *match)
{
	static const struct cs_number bounds = {"a number of business days", 1, 10};
	struct cs_lexer ahead = reader->lexer;
	struct cs_lexeme name;
	uint32_t days;
	bool number = cs_lexer_next(&ahead).kind == CS_LEX_NUMBER;
	if (!number || !cs_reader_at_word(reader, "within") || !cs_span_is(cs_lexer_next(&ahead).text, "business"))
		return true;
	(void)cs_reader_next(reader);
	if (!cs_reader_number(reader, &bounds, &days) || !cs_reader_need_word(reader, "business"))
		return false;
	if (!cs_reader_accept_word(reader, "days") && !cs_reader_need_word(reader, "day"))
		return false;
	if (match->days.n)
		return cs_reader_say(reader, used->place, "one date only may differ by days; leave it out for {1}",
				     used->name);
	match->days = (struct cs_days){.n = (uint8_t)days, .field = (uint8_t)used->field};
	if (!cs_reader_accept_word(reader, "by"))
		return true;
	if (!cs_reader_need(reader, CS_LEX_WORD, "the name of a calendar", &name))
		return false;
	match->days.calendar_name = name.text;
	match->days.calendar_place = name.place;
	return true;
}

/* What may stand behind a name that must agree. */
static bool
read_how(struct cs_reader *reader, const struct cs_used *used, struct cs_match *match)
{
	if (used->field == CS_FIELD_AMOUNT && !read_near(reader, match))
		return false;
	if (used->own && reader->amounts && !read_days(reader, used, match))
		return false;
	if (reader->amounts && cs_reader_accept_word(reader, "required"))
		match->required |= UINT64_C(1) << used->field;
	return true;
}

static bool
read_common(struct cs_reader *reader, bool agree, struct cs_match *match, struct list *list)
{
	do {
		struct cs_used used;
		if (!read_name(reader, agree ? &match->own : NULL, &used))
			return false;
		enum cs_field_class class = cs_field_info_of(used.field)->class;
		bool added;
		if (!used.own && class == CS_CLASS_CONTEXT)
			return cs_reader_say(reader, used.place,
					     "{1} neither says which transaction it is nor what was agreed; "
					     "leave it out, or test it behind \"where\"",
					     used.name);
		if (!used.own && class == CS_CLASS_VALUE && !agree)
			return cs_reader_say(reader, used.place,
					     "{1} is a value; an excuse is matched by identity alone, leave it out",
					     used.name);
		if (used.own)
			added = add_own(reader, list, &used);
		else
			added = class == CS_CLASS_VALUE ? add_agree(reader, match, &used)
							: add(reader, &list->common, &used);
		if (!added || (agree && !read_how(reader, &used, match)))
			return false;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

/* Beside ways to match, what stands in the list must agree: an account that was changed shall be found as changed. Without
 * them it is the way. */
static bool
place_own(struct cs_reader *reader, const struct list *list, bool ladder, struct cs_match *match,
	  struct cs_rung *common)
{
	for (unsigned i = 0; i < list->own.n; i++)
		if (!(ladder ? add_agree(reader, match, &list->own_used[i]) : add(reader, common, &list->own_used[i])))
			return false;
	return true;
}

static bool
read_ladder(struct cs_reader *reader, const struct cs_rung *common, bool own, struct cs_match *match)
{
	do {
		if (match->rung_n == CS_RUNGS_MAX)
			return cs_reader_say(reader, reader->now.place, "more than 6 ways to match; leave this one out",
					     (struct cs_span){reader->now.text.at, 0});
		struct cs_rung *rung = &match->rung[match->rung_n];
		*rung = *common;
		if (!cs_reader_rung(reader, rung, own ? &match->own : NULL))
			return false;
		match->rung_n++;
	} while (cs_reader_accept_word(reader, "or"));
	struct cs_lexeme closed;
	return cs_reader_need(reader, CS_LEX_PAREN_CLOSE, "\"or\" or \")\"", &closed);
}

/* sum of amount by batch + account */
static bool
read_sum(struct cs_reader *reader, struct cs_match *match)
{
	match->summed = true;
	(void)cs_reader_next(reader);
	if (!cs_reader_need_word(reader, "of") || !cs_reader_need_word(reader, "amount") ||
	    !cs_reader_need_word(reader, "by") || !cs_reader_rung(reader, &match->rung[0], &match->own))
		return false;
	match->rung_n = 1;
	return true;
}

/* Without ways to match, what was to agree is the way: nothing is left to be held against each other. */
static bool
check_how(struct cs_reader *reader, const struct cs_match *match, struct cs_place place)
{
	uint64_t agree = 0, how = match->required | (match->days.n ? UINT64_C(1) << match->days.field : 0);
	for (unsigned i = 0; i < match->agree_n; i++)
		agree |= UINT64_C(1) << match->agree[i];
	if (!(how & ~agree))
		return true;
	return cs_reader_say(
		reader, place,
		"\"required\" and business days are for what must agree; write the ways to match behind it: "
		"match beneficiary required and (reference)",
		(struct cs_span){reader->now.text.at, 0});
}

bool
cs_reader_match(struct cs_reader *reader, bool agree, struct cs_match *out)
{
	struct cs_match match = {0};
	struct list list = {0};
	struct cs_place place = reader->now.place;
	if (agree && reader->amounts && cs_reader_at_word(reader, "sum")) {
		bool good = read_sum(reader, &match);
		*out = match;
		return good;
	}
	bool ladder = cs_reader_at(reader, CS_LEX_PAREN_OPEN);
	if (!ladder) {
		if (!read_common(reader, agree, &match, &list))
			return false;
		ladder = cs_reader_accept_word(reader, "and");
	}
	struct cs_lexeme open;
	struct cs_rung common = list.common;
	if (!place_own(reader, &list, ladder, &match, &common))
		return false;
	if (ladder) {
		if (!cs_reader_need(reader, CS_LEX_PAREN_OPEN, "\"(\"", &open) ||
		    !read_ladder(reader, &common, agree, &match))
			return false;
	} else if (common.n) {
		match.rung[match.rung_n++] = common;
	}
	if (!match.rung_n)
		return cs_reader_say(reader, place, "nothing here says which transaction it is; write: {2}",
				     (struct cs_span){reader->now.text.at, 0});
	*out = match;
	return check_how(reader, &match, place);
}
