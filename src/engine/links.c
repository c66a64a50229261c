/*
 * From the policy's words to things that work: a framing row, a dialect (shipped or a file beside the
 * policy), its plans, and what the link adds to the dialect.
 *
 * Every fault is a complaint at its place in the policy, so that `check`, `replay` and `run` say the same.
 * Leaves packets, streams and coverage to pipeline.c.
 */
#include "engine/links.h"

#include "decode/mt_keys.h"
#include "decode/shipped.h"
#include "engine/key.h"
#include "io/file.h"
#include "io/secret.h"
#include "policy/behave.h"
#include "policy/complain.h"

#include <arpa/inet.h>

enum { PLANS_CAP = 1024, DIALECT_BYTES_MAX = 1 << 20, ARENA_BYTES = 8 << 20 };

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static struct cs_text
complain(struct cs_complaints *complaints, struct cs_place place)
{
	static char overflow[sizeof complaints->at[0].text];
	complaints->all_n++;
	if (complaints->n == CS_COMPLAINTS_MAX)
		return cs_text_over(overflow, sizeof overflow);
	struct cs_complaint *complaint = &complaints->at[complaints->n++];
	complaint->place = place;
	return cs_text_over(complaint->text, sizeof complaint->text);
}

enum cs_error
cs_links_beside(const char *policy_path, const char *path, char *out, size_t cap_bytes)
{
	struct cs_text text = cs_text_over(out, cap_bytes);
	const char *slash = strrchr(policy_path, '/');
	if (path[0] != '/' && slash)
		cs_text_put_span(&text,
				 (struct cs_span){(const uint8_t *)policy_path, (size_t)(slash + 1 - policy_path)});
	cs_text_put(&text, path);
	return text.overflowed ? CS_E_LIMIT : CS_OK;
}

static bool
ends_in(const char *text, const char *tail)
{
	size_t len = strlen(text);
	size_t tail_len = strlen(tail);
	return len >= tail_len && strcmp(text + len - tail_len, tail) == 0;
}

static bool
is_path(const char *name)
{
	return strchr(name, '/') || ends_in(name, ".json") || ends_in(name, ".xml");
}

static void
complain_dialect(const struct cs_link *link, const struct cs_dialect_fault *fault, struct cs_complaints *complaints)
{
	struct cs_text text = complain(complaints, link->dialect_place);
	cs_text_put(&text, "dialect \"");
	cs_text_put(&text, link->dialect);
	cs_text_put(&text, "\" cannot work");
	if (fault->line) {
		cs_text_put(&text, ": line ");
		cs_text_put_u64(&text, fault->line);
	}
	if (fault->field >= 0) {
		cs_text_put(&text, ": field ");
		cs_text_put_u64(&text, (uint64_t)fault->field);
	}
	cs_text_put(&text, ": ");
	cs_text_put(&text, fault->text);
}

/* A dialect in a file beside the policy. */
static enum cs_error
read_file(const struct cs_links *links, const struct cs_link *link, struct cs_span *out,
	  struct cs_complaints *complaints)
{
	char path[CS_PATH_BYTES];
	enum cs_error error = cs_links_beside(links->policy->path, link->dialect, path, sizeof path);
	if (error == CS_OK)
		error = cs_file_read(path, DIALECT_BYTES_MAX, out);
	if (error == CS_OK)
		return CS_OK;
	struct cs_text said = complain(complaints, link->dialect_place);
	cs_text_put(&said, "dialect file \"");
	cs_text_put(&said, path);
	cs_text_put(&said, "\" ");
	cs_text_put(&said, cs_file_error_text(error));
	return CS_E_SYNTAX;
}

static const char *
shipped_at(const void *table, unsigned i)
{
	struct cs_span json;
	(void)table;
	return cs_shipped_dialect_at(i, &json);
}

const char *
cs_links_dialect_meant(const char *name)
{
	return cs_complain_nearest(cs_span_text(name), (struct cs_words){shipped_at, NULL});
}

static enum cs_error
find_shipped(const struct cs_link *link, struct cs_span *out, struct cs_complaints *complaints)
{
	if (cs_shipped_dialect(cs_span_text(link->dialect), out))
		return CS_OK;
	struct cs_text said = complain(complaints, link->dialect_place);
	cs_text_put(&said, "there is no shipped dialect \"");
	cs_text_put(&said, link->dialect);
	const char *meant = cs_links_dialect_meant(link->dialect);
	if (meant) {
		cs_text_put(&said, "\"; did you mean \"");
		cs_text_put(&said, meant);
		cs_text_put(&said, "\"?");
		return CS_E_SYNTAX;
	}
	cs_text_put(&said, "\"; write a shipped name, or a file name that ends in .json or .xml");
	return CS_E_SYNTAX;
}

