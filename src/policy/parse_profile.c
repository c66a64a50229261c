/*
 * The block `profile`: aggregates over sliding windows, kept apart by a key.
 *
 * Its other clauses are those of limits as well (parse_table.c).
 */
#include "base/error.h"
#include "policy/sketch.h"

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	if (sketch && sketch->profile_n == CS_PROFILES_MAX)
		return cs_block_full(reader, header,
				     "profile {1} is one too many: a policy has at most 32; leave one out");
	struct cs_sketch_profile *profile = cs_sketch_take(reader, sizeof *profile);
	if (!sketch || !profile)
		return NULL;
	sketch->profile[sketch->profile_n++] = profile;
	cs_sketch_sizes(&profile->made);
	profile->made.name = cs_reader_copy(reader, header->name);
	profile->made.title = header->title;
	profile->made.place = header->place;
	profile->by = header->by;
	reader->form = "profile card by card {";
	if (!header->by.said)
		(void)cs_reader_say(reader, header->place,
				    "profile {1} does not say what it is kept apart by; write: {2}", header->name);
	return profile;
}

static bool
at_aggregate(const struct cs_reader *reader)
{
	struct cs_lexer ahead = reader->lexer;
	return cs_reader_at(reader, CS_LEX_WORD) && cs_lexer_next(&ahead).kind == CS_LEX_EQUAL;
}

static bool
read_aggregate(struct cs_reader *reader, void *block)
{
	return cs_sketch_read_aggregate(reader, block);
}

static void
close(struct cs_reader *reader, void *block)
{
	const struct cs_sketch_profile *profile = block;
	const struct cs_profile_clause *made = &profile->made;
	reader->form = "cash_1h = count() over 1h where cash";
	if (!made->aggregate_n && !profile->broken)
		(void)cs_reader_say(reader, made->place, "profile {1} keeps nothing; write: {2}",
				    cs_span_text(made->name ? made->name : ""));
}

const struct cs_block cs_parse_profile = {
	"profile", "profile card by card {", open,         close,          cs_sketch_table, CS_SKETCH_TABLE_N,
	NULL,      cs_block_profile_tail,    at_aggregate, read_aggregate,
};
