/*
 * A policy in plain words: whoever signs it should recognise what he meant. Behaviour is in describe_behave.c, bounds of
 * memory and work in describe_bounds.c.
 *
 * Says nothing about whether the policy is right; cs_policy_read and cs_links_open have done that before.
 */
#include "app/describe_parts.h"
#include "app/watched.h"

#include "policy/behave.h"
#include "policy/condition.h"

static const char *
kinds_name(uint32_t kinds)
{
	uint32_t row;
	const char *name;
	for (unsigned i = 0; (name = cs_policy_kinds(i, &row)) != NULL; i++)
		if (row == kinds)
			return name;
	return "message";
}

void
cs_describe_selector(struct cs_text *out, const struct cs_policy *policy, const struct cs_selector *selector)
{
	bool record = selector->kinds == 1U << CS_KIND_RECORD;
	cs_text_put(out, record ? "record" : "card.");
	cs_text_put(out, record ? "" : kinds_name(selector->kinds));
	cs_text_put(out, " on ");
	cs_text_put(out, policy->link[selector->link].name);
	if (!selector->where)
		return;
	cs_text_put(out, " where ");
	cs_text_put(out, cs_condition_text(selector->where));
}

/* As a policy writes it: the largest unit that leaves no rest. */
void
cs_describe_time(struct cs_text *out, uint64_t duration_ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = {{UINT64_C(86400000000000), "d"},
		     {UINT64_C(3600000000000), "h"},
		     {UINT64_C(60000000000), "min"},
		     {UINT64_C(1000000000), "s"},
		     {UINT64_C(1000000), "ms"}};
	unsigned i = 0;
	while (i + 1 < sizeof units / sizeof units[0] && duration_ns % units[i].ns)
		i++;
	cs_text_put_u64(out, duration_ns / units[i].ns);
	cs_text_put(out, units[i].name);
}

void
cs_describe_outcome(struct cs_text *out, struct cs_outcome outcome)
{
	cs_text_put(out, cs_verdict_name(outcome.verdict));
	cs_text_put(out, ", severity ");
	cs_text_put(out, cs_severity_name(outcome.severity));
}

/* Which fields stand for names of records' own. */
struct named {
	const struct cs_policy *policy;
	uint64_t own;
};

static void
put_fields(struct cs_text *out, const struct named *named, const enum cs_field *fields, unsigned n, const char *last)
{
	for (unsigned i = 0; i < n; i++) {
		enum cs_kind kind = named->own >> fields[i] & 1 ? CS_KIND_RECORD : CS_KIND_OTHER;
		cs_text_put(out, i == 0 ? "" : i + 1 == n ? last : ", ");
		cs_text_put(out, cs_policy_field(named->policy, kind, fields[i]));
	}
}

static void
put_ladder(struct cs_text *out, const struct named *named, const struct cs_rung *rungs, unsigned n)
{
	cs_text_put(out, "found by ");
	for (unsigned i = 0; i < n; i++) {
		cs_text_put(out, i ? ", else by " : "");
		put_fields(out, named, rungs[i].field, rungs[i].n, " and ");
	}
}

static void
put_unless(struct cs_text *out, const struct cs_policy *policy, const struct cs_expect *expect)
{
	static const char *const names[] = {
		[CS_UNLESS_PARTIAL] = "partial approval",
		[CS_UNLESS_CONVERSION] = "currency conversion",
		[CS_UNLESS_DUPLICATE] = "the same message sent again",
		[CS_UNLESS_RECORD] = "a ",
	};
	for (unsigned i = 0; i < expect->unless_n; i++) {
		const struct cs_unless *unless = &expect->unless[i];
		cs_text_put(out, i ? ", " : "; excused by ");
		cs_text_put(out, unless->kind == CS_UNLESS_EXCUSE ? policy->excuse[unless->excuse].name
								  : names[unless->kind]);
		if (unless->kind == CS_UNLESS_RECORD)
			cs_describe_selector(out, policy, &unless->record);
	}
}

static void
put_how(struct cs_text *out, const struct cs_policy *policy, const struct cs_expect *expect)
{
	const char *join = "; must be there in both: ";
	for (uint64_t left = expect->required; left; left &= left - 1) {
		enum cs_field field = (enum cs_field)__builtin_ctzll(left);
		cs_text_put(out, join);
		cs_text_put(out,
			    cs_policy_field(policy, expect->own >> field & 1 ? CS_KIND_RECORD : CS_KIND_OTHER, field));
		join = ", ";
	}
	if (expect->days.n) {
		cs_text_put(out, "; ");
		cs_text_put(out, cs_policy_field(policy, CS_KIND_RECORD, (enum cs_field)expect->days.field));
		cs_text_put(out, " up to ");
		cs_text_put_u64(out, expect->days.n);
		cs_text_put(out, expect->days.n == 1 ? " business day later" : " business days later");
	}
	if (expect->charges.kinds) {
		cs_text_put(out, "; amounts may differ by the charges, ");
		cs_describe_selector(out, policy, &expect->charges);
	}
	cs_text_put(out, expect->summed ? "; the sums of the amounts of all of them are equal" : "");
}

