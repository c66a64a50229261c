/*
 * Cells of rows that are put together from fields of a message, and where each byte of them stood.
 *
 * Behind such a cell lies a second one, which nobody asks for by name: its pieces. So a message that keeps its cells until it is
 * read keeps where they stood in the same way. Parts are what was one field, or one party: names do not go on from one to the next.
 *
 * Card numbers are starred here as in all words, byte for byte, so that places stay right; but for a party's account, which the row
 * has in a cell of its own as well.
 */
#include "decode/mx.h"
#include "decode/row_message_parts.h"

#include "base/error.h"
#include "decode/scrub_words.h"

enum { IDENTIFIER_LEN = 8 /* "ARNU/DE/" */, CODE_SLASH = 4, COUNTRY_SLASH = 7, UTF8_MARK = 0xc0, UTF8_MORE = 0x80 };

/* ---- cells that have places ---- */

bool
cs_row_lines_is_party(unsigned cell)
{
	return cell >= CS_CELL_ORDERING_PARTY && cell <= CS_CELL_OTHER_BANK_PARTIES;
}

bool
cs_row_lines_is_placed(unsigned cell)
{
	static const enum cs_cell words[] = {CS_CELL_NARRATIVE,  CS_CELL_REMITTANCE,  CS_CELL_SENDER_TO_RECEIVER,
					     CS_CELL_REGULATORY, CS_CELL_INFORMATION, CS_CELL_SUPPLEMENTARY};
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (words[i] == (enum cs_cell)cell)
			return true;
	return cs_row_lines_is_party(cell);
}

_Static_assert(CS_CELL_OTHER_BANK_PARTIES - CS_CELL_ORDERING_PARTY == 4, "cells of parties stand together");

static bool
is_for_itself(const struct cs_rows *rows, uint8_t slot)
{
	for (unsigned i = 0; i < rows->plan->column_n; i++)
		if (rows->column_slot[i] == slot && rows->plan->column[i].what == CS_ROW_CELL)
			return true;
	return false;
}

void
cs_row_lines_slots(struct cs_row_messages *messages)
{
	struct cs_rows *rows = messages->rows;
	for (unsigned cell = 0; cell < CS_CELL_N; cell++) {
		uint8_t slot = messages->slot[cell];
		if (slot == CS_ROW_NO_SLOT || !cs_row_lines_is_placed(cell) || !is_for_itself(rows, slot))
			continue;
		CS_ASSERT(rows->slot_n < CS_ROW_SLOTS_MAX);
		rows->pieces_of[slot] = (uint8_t)rows->slot_n;
		rows->slot[rows->slot_n++] = (struct cs_row_slot){"", 0};
	}
}

/* ---- putting one together ---- */

bool
cs_row_lines_begin(struct cs_row_messages *messages, enum cs_cell cell, struct cs_row_lines *out)
{
	if (!cs_row_message_wants(messages, cell))
		return false;
	*out = (struct cs_row_lines){.messages = messages, .cell = cell, .at = messages->lines_len};
	CS_ASSERT(messages->piece_n + CS_ROW_PIECES_MAX <= CS_ROW_PIECES_ALL);
	out->piece = messages->piece + messages->piece_n;
	return true;
}

static size_t
length_of(const struct cs_row_lines *lines)
{
	return lines->messages->lines_len - lines->at;
}

/* Room for one piece more; NULL: there is none, and the part before it is cut. */
static struct cs_row_piece *
add_piece(struct cs_row_lines *lines)
{
	if (lines->n == CS_ROW_PIECES_MAX) {
		lines->part->cut = true;
		return NULL;
	}
	return &lines->piece[lines->n++];
}

/* Bytes of ours, or as they are; false: no room. */
static bool
add_bytes(struct cs_row_lines *lines, struct cs_span bytes)
{
	struct cs_row_messages *messages = lines->messages;
	if (bytes.len > CS_ROW_LINES_BYTES - messages->lines_len)
		return false;
	memcpy(messages->lines + messages->lines_len, bytes.at, bytes.len);
	messages->lines_len += bytes.len;
	return true;
}

void
cs_row_lines_part(struct cs_row_lines *lines, enum cs_row_part_what what)
{
	lines->due = true;
	lines->what = (uint8_t)what;
}

/* The part that is due begins, since it has something, behind a mark if it is not the first; false: there is no room for it. */
static bool
begin_part(struct cs_row_lines *lines)
{
	if (lines->n && (lines->n == CS_ROW_PIECES_MAX || !add_bytes(lines, cs_span_text(CS_ROW_BETWEEN_PARTS)))) {
		lines->part->cut = true;
		return false;
	}
	struct cs_row_piece *piece = add_piece(lines);
	*piece = (struct cs_row_piece){.at = (uint32_t)length_of(lines), .what = lines->what, .part = true};
	lines->part = piece;
	lines->due = false;
	return true;
}

