/*
 * The clauses of a story about payments: what story.c is for cards.
 *
 * Invariant: an attack that is read has at least one message, amounts in order and a country that pay_place.def knows.
 */
#include "pay_story.h"

#include "calendar.h"
#include "pay_place.h"
#include "words.h"

static const struct {
	const char *name, *what;
} attacks[] = {
#define X(symbol, name, what, help) {name, what},
#include "pay_attack.def"
#undef X
};

const char *
cs_pay_attack_name(enum cs_pay_attack_kind kind)
{
	return attacks[kind].name;
}

const char *
cs_pay_attack_what(enum cs_pay_attack_kind kind)
{
	return attacks[kind].what;
}

bool
cs_pay_story_payments(struct cs_words *line)
{
	struct cs_pay_story *pay = &line->story->pay;
	pay->customer_n = 120;
	if (!cs_words_number(line, &pay->per_day))
		return false;
	if (!cs_words_skip(line, "a_day"))
		return cs_words_complain(line, "write a_day behind the number: payments 400 a_day");
	if (cs_words_skip(line, "customers") && !cs_words_number(line, &pay->customer_n))
		return false;
	pay->calm = cs_words_skip(line, "calm");
	if (pay->per_day == 0 || pay->per_day > 20000 || pay->customer_n < 10 || pay->customer_n > 100000)
		return cs_words_complain(line, "payments: 1 to 20000 a day, and 10 to 100000 customers");
	return true;
}

bool
cs_pay_story_correspondent(struct cs_words *line)
{
	if (!cs_words_skip(line, "at"))
		return cs_words_complain(line, "write at and a time, for example: new_correspondent at 216:00");
	return cs_words_moment(line, &line->story->pay.opens_ns);
}

static int
attack_of(const struct cs_words *line)
{
	for (int i = 0; i < CS_PAY_ATTACK_N; i++)
		if (cs_words_is(line, attacks[i].name))
			return i;
	return -1;
}

bool
cs_pay_story_is_attack(const struct cs_words *line)
{
	return attack_of(line) >= 0;
}

static bool
read_amount(struct cs_words *line, struct cs_pay_attack *attack)
{
	if (!cs_words_pair(line, "..", &attack->low_major, &attack->high_major)) {
		if (!cs_words_number(line, &attack->low_major))
			return false;
		attack->high_major = attack->low_major;
	}
	for (unsigned i = 0; i < CS_PAY_CURRENCY_N; i++) {
		if (!cs_words_skip(line, cs_pay_currency((enum cs_pay_currency)i)->name))
			continue;
		attack->currency = (uint8_t)i;
		return true;
	}
	return cs_words_complain(line, "write EUR, USD, GBP, JPY or KWD behind the amount");
}

static bool
read_country(struct cs_words *line, struct cs_pay_attack *attack)
{
	for (unsigned i = 0; i < cs_pay_place_n(); i++) {
		if (!cs_words_skip(line, cs_pay_place(i)->country))
			continue;
		memcpy(attack->country, cs_pay_place(i)->country, sizeof attack->country);
		return true;
	}
	return cs_words_complain(line, "no such country; sim/pay_place.def lists them");
}

static bool
read_type(struct cs_words *line, struct cs_pay_attack *attack)
{
	if (!cs_words_number(line, &attack->type))
		return false;
	return attack->type == 199 || attack->type == 299 || attack->type == 999 ||
	       cs_words_complain(line, "a free-format message is a 199, 299 or 999");
}

static bool
read_lau(struct cs_words *line, struct cs_pay_attack *attack)
{
	static const char *const names[CS_PAY_LAU_N] = {"right", "none", "wrong"};
	for (unsigned i = 0; i < CS_PAY_LAU_N; i++) {
		if (!cs_words_skip(line, names[i]))
			continue;
		attack->lau = (enum cs_pay_lau)i;
		return true;
	}
	return cs_words_complain(line, "write right, none or wrong here");
}

static bool
read_hidden(struct cs_words *line, struct cs_pay_attack *attack)
{
	static const char *const names[] = {"left", "repaired", "carried"};
	for (unsigned i = 0; i < 3; i++) {
		if (!cs_words_skip(line, names[i]))
			continue;
		attack->hidden = (enum cs_pay_hidden)(CS_PAY_HIDDEN_LEFT + i);
		return true;
	}
	return cs_words_complain(line, "write how the balances are then: left, repaired or carried");
}

static bool
read_flag(struct cs_words *line, struct cs_pay_attack *attack)
{
	if (cs_words_skip(line, "erased"))
		return attack->erased = true;
	if (cs_words_skip(line, "unconfirmed"))
		return attack->unconfirmed = true;
	if (cs_words_skip(line, "rejected_first"))
		return attack->rejected = true;
	if (cs_words_skip(line, "persons"))
		return attack->persons = true;
	if (cs_words_skip(line, "misspelt"))
		return attack->misspelt = true;
	if (cs_words_skip(line, "queried"))
		return attack->queried = true;
	return cs_words_complain(line,
				 "an attack on payments has: at for messages amount to lau hidden type times erased "
				 "unconfirmed rejected_first persons misspelt queried");
}

static bool
read_word(struct cs_words *line, struct cs_pay_attack *attack)
{
	if (cs_words_skip(line, "at"))
		return cs_words_moment(line, &attack->at_ns);
	if (cs_words_skip(line, "for"))
		return cs_words_duration(line, &attack->for_ns);
	if (cs_words_skip(line, "messages"))
		return cs_words_number(line, &attack->message_n);
	if (cs_words_skip(line, "amount"))
		return read_amount(line, attack);
	if (cs_words_skip(line, "to"))
		return read_country(line, attack);
	if (cs_words_skip(line, "type"))
		return read_type(line, attack);
	if (cs_words_skip(line, "times"))
		return cs_words_number(line, &attack->factor);
	if (cs_words_skip(line, "lau"))
		return read_lau(line, attack);
	if (cs_words_skip(line, "hidden"))
		return read_hidden(line, attack);
	return read_flag(line, attack);
}

bool
cs_pay_story_attack(struct cs_words *line)
{
	struct cs_pay_story *pay = &line->story->pay;
	int kind = attack_of(line);
	if (pay->per_day == 0)
		return cs_words_complain(line, "write the clause payments before it");
	if (pay->attack_n == CS_PAY_ATTACKS_MAX)
		return cs_words_complain(line, "a story holds at most 16 attacks on payments");
	line->next++;
	struct cs_pay_attack attack = {.kind = (enum cs_pay_attack_kind)kind,
				       .lau = CS_PAY_LAU_RIGHT,
				       .for_ns = 10 * CS_MINUTE,
				       .message_n = 1,
				       .type = 199,
				       .factor = 10,
				       .currency = CS_PAY_USD,
				       .country = "HK"};
	while (line->next < line->n)
		if (!read_word(line, &attack))
			return false;
	if (attack.message_n == 0 || attack.message_n > 500 || attack.high_major < attack.low_major ||
	    attack.factor < 2 || attack.factor > 1000)
		return cs_words_complain(line, "1 to 500 messages, amounts from low to high, times 2 to 1000");
	pay->attack[pay->attack_n++] = attack;
	return true;
}
