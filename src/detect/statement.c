/*
 * Statements: rows become pages, and the pages of an account are judged in their order.
 *
 * A page is complete when as many entries were seen as it says it has. What follows the page judged before it and is sound is
 * taken at once; all else waits until its link is settled as far, since pages may be delivered out of order and what could not be
 * read is known only then. Invariant: next_ns is not after the first time at which any account has something due.
 */
#include "detect/statement.h"

#include "base/hash.h"
#include "detect/carry.h"

#include <limits.h>

static uint64_t
number_of(const struct cs_event *event, enum cs_field field, bool *good)
{
	uint64_t number = 0;
	struct cs_span text = cs_event_text(event, field);
	*good = cs_event_has(event, field) && text.len > 0;
	for (size_t i = 0; i < text.len && *good; i++) {
		unsigned digit = text.at[i] - (unsigned)'0';
		*good = digit <= 9; /* at most 16 digits: they fit */
		number = number * 10 + digit;
	}
	return *good ? number : 0;
}

static bool
account_of(const struct cs_statement *clause, const struct cs_event *event, struct cs_key *out)
{
	uint64_t identity[2];
	if (!cs_event_has(event, (enum cs_field)clause->by))
		return false;
	memcpy(identity, event->text[clause->by].at, sizeof identity);
	*out = cs_key_of(identity, 0);
	return true;
}

static void
due(struct cs_sheets *sheets, uint64_t time_ns)
{
	if (time_ns && time_ns < sheets->next_ns)
		sheets->next_ns = time_ns;
}

static bool
is_complete(const struct cs_sheet_page *page)
{
	return page->seen_n == page->entry_n;
}

/* How soon its turn is; 0: nothing is to be waited for. */
static unsigned
rank_of(const struct cs_sheet *sheet, const struct cs_sheet_page *page)
{
	enum cs_sheet_step step = cs_sheet_step_of(sheet, page);
	if (is_complete(page) && (step == CS_STEP_COPY || cs_sheet_sound(sheet, page)))
		return 0;
	return step == CS_STEP_FOLLOWS ? 1 : step == CS_STEP_FIRST || step == CS_STEP_AHEAD ? 3 : 2;
}

static bool
is_lower(const struct cs_sheet_page *a, const struct cs_sheet_page *b)
{
	if (a->number != b->number)
		return a->number < b->number;
	return a->page != b->page ? a->page < b->page : a->order < b->order;
}

/* The page whose turn it is when the link is settled up to SETTLED_NS; NULL: none. */
static struct cs_sheet_page *
pick(struct cs_sheet *sheet, uint64_t settled_ns)
{
	struct cs_sheet_page *best = NULL;
	unsigned best_rank = UINT_MAX;
	for (unsigned i = 0; i < CS_SHEET_PAGES; i++) {
		struct cs_sheet_page *page = &sheet->waiting[i];
		unsigned rank = page->used ? rank_of(sheet, page) : UINT_MAX;
		if (rank == UINT_MAX || (rank && page->event.origin.time_ns >= settled_ns))
			continue;
		if (best && (rank > best_rank || (rank == best_rank && is_lower(best, page))))
			continue;
		best = page;
		best_rank = rank;
	}
	return best;
}

static void
judge(struct cs_detect *detect, unsigned nth, struct cs_sheet *sheet, struct cs_sheet_page *page)
{
	struct cs_leaf leaf = {detect, nth, &detect->policy->statement[nth], sheet, page};
	detect->counts.statement[nth].waiting--;
	cs_sheet_judge(&leaf);
	page->used = false;
	if (sheet->begun)
		due(&detect->sheets[nth], sheet->due_ns);
}

/* Judges all that waits, whether its time has come or not. */
static void
flush(struct cs_detect *detect, unsigned nth, struct cs_sheet *sheet)
{
	for (struct cs_sheet_page *page; (page = pick(sheet, UINT64_MAX)) != NULL;)
		judge(detect, nth, sheet, page);
}

/* The sheet of an account; what was known of the one longest idle gives way, and is counted. */
static struct cs_sheet *
sheet_of(struct cs_detect *detect, unsigned nth, const struct cs_key *key)
{
	struct cs_key_table *table = &detect->sheets[nth].table;
	struct cs_key_head *head = cs_key_table_find(table, key);
	if (!head)
		head = cs_key_table_enter(table, key);
	if (!head && (head = cs_key_table_victim(table, key->hash)) != NULL) {
		detect->counts.statement[nth].evicted++;
		flush(detect, nth, (struct cs_sheet *)(void *)head);
		cs_key_table_drop(table, head);
		head = cs_key_table_enter(table, key);
	}
	return (struct cs_sheet *)(void *)head;
}

