/*
 * What a row says of itself. A policy names its fields as it likes; those under the names of report_part.def are known here.
 *
 * Names are looked up once for each policy, as the one that came last is nearly always the one asked for again.
 */
#include "app/report.h"
#include "event/country.h"

#include <string.h>

enum { FIELDS_MAX = 8, RUN_OF_DIGITS = 8, RUN_OF_ACCOUNT = 10, SHOWN = 4, TOKEN_LEN = 16 };

static const char *const names[CS_REPORT_PART_N] = {
#define X(symbol, name) name,
#include "app/report_part.def"
#undef X
};

/* The fields of a policy that may hold a part, the best first. */
struct fields {
	unsigned n;
	enum cs_field at[FIELDS_MAX];
};

static struct {
	const struct cs_policy *policy;
	uint64_t hash;
	struct fields part[CS_REPORT_PART_N];
} known;

static void
add_field(const struct cs_policy *policy, struct cs_span name, struct fields *out)
{
	for (unsigned f = 0; f < CS_TEXT_FIELD_N && out->n < FIELDS_MAX; f++)
		if (cs_span_equal(cs_span_text(cs_policy_field(policy, CS_KIND_RECORD, (enum cs_field)f)), name))
			out->at[out->n++] = (enum cs_field)f;
}

static void
look_up(const struct cs_policy *policy)
{
	memset(&known, 0, sizeof known);
	for (unsigned part = 0; part < CS_REPORT_PART_N; part++)
		for (const char *at = names[part]; *at;) {
			size_t len = strcspn(at, " ");
			add_field(policy, (struct cs_span){(const uint8_t *)at, len}, &known.part[part]);
			at += len + (at[len] == ' ');
		}
	known.policy = policy;
	known.hash = policy->hash;
}

struct cs_short
cs_report_part(const struct cs_policy *policy, const struct cs_event *event, enum cs_report_part part)
{
	struct cs_short out = {{0}};
	if (known.policy != policy || known.hash != policy->hash)
		look_up(policy);
	const struct fields *fields = &known.part[part];
	for (unsigned i = 0; i < fields->n; i++) {
		if (!cs_event_has(event, fields->at[i]))
			continue;
		char kept[CS_SHORT_BYTES];
		struct cs_span safe = cs_event_safe(event, fields->at[i], kept);
		memcpy(out.at, safe.at, safe.len);
		break;
	}
	return out;
}

/* ---- what must not be shown ---- */

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The first half of a keyed hash, as records keep tokens. Accounts may look like one: digits alone, or digits behind a country and
 * its check. One in some hundred tokens does, too, and is starred out with them. */
static bool
is_token(const char at[CS_SHORT_BYTES])
{
	unsigned letters = 0, run = 0;
	for (unsigned i = 0; i < TOKEN_LEN; i++) {
		bool letter = at[i] >= 'A' && at[i] <= 'F';
		if (!is_digit(at[i]) && !letter)
			return false;
		letters += letter;
		run = letter ? 0 : run + 1;
		if (run >= RUN_OF_ACCOUNT)
			return false;
	}
	return letters > 0;
}

static bool
is_bic(const char *at, size_t len)
{
	if (len != 8 && len != 11)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_upper(at[i]) && !(is_digit(at[i]) && i != 4 && i != 5))
			return false;
	return true;
}

static bool
has_long_run(const char *at, size_t len)
{
	unsigned run = 0;
	for (size_t i = 0; i < len; i++) {
		run = is_digit(at[i]) ? run + 1 : 0;
		if (run >= RUN_OF_DIGITS)
			return true;
	}
	return false;
}

/* Two letters and two digits and a long rest: as an IBAN begins. */
static bool
is_iban_like(const char *at, size_t len)
{
	return len > 11 && is_upper(at[0]) && is_upper(at[1]) && is_digit(at[2]) && is_digit(at[3]);
}

void
cs_report_hide(struct cs_short *text)
{
	size_t len = strnlen(text->at, sizeof text->at);
	if (is_bic(text->at, len) || (len == TOKEN_LEN && is_token(text->at)))
		return;
	if (has_long_run(text->at, len) || is_iban_like(text->at, len))
		memset(text->at + SHOWN, '*', len - SHOWN);
}

/* ---- countries ---- */

static bool
take_country(struct cs_span code, char out[2])
{
	const struct cs_country *country = cs_country_by_code(code);
	if (country)
		memcpy(out, country->name, 2);
	return country != NULL;
}

void
cs_report_country(const struct cs_policy *policy, const struct cs_event *event, struct cs_short partner, char out[2])
{
	struct cs_short own = cs_report_part(policy, event, CS_REPORT_PART_COUNTRY);
	size_t len = strnlen(partner.at, sizeof partner.at);
	memset(out, 0, 2);
	if (take_country((struct cs_span){(const uint8_t *)own.at, strnlen(own.at, sizeof own.at)}, out))
		return;
	if (is_bic(partner.at, len))
		(void)take_country((struct cs_span){(const uint8_t *)partner.at + 4, 2}, out);
}
