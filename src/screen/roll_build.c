/*
 * The making of a roll: see roll.h. Entries are copied and their names read as they come; what needs all of them (how rare a
 * word is, where it occurs) is done at the end.
 */
#include "base/hash.h"
#include "screen/roll_parts.h"

#include <stdlib.h>

enum { NAMES_MAX = INT32_MAX, FIRST_ROOM = 64, TABLE_LEAST = 1 << 10, TEXT_KEPT_MAX = CS_FOLD_BYTES_MAX };

/* How many names of an entry a new one is looked for among: what has more would cost their square. */
enum { LOOK_BACK = 1024 };

/* How much room each array has. */
struct room {
	size_t word, part, form, name, entry, id, birth, country, text;
};

struct cs_roll_builder {
	struct cs_roll *roll;
	struct room cap;
	struct cs_roll_table forms;
	struct cs_hasher *hasher;
	struct cs_name_room read;
};

/* Makes room for N more rows of SIZE bytes behind USED ones; false without memory. */
static bool
grow(void *array, size_t *cap, size_t used, size_t more, size_t size)
{
	void **at = array;
	size_t want = *cap ? *cap : FIRST_ROOM;
	if (used + more <= *cap)
		return true;
	while (want < used + more)
		want *= 2;
	void *grown = realloc(*at, want * size);
	if (!grown)
		return false;
	*at = grown;
	*cap = want;
	return true;
}

static bool
grow_table(struct cs_roll_table *table)
{
	struct cs_roll_table grown = {.slots = table->slots ? table->slots * 2 : TABLE_LEAST, .used = table->used};
	grown.slot = calloc(grown.slots, sizeof *grown.slot);
	if (!grown.slot)
		return false;
	for (size_t i = 0; i < table->slots; i++) {
		if (!table->slot[i].number)
			continue;
		size_t at = table->slot[i].hash & (grown.slots - 1);
		while (grown.slot[at].number)
			at = (at + 1) & (grown.slots - 1);
		grown.slot[at] = table->slot[i];
	}
	free(table->slot);
	*table = grown;
	return true;
}

bool
cs_roll_put(struct cs_roll_table *table, uint32_t hash, uint32_t number)
{
	if ((table->used + 1) * 2 > table->slots && !grow_table(table))
		return false;
	size_t at = hash & (table->slots - 1);
	while (table->slot[at].number)
		at = (at + 1) & (table->slots - 1);
	table->slot[at] = (struct cs_roll_slot){hash, number + 1};
	table->used++;
	return true;
}

struct cs_roll_builder *
cs_roll_builder_new(const struct cs_lexicon *lexicon)
{
	struct cs_roll_builder *builder = calloc(1, sizeof *builder);
	if (!builder)
		return NULL;
	builder->roll = calloc(1, sizeof *builder->roll);
	builder->hasher = cs_hasher_new();
	if (builder->roll && builder->hasher) {
		builder->roll->lexicon = lexicon;
		return builder;
	}
	cs_roll_builder_free(builder);
	return NULL;
}

void
cs_roll_builder_free(struct cs_roll_builder *builder)
{
	if (!builder)
		return;
	cs_roll_free(builder->roll);
	cs_hasher_free(builder->hasher);
	free(builder->forms.slot);
	free(builder);
}

/* Keeps a text, its first TEXT_KEPT_MAX bytes at most. */
static enum cs_error
keep_text(struct cs_roll_builder *builder, struct cs_span text, struct cs_roll_text *out)
{
	struct cs_roll *roll = builder->roll;
	size_t n = text.len < TEXT_KEPT_MAX ? text.len : TEXT_KEPT_MAX;
	if (roll->text_n + n > UINT32_MAX)
		return CS_E_LIMIT;
	if (!grow(&roll->text, &builder->cap.text, roll->text_n, n, 1))
		return CS_E_MEMORY;
	if (n)
		memcpy(roll->text + roll->text_n, text.at, n);
	*out = (struct cs_roll_text){(uint32_t)roll->text_n, (uint32_t)n};
	roll->text_n += n;
	return CS_OK;
}

