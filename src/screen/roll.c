/*
 * See roll.h: what a finished roll tells of itself, and identifiers. Built by roll_build.c, searched by roll_search.c.
 */
#include "base/hash.h"
#include "base/prefetch.h"
#include "screen/roll_run.h"

#include <stdlib.h>

void
cs_roll_free(struct cs_roll *roll)
{
	if (!roll)
		return;
	if (!roll->weighed_as)
		cs_rarity_free(roll->rarity);
	free(roll->word);
	free(roll->part);
	free(roll->form);
	free(roll->name);
	free(roll->entry);
	free(roll->id);
	free(roll->birth);
	free(roll->country);
	free(roll->text);
	free(roll->named);
	free(roll->named_at);
	free(roll->posting);
	free(roll->posting_at);
	free(roll->beside);
	free(roll->tag);
	free(roll->small);
	free(roll->key);
	free(roll->key_at);
	free(roll->filter);
	free(roll->code);
	free(roll->brief);
	free(roll->brief_at);
	free(roll->rest);
	free(roll->sign);
	free(roll->by_text);
	free(roll->first_text);
	free(roll->text_set);
	free(roll->group_set);
	free(roll->group.at);
	cs_roll_glue_free(roll);
	cs_roll_slip_free(roll);
	free(roll->words.slot);
	free(roll->uids.slot);
	free(roll);
}

void
cs_roll_measure(const struct cs_roll *roll, struct cs_roll_size *out)
{
	*out = (struct cs_roll_size){.entry_n = roll->entry_n, .name_n = roll->name_n, .word_n = roll->word_n};
	out->id_n = roll->id_n;
	out->unread_n = roll->unread_n;
	out->key_n = roll->key_n;
	out->bytes = sizeof *roll +
		     roll->word_n * (sizeof *roll->word + sizeof *roll->sign + sizeof *roll->first_text +
				     sizeof *roll->text_set) +
		     roll->part_n * sizeof *roll->part + roll->form_n * (sizeof *roll->form + sizeof *roll->brief_at) +
		     (roll->posting_n + 1) * sizeof *roll->brief + roll->rest_n * sizeof *roll->rest +
		     roll->name_n * sizeof *roll->name + roll->entry_n * sizeof *roll->entry +
		     roll->id_n * sizeof *roll->id + roll->birth_n * sizeof *roll->birth +
		     roll->country_n * sizeof *roll->country + roll->text_n +
		     ((size_t)roll->name_n + roll->form_n) * sizeof *roll->named + roll->key_n * sizeof *roll->key +
		     roll->group.n * (sizeof *roll->group.at + sizeof *roll->group_set) +
		     roll->word_n * sizeof *roll->small + roll->posting_n * sizeof *roll->beside +
		     roll->tag_n * sizeof *roll->tag +
		     (roll->buckets + roll->filter_words * 2 + roll->posting_n + roll->feature_n + roll->code_n +
		      roll->word_n) *
			     4 +
		     cs_roll_glue_bytes(roll) + cs_roll_slip_bytes(roll) +
		     (roll->words.slots + roll->uids.slots) * sizeof *roll->words.slot;
}

void
cs_roll_entry(const struct cs_roll *roll, uint32_t number, struct cs_roll_entry *out)
{
	CS_ASSERT(number < roll->entry_n);
	const struct cs_roll_person *entry = &roll->entry[number];
	*out = (struct cs_roll_entry){.list = entry->list, .kind = entry->kind, .gender = entry->gender};
	out->uid = cs_roll_text_of(roll, entry->uid);
	out->primary = cs_roll_text_of(roll, entry->primary);
	out->programmes = cs_roll_text_of(roll, entry->programmes);
	out->version = entry->version;
	out->birth_n = entry->birth_n;
	out->country_n = entry->country_n;
	out->name_n = entry->name_n;
	out->birth = entry->birth_n ? roll->birth + entry->birth_at : NULL;
	out->country = entry->country_n ? roll->country + entry->country_at : NULL;
}

struct cs_span
cs_roll_name(const struct cs_roll *roll, uint32_t name, enum cs_entry_name_kind *kind)
{
	CS_ASSERT(name < roll->name_n);
	if (kind)
		*kind = (enum cs_entry_name_kind)roll->name[name].kept;
	return cs_roll_text_of(roll, roll->name[name].text);
}

