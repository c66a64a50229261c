/*
 * Answers: from folds, a record's or the total of a heavy key's span, to numbers that are exact or say that they are not.
 *
 * At the key's own time the folds are at hand; for another time (a late event, a question without an event) they are made
 * anew in a copy of the record, which costs a pass over its log. Nothing is changed here. No floating point: a mean is a
 * sum and a count, a variance the numbers it is the quotient of, in 128 bits or not at all.
 */
#include "state/profile.h"

#include "state/fold.h"

/* Squares of so many values that are not wide cannot leave 128 bits. */
static const uint64_t squares_max_n = UINT64_C(1) << 35;

/* Where the folds of one aggregate are. */
struct reader {
	const struct cs_profile *profile;
	const struct cs_profile_record *record; /* as it is at the time asked */
	struct cs_window_log *log;
	uint64_t time_ns;
	bool own_time; /* that of the key's clock */
	_Alignas(16) uint8_t scratch[CS_WINDOW_TOTAL_MAX];
};

/* What is asked: at which time, without or with the current event, and from which number on. */
struct asked {
	uint64_t time_ns;
	bool own_time;
	bool current;
	unsigned first;
};

static const struct cs_fold *
fold_of(const struct reader *reader, unsigned nth)
{
	return &reader->profile->layout->fold[nth];
}

static const uint8_t *
at_of(struct reader *reader, const struct cs_fold *fold)
{
	const struct cs_profile *profile = reader->profile;
	if (fold->ever || !reader->record->heavy)
		return (const uint8_t *)reader->record + fold->at;
	const struct cs_window_heavy *heavy = cs_profile_heavy(profile, reader->record->heavy - 1);
	return cs_window_bucket_total(profile->layout, heavy, fold->span, reader->time_ns, reader->scratch) +
	       fold->bucket_at;
}

static uint64_t
count_of(struct reader *reader, unsigned nth)
{
	const struct cs_fold *fold = fold_of(reader, nth);
	const uint8_t *at = at_of(reader, fold);
	return fold->ever || reader->record->heavy ? cs_fold_get64(at) : cs_fold_get16(at);
}

static __int128_t
sum_of(struct reader *reader, unsigned nth)
{
	return cs_fold_get128(at_of(reader, fold_of(reader, nth)));
}

static void
answer_number(struct cs_profile_value *out, __int128_t num, uint64_t den)
{
	out->num = num;
	out->den = den;
	out->flags |= CS_PROFILE_PRESENT;
}

static void
answer_variance(struct reader *reader, const struct cs_profile_answer *answer, struct cs_profile_value *out)
{
	const struct cs_fold *fold = fold_of(reader, answer->squares);
	uint64_t n = count_of(reader, answer->count);
	const uint8_t *at = at_of(reader, fold);
	bool long_count = fold->ever || reader->record->heavy;
	uint64_t wide_n =
		long_count ? cs_fold_get64(at + 16) : cs_fold_get16((const uint8_t *)reader->record + fold->wide_at);
	__int128_t squares = cs_fold_get128(at), sum = sum_of(reader, answer->value);
	__int128_t left, right, num;
	uint64_t den;
	if (n == 0)
		return;
	if (wide_n || n >= squares_max_n || __builtin_mul_overflow(squares, (__int128_t)n, &left) ||
	    __builtin_mul_overflow(sum, sum, &right) || __builtin_sub_overflow(left, right, &num) ||
	    __builtin_mul_overflow(n, n, &den)) {
		out->flags |= CS_PROFILE_OVERFLOW;
		return;
	}
	answer_number(out, num, den);
}

static void
answer_distinct(struct reader *reader, const struct cs_profile_answer *answer, struct cs_profile_value *out)
{
	const struct cs_profile *profile = reader->profile;
	const struct cs_fold *fold = fold_of(reader, answer->value);
	if (!reader->record->heavy) {
		answer_number(out, cs_fold_get16((const uint8_t *)reader->record + fold->at), 1);
		return;
	}
	const struct cs_window_heavy *heavy = cs_profile_heavy(profile, reader->record->heavy - 1);
	bool short_of;
	answer_number(out, cs_window_bucket_distinct(profile->layout, heavy, fold, reader->time_ns, &short_of), 1);
	out->flags |= short_of ? CS_PROFILE_AT_LEAST : 0;
}

