/*
 * The journal of a command: where it lies, what it found there, in words for the person who started it.
 */
#include "app/record.h"

#include "app/command.h"
#include "app/commit.h"
#include "io/clock.h"

#include <stdio.h>

static const uint64_t default_durable_ns = 10000000;
static const uint64_t default_volume_bytes = UINT64_C(256) << 20;
static const uint64_t default_volume_ns = UINT64_C(86400) * 1000000000;
static const uint64_t default_checkpoint_ns = 1000000000;

/* A journal that is there has its key already: a new one would be another's. */
static bool
is_begun(const char *folder)
{
	struct cs_shelf shelf;
	bool begun = cs_shelf_list(folder, &shelf) == CS_OK && shelf.n > 0;
	cs_shelf_fini(&shelf);
	return begun;
}

static bool
open_vault(const struct cs_record_wish *wish, struct cs_record_keeping *record)
{
	char note[CS_VAULT_NOTE_BYTES];
	struct cs_vault_place place = {wish->key, wish->setup->policy, !is_begun(record->folder), wish->strict};
	enum cs_error error = cs_key_vault(&place, note, &record->vault);
	if (note[0])
		fprintf(stderr, "countersign: journal key: %s\n", note);
	return error == CS_OK;
}

static struct cs_journal_wish
journal_wish(const struct cs_record_wish *wish, struct cs_record_keeping *record)
{
	static const enum cs_sync syncs[] = {
		[CS_DURABILITY_EVERY] = CS_SYNC_GROUP,
		[CS_DURABILITY_EVENT] = CS_SYNC_EACH,
		[CS_DURABILITY_NONE] = CS_SYNC_NONE,
	};
	const struct cs_journal_clause *clause = &wish->setup->policy->journal;
	return (struct cs_journal_wish){
		.folder = record->folder,
		.vault = record->vault,
		.build = CS_VERSION " (" CS_COMMIT ")",
		.anchor = record->anchor[0] ? record->anchor : NULL,
		.sync = clause->on ? syncs[clause->durability] : CS_SYNC_GROUP,
		.volume_bytes = clause->on ? clause->segment_bytes : default_volume_bytes,
		.volume_ns = clause->on ? clause->segment_ns : default_volume_ns,
		.checkpoint_ns = clause->on ? clause->checkpoint_ns : default_checkpoint_ns,
		.over_damage = wish->over_damage,
		.gives_up = wish->gives_up,
		.gives_up_context = wish->gives_up_context,
		.last = &record->last,
	};
}

/* The folder and the anchor, as seen from the policy where the policy names them. */
static bool
find_places(const struct cs_record_wish *wish, struct cs_record_keeping *record)
{
	const struct cs_policy *policy = wish->setup->policy;
	struct cs_text folder = cs_text_over(record->folder, sizeof record->folder);
	enum cs_error error = CS_OK;
	if (wish->folder)
		cs_text_put(&folder, wish->folder);
	else
		error = cs_links_beside(policy->path, policy->journal.folder, record->folder, sizeof record->folder);
	if (error == CS_OK && policy->journal.anchor)
		error = cs_links_beside(policy->path, policy->journal.anchor, record->anchor, sizeof record->anchor);
	if (error == CS_OK && !folder.overflowed)
		return true;
	fputs("countersign: the path of the journal is too long\n", stderr);
	return false;
}

/* Who keeps the public key elsewhere can prove later that nobody else signed. */
static void
put_begun(struct cs_text *text, const struct cs_record_keeping *record)
{
	uint8_t key[CS_PUBLIC_KEY_BYTES];
	cs_vault_public(record->vault, key);
	cs_text_put(text, " begun; keep its public key elsewhere, for `countersign verify --public-key`: ");
	cs_text_put_hex(text, (struct cs_span){key, sizeof key});
	cs_text_put(text, "\n");
}

/* Nothing is warmed at a start: whoever watches does not wait for it. */
static void
say_carried(const struct cs_record_wish *wish, const struct cs_chronicle_start *start)
{
	static char at[65536];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_carry_words words = {wish->setup->policy, "countersign:   ", 0};
	cs_carry_say(&text, &start->carry, &words);
	fputs(at, stderr);
}

