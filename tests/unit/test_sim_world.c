/*
 * Goal: same seed, same bytes; the truth agrees with what was done; cards are valid and never in clear.
 * Method: whole small worlds run into a folder for the occasion, files compared and searched.
 */
#include "check.h"

#include "world.c"

#include "io/file.h"

#include <stdio.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 1 << 28 };

static const char story_text[] = "minutes 6\nrate 40/s\ncards 500\ntroubles usual\necho 20s\nkeepalive 15s\n"
				 "trouble repeat_request 3%\ntrouble late_answer 2%\n"
				 "outage by_sign_off at 00:02 for 30s\nfailover visa at 00:03\n"
				 "attack cashout-a variant aix at 00:01 for 4min cards 3 rate 1/s inquiries 20%\n"
				 "attack cashout-b variant linux at 00:03 for 2min cards 3 rate 0.5/s countries 3\n";

struct run {
	char path[4][64]; /* both captures, the truth, the changes at the card system */
	struct cs_span file[4];
	struct cs_truth_summary count;
	uint64_t row_n;
	uint64_t captured_n;
};

static void
run(struct run *run, uint64_t seed, const char *extra)
{
	static struct cs_world world;
	char text[1024];
	char folder[] = "/tmp/countersign-sim-XXXXXX";
	struct cs_story story;
	struct cs_story_fault fault;
	snprintf(text, sizeof text, "%s%s", story_text, extra);
	assert_int_equal(cs_story_read(cs_span_text(text), &story, &fault), CS_OK);
	assert_non_null(mkdtemp(folder));
	for (unsigned i = 0; i < 4; i++)
		snprintf(run->path[i], sizeof run->path[i], "%s/%u", folder, i);
	struct cs_world_setting setting = {&story, seed, run->path[0], run->path[1], run->path[2], run->path[3]};
	assert_int_equal(cs_world_open(&world, &setting), CS_OK);
	cs_world_run(&world);
	assert_int_equal(world.deal_n, 0); /* every deal came to its end */
	assert_int_equal(world.queue.n, 0);
	assert_int_equal(cs_world_close(&world), CS_OK);
	run->count = world.count;
	run->row_n = world.truth.row_n;
	run->captured_n = world.truth.captured_n;
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(cs_file_read(run->path[i], FILE_BYTES_MAX, &run->file[i]), CS_OK);
		unlink(run->path[i]);
	}
	rmdir(folder);
}

static void
done(struct run *run)
{
	for (unsigned i = 0; i < 4; i++)
		if (run->file[i].at)
			cs_file_free(run->file[i]);
}

static void
same_seed_same_bytes(void **state)
{
	(void)state;
	struct run a, b, c;
	run(&a, 5, "");
	run(&b, 5, "");
	run(&c, 6, "");
	for (unsigned i = 0; i < 3; i++) {
		assert_true(cs_span_equal(a.file[i], b.file[i]));
		assert_false(cs_span_equal(a.file[i], c.file[i]));
	}
	assert_int_equal(a.count.refused, 0);
	assert_int_equal(a.count.stand_ins, a.count.advices);
	assert_true(a.count.stand_ins > 100);
	assert_true(a.count.reversals > 50);
	assert_in_range(a.count.transactions, 13000, 16000);
	done(&a);
	done(&b);
	done(&c);
}

static void
truth_has_a_row_for_each(void **state)
{
	(void)state;
	struct run a;
	run(&a, 5, "");
	uint64_t lines = 0;
	for (size_t i = 0; i < a.file[2].len; i++)
		lines += a.file[2].at[i] == '\n';
	assert_int_equal(lines, a.row_n + 1);
	assert_in_range(a.row_n, 200, 400);
	assert_int_equal(a.captured_n, a.row_n);
	/* a card number would be sixteen digits in a row */
	unsigned digits = 0;
	for (size_t i = 0; i < a.file[2].len; i++) {
		digits = a.file[2].at[i] >= '0' && a.file[2].at[i] <= '9' ? digits + 1 : 0;
		assert_true(digits < 13);
	}
	done(&a);
}

static void
loss_changes_nothing_but_the_capture(void **state)
{
	(void)state;
	struct run whole, lossy;
	run(&whole, 5, "");
	run(&lossy, 5, "loss 5%\n");
	assert_int_equal(lossy.row_n, whole.row_n);
	assert_true(lossy.captured_n < whole.row_n);
	uint64_t lost = lossy.count.lost_packets[0] + lossy.count.lost_packets[1];
	uint64_t kept = lossy.count.packets[0] + lossy.count.packets[1];
	assert_int_equal(lost + kept, whole.count.packets[0] + whole.count.packets[1]);
	assert_in_range(lost * 1000 / (lost + kept), 45, 55);
	done(&whole);
	done(&lossy);
}

static const char habits_text[] = "habits usual\nabroad 20%\nnew_cards 20%\nresting 20%\nchanges every 10s\n"
				  "busy at 00:01 for 1min traffic 3x cash 80%\ntravel at 00:00 for 48h share 25%\n"
				  "chip_fault atm 3 at 00:02 for 3min\n"
				  "attack genuine-unlimited at 00:03 for 3min cards 4 rate 1/s countries 9 stripe "
				  "lifted 2min resets 30s probe 90s\n";

