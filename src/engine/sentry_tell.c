/*
 * What the sentry says, in the words of a finding: of an entry which list and version it is from, how sure it is and where it stands.
 *
 * Invariant: a detail begins with what tells one entry from another, LIST/UID, since an alert is known by it (alert.c).
 */
#include "base/hash.h"
#include "base/since.h"
#include "engine/sentry_parts.h"

enum {
	NAME_SHOWN = 60,
	UID_SHOWN = 32,
	UID_REST_SHOWN = 4,
	PROGRAMMES_SHOWN = 32,
	CELL_SHOWN = 32,
	VERSION_SHOWN = 8,
	NAME_BYTES = 80
};

static const uint64_t day_ns = UINT64_C(86400000000000), minute_ns = UINT64_C(60000000000);

/* At most MOST bytes, ending where a character does; without controls. */
static void
put_shown(struct cs_text *text, struct cs_span span, size_t most)
{
	size_t n = span.len < most ? span.len : most;
	while (n < span.len && n && (span.at[n] & 0xC0) == 0x80)
		n--;
	for (size_t i = 0; i < n; i++)
		cs_text_put_char(text, span.at[i] < ' ' || span.at[i] == 0x7f ? '?' : (char)span.at[i]);
	cs_text_put(text, n < span.len ? "..." : "");
}

static void
put_version(struct cs_text *text, const struct cs_digest *version)
{
	cs_text_put_hex_small(text, (struct cs_span){version->at, VERSION_SHOWN});
}

static void
put_mark(struct cs_text *text, uint64_t mark)
{
	uint8_t bytes[sizeof mark];
	mark = __builtin_bswap64(mark);
	memcpy(bytes, &mark, sizeof mark);
	cs_text_put_hex_small(text, (struct cs_span){bytes, sizeof bytes});
}

/* A long one by its beginning and a hash of all of it, so that two that begin alike are told apart. */
static void
put_uid(struct cs_text *text, struct cs_span uid)
{
	uint64_t hash = __builtin_bswap64(cs_hash_bytes(uid, 0));
	uint8_t bytes[sizeof hash];
	memcpy(bytes, &hash, sizeof hash);
	put_shown(text, uid, UID_SHOWN);
	if (uid.len > UID_SHOWN)
		cs_text_put_hex_small(text, (struct cs_span){bytes, UID_REST_SHOWN});
}

/* "PAYEE, line 1, characters 1 to 11" */
static void
put_place(struct cs_text *text, const char *cell, const struct cs_sift_hit *hit)
{
	put_shown(text, cs_span_text(cell), CELL_SHOWN);
	cs_text_put(text, " ");
	cs_text_put_u64(text, hit->from.line);
	cs_text_put(text, ":");
	cs_text_put_u64(text, hit->from.column);
	cs_text_put(text, "-");
	if (hit->to.line != hit->from.line) {
		cs_text_put_u64(text, hit->to.line);
		cs_text_put(text, ":");
	}
	cs_text_put_u64(text, hit->to.column);
}

/* Where it stands in the message, when the row was made of one: behind all else, since who holds names against lists once more does not
 * have it. */
static void
put_field(const struct cs_sentry *sentry, const struct cs_sentry_hit *found, struct cs_text *text)
{
	const struct cs_screen_clause *clause = &sentry->wish.policy->screen[sentry->nth];
	const struct cs_sentry_part *part = &sentry->named.part[found->part];
	struct cs_row_place place;
	size_t at = found->hit.from.offset;
	if (!sentry->rows)
		return;
	if (part->latin1)
		at = cs_sentry_latin1_at(part->text, at);
	cs_rows_place(sentry->rows, clause->column[sentry->selector][part->cell], part->at + at, &place);
	if (!place.placed)
		return;
	cs_text_put(text, "; field ");
	put_shown(text, cs_span_text(place.field), CELL_SHOWN);
	cs_text_put(text, " ");
	cs_text_put_u64(text, place.line);
	cs_text_put(text, ":");
	cs_text_put_u64(text, place.column);
	cs_text_put(text, ", byte ");
	cs_text_put_u64(text, place.offset);
}

