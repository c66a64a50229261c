/*
 * Expectations over records: whether claims and proofs are what they are called, and whether both sides have every field by
 * which they are matched.
 *
 * A field that a record never fills would match nothing, or agree with everything, without a word: it is complained of.
 */
#include "policy/check_record.h"

#include "policy/behave.h"
#include "policy/condition.h"
#include "policy/sketch.h"

static const struct cs_span nothing = {(const uint8_t *)"", 0};

static bool
is_record(const struct cs_selector *selector)
{
	return selector->kinds == 1U << CS_KIND_RECORD;
}

static bool
is_extra(const struct cs_policy *policy, unsigned field)
{
	for (unsigned i = 0; i < policy->extra_n; i++)
		if (policy->extra[i].field == field)
			return true;
	return false;
}

static bool
fills(const struct cs_row_clause *row, unsigned field)
{
	unsigned column = field == CS_FIELD_CURRENCY ? CS_FIELD_AMOUNT : field;
	for (unsigned i = 0; i < row->column_n; i++)
		if (row->column[i].field == column && row->column[i].what != CS_COLUMN_FLAG)
			return true;
	return false;
}

/* FIELD, by a name of records' own (OWN) or its own name, is there in what SELECTOR means. */
void
cs_check_record_field(struct cs_reader *reader, const struct cs_selector *selector, unsigned field, bool own)
{
	const struct cs_policy *policy = reader->policy;
	const struct cs_link *link = &policy->link[selector->link];
	const char *name = cs_policy_field(policy, own ? CS_KIND_RECORD : CS_KIND_OTHER, (enum cs_field)field);
	char at[192];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, link->name);
	if (!link->row && !own)
		return;
	if (!link->row) {
		cs_text_put(&text, " is no record and has no {1}; match by a field of messages, such as rrn");
	} else {
		if (fills(link->row, field) && own == is_extra(policy, field))
			return;
		cs_text_put(&text, " fills no {1}; ");
		cs_text_put(&text, own ? "write in that record: field {1} text from \"COLUMN\""
				       : "write in that record: {1} from \"COLUMN\"");
	}
	(void)cs_reader_say(reader, selector->place, at, cs_span_text(name));
}

static void
check_fields(struct cs_reader *reader, const struct cs_expect *expect)
{
	uint64_t fields = 0;
	for (unsigned i = 0; i < expect->rung_n; i++)
		for (unsigned k = 0; k < expect->rung[i].n; k++)
			fields |= UINT64_C(1) << expect->rung[i].field[k];
	for (unsigned i = 0; i < expect->agree_n; i++)
		fields |= UINT64_C(1) << expect->agree[i];
	if (expect->summed)
		fields |= UINT64_C(1) << CS_FIELD_AMOUNT;
	for (; fields; fields &= fields - 1) {
		unsigned field = (unsigned)__builtin_ctzll(fields);
		bool own = expect->own >> field & 1;
		cs_check_record_field(reader, &expect->claim, field, own);
		cs_check_record_field(reader, &expect->proof, field, own);
	}
}

static void
check_where(struct cs_reader *reader, const struct cs_selector *selector)
{
	for (uint64_t own = cs_condition_own(selector->where); own; own &= own - 1)
		cs_check_record_field(reader, selector, (unsigned)__builtin_ctzll(own), true);
}

static bool
check_kind(struct cs_reader *reader, const struct cs_selector *selector)
{
	struct cs_link *link = &reader->policy->link[selector->link];
	bool record = link->row != NULL;
	if (record != is_record(selector))
		return cs_reader_say(reader, selector->place,
				     record ? "{1} is a record; write: record on {1}"
					    : "{1} is no record but a link; write: card.response on {1}",
				     cs_span_text(link->name));
	link->paired = link->paired || record;
	link->judged = link->judged || record;
	return true;
}

/* What may stand for a proof, and what makes up for a difference, is matched like a proof. */
static void
check_beside(struct cs_reader *reader, const struct cs_expect *expect, const struct cs_unless *unless)
{
	const struct cs_selector *selector = unless ? &unless->record : &expect->charges;
	unsigned n;
	const struct cs_rung *rung = cs_expect_beside(expect, unless, &n);
	uint64_t fields = UINT64_C(1) << CS_FIELD_AMOUNT;
	bool amount = !unless;
	if (!is_record(&expect->claim) || !is_record(&expect->proof)) {
		(void)cs_reader_say(reader, selector->place, "this is for records that claim and prove; leave it out",
				    nothing);
		return;
	}
	if (!check_kind(reader, selector))
		return;
	fields = amount ? fields : 0;
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < rung[i].n; k++)
			fields |= UINT64_C(1) << rung[i].field[k];
	for (; fields; fields &= fields - 1) {
		unsigned field = (unsigned)__builtin_ctzll(fields);
		cs_check_record_field(reader, selector, field, expect->own >> field & 1);
	}
	check_where(reader, selector);
}

static void
check_charges(struct cs_reader *reader, const struct cs_expect *expect)
{
	if (!expect->charges.kinds)
		return;
	if (expect->charges.link != expect->proof.link && expect->charges.link != expect->claim.link)
		(void)cs_reader_say(
			reader, expect->charges.place,
			"charges stand among the rows of the claim or of the proof; name one of these records",
			nothing);
	else
		check_beside(reader, expect, NULL);
}

