/*
 * Goal: what rules see is what happened: every aggregate of a policy, over a stream with late events, repeated times,
 * missing fields and other currencies, equals a plain count over the list of all events.
 * Method: a policy in words, random events, and a recount in the words' own terms: nothing of the program, of filters or
 * of windows is used for it. Then keys and codes by hand.
 */
#include "behaviour.h"

#include "detect/feed.c"

#include "policy_text.h"

enum { EVENTS = 6000, CARDS = 5, COUNTRIES = 4, TERMINALS = 6 };

static const char policy_text[] =
	"link visa { tap \"eth1\" port 5001 frame length16 dialect \"iso87-ascii\" side acquirer }\n"
	"money EUR, 1 USD = 0.9 EUR\n"
	"profile card by card {\n"
	"  n        = count() over 10min\n"
	"  before   = count() over 10min excluding this\n"
	"  drawn    = count() over 1h where cash and approved\n"
	"  spent    = sum(amount) over 1h where approved\n"
	"  habit    = mean(amount) over 1h\n"
	"  spread   = variance(amount) over 1h including this\n"
	"  least    = min(amount) over 10min\n"
	"  most     = max(amount) over 10min where not cash\n"
	"  lands    = distinct(country) over 1h max 16\n"
	"  share    = share(cash) over 10min where approved\n"
	"  land     = last(country) where cash\n"
	"  since    = since_last()\n"
	"  first    = first_seen()\n"
	"  settled  = count() over 10min delay 5min\n"
	"  abroad   = count() over 1h where country != \"276\" and amount > 50 EUR\n"
	"  lateness 60s\n"
	"}\n"
	"profile place by terminal + country { n = count() over 1h }\n"
	"profile bank by all { n = count() over 1min where not approved }\n"
	"rule spree { when card.drawn >= 3 and amount > 2 * card.habit then hold low }\n"
	"rule either { when card.spent > 150.50 EUR or card.share <= 0.25 then hold low }\n"
	"rule not_so { when not (card.lands >= 3 or card.least < card.most / 10) and card.since < 30s then hold low }\n"
	"rule dear { when approved and amount * card.n >= card.spent + 100 EUR then hold low }\n";

/* An event in plain terms; amounts in euro cents. */
struct plain {
	uint64_t time_ns;
	unsigned card;
	unsigned terminal;
	unsigned country; /* 0: missing */
	bool has_amount;
	bool cash;
	bool approved;
	int64_t amount;
	int64_t euros; /* cents as they were, before the rate */
};

static struct plain plain[EVENTS];
static unsigned plain_n;
static uint64_t seed, clock_ns;
static const struct cs_policy *policy;

static uint64_t
draw(uint64_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (seed >> 20) % below;
}

static const char *const countries[COUNTRIES] = {"", "276", "392", "512"};

static struct plain
draw_plain(void)
{
	struct plain out = {.time_ns = clock_ns,
			    .card = (unsigned)draw(CARDS),
			    .terminal = (unsigned)draw(TERMINALS),
			    .country = (unsigned)draw(COUNTRIES),
			    .has_amount = draw(8) != 0,
			    .cash = draw(2),
			    .approved = draw(3) != 0};
	out.amount = out.euros = (int64_t)draw(20000);
	if (draw(10) == 0)
		out.time_ns -= draw(60) * SECOND;
	return out;
}

static struct cs_event
event_of(struct plain *from)
{
	struct cs_event event = answer_of(from->card, from->euros, 0);
	char stan[8], terminal[9];
	event.origin.time_ns = from->time_ns;
	snprintf(stan, sizeof stan, "%06u", plain_n);
	set_text(&event, CS_FIELD_STAN, stan);
	snprintf(terminal, sizeof terminal, "TERM%04u", from->terminal);
	set_text(&event, CS_FIELD_TERMINAL, terminal);
	if (from->country)
		set_text(&event, CS_FIELD_COUNTRY, countries[from->country]);
	set_text(&event, CS_FIELD_PROCESSING, from->cash ? "010000" : "000000");
	if (!from->approved)
		event.flags &= ~(uint32_t)CS_FLAG_APPROVED;
	uint64_t currency = draw(6);
	if (currency == 0) { /* dollars: 0.9, halves up */
		event.money[0] = cs_money_of(from->euros, 840);
		from->amount = (from->euros * 9 + 5) / 10;
	} else if (currency == 1) { /* no rate for yen */
		event.money[0] = cs_money_of(from->euros, 392);
		from->has_amount = false;
	} else if (!from->has_amount) {
		event.present &= ~(UINT64_C(1) << CS_FIELD_AMOUNT);
		event.money[0] = cs_money_of(0, 0);
	}
	from->has_amount = from->has_amount || currency == 0;
	if (currency == 0)
		event.present |= UINT64_C(1) << CS_FIELD_AMOUNT, event.money[0] = cs_money_of(from->euros, 840);
	return event;
}

