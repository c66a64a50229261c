/*
 * The plan: which of the words that are alike have their forms looked at. What agreement says bends down (agreed / (agreed +
 * half)), so a straight line that touches it somewhere lies above it everywhere: with such a line each part of the query has a
 * worth of its own for each way in which it may be met, and what is not looked for must not come to the line even when each part is
 * met in the best of those ways. Several lines are drawn; one that shows it is enough.
 */
#include "screen/roll_bound.h"

enum { LINES = 3, OPEN = CS_ROLL_TIERS, STEPS_MAX = CS_NAME_PARTS_MAX * CS_ROLL_TIERS, NEVER = -10000000 };

/* A way in which a part may be met: by words of a tier. */
struct way {
	unsigned tier;
	unsigned agreed; /* tenths of a bit */
	int32_t more;    /* what it adds beside that, less what it costs */
	int64_t mass;    /* forms that are to be looked at */
};

/* A part, whatever the line. */
struct part {
	struct way way[CS_ROLL_TIERS];
	unsigned n;
	unsigned low; /* what may agree by words that are not listed, at the cost of */
	int32_t low_more;
	int32_t left; /* what it is worth when it is left over */
};

/* The best way to meet a part of those that are not walked, by one line; OPEN: by no listed word. */
struct best {
	int32_t worth, next; /* next: by the best of the others */
	unsigned way, tier;
};

/* A straight line above what agreement says. */
struct line {
	int64_t each;                                    /* millionths that a tenth of a bit adds */
	int64_t sum;                                     /* the most that what is not walked can come to */
	int32_t worth[CS_NAME_PARTS_MAX][CS_ROLL_TIERS]; /* of the ways of each part */
	int32_t open[CS_NAME_PARTS_MAX];
	struct best best[CS_NAME_PARTS_MAX];
};

struct plan {
	struct cs_roll_ask *ask;
	unsigned drawn; /* lines */
	struct line line[LINES];
	struct part part[CS_NAME_PARTS_MAX];
};

/* The ways in which a part may be met; WHOLE: it may not be left over. */
static void
list_ways(const struct cs_roll_ask *ask, const struct cs_roll_part *part, bool whole, struct part *out)
{
	out->low = 0, out->low_more = NEVER;
	if (part->class == CS_NAME_PROPER) {
		out->low = part->weight * CS_ROLL_LOW_MOST / 1000u;
		out->low_more = -cs_roll_cost_of(ask, CS_ROLL_EDIT_4, CS_ROLL_LOW_MOST);
	}
	out->left = !whole || part->free || part->small ? -part->left : NEVER;
	out->n = 0;
	for (unsigned t = 0; t < CS_ROLL_TIERS; t++) {
		bool coded = t == CS_ROLL_SAME && part->code_n;
		unsigned permille = coded ? 1000 : part->alike.best[t];
		if (!permille)
			continue;
		struct way *way = &out->way[out->n++];
		way->tier = t;
		way->agreed = cs_roll_agrees_by(part, t, permille);
		way->more = part->more - cs_roll_cost_of(ask, t, permille);
		way->mass = (int64_t)part->alike.mass[t] + (t == CS_ROLL_SAME ? part->code_mass : 0) + 1;
	}
}

/* What it is worth by a line that so much agrees. */
static int32_t
worth(const struct line *line, unsigned agreed, int32_t more)
{
	return (int32_t)(line->each * agreed / 1000000) + 1 + more;
}

static void
find_best(const struct plan *p, struct line *line, unsigned i)
{
	const struct part *part = &p->part[i];
	uint32_t walked = p->ask->part[i].walked;
	struct best best = {.worth = line->open[i], .next = NEVER, .tier = OPEN};
	for (unsigned w = 0; w < part->n; w++) {
		int32_t value = line->worth[i][w];
		if (walked >> part->way[w].tier & 1)
			continue;
		if (value > best.worth) {
			best.next = best.worth;
			best.worth = value, best.way = w, best.tier = part->way[w].tier;
		} else if (value > best.next)
			best.next = value;
	}
	line->best[i] = best;
}

/* Draws the next line: it touches at AGREED. */
static void
draw(struct plan *p, int64_t agreed)
{
	const struct cs_roll_ask *ask = p->ask;
	struct line *line = &p->line[p->drawn++];
	int64_t all = cs_score_weights[CS_SCORE_AGREE][ask->kind], half = CS_SCORE_HALF_AGREE;
	line->each = all * 1000000 * half / ((agreed + half) * (agreed + half)) + 1;
	line->sum = ask->fixed + all * agreed / (agreed + half) - line->each * agreed / 1000000 + 2;
	for (unsigned i = 0; i < ask->part_n; i++) {
		const struct part *part = &p->part[i];
		int32_t low = part->low_more == NEVER ? NEVER : worth(line, part->low, part->low_more);
		line->open[i] = low > part->left ? low : part->left;
		for (unsigned w = 0; w < part->n; w++)
			line->worth[i][w] = worth(line, part->way[w].agreed, part->way[w].more);
		find_best(p, line, i);
		line->sum += line->best[i].worth;
	}
}

/* The line by which what is not walked comes to least; lines are drawn until one shows that it is not enough. */
static struct line *
least_line(struct plan *p)
{
	struct line *least = NULL;
	for (unsigned l = 0; l < LINES && (!least || least->sum >= p->ask->need); l++) {
		if (l == p->drawn)
			draw(p, (int64_t)p->ask->total * (LINES + 1 - l) / (LINES + 1));
		if (!least || p->line[l].sum < least->sum)
			least = &p->line[l];
	}
	return least;
}

/* Walks a tier of a part. */
static void
walk(struct plan *p, unsigned i, unsigned tier)
{
	p->ask->part[i].walked |= UINT32_C(1) << tier;
	for (unsigned l = 0; l < p->drawn; l++) {
		struct line *line = &p->line[l];
		line->sum -= line->best[i].worth;
		find_best(p, line, i);
		line->sum += line->best[i].worth;
	}
}

/* Walks the tier that gains most for the forms that it has; false: there is none left. */
static bool
walk_one(struct plan *p, const struct line *line)
{
	int64_t best_gain = 0, best_mass = 1;
	unsigned best_part = p->ask->part_n;
	for (unsigned i = 0; i < p->ask->part_n; i++) {
		const struct best *best = &line->best[i];
		if (best->tier == OPEN)
			continue;
		int64_t gain = (int64_t)best->worth - best->next + 1, mass = p->part[i].way[best->way].mass;
		if (best_part == p->ask->part_n || gain * best_mass > best_gain * mass)
			best_gain = gain, best_mass = mass, best_part = i;
	}
	if (best_part == p->ask->part_n)
		return false;
	walk(p, best_part, line->best[best_part].tier);
	return true;
}

void
cs_roll_plan(struct cs_roll_ask *ask, bool whole)
{
	struct plan p;
	p.ask = ask, p.drawn = 0;
	for (unsigned i = 0; i < ask->part_n; i++)
		list_ways(ask, &ask->part[i], whole, &p.part[i]);
	for (unsigned step = 0; step < STEPS_MAX; step++) {
		struct line *least = least_line(&p);
		if (least->sum < ask->need || !walk_one(&p, least))
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
