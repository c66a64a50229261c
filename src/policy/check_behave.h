/*
 * Behaviour, once all was read: names, types, limits of tables; the sketch becomes tables and programs.
 */
#ifndef CS_POLICY_CHECK_BEHAVE_H
#define CS_POLICY_CHECK_BEHAVE_H

#include "policy/build.h"

/* cs_check_behave makes policy->behave of what was read, or complains. */
void cs_check_behave(struct cs_reader *reader);

/* cs_check_profile_fields finds out what key and values of a profile are. */
void cs_check_profile_fields(struct cs_reader *reader, struct cs_sketch_profile *profile);

/* cs_check_profile_of says which events are looked at (by default: the answers to acquirers, and records with an amount). */
void cs_check_profile_of(struct cs_reader *reader, const struct cs_sketch_of *of, struct cs_place place,
			 struct cs_of *out);

/* cs_check_profile_filters compiles the conditions of a profile's aggregates. LIMIT as in struct cs_scope. */
void cs_check_profile_filters(struct cs_reader *reader, struct cs_sketch_profile *profile,
			      struct cs_program_sketch *program, struct cs_sketch_limit *limit);

/* cs_check_profile_sizes refuses what a table cannot hold, and fills in sizes that were not said. */
void cs_check_profile_sizes(struct cs_reader *reader, struct cs_sketch_profile *profile);

/* cs_check_profile_finish makes the constant table of its aggregates; false when the arena is full. */
bool cs_check_profile_finish(struct cs_reader *reader, struct cs_sketch_profile *profile);

/* cs_check_rule compiles a rule. */
void cs_check_rule(struct cs_reader *reader, struct cs_sketch_rule *rule, struct cs_program_sketch *program);

/* cs_check_limit_fields finds the profile a limit stands on; cs_check_limit compiles it, its aggregates numbered from
 * FIRST. */
void cs_check_limit_fields(struct cs_reader *reader, struct cs_sketch_limit *limit);
void cs_check_limit(struct cs_reader *reader, struct cs_sketch_limit *limit, struct cs_program_sketch *program,
		    unsigned first);

#endif
