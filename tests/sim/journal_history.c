/*
 * A history is drawn from its seed: how the journal is wished for, how often what goes wrong, how many lives, and what the
 * process does in each. Its last life is without faults, so that everything is looked at once more in peace.
 *
 * Invariants: (a) what was acknowledged is there, byte for byte, or its loss is noticed; (b) what is read is always a
 * prefix of what was put; (c) a crash alone neither makes a journal refuse nor costs it what was acknowledged; (d) all
 * that is read passes the deep checks; (e) each bit that flips at rest is found by a deep reading; (f) a second process
 * is kept out; (g) a process that ends in order holds nothing any more. A reader that follows the writer sees the same.
 */
#include "history.h"

#include "book.h"
#include "wishes.h"

#include <stdio.h>
#include <stdlib.h>

enum { LIVES_MAX = 12, ACTS_MAX = 40, FLIPS_N = 4, VOLUMES_MAX = 60 };

static const char folder[] = SIM_FOLDER;
static const char anchor[] = SIM_ANCHOR;
static const char vault_key[] = SIM_VAULT_KEY;

static struct {
	const struct profile *profile;
	struct cs_journal_wish wish;
	struct book book;
	unsigned anchored_n; /* lines seen in the anchor */
	bool detected;       /* the journal, or a reading of it, has said that something is wrong */
	bool last;           /* the life in peace */

	/* of the process at hand */
	struct cs_vault *vault;
	struct cs_journal *journal;
	struct cs_reading *follower;
	size_t followed_n;
} play;

const struct profile *
history_profile(void)
{
	return play.profile;
}

static struct reader_wish
deep_reader(void)
{
	return (struct reader_wish){folder, play.vault, true};
}

/* Mostly hashing is what histories take their time for: the last life always looks at everything, the others at times. */
static bool
looks_closely(void)
{
	return play.last || sim_chance(CS_PPM / 3);
}

/* ---- what must hold when a journal was opened ---- */

static void
note_durable(void)
{
	struct cs_journal_state state = cs_journal_state_of(play.journal);
	if (state.durable_seq > play.book.soft_seq)
		play.book.soft_seq = state.durable_seq;
	if (play.wish.sync != CS_SYNC_NONE)
		play.book.firm_seq = play.book.soft_seq;
}

/* All that was read back when the journal was opened is safe from now on; without syncs, its new volume is not yet. */
static void
settle(const struct found *found, uint64_t next_seq)
{
	struct book *book = &play.book;
	book->n = book->soft = book->firm = book->shown = found->n;
	book->soft_seq = found->next_seq;
	book->firm_seq = play.wish.sync == CS_SYNC_NONE ? next_seq : found->next_seq;
}

/* What was acknowledged and is not there: allowed only when the disk lied, and the numbers show it. */
static void
judge_loss(const struct found *found, uint64_t next_seq)
{
	const struct book *book = &play.book;
	bool lost = found->n < book->soft || next_seq < book->soft_seq;
	if (!lost)
		return;
	SIM_HOLDS(sim.rot, "%zu records were acknowledged and %zu are there; up to record %llu, and it goes on at %llu",
		  book->soft, found->n, (unsigned long long)book->soft_seq, (unsigned long long)next_seq);
	SIM_HOLDS(found->n >= book->shown || next_seq < book->soft_seq || found->end != CS_END,
		  "%zu records were acknowledged, %zu are there, and nothing shows it", book->soft, found->n);
	play.detected = true;
}

/* Where every sync did what it said, no line that was there once is lost. */
static void
check_anchor(const struct reader_wish *wish)
{
	unsigned n = book_anchor(wish, anchor);
	if (play.profile->rates.sync_error)
		return;
	SIM_HOLDS(n >= play.anchored_n, "the anchor had %u lines, and has %u", play.anchored_n, n);
	play.anchored_n = n;
}