static void
make_one_line(uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] < ' ')
			at[i] = ' ';
}

void
cs_row_lines_put(struct cs_row_lines *lines, const char *lead, struct cs_span value, struct cs_row_source source)
{
	struct cs_row_messages *messages = lines->messages;
	struct cs_span before = cs_span_text(lead ? lead : "");
	if (!value.len || (lines->due && !begin_part(lines)))
		return;
	bool first = lines->part->at == length_of(lines);
	if (value.len + before.len + 1 > CS_ROW_LINES_BYTES - messages->lines_len) {
		lines->part->cut = true;
		return;
	}
	struct cs_row_piece *piece = add_piece(lines);
	if (!piece)
		return;
	if (!first)
		(void)add_bytes(lines, cs_span_text(lead ? "\n" : " "));
	(void)add_bytes(lines, before);
	*piece = (struct cs_row_piece){.at = (uint32_t)length_of(lines), .len = (uint32_t)value.len, .source = source};
	(void)add_bytes(lines, value);
	if (lead)
		make_one_line(messages->lines + messages->lines_len - value.len, value.len);
}

/* How many bytes of a party's lines are its account, or the number it is known by, which stay as they are. */
static size_t
account_len(struct cs_span text)
{
	const uint8_t *line = text.len ? memchr(text.at, '\n', text.len) : NULL;
	size_t len = line ? (size_t)(line - text.at) : text.len;
	bool number = len > IDENTIFIER_LEN && text.at[CODE_SLASH] == '/' && text.at[COUNTRY_SLASH] == '/';
	return len && (text.at[0] == '/' || number) ? len : 0;
}

static void
star(struct cs_row_lines *lines, const struct cs_row_piece *part, size_t end)
{
	uint8_t *at = lines->messages->lines + lines->at + part->at;
	size_t len = end - part->at;
	size_t kept = cs_row_lines_is_party(lines->cell) ? account_len((struct cs_span){at, len}) : 0;
	if (part->what == CS_ROW_PART_LINES && cs_scrub_words_has((struct cs_span){at + kept, len - kept}))
		(void)cs_scrub_words(at + kept, len - kept);
}

/* The cell for the pieces of CELL becomes N of them. */
static void
set_pieces(struct cs_row_messages *messages, enum cs_cell cell, unsigned n)
{
	struct cs_rows *rows = messages->rows;
	uint8_t slot = rows->pieces_of[messages->slot[cell]];
	if (slot == CS_ROW_NO_SLOT)
		return;
	const uint8_t *at = (const uint8_t *)(messages->piece + messages->piece_n);
	rows->cell[slot] = (struct cs_row_cell){at, (uint32_t)(n * sizeof(struct cs_row_piece)), false};
	messages->piece_n += n;
}

void
cs_row_lines_end(struct cs_row_lines *lines)
{
	struct cs_row_messages *messages = lines->messages;
	size_t end = length_of(lines);
	if (!lines->n)
		return;
	cs_row_message_set(messages, lines->cell, (struct cs_span){messages->lines + lines->at, end});
	for (unsigned i = lines->n; i-- > 0;) {
		if (!lines->piece[i].part)
			continue;
		star(lines, &lines->piece[i], end);
		end = lines->piece[i].at;
	}
	set_pieces(messages, lines->cell, lines->n);
}

void
cs_row_lines_whole(struct cs_row_messages *messages, enum cs_cell cell, struct cs_row_source source)
{
	if (!cs_row_message_wants(messages, cell) || !messages->rows->cell[messages->slot[cell]].len)
		return;
	CS_ASSERT(messages->piece_n + 2 <= CS_ROW_PIECES_ALL);
	struct cs_row_piece *piece = messages->piece + messages->piece_n;
	uint32_t len = messages->rows->cell[messages->slot[cell]].len;
	piece[0] = (struct cs_row_piece){.what = CS_ROW_PART_LINES, .part = true};
	piece[1] = (struct cs_row_piece){.len = len, .source = source};
	set_pieces(messages, cell, 2);
}

/* Pieces lie in memory of ours, in no order of bytes. */
void
cs_row_lines_cut(struct cs_row_messages *messages, enum cs_cell cell)
{
	const struct cs_rows *rows = messages->rows;
	uint8_t slot = rows->pieces_of[messages->slot[cell]];
	if (slot == CS_ROW_NO_SLOT || !rows->cell[slot].len)
		return;
	uint8_t *first = (uint8_t *)(uintptr_t)rows->cell[slot].at;
	first[offsetof(struct cs_row_piece, cut)] = true;
}