bool
cs_roll_find(const struct cs_roll *roll, unsigned list, struct cs_span uid, uint32_t *entry)
{
	const struct cs_roll_table *table = &roll->uids;
	uint32_t hash = cs_roll_uid_hash(list, uid);
	for (size_t at = hash; table->slots && table->slot[at & (table->slots - 1)].number; at++) {
		const struct cs_roll_slot *slot = &table->slot[at & (table->slots - 1)];
		const struct cs_roll_person *found = &roll->entry[slot->number - 1];
		if (slot->hash != hash || found->list != list || !cs_span_equal(cs_roll_text_of(roll, found->uid), uid))
			continue;
		*entry = slot->number - 1;
		return true;
	}
	return false;
}

/* The first identifier whose hash is at least HASH. */
static uint32_t
first_id(const struct cs_roll *roll, uint64_t hash)
{
	uint32_t low = 0, high = roll->id_n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (roll->id[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Puts ENTRY in its place among N; gives how many there are then. */
static unsigned
put_entry(uint32_t *entry, unsigned n, unsigned cap, uint32_t number)
{
	unsigned at = n;
	while (at > 0 && entry[at - 1] > number)
		at--;
	if (at > 0 && entry[at - 1] == number)
		return n;
	if (n == cap && at == n)
		return n;
	unsigned kept = n < cap ? n : cap - 1;
	memmove(entry + at + 1, entry + at, (kept - at) * sizeof *entry);
	entry[at] = number;
	return kept + 1;
}

/* Can an identifier that is asked about as WANTED be one that is listed as LISTED? OTHER may be any. */
static bool
may_be_kind(enum cs_entry_id_kind wanted, unsigned listed)
{
	return wanted == CS_ENTRY_ID_OTHER || listed == CS_ENTRY_ID_OTHER || listed == wanted;
}

unsigned
cs_roll_identify(const struct cs_roll *roll, enum cs_entry_id_kind kind, struct cs_span text, uint32_t *entry,
		 unsigned cap)
{
	unsigned n = 0;
	for (unsigned k = 0; k < CS_ENTRY_ID_KINDS && cap; k++) {
		char canon[64];
		size_t len = may_be_kind(kind, k) ? cs_entry_id_canon((enum cs_entry_id_kind)k, text, canon) : 0;
		struct cs_span wanted = {(const uint8_t *)canon, len};
		uint64_t hash = len ? cs_hash_bytes(wanted, k) : 0;
		for (uint32_t i = len ? first_id(roll, hash) : roll->id_n; i < roll->id_n && roll->id[i].hash == hash;
		     i++)
			if (roll->id[i].kind == k && cs_span_equal(cs_roll_text_of(roll, roll->id[i].text), wanted))
				n = put_entry(entry, n, cap, roll->id[i].entry);
	}
	return n;
}

uint16_t
cs_roll_word_weight(const struct cs_roll *roll, const struct cs_term *word)
{
	const struct cs_roll_table *table = &roll->words;
	uint32_t hash = (uint32_t)cs_hash_mix(word->hash, 0);
	for (size_t at = hash; table->slots && table->slot[at & (table->slots - 1)].number; at++)
		if (table->slot[at & (table->slots - 1)].hash == hash)
			return cs_rarity_weight(roll->rarity, word);
	return 0;
}

void
cs_roll_word_expect(const struct cs_roll *roll, uint32_t hash)
{
	const struct cs_roll_table *table = &roll->words;
	if (table->slots)
		cs_prefetch(&table->slot[(uint32_t)cs_hash_mix(hash, 0) & (table->slots - 1)]);
	cs_rarity_expect(roll->rarity, hash);
}

struct cs_name
cs_roll_form_name(const struct cs_roll *roll, uint32_t number)
{
	const struct cs_roll_form *form = &roll->form[number];
	return (struct cs_name){.token = roll->word,
				.part = roll->part + form->part_at,
				.part_n = form->part_n,
				.kind = form->kind,
				.guessed = form->guessed,
				.total = form->total,
				.letters = form->letters};
}
