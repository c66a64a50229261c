/*
 * Names of records' own, found before the policy is read: names may be used before they are declared, and a condition or a
 * match needs the field behind a name at once.
 *
 * A name is given a text field that records have no use for: first those that only card messages have, then those that no
 * record of this policy fills. In order of place, so that a name keeps its field when more are added behind it. Complains of
 * nothing: whoever reads the record does.
 */
#include "policy/sketch.h"

/* Of the first six a record never fills one. */
enum { SPARE_N = 6 };

static const enum cs_field places[CS_EXTRAS_MAX] = {
	CS_FIELD_FORWARDER,     CS_FIELD_TRANSMISSION,  CS_FIELD_LOCAL_TIME,    CS_FIELD_LOCAL_DATE,
	CS_FIELD_ORIGINAL_STAN, CS_FIELD_ORIGINAL_TIME, CS_FIELD_NETWORK_CODE,  CS_FIELD_POS_CONDITION,
	CS_FIELD_ACQUIRER,      CS_FIELD_STAN,          CS_FIELD_MCC,           CS_FIELD_POS_ENTRY,
	CS_FIELD_SERVICE_CODE,  CS_FIELD_MERCHANT,      CS_FIELD_APPROVAL_CODE,
};

struct scan {
	struct cs_reader *reader;
	struct cs_lexer lexer;
	struct cs_lexeme now;
	uint64_t filled; /* fields that records fill by the fields' own names */
	bool names;      /* second pass: names are given fields */
};

bool
cs_sketch_spare(enum cs_field field)
{
	for (unsigned i = 0; i < SPARE_N; i++)
		if (places[i] == field)
			return true;
	return false;
}

static void
step(struct scan *scan)
{
	scan->now = cs_lexer_next(&scan->lexer);
}

static bool
at_word(const struct scan *scan, const char *word)
{
	return scan->now.kind == CS_LEX_WORD && cs_span_is(scan->now.text, word);
}

static bool
is_taken(const struct cs_sketch *sketch, enum cs_field field)
{
	for (unsigned i = 0; i < sketch->extra_n; i++)
		if (sketch->extra[i].field == field)
			return true;
	return false;
}

static void
add(struct scan *scan, struct cs_span name, bool number)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(scan->reader);
	if (!sketch || cs_sketch_extra(sketch, name) < sketch->extra_n)
		return;
	unsigned at = 0;
	while (at < CS_EXTRAS_MAX && (is_taken(sketch, places[at]) || scan->filled >> places[at] & 1))
		at++;
	const char *copy = at < CS_EXTRAS_MAX ? cs_reader_copy(scan->reader, name) : NULL;
	if (!copy)
		return;
	uint8_t type = number ? CS_VALUE_NUMBER : CS_VALUE_TEXT;
	sketch->extra[sketch->extra_n++] = (struct cs_extra_clause){copy, (uint8_t)places[at], type};
}

/* field NAME text; the word `field` was taken. */
static void
take_name(struct scan *scan)
{
	struct cs_lexeme name = scan->now;
	if (name.kind != CS_LEX_WORD)
		return;
	step(scan);
	bool number = at_word(scan, "number");
	if (scan->names && (number || at_word(scan, "text") || at_word(scan, "token")))
		add(scan, name.text, number);
}

/* What stands between { and } of a record. */
static void
take_record(struct scan *scan)
{
	while (scan->now.kind != CS_LEX_CLOSE && scan->now.kind != CS_LEX_END) {
		struct cs_lexeme word = scan->now;
		step(scan);
		enum cs_field field = word.kind == CS_LEX_WORD ? cs_field_by_name(word.text) : CS_FIELD_N;
		if (word.kind == CS_LEX_WORD && cs_span_is(word.text, "field"))
			take_name(scan);
		else if (field != CS_FIELD_N && at_word(scan, "from"))
			scan->filled |= UINT64_C(1) << field;
	}
}

static void
pass(struct scan *scan)
{
	scan->lexer = scan->reader->lexer;
	for (step(scan); scan->now.kind != CS_LEX_END;) {
		bool record = at_word(scan, "record");
		step(scan);
		if (!record || scan->now.kind != CS_LEX_WORD)
			continue;
		step(scan);
		if (scan->now.kind == CS_LEX_STRING)
			step(scan);
		if (scan->now.kind == CS_LEX_OPEN)
			take_record(scan);
	}
}

enum cs_field
cs_sketch_place(struct cs_reader *reader, const char *name, uint64_t filled)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	unsigned at = sketch ? cs_sketch_extra(sketch, cs_span_text(name)) : 0;
	if (sketch && at < sketch->extra_n)
		return (enum cs_field)sketch->extra[at].field;
	for (at = 0; sketch && at < CS_EXTRAS_MAX && (is_taken(sketch, places[at]) || filled >> places[at] & 1);)
		at++;
	if (!sketch || at == CS_EXTRAS_MAX)
		return CS_FIELD_N;
	sketch->extra[sketch->extra_n++] = (struct cs_extra_clause){name, (uint8_t)places[at], CS_VALUE_TEXT};
	reader->policy->extra = sketch->extra;
	reader->policy->extra_n = sketch->extra_n;
	return places[at];
}

void
cs_sketch_names(struct cs_reader *reader)
{
	struct scan scan = {.reader = reader};
	pass(&scan);
	scan.names = true;
	pass(&scan);
	if (!reader->sketch)
		return;
	reader->policy->extra = reader->sketch->extra;
	reader->policy->extra_n = reader->sketch->extra_n;
}
