/*
 * The simulated world: the bank, the switch, both legs, and what is under way. Shared by the files that
 * move it; nobody else looks inside.
 */
#ifndef CS_SIM_WORLD_H
#define CS_SIM_WORLD_H

#include "admin.h"
#include "compose.h"
#include "encode.h"
#include "queue.h"
#include "truth.h"
#include "wire.h"

enum { CS_WORLD_DEALS_MAX = 1 << 17 };

/* What can happen: X(symbol, function). The function moves WHAT, an index, at the world's time. */
#define CS_STEPS(X)                                                                                                    \
	X(ARRIVE, cs_flow_arrive)                                                                                      \
	X(AT_SWITCH, cs_flow_at_switch)                                                                                \
	X(CORE_ANSWERS, cs_flow_core_answers)                                                                          \
	X(BACK_AT_SWITCH, cs_flow_back_at_switch)                                                                      \
	X(SWITCH_ANSWERS, cs_flow_switch_answers)                                                                      \
	X(SWITCH_GIVES_UP, cs_flow_switch_gives_up)                                                                    \
	X(ASK_AGAIN, cs_flow_ask_again)                                                                                \
	X(ANSWER_AGAIN, cs_flow_answer_again)                                                                          \
	X(REVERSE, cs_reverse_ask)                                                                                     \
	X(REVERSAL_AT_SWITCH, cs_reverse_at_switch)                                                                    \
	X(REVERSAL_DONE, cs_reverse_core_answers)                                                                      \
	X(REVERSAL_BACK, cs_reverse_back)                                                                              \
	X(PAY_OWED, cs_outage_pay)                                                                                     \
	X(OWED_DONE, cs_outage_paid)                                                                                   \
	X(ECHO, cs_outage_echo)                                                                                        \
	X(KEEPALIVE, cs_outage_keepalive)                                                                              \
	X(HAPPEN, cs_outage_begin)                                                                                     \
	X(SIGN_OFF, cs_outage_sign_off)                                                                                \
	X(HAPPEN_END, cs_outage_end)                                                                                   \
	X(ATTACK, cs_attack_arrive)                                                                                    \
	X(FORGE, cs_attack_forge)                                                                                      \
	X(HABIT_AGAIN, cs_habit_again)                                                                                 \
	X(PROBE, cs_attack_probe)                                                                                      \
	X(CHANGE, cs_admin_change)                                                                                     \
	X(LIFT, cs_admin_lift)                                                                                         \
	X(RESET, cs_admin_reset)

enum cs_step {
#define X(symbol, function) CS_STEP_##symbol,
	CS_STEPS(X)
#undef X
		CS_STEP_N
};

struct cs_leg_side {
	struct cs_dialect dialect;
	struct cs_encoder encoder;
	struct cs_wire wire;
	struct cs_tape *tape;
	uint32_t stan;
};

struct cs_world {
	struct cs_story story;
	struct cs_bank bank;
	struct cs_queue queue;
	struct cs_truth truth;
	struct cs_truth_summary count;
	struct cs_dice dice;
	struct cs_dice attack_dice;
	struct cs_dice admin_dice;
	struct cs_admin admin;
	uint64_t now_ns;
	uint64_t end_ns; /* no transaction begins later */
	struct cs_leg_side leg[CS_LEG_N];
	uint64_t rrn;
	uint64_t hour_mean_ns[24]; /* mean time between arrivals, by hour of the day */
	uint32_t attack_card[CS_STORY_ATTACKS_MAX];
	uint64_t attack_day[CS_STORY_ATTACKS_MAX];
	bool core_mute;       /* the core answers nothing */
	bool core_signed_off; /* the core has signed off */
	bool core_down;       /* the switch believes so, and stands in */
	bool visa_quiet;      /* the bank is signed off, or about to: no honest request comes */
	uint64_t mute_since_ns;
	uint32_t owed_first; /* deals with something owed to the core */
	uint32_t owed_last;
	bool paying;
	unsigned deal_n;
	struct cs_deal *deal;
	uint32_t *free_deal;
	struct cs_arena arena; /* of the dialects */
	struct cs_message message;
};

