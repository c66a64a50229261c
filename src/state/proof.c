/*
 * Walks a journal with state/reading.h and holds against each other what only the whole can show: heads, checkpoints,
 * what is missing.
 *
 * Invariants: a fault of a page is told once the next sound page shows what is lost by it; the chain hashes of the pages
 * from `unbroken` on are at hand, and no page is missing among them.
 */
#include "state/proof.h"

#include "base/text.h"
#include "state/reading.h"

#include <stdlib.h>

enum { CHAINS_N = 8192, PROGRESS_PAGES = 256 };

_Static_assert((int)CHAINS_N > (int)CS_JOURNAL_PAGES_SIGNED_MAX + (int)CS_JOURNAL_DRAFTS + 2,
	       "what one checkpoint covers is at hand");

struct proof {
	const struct cs_proof_wish *wish;
	struct cs_proof_sum sum;
	struct cs_reading *reading;
	struct cs_hasher *hasher;
	struct cs_proof_fault pending; /* told with the next sound page */
	bool has_pending;
	struct cs_page_place
		high;    /* behind the highest page there was, damaged ones that could be counted among them */
	uint32_t volume; /* of the page before; 0: none */
	uint64_t unbroken;
	struct cs_digest chain[CHAINS_N]; /* by page number */
	struct cs_digest scratch[CHAINS_N];
};

static const struct {
	const char *name;
	const char *text;
	const char *remedy;
} faults[CS_PROOF_N] = {
#define X(symbol, name, text, remedy) {name, text, remedy},
#include "state/proof.def"
#undef X
};

const char *
cs_proof_name(enum cs_proof_what what)
{
	CS_ASSERT((unsigned)what < CS_PROOF_N);
	return faults[what].name;
}

const char *
cs_proof_text(enum cs_proof_what what)
{
	CS_ASSERT((unsigned)what < CS_PROOF_N);
	return faults[what].text;
}

const char *
cs_proof_remedy(enum cs_proof_what what)
{
	CS_ASSERT((unsigned)what < CS_PROOF_N);
	return faults[what].remedy;
}

static void
tell(struct proof *proof, const struct cs_proof_fault *fault)
{
	proof->sum.fault_n++;
	proof->sum.lost_pages += fault->lost_pages;
	proof->sum.lost_records += fault->lost_records;
	if (proof->wish->fault)
		proof->wish->fault(proof->wish->context, fault);
}

/* ---- faults of pages ---- */

static enum cs_proof_what
what_of(const struct cs_reading_fault *fault, bool passed)
{
	static const enum cs_proof_what what[CS_PAGE_FAULT_N] = {
		[CS_PAGE_SHORT] = CS_PROOF_DAMAGED,   [CS_PAGE_FOREIGN] = CS_PROOF_DAMAGED,
		[CS_PAGE_CHECK] = CS_PROOF_DAMAGED,   [CS_PAGE_BEGINNING] = CS_PROOF_BEGINNING,
		[CS_PAGE_CHAIN] = CS_PROOF_CHAIN,     [CS_PAGE_VOLUME] = CS_PROOF_VOLUME,
		[CS_PAGE_PAYLOAD] = CS_PROOF_PAYLOAD, [CS_PAGE_RECORD] = CS_PROOF_RECORD,
		[CS_PAGE_SEAL] = CS_PROOF_SEAL,       [CS_PAGE_ROOT] = CS_PROOF_ROOT,
	};
	if (fault->error != CS_OK)
		return CS_PROOF_UNREADABLE;
	return fault->what == CS_PAGE_SEAL && !passed ? CS_PROOF_KEY : what[fault->what];
}

/* Tells what was pending; NEXT is where the journal goes on, NULL at its end. */
static void
settle(struct proof *proof, const struct cs_page_place *next)
{
	struct cs_proof_fault *fault = &proof->pending;
	if (!proof->has_pending)
		return;
	proof->has_pending = false;
	fault->found_page = next ? next->number : fault->page;
	bool ahead = next && next->number > proof->high.number && next->first >= proof->high.first;
	if (ahead) {
		fault->lost_pages = next->number - proof->high.number;
		fault->lost_records = next->first - proof->high.first;
		proof->high = *next;
	}
	if (fault->what == CS_PROOF_CHAIN && fault->found_page != fault->page)
		fault->what = ahead ? CS_PROOF_MISSING : CS_PROOF_REPEATED;
	tell(proof, fault);
}

/* Whether another process holds the journal to write it. */
static bool
is_written(const char *folder)
{
	char path[CS_VOLUME_PATH_BYTES];
	int file = -1;
	if (cs_volume_beside(folder, NULL, "lock", path) != CS_OK || cs_disk_open(path, CS_DISK_READ, &file) != CS_OK)
		return false;
	bool held = cs_disk_lock(file) == CS_E_PERMISSION;
	cs_disk_close(file);
	return held;
}

