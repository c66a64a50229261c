/*
 * What a story says about days of payments (docs/simulator.md, "Payments").
 */
#ifndef CS_SIM_PAY_STORY_H
#define CS_SIM_PAY_STORY_H

#include <stdbool.h>
#include <stdint.h>

struct cs_words;

enum cs_pay_attack_kind {
#define X(symbol, name, what, help) CS_PAY_ATTACK_##symbol,
#include "pay_attack.def"
#undef X
	CS_PAY_ATTACK_N
};

/* The digest between back office and interface, as thieves leave it. */
enum cs_pay_lau { CS_PAY_LAU_RIGHT, CS_PAY_LAU_NONE, CS_PAY_LAU_WRONG, CS_PAY_LAU_N };

/* A line taken out of a statement: not at all; balances left; closing balance made good; and all later ones too. */
enum cs_pay_hidden { CS_PAY_SHOWN, CS_PAY_HIDDEN_LEFT, CS_PAY_HIDDEN_REPAIRED, CS_PAY_HIDDEN_CARRIED };

struct cs_pay_attack {
	enum cs_pay_attack_kind kind;
	enum cs_pay_lau lau;
	enum cs_pay_hidden hidden;
	uint64_t at_ns; /* since the start */
	uint64_t for_ns;
	uint32_t message_n;
	uint32_t low_major; /* amounts; 0: as the honest payment, or 250000 to 2000000 */
	uint32_t high_major;
	uint32_t type;   /* FREE: 199, 299 or 999 */
	uint32_t factor; /* ALTERED: so many times the amount */
	uint8_t currency;
	char country[3];  /* of the beneficiaries */
	bool erased;      /* the message is taken out of the archive afterwards */
	bool unconfirmed; /* its debit confirmation is taken out */
	bool rejected;    /* each is refused by the network first, and sent again corrected */
	bool persons;     /* the beneficiaries are people */
	bool misspelt;    /* the beneficiary's name has a fault */
	bool queried;     /* the correspondent asks about each, and nobody answers */
};

enum { CS_PAY_ATTACKS_MAX = 16 };

struct cs_pay_story {
	uint32_t per_day; /* payments out on a usual business day; 0: a story of cards */
	uint32_t customer_n;
	bool calm;         /* no troubles: none refused, returned, late, re-sent */
	uint64_t opens_ns; /* a new correspondent, so long after the start; 0: none */
	unsigned attack_n;
	struct cs_pay_attack attack[CS_PAY_ATTACKS_MAX];
};

/* The clauses `payments` and `new_correspondent`, read as story.c reads its own. */
bool cs_pay_story_payments(struct cs_words *line);

/* cs_pay_story_correspondent reads `new_correspondent at 216:00`. */
bool cs_pay_story_correspondent(struct cs_words *line);

/* cs_pay_story_is_attack says whether the next word names an attack on payments; cs_pay_story_attack reads it. */
bool cs_pay_story_is_attack(const struct cs_words *line);
bool cs_pay_story_attack(struct cs_words *line);

/* Names, static: in stories, and in the truth. */
const char *cs_pay_attack_name(enum cs_pay_attack_kind kind);
const char *cs_pay_attack_what(enum cs_pay_attack_kind kind);

#endif