/* ---- parts ---- */

static struct cs_span
pieces_of(const struct cs_rows *rows, unsigned i)
{
	uint8_t slot = rows->pieces_of[rows->column_slot[i]];
	if (slot == CS_ROW_NO_SLOT)
		return (struct cs_span){NULL, 0};
	return (struct cs_span){rows->cell[slot].at, rows->cell[slot].len};
}

/* Piece NTH; false: there are fewer. */
static bool
piece_at(struct cs_span pieces, unsigned nth, struct cs_row_piece *out)
{
	if (pieces.len / sizeof *out <= nth)
		return false;
	memcpy(out, pieces.at + nth * sizeof *out, sizeof *out);
	return true;
}

/* The next part from piece *NTH on, which is moved behind its mark; false: there is none. */
static bool
next_part(struct cs_span pieces, unsigned *nth, struct cs_row_piece *out)
{
	while (piece_at(pieces, *nth, out)) {
		++*nth;
		if (out->part)
			return true;
	}
	return false;
}

bool
cs_rows_part(const struct cs_rows *rows, unsigned i, unsigned nth, struct cs_row_part *out)
{
	struct cs_span cell = cs_rows_cell(rows, i), pieces = pieces_of(rows, i);
	struct cs_row_piece piece, next;
	unsigned at = 0;
	*out = (struct cs_row_part){.text = cell, .what = CS_ROW_PART_LINES};
	if (!pieces.len)
		return nth == 0 && cell.len;
	for (unsigned k = 0; k <= nth; k++)
		if (!next_part(pieces, &at, &piece))
			return false;
	size_t from = piece.at < cell.len ? piece.at : cell.len; /* what is starred may be shorter */
	size_t end = next_part(pieces, &at, &next) && next.at <= cell.len ? next.at - 1 : cell.len;
	if (piece.what == CS_ROW_PART_IDENTIFIER && from < end)
		from++; /* its slash */
	*out = (struct cs_row_part){
		.text = {cell.at ? cell.at + from : NULL, end - from},
		.at = from,
		.what = piece.what,
		.cut = piece.cut,
	};
	return true;
}

/* ---- places ---- */

static const struct {
	uint16_t slot;
	const char *name;
} parties[] = {
	{CS_MX_DEBTOR, "Dbtr"},
	{CS_MX_DEBTOR_AGENT, "DbtrAgt"},
	{CS_MX_CREDITOR, "Cdtr"},
	{CS_MX_CREDITOR_AGENT, "CdtrAgt"},
	{CS_MX_INTERMEDIARY_1, "IntrmyAgt1"},
	{CS_MX_INTERMEDIARY_2, "IntrmyAgt2"},
	{CS_MX_INTERMEDIARY_3, "IntrmyAgt3"},
	{CS_MX_INSTRUCTING_AGENT, "InstgAgt"},
	{CS_MX_INSTRUCTED_AGENT, "InstdAgt"},
	{CS_MX_PREVIOUS_INSTRUCTING_AGENT, "PrvsInstgAgt1"},
	{CS_MX_PREVIOUS_INSTRUCTING_AGENT_2, "PrvsInstgAgt2"},
	{CS_MX_PREVIOUS_INSTRUCTING_AGENT_3, "PrvsInstgAgt3"},
	{CS_MX_ULTIMATE_DEBTOR, "UltmtDbtr"},
	{CS_MX_ULTIMATE_CREDITOR, "UltmtCdtr"},
	{CS_MX_INITIATING_PARTY, "InitgPty"},
	{CS_MX_GROUP_INITIATING_PARTY, "GrpHdr/InitgPty"},
	{CS_MX_GROUP_INSTRUCTING_AGENT, "GrpHdr/InstgAgt"},
	{CS_MX_GROUP_INSTRUCTED_AGENT, "GrpHdr/InstdAgt"},
};

enum { PARTY_N = sizeof parties / sizeof parties[0] };

_Static_assert((int)PARTY_N <= (int)CS_ROW_TEXTS && (int)CS_ROW_TEXTS + (int)CS_ROW_MX_TEXT_N <= (int)CS_ROW_GROUP,
	       "one number for both");

uint16_t
cs_row_party_field(unsigned slot, unsigned group)
{
	uint16_t i = 0;
	while (i < PARTY_N && parties[i].slot != slot)
		i++;
	CS_ASSERT(i < PARTY_N);
	return (uint16_t)(group / CS_MX_TX_N * CS_ROW_GROUP + i);
}