static void
say_start(const struct cs_record_wish *wish, const struct cs_record_keeping *record,
	  const struct cs_chronicle_start *start, uint64_t took_ns)
{
	char at[1024 + 2 * CS_RERUN_WORDS_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, "countersign: journal ");
	cs_text_put(&text, record->folder);
	if (start->found.fresh) {
		put_begun(&text, record);
		fputs(at, stderr);
		return;
	}
	cs_text_put(&text, " goes on at record ");
	cs_text_put_u64(&text, start->found.next_seq);
	cs_text_put(&text, "; state recovered ");
	cs_text_put(&text, start->recovered.from_seq ? "from a snapshot and " : "from ");
	cs_text_put_counted(&text, start->recovered.record_n, "record in ", "records in ");
	cs_text_put_duration(&text, took_ns);
	if (start->found.torn_bytes) {
		cs_text_put(&text, "; ");
		cs_text_put_counted(&text, start->found.torn_bytes, "byte at its end was", "bytes at its end were");
		cs_text_put(&text, " torn, cut off and kept in torn/");
	}
	if (start->late_n) {
		cs_text_put(&text, "; ");
		cs_text_put_counted(&text, start->late_n, "alert that was decided and not put down is now",
				    "alerts that were decided and not put down are now");
	}
	if (start->passed[0]) {
		cs_text_put(&text, "; ");
		cs_text_put(&text, start->passed);
	}
	if (start->lost[0]) {
		cs_text_put(&text, "; state begins anew: ");
		cs_text_put(&text, start->lost);
	}
	if (start->other_policy)
		cs_text_put(&text, "; the policy is another one");
	if (start->ended)
		cs_text_put(&text, "; what it recorded had come to its end");
	if (start->absent_ns) {
		cs_text_put(&text, "; a gap of ");
		cs_text_put_duration(&text, start->absent_ns);
		cs_text_put(&text, " is declared, in which nobody watched");
	}
	if (start->alerts_moved)
		cs_text_put(&text, "; the alerts file is shorter than what was delivered to it: those alerts are not "
				   "written again (`countersign replay --journal` gives them all)");
	cs_text_put(&text, "\n");
	fputs(at, stderr);
	if (start->carried)
		say_carried(wish, start);
	if (start->found.damaged)
		fprintf(stderr,
			"countersign: it is damaged in volume %08u at byte %llu; state begins anew behind that\n",
			start->found.volume, (unsigned long long)start->found.offset);
}

static void
count_file(void *context, const char *name)
{
	(void)name;
	(*(unsigned *)context)++;
}

/* A folder that holds other files is no place for a journal. */
static bool
is_place(const char *folder)
{
	char keys[CS_VOLUME_PATH_BYTES];
	unsigned n = 0, key_n = 0;
	if (is_begun(folder) || cs_disk_list(folder, count_file, &n) != CS_OK || n == 0)
		return true;
	/* One that was begun and came to nothing has its own folders. */
	if (cs_volume_beside(folder, "keys", NULL, keys) == CS_OK && cs_disk_list(keys, count_file, &key_n) == CS_OK)
		return true;
	fprintf(stderr, "countersign: %s holds other files and no journal; name a folder of its own\n", folder);
	return false;
}

int
cs_record_vault(const struct cs_record_wish *wish, struct cs_record_keeping *out)
{
	bool open = cs_setup_forbid_dumps() && find_places(wish, out) && is_place(out->folder) && open_vault(wish, out);
	return open ? CS_EXIT_RAN : CS_EXIT_USAGE;
}

int
cs_record_care(const struct cs_record_wish *wish, const struct cs_user *user, struct cs_record_keeping *out)
{
	struct cs_care_wish care = {out->folder, out->vault, cs_care_clause_of(&wish->setup->policy->journal)};
	enum cs_error error = cs_user_folder(out->folder, user);
	if (error == CS_OK && out->anchor[0])
		error = cs_user_file(out->anchor, user);
	out->caretaker.quiet = wish->quiet;
	if (error == CS_OK)
		error = cs_caretaker_start(&care, user, &out->caretaker);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: journal %s: its folder, its anchor or its caretaker: %s\n", out->folder,
		cs_error_text(error));
	return CS_EXIT_INPUT;
}

/* Findings that the opening itself told are counted already. */
static void
add_tally(struct cs_tally *tally, const struct cs_tally *before)
{
	tally->n += before->n;
	tally->shadow_n += before->shadow_n;
	for (unsigned i = 0; i < CS_SEVERITY_N; i++)
		tally->by_severity[i] += before->by_severity[i];
	for (unsigned i = 0; i < CS_REASON_N; i++)
		tally->by_reason[i] += before->by_reason[i];
}

/* One call, one line: it may come from the thread that delivers alerts. */
static void
say(void *context, const char *words)
{
	(void)context;
	fprintf(stderr, "countersign: %s\n", words);
}

