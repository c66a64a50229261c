/*
 * Learning few values for many keys, in a table that never grows and forgets nothing.
 *
 * Invariants: a key's values are distinct; a grown-up key learns only what was proven often enough. What a value
 * means, and whether a surprise is worth a finding, is for the detectors.
 */
#include "state/learn.h"

size_t
cs_learn_bytes(uint32_t keys_cap)
{
	return (keys_cap * sizeof(struct cs_learn_key) + 15) / 16 * 16;
}

enum cs_error
cs_learn_init(struct cs_learn *learn, struct cs_arena *arena, uint32_t keys_cap)
{
	CS_ASSERT(keys_cap && (keys_cap & (keys_cap - 1)) == 0);
	*learn = (struct cs_learn){.mask = keys_cap - 1};
	learn->at = cs_arena_take(arena, keys_cap * sizeof(struct cs_learn_key));
	return learn->at ? CS_OK : CS_E_MEMORY;
}

void
cs_learn_regions(struct cs_learn *learn, struct cs_regions *regions)
{
	cs_regions_add(regions, learn, offsetof(struct cs_learn, mask));
	cs_regions_add(regions, learn->at, ((size_t)learn->mask + 1) * sizeof *learn->at);
}

static struct cs_learn_key *
find_key(struct cs_learn *learn, uint64_t key)
{
	key = key ? key : 1;
	for (uint32_t step = 0; step < CS_LEARN_PROBES_MAX && step <= learn->mask; step++) {
		struct cs_learn_key *place = &learn->at[(key + step) & learn->mask];
		if (place->key == key)
			return place;
		if (place->key)
			continue;
		place->key = key;
		learn->used_n++;
		return place;
	}
	learn->refused_n++;
	return NULL;
}

static bool
has_value(const struct cs_learn_key *place, uint64_t value)
{
	for (uint32_t i = 0; i < place->value_n; i++)
		if (place->value[i] == value)
			return true;
	return false;
}

static void
add_value(struct cs_learn_key *place, uint64_t value)
{
	if (place->value_n == CS_LEARN_VALUES_MAX) {
		place->varied = true;
		return;
	}
	place->value[place->value_n++] = value;
}

static void
suspect(struct cs_learn_key *place, uint64_t value)
{
	unsigned at = 0;
	for (unsigned i = 0; i < CS_LEARN_SUSPECTS_MAX; i++) {
		if (place->suspect[i].value == value && place->suspect[i].proven_n) {
			if (++place->suspect[i].proven_n >= CS_LEARN_TRUST_N)
				add_value(place, value);
			return;
		}
		if (place->suspect[i].proven_n < place->suspect[at].proven_n)
			at = i;
	}
	place->suspect[at].value = value;
	place->suspect[at].proven_n = 1;
}

enum cs_learned
cs_learn_observe(struct cs_learn *learn, const struct cs_learn_sight *sight, uint32_t *idx)
{
	struct cs_learn_key *place = find_key(learn, sight->key);
	*idx = place ? (uint32_t)(place - learn->at) : UINT32_MAX;
	if (!place)
		return CS_LEARN_VARIED;
	place->seen_n++;
	if (has_value(place, sight->value))
		return CS_LEARN_KNOWN;
	if (place->varied)
		return CS_LEARN_VARIED;
	if (place->seen_n <= sight->after_n || place->seen_n < 2 * place->newest_n) {
		add_value(place, sight->value);
		place->newest_n = place->seen_n;
		return CS_LEARN_LEARNING;
	}
	if (sight->proven)
		suspect(place, sight->value);
	return CS_LEARN_NEW;
}

bool
cs_learn_has(const struct cs_learn *learn, uint32_t idx, uint64_t value)
{
	CS_ASSERT(idx <= learn->mask);
	return has_value(&learn->at[idx], value);
}