static enum cs_error
open_dialect(struct cs_links *links, struct cs_leg *leg, struct cs_complaints *complaints)
{
	const struct cs_link *link = leg->link;
	struct cs_dialect *dialect = cs_arena_take(&links->arena, sizeof *dialect);
	if (!dialect)
		return CS_E_MEMORY;
	struct cs_span text = {0};
	bool from_file = is_path(link->dialect);
	CS_TRY(from_file ? read_file(links, link, &text, complaints) : find_shipped(link, &text, complaints));
	struct cs_dialect_fault fault = {.field = -1};
	enum cs_error error = cs_dialect_read(text, link->dialect, &links->arena, dialect, &fault);
	if (from_file)
		cs_file_free(text);
	if (error != CS_OK)
		complain_dialect(link, &fault, complaints);
	leg->dialect = dialect;
	return error;
}

static enum cs_error
open_host(struct cs_leg *leg, struct cs_complaints *complaints)
{
	const char *host = leg->link->host;
	leg->any_host = !host;
	if (!host || inet_pton(AF_INET6, host, leg->host) == 1)
		return CS_OK;
	memcpy(leg->host, mapped_prefix, sizeof mapped_prefix);
	if (inet_pton(AF_INET, host, leg->host + sizeof mapped_prefix) == 1)
		return CS_OK;
	struct cs_text said = complain(complaints, leg->link->place);
	cs_text_put(&said, "host \"");
	cs_text_put(&said, host);
	cs_text_put(&said, "\" is no address; write one such as 192.0.2.7 or 2001:db8::7");
	return CS_E_SYNTAX;
}

static enum cs_error
open_framing(struct cs_leg *leg, struct cs_complaints *complaints)
{
	leg->framing = cs_framing_by_name(cs_span_text(leg->link->framing));
	if (leg->framing)
		return CS_OK;
	struct cs_text said = complain(complaints, leg->link->framing_place);
	cs_text_put(&said, "there is no framing ");
	cs_text_put(&said, leg->link->framing);
	cs_text_put(&said, "; write one of");
	for (unsigned i = 0; cs_framing_at(i); i++) {
		cs_text_put(&said, i ? ", " : " ");
		cs_text_put(&said, cs_framing_name(cs_framing_at(i)));
	}
	return CS_E_SYNTAX;
}

static void
fill_rules(struct cs_links *links, unsigned index, const struct cs_key_ring *ring)
{
	struct cs_leg *leg = &links->leg[index];
	const struct cs_link *link = leg->link;
	struct cs_card_rules *rules = &leg->rules;
	rules->key = &ring->now;
	rules->retoken = ring->has_previous ? &links->retoken : NULL;
	rules->link = (uint16_t)index;
	rules->default_currency = link->currency;
	rules->approval_n = link->approval_n;
	memcpy(rules->approvals, link->approvals, sizeof rules->approvals);
	rules->map_n = link->map_n;
	for (unsigned i = 0; i < link->map_n; i++) {
		struct cs_text path = cs_text_over(rules->maps[i].path, sizeof rules->maps[i].path);
		cs_text_put(&path, link->map[i].path);
		rules->maps[i].field = link->map[i].field;
		rules->maps[i].first = link->map[i].first;
		rules->maps[i].last = link->map[i].last;
	}
}

_Static_assert((int)CS_CODES_MAX == (int)CS_CARD_CODES_MAX, "a link's approvals are the rules' approvals");
_Static_assert((int)CS_MAPS_MAX <= (int)CS_CARD_MAPS_MAX, "a link's maps fit the rules' maps");

_Static_assert((int)CS_COLUMN_TIME == (int)CS_ROW_TIME && (int)CS_COLUMN_TEXT == (int)CS_ROW_TEXT &&
		       (int)CS_COLUMN_CARD == (int)CS_ROW_CARD && (int)CS_COLUMN_MONEY == (int)CS_ROW_MONEY &&
		       (int)CS_COLUMN_FLAG == (int)CS_ROW_FLAG && (int)CS_COLUMN_CELL == (int)CS_ROW_CELL,
	       "a policy's columns are the reader's columns");
_Static_assert((int)CS_CLOCK_SECONDS == (int)CS_ROW_SECONDS && (int)CS_CLOCK_MILLISECONDS == (int)CS_ROW_MILLISECONDS &&
		       (int)CS_CLOCK_NANOSECONDS == (int)CS_ROW_NANOSECONDS &&
		       (int)CS_CLOCK_RFC3339 == (int)CS_ROW_RFC3339,
	       "a policy's clocks are the reader's clocks");
