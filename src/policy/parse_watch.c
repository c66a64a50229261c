/*
 * The block `watch`: signals that need one link only, each with what follows.
 *
 * The clauses are the kinds of cs_watch_kind, in their order; which of them look at a second link (`against`) and
 * which learn first (`after N`) is said here and nowhere else.
 */
#include "base/error.h"
#include "policy/block.h"

enum { NEEDS_AGAINST = 1, MAY_AGAINST = 2, LEARNS = 4, LEARN_DEFAULT = 2000 };

static const unsigned traits[CS_WATCH_N] = {
	[CS_WATCH_SIGNED_OFF] = MAY_AGAINST, [CS_WATCH_REVERSAL] = NEEDS_AGAINST,
	[CS_WATCH_FINGERPRINT] = LEARNS,     [CS_WATCH_APPROVAL_CODE] = LEARNS,
	[CS_WATCH_BALANCE] = LEARNS,         [CS_WATCH_TOO_FAST] = NEEDS_AGAINST | LEARNS,
};

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_policy *policy = reader->policy;
	if (policy->watch_n == CS_WATCHES_MAX)
		return cs_block_full(reader, header,
				     "watch {1} is one too many: a policy has at most 32; leave one out");
	struct cs_watch *watch = &policy->watch[policy->watch_n++];
	struct cs_ref ref = {CS_REF_LINK, &watch->link, header->name, header->place, 0};
	watch->place = header->place;
	(void)cs_reader_ref(reader, &ref);
	return watch;
}

static bool
read_against(struct cs_reader *reader, struct cs_watch_row *row, unsigned trait)
{
	struct cs_place place = reader->now.place;
	if (!cs_reader_accept_word(reader, "against"))
		return !(trait & NEEDS_AGAINST) || cs_reader_expected(reader, "\"against\" and a link");
	if (!(trait & (NEEDS_AGAINST | MAY_AGAINST)))
		return cs_reader_say(reader, place, "this signal looks at one link only; write: {2}", cs_span_text(""));
	return cs_reader_link(reader, &row->against);
}

static bool
read_after(struct cs_reader *reader, struct cs_watch_row *row, unsigned trait)
{
	static const struct cs_number bounds = {"a number of messages to learn from", 1, 100000000};
	struct cs_place place = reader->now.place;
	row->after_n = trait & LEARNS ? LEARN_DEFAULT : 0;
	if (!cs_reader_accept_word(reader, "after"))
		return true;
	if (!(trait & LEARNS))
		return cs_reader_say(reader, place, "this signal has nothing to learn first; write: {2}",
				     cs_span_text(""));
	return cs_reader_number(reader, &bounds, &row->after_n);
}

static bool
read_row(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_watch *watch = block;
	struct cs_watch_row *row = &watch->row[clause->detail];
	row->against = CS_LINKS_MAX; /* "the link itself", see check.c */
	CS_ASSERT(clause->detail < CS_WATCH_N);
	if (!read_against(reader, row, traits[clause->detail]) || !read_after(reader, row, traits[clause->detail]) ||
	    !cs_reader_need_word(reader, "otherwise") || !cs_reader_outcome(reader, &row->otherwise))
		return false;
	row->on = true;
	return true;
}

static const struct cs_clause clauses[] = {
	{"unasked", "unasked otherwise hold high", 0, read_row, CS_WATCH_UNASKED},
	{"replayed", "replayed otherwise block critical", 0, read_row, CS_WATCH_REPLAYED},
	{"signed_off", "signed_off otherwise block critical", 0, read_row, CS_WATCH_SIGNED_OFF},
	{"reversal", "reversal against core otherwise allow medium", 0, read_row, CS_WATCH_REVERSAL},
	{"fingerprint", "fingerprint after 2000 otherwise allow medium", 0, read_row, CS_WATCH_FINGERPRINT},
	{"approval_code", "approval_code after 2000 otherwise allow medium", 0, read_row, CS_WATCH_APPROVAL_CODE},
	{"balance", "balance after 2000 otherwise allow medium", 0, read_row, CS_WATCH_BALANCE},
	{"too_fast", "too_fast against core after 1000 otherwise allow medium", 0, read_row, CS_WATCH_TOO_FAST},
};

const struct cs_block cs_parse_watch = {
	"watch", "watch visa {", open, NULL, clauses, sizeof clauses / sizeof clauses[0], NULL, NULL, NULL, NULL,
};