static void
answer_last(struct reader *reader, const struct cs_profile_answer *answer, struct cs_profile_value *out)
{
	uint64_t time_ns = 0;
	int64_t value = 0;
	bool known = cs_window_log_last(reader->log, fold_of(reader, answer->value), &time_ns, &value) &&
		     time_ns <= reader->time_ns;
	if (!known || (answer->window_ns && reader->time_ns - time_ns >= answer->window_ns))
		return;
	if (answer->kind == CS_PROFILE_LAST)
		answer_number(out, value, time_ns);
	else
		answer_number(out, reader->time_ns - time_ns, 1);
	/* What may be missing is older than this. */
	if (reader->record->lost_ns <= time_ns)
		out->flags &= (uint8_t)~CS_PROFILE_AT_LEAST;
}

static void
answer_first(struct reader *reader, const struct cs_profile_answer *answer, struct cs_profile_value *out)
{
	uint64_t first = cs_fold_get64(at_of(reader, fold_of(reader, answer->value)));
	if (first && first - 1 <= reader->time_ns)
		answer_number(out, first - 1, 1);
}

static void
answer_number_of(struct reader *reader, const struct cs_profile_answer *answer, struct cs_profile_value *out)
{
	switch ((enum cs_profile_kind)answer->kind) {
	case CS_PROFILE_COUNT:
		answer_number(out, count_of(reader, answer->count), 1);
		return;
	case CS_PROFILE_SUM:
		answer_number(out, sum_of(reader, answer->value), 1);
		return;
	case CS_PROFILE_MEAN:
		if (count_of(reader, answer->count))
			answer_number(out, sum_of(reader, answer->value), count_of(reader, answer->count));
		return;
	case CS_PROFILE_SHARE:
		if (count_of(reader, answer->count))
			answer_number(out, count_of(reader, answer->value), count_of(reader, answer->count));
		return;
	case CS_PROFILE_MIN:
	case CS_PROFILE_MAX:
		if (count_of(reader, answer->count))
			answer_number(out, (int64_t)cs_fold_get64(at_of(reader, fold_of(reader, answer->value))), 1);
		return;
	case CS_PROFILE_VARIANCE:
		answer_variance(reader, answer, out);
		return;
	case CS_PROFILE_DISTINCT:
		answer_distinct(reader, answer, out);
		return;
	case CS_PROFILE_LAST:
	case CS_PROFILE_SINCE_LAST:
		answer_last(reader, answer, out);
		return;
	case CS_PROFILE_FIRST_SEEN:
		answer_first(reader, answer, out);
		return;
	case CS_PROFILE_KIND_N:
		break;
	}
	CS_ASSERT(false); /* no such kind */
}

/* What a heavy key's answer may differ by. */
static void
state_bound(const struct reader *reader, const struct cs_profile_answer *answer, struct cs_profile_value *out)
{
	const struct cs_profile_layout *layout = reader->profile->layout;
	bool kept = answer->kind == CS_PROFILE_LAST || answer->kind == CS_PROFILE_SINCE_LAST;
	if (answer->ever || kept || (answer->kind == CS_PROFILE_DISTINCT && reader->own_time))
		return;
	const struct cs_window_heavy *heavy = cs_profile_heavy(reader->profile, reader->record->heavy - 1);
	uint64_t bound = cs_window_bucket_bound(layout, heavy, &layout->fold[answer->count], reader->time_ns);
	out->flags |= CS_PROFILE_BOUNDED;
	out->bound_n = bound < UINT32_MAX ? (uint32_t)bound : UINT32_MAX;
}

static inline void
set_quotient(struct cs_profile_value *out, uint8_t kind, __int128_t num, uint64_t n)
{
	*out = (struct cs_profile_value){.num = num, .den = n + !n, .kind = kind, .flags = n ? CS_PROFILE_PRESENT : 0};
}