/* Lines that have both texts. */
static unsigned
lines_with(struct cs_span in, const char *one, const char *other)
{
	unsigned n = 0;
	const char *end = (const char *)in.at + in.len;
	for (const char *line = (const char *)in.at; line < end; line = strchr(line, '\n') + 1) {
		size_t len = (size_t)(strchr(line, '\n') - line);
		n += memmem(line, len, one, strlen(one)) && memmem(line, len, other, strlen(other));
	}
	return n;
}

static void
habits_give_the_same_bytes_too(void **state)
{
	(void)state;
	struct run a, b, c;
	run(&a, 5, habits_text);
	run(&b, 5, habits_text);
	run(&c, 6, habits_text);
	for (unsigned i = 0; i < 4; i++) {
		assert_true(cs_span_equal(a.file[i], b.file[i]));
		assert_false(cs_span_equal(a.file[i], c.file[i]));
	}
	done(&a);
	done(&b);
	done(&c);
}

static void
changes_are_those_of_the_story(void **state)
{
	(void)state;
	struct run plain, a;
	run(&plain, 5, "");
	assert_int_equal(plain.file[3].len, 0);
	run(&a, 5, habits_text);
	/* four cards lifted once each; each reset in every half minute of the attack but the first */
	assert_int_equal(lines_with(a.file[3], "limit_raised", "\"after\":1000000,"), 4);
	assert_in_range(lines_with(a.file[3], "counter_reset", "\"before\":5000,"), 4 * 4, 4 * 5);
	assert_true(lines_with(a.file[3], "limit_raised", "\"approver\":\"head0") > 10);
	/* an inquiry is of no amount: each card's balance was asked for once */
	assert_int_equal(lines_with(a.file[2], "genuine_unlimited", "\"amount_minor\":0,"), 4);
	const char *before = "", *end = (const char *)a.file[3].at + a.file[3].len;
	for (const char *line = (const char *)a.file[3].at; line < end; line = strchr(line, '\n') + 1) {
		assert_memory_equal(line, "{\"time\":\"", 9);
		assert_true(strncmp(before, line, 39) <= 0);
		before = line;
	}
	done(&plain);
	done(&a);
}

static void
nobody_is_in_two_countries_at_once(void **state)
{
	(void)state;
	enum { CARDS = 50, STEP_S = 20 };
	static struct cs_world world;
	uint64_t left_ns[CARDS] = {0};
	uint8_t country[CARDS] = {0};
	unsigned trips = 0, fallbacks = 0, remotes = 0;
	struct cs_story_fault fault;
	assert_int_equal(cs_story_read(cs_span_text("minutes 100000\ncards 50\nhabits usual\nabroad 20%\nstripe 10%\n"),
				       &world.story, &fault),
			 CS_OK);
	world.bank.seed = 9;
	cs_dice_seed(&world.dice, 9, 1);
	for (unsigned i = 0; i < 300000; i++) {
		struct cs_deal deal = {.attack = -1};
		world.now_ns = world.story.start_ns + i * (STEP_S * CS_SECOND);
		world.end_ns = 0; /* nothing is queued */
		cs_habit_choose(&world, &deal);
		fallbacks += deal.fallback;
		remotes += deal.remote;
		if (deal.remote)
			continue;
		if (deal.country != country[deal.card]) {
			assert_true(left_ns[deal.card] == 0 || world.now_ns - left_ns[deal.card] > 20 * CS_HOUR);
			trips++;
		}
		country[deal.card] = deal.country;
		left_ns[deal.card] = world.now_ns;
	}
	assert_in_range(trips, 40, 400);
	assert_true(fallbacks > 1000);
	assert_true(remotes > 1000);
}

static void
cards_are_valid_and_single(void **state)
{
	(void)state;
	struct cs_bank bank;
	assert_int_equal(cs_bank_open(&bank, 3, 2000, 10), CS_OK);
	char seen[2010][17];
	for (uint32_t i = 0; i < 2010; i++) {
		struct cs_plastic plastic;
		unsigned sum = 0;
		cs_bank_card(&bank, i, &plastic);
		assert_int_equal(strlen(plastic.pan), 16);
		assert_true(strlen(plastic.track2) <= 37);
		for (unsigned j = 0; j < 16; j++) {
			unsigned d = (unsigned)(plastic.pan[j] - '0') * (j % 2 == 0 ? 2 : 1);
			sum += d > 9 ? d - 9 : d;
		}
		assert_int_equal(sum % 10, 0);
		memcpy(seen[i], plastic.pan, 17);
		for (uint32_t j = i > 50 ? i - 50 : 0; j < i; j++)
			assert_true(strcmp(seen[j], seen[i]) != 0);
	}
	cs_bank_close(&bank);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_seed_same_bytes),
		cmocka_unit_test(truth_has_a_row_for_each),
		cmocka_unit_test(loss_changes_nothing_but_the_capture),
		cmocka_unit_test(habits_give_the_same_bytes_too),
		cmocka_unit_test(changes_are_those_of_the_story),
		cmocka_unit_test(nobody_is_in_two_countries_at_once),
		cmocka_unit_test(cards_are_valid_and_single),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
