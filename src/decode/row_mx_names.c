/*
 * The parties of an ISO 20022 transaction and the words that go with it, in all groups it may have, so that none is passed over by who
 * looks for names.
 *
 * A party is written down as the numbered lines of an MT party (50F), since those say which line is the name, the address, the country
 * and the day of birth. The numbers are ours and stand nowhere; everything behind them stands in the message.
 * Spec: ISO 20022 message definitions; docs/payments-mx.md.
 */
#include "decode/row_mx_parts.h"

#include "base/error.h"

enum { DAY_LEN = sizeof "1970-01-31" - 1, DAY_DIGITS = 8 };

static const unsigned groups[] = {CS_MX_GROUP_MAIN,     CS_MX_GROUP_UNDERLYING,          CS_MX_GROUP_CHAIN,
				  CS_MX_GROUP_ORIGINAL, CS_MX_GROUP_ORIGINAL_UNDERLYING, CS_MX_GROUP_PAYMENT};

enum { GROUP_N = sizeof groups / sizeof groups[0] };

_Static_assert((int)GROUP_N == (int)CS_MX_GROUP_N, "none is passed over");

static struct cs_row_source
source_of(const struct cs_mx *mx, unsigned slot, unsigned line)
{
	struct cs_row_source source = {.line = (uint8_t)line};
	bool coded = false;
	source.at = (uint32_t)cs_mx_where(mx, slot, &coded);
	source.coded = coded;
	return source;
}

/* ---- parties ---- */

struct party {
	struct cs_row_lines *lines;
	const struct cs_mx *mx;
	unsigned slot;
	uint16_t field;
};

/* Slot ELEMENT of the party as a line behind LEAD, the NTH of its name. */
static void
put_line(const struct party *party, const char *lead, unsigned element, unsigned nth)
{
	struct cs_span value = cs_mx_value(party->mx, party->slot + element);
	if (!value.at)
		return;
	struct cs_row_source source = source_of(party->mx, party->slot + element, nth);
	source.field = party->field;
	source.element = (uint8_t)element;
	cs_row_lines_put(party->lines, lead, value, source);
}

static void
put_identifier(const struct party *party, unsigned element)
{
	if (!cs_mx_value(party->mx, party->slot + element).at)
		return;
	cs_row_lines_part(party->lines, CS_ROW_PART_IDENTIFIER);
	put_line(party, "/", element, 1);
}

/* "19700131", of "1970-01-31". */
static void
put_born(const struct party *party)
{
	struct cs_span value = cs_mx_value(party->mx, party->slot + CS_MX_PARTY_BORN);
	uint8_t day[DAY_DIGITS];
	if (value.len < DAY_LEN)
		return;
	memcpy(day, value.at, 4);
	memcpy(day + 4, value.at + 5, 2);
	memcpy(day + 6, value.at + 8, 2);
	struct cs_row_source source = source_of(party->mx, party->slot + CS_MX_PARTY_BORN, 1);
	source.field = party->field;
	cs_row_lines_put(party->lines, "4/", (struct cs_span){day, sizeof day}, source);
}

static void
put_lines(const struct party *party)
{
	cs_row_lines_part(party->lines, CS_ROW_PART_LINES);
	put_line(party, "/", CS_MX_PARTY_ACCOUNT, 1);
	put_line(party, "1/", CS_MX_PARTY_NAME, 1);
	put_line(party, "2/ATTN ", CS_MX_PARTY_CONTACT, 1);
	for (unsigned i = 0; i < CS_MX_STREETS_MAX; i++)
		put_line(party, "2/", CS_MX_PARTY_STREET + i, 1);
	for (unsigned i = 0; i < CS_MX_LINES_MAX; i++)
		put_line(party, "2/", CS_MX_PARTY_LINE + i, i + 1);
	put_line(party, "2/", CS_MX_PARTY_TOWN, 1);
	put_line(party, "3/", CS_MX_PARTY_COUNTRY, 1);
	put_born(party);
}

static bool
has_party(const struct cs_mx *mx, unsigned slot)
{
	for (unsigned i = 0; i < CS_MX_PARTY_N; i++)
		if (cs_mx_value(mx, slot + i).at)
			return true;
	return false;
}

static void
put_party(struct cs_row_lines *lines, const struct cs_mx *mx, unsigned slot, unsigned group)
{
	const struct party party = {lines, mx, slot + group, cs_row_party_field(slot, group)};
	if (!has_party(mx, slot + group))
		return;
	put_lines(&party);
	put_identifier(&party, CS_MX_PARTY_BIC);
	put_identifier(&party, CS_MX_PARTY_LEI);
	put_identifier(&party, CS_MX_PARTY_IDENTIFIER);
}

static bool
is_of_group_header(unsigned slot)
{
	return slot < CS_MX_FIRST_TX;
}

/* CELL becomes all parties of SLOTS, up to a zero. */
static void
set_parties(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_mx *mx, const unsigned *slots)
{
	struct cs_row_lines lines;
	if (!cs_row_lines_begin(messages, cell, &lines))
		return;
	for (; *slots; slots++)
		for (unsigned i = 0; i < (is_of_group_header(*slots) ? 1 : GROUP_N); i++)
			put_party(&lines, mx, *slots, groups[i]);
	cs_row_lines_end(&lines);
}

/* ---- words ---- */

struct text {
	unsigned slot, n;
	enum cs_row_mx_text name;
	bool one;      /* lines of one text; else each is one of its own */
	bool original; /* of the original transaction alone: else it is the narrative */
};

