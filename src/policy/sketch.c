/*
 * The sketch of behaviour: its memory, and what names mean in it.
 *
 * Invariant: sketches hang together by pointers of the policy's arena; nothing here complains but of unknown fields.
 */
#include "policy/sketch.h"

#include "base/error.h"
#include "base/name.h"

enum { KEYS_DEFAULT = 100000, LOG_DEFAULT = 256 };

void *
cs_sketch_take(struct cs_reader *reader, size_t bytes)
{
	void *out = cs_arena_take(reader->arena, bytes);
	reader->full = reader->full || !out;
	return out;
}

struct cs_sketch *
cs_sketch_of_reader(struct cs_reader *reader)
{
	if (!reader->sketch)
		reader->sketch = cs_sketch_take(reader, sizeof *reader->sketch);
	return reader->sketch;
}

void
cs_sketch_see(struct cs_sketch *sketch, uint16_t currency)
{
	CS_ASSERT(sketch->seen_n <= 2);
	for (unsigned i = 0; i < sketch->seen_n; i++)
		if (sketch->seen[i] == currency)
			return;
	if (sketch->seen_n < 2)
		sketch->seen[sketch->seen_n++] = currency;
}

unsigned
cs_sketch_extra(const struct cs_sketch *sketch, struct cs_span name)
{
	return cs_name_find(&sketch->extra[0].name, sizeof sketch->extra[0], sketch->extra_n, name);
}

/* Fields of every event, then those of records. */
static const char *
field_name(const void *table, unsigned i)
{
	const struct cs_sketch *sketch = table;
	if (i < sketch->extra_n)
		return sketch->extra[i].name;
	i -= sketch->extra_n;
	return i < CS_FIELD_N ? cs_field_info_of((enum cs_field)i)->name : NULL;
}

enum cs_field
cs_sketch_field(struct cs_reader *reader, const struct cs_named *name, bool *record)
{
	const struct cs_sketch *sketch = reader->sketch;
	enum cs_field field = cs_field_by_name(name->text);
	*record = false;
	if (field != CS_FIELD_N)
		return field;
	unsigned extra = cs_sketch_extra(sketch, name->text);
	if (extra == sketch->extra_n) {
		cs_complain_unknown(reader->complaints, name->place, "field", name->text,
				    (struct cs_words){field_name, sketch});
		return CS_FIELD_N;
	}
	*record = true;
	return (enum cs_field)sketch->extra[extra].field;
}

bool
cs_sketch_used(struct cs_reader *reader, struct cs_used *out)
{
	static const struct cs_sketch nothing;
	const struct cs_sketch *sketch = reader->sketch ? reader->sketch : &nothing;
	struct cs_lexeme word;
	if (!cs_reader_need(reader, CS_LEX_WORD, "a field", &word))
		return false;
	unsigned extra = cs_sketch_extra(sketch, word.text);
	*out = (struct cs_used){cs_field_by_name(word.text), false, word.place, word.text};
	if (out->field != CS_FIELD_N)
		return true;
	if (extra == sketch->extra_n) {
		cs_complain_unknown(reader->complaints, word.place, "field", word.text,
				    (struct cs_words){field_name, sketch});
		return false;
	}
	out->own = true;
	out->field = (enum cs_field)sketch->extra[extra].field;
	return true;
}

static bool
is_named(const char *name, struct cs_span wanted)
{
	return name && cs_span_is(wanted, name);
}

const struct cs_sketch_profile *
cs_sketch_profile_of(const struct cs_sketch *sketch, struct cs_span name)
{
	for (unsigned i = 0; i < sketch->profile_n; i++)
		if (is_named(sketch->profile[i]->made.name, name))
			return sketch->profile[i];
	return NULL;
}

const struct cs_calendar_clause *
cs_sketch_calendar_of(const struct cs_sketch *sketch, struct cs_span name)
{
	for (unsigned i = 0; i < sketch->calendar_n; i++)
		if (is_named(sketch->calendar[i].name, name))
			return &sketch->calendar[i];
	return NULL;
}

struct cs_sketch_aggregate *
cs_sketch_aggregate_of(const struct cs_sketch_profile *profile, struct cs_span name, unsigned *number)
{
	struct cs_sketch_aggregate *at = profile->aggregate;
	for (unsigned n = 0; at; at = at->next, n++) {
		if (!is_named(at->made.name, name))
			continue;
		*number = n;
		return at;
	}
	return NULL;
}

struct cs_sketch_aggregate *
cs_sketch_add(struct cs_reader *reader, struct cs_sketch_profile *profile, const struct cs_sketch_aggregate *aggregate)
{
	struct cs_sketch_aggregate *added = cs_sketch_take(reader, sizeof *added);
	struct cs_sketch_aggregate **end = &profile->aggregate;
	CS_ASSERT(profile->made.aggregate_n < CS_PROFILE_MAX);
	if (!added)
		return NULL;
	*added = *aggregate;
	added->next = NULL;
	while (*end)
		end = &(*end)->next;
	*end = added;
	profile->made.aggregate_n++;
	return added;
}

void
cs_sketch_sizes(struct cs_profile_clause *profile)
{
	profile->keys = KEYS_DEFAULT;
	profile->log = LOG_DEFAULT;
	profile->lateness_ns = UINT64_C(60000000000);
	profile->ahead_ns = 0; /* a quiet night is no wrong clock: who has wrong ones says so */
}
