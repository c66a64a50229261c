/*
 * Goal: a policy that takes the place of another goes on with what both say alike: no verdict is lost, added or changed by the
 * change itself; new windows that were warmed hold what they would hold had the policy been in force all along; those that
 * were not never say more than that.
 * Method: traffic drawn from seeds, the policy changed at any point of it; held against judges that had one policy throughout.
 */
#include "../unit/check.h"

#include "engine/carry.h"

#include "traffic.h"

enum { CASES = 60, TRANSACTIONS = 120, POLICY_BYTES = 8 << 20, TEXT_BYTES = 8192, POLICIES_MAX = 32 };

#define LINK(name, port, side)                                                                                         \
	"link " name " { tap \"eth1\" port " port " frame length16 dialect \"iso87-ascii\" side " side                 \
	" keep 1024 transactions }\n"
#define LINKS LINK("visa", "5001", "acquirer") LINK("core", "7001", "issuer")
#define PAIRING                                                                                                        \
	"excuse stand_in \"the switch answered\" { when core signed off, core silent for 10s, unanswered for 5s\n"     \
	"  proof card.advice on core where approved match card and (rrn or stan + terminal)\n"                         \
	"  within 15min after otherwise hold high }\n"                                                                 \
	"expect approval \"an approval is the issuer's own\" {\n"                                                      \
	"  claim card.response on visa where approved proof card.response on core where approved\n"                    \
	"  match card, amount, currency, approval_code and (rrn or stan + terminal)\n"                                 \
	"  within 30s before unless stand_in, partial, conversion, duplicate otherwise block critical }\n"             \
	"watch visa { unasked otherwise hold high replayed otherwise block critical\n"                                 \
	"  signed_off otherwise block critical reversal against core otherwise allow medium }\n"
#define CONSERVE(slack)                                                                                                \
	"conserve cash \"what leaves was given\" { claim card.response on visa where approved\n"                       \
	"  proof card.response on core where approved every 30s slack " slack " otherwise hold high }\n"
#define CARD(name, window)                                                                                             \
	"profile " name " \"of a person\" by card { n = count() over " window " all = sum(amount) keys 512 log 16 }\n"
#define TERMINAL         "profile box by terminal { lands = distinct(card) over 60s keys 512 log 16 }\n"
#define RULE(name, when) "rule " name " { when " when " then hold high }\n"
#define LIMIT(sum)       "limit card by card { spent = sum(amount) over 60s spent <= " sum " EUR keys 512 log 16 }\n"
#define OLD                                                                                                            \
	LINKS PAIRING CONSERVE("1") "money EUR\n" CARD("card", "20s") TERMINAL RULE("busy", "card.n >= 2") LIMIT("90"  \
														 "0")

static struct {
	char text[TEXT_BYTES];
	struct cs_arena arena;
	const struct cs_policy *policy;
} known[POLICIES_MAX];

/* Each text is compiled once, and lives until the end. */
static const struct cs_policy *
compile(const char *text)
{
	struct cs_complaints complaints;
	unsigned i = 0;
	while (i < POLICIES_MAX && known[i].policy && strcmp(known[i].text, text) != 0)
		i++;
	assert_true(i < POLICIES_MAX);
	if (known[i].policy)
		return known[i].policy;
	assert_true((size_t)snprintf(known[i].text, TEXT_BYTES, "%s", text) < TEXT_BYTES);
	assert_int_equal(cs_arena_init(&known[i].arena, POLICY_BYTES), CS_OK);
	enum cs_error error =
		cs_policy_read(cs_span_text(text), "bank.policy", &known[i].arena, &known[i].policy, &complaints);
	if (error != CS_OK)
		fail_msg("%u:%u: %s", complaints.at[0].place.line, complaints.at[0].place.column,
			 complaints.at[0].text);
	return known[i].policy;
}

static void
make_case(uint64_t seed)
{
	traffic.seed = seed * UINT64_C(0x9E3779B97F4A7C15);
	traffic.transaction_n = TRANSACTIONS;
	make_messages();
	make_record();
}

/* ---- what is heard ---- */

