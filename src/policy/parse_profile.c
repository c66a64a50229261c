/*
 * The block `profile`: aggregates over sliding windows, kept apart by a key.
 *
 * Its sizes are clauses of limits as well (parse_limit.c).
 */
#include "base/error.h"
#include "policy/sketch.h"

static const uint64_t day_ns = UINT64_C(86400000000000);

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

bool
cs_sketch_read_size(struct cs_reader *reader, struct cs_sketch_profile *profile, unsigned size)
{
	static const struct cs_number keys = {"a number of keys", 16, 1U << 28};
	static const struct cs_number heavy = {"a number of busy keys", 0, 1U << 20};
	static const struct cs_number log = {"the length of a log", 4, 1024};
	static const struct cs_number memory = {"the memory of a profile", 1, 32768};
	struct cs_profile_clause *made = &profile->made;
	struct cs_lexeme value = reader->now;
	switch (size) {
	case CS_SIZE_KEYS:
		return cs_reader_number(reader, &keys, &made->keys);
	case CS_SIZE_HEAVY:
		profile->heavy = true;
		return cs_reader_number(reader, &heavy, &made->heavy);
	case CS_SIZE_LOG:
		if (!cs_reader_number(reader, &log, &made->log))
			return false;
		return (made->log & (made->log - 1)) == 0 ||
		       cs_reader_say(reader, value.place, "{1} is no power of two; write 4, 8, 16 ... or 1024",
				     value.text);
	case CS_SIZE_MEMORY:
		profile->memory = true;
		return cs_reader_size(reader, &memory, &made->memory_bytes);
	case CS_SIZE_LATENESS:
		return cs_reader_duration(reader, 30 * day_ns, &made->lateness_ns);
	case CS_SIZE_AHEAD:
		return cs_reader_duration(reader, 30 * day_ns, &made->ahead_ns);
	default:
		return cs_reader_duration(reader, 36500 * day_ns, &made->keep_ns);
	}
}

static bool
read_of(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_sketch_read_of(reader, &((struct cs_sketch_profile *)block)->of);
}

static bool
read_size(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	return cs_sketch_read_size(reader, block, clause->detail);
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

static const struct cs_clause clauses[] = {
	{"of", "of card.response on visa where approved", 0, read_of, 0},
	{"keys", "keys 20000", 0, read_size, CS_SIZE_KEYS},
	{"heavy", "heavy 100", 0, read_size, CS_SIZE_HEAVY},
	{"log", "log 256", 0, read_size, CS_SIZE_LOG},
	{"memory", "memory 64MiB", 0, read_size, CS_SIZE_MEMORY},
	{"lateness", "lateness 60s", 0, read_size, CS_SIZE_LATENESS},
	{"ahead", "ahead 1h", 0, read_size, CS_SIZE_AHEAD},
	{"keep", "keep 90d", 0, read_size, CS_SIZE_KEEP},
};

const struct cs_block cs_parse_profile = {
	"profile", "profile card by card {", open,         close,          clauses, sizeof clauses / sizeof clauses[0],
	NULL,      cs_block_profile_tail,    at_aggregate, read_aggregate,
};
