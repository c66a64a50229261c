/*
 * Drafts go round: the engine fills one, publishes it, and takes the next; the worker seals and writes those published, in
 * order, syncs once for all of them, and gives them back.
 *
 * Invariants: pages are written in the order of their numbers, and a group only once the one before it is durable; a draft
 * is sealed once, so that a write that failed can be tried again with the same bytes; what counts as durable was synced.
 */
#include "state/journal.h"

#include "io/clock.h"
#include "io/secret.h"
#include "state/anchoring.h"
#include "state/journal_tail.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { BUILD_BYTES_MAX = 64, GROUP_PAGES = 8 };

_Static_assert(GROUP_PAGES <= CS_JOURNAL_DRAFTS / 4, "the engine has room while a group is written");

struct sealed {
	const uint8_t *at;
	size_t len;
};

struct cs_journal {
	struct cs_journal_wish wish;
	uint8_t id[CS_JOURNAL_ID_BYTES];
	struct cs_worker *worker;
	int lock;
	struct cs_anchoring *anchoring; /* the worker's; NULL: there is no anchor */

	/* the engine's */
	struct cs_draft *hand; /* what is filled: not the worker's until it is published */
	uint64_t filling;      /* its number, of all there ever were */
	bool hurried;          /* a full disk is not waited for any more */

	/* between them */
	struct cs_draft *draft; /* CS_JOURNAL_DRAFTS */
	atomic_ullong published;
	atomic_ullong due;   /* of those published, up to where the worker does not wait for more */
	atomic_ullong taken; /* given back */
	_Atomic(enum cs_error) error;
	atomic_ullong durable_seq;
	atomic_ullong safe_seq;
	atomic_ullong alert_seq;
	atomic_ullong waited_n; /* counted by the engine, and looked at from anywhere */
	atomic_bool stalled;
	atomic_bool closing;

	/* the worker's */
	struct cs_draft *own; /* for pages of its own: heads and checkpoints */
	struct cs_hasher *hasher;
	struct cs_page_keys *keys;
	int file;
	uint64_t offset;
	uint64_t volume_since_ns;
	uint64_t signed_at_ns;
	struct cs_page_place next;
	uint64_t sealed_n; /* drafts sealed: taken <= sealed_n <= published */
	uint64_t group;    /* first page of the group under way */
	struct sealed pending[CS_JOURNAL_DRAFTS + 2];
	unsigned pending_n;
	bool pending_alerts; /* among them */
	unsigned signed_n;   /* pages since the last checkpoint */
	struct cs_digest chain[CS_JOURNAL_PAGES_SIGNED_MAX + CS_JOURNAL_DRAFTS + 2];
	bool kept_line; /* for the anchor, once the checkpoint it tells of is durable */
	atomic_ullong bytes;
	atomic_ullong sync_n;
	atomic_ullong checkpoint_n;
	atomic_ullong page_n;
	atomic_uint volume;
};

/* ---- records of its own ---- */

bool
cs_journal_head_read(struct cs_span open, struct cs_journal_head *out)
{
	struct cs_cursor c = cs_cursor_over(open);
	out->version = cs_unpack_u32(&c);
	(void)cs_unpack_bytes(&c, out->id, sizeof out->id);
	out->volume = cs_unpack_u32(&c);
	(void)cs_unpack_bytes(&c, out->public_key, sizeof out->public_key);
	out->wall_ns = cs_unpack_u64(&c);
	out->build = cs_cursor_take(&c, cs_cursor_left(&c));
	return !c.failed && out->version == CS_JOURNAL_VERSION;
}

static uint8_t *
put_checkpoint(uint8_t *at, const struct cs_checkpoint *checkpoint)
{
	at = cs_pack_bytes(at, checkpoint->id, sizeof checkpoint->id);
	at = cs_pack_u64(cs_pack_u64(at, checkpoint->first_page), checkpoint->page);
	at = cs_pack_u64(at, checkpoint->seq);
	at = cs_pack_bytes(at, checkpoint->chain.at, CS_DIGEST_BYTES);
	at = cs_pack_bytes(at, checkpoint->root.at, CS_DIGEST_BYTES);
	return cs_pack_u64(at, checkpoint->wall_ns);
}

