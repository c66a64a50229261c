/*
 * Labels by id, in one table that grows while the file is read and never after.
 *
 * The table holds 63 bits of a hash of the id and the label in the last: of ten million ids two are confused with a
 * chance of one in a hundred thousand. Leaves it to whoever asks whether a label is known early enough to be shown.
 */
#include "engine/labels.h"

#include "base/hash.h"
#include "io/file.h"

#include <stdlib.h>

enum { SLOTS_FIRST = 1 << 16, BUFFER_BYTES = 1 << 20 };

struct slot {
	uint64_t id; /* hash, lowest bit: fraud; 0: free */
	uint64_t known_ns;
};

struct cs_labels {
	struct slot *slot;
	uint64_t mask;
	uint64_t n;
	uint64_t fraud_n;
};

static const char *const yes[] = {"1", "true", "yes", "fraud"};
static const struct cs_row_column columns[] = {
	{.name = "id", .what = CS_ROW_TEXT, .field = CS_FIELD_RRN},
	{.name = "fraud", .what = CS_ROW_FLAG, .flag = CS_FLAG_FRAUD, .value_n = 4, .value = yes},
	{.name = "known", .what = CS_ROW_TIME, .clock = CS_ROW_RFC3339, .may_lack = true},
};

/* The place of an id, or the free one where it would be. */
static struct slot *
place_of(const struct cs_labels *labels, uint64_t id)
{
	uint64_t at = id >> 1;
	while (labels->slot[at & labels->mask].id && (labels->slot[at & labels->mask].id | 1) != (id | 1))
		at++;
	return &labels->slot[at & labels->mask];
}

static uint64_t
hash_of(const struct cs_event *event)
{
	uint64_t hash = cs_hash_bytes(cs_event_text(event, CS_FIELD_RRN), 0) & ~UINT64_C(1);
	return hash ? hash : 2;
}

static bool
grow(struct cs_labels *labels)
{
	struct cs_labels more = *labels;
	more.mask = labels->slot ? labels->mask * 2 + 1 : SLOTS_FIRST - 1;
	more.slot = calloc(more.mask + 1, sizeof more.slot[0]);
	if (!more.slot)
		return false;
	for (uint64_t i = 0; labels->slot && i <= labels->mask; i++)
		if (labels->slot[i].id)
			*place_of(&more, labels->slot[i].id) = labels->slot[i];
	free(labels->slot);
	*labels = more;
	return true;
}

static bool
put(struct cs_labels *labels, const struct cs_event *event)
{
	if ((!labels->slot || labels->n * 2 > labels->mask) && !grow(labels))
		return false;
	uint64_t id = hash_of(event);
	struct slot *slot = place_of(labels, id);
	bool fraud = event->flags & CS_FLAG_FRAUD;
	labels->n += !slot->id;
	labels->fraud_n += fraud;
	labels->fraud_n -= slot->id & 1;
	*slot = (struct slot){id | fraud, event->origin.time_ns};
	return true;
}

struct reading {
	const char *path;
	struct cs_feeds_hearer hearer;
	struct cs_labels *labels;
	struct cs_row_plan plan;
	struct cs_rows *rows;
	uint8_t *buffer;
	size_t got;
};

static void
tell(const struct reading *reading, const struct cs_row_fault *fault, const char *words)
{
	char at[CS_FEED_WORDS_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, strcmp(reading->path, "-") == 0 ? "standard input" : reading->path);
	cs_text_put(&text, ":");
	cs_text_put_u64(&text, fault->line);
	cs_text_put(&text, ": ");
	cs_text_put(&text, fault->column ? fault->column : "");
	cs_text_put(&text, fault->column ? ": " : "");
	cs_text_put(&text, words);
	reading->hearer.fault(reading->hearer.context, at);
}

static void
feed_rows(const struct reading *reading)
{
	cs_rows_feed(reading->rows, (struct cs_span){reading->buffer, reading->got}, reading->got == 0);
}

/* A file without `known` will do as well. */
static bool
without_known(struct reading *reading, const struct cs_row_fault *fault)
{
	if (reading->plan.column_n == 2 || !fault->column || strcmp(fault->column, columns[2].name) != 0)
		return false;
	cs_rows_free(reading->rows);
	reading->plan.column_n = 2;
	reading->rows = cs_rows_new(&reading->plan);
	if (reading->rows)
		feed_rows(reading);
	return reading->rows != NULL;
}

/* All rows of what was fed. */
static enum cs_error
take_rows(struct reading *reading)
{
	struct cs_row_fault fault;
	struct cs_event event;
	for (;;) {
		enum cs_error error = cs_rows_next(reading->rows, &event, &fault);
		if (error == CS_AGAIN)
			return CS_OK;
		if (error == CS_E_SYNTAX && without_known(reading, &fault))
			continue;
		if (error == CS_OK && !cs_event_has(&event, CS_FIELD_RRN))
			tell(reading, &(struct cs_row_fault){.line = event.origin.packet}, "a label without an id");
		else if (error == CS_OK && !put(reading->labels, &event))
			return CS_E_MEMORY;
		if (error != CS_OK)
			tell(reading, &fault, fault.words);
		if (error == CS_E_SYNTAX)
			return error;
	}
}

static enum cs_error
read_all(struct reading *reading)
{
	int descriptor = -1;
	enum cs_error error = cs_file_open_read(reading->path, &descriptor);
	while (error == CS_OK) {
		error = cs_file_read_some(descriptor, reading->buffer, BUFFER_BYTES, &reading->got);
		if (error == CS_OK) {
			feed_rows(reading);
			error = take_rows(reading);
		}
		if (error == CS_OK && reading->got == 0)
			break;
	}
	cs_file_close(descriptor);
	return error;
}

enum cs_error
cs_labels_read(const char *path, struct cs_feeds_hearer hearer, struct cs_labels **out)
{
	struct reading reading = {.path = path, .hearer = hearer};
	reading.plan = (struct cs_row_plan){.separator = ',', .column_n = 3, .column = columns};
	reading.rows = cs_rows_new(&reading.plan);
	reading.buffer = malloc(BUFFER_BYTES);
	reading.labels = calloc(1, sizeof *reading.labels);
	bool room = reading.rows && reading.buffer && reading.labels && grow(reading.labels);
	enum cs_error error = room ? read_all(&reading) : CS_E_MEMORY;
	cs_rows_free(reading.rows);
	free(reading.buffer);
	if (error != CS_OK)
		cs_labels_free(reading.labels);
	*out = error == CS_OK ? reading.labels : NULL;
	return error;
}

void
cs_labels_free(struct cs_labels *labels)
{
	if (labels)
		free(labels->slot);
	free(labels);
}

enum cs_label
cs_labels_find(const struct cs_labels *labels, const struct cs_event *event, uint64_t *known_ns)
{
	*known_ns = 0;
	if (!cs_event_has(event, CS_FIELD_RRN))
		return CS_LABEL_NONE;
	const struct slot *slot = place_of(labels, hash_of(event));
	*known_ns = slot->known_ns;
	if (!slot->id)
		return CS_LABEL_NONE;
	return slot->id & 1 ? CS_LABEL_FRAUD : CS_LABEL_INNOCENT;
}

uint64_t
cs_labels_n(const struct cs_labels *labels)
{
	return labels->n;
}

uint64_t
cs_labels_fraud_n(const struct cs_labels *labels)
{
	return labels->fraud_n;
}
