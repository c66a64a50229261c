/*
 * The words of a verdict. Reasons are rows of reason.def.
 */
#include "event/verdict.h"

#include "base/name.h"

static const struct reason_row {
	const char *name;
	const char *signal;
	const char *text;
	enum cs_nature nature;
} reasons[CS_REASON_N] = {
#define X(symbol, name_, nature_, signal_, text_) [CS_REASON_##symbol] = {name_, signal_, text_, CS_NATURE_##nature_},
#include "event/reason.def"
#undef X
};

static const char *const verdict_names[CS_VERDICT_N] = {"allow", "hold", "block"};
static const char *const severity_names[CS_SEVERITY_N] = {"info", "low", "medium", "high", "critical"};
static const char *const nature_names[CS_NATURE_N] = {"forged",  "contradicted", "unproven",
						      "anomaly", "coverage",     "behaviour"};
static const char *const role_names[CS_ROLE_N] = {"claim_request", "claim", "proof_request", "proof", "earlier"};

const char *
cs_reason_name(enum cs_reason reason)
{
	CS_ASSERT((unsigned)reason < CS_REASON_N);
	return reasons[reason].name;
}

const char *
cs_reason_text(enum cs_reason reason)
{
	CS_ASSERT((unsigned)reason < CS_REASON_N);
	return reasons[reason].text;
}

const char *
cs_reason_signal(enum cs_reason reason)
{
	CS_ASSERT((unsigned)reason < CS_REASON_N);
	return reasons[reason].signal;
}

enum cs_nature
cs_reason_nature(enum cs_reason reason)
{
	CS_ASSERT((unsigned)reason < CS_REASON_N);
	return reasons[reason].nature;
}

const char *
cs_verdict_name(enum cs_verdict verdict)
{
	CS_ASSERT((unsigned)verdict < CS_VERDICT_N);
	return verdict_names[verdict];
}

const char *
cs_severity_name(enum cs_severity severity)
{
	CS_ASSERT((unsigned)severity < CS_SEVERITY_N);
	return severity_names[severity];
}

const char *
cs_nature_name(enum cs_nature nature)
{
	CS_ASSERT((unsigned)nature < CS_NATURE_N);
	return nature_names[nature];
}

const char *
cs_role_name(enum cs_role role)
{
	CS_ASSERT((unsigned)role < CS_ROLE_N);
	return role_names[role];
}

enum cs_severity
cs_severity_by_name(struct cs_span name)
{
	return (enum cs_severity)cs_name_find(severity_names, sizeof severity_names[0], CS_SEVERITY_N, name);
}

enum cs_verdict
cs_verdict_by_name(struct cs_span name)
{
	return (enum cs_verdict)cs_name_find(verdict_names, sizeof verdict_names[0], CS_VERDICT_N, name);
}