/* Whoever asks whether this was told before has it without these words. */
static void
put_late(const struct cs_sentry *sentry, struct cs_text *text)
{
	if (sentry->named.late)
		cs_text_put(text, CS_SENTRY_LATE_WORDS);
}

/* own/17 "PETROV, Ivan" (SDGT): 873 of 1000 in PAYEE 1:1-11; version 0a1b2c3d4e5f6a7b, 3 h old */
static void
describe(const struct cs_sentry *sentry, const struct cs_sentry_hit *found, struct cs_text *text)
{
	const struct cs_screen_clause *clause = &sentry->wish.policy->screen[sentry->nth];
	const struct cs_sift_hit *hit = &found->hit;
	enum cs_entry_name_kind kind;
	struct cs_roll_entry entry;
	cs_roll_entry(sentry->roster->roll, hit->entry, &entry);
	const struct cs_roster_list *list = &sentry->roster->list[entry.list];
	struct cs_span name =
		hit->how == CS_SIFT_IDENTIFIER ? entry.primary : cs_roll_name(sentry->roster->roll, hit->name, &kind);
	put_shown(text, cs_span_text(list->name), sizeof list->name);
	cs_text_put(text, "/");
	put_uid(text, entry.uid);
	cs_text_put(text, " \"");
	put_shown(text, name, NAME_SHOWN);
	cs_text_put(text, "\"");
	if (entry.programmes.len) {
		cs_text_put(text, " (");
		put_shown(text, entry.programmes, PROGRAMMES_SHOWN);
		cs_text_put(text, ")");
	}
	cs_text_put(text, hit->how == CS_SIFT_IDENTIFIER ? ": identifier in " : ": ");
	if (hit->how != CS_SIFT_IDENTIFIER) {
		cs_text_put_u64(text, hit->score);
		cs_text_put(text, " in ");
	}
	put_place(text, clause->cell[sentry->named.part[found->part].cell].name, hit);
	put_late(sentry, text);
	cs_text_put(text, "; version ");
	put_version(text, &list->version);
	if (sentry->wish.live) {
		cs_text_put(text, ", ");
		cs_text_put_age(text, cs_roster_age_ns(list, sentry->now_ns));
		cs_text_put(text, " old");
	}
	put_field(sentry, found, text);
}

static struct cs_finding
finding_of(const struct cs_sentry *sentry, const struct cs_event *event, struct cs_outcome outcome)
{
	return (struct cs_finding){
		.severity = outcome.severity,
		.verdict = outcome.verdict,
		.link = event->link,
		.expectation = sentry->wish.policy->screen[sentry->nth].name,
		.decided_ns = sentry->time_ns,
		.evidence_n = 1,
		.evidence = {{CS_ROLE_CLAIM, event}},
	};
}

void
cs_sentry_tell_hits(const struct cs_sentry *sentry, const struct cs_event *event, const struct cs_detect_sink *sink)
{
	const struct cs_screen_clause *clause = &sentry->wish.policy->screen[sentry->nth];
	for (unsigned i = 0; i < sentry->hit_n; i++) {
		struct cs_finding finding = finding_of(sentry, event, clause->otherwise);
		struct cs_text text = cs_text_over(finding.detail, sizeof finding.detail);
		finding.reason = CS_REASON_NAME_LISTED;
		describe(sentry, &sentry->hit[i], &text);
		sink->finding(sink->context, &finding);
	}
	if (!sentry->more_n)
		return;
	struct cs_finding finding = finding_of(sentry, event, clause->otherwise);
	struct cs_text text = cs_text_over(finding.detail, sizeof finding.detail);
	finding.reason = CS_REASON_NAME_LISTED;
	cs_text_put(&text, "more: at least ");
	cs_text_put_u64(&text, sentry->more_n);
	cs_text_put(&text, sentry->more_n == 1 ? " more entry than is told; the mark of all is "
					       : " more entries than are told; the mark of all is ");
	put_mark(&text, sentry->mark);
	sink->finding(sink->context, &finding);
}