bool
cs_checkpoint_read(struct cs_span open, struct cs_checkpoint *out)
{
	struct cs_cursor c = cs_cursor_over(open);
	(void)cs_unpack_bytes(&c, out->id, sizeof out->id);
	out->first_page = cs_unpack_u64(&c);
	out->page = cs_unpack_u64(&c);
	out->seq = cs_unpack_u64(&c);
	(void)cs_unpack_bytes(&c, out->chain.at, CS_DIGEST_BYTES);
	(void)cs_unpack_bytes(&c, out->root.at, CS_DIGEST_BYTES);
	out->wall_ns = cs_unpack_u64(&c);
	return cs_unpack_bytes(&c, out->signature, sizeof out->signature) && cs_cursor_left(&c) == 0;
}

void
cs_checkpoint_signed(const struct cs_checkpoint *checkpoint, uint8_t out[CS_CHECKPOINT_SIGNED_BYTES])
{
	static const char title[24] = "countersign checkpoint 1";
	uint8_t *end = put_checkpoint(cs_pack_bytes(out, title, sizeof title), checkpoint);
	CS_ASSERT(end == out + CS_CHECKPOINT_SIGNED_BYTES);
}

/* ---- the worker's side ---- */

static void
seal(struct cs_journal *journal, struct cs_draft *draft)
{
	struct cs_digest chain;
	journal->next.group = journal->group;
	size_t len = cs_page_seal(draft, &journal->next, journal->keys, journal->hasher, &chain);
	journal->chain[journal->signed_n++] = chain;
	journal->pending[journal->pending_n++] = (struct sealed){draft->page, len};
	journal->next.number++;
	journal->next.first += draft->record_n;
	journal->next.previous = chain;
	journal->pending_alerts = journal->pending_alerts || draft->alerts;
}

/* From here on a new group begins: a page that names it says that all before it was durable when it was written. */
static enum cs_error
sync_pages(struct cs_journal *journal)
{
	CS_TRY(cs_disk_sync(journal->file));
	atomic_fetch_add(&journal->sync_n, 1);
	/* First: whoever sees that a record is safe must know already that it may be an alert. */
	if (journal->pending_alerts)
		atomic_store(&journal->alert_seq, journal->next.first);
	atomic_store(&journal->safe_seq, journal->next.first);
	journal->group = journal->next.number;
	return CS_OK;
}

/* Writes what is sealed. Tried again after a full disk, it writes the same bytes to the same places. */
static enum cs_error
write_pending(struct cs_journal *journal)
{
	uint64_t offset = journal->offset;
	for (unsigned i = 0; i < journal->pending_n; i++) {
		CS_TRY(cs_disk_write(journal->file, journal->pending[i].at, journal->pending[i].len, offset));
		offset += journal->pending[i].len;
	}
	/* What is told elsewhere must be here first, however little else is synced. */
	if (journal->wish.sync != CS_SYNC_NONE || journal->kept_line || journal->pending_alerts)
		CS_TRY(sync_pages(journal));
	atomic_fetch_add(&journal->bytes, offset - journal->offset);
	journal->offset = offset;
	journal->pending_n = 0;
	journal->pending_alerts = false;
	atomic_store(&journal->page_n, journal->next.number);
	atomic_store(&journal->durable_seq, journal->next.first);
	if (journal->kept_line)
		cs_anchoring_tell(journal->anchoring);
	journal->kept_line = false;
	return CS_OK;
}

