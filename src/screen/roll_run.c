/*
 * Words of a query that stand side by side, written together: the words of the roll that they are like, forms that have them cut
 * otherwise, and words that are the first letters of a firm.
 */
#include "screen/roll_run.h"

/* What is looked for, and what was found. */
struct finding {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	const struct cs_name *query;
	struct cs_roll_ask *ask;
	struct cs_roll_runs *runs;
};

/* Puts a word behind a run; false: it is too long. */
static bool
lengthen(struct cs_roll_run *run, const struct cs_term *term)
{
	if (run->len + term->len > CS_TERM_LETTERS_MAX)
		return false;
	memcpy(run->letters + run->len, term->text, term->len);
	run->len += term->len;
	run->bones += term->bones_len;
	for (unsigned i = 0; i < term->sound_len && run->sound_len < sizeof run->sound; i++)
		if (run->sound_len == 0 || run->sound[run->sound_len - 1] != term->sound[i])
			run->sound[run->sound_len++] = term->sound[i];
	return true;
}

/* What was found behind the others is like SET. */
static void
put_runs(struct finding *s, unsigned n, uint32_t set)
{
	for (unsigned i = s->runs->n; i < s->runs->n + n; i++) {
		s->runs->set[i] = set;
		s->runs->term[i] = (uint8_t)s->runs->term_n;
	}
	s->runs->n += n;
	s->ask->runs |= n ? set : 0;
}

/* Words of the query from AT on, written together. FIRST: the number of the next part that identifies. */
static void
find_runs_at(struct finding *s, unsigned at, unsigned first)
{
	struct cs_roll_run run = {.script = s->query->token[s->query->part[at].token].script};
	uint32_t set = 0;
	for (unsigned n = 1; n <= CS_ROLL_RUN_MAX && at + n <= s->query->part_n; n++) {
		const struct cs_name_part *part = &s->query->part[at + n - 1];
		if (!lengthen(&run, &s->query->token[part->token]))
			return;
		if (part->class <= CS_NAME_TRADE)
			set |= UINT32_C(1) << first++;
		if (n == 1 || !set || run.len < CS_ROLL_RUN_LETTERS_MIN || s->runs->term_n == CS_ROLL_RUN_TERMS - 1)
			continue;
		unsigned found = cs_roll_run_near(s->roll, s->desk, &run, s->runs->near + s->runs->n,
						  CS_ROLL_RUN_NEARS - s->runs->n);
		put_runs(s, found, set);
		if (found)
			cs_roll_run_term(&run, &s->runs->terms[s->runs->term_n++]);
	}
}

/* Words that are the first letters of a firm. */
static void
find_first_letters(struct finding *s)
{
	char letters[8];
	uint32_t word[CS_ROLL_RUN_NEARS];
	for (unsigned forms = 0; forms < 2; forms++) {
		unsigned n = cs_roll_first_letters(s->query, forms, letters);
		if (n == 0)
			continue;
		unsigned found = cs_roll_exact_words(s->roll, cs_roll_span_of(letters, n),
						     cs_roll_key_of(letters, n, CS_ROLL_TEXT), word,
						     CS_ROLL_RUN_NEARS - s->runs->n);
		for (unsigned i = 0; i < found; i++)
			s->runs->near[s->runs->n + i] = (struct cs_roll_near){.feature = word[i], .permille = 1000};
		put_runs(s, found, s->ask->all);
	}
}

void
cs_roll_find_runs(const struct cs_roll *roll, struct cs_roll_desk *desk, struct cs_roll_ask *ask,
		  struct cs_roll_runs *out)
{
	struct finding s = {roll, desk, &desk->query.name, ask, out};
	out->n = out->term_n = 0;
	for (unsigned i = 0, first = 0; i < s.query->part_n; i++) {
		find_runs_at(&s, i, first);
		first += s.query->part[i].class <= CS_NAME_TRADE;
	}
	if (s.query->kind == CS_NAME_ORGANISATION)
		find_first_letters(&s);
}