struct heard {
	struct verdicts all;
	uint64_t fired_n[8]; /* rules by number of the new policy */
	const struct cs_policy *policy;
};

static void
hear_all(void *context, const struct cs_finding *finding)
{
	struct heard *heard = context;
	hear(&heard->all, finding);
	const struct cs_behave_policy *behave = heard->policy->behave;
	for (unsigned i = 0; finding->reason == CS_REASON_RULE_FIRED && i < behave->rule_n; i++)
		if (strcmp(finding->expectation + strlen("rule."), behave->rule[i].name) == 0)
			heard->fired_n[i]++;
}

static struct cs_judge *
judge_of(const struct cs_policy *policy, struct heard *heard)
{
	*heard = (struct heard){.policy = policy};
	struct cs_judge *judge = cs_judge_new(policy, &(struct cs_detect_sink){hear_all, heard});
	assert_non_null(judge);
	return judge;
}

/* ---- the change ---- */

struct change {
	const struct cs_policy *old;
	const struct cs_policy *fresh;
	bool warms;
	size_t cut;
	struct cs_carry carry;
	struct heard heard; /* behind the change */
	uint64_t hash;
};

/* The plan as a journal holds it. */
static void
pass_through_bytes(struct cs_carry *carry)
{
	static uint8_t bytes[CS_CARRY_BYTES + 1];
	static struct cs_carry back;
	bytes[CS_CARRY_BYTES] = 0x5a;
	uint8_t *end = cs_carry_put(bytes, carry);
	assert_true(end <= bytes + CS_CARRY_BYTES && bytes[CS_CARRY_BYTES] == 0x5a);
	for (size_t len = 0; len < (size_t)(end - bytes); len++)
		assert_false(cs_carry_read((struct cs_span){bytes, len}, &back));
	assert_true(cs_carry_read((struct cs_span){bytes, (size_t)(end - bytes)}, &back));
	assert_memory_equal(&back, carry, sizeof back);
}

static void
play_change(struct change *change)
{
	struct heard before, unheard;
	struct cs_judge *old = judge_of(change->old, &before), *fresh = judge_of(change->fresh, &change->heard);
	struct cs_judge *warm = judge_of(change->fresh, &unheard);
	tell_inputs(old, &traffic.record, 0, change->cut, 0x55);
	cs_carry_plan(change->old, change->fresh, &change->carry);
	change->carry.now_ns = epoch_ns + UINT64_C(1000000000) * SPAN_MS;
	if (change->warms) {
		struct cs_carry_from from = {.seq = 1};
		tell_inputs(warm, &traffic.record, 0, change->cut, 0x66);
		cs_carry_warm(&change->carry, change->fresh, &from);
	}
	if (!change->carry.pairing)
		cs_judge_finish(old);
	pass_through_bytes(&change->carry);
	struct cs_carry_judges judges = {old, warm, fresh};
	assert_int_equal(cs_carry_take(&change->carry, &judges), CS_OK);
	cs_judge_free(old);
	cs_judge_free(warm);
	tell_inputs(fresh, &traffic.record, change->cut, traffic.record.n, 0x77);
	change->hash = cs_judge_hash(fresh);
	cs_judge_free(fresh);
}

/* The new policy alone, from the beginning: what is heard behind CUT. */
static struct heard
play_throughout(const struct cs_policy *policy, size_t cut, uint64_t *hash)
{
	struct heard heard;
	struct cs_judge *judge = judge_of(policy, &heard);
	tell_inputs(judge, &traffic.record, 0, cut, 0x11);
	heard = (struct heard){.policy = policy};
	tell_inputs(judge, &traffic.record, cut, traffic.record.n, 0x22);
	*hash = cs_judge_hash(judge);
	cs_judge_free(judge);
	return heard;
}

static unsigned
parts(const struct cs_carry *carry, enum cs_carry_how how)
{
	unsigned n = 0;
	for (unsigned i = 0; i < carry->part_n; i++)
		n += carry->part[i].how == how;
	return n;
}

