/*
 * What a search looks at beside keys: forms in short, forms by feature, words by what they share. See
 * roll_parts.h.
 */
#include "base/hash.h"
#include "screen/roll_run.h"

#include <stdlib.h>

enum {
	LETTERS_MIN = 3,
	LETTERS_MAX = 6,
	CODES_A_PART = 1,
	SETS_OF_LETTERS = 2,
	SMALL_MIN = 3,
	DIGIT_BIT = 26,
	GROUPS_MAX = 5 + 27
};

static bool
identifies(const struct cs_name_part *part)
{
	return part->class <= CS_NAME_TRADE;
}

static bool
is_coded(const struct cs_name_part *part)
{
	return part->class == CS_NAME_PLACE || part->class == CS_NAME_TRADE || part->class == CS_NAME_NUMBER;
}

bool
cs_roll_may_abbreviate(const struct cs_term *term)
{
	const uint32_t vowels = 1 << 0 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20;
	for (unsigned i = 1; i < term->len; i++)
		if (term->text[i] >= 'a' && vowels >> (term->text[i] - 'a') & 1)
			return false;
	return term->len >= LETTERS_MIN;
}

unsigned
cs_roll_first_letters(const struct cs_name *name, bool forms, char out[8])
{
	unsigned n = 0;
	for (unsigned i = 0; i < name->part_n; i++) {
		const struct cs_name_part *part = &name->part[i];
		if (part->class > CS_NAME_TRADE && !(forms && part->class == CS_NAME_FORM))
			continue;
		if (n == LETTERS_MAX)
			return 0;
		out[n++] = name->token[part->token].text[0];
	}
	return n < LETTERS_MIN ? 0 : n;
}

uint32_t
cs_roll_letters_key(const char *letters, unsigned n)
{
	uint64_t hash = cs_hash_bytes((struct cs_span){(const uint8_t *)letters, n}, 0);
	return cs_roll_code_key(CS_ROLL_CODE_LETTERS, (uint32_t)hash);
}

/* The codes of a form. */
static unsigned
codes_of_form(const struct cs_name *name, uint32_t out[CS_ROLL_FEATURES_MAX])
{
	unsigned n = 0;
	char letters[8];
	for (unsigned i = 0; i < name->part_n; i++)
		if (is_coded(&name->part[i]))
			out[n++] = cs_roll_code_key(name->part[i].class, name->part[i].code);
	for (unsigned forms = 0; forms < SETS_OF_LETTERS && name->kind == CS_NAME_ORGANISATION; forms++) {
		unsigned len = cs_roll_first_letters(name, forms, letters);
		if (len)
			out[n++] = cs_roll_letters_key(letters, len);
	}
	return n;
}

static int
order_of_numbers(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* All codes that occur, each once. */
static bool
list_codes(struct cs_roll *roll)
{
	uint32_t of_form[CS_ROLL_FEATURES_MAX];
	size_t all = 0, n = 0;
	for (uint32_t i = 0; i < roll->form_n; i++) {
		struct cs_name name = cs_roll_form_name(roll, i);
		all += codes_of_form(&name, of_form);
	}
	roll->code = calloc(all + 1, sizeof *roll->code);
	if (!roll->code)
		return false;
	for (uint32_t i = 0; i < roll->form_n; i++) {
		struct cs_name name = cs_roll_form_name(roll, i);
		unsigned found = codes_of_form(&name, of_form);
		memcpy(roll->code + n, of_form, found * sizeof *of_form);
		n += found;
	}
	qsort(roll->code, n, sizeof *roll->code, order_of_numbers);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || roll->code[i] != roll->code[i - 1])
			roll->code[roll->code_n++] = roll->code[i];
	roll->feature_n = roll->word_n + roll->code_n;
	return true;
}

