/*
 * Between a NAMED record and the next one stand the findings that it came to, as TELL records; events of rows before it may stand between.
 *
 * Invariant: `found` holds what the newest NAMED came to and no TELL has borne out yet.
 */
#include "engine/rescreen.h"

#include "base/pack.h"
#include "engine/carry.h"
#include "engine/damage.h"
#include "engine/inputs.h"
#include "io/file.h"

#include <stdlib.h>

enum { ARENA_BYTES = 8 << 20, FOUND_MAX = CS_SENTRY_TOLD_MAX + 2 };

struct found {
	char expectation[64];
	char detail[CS_DETAIL_BYTES];
	enum cs_reason reason;
	enum cs_verdict verdict;
	enum cs_severity severity;
};

struct rescreen {
	const struct cs_rescreen_wish *wish;
	struct cs_rescreen_counts *counts;
	char store[CS_LIST_PATH_BYTES];
	struct cs_reading *reading;
	struct cs_lexicon *lexicon;
	struct cs_hasher *hasher;
	struct cs_arena arena;
	bool limits_only;               /* the policy that follows is broken, and read for its limits and screens */
	const struct cs_policy *policy; /* in force, or NULL */
	struct cs_sentry *sentry;       /* ... its */
	struct cs_roster roster;        /* in force, as its record says */
	bool known;                     /* there was one under this policy */
	bool built;                     /* its roll and decisions were made, as far as they can be */
	bool whole;                     /* ... whole */
	bool awaits;                    /* findings of the newest NAMED are borne out by what follows */
	bool differs;                   /* one was not */
	bool said_differs;
	struct cs_digest said_missing; /* of which that was said last */
	unsigned found_n, next;
	struct found found[FOUND_MAX];
	struct cs_input input;
	struct cs_sentry_named named;
};

static void
say(const struct rescreen *rescreen, const char *const part[4])
{
	char at[CS_RESCREEN_WORDS_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < 4; i++)
		cs_text_put(&text, part[i] ? part[i] : "");
	rescreen->wish->say(rescreen->wish->context, at);
}

/* ---- lists ---- */

static void
say_missing(struct rescreen *rescreen, const char *what, const char *name, const struct cs_digest *digest)
{
	char hex[2 * CS_DIGEST_BYTES + 1];
	struct cs_text text = cs_text_over(hex, sizeof hex);
	cs_text_put_hex_small(&text, (struct cs_span){digest->at, CS_DIGEST_BYTES});
	if (!cs_digest_same(&rescreen->said_missing, digest))
		say(rescreen,
		    (const char *const[4]){what, name, " is missing beside the journal, or is not those bytes: ", hex});
	rescreen->said_missing = *digest;
}

static unsigned
clause_of(const struct cs_policy *policy, const char *name)
{
	unsigned i = 0;
	while (i < policy->watched_n && strcmp(policy->watched[i].name, name) != 0)
		i++;
	return i;
}

static enum cs_error
read_kept(struct rescreen *rescreen, const struct cs_roster_list *list, struct cs_list_files *out)
{
	for (unsigned i = 0; i < list->file_n; i++) {
		enum cs_error error =
			cs_list_files_kept(rescreen->store, &list->file[i], rescreen->hasher, &out->file[i]);
		if (error != CS_OK) {
			say_missing(rescreen, "list ", list->name, &list->file[i]);
			return error;
		}
		out->n = i + 1;
	}
	return CS_OK;
}

/* One list of the roster into the roll that is being made. */
static enum cs_error
fill_list(struct rescreen *rescreen, struct cs_list_filling *filling)
{
	const struct cs_roster_list *list = &rescreen->roster.list[filling->list];
	struct cs_list_where where = {0};
	struct cs_list_files files = {0};
	unsigned nth = clause_of(rescreen->policy, list->name);
	struct cs_watch_list_report *report = calloc(1, sizeof *report);
	enum cs_error error = !report ? CS_E_MEMORY : nth == rescreen->policy->watched_n ? CS_E_FORMAT : CS_OK;
	if (error == CS_OK)
		error = cs_list_files_where(rescreen->policy, nth, &where);
	if (error == CS_OK)
		error = read_kept(rescreen, list, &files);
	if (error == CS_OK)
		error = cs_list_files_fill(&where, &files, filling, report);
	if (error == CS_OK && !cs_digest_same(&report->version, &list->version))
		error = CS_E_FORMAT;
	cs_list_files_free(&files);
	cs_list_files_where_free(&where);
	free(report);
	return error;
}

