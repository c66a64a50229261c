/*
 * Histories of an engine: a judge, the record of what it is told, snapshots, and alerts that leave for a file.
 *
 * Replayed: the same inputs are told from their beginning in each life, as over captures. What is decided is then known from
 * a judge that never crashed. Live: each input comes once, and those that a crash takes are gone; policies change in between,
 * in some histories with profiles that go on, are warmed from the journal, or begin empty.
 *
 * Invariants, after each restart and at the end: a recovered judge is one that was told the inputs recovered, to the bit;
 * what was acknowledged is among them; the verdicts in the journal are those its inputs give; with a snapshot and without
 * it the same comes out; the alerts in the file are the right ones, each once, in their order, up to where it ends.
 */
#include "history.h"

#include "../story/traffic.h"
#include "engine/chronicle.h"
#include "wishes.h"

#include <stdio.h>
#include <stdlib.h>

enum { LIVES_MAX = 8, SOURCES_N = 2, PLAIN_N = 2, POLICIES_N = 7, STEP = 4096 };

static const char alerts[] = "/alerts.jsonl";
static const char *const source[SOURCES_N] = {"visa.pcap", "core.pcap"};

/* Small tables, quick to learn: what matters here is what is carried over, not how much of it. */
#define BANK(slack)                                                                                                    \
	"link visa { tap \"eth1\" port 5001 frame length16 dialect \"iso87-ascii\" side acquirer keep 1024 "           \
	"transactions }\n"                                                                                             \
	"link core { tap \"eth2\" port 7001 frame length16 dialect \"iso87-ebcdic\" side issuer keep 1024 "            \
	"transactions }\n"                                                                                             \
	"excuse stand_in \"the switch answered\" { when core signed off, core silent for 10s, unanswered for 5s\n"     \
	"  proof card.advice on core where approved match card and (rrn or stan + terminal)\n"                         \
	"  within 15min after otherwise hold high }\n"                                                                 \
	"expect approval \"an approval is the issuer's own\" {\n"                                                      \
	"  claim card.response on visa where approved proof card.response on core where approved\n"                    \
	"  match card, amount, currency, approval_code and (rrn or stan + terminal)\n"                                 \
	"  within 30s before unless stand_in, partial, conversion, duplicate otherwise block critical }\n"             \
	"watch visa { unasked otherwise hold high replayed otherwise block critical\n"                                 \
	"  signed_off otherwise block critical reversal against core otherwise allow medium }\n"                       \
	"conserve cash \"what leaves was given\" { claim card.response on visa where approved\n"                       \
	"  proof card.response on core where approved every 60s slack " slack " otherwise hold high }\n"               \
	"list hot { of card source \"hot.csv\" key \"card\" verdict hold hard entries 4 }\n"

#define CARD(name, window)                                                                                             \
	"profile " name " by card { n = count() over " window " all = sum(amount) first = first_seen() keys 64 "       \
	"log 8 memory 1MiB }\n"
#define RULE(name, profile, n) "rule " name " { when " profile ".n >= " n " then hold high }\n"
#define LIMIT                  "limit card by card { spent = sum(amount) over 60s spent <= 900 EUR keys 64 log 8 memory 1MiB }\n"

/* The first two say nothing of behaviour. Of the others, each next one has another rule, window, name or number of keys. */
static const char *const policy_text[POLICIES_N] = {
	BANK("5"),
	BANK("2"),
	BANK("5") "money EUR\n" CARD("card", "20s") RULE("busy", "card", "2") LIMIT,
	BANK("5") "money EUR\n" CARD("card", "20s") RULE("busy", "card", "2") RULE("busier", "card", "3") LIMIT,
	BANK("5") "money EUR\n" CARD("card", "90s") RULE("busy", "card", "2") RULE("busier", "card", "3") LIMIT,
	BANK("2") "money EUR\n" CARD("person", "90s") RULE("busy", "person", "2"),
	"clocks within 5ms\n" BANK("2") "money EUR\n" CARD("person", "90s") CARD("card", "20s")
		RULE("busy", "card", "2"),
};