/* --- the recount --- */

static struct {
	__int128_t num;
	uint64_t den;
	bool present;
} want;

static void
want_number(__int128_t num, uint64_t den, bool present)
{
	want.num = num;
	want.den = den;
	want.present = present;
}

typedef bool (*choice)(const struct plain *of);

static bool
every(const struct plain *of)
{
	(void)of;
	return true;
}

static bool
approved_cash(const struct plain *of)
{
	return of->approved && of->cash;
}

static bool
approved(const struct plain *of)
{
	return of->approved;
}

static bool
declined(const struct plain *of)
{
	return !of->approved;
}

static bool
approved_amount(const struct plain *of)
{
	return of->approved && of->has_amount;
}

static bool
amount(const struct plain *of)
{
	return of->has_amount;
}

static bool
amount_no_cash(const struct plain *of)
{
	return of->has_amount && !of->cash;
}

static bool
cash_with_country(const struct plain *of)
{
	return of->cash && of->country;
}

static bool
with_country(const struct plain *of)
{
	return of->country;
}

static bool
large_abroad(const struct plain *of)
{
	return of->country > 1 && of->has_amount && of->amount > 5000;
}

struct sums {
	uint64_t n;
	uint64_t cash_n;
	__int128_t sum;
	__int128_t squares;
	int64_t least;
	int64_t most;
	unsigned countries; /* bits */
	const struct plain *last;
	uint64_t first_ns;
};

struct window {
	uint64_t length_s; /* 0: since ever */
	uint64_t delay_s;
	bool this;
};

/* Events as the newest one, NOW, sees them. */
static struct sums
count_all(const struct plain *now, struct window window, choice chosen, bool same_card)
{
	struct sums out = {.least = INT64_MAX, .most = INT64_MIN};
	for (unsigned i = 0; i + !window.this < plain_n; i++) {
		const struct plain *of = &plain[i];
		uint64_t seen_ns = of->time_ns + window.delay_s * SECOND;
		if ((same_card && of->card != now->card) || !chosen(of) || seen_ns > now->time_ns ||
		    (window.length_s && seen_ns + window.length_s * SECOND <= now->time_ns))
			continue;
		out.n++;
		out.cash_n += of->cash;
		out.sum += of->amount;
		out.squares += (__int128_t)of->amount * of->amount;
		out.least = of->amount < out.least ? of->amount : out.least;
		out.most = of->amount > out.most ? of->amount : out.most;
		out.countries |= 1u << of->country;
		out.first_ns = out.n == 1 || of->time_ns < out.first_ns ? of->time_ns : out.first_ns;
		out.last = !out.last || of->time_ns >= out.last->time_ns ? of : out.last;
	}
	return out;
}

static void
is_answer(const char *name, unsigned nth)
{
	const struct cs_profile_value *value = &made.value[nth];
	bool present = value->flags & CS_PROFILE_PRESENT;
	if (present == want.present &&
	    (!present || (value->num == want.num && (value->kind == CS_PROFILE_LAST || value->den == want.den))))
		return;
	fail_msg("event %u, %s: %lld / %llu (%u), not %lld / %llu (%u)", plain_n, name, (long long)value->num,
		 (unsigned long long)value->den, value->flags, (long long)want.num, (unsigned long long)want.den,
		 want.present);
}

static void
check_numbers(const struct plain *now)
{
	struct sums of = count_all(now, (struct window){600, 0, true}, every, true);
	want_number(of.n, 1, true);
	is_answer("n", 0);
	of = count_all(now, (struct window){600, 0, false}, every, true);
	want_number(of.n, 1, true);
	is_answer("before", 1);
	of = count_all(now, (struct window){3600, 0, true}, approved_cash, true);
	want_number(of.n, 1, true);
	is_answer("drawn", 2);
	of = count_all(now, (struct window){3600, 0, true}, approved_amount, true);
	want_number(of.sum, 1, true);
	is_answer("spent", 3);
	of = count_all(now, (struct window){3600, 0, false}, amount, true);
	want_number(of.sum, of.n, of.n > 0);
	is_answer("habit", 4);
	of = count_all(now, (struct window){3600, 0, true}, amount, true);
	want_number(of.squares * of.n - of.sum * of.sum, of.n * of.n, of.n > 0);
	is_answer("spread", 5);
	of = count_all(now, (struct window){600, 0, true}, amount, true);
	want_number(of.least, 1, of.n > 0);
	is_answer("least", 6);
	of = count_all(now, (struct window){600, 0, true}, amount_no_cash, true);
	want_number(of.most, 1, of.n > 0);
	is_answer("most", 7);
}