/* All that TEXT has in GROUP. */
static void
put_text(struct cs_row_lines *lines, const struct cs_mx *mx, const struct text *text, unsigned group)
{
	for (unsigned i = 0; i < text->n && cs_mx_value(mx, text->slot + group + i).at; i++) {
		unsigned slot = text->slot + group + i;
		struct cs_row_source source = source_of(mx, slot, i + 1);
		source.field = (uint16_t)(group / CS_MX_TX_N * CS_ROW_GROUP + CS_ROW_TEXTS + text->name);
		if (!i || !text->one)
			cs_row_lines_part(lines, CS_ROW_PART_LINES);
		cs_row_lines_put(lines, NULL, cs_mx_value(mx, slot), source);
	}
}

static bool
is_original(unsigned group)
{
	return group == CS_MX_GROUP_ORIGINAL || group == CS_MX_GROUP_ORIGINAL_UNDERLYING;
}

static void
set_texts(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_mx *mx, const struct text *texts)
{
	struct cs_row_lines lines;
	if (!cs_row_lines_begin(messages, cell, &lines))
		return;
	for (; texts->n; texts++)
		for (unsigned i = 0; i < GROUP_N; i++)
			if (!texts->original || is_original(groups[i]))
				put_text(&lines, mx, texts, groups[i]);
	cs_row_lines_end(&lines);
}

/* Of the transaction, else of the one that a cover pays for: with both, who reads the cell alone has the former. */
static void
set_narrative(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	static const struct text words = {CS_MX_REMITTANCE, CS_MX_REMITTANCE_MAX, CS_ROW_MX_USTRD, true, false};
	struct cs_row_lines lines;
	if (!cs_row_lines_begin(messages, CS_CELL_NARRATIVE, &lines))
		return;
	bool own = cs_mx_value(mx, CS_MX_REMITTANCE).at != NULL;
	put_text(&lines, mx, &words, own ? CS_MX_GROUP_MAIN : CS_MX_GROUP_UNDERLYING);
	cs_row_lines_end(&lines);
}

void
cs_row_mx_names(struct cs_row_messages *messages, const struct cs_mx *mx)
{
	static const unsigned ordering[] = {CS_MX_DEBTOR, CS_MX_ULTIMATE_DEBTOR, CS_MX_INITIATING_PARTY,
					    CS_MX_GROUP_INITIATING_PARTY, 0};
	static const unsigned beneficiary[] = {CS_MX_CREDITOR, CS_MX_ULTIMATE_CREDITOR, 0};
	static const unsigned ordering_bank[] = {CS_MX_DEBTOR_AGENT, 0}, beneficiary_bank[] = {CS_MX_CREDITOR_AGENT, 0};
	static const unsigned others[] = {CS_MX_INTERMEDIARY_1,
					  CS_MX_INTERMEDIARY_2,
					  CS_MX_INTERMEDIARY_3,
					  CS_MX_INSTRUCTING_AGENT,
					  CS_MX_INSTRUCTED_AGENT,
					  CS_MX_PREVIOUS_INSTRUCTING_AGENT,
					  CS_MX_PREVIOUS_INSTRUCTING_AGENT_2,
					  CS_MX_PREVIOUS_INSTRUCTING_AGENT_3,
					  CS_MX_GROUP_INSTRUCTING_AGENT,
					  CS_MX_GROUP_INSTRUCTED_AGENT,
					  0};
	static const struct text remittance[] = {
		{CS_MX_REMITTANCE, CS_MX_REMITTANCE_MAX, CS_ROW_MX_USTRD, true, true},
		{CS_MX_STRUCTURED, CS_MX_STRUCTURED_MAX, CS_ROW_MX_ADDITIONAL, true, false},
		{CS_MX_INVOICE_PARTY, CS_MX_STRUCTURED_MAX, CS_ROW_MX_INVOICE, false, false},
		{0}};
	static const struct text between[] = {
		{CS_MX_INSTRUCTION_TEXT, CS_MX_INSTRUCTION_TEXTS_MAX, CS_ROW_MX_INSTRUCTION, true, false},
		{CS_MX_NEXT_TEXT, CS_MX_INSTRUCTION_TEXTS_MAX, CS_ROW_MX_NEXT, true, false},
		{0}};
	static const struct text regulatory[] = {
		{CS_MX_REGULATORY, CS_MX_REGULATORY_MAX, CS_ROW_MX_REGULATORY, true, false}, {0}};
	set_parties(messages, CS_CELL_ORDERING_PARTY, mx, ordering);
	set_parties(messages, CS_CELL_BENEFICIARY_PARTY, mx, beneficiary);
	set_parties(messages, CS_CELL_ORDERING_BANK_PARTY, mx, ordering_bank);
	set_parties(messages, CS_CELL_BENEFICIARY_BANK_PARTY, mx, beneficiary_bank);
	set_parties(messages, CS_CELL_OTHER_BANK_PARTIES, mx, others);
	set_narrative(messages, mx);
	set_texts(messages, CS_CELL_REMITTANCE, mx, remittance);
	set_texts(messages, CS_CELL_SENDER_TO_RECEIVER, mx, between);
	set_texts(messages, CS_CELL_REGULATORY, mx, regulatory);
}

void
cs_row_mx_words(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_mx *mx, unsigned slot)
{
	if (!cs_mx_value(mx, slot).at)
		return;
	struct cs_row_source source = source_of(mx, slot, 1);
	source.field = CS_ROW_TEXTS + CS_ROW_MX_ENTRY;
	cs_row_message_set(messages, cell, cs_mx_value(mx, slot));
	cs_row_lines_whole(messages, cell, source);
}