static void
look_around(const struct cs_journal_found *at_open)
{
	struct reader_wish wish = {folder, play.vault, looks_closely()};
	struct found found;
	uint64_t errors = sim.errors;
	book_read(&play.book, &wish, &found);
	if (found.end != CS_END) {
		SIM_HOLDS(wishes_excuse(found.end, errors), "a reading of the opened journal ends so: %s",
			  cs_error_text(found.end));
		play.detected = play.detected || sim.errors == errors;
		if (sim.errors > errors)
			sim_die(); /* seen too little to go on; another life will look again */
	}
	judge_loss(&found, at_open->next_seq);
	if (play.detected)
		return;
	SIM_HOLDS(!at_open->damaged, "damage is told of, and the journal is sound");
	/* Where the head of the new volume went, if it went astray, nobody can know yet. */
	SIM_HOLDS(at_open->next_seq + 1 == found.next_seq || sim.rot,
		  "it goes on at record %llu, and %llu is the next one", (unsigned long long)at_open->next_seq,
		  (unsigned long long)found.next_seq - 1);
	settle(&found, at_open->next_seq);
	if (play.wish.anchor && !sim.rot && looks_closely())
		check_anchor(&wish);
	if (sim_chance(CS_PPM / 4))
		book_seek(&play.book, &wish, found.next_seq);
}

/* ---- what a process does ---- */

static void
put_some(void)
{
	uint64_t n = sim_chance(CS_PPM / 20) ? 600 : 12;
	for (n = 1 + cs_dice_below(&sim.dice, n); n > 0; n--)
		book_put(&play.book, play.journal);
}

static void
publish(void)
{
	cs_journal_publish(play.journal);
}

static void
flush(void)
{
	size_t n = play.book.n;
	if (cs_journal_flush(play.journal) != CS_OK)
		return;
	note_durable();
	play.book.soft = play.book.shown = n;
	if (play.wish.sync != CS_SYNC_NONE)
		play.book.firm = n;
}

static void
idle(void)
{
	sim_clock_pass(cs_dice_below(&sim.dice, UINT64_C(300000000)));
	sim_worker_idle();
}

/* Reads on behind the writer, as another process would. */
static void
follow(void)
{
	struct cs_reading_wish wish = {folder, play.vault, sim_chance(CS_PPM / 2)};
	struct cs_record record;
	uint64_t errors = sim.errors;
	enum cs_error error = play.follower ? CS_OK : cs_reading_open(&wish, &play.follower);
	if (error == CS_OK)
		cs_reading_expect(play.follower, cs_journal_state_of(play.journal).durable_seq);
	while (error == CS_OK && (error = cs_reading_next(play.follower, &record)) == CS_OK)
		if (book_is_ours(&record))
			book_check(&play.book, play.followed_n++, &record);
	bool half = error == CS_E_TRUNCATED && (sim.errors || sim.rot); /* a write that did not go through */
	SIM_HOLDS(error == CS_END || half || wishes_excuse(error, errors), "a reader that follows is told: %s",
		  cs_error_text(error));
	SIM_HOLDS(error != CS_END || play.followed_n >= play.book.soft || sim.rot,
		  "%zu records were acknowledged, and a reader that follows sees %zu", play.book.soft, play.followed_n);
	if (error == CS_END || half)
		return;
	cs_reading_close(play.follower);
	play.follower = NULL;
	play.followed_n = 0;
}

static void
knock(void)
{
	struct cs_journal_found found;
	struct cs_journal *second = NULL;
	uint64_t errors = sim.errors;
	enum cs_error error = cs_journal_open(&play.wish, &found, &second);
	SIM_HOLDS(error == CS_E_PERMISSION || wishes_excuse(error, errors), "a second process opens the journal: %s",
		  cs_error_text(error));
}

static void
pack_one(void)
{
	char path[SIM_PATH_BYTES];
	unsigned n = sim_disk_count(folder);
	uint32_t at_hand = cs_journal_state_of(play.journal).volume;
	if (!sim_disk_nth(folder, (unsigned)cs_dice_below(&sim.dice, n), path) || !strstr(path, ".volume"))
		return;
	uint32_t number = (uint32_t)strtoul(path + sizeof folder, NULL, 10);
	uint64_t errors = sim.errors;
	if (number >= at_hand)
		return;
	enum cs_error error = cs_volume_pack(folder, number);
	SIM_HOLDS(error == CS_OK || wishes_excuse(error, errors), "volume %u cannot be packed: %s", number,
		  cs_error_text(error));
}

static const struct {
	void (*act)(void);
	unsigned weight;
} acts[] = {{put_some, 10}, {publish, 3}, {flush, 6}, {idle, 3}, {follow, 2}, {knock, 1}, {pack_one, 1}};

static void
act(void)
{
	unsigned total = 0;
	for (unsigned i = 0; i < sizeof acts / sizeof acts[0]; i++)
		total += acts[i].weight;
	uint64_t face = cs_dice_below(&sim.dice, total);
	unsigned i = 0;
	for (; face >= acts[i].weight; i++)
		face -= acts[i].weight;
	sim_note('a', i);
	acts[i].act();
	note_durable();
}