/* Signs for all pages since the last checkpoint, on a page of its own. */
static enum cs_error
sign(struct cs_journal *journal)
{
	struct cs_checkpoint checkpoint = {
		.first_page = journal->next.number - journal->signed_n,
		.page = journal->next.number,
		.seq = journal->next.first,
		.chain = journal->next.previous,
		.wall_ns = cs_clock_wall_ns(),
	};
	uint8_t bytes[CS_CHECKPOINT_SIGNED_BYTES];
	memcpy(checkpoint.id, journal->id, sizeof checkpoint.id);
	checkpoint.root = cs_merkle_root(journal->hasher, journal->chain, journal->signed_n);
	cs_checkpoint_signed(&checkpoint, bytes);
	CS_TRY(cs_vault_sign(journal->wish.vault, (struct cs_span){bytes, sizeof bytes}, checkpoint.signature));
	journal->signed_n = 0;
	cs_draft_reset(journal->own);
	uint8_t *at = put_checkpoint(cs_draft_open(journal->own), &checkpoint);
	at = cs_pack_bytes(at, checkpoint.signature, CS_SIGNATURE_BYTES);
	cs_draft_add(journal->own, CS_RECORD_CHECKPOINT, (size_t)(at - cs_draft_open(journal->own)), 0);
	seal(journal, journal->own);
	journal->signed_at_ns = cs_clock_steady_ns();
	atomic_fetch_add(&journal->checkpoint_n, 1);
	journal->kept_line = journal->anchoring;
	if (journal->kept_line)
		cs_anchoring_keep(journal->anchoring, &checkpoint);
	return CS_OK;
}

static void
put_head(struct cs_journal *journal)
{
	uint8_t key[CS_PUBLIC_KEY_BYTES];
	const char *build = journal->wish.build ? journal->wish.build : "";
	cs_vault_public(journal->wish.vault, key);
	cs_draft_reset(journal->own);
	uint8_t *at = cs_pack_u32(cs_draft_open(journal->own), CS_JOURNAL_VERSION);
	at = cs_pack_bytes(at, journal->id, sizeof journal->id);
	at = cs_pack_u32(at, journal->next.volume);
	at = cs_pack_bytes(at, key, sizeof key);
	at = cs_pack_u64(at, cs_clock_wall_ns());
	at = cs_pack_bytes(at, build, strnlen(build, BUILD_BYTES_MAX));
	cs_draft_add(journal->own, CS_RECORD_HEAD, (size_t)(at - cs_draft_open(journal->own)), 0);
}

/* The key and the file of the next volume, durable. Its number is used up even when that fails. */
static enum cs_error
make_volume(struct cs_journal *journal, int *file)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint32_t number = ++journal->next.volume;
	CS_TRY(cs_volume_path(journal->wish.folder, number, CS_VOLUME_PLAIN, path));
	CS_TRY(cs_volume_key_make(journal->wish.folder, number, journal->wish.vault, journal->keys));
	CS_TRY(cs_disk_open(path, CS_DISK_CREATE, file));
	return cs_disk_sync_folder(journal->wish.folder);
}

static enum cs_error
begin_volume(struct cs_journal *journal)
{
	int file = -1;
	enum cs_error error = make_volume(journal, &file);
	if (error != CS_OK) {
		cs_disk_close(file);
		return error;
	}
	cs_disk_close(journal->file);
	journal->file = file;
	journal->offset = 0;
	journal->volume_since_ns = cs_clock_steady_ns();
	atomic_store(&journal->volume, journal->next.volume);
	put_head(journal);
	seal(journal, journal->own);
	return write_pending(journal);
}

static bool
is_due(uint64_t since_ns, uint64_t every_ns)
{
	return cs_clock_steady_ns() - since_ns >= every_ns;
}

static bool
wants_signature(const struct cs_journal *journal, bool last)
{
	/* A checkpoint alone since the last one needs no other. */
	if (journal->signed_n < 2)
		return false;
	return last || journal->signed_n >= CS_JOURNAL_PAGES_SIGNED_MAX ||
	       is_due(journal->signed_at_ns, journal->wish.checkpoint_ns);
}

static enum cs_error
roll(struct cs_journal *journal)
{
	if (journal->offset < journal->wish.volume_bytes && !is_due(journal->volume_since_ns, journal->wish.volume_ns))
		return CS_OK;
	if (journal->signed_n >= 2) {
		CS_TRY(sign(journal));
		CS_TRY(write_pending(journal));
	}
	/* Whatever is lost of a journal is its end: an older volume is whole before the next one is begun. */
	if (journal->wish.sync == CS_SYNC_NONE)
		CS_TRY(sync_pages(journal));
	return begin_volume(journal);
}

