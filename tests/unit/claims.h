/*
 * Two records, an expectation over them, and the detectors: rows in, findings out as one line of words.
 */
#ifndef CS_TESTS_CLAIMS_H
#define CS_TESTS_CLAIMS_H

#include "detect/parts.h"

#define ORDERS                                                                                                         \
	"record orders { source csv time from \"t\" field ref text from \"r\" field uetr text from \"u\" field payee " \
	"text from "                                                                                                   \
	"\"p\" amount from \"a\" minor EUR keep 1024 records lateness 1s }\n"
#define SWIFT                                                                                                          \
	"record swift { source csv time from \"t\" field ref text from \"r\" field uetr text from \"u\" field payee "  \
	"text from "                                                                                                   \
	"\"p\" field kind text from \"k\" amount from \"a\" minor EUR keep 1024 records lateness 1s }\n"

enum { AT_ORDERS, AT_SWIFT };

static struct cs_arena claims_arena;
static const struct cs_policy *policy;
static struct cs_coverage *coverage;
static struct cs_detect *detect;
static char heard[8192];
static struct cs_text hearing;

/* What is found: "reason(detail) ". */
static inline void
hear(void *context, const struct cs_finding *finding)
{
	(void)context;
	cs_text_put(&hearing, cs_reason_name(finding->reason));
	cs_text_put(&hearing, "(");
	cs_text_put(&hearing, finding->detail);
	cs_text_put(&hearing, ") ");
}

/* Nothing was lost, and all is watched from second 0 on. */
static inline void
start(const char *text)
{
	static struct cs_complaints complaints;
	const struct cs_detect_sink sink = {hear, NULL};
	hearing = cs_text_over(heard, sizeof heard);
	heard[0] = '\0';
	assert_int_equal(cs_arena_init(&claims_arena, 2 << 20), CS_OK);
	enum cs_error error = cs_policy_read(cs_span_text(text), "p", &claims_arena, &policy, &complaints);
	assert_string_equal(complaints.n ? complaints.at[0].text : "", "");
	assert_int_equal(error, CS_OK);
	coverage = cs_coverage_new(policy->link_n, 8);
	detect = cs_detect_new(policy, coverage, &sink);
	assert_non_null(detect);
	for (unsigned i = 0; i < policy->link_n; i++)
		cs_coverage_start(coverage, i, 0);
}

static inline void
stop(void)
{
	cs_detect_free(detect);
	cs_coverage_free(coverage);
	cs_arena_fini(&claims_arena);
}

static inline enum cs_field
own(const char *name)
{
	for (unsigned i = 0; i < policy->extra_n; i++)
		if (strcmp(policy->extra[i].name, name) == 0)
			return (enum cs_field)policy->extra[i].field;
	fail_msg("no name %s", name);
	return CS_FIELD_N;
}

struct row {
	unsigned link;
	uint64_t at_s;
	const char *ref; /* and the others: NULL, it has none */
	const char *uetr;
	const char *payee;
	int64_t cents;
	const char *kind;
	uint64_t hash; /* 0: its own */
};

static inline void
set(struct cs_event *event, const char *name, const char *value)
{
	if (value)
		cs_event_set_text(event, own(name), cs_span_text(value));
}

static inline struct cs_event
event_of(const struct row *row)
{
	static uint64_t n;
	struct cs_event event = {.kind = CS_KIND_RECORD, .link = (uint16_t)row->link};
	event.origin.time_ns = row->at_s * cs_second_ns;
	event.message_hash = row->hash ? row->hash : ++n * UINT64_C(0x9e3779b97f4a7c15);
	set(&event, "ref", row->ref);
	set(&event, "uetr", row->uetr);
	set(&event, "payee", row->payee);
	set(&event, "kind", row->kind);
	if (row->cents) {
		event.money[CS_FIELD_AMOUNT - CS_MONEY_FIELD_FIRST] = cs_money_of(row->cents, 978);
		event.present |= UINT64_C(1) << CS_FIELD_AMOUNT | UINT64_C(1) << CS_FIELD_CURRENCY;
	}
	return event;
}

static inline void
tell(struct row row)
{
	struct cs_event event = event_of(&row);
	cs_detect_prepare(detect, &event);
	cs_detect_event(detect, &event);
}

/* LINK has shown all up to second AT_S, and time has come as far. */
static inline void
settle(unsigned link, uint64_t at_s)
{
	cs_coverage_settle(coverage, link, at_s * cs_second_ns);
	cs_detect_advance(detect, at_s * cs_second_ns);
}

static inline const struct cs_expect_counts *
counts(unsigned nth)
{
	return &cs_detect_counts_of(detect)->expect[nth];
}

#endif