/* The names of the lists in MASK, as the policy has them. */
static void
put_lists(struct cs_text *text, const struct cs_policy *policy, uint32_t mask, const char *what)
{
	unsigned n = 0;
	if (!mask)
		return;
	cs_text_put(text, text->len ? "; " : "");
	cs_text_put(text, what);
	for (unsigned i = 0; i < policy->watched_n; i++) {
		if (!(mask >> i & 1))
			continue;
		cs_text_put(text, n++ ? ", " : " ");
		cs_text_put(text, policy->watched[i].name);
	}
}

void
cs_sentry_tell_short(const struct cs_sentry *sentry, const struct cs_event *event, const struct cs_detect_sink *sink)
{
	const struct cs_policy *policy = sentry->wish.policy;
	const struct cs_screen_clause *clause = &policy->screen[sentry->nth];
	const struct cs_sentry_aim *aim = &sentry->aim[sentry->nth];
	if (clause->without.verdict == CS_VERDICT_ALLOW && !sentry->cut) /* it is told of the lists, once a day */
		return;
	struct cs_finding finding = finding_of(sentry, event, clause->without);
	struct cs_text text = cs_text_over(finding.detail, sizeof finding.detail);
	finding.reason = CS_REASON_NAME_UNSEARCHED;
	put_lists(&text, policy, aim->missing, "not searched:");
	put_lists(&text, policy, aim->stale, "too old:");
	if (sentry->cut) {
		cs_text_put(&text, text.len ? "; " : "");
		cs_text_put(&text,
			    "a name or text was not searched whole: it is too long, or like too many listed ones");
	}
	put_late(sentry, &text);
	sink->finding(sink->context, &finding);
}

/* ---- what could not be read ---- */

static bool
looks_at(const struct cs_screen_clause *clause, unsigned link)
{
	unsigned i = 0;
	while (i < clause->of_n && clause->of[i].link != link)
		i++;
	return i < clause->of_n;
}

/* 2 rows could not be read, and were not held against lists; they stand behind one of 2026-03-06 10:00:00 (2 such rows until now) */
static void
describe_lost(struct cs_text *text, const struct cs_sentry_lost *lost)
{
	bool open = lost->to_ns == UINT64_MAX, one = lost->n == 1;
	cs_text_put_u64(text, lost->n);
	cs_text_put(text, one ? " row could not be read, and was not held against lists"
			      : " rows could not be read, and were not held against lists");
	if (lost->from_ns) {
		cs_text_put(text, "; behind one of ");
		cs_text_put_when(text, lost->from_ns);
	}
	if (!open) {
		cs_text_put(text, lost->from_ns ? " and before one of " : "; before one of ");
		cs_text_put_when(text, lost->to_ns);
	}
	cs_text_put(text, " (until now: ");
	cs_text_put_u64(text, lost->all_n);
	cs_text_put(text, ")");
}

void
cs_sentry_unread(struct cs_sentry *sentry, unsigned link, const struct cs_sentry_lost *lost, uint64_t time_ns,
		 const struct cs_detect_sink *sink)
{
	for (unsigned i = 0; i < sentry->wish.policy->screen_n; i++) {
		const struct cs_screen_clause *clause = &sentry->wish.policy->screen[i];
		if (!looks_at(clause, link))
			continue;
		struct cs_finding finding = {
			.reason = CS_REASON_NAME_UNSEARCHED,
			.severity = clause->without.severity,
			.verdict = clause->without.verdict,
			.link = (uint16_t)link,
			.expectation = clause->name,
			.decided_ns = time_ns,
		};
		struct cs_text text = cs_text_over(finding.detail, sizeof finding.detail);
		describe_lost(&text, lost);
		sentry->counts[i].unread_n += lost->n;
		sink->finding(sink->context, &finding);
	}
}

/* ---- lists ---- */