int
cs_record_open(const struct cs_record_wish *wish, struct cs_record_keeping *out)
{
	char words[CS_CHRONICLE_WORDS_BYTES];
	struct cs_chronicle_start start;
	uint64_t began_ns = cs_clock_steady_ns();
	const struct cs_journal_clause *clause = &wish->setup->policy->journal;
	struct cs_chronicle_wish chronicle = {
		.journal = journal_wish(wish, out),
		.durable_ns = clause->on ? clause->durable_ns : default_durable_ns,
		.policy_text = wish->setup->policy_text,
		.names = wish->alerts->names,
		.next = wish->next.finding ? wish->next : (struct cs_detect_sink){cs_alerts_finding, wish->alerts},
		.alerts_path = wish->alerts_path,
		.alerts_file = wish->alerts_file,
		.say = say,
		.since_ns = wish->since_ns,
		.live = wish->live,
		.warms = wish->live,
	};
	enum cs_error error = cs_chronicle_open(&chronicle, &start, words, &out->chronicle);
	if (error != CS_OK) {
		fprintf(stderr, "countersign: %s\n", words[0] ? words : cs_error_text(error));
		return CS_EXIT_INPUT;
	}
	add_tally(&wish->alerts->tally, &start.tally);
	if (!wish->quiet)
		say_start(wish, out, &start, cs_clock_steady_ns() - began_ns);
	return CS_EXIT_RAN;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* All but what the caretaker goes by: keep, size and snapshot. */
static bool
same_journal(const struct cs_journal_clause *a, const struct cs_journal_clause *b)
{
	return a->on == b->on && same_text(a->folder, b->folder) && same_text(a->key, b->key) &&
	       same_text(a->anchor, b->anchor) && a->durability == b->durability && a->durable_ns == b->durable_ns &&
	       a->raw == b->raw && a->segment_bytes == b->segment_bytes && a->segment_ns == b->segment_ns &&
	       a->checkpoint_ns == b->checkpoint_ns;
}

bool
cs_record_may_follow(const struct cs_record_keeping *record, const struct cs_setup *old, const struct cs_setup *fresh,
		     const struct cs_alert_names *names)
{
	const struct cs_journal_clause *clause = &fresh->policy->journal;
	if (!same_journal(clause, &old->policy->journal)) {
		fprintf(stderr,
			"%s:%u:%u: only keep, size and snapshot of a journal can change while it is kept; restart for "
			"the "
			"rest\n",
			fresh->policy->path, clause->place.line, clause->place.column);
		return false;
	}
	if (!record->chronicle || cs_chronicle_fits(names, fresh->policy_text))
		return true;
	fprintf(stderr, "countersign: policy %s is too long to be kept in the journal\n", fresh->policy->path);
	return false;
}

static void
put_pair(void *context, struct cs_token old, struct cs_token new)
{
	cs_chronicle_retoken(context, old, new);
}

void
cs_record_retokens(const struct cs_record_keeping *record, struct cs_links *links)
{
	if (record->chronicle)
		(void)cs_links_retoken(links, (struct cs_retoken_sink){put_pair, record->chronicle});
}

/* A journal without its witness goes on, but not in silence. */
static void
say_anchor(struct cs_record_keeping *record, bool failed)
{
	if (failed != record->anchor_failed)
		fprintf(stderr, "countersign: anchor %s: %s\n", record->anchor,
			failed ? "a checkpoint could not be written there; the journal goes on, and each next "
				 "checkpoint "
				 "tries again"
			       : "checkpoints are written there again; those in between are missing, and the next one "
				 "covers them");
	record->anchor_failed = failed;
}

bool
cs_record_poll(struct cs_record_keeping *record)
{
	enum cs_error error = cs_chronicle_poll(record->chronicle);
	cs_caretaker_poll(&record->caretaker);
	bool stalled = cs_chronicle_stalled(record->chronicle);
	if (error == CS_OK && !stalled) /* a note waits for the disk, and nothing must wait for a full one */
		error = cs_chronicle_inbox(record->chronicle);
	if (error != CS_OK)
		return false; /* closing it tells why */
	if (stalled != record->stalled)
		fprintf(stderr, "countersign: %s\n",
			stalled ? cs_chronicle_words(record->chronicle)
				: "there is room on the disk again, and all goes on");
	record->stalled = stalled;
	say_anchor(record, cs_chronicle_state(record->chronicle).anchor_failed);
	return true;
}

int
cs_record_close(struct cs_record_keeping *record, bool quiet)
{
	int status = CS_EXIT_RAN;
	if (record->chronicle) {
		char words[CS_CHRONICLE_WORDS_BYTES];
		struct cs_text text = cs_text_over(words, sizeof words);
		/* What cannot be flushed the closing tells of. */
		bool flushed =
			cs_chronicle_stalled(record->chronicle) || cs_chronicle_flush(record->chronicle) == CS_OK;
		cs_text_put(&text, flushed ? "" : cs_chronicle_words(record->chronicle));
		if (!text.len)
			cs_text_put(&text, cs_chronicle_words(record->chronicle));
		struct cs_journal_state state = cs_chronicle_state(record->chronicle);
		enum cs_error error = cs_chronicle_close(record->chronicle);
		if (record->last.anchor_failed)
			fprintf(stderr,
				"countersign: anchor %s does not have the last checkpoint: it could not be written\n",
				record->anchor);
		if (error != CS_OK) {
			fprintf(stderr, "countersign: %s\n", words[0] ? words : cs_error_text(error));
			status = CS_EXIT_INPUT;
		} else if (!quiet) {
			fprintf(stderr, "Journal: %llu record%s, all on the disk and signed\n",
				(unsigned long long)state.durable_seq, cs_text_plural(state.durable_seq));
		}
	}
	cs_caretaker_stop(&record->caretaker);
	cs_vault_close(record->vault);
	*record = (struct cs_record_keeping){0};
	return status;
}
