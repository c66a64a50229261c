/*
 * The block `link`: one connection we watch, where it is tapped and how its bytes read.
 *
 * Whether framing and dialect exist is asked by those who load them (`countersign check`, the engine); this file
 * only keeps the names and their places.
 */
#include "base/error.h"
#include "policy/block.h"

enum { TRANSACTIONS_DEFAULT = 131072, CONNECTIONS_DEFAULT = 1024, MAP_LAST_DEFAULT = 16 };

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_policy *policy = reader->policy;
	if (policy->link_n == CS_LINKS_MAX)
		return cs_block_full(reader, header, "link {1} is one too many: a policy has at most 32; split it");
	struct cs_link *link = &policy->link[policy->link_n++];
	link->name = cs_reader_copy(reader, header->name);
	link->place = header->place;
	link->side = CS_SIDE_N;
	link->answer = (struct cs_rung){2, {CS_FIELD_STAN, CS_FIELD_TERMINAL}};
	link->transactions_cap = TRANSACTIONS_DEFAULT;
	link->connections_cap = CONNECTIONS_DEFAULT;
	return link;
}

static bool
read_ports(struct cs_reader *reader, struct cs_link *link)
{
	static const struct cs_number bounds = {"a port", 1, 65535};
	do {
		struct cs_lexeme at = reader->now;
		uint32_t port;
		if (!cs_reader_number(reader, &bounds, &port))
			return false;
		if (link->port_n == CS_PORTS_MAX)
			return cs_reader_say(reader, at.place,
					     "port {1} is one too many: a link has at most 16; make it two links",
					     at.text);
		for (unsigned i = 0; i < link->port_n; i++)
			if (link->port[i] == port)
				return cs_reader_say(reader, at.place, "port {1} stands twice; leave one out", at.text);
		link->port[link->port_n++] = (uint16_t)port;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

static bool
read_tap(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_link *link = block;
	(void)clause;
	if (cs_reader_at(reader, CS_LEX_STRING) && !cs_reader_string(reader, "an interface", &link->tap))
		return false;
	bool host = cs_reader_accept_word(reader, "host");
	reader->form = host ? "tap \"eth1\" host \"192.0.2.7\" port 5001" : reader->form;
	if (host && !cs_reader_string(reader, "an address", &link->host))
		return false;
	return cs_reader_need_word(reader, "port") && read_ports(reader, link);
}

static bool
read_frame(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_link *link = block;
	struct cs_lexeme word;
	(void)clause;
	if (!cs_reader_need(reader, CS_LEX_WORD, "the name of a framing", &word))
		return false;
	link->framing = cs_reader_copy(reader, word.text);
	link->framing_place = word.place;
	return true;
}

static bool
read_dialect(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_link *link = block;
	(void)clause;
	link->dialect_place = reader->now.place;
	return cs_reader_string(reader, "the name of a dialect between \" and \"", &link->dialect);
}

static const char *
side_name(const void *table, unsigned i)
{
	(void)table;
	return i < CS_SIDE_N ? cs_side_name((enum cs_side)i) : NULL;
}

static bool
read_side(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_link *link = block;
	struct cs_lexeme word;
	(void)clause;
	if (!cs_reader_need(reader, CS_LEX_WORD, "acquirer, issuer, backoffice, network or statement", &word))
		return false;
	for (unsigned i = 0; i < CS_SIDE_N; i++)
		if (cs_span_is(word.text, cs_side_name((enum cs_side)i)))
			link->side = (enum cs_side)i;
	if (link->side != CS_SIDE_N)
		return true;
	cs_complain_unknown(reader->complaints, word.place, "side", word.text, (struct cs_words){side_name, NULL});
	return false;
}

static bool
read_approves(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_link *link = block;
	(void)clause;
	do {
		struct cs_lexeme code;
		if (!cs_reader_need(reader, CS_LEX_STRING, "a response code between \" and \"", &code))
			return false;
		if (code.text.len != 2 && code.text.len != 3 && code.text.len != 4)
			return cs_reader_say(reader, code.place,
					     "\"{1}\" is no response code: they have 2, 3 or 4 characters; write: {2}",
					     code.text);
		if (link->approval_n == CS_CODES_MAX)
			return cs_reader_say(reader, code.place, "\"{1}\" is one too many: 16 codes are kept",
					     code.text);
		memcpy(link->approvals[link->approval_n++].at, code.text.at, code.text.len);
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

static bool
read_answers(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_link *link = block;
	struct cs_rung rung = {0};
	(void)clause;
	if (!cs_reader_need_word(reader, "by") || !cs_reader_rung(reader, &rung, NULL))
		return false;
	link->answer = rung;
	return true;
}

/* characters FIRST..LAST, counted from 1 */
static bool
read_characters(struct cs_reader *reader, struct cs_link_map *map)
{
	static const struct cs_number bounds = {"a position", 1, 999};
	struct cs_lexeme range;
	uint32_t first = 1;
	uint32_t last = MAP_LAST_DEFAULT;
	if (cs_reader_accept_word(reader, "characters")) {
		struct cs_place place = reader->now.place;
		if (!cs_reader_number(reader, &bounds, &first) ||
		    !cs_reader_need(reader, CS_LEX_RANGE, "\"..\"", &range) ||
		    !cs_reader_number(reader, &bounds, &last))
			return false;
		if (last < first || last - first >= sizeof(struct cs_short))
			return cs_reader_say(
				reader, place,
				"these positions hold nothing, or more than the 16 characters a field keeps; "
				"write: {2}",
				range.text);
	}
	map->first = (uint16_t)first;
	map->last = (uint16_t)last;
	return true;
}

static bool
read_map(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_link *link = block;
	struct cs_link_map map = {0};
	struct cs_place place;
	(void)clause;
	if (!cs_reader_field(reader, &map.field, &place))
		return false;
	struct cs_span name = cs_span_text(cs_field_info_of(map.field)->name);
	if (cs_field_info_of(map.field)->type != CS_TYPE_TEXT)
		return cs_reader_say(reader, place, "{1} is not text and cannot be mapped; write: {2}", name);
	if (link->map_n == CS_MAPS_MAX)
		return cs_reader_say(reader, place, "{1} is one map too many: a link has at most 8", name);
	if (!cs_reader_need_word(reader, "from") || !cs_reader_string(reader, "a path such as \"48.2\"", &map.path) ||
	    !read_characters(reader, &map))
		return false;
	link->map[link->map_n++] = map;
	return true;
}

static bool
read_currency(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_currency(reader, &((struct cs_link *)block)->currency);
}

static bool
read_keep(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct cs_number bounds = {"a number of transactions", 1024, 1U << 28};
	(void)clause;
	return cs_reader_number(reader, &bounds, &((struct cs_link *)block)->transactions_cap) &&
	       cs_reader_need_word(reader, "transactions");
}

static bool
read_connections(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	static const struct cs_number bounds = {"a number of connections", 1, 1U << 20};
	(void)clause;
	return cs_reader_number(reader, &bounds, &((struct cs_link *)block)->connections_cap);
}

static bool
read_heartbeat(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_duration(reader, UINT64_C(300000000000), &((struct cs_link *)block)->heartbeat_ns);
}

static const struct cs_clause clauses[] = {
	{"tap", "tap \"eth1\" port 5001", CS_CLAUSE_REQUIRED, read_tap, 0},
	{"frame", "frame length16", CS_CLAUSE_REQUIRED, read_frame, 0},
	{"dialect", "dialect \"iso87-ascii\"", CS_CLAUSE_REQUIRED, read_dialect, 0},
	{"side", "side acquirer", CS_CLAUSE_REQUIRED, read_side, 0},
	{"approves", "approves \"00\", \"10\"", 0, read_approves, 0},
	{"answers", "answers by stan + terminal", 0, read_answers, 0},
	{"map", "map stan from \"48.2\" characters 1..6", CS_CLAUSE_REPEATS, read_map, 0},
	{"currency", "currency EUR", 0, read_currency, 0},
	{"keep", "keep 200000 transactions", 0, read_keep, 0},
	{"connections", "connections 256", 0, read_connections, 0},
	{"heartbeat", "heartbeat 45s", 0, read_heartbeat, 0},
};

const struct cs_block cs_parse_link = {
	"link", "link visa \"title\" {", open, NULL, clauses, sizeof clauses / sizeof clauses[0], NULL, NULL, NULL,
	NULL,
};