void
cs_describe_expect(struct cs_text *out, const struct cs_policy *policy, const struct cs_expect *expect)
{
	cs_text_put(out, "each ");
	cs_describe_selector(out, policy, &expect->claim);
	cs_text_put(out, " needs a ");
	cs_describe_selector(out, policy, &expect->proof);
	cs_text_put(out, ", at most ");
	cs_describe_time(out, expect->within_ns);
	if (expect->calendar) {
		cs_text_put(out, ", free days of ");
		cs_text_put(out, expect->calendar->name);
		cs_text_put(out, " not counted,");
	}
	cs_text_put(out, expect->after ? " after it, " : " before it, ");
	const struct named named = {policy, expect->own};
	put_ladder(out, &named, expect->rung, expect->rung_n);
	if (expect->agree_n)
		cs_text_put(out, "; equal in both: ");
	put_fields(out, &named, expect->agree, expect->agree_n, " and ");
	if (cs_money_minor(expect->near)) {
		cs_text_put(out, ", amounts give or take ");
		cs_money_put(out, expect->near);
	}
	put_how(out, policy, expect);
	put_unless(out, policy, expect);
	cs_text_put(out, "; otherwise ");
	cs_describe_outcome(out, expect->otherwise);
	cs_text_put(out, ".");
}

static void
describe_excuse(struct cs_text *out, const struct cs_policy *policy, const struct cs_excuse *excuse)
{
	const char *link = policy->link[excuse->proof.link].name;
	const char *join = "when ";
	if (excuse->when_signed_off) {
		cs_text_put(out, join);
		cs_text_put(out, link);
		cs_text_put(out, " is signed off");
		join = ", or ";
	}
	if (excuse->when_silent_ns) {
		cs_text_put(out, join);
		cs_text_put(out, link);
		cs_text_put(out, " has answered nothing for ");
		cs_describe_time(out, excuse->when_silent_ns);
		join = ", or ";
	}
	if (excuse->when_unanswered_ns) {
		cs_text_put(out, join);
		cs_text_put(out, "the request has had no answer for ");
		cs_describe_time(out, excuse->when_unanswered_ns);
	}
	cs_text_put(out, "; owed is a ");
	cs_describe_selector(out, policy, &excuse->proof);
	cs_text_put(out, ", at most ");
	cs_describe_time(out, excuse->within_ns);
	cs_text_put(out, " after it");
	if (excuse->rung_n)
		cs_text_put(out, ", ");
	if (excuse->rung_n)
		put_ladder(out, &(struct named){policy, 0}, excuse->rung, excuse->rung_n);
	cs_text_put(out, "; otherwise ");
	cs_describe_outcome(out, excuse->otherwise);
	cs_text_put(out, excuse->place.line ? "." : ". (built in)");
}

static void
describe_row(struct cs_text *out, const struct cs_policy *policy, const struct cs_watch *watch, enum cs_watch_kind kind)
{
	const struct cs_watch_row *row = &watch->row[kind];
	cs_text_put(out, cs_watch_name(kind));
	if (row->against != watch->link) {
		cs_text_put(out, " against ");
		cs_text_put(out, policy->link[row->against].name);
	}
	if (row->after_n) {
		cs_text_put(out, ", once ");
		cs_text_put_u64(out, row->after_n);
		cs_text_put(out, " are learned");
	}
	cs_text_put(out, ": ");
	cs_describe_outcome(out, row->otherwise);
}

static void
describe_conserve(struct cs_text *out, const struct cs_policy *policy, const struct cs_conserve *conserve)
{
	cs_text_put(out, "in each ");
	cs_describe_time(out, conserve->every_ns);
	cs_text_put(out, " no more ");
	cs_describe_selector(out, policy, &conserve->claim);
	cs_text_put(out, " than ");
	cs_describe_selector(out, policy, &conserve->proof);
	cs_text_put(out, ", give or take ");
	cs_text_put_u64(out, conserve->slack);
	cs_text_put(out, "; otherwise ");
	cs_describe_outcome(out, conserve->otherwise);
	cs_text_put(out, ".");
}