static struct {
	const struct cs_policy *policy[POLICIES_N];
	struct cs_arena arena[POLICIES_N];
} bank;

/* Lines, one behind the other. */
struct lines {
	char *at;
	size_t len;
	size_t cap;
};

static struct {
	const struct profile *profile;
	struct cs_journal_wish wish;
	bool live;
	bool last;
	bool detected;
	struct lines truth; /* replayed: what the alerts file must become */
	size_t told;        /* inputs, over all lives */
	size_t soft;        /* acknowledged: no death of the process takes them ... */
	size_t firm;        /* ... and no loss of power */
	unsigned in_force;  /* policy */
	bool behaves;       /* the policies that come have profiles */
	bool closed;        /* the last process ended well, with its judge in this state: */
	uint64_t hash;

	/* of the process at hand */
	struct cs_vault *vault;
	struct cs_chronicle *chronicle;
	struct cs_judge *judge;
	size_t message; /* the last one told in this life: live, those before may be lost */
	bool warms;     /* the next policy is being warmed */
	unsigned next;
} play;

const struct profile *
history_profile(void)
{
	return play.profile;
}

static struct cs_alert_names
names_of(unsigned policy)
{
	return (struct cs_alert_names){bank.policy[policy], source, SOURCES_N};
}

/* ---- the truth ---- */

static void
add_bytes(struct lines *lines, const void *at, size_t len)
{
	if (lines->len + len > lines->cap) {
		lines->cap = 2 * (lines->len + len) + 65536;
		lines->at = sim_memory_grow(lines->at, lines->cap);
	}
	memcpy(lines->at + lines->len, at, len);
	lines->len += len;
}

static void
add_finding(void *context, const struct cs_finding *finding)
{
	static char at[CS_ALERT_BYTES];
	struct cs_alert_names names = names_of(0);
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_alert_put_json(&text, &names, finding);
	add_bytes(context, at, text.len);
}

static void
ignore_finding(void *context, const struct cs_finding *finding)
{
	(void)context;
	(void)finding;
}

/* The state of a judge that was told the first N inputs, and never crashed. */
static uint64_t
hash_after(size_t n)
{
	struct cs_judge *judge = cs_judge_new(bank.policy[0], &(struct cs_detect_sink){ignore_finding, NULL});
	CS_ASSERT(judge);
	tell_inputs(judge, &traffic.record, 0, n, 0x5a);
	uint64_t hash = cs_judge_hash(judge);
	cs_judge_free(judge);
	return hash;
}

static void
find_truth(void)
{
	struct cs_judge *judge = cs_judge_new(bank.policy[0], &(struct cs_detect_sink){add_finding, &play.truth});
	CS_ASSERT(judge);
	tell_inputs(judge, &traffic.record, 0, traffic.record.n, 0xa5);
	cs_judge_free(judge);
}

/* ---- what must hold ---- */

/* What the file holds is the beginning of what it must become; POWER: what was not synced may be zeros. */
static void
check_alerts(const struct lines *right, bool whole)
{
	struct cs_span file = sim_disk_lend(alerts);
	SIM_HOLDS(file.len <= right->len, "the alerts file has %zu bytes, and %zu are right", file.len, right->len);
	for (size_t i = 0; i < file.len; i++)
		SIM_HOLDS(file.at[i] == (uint8_t)right->at[i] || (!whole && !file.at[i]),
			  "the alerts file differs from what is right at byte %zu", i);
	SIM_HOLDS(!whole || file.len == right->len, "the alerts file has %zu bytes of %zu", file.len, right->len);
}