static enum cs_error
build_roll(struct rescreen *rescreen)
{
	struct cs_list_filling filling = {cs_roll_builder_new(rescreen->lexicon), 0};
	enum cs_error error = filling.builder ? CS_OK : CS_E_MEMORY;
	for (; error == CS_OK && filling.list < rescreen->roster.n; filling.list++)
		if (rescreen->roster.list[filling.list].there)
			error = fill_list(rescreen, &filling);
	if (error != CS_OK) {
		cs_roll_builder_free(filling.builder);
		return error;
	}
	CS_TRY(cs_roll_builder_end(filling.builder, &rescreen->roster.roll));
	rescreen->roster.sift = cs_sift_new(rescreen->roster.roll, rescreen->lexicon);
	return rescreen->roster.sift ? CS_OK : CS_E_MEMORY;
}

static enum cs_error
read_decisions(struct rescreen *rescreen, unsigned screen)
{
	struct cs_roster_decided *decided = &rescreen->roster.decided[screen];
	struct cs_decision_fault fault = {0};
	struct cs_span bytes = {NULL, 0}, nothing = {NULL, 0};
	struct cs_digest empty = cs_digest_of(rescreen->hasher, nothing);
	if (!decided->there)
		return CS_OK;
	if (!cs_digest_same(&empty, &decided->digest) &&
	    cs_list_files_kept(rescreen->store, &decided->digest, rescreen->hasher, &bytes) != CS_OK) {
		say_missing(rescreen, "the file of decisions of screen ", rescreen->policy->screen[screen].name,
			    &decided->digest);
		return CS_E_OPEN;
	}
	decided->decisions = cs_decisions_new(bytes, &fault);
	cs_file_free(bytes);
	return decided->decisions ? CS_OK : CS_E_MEMORY;
}

static void
drop_roster(struct rescreen *rescreen)
{
	for (unsigned i = 0; i < CS_SCREENS_MAX; i++)
		cs_decisions_free(rescreen->roster.decided[i].decisions);
	cs_sift_free(rescreen->roster.sift);
	cs_roll_free(rescreen->roster.roll);
	rescreen->roster = (struct cs_roster){0};
	rescreen->known = rescreen->built = rescreen->whole = false;
}

/* Made when it is first wanted: most rosters differ in their age alone, or nothing is held against them. */
static enum cs_error
build(struct rescreen *rescreen)
{
	if (rescreen->built)
		return CS_OK;
	rescreen->built = true;
	enum cs_error error = rescreen->roster.roll ? CS_OK : build_roll(rescreen);
	for (unsigned i = 0; error == CS_OK && i < rescreen->roster.screen_n; i++)
		error = read_decisions(rescreen, i);
	rescreen->whole = error == CS_OK;
	return error == CS_E_MEMORY ? error : CS_OK;
}

static bool
same_versions(const struct cs_roster *a, const struct cs_roster *b)
{
	bool same = a->n == b->n;
	for (unsigned i = 0; same && i < a->n; i++)
		same = strcmp(a->list[i].name, b->list[i].name) == 0 && a->list[i].there == b->list[i].there &&
		       (!a->list[i].there || cs_digest_same(&a->list[i].version, &b->list[i].version));
	return same;
}

static void
take_roster(struct rescreen *rescreen, const struct cs_record *record)
{
	static struct cs_roster fresh;
	uint64_t now_ns = 0;
	if (!rescreen->policy || !cs_roster_read(record->open, &fresh, &now_ns) ||
	    fresh.screen_n != rescreen->policy->screen_n) {
		drop_roster(rescreen);
		return;
	}
	if (rescreen->known && same_versions(&fresh, &rescreen->roster)) {
		fresh.roll = rescreen->roster.roll;
		fresh.sift = rescreen->roster.sift;
		rescreen->roster.roll = NULL;
		rescreen->roster.sift = NULL;
	}
	drop_roster(rescreen);
	for (unsigned i = 0; i < fresh.n; i++) {
		unsigned nth = clause_of(rescreen->policy, fresh.list[i].name);
		if (nth < rescreen->policy->watched_n)
			fresh.list[i].stale_ns = rescreen->policy->watched[nth].stale_ns;
	}
	rescreen->roster = fresh;
	rescreen->known = true;
}

/* ---- a policy ---- */

