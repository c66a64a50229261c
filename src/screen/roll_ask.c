/*
 * The query as bounds see it, before it is known what is like its words. See roll_bound.h.
 */
#include "screen/roll_bound.h"

enum {
	ROUNDING = 64,
	NEED_MOST = 1000000, /* no sum is so large */
	LOOSE_WEIGHT = 40,   /* tenths of a bit that an initial, or two, can agree by */
};

#define ADDS(e, weight)                                                                                                \
	+((weight) > 0 && (e) != CS_SCORE_BASE && (e) != CS_SCORE_AGREE && (e) != CS_SCORE_FAMILY &&                   \
			  (e) != CS_SCORE_TRADE_SAME && (e) != CS_SCORE_DATE_SAME && (e) != CS_SCORE_COUNTRY_SAME      \
		  ? (weight)                                                                                           \
		  : 0)

/* What evidence adds that bounds do not look at otherwise, by column; nothing, as long as it all takes away. */
static const int32_t sum_of_others[CS_SCORE_COLUMNS] = {0
#define E(symbol, words, person, organisation, vessel) ADDS(CS_SCORE_##symbol, person)
#include "screen/score.def"
#undef E
							,
							0
#define E(symbol, words, person, organisation, vessel) ADDS(CS_SCORE_##symbol, organisation)
#include "screen/score.def"
#undef E
							,
							0
#define E(symbol, words, person, organisation, vessel) ADDS(CS_SCORE_##symbol, vessel)
#include "screen/score.def"
#undef E
};

static int32_t
weight(const struct cs_roll_ask *ask, enum cs_score_evidence evidence)
{
	return cs_score_weights[evidence][ask->kind];
}

/* What evidence adds at most. */
static int32_t
gain(const struct cs_roll_ask *ask, enum cs_score_evidence evidence)
{
	return weight(ask, evidence) > 0 ? weight(ask, evidence) : 0;
}

static bool
is_coded(uint8_t class)
{
	return class == CS_NAME_PLACE || class == CS_NAME_TRADE || class == CS_NAME_NUMBER;
}

int32_t
cs_roll_ask_facts(const struct cs_roll_ask *ask, unsigned column)
{
	int32_t born = cs_score_weights[CS_SCORE_DATE_SAME][column],
		country = cs_score_weights[CS_SCORE_COUNTRY_SAME][column];
	return (ask->born && born > 0 ? born : 0) + (ask->country && country > 0 ? country : 0);
}

int32_t
cs_roll_loose_value(unsigned column)
{
	return cs_score_weights[CS_SCORE_AGREE][column] * LOOSE_WEIGHT / (LOOSE_WEIGHT + CS_SCORE_HALF_AGREE);
}

void
cs_roll_ask_turn(struct cs_roll_ask *ask, unsigned kind)
{
	ask->kind = kind;
	ask->fixed = weight(ask, CS_SCORE_BASE) + ROUNDING + sum_of_others[kind];
	ask->fixed += cs_roll_ask_facts(ask, kind);
	for (unsigned i = 0; i < ask->part_n; i++) {
		struct cs_roll_part *part = &ask->part[i];
		enum cs_score_evidence more = is_coded(part->class) ? CS_SCORE_TRADE_SAME : CS_SCORE_FAMILY;
		part->more = is_coded(part->class) || part->term->family[0] ? gain(ask, more) : 0;
		if (part->loose)
			ask->fixed += cs_roll_loose_value(kind);
	}
}

/* The least sum that reaches the line, but for such as cannot be. */
static int32_t
need_of(uint16_t line)
{
	int32_t need = cs_score_least_sum(line);
	return need > NEED_MOST ? NEED_MOST : need < -NEED_MOST ? -NEED_MOST : need;
}

void
cs_roll_ask_begin(const struct cs_name *query, const struct cs_score_facts *facts, uint16_t line,
		  struct cs_roll_ask *out)
{
	out->need = need_of(line);
	out->part_n = 0;
	out->all = out->runs = 0;
	out->total = 0;
	out->loose_n = out->loose_letters = 0, out->truncated = false;
	out->born = facts && facts->born_from, out->country = facts && facts->country;
	for (unsigned i = 0; i < query->part_n; i++) {
		const struct cs_name_part *from = &query->part[i];
		struct cs_roll_part *part = &out->part[out->part_n];
		if (from->class > CS_NAME_TRADE)
			continue;
		const struct cs_term *term = &query->token[from->token];
		*part = (struct cs_roll_part){.term = term, .weight = from->weight, .class = from->class};
		part->free = from->marks & (CS_NAME_ASIDE | CS_NAME_SHIP); /* a ship's prefix, of a ship alone */
		out->all |= UINT32_C(1) << out->part_n++;
		out->total += part->weight;
	}
	for (unsigned i = 0; i < out->part_n; i++)
		out->part[i].rest = (uint16_t)(out->total - out->part[i].weight);
	cs_roll_ask_turn(out, query->kind == CS_NAME_VESSEL ? 2 : query->kind == CS_NAME_ORGANISATION);
}