/* The number of a word; UINT32_MAX without memory. */
static uint32_t
number_of_word(struct cs_roll_builder *builder, const struct cs_term *term)
{
	struct cs_roll *roll = builder->roll;
	const struct cs_roll_table *table = &roll->words;
	uint32_t hash = cs_roll_word_hash(term->hash);
	for (size_t at = hash; table->slots && table->slot[at & (table->slots - 1)].number; at++) {
		const struct cs_roll_slot *slot = &table->slot[at & (table->slots - 1)];
		if (slot->hash == hash && memcmp(&roll->word[slot->number - 1], term, sizeof *term) == 0)
			return slot->number - 1;
	}
	if (!grow(&roll->word, &builder->cap.word, roll->word_n, 1, sizeof *roll->word) ||
	    !cs_roll_put(&roll->words, hash, roll->word_n))
		return UINT32_MAX;
	roll->word[roll->word_n] = *term;
	return roll->word_n++;
}

static bool
same_parts(const struct cs_name_part *a, const struct cs_name_part *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (a[i].token != b[i].token || a[i].class != b[i].class || a[i].code != b[i].code ||
		    a[i].marks != b[i].marks)
			return false;
	return true;
}

static bool
is_form(const struct cs_roll *roll, uint32_t number, const struct cs_name *name)
{
	const struct cs_roll_form *form = &roll->form[number];
	return form->part_n == name->part_n && form->kind == name->kind && form->guessed == name->guessed &&
	       same_parts(roll->part + form->part_at, name->part, name->part_n);
}

static uint32_t
hash_of_form(const struct cs_name *name)
{
	uint64_t hash = cs_hash_mix(name->kind, name->guessed);
	for (unsigned i = 0; i < name->part_n; i++) {
		const struct cs_name_part *part = &name->part[i];
		hash = cs_hash_mix(hash, (uint64_t)part->token << 32 | (uint64_t)part->code << 16 |
						 (uint64_t)part->class << 8 | part->marks);
	}
	return (uint32_t)hash;
}

/* The number of the form of the name that was read; UINT32_MAX without memory. */
static uint32_t
number_of_form(struct cs_roll_builder *builder)
{
	struct cs_roll *roll = builder->roll;
	struct cs_name_room *read = &builder->read;
	const struct cs_name *name = &read->name;
	for (unsigned i = 0; i < name->part_n; i++) {
		read->part[i].token = number_of_word(builder, &read->token[i]);
		if (read->part[i].token == UINT32_MAX)
			return UINT32_MAX;
	}
	uint32_t hash = hash_of_form(name);
	const struct cs_roll_table *table = &builder->forms;
	for (size_t at = hash; table->slots && table->slot[at & (table->slots - 1)].number; at++) {
		const struct cs_roll_slot *slot = &table->slot[at & (table->slots - 1)];
		if (slot->hash == hash && is_form(roll, slot->number - 1, name))
			return slot->number - 1;
	}
	if (!grow(&roll->form, &builder->cap.form, roll->form_n, 1, sizeof *roll->form) ||
	    !grow(&roll->part, &builder->cap.part, roll->part_n, name->part_n, sizeof *roll->part) ||
	    !cs_roll_put(&builder->forms, hash, roll->form_n))
		return UINT32_MAX;
	memcpy(roll->part + roll->part_n, read->part, name->part_n * sizeof *roll->part);
	roll->form[roll->form_n] = (struct cs_roll_form){.part_at = roll->part_n, .part_n = name->part_n};
	roll->form[roll->form_n].kind = name->kind;
	roll->form[roll->form_n].guessed = name->guessed;
	roll->part_n += name->part_n;
	return roll->form_n++;
}

