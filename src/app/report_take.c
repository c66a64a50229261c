/*
 * One event into its groups. A payment is a row of a record; messages of cards are added up by link and decision only.
 */
#include "app/report.h"

#include <string.h>

enum { WORD_BYTES = CS_SHORT_BYTES };

/* An event with all that its groups ask for. */
struct row {
	const struct cs_event *event;
	uint64_t seq;
	int ago;
	unsigned flow;
	bool priced;
	int64_t minor;
	uint16_t currency;
	char country[2];
	struct cs_short type;
	struct cs_short sender;
	struct cs_short receiver;
	struct cs_short partner; /* of the two the one that is not us */
};

static struct cs_short
short_of(const char *word)
{
	struct cs_short out = {{0}};
	size_t len = strlen(word);
	memcpy(out.at, word, len < WORD_BYTES ? len : WORD_BYTES);
	return out;
}

static void
keep_name(char out[CS_REPORT_NAME_BYTES], const char *name)
{
	size_t len = strlen(name);
	if (len >= CS_REPORT_NAME_BYTES)
		len = CS_REPORT_NAME_BYTES - 1;
	memset(out, 0, CS_REPORT_NAME_BYTES);
	memcpy(out, name, len);
}

static bool
same_short(const struct cs_short *a, const struct cs_short *b)
{
	return memcmp(a->at, b->at, sizeof a->at) == 0;
}

/* ---- flows ---- */

static unsigned
flow_of(struct cs_report *report, const struct cs_report_flow *like)
{
	for (uint32_t i = 0; i < report->flow_n; i++) {
		const struct cs_report_flow *flow = &report->flow[i];
		if (strcmp(flow->name, like->name) == 0 && same_short(&flow->kind, &like->kind) &&
		    same_short(&flow->direction, &like->direction) && same_short(&flow->status, &like->status))
			return i;
	}
	if (report->flow_n == CS_REPORT_FLOWS_MAX)
		return CS_REPORT_FLOWS_MAX;
	report->flow[report->flow_n] = *like;
	return report->flow_n++;
}

static unsigned
find_flow(struct cs_report *report, const struct cs_policy *policy, const struct cs_event *event)
{
	const struct cs_link *link = &policy->link[event->link];
	struct cs_report_flow like = {.card = link->row == NULL};
	keep_name(like.name, link->name);
	if (!like.card) {
		like.kind = cs_report_part(policy, event, CS_REPORT_PART_KIND);
		like.direction = cs_report_part(policy, event, CS_REPORT_PART_DIRECTION);
		like.status = cs_report_part(policy, event, CS_REPORT_PART_STATUS);
	}
	return flow_of(report, &like);
}

/* Marks a day; true when it was not marked. */
static bool
mark_day(uint64_t *days, int ago)
{
	uint64_t bit = UINT64_C(1) << (ago % 64);
	bool fresh = !(days[ago / 64] & bit);
	days[ago / 64] |= bit;
	return fresh;
}

static void
count_flow(struct cs_report *report, const struct row *row)
{
	struct cs_report_flow *flow = &report->flow[row->flow];
	uint64_t time_ns = row->event->origin.time_ns;
	if (row->ago) {
		flow->history_n++;
		flow->active_n += mark_day(flow->active, row->ago);
		report->history_n += mark_day(report->history_active, row->ago);
		return;
	}
	flow->day_n++;
	flow->bare_n += !row->priced;
	flow->first_ns = !flow->first_ns || time_ns < flow->first_ns ? time_ns : flow->first_ns;
	flow->last_ns = time_ns > flow->last_ns ? time_ns : flow->last_ns;
}

/* ---- groups ---- */

static void
add(struct cs_report *report, const struct row *row, struct cs_report_key key)
{
	key.flow = (uint16_t)row->flow;
	key.currency = row->currency;
	struct cs_report_group *group = cs_report_group(report, &key);
	if (!group)
		return;
	struct cs_report_sum *sum = row->ago ? &group->history : &group->day;
	sum->n++;
	sum->minor += row->minor;
	if (row->ago)
		return;
	if (group->day.n == 1 || row->minor > group->most)
		group->most = row->minor;
	if (group->day.n == 1) {
		group->first_ns = row->event->origin.time_ns;
		group->first_seq = row->seq;
	}
}

static void
add_hour(struct cs_report *report, const struct row *row)
{
	unsigned hour = cs_report_hour_of(&report->wish, row->event->origin.time_ns);
	struct cs_report_key key = {.dim = CS_REPORT_HOUR};
	key.at[0].at[0] = (char)('0' + hour / 10);
	key.at[0].at[1] = (char)('0' + hour % 10);
	add(report, row, key);
}

static void
add_top(struct cs_report *report, const struct cs_policy *policy, const struct row *row)
{
	struct cs_report_payment payment = {
		.seq = row->seq,
		.time_ns = row->event->origin.time_ns,
		.minor = row->minor,
		.reference = cs_report_part(policy, row->event, CS_REPORT_PART_REFERENCE),
		.type = row->type,
		.sender = row->sender,
		.receiver = row->receiver,
		.beneficiary = cs_report_part(policy, row->event, CS_REPORT_PART_BENEFICIARY),
	};
	memcpy(payment.country, row->country, sizeof payment.country);
	cs_report_hide(&payment.beneficiary);
	cs_report_top_add(report, row->flow, row->currency, &payment);
}

