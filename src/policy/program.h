/*
 * A program in the making: loads and tests, each kept once.
 */
#ifndef CS_POLICY_PROGRAM_H
#define CS_POLICY_PROGRAM_H

#include "policy/behave.h"
#include "policy/reader.h"

struct cs_program_sketch {
	unsigned load_n;
	struct cs_load load[CS_LOADS_MAX];
	unsigned test_n;
	const struct cs_test *test[CS_TESTS_MAX];
};

/* cs_program_load gives the number of LOAD, CS_LOADS_MAX when there is no more room. */
uint16_t cs_program_load(struct cs_program_sketch *program, const struct cs_load *load);

/* cs_program_test gives the number of TEST (kept as it is: it must live as long as the policy), CS_TESTS_MAX when there is
 * no more room. */
uint16_t cs_program_test(struct cs_program_sketch *program, const struct cs_test *test);

/* cs_program_finish makes OUT of it; false when the arena is full. */
bool cs_program_finish(struct cs_reader *reader, const struct cs_program_sketch *program, struct cs_program *out);

#endif