/* Nothing sound lies behind FAULT. */
static void
note_end(struct proof *proof, const struct cs_reading_fault *fault)
{
	bool bytes_only = proof->has_pending && proof->pending.what == CS_PROOF_DAMAGED && proof->pending.bytes;
	if (bytes_only && is_written(proof->wish->folder)) {
		proof->sum.unfinished_bytes = fault->file_bytes - fault->offset;
		proof->has_pending = false;
	}
	if (bytes_only)
		proof->pending.what = CS_PROOF_TORN;
	settle(proof, NULL);
}

/* Goes on behind what stopped the reading. CS_END: nothing follows. */
static enum cs_error
go_on(struct proof *proof)
{
	struct cs_reading_fault fault = *cs_reading_fault_of(proof->reading);
	struct cs_page_place expected = cs_reading_place(proof->reading);
	uint64_t offset = cs_reading_offset(proof->reading);
	enum cs_error error = cs_reading_step(proof->reading);
	struct cs_page_place behind = cs_reading_place(proof->reading);
	bool passed = behind.number != expected.number;
	settle(proof, &expected);
	proof->pending = (struct cs_proof_fault){
		.what = what_of(&fault, passed),
		.error = fault.error,
		.volume = fault.volume,
		.offset = offset,
		.page = fault.page,
		.seq = fault.seq,
		.bytes = fault.file_bytes > offset ? fault.file_bytes - offset : 0,
	};
	proof->has_pending = true;
	/* A page whose records alone are wrong has its head still, and its place in the chain. */
	if (fault.what <= CS_PAGE_VOLUME || fault.error != CS_OK)
		proof->unbroken = UINT64_MAX;
	else if (passed)
		proof->chain[fault.page % CHAINS_N] = behind.previous;
	if (error == CS_END)
		note_end(proof, &fault);
	return error;
}

/* ---- heads ---- */

static struct cs_proof_fault
fault_at(const struct proof *proof, const struct cs_page *page, const struct cs_record *record, enum cs_proof_what what)
{
	return (struct cs_proof_fault){
		.what = what,
		.volume = page->place.volume,
		.offset = cs_reading_offset(proof->reading) - page->len,
		.page = page->place.number,
		.found_page = page->place.number,
		.seq = record->seq,
	};
}

static void
tell_at(struct proof *proof, const struct cs_page *page, const struct cs_record *record, enum cs_proof_what what)
{
	struct cs_proof_fault fault = fault_at(proof, page, record, what);
	tell(proof, &fault);
}

static void
meet_head(struct proof *proof, const struct cs_page *page, const struct cs_record *record, bool first)
{
	struct cs_journal_head head;
	struct cs_proof_sum *sum = &proof->sum;
	if (!first || !cs_journal_head_read(record->open, &head) || head.volume != page->place.volume) {
		tell_at(proof, page, record, CS_PROOF_HEAD);
		return;
	}
	if (!sum->known) {
		memcpy(sum->id, head.id, sizeof sum->id);
		if (!sum->key_given)
			memcpy(sum->public_key, head.public_key, sizeof sum->public_key);
		sum->known = true;
	}
	if (memcmp(sum->id, head.id, sizeof sum->id) != 0)
		tell_at(proof, page, record, CS_PROOF_OTHER_JOURNAL);
	if (memcmp(sum->public_key, head.public_key, sizeof sum->public_key) != 0)
		tell_at(proof, page, record, CS_PROOF_OTHER_KEY);
}

/* ---- checkpoints ---- */

static void
meet_witness(struct proof *proof, const struct cs_page *page, const struct cs_record *record,
	     const struct cs_checkpoint *checkpoint)
{
	struct cs_witness *all = proof->wish->witness;
	size_t low = 0, high = proof->wish->witness_n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (all[middle].page < checkpoint->page)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < proof->wish->witness_n && all[low].page == checkpoint->page; low++) {
		if (memcmp(all[low].id, proof->sum.id, sizeof all[low].id) != 0)
			continue;
		all[low].met = true;
		bool same = all[low].seq == checkpoint->seq && cs_digest_same(&all[low].chain, &checkpoint->chain) &&
			    memcmp(all[low].signature, checkpoint->signature, sizeof all[low].signature) == 0;
		proof->sum.witness_met_n += same;
		if (!same)
			tell_at(proof, page, record, CS_PROOF_WITNESS_OTHER);
	}
}