/* The frequent answers of a key that is not heavy, one form after the other, so that nothing has to be guessed. Sums of
 * nothing are 0. Gives how many it answered. */
static inline unsigned
answer_plain(const struct cs_profile_layout *layout, const struct cs_profile_record *asked_of, bool current,
	     struct cs_profile_value *values)
{
	const uint8_t *const record = (const uint8_t *)asked_of, *const form_n = layout->form_n[current];
	const uint8_t *asked = layout->asked[current];
	const struct cs_profile_answer *const answers = layout->answer;
	for (unsigned n = form_n[CS_FORM_COUNT]; n > 0; n--, asked++)
		set_quotient(&values[*asked], answers[*asked].kind, cs_fold_get16(record + answers[*asked].fold_at), 1);
	for (unsigned n = form_n[CS_FORM_SUM]; n > 0; n--, asked++)
		set_quotient(&values[*asked], CS_PROFILE_SUM, cs_fold_get128(record + answers[*asked].fold_at), 1);
	for (unsigned n = form_n[CS_FORM_MEAN]; n > 0; n--, asked++)
		set_quotient(&values[*asked], CS_PROFILE_MEAN, cs_fold_get128(record + answers[*asked].fold_at),
			     cs_fold_get16(record + answers[*asked].count_at));
	for (unsigned n = form_n[CS_FORM_SHARE]; n > 0; n--, asked++)
		set_quotient(&values[*asked], CS_PROFILE_SHARE, cs_fold_get16(record + answers[*asked].fold_at),
			     cs_fold_get16(record + answers[*asked].count_at));
	for (unsigned n = form_n[CS_FORM_EXTREME]; n > 0; n--, asked++) {
		const bool any = cs_fold_get16(record + answers[*asked].count_at) != 0;
		const int64_t best = (int64_t)cs_fold_get64(record + answers[*asked].fold_at);
		set_quotient(&values[*asked], answers[*asked].kind, best & -(int64_t)any, any);
	}
	return (unsigned)(asked - layout->asked[current]);
}

/* Events that are missing may have been in these windows. */
static void
state_missing(const struct cs_profile_layout *layout, const struct cs_profile_record *record, uint64_t time_ns,
	      bool current, struct cs_profile_value *values)
{
	for (unsigned i = 0; i < layout->asked_n[current] - layout->form_n[current][CS_FORM_OTHER]; i++) {
		const unsigned nth = layout->asked[current][i];
		if (record->lost_ns + layout->answer[nth].from_ns > time_ns)
			values[nth].flags |= CS_PROFILE_AT_LEAST;
	}
}

/* The answers from number FIRST on of those asked. */
static void
answer_others(struct reader *reader, unsigned first, bool current, struct cs_profile_value *values)
{
	const struct cs_profile_layout *layout = reader->profile->layout;
	const uint64_t lost_ns = reader->record->lost_ns;
	for (unsigned i = first; i < layout->asked_n[current]; i++) {
		const unsigned nth = layout->asked[current][i];
		const struct cs_profile_answer *answer = &layout->answer[nth];
		const bool missing = lost_ns && lost_ns + answer->from_ns > reader->time_ns;
		struct cs_profile_value *value = &values[nth];
		*value = (struct cs_profile_value){
			.den = 1, .kind = answer->kind, .flags = missing ? CS_PROFILE_AT_LEAST : 0};
		answer_number_of(reader, answer, value);
		if (reader->record->heavy)
			state_bound(reader, answer, value);
	}
}

/* RECORD is the key's, or a copy of it as it was at another time. */
static __attribute__((noinline)) void
answer_from(const struct cs_profile *profile, struct cs_profile_record *record, struct cs_window_log *log,
	    struct asked asked, struct cs_profile_value *values)
{
	struct reader reader;
	reader.profile = profile;
	reader.record = record;
	reader.log = log;
	reader.time_ns = asked.time_ns;
	reader.own_time = asked.own_time;
	answer_others(&reader, asked.first, asked.current, values);
}

