/*
 * Lists: keys as they are written in the policy, and those that a file has, with the time they are in force until. And
 * places, from files only.
 *
 * What a file holds is told by cs_behave_list, so that it is an input like any other; nothing is read here.
 *
 * A list that acts has a verdict without any rule. A hard one stands above rules: block and hold whatever they say, allow
 * instead of them; it is told then. One that is not hard gives way to a hard allow.
 */
#include "detect/behave_parts.h"

enum { TOKEN_HEX_FIRST = 4, TOKEN_HEX_N = 32 };

static int
hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "tok_" and 32 hex digits, as cs_token_put writes it. */
static bool
read_token(struct cs_span text, uint64_t key[2])
{
	uint8_t bytes[TOKEN_HEX_N / 2];
	if (text.len != TOKEN_HEX_FIRST + TOKEN_HEX_N || memcmp(text.at, "tok_", TOKEN_HEX_FIRST) != 0)
		return false;
	for (unsigned i = 0; i < sizeof bytes; i++) {
		int high = hex_of((char)text.at[TOKEN_HEX_FIRST + 2 * i]);
		int low = hex_of((char)text.at[TOKEN_HEX_FIRST + 2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high * 16 + low);
	}
	memcpy(key, bytes, sizeof bytes);
	return true;
}

bool
cs_behave_key(enum cs_field field, struct cs_span text, uint64_t key[2])
{
	struct cs_short value = {{0}};
	if (field == CS_FIELD_CARD)
		return read_token(text, key);
	if (!text.len || text.len > sizeof value.at)
		return false;
	memcpy(value.at, text.at, text.len);
	memcpy(key, value.at, sizeof value.at);
	return true;
}

void
cs_behave_join(const uint64_t each[4], uint64_t key[2])
{
	cs_feed_join(each, key);
}

struct cs_span
cs_behave_kept(const struct cs_list_clause *list, unsigned nth, struct cs_span text)
{
	if (list->kept[nth] && text.len > list->kept[nth])
		text.len = list->kept[nth];
	return text;
}

/* The key of an entry that stands in the policy. */
static bool
key_of(const struct cs_list_clause *list, const struct cs_list_entry *entry, uint64_t key[2])
{
	uint64_t each[4] = {0};
	for (unsigned i = 0; i < list->by.n; i++) {
		struct cs_span part = cs_behave_kept(list, i, cs_span_text(entry->key[i]));
		if (!cs_behave_key((enum cs_field)list->by.field[i], part, &each[2 * i]))
			return false;
	}
	if (list->by.n == 2)
		cs_behave_join(each, key);
	else
		memcpy(key, each, 2 * sizeof each[0]);
	return true;
}

static uint32_t
cap_of(const struct cs_list_clause *clause)
{
	return clause->entry_n ? clause->entry_n : 1;
}

size_t
cs_listed_bytes(const struct cs_behave_policy *policy)
{
	size_t bytes = 0;
	for (unsigned i = 0; i < policy->list_n; i++) {
		const struct cs_list_clause *list = &policy->list[i];
		bytes += cs_list_bytes(cap_of(list));
		bytes += list->source ? cs_table_bytes(list->entries_cap, CS_BECAUSE_BYTES) : 0;
	}
	for (unsigned i = 0; i < policy->spots_n; i++)
		bytes += cs_table_bytes(policy->spots[i].entries_cap, sizeof(struct cs_spot));
	return bytes;
}

static enum cs_error
init_tables(struct cs_behave *behave)
{
	const struct cs_behave_policy *policy = behave->policy;
	for (unsigned i = 0; i < policy->list_n; i++)
		if (policy->list[i].source)
			CS_TRY(cs_table_init(&behave->table[i], &behave->lists, policy->list[i].entries_cap,
					     CS_BECAUSE_BYTES));
	for (unsigned i = 0; i < policy->spots_n; i++)
		CS_TRY(cs_table_init(&behave->table[CS_LISTS_MAX + i], &behave->lists, policy->spots[i].entries_cap,
				     sizeof(struct cs_spot)));
	return CS_OK;
}

enum cs_error
cs_listed_init(struct cs_behave *behave)
{
	const struct cs_behave_policy *policy = behave->policy;
	CS_TRY(cs_arena_init(&behave->lists, cs_listed_bytes(policy)));
	for (unsigned i = 0; i < policy->list_n; i++) {
		const struct cs_list_clause *clause = &policy->list[i];
		CS_TRY(cs_list_init(&behave->list[i], &behave->lists, cap_of(clause)));
		for (unsigned k = 0; k < clause->entry_n; k++) {
			uint64_t key[2];
			if (!key_of(clause, &clause->entry[k], key))
				return CS_E_FORMAT;
			bool room = cs_list_add(&behave->list[i], key, clause->entry[k].until_ns, k);
			CS_ASSERT(room);
		}
	}
	return init_tables(behave);
}

void
cs_listed_regions(struct cs_behave *behave, struct cs_regions *regions)
{
	for (unsigned i = 0; i < behave->policy->list_n; i++)
		cs_list_regions(&behave->list[i], regions);
	for (unsigned i = 0; i < CS_TABLES_MAX; i++)
		if (behave->table[i].cap)
			cs_table_regions(&behave->table[i], regions);
}

/* --- from files --- */

void
cs_behave_list(struct cs_behave *behave, const struct cs_listing *listing)
{
	CS_ASSERT(listing->table < CS_TABLES_MAX && listing->what < CS_LISTING_N);
	struct cs_table *table = &behave->table[listing->table];
	const struct cs_spot spot = {listing->latitude, listing->longitude, 0};
	bool places = listing->table >= CS_LISTS_MAX;
	if (behave->counts.limits_only || !table->cap)
		return;
	if (listing->what == CS_LISTING_ROW)
		cs_table_add(table, listing->key, listing->until_ns,
			     places ? (const void *)&spot : (const void *)listing->because);
	else if (listing->what == CS_LISTING_END)
		cs_table_turn(table, listing->digest);
	else
		cs_table_drop(table);
}

struct cs_listing_state
cs_behave_listing_state(const struct cs_behave *behave, unsigned table)
{
	const struct cs_table *at = &behave->table[table];
	if (behave->counts.limits_only || !at->cap)
		return (struct cs_listing_state){0};
	return (struct cs_listing_state){true,       at->held,      at->of[!at->front].n > 0,
					 at->digest, at->refused_n, at->held ? at->of[at->front].n : 0};
}

bool
cs_listed_spot(const struct cs_table *table, const struct cs_short *value, struct cs_spot *out)
{
	uint64_t key[2];
	memcpy(key, value->at, sizeof key);
	const struct cs_spot *spot = cs_table_find(table, key, 0);
	if (spot)
		*out = *spot;
	return spot;
}

enum cs_truth
cs_listed_look(const struct cs_list *list, const struct cs_table *table, const uint64_t key[2], uint64_t time_ns)
{
	if (cs_list_find(list, key, time_ns) || cs_table_find(table, key, time_ns))
		return CS_TRUE;
	return table->cap && !table->held ? CS_UNKNOWN : CS_FALSE;
}

/* --- one event --- */

/* Why the event is on list NTH, in the list's words, which may be none; NULL when it is not on it. */
static const char *
find(const struct cs_behave *behave, unsigned nth)
{
	const struct cs_list_clause *clause = &behave->policy->list[nth];
	uint64_t time_ns = behave->event->origin.time_ns;
	struct cs_key key;
	if (!cs_feed_key(&clause->by, behave->event, &key))
		return NULL;
	const struct cs_list_item *item = cs_list_find(&behave->list[nth], key.identity, time_ns);
	if (!item)
		return cs_table_find(&behave->table[nth], key.identity, time_ns);
	const char *because = clause->entry[item->number].because;
	return because ? because : "";
}

struct cs_listed
cs_listed_find(struct cs_behave *behave)
{
	struct cs_listed listed = {0, 0, 0};
	if (!cs_feed_takes(&behave->plain, behave->event))
		return listed;
	for (unsigned i = 0; i < behave->policy->list_n; i++) {
		const struct cs_list_clause *clause = &behave->policy->list[i];
		if (!clause->acts || !find(behave, i))
			continue;
		behave->counts.listed_n[i]++;
		if (clause->verdict == CS_VERDICT_ALLOW)
			listed.allows |= clause->hard ? UINT32_C(1) << i : 0;
		else
			*(clause->hard ? &listed.hard : &listed.soft) |= UINT32_C(1) << i;
	}
	return listed;
}

/* "terminal T1", "partner RIVRNL20 + group 103" */
static void
put_key(struct cs_text *text, const struct cs_detect *detect, const struct cs_key_clause *by)
{
	const struct cs_event *event = detect->behave->event;
	for (unsigned i = 0; i < by->n; i++) {
		enum cs_field field = (enum cs_field)by->field[i];
		cs_text_put(text, i ? " + " : "");
		cs_text_put(text, cs_policy_field(detect->policy, (enum cs_kind)event->kind, field));
		cs_text_put_char(text, ' ');
		if (field == CS_FIELD_COUNTRY)
			cs_why_country(text, &event->text[CS_FIELD_COUNTRY]);
		else
			cs_event_put(text, event, field);
	}
}

static void
tell(struct cs_detect *detect, const struct cs_view *view, unsigned nth)
{
	static const enum cs_severity severities[CS_VERDICT_N] = {
		[CS_VERDICT_ALLOW] = CS_SEVERITY_INFO,
		[CS_VERDICT_HOLD] = CS_SEVERITY_HIGH,
		[CS_VERDICT_BLOCK] = CS_SEVERITY_CRITICAL,
	};
	struct cs_behave *behave = detect->behave;
	const struct cs_list_clause *clause = &behave->policy->list[nth];
	const struct cs_outcome outcome = {clause->verdict, severities[clause->verdict]};
	const char *because = find(behave, nth);
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_LISTED, &outcome);
	finding.expectation = cs_why_name(behave, "list", clause->name);
	cs_why_begin(behave, clause->title, "");
	struct cs_text text = cs_explain_detail(&finding);
	put_key(&text, detect, &clause->by);
	cs_text_put(&text, clause->verdict == CS_VERDICT_ALLOW ? " is let through by list " : " is on list ");
	cs_text_put(&text, clause->name);
	if (because && because[0]) {
		cs_text_put(&text, ": ");
		cs_text_put(&text, because);
	}
	cs_why_tell(detect, view, &finding);
}

void
cs_listed_tell(struct cs_detect *detect, const struct cs_view *view, uint32_t lists)
{
	struct cs_decision *decision = &detect->behave->decision;
	for (uint32_t left = lists; left; left &= left - 1) {
		unsigned nth = (unsigned)__builtin_ctz(left);
		enum cs_verdict verdict = detect->behave->policy->list[nth].verdict;
		if (verdict > decision->verdict)
			decision->verdict = verdict;
		tell(detect, view, nth);
	}
}
