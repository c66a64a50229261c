/*
 * What a form can come to at most, as a search sees it. See roll_bound.c. Read by roll*.c alone.
 */
#ifndef CS_SCREEN_ROLL_BOUND_H
#define CS_SCREEN_ROLL_BOUND_H

#include "screen/roll_parts.h"

/* A part of the query that identifies, as bounds see it: part I is bit I. */
struct cs_roll_part {
	const struct cs_term *term;
	uint16_t weight;
	uint16_t rest; /* what all other parts weigh */
	uint8_t class;
	bool free;      /* it costs nothing when it is left over */
	bool loose;     /* it may agree with what is not listed, a little */
	bool small;     /* the same, beside a title, a particle or a form */
	uint16_t low;   /* how alike it may be to a word that is not listed, thousandths */
	int32_t more;   /* what it can add beside agreeing */
	int32_t left;   /* what it costs at least to leave it over */
	int32_t most;   /* the same, and what it does not say then */
	int32_t lost;   /* what it does not say then, unless it agrees a little with something */
	int32_t lacked; /* the least of `most`, and of what it costs that it agrees a little with something */
	struct cs_roll_alike alike;
	uint32_t code[2]; /* features that are no words */
	unsigned code_n;
	uint32_t code_mass; /* forms that have them */
	uint32_t walked;    /* tiers whose forms are looked at: one bit each */
};

/* What counts when a form leaves words over, beside what the parts of the query come to. */
enum cs_roll_left {
	CS_ROLL_LEFT_NOTHING, /* nothing: it may be taken for something */
	CS_ROLL_LEFT_EACH,    /* its weight */
	CS_ROLL_LEFT_OTHER,   /* the query leaves words over, too: they are other words */
};

/* What is known of a set of parts that a form is like. */
struct cs_roll_limit {
	uint32_t search;             /* in which it was found out */
	int32_t without, low;        /* by how much it is more than is needed; and when other parts agree a little */
	int32_t other;               /* as `without`, when both leave words over */
	int32_t low_other;           /* as `low`, when the form leaves words over, and so do parts of the query */
	int32_t low_each;            /* the same, when no part is left over; but for what the form leaves over */
	uint16_t agreed, low_agreed; /* what agrees; what does then */
	uint8_t left;                /* enum cs_roll_left */
};

/* By what else is known of the form: flags of its brief. */
enum { CS_ROLL_WAYS = 4 };

/* The query, as bounds see it. */
struct cs_roll_ask {
	unsigned kind;      /* column of weights */
	int32_t need;       /* the least sum that reaches the line */
	int32_t fixed;      /* what the sum may be before anything is held against anything */
	uint32_t all;       /* all parts */
	uint32_t runs;      /* parts that are like a word together with others */
	bool born, country; /* what is known of the party */
	unsigned loose_n;   /* parts that are loose */
	uint32_t
		loose_letters; /* of these parts, as in cs_term: what forms leave over that begins so may agree with them */
	bool truncated;        /* not all that is alike could be listed */
	unsigned part_n, total; /* parts, and what they weigh */
	int32_t all_agree;      /* what it says that all agrees, by the weights of the query's own kind */
	int32_t slope;          /* what a tenth of a bit more adds at least, in 256ths */
	struct cs_roll_part part[CS_NAME_PARTS_MAX];
	uint32_t search;
	struct cs_roll_limit table[CS_SCORE_COLUMNS][CS_ROLL_WAYS][1 << CS_ROLL_TABLE_PARTS];
	struct cs_roll_limit latest; /* of a name of more parts */
	/* What parts cost that are left over, by how much agrees, for names of more parts. */
	int32_t left_all[CS_ROLL_STEPS + 1], left_each[CS_ROLL_STEPS + 1][CS_NAME_PARTS_MAX];
};

/* cs_roll_ask_begin fills in what does not depend on the words that are alike. */
void cs_roll_ask_begin(const struct cs_name *query, const struct cs_score_facts *facts, uint16_t line,
		       struct cs_roll_ask *out);

