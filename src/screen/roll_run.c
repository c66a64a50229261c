/*
 * Words of a query that stand side by side, written together: the words of the roll that they are like, forms that have them cut
 * otherwise, and words that are the first letters of a firm.
 *
 * Nearly all runs are like nothing, so their keys are made from those of the words, without the letters, and the filter is asked
 * for all of them first.
 */
#include "screen/roll_run.h"
#include "base/prefetch.h"

enum {
	RUNS_MAX = CS_NAME_PARTS_MAX * (CS_ROLL_RUN_MAX - 1),
	SLIP_MIN = 6,    /* letters of a run that may be misspelled in its vowels */
	LETTERS_MIN = 3, /* that words begin with and a word may be, as in align.c */
	LETTERS_MAX = 6,
	SLIP_ALL_MIN = 8,    /* and in a consonant: of fewer, it would be no longer alike enough */
	SLIP_KNOWN_MIN = 10, /* the same, when all of its words are listed ones */
};

/* Letters, doubled ones once, as a polynomial: to put some together costs a multiplication. */
struct letters {
	uint64_t all;           /* 0: none */
	uint64_t power, before; /* the multiplier to the power of how many these are, and of one less */
	unsigned n;
	char first, last; /* 0: none */
};

/* Words side by side: what they sound like, and their letters without vowels. */
struct piece {
	struct letters sound, bare;
	unsigned len, bones;
	char first, last; /* letters */
};

/* A run of words of the query. */
struct run {
	uint32_t set;         /* its parts that identify */
	uint32_t bare, sound; /* keys */
	uint8_t at, n;        /* the first word, and how many */
	uint8_t slip_n;       /* keys in slip[] */
	bool by_bare, by_sound, by_bones, by_letters;
};

/* What is looked for, and what was found. */
struct finding {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	const struct cs_name *query;
	struct cs_roll_ask *ask;
	struct cs_roll_runs *runs;
	struct piece piece[CS_NAME_PARTS_MAX]; /* by part */
	struct run run[RUNS_MAX];
	uint32_t slip[RUNS_MAX]
		     [CS_ROLL_SLIP_KEYS_MAX]; /* by run: keys by which it is looked for as a word that is misspelled */
	struct cs_term term[RUNS_MAX];        /* of those that are looked for */
	unsigned run_n;
	uint32_t strange; /* parts that no listed word is */
};

/* Puts a letter behind others, but for 0. Which letters count cannot be guessed, so nothing is asked. */
static inline void
put_letter(struct letters *to, char c)
{
	bool more = c && c != to->last;
	to->all = to->all * (more ? CS_ROLL_MULTIPLIER : 1) + (more ? (uint8_t)c : 0);
	to->before = more ? to->power : to->before;
	to->power *= more ? CS_ROLL_MULTIPLIER : 1;
	to->first = to->n ? to->first : c;
	to->last = more ? c : to->last;
	to->n += more;
}

/* Puts letters behind others. */
static void
put_letters(struct letters *to, const struct letters *more)
{
	if (more->n == 0)
		return;
	bool once = to->last == more->first;
	uint64_t power = once ? more->before : more->power;
	to->all = to->all * power + more->all - (once ? (uint8_t)more->first * more->before : 0);
	to->power *= power;
	to->first = to->n ? to->first : more->first;
	to->last = more->last;
	to->n += more->n - once;
}

static void
make_piece(const struct cs_term *term, struct piece *out)
{
	struct letters sound = {.power = 1, .before = 1}, bare = sound;
	for (unsigned i = 0; i < term->sound_len; i++)
		put_letter(&sound, term->sound[i]);
	for (unsigned i = 0; i < term->len; i++) {
		const char c = cs_roll_bare_of(term->text[i]);
		put_letter(&bare, c == 'x' ? 'k' : c);
		put_letter(&bare, c == 'x' ? 's' : 0);
	}
	*out = (struct piece){.sound = sound, .bare = bare, .len = term->len, .bones = term->bones_len};
	out->first = term->text[0], out->last = term->len ? term->text[term->len - 1] : 0;
}

/* Puts a word behind a run; false: it is too long. */
static bool
lengthen(struct piece *run, const struct piece *word)
{
	if (run->len + word->len > CS_TERM_LETTERS_MAX)
		return false;
	put_letters(&run->sound, &word->sound);
	put_letters(&run->bare, &word->bare);
	run->first = run->len ? run->first : word->first;
	run->last = word->len ? word->last : run->last;
	run->len += word->len;
	run->bones += word->bones;
	return true;
}

