/*
 * The small print of a policy, in the manner of describe.c: a head, then a line for each entry, day or rate.
 */
#include "app/telling.h"

#include "app/describe_parts.h"

static const uint64_t day_ns = UINT64_C(86400000000000);

void
cs_telling_sees(struct cs_text *out, const struct cs_policy *policy, const struct cs_profile_clause *profile)
{
	cs_describe_key(out, policy->behave, &profile->by);
	for (unsigned i = 0; i < policy->link_n; i++) {
		struct cs_selector selector = {(uint16_t)i, profile->of.kinds[i], profile->of.where[i], {0, 0}};
		if (!profile->of.kinds[i])
			continue;
		cs_text_put(out, ", ");
		cs_describe_selector(out, policy, &selector);
	}
}

static void
put_short(struct cs_text *out, const struct cs_short *value)
{
	cs_text_put_latin1(out, (struct cs_span){(const uint8_t *)value->at, strnlen(value->at, sizeof value->at)});
}

static void
put_reading(struct cs_text *out, const struct cs_link *link)
{
	cs_text_put(out, "approvals: ");
	for (unsigned i = 0; i < link->approval_n; i++) {
		cs_text_put(out, i ? ", " : "");
		put_short(out, &link->approvals[i]);
	}
	cs_text_put(out, link->approval_n ? "\n  answers: by " : "the version's own\n  answers: by ");
	for (unsigned i = 0; i < link->answer.n; i++) {
		cs_text_put(out, i ? " and " : "");
		cs_text_put(out, cs_field_info_of(link->answer.field[i])->name);
	}
	cs_text_put(out, "\n  currency: ");
	cs_text_put(out, link->currency ? cs_currency_name(link->currency) : "as messages say");
	cs_text_put(out, "\n");
}

static void
put_columns(struct cs_text *out, const struct cs_row_clause *row)
{
	static const char *const clocks[] = {
		[CS_CLOCK_SECONDS] = "the time in seconds since ",
		[CS_CLOCK_MILLISECONDS] = "the time in milliseconds since ",
		[CS_CLOCK_NANOSECONDS] = "the time in nanoseconds since ",
		[CS_CLOCK_RFC3339] = "the time as RFC 3339",
	};
	for (unsigned i = 0; i < row->column_n; i++) {
		const struct cs_column_clause *column = &row->column[i];
		cs_text_put(out, i ? "\n  \"" : "\"");
		cs_text_put(out, column->column);
		cs_text_put(out, "\": ");
		if (column->what == CS_COLUMN_TIME)
			cs_text_put(out, clocks[column->clock]);
		if (column->what == CS_COLUMN_TIME && column->clock != CS_CLOCK_RFC3339)
			cs_describe_day(out, column->since_ns);
		if (column->what == CS_COLUMN_CELL)
			cs_text_put(out, "held against watch lists");
		else if (column->what != CS_COLUMN_TIME && column->what != CS_COLUMN_FLAG)
			cs_text_put(out, cs_field_info_of((enum cs_field)column->field)->name);
		cs_text_put(out, column->token ? ", as a token" : "");
		cs_text_put(out, column->shorten ? ", what is longer ends in +" : "");
		if (column->what == CS_COLUMN_MONEY)
			cs_text_put(out, column->minor ? ", in minor units of " : ", in ");
		if (column->what == CS_COLUMN_MONEY)
			cs_text_put(out, column->currency_column ? column->currency_column
								 : cs_currency_name(column->currency));
		for (unsigned k = 0; k < column->value_n; k++) {
			cs_text_put(out, k                                ? ", "
					 : column->what == CS_COLUMN_FLAG ? "a mark when it is "
									  : ", which of the words ");
			cs_text_put(out, column->value[k]);
		}
	}
	cs_text_put(out, "\n");
}

static void
put_entries(struct cs_text *out, const struct cs_list_clause *list)
{
	cs_describe_head(out, "entries of list", list->name, "");
	if (list->source) {
		cs_text_put(out, "file: ");
		cs_text_put(out, list->source);
		for (unsigned i = 0; i < list->by.n; i++) {
			cs_text_put(out, i ? " + " : ", keys in ");
			cs_text_put(out, list->key_column[i]);
		}
		cs_text_put(out, "\n  ");
	}
	for (unsigned i = 0; i < list->entry_n; i++) {
		const struct cs_list_entry *entry = &list->entry[i];
		cs_text_put(out, i ? "\n  \"" : "\"");
		cs_text_put(out, entry->key[0]);
		cs_text_put(out, entry->key[1] ? "\" + \"" : "");
		cs_text_put(out, entry->key[1] ? entry->key[1] : "");
		cs_text_put(out, entry->until_ns ? "\": until " : "\": for ever");
		if (entry->until_ns)
			cs_describe_day(out, entry->until_ns - 1);
		cs_text_put(out, entry->because && entry->because[0] ? ", because " : "");
		cs_text_put(out, entry->because ? entry->because : "");
	}
	cs_text_put(out, "\n");
}