/* ---- a life ---- */

/* The end of a life that was not cut short: everything put is durable, or an error says why not. */
static void
close_journal(void)
{
	struct cs_journal *journal = play.journal;
	size_t n = play.book.n;
	cs_reading_close(play.follower);
	play.follower = NULL;
	play.journal = NULL;
	enum cs_error error = cs_journal_close(journal);
	SIM_HOLDS(error == CS_OK || wishes_excuse(error, 0), "the journal ends with: %s", cs_error_text(error));
	if (error != CS_OK)
		return;
	play.book.soft = play.book.firm = n;
	if (!looks_closely())
		return;
	struct reader_wish wish = deep_reader();
	struct found found;
	uint64_t errors = sim.errors;
	book_read(&play.book, &wish, &found);
	SIM_HOLDS(found.end == CS_END || wishes_excuse(found.end, errors),
		  "a deep reading of the closed journal ends so: %s", cs_error_text(found.end));
	SIM_HOLDS(found.n == n || found.end != CS_END || sim.rot, "%zu records were put, and %zu are there", n,
		  found.n);
	play.detected = play.detected || (found.end != CS_END && sim.errors == errors);
	if (found.end != CS_END || found.n != n)
		return;
	play.book.soft_seq = play.book.firm_seq = found.next_seq;
	play.book.shown = n;
}

static bool
open_journal(bool over_damage)
{
	struct cs_journal_found found;
	struct cs_journal_wish wish = play.wish;
	uint64_t errors = sim.errors;
	wish.over_damage = over_damage;
	enum cs_error error = cs_journal_open(&wish, &found, &play.journal);
	sim_note('J', (uint64_t)error + (found.next_seq << 8));
	SIM_HOLDS(error == CS_OK || wishes_excuse(error, errors),
		  "the journal cannot be opened: %s (volume %u, offset %llu)", cs_error_text(error), found.volume,
		  (unsigned long long)found.offset);
	if (error == CS_E_FORMAT)
		play.detected = true;
	if (error != CS_OK)
		return false;
	if (!over_damage)
		look_around(&found);
	return true;
}

static bool
open_vault(void)
{
	char note[CS_VAULT_NOTE_BYTES];
	struct cs_vault_wish wish = {vault_key, true, true};
	uint64_t errors = sim.errors;
	enum cs_error error = cs_vault_open(&wish, note, &play.vault);
	SIM_HOLDS(error == CS_OK || wishes_excuse(error, errors), "the vault cannot be opened: %s", note);
	play.wish.vault = play.vault;
	return error == CS_OK;
}

static void
write_on(void)
{
	uint64_t n = 1 + cs_dice_below(&sim.dice, ACTS_MAX);
	/* Many small volumes take long to read again and again, and show nothing new. */
	while (n-- > 0 && cs_journal_error(play.journal) == CS_OK && sim_disk_count(folder) < VOLUMES_MAX)
		act();
	SIM_HOLDS(cs_journal_error(play.journal) == CS_OK || sim.errors || sim.rot, "the journal ended itself: %s",
		  cs_error_text(cs_journal_error(play.journal)));
	if (!play.last && sim_chance(CS_PPM / 3))
		sim_die();
}

static void
live(void *context)
{
	(void)context;
	play.vault = NULL;
	play.journal = NULL;
	play.follower = NULL;
	play.followed_n = 0;
	if (!open_vault())
		return;
	if (open_journal(false)) {
		if (!play.detected)
			write_on();
		close_journal();
	}
	cs_vault_close(play.vault);
}

/* ---- when something was noticed ---- */

/* The journal is gone on with, as an operator would have it; what can still be read is in order, the new part whole. */
static void
go_on_over_damage(void *context)
{
	struct found found;
	(void)context;
	play.follower = NULL;
	if (!open_vault())
		return;
	struct reader_wish wish = deep_reader();
	if (sim_disk_count(folder))
		book_read_over(&play.book, &wish, &found);
	if (open_journal(true)) {
		put_some();
		enum cs_error error = cs_journal_close(play.journal);
		SIM_HOLDS(error == CS_OK, "a journal gone on with ends with: %s", cs_error_text(error));
		book_read_over(&play.book, &wish, &found);
		SIM_HOLDS(found.n > 0, "nothing is left of a journal that was gone on with");
	}
	cs_vault_close(play.vault);
}

/* ---- bits that flip at rest ---- */

