/*
 * Why a rule, limit or list spoke: each condition in its own words, with its value, threshold and window.
 *
 * Key order is fixed; what is absent is left out. Words of the policy are cut where they are very long, so that an alert
 * has a bound.
 */
#include "engine/alert.h"

enum { CUT_BYTES = 100 };

/* The text, or its beginning, whole characters only, and a word of that. */
static void
put_cut(struct cs_json *json, const char *key, const char *value)
{
	char at[CUT_BYTES + 8];
	size_t len = strlen(value);
	if (len <= CUT_BYTES) {
		cs_json_put_text(json, key, value);
		return;
	}
	len = CUT_BYTES;
	while (len > 0 && ((uint8_t)value[len] & 0xC0) == 0x80)
		len--;
	memcpy(at, value, len);
	memcpy(at + len, " ...", 5);
	cs_json_put_text(json, key, at);
}

/* As a policy writes it: 1h, 30d. */
static void
put_window(struct cs_json *json, uint64_t window_ns)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {{"d", UINT64_C(86400000000000)},
		     {"h", UINT64_C(3600000000000)},
		     {"min", UINT64_C(60000000000)},
		     {"s", 1000000000},
		     {"ms", 1000000},
		     {"us", 1000},
		     {"ns", 1}};
	char at[32];
	struct cs_text text = cs_text_over(at, sizeof at);
	unsigned i = 0;
	while (window_ns % units[i].ns != 0)
		i++;
	cs_text_put_u64(&text, window_ns / units[i].ns);
	cs_text_put(&text, units[i].unit);
	cs_json_put_text(json, "window", at);
}

static void
put_because(struct cs_json *json, const struct cs_because *because)
{
	cs_json_object(json);
	put_cut(json, "words", because->words);
	cs_json_put_bool(json, "held", because->held);
	if (because->value[0])
		put_cut(json, "value", because->value);
	if (because->threshold[0])
		put_cut(json, "threshold", because->threshold);
	if (because->window_ns)
		put_window(json, because->window_ns);
	if (because->missing)
		cs_json_put_bool(json, "missing", true);
	if (because->bounded)
		cs_json_put_bool(json, "at_most", true);
	if (because->at_least)
		cs_json_put_bool(json, "at_least", true);
	cs_json_end_object(json);
}

void
cs_alert_put_why(struct cs_json *json, const struct cs_why *why)
{
	CS_ASSERT(why->n <= CS_BECAUSE_MAX);
	cs_json_key(json, "why");
	cs_json_object(json);
	put_cut(json, "title", why->title ? why->title : "");
	if (why->owner && why->owner[0])
		put_cut(json, "owner", why->owner);
	if (why->scored)
		cs_json_put_i64(json, "score", why->score);
	cs_json_put_u64(json, "missing", why->missing_n);
	cs_json_key(json, "conditions");
	cs_json_array(json);
	for (unsigned i = 0; i < why->n; i++)
		put_because(json, &why->at[i]);
	cs_json_end_array(json);
	cs_json_end_object(json);
}
