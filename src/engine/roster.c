/*
 * A roster in words and as a record. Leaves its making to renewal.c.
 *
 * Form: u8 version, u64 time, varint lists; of each: u16 length and name, u8 what, u8 there, and if it is: version (32), u64 changed,
 * u64 own date, varint entries, varint rows wrong, u8 files, of each its hash (32); u16 length and words. Then varint screens; of each:
 * u8 0 no decisions are wanted, 1 they could not be read, 2 they were, and then the hash (32) of their file.
 */
#include "engine/roster.h"

#include "base/pack.h"
#include "base/since.h"

enum { FORM = 1, UNWANTED = 0, UNREAD = 1, READ = 2 };

static const uint64_t second_ns = 1000000000;

uint64_t
cs_roster_age_ns(const struct cs_roster_list *list, uint64_t now_ns)
{
	uint64_t file_ns = cs_since_minus(now_ns, list->changed_ns);
	uint64_t own_ns = list->dated_s ? cs_since_minus(now_ns, list->dated_s * second_ns) : 0;
	return own_ns > file_ns ? own_ns : file_ns;
}

bool
cs_roster_is_stale(const struct cs_roster_list *list, uint64_t now_ns)
{
	return list->there && cs_roster_age_ns(list, now_ns) > list->stale_ns;
}

const char *
cs_roster_what_name(enum cs_roster_what what)
{
	static const char *const names[CS_ROSTER_WHATS] = {
		[CS_ROSTER_TAKEN] = "taken",           [CS_ROSTER_SAME] = "same",       [CS_ROSTER_SHRUNK] = "shrunk",
		[CS_ROSTER_UNREADABLE] = "unreadable", [CS_ROSTER_MISSING] = "missing",
	};
	return names[what];
}

static uint8_t *
put_words(uint8_t *at, const char *words)
{
	size_t len = strlen(words);
	return cs_pack_bytes(cs_pack_u16(at, (uint16_t)len), words, len);
}

static uint8_t *
put_list(uint8_t *at, const struct cs_roster_list *list)
{
	at = put_words(at, list->name);
	*at++ = list->what;
	*at++ = list->there;
	if (list->there) {
		at = cs_pack_bytes(at, list->version.at, CS_DIGEST_BYTES);
		at = cs_pack_u64(cs_pack_u64(at, list->changed_ns), list->dated_s);
		at = cs_pack_varint(cs_pack_varint(at, list->entry_n), list->bad_n);
		*at++ = (uint8_t)list->file_n;
		for (unsigned i = 0; i < list->file_n; i++)
			at = cs_pack_bytes(at, list->file[i].at, CS_DIGEST_BYTES);
	}
	return put_words(at, list->why);
}

uint8_t *
cs_roster_put(const struct cs_roster *roster, uint64_t now_ns, uint8_t *at)
{
	*at++ = FORM;
	at = cs_pack_varint(cs_pack_u64(at, now_ns), roster->n);
	for (unsigned i = 0; i < roster->n; i++)
		at = put_list(at, &roster->list[i]);
	at = cs_pack_varint(at, roster->screen_n);
	for (unsigned i = 0; i < roster->screen_n; i++) {
		const struct cs_roster_decided *decided = &roster->decided[i];
		*at++ = !decided->wanted ? UNWANTED : decided->there ? READ : UNREAD;
		if (decided->wanted && decided->there)
			at = cs_pack_bytes(at, decided->digest.at, CS_DIGEST_BYTES);
	}
	return at;
}

static void
get_words(struct cs_cursor *c, char *out, size_t cap)
{
	size_t len = cs_unpack_u16(c);
	c->failed = c->failed || len >= cap;
	if (!c->failed)
		(void)cs_unpack_bytes(c, out, len);
}

static void
get_list(struct cs_cursor *c, struct cs_roster_list *out)
{
	get_words(c, out->name, sizeof out->name);
	out->what = cs_cursor_u8(c);
	uint8_t there = cs_cursor_u8(c);
	out->there = there == 1;
	c->failed = c->failed || there > 1 || out->what >= CS_ROSTER_WHATS;
	if (out->there) {
		(void)cs_unpack_bytes(c, out->version.at, CS_DIGEST_BYTES);
		out->changed_ns = cs_unpack_u64(c);
		out->dated_s = cs_unpack_u64(c);
		out->entry_n = cs_unpack_varint(c);
		out->bad_n = cs_unpack_varint(c);
		out->file_n = cs_cursor_u8(c);
		c->failed = c->failed || !out->file_n || out->file_n > CS_WATCH_LIST_FILES_MAX;
		for (unsigned i = 0; i < out->file_n && !c->failed; i++)
			(void)cs_unpack_bytes(c, out->file[i].at, CS_DIGEST_BYTES);
	}
	get_words(c, out->why, sizeof out->why);
}

static void
get_decided(struct cs_cursor *c, struct cs_roster_decided *out)
{
	uint8_t state = cs_cursor_u8(c);
	c->failed = c->failed || state > READ;
	out->wanted = state != UNWANTED;
	out->there = state == READ;
	if (out->there)
		(void)cs_unpack_bytes(c, out->digest.at, CS_DIGEST_BYTES);
}

bool
cs_roster_read(struct cs_span open, struct cs_roster *out, uint64_t *now_ns)
{
	struct cs_cursor c = cs_cursor_over(open);
	*out = (struct cs_roster){0};
	bool known = cs_cursor_u8(&c) == FORM;
	*now_ns = cs_unpack_u64(&c);
	uint64_t n = cs_unpack_varint(&c);
	if (!known || c.failed || n > CS_LISTS_MAX)
		return false;
	for (; out->n < n && !c.failed; out->n++)
		get_list(&c, &out->list[out->n]);
	n = cs_unpack_varint(&c);
	if (c.failed || n > CS_SCREENS_MAX)
		return false;
	for (; out->screen_n < n && !c.failed; out->screen_n++)
		get_decided(&c, &out->decided[out->screen_n]);
	return !c.failed && cs_cursor_left(&c) == 0;
}