enum cs_name_kind
cs_roll_name_kind(uint8_t entry_kind)
{
	static const enum cs_name_kind kinds[CS_ENTRY_KINDS] = {
		[CS_ENTRY_PERSON] = CS_NAME_PERSON,
		[CS_ENTRY_ORGANISATION] = CS_NAME_ORGANISATION,
		[CS_ENTRY_VESSEL] = CS_NAME_VESSEL,
	};
	return entry_kind < CS_ENTRY_KINDS ? kinds[entry_kind] : CS_NAME_ANY;
}

/* One version of a name: its text lies at AT of the texts that are kept. */
static enum cs_error
add_version(struct cs_roll_builder *builder, const struct cs_name_version *version, uint32_t at, uint8_t kept)
{
	struct cs_roll *roll = builder->roll;
	struct cs_roll_person *entry = &roll->entry[roll->entry_n];
	cs_name_read_version(roll->lexicon, NULL, version, cs_roll_name_kind(entry->kind), &builder->read);
	if (builder->read.name.part_n == 0) {
		roll->unread_n++;
		return CS_OK;
	}
	if (roll->name_n == NAMES_MAX)
		return CS_E_LIMIT;
	uint32_t form = number_of_form(builder);
	if (form == UINT32_MAX || !grow(&roll->name, &builder->cap.name, roll->name_n, 1, sizeof *roll->name))
		return CS_E_MEMORY;
	for (uint32_t i = 0; i < entry->name_n && i < LOOK_BACK; i++)
		if (roll->name[roll->name_n - 1 - i].form == form)
			return CS_OK; /* it has this name already */
	struct cs_roll_listed *name = &roll->name[roll->name_n++];
	*name = (struct cs_roll_listed){.form = form, .entry = roll->entry_n, .kept = kept};
	name->text = (struct cs_roll_text){at, (uint32_t)version->text.len};
	entry->name_n++;
	return CS_OK;
}

static enum cs_error
add_name(struct cs_roll_builder *builder, const struct cs_entry_name *name, bool first)
{
	struct cs_roll *roll = builder->roll;
	struct cs_name_version version[CS_NAME_VERSIONS_MAX];
	struct cs_roll_text kept;
	CS_TRY(keep_text(builder, name->text, &kept));
	struct cs_span text = {name->text.at, kept.len};
	if (first)
		roll->entry[roll->entry_n].primary = kept;
	unsigned n = cs_name_versions(text, version);
	for (unsigned i = 0; i < n; i++)
		CS_TRY(add_version(builder, &version[i], kept.at + (uint32_t)(version[i].text.at - text.at),
				   name->kind));
	return CS_OK;
}

static enum cs_error
add_id(struct cs_roll_builder *builder, const struct cs_entry_id *id)
{
	struct cs_roll *roll = builder->roll;
	char canon[64];
	size_t n = cs_entry_id_canon((enum cs_entry_id_kind)id->kind, id->text, canon);
	struct cs_span text = {(const uint8_t *)canon, n};
	if (n == 0)
		return CS_OK;
	if (!grow(&roll->id, &builder->cap.id, roll->id_n, 1, sizeof *roll->id))
		return CS_E_MEMORY;
	struct cs_roll_id *kept = &roll->id[roll->id_n];
	*kept = (struct cs_roll_id){.hash = cs_hash_bytes(text, id->kind), .entry = roll->entry_n, .kind = id->kind};
	CS_TRY(keep_text(builder, text, &kept->text));
	roll->id_n++;
	return CS_OK;
}

static enum cs_error
add_programmes(struct cs_roll_builder *builder, const struct cs_entry *entry)
{
	struct cs_roll_text *all = &builder->roll->entry[builder->roll->entry_n].programmes, piece;
	CS_TRY(keep_text(builder, (struct cs_span){NULL, 0}, all));
	for (size_t i = 0; i < entry->programme_n; i++) {
		if (i > 0) {
			CS_TRY(keep_text(builder, cs_span_text("; "), &piece));
			all->len += piece.len;
		}
		CS_TRY(keep_text(builder, entry->programme[i], &piece));
		all->len += piece.len;
	}
	return CS_OK;
}

