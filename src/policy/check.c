/*
 * The checker: resolves names and refuses what cannot work. It makes the built-in excuse `stand_in` where an
 * expectation names it and the policy declares none.
 *
 * Invariant: afterwards every link and excuse index is in range, or there is a complaint; a link that is not known
 * is CS_LINKS_MAX, so that it causes no second one.
 */
#include "policy/check.h"

#include "base/error.h"
#include "policy/check_behave.h"
#include "policy/check_record.h"
#include "policy/check_screen.h"

static const uint64_t ns_per_s = UINT64_C(1000000000);
static const struct cs_span nothing = {(const uint8_t *)"", 0};

static const char *
link_name(const void *table, unsigned i)
{
	const struct cs_policy *policy = table;
	return i < policy->link_n ? policy->link[i].name : NULL;
}

static const char *
excuse_name(const void *table, unsigned i)
{
	static const char *const built_in[] = {"stand_in", "partial", "conversion", "duplicate"};
	const struct cs_policy *policy = table;
	const unsigned built_in_n = sizeof built_in / sizeof built_in[0];
	if (i < built_in_n)
		return built_in[i];
	return i - built_in_n < policy->excuse_n ? policy->excuse[i - built_in_n].name : NULL;
}

static void
resolve_link(struct cs_reader *reader, const struct cs_ref *ref)
{
	unsigned link = cs_policy_link(reader->policy, ref->name);
	*ref->slot = CS_LINKS_MAX;
	if (link < reader->policy->link_n) {
		*ref->slot = (uint16_t)link;
		return;
	}
	cs_complain_unknown(reader->complaints, ref->place, "link", ref->name,
			    (struct cs_words){link_name, reader->policy});
}

/* The excuse everybody has: the switch answered for an issuer that could not, and sends its advice later. */
static bool
make_stand_in(struct cs_reader *reader, uint16_t link, uint16_t *out)
{
	struct cs_policy *policy = reader->policy;
	for (unsigned i = 0; i < policy->excuse_n; i++) {
		if (policy->excuse[i].place.line || policy->excuse[i].proof.link != link)
			continue;
		*out = (uint16_t)i;
		return true;
	}
	if (policy->excuse_n == CS_EXCUSES_MAX)
		return false;
	struct cs_excuse *excuse = &policy->excuse[policy->excuse_n];
	*excuse = (struct cs_excuse){
		.name = "stand_in",
		.title = "the switch answered for the silent issuer",
		.when_signed_off = true,
		.when_silent_ns = 10 * ns_per_s,
		.when_unanswered_ns = 5 * ns_per_s,
		.proof = {.link = link, .kinds = 1U << CS_KIND_ADVICE},
		.within_ns = 24 * 3600 * ns_per_s,
		.otherwise = {CS_VERDICT_HOLD, CS_SEVERITY_HIGH},
	};
	bool made = cs_reader_condition_of(reader, "approved", &excuse->proof.where);
	*out = (uint16_t)policy->excuse_n;
	policy->excuse_n += made;
	return made;
}

static void
resolve_excuse(struct cs_reader *reader, const struct cs_ref *ref)
{
	struct cs_policy *policy = reader->policy;
	*ref->slot = 0;
	for (unsigned i = 0; i < policy->excuse_n; i++) {
		if (!policy->excuse[i].place.line || !cs_span_is(ref->name, policy->excuse[i].name))
			continue;
		*ref->slot = (uint16_t)i;
		return;
	}
	CS_ASSERT(ref->expect < policy->expect_n);
	if (!cs_span_is(ref->name, "stand_in")) {
		cs_complain_unknown(reader->complaints, ref->place, "excuse", ref->name,
				    (struct cs_words){excuse_name, policy});
		return;
	}
	if (!make_stand_in(reader, policy->expect[ref->expect].proof.link, ref->slot) && !reader->full)
		(void)cs_reader_say(reader, ref->place, "the built-in stand_in is one excuse too many: 32 are kept",
				    nothing);
}

static void
resolve(struct cs_reader *reader)
{
	for (unsigned i = 0; i < reader->ref_n; i++)
		if (reader->ref[i].sort == CS_REF_LINK)
			resolve_link(reader, &reader->ref[i]);
	for (unsigned i = 0; i < reader->ref_n; i++)
		if (reader->ref[i].sort == CS_REF_EXCUSE)
			resolve_excuse(reader, &reader->ref[i]);
}

void
cs_check_double(struct cs_reader *reader, struct cs_place place, const char *name, const char *other)
{
	if (name && other && strcmp(name, other) == 0)
		(void)cs_reader_say(reader, place, "the name {1} is taken already; give this one another name",
				    cs_span_text(name));
}

static void
check_names(struct cs_reader *reader)
{
	const struct cs_policy *policy = reader->policy;
	for (unsigned i = 1; i < policy->link_n; i++)
		for (unsigned j = 0; j < i; j++)
			cs_check_double(reader, policy->link[i].place, policy->link[i].name, policy->link[j].name);
	for (unsigned i = 1; i < policy->excuse_n; i++)
		for (unsigned j = 0; j < i && policy->excuse[i].place.line; j++)
			cs_check_double(reader, policy->excuse[i].place, policy->excuse[i].name,
					policy->excuse[j].name);
	for (unsigned i = 1; i < policy->expect_n; i++)
		for (unsigned j = 0; j < i; j++)
			cs_check_double(reader, policy->expect[i].place, policy->expect[i].name,
					policy->expect[j].name);
	for (unsigned i = 1; i < policy->conserve_n; i++)
		for (unsigned j = 0; j < i; j++)
			cs_check_double(reader, policy->conserve[i].place, policy->conserve[i].name,
					policy->conserve[j].name);
}