/* The same findings behind the change as if NEW had been in force all along; SAME: and the same state. */
static void
expect_same(const char *new, bool warms, bool same)
{
	uint64_t heard_n = 0;
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		make_case(seed);
		struct change change = {.old = compile(OLD), .warms = warms};
		uint64_t hash = 0;
		change.fresh = compile(new);
		change.cut = draw(traffic.record.n + 1);
		play_change(&change);
		struct heard right = play_throughout(change.fresh, change.cut, &hash);
		if (right.all.n != change.heard.all.n || right.all.hash != change.heard.all.hash)
			fail_msg("seed %llu: %llu findings, and %llu are right", (unsigned long long)seed,
				 (unsigned long long)change.heard.all.n, (unsigned long long)right.all.n);
		if (same && hash != change.hash)
			fail_msg("seed %llu: another state", (unsigned long long)seed);
		heard_n += right.all.n;
	}
	assert_true(heard_n > CASES);
}

/* ---- the tests ---- */

static void
what_says_the_same_changes_nothing(void **state)
{
	(void)state;
	expect_same("# looked over\n" OLD "\n# and found good\n", false, true);
}

static void
a_title_is_no_change(void **state)
{
	(void)state;
	struct cs_carry carry;
	cs_carry_plan(compile(OLD),
		      compile(LINKS PAIRING CONSERVE(
			      "1") "money EUR\nprofile card \"of all\" by card { n = "
				   "count() over 20s all = sum(amount) keys 512 log 16 }\n" TERMINAL
				   "rule busy \"too busy\" { when card.n >= 2 then hold high }\n" LIMIT("900")),
		      &carry);
	assert_true(carry.pairing);
	assert_int_equal(parts(&carry, CS_CARRY_SHORT), 0);
	assert_int_equal(carry.part_n, 5); /* two profiles, the limit's, the rule, the conserve */
}

/* Transactions are found by more keys where reversals are watched: their tables are laid out otherwise. */
static void
without_a_watch_of_reversals_pairing_begins_anew(void **state)
{
	(void)state;
	char text[TEXT_BYTES];
	const char *reversal = strstr(OLD, " reversal against core otherwise allow medium");
	assert_non_null(reversal);
	size_t n = strlen(" reversal against core otherwise allow medium");
	snprintf(text, sizeof text, "%.*s%s", (int)(strlen(OLD) - strlen(reversal)), OLD, reversal + n);
	make_case(1);
	struct change change = {.old = compile(OLD), .fresh = compile(text), .cut = traffic.record.n / 2};
	play_change(&change);
	assert_false(change.carry.pairing);
	assert_true(change.carry.part_n >= 4);
}

static void
a_rule_more_sees_what_its_profile_saw(void **state)
{
	(void)state;
	expect_same(OLD RULE("busier", "card.n >= 3"), false, false);
}

static void
other_thresholds_keep_all(void **state)
{
	(void)state;
	expect_same(LINKS PAIRING CONSERVE("1") "money EUR, 1 USD = 0.92 EUR\n" CARD("card", "20s")
			    TERMINAL RULE("busy", "card.n >= 3") LIMIT("700"),
		    false, false);
}

static void
a_longer_window_is_warmed(void **state)
{
	(void)state;
	expect_same(LINKS PAIRING CONSERVE("1") "money EUR\n" CARD("card", "90s") TERMINAL RULE("busy", "card.n >= 2")
			    LIMIT("900"),
		    true, false);
}

static void
another_name_is_warmed(void **state)
{
	(void)state;
	expect_same(LINKS PAIRING CONSERVE("1") "money EUR\n" CARD("person", "20s")
			    TERMINAL RULE("busy", "person.n >= 2") LIMIT("900"),
		    true, false);
}

/* Told nothing of the past: what it counts is no more than the truth, and less at first. */
static void
what_is_not_warmed_never_says_more(void **state)
{
	(void)state;
	uint64_t right_n = 0, short_n = 0;
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		make_case(seed);
		struct change change = {.old = compile(OLD)};
		uint64_t hash;
		change.fresh = compile(LINKS PAIRING CONSERVE("1") "money EUR\n" CARD("card", "200s") TERMINAL RULE(
			"busy", "card.n >= 2") RULE("idle", "card.n < 2") LIMIT("900"));
		change.cut = traffic.record.n / 2;
		play_change(&change);
		assert_int_equal(parts(&change.carry, CS_CARRY_SHORT), 1);
		struct heard right = play_throughout(change.fresh, change.cut, &hash);
		assert_true(change.heard.fired_n[0] <= right.fired_n[0]);
		assert_true(change.heard.fired_n[1] <= right.fired_n[1]);
		right_n += right.fired_n[0];
		short_n += change.heard.fired_n[0];
	}
	assert_true(short_n > 0 && short_n < right_n);
}