struct cs_world_setting {
	const struct cs_story *story;
	uint64_t seed;
	const char *acquirer_path;
	const char *issuer_path;
	const char *truth_path;
	const char *admin_path;
};

/* cs_world_open makes a world at its beginning; cs_world_run moves it to its end; cs_world_close writes what is
 * left and gives everything back. Memory is fixed at opening. */
CS_MUST_USE enum cs_error cs_world_open(struct cs_world *world, const struct cs_world_setting *setting);
void cs_world_run(struct cs_world *world);
CS_MUST_USE enum cs_error cs_world_close(struct cs_world *world);

/* cs_world_deal takes a fresh deal for DICE to fill; NULL when CS_WORLD_DEALS_MAX are open (counted). */
struct cs_deal *cs_world_deal(struct cs_world *world, struct cs_dice *dice);
uint32_t cs_world_index(const struct cs_world *world, const struct cs_deal *deal);

/* cs_world_later lets STEP happen to WHAT; cs_world_later_deal does so to a deal, which lives until then. */
void cs_world_later(struct cs_world *world, uint64_t time_ns, enum cs_step step, uint32_t what);
void cs_world_later_deal(struct cs_world *world, uint64_t time_ns, enum cs_step step, const struct cs_deal *deal);

/* cs_world_send writes world->message on LEG. */
struct cs_sent cs_world_send(struct cs_world *world, enum cs_leg leg, enum cs_way way, unsigned connection, bool alone);

/* cs_world_hop_ns draws how long a message takes through the switch: 0.3 to 2 ms. */
uint64_t cs_world_hop_ns(struct cs_world *world);

/* cs_world_stan counts the STAN of LEG up. */
uint32_t cs_world_stan(struct cs_world *world, enum cs_leg leg);

#define X(symbol, function) void function(struct cs_world *world, uint32_t what);
CS_STEPS(X)
#undef X

/* cs_habit_choose fills DEAL in as a customer with habits does; cs_habit_pace gives the mean time between arrivals now. */
void cs_habit_choose(struct cs_world *world, struct cs_deal *deal);
uint64_t cs_habit_pace(const struct cs_world *world, uint64_t mean_ns);

/* cs_attack_card gives the NTH card of attack WHAT: one of the thieves' own, or of a customer. */
uint32_t cs_attack_card(const struct cs_world *world, uint32_t what, uint32_t nth);

/* cs_attack_plan puts the first steps of attack WHAT into the queue, those of its preparation too. */
void cs_attack_plan(struct cs_world *world, uint32_t what);

/* cs_flow_ask sends the request of a deal that has been filled in, and lets it take its way. */
void cs_flow_ask(struct cs_world *world, struct cs_deal *deal);

/* cs_flow_approve gives the deal the switch's or the core's approval on LEG; STAND_IN says whose. */
void cs_flow_approve(struct cs_deal *deal, enum cs_leg leg, bool stand_in);

/* cs_attack_takes says whether the attack behind DEAL swallows its request at the switch, and acts if so. */
bool cs_attack_takes(struct cs_world *world, struct cs_deal *deal);

/* cs_attack_rewrites changes the answer of the core on its way out, as the attack behind DEAL does. */
void cs_attack_rewrites(struct cs_world *world, struct cs_deal *deal);

/* cs_attack_answered writes the truth about the answer to an attack's request. */
void cs_attack_answered(struct cs_world *world, struct cs_deal *deal, struct cs_sent sent);

/* cs_outage_owe queues DEAL for the core: an advice or a reversal, sent when the core is there. */
void cs_outage_owe(struct cs_world *world, struct cs_deal *deal, enum cs_owed owed);

#endif