/* cs_roll_ask_turn makes it use the weights of another column. */
void cs_roll_ask_turn(struct cs_roll_ask *ask, unsigned kind);

/* cs_roll_ask_facts tells what `fixed` has for dates and countries, by a column of weights. */
int32_t cs_roll_ask_facts(const struct cs_roll_ask *ask, unsigned column);

/* cs_roll_ask_weigh fills in what does. */
void cs_roll_ask_weigh(struct cs_roll_ask *ask);

/* cs_roll_all_agree tells what it comes to when all agrees, by the weights of a column. */
int32_t cs_roll_all_agree(const struct cs_roll_ask *ask, unsigned kind);

/* cs_roll_plan chooses which words' forms are looked at (`walked`, beside those that are already), so that no other form can reach the
 * line; WHOLE: no other form of which all parts of the query are found. */
void cs_roll_plan(struct cs_roll_ask *ask, bool whole);

/* cs_roll_limit_of tells what a form may come to whose words are like the parts of SET. FLAGS of its brief. */
const struct cs_roll_limit *cs_roll_limit_of(struct cs_roll_ask *ask, uint32_t set, unsigned flags);

/* cs_roll_limit_by is the same by the weights of another column; of names of up to CS_ROLL_TABLE_PARTS parts. */
const struct cs_roll_limit *cs_roll_limit_by(struct cs_roll_ask *ask, unsigned column, uint32_t set, unsigned flags);

/* cs_roll_price_of tells what a form comes to less than if it agreed wholly with a part, at least, when it agrees by a word of TIER
 * that is so alike. */
int32_t cs_roll_price_of(const struct cs_roll_ask *ask, const struct cs_roll_part *part, unsigned tier,
			 unsigned permille);

/* cs_roll_cost_left tells what it costs by the weights of COLUMN that a form leaves so much over. */
int32_t cs_roll_cost_left(unsigned column, unsigned left, unsigned agreed);

/* Parts of the query that a form agrees with, and what that costs. */
struct cs_roll_agreement {
	unsigned agreed; /* tenths of a bit */
	int32_t cost, more;
	uint32_t open;  /* parts that are like nothing */
	unsigned flags; /* of the form's brief */
};

/* cs_roll_sum_with gives the sum, when LOW of the open parts agree a little and the others are left over. */
int32_t cs_roll_sum_with(const struct cs_roll_ask *ask, const struct cs_roll_agreement *a, uint32_t low);

/* cs_roll_sum_with_other gives the sum, when what is left over of both is another word. */
int32_t cs_roll_sum_with_other(const struct cs_roll_ask *ask, const struct cs_roll_agreement *a);

/* cs_roll_sums_of gives the most that it comes to when at least one part agrees a little, and when none does. */
void cs_roll_sums_of(const struct cs_roll_ask *ask, struct cs_roll_agreement a, int32_t *with_low, int32_t *without);

/* cs_roll_left_of tells what counts of what the form leaves over. */
enum cs_roll_left cs_roll_left_of(const struct cs_roll_ask *ask, const struct cs_roll_agreement *a);

/* cs_roll_cost_of_near tells what a match by a word of TIER that is so alike costs, unless it costs less to leave the part over. */
int32_t cs_roll_cost_of_near(const struct cs_roll_ask *ask, const struct cs_roll_part *part, unsigned tier,
			     unsigned permille);

/* cs_roll_loose_value tells what `fixed` has for a part that is loose, by a column of weights. */
int32_t cs_roll_loose_value(unsigned column);