/* Enters a run, and asks for what it is looked for in. */
static void
put_run(struct finding *s, const struct piece *piece, struct run run)
{
	uint64_t bare = piece->bare.all * CS_ROLL_MULTIPLIER + (uint8_t)cs_roll_bare_end(piece->first, piece->last);
	run.bare = cs_roll_key_end(bare, CS_ROLL_RUN);
	run.sound = cs_roll_key_end(piece->sound.all, CS_ROLL_SOUND);
	run.by_bare = piece->bare.n >= CS_ROLL_SKELETON_MIN;
	bool unvowelled = s->roll->unvowelled || cs_term_is_unvowelled(&s->query->token[s->query->part[run.at].token]);
	run.by_bones = unvowelled && piece->bones >= CS_LIKENESS_GLUED_BONES;
	cs_prefetch(cs_roll_filter_at(s->roll, run.bare));
	cs_prefetch(cs_roll_filter_at(s->roll, run.sound));
	s->run[s->run_n++] = run;
}

/* The runs from word AT on. FIRST: the number of the next part that identifies. */
static void
list_runs_at(struct finding *s, unsigned at, unsigned first)
{
	struct piece piece = s->piece[at];
	struct run run = {.at = (uint8_t)at, .n = 1};
	if (s->query->part[at].class <= CS_NAME_TRADE)
		run.set = UINT32_C(1) << first++;
	while (run.n < CS_ROLL_RUN_MAX && at + run.n < s->query->part_n) {
		unsigned next = at + run.n++;
		if (!lengthen(&piece, &s->piece[next]))
			return;
		if (s->query->part[next].class <= CS_NAME_TRADE)
			run.set |= UINT32_C(1) << first++;
		if (run.set && piece.len >= CS_LIKENESS_GLUED_LETTERS)
			put_run(s, &piece, run);
	}
}

