/*
 * The plan: which of the words that are alike have their forms looked at. What agreement says bends down (agreed / (agreed +
 * half)), so a straight line that touches it somewhere lies above it everywhere: with such a line each part of the query has a
 * worth of its own for each way in which it may be met, and what is not looked for must not come to the line even when each part is
 * met in the best of those ways. Several lines are drawn; one that shows it is enough.
 */
#include "screen/roll_bound.h"

enum { LINES = 3, OPEN = -1, STEPS_MAX = CS_NAME_PARTS_MAX * CS_ROLL_TIERS, NEVER = -10000000, PARTS_LOG = 10 };

/* One number for each line; the last is there for the sake of vectors. */
typedef int32_t by_line __attribute__((vector_size(16)));

/* A way in which a part may be met: by words of a tier. */
struct way {
	by_line worth;
	unsigned tier;
	int64_t mass; /* forms that are to be looked at */
};

/* The best way to meet a part of those that are not walked; OPEN: by no listed word. */
struct part {
	by_line best, next; /* what it is worth; next: by the best of the others */
	by_line best_way;
	by_line open; /* what it is worth by no listed word */
	struct way way[CS_ROLL_TIERS];
	unsigned n;
};

struct plan {
	struct cs_roll_ask *ask;
	by_line each; /* what a tenth of a bit adds, in parts of one */
	by_line sum;  /* the most that what is not walked can come to */
	struct part part[CS_NAME_PARTS_MAX];
};

/* What it is worth that so much agrees and MORE is added. */
static by_line
worth(const struct plan *p, unsigned agreed, int32_t more)
{
	return (p->each * (int32_t)agreed >> PARTS_LOG) + 1 + more;
}

/* By each line the first where WHERE is set, else the other. */
static by_line
choose(by_line where, by_line a, by_line b)
{
	return (where & a) | (~where & b);
}

/* Finds the best way of a part, and adds it to the sums. */
static void
find_best(struct plan *p, unsigned i)
{
	struct part *part = &p->part[i];
	uint32_t walked = p->ask->part[i].walked;
	by_line best = part->open, next = best, way = {OPEN, OPEN, OPEN, OPEN};
	for (unsigned w = 0; w < part->n; w++) {
		by_line worth = part->way[w].worth, number = {0};
		if (walked >> part->way[w].tier & 1)
			continue;
		by_line better = worth > best;
		next = choose(better, best, choose(worth > next, worth, next));
		best = choose(better, worth, best);
		way = choose(better, number + (int32_t)w, way);
	}
	part->best = best, part->next = next, part->best_way = way;
	p->sum += best;
}

/* Draws the lines: each touches somewhere. */
static void
draw(struct plan *p)
{
	const struct cs_roll_ask *ask = p->ask;
	p->each = p->sum = (by_line){0};
	int64_t all = cs_score_weights[CS_SCORE_AGREE][ask->kind], half = CS_SCORE_HALF_AGREE;
	for (unsigned l = 0; l < LINES; l++) {
		int64_t agreed = (int64_t)ask->total * (LINES + 1 - l) / (LINES + 1);
		int64_t each = (all << PARTS_LOG) * half / ((agreed + half) * (agreed + half)) + 1;
		p->each[l] = (int32_t)each;
		p->sum[l] = (int32_t)(ask->fixed + all * agreed / (agreed + half) - (each * agreed >> PARTS_LOG) + 2);
	}
}

/* What a part is worth by each way; WHOLE: it may not be left over. */
static void
weigh_part(struct plan *p, unsigned i, bool whole)
{
	const struct cs_roll_part *part = &p->ask->part[i];
	struct part *out = &p->part[i];
	const by_line none = {0};
	out->open = none + (!whole || part->free || part->small ? -part->left : NEVER);
	if (part->class == CS_NAME_PROPER) {
		by_line low =
			worth(p, part->weight * part->low / 1000u, -cs_roll_cost_of(p->ask, CS_ROLL_EDIT_4, part->low));
		out->open = choose(low > out->open, low, out->open);
	}
	out->n = 0;
	for (unsigned t = 0; t < CS_ROLL_TIERS; t++) {
		bool coded = t == CS_ROLL_SAME && part->code_n;
		unsigned permille = coded ? 1000 : part->alike.best[t];
		if (!permille)
			continue;
		struct way *way = &out->way[out->n++];
		way->tier = t;
		way->worth = worth(p, cs_roll_agrees_by(part, t, permille),
				   part->more - cs_roll_cost_of(p->ask, t, permille));
		way->mass = (int64_t)part->alike.mass[t] + (t == CS_ROLL_SAME ? part->code_mass : 0) + 1;
	}
	find_best(p, i);
}

/* Walks the tier that gains most by a line for the forms that it has; false: there is none left. */
static bool
walk_one(struct plan *p, unsigned line)
{
	int64_t best_gain = 0, best_mass = 1;
	unsigned best_part = p->ask->part_n;
	for (unsigned i = 0; i < p->ask->part_n; i++) {
		const struct part *part = &p->part[i];
		if (part->best_way[line] == OPEN)
			continue;
		int64_t gain = (int64_t)part->best[line] - part->next[line] + 1;
		int64_t mass = part->way[part->best_way[line]].mass;
		if (best_part == p->ask->part_n || gain * best_mass > best_gain * mass)
			best_gain = gain, best_mass = mass, best_part = i;
	}
	if (best_part == p->ask->part_n)
		return false;
	struct part *part = &p->part[best_part];
	p->ask->part[best_part].walked |= UINT32_C(1) << part->way[part->best_way[line]].tier;
	p->sum -= part->best;
	find_best(p, best_part);
	return true;
}

void
cs_roll_plan(struct cs_roll_ask *ask, bool whole)
{
	struct plan p;
	p.ask = ask;
	draw(&p);
	for (unsigned i = 0; i < ask->part_n; i++)
		weigh_part(&p, i, whole);
	for (unsigned step = 0; step < STEPS_MAX; step++) {
		unsigned least = 0;
		for (unsigned l = 1; l < LINES; l++)
			least = p.sum[l] < p.sum[least] ? l : least;
		if (p.sum[least] < ask->need || !walk_one(&p, least))
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
