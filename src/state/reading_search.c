/*
 * Going on behind damage: what lies there may be anything, also what somebody made up to look like pages.
 *
 * Invariant: what is searched costs a bounded number of bytes read and hashed for each byte gone over.
 */
#include "state/reading_parts.h"

/* Heads between real ones may be of somebody's making, each claiming to begin a page as long as can be: to read and hash
 * all that for each would take a day. So a search earns so many bytes of work for each byte gone over, and pays with them
 * for what fails. What it cannot pay for counts as damaged. Pages that lie one behind the other never come near that. */
enum { EARNED_FOR_A_BYTE = 8 };

static void
go(struct cs_reading *reading, struct cs_span *bytes, size_t n)
{
	uint64_t most = CS_READING_PURSE_PAGES * (uint64_t)reading->form->bytes_max;
	uint64_t purse = reading->purse + EARNED_FOR_A_BYTE * (uint64_t)n;
	reading->purse = purse < most ? purse : most;
	reading->offset += n;
	*bytes = (struct cs_span){bytes->at + n, bytes->len - n};
}

static bool
pay(struct cs_reading *reading, uint64_t cost)
{
	bool can = reading->purse >= cost;
	reading->purse -= can ? cost : 0;
	return can;
}

/* What can be seen of a head alone: every page has 1 to 256 records, and its group begins with it or before. */
static bool
may_be(const uint8_t *head, const struct cs_page_form *form, struct cs_page_place *place)
{
	struct cs_page page;
	if (!form->length(head))
		return false;
	cs_page_head(head + form->page_head_at, &page);
	*place = page.place;
	return place->first >= place->number && place->first / CS_PAGE_RECORDS_MAX <= place->number &&
	       place->group <= place->number;
}

/* Whether a sound page begins BYTES, which have all of it if the file has. */
static bool
is_sound(struct cs_reading *reading, struct cs_span bytes)
{
	struct cs_page_place place;
	const struct cs_page_form *form = reading->form;
	if (bytes.len < form->head_bytes || !may_be(bytes.at, form, &place))
		return false;
	uint64_t len = form->length(bytes.at);
	if (bytes.len < len || !pay(reading, len) || form->read(bytes, &reading->page) != CS_PAGE_OK)
		return false;
	reading->purse += len;
	return true;
}

/* Goes to the next head in BYTES, which stand at the reading's place, that may be one of this volume; or to the end of
 * BYTES, or to where one may begin when there were more of them. */
static void
go_to_head(struct cs_reading *reading, struct cs_span *bytes)
{
	struct cs_page_place place;
	const struct cs_page_form *form = reading->form;
	for (;;) {
		go(reading, bytes, form->search(*bytes));
		if (bytes->len < form->head_bytes ||
		    (may_be(bytes->at, form, &place) && place.volume == reading->shelf.number[reading->nth]))
			return;
		go(reading, bytes, 1);
	}
}

/* Goes on in BYTES to a sound page. *MORE: what may be one reaches behind them. */
static bool
find_in(struct cs_reading *reading, struct cs_span bytes, bool *more)
{
	const struct cs_page_form *form = reading->form;
	bool whole = bytes.len == form->bytes_max; /* more of them may be there */
	const uint8_t *from = bytes.at;
	for (;;) {
		go_to_head(reading, &bytes);
		*more = whole && bytes.len < form->head_bytes;
		if (bytes.len < form->head_bytes)
			return false;
		/* Read again from there on, it is all here. */
		*more = whole && bytes.at != from && form->length(bytes.at) > bytes.len &&
			pay(reading, form->bytes_max);
		if (*more)
			return false;
		if (is_sound(reading, bytes))
			return true;
		go(reading, &bytes, 1);
	}
}

/* Goes to the next sound page of this volume from the reading's place on. CS_END: there is none. */
static enum cs_error
find_sound(struct cs_reading *reading)
{
	bool more = true;
	while (more) {
		struct cs_span bytes;
		CS_TRY(cs_reading_fetch(reading, reading->form->bytes_max, &bytes));
		if (find_in(reading, bytes, &more))
			return CS_OK;
	}
	return CS_END;
}

/* Whether the page at the reading's place strayed here from behind: what comes next is older. */
static enum cs_error
is_stray(struct cs_reading *reading, bool *stray)
{
	uint64_t offset = reading->offset, number = reading->page.place.number;
	reading->offset += reading->page.len;
	enum cs_error error = find_sound(reading);
	*stray = error == CS_OK && reading->page.place.number <= number;
	reading->offset = offset;
	return error == CS_END ? CS_OK : error;
}

/* Goes to the next sound page of this volume that may come next: order is kept, whatever lies about. */
static enum cs_error
find_next(struct cs_reading *reading)
{
	for (;; reading->offset++) {
		bool stray = false;
		CS_TRY(find_sound(reading));
		if (reading->page.place.number < reading->place.number)
			continue;
		CS_TRY(is_stray(reading, &stray));
		if (!stray)
			return CS_OK;
	}
}

enum cs_error
cs_reading_skip(struct cs_reading *reading)
{
	reading->anchored = false;
	reading->walk.page = NULL;
	/* A page that only did not follow is sound itself. */
	if (reading->fault.what != CS_PAGE_CHAIN && reading->fault.what != CS_PAGE_BEGINNING)
		reading->offset++;
	for (;;) {
		enum cs_error error = reading->opened ? find_next(reading) : CS_END;
		if (error != CS_END)
			return error;
		if (reading->nth + 1 >= reading->shelf.n)
			return CS_END;
		cs_reading_leave_volume(reading);
		reading->nth++;
		/* A volume that cannot be opened is damage too, and stepped over. */
		error = cs_reading_enter_volume(reading);
		if (error != CS_OK && reading->fault.error != CS_OK && error != CS_E_OPEN)
			return error;
	}
}

/* Goes behind the page that a damaged one claims to be, if a sound one follows there: what looks like a page in the midst
 * of a record must not be taken for one. */
static bool
leap(struct cs_reading *reading)
{
	struct cs_span bytes;
	uint64_t from = reading->offset;
	const struct cs_page_form *form = reading->form;
	if (cs_reading_fetch(reading, form->head_bytes, &bytes) != CS_OK || bytes.len < form->head_bytes)
		return false;
	reading->offset += form->length(bytes.at);
	if (reading->offset > from && cs_reading_fetch(reading, form->bytes_max, &bytes) == CS_OK &&
	    is_sound(reading, bytes))
		return true;
	reading->offset = from + 1;
	return false;
}

enum cs_error
cs_reading_step(struct cs_reading *reading)
{
	enum onward onward = reading->onward;
	reading->walk.page = NULL;
	reading->onward = ON_SEARCH;
	if (onward == ON_BEHIND)
		cs_reading_pass(reading);
	if (onward == ON_BEHIND || onward == ON_KEYLESS)
		return CS_OK;
	reading->anchored = false;
	if (onward == ON_AGAIN)
		return CS_OK;
	if (onward == ON_SEARCH && reading->opened && (leap(reading) || find_sound(reading) == CS_OK))
		return CS_OK;
	if (reading->nth + 1 >= reading->shelf.n)
		return CS_END;
	cs_reading_leave_volume(reading);
	reading->nth++;
	return CS_OK;
}
