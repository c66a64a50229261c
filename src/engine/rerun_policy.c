/*
 * A policy comes into force again: its text, the names of its sources, and what it takes over from the one before it.
 *
 * Invariant: the judge of before, its policy and their memory are kept until the new one has taken over what it does.
 */
#include "engine/rerun_parts.h"

#include "policy/behave.h"

#include <stdlib.h>

enum { POLICY_ARENA_BYTES = 8 << 20, BEFORE_INPUTS_SEQ = 4 };

/* A policy with its judge, and all that it lives in. */
struct reign {
	struct cs_arena arena;
	char *path;
	struct cs_judge *judge;
};

static struct reign
leave(struct cs_rerun *rerun)
{
	struct reign was = {rerun->arena, rerun->path, rerun->judge};
	rerun->arena = (struct cs_arena){0};
	rerun->path = NULL;
	rerun->judge = NULL;
	rerun->policy = NULL;
	return was;
}

static void
end(struct reign *was)
{
	cs_judge_free(was->judge);
	cs_arena_fini(&was->arena);
	free(was->path);
}

void
cs_rerun_drop_policy(struct cs_rerun *rerun)
{
	struct reign was = leave(rerun);
	end(&was);
	rerun->carries = rerun->limits_only = false;
}

/* ---- sources ---- */

/* The names in N sources' record, one behind the other in TEXT, which is as long as they are. */
static bool
split_sources(struct cs_cursor *c, uint64_t n, char *text, const char *source[CS_RERUN_SOURCES_MAX])
{
	for (uint64_t i = 0; i < n; i++) {
		size_t len = cs_unpack_u16(c);
		if (!cs_unpack_bytes(c, text, len))
			return false;
		source[i] = text;
		text += len + 1;
	}
	return cs_cursor_left(c) == 0;
}

/* The names in force stay whole until the new ones are. */
bool
cs_rerun_read_sources(struct cs_rerun *rerun, const struct cs_record *record)
{
	const char *source[CS_RERUN_SOURCES_MAX];
	struct cs_cursor c = cs_cursor_over(record->open);
	uint64_t n = cs_unpack_varint(&c);
	rerun->carries = rerun->limits_only = false;
	if (c.failed || n > CS_RERUN_SOURCES_MAX)
		return false;
	char *text = calloc(1, record->open.len + n + 1);
	if (!text || !split_sources(&c, n, text, source)) {
		free(text);
		return false;
	}
	free(rerun->source_text);
	rerun->source_text = text;
	memcpy(rerun->source, source, n * sizeof source[0]);
	rerun->names.source = rerun->source;
	rerun->names.source_n = (unsigned)n;
	rerun->sources_seq = record->seq;
	return true;
}

/* ---- names ---- */

/* Which link of the policy judged by is which of the journal's: the one of that name. */
static void
map_links(struct cs_rerun *rerun, const struct cs_policy *recorded)
{
	rerun->link_n = recorded->link_n;
	for (unsigned i = 0; i < recorded->link_n; i++) {
		unsigned to = cs_policy_link(rerun->policy, cs_span_text(recorded->link[i].name));
		rerun->link_to[i] = to < rerun->policy->link_n ? (uint16_t)to : CS_LINKS_MAX;
	}
}

/* And which list or places: those of that name, and of the same field. */
static void
map_tables(struct cs_rerun *rerun, const struct cs_behave_policy *from, const struct cs_behave_policy *to)
{
	memset(rerun->table_to, CS_TABLES_MAX, sizeof rerun->table_to);
	for (unsigned i = 0; from && to && i < from->list_n; i++)
		for (unsigned k = 0; k < to->list_n; k++)
			if (cs_list_same_keys(&from->list[i], &to->list[k]) &&
			    strcmp(from->list[i].name, to->list[k].name) == 0)
				rerun->table_to[i] = (uint8_t)k;
	for (unsigned i = 0; from && to && i < from->spots_n; i++)
		for (unsigned k = 0; k < to->spots_n; k++)
			if (from->spots[i].field == to->spots[k].field &&
			    strcmp(from->spots[i].name, to->spots[k].name) == 0)
				rerun->table_to[CS_LISTS_MAX + i] = (uint8_t)(CS_LISTS_MAX + k);
}

/* ---- what is taken over ---- */

enum cs_error
cs_rerun_read_carry(struct cs_rerun *rerun, const struct cs_record *record)
{
	bool read = cs_carry_read(record->open, &rerun->carry);
	rerun->carries = read && cs_carry_takes(&rerun->carry);
	rerun->limits_only = read && rerun->carry.limits_only;
	rerun->carry_seq = record->seq;
	if (read)
		return CS_OK;
	cs_rerun_say(rerun, record->seq, "this build does not read what is taken over there");
	return CS_E_FORMAT;
}

/* What was warmed then is warmed again: from the same record, up to the one that says so. */
static enum cs_error
warm(struct cs_rerun *rerun, struct cs_rerun **out)
{
	const struct cs_carry *carry = &rerun->carry;
	struct cs_rerun_wish wish = {
		.folder = rerun->wish.folder,
		.vault = rerun->wish.vault,
		.other = rerun->policy,
		.until_seq = rerun->carry_seq,
		.tail = {carry->warm_seq, carry->warm_ns, carry->warm},
	};
	CS_TRY(cs_rerun_open(&wish, out));
	enum cs_error error = CS_OK;
	while (error == CS_OK)
		error = cs_rerun_some(*out, UINT64_MAX);
	if (error == CS_END)
		return CS_OK;
	struct cs_text text = cs_text_over(rerun->words, sizeof rerun->words);
	cs_text_put(&text, "record ");
	cs_text_put_u64(&text, rerun->carry_seq);
	cs_text_put(&text, ": what was warmed there cannot be again: ");
	cs_text_put(&text, cs_rerun_words(*out));
	return error;
}