static void
describe_statement(struct cs_text *out, const struct cs_policy *policy, const struct cs_statement *statement)
{
	cs_text_put(out, "each page of ");
	cs_describe_selector(out, policy, &statement->of);
	cs_text_put(out, " adds up, and goes on where the one before it of the same ");
	cs_text_put(out, cs_policy_field(policy, statement->own ? CS_KIND_RECORD : CS_KIND_OTHER,
					 (enum cs_field)statement->by));
	cs_text_put(out, " ended, without gaps");
	if (statement->within_ns) {
		cs_text_put(out, "; the next comes within ");
		cs_describe_time(out, statement->within_ns);
	}
	if (statement->calendar) {
		cs_text_put(out, ", free days of ");
		cs_text_put(out, statement->calendar->name);
		cs_text_put(out, " not counted");
	}
	cs_text_put(out, "; otherwise ");
	cs_describe_outcome(out, statement->otherwise);
	cs_text_put(out, ". ");
	cs_text_put_u64(out, statement->accounts_cap);
	cs_text_put(out, " accounts are remembered.");
}

static void
put_tap(struct cs_text *out, const struct cs_link *link)
{
	cs_text_put(out, link->tap ? link->tap : "any capture");
	if (link->host) {
		cs_text_put(out, " host ");
		cs_text_put(out, link->host);
	}
	cs_text_put(out, " port ");
	for (unsigned i = 0; i < link->port_n; i++) {
		cs_text_put(out, i ? ", " : "");
		cs_text_put_u64(out, link->port[i]);
	}
}

static void
describe_record(struct cs_text *out, const struct cs_link *link)
{
	const struct cs_row_clause *row = link->row;
	static const char *const forms[] = {
		[CS_SOURCE_CSV] = "rows of CSV, cells apart by \"",
		[CS_SOURCE_JSON] = "one JSON object a line",
		[CS_SOURCE_MT] = "SWIFT MT messages and their entries",
		[CS_SOURCE_STATEMENT] = "statements as banks write them, and their entries",
		[CS_SOURCE_MX] = "ISO 20022 messages: their transactions, statements and entries",
	};
	cs_text_put(out, forms[row->form]);
	if (row->form == CS_SOURCE_CSV) {
		cs_text_put_char(out, row->separator);
		cs_text_put(out, "\"");
	}
	cs_text_put(out, "; read are");
	for (unsigned i = 0; i < row->column_n; i++) {
		cs_text_put(out, i ? ", " : " ");
		cs_text_put(out, row->column[i].column);
	}
	if (link->paired) {
		cs_text_put(out, "; keeps ");
		cs_text_put_u64(out, link->transactions_cap);
		cs_text_put(out, " records to be matched, which come at most ");
		cs_describe_time(out, link->lateness_ns);
		cs_text_put(out, " out of order");
	}
	cs_text_put(out, link->whole ? "; nothing is missing before its first row." : ".");
}

static void
describe_link(struct cs_text *out, const struct cs_link *link)
{
	if (link->row) {
		describe_record(out, link);
		return;
	}
	cs_text_put(out, cs_side_name(link->side));
	cs_text_put(out, " side, ");
	put_tap(out, link);
	cs_text_put(out, ", framing ");
	cs_text_put(out, link->framing);
	cs_text_put(out, ", dialect ");
	cs_text_put(out, link->dialect);
	cs_text_put(out, "; keeps ");
	cs_text_put_u64(out, link->transactions_cap);
	cs_text_put(out, " transactions and ");
	cs_text_put_u64(out, link->connections_cap);
	cs_text_put(out, " connections");
	if (link->heartbeat_ns) {
		cs_text_put(out, ", and a sign of life every ");
		cs_text_put_duration(out, link->heartbeat_ns);
	}
	cs_text_put(out, ".");
}

void
cs_describe_head(struct cs_text *out, const char *sort, const char *name, const char *title)
{
	cs_text_put(out, "\n");
	cs_text_put(out, sort);
	cs_text_put_char(out, ' ');
	cs_text_put(out, name);
	if (title[0]) {
		cs_text_put(out, ", \"");
		cs_text_put(out, title);
		cs_text_put(out, "\"");
	}
	cs_text_put(out, "\n  ");
}

static void
put_watches(struct cs_text *out, const struct cs_policy *policy)
{
	for (unsigned i = 0; i < policy->watch_n; i++) {
		const struct cs_watch *watch = &policy->watch[i];
		const char *join = "";
		cs_describe_head(out, "watch", policy->link[watch->link].name, "");
		for (unsigned k = 0; k < CS_WATCH_N; k++) {
			if (!watch->row[k].on)
				continue;
			cs_text_put(out, join);
			describe_row(out, policy, watch, (enum cs_watch_kind)k);
			join = "\n  ";
		}
		cs_text_put(out, "\n");
	}
}