/* The name of the element whose text is at AT, or whose tag is. */
static struct cs_span
element_at(struct cs_span message, size_t at)
{
	while (at && message.at[at] != '<')
		at--;
	size_t from = at + 1, to = from;
	while (to < message.len && message.at[to] > ' ' && message.at[to] != '>' && message.at[to] != '/') {
		to++;
		if (message.at[to - 1] == ':') /* of a namespace */
			from = to;
	}
	return (struct cs_span){message.at + from, to > from ? to - from : 0};
}

static void
put_mx_field(struct cs_span message, const struct cs_row_source *source, struct cs_text *text)
{
	static const char *const groups[] = {
		"", "UndrlygCstmrCdtTrf/", "RtrChain/", "OrgnlTxRef/", "OrgnlTxRef/UndrlygCstmrCdtTrf/", "PmtInf/"};
	_Static_assert(sizeof groups / sizeof groups[0] == CS_MX_GROUP_N, "each group has its name");
	static const char *const texts[CS_ROW_MX_TEXT_N] = {
		[CS_ROW_MX_USTRD] = "RmtInf",        [CS_ROW_MX_ADDITIONAL] = "RmtInf/Strd",
		[CS_ROW_MX_INVOICE] = "RmtInf/Strd", [CS_ROW_MX_INSTRUCTION] = "InstrForCdtrAgt",
		[CS_ROW_MX_NEXT] = "InstrForNxtAgt", [CS_ROW_MX_REGULATORY] = "RgltryRptg",
		[CS_ROW_MX_ENTRY] = "Ntry",
	};
	unsigned name = source->field % CS_ROW_GROUP;
	cs_text_put(text, groups[source->field / CS_ROW_GROUP]);
	cs_text_put(text, name < CS_ROW_TEXTS ? parties[name].name : texts[name - CS_ROW_TEXTS]);
	if (name < CS_ROW_TEXTS && source->element == CS_MX_PARTY_ACCOUNT)
		cs_text_put(text, "Acct");
	cs_text_put_char(text, '/');
	cs_text_put_span(text, element_at(message, source->at));
}

static void
put_mt_field(const struct cs_row_source *source, struct cs_text *text)
{
	cs_text_put_padded(text, source->field, 2);
	if (source->element)
		cs_text_put_char(text, (char)source->element);
}

/* The piece that byte *AT of a cell is in, and of which byte; what is between two counts for the second. False: there is none. */
static bool
find_piece(struct cs_span pieces, size_t *at, struct cs_row_piece *out)
{
	struct cs_row_piece piece;
	bool found = false;
	for (unsigned i = 0; piece_at(pieces, i, &piece); i++) {
		if (piece.part)
			continue;
		*out = piece;
		found = true;
		if (*at < piece.at + piece.len)
			break;
	}
	if (found)
		*at = *at > out->at ? *at - out->at : 0;
	if (found && *at >= out->len)
		*at = out->len ? out->len - 1 : 0;
	return found;
}

/* Lines and characters of TEXT before its byte AT. */
static void
count(struct cs_span text, size_t at, bool utf8, struct cs_row_place *out)
{
	out->column = 1;
	for (size_t i = 0; i < at && i < text.len; i++) {
		bool ends = text.at[i] == '\n';
		out->line += ends;
		if (ends)
			out->column = 1;
		else if (!utf8 || (text.at[i] & UTF8_MARK) != UTF8_MORE)
			out->column++;
	}
}

/* Of CSV and JSON Lines. */
static void
place_column(const struct cs_rows *rows, unsigned i, size_t at, struct cs_row_place *out)
{
	const char *name = rows->plan->column[i].name;
	size_t len = strlen(name) < CS_ROW_FIELD_BYTES ? strlen(name) : CS_ROW_FIELD_BYTES - 1;
	memcpy(out->field, name, len);
	out->line = 1;
	count(cs_rows_cell(rows, i), at, true, out);
}

void
cs_rows_place(const struct cs_rows *rows, unsigned i, size_t at, struct cs_row_place *out)
{
	struct cs_row_piece piece;
	bool mx = rows->plan->form == CS_ROW_MX;
	*out = (struct cs_row_place){.column = 1};
	if (!find_piece(pieces_of(rows, i), &at, &piece)) {
		place_column(rows, i, at, out);
		return;
	}
	struct cs_span cell = cs_rows_cell(rows, i), message = rows->fed;
	struct cs_text text = cs_text_over(out->field, sizeof out->field);
	size_t from = piece.at < cell.len ? piece.at : cell.len;
	if (mx)
		put_mx_field(message, &piece.source, &text);
	else
		put_mt_field(&piece.source, &text);
	out->line = piece.source.line;
	count((struct cs_span){cell.len ? cell.at + from : NULL, cell.len - from}, at, mx, out);
	out->placed = true;
	out->offset = piece.source.coded ? cs_mx_byte(message, piece.source.at, at) : piece.source.at + at;
}