/* Live: the journal says which alerts there are; each event is in it once, in order, and none acknowledged is missing. */
static void
read_journal(struct lines *lines)
{
	static struct cs_input input;
	struct cs_reading_wish wish = {SIM_FOLDER, play.vault, false};
	struct cs_reading *reading;
	struct cs_record record;
	uint64_t last = 0;
	if (cs_reading_open(&wish, &reading) != CS_OK)
		return;
	enum cs_error error;
	while ((error = cs_reading_next(reading, &record)) == CS_OK) {
		if (record.kind == CS_RECORD_ALERT)
			add_bytes(lines, record.sealed.at, record.sealed.len);
		if (record.kind != CS_RECORD_EVENT)
			continue;
		SIM_HOLDS(cs_input_read(&record, SOURCES_N, &input), "record %llu cannot be read",
			  (unsigned long long)record.seq);
		SIM_HOLDS(input.event.origin.packet > last, "message %llu comes behind message %llu",
			  (unsigned long long)input.event.origin.packet, (unsigned long long)last);
		last = input.event.origin.packet;
	}
	cs_reading_close(reading);
	SIM_HOLDS(error == CS_END, "a reading of the closed journal ends so: %s", cs_error_text(error));
	SIM_HOLDS(last >= play.soft, "message %zu was acknowledged, and the last one is %llu", play.soft,
		  (unsigned long long)last);
}

struct reached {
	bool judged;
	size_t n;
	uint64_t hash;
	uint64_t next_seq;
};

/* Tells a judge again what the journal holds. False: an error of the disk is in the way, or damage. */
static bool
rerun(bool snapshots, bool take_one, struct reached *out)
{
	struct cs_rerun_wish wish = {.folder = SIM_FOLDER, .vault = play.vault, .no_snapshot = !snapshots};
	struct cs_rerun *rerun = NULL;
	uint64_t errors = sim.errors;
	*out = (struct reached){0};
	enum cs_error error = cs_rerun_open(&wish, &rerun);
	while (error == CS_OK)
		error = cs_rerun_some(rerun, STEP);
	bool torn = error == CS_E_TRUNCATED || error == CS_E_FORMAT;
	bool keyless = sim.rot && error == CS_E_RANGE; /* a key file rotted, and personal parts with it */
	SIM_HOLDS(error == CS_END || error == CS_E_OPEN || torn || keyless || wishes_excuse(error, errors),
		  "a re-run ends with: %s: %s", cs_error_text(error), rerun ? cs_rerun_words(rerun) : "");
	if (!rerun)
		return error == CS_E_OPEN && sim.errors == errors;
	struct cs_rerun_counts counts = *cs_rerun_counts_of(rerun);
	SIM_HOLDS(!counts.differing_n || sim.rot, "%llu verdicts of the journal differ from those of a re-run: %s",
		  (unsigned long long)counts.differing_n, cs_rerun_words(rerun));
	out->judged = cs_rerun_judge(rerun) != NULL;
	out->n = cs_rerun_inputs(rerun).n;
	out->hash = out->judged ? cs_judge_hash(cs_rerun_judge(rerun)) : 0;
	out->next_seq = counts.next_seq;
	if (take_one && error == CS_END) {
		enum cs_error taken = cs_rerun_snapshot(rerun);
		SIM_HOLDS(taken == CS_OK || taken == CS_AGAIN || wishes_excuse(taken, errors),
			  "a snapshot cannot be written: %s", cs_error_text(taken));
	}
	cs_rerun_close(rerun);
	return (error == CS_END || torn) && sim.errors == errors;
}

