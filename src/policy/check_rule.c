/*
 * Rules and limits, compiled when all names are known.
 *
 * A limit takes the aggregates it uses over from the profile of its name, when it first uses them; so a limit's own
 * conditions are compiled before the filters of its aggregates.
 */
#include "base/error.h"
#include "policy/check_behave.h"

static const struct cs_span nothing = {(const uint8_t *)"", 0};

/* What stands in braces in a reason: PROFILE.AGGREGATE, or a field. */
static bool
check_piece(struct cs_reader *reader, const struct cs_sketch_rule *rule, struct cs_span piece)
{
	const struct cs_sketch *sketch = reader->sketch;
	const uint8_t *dot = memchr(piece.at, '.', piece.len);
	unsigned number = 0;
	bool good = cs_field_by_name(piece) != CS_FIELD_N || cs_sketch_extra(sketch, piece) < sketch->extra_n;
	if (dot) {
		struct cs_span name = {piece.at, (size_t)(dot - piece.at)};
		const struct cs_sketch_profile *profile = cs_sketch_profile_of(sketch, name);
		struct cs_span part = {dot + 1, piece.len - name.len - 1};
		good = profile && (profile->broken || cs_sketch_aggregate_of(profile, part, &number));
	}
	return good || cs_reader_say(reader, rule->reason_place,
				     "no aggregate and no field is called \"{1}\"; between { and } stands one, as in "
				     "{card.cash_1h}",
				     piece);
}

static void
check_reason(struct cs_reader *reader, const struct cs_sketch_rule *rule)
{
	const char *at = rule->made.reason;
	while (at && (at = strchr(at, '{'))) {
		const char *end = strchr(at, '}');
		if (!end) {
			(void)cs_reader_say(reader, rule->reason_place, "this { has no }; write both, or none",
					    nothing);
			return;
		}
		if (!check_piece(reader, rule, (struct cs_span){(const uint8_t *)at + 1, (size_t)(end - at - 1)}))
			return;
		at = end + 1;
	}
}

void
cs_check_rule(struct cs_reader *reader, struct cs_sketch_rule *rule, struct cs_program_sketch *program)
{
	struct cs_scope scope = {program, NULL, 0, false, false};
	cs_check_profile_of(reader, &rule->of, rule->made.place, &rule->made.of);
	if (rule->when.at)
		(void)cs_build_compile(reader, &scope, &rule->when, &rule->made.when);
	check_reason(reader, rule);
	reader->form = "score { hold at 60  block at 90 }";
	if (rule->made.score && !rule->made.outcomes && !reader->sketch->score_place.line)
		(void)cs_reader_say(reader, rule->made.place,
				    "rule {1} only scores, and no score decides anything; add to the policy: {2}",
				    cs_span_text(rule->made.name ? rule->made.name : ""));
}

static void
take_sizes(struct cs_sketch_limit *limit)
{
	struct cs_sketch_profile *own = &limit->own;
	struct cs_profile_clause *made = &own->made, sizes = {0};
	cs_sketch_sizes(&sizes);
	if (limit->from)
		sizes = limit->from->made;
	made->keys = made->keys ? made->keys : sizes.keys;
	made->log = made->log ? made->log : sizes.log;
	made->lateness_ns = made->lateness_ns ? made->lateness_ns : sizes.lateness_ns;
	made->ahead_ns = made->ahead_ns ? made->ahead_ns : sizes.ahead_ns;
	made->keep_ns = made->keep_ns ? made->keep_ns : sizes.keep_ns;
	if (limit->from && limit->from->heavy && !own->heavy) {
		own->heavy = true;
		made->heavy = sizes.heavy;
	}
	if (limit->from && limit->from->memory && !own->memory) {
		own->memory = true;
		made->memory_bytes = sizes.memory_bytes;
	}
}

void
cs_check_limit_fields(struct cs_reader *reader, struct cs_sketch_limit *limit)
{
	struct cs_sketch_profile *own = &limit->own;
	if (!own->made.name)
		return;
	if (!own->by.said)
		limit->from = cs_sketch_profile_of(reader->sketch, cs_span_text(own->made.name));
	if (limit->from && limit->from->lost)
		(void)cs_reader_say(
			reader, own->made.place,
			"limit {1} stands on a profile that cannot be read; mend that, or give the limit a key and "
			"aggregates of its own",
			cs_span_text(own->made.name));
	reader->form = "limit card by card {";
	if (own->aggregate && !own->by.said && !limit->from)
		(void)cs_reader_say(reader, own->made.place,
				    "limit {1} does not say what its aggregates are kept apart by; write: {2}",
				    cs_span_text(own->made.name));
	cs_check_profile_fields(reader, own);
	if (limit->from)
		own->made.by = limit->from->made.by;
	take_sizes(limit);
	const struct cs_sketch_of *of = own->of.n || !limit->from ? &own->of : &limit->from->of;
	cs_check_profile_of(reader, of, own->made.place, &own->made.of);
}

void
cs_check_limit(struct cs_reader *reader, struct cs_sketch_limit *limit, struct cs_program_sketch *program,
	       unsigned first)
{
	struct cs_scope scope = {program, limit, first, false, false};
	limit->own.made.first = first;
	for (struct cs_sketch_cap *cap = limit->cap; cap; cap = cap->next) {
		(void)cs_build_compile(reader, &scope, &cap->holds, &cap->made_holds);
		if (cap->where.at)
			(void)cs_build_compile(reader, &scope, &cap->where, &cap->made_where);
	}
	cs_check_profile_filters(reader, &limit->own, program, limit);
	cs_check_profile_sizes(reader, &limit->own);
}
