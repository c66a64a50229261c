/*
 * The plan: which of the words that are alike have their forms looked at. What agreement says bends down (agreed / (agreed +
 * half)), so a straight line that touches it somewhere lies above it everywhere: with such a line each part of the query has a
 * worth of its own for each way in which it may be met, and what is not looked for must not come to the line even when each part is
 * met in the best of those ways. Several lines are drawn; one that shows it is enough.
 */
#include "screen/roll_parts.h"

enum { LINES = 3, WAYS = CS_ROLL_TIERS + 1, STEPS_MAX = CS_NAME_PARTS_MAX * CS_ROLL_TIERS, NEVER = -10000000 };

struct plan {
	const struct cs_roll_ask *ask;
	bool whole;                                    /* no part may be left over */
	int64_t start[LINES], each[LINES];             /* sum without any part; millionths that a tenth of a bit adds */
	int32_t worth[LINES][CS_NAME_PARTS_MAX][WAYS]; /* the last way: by no listed word */
};

/* Draws a line that touches at AGREED. */
static void
draw(struct plan *p, unsigned line, int64_t agreed)
{
	int64_t all = cs_score_weights[CS_SCORE_AGREE][p->ask->kind], half = CS_SCORE_HALF_AGREE;
	p->each[line] = all * 1000000 * half / ((agreed + half) * (agreed + half)) + 1;
	p->start[line] = p->ask->fixed + all * agreed / (agreed + half) - p->each[line] * agreed / 1000000 + 2;
}

static int32_t
worth(const struct plan *p, unsigned line, unsigned agreed, int32_t more)
{
	return (int32_t)(p->each[line] * agreed / 1000000) + 1 + more;
}

/* What part I is worth by each way. */
static void
weigh_part(struct plan *p, unsigned line, unsigned i)
{
	const struct cs_roll_part *part = &p->ask->part[i];
	int32_t *out = p->worth[line][i];
	unsigned low = part->weight * CS_ROLL_LOW_MOST / 1000u;
	bool open = !p->whole || part->free || part->small;
	out[CS_ROLL_TIERS] = open ? -part->left : NEVER;
	if (part->class == CS_NAME_PROPER) {
		int32_t value = worth(p, line, low, -cs_roll_cost_of(p->ask, CS_ROLL_EDIT_4, CS_ROLL_LOW_MOST));
		out[CS_ROLL_TIERS] = value > out[CS_ROLL_TIERS] ? value : out[CS_ROLL_TIERS];
	}
	for (unsigned t = 0; t < CS_ROLL_TIERS; t++) {
		unsigned permille = t == CS_ROLL_SAME && part->code_n ? 1000 : part->alike.best[t];
		out[t] = permille ? worth(p, line, cs_roll_agrees_by(part, t, permille),
					  part->more - cs_roll_cost_of(p->ask, t, permille))
				  : NEVER;
	}
}

/* The best way to meet a part of those that are not walked. */
static unsigned
best_way(const struct plan *p, unsigned line, unsigned i, uint32_t walked)
{
	unsigned best = CS_ROLL_TIERS;
	for (unsigned t = 0; t < CS_ROLL_TIERS; t++)
		if (!(walked >> t & 1) && p->worth[line][i][t] > p->worth[line][i][best])
			best = t;
	return best;
}

/* The most that what is not walked can come to, by one line. */
static int64_t
sum_unwalked(const struct plan *p, unsigned line)
{
	int64_t sum = p->start[line];
	for (unsigned i = 0; i < p->ask->part_n; i++)
		sum += p->worth[line][i][best_way(p, line, i, p->ask->part[i].walked)];
	return sum;
}

/* How many forms a tier of a part has. */
static int64_t
mass_of(const struct cs_roll_part *part, unsigned tier)
{
	return (int64_t)part->alike.mass[tier] + (tier == CS_ROLL_SAME ? part->code_mass : 0) + 1;
}

/* Walks the tier that gains most for the forms that it has; false: there is none left. */
static bool
walk_one(const struct plan *p, struct cs_roll_ask *ask, unsigned line)
{
	int64_t best_gain = 0, best_mass = 1;
	unsigned best_part = ask->part_n, best_tier = 0;
	for (unsigned i = 0; i < ask->part_n; i++) {
		const int32_t *worths = p->worth[line][i];
		unsigned way = best_way(p, line, i, ask->part[i].walked);
		if (way == CS_ROLL_TIERS)
			continue;
		unsigned next = best_way(p, line, i, ask->part[i].walked | UINT32_C(1) << way);
		int64_t gain = (int64_t)worths[way] - worths[next] + 1, mass = mass_of(&ask->part[i], way);
		if (best_part == ask->part_n || gain * best_mass > best_gain * mass)
			best_gain = gain, best_mass = mass, best_part = i, best_tier = way;
	}
	if (best_part == ask->part_n)
		return false;
	ask->part[best_part].walked |= UINT32_C(1) << best_tier;
	return true;
}

void
cs_roll_plan(struct cs_roll_ask *ask, bool whole)
{
	struct plan p;
	p.ask = ask, p.whole = whole;
	for (unsigned line = 0; line < LINES; line++) {
		draw(&p, line, (int64_t)ask->total * (LINES + 1 - line) / (LINES + 1));
		for (unsigned i = 0; i < ask->part_n; i++)
			weigh_part(&p, line, i);
	}
	for (unsigned step = 0; step < STEPS_MAX; step++) {
		unsigned best = 0;
		int64_t least = sum_unwalked(&p, 0);
		for (unsigned line = 1; line < LINES && least >= ask->need; line++) {
			int64_t sum = sum_unwalked(&p, line);
			if (sum < least)
				least = sum, best = line;
		}
		if (least < ask->need || !walk_one(&p, ask, best))
			return;
	}
}

int32_t
cs_roll_all_agree(const struct cs_roll_ask *ask, unsigned kind)
{
	unsigned total = ask->total;
	int32_t sum = ask->fixed - cs_score_weights[CS_SCORE_BASE][ask->kind] + cs_score_weights[CS_SCORE_BASE][kind];
	for (unsigned i = 0; i < ask->part_n; i++) {
		bool word = ask->part[i].class == CS_NAME_PROPER || ask->part[i].class == CS_NAME_PATRONYMIC;
		int32_t more = cs_score_weights[word ? CS_SCORE_FAMILY : CS_SCORE_TRADE_SAME][kind];
		sum += more > 0 && (!word || ask->part[i].term->family[0]) ? more : 0;
	}
	return sum + (int32_t)((int64_t)cs_score_weights[CS_SCORE_AGREE][kind] *
			       (int32_t)(total * 1000 / (total + CS_SCORE_HALF_AGREE)) / 1000);
}
