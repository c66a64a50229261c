/*
 * The compiled policy's own words: names of its enumerations, kinds of messages, and the look-up of links.
 */
#include "policy/policy.h"

#include "base/name.h"

static const char *const side_names[CS_SIDE_N] = {"acquirer", "issuer", "backoffice", "network", "statement"};

static const char *const watch_names[CS_WATCH_N] = {
	[CS_WATCH_UNASKED] = "unasked",         [CS_WATCH_REPLAYED] = "replayed",
	[CS_WATCH_SIGNED_OFF] = "signed_off",   [CS_WATCH_REVERSAL] = "reversal",
	[CS_WATCH_FINGERPRINT] = "fingerprint", [CS_WATCH_APPROVAL_CODE] = "approval_code",
	[CS_WATCH_BALANCE] = "balance",         [CS_WATCH_TOO_FAST] = "too_fast",
};

#define KIND(kind) (1U << CS_KIND_##kind)

static const struct kind_row {
	const char *name;
	uint32_t kinds;
} kinds[] = {
	{"request", KIND(REQUEST)},
	{"response", KIND(RESPONSE)},
	{"advice", KIND(ADVICE)},
	{"advice_response", KIND(ADVICE_RESPONSE)},
	{"reversal", KIND(REVERSAL)},
	{"reversal_response", KIND(REVERSAL_RESPONSE)},
	{"network", KIND(NETWORK) | KIND(NETWORK_RESPONSE)},
	{"any", KIND(REQUEST) | KIND(RESPONSE) | KIND(ADVICE) | KIND(ADVICE_RESPONSE) | KIND(REVERSAL) |
			KIND(REVERSAL_RESPONSE)},
};

enum { KIND_ROW_N = sizeof kinds / sizeof kinds[0] };

const char *
cs_side_name(enum cs_side side)
{
	CS_ASSERT((unsigned)side < CS_SIDE_N);
	return side_names[side];
}

const char *
cs_watch_name(enum cs_watch_kind kind)
{
	CS_ASSERT((unsigned)kind < CS_WATCH_N);
	return watch_names[kind];
}

unsigned
cs_policy_link(const struct cs_policy *policy, struct cs_span name)
{
	return cs_name_find(&policy->link[0].name, sizeof policy->link[0], policy->link_n, name);
}

const char *
cs_policy_field(const struct cs_policy *policy, enum cs_kind kind, enum cs_field field)
{
	for (unsigned i = 0; kind == CS_KIND_RECORD && i < policy->extra_n; i++)
		if (policy->extra[i].field == field)
			return policy->extra[i].name;
	return cs_field_info_of(field)->name;
}

const char *
cs_policy_kinds(unsigned i, uint32_t *out)
{
	if (i >= KIND_ROW_N)
		return NULL;
	*out = kinds[i].kinds;
	return kinds[i].name;
}

const struct cs_rung *
cs_expect_beside(const struct cs_expect *expect, const struct cs_unless *unless, unsigned *n)
{
	bool own = unless && unless->rung.n;
	*n = own ? 1 : expect->rung_n;
	return own ? &unless->rung : expect->rung;
}