/* Whether the pages at hand are those CHECKPOINT was signed over. *PARTLY: not all of them are at hand. */
static bool
covers(struct proof *proof, const struct cs_page *page, const struct cs_checkpoint *checkpoint, bool *partly)
{
	uint64_t n = checkpoint->page - checkpoint->first_page;
	*partly = checkpoint->first_page < proof->unbroken;
	if (!cs_digest_same(&checkpoint->chain, &page->place.previous))
		return false;
	if (*partly)
		return true;
	for (uint64_t i = 0; i < n; i++)
		proof->scratch[i] = proof->chain[(checkpoint->first_page + i) % CHAINS_N];
	struct cs_digest root = cs_merkle_root(proof->hasher, proof->scratch, n);
	return cs_digest_same(&root, &checkpoint->root);
}

static bool
signature_holds(const struct proof *proof, const struct cs_checkpoint *checkpoint)
{
	uint8_t bytes[CS_CHECKPOINT_SIGNED_BYTES];
	cs_checkpoint_signed(checkpoint, bytes);
	return cs_vault_verify(proof->sum.public_key, (struct cs_span){bytes, sizeof bytes}, checkpoint->signature);
}

static enum cs_proof_what
judge_checkpoint(struct proof *proof, const struct cs_page *page, const struct cs_record *record,
		 struct cs_checkpoint *checkpoint, bool *partly)
{
	if (!cs_checkpoint_read(record->open, checkpoint) || checkpoint->page != page->place.number ||
	    checkpoint->seq != record->seq || checkpoint->first_page >= checkpoint->page ||
	    checkpoint->page - checkpoint->first_page >= CHAINS_N)
		return CS_PROOF_CHECKPOINT;
	if (proof->sum.known && memcmp(checkpoint->id, proof->sum.id, sizeof checkpoint->id) != 0)
		return CS_PROOF_OTHER_JOURNAL;
	if (!covers(proof, page, checkpoint, partly))
		return CS_PROOF_SIGNED_OTHER;
	return signature_holds(proof, checkpoint) ? CS_PROOF_N : CS_PROOF_SIGNATURE;
}

static void
meet_checkpoint(struct proof *proof, const struct cs_page *page, const struct cs_record *record)
{
	struct cs_checkpoint checkpoint;
	struct cs_proof_sum *sum = &proof->sum;
	bool partly = false;
	if (!sum->known && !sum->key_given)
		return; /* that the head with the key is damaged has been told */
	enum cs_proof_what what = judge_checkpoint(proof, page, record, &checkpoint, &partly);
	if (what != CS_PROOF_N) {
		tell_at(proof, page, record, what);
		return;
	}
	if (!sum->known)
		memcpy(sum->id, checkpoint.id, sizeof sum->id);
	sum->clock_back_n += sum->checkpoint_n && checkpoint.wall_ns < sum->signed_wall_ns;
	sum->checkpoint_n++;
	sum->partial_n += partly;
	sum->signed_page = checkpoint.page;
	sum->signed_seq = checkpoint.seq;
	sum->signed_wall_ns = checkpoint.wall_ns;
	meet_witness(proof, page, record, &checkpoint);
}

/* ---- pages ---- */

static void
enter_volume(struct proof *proof, uint32_t volume)
{
	const struct cs_thin_about *thin = cs_reading_thin(proof->reading);
	bool keyed = true;
	proof->volume = volume;
	proof->sum.volume_n++;
	proof->sum.thinned_n += thin != NULL;
	enum cs_error error = cs_volume_keyed(proof->wish->folder, volume, thin ? thin->generation : 0, &keyed);
	proof->sum.erased_n += error == CS_OK && !keyed;
}

/* Where volumes were let go of, it is told; where they are not here without that, the reading told. */
static void
meet_beginning(struct proof *proof, const struct cs_page *page)
{
	const struct cs_beginning *beginning = cs_reading_beginning(proof->reading);
	bool told = proof->has_pending && proof->pending.what == CS_PROOF_BEGINNING;
	if (!beginning || told || !cs_beginning_fits(beginning, &page->place))
		return;
	proof->sum.begun = true;
	proof->sum.beginning = *beginning;
}

/* Where the first page of the volume at hand stands. */
static uint64_t
volume_starts(const struct proof *proof)
{
	return cs_reading_thin(proof->reading) ? CS_THIN_FILE_BYTES : 0;
}

static void
meet_records(struct proof *proof, const struct cs_page *page, const uint8_t *plain)
{
	struct cs_page_walk walk = {page, plain, 0, 0, 0};
	struct cs_record record;
	bool begins = page->place.volume != proof->volume;
	while (cs_page_next(&walk, &record)) {
		bool first = begins && walk.nth == 1;
		proof->sum.kind_n[record.kind < CS_RECORD_N ? record.kind : CS_RECORD_N]++;
		proof->sum.hidden_n += record.hidden;
		if (record.kind == CS_RECORD_HEAD)
			meet_head(proof, page, &record, first);
		else if (first && cs_reading_offset(proof->reading) == volume_starts(proof) + page->len)
			tell_at(proof, page, &record, CS_PROOF_NO_HEAD);
		if (record.kind == CS_RECORD_CHECKPOINT)
			meet_checkpoint(proof, page, &record);
	}
}