void
cs_describe_size(struct cs_text *out, uint64_t size_bytes)
{
	unsigned shift = size_bytes % (UINT64_C(1) << 30) == 0 ? 30 : size_bytes % (UINT64_C(1) << 20) == 0 ? 20 : 10;
	cs_text_put_u64(out, size_bytes >> shift);
	cs_text_put(out, shift == 30 ? "GiB" : shift == 20 ? "MiB" : "KiB");
}

static void
put_kept(struct cs_text *out, const char *before, const char *what, uint64_t keep_ns)
{
	cs_text_put(out, before);
	cs_text_put(out, what);
	cs_text_put(out, keep_ns ? " for " : " for ever");
	if (keep_ns)
		cs_describe_time(out, keep_ns);
}

static void
put_retention(struct cs_text *out, const struct cs_journal_clause *journal)
{
	put_kept(out, "; keeps ", "events", journal->keep_events_ns);
	if (journal->raw)
		put_kept(out, ", ", "raw messages, sealed,", journal->keep_raw_ns);
	put_kept(out, ", ", "alerts", journal->keep_alerts_ns);
	cs_text_put(out, journal->raw ? "" : ", and no raw messages");
	if (!journal->size_bytes)
		return;
	cs_text_put(out, ", in at most ");
	cs_describe_size(out, journal->size_bytes);
	cs_text_put(out, ", and then the oldest goes first");
}

void
cs_describe_journal(struct cs_text *out, const struct cs_journal_clause *journal)
{
	static const char *const durable[] = {
		[CS_DURABILITY_EVERY] = "on the disk within ",
		[CS_DURABILITY_EVENT] = "on the disk event by event",
		[CS_DURABILITY_NONE] = "on the disk when the system gets to it",
	};
	cs_text_put(out, durable[journal->durability]);
	if (journal->durability == CS_DURABILITY_EVERY)
		cs_describe_time(out, journal->durable_ns);
	cs_text_put(out, "; a new file at ");
	cs_describe_size(out, journal->segment_bytes);
	cs_text_put(out, " or after ");
	cs_describe_time(out, journal->segment_ns);
	cs_text_put(out, "; a signed checkpoint every ");
	cs_describe_time(out, journal->checkpoint_ns);
	if (journal->anchor) {
		cs_text_put(out, ", also in ");
		cs_text_put(out, journal->anchor);
	}
	cs_text_put(out, journal->snapshot_ns ? "; a snapshot every " : "; no snapshots");
	if (journal->snapshot_ns)
		cs_describe_time(out, journal->snapshot_ns);
	put_retention(out, journal);
	cs_text_put(out, "; key ");
	cs_text_put(out, journal->key ? journal->key : "of this user");
	cs_text_put(out, ".");
}

void
cs_describe_put(struct cs_text *out, const struct cs_policy *policy)
{
	cs_text_put(out, policy->path);
	cs_text_put(out, ": good\n");
	if (!policy->link_n)
		cs_text_put(
			out,
			"\nthere is no link, so it watches nothing: screen, and lists fetch, use its watch lists\n");
	for (unsigned i = 0; i < policy->link_n; i++) {
		cs_describe_head(out, policy->link[i].row ? "record" : "link", policy->link[i].name, "");
		describe_link(out, &policy->link[i]);
		cs_text_put(out, "\n");
	}
	for (unsigned i = 0; i < policy->expect_n; i++) {
		cs_describe_head(out, "expect", policy->expect[i].name, policy->expect[i].title);
		cs_describe_expect(out, policy, &policy->expect[i]);
		cs_text_put(out, "\n");
	}
	for (unsigned i = 0; i < policy->excuse_n; i++) {
		cs_describe_head(out, "excuse", policy->excuse[i].name, policy->excuse[i].title);
		describe_excuse(out, policy, &policy->excuse[i]);
		cs_text_put(out, "\n");
	}
	put_watches(out, policy);
	for (unsigned i = 0; i < policy->conserve_n; i++) {
		cs_describe_head(out, "conserve", policy->conserve[i].name, policy->conserve[i].title);
		describe_conserve(out, policy, &policy->conserve[i]);
		cs_text_put(out, "\n");
	}
	for (unsigned i = 0; i < policy->statement_n; i++) {
		cs_describe_head(out, "statement", policy->statement[i].name, policy->statement[i].title);
		describe_statement(out, policy, &policy->statement[i]);
		cs_text_put(out, "\n");
	}
	if (policy->journal.on) {
		cs_describe_head(out, "journal", policy->journal.folder, "");
		cs_describe_journal(out, &policy->journal);
		cs_text_put(out, "\n");
	}
	if (policy->behave)
		cs_describe_behave(out, policy);
	cs_watched_put(out, policy);
	cs_describe_put_bounds(out, policy);
}