/* What the last process left, before the next one touches it. */
static void
look_back(struct reached *reached)
{
	struct reached other;
	bool take_one = !play.last && sim_chance(CS_PPM / 3);
	if (!rerun(sim_chance(CS_PPM / 2), take_one, reached) || sim.rot)
		return;
	SIM_HOLDS(!play.closed || !reached->judged || reached->hash == play.hash,
		  "the judge recovered is not the one that the last process had");
	if (sim_chance(CS_PPM / 3) && rerun(take_one, false, &other))
		SIM_HOLDS(other.hash == reached->hash && other.n == reached->n && other.next_seq == reached->next_seq,
			  "with a snapshot and without it, other states come out");
	if (play.live)
		return;
	SIM_HOLDS(reached->n >= play.soft, "%zu inputs were acknowledged, and %zu are recovered", play.soft,
		  reached->n);
	SIM_HOLDS(reached->n <= play.told, "%zu inputs were told, and %zu are recovered", play.told, reached->n);
	SIM_HOLDS(!reached->judged || reached->hash == hash_after(reached->n),
		  "the judge recovered over %zu inputs is not one that was told them", reached->n);
	/* Nothing is acknowledged that is in no journal. */
	play.told = reached->n > play.told ? reached->n : play.told;
}

/* ---- a life ---- */

static bool
open_vault(void)
{
	char note[CS_VAULT_NOTE_BYTES];
	struct cs_vault_wish wish = {SIM_VAULT_KEY, true, true};
	uint64_t errors = sim.errors;
	enum cs_error error = cs_vault_open(&wish, note, &play.vault);
	SIM_HOLDS(error == CS_OK || wishes_excuse(error, errors), "the vault cannot be opened: %s", note);
	play.wish.vault = play.vault;
	return error == CS_OK;
}

static bool
open_chronicle(void)
{
	static char words[CS_CHRONICLE_WORDS_BYTES];
	struct cs_chronicle_start start;
	struct cs_chronicle_wish wish = {
		.journal = play.wish,
		.durable_ns = sim_chance(CS_PPM / 2) ? 1000000 : 0,
		.policy_text = cs_span_text(policy_text[play.in_force]),
		.names = names_of(play.in_force),
		.alerts_path = alerts,
		.live = play.live,
		.warms = play.live && play.behaves,
	};
	uint64_t errors = sim.errors;
	enum cs_error error = cs_chronicle_open(&wish, &start, words, &play.chronicle);
	sim_note('C', (uint64_t)error + (start.found.next_seq << 8));
	bool keyless = sim.rot && !play.live && error == CS_E_RANGE; /* who can tell all again is asked to */
	SIM_HOLDS(error == CS_OK || keyless || wishes_excuse(error, errors), "the engine cannot begin: %s (%s)",
		  cs_error_text(error), words);
	play.detected = play.detected || keyless || error == CS_E_FORMAT;
	if (error != CS_OK)
		return false;
	play.judge = cs_chronicle_judge(play.chronicle);
	return true;
}

static void
acknowledge(size_t n)
{
	if (cs_chronicle_flush(play.chronicle) != CS_OK)
		return;
	play.soft = n > play.soft ? n : play.soft;
	if (play.wish.sync != CS_SYNC_NONE)
		play.firm = play.soft;
}

/* Another policy, over a judge that takes over what both say alike; what does not go on the old one decides. */
static void
change_policy(unsigned next)
{
	struct cs_detect_sink sink = cs_chronicle_sink(play.chronicle);
	struct cs_alert_names names = names_of(next);
	struct cs_carry carry;
	cs_carry_plan(bank.policy[play.in_force], bank.policy[next], &carry);
	if (!carry.pairing)
		cs_judge_finish(play.judge);
	struct cs_judge *judge = cs_judge_new(bank.policy[next], &sink);
	CS_ASSERT(judge);
	SIM_HOLDS(cs_chronicle_fits(&names, cs_span_text(policy_text[next])), "a policy is too long to be kept");
	cs_chronicle_policy(play.chronicle, &names, cs_span_text(policy_text[next]), judge, &carry);
	play.in_force = next;
	play.warms = false;
	play.judge = judge;
	for (unsigned i = 0; i < SOURCES_N; i++)
		cs_judge_start(judge, i, epoch_ns);
}