/* One group: all drafts published by now, and a checkpoint when it is due. */
static enum cs_error
commit(struct cs_journal *journal, uint64_t published)
{
	bool last = atomic_load(&journal->closing) && published == atomic_load(&journal->published);
	if (!journal->pending_n) {
		CS_TRY(roll(journal));
		for (; journal->sealed_n < published; journal->sealed_n++)
			seal(journal, &journal->draft[journal->sealed_n % CS_JOURNAL_DRAFTS]);
		if (wants_signature(journal, last))
			CS_TRY(sign(journal));
	}
	return journal->pending_n ? write_pending(journal) : CS_OK;
}

static enum cs_work
work(void *context)
{
	struct cs_journal *journal = context;
	uint64_t published = atomic_load_explicit(&journal->published, memory_order_acquire);
	bool idle = published == atomic_load(&journal->taken) && !journal->pending_n;
	if (atomic_load(&journal->error) != CS_OK ||
	    (idle && !wants_signature(journal, atomic_load(&journal->closing))))
		return CS_WORK_DONE;
	enum cs_error error = commit(journal, published);
	atomic_store(&journal->stalled, error == CS_E_LIMIT);
	if (error == CS_E_LIMIT)
		return CS_WORK_LATER;
	if (error != CS_OK) {
		atomic_store(&journal->error, error);
		return CS_WORK_DONE;
	}
	atomic_store_explicit(&journal->taken, journal->sealed_n, memory_order_release);
	return journal->sealed_n < atomic_load(&journal->due) ? CS_WORK_MORE : CS_WORK_DONE;
}

/* ---- the engine's side ---- */

/* The worker may be at the drafts as long as it lives: it ends first, and what did not find room with it. */
static void
give_up(struct cs_journal *journal)
{
	enum cs_error none = CS_OK;
	cs_worker_stop(journal->worker);
	journal->worker = NULL;
	(void)atomic_compare_exchange_strong(&journal->error, &none, CS_E_LIMIT);
}

/* Waits for the worker a little. For room on a full disk nobody waits who was told not to. */
static void
wait_a_little(struct cs_journal *journal)
{
	const struct cs_journal_wish *wish = &journal->wish;
	cs_worker_yield(journal->worker);
	if (!atomic_load(&journal->stalled))
		return;
	if (journal->hurried || (wish->gives_up && wish->gives_up(wish->gives_up_context)))
		give_up(journal);
}

/* Takes the draft that is next, once it was given back by the worker. */
static void
take_draft(struct cs_journal *journal)
{
	while (journal->filling - atomic_load_explicit(&journal->taken, memory_order_acquire) >= CS_JOURNAL_DRAFTS &&
	       atomic_load(&journal->error) == CS_OK) {
		atomic_fetch_add_explicit(&journal->waited_n, 1, memory_order_relaxed);
		wait_a_little(journal);
	}
	journal->hand = &journal->draft[journal->filling % CS_JOURNAL_DRAFTS];
	cs_draft_reset(journal->hand);
}

struct cs_journal_room
cs_journal_room(struct cs_journal *journal, uint64_t time_ns)
{
	struct cs_draft *draft = journal->hand;
	if (draft->record_n == 0)
		draft->base_ns = time_ns;
	return (struct cs_journal_room){cs_draft_open(draft), cs_draft_sealed(draft), draft->base_ns};
}

/* A group costs a wake and a sync, however many pages it has: full ones wait for a few more, unless an alert is in them. Who
 * publishes, as is done every so often, has what waits written AT_ONCE. */
