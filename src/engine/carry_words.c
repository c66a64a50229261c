/*
 * The plan of a change of policies in words: for whoever changes them, before (diff) and when it is done.
 */
#include "engine/carry.h"

static const char *
name_of(const struct cs_policy *fresh, const struct cs_carry_part *part)
{
	const struct cs_behave_policy *behave = fresh->behave;
	switch ((enum cs_carry_sort)part->sort) {
	case CS_CARRY_LIMIT:
		return behave->limit_profile[part->to].name;
	case CS_CARRY_PROFILE:
		return behave->profile[part->to].name;
	case CS_CARRY_TABLE:
		return part->to < CS_LISTS_MAX ? behave->list[part->to].name
					       : behave->spots[part->to - CS_LISTS_MAX].name;
	case CS_CARRY_RULE:
	case CS_CARRY_CONSERVE:
	case CS_CARRY_STATEMENT:
	case CS_CARRY_SORT_N:
		break;
	}
	CS_ASSERT(false); /* rules and conserve clauses are not named */
}

/* Names the parts that are HOW behind MARGIN and TITLE, and says whether there are any. */
static bool
say_parts(struct cs_text *text, const struct cs_carry *carry, const struct cs_policy *fresh, enum cs_carry_how how)
{
	static const char *const sorts[CS_CARRY_SORT_N] = {
		[CS_CARRY_LIMIT] = "limit ",
		[CS_CARRY_PROFILE] = "profile ",
		[CS_CARRY_TABLE] = "list or places ",
	};
	bool any = false;
	for (unsigned i = 0; i < carry->part_n; i++) {
		const struct cs_carry_part *part = &carry->part[i];
		if (part->how != how || !sorts[part->sort])
			continue;
		cs_text_put(text, any ? ", " : "");
		cs_text_put(text, sorts[part->sort]);
		cs_text_put(text, name_of(fresh, part));
		any = true;
	}
	return any;
}

static void
say_warmed(struct cs_text *text, const struct cs_carry *carry)
{
	if (!carry->warm_ns) {
		cs_text_put(text, " with all that was ever recorded");
		return;
	}
	cs_text_put(text, " with what the journal holds since ");
	cs_text_put_time(text, carry->warm_ns);
	cs_text_put(text, "; where a window reaches back before that, it answers \"at least\"");
}

static void
say_reach(struct cs_text *text, uint64_t reach_ns)
{
	static const uint64_t day_ns = UINT64_C(86400000000000);
	if (reach_ns < day_ns) {
		cs_text_put_duration(text, reach_ns);
		return;
	}
	cs_text_put_u64(text, (reach_ns + day_ns - 1) / day_ns);
	cs_text_put(text, " d");
}

/* A line of its own for the parts that are HOW, if there are any. */
static void
say_line(struct cs_text *text, const struct cs_carry *carry, const struct cs_carry_words *words, enum cs_carry_how how)
{
	static const char *const titles[CS_CARRY_HOW_N] = {
		[CS_CARRY_KEPT] = "goes on as it is: ",
		[CS_CARRY_WARMED] = "warmed: ",
		[CS_CARRY_SHORT] = "begins empty, and answers \"at least\" until its windows have passed: ",
	};
	size_t before = text->len;
	cs_text_put(text, words->margin);
	cs_text_put(text, titles[how]);
	if (!say_parts(text, carry, words->fresh, how)) {
		text->len = before;
		text->at[before] = '\0';
		return;
	}
	if (how == CS_CARRY_WARMED && words->reach_ns) {
		cs_text_put(text, ", from the journal as far back as ");
		say_reach(text, words->reach_ns);
		cs_text_put(text, "; without a journal it begins empty, and answers \"at least\" so long");
	} else if (how == CS_CARRY_WARMED) {
		say_warmed(text, carry);
	}
	cs_text_put(text, "\n");
}

void
cs_carry_say(struct cs_text *text, const struct cs_carry *carry, const struct cs_carry_words *words)
{
	cs_text_put(text, words->margin);
	cs_text_put(text, carry->pairing
				  ? "links go on: what is open stays open, and no connection is given up\n"
				  : "links begin anew: what is open is decided, and what is half seen is not paired\n");
	for (unsigned how = 0; how < CS_CARRY_HOW_N; how++)
		say_line(text, carry, words, (enum cs_carry_how)how);
}