static void
check_others(const struct plain *now)
{
	struct sums of = count_all(now, (struct window){3600, 0, true}, with_country, true);
	want_number(__builtin_popcount(of.countries), 1, true);
	is_answer("lands", 8);
	of = count_all(now, (struct window){600, 0, true}, approved, true);
	want_number(of.cash_n, of.n, of.n > 0);
	is_answer("share", 9);
	of = count_all(now, (struct window){0, 0, false}, cash_with_country, true);
	struct cs_short land = {{0}};
	if (of.last)
		memcpy(land.at, countries[of.last->country], 3);
	want_number(cs_feed_code(&land), 1, of.last);
	is_answer("land", 10);
	of = count_all(now, (struct window){0, 0, false}, every, true);
	want_number(of.last ? now->time_ns - of.last->time_ns : 0, 1, of.last);
	is_answer("since", 11);
	want_number(of.first_ns, 1, of.n > 0);
	is_answer("first", 12);
	of = count_all(now, (struct window){600, 300, true}, every, true);
	want_number(of.n, 1, true);
	is_answer("settled", 13);
	of = count_all(now, (struct window){3600, 0, true}, large_abroad, true);
	want_number(of.n, 1, true);
	is_answer("abroad", 14);
	of = count_all(now, (struct window){60, 0, true}, declined, false);
	want_number(of.n, 1, true);
	is_answer("bank", 16);
}