static void
close_page(struct cs_journal *journal, bool at_once)
{
	struct cs_draft *draft = journal->hand;
	if (atomic_load(&journal->error) != CS_OK) {
		cs_draft_reset(draft); /* whoever asks is told so */
		return;
	}
	if (draft->record_n)
		atomic_store_explicit(&journal->published, ++journal->filling, memory_order_release);
	uint64_t waiting = journal->filling - atomic_load_explicit(&journal->due, memory_order_relaxed);
	if (waiting && (at_once || waiting >= GROUP_PAGES)) {
		atomic_store(&journal->due, journal->filling);
		cs_worker_wake(journal->worker);
	}
	take_draft(journal);
}

void
cs_journal_publish(struct cs_journal *journal)
{
	close_page(journal, true);
}

static void
added(struct cs_journal *journal, enum cs_record_kind kind)
{
	const struct cs_draft *draft = journal->hand;
	bool each = journal->wish.sync == CS_SYNC_EACH && cs_record_is_input(kind);
	if (each || cs_draft_full(draft))
		close_page(journal, each || draft->alerts);
}

void
cs_journal_add(struct cs_journal *journal, enum cs_record_kind kind, size_t open_len, size_t sealed_len)
{
	cs_draft_add(journal->hand, kind, open_len, sealed_len);
	added(journal, kind);
}

void
cs_journal_add_event(struct cs_journal *journal, const struct cs_event *event, size_t prefix_len)
{
	cs_draft_add_event(journal->hand, event, prefix_len);
	added(journal, CS_RECORD_EVENT);
}

bool
cs_journal_put(struct cs_journal *journal, enum cs_record_kind kind, uint64_t time_ns, struct cs_span open,
	       struct cs_span sealed)
{
	if (open.len > CS_PAGE_RECORD_MAX || sealed.len > CS_PAGE_RECORD_MAX)
		return false;
	struct cs_journal_room room = cs_journal_room(journal, time_ns);
	if (open.len)
		memcpy(room.open, open.at, open.len);
	if (sealed.len)
		memcpy(room.sealed, sealed.at, sealed.len);
	cs_journal_add(journal, kind, open.len, sealed.len);
	return true;
}

enum cs_error
cs_journal_error(const struct cs_journal *journal)
{
	return atomic_load(&journal->error);
}

enum cs_error
cs_journal_flush(struct cs_journal *journal)
{
	cs_journal_publish(journal);
	while (atomic_load(&journal->taken) < journal->filling && atomic_load(&journal->error) == CS_OK)
		wait_a_little(journal);
	return cs_journal_error(journal);
}

void
cs_journal_hurry(struct cs_journal *journal)
{
	journal->hurried = true;
}

struct cs_journal_state
cs_journal_state_of(const struct cs_journal *journal)
{
	/* Before the other: what is taken for safe must not hold an alert that came meanwhile. */
	uint64_t safe_seq = atomic_load(&journal->safe_seq);
	return (struct cs_journal_state){
		.durable_seq = atomic_load(&journal->durable_seq),
		.safe_seq = safe_seq,
		.alert_seq = atomic_load(&journal->alert_seq),
		.page_n = atomic_load(&journal->page_n),
		.bytes = atomic_load(&journal->bytes),
		.sync_n = atomic_load(&journal->sync_n),
		.checkpoint_n = atomic_load(&journal->checkpoint_n),
		.waited_n = atomic_load_explicit(&journal->waited_n, memory_order_relaxed),
		.volume = atomic_load(&journal->volume),
		.stalled = atomic_load(&journal->stalled),
		.anchor_failed = cs_anchoring_failed(journal->anchoring),
	};
}

/* ---- opening and closing ---- */

static enum cs_error
take_lock(struct cs_journal *journal)
{
	char path[CS_VOLUME_PATH_BYTES];
	CS_TRY(cs_volume_beside(journal->wish.folder, NULL, "lock", path));
	enum cs_error error = cs_disk_open(path, CS_DISK_WRITE, &journal->lock);
	if (error == CS_E_OPEN)
		error = cs_disk_open(path, CS_DISK_CREATE, &journal->lock);
	return error == CS_OK ? cs_disk_lock(journal->lock) : error;
}