/* What is wrong with a list; false: nothing. */
static bool
judge(const struct cs_sentry *sentry, const struct cs_roster_list *list, struct cs_finding *out)
{
	struct cs_text text = cs_text_over(out->detail, sizeof out->detail);
	bool stale = sentry->wish.live && cs_roster_is_stale(list, sentry->now_ns);
	bool fine = list->what == CS_ROSTER_TAKEN || list->what == CS_ROSTER_SAME;
	out->reason = list->what == CS_ROSTER_SHRUNK ? CS_REASON_LIST_SHRUNK : CS_REASON_LIST_STALE;
	out->severity = CS_SEVERITY_HIGH;
	put_shown(&text, cs_span_text(list->why), sizeof list->why);
	if (!list->there) {
		cs_text_put(&text, "; nothing of it is searched");
	} else if (!fine) {
		cs_text_put(&text, "; the version before stays in force: ");
		put_version(&text, &list->version);
	}
	if (stale) {
		cs_text_put(&text, text.len ? "; it is " : "it is ");
		cs_text_put_age(&text, cs_roster_age_ns(list, sentry->now_ns));
		cs_text_put(&text, " old, which is more than `stale` allows");
	}
	return !list->there || !fine || stale;
}

/* At once when it is something else than before, and then once a day. */
static bool
is_due(struct cs_sentry_told *told, uint64_t what, uint64_t now_ns)
{
	bool set_back = now_ns + minute_ns < told->ns; /* the clock was: nobody knows how long ago that is */
	if (told->ns && told->what == what && !set_back && cs_since_minus(now_ns, told->ns) < day_ns)
		return false;
	*told = (struct cs_sentry_told){now_ns ? now_ns : 1, what};
	return true;
}

static void
tell(struct cs_finding *finding, const char *const name[2], uint64_t now_ns, const struct cs_detect_sink *sink)
{
	char expectation[NAME_BYTES];
	struct cs_text text = cs_text_over(expectation, sizeof expectation);
	cs_text_put(&text, name[0]);
	cs_text_put(&text, name[1]);
	finding->verdict = CS_VERDICT_ALLOW;
	finding->expectation = expectation;
	finding->decided_ns = now_ns;
	sink->finding(sink->context, finding);
}

/* A roster that is made for another reason does not tell the same again. */
static void
tell_decided(struct cs_sentry *sentry, unsigned nth, const struct cs_detect_sink *sink)
{
	const struct cs_roster_decided *decided = &sentry->roster->decided[nth];
	struct cs_finding finding = {.reason = CS_REASON_DECISIONS_UNREAD, .severity = CS_SEVERITY_MEDIUM};
	if (!decided->wanted || decided->there) {
		sentry->decided_told[nth].ns = 0;
		return;
	}
	if (!is_due(&sentry->decided_told[nth], cs_hash_bytes(cs_span_text(decided->why), 0), sentry->now_ns))
		return;
	struct cs_text text = cs_text_over(finding.detail, sizeof finding.detail);
	put_shown(&text, cs_span_text(decided->why), sizeof decided->why);
	tell(&finding, (const char *const[2]){"screen.", sentry->wish.policy->screen[nth].name}, sentry->now_ns, sink);
}

/* What is wrong with LIST, but for its age, which is another at each look. */
static uint64_t
wrong_with(const struct cs_sentry *sentry, const struct cs_roster_list *list)
{
	uint64_t stale = cs_roster_is_stale(list, sentry->now_ns);
	return cs_hash_bytes(cs_span_text(list->why), (uint64_t)list->what << 2 | (uint64_t)list->there << 1 | stale);
}

void
cs_sentry_tell_lists(struct cs_sentry *sentry, const struct cs_detect_sink *sink)
{
	if (!sentry->wish.live) /* who reads files again hears it from the roster */
		return;
	for (unsigned i = 0; i < sentry->roster->n; i++) {
		const struct cs_roster_list *list = &sentry->roster->list[i];
		struct cs_finding finding = {0};
		if (!judge(sentry, list, &finding))
			sentry->told[i].ns = 0;
		else if (is_due(&sentry->told[i], wrong_with(sentry, list), sentry->now_ns))
			tell(&finding, (const char *const[2]){"list.", list->name}, sentry->now_ns, sink);
	}
	for (unsigned i = 0; i < sentry->wish.policy->screen_n && i < sentry->roster->screen_n; i++)
		tell_decided(sentry, i, sink);
}