/* Three values: 0 is false, 1 not known, 2 true. */
static int
truth(bool known, bool holds)
{
	return !known ? 1 : holds ? 2 : 0;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

static uint64_t fired_n[4], unknown_n[4];

static void
check_rule(unsigned nth, int truth_of)
{
	fired_n[nth] += truth_of == 2;
	unknown_n[nth] += truth_of == 1;
	if ((made.decision.fired[0] >> nth & 1) != (truth_of == 2))
		fail_msg("event %u: rule %u should be %d", plain_n, nth, truth_of);
}

/* What the rules want, of the recount. */
static void
check_rules(const struct plain *now)
{
	struct sums hour = count_all(now, (struct window){3600, 0, false}, amount, true);
	struct sums drawn = count_all(now, (struct window){3600, 0, true}, approved_cash, true);
	struct sums spent = count_all(now, (struct window){3600, 0, true}, approved_amount, true);
	struct sums share = count_all(now, (struct window){600, 0, true}, approved, true);
	struct sums lands = count_all(now, (struct window){3600, 0, true}, with_country, true);
	struct sums low = count_all(now, (struct window){600, 0, true}, amount, true);
	struct sums high = count_all(now, (struct window){600, 0, true}, amount_no_cash, true);
	struct sums ever = count_all(now, (struct window){0, 0, false}, every, true);
	struct sums n = count_all(now, (struct window){600, 0, true}, every, true);
	bool above = (__int128_t)now->amount * hour.n > 2 * hour.sum;
	check_rule(0, least(truth(true, drawn.n >= 3), truth(now->has_amount && hour.n, above)));
	int rich = truth(true, spent.sum > 15050), dull = truth(share.n, 4 * share.cash_n <= share.n);
	check_rule(1, rich > dull ? rich : dull);
	int many = truth(true, __builtin_popcount(lands.countries) >= 3);
	int wide = truth(low.n && high.n, (__int128_t)low.least * 10 < high.most);
	int quick = truth(ever.n, ever.last && now->time_ns - ever.last->time_ns < UINT64_C(30) * SECOND);
	check_rule(2, least(2 - (many > wide ? many : wide), quick));
	bool dear = (__int128_t)now->amount * n.n >= spent.sum + 10000;
	check_rule(3, least(truth(true, now->approved), truth(now->has_amount, dear)));
}

static void
check_pair(const struct plain *now)
{
	uint64_t n = 0;
	for (unsigned i = 0; i < plain_n; i++)
		n += plain[i].terminal == now->terminal && plain[i].country == now->country &&
		     plain[i].time_ns <= now->time_ns && plain[i].time_ns + UINT64_C(3600) * SECOND > now->time_ns;
	assert_int_equal(made.known[1], now->country != 0);
	if (!now->country)
		return;
	want_number(n, 1, true);
	is_answer("place", 15);
}

static void
start(void)
{
	memset(&made, 0, sizeof made);
	policy = compiled(policy_text);
	made.coverage = cs_coverage_new(policy->link_n, 4);
	made.detect = cs_detect_new(policy, made.coverage, &(struct cs_detect_sink){hear_finding, NULL});
	assert_non_null(made.detect);
	cs_behave_observe(cs_detect_behave(made.detect), (struct cs_behave_observer){hear_decision, NULL});
}

static void
rules_see_what_happened(void **state)
{
	(void)state;
	for (uint64_t round = 1; round <= 3; round++) {
		seed = round;
		plain_n = 0;
		clock_ns = epoch_ns;
		start();
		for (unsigned i = 0; i < EVENTS / 3; i++) {
			clock_ns += draw(4) ? draw(UINT64_C(60) * SECOND) : 0;
			clock_ns += draw(300) == 0 ? draw(3400) * SECOND : 0;
			struct plain now = draw_plain();
			struct cs_event event = event_of(&now);
			plain[plain_n++] = now;
			tell(&event);
			made.heard_n = 0;
			assert_int_equal(made.decision_n, i + 1);
			assert_true(made.known[0] && made.known[2]);
			check_numbers(&now);
			check_others(&now);
			check_pair(&now);
			check_rules(&now);
		}
		const struct cs_behave *behave = cs_detect_behave(made.detect);
		assert_true(cs_behave_counts_of(behave)->unconverted_n > 0);
		for (unsigned i = 0; i < 4; i++) {
			assert_int_equal(cs_behave_counts_of(behave)->rule[i].fired_n, fired_n[i]);
			assert_int_equal(cs_behave_counts_of(behave)->rule[i].unknown_n, unknown_n[i]);
			assert_true(fired_n[i] > 5 && fired_n[i] < EVENTS / 3 - 5);
			fired_n[i] = unknown_n[i] = 0;
		}
		stop_behaviour();
	}
}

/* --- by hand --- */

static void
texts_and_their_codes(void **state)
{
	(void)state;
	struct cs_short text = {"TERM0001"}, out = {{0}};
	assert_true(cs_feed_decode(cs_feed_code(&text), &out));
	assert_memory_equal(&text, &out, sizeof text);
	struct cs_short empty = {{0}};
	assert_int_equal(cs_feed_code(&empty), 0);
	assert_true(cs_feed_decode(0, &out));
	struct cs_short longer = {"MERCHANT0000001"}, other = {"MERCHANT0000002"};
	assert_true(cs_feed_code(&longer) != cs_feed_code(&other));
	assert_false(cs_feed_decode(cs_feed_code(&longer), &out));
}

static void
keys_of_all_sorts(void **state)
{
	(void)state;
	struct cs_event event = answer_of(1, 100, 1);
	struct cs_key key[4];
	assert_true(cs_feed_key(&(struct cs_key_clause){.n = 0}, &event, &key[0]));
	assert_true(cs_feed_key(&(struct cs_key_clause){.n = 1, .field = {CS_FIELD_CARD}}, &event, &key[1]));
	assert_memory_equal(key[1].identity, event.card.token.half, sizeof key[1].identity);
	const struct cs_key_clause pair = {.n = 2, .field = {CS_FIELD_TERMINAL, CS_FIELD_BIN}},
				   turned = {.n = 2, .field = {CS_FIELD_BIN, CS_FIELD_TERMINAL}};
	assert_true(cs_feed_key(&pair, &event, &key[2]) && cs_feed_key(&turned, &event, &key[3]));
	assert_memory_not_equal(key[2].identity, key[3].identity, sizeof key[2].identity);
	assert_true(cs_feed_key(&(struct cs_key_clause){.n = 1, .field = {CS_FIELD_CURRENCY}}, &event, &key[0]));
	assert_memory_equal(key[0].identity, "978", 4);
	const struct cs_key_clause own = {.n = 1, .field = {CS_FIELD_TERMINAL}, .record = true};
	assert_false(cs_feed_key(&own, &event, &key[0]));
	event.kind = CS_KIND_RECORD;
	assert_true(cs_feed_key(&own, &event, &key[0]));
	cs_event_drop_text(&event, CS_FIELD_TERMINAL);
	assert_false(cs_feed_key(&pair, &event, &key[0]));
	event.flags = 0;
	assert_false(cs_feed_key(&(struct cs_key_clause){.n = 1, .field = {CS_FIELD_CARD}}, &event, &key[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_see_what_happened),
		cmocka_unit_test(texts_and_their_codes),
		cmocka_unit_test(keys_of_all_sorts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