static bool
may_meet(const char *a, const char *b)
{
	return !a || !b || strcmp(a, b) == 0;
}

static bool
shares_port(const struct cs_link *a, const struct cs_link *b, uint16_t *port)
{
	if (!may_meet(a->tap, b->tap) || !may_meet(a->host, b->host))
		return false;
	for (unsigned i = 0; i < a->port_n; i++) {
		for (unsigned j = 0; j < b->port_n; j++) {
			if (a->port[i] != b->port[j])
				continue;
			*port = a->port[i];
			return true;
		}
	}
	return false;
}

static void
check_ports(struct cs_reader *reader)
{
	const struct cs_policy *policy = reader->policy;
	for (unsigned i = 1; i < policy->link_n; i++) {
		for (unsigned j = 0; j < i; j++) {
			char at[128];
			struct cs_text text = cs_text_over(at, sizeof at);
			uint16_t port = 0;
			if (!shares_port(&policy->link[i], &policy->link[j], &port))
				continue;
			cs_text_put(&text, "port ");
			cs_text_put_u64(&text, port);
			cs_text_put(&text,
				    " is link {1}'s as well; tell them apart by port, by host \"ADDRESS\" or by tap");
			(void)cs_reader_say(reader, policy->link[i].place, at,
					    cs_span_text(policy->link[j].name ? policy->link[j].name : ""));
		}
	}
}

static void
check_sides(struct cs_reader *reader, const struct cs_selector *claim, const struct cs_selector *proof)
{
	if (!claim->kinds || !proof->kinds || claim->link >= reader->policy->link_n || claim->link != proof->link)
		return;
	if (claim->kinds == 1U << CS_KIND_RECORD && proof->kinds == claim->kinds) /* check_record.c looks at these */
		return;
	(void)cs_reader_say(reader, proof->place,
			    "claim and proof are on one link, which proves nothing; name the link of the other side",
			    nothing);
}

static void
check_whens(struct cs_reader *reader)
{
	const struct cs_policy *policy = reader->policy;
	for (unsigned i = 0; i < reader->when_n; i++) {
		const struct cs_when *when = &reader->when[i];
		const struct cs_excuse *excuse = &policy->excuse[when->excuse];
		if (!excuse->proof.kinds || when->link == excuse->proof.link || excuse->proof.link >= policy->link_n)
			continue;
		const char *name = policy->link[excuse->proof.link].name;
		(void)cs_reader_say(reader, when->place,
				    "an excuse speaks of the link that owes its proof; write {1} here",
				    cs_span_text(name ? name : ""));
	}
}

static void
check_watches(struct cs_reader *reader)
{
	const struct cs_policy *policy = reader->policy;
	for (unsigned i = 0; i < policy->watch_n; i++) {
		const struct cs_watch *watch = &policy->watch[i];
		static const enum cs_watch_kind paired[] = {CS_WATCH_REVERSAL, CS_WATCH_TOO_FAST};
		for (unsigned j = 0; j < i; j++)
			if (policy->watch[j].link == watch->link && watch->link < policy->link_n)
				(void)cs_reader_say(reader, watch->place,
						    "this link is watched already; put all its signals into one block",
						    nothing);
		for (unsigned k = 0; k < sizeof paired / sizeof paired[0]; k++)
			if (watch->row[paired[k]].on && watch->row[paired[k]].against == watch->link)
				(void)cs_reader_say(reader, watch->place,
						    "\"{1} against\" needs another link than the one watched",
						    cs_span_text(cs_watch_name(paired[k])));
	}
}

/* Watches that name no second link look at their own. */
static void
default_against(struct cs_policy *policy)
{
	for (unsigned i = 0; i < policy->watch_n; i++)
		for (unsigned k = 0; k < CS_WATCH_N; k++)
			if (policy->watch[i].row[k].against == CS_LINKS_MAX)
				policy->watch[i].row[k].against = policy->watch[i].link;
}

void
cs_check_policy(struct cs_reader *reader)
{
	const struct cs_policy *policy = reader->policy;
	if (!policy->link_n &&
	    !(reader->sketch && reader->sketch->watched_n)) { /* names can be looked up without any */
		reader->form = "link visa { tap port 5001  frame length16  dialect \"iso87-ascii\"  side acquirer }";
		(void)cs_reader_say(reader, (struct cs_place){1, 1}, "this policy has no link; write: {2}", nothing);
		return;
	}
	resolve(reader);
	default_against(reader->policy);
	check_names(reader);
	check_ports(reader);
	for (unsigned i = 0; i < policy->expect_n; i++)
		check_sides(reader, &policy->expect[i].claim, &policy->expect[i].proof);
	for (unsigned i = 0; i < policy->conserve_n; i++)
		check_sides(reader, &policy->conserve[i].claim, &policy->conserve[i].proof);
	check_whens(reader);
	check_watches(reader);
	if (!reader->complaints->all_n)
		cs_check_statements(reader);
	if (!reader->complaints->all_n)
		cs_check_records(reader);
	if (!reader->complaints->all_n)
		cs_check_screens(reader);
	cs_check_behave(reader);
}
