/*
 * The clauses of the table that a profile or a limit keeps: which events, and how much room.
 */
#include "base/error.h"
#include "base/hash.h"
#include "policy/sketch.h"

enum size { KEYS, HEAVY, LOG, MEMORY, LATENESS, AHEAD, KEEP };

static const uint64_t day_ns = UINT64_C(86400000000000);

static bool
read_of(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_sketch_profile *profile = block;
	const uint8_t *from = cs_reader_source(reader);
	(void)clause;
	bool good = cs_sketch_read_of(reader, &profile->of);
	profile->made.said_of = cs_hash_mix(profile->made.said_of, cs_reader_said(reader, from, false));
	return good;
}

static bool
read_log(struct cs_reader *reader, struct cs_profile_clause *made)
{
	static const struct cs_number log = {"the length of a log", 4, 1024};
	struct cs_lexeme value = reader->now;
	if (!cs_reader_number(reader, &log, &made->log))
		return false;
	return (made->log & (made->log - 1)) == 0 ||
	       cs_reader_say(reader, value.place, "{1} is no power of two; write 4, 8, 16 ... or 1024", value.text);
}

static bool
read_size(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct cs_number keys = {"a number of keys", 16, 1U << 28};
	static const struct cs_number heavy = {"a number of busy keys", 0, 1U << 20};
	static const struct cs_number memory = {"the memory of a profile", 1, 32768};
	struct cs_sketch_profile *profile = block;
	struct cs_profile_clause *made = &profile->made;
	switch ((enum size)clause->detail) {
	case KEYS:
		return cs_reader_number(reader, &keys, &made->keys);
	case HEAVY:
		profile->heavy = true;
		return cs_reader_number(reader, &heavy, &made->heavy);
	case LOG:
		return read_log(reader, made);
	case MEMORY:
		profile->memory = true;
		return cs_reader_size(reader, &memory, &made->memory_bytes);
	case LATENESS:
		return cs_reader_duration(reader, 30 * day_ns, &made->lateness_ns);
	case AHEAD:
		return cs_reader_duration(reader, 30 * day_ns, &made->ahead_ns);
	case KEEP:
		break;
	}
	return cs_reader_duration(reader, 36500 * day_ns, &made->keep_ns);
}

const struct cs_clause cs_sketch_table[CS_SKETCH_TABLE_N] = {
	{"of", "of card.response on visa where approved", 0, read_of, 0},
	{"keys", "keys 20000", 0, read_size, KEYS},
	{"heavy", "heavy 100", 0, read_size, HEAVY},
	{"log", "log 256", 0, read_size, LOG},
	{"memory", "memory 64MiB", 0, read_size, MEMORY},
	{"lateness", "lateness 60s", 0, read_size, LATENESS},
	{"ahead", "ahead 1h", 0, read_size, AHEAD},
	{"keep", "keep 90d", 0, read_size, KEEP},
};