/* An interval of which half was not counted is not judged. */
static void
another_conserve_begins_with_a_whole_interval(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		make_case(seed);
		struct change change = {.old = compile(OLD)};
		change.fresh = compile(LINKS PAIRING CONSERVE("0") "money EUR\n" CARD("card", "20s")
					       TERMINAL RULE("busy", "card.n >= 2") LIMIT("900"));
		change.cut = draw(traffic.record.n + 1);
		uint64_t hash;
		play_change(&change);
		struct heard right = play_throughout(change.fresh, change.cut, &hash);
		assert_true(change.carry.pairing);
		assert_true(change.heard.all.n <= right.all.n);
	}
}

static void
other_links_begin_anew(void **state)
{
	(void)state;
	struct cs_carry carry;
	const struct cs_policy *old = compile(OLD);
	const char *rest = PAIRING CONSERVE("1") "money EUR\n" CARD("card", "20s") TERMINAL RULE("busy", "card.n >= 2")
		LIMIT("900");
	char text[TEXT_BYTES];
	snprintf(text, sizeof text, "%s%s", LINK("visa", "5002", "acquirer") LINK("core", "7001", "issuer"), rest);
	cs_carry_plan(old, compile(text), &carry);
	assert_false(carry.pairing);
	assert_int_equal(carry.part_n, 4);
	assert_int_equal(parts(&carry, CS_CARRY_KEPT), 4);
	cs_carry_plan(old, compile("clocks within 1ms\n" OLD), &carry);
	assert_false(carry.pairing);
}

/* A plan that another build wrote, or somebody else. */
static void
parts_that_are_none_are_refused(void **state)
{
	(void)state;
	struct heard heard[2];
	const struct cs_policy *policy = compile(OLD);
	struct cs_judge *old = judge_of(policy, &heard[0]), *fresh = judge_of(policy, &heard[1]);
	struct cs_carry_judges judges = {old, NULL, fresh};
	struct cs_carry plan, carry;
	cs_carry_plan(policy, policy, &plan);
	for (unsigned i = 0; i < plan.part_n; i++) {
		carry = plan;
		carry.part[i].from = 250;
		assert_int_equal(cs_carry_take(&carry, &judges),
				 carry.part[i].sort == CS_CARRY_TABLE ? CS_OK : CS_E_FORMAT);
		carry = plan;
		carry.part[i].to = 255;
		assert_int_equal(cs_carry_take(&carry, &judges), CS_E_FORMAT);
	}
	carry = plan;
	carry.part[1].how = CS_CARRY_WARMED; /* and nothing was */
	assert_int_equal(cs_carry_take(&carry, &judges), CS_E_FORMAT);
	cs_judge_free(old);
	cs_judge_free(fresh);
}

static int
clean_up(void **state)
{
	(void)state;
	free(traffic.record.at);
	for (unsigned i = 0; i < POLICIES_MAX && known[i].policy; i++)
		cs_arena_fini(&known[i].arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_says_the_same_changes_nothing),
		cmocka_unit_test(a_title_is_no_change),
		cmocka_unit_test(without_a_watch_of_reversals_pairing_begins_anew),
		cmocka_unit_test(a_rule_more_sees_what_its_profile_saw),
		cmocka_unit_test(other_thresholds_keep_all),
		cmocka_unit_test(a_longer_window_is_warmed),
		cmocka_unit_test(another_name_is_warmed),
		cmocka_unit_test(what_is_not_warmed_never_says_more),
		cmocka_unit_test(another_conserve_begins_with_a_whole_interval),
		cmocka_unit_test(other_links_begin_anew),
		cmocka_unit_test(parts_that_are_none_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, clean_up);
}