/* The next policy is warmed, if it has to be; what was warmed comes into force. */
static void
ask_for_policy(void)
{
	struct cs_carry carry;
	unsigned first = play.behaves ? PLAIN_N : 0, n = play.behaves ? POLICIES_N - PLAIN_N : PLAIN_N;
	play.next = first + (play.in_force - first + 1) % n;
	cs_carry_plan(bank.policy[play.in_force], bank.policy[play.next], &carry);
	if (play.behaves && sim_chance(CS_PPM / 4))
		carry.part_n = 0; /* somebody does not want to wait */
	cs_chronicle_warm(play.chronicle, &carry, bank.policy[play.next]);
	play.warms = cs_chronicle_warmth(play.chronicle) != CS_WARMTH_NONE;
	if (!play.warms)
		change_policy(play.next);
}

static void
look_at_warming(void)
{
	enum cs_warmth warmth = play.warms ? cs_chronicle_warmth(play.chronicle) : CS_WARMTH_COMING;
	if (warmth == CS_WARMTH_COMING)
		return;
	bool excused = warmth == CS_WARMTH_NEAR || sim.rot || sim.errors;
	SIM_HOLDS(excused, "a policy cannot be warmed: %s", cs_chronicle_warm_words(play.chronicle));
	change_policy(play.next);
}

/* Between two inputs. False: it is over for this life. */
static bool
go_on(size_t input)
{
	uint64_t face = cs_dice_below(&sim.dice, 1000);
	if (face < 30)
		acknowledge(play.live ? play.message : input + 1);
	else if (face < 60)
		sim_clock_pass(cs_dice_below(&sim.dice, UINT64_C(200000000)));
	else if (face < 63 && !play.last)
		sim_die();
	else if (face < 65 && !play.last)
		return false;
	else if (face < (play.behaves ? 90 : 68) && play.live && !play.warms)
		ask_for_policy();
	if (face < 400)
		sim_worker_idle();
	look_at_warming();
	return face % 4 || cs_chronicle_poll(play.chronicle) == CS_OK;
}

static bool
feed(void)
{
	size_t from = play.live ? play.told : 0;
	for (size_t i = from; i < traffic.record.n; i++) {
		/* It may be durable before the process dies over it. */
		play.told = i + 1 > play.told ? i + 1 : play.told;
		tell_input(play.judge, &traffic.record.at[i]);
		if (traffic.record.at[i].kind == INPUT_EVENT)
			play.message = (size_t)traffic.record.at[i].event.origin.packet;
		if (!go_on(i))
			return false;
	}
	SIM_HOLDS(play.live || !cs_chronicle_differs(play.chronicle, true), "the same inputs are taken for others");
	return true;
}

static void
close_chronicle(bool fed)
{
	bool flushed = cs_chronicle_flush(play.chronicle) == CS_OK;
	uint64_t hash = flushed ? cs_judge_hash(play.judge) : 0;
	enum cs_error error = cs_chronicle_close(play.chronicle);
	play.closed = flushed && error == CS_OK;
	play.hash = hash;
	SIM_HOLDS(error == CS_OK || wishes_excuse(error, 0), "the engine ends with: %s", cs_error_text(error));
	if (error != CS_OK || sim.rot)
		return;
	if (fed && !play.live) {
		check_alerts(&play.truth, true);
		play.soft = play.firm = play.told;
	}
}

static void
live(void *context)
{
	struct lines lines = {0};
	struct reached reached;
	(void)context;
	play.vault = NULL;
	play.message = 0;
	play.warms = false;
	play.chronicle = NULL;
	if (!open_vault())
		return;
	look_back(&reached);
	if (!play.live && !sim.rot)
		check_alerts(&play.truth, false);
	play.closed = false;
	if (open_chronicle())
		close_chronicle(feed());
	if (play.live && play.last && play.closed && !sim.rot)
		look_back(&reached);
	if (play.live && play.last && !sim.rot) {
		read_journal(&lines);
		check_alerts(&lines, true);
		sim_memory_free(lines.at);
	}
	cs_vault_close(play.vault);
}

/* ---- a history ---- */

