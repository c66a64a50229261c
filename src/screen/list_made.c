/*
 * The entry being made out of a list: its names and what else is said, trimmed, in UTF-8, each once.
 *
 * Text that is no UTF-8 is read as Windows-1252, which is what old exports are written in, and counted. Whether something was
 * said before is looked for among the last 64 only, so that an entry of a million names costs what it is long.
 */
#include "screen/list_parts.h"

#include <stdlib.h>

enum { CHUNK_BYTES = 1 << 16, LOOK_BACK = 64, GROWTH_MIN = 16, RECODED_MAX = 3 };

struct cs_list_chunk {
	struct cs_list_chunk *next;
	size_t cap, used;
	uint8_t at[];
};

void *
cs_list_room_take(struct cs_list_room *room, size_t n)
{
	struct cs_list_chunk *chunk = room->chunk;
	if (!chunk || chunk->cap - chunk->used < n) {
		size_t cap = n > CHUNK_BYTES ? n : CHUNK_BYTES;
		struct cs_list_chunk *more = malloc(sizeof *more + cap);
		if (!more)
			return NULL;
		more->next = chunk;
		more->cap = cap;
		more->used = 0;
		room->chunk = chunk = more;
	}
	void *at = chunk->at + chunk->used;
	chunk->used += n;
	return at;
}

static void
drop_chunks(struct cs_list_room *room, struct cs_list_chunk *keep)
{
	while (room->chunk && room->chunk != keep) {
		struct cs_list_chunk *next = room->chunk->next;
		free(room->chunk);
		room->chunk = next;
	}
}

struct cs_span
cs_list_trim(struct cs_span text)
{
	while (text.len && text.at[0] <= ' ')
		text.at++, text.len--;
	while (text.len && text.at[text.len - 1] <= ' ')
		text.len--;
	return text;
}

