/*
 * A policy told back as one JSON object: the same sentences, and the bounds as numbers.
 */
#include "app/describe_parts.h"
#include "app/watched.h"

static void
json_links(struct cs_json *out, const struct cs_policy *policy)
{
	cs_json_key(out, "links");
	cs_json_array(out);
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_link *link = &policy->link[i];
		cs_json_object(out);
		cs_json_put_text(out, "name", link->name);
		if (link->row) {
			cs_json_put_bool(out, "record", true);
			if (link->paired)
				cs_json_put_u64(out, "records", link->transactions_cap);
			cs_json_end_object(out);
			continue;
		}
		cs_json_put_text(out, "side", cs_side_name(link->side));
		cs_json_put_text(out, "framing", link->framing);
		cs_json_put_text(out, "dialect", link->dialect);
		cs_json_put_u64(out, "transactions", link->transactions_cap);
		cs_json_put_u64(out, "connections", link->connections_cap);
		if (link->heartbeat_ns)
			cs_json_put_u64(out, "heartbeat_ns", link->heartbeat_ns);
		cs_json_end_object(out);
	}
	cs_json_end_array(out);
}

static void
json_expects(struct cs_json *out, const struct cs_policy *policy)
{
	cs_json_key(out, "expectations");
	cs_json_array(out);
	for (unsigned i = 0; i < policy->expect_n; i++) {
		char at[2048];
		struct cs_text words = cs_text_over(at, sizeof at);
		cs_describe_expect(&words, policy, &policy->expect[i]);
		cs_json_object(out);
		cs_json_put_text(out, "name", policy->expect[i].name);
		cs_json_put_text(out, "title", policy->expect[i].title);
		cs_json_put_text(out, "words", at);
		cs_json_end_object(out);
	}
	cs_json_end_array(out);
}

static void
json_journal(struct cs_json *out, const struct cs_journal_clause *journal)
{
	char at[2048];
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

static void
json_aggregates(struct cs_json *out, const struct cs_behave_policy *behave, const struct cs_profile_clause *profile)
{
	cs_json_key(out, "aggregates");
	cs_json_array(out);
	for (unsigned i = 0; i < profile->aggregate_n; i++) {
		char at[2048];
		struct cs_text words = cs_text_over(at, sizeof at);
		cs_describe_aggregate(&words, behave, &profile->aggregate[i]);
		cs_json_object(out);
		cs_json_put_text(out, "name", profile->aggregate[i].name);
		cs_json_put_bool(out, "counts_itself", profile->aggregate[i].current);
		cs_json_put_text(out, "words", at);
		cs_json_end_object(out);
	}
	cs_json_end_array(out);
}

static void
json_profiles(struct cs_json *out, const struct cs_behave_policy *behave)
{
	cs_json_key(out, "profiles");
	cs_json_array(out);
	for (unsigned i = 0; i < behave->profile_n; i++) {
		char at[256];
		struct cs_text by = cs_text_over(at, sizeof at);
		const struct cs_profile_clause *profile = &behave->profile[i];
		cs_describe_key(&by, behave, &profile->by);
		cs_json_object(out);
		cs_json_put_text(out, "name", profile->name);
		cs_json_put_text(out, "by", at);
		cs_json_put_u64(out, "keys", profile->keys);
		cs_json_put_u64(out, "log", profile->log);
		cs_json_put_u64(out, "memory_bytes", profile->memory_bytes);
		json_aggregates(out, behave, profile);
		cs_json_end_object(out);
	}
	cs_json_end_array(out);
}

static void
json_limits(struct cs_json *out, const struct cs_behave_policy *behave)
{
	cs_json_key(out, "limits");
	cs_json_array(out);
	for (unsigned i = 0; i < behave->limit_n; i++) {
		char at[2048];
		struct cs_text words = cs_text_over(at, sizeof at);
		cs_describe_limit(&words, &behave->limit[i]);
		cs_json_object(out);
		cs_json_put_text(out, "name", behave->limit[i].name);
		cs_json_put_text(out, "words", at);
		cs_json_end_object(out);
	}
	cs_json_end_array(out);
}

static void
json_rules(struct cs_json *out, const struct cs_policy *policy)
{
	cs_json_key(out, "rules");
	cs_json_array(out);
	for (unsigned i = 0; i < policy->behave->rule_n; i++) {
		char at[4096], day[32];
		struct cs_text words = cs_text_over(at, sizeof at), expires = cs_text_over(day, sizeof day);
		const struct cs_rule_clause *rule = &policy->behave->rule[i];
		cs_describe_rule(&words, policy, rule);
		cs_json_object(out);
		cs_json_put_text(out, "name", rule->name);
		cs_json_put_text(out, "title", rule->title);
		cs_json_put_text(out, "owner", rule->owner);
		cs_json_put_text(out, "mode", rule->live ? "live" : "shadow");
		if (rule->expires_ns) {
			cs_describe_day(&expires, rule->expires_ns - 1);
			cs_json_put_text(out, "expires", day);
		}
		cs_json_put_text(out, "words", at);
		cs_json_end_object(out);
	}
	cs_json_end_array(out);
}

void
cs_describe_json(struct cs_json *out, const struct cs_policy *policy)
{
	struct cs_describe_bounds bounds = cs_describe_bounds_of(policy);
	cs_json_object(out);
	cs_json_put_text(out, "policy", policy->path);
	cs_json_put_bool(out, "good", true);
	json_links(out, policy);
	json_expects(out, policy);
	json_journal(out, &policy->journal);
	if (policy->behave) {
		json_limits(out, policy->behave);
		json_profiles(out, policy->behave);
		json_rules(out, policy);
	}
	cs_watched_put_json(out, policy);
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