/* Pages whose turn has come, and when the next one's comes. */
static void
go_on(struct cs_detect *detect, unsigned nth, struct cs_sheet *sheet)
{
	uint64_t settled_ns = cs_coverage_settled(detect->coverage, detect->policy->statement[nth].of.link);
	for (struct cs_sheet_page *page; (page = pick(sheet, settled_ns)) != NULL;)
		judge(detect, nth, sheet, page);
	for (unsigned i = 0; i < CS_SHEET_PAGES; i++)
		if (sheet->waiting[i].used)
			due(&detect->sheets[nth], sheet->waiting[i].event.origin.time_ns);
}

/* Room for one more page. */
static struct cs_sheet_page *
room(struct cs_detect *detect, unsigned nth, struct cs_sheet *sheet)
{
	for (unsigned i = 0; i < CS_SHEET_PAGES; i++)
		if (!sheet->waiting[i].used)
			return &sheet->waiting[i];
	struct cs_sheet_page *page = pick(sheet, UINT64_MAX);
	CS_ASSERT(page);
	judge(detect, nth, sheet, page);
	return page;
}

static uint64_t
mix_money(uint64_t digest, const struct cs_event *event, enum cs_field field)
{
	struct cs_money money = cs_event_has(event, field) ? cs_event_money(event, field) : cs_money_of(0, 0);
	return cs_hash_mix(cs_hash_mix(digest, (uint64_t)cs_money_minor(money)), cs_money_currency(money));
}

static void
take_page(struct cs_detect *detect, unsigned nth, struct cs_sheet *sheet, const struct cs_event *event)
{
	const struct cs_statement *clause = &detect->policy->statement[nth];
	bool numbered, paged, counted;
	struct cs_sheet_page *page = room(detect, nth, sheet);
	*page = (struct cs_sheet_page){.used = true, .order = ++sheet->order, .event = *event};
	page->number = number_of(event, (enum cs_field)clause->number, &numbered);
	page->page = number_of(event, (enum cs_field)clause->page, &paged);
	page->page = paged ? page->page : 1;
	page->numbered = numbered;
	page->entry_n = number_of(event, (enum cs_field)clause->entries, &counted);
	page->digest = mix_money(mix_money(page->entry_n, event, CS_FIELD_SETTLEMENT), event, CS_FIELD_BILLING);
	detect->counts.statement[nth].pages++;
	detect->counts.statement[nth].waiting++;
	due(&detect->sheets[nth], event->origin.time_ns);
}

/* The page an entry stands on: the one that came last and has room for it. */
static struct cs_sheet_page *
page_of(const struct cs_statement *clause, struct cs_sheet *sheet, const struct cs_event *event)
{
	bool good;
	uint64_t number = number_of(event, (enum cs_field)clause->number, &good);
	uint64_t nth = number_of(event, (enum cs_field)clause->page, &good);
	struct cs_sheet_page *best = NULL;
	nth = good ? nth : 1;
	for (unsigned i = 0; i < CS_SHEET_PAGES; i++) {
		struct cs_sheet_page *page = &sheet->waiting[i];
		bool fits = page->used && page->number == number && page->page == nth && !is_complete(page);
		if (fits && (!best || page->order > best->order))
			best = page;
	}
	return best;
}

/* All that the record keeps of an entry, but where it stands and which statement and page that is. */
static uint64_t
digest_of(const struct cs_statement *clause, const struct cs_event *event)
{
	uint64_t digest = event->flags & CS_FLAG_DEBIT;
	for (unsigned field = 0; field < CS_TEXT_FIELD_N; field++)
		if (cs_event_has(event, (enum cs_field)field) && field != clause->number && field != clause->page)
			digest = cs_hash_mix(
				digest,
				cs_hash_bytes((struct cs_span){(const uint8_t *)event->text[field].at, CS_SHORT_BYTES},
					      field));
	return mix_money(digest, event, CS_FIELD_AMOUNT);
}

static void
take_entry(struct cs_detect *detect, unsigned nth, struct cs_sheet *sheet, const struct cs_event *event)
{
	const struct cs_statement *clause = &detect->policy->statement[nth];
	struct cs_sheet_page *page = page_of(clause, sheet, event);
	if (!page)
		return;
	page->seen_n++;
	page->digest = cs_hash_mix(page->digest, digest_of(clause, event));
	if (!cs_event_has(event, CS_FIELD_AMOUNT)) {
		page->strange = true;
		return;
	}
	struct cs_money amount = cs_event_money(event, CS_FIELD_AMOUNT);
	int64_t *sum = event->flags & CS_FLAG_DEBIT ? &page->debit : &page->credit;
	bool other = cs_event_has(&page->event, CS_FIELD_SETTLEMENT) &&
		     cs_money_currency(cs_event_money(&page->event, CS_FIELD_SETTLEMENT)) != cs_money_currency(amount);
	page->strange = page->strange || other || __builtin_add_overflow(*sum, cs_money_minor(amount), sum);
}