static void
meet_page(struct proof *proof, const struct cs_page *page, const uint8_t *plain)
{
	struct cs_proof_sum *sum = &proof->sum;
	struct cs_page_place next = cs_reading_place(proof->reading);
	if (!sum->page_n) {
		sum->first_page = page->place.number;
		sum->first_seq = page->place.first;
		meet_beginning(proof, page);
	}
	settle(proof, &page->place);
	if (next.number > proof->high.number)
		proof->high = next;
	if (proof->unbroken == UINT64_MAX)
		proof->unbroken = page->place.number;
	meet_records(proof, page, plain);
	if (page->place.volume != proof->volume)
		enter_volume(proof, page->place.volume);
	proof->chain[page->place.number % CHAINS_N] = next.previous;
	sum->page_n++;
	sum->bytes += page->len;
	sum->record_n += page->record_n;
	sum->gone_n += page->record_n - page->here_n;
	sum->next_page = proof->high.number;
	sum->next_seq = proof->high.first;
	if (page->base_ns) {
		sum->from_ns = sum->from_ns ? sum->from_ns : page->base_ns;
		sum->to_ns = page->base_ns;
	}
	if (proof->wish->progress && sum->page_n % PROGRESS_PAGES == 0)
		proof->wish->progress(proof->wish->context, sum);
}

static enum cs_error
walk_pages(struct proof *proof)
{
	const struct cs_page *page;
	const uint8_t *plain;
	for (;;) {
		enum cs_error error = cs_reading_page(proof->reading, &page, &plain);
		if (error == CS_OK)
			meet_page(proof, page, plain);
		if (error != CS_OK && error != CS_END)
			error = go_on(proof);
		if (error == CS_END)
			return CS_OK;
	}
}

/* The witnesses that no checkpoint answered. */
static void
ask_witnesses(struct proof *proof)
{
	struct cs_proof_sum *sum = &proof->sum;
	for (size_t i = 0; i < proof->wish->witness_n; i++) {
		const struct cs_witness *witness = &proof->wish->witness[i];
		bool other = memcmp(witness->id, sum->id, sizeof sum->id) != 0;
		bool older = !other && witness->page < sum->first_page;
		sum->witness_other_n += other;
		sum->witness_older_n += older;
		if (other || older || witness->met)
			continue;
		struct cs_proof_fault fault = {.what = CS_PROOF_WITNESS_GONE,
					       .volume = proof->volume,
					       .page = witness->page,
					       .found_page = witness->page,
					       .seq = witness->seq};
		tell(proof, &fault);
	}
	if (proof->wish->witness_broken) {
		struct cs_proof_fault fault = {.what = CS_PROOF_WITNESS_BROKEN, .offset = proof->wish->witness_broken};
		tell(proof, &fault);
	}
	if (proof->wish->witness_n && sum->witness_other_n == proof->wish->witness_n) {
		struct cs_proof_fault fault = {.what = CS_PROOF_WITNESS_STRANGE};
		tell(proof, &fault);
	}
}

static void
choose_key(struct proof *proof)
{
	const struct cs_proof_wish *wish = proof->wish;
	proof->sum.key_given = wish->public_key || wish->vault;
	proof->sum.deep = wish->vault;
	if (wish->public_key)
		memcpy(proof->sum.public_key, wish->public_key, sizeof proof->sum.public_key);
	else if (wish->vault)
		cs_vault_public(wish->vault, proof->sum.public_key);
}

enum cs_error
cs_proof_run(const struct cs_proof_wish *wish, struct cs_proof_sum *out)
{
	struct cs_reading_wish reading = {wish->folder, wish->vault, true};
	struct proof *proof = calloc(1, sizeof *proof);
	if (!proof)
		return CS_E_MEMORY;
	proof->wish = wish;
	proof->unbroken = UINT64_MAX;
	choose_key(proof);
	proof->hasher = cs_hasher_new();
	enum cs_error error = proof->hasher ? cs_reading_open(&reading, &proof->reading) : CS_E_MEMORY;
	if (error == CS_OK) {
		proof->high = cs_reading_place(proof->reading);
		error = walk_pages(proof);
	}
	if (error == CS_OK) {
		ask_witnesses(proof);
		*out = proof->sum;
	}
	cs_reading_close(proof->reading);
	cs_hasher_free(proof->hasher);
	free(proof);
	return error;
}
