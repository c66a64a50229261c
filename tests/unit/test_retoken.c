/*
 * Goal: each card's pair of tokens is handed out once, whatever the leg; when the table is full, twice rather than never,
 * and counted.
 * Method: card numbers of our own; a group is filled with tokens made up to share its index.
 */
#include "check.h"

#include "decode/retoken.c"

static const struct cs_token_key now_key = {{1}};
static const struct cs_token_key old_key = {{2}};
static struct cs_token before[16];
static struct cs_token after[16];
static unsigned n;

static void
take(void *context, struct cs_token old, struct cs_token now)
{
	assert_ptr_equal(context, &n);
	assert_true(n < 16);
	before[n] = old;
	after[n++] = now;
}

static struct cs_retoken
opened(void)
{
	struct cs_retoken retoken;
	n = 0;
	assert_int_equal(cs_retoken_init(&retoken, &old_key, (struct cs_retoken_sink){take, &n}), CS_OK);
	return retoken;
}

static void
see(struct cs_retoken *retoken, const char *digits)
{
	struct cs_span span = cs_span_text(digits);
	cs_retoken_card(retoken, span, cs_token_make(&now_key, span));
}

static void
each_card_has_one_pair(void **state)
{
	(void)state;
	struct cs_retoken retoken = opened();
	see(&retoken, "5413330089020011");
	see(&retoken, "4111111111111111");
	see(&retoken, "5413330089020011");
	assert_int_equal(n, 2);
	assert_true(cs_token_same(before[0], cs_token_make(&old_key, cs_span_text("5413330089020011"))));
	assert_true(cs_token_same(after[0], cs_token_make(&now_key, cs_span_text("5413330089020011"))));
	assert_true(cs_token_same(before[1], cs_token_make(&old_key, cs_span_text("4111111111111111"))));
	assert_false(cs_token_same(before[0], after[0]));
	assert_int_equal(retoken.pairs, 2);
	assert_int_equal(retoken.forgotten, 0);
	cs_retoken_fini(&retoken);
	cs_retoken_fini(&retoken);
}

static void
a_full_group_forgets_the_oldest(void **state)
{
	(void)state;
	struct cs_retoken retoken = opened();
	struct cs_span digits = cs_span_text("5413330089020011");
	for (unsigned i = 0; i < CS_RETOKEN_WAYS; i++)
		cs_retoken_card(&retoken, digits, (struct cs_token){{7, i + 1}});
	assert_int_equal(retoken.forgotten, 0);
	for (unsigned i = 0; i < CS_RETOKEN_WAYS; i++)
		cs_retoken_card(&retoken, digits, (struct cs_token){{7, i + 1}});
	assert_int_equal(n, CS_RETOKEN_WAYS);
	cs_retoken_card(&retoken, digits, (struct cs_token){{7, 99}});
	assert_int_equal(retoken.forgotten, 1);
	cs_retoken_card(&retoken, digits, (struct cs_token){{7, 2}});
	assert_int_equal(n, CS_RETOKEN_WAYS + 1);
	cs_retoken_card(&retoken, digits, (struct cs_token){{7, 1}});
	assert_int_equal(n, CS_RETOKEN_WAYS + 2);
	assert_int_equal(retoken.pairs, n);
	assert_int_equal(retoken.forgotten, 2);
	cs_retoken_fini(&retoken);
}

static void
nobody_needs_to_listen(void **state)
{
	(void)state;
	struct cs_retoken retoken;
	assert_int_equal(cs_retoken_init(&retoken, &old_key, (struct cs_retoken_sink){0}), CS_OK);
	see(&retoken, "5413330089020011");
	see(&retoken, "5413330089020011");
	assert_int_equal(retoken.pairs, 1);
	cs_retoken_fini(&retoken);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_card_has_one_pair),
		cmocka_unit_test(a_full_group_forgets_the_oldest),
		cmocka_unit_test(nobody_needs_to_listen),
	};
	return cmocka_run_group_tests_name("retoken", tests, NULL, NULL);
}