static void
mourn(void)
{
	if (sim.power_went)
		play.soft = play.firm;
	play.closed = play.closed && !sim.power_went;
}

static bool
play_lives(void)
{
	for (uint64_t n = 1 + cs_dice_below(&sim.dice, LIVES_MAX); n > 0 && !play.detected; n--) {
		(void)sim_life(live, NULL);
		if (sim.broken)
			return false;
		mourn();
	}
	memset(&sim.rates, 0, sizeof sim.rates);
	sim.full_until_ns = 0;
	play.last = true;
	if (!play.detected)
		(void)sim_life(live, NULL);
	return !sim.broken;
}

static void
compile_policies(void)
{
	static struct cs_complaints complaints;
	for (unsigned i = 0; i < POLICIES_N && !bank.policy[i]; i++) {
		enum cs_error error = cs_arena_init(&bank.arena[i], 8 << 20);
		if (error == CS_OK)
			error = cs_policy_read(cs_span_text(policy_text[i]), "bank.policy", &bank.arena[i],
					       &bank.policy[i], &complaints);
		if (error != CS_OK)
			fprintf(stderr, "policy %u:%u:%u: %s\n", i, complaints.at[0].place.line,
				complaints.at[0].place.column, complaints.at[0].text);
		CS_ASSERT(error == CS_OK);
	}
}

/* A row about a card that comes up, the end of a file, or one that was given up half. */
static struct cs_listing
some_listing(const struct record *record, struct cs_dice *dice)
{
	uint64_t face = cs_dice_below(dice, 8);
	struct cs_listing listing = {.what = face == 0   ? CS_LISTING_GIVEN_UP
					     : face <= 2 ? CS_LISTING_END
							 : CS_LISTING_ROW};
	if (listing.what != CS_LISTING_ROW) {
		listing.digest = face;
		return listing;
	}
	const struct input *about = &record->at[cs_dice_below(dice, record->n)];
	memcpy(listing.key, about->event.card.token.half, sizeof listing.key);
	memcpy(listing.because, "known", sizeof "known");
	return listing;
}

/* In one history of four, rows of a list come between the messages; never in those of seeds.txt, which stay as they are. */
static void
mix_in_lists(uint64_t seed)
{
	static struct record spare;
	struct cs_dice dice;
	if ((seed & 5) != 4)
		return;
	cs_dice_seed(&dice, seed, 'L');
	struct record plain = traffic.record;
	traffic.record = spare;
	traffic.record.n = 0;
	for (size_t i = 0; i < plain.n; i++) {
		if (cs_dice_below(&dice, 4) == 0)
			record_add(&traffic.record, INPUT_LIST)->listing = some_listing(&plain, &dice);
		struct input *input = record_add(&traffic.record, plain.at[i].kind);
		*input = plain.at[i];
	}
	spare = plain;
}

bool
history_run(uint64_t seed, const struct profile *profile)
{
	sim_begin(seed);
	memset(&play, 0, sizeof play);
	compile_policies();
	uint64_t face = cs_dice_below(&sim.dice, 2 * profile_n - 2);
	play.profile = profile ? profile : &profiles[face < profile_n ? face : 0];
	wishes_rates(&play.profile->rates);
	wishes_journal(&play.wish);
	play.live = sim_chance(CS_PPM / 3);
	traffic.seed = seed * UINT64_C(0x9E3779B97F4A7C15);
	traffic.transaction_n = 10 + (unsigned)cs_dice_below(&sim.dice, 50);
	make_messages();
	for (size_t i = 0; i < traffic.message_n; i++)
		traffic.message[i].event.origin.packet = i + 1;
	make_record();
	mix_in_lists(seed);
	play.behaves = play.live && (seed & 5) == 4;
	play.in_force = play.behaves ? PLAIN_N : 0;
	find_truth();
	bool holds = play_lives();
	sim_memory_free(play.truth.at);
	sim_end();
	return holds;
}
