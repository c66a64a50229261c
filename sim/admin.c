/*
 * Changes at the card system: the honest ones of every day, and those by which an unlimited operation is prepared.
 *
 * Invariants: rows are in the order of time, by the issuer's clock; they are observations, like the captures, so they
 * hold the card number in clear as such logs do, and whoever reads them makes a token of it. An honest raise of a limit
 * has somebody who approved it; what thieves do with stolen rights has nobody.
 */
#include "admin.h"

#include "calendar.h"
#include "world.h"

#include "base/json.h"
#include "io/file.h"

enum { ROW_BYTES = 512, HONEST_LIMIT_MAJOR = 1500, LIFTED_LIMIT_MAJOR = 1000000 };

struct change {
	const char *action;
	const char *parameter;
	uint64_t before;
	uint64_t after;
	unsigned user;     /* number of who did it */
	unsigned approver; /* 0: nobody */
};

enum cs_error
cs_admin_open(const char *path, struct cs_admin *out)
{
	*out = (struct cs_admin){.error = CS_OK};
	return cs_file_open_write(path, &out->descriptor);
}

enum cs_error
cs_admin_close(struct cs_admin *admin)
{
	cs_file_close(admin->descriptor);
	return admin->error;
}

static void
put_numbered(struct cs_json *json, const char *key, const char *lead, uint64_t number, unsigned digits)
{
	char at[32];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, lead);
	cs_text_put_padded(&text, number, digits);
	cs_json_put_text(json, key, at);
}

static void
write_row(struct cs_world *world, uint32_t card, const struct change *change)
{
	char at[ROW_BYTES], time[40];
	struct cs_plastic plastic;
	struct cs_text row = cs_text_over(at, sizeof at);
	struct cs_text when = cs_text_over(time, sizeof time);
	struct cs_json json = cs_json_over(&row);
	cs_bank_card(&world->bank, card, &plastic);
	cs_text_put_time(&when, world->now_ns);
	cs_json_object(&json);
	cs_json_put_text(&json, "time", time);
	put_numbered(&json, "id", "A", ++world->admin.row_n, 9);
	cs_json_put_text(&json, "action", change->action);
	cs_json_put_text(&json, "card", plastic.pan);
	cs_json_put_text(&json, "parameter", change->parameter);
	cs_json_put_u64(&json, "before", change->before);
	cs_json_put_u64(&json, "after", change->after);
	put_numbered(&json, "user", "clerk", change->user, 2);
	if (change->approver)
		put_numbered(&json, "approver", "head", change->approver, 2);
	cs_json_end_object(&json);
	cs_text_put_char(&row, '\n');
	CS_ASSERT(!row.overflowed);
	enum cs_error error = cs_file_write_all(world->admin.descriptor, row.at, row.len);
	if (world->admin.error == CS_OK)
		world->admin.error = error;
}

/* A customer asks for more, has forgotten his PIN, or stands before a machine that gives no more today. */
void
cs_admin_change(struct cs_world *world, uint32_t what)
{
	struct cs_dice *dice = &world->admin_dice;
	uint64_t next_ns = world->now_ns + cs_dice_wait_ns(dice, world->story.changes_ns);
	if (next_ns < world->end_ns)
		cs_world_later(world, next_ns, CS_STEP_CHANGE, what);
	uint32_t card = (uint32_t)cs_dice_below(dice, world->story.card_n);
	unsigned user = (unsigned)cs_dice_between(dice, 1, 20);
	unsigned approver = (unsigned)cs_dice_between(dice, 1, 5);
	uint64_t sort = cs_dice_below(dice, 10);
	struct change change = {"limit_raised", "cash_day", 500, HONEST_LIMIT_MAJOR, user, approver};
	if (sort < 4)
		change = (struct change){"pin_reset", "pin_tries", 3, 0, user, 0};
	else if (sort == 4)
		change = (struct change){"counter_reset", "cash_used", 500, 0, user, approver};
	write_row(world, card, &change);
}

static uint32_t
card_of(const struct cs_world *world, uint32_t what)
{
	return cs_attack_card(world, what % CS_STORY_ATTACKS_MAX, what / CS_STORY_ATTACKS_MAX);
}

void
cs_admin_lift(struct cs_world *world, uint32_t what)
{
	static const struct change raised = {"limit_raised", "cash_day", 500, LIFTED_LIMIT_MAJOR, 13, 0};
	static const struct change pin = {"pin_reset", "pin_tries", 3, 0, 13, 0};
	write_row(world, card_of(world, what), &raised);
	write_row(world, card_of(world, what), &pin);
}

void
cs_admin_reset(struct cs_world *world, uint32_t what)
{
	static const struct change reset = {"counter_reset", "cash_used", 5000, 0, 13, 0};
	const struct cs_attack *attack = &world->story.attack[what % CS_STORY_ATTACKS_MAX];
	uint64_t next_ns = world->now_ns + attack->resets_ns;
	uint64_t stop_ns = world->story.start_ns + attack->at_ns + attack->for_ns;
	if (world->now_ns >= world->end_ns)
		return;
	if (next_ns < stop_ns && next_ns < world->end_ns)
		cs_world_later(world, next_ns, CS_STEP_RESET, what);
	write_row(world, card_of(world, what), &reset);
}