static enum cs_error
add_facts(struct cs_roll_builder *builder, const struct cs_entry *entry)
{
	struct cs_roll *roll = builder->roll;
	struct cs_roll_person *kept = &roll->entry[roll->entry_n];
	if (!grow(&roll->birth, &builder->cap.birth, roll->birth_n, entry->birth_n, sizeof *roll->birth) ||
	    !grow(&roll->country, &builder->cap.country, roll->country_n, entry->country_n, sizeof *roll->country))
		return CS_E_MEMORY;
	kept->birth_at = roll->birth_n, kept->birth_n = (uint32_t)entry->birth_n;
	kept->country_at = roll->country_n, kept->country_n = (uint32_t)entry->country_n;
	if (entry->birth_n)
		memcpy(roll->birth + roll->birth_n, entry->birth, entry->birth_n * sizeof *roll->birth);
	if (entry->country_n)
		memcpy(roll->country + roll->country_n, entry->country, entry->country_n * sizeof *roll->country);
	roll->birth_n += kept->birth_n;
	roll->country_n += kept->country_n;
	return CS_OK;
}

static void
digest_number(struct cs_hasher *hasher, uint64_t value)
{
	uint8_t at[8];
	for (unsigned i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> 8 * i);
	cs_hasher_add(hasher, at, sizeof at);
}

static void
digest_text(struct cs_hasher *hasher, struct cs_span text)
{
	digest_number(hasher, text.len);
	if (text.len)
		cs_hasher_add(hasher, text.at, text.len);
}

static void
digest_texts(struct cs_hasher *hasher, const struct cs_span *text, size_t n)
{
	digest_number(hasher, n);
	for (size_t i = 0; i < n; i++)
		digest_text(hasher, text[i]);
}

/* All that the list says of an entry, each text behind its length, so that no two entries read the same. */
struct cs_digest
cs_roll_version(struct cs_hasher *hasher, const struct cs_entry *entry)
{
	cs_hasher_begin(hasher);
	digest_text(hasher, entry->uid);
	digest_number(hasher, (uint64_t)entry->kind << 8 | (uint8_t)entry->gender);
	digest_number(hasher, entry->name_n);
	for (size_t i = 0; i < entry->name_n; i++) {
		digest_number(hasher, entry->name[i].kind);
		digest_text(hasher, entry->name[i].text);
	}
	digest_number(hasher, entry->id_n);
	for (size_t i = 0; i < entry->id_n; i++) {
		digest_number(hasher, (uint64_t)entry->id[i].country << 8 | entry->id[i].kind);
		digest_text(hasher, entry->id[i].text);
	}
	digest_number(hasher, entry->birth_n);
	for (size_t i = 0; i < entry->birth_n; i++)
		digest_number(hasher, (uint64_t)entry->birth[i].from << 32 | entry->birth[i].to);
	digest_texts(hasher, entry->place, entry->place_n);
	digest_number(hasher, entry->country_n);
	for (size_t i = 0; i < entry->country_n; i++)
		digest_number(hasher, entry->country[i]);
	digest_texts(hasher, entry->programme, entry->programme_n);
	return cs_hasher_end(hasher);
}

uint32_t
cs_roll_uid_hash(unsigned list, struct cs_span uid)
{
	return (uint32_t)cs_hash_bytes(uid, list);
}