/* cs_roll_cost_of tells what a match by a word of TIER that is so alike costs. */
static inline int32_t
cs_roll_cost_of(const struct cs_roll_ask *ask, unsigned tier, unsigned permille)
{
	static const struct {
		uint8_t evidence;
		bool counts, missing; /* by what is MISSING to be the same */
	} of[CS_ROLL_TIERS_ALL] = {
		[CS_ROLL_BONES] = {CS_SCORE_DOUBT_BONES, true, true},
		[CS_ROLL_EDIT_1] = {CS_SCORE_DOUBT, true, true},
		[CS_ROLL_EDIT_2] = {CS_SCORE_DOUBT, true, true},
		[CS_ROLL_EDIT_3] = {CS_SCORE_DOUBT, true, true},
		[CS_ROLL_EDIT_4] = {CS_SCORE_DOUBT, true, true},
		[CS_ROLL_SHORTENED] = {CS_SCORE_SHORTENED, true, false},
		[CS_ROLL_INITIAL] = {CS_SCORE_INITIAL, true, false},
	};
	int32_t weight = cs_score_weights[of[tier].evidence][ask->kind];
	if (!of[tier].counts || weight >= 0)
		return 0;
	return of[tier].missing ? -weight * (1000 - (int32_t)permille) / 1000 : -weight;
}

/* cs_roll_agrees_by tells how much agrees then, in tenths of a bit. */
static inline unsigned
cs_roll_agrees_by(const struct cs_roll_part *part, unsigned tier, unsigned permille)
{
	unsigned most_weight = part->weight;
	if (tier == CS_ROLL_INITIAL && most_weight > CS_LIKENESS_INITIAL_WEIGHT)
		most_weight = CS_LIKENESS_INITIAL_WEIGHT;
	if (tier == CS_ROLL_BONES) {
		unsigned bones = (part->term->bones_len + CS_LIKENESS_SPELLED_MORE) * CS_LIKENESS_BONE_WEIGHT;
		most_weight = bones < most_weight ? bones : most_weight;
	}
	return most_weight * permille / 1000;
}

/* cs_roll_is_begun tells whether a feature of a form is a word with which a loose part may agree. */
static inline bool
cs_roll_is_begun(const struct cs_roll *roll, const struct cs_roll_ask *ask, uint32_t feature)
{
	unsigned first = feature < roll->word_n ? (unsigned)(uint8_t)roll->word[feature].text[0] - 'a' : UINT8_MAX;
	return first < 26 && ask->loose_letters >> first & 1;
}

static inline int32_t
cs_roll_lesser(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static inline int32_t
cs_roll_more(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* cs_roll_left_for tells how much must be left over to cost so much; UINT16_MAX: nothing costs so much. */
unsigned cs_roll_left_for(unsigned column, int32_t cost, unsigned agreed);

/* A form that is looked at. */
struct cs_roll_met {
	const struct cs_roll *roll;
	uint32_t form;
	uint32_t extra;                   /* parts that it has written apart */
	const struct cs_term *extra_term; /* what is written apart */
	unsigned n, flags;
	struct cs_roll_feature feature[CS_ROLL_FEATURES_MAX];
};

/* Words of a form side by side that are TERM written apart, but for little: those from part AT on, N of them. Begin with zeros, but for
 * what is asked and whether TERM is unvowelled. */
struct cs_roll_apart {
	uint32_t form;
	const struct cs_term *term;
	unsigned at, n;
	unsigned len;    /* letters of those that were gone through */
	uint32_t set;    /* which letters */
	bool unvowelled; /* one of them, or the term, is */
};

/* cs_roll_next_apart finds the next; false: there is none. */
bool cs_roll_next_apart(const struct cs_roll *roll, struct cs_roll_apart *walk);

/* cs_roll_is_apart tells whether words of a form that stand side by side are TERM written apart, but for little. */
bool cs_roll_is_apart(const struct cs_roll *roll, uint32_t form, const struct cs_term *term);

/* cs_roll_bound_of tells the most that a form can come to. */
int32_t cs_roll_bound_of(const struct cs_roll_ask *ask, const struct cs_roll_mark *mark, const struct cs_roll_met *met);

#endif