static enum cs_error
take_policy(struct rescreen *rescreen, const struct cs_record *record)
{
	static struct cs_complaints complaints;
	struct cs_cursor c = cs_cursor_over(record->open);
	char path[CS_LIST_PATH_BYTES] = "";
	size_t len = cs_unpack_u16(&c);
	struct cs_span name = cs_cursor_take(&c, len), text = cs_cursor_take(&c, cs_cursor_left(&c));
	cs_sentry_free(rescreen->sentry);
	rescreen->sentry = NULL;
	rescreen->policy = NULL;
	drop_roster(rescreen);
	cs_arena_reset(&rescreen->arena);
	if (c.failed || len >= sizeof path)
		return CS_OK;
	memcpy(path, name.at, len);
	enum cs_error error = (rescreen->limits_only ? cs_policy_read_limits : cs_policy_read)(
		text, path, &rescreen->arena, &rescreen->policy, &complaints);
	rescreen->limits_only = false;
	if (error != CS_OK || !rescreen->policy->screen_n)
		return error == CS_E_MEMORY ? error : CS_OK;
	const struct cs_sentry_wish wish = {.policy = rescreen->policy, .lexicon = rescreen->lexicon};
	return cs_sentry_new(&wish, &rescreen->sentry);
}

/* ---- names ---- */

static void
find(void *context, const struct cs_finding *finding)
{
	struct rescreen *rescreen = context;
	CS_ASSERT(rescreen->found_n < FOUND_MAX);
	struct found *found = &rescreen->found[rescreen->found_n++];
	struct cs_text expectation = cs_text_over(found->expectation, sizeof found->expectation);
	cs_text_put(&expectation, finding->expectation);
	memcpy(found->detail, finding->detail, sizeof found->detail);
	found->reason = finding->reason;
	found->verdict = finding->verdict;
	found->severity = finding->severity;
}

/* What the newest NAMED came to is borne out, or not; it is told behind it at the latest before the next. */
static void
settle(struct rescreen *rescreen, uint64_t seq)
{
	char at[24];
	struct cs_text number = cs_text_over(at, sizeof at);
	if (!rescreen->awaits)
		return;
	rescreen->awaits = false;
	rescreen->differs |= rescreen->next != rescreen->found_n;
	rescreen->counts->same_n += !rescreen->differs;
	rescreen->counts->differ_n += rescreen->differs;
	if (!rescreen->differs || rescreen->said_differs)
		return;
	rescreen->said_differs = true;
	cs_text_put_u64(&number, seq);
	say(rescreen,
	    (const char *const[4]){"before record ", at,
				   ": names held against the same lists come to other findings than the journal "
				   "holds",
				   NULL});
}

/* Whether the policy in force could have asked for it. */
static bool
is_of(const struct rescreen *rescreen, const struct cs_sentry_named *named)
{
	if (!rescreen->sentry || !rescreen->known || named->screen >= rescreen->policy->screen_n)
		return false;
	for (unsigned i = 0; i < named->part_n; i++)
		if (named->part[i].cell >= rescreen->policy->screen[named->screen].cell_n)
			return false;
	return true;
}

static enum cs_error
take_named(struct rescreen *rescreen, const struct cs_record *record)
{
	struct cs_sentry_named *named = &rescreen->named;
	bool whole = false;
	settle(rescreen, record->seq);
	rescreen->found_n = rescreen->next = 0;
	rescreen->differs = false;
	rescreen->counts->named_n++;
	bool read = !record->hidden && cs_sentry_named_read(record->open, record->sealed, named, &whole);
	if (!read || !whole || !is_of(rescreen, named)) {
		rescreen->counts->unkept_n++;
		return CS_OK;
	}
	CS_TRY(build(rescreen));
	if (!rescreen->whole) {
		rescreen->counts->missing_n++;
		return CS_OK;
	}
	cs_sentry_again(rescreen->sentry, named, &rescreen->roster, &(struct cs_detect_sink){find, rescreen});
	rescreen->awaits = true;
	return CS_OK;
}

/* Behind it stands where it was in the message, which is not kept with the names. */
static bool
begins_with(const char *told, const char *found)
{
	return strncmp(told, found, strlen(found)) == 0;
}

