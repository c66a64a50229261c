/*
 * A policy told back as one JSON object: the same sentences, and the bounds as numbers.
 */
#include "app/describe_parts.h"
#include "app/lacking.h"
#include "app/watched.h"

enum { WORDS_BYTES = 2048 };

/* One of several that a policy has; ALL is theirs. */
typedef void put_one(struct cs_json *out, const void *all, unsigned i);

struct each {
	const char *key;
	unsigned n;
	put_one *put;
};

/* An array of objects, of which PUT writes the members. */
static void
put_each(struct cs_json *out, const struct each *each, const void *all)
{
	cs_json_key(out, each->key);
	cs_json_array(out);
	for (unsigned i = 0; i < each->n; i++) {
		cs_json_object(out);
		each->put(out, all, i);
		cs_json_end_object(out);
	}
	cs_json_end_array(out);
}

static void
put_link(struct cs_json *out, const void *all, unsigned i)
{
	const struct cs_link *link = &((const struct cs_policy *)all)->link[i];
	cs_json_put_text(out, "name", link->name);
	if (link->row) {
		cs_json_put_bool(out, "record", true);
		if (link->paired)
			cs_json_put_u64(out, "records", link->transactions_cap);
		return;
	}
	cs_json_put_text(out, "side", cs_side_name(link->side));
	cs_json_put_text(out, "framing", link->framing);
	cs_json_put_text(out, "dialect", link->dialect);
	cs_json_put_u64(out, "transactions", link->transactions_cap);
	cs_json_put_u64(out, "connections", link->connections_cap);
	if (link->heartbeat_ns)
		cs_json_put_u64(out, "heartbeat_ns", link->heartbeat_ns);
}

static void
put_expect(struct cs_json *out, const void *all, unsigned i)
{
	const struct cs_policy *policy = all;
	char at[WORDS_BYTES];
	struct cs_text words = cs_text_over(at, sizeof at);
	cs_describe_expect(&words, policy, &policy->expect[i]);
	cs_json_put_text(out, "name", policy->expect[i].name);
	cs_json_put_text(out, "title", policy->expect[i].title);
	cs_json_put_text(out, "words", at);
}

static void
json_journal(struct cs_json *out, const struct cs_journal_clause *journal)
{
	char at[WORDS_BYTES];
	struct cs_text words = cs_text_over(at, sizeof at);
	if (!journal->on)
		return;
	cs_describe_journal(&words, journal);
	cs_json_key(out, "journal");
	cs_json_object(out);
	cs_json_put_text(out, "folder", journal->folder);
	cs_json_put_bool(out, "raw", journal->raw);
	cs_json_put_u64(out, "size_bytes", journal->size_bytes);
	cs_json_put_text(out, "words", at);
	cs_json_end_object(out);
}

/* A profile and the policy that it is of. */
struct profiled {
	const struct cs_behave_policy *behave;
	const struct cs_profile_clause *profile;
};

static void
put_aggregate(struct cs_json *out, const void *all, unsigned i)
{
	const struct profiled *of = all;
	const struct cs_aggregate *aggregate = &of->profile->aggregate[i];
	char at[WORDS_BYTES];
	struct cs_text words = cs_text_over(at, sizeof at);
	cs_describe_aggregate(&words, of->behave, aggregate);
	cs_json_put_text(out, "name", aggregate->name);
	cs_json_put_bool(out, "counts_itself", aggregate->current);
	cs_json_put_text(out, "words", at);
}

static void
put_profile(struct cs_json *out, const void *all, unsigned i)
{
	const struct cs_behave_policy *behave = all;
	const struct profiled of = {behave, &behave->profile[i]};
	char at[256];
	struct cs_text by = cs_text_over(at, sizeof at);
	cs_describe_key(&by, behave, &of.profile->by);
	cs_json_put_text(out, "name", of.profile->name);
	cs_json_put_text(out, "by", at);
	cs_json_put_u64(out, "keys", of.profile->keys);
	cs_json_put_u64(out, "log", of.profile->log);
	cs_json_put_u64(out, "memory_bytes", of.profile->memory_bytes);
	put_each(out, &(struct each){"aggregates", of.profile->aggregate_n, put_aggregate}, &of);
}

static void
put_limit(struct cs_json *out, const void *all, unsigned i)
{
	const struct cs_behave_policy *behave = all;
	char at[WORDS_BYTES];
	struct cs_text words = cs_text_over(at, sizeof at);
	cs_describe_limit(&words, &behave->limit[i]);
	cs_json_put_text(out, "name", behave->limit[i].name);
	cs_json_put_text(out, "words", at);
}

static void
put_rule(struct cs_json *out, const void *all, unsigned i)
{
	const struct cs_policy *policy = all;
	const struct cs_rule_clause *rule = &policy->behave->rule[i];
	char at[2 * WORDS_BYTES], day[32];
	struct cs_text words = cs_text_over(at, sizeof at), expires = cs_text_over(day, sizeof day);
	cs_describe_rule(&words, policy, rule);
	cs_json_put_text(out, "name", rule->name);
	cs_json_put_text(out, "title", rule->title);
	cs_json_put_text(out, "owner", rule->owner);
	cs_json_put_text(out, "mode", rule->live ? "live" : "shadow");
	if (rule->expires_ns) {
		cs_describe_day(&expires, rule->expires_ns - 1);
		cs_json_put_text(out, "expires", day);
	}
	cs_json_put_text(out, "words", at);
}

void
cs_describe_json(struct cs_json *out, const struct cs_policy *policy)
{
	struct cs_describe_bounds bounds = cs_describe_bounds_of(policy);
	cs_json_object(out);
	cs_json_put_text(out, "policy", policy->path);
	cs_json_put_bool(out, "good", true);
	put_each(out, &(struct each){"links", policy->link_n, put_link}, policy);
	put_each(out, &(struct each){"expectations", policy->expect_n, put_expect}, policy);
	json_journal(out, &policy->journal);
	if (policy->behave) {
		put_each(out, &(struct each){"limits", policy->behave->limit_n, put_limit}, policy->behave);
		put_each(out, &(struct each){"profiles", policy->behave->profile_n, put_profile}, policy->behave);
		put_each(out, &(struct each){"rules", policy->behave->rule_n, put_rule}, policy);
	}
	cs_watched_put_json(out, policy);
	cs_lacking_put_json(out, policy);
	cs_json_key(out, "bounds");
	cs_json_object(out);
	cs_json_put_u64(out, "detect_bytes", bounds.memory.detect_bytes);
	cs_json_put_u64(out, "stream_bytes", bounds.memory.stream_bytes);
	cs_json_put_u64(out, "capture_bytes", bounds.capture_bytes);
	cs_json_put_u64(out, "total_bytes", bounds.total_bytes);
	cs_json_put_u64(out, "connection_bytes", bounds.memory.connection_bytes);
	cs_json_put_u64(out, "transactions", bounds.transactions);
	cs_json_put_u64(out, "connections", bounds.connections);
	cs_json_put_u64(out, "condition_steps", bounds.condition_steps);
	cs_json_put_u64(out, "ladder_probes", bounds.ladder_probes);
	if (policy->behave) {
		cs_json_put_u64(out, "behave_bytes", bounds.behave_bytes);
		cs_json_put_u64(out, "behave_loads", bounds.behave_loads);
		cs_json_put_u64(out, "behave_steps", bounds.behave_steps);
		cs_json_put_u64(out, "behave_updates", bounds.behave_updates);
	}
	cs_json_end_object(out);
	cs_json_end_object(out);
}
