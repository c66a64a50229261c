/*
 * The block `journal`: where events, alerts and checkpoints are kept, how soon they are safe, and for how long.
 *
 * Every clause has a default, filled in at the start of the block, so that a reader of the policy never asks whether
 * one was written. Leaves the files themselves to the journal: nothing is opened here.
 */
#include "base/error.h"
#include "policy/block.h"

static const uint64_t ms = UINT64_C(1000000);
static const uint64_t hour = UINT64_C(3600000000000);
static const uint64_t day = UINT64_C(86400000000000);

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_journal_clause *journal = &reader->policy->journal;
	if (journal->on)
		return cs_block_full(reader, header, "a policy has one journal; leave this one out");
	*journal = (struct cs_journal_clause){
		.on = true,
		.place = header->place,
		.folder = cs_reader_copy(reader, header->name),
		.durability = CS_DURABILITY_EVERY,
		.durable_ns = 10 * ms,
		.segment_bytes = UINT64_C(256) << 20,
		.segment_ns = day,
		.checkpoint_ns = 1000 * ms,
		.snapshot_ns = 600000 * ms,
	};
	return journal;
}

struct reach {
	uint64_t least_ns;
	const char *least;
	uint64_t most_ns;
};

static bool
read_time(struct cs_reader *reader, const struct reach *reach, uint64_t *out)
{
	struct cs_lexeme given = reader->now;
	uint64_t time_ns = 0;
	if (!cs_reader_duration(reader, reach->most_ns, &time_ns))
		return false;
	*out = time_ns;
	if (time_ns >= reach->least_ns)
		return true;
	char at[96];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, "{1} is too short here; write at least ");
	cs_text_put(&text, reach->least);
	return cs_reader_say(reader, given.place, at, given.text);
}

static bool
read_durability(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct reach reach = {1000000, "1ms", UINT64_C(10000000000)};
	struct cs_journal_clause *journal = block;
	(void)clause;
	journal->durable_ns = 0;
	journal->durability = CS_DURABILITY_NONE;
	if (cs_reader_accept_word(reader, "none"))
		return true;
	if (!cs_reader_accept_word(reader, "every"))
		return cs_reader_expected(reader, "\"every\" or \"none\"");
	journal->durability = CS_DURABILITY_EVENT;
	if (cs_reader_accept_word(reader, "event"))
		return true;
	journal->durability = CS_DURABILITY_EVERY;
	if (!cs_reader_at(reader, CS_LEX_DURATION))
		return cs_reader_expected(reader, "a duration or \"event\"");
	return read_time(reader, &reach, &journal->durable_ns);
}

static bool
read_raw(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_journal_clause *journal = block;
	(void)clause;
	journal->raw = cs_reader_accept_word(reader, "sealed");
	return journal->raw || cs_reader_accept_word(reader, "none") ||
	       cs_reader_expected(reader, "\"sealed\" or \"none\"");
}

/* `256MiB`, `1d`, or one `or` the other; what is not said keeps its default. */
static bool
read_segment(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct cs_number bounds_mib = {"the size of a segment", 1, CS_SEGMENT_MIB_MAX};
	static const struct reach reach = {UINT64_C(1000000000), "1s", 365 * UINT64_C(86400000000000)};
	struct cs_journal_clause *journal = block;
	(void)clause;
	if (cs_reader_at(reader, CS_LEX_DURATION))
		return read_time(reader, &reach, &journal->segment_ns);
	if (!cs_reader_at(reader, CS_LEX_SIZE))
		return cs_reader_expected(reader, "a size or a duration");
	if (!cs_reader_size(reader, &bounds_mib, &journal->segment_bytes))
		return false;
	return !cs_reader_accept_word(reader, "or") || read_time(reader, &reach, &journal->segment_ns);
}

static bool
read_checkpoint(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	const struct reach reach = {100 * ms, "100ms", hour};
	(void)clause;
	return cs_reader_need_word(reader, "every") &&
	       read_time(reader, &reach, &((struct cs_journal_clause *)block)->checkpoint_ns);
}