static void
put_holidays(struct cs_text *out, const struct cs_calendar_clause *calendar)
{
	cs_describe_head(out, "holidays of calendar", calendar->name, "");
	for (unsigned i = 0; i < calendar->holiday_n; i++) {
		cs_text_put(out, i ? "\n  \"" : "\"");
		cs_describe_day(out, calendar->holiday[i].first_day * day_ns);
		cs_text_put(out, "\": up to ");
		cs_describe_day(out, calendar->holiday[i].last_day * day_ns);
	}
	cs_text_put(out, "\n");
}

/* Six decimals, rounded down: enough to see that a rate has changed, and by how much. */
static void
put_rate(struct cs_text *out, const struct cs_exact *rate)
{
	enum { DECIMALS = 6 };
	__int128_t rest = rate->num % (__int128_t)rate->den;
	cs_text_put_u64(out, (uint64_t)(rate->num / (__int128_t)rate->den));
	cs_text_put_char(out, '.');
	for (unsigned i = 0; i < DECIMALS; i++) {
		rest *= 10;
		cs_text_put_char(out, (char)('0' + (int)(rest / (__int128_t)rate->den)));
		rest %= (__int128_t)rate->den;
	}
}

static void
put_rates(struct cs_text *out, const struct cs_behave_policy *behave)
{
	cs_describe_head(out, "rates of money", cs_currency_name(behave->home_currency), "");
	for (unsigned i = 0; i < behave->rate_n; i++) {
		cs_text_put(out, i ? "\n  " : "");
		cs_text_put(out, cs_currency_name(behave->rate[i].currency));
		cs_text_put(out, ": ");
		put_rate(out, &behave->rate[i].rate);
		cs_text_put(out, " minor units for one of its own");
	}
	cs_text_put(out, "\n");
}

static void
put_behave(struct cs_text *out, const struct cs_behave_policy *behave)
{
	for (unsigned i = 0; i < behave->rule_n; i++) {
		if (!behave->rule[i].reason)
			continue;
		cs_describe_head(out, "reason of rule", behave->rule[i].name, "");
		cs_text_put(out, behave->rule[i].reason);
		cs_text_put(out, "\n");
	}
	for (unsigned i = 0; i < behave->list_n; i++)
		put_entries(out, &behave->list[i]);
	for (unsigned i = 0; i < behave->spots_n; i++) {
		cs_describe_head(out, "places", behave->spots[i].name, "");
		cs_text_put(out, "of each ");
		cs_text_put(out, cs_field_info_of((enum cs_field)behave->spots[i].field)->name);
		cs_text_put(out, ", from ");
		cs_text_put(out, behave->spots[i].source);
		cs_text_put(out, "\n");
	}
	for (unsigned i = 0; i < behave->calendar_n; i++)
		if (behave->calendar[i].holiday_n)
			put_holidays(out, &behave->calendar[i]);
	if (behave->rate_n)
		put_rates(out, behave);
	for (unsigned i = 0; i < behave->extra_n; i++) {
		cs_describe_head(out, "field", behave->extra[i].name, "");
		cs_text_put(out, behave->extra[i].type == CS_VALUE_NUMBER ? "a number\n" : "a text\n");
	}
}

void
cs_telling_put(struct cs_text *out, const struct cs_policy *policy)
{
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_link *link = &policy->link[i];
		cs_describe_head(out, link->row ? "columns of record" : "reading of link", link->name, "");
		if (link->row)
			put_columns(out, link->row);
		else
			put_reading(out, link);
	}
	cs_describe_head(out, "clocks", "of all links", "");
	cs_describe_time(out, policy->skew_ns);
	cs_text_put(out, " apart at most\n");
	if (policy->key_path) {
		cs_describe_head(out, "tokens", "of cards", "");
		cs_text_put(out, "key ");
		cs_text_put(out, policy->key_path);
		cs_text_put(out, policy->previous_key_path ? "; before it " : "");
		cs_text_put(out, policy->previous_key_path ? policy->previous_key_path : "");
		cs_text_put(out, "\n");
	}
	if (policy->behave)
		put_behave(out, policy->behave);
}