/* Who received a payment names its sender as the other side. */
static struct cs_short
partner_of(const struct cs_report_flow *flow, const struct row *row)
{
	static const char received[] = "received", credit[] = "credit";
	bool in = strncmp(flow->direction.at, received, sizeof received) == 0 ||
		  strncmp(flow->direction.at, credit, sizeof credit) == 0;
	bool has_sender = row->sender.at[0] != '\0', has_receiver = row->receiver.at[0] != '\0';
	return (in && has_sender) || !has_receiver ? row->sender : row->receiver;
}

static void
take_payment(struct cs_report *report, const struct cs_policy *policy, struct row *row)
{
	row->type = cs_report_part(policy, row->event, CS_REPORT_PART_TYPE);
	row->sender = cs_report_part(policy, row->event, CS_REPORT_PART_SENDER);
	row->receiver = cs_report_part(policy, row->event, CS_REPORT_PART_RECEIVER);
	row->partner = partner_of(&report->flow[row->flow], row);
	cs_report_country(policy, row->event, row->partner, row->country);
	cs_report_hide(&row->sender);
	cs_report_hide(&row->receiver);
	cs_report_hide(&row->partner);
	add(report, row, (struct cs_report_key){.dim = CS_REPORT_CURRENCY});
	if (!row->priced)
		return;
	struct cs_report_key country = {.dim = CS_REPORT_COUNTRY};
	memcpy(country.at[0].at, row->country, sizeof row->country);
	add(report, row, country);
	add(report, row, (struct cs_report_key){.dim = CS_REPORT_TYPE, .at = {row->type}});
	add(report, row, (struct cs_report_key){.dim = CS_REPORT_COUNTERPARTY, .at = {row->partner}});
	struct cs_report_key all = {.dim = CS_REPORT_COMBINATION, .at = {row->type, row->sender, row->receiver}};
	memcpy(all.country, row->country, sizeof row->country);
	add(report, row, all);
	add_hour(report, row);
	if (!row->ago)
		add_top(report, policy, row);
}

/* What an answer says: of others only that they were there. */
static const char *
decision_of(const struct cs_event *event)
{
	if (event->kind != CS_KIND_RESPONSE && event->kind != CS_KIND_ADVICE_RESPONSE)
		return "";
	if (event->flags & CS_FLAG_PARTIAL)
		return "partly approved";
	return event->flags & CS_FLAG_APPROVED ? "approved" : "declined";
}

static void
take_card(struct cs_report *report, const struct row *row)
{
	struct cs_report_key key = {.dim = CS_REPORT_DECISION};
	key.at[0] = short_of(cs_kind_name((enum cs_kind)row->event->kind));
	key.at[1] = short_of(decision_of(row->event));
	add(report, row, key);
}

static bool
is_wanted(const struct cs_report_wish *wish, const char *name)
{
	for (unsigned i = 0; i < wish->record_n; i++)
		if (strcmp(wish->record[i], name) == 0)
			return true;
	return wish->record_n == 0;
}

static void
count_link(struct cs_report *report, const char *name, const struct row *row)
{
	struct cs_report_link *link = cs_report_link_of(report, name);
	uint64_t time_ns = row->event->origin.time_ns;
	if (!link)
		return;
	link->history_n += row->ago != 0;
	if (row->ago)
		return;
	link->day_n++;
	link->first_ns = !link->first_ns || time_ns < link->first_ns ? time_ns : link->first_ns;
	link->last_ns = time_ns > link->last_ns ? time_ns : link->last_ns;
}

void
cs_report_take(struct cs_report *report, const struct cs_policy *policy, const struct cs_event *event, uint64_t seq)
{
	struct row row = {.event = event, .seq = seq, .ago = cs_report_ago(report, event->origin.time_ns)};
	if (row.ago < 0)
		return;
	const char *name = policy->link[event->link].name;
	report->input_n++;
	count_link(report, name, &row);
	if (!is_wanted(&report->wish, name))
		return;
	row.flow = find_flow(report, policy, event);
	if (row.flow == CS_REPORT_FLOWS_MAX) {
		report->flow_lost_n++;
		return;
	}
	row.priced = cs_event_has(event, CS_FIELD_AMOUNT);
	if (row.priced) {
		struct cs_money money = cs_event_money(event, CS_FIELD_AMOUNT);
		row.minor = cs_money_minor(money);
		row.currency = cs_money_currency(money);
	}
	count_flow(report, &row);
	if (report->flow[row.flow].card)
		take_card(report, &row);
	else
		take_payment(report, policy, &row);
}

/* ---- links ---- */

struct cs_report_link *
cs_report_link_of(struct cs_report *report, const char *name)
{
	char kept[CS_REPORT_NAME_BYTES];
	keep_name(kept, name);
	for (uint32_t i = 0; i < report->link_n; i++)
		if (strcmp(report->link[i].name, kept) == 0)
			return &report->link[i];
	return NULL;
}

void
cs_report_links(struct cs_report *report, const struct cs_policy *policy)
{
	for (uint32_t i = 0; i < report->link_n; i++)
		report->link[i].here = false;
	for (unsigned i = 0; i < policy->link_n; i++) {
		struct cs_report_link *link = cs_report_link_of(report, policy->link[i].name);
		if (!link && report->link_n == CS_REPORT_FLOWS_MAX) {
			report->link_lost_n++;
			continue;
		}
		if (!link) {
			link = &report->link[report->link_n++];
			keep_name(link->name, policy->link[i].name);
		}
		link->row = policy->link[i].row != NULL;
		link->here = true;
	}
}