static void
take_tell(struct rescreen *rescreen, const struct cs_record *record)
{
	const struct cs_finding *told = &rescreen->input.finding;
	if (!rescreen->awaits || !rescreen->policy ||
	    !cs_input_read(record, rescreen->policy->link_n, &rescreen->input))
		return;
	if (told->reason != CS_REASON_NAME_LISTED && told->reason != CS_REASON_NAME_UNSEARCHED)
		return;
	if (!told->evidence_n) /* of rows that could not be read: no names are kept of them */
		return;
	if (rescreen->next == rescreen->found_n) {
		rescreen->differs = true;
		return;
	}
	const struct found *found = &rescreen->found[rescreen->next++];
	rescreen->differs |= found->reason != told->reason || found->verdict != told->verdict ||
			     found->severity != told->severity || !begins_with(told->detail, found->detail) ||
			     strcmp(found->expectation, told->expectation) != 0;
}

/* ---- the journal ---- */

/* What a process did not live to tell is not missing: the next one told the row again. */
static void
forsake(struct rescreen *rescreen, uint64_t seq)
{
	if (rescreen->awaits && !rescreen->differs && rescreen->next < rescreen->found_n) {
		rescreen->awaits = false;
		rescreen->counts->named_n--;
	}
	settle(rescreen, seq);
}

static void
take_carry(struct rescreen *rescreen, const struct cs_record *record)
{
	static struct cs_carry carry;
	rescreen->limits_only = cs_carry_read(record->open, &carry) && carry.limits_only;
}

static enum cs_error
take(struct rescreen *rescreen, const struct cs_record *record)
{
	switch (record->kind) {
	case CS_RECORD_CARRY:
		take_carry(rescreen, record);
		return CS_OK;
	case CS_RECORD_SOURCES: /* what was to be carried is void */
	case CS_RECORD_EVENT:
	case CS_RECORD_TICK:
		rescreen->limits_only = false;
		return CS_OK;
	case CS_RECORD_RESUME:
		forsake(rescreen, record->seq);
		return CS_OK;
	case CS_RECORD_POLICY:
		settle(rescreen, record->seq);
		return take_policy(rescreen, record);
	case CS_RECORD_ROSTER:
		settle(rescreen, record->seq);
		take_roster(rescreen, record);
		return CS_OK;
	case CS_RECORD_NAMED:
		return take_named(rescreen, record);
	case CS_RECORD_TELL:
		take_tell(rescreen, record);
		return CS_OK;
	default:
		return CS_OK;
	}
}

static enum cs_error
take_all(struct rescreen *rescreen)
{
	struct cs_record record;
	enum cs_error error = CS_OK;
	while (error == CS_OK) {
		error = cs_reading_next(rescreen->reading, &record);
		if (cs_damage_is(error))
			error = cs_reading_skip(rescreen->reading);
		else if (error == CS_OK)
			error = take(rescreen, &record);
	}
	forsake(rescreen, 0);
	return error == CS_END || error == CS_E_TRUNCATED ? CS_OK : error;
}

static enum cs_error
open_all(struct rescreen *rescreen)
{
	const struct cs_rescreen_wish *wish = rescreen->wish;
	const struct cs_reading_wish reading = {wish->folder, wish->vault, false};
	struct cs_text store = cs_text_over(rescreen->store, sizeof rescreen->store);
	cs_text_put(&store, wish->folder);
	cs_text_put(&store, "/lists");
	rescreen->lexicon = cs_lexicon_new();
	rescreen->hasher = cs_hasher_new();
	if (!rescreen->lexicon || !rescreen->hasher)
		return CS_E_MEMORY;
	CS_TRY(cs_arena_init(&rescreen->arena, ARENA_BYTES));
	return store.overflowed ? CS_E_LIMIT : cs_reading_open(&reading, &rescreen->reading);
}

enum cs_error
cs_rescreen_run(const struct cs_rescreen_wish *wish, struct cs_rescreen_counts *out)
{
	struct rescreen *rescreen = calloc(1, sizeof *rescreen);
	if (!rescreen)
		return CS_E_MEMORY;
	*out = (struct cs_rescreen_counts){0};
	rescreen->wish = wish;
	rescreen->counts = out;
	enum cs_error error = open_all(rescreen);
	if (error == CS_OK)
		error = take_all(rescreen);
	cs_reading_close(rescreen->reading);
	cs_sentry_free(rescreen->sentry);
	drop_roster(rescreen);
	cs_arena_fini(&rescreen->arena);
	cs_hasher_free(rescreen->hasher);
	cs_lexicon_free(rescreen->lexicon);
	free(rescreen);
	return error;
}
