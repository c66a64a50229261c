/*
 * Files of lists and places in a folder of their own, the judge they are told to, and what is said and heard of them. Shared by
 * inclusion; it includes the source under test.
 */
#ifndef CS_TESTS_TABLES_H
#define CS_TESTS_TABLES_H

#include "check.h"

#include "engine/tables.c"

#include "engine/rerun.h"
#include "policy/policy.h"
#include "state/snapshot.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define S      UINT64_C(1000000000)
#define HOUR   (3600 * S)
#define NOW    (UINT64_C(1800000000) * S)
#define STOLEN "4000000000000002"
#define HONEST "4000000000000010"

static const char tables_policy[] =
	"record tx {\n  source csv\n  time from \"t\" seconds\n  card from \"pan\"\n"
	"  terminal from \"term\"\n  field customer token from \"who\"\n"
	"  amount from \"amt\" major EUR\n}\n"
	"money EUR\n"
	"list hot \"stolen cards\" { of card source \"hot.csv\" key \"pan\" until \"until\" "
	"because \"why\" verdict block hard entries 4 }\n"
	"list watched { of terminal source \"watched.csv\" key \"term\" refresh 1h stale 48h "
	"entries 4 }\n"
	"places atm { of terminal source \"atms.csv\" key \"id\" latitude \"lat\" "
	"longitude \"lon\" entries 4 }\n"
	"profile card by card { of record on tx was = last(terminal) }\n"
	"rule there \"watched\" { of record on tx when terminal in watched then hold high }\n"
	"rule elsewhere \"not watched\" { of record on tx when not terminal in watched then allow "
	"low }\n"
	"rule far \"too far\" { of record on tx when distance(terminal, card.was) > 5000 then hold "
	"high }\n";

static const struct cs_token_key token_key = {{1, 2, 3}};

static struct {
	char folder[64];
	char policy_path[96];
	struct cs_arena arena;
	const struct cs_policy *policy;
	struct cs_judge *judge;
	struct cs_tables *tables;
	struct cs_vault *vault;
	struct cs_journal *journal;
	struct cs_recorder recorder;
	const char *source[1];
	char said[4096];
	char heard[4096];
	char again[4096];
} s;

static inline void
hear(void *context, const struct cs_finding *finding)
{
	char *out = context;
	size_t len = strlen(out);
	snprintf(out + len, sizeof s.heard - len, "%s%s: %s", len ? "; " : "", finding->expectation, finding->detail);
}

static inline void
note(void *context, const char *words)
{
	(void)context;
	const char *name = strrchr(words, '/');
	size_t len = strlen(s.said);
	snprintf(s.said + len, sizeof s.said - len, "%s\n", name ? name + 1 : words);
}

static inline void
make_file(const char *name, const char *text)
{
	char path[160];
	snprintf(path, sizeof path, "%s/%s", s.folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline void
remove_file(const char *name)
{
	char path[160];
	snprintf(path, sizeof path, "%s/%s", s.folder, name);
	assert_int_equal(unlink(path), 0);
}

/* When the file was changed last. */
static inline void
set_changed(const char *name, uint64_t time_ns)
{
	char path[160];
	const struct timespec at = {.tv_sec = (time_t)(time_ns / S), .tv_nsec = 0};
	snprintf(path, sizeof path, "%s/%s", s.folder, name);
	assert_int_equal(utimensat(AT_FDCWD, path, (const struct timespec[2]){at, at}, 0), 0);
}

static inline void
make_files(void)
{
	make_file("hot.csv", "pan,until,why\n" STOLEN ",2027-01-31,lost\n");
	make_file("watched.csv", "term\nT1\n");
	make_file("atms.csv", "id,lat,lon\nT1,48.85661,2.35222\nT2,-33.86785,151.20732\n");
	set_changed("hot.csv", NOW);
	set_changed("watched.csv", NOW);
}

static inline int
set_up(void **state)
{
	(void)state;
	struct cs_complaints complaints = {0};
	memset(&s, 0, sizeof s);
	snprintf(s.folder, sizeof s.folder, "/tmp/countersign-tables-XXXXXX");
	if (!mkdtemp(s.folder) || cs_arena_init(&s.arena, 8 << 20) != CS_OK)
		return -1;
	snprintf(s.policy_path, sizeof s.policy_path, "%s/test.policy", s.folder);
	if (cs_policy_read(cs_span_text(tables_policy), s.policy_path, &s.arena, &s.policy, &complaints) != CS_OK) {
		fprintf(stderr, "%s\n", complaints.at[0].text);
		return -1;
	}
	make_files();
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	char command[128];
	cs_tables_free(s.tables);
	cs_judge_free(s.judge);
	cs_arena_fini(&s.arena);
	cs_vault_close(s.vault);
	snprintf(command, sizeof command, "rm -r %s", s.folder);
	return (system)(command);
}

static inline void
start(bool live)
{
	struct cs_detect_sink sink = {hear, s.heard};
	struct cs_tables_wish wish = {s.policy, &token_key, live, note, NULL};
	s.judge = cs_judge_new(s.policy, &sink);
	assert_non_null(s.judge);
	assert_int_equal(cs_tables_new(&wish, &s.tables), CS_OK);
	assert_non_null(s.tables);
}

static inline void
spend(const char *card, const char *terminal, uint64_t time_ns)
{
	struct cs_event event = {.kind = CS_KIND_RECORD, .flags = CS_FLAG_CARD};
	event.origin.time_ns = time_ns;
	event.card = cs_card_make(&token_key, cs_span_text(card));
	event.present |= UINT64_C(1) << CS_FIELD_CARD | UINT64_C(1) << CS_FIELD_BIN | UINT64_C(1) << CS_FIELD_AMOUNT;
	event.money[CS_FIELD_AMOUNT - CS_MONEY_FIELD_FIRST] = cs_money_of(1000, 978);
	cs_event_set_text(&event, CS_FIELD_TERMINAL, cs_span_text(terminal));
	cs_judge_event(s.judge, &event);
}

/* What was heard of it since. */
static inline const char *
spent(const char *card, const char *terminal, uint64_t time_ns)
{
	s.heard[0] = '\0';
	spend(card, terminal, time_ns);
	return s.heard;
}

static inline const char *
said_at(uint64_t now_ns)
{
	s.said[0] = s.heard[0] = '\0';
	cs_tables_read(s.tables, s.judge, now_ns);
	return s.said;
}

#endif