static enum cs_error
add_all(struct cs_roll_builder *builder, const struct cs_entry *entry)
{
	struct cs_roll *roll = builder->roll;
	struct cs_roll_person *kept = &roll->entry[roll->entry_n];
	CS_TRY(keep_text(builder, entry->uid, &kept->uid));
	CS_TRY(add_programmes(builder, entry));
	CS_TRY(add_facts(builder, entry));
	for (size_t i = 0; i < entry->name_n; i++)
		CS_TRY(add_name(builder, &entry->name[i], i == 0));
	for (size_t i = 0; i < entry->id_n; i++)
		CS_TRY(add_id(builder, &entry->id[i]));
	struct cs_span uid = cs_roll_text_of(roll, kept->uid);
	uint32_t other; /* a number that is there already stays with the first that has it */
	if (cs_roll_find(roll, kept->list, uid, &other))
		return CS_OK;
	return cs_roll_put(&roll->uids, cs_roll_uid_hash(kept->list, uid), roll->entry_n) ? CS_OK : CS_E_MEMORY;
}

enum cs_error
cs_roll_builder_add(struct cs_roll_builder *builder, unsigned list, const struct cs_entry *entry)
{
	struct cs_roll *roll = builder->roll;
	if (list >= CS_ROLL_LISTS_MAX || roll->entry_n == NAMES_MAX)
		return CS_E_LIMIT;
	if (!grow(&roll->entry, &builder->cap.entry, roll->entry_n, 1, sizeof *roll->entry))
		return CS_E_MEMORY;
	struct cs_roll_person *kept = &roll->entry[roll->entry_n];
	*kept = (struct cs_roll_person){.list = (uint8_t)list, .kind = entry->kind, .gender = entry->gender};
	kept->version = cs_roll_version(builder->hasher, entry);
	uint32_t name_n = roll->name_n, id_n = roll->id_n;
	enum cs_error error = add_all(builder, entry);
	if (error == CS_OK)
		roll->entry_n++;
	else /* nothing may point to an entry that is not there */
		roll->name_n = name_n, roll->id_n = id_n;
	return error;
}

static int
order_of_ids(const void *a, const void *b)
{
	const struct cs_roll_id *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

/* Counts the words of all forms, then weighs them. */
static bool
weigh(struct cs_roll *roll)
{
	roll->rarity = roll->weighed_as ? roll->weighed_as->rarity : cs_rarity_new(roll->word_n);
	if (!roll->rarity)
		return false;
	for (uint32_t i = 0; !roll->weighed_as && i < roll->part_n; i++)
		(void)cs_rarity_add(roll->rarity, &roll->word[roll->part[i].token]); /* there is room for each */
	for (uint32_t i = 0; i < roll->form_n; i++) {
		struct cs_name name = cs_roll_form_name(roll, i);
		cs_name_weigh(roll->rarity, &name, roll->part + roll->form[i].part_at);
		roll->form[i].total = name.total;
		roll->form[i].letters = name.letters;
	}
	return true;
}

/* Names by form, by counting. */
static bool
list_names(struct cs_roll *roll)
{
	roll->named = calloc((size_t)roll->name_n + 1, sizeof *roll->named);
	roll->named_at = calloc((size_t)roll->form_n + 2, sizeof *roll->named_at);
	if (!roll->named || !roll->named_at)
		return false;
	for (uint32_t i = 0; i < roll->name_n; i++)
		roll->named_at[roll->name[i].form + 2]++;
	for (uint32_t i = 2; i < roll->form_n + 2; i++)
		roll->named_at[i] += roll->named_at[i - 1];
	for (uint32_t i = 0; i < roll->name_n; i++)
		roll->named[roll->named_at[roll->name[i].form + 1]++] = i;
	return true;
}

void
cs_roll_builder_weigh_as(struct cs_roll_builder *builder, const struct cs_roll *like)
{
	builder->roll->weighed_as = like;
}

enum cs_error
cs_roll_builder_end(struct cs_roll_builder *builder, struct cs_roll **out)
{
	struct cs_roll *roll = builder->roll;
	bool made = weigh(roll) && list_names(roll) && cs_roll_index(roll);
	if (made) {
		if (roll->id_n)
			qsort(roll->id, roll->id_n, sizeof *roll->id, order_of_ids);
		builder->roll = NULL;
		*out = roll;
	}
	cs_roll_builder_free(builder);
	return made ? CS_OK : CS_E_MEMORY;
}
