/*
 * State moves from one judge to another, part by part; and the plan of it, as bytes and in words.
 */
#include "engine/carry.h"

#include "base/pack.h"

enum { VERSION = 1, PAIRING = 1, LIMITS_ONLY = 2 };

/* --- the move --- */

static enum cs_error
copy_pairing(const struct cs_carry *carry, const struct cs_carry_judges *judges)
{
	struct cs_regions old, to;
	uint8_t from[CS_CONSERVES_MAX];
	cs_judge_pair_regions(judges->old, &old);
	cs_judge_pair_regions(judges->to, &to);
	if (!cs_regions_copy(&to, &old))
		return CS_E_FORMAT;
	memset(from, CS_CONSERVES_MAX, sizeof from);
	for (unsigned i = 0; i < carry->part_n; i++)
		if (carry->part[i].sort == CS_CARRY_CONSERVE)
			from[carry->part[i].to] = carry->part[i].from;
	cs_detect_carry_conserves(cs_judge_detect(judges->to), from);
	return CS_OK;
}

static enum cs_error
copy_statement(const struct cs_carry_part *part, const struct cs_judge *source, struct cs_judge *target)
{
	struct cs_regions from = {.n = 0}, to = {.n = 0};
	cs_detect_statement_regions(cs_judge_detect(source), part->from, &from);
	cs_detect_statement_regions(cs_judge_detect(target), part->to, &to);
	return cs_regions_copy(&to, &from) ? CS_OK : CS_E_FORMAT;
}

/* A part that one of them has no memory for is none; one with other lengths is no such part. */
static enum cs_error
copy_part(const struct cs_carry_part *part, const struct cs_judge *source, struct cs_judge *target)
{
	struct cs_regions from = {.n = 0}, to = {.n = 0};
	if (part->sort == CS_CARRY_STATEMENT)
		return copy_statement(part, source, target);
	struct cs_behave *old = source ? cs_judge_behave(source) : NULL, *fresh = cs_judge_behave(target);
	if (!old || !fresh)
		return CS_E_FORMAT;
	cs_behave_carry_regions(old, (enum cs_carry_sort)part->sort, part->from, &from);
	cs_behave_carry_regions(fresh, (enum cs_carry_sort)part->sort, part->to, &to);
	return !from.n || !to.n || cs_regions_copy(&to, &from) ? CS_OK : CS_E_FORMAT;
}

static enum cs_error
take_part(const struct cs_carry *carry, const struct cs_carry_part *part, const struct cs_carry_judges *judges)
{
	switch ((enum cs_carry_how)part->how) {
	case CS_CARRY_KEPT:
		CS_TRY(copy_part(part, judges->old, judges->to));
		if (part->sort == CS_CARRY_RULE && !carry->pairing)
			cs_behave_carry_rule(cs_judge_behave(judges->to), part->to, cs_judge_behave(judges->old),
					     part->from);
		return CS_OK;
	case CS_CARRY_WARMED:
		return copy_part(part, judges->warm, judges->to);
	case CS_CARRY_SHORT:
	case CS_CARRY_HOW_N:
		break;
	}
	cs_behave_carry_short(cs_judge_behave(judges->to), (enum cs_carry_sort)part->sort, part->to, carry->now_ns);
	return CS_OK;
}

static unsigned
numbers_of(const struct cs_policy *policy, enum cs_carry_sort sort)
{
	const struct cs_behave_policy *behave = policy->behave;
	if (sort == CS_CARRY_CONSERVE)
		return policy->conserve_n;
	if (sort == CS_CARRY_STATEMENT)
		return policy->statement_n;
	if (!behave)
		return 0;
	return sort == CS_CARRY_LIMIT     ? behave->limit_profile_n
	       : sort == CS_CARRY_PROFILE ? behave->profile_n
	       : sort == CS_CARRY_RULE    ? behave->rule_n
					  : CS_TABLES_MAX;
}

/* Whether these policies have such parts: the plan may be of a journal that another build wrote. */
static bool
is_part(const struct cs_carry_part *part, const struct cs_carry_judges *judges)
{
	const struct cs_judge *source = part->how == CS_CARRY_KEPT ? judges->old : judges->to;
	enum cs_carry_sort sort = (enum cs_carry_sort)part->sort;
	return part->from < numbers_of(cs_judge_policy(source), sort) &&
	       part->to < numbers_of(cs_judge_policy(judges->to), sort) &&
	       (part->how == CS_CARRY_KEPT || sort <= CS_CARRY_PROFILE);
}

