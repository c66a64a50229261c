/*
 * A story: what happens at the bank in the simulated time. Text in, a plain table out (docs/simulator.md).
 */
#ifndef CS_SIM_STORY_H
#define CS_SIM_STORY_H

#include "base/error.h"
#include "base/span.h"
#include "pay_story.h"

enum { CS_STORY_HAPPENINGS_MAX = 32, CS_STORY_ATTACKS_MAX = 16, CS_STORY_SPELLS_MAX = 96, CS_STORY_FAULT_BYTES = 160 };

enum cs_trouble {
#define X(symbol, name, usual, help) CS_TROUBLE_##symbol,
#include "trouble.def"
#undef X
	CS_TROUBLE_N
};

enum cs_attack_kind {
#define X(symbol, name, what, model, help) CS_ATTACK_##symbol,
#include "attack.def"
#undef X
	CS_ATTACK_N
};

enum cs_variant { CS_VARIANT_PERFECT, CS_VARIANT_AIX, CS_VARIANT_WINDOWS, CS_VARIANT_LINUX, CS_VARIANT_N };

/* The two legs, in every table of the simulator. */
enum cs_leg { CS_LEG_VISA, CS_LEG_CORE, CS_LEG_N };

enum cs_happening_kind {
	CS_HAPPENS_CORE_SIGN_OFF, /* the core signs off, and on again */
	CS_HAPPENS_CORE_SILENCE,  /* the core answers nothing */
	CS_HAPPENS_VISA_SIGN_OFF, /* the bank signs off from the scheme */
	CS_HAPPENS_FAILOVER,      /* a connection of `leg` closes, a new one opens */
};

struct cs_happening {
	enum cs_happening_kind kind;
	enum cs_leg leg;
	uint64_t at_ns; /* since the start */
	uint64_t for_ns;
};

enum cs_spell_kind {
	CS_SPELL_BUSY,       /* more traffic, another share of it cash: salary day, festival */
	CS_SPELL_TRAVEL,     /* more customers on a trip */
	CS_SPELL_CHIP_FAULT, /* a cash machine at home reads stripes only */
};

/* A time in which honest customers do otherwise; needs `habits`. */
struct cs_spell {
	enum cs_spell_kind kind;
	uint64_t at_ns; /* since the start */
	uint64_t for_ns;
	uint32_t traffic_milli; /* BUSY: times the usual traffic, in thousandths */
	uint32_t share_ppm;     /* BUSY: cash, 0 as usual; TRAVEL: customers on a trip */
	uint32_t machine;       /* CHIP_FAULT */
};

struct cs_attack {
	enum cs_attack_kind kind;
	enum cs_variant variant;
	uint64_t at_ns;
	uint64_t for_ns;
	uint64_t rate_milli;  /* thousandths per second */
	uint32_t card_n;      /* thieves' cards */
	uint32_t first_card;  /* among the bank's spare cards */
	uint32_t machine_n;   /* cash machines per country */
	uint32_t country_n;   /* 0: home only */
	uint32_t inquiry_ppm; /* balance inquiries among them */
	bool once;            /* every card once a day at most */
	bool stripe;          /* cloned cards: always read by their stripe */
	bool customers;       /* the cards are customers' own, who go on using them */
	uint64_t lifted_ns;   /* so long before, limits are raised (admin.jsonl); 0: never */
	uint64_t resets_ns;   /* so often in the course of it, each card's counters are reset; 0: never */
	uint64_t probe_ns;    /* so long before, each card's balance is asked for; 0: never */
	uint32_t low_major;   /* amounts, home currency, unless a currency is given */
	uint32_t high_major;
	uint16_t currency; /* 0: that of the machine */
};

struct cs_story {
	char title[96];
	uint64_t start_ns; /* since 1970 */
	uint32_t minutes;
	uint64_t rate_milli; /* transactions per second, mean over the time simulated, in thousandths */
	uint32_t card_n;
	uint32_t spare_n; /* thieves' cards of all attacks */
	uint32_t atm_n;
	uint32_t shop_n;
	uint32_t abroad_ppm;
	uint32_t stripe_ppm;
	uint32_t trouble_ppm[CS_TROUBLE_N];
	uint32_t loss_ppm;
	int64_t skew_ns[CS_LEG_N];
	bool from_start;   /* captures begin with handshakes */
	bool renumber_rrn; /* the switch gives RRNs of its own on the core leg */
	uint64_t echo_ns;
	uint64_t keepalive_ns;
	bool habits;         /* customers have a home, machines they use, and trips */
	uint32_t new_ppm;    /* cards first used within the story */
	uint32_t rest_ppm;   /* cards that rest for long times */
	uint64_t changes_ns; /* mean time between honest changes at the card system; 0: none */
	unsigned spell_n;
	struct cs_spell spell[CS_STORY_SPELLS_MAX];
	unsigned happening_n;
	struct cs_happening happening[CS_STORY_HAPPENINGS_MAX];
	unsigned attack_n;
	struct cs_attack attack[CS_STORY_ATTACKS_MAX];
	struct cs_pay_story pay; /* a story of payments has no cards */
};

struct cs_story_fault {
	unsigned line;
	char text[CS_STORY_FAULT_BYTES];
};

/* cs_story_read reads TEXT. On CS_E_SYNTAX FAULT says where and what to write instead. */
CS_MUST_USE enum cs_error cs_story_read(struct cs_span text, struct cs_story *out, struct cs_story_fault *fault);

/* cs_story_shipped_at lends name and text of the IDX-th shipped story; NULL past the last. */
const char *cs_story_shipped_at(unsigned idx, struct cs_span *text);

/* Names, static. */
const char *cs_attack_name(enum cs_attack_kind kind);
const char *cs_attack_what(enum cs_attack_kind kind);
const char *cs_attack_model(enum cs_attack_kind kind);
const char *cs_variant_name(enum cs_variant variant);

#endif