static void
list_runs(struct finding *s)
{
	unsigned first = 0;
	s->run_n = 0;
	s->strange = 0;
	for (unsigned i = 0; i < s->ask->part_n; i++)
		s->strange |= s->ask->part[i].alike.best[CS_ROLL_SAME] == 1000 ? 0 : UINT32_C(1) << i;
	for (unsigned i = 0; i < s->query->part_n; i++)
		make_piece(&s->query->token[s->query->part[i].token], &s->piece[i]);
	for (unsigned i = 0; i + 1 < s->query->part_n; i++) {
		list_runs_at(s, i, first);
		first += s->query->part[i].class <= CS_NAME_TRADE;
	}
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

/* The letters of a run; how many. */
static unsigned
letters_of(const struct finding *s, const struct run *run, char letters[CS_TERM_LETTERS_MAX])
{
	unsigned len = 0;
	for (unsigned at = run->at; at < run->at + run->n; at++) {
		const struct cs_term *term = &s->query->token[s->query->part[at].token];
		memcpy(letters + len, term->text, term->len);
		len += term->len;
	}
	return len;
}

/* Makes the word that a run would be. */
static void
make_term(struct finding *s, unsigned i)
{
	const struct run *run = &s->run[i];
	char letters[CS_TERM_LETTERS_MAX];
	unsigned len = letters_of(s, run, letters);
	cs_term_make(letters, len, s->query->token[s->query->part[run->at].token].script, 0, &s->term[i]);
}

/* How a run is looked for as a word that is misspelled. Words are called by all their consonants; those that have enough of them without
 * one, too, and others without a letter: but only where the run is long, and longer when all of its words are listed
 * ones. */
static void
look_for_slips(struct finding *s, unsigned i)
{
	struct run *run = &s->run[i];
	uint32_t *slip = s->slip[i];
	char letters[CS_TERM_LETTERS_MAX];
	unsigned len = letters_of(s, run, letters), n = 0;
	bool latin = !cs_term_is_unvowelled(&s->query->token[s->query->part[run->at].token]);
	bool all = len >= (run->set & s->strange ? SLIP_ALL_MIN : SLIP_KNOWN_MIN);
	if (latin && len >= SLIP_MIN)
		n = cs_roll_slip_keys(letters, len, CS_ROLL_SLIP_WORD, slip);
	run->by_letters = latin && len >= SLIP_ALL_MIN && run->n == 2 && n <= 1;
	run->slip_n = (uint8_t)(all || n == 0 ? n : 1); /* the first is of all consonants */
	cs_roll_slip_ask(&s->roll->slip[CS_ROLL_SLIP_WORD], slip, run->slip_n);
}

/* May a run be like a word that is written without vowels? Nearly all are not, by the consonants of their words. */
static bool
passes_bones(const struct finding *s, const struct run *run)
{
	char bones[CS_TERM_BONES_MAX];
	uint32_t key[CS_ROLL_KEYS_MAX];
	unsigned n = 0;
	bool passes = false;
	if (cs_term_is_unvowelled(&s->query->token[s->query->part[run->at].token]))
		return true;
	for (unsigned at = run->at; at < run->at + run->n; at++) {
		const struct cs_term *word = &s->query->token[s->query->part[at].token];
		for (unsigned i = 0; i < word->bones_len && n < CS_TERM_BONES_MAX; i++)
			if (n == 0 || bones[n - 1] != word->bones[i])
				bones[n++] = word->bones[i];
	}
	unsigned keys = cs_roll_keys(bones, n, n >= 4, CS_ROLL_UNVOWELLED, key);
	for (unsigned i = 0; i < keys && !passes; i++)
		passes = cs_roll_passes_bones(s->roll, key[i]);
	return passes;
}

/* Makes ready what runs are looked for with, while what they are looked for in is on its way. */
static void
begin_runs(struct finding *s)
{
	const struct cs_roll_codes *codes = &s->roll->run;
	for (unsigned i = 0; i < s->run_n; i++)
		look_for_slips(s, i);
	for (unsigned i = 0; i < s->run_n; i++)
		if (s->run[i].by_bones && (s->run[i].by_bones = passes_bones(s, &s->run[i])))
			make_term(s, i);
	for (unsigned i = 0; i < s->run_n; i++) {
		struct run *run = &s->run[i];
		run->by_bare = run->by_bare && cs_roll_passes(s->roll, run->bare);
		run->by_sound = run->by_bare || cs_roll_passes(s->roll, run->sound);
		if (run->by_bare)
			cs_prefetch(&codes->from[run->bare >> codes->shift]);
		run->slip_n = (uint8_t)cs_roll_slip_pass(&s->roll->slip[CS_ROLL_SLIP_WORD], s->slip[i], run->slip_n);
		if ((run->by_sound || run->slip_n || run->by_letters) && !run->by_bones)
			make_term(s, i);
	}
	for (unsigned i = 0; i < s->run_n; i++)
		if (s->run[i].by_bare)
			cs_prefetch(&codes->at[codes->from[s->run[i].bare >> codes->shift]]);
}

/* Looks for a run. */
static void
find_run(struct finding *s, unsigned i)
{
	const struct run *run = &s->run[i];
	struct cs_roll_run look = {.term = &s->term[i],
				   .bare = run->bare,
				   .by_bare = run->by_bare,
				   .by_sound = run->by_sound,
				   .by_bones = run->by_bones,
				   .by_letters = run->by_letters,
				   .slip = s->slip[i],
				   .slip_n = run->slip_n,
				   .strange = run->set & s->strange};
	if (!look.by_sound && !look.by_bones && !look.slip_n && !look.by_letters)
		return;
	unsigned found =
		cs_roll_run_near(s->roll, s->desk, &look, s->runs->near + s->runs->n, CS_ROLL_RUN_NEARS - s->runs->n);
	put_runs(s, found, run->set);
	if (found)
		s->runs->terms[s->runs->term_n++] = s->term[i];
}

/* Words that are these letters, which SET begins with. */
static void
find_letters(struct finding *s, struct cs_span letters, uint32_t set)
{
	uint32_t word[CS_ROLL_RUN_NEARS];
	unsigned found = cs_roll_exact_words(s->roll, letters, word, CS_ROLL_RUN_NEARS - s->runs->n);
	for (unsigned i = 0; i < found; i++)
		s->runs->near[s->runs->n + i] = (struct cs_roll_near){.feature = word[i], .permille = 1000};
	put_runs(s, found, set);
}

/* Words that are the first letters of all words of a firm. */
static void
find_first_letters(struct finding *s)
{
	char letters[8];
	for (unsigned forms = 0; forms < 2; forms++) {
		unsigned n = cs_roll_first_letters(s->query, forms, letters);
		if (n)
			find_letters(s, cs_roll_span_of(letters, n), s->ask->all);
	}
}

/* Words that are the first letters of some words of a firm side by side, from word AT on. FIRST: as in list_runs_at. */
static void
find_some_letters(struct finding *s, unsigned at, unsigned first)
{
	char letters[LETTERS_MAX];
	uint32_t set = 0;
	for (unsigned i = at, n = 0; i < s->query->part_n && n < LETTERS_MAX; i++) {
		const struct cs_name_part *part = &s->query->part[i];
		if (part->class > CS_NAME_TRADE && part->class != CS_NAME_FORM)
			continue;
		set |= part->class <= CS_NAME_TRADE ? UINT32_C(1) << first++ : 0;
		letters[n++] = s->query->token[part->token].text[0];
		if (n >= LETTERS_MIN && set)
			find_letters(s, cs_roll_span_of(letters, n), set);
	}
}

void
cs_roll_find_runs(const struct cs_roll *roll, struct cs_roll_desk *desk, struct cs_roll_ask *ask,
		  struct cs_roll_runs *out)
{
	struct finding s;
	s.roll = roll, s.desk = desk, s.query = &desk->query.name, s.ask = ask, s.runs = out;
	out->n = out->term_n = 0;
	list_runs(&s);
	begin_runs(&s);
	for (unsigned i = 0; i < s.run_n && out->term_n < CS_ROLL_RUN_TERMS - 1; i++)
		find_run(&s, i);
	if (s.query->kind != CS_NAME_ORGANISATION)
		return;
	find_first_letters(&s);
	for (unsigned i = 0, first = 0; i < s.query->part_n; i++) {
		bool counts = s.query->part[i].class <= CS_NAME_TRADE;
		if (counts || s.query->part[i].class == CS_NAME_FORM)
			find_some_letters(&s, i, first);
		first += counts;
	}
}