static enum cs_error
take_memory(struct cs_journal *journal)
{
	journal->draft = calloc(CS_JOURNAL_DRAFTS, sizeof *journal->draft);
	journal->hand = journal->draft;
	journal->own = calloc(1, sizeof *journal->own);
	journal->hasher = cs_hasher_new();
	journal->keys = cs_secret_memory(sizeof *journal->keys);
	return journal->draft && journal->own && journal->hasher && journal->keys ? CS_OK : CS_E_MEMORY;
}

static enum cs_error
start(struct cs_journal *journal, struct cs_journal_found *found)
{
	struct cs_tail tail;
	CS_TRY(take_memory(journal));
	CS_TRY(cs_volume_folders(journal->wish.folder));
	CS_TRY(take_lock(journal));
	if (journal->wish.anchor)
		CS_TRY(cs_anchoring_open(journal->wish.anchor, &journal->anchoring));
	CS_TRY(cs_tail_find(journal->wish.folder, journal->wish.over_damage, found, &tail));
	journal->next = tail.next;
	journal->group = tail.next.number;
	atomic_store(&journal->safe_seq, tail.next.first);
	atomic_store(&journal->alert_seq, tail.next.first);
	memcpy(journal->id, tail.id, sizeof journal->id);
	if (!tail.known)
		cs_secret_random(journal->id, sizeof journal->id);
	return CS_OK;
}

static void
free_journal(struct cs_journal *journal)
{
	cs_disk_close(journal->file);
	cs_anchoring_close(journal->anchoring);
	cs_disk_close(journal->lock);
	free(journal->draft);
	free(journal->own);
	cs_hasher_free(journal->hasher);
	cs_secret_release(journal->keys);
	free(journal);
}

enum cs_error
cs_journal_take(const struct cs_journal_wish *wish, struct cs_journal_found *found, struct cs_journal **out)
{
	struct cs_journal *journal = calloc(1, sizeof *journal);
	*found = (struct cs_journal_found){0};
	if (!journal)
		return CS_E_MEMORY;
	journal->wish = *wish;
	journal->file = journal->lock = -1;
	enum cs_error error = start(journal, found);
	if (error != CS_OK) {
		free_journal(journal);
		return error;
	}
	*out = journal;
	return CS_OK;
}

enum cs_error
cs_journal_begin(struct cs_journal *journal)
{
	journal->signed_at_ns = cs_clock_steady_ns();
	CS_TRY(begin_volume(journal));
	return cs_worker_start(work, journal, &journal->worker);
}

enum cs_error
cs_journal_open(const struct cs_journal_wish *wish, struct cs_journal_found *found, struct cs_journal **out)
{
	struct cs_journal *journal;
	CS_TRY(cs_journal_take(wish, found, &journal));
	enum cs_error error = cs_journal_begin(journal);
	if (error != CS_OK) {
		free_journal(journal);
		return error;
	}
	*out = journal;
	return CS_OK;
}

enum cs_error
cs_journal_close(struct cs_journal *journal)
{
	if (!journal)
		return CS_OK;
	/* To close a page takes room for the next one; on a full disk nobody waits for that. */
	cs_journal_hurry(journal);
	if (!atomic_load(&journal->stalled) || journal->filling + 1 - atomic_load(&journal->taken) < CS_JOURNAL_DRAFTS)
		cs_journal_publish(journal);
	atomic_store(&journal->closing, true);
	cs_worker_stop(journal->worker);
	enum cs_error error = cs_journal_error(journal);
	/* A disk still full keeps records from the journal, or the last signature. */
	bool whole = atomic_load(&journal->taken) == journal->filling && journal->hand->record_n == 0 &&
		     !atomic_load(&journal->stalled);
	if (error == CS_OK && !whole)
		error = CS_E_LIMIT;
	if (error == CS_OK && journal->worker && journal->wish.sync == CS_SYNC_NONE)
		error = cs_disk_sync(journal->file);
	if (journal->wish.last)
		*journal->wish.last = cs_journal_state_of(journal);
	free_journal(journal);
	return error;
}