static bool
read_snapshot(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	const struct reach reach = {1000 * ms, "1s", day};
	struct cs_journal_clause *journal = block;
	(void)clause;
	if (cs_reader_accept_word(reader, "none")) {
		journal->snapshot_ns = 0;
		return true;
	}
	if (!cs_reader_accept_word(reader, "every"))
		return cs_reader_expected(reader, "\"every\" or \"none\"");
	return read_time(reader, &reach, &journal->snapshot_ns);
}

/* One kind and its time. The slot of a kind that was said already is not 0. */
static bool
read_kept(struct cs_reader *reader, struct cs_journal_clause *journal)
{
	const struct reach reach = {60000 * ms, "1min", 36500 * day};
	struct cs_lexeme word = reader->now;
	uint64_t *slot = cs_reader_accept_word(reader, "events")   ? &journal->keep_events_ns
			 : cs_reader_accept_word(reader, "raw")    ? &journal->keep_raw_ns
			 : cs_reader_accept_word(reader, "alerts") ? &journal->keep_alerts_ns
								   : NULL;
	if (!slot)
		return cs_reader_expected(reader, "events, raw or alerts");
	if (*slot)
		return cs_reader_say(reader, word.place, "\"{1}\" is kept twice; leave one out", word.text);
	return read_time(reader, &reach, slot);
}

/* The rest of a list after a mistake: `raw` in it is no clause, as it would be to who picks up behind it. */
static void
skip_kept(struct cs_reader *reader)
{
	bool item = true;
	reader->skipping = true;
	while (item && !reader->now.first) {
		enum cs_lexeme_kind kind = cs_reader_next(reader).kind;
		item = kind == CS_LEX_COMMA || cs_reader_at(reader, CS_LEX_COMMA) ||
		       cs_reader_at(reader, CS_LEX_DURATION);
	}
	reader->skipping = false;
}

static bool
read_keep(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	do {
		if (read_kept(reader, block))
			continue;
		skip_kept(reader);
		return false;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

static bool
read_size(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct cs_number bounds_mib = {"the size of a journal", 2, 1 << 30};
	(void)clause;
	return cs_reader_size(reader, &bounds_mib, &((struct cs_journal_clause *)block)->size_bytes);
}

static bool
read_key(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_string(reader, "the name of a file between \" and \"",
				&((struct cs_journal_clause *)block)->key);
}

static bool
read_anchor(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_string(reader, "the name of a file between \" and \"",
				&((struct cs_journal_clause *)block)->anchor);
}

/* The segment that is being written never goes: with room for less than two, nothing old could be kept. */
static void
close(struct cs_reader *reader, void *block)
{
	const struct cs_journal_clause *journal = block;
	const struct cs_span nothing = {(const uint8_t *)"", 0};
	if (journal->size_bytes && journal->size_bytes / 2 < journal->segment_bytes)
		(void)cs_reader_say(reader, journal->place,
				    "the size of this journal holds less than two segments; write a larger size, or a "
				    "smaller segment, as in: segment 64MiB",
				    nothing);
	if (journal->keep_raw_ns && !journal->raw)
		(void)cs_reader_say(reader, journal->place,
				    "no raw messages are in this journal; write: raw sealed, or leave raw out of keep",
				    nothing);
}

static const struct cs_clause clauses[] = {
	{"durability", "durability every 10ms", 0, read_durability, 0},
	{"raw", "raw sealed", 0, read_raw, 0},
	{"segment", "segment 256MiB or 1d", 0, read_segment, 0},
	{"checkpoint", "checkpoint every 1s", 0, read_checkpoint, 0},
	{"snapshot", "snapshot every 10min", 0, read_snapshot, 0},
	{"keep", "keep events 90d, raw 30d, alerts 3650d", 0, read_keep, 0},
	{"size", "size 100GiB", 0, read_size, 0},
	{"key", "key \"journal.key\"", 0, read_key, 0},
	{"anchor", "anchor \"/mnt/elsewhere/checkpoints.jsonl\"", 0, read_anchor, 0},
};

const struct cs_block cs_parse_journal = {
	"journal",
	"journal \"/var/lib/countersign/journal\" {",
	open,
	close,
	clauses,
	sizeof clauses / sizeof clauses[0],
	"the name of a folder between \" and \"",
	NULL,
	NULL,
	NULL,
};