/* Judged by one other policy all along, all of it goes on but what was decided. */
static void
plan_other(struct cs_rerun *rerun)
{
	struct cs_carry *carry = &rerun->carry;
	bool pairing = carry->pairing || rerun->wish.tail.seq;
	cs_carry_plan(rerun->policy, rerun->policy, carry);
	if (!pairing)
		cs_carry_drop_pairing(carry);
}

static enum cs_error
take_over(struct cs_rerun *rerun, const struct reign *was)
{
	struct cs_rerun *warmed = NULL;
	enum cs_error error = CS_OK;
	if (rerun->wish.other)
		plan_other(rerun);
	if (rerun->carry.warm_seq)
		error = warm(rerun, &warmed);
	struct cs_carry_judges judges = {was->judge, warmed ? cs_rerun_judge(warmed) : NULL, rerun->judge};
	if (error == CS_OK) {
		error = cs_carry_take(&rerun->carry, &judges);
		if (error != CS_OK)
			cs_rerun_say(rerun, rerun->carry_seq, "these policies have no such parts to take over");
	}
	cs_rerun_close(warmed);
	return error;
}

/* ---- the policy ---- */

static enum cs_error
compile(struct cs_rerun *rerun, const struct cs_record *record)
{
	struct cs_cursor c = cs_cursor_over(record->open);
	struct cs_complaints complaints = {0};
	size_t path_len = cs_unpack_u16(&c);
	rerun->path = calloc(1, path_len + 1);
	if (!rerun->path)
		return CS_E_MEMORY;
	if (!cs_unpack_bytes(&c, rerun->path, path_len))
		return CS_E_FORMAT;
	struct cs_span text = cs_cursor_take(&c, cs_cursor_left(&c));
	const struct cs_policy *recorded;
	CS_TRY(cs_arena_init(&rerun->arena, POLICY_ARENA_BYTES));
	enum cs_error error = (rerun->limits_only ? cs_policy_read_limits : cs_policy_read)(
		text, rerun->path, &rerun->arena, &recorded, &complaints);
	if (error != CS_OK) {
		cs_rerun_say(rerun, record->seq, "this build does not read the policy recorded there");
		return error;
	}
	rerun->policy = rerun->wish.other ? rerun->wish.other : recorded;
	rerun->names.policy = rerun->policy;
	map_links(rerun, recorded);
	map_tables(rerun, recorded->behave, rerun->policy->behave);
	return CS_OK;
}

/* Inputs before it were told under the policies before it; before the first there were none. */
static void
note_reign(struct cs_rerun *rerun, const struct cs_record *record)
{
	struct cs_reigns *reigns = &rerun->reigns;
	reigns->n = 0;
	if (rerun->carries)
		*reigns = rerun->carry.reigns;
	cs_carry_reign(reigns,
		       (struct cs_reign){record->seq <= BEFORE_INPUTS_SEQ ? 0 : record->base_ns, rerun->sources_seq});
}

static enum cs_error
put_in_force(struct cs_rerun *rerun, const struct cs_record *record, const struct reign *was)
{
	struct cs_detect_sink sink = {cs_rerun_take_finding, rerun};
	CS_TRY(compile(rerun, record));
	note_reign(rerun, record);
	rerun->judge = cs_judge_new(rerun->policy, &sink);
	if (!rerun->judge)
		return CS_E_MEMORY;
	if (was->judge && (rerun->carries || rerun->wish.tail.seq))
		CS_TRY(take_over(rerun, was));
	rerun->told = (struct cs_inputs){0};
	rerun->tally = (struct cs_tally){0};
	rerun->policy_seq = record->seq;
	rerun->ended = false;
	return CS_OK;
}

enum cs_error
cs_rerun_read_policy(struct cs_rerun *rerun, const struct cs_record *record)
{
	cs_rerun_check_told(rerun);
	struct reign was = leave(rerun);
	enum cs_error error = put_in_force(rerun, record, &was);
	end(&was);
	rerun->carries = rerun->limits_only = false;
	return error;
}

/* ---- the tail alone ---- */

static void
begin_short(struct cs_rerun *rerun)
{
	const struct cs_behave_policy *policy = rerun->policy->behave;
	struct cs_behave *behave = cs_judge_behave(rerun->judge);
	for (unsigned i = 0; policy && i < policy->limit_profile_n; i++)
		cs_behave_carry_short(behave, CS_CARRY_LIMIT, i, rerun->wish.tail.ns);
	for (unsigned i = 0; policy && i < policy->profile_n; i++)
		cs_behave_carry_short(behave, CS_CARRY_PROFILE, i, rerun->wish.tail.ns);
}

enum cs_error
cs_rerun_begin_tail(struct cs_rerun *rerun)
{
	const struct cs_carry_from *tail = &rerun->wish.tail;
	struct cs_record record;
	CS_TRY(cs_reading_seek(rerun->reading, tail->reign.seq));
	while (!rerun->judge) {
		CS_TRY(cs_rerun_next(rerun, &record));
		if (record.kind == CS_RECORD_SOURCES && !cs_rerun_read_sources(rerun, &record))
			return CS_E_FORMAT;
		if (record.kind == CS_RECORD_CARRY)
			CS_TRY(cs_rerun_read_carry(rerun, &record));
		if (record.kind == CS_RECORD_POLICY)
			CS_TRY(cs_rerun_read_policy(rerun, &record));
	}
	begin_short(rerun);
	uint64_t seq = tail->seq > rerun->policy_seq ? tail->seq : rerun->policy_seq + 1;
	rerun->counts.from_seq = rerun->counts.next_seq = seq;
	return cs_reading_seek(rerun->reading, seq);
}