static uint8_t
small(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

bool
cs_list_starts(struct cs_span text, const char *word)
{
	size_t n = strlen(word);
	if (text.len < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (small(text.at[i]) != small((uint8_t)word[i]))
			return false;
	return true;
}

bool
cs_list_same(struct cs_span text, const char *word)
{
	return text.len == strlen(word) && cs_list_starts(text, word);
}

bool
cs_list_digits(struct cs_span text, uint32_t *value)
{
	enum { DIGITS_MAX = 9 };
	*value = 0;
	if (text.len == 0 || text.len > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		*value = *value * 10 + (uint32_t)(text.at[i] - '0');
	}
	return true;
}

bool
cs_list_cut(struct cs_span *rest, const char *any_of, struct cs_span *part)
{
	if (rest->len == 0)
		return false;
	size_t n = 0;
	while (n < rest->len && (rest->at[n] == 0 || !strchr(any_of, rest->at[n])))
		n++;
	*part = cs_list_trim((struct cs_span){rest->at, n});
	size_t gone = n < rest->len ? n + 1 : n;
	*rest = (struct cs_span){rest->at + gone, rest->len - gone};
	return true;
}

void
cs_list_fault_put(struct cs_watch_list_report *report, struct cs_watch_list_fault fault)
{
	uint64_t at = report->fault_n++;
	report->fault[at < CS_WATCH_LIST_FAULTS_MAX ? at : CS_WATCH_LIST_FAULTS_MAX - 1] = fault;
}

/* The length of the character of UTF-8 at TEXT; 0: it is none. */
static size_t
character(struct cs_span text)
{
	uint8_t c = text.at[0];
	size_t n = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
	if (n == 0 || n > text.len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((text.at[i] & 0xC0) != 0x80)
			return 0;
	bool overlong = n > 2 && ((c == 0xE0 && text.at[1] < 0xA0) || (c == 0xF0 && text.at[1] < 0x90));
	bool outside = n > 2 && ((c == 0xED && text.at[1] > 0x9F) || (c == 0xF4 && text.at[1] > 0x8F));
	return overlong || outside ? 0 : n;
}

static bool
is_utf8(struct cs_span text)
{
	while (text.len) {
		size_t n = character(text);
		if (n == 0)
			return false;
		text = (struct cs_span){text.at + n, text.len - n};
	}
	return true;
}

/* Windows-1252 differs from ISO 8859-1 in these. 0: a control, which is a space here. */
static const uint16_t windows[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
				     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
				     0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
				     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static struct cs_span
recode(struct cs_list_made *made, struct cs_span text)
{
	uint8_t *at = cs_list_room_take(&made->room, text.len * RECODED_MAX);
	size_t n = 0;
	if (!at) {
		made->error = CS_E_MEMORY;
		return (struct cs_span){NULL, 0};
	}
	for (size_t i = 0; i < text.len; i++) {
		unsigned c = text.at[i];
		if (c >= 0x80 && c < 0xA0)
			c = windows[c - 0x80] ? windows[c - 0x80] : ' ';
		if (c >= 0x800) {
			at[n++] = (uint8_t)(0xE0 | c >> 12);
			at[n++] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
		} else if (c >= 0x80) {
			at[n++] = (uint8_t)(0xC0 | c >> 6);
		}
		at[n++] = (uint8_t)(c < 0x80 ? c : 0x80 | (c & 0x3F));
	}
	made->report->recoded_n++;
	return (struct cs_span){at, n};
}

static struct cs_span
clean(struct cs_list_made *made, struct cs_span text)
{
	text = cs_list_trim(text);
	if (text.len > CS_WATCH_LIST_NAME_MAX) {
		made->report->long_n++;
		text.len = CS_WATCH_LIST_NAME_MAX;
		while (text.len > CS_WATCH_LIST_NAME_MAX - 4 && (text.at[text.len] & 0xC0) == 0x80)
			text.len--;
	}
	if (!is_utf8(text))
		return recode(made, text);
	uint8_t *copy = text.len ? cs_list_room_take(&made->room, text.len) : NULL; /* a row of CSV may be gone soon */
	if (text.len && !copy)
		made->error = CS_E_MEMORY;
	if (!copy)
		return (struct cs_span){NULL, 0};
	memcpy(copy, text.at, text.len);
	return (struct cs_span){copy, text.len};
}

/* Makes room for one more in a table of rows of SIZE; false: without memory. */
static bool
grow(struct cs_list_made *made, void **table, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return true;
	size_t more = *cap < GROWTH_MIN ? GROWTH_MIN : *cap * 2;
	void *grown = realloc(*table, more * size);
	if (!grown) {
		made->error = CS_E_MEMORY;
		return false;
	}
	*table = grown;
	*cap = more;
	return true;
}

/* Where a search for what was said before begins. */
static size_t
back_from(size_t n)
{
	return n > LOOK_BACK ? n - LOOK_BACK : 0;
}

void
cs_list_made_begin(struct cs_list_made *made, struct cs_span uid, enum cs_entry_kind kind)
{
	struct cs_list_chunk *last = made->room.chunk;
	while (last && last->next)
		last = last->next;
	drop_chunks(&made->room, last);
	if (last)
		last->used = 0;
	memset(&made->entry, 0, sizeof made->entry);
	made->entry.uid = clean(made, uid);
	made->entry.kind = (uint8_t)kind;
}

void
cs_list_made_name(struct cs_list_made *made, struct cs_span text, enum cs_entry_name_kind kind)
{
	size_t n = made->entry.name_n;
	text = clean(made, text);
	if (text.len == 0) {
		made->report->empty_n += kind == CS_ENTRY_PRIMARY;
		return;
	}
	for (size_t i = back_from(n); i < n; i++)
		if (cs_span_equal(made->name[i].text, text))
			return;
	void *table = made->name;
	if (!grow(made, &table, n, &made->name_cap, sizeof *made->name))
		return;
	made->name = table;
	made->name[n] = (struct cs_entry_name){text, (uint8_t)kind};
	made->entry.name_n++;
}

void
cs_list_made_id(struct cs_list_made *made, enum cs_entry_id_kind kind, struct cs_span text, uint16_t country)
{
	size_t n = made->entry.id_n;
	text = clean(made, text);
	if (text.len == 0)
		return;
	for (size_t i = back_from(n); i < n; i++)
		if (made->id[i].kind == kind && cs_span_equal(made->id[i].text, text))
			return;
	void *table = made->id;
	if (!grow(made, &table, n, &made->id_cap, sizeof *made->id))
		return;
	made->id = table;
	made->id[n] = (struct cs_entry_id){text, (uint8_t)kind, country};
	made->entry.id_n++;
}

static void
add_text(struct cs_list_made *made, struct cs_span text, struct cs_span **table, size_t *n, size_t *cap)
{
	text = clean(made, text);
	if (text.len == 0)
		return;
	for (size_t i = back_from(*n); i < *n; i++)
		if (cs_span_equal((*table)[i], text))
			return;
	void *grown = *table;
	if (!grow(made, &grown, *n, cap, sizeof **table))
		return;
	*table = grown;
	(*table)[(*n)++] = text;
}

void
cs_list_made_place(struct cs_list_made *made, struct cs_span text)
{
	add_text(made, text, &made->place, &made->entry.place_n, &made->place_cap);
}

void
cs_list_made_programme(struct cs_list_made *made, struct cs_span text)
{
	add_text(made, text, &made->programme, &made->entry.programme_n, &made->programme_cap);
}

void
cs_list_made_birth(struct cs_list_made *made, struct cs_span text)
{
	struct cs_entry_birth birth;
	size_t n = made->entry.birth_n;
	text = cs_list_trim(text);
	if (text.len == 0)
		return;
	if (!cs_list_date_read(text, &birth)) {
		made->report->birth_bad_n++;
		return;
	}
	for (size_t i = back_from(n); i < n; i++)
		if (made->birth[i].from == birth.from && made->birth[i].to == birth.to)
			return;
	void *table = made->birth;
	if (!grow(made, &table, n, &made->birth_cap, sizeof *made->birth))
		return;
	made->birth = table;
	made->birth[n] = birth;
	made->entry.birth_n++;
}

void
cs_list_made_country(struct cs_list_made *made, struct cs_span text)
{
	size_t n = made->entry.country_n;
	text = cs_list_trim(text);
	if (text.len == 0)
		return;
	uint16_t country = cs_list_place_country(text);
	if (country == 0) {
		made->report->country_bad_n++;
		return;
	}
	for (size_t i = back_from(n); i < n; i++)
		if (made->country[i] == country)
			return;
	void *table = made->country;
	if (!grow(made, &table, n, &made->country_cap, sizeof *made->country))
		return;
	made->country = table;
	made->country[n] = country;
	made->entry.country_n++;
}

void
cs_list_made_gender(struct cs_list_made *made, struct cs_span text)
{
	text = cs_list_trim(text);
	if (cs_list_same(text, "m") || cs_list_same(text, "male"))
		made->entry.gender = 'm';
	else if (cs_list_same(text, "f") || cs_list_same(text, "female"))
		made->entry.gender = 'f';
}

struct cs_span
cs_list_made_joined(struct cs_list_made *made, const struct cs_span *part, size_t n, const char *between)
{
	size_t len = 0, gap = strlen(between), told = 0;
	struct cs_span only = {NULL, 0};
	for (size_t i = 0; i < n; i++) {
		struct cs_span text = cs_list_trim(part[i]);
		if (text.len == 0)
			continue;
		told++;
		only = text;
		len += text.len + gap;
	}
	if (told < 2)
		return only;
	uint8_t *at = cs_list_room_take(&made->room, len), *to = at;
	if (!at) {
		made->error = CS_E_MEMORY;
		return (struct cs_span){NULL, 0};
	}
	for (size_t i = 0; i < n; i++) {
		struct cs_span text = cs_list_trim(part[i]);
		if (text.len == 0)
			continue;
		if (to > at)
			memcpy(to, between, gap), to += gap;
		memcpy(to, text.at, text.len);
		to += text.len;
	}
	return (struct cs_span){at, (size_t)(to - at)};
}

static void
count(struct cs_watch_list_report *report, const struct cs_entry *entry)
{
	report->entry_n++;
	report->entry_of[entry->kind]++;
	report->name_n += entry->name_n;
	for (size_t i = 0; i < entry->name_n; i++)
		report->name_of[entry->name[i].kind]++;
	report->id_n += entry->id_n;
	for (size_t i = 0; i < entry->id_n; i++)
		report->id_of[entry->id[i].kind]++;
	report->birth_n += entry->birth_n;
	report->place_n += entry->place_n;
	report->country_n += entry->country_n;
	report->programme_n += entry->programme_n;
	report->gender_n += entry->gender != 0;
}

/* Lists that give one row per name do not always begin with the primary one; who has none is called by the first. */
static void
primary_first(struct cs_list_made *made)
{
	struct cs_entry_name first = made->name[0];
	for (size_t i = 0; i < made->entry.name_n; i++) {
		if (made->name[i].kind != CS_ENTRY_PRIMARY)
			continue;
		made->name[0] = made->name[i];
		made->name[i] = first;
		return;
	}
	made->name[0].kind = CS_ENTRY_PRIMARY;
}

bool
cs_list_made_end(struct cs_list_made *made)
{
	if (made->error != CS_OK)
		return true;
	if (made->entry.name_n == 0 && made->entry.id_n == 0)
		return false;
	if (made->entry.name_n == 0)
		cs_list_made_name(made, made->id[0].text, CS_ENTRY_PRIMARY);
	struct cs_entry *entry = &made->entry;
	if (made->error == CS_OK)
		primary_first(made);
	entry->name = made->name;
	entry->id = made->id;
	entry->birth = made->birth;
	entry->place = made->place;
	entry->country = made->country;
	entry->programme = made->programme;
	if (made->error != CS_OK)
		return true;
	count(made->report, entry);
	made->error = made->take(made->context, entry);
	return true;
}

void
cs_list_made_free(struct cs_list_made *made)
{
	drop_chunks(&made->room, NULL);
	free(made->name);
	free(made->id);
	free(made->birth);
	free(made->place);
	free(made->country);
	free(made->programme);
}
