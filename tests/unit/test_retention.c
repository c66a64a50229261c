/*
 * Goal: nothing goes too early, nothing needed goes at all, and what must go does, in the order that costs least.
 * Method: journals of a few volumes, as numbers only; each step taken on them as it would be, to the end.
 */
#include "check.h"

#include "engine/retention.c"

enum { VOLUMES_N = 5, DAY = 1000 };

static struct cs_surveyed volume[VOLUMES_N];
static bool left[VOLUMES_N];
static struct cs_keep_state state;
static struct cs_keep keep;

/* Five volumes of 100 records and 100 bytes, one a day; now is the end of the last day. */
static int
set_up(void **unused)
{
	(void)unused;
	for (uint32_t i = 0; i < VOLUMES_N; i++) {
		volume[i] = (struct cs_surveyed){
			.number = i + 1,
			.form = CS_VOLUME_PLAIN,
			.readable = true,
			.keyed = true,
			.bytes = 100,
			.first_seq = 100 * i,
			.next_seq = 100 * (i + 1),
			.from_ns = 100000 + DAY * i,
			.to_ns = 100000 + DAY * (i + 1),
		};
		left[i] = false;
	}
	state = (struct cs_keep_state){
		.now_ns = 100000 + DAY * VOLUMES_N,
		.needed_seq = 500,
		.policy_seq = 500,
		.bytes = 500,
		.n = VOLUMES_N,
		.volume = volume,
		.left = left,
	};
	keep = (struct cs_keep){0};
	return 0;
}

/* Takes a step as it would come out; its words: "pack 1", "thin 2 re", "remove 1", with "!" behind those for size. */
static bool
step(struct cs_text *said)
{
	static const char *const names[] = {"", "pack ", "thin ", "remove "};
	struct cs_keep_step next = cs_retention_next(&keep, &state);
	if (next.what == CS_KEEP_DONE)
		return false;
	struct cs_surveyed *of = &volume[next.nth + (VOLUMES_N - state.n)];
	cs_text_put(said, said->len ? ", " : "");
	cs_text_put(said, names[next.what]);
	cs_text_put_u64(said, of->number);
	cs_text_put(said, next.what == CS_KEEP_THIN ? " " : "");
	for (unsigned i = 0; i < CS_KEEP_CLASSES; i++)
		cs_text_put(said, next.fresh >> i & 1 ? (const char *[]){"r", "e", "a"}[i] : "");
	cs_text_put(said, next.by_size ? "!" : "");
	uint64_t after = next.what == CS_KEEP_PACK ? 40 : next.what == CS_KEEP_THIN ? 10 : 0;
	if (next.what == CS_KEEP_THIN && next.classes == CS_KEEP_RAW)
		after = 30;
	state.bytes -= of->bytes - after;
	of->bytes = after;
	of->form = next.what == CS_KEEP_PACK ? CS_VOLUME_PACKED : CS_VOLUME_THIN;
	of->gone_kinds |= cs_retention_kinds(next.classes);
	if (next.what == CS_KEEP_REMOVE) {
		state.volume++;
		state.left++;
		state.n--;
	}
	return true;
}

static const char *
steps(void)
{
	static char at[512];
	struct cs_text said = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < 100 && step(&said); i++)
		continue;
	return at;
}

static void
test_for_ever(void **unused)
{
	(void)unused;
	assert_string_equal(steps(), "");
	assert_string_equal(cs_retention_hindrance(&keep, &state), "");
}

static void
test_by_age(void **unused)
{
	(void)unused;
	keep.events_ns = 2 * DAY; /* the third volume ends just so long ago */
	keep.raw_ns = 1 * DAY;
	keep.alerts_ns = 3 * DAY;
	assert_string_equal(steps(), "thin 1 rea, thin 2 re, thin 3 r");
	state.now_ns++;
	assert_string_equal(steps(), "thin 2 a, thin 3 e, thin 4 r");
	state.now_ns += 100 * DAY;
	assert_string_equal(steps(), "thin 3 a, thin 4 ea");
}

static void
test_alerts_outlive_their_events(void **unused)
{
	(void)unused;
	keep.events_ns = 3 * DAY;
	keep.alerts_ns = 1 * DAY;
	state.now_ns++;
	assert_string_equal(steps(), "thin 1 ea, thin 2 ea");
	(void)set_up(NULL);
	keep.alerts_ns = 1 * DAY; /* events: for ever */
	assert_string_equal(steps(), "");
}

static void
test_what_is_needed_stays(void **unused)
{
	(void)unused;
	keep.events_ns = 1;
	state.needed_seq = 299;
	assert_string_equal(steps(), "thin 1 e, thin 2 e");
	state.needed_seq = 300;
	assert_string_equal(steps(), "thin 3 e");
	(void)set_up(NULL);
	keep.events_ns = keep.size_bytes = 1;
	state.needed_seq = 0;
	/* Packing loses nothing. */
	assert_string_equal(steps(), "pack 1!, pack 2!, pack 3!, pack 4!");
	assert_string_equal(cs_retention_hindrance(&keep, &state), "all that is left is needed");
	state.bytes += 100;
	assert_string_equal(cs_retention_hindrance(&keep, &state),
			    "snapshots, and what else is no volume, are larger than that alone");
}