/* Batches are told by text, and have neither excuses by records nor charges. */
static void
check_sum(struct cs_reader *reader, const struct cs_expect *expect)
{
	bool text = true, plain = !expect->charges.kinds;
	for (unsigned i = 0; expect->summed && i < expect->rung[0].n; i++)
		text = text && expect->rung[0].field[i] < CS_TEXT_FIELD_N;
	for (unsigned i = 0; i < expect->unless_n; i++)
		plain = plain && expect->unless[i].kind == CS_UNLESS_DUPLICATE;
	if (expect->summed && !text)
		(void)cs_reader_say(reader, expect->place,
				    "a batch is told by fields of text; write: match sum of amount by batch", nothing);
	if (expect->summed && !plain)
		(void)cs_reader_say(reader, expect->place,
				    "sums know no charges, and no excuse but \"duplicate\"; leave them out", nothing);
}

static const struct cs_calendar_clause *
calendar_of(struct cs_reader *reader, struct cs_span name, struct cs_place place)
{
	const struct cs_calendar_clause *calendar =
		name.len && reader->sketch ? cs_sketch_calendar_of(reader->sketch, name) : NULL;
	if (name.len && !calendar && !reader->limits_only)
		(void)cs_reader_say(reader, place,
				    "there is no calendar {1}; write: calendar {1} { weekend saturday, sunday }", name);
	return calendar;
}

static void
check_days(struct cs_reader *reader, struct cs_expect *expect)
{
	struct cs_days *days = &expect->days;
	days->calendar = calendar_of(reader, days->calendar_name, days->calendar_place);
	expect->calendar = calendar_of(reader, expect->calendar_name, expect->calendar_place);
	if (expect->calendar_name.len && (!is_record(&expect->claim) || !is_record(&expect->proof)))
		(void)cs_reader_say(reader, expect->calendar_place,
				    "free days count for messages; calendars are for records that claim and prove",
				    nothing);
}

static void
check_excuses(struct cs_reader *reader, const struct cs_expect *expect)
{
	for (unsigned i = 0; i < expect->unless_n; i++)
		if (expect->unless[i].kind == CS_UNLESS_RECORD)
			check_beside(reader, expect, &expect->unless[i]);
	if (!is_record(&expect->claim) && !is_record(&expect->proof))
		return;
	for (unsigned i = 0; i < expect->unless_n; i++)
		if (expect->unless[i].kind == CS_UNLESS_EXCUSE)
			(void)cs_reader_say(reader, expect->place,
					    "records sign off nowhere and owe no advice; leave this excuse out of "
					    "\"unless\"",
					    nothing);
}

/* Rows of one record may prove each other, when it is said which is which. */
static void
check_one(struct cs_reader *reader, const struct cs_expect *expect)
{
	if (expect->claim.link == expect->proof.link && (!expect->claim.where || !expect->proof.where))
		(void)cs_reader_say(reader, expect->proof.place,
				    "claim and proof are rows of one record; tell them apart by \"where\" in both",
				    nothing);
}

/* The different ways by which one link is looked up. */
struct ways {
	unsigned n;
	struct cs_rung rung[CS_WAYS_MAX];
};

/* False when there is no room for one more. */
static bool
add_way(struct ways *ways, const struct cs_rung *rung)
{
	for (unsigned i = 0; i < ways->n; i++)
		if (ways->rung[i].n == rung->n &&
		    memcmp(ways->rung[i].field, rung->field, rung->n * sizeof rung->field[0]) == 0)
			return true;
	if (ways->n == CS_WAYS_MAX)
		return false;
	ways->rung[ways->n++] = *rung;
	return true;
}

static void
add_ways(struct cs_reader *reader, struct ways *ways, const struct cs_expect *expect, unsigned link)
{
	bool room = true;
	for (unsigned i = 0; room && i < expect->rung_n; i++)
		room = add_way(ways, &expect->rung[i]);
	for (unsigned i = 0; room && i < expect->unless_n; i++)
		if (expect->unless[i].rung.n && expect->unless[i].record.link == link)
			room = add_way(ways, &expect->unless[i].rung);
	if (!room)
		(void)cs_reader_say(reader, expect->place,
				    "{1} would be looked up by more than 30 different ways to match; use the same ones "
				    "in several expectations",
				    cs_span_text(reader->policy->link[link].name));
}

static bool
excuses(const struct cs_expect *expect, unsigned link)
{
	for (unsigned i = 0; i < expect->unless_n; i++)
		if (expect->unless[i].kind == CS_UNLESS_RECORD && expect->unless[i].record.link == link)
			return true;
	return false;
}

/* Each link has a key for each way: for what proves, and for records that wait for records. */
static void
check_ways(struct cs_reader *reader)
{
	const struct cs_policy *policy = reader->policy;
	for (unsigned link = 0; link < policy->link_n; link++) {
		struct ways ways = {0};
		for (unsigned i = 0; i < policy->expect_n; i++) {
			const struct cs_expect *expect = &policy->expect[i];
			bool waits =
				expect->claim.link == link && is_record(&expect->claim) && is_record(&expect->proof);
			if (expect->proof.link == link || waits || excuses(expect, link))
				add_ways(reader, &ways, expect, link);
		}
	}
}

void
cs_check_records(struct cs_reader *reader)
{
	struct cs_policy *policy = reader->policy;
	check_ways(reader);
	for (unsigned i = 0; i < policy->expect_n; i++) {
		struct cs_expect *expect = &policy->expect[i];
		bool good = check_kind(reader, &expect->claim);
		if (!check_kind(reader, &expect->proof) || !good)
			continue;
		check_one(reader, expect);
		check_excuses(reader, expect);
		check_charges(reader, expect);
		check_days(reader, expect);
		check_sum(reader, expect);
		check_fields(reader, expect);
		check_where(reader, &expect->claim);
		check_where(reader, &expect->proof);
	}
}
