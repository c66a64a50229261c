/*
 * Backtest: what the rules and limits of a policy would have said of past events, held against what became of them.
 *
 * It looks on as an observer of the same code that judges live. With two policies both are told each event, the other one
 * first, and their decisions are held against each other.
 */
#ifndef CS_ENGINE_BACKTEST_H
#define CS_ENGINE_BACKTEST_H

#include "base/json.h"
#include "detect/behave.h"
#include "engine/labels.h"
#include "engine/sentry.h"
#include "policy/screen.h"

enum {
	CS_BACKTEST_ITEMS_MAX = CS_RULES_MAX + CS_LIMITS_MAX + 1,
	CS_BACKTEST_TEXT_BYTES = 4 << 20,
	CS_BACKTEST_LINES = 5, /* that a screen is tried at: its own stands in the middle */
	CS_BACKTEST_LINE_STEP = 50,
	CS_BACKTEST_LOWER = CS_BACKTEST_LINES / 2 * CS_BACKTEST_LINE_STEP,
};

/* What one rule or limit, or all of them, said. */
struct cs_backtest_item {
	uint64_t fired_n;
	uint64_t fraud_n;    /* of them: true positives */
	uint64_t innocent_n; /* ... false positives; the rest has no label */
	__int128_t held;     /* minor units of the home currency that would not have gone out */
};

/* What a screen would have named, were its line another. */
struct cs_backtest_screen {
	uint64_t row_n;   /* looked at */
	uint64_t fraud_n; /* of them */
	uint64_t short_n; /* ... not searched whole */
	struct cs_backtest_item at[CS_BACKTEST_LINES];
};

struct cs_backtest {
	const struct cs_policy *policy;
	uint64_t event_n; /* decided */
	uint64_t fraud_n;
	uint64_t unlabelled_n;
	uint64_t first_ns; /* 0: none */
	uint64_t last_ns;
	uint64_t unconverted_n; /* amounts in a currency the policy has no rate for: not counted as held */
	struct cs_backtest_item rule[CS_RULES_MAX];
	struct cs_backtest_item limit[CS_LIMITS_MAX];
	bool screened; /* screens are tried */
	struct cs_backtest_screen screen[CS_SCREENS_MAX];
	struct cs_backtest_item all;                  /* the verdict was hold or block */
	uint32_t overlap[CS_RULES_MAX][CS_RULES_MAX]; /* fired both; [i][j] with i < j */
};

/* cs_backtest_take counts one decision about an event with this label. */
void cs_backtest_take(struct cs_backtest *backtest, const struct cs_decision *decision, enum cs_label label);

/* cs_backtest_line gives line NTH, rising, of those that screen I is tried at; 0: there is no such line. */
unsigned cs_backtest_line(const struct cs_backtest *backtest, unsigned i, unsigned nth);

/* cs_backtest_look counts what a screen found of one row or message with this label, from CS_BACKTEST_LOWER below its line on. */
void cs_backtest_look(struct cs_backtest *backtest, const struct cs_sentry_look *look, enum cs_label label);

/* Two policies over the same events: verdicts, and rules of one name. */
struct cs_backtest_versus {
	const struct cs_policy *policy;
	const struct cs_policy *other;
	uint64_t verdict_n[CS_VERDICT_N][CS_VERDICT_N]; /* [policy's][other's] */
	uint64_t fraud_n[CS_VERDICT_N][CS_VERDICT_N];   /* of them */
	struct {
		uint64_t here_n; /* only this policy's rule fired */
		uint64_t both_n;
		uint64_t there_n;
	} rule[CS_RULES_MAX];
	uint16_t other_rule[CS_RULES_MAX]; /* of the same name; CS_RULES_MAX: none */
};

/* cs_backtest_versus_begin pairs the rules of two policies by name. */
void cs_backtest_versus_begin(struct cs_backtest_versus *versus, const struct cs_policy *policy,
			      const struct cs_policy *other);

/* cs_backtest_versus_take counts what both decided about one event; NULL: it did not look at it. */
void cs_backtest_versus_take(struct cs_backtest_versus *versus, const struct cs_decision *decision,
			     const struct cs_decision *other, enum cs_label label);

/* cs_backtest_put writes tables for people, cs_backtest_versus_put those of the comparison. */
void cs_backtest_put(struct cs_text *text, const struct cs_backtest *backtest);
void cs_backtest_versus_put(struct cs_text *text, const struct cs_backtest_versus *versus);

/* cs_backtest_json writes members of an object: the counts of one policy. cs_backtest_versus_json writes those of the
 * comparison. */
void cs_backtest_json(struct cs_json *json, const struct cs_backtest *backtest);
void cs_backtest_versus_json(struct cs_json *json, const struct cs_backtest_versus *versus);

#endif