void
cs_statement_event(struct cs_detect *detect, struct cs_view *view)
{
	const struct cs_event *event = view->event;
	struct cs_key key;
	if (!(event->flags & (CS_FLAG_PAGE | CS_FLAG_ENTRY)))
		return;
	for (unsigned i = 0; i < detect->policy->statement_n; i++) {
		const struct cs_statement *clause = &detect->policy->statement[i];
		if (!cs_match_takes(&clause->of, event) || !account_of(clause, event, &key))
			continue;
		struct cs_sheet *sheet = sheet_of(detect, i, &key);
		if (!sheet)
			continue;
		sheet->head.clock_ns =
			event->origin.time_ns > sheet->head.clock_ns ? event->origin.time_ns : sheet->head.clock_ns;
		(event->flags & CS_FLAG_PAGE ? take_page : take_entry)(detect, i, sheet, event);
		go_on(detect, i, sheet);
	}
}

static bool
any_waits(const struct cs_sheet *sheet)
{
	for (unsigned i = 0; i < CS_SHEET_PAGES; i++)
		if (sheet->waiting[i].used)
			return true;
	return false;
}

/* Nothing came in its time, as far as both clocks and what was read tell. */
static void
check_silence(struct cs_detect *detect, unsigned nth, struct cs_sheet *sheet)
{
	const struct cs_statement *clause = &detect->policy->statement[nth];
	bool over = sheet->due_ns && !any_waits(sheet) && detect->now_ns > sheet->due_ns &&
		    cs_coverage_settled(detect->coverage, clause->of.link) > sheet->due_ns;
	if (!over) {
		due(&detect->sheets[nth], sheet->due_ns);
		return;
	}
	cs_sheet_silent(&(struct cs_leaf){detect, nth, clause, sheet, &sheet->last});
	sheet->due_ns = 0;
}

static void
look(struct cs_detect *detect, unsigned nth)
{
	struct cs_sheets *sheets = &detect->sheets[nth];
	sheets->next_ns = UINT64_MAX;
	for (uint32_t i = 0; i < sheets->table.fresh; i++) {
		struct cs_sheet *sheet =
			(struct cs_sheet *)(void *)(sheets->table.at + (size_t)i * sheets->table.record_bytes);
		if (!cs_key_in_use(&sheet->head))
			continue;
		go_on(detect, nth, sheet);
		check_silence(detect, nth, sheet);
	}
}

void
cs_statement_advance(struct cs_detect *detect)
{
	for (unsigned i = 0; i < detect->policy->statement_n; i++) {
		uint64_t settled_ns = cs_coverage_settled(detect->coverage, detect->policy->statement[i].of.link);
		uint64_t reached_ns = settled_ns < detect->now_ns ? settled_ns : detect->now_ns;
		if (detect->sheets[i].next_ns < reached_ns)
			look(detect, i);
	}
}

void
cs_statement_finish(struct cs_detect *detect)
{
	cs_statement_advance(detect);
}

static size_t
aligned(size_t bytes)
{
	return (bytes + 15) / 16 * 16;
}

size_t
cs_statements_bytes(const struct cs_policy *policy)
{
	size_t bytes = policy->statement_n ? aligned(policy->statement_n * sizeof(struct cs_sheets)) : 0;
	for (unsigned i = 0; i < policy->statement_n; i++)
		bytes += cs_key_table_bytes(policy->statement[i].accounts_cap, sizeof(struct cs_sheet));
	return bytes;
}

enum cs_error
cs_statements_init(struct cs_detect *detect)
{
	const struct cs_policy *policy = detect->policy;
	if (!policy->statement_n)
		return CS_OK;
	detect->sheets = cs_arena_take(&detect->arena, policy->statement_n * sizeof *detect->sheets);
	if (!detect->sheets)
		return CS_E_MEMORY;
	for (unsigned i = 0; i < policy->statement_n; i++) {
		struct cs_sheets *sheets = &detect->sheets[i];
		sheets->next_ns = UINT64_MAX;
		sheets->table.cap = policy->statement[i].accounts_cap;
		sheets->table.record_bytes = sizeof(struct cs_sheet);
		CS_TRY(cs_key_table_init(&sheets->table, &detect->arena));
	}
	return CS_OK;
}

void
cs_detect_statement_regions(struct cs_detect *detect, unsigned nth, struct cs_regions *regions)
{
	cs_regions_add(regions, &detect->counts.statement[nth], sizeof detect->counts.statement[nth]);
	cs_statement_regions(detect, nth, regions);
}

void
cs_statement_regions(struct cs_detect *detect, unsigned nth, struct cs_regions *regions)
{
	struct cs_sheets *sheets = &detect->sheets[nth];
	cs_regions_add(regions, &sheets->next_ns, sizeof sheets->next_ns);
	cs_key_table_regions(&sheets->table, regions);
}
