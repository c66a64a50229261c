/*
 * Lists that stand in the policy: keys as they are written there, with the time they are in force until.
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
read_token(const char *at, uint64_t key[2])
{
	uint8_t bytes[TOKEN_HEX_N / 2];
	if (strlen(at) != TOKEN_HEX_FIRST + TOKEN_HEX_N || strncmp(at, "tok_", TOKEN_HEX_FIRST) != 0)
		return false;
	for (unsigned i = 0; i < sizeof bytes; i++) {
		int high = hex_of(at[TOKEN_HEX_FIRST + 2 * i]), low = hex_of(at[TOKEN_HEX_FIRST + 2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high * 16 + low);
	}
	memcpy(key, bytes, sizeof bytes);
	return true;
}

/* The key as cs_feed_key would make it of an event. */
static bool
read_key(unsigned field, const char *at, uint64_t key[2])
{
	struct cs_short text = {{0}};
	if (field == CS_FIELD_CARD)
		return read_token(at, key);
	size_t n = strlen(at);
	memcpy(text.at, at, n < sizeof text.at ? n : sizeof text.at);
	memcpy(key, text.at, sizeof text.at);
	return n <= sizeof text.at;
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
	for (unsigned i = 0; i < policy->list_n; i++)
		bytes += cs_list_bytes(cap_of(&policy->list[i]));
	return bytes;
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
			if (!read_key(clause->field, clause->entry[k].key, key))
				return CS_E_FORMAT;
			bool room = cs_list_add(&behave->list[i], key, clause->entry[k].until_ns, k);
			CS_ASSERT(room);
		}
	}
	return CS_OK;
}

static const struct cs_list_item *
find(const struct cs_behave *behave, unsigned nth)
{
	const struct cs_key_clause by = {.n = 1, .field = {behave->policy->list[nth].field, 0}};
	struct cs_key key;
	if (!cs_feed_key(&by, behave->event, &key))
		return NULL;
	return cs_list_find(&behave->list[nth], key.identity, behave->event->origin.time_ns);
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
	const struct cs_list_entry *entry = &clause->entry[find(behave, nth)->number];
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_LISTED, &outcome);
	finding.expectation = cs_why_name(behave, "list", clause->name);
	cs_why_begin(behave, clause->title, "");
	struct cs_text text = cs_explain_detail(&finding);
	cs_text_put(&text, cs_field_info_of((enum cs_field)clause->field)->name);
	cs_text_put_char(&text, ' ');
	cs_event_put(&text, behave->event, (enum cs_field)clause->field);
	cs_text_put(&text, clause->verdict == CS_VERDICT_ALLOW ? " is let through by list " : " is on list ");
	cs_text_put(&text, clause->name);
	if (entry->because && entry->because[0]) {
		cs_text_put(&text, ": ");
		cs_text_put(&text, entry->because);
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