static bool
counts(const char *path)
{
	char volume[SIM_PATH_BYTES];
	size_t len = strlen(path);
	if (len > 7 && strcmp(path + len - 7, ".packed") == 0) {
		(void)snprintf(volume, sizeof volume, "%.*s.volume", (int)(len - 7), path);
		return !sim_disk_is(volume); /* where both are, the plain one is read */
	}
	if (len > 4 && strcmp(path + len - 4, ".key") == 0 && strcmp(path, vault_key) != 0) {
		const char *name = strrchr(path, '/') + 1;
		(void)snprintf(volume, sizeof volume, "%s/%.8s.volume", folder, name);
		if (sim_disk_is(volume))
			return true;
		(void)snprintf(volume, sizeof volume, "%s/%.8s.packed", folder, name);
		return sim_disk_is(volume); /* a crash may leave a key to no volume */
	}
	return strstr(path, ".volume") || strcmp(path, vault_key) == 0;
}

/* Some file of the journal, or the vault's key. */
static bool
pick_file(char path[SIM_PATH_BYTES])
{
	static const char *const places[] = {"/bank/journal", "/bank/journal", "/bank/journal/keys", ""};
	const char *place = places[cs_dice_below(&sim.dice, 4)];
	unsigned n = sim_disk_count(place);
	return sim_disk_nth(place, (unsigned)cs_dice_below(&sim.dice, n), path) && counts(path) &&
	       sim_disk_length(path) > 0;
}

static void
expect_fault(void *context)
{
	const char *path = context;
	struct found found;
	if (open_vault()) {
		struct reader_wish wish = deep_reader();
		book_read(&play.book, &wish, &found);
		SIM_HOLDS(found.end != CS_END, "a bit of %s flipped, and a deep reading found nothing", path);
		cs_vault_close(play.vault);
	}
	sim.counts.flip++;
}

/* Flips one bit, reads, and flips it back; what is read after the last one shows that nothing else changed. */
static bool
flip_some(void)
{
	for (unsigned i = 0; i < FLIPS_N; i++) {
		char path[SIM_PATH_BYTES];
		if (!pick_file(path))
			continue;
		size_t byte = (size_t)cs_dice_below(&sim.dice, sim_disk_length(path));
		unsigned bit = (unsigned)cs_dice_below(&sim.dice, 8);
		sim.rot++;
		sim_disk_flip(path, byte, bit);
		(void)sim_life(expect_fault, path);
		sim_disk_flip(path, byte, bit);
		sim.rot--;
		if (sim.broken)
			return false;
	}
	return true;
}

static void
rot_at_rest(void)
{
	char path[SIM_PATH_BYTES];
	if (!sim_chance(sim.rates.flip) || !pick_file(path))
		return;
	size_t byte = (size_t)cs_dice_below(&sim.dice, sim_disk_length(path));
	sim_disk_flip(path, byte, (unsigned)cs_dice_below(&sim.dice, 8));
	sim.counts.fault++;
	if (sim.plant != SIM_PLANT_BLIND)
		sim.rot++;
}

/* ---- a history ---- */

/* After a death: what may not be gone now. */
static void
mourn(void)
{
	struct book *book = &play.book;
	if (!sim.power_went)
		return;
	book->soft = book->firm;
	if (book->soft_seq != book->firm_seq)
		book->shown = 0;
	book->soft_seq = book->firm_seq;
}

static bool
play_lives(void)
{
	for (uint64_t n = 2 + cs_dice_below(&sim.dice, LIVES_MAX); n > 0 && !play.detected; n--) {
		rot_at_rest();
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
	if (!sim.broken && play.detected)
		(void)sim_life(go_on_over_damage, NULL);
	return !sim.broken;
}

bool
history_run(uint64_t seed, const struct profile *profile)
{
	sim_begin(seed);
	memset(&play, 0, sizeof play);
	/* Half of all histories are of crashes and nothing else. */
	uint64_t face = cs_dice_below(&sim.dice, 2 * profile_n - 2);
	play.profile = profile ? profile : &profiles[face < profile_n ? face : 0];
	wishes_rates(&play.profile->rates);
	wishes_journal(&play.wish);
	sim.append_only = seed % 2 == 0 ? anchor : NULL; /* not drawn: old seeds stay what they were */
	play.book.large = sim_chance(CS_PPM / 20);
	bool holds = play_lives() && (sim.rot || flip_some());
	book_fini(&play.book);
	sim_end();
	return holds;
}