bool
cs_roll_code_feature(const struct cs_roll *roll, uint32_t key, uint32_t *out)
{
	size_t low = 0, high = roll->code_n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (roll->code[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	*out = roll->word_n + (uint32_t)low;
	return low < roll->code_n && roll->code[low] == key;
}

/* The features of a form; what is left over counts only when it is a word that stands for nothing else. */
static unsigned
features_of_form(const struct cs_roll *roll, const struct cs_name *name,
		 struct cs_roll_feature out[CS_ROLL_FEATURES_MAX])
{
	uint32_t codes[CS_ROLL_FEATURES_MAX];
	unsigned n = 0, code_n = codes_of_form(name, codes);
	for (unsigned i = 0; i < name->part_n; i++) {
		const struct cs_name_part *part = &name->part[i];
		if (!identifies(part))
			continue;
		bool counts = part->class == CS_NAME_PROPER && !(part->marks & (CS_NAME_ASIDE | CS_NAME_SHIP));
		unsigned half = (part->weight + 1u) / 2 < CS_ROLL_COUNTS ? (part->weight + 1u) / 2 : CS_ROLL_COUNTS - 1;
		out[n++] = (struct cs_roll_feature){part->token, (uint8_t)(half | (counts ? CS_ROLL_COUNTS : 0))};
	}
	for (unsigned i = 0; i < code_n; i++) {
		out[n].weight = CS_ROLL_COUNTS - 1; /* as much as any */
		n += cs_roll_code_feature(roll, codes[i], &out[n].feature);
	}
	return n;
}

unsigned
cs_roll_features_of(const struct cs_roll *roll, const struct cs_roll_brief *brief,
		    struct cs_roll_feature out[CS_ROLL_FEATURES_MAX])
{
	unsigned here = brief->n > CS_ROLL_BRIEF_MAX ? CS_ROLL_BRIEF_MAX - 1 : brief->n;
	for (unsigned i = 0; i < here; i++)
		out[i] = (struct cs_roll_feature){brief->feature[i], brief->weight[i]};
	if (brief->n > here)
		memcpy(out + here, roll->rest + brief->feature[here], (brief->n - here) * sizeof *out);
	return brief->n;
}

static uint8_t
flags_of_form(const struct cs_name *name)
{
	unsigned flags = name->kind & CS_ROLL_KIND;
	if (!name->guessed || name->kind == CS_NAME_ORGANISATION)
		flags |= CS_ROLL_SAID;
	for (unsigned i = 0; i < name->part_n; i++)
		if (is_coded(&name->part[i]))
			flags |= CS_ROLL_MIXES;
		else if (!identifies(&name->part[i]) && name->token[name->part[i].token].len >= SMALL_MIN)
			flags |= CS_ROLL_SMALL;
		else if (name->part[i].marks & CS_NAME_SHIP)
			flags |= CS_ROLL_SHIP;
	return (uint8_t)flags;
}

static struct cs_roll_brief
make_brief(struct cs_roll *roll, const struct cs_name *name, const struct cs_roll_feature *feature, unsigned n)
{
	struct cs_roll_brief brief = {.n = (uint8_t)n, .flags = flags_of_form(name)};
	unsigned here = n > CS_ROLL_BRIEF_MAX ? CS_ROLL_BRIEF_MAX - 1 : n;
	for (unsigned i = 0; i < here; i++)
		brief.feature[i] = feature[i].feature, brief.weight[i] = feature[i].weight;
	if (here == n)
		return brief;
	brief.feature[here] = (uint32_t)roll->rest_n;
	memcpy(roll->rest + roll->rest_n, feature + here, (n - here) * sizeof *feature);
	roll->rest_n += n - here;
	return brief;
}

/* What stands beside a form in the postings of one of its features. */
static struct cs_roll_beside
beside(const struct cs_roll *roll, const struct cs_roll_feature *feature, unsigned n, unsigned of, unsigned flags)
{
	struct cs_roll_beside out = {.flags = (uint8_t)flags};
	unsigned left = 0, tags = 0;
	const bool many = n - 1 > CS_ROLL_BESIDE_MAX; /* see list_tags */
	out.tag[0] = many ? CS_ROLL_MANY : 0;
	for (unsigned i = 0; i < n; i++) { /* words stand first */
		if (i == of)
			continue;
		if (!many)
			out.tag[tags++] = cs_roll_tag(feature[i].feature);
		left += cs_roll_weight_left(feature[i].weight);
		if (feature[i].feature >= roll->word_n)
			continue;
		uint8_t half = feature[i].weight & (CS_ROLL_COUNTS - 1);
		out.flags |= CS_ROLL_MORE;
		out.heaviest = half > out.heaviest ? half : out.heaviest;
	}
	out.left = (uint16_t)(left < UINT16_MAX ? left : UINT16_MAX - 1);
	return out;
}

/* Makes room for briefs and postings: counts the forms of each feature. */
static bool
begin_briefs(struct cs_roll *roll)
{
	struct cs_roll_feature feature[CS_ROLL_FEATURES_MAX] = {0};
	size_t rest = 0;
	roll->posting_at = calloc(roll->feature_n + 2, sizeof *roll->posting_at);
	roll->brief_at = calloc((size_t)roll->form_n + 1, sizeof *roll->brief_at);
	if (!roll->posting_at || !roll->brief_at)
		return false;
	for (uint32_t form = 0; form < roll->form_n; form++) {
		struct cs_name name = cs_roll_form_name(roll, form);
		unsigned n = features_of_form(roll, &name, feature);
		rest += n > CS_ROLL_BRIEF_MAX ? n - (CS_ROLL_BRIEF_MAX - 1) : 0;
		roll->posting_n += n;
		for (unsigned i = 0; i < n; i++)
			roll->posting_at[feature[i].feature + 2]++;
	}
	for (size_t i = 2; i < roll->feature_n + 2; i++)
		roll->posting_at[i] += roll->posting_at[i - 1];
	roll->rest = calloc(rest + 1, sizeof *roll->rest);
	roll->posting = calloc(roll->posting_n + 1, sizeof *roll->posting);
	roll->beside = calloc(roll->posting_n + 1, sizeof *roll->beside);
	roll->brief = aligned_alloc(sizeof *roll->brief, (roll->posting_n + 1) * sizeof *roll->brief);
	return roll->rest && roll->posting && roll->beside && roll->brief;
}

static bool
make_briefs(struct cs_roll *roll)
{
	struct cs_roll_feature feature[CS_ROLL_FEATURES_MAX] = {0};
	if (!begin_briefs(roll))
		return false;
	roll->brief[roll->posting_n] = (struct cs_roll_brief){.n = 0}; /* of forms without a feature */
	for (uint32_t form = 0; form < roll->form_n; form++) {
		struct cs_name name = cs_roll_form_name(roll, form);
		unsigned n = features_of_form(roll, &name, feature);
		struct cs_roll_brief brief = make_brief(roll, &name, feature, n);
		roll->brief_at[form] = (uint32_t)roll->posting_n;
		for (unsigned i = 0; i < n; i++) {
			uint32_t at = roll->posting_at[feature[i].feature + 1]++;
			roll->posting[at] = form;
			roll->beside[at] = beside(roll, feature, n, i, brief.flags);
			roll->brief[at] = brief;
			roll->brief_at[form] = at;
		}
	}
	return true;
}

/* Puts tags of a form with many features at AT, but for one of feature OF. */
static unsigned
put_tags(const struct cs_roll *roll, const struct cs_roll_brief *brief, uint32_t of, uint16_t *at)
{
	struct cs_roll_feature feature[CS_ROLL_FEATURES_MAX] = {0};
	unsigned n = cs_roll_features_of(roll, brief, feature), put = 0;
	bool passed = false;
	for (unsigned i = 0; i < n; i++) {
		if (feature[i].feature == of && !passed)
			passed = true;
		else
			at[put++] = cs_roll_tag(feature[i].feature);
	}
	return put;
}

/* Lists the tags of forms that have many, in the order in which they are read. */
static bool
list_tags(struct cs_roll *roll)
{
	size_t all = 0;
	for (size_t i = 0; i < roll->posting_n; i++)
		all += roll->beside[i].tag[0] == CS_ROLL_MANY ? roll->brief[i].n - 1u : 0;
	roll->tag = calloc(all + 1, sizeof *roll->tag);
	for (uint32_t feature = 0; roll->tag && feature < roll->feature_n; feature++)
		for (uint32_t i = roll->posting_at[feature]; i < roll->posting_at[feature + 1]; i++) {
			uint16_t *tag = roll->beside[i].tag;
			if (tag[0] != CS_ROLL_MANY)
				continue;
			unsigned n = put_tags(roll, &roll->brief[i], feature, roll->tag + roll->tag_n);
			tag[1] = (uint16_t)n;
			for (unsigned k = 0; k < 3; k++)
				tag[2 + k] = (uint16_t)(roll->tag_n >> 16 * k);
			roll->tag_n += n;
		}
	return roll->tag != NULL;
}

static int
order_of_words(const void *a, const void *b, void *context)
{
	const uint32_t *x = a, *y = b;
	const struct cs_roll *roll = context;
	int order = memcmp(roll->word[*x].text, roll->word[*y].text, sizeof roll->word->text);
	return order ? order : (*x > *y) - (*x < *y);
}

/* The consonants of words of one consonant or none that a word of Hebrew may spell, or that another is; each is told once. */
static unsigned
groups_of_spelled(const struct cs_term *word, struct cs_roll_code *out)
{
	struct cs_term_spellings spelled = {.at = {{.len = word->bones_len, .letter[0] = word->bones[0]}}, .n = 1};
	const enum cs_roll_group group = word->script == CS_FOLD_HEBREW ? CS_ROLL_GROUP_SPELT : CS_ROLL_GROUP_SPOKEN;
	uint32_t told = 0;
	unsigned n = 0;
	const bool boned = word->bones_len == 1 && word->script == CS_FOLD_LATIN; /* see groups_of_word */
	if (word->script == CS_FOLD_ARABIC || boned || word->len < 2 || word->letters >> DIGIT_BIT)
		return 0;
	if (word->script == CS_FOLD_HEBREW)
		cs_term_spell_hebrew(word, &spelled);
	for (unsigned i = 0; i < spelled.n; i++) {
		const struct cs_term_bones *bones = &spelled.at[i];
		uint32_t bit = UINT32_C(1) << (bones->len ? bones->letter[0] - 'a' + 1 : 0);
		if (bones->len > 1 || told & bit)
			continue;
		told |= bit;
		out[n++].key = cs_roll_group_key(group, (uint8_t)bones->letter[0]);
	}
	return n;
}

static unsigned
groups_of_word(const struct cs_roll *roll, uint32_t number, struct cs_roll_code out[GROUPS_MAX])
{
	const struct cs_term *word = &roll->word[number];
	unsigned n = 0, first = (uint8_t)word->text[0];
	for (unsigned f = 0; f < 2; f++)
		if (word->family[f])
			out[n++].key = cs_roll_group_key(CS_ROLL_GROUP_FAMILY, word->family[f]);
	if (word->len == 1)
		out[n++].key = cs_roll_group_key(CS_ROLL_GROUP_LETTER, first);
	if (cs_roll_may_abbreviate(word))
		out[n++].key = cs_roll_group_key(CS_ROLL_GROUP_BRIEF, first);
	if (word->bones_len == 1 && (cs_term_is_unvowelled(word) || word->script == CS_FOLD_LATIN))
		out[n++].key = cs_roll_group_key(cs_term_is_unvowelled(word) ? CS_ROLL_GROUP_BONE : CS_ROLL_GROUP_BONED,
						 (uint8_t)word->bones[0]);
	n += groups_of_spelled(word, out + n);
	for (unsigned i = 0; i < n; i++)
		out[i].number = number;
	return n;
}

/* What is read in the order of letters, and in that of groups. */
static void
order_letters(struct cs_roll *roll)
{
	for (uint32_t i = 0; i < roll->word_n; i++) {
		const struct cs_term *word = &roll->word[roll->by_text[i]];
		roll->first_text[i] = cs_roll_first_of(word->text);
		roll->text_set[i] = cs_roll_set_of(word);
		roll->letter_at[(uint8_t)word->text[0] + 1] = i + 1;
	}
	for (unsigned c = 1; c < 257; c++) /* a letter that no word begins with */
		if (roll->letter_at[c] == 0)
			roll->letter_at[c] = roll->letter_at[c - 1];
	for (size_t i = 0; i < roll->group.n; i++)
		roll->group_set[i] = cs_roll_set_of(&roll->word[roll->group.at[i].number]);
}

static bool
group_words(struct cs_roll *roll)
{
	struct cs_roll_code of_word[GROUPS_MAX];
	roll->by_text = calloc((size_t)roll->word_n + 1, sizeof *roll->by_text);
	roll->first_text = calloc((size_t)roll->word_n + 1, sizeof *roll->first_text);
	roll->sign = aligned_alloc(sizeof *roll->sign, ((size_t)roll->word_n + 1) * sizeof *roll->sign);
	roll->small = calloc((size_t)roll->word_n + 1, sizeof *roll->small);
	roll->text_set = calloc((size_t)roll->word_n + 1, sizeof *roll->text_set);
	for (uint32_t i = 0; i < roll->word_n; i++)
		roll->group.n += groups_of_word(roll, i, of_word);
	roll->group.at = calloc(roll->group.n + 1, sizeof *roll->group.at);
	roll->group_set = calloc(roll->group.n + 1, sizeof *roll->group_set);
	if (!roll->by_text || !roll->first_text || !roll->sign || !roll->small || !roll->group.at || !roll->text_set ||
	    !roll->group_set)
		return false;
	size_t n = 0;
	for (uint32_t i = 0; i < roll->word_n; i++) {
		const struct cs_term *word = &roll->word[i];
		roll->sign[i] = cs_roll_sign_of(word);
		roll->by_text[i] = i;
		roll->unvowelled |= cs_term_is_unvowelled(word);
		roll->hebrew |= word->script == CS_FOLD_HEBREW;
		n += groups_of_word(roll, i, roll->group.at + n);
	}
	qsort_r(roll->by_text, roll->word_n, sizeof *roll->by_text, order_of_words, roll);
	cs_roll_codes_sort(&roll->group);
	order_letters(roll);
	for (uint32_t i = 0; i < roll->part_n; i++)
		roll->small[roll->part[i].token] |= !identifies(&roll->part[i]);
	return true;
}

bool
cs_roll_shape(struct cs_roll *roll)
{
	return list_codes(roll) && make_briefs(roll) && list_tags(roll) && group_words(roll) && cs_roll_glue(roll) &&
	       cs_roll_slip(roll);
}