_Static_assert((int)CS_COLUMNS_MAX <= (int)CS_ROW_COLUMNS_MAX, "a record's columns fit the reader's");

static void
fill_column(const struct cs_column_clause *clause, struct cs_row_column *out)
{
	*out = (struct cs_row_column){
		.name = clause->column,
		.what = clause->what,
		.field = clause->field,
		.clock = clause->clock,
		.minor = clause->minor,
		.token = clause->token,
		.shorten = clause->shorten,
		.first = clause->first,
		.last = clause->last,
		.currency = clause->currency,
		.currency_name = clause->currency_column,
		.since_ns = clause->since_ns,
		.flag = clause->flag,
		.value_n = clause->value_n,
		.value = clause->value,
	};
}

/* A record has neither frames nor a dialect: its rows are read by a plan. */
static enum cs_error
open_record(struct cs_links *links, unsigned index, const struct cs_key_ring *ring)
{
	struct cs_leg *leg = &links->leg[index];
	const struct cs_row_clause *clause = leg->link->row;
	struct cs_row_plan *plan = cs_arena_take(&links->arena, sizeof *plan);
	struct cs_row_column *column = cs_arena_take(&links->arena, clause->column_n * sizeof *column);
	if (!plan || !column)
		return CS_E_MEMORY;
	for (unsigned i = 0; i < clause->column_n; i++)
		fill_column(&clause->column[i], &column[i]);
	plan->form = clause->form;
	if (clause->lau && !(leg->lau = cs_secret_memory(sizeof *leg->lau)))
		return CS_E_MEMORY;
	plan->lau = leg->lau;
	plan->separator = clause->separator;
	plan->link = (uint16_t)index;
	plan->key = &ring->now;
	plan->column_n = clause->column_n;
	plan->column = column;
	leg->rows = plan;
	return CS_OK;
}

static enum cs_error
worse(enum cs_error a, enum cs_error b)
{
	return a == CS_E_MEMORY || b == CS_OK ? a : b;
}

static enum cs_error
open_leg(struct cs_links *links, unsigned index, const struct cs_key_ring *ring, struct cs_complaints *complaints)
{
	struct cs_leg *leg = &links->leg[index];
	leg->link = &links->policy->link[index];
	if (leg->link->row)
		return open_record(links, index, ring);
	enum cs_error error = open_framing(leg, complaints);
	error = worse(error, open_dialect(links, leg, complaints));
	error = worse(error, open_host(leg, complaints));
	if (error != CS_OK)
		return error;
	fill_rules(links, index, ring);
	leg->plans = cs_iso_plans_new(leg->dialect, PLANS_CAP);
	return leg->plans ? CS_OK : CS_E_MEMORY;
}

enum cs_error
cs_links_open(struct cs_links *links, const struct cs_policy *policy, const struct cs_key_ring *ring,
	      struct cs_complaints *complaints)
{
	memset(links, 0, sizeof *links);
	links->policy = policy;
	CS_TRY(cs_arena_init(&links->arena, ARENA_BYTES));
	if (ring->has_previous)
		CS_TRY(cs_retoken_init(&links->retoken, &ring->previous, (struct cs_retoken_sink){0}));
	enum cs_error error = CS_OK;
	for (unsigned i = 0; i < policy->link_n; i++) {
		error = worse(error, open_leg(links, i, ring, complaints));
		links->n = i + 1;
	}
	return error;
}

size_t
cs_links_bytes(const struct cs_policy *policy)
{
	size_t n = 0;
	for (unsigned i = 0; i < policy->link_n; i++)
		n += !policy->link[i].row;
	return ARENA_BYTES + n * cs_iso_plans_bytes(PLANS_CAP);
}

void
cs_links_close(struct cs_links *links)
{
	for (unsigned i = 0; i < links->n; i++) {
		cs_iso_plans_free(links->leg[i].plans);
		cs_secret_release(links->leg[i].lau);
	}
	cs_retoken_fini(&links->retoken);
	cs_arena_fini(&links->arena);
	explicit_bzero(links, sizeof *links);
}

struct cs_mt_keys *
cs_links_lau(const struct cs_links *links, unsigned link, const char **path)
{
	const struct cs_leg *leg = &links->leg[link];
	*path = leg->lau ? leg->link->row->lau : NULL;
	return leg->lau;
}

bool
cs_links_retoken(struct cs_links *links, struct cs_retoken_sink sink)
{
	links->retoken.sink = sink;
	return links->retoken.previous != NULL;
}
