/*
 * Goal: a key surprises only when grown up, cannot be taught by what is not proven, and a full table stays quiet.
 */
#include "check.h"

#include "state/learn.c"

struct learner {
	struct cs_arena arena;
	struct cs_learn learn;
};

static void
start(struct learner *learner, uint32_t keys_cap)
{
	assert_int_equal(cs_arena_init(&learner->arena, cs_learn_bytes(keys_cap)), CS_OK);
	assert_int_equal(cs_learn_init(&learner->learn, &learner->arena, keys_cap), CS_OK);
}

static enum cs_learned
see(struct learner *learner, uint64_t key, uint64_t value, bool proven)
{
	uint32_t idx;
	struct cs_learn_sight sight = {key, value, 100, proven};
	return cs_learn_observe(&learner->learn, &sight, &idx);
}

static void
test_new_after_learning(void **state)
{
	(void)state;
	struct learner learner;
	start(&learner, 16);
	assert_int_equal(see(&learner, 5, 1, false), CS_LEARN_LEARNING);
	for (unsigned i = 1; i < 100; i++)
		assert_int_equal(see(&learner, 5, 1, false), CS_LEARN_KNOWN);
	assert_int_equal(see(&learner, 5, 2, false), CS_LEARN_NEW);
	assert_int_equal(see(&learner, 6, 2, false), CS_LEARN_LEARNING);
	cs_arena_fini(&learner.arena);
}

static void
test_late_value_prolongs_learning(void **state)
{
	(void)state;
	struct learner learner;
	start(&learner, 16);
	for (unsigned i = 0; i < 90; i++)
		(void)see(&learner, 5, 1, false);
	assert_int_equal(see(&learner, 5, 2, false), CS_LEARN_LEARNING);
	for (unsigned i = 0; i < 60; i++)
		(void)see(&learner, 5, 1, false);
	assert_int_equal(see(&learner, 5, 3, false), CS_LEARN_LEARNING);
	cs_arena_fini(&learner.arena);
}

static void
test_only_proven_teaches(void **state)
{
	(void)state;
	struct learner learner;
	start(&learner, 16);
	for (unsigned i = 0; i < 100; i++)
		(void)see(&learner, 5, 1, true);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(see(&learner, 5, 66, false), CS_LEARN_NEW);
	for (unsigned i = 0; i < CS_LEARN_TRUST_N; i++)
		assert_int_equal(see(&learner, 5, 7, true), CS_LEARN_NEW);
	assert_int_equal(see(&learner, 5, 7, false), CS_LEARN_KNOWN);
	assert_int_equal(see(&learner, 5, 66, false), CS_LEARN_NEW);
	cs_arena_fini(&learner.arena);
}

static void
test_limits(void **state)
{
	(void)state;
	struct learner learner;
	start(&learner, 4);
	for (uint64_t value = 1; value <= CS_LEARN_VALUES_MAX + 1; value++)
		assert_int_equal(see(&learner, 1, value, false), CS_LEARN_LEARNING);
	assert_int_equal(see(&learner, 1, 99, false), CS_LEARN_VARIED);
	for (uint64_t key = 2; key <= 4; key++)
		assert_int_equal(see(&learner, key, 1, false), CS_LEARN_LEARNING);
	assert_int_equal(see(&learner, 5, 1, false), CS_LEARN_VARIED);
	assert_int_equal(learner.learn.refused_n, 1);
	cs_arena_fini(&learner.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_after_learning),
		cmocka_unit_test(test_late_value_prolongs_learning),
		cmocka_unit_test(test_only_proven_teaches),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests_name("learn", tests, NULL, NULL);
}