enum cs_error
cs_carry_take(const struct cs_carry *carry, const struct cs_carry_judges *judges)
{
	for (unsigned i = 0; i < carry->part_n; i++)
		if (!is_part(&carry->part[i], judges))
			return CS_E_FORMAT;
	struct cs_behave *behave = cs_judge_behave(judges->to), *old = cs_judge_behave(judges->old);
	if (carry->pairing)
		CS_TRY(copy_pairing(carry, judges));
	if (carry->pairing && behave && old)
		cs_behave_carry_asked(behave, old);
	for (unsigned i = 0; i < carry->part_n; i++)
		if (carry->part[i].sort != CS_CARRY_CONSERVE)
			CS_TRY(take_part(carry, &carry->part[i], judges));
	return CS_OK;
}

void
cs_carry_reign(struct cs_reigns *reigns, struct cs_reign reign)
{
	unsigned n = reigns->n < CS_REIGNS_MAX ? reigns->n : CS_REIGNS_MAX - 1;
	memmove(&reigns->at[1], &reigns->at[0], n * sizeof reigns->at[0]);
	reigns->at[0] = reign;
	reigns->n = n + 1;
}

/* --- as bytes --- */

static uint8_t *
put_reign(uint8_t *at, const struct cs_reign *reign)
{
	at = cs_pack_varint(at, reign->since_ns);
	return cs_pack_varint(at, reign->seq);
}

static struct cs_reign
read_reign(struct cs_cursor *c)
{
	struct cs_reign reign;
	reign.since_ns = cs_unpack_varint(c);
	reign.seq = cs_unpack_varint(c);
	return reign;
}

uint8_t *
cs_carry_put(uint8_t *at, const struct cs_carry *carry)
{
	*at++ = VERSION;
	*at++ = (uint8_t)((carry->pairing ? PAIRING : 0) | (carry->limits_only ? LIMITS_ONLY : 0));
	at = cs_pack_varint(at, carry->now_ns);
	at = cs_pack_varint(at, carry->warm_seq);
	if (carry->warm_seq) {
		at = cs_pack_varint(at, carry->warm_ns);
		at = put_reign(at, &carry->warm);
	}
	at = cs_pack_varint(at, carry->reigns.n);
	for (unsigned i = 0; i < carry->reigns.n; i++)
		at = put_reign(at, &carry->reigns.at[i]);
	at = cs_pack_varint(at, carry->part_n);
	for (unsigned i = 0; i < carry->part_n; i++) {
		const struct cs_carry_part *part = &carry->part[i];
		const uint8_t bytes[] = {part->sort, part->how, part->from, part->to};
		at = cs_pack_bytes(at, bytes, sizeof bytes);
	}
	return at;
}

static bool
read_parts(struct cs_cursor *c, struct cs_carry *out)
{
	uint64_t n = cs_unpack_varint(c);
	if (c->failed || n > CS_CARRY_PARTS_MAX)
		return false;
	out->part_n = (unsigned)n;
	for (unsigned i = 0; i < out->part_n; i++) {
		struct cs_carry_part *part = &out->part[i];
		part->sort = cs_cursor_u8(c);
		part->how = cs_cursor_u8(c);
		part->from = cs_cursor_u8(c);
		part->to = cs_cursor_u8(c);
		if (part->sort >= CS_CARRY_SORT_N || part->how >= CS_CARRY_HOW_N ||
		    (part->how == CS_CARRY_WARMED && !out->warm_seq) ||
		    (part->sort == CS_CARRY_CONSERVE && !out->pairing))
			return false;
	}
	return !c->failed && cs_cursor_left(c) == 0;
}

bool
cs_carry_read(struct cs_span bytes, struct cs_carry *out)
{
	struct cs_cursor c = cs_cursor_over(bytes);
	*out = (struct cs_carry){0};
	uint8_t version = cs_cursor_u8(&c), flags = cs_cursor_u8(&c);
	if (c.failed || version != VERSION || flags & ~(PAIRING | LIMITS_ONLY))
		return false;
	out->pairing = flags & PAIRING;
	out->limits_only = flags & LIMITS_ONLY;
	out->now_ns = cs_unpack_varint(&c);
	out->warm_seq = cs_unpack_varint(&c);
	if (out->warm_seq) {
		out->warm_ns = cs_unpack_varint(&c);
		out->warm = read_reign(&c);
	}
	uint64_t n = cs_unpack_varint(&c);
	if (c.failed || n > CS_REIGNS_MAX)
		return false;
	out->reigns.n = (unsigned)n;
	for (unsigned i = 0; i < out->reigns.n; i++)
		out->reigns.at[i] = read_reign(&c);
	return read_parts(&c, out);
}