/* At another time than the key's own: from a copy whose folds are made anew. */
static __attribute__((noinline)) void
answer_then(const struct cs_profile *profile, const struct cs_profile_record *record, uint64_t time_ns, bool current,
	    struct cs_profile_value *values)
{
	_Alignas(16) uint8_t copy[CS_PROFILE_RECORD_MAX];
	struct cs_profile_record *then = (struct cs_profile_record *)(void *)copy;
	memcpy(copy, record, profile->layout->record_bytes);
	struct cs_window_log log = cs_window_log_of(profile->layout, &profile->logs, then);
	cs_window_log_rebuild(&log, time_ns);
	answer_from(profile, then, &log, (struct asked){time_ns, false, current, 0}, values);
}

void
cs_profile_answer(const struct cs_profile *profile, const struct cs_profile_record *record, uint64_t time_ns,
		  bool current, struct cs_profile_value *values)
{
	const struct cs_profile_layout *layout = profile->layout;
	const unsigned asked_n = layout->asked_n[current];
	unsigned first = 0;
	if (asked_n == 0)
		return;
	if (time_ns != record->head.clock_ns) {
		answer_then(profile, record, time_ns, current, values);
		return;
	}
	if (!record->heavy) {
		first = answer_plain(layout, record, current, values);
		if (record->lost_ns)
			state_missing(layout, record, time_ns, current, values);
	}
	if (first == asked_n)
		return;
	struct cs_profile_record *own = (struct cs_profile_record *)(uintptr_t)record;
	struct cs_window_log log = cs_window_log_of(layout, &profile->logs, own);
	answer_from(profile, own, &log, (struct asked){time_ns, true, current, first}, values);
}

bool
cs_profile_read(const struct cs_profile *profile, const struct cs_key *key, uint64_t time_ns,
		struct cs_profile_value *values)
{
	if (time_ns + profile->layout->plan.lateness_ns < profile->clock_ns)
		return false;
	_Alignas(16) uint8_t empty[CS_PROFILE_RECORD_MAX];
	const struct cs_key_head *head = cs_key_table_find(&profile->keys, key);
	const struct cs_profile_record *record = (const struct cs_profile_record *)head;
	if (!record) {
		struct cs_profile_record *made = (struct cs_profile_record *)(void *)empty;
		memset(empty, 0, profile->layout->record_bytes);
		made->lost_ns = profile->evicted_ns;
		made->head.clock_ns = time_ns;
		record = made;
	}
	cs_profile_answer(profile, record, time_ns, false, values);
	cs_profile_answer(profile, record, time_ns, true, values);
	return true;
}

struct cs_ratio
cs_profile_ratio(const struct cs_profile_value *value)
{
	CS_ASSERT(value->flags & CS_PROFILE_PRESENT);
	return (struct cs_ratio){value->num, value->kind == CS_PROFILE_LAST ? 1 : value->den};
}

void
cs_profile_put(struct cs_text *text, const struct cs_profile_value *value, unsigned decimals)
{
	if (!(value->flags & CS_PROFILE_PRESENT)) {
		cs_text_put(text, value->flags & CS_PROFILE_OVERFLOW ? "overflow" : "-");
		return;
	}
	bool counts = value->kind == CS_PROFILE_COUNT || value->kind == CS_PROFILE_DISTINCT;
	bool bounded = value->flags & CS_PROFILE_BOUNDED, at_least = value->flags & CS_PROFILE_AT_LEAST;
	if (at_least && !bounded && counts)
		cs_text_put(text, ">= ");
	else if (bounded && !at_least && counts)
		cs_text_put(text, "<= ");
	else if (bounded || at_least)
		cs_text_put(text, "~");
	bool quotient =
		value->kind == CS_PROFILE_MEAN || value->kind == CS_PROFILE_VARIANCE || value->kind == CS_PROFILE_SHARE;
	struct cs_ratio ratio = cs_profile_ratio(value);
	cs_ratio_put(text, &ratio, quotient ? decimals : 0);
}