static void
test_the_newest_stays(void **unused)
{
	(void)unused;
	keep.events_ns = 1;
	state.now_ns += 1000 * DAY;
	state.needed_seq = UINT64_MAX;
	assert_string_equal(steps(), "thin 1 e, thin 2 e, thin 3 e, thin 4 e");
	state.all_closed = true;
	assert_string_equal(steps(), "thin 5 e");
}

static void
test_by_size_packs_then_thins_then_removes(void **unused)
{
	(void)unused;
	keep.size_bytes = 400;
	assert_string_equal(steps(), "pack 1!, pack 2!");
	keep.size_bytes = 240;
	assert_string_equal(steps(), "pack 3!, pack 4!, thin 1 re!");
	keep.size_bytes = 130;
	assert_string_equal(steps(), "thin 2 re!, thin 3 re!, thin 4 re!, remove 1!");
	keep.size_bytes = 1;
	assert_string_equal(steps(), "remove 2!, remove 3!, remove 4!");
	assert_int_equal(state.n, 1);
	assert_int_equal(state.bytes, 100);
	assert_string_equal(cs_retention_hindrance(&keep, &state),
			    "there is one volume only, and it is the newest; make segments smaller");
}

static void
test_raw_goes_before_events_when_there_is_too_much(void **unused)
{
	(void)unused;
	keep.raw = true;
	keep.size_bytes = 230;
	assert_string_equal(steps(), "pack 1!, pack 2!, pack 3!, pack 4!, thin 1 r!, thin 2 r!, thin 3 r!");
	keep.size_bytes = 180;
	assert_string_equal(steps(), "thin 4 r!, thin 1 e!, thin 2 e!");
}

static void
test_the_policy_in_force_is_not_removed(void **unused)
{
	(void)unused;
	keep.size_bytes = 1;
	state.policy_seq = 150;
	assert_string_equal(steps(), "pack 1!, pack 2!, pack 3!, pack 4!, thin 1 re!, thin 2 re!, thin 3 re!, thin 4 "
				     "re!, remove 1!");
	assert_string_equal(cs_retention_hindrance(&keep, &state),
			    "the oldest volume holds the policy that the snapshots need");
}

static void
test_age_goes_before_size(void **unused)
{
	(void)unused;
	keep.events_ns = 3 * DAY;
	keep.size_bytes = 390;
	state.now_ns++;
	assert_string_equal(steps(), "thin 1 e, thin 2 e");
}

static void
test_what_cannot_be_worked_on_holds_up_nobody(void **unused)
{
	(void)unused;
	keep.events_ns = 1;
	left[0] = true;
	volume[1].readable = false;
	volume[2].to_ns = 0; /* notes only: nothing in it grows old */
	assert_string_equal(steps(), "thin 4 e");
	keep.size_bytes = 1;
	assert_string_equal(steps(), "pack 3!");
	assert_string_equal(cs_retention_hindrance(&keep, &state),
			    "its oldest volume is damaged, or could not be worked on");
}

static void
test_every_kind_has_its_class(void **unused)
{
	(void)unused;
	uint32_t all = cs_retention_kinds(CS_KEEP_RAW | CS_KEEP_EVENTS | CS_KEEP_ALERTS), stay = 0;
	static const enum cs_record_kind always[] = {CS_RECORD_NONE,       CS_RECORD_HEAD,     CS_RECORD_POLICY,
						     CS_RECORD_CHECKPOINT, CS_RECORD_OPERATOR, CS_RECORD_RESUME,
						     CS_RECORD_SOURCES,    CS_RECORD_LIST,     CS_RECORD_LISTED,
						     CS_RECORD_CARRY,      CS_RECORD_ROSTER};
	for (unsigned i = 0; i < sizeof always / sizeof always[0]; i++)
		stay |= UINT32_C(1) << always[i];
	assert_int_equal(all & stay, 0);
	assert_int_equal(all | stay, (UINT32_C(1) << CS_RECORD_N) - 1);
	assert_int_equal(cs_retention_kinds(CS_KEEP_RAW) & cs_retention_kinds(CS_KEEP_EVENTS | CS_KEEP_ALERTS), 0);
	assert_int_equal(cs_retention_kinds(CS_KEEP_EVENTS) & cs_retention_kinds(CS_KEEP_ALERTS), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_for_ever, set_up),
		cmocka_unit_test_setup(test_by_age, set_up),
		cmocka_unit_test_setup(test_alerts_outlive_their_events, set_up),
		cmocka_unit_test_setup(test_what_is_needed_stays, set_up),
		cmocka_unit_test_setup(test_the_newest_stays, set_up),
		cmocka_unit_test_setup(test_by_size_packs_then_thins_then_removes, set_up),
		cmocka_unit_test_setup(test_raw_goes_before_events_when_there_is_too_much, set_up),
		cmocka_unit_test_setup(test_the_policy_in_force_is_not_removed, set_up),
		cmocka_unit_test_setup(test_age_goes_before_size, set_up),
		cmocka_unit_test_setup(test_what_cannot_be_worked_on_holds_up_nobody, set_up),
		cmocka_unit_test_setup(test_every_kind_has_its_class, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
