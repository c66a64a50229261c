/*
 * The block `limit`: what must hold, whatever rules and lists say.
 *
 * A limit stands alone: it takes the aggregates it uses over from the profile of its name, or has a key and aggregates of
 * its own; either way they are kept a second time, for the limits only.
 */
#include "base/error.h"
#include "policy/sketch.h"

static const char form[] = "spent_24h <= 2000 EUR where cash otherwise block critical";

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	if (sketch && sketch->limit_n == CS_LIMITS_MAX)
		return cs_block_full(reader, header,
				     "limit {1} is one too many: a policy has at most 64; leave one out");
	struct cs_sketch_limit *limit = cs_sketch_take(reader, sizeof *limit);
	if (!sketch || !limit)
		return NULL;
	sketch->limit[sketch->limit_n++] = limit;
	limit->own.made.name = cs_reader_copy(reader, header->name);
	limit->own.made.title = header->title;
	limit->own.made.place = header->place;
	limit->own.by = header->by;
	return limit;
}

static bool
at_condition(const struct cs_reader *reader)
{
	return cs_reader_at(reader, CS_LEX_WORD) || cs_reader_at(reader, CS_LEX_PAREN_OPEN) ||
	       cs_reader_at(reader, CS_LEX_NUMBER);
}

static bool
read_cap(struct cs_reader *reader, struct cs_sketch_limit *limit)
{
	struct cs_sketch *sketch = reader->sketch;
	struct cs_sketch_cap *cap = cs_sketch_take(reader, sizeof *cap), **end = &limit->cap;
	if (!cap)
		return false;
	reader->form = form;
	cap->place = reader->now.place;
	cap->otherwise = (struct cs_outcome){CS_VERDICT_BLOCK, CS_SEVERITY_CRITICAL};
	limit->own.broken = true; /* until all of it was read */
	if (!cs_sketch_condition(reader, &cap->holds))
		return false;
	if (cs_reader_accept_word(reader, "where") && !cs_sketch_condition(reader, &cap->where))
		return false;
	if (cs_reader_accept_word(reader, "otherwise") && !cs_reader_outcome(reader, &cap->otherwise))
		return false;
	if (sketch->cap_n == CS_LIMITS_MAX)
		return cs_reader_say(reader, cap->place,
				     "this is one too many: the limits of a policy say at most 64 things",
				     (struct cs_span){reader->now.text.at, 0});
	while (*end)
		end = &(*end)->next;
	*end = cap;
	sketch->cap_n++;
	limit->own.broken = false;
	return true;
}

static bool
read_other(struct cs_reader *reader, void *block)
{
	struct cs_sketch_limit *limit = block;
	if (cs_sketch_at_aggregate(reader))
		return cs_sketch_read_aggregate(reader, &limit->own);
	if (cs_reader_at_word(reader, "otherwise") || cs_reader_at_word(reader, "where")) {
		limit->own.broken = true;
		reader->form = form;
		return cs_reader_say(reader, reader->now.place,
				     "{1} stands right behind what is limited, and nothing between them; write: {2}",
				     reader->now.text);
	}
	return read_cap(reader, limit);
}

static void
close(struct cs_reader *reader, void *block)
{
	const struct cs_sketch_limit *limit = block;
	reader->form = form;
	if (!limit->cap && !limit->own.broken)
		(void)cs_reader_say(reader, limit->own.made.place, "limit {1} limits nothing; write: {2}",
				    cs_span_text(limit->own.made.name ? limit->own.made.name : ""));
}

const struct cs_block cs_parse_limit = {
	"limit", "limit card \"title\" {", open,         close,      cs_sketch_table, CS_SKETCH_TABLE_N,
	NULL,    cs_block_profile_tail,    at_condition, read_other,
};
