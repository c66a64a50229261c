/*
 * Matching: which fields say that two messages are about one transaction, and which must then agree.
 *
 * `card, amount, currency and (rrn or stan + terminal)`: identity fields of the list go into every rung of the
 * ladder, value fields into the agreement; the parentheses hold the rungs, best first. Invariant: a rung is never
 * empty, holds no field twice, and holds identity fields only, so that a changed value is found as a contradiction
 * and not missed as another transaction.
 */
#include "policy/reader.h"

#include "base/error.h"

static bool
add(struct cs_reader *reader, struct cs_rung *rung, enum cs_field field, struct cs_place place)
{
	for (unsigned i = 0; i < rung->n; i++)
		if (rung->field[i] == field)
			return true;
	if (rung->n == CS_RUNG_FIELDS_MAX)
		return cs_reader_say(reader, place, "{1} is one field too many: 6 make a way to match; leave one out",
				     cs_span_text(cs_field_info_of(field)->name));
	rung->field[rung->n++] = field;
	return true;
}

bool
cs_reader_rung(struct cs_reader *reader, struct cs_rung *rung)
{
	do {
		enum cs_field field;
		struct cs_place place;
		if (!cs_reader_field(reader, &field, &place))
			return false;
		const struct cs_field_info *info = cs_field_info_of(field);
		if (info->class == CS_CLASS_VALUE)
			return cs_reader_say(reader, place,
					     "{1} is a value and does not say which transaction it is; "
					     "put it in the list before the parentheses, where it must agree",
					     cs_span_text(info->name));
		if (info->class == CS_CLASS_CONTEXT)
			return cs_reader_say(reader, place,
					     "{1} does not say which transaction it is; write fields such as "
					     "card, stan, rrn, terminal",
					     cs_span_text(info->name));
		if (!add(reader, rung, field, place))
			return false;
	} while (cs_reader_accept(reader, CS_LEX_PLUS));
	return true;
}

static bool
add_agree(struct cs_reader *reader, struct cs_match *match, enum cs_field field, struct cs_place place)
{
	for (unsigned i = 0; i < match->agree_n; i++)
		if (match->agree[i] == field)
			return true;
	if (match->agree_n == CS_AGREE_MAX)
		return cs_reader_say(reader, place, "{1} is one value too many: 12 can be compared; leave one out",
				     cs_span_text(cs_field_info_of(field)->name));
	match->agree[match->agree_n++] = field;
	return true;
}

static bool
read_common(struct cs_reader *reader, bool agree, struct cs_match *match, struct cs_rung *common)
{
	do {
		enum cs_field field;
		struct cs_place place;
		if (!cs_reader_field(reader, &field, &place))
			return false;
		const struct cs_field_info *info = cs_field_info_of(field);
		struct cs_span name = cs_span_text(info->name);
		if (info->class == CS_CLASS_CONTEXT)
			return cs_reader_say(reader, place,
					     "{1} neither says which transaction it is nor what was agreed; "
					     "leave it out, or test it behind \"where\"",
					     name);
		if (info->class == CS_CLASS_VALUE && !agree)
			return cs_reader_say(reader, place,
					     "{1} is a value; an excuse is matched by identity alone, leave it out",
					     name);
		bool added = info->class == CS_CLASS_VALUE ? add_agree(reader, match, field, place)
							   : add(reader, common, field, place);
		if (!added)
			return false;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

static bool
read_ladder(struct cs_reader *reader, const struct cs_rung *common, struct cs_match *match)
{
	do {
		if (match->rung_n == CS_RUNGS_MAX)
			return cs_reader_say(reader, reader->now.place, "more than 6 ways to match; leave this one out",
					     (struct cs_span){reader->now.text.at, 0});
		struct cs_rung *rung = &match->rung[match->rung_n];
		*rung = *common;
		if (!cs_reader_rung(reader, rung))
			return false;
		match->rung_n++;
	} while (cs_reader_accept_word(reader, "or"));
	struct cs_lexeme closed;
	return cs_reader_need(reader, CS_LEX_PAREN_CLOSE, "\"or\" or \")\"", &closed);
}

bool
cs_reader_match(struct cs_reader *reader, bool agree, struct cs_match *out)
{
	struct cs_match match = {0};
	struct cs_rung common = {0};
	struct cs_place place = reader->now.place;
	bool ladder = cs_reader_at(reader, CS_LEX_PAREN_OPEN);
	if (!ladder) {
		if (!read_common(reader, agree, &match, &common))
			return false;
		ladder = cs_reader_accept_word(reader, "and");
	}
	struct cs_lexeme open;
	if (ladder) {
		if (!cs_reader_need(reader, CS_LEX_PAREN_OPEN, "\"(\"", &open) || !read_ladder(reader, &common, &match))
			return false;
	} else if (common.n) {
		match.rung[match.rung_n++] = common;
	}
	if (!match.rung_n)
		return cs_reader_say(reader, place, "nothing here says which transaction it is; write: {2}",
				     (struct cs_span){reader->now.text.at, 0});
	*out = match;
	return true;
}
