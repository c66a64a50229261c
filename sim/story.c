/*
 * The reader of stories: one clause a line, words and numbers with units, a table of clauses.
 *
 * Invariant: a story that is read is complete and within its limits; every number is an integer in the unit
 * its name tells. Leaves what the clauses do to flow.c and attack.c.
 */
#include "story.h"

#include "calendar.h"
#include "event/money.h"
#include "words.h"

#include "base/text.h"

static const char *const trouble_names[] = {
#define X(symbol, name, usual, help) name,
#include "trouble.def"
#undef X
};
static const uint32_t trouble_usual[] = {
#define X(symbol, name, usual, help) usual,
#include "trouble.def"
#undef X
};
static const struct {
	const char *name, *what, *model;
} attacks[] = {
#define X(symbol, name, what, model, help) {name, what, model},
#include "attack.def"
#undef X
};
static const char *const variants[CS_VARIANT_N] = {"perfect", "aix", "windows", "linux"};

const char *
cs_attack_name(enum cs_attack_kind kind)
{
	return attacks[kind].name;
}

const char *
cs_attack_what(enum cs_attack_kind kind)
{
	return attacks[kind].what;
}

const char *
cs_attack_model(enum cs_attack_kind kind)
{
	return attacks[kind].model;
}

const char *
cs_variant_name(enum cs_variant variant)
{
	return variants[variant];
}

static bool
at_and_for(struct cs_words *line, uint64_t *at_ns, uint64_t *for_ns)
{
	if (cs_words_skip(line, "at")) {
		if (!cs_words_moment(line, at_ns))
			return false;
	}
	return !cs_words_skip(line, "for") || cs_words_duration(line, for_ns);
}

static bool
read_title(struct cs_words *line)
{
	struct cs_text text = cs_text_over(line->story->title, sizeof line->story->title);
	for (; line->next < line->n; line->next++) {
		if (text.len > 0)
			cs_text_put_char(&text, ' ');
		cs_text_put_span(&text, line->word[line->next]);
	}
	return true;
}

static bool
read_start(struct cs_words *line)
{
	uint32_t year = 0, month = 0, day = 0, hour, minute;
	struct cs_span word = line->next < line->n ? line->word[line->next] : cs_span_text("");
	for (size_t i = 0; i < word.len && word.len == 10; i++) {
		bool dash = i == 4 || i == 7;
		if (dash ? word.at[i] != '-' : word.at[i] < '0' || word.at[i] > '9')
			return cs_words_complain(line, "write a date as 2026-03-02");
		uint32_t *part = i < 4 ? &year : i < 7 ? &month : &day;
		*part = dash ? *part : *part * 10 + (word.at[i] - '0');
	}
	if (year < 1970 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31)
		return cs_words_complain(line, "write a date as 2026-03-02");
	line->next++;
	if (!cs_words_pair(line, ":", &hour, &minute) || hour > 23 || minute > 59)
		return cs_words_complain(line, "write a time as 06:30 after the date");
	line->story->start_ns = cs_calendar_ns(year, month, day, hour, minute);
	return true;
}

static bool
read_minutes(struct cs_words *line)
{
	return cs_words_number(line, &line->story->minutes);
}

static bool
read_rate(struct cs_words *line)
{
	return cs_words_per_second(line, &line->story->rate_milli);
}

static bool
read_cards(struct cs_words *line)
{
	return cs_words_number(line, &line->story->card_n);
}

static bool
read_atms(struct cs_words *line)
{
	return cs_words_number(line, &line->story->atm_n);
}

static bool
read_shops(struct cs_words *line)
{
	return cs_words_number(line, &line->story->shop_n);
}

static bool
read_abroad(struct cs_words *line)
{
	return cs_words_share(line, &line->story->abroad_ppm);
}

static bool
read_stripe(struct cs_words *line)
{
	return cs_words_share(line, &line->story->stripe_ppm);
}

static bool
read_loss(struct cs_words *line)
{
	return cs_words_share(line, &line->story->loss_ppm);
}

static bool
read_leg(struct cs_words *line, enum cs_leg *out)
{
	if (cs_words_skip(line, "visa"))
		*out = CS_LEG_VISA;
	else if (cs_words_skip(line, "core"))
		*out = CS_LEG_CORE;
	else
		return cs_words_complain(line, "write visa or core here");
	return true;
}

static bool
read_skew(struct cs_words *line)
{
	enum cs_leg leg = CS_LEG_VISA;
	uint64_t ns;
	if (!read_leg(line, &leg))
		return false;
	bool behind = cs_words_skip(line, "behind");
	if (!behind)
		cs_words_skip(line, "ahead");
	if (!cs_words_duration(line, &ns))
		return false;
	line->story->skew_ns[leg] = behind ? -(int64_t)ns : (int64_t)ns;
	return true;
}

static bool
read_captures(struct cs_words *line)
{
	if (cs_words_skip(line, "from_start"))
		line->story->from_start = true;
	else if (!cs_words_skip(line, "from_middle"))
		return cs_words_complain(line, "write from_start or from_middle here");
	return true;
}

static bool
read_renumber(struct cs_words *line)
{
	if (!cs_words_skip(line, "rrn"))
		return cs_words_complain(line, "write rrn here (the STAN is always renumbered)");
	line->story->renumber_rrn = true;
	return true;
}

static bool
read_echo(struct cs_words *line)
{
	return cs_words_duration(line, &line->story->echo_ns);
}

static bool
read_keepalive(struct cs_words *line)
{
	return cs_words_duration(line, &line->story->keepalive_ns);
}

static bool
read_troubles(struct cs_words *line)
{
	bool usual = cs_words_skip(line, "usual");
	if (!usual && !cs_words_skip(line, "none"))
		return cs_words_complain(line, "write usual or none here");
	for (unsigned i = 0; i < CS_TROUBLE_N; i++)
		line->story->trouble_ppm[i] = usual ? trouble_usual[i] : 0;
	return true;
}

static bool
read_trouble(struct cs_words *line)
{
	for (unsigned i = 0; i < CS_TROUBLE_N; i++)
		if (cs_words_skip(line, trouble_names[i]))
			return cs_words_share(line, &line->story->trouble_ppm[i]);
	return cs_words_complain(line, "no such trouble; sim/trouble.def lists them");
}

static bool
add_happening(struct cs_words *line, struct cs_happening happening)
{
	struct cs_story *story = line->story;
	if (!at_and_for(line, &happening.at_ns, &happening.for_ns))
		return false;
	if (story->happening_n == CS_STORY_HAPPENINGS_MAX)
		return cs_words_complain(line, "a story holds at most 32 outages and fail-overs");
	story->happening[story->happening_n++] = happening;
	return true;
}

static bool
read_outage(struct cs_words *line)
{
	struct cs_happening happening = {.kind = CS_HAPPENS_CORE_SILENCE, .leg = CS_LEG_CORE, .for_ns = 2 * CS_MINUTE};
	if (cs_words_skip(line, "by_sign_off"))
		happening.kind = CS_HAPPENS_CORE_SIGN_OFF;
	else if (!cs_words_skip(line, "by_silence"))
		return cs_words_complain(line, "write by_sign_off or by_silence here");
	return add_happening(line, happening);
}

static bool
read_sign_off(struct cs_words *line)
{
	if (!cs_words_skip(line, "visa"))
		return cs_words_complain(line, "write visa here (an outage of the core is: outage by_sign_off)");
	struct cs_happening happening = {.kind = CS_HAPPENS_VISA_SIGN_OFF, .leg = CS_LEG_VISA, .for_ns = 2 * CS_MINUTE};
	return add_happening(line, happening);
}

static bool
read_failover(struct cs_words *line)
{
	struct cs_happening happening = {.kind = CS_HAPPENS_FAILOVER, .for_ns = 2 * CS_SECOND};
	return read_leg(line, &happening.leg) && add_happening(line, happening);
}

static bool
read_habits(struct cs_words *line)
{
	if (!cs_words_skip(line, "usual"))
		return cs_words_complain(line, "write usual here");
	return line->story->habits = true;
}

static bool
read_new_cards(struct cs_words *line)
{
	return cs_words_share(line, &line->story->new_ppm);
}

static bool
read_resting(struct cs_words *line)
{
	return cs_words_share(line, &line->story->rest_ppm);
}

static bool
read_changes(struct cs_words *line)
{
	if (!cs_words_skip(line, "every"))
		return cs_words_complain(line, "write every and a duration here, for example: changes every 3h");
	return cs_words_duration(line, &line->story->changes_ns);
}

static bool
add_spell(struct cs_words *line, const struct cs_spell *spell)
{
	struct cs_story *story = line->story;
	if (story->spell_n == CS_STORY_SPELLS_MAX)
		return cs_words_complain(line, "a story holds at most 96 busy times, travels and chip faults");
	story->spell[story->spell_n++] = *spell;
	return true;
}

static bool
read_busy(struct cs_words *line)
{
	struct cs_spell spell = {.kind = CS_SPELL_BUSY, .for_ns = CS_HOUR, .traffic_milli = 1000};
	bool fine = at_and_for(line, &spell.at_ns, &spell.for_ns);
	if (fine && cs_words_skip(line, "traffic"))
		fine = cs_words_times(line, &spell.traffic_milli);
	if (fine && cs_words_skip(line, "cash"))
		fine = cs_words_share(line, &spell.share_ppm);
	return fine && add_spell(line, &spell);
}

static bool
read_travel(struct cs_words *line)
{
	struct cs_spell spell = {.kind = CS_SPELL_TRAVEL, .for_ns = 24 * CS_HOUR};
	if (!at_and_for(line, &spell.at_ns, &spell.for_ns))
		return false;
	if (!cs_words_skip(line, "share"))
		return cs_words_complain(line, "write share and how many are on a trip, for example: share 25%");
	return cs_words_share(line, &spell.share_ppm) && add_spell(line, &spell);
}

static bool
read_chip_fault(struct cs_words *line)
{
	struct cs_spell spell = {.kind = CS_SPELL_CHIP_FAULT, .for_ns = CS_HOUR};
	if (!cs_words_skip(line, "atm"))
		return cs_words_complain(line, "write atm and its number here, for example: chip_fault atm 17");
	return cs_words_number(line, &spell.machine) && at_and_for(line, &spell.at_ns, &spell.for_ns) &&
	       add_spell(line, &spell);
}

static bool
read_amount(struct cs_words *line, struct cs_attack *attack)
{
	if (!cs_words_pair(line, "..", &attack->low_major, &attack->high_major)) {
		if (!cs_words_number(line, &attack->low_major))
			return false;
		attack->high_major = attack->low_major;
	}
	if (line->next < line->n && line->word[line->next].len == 3)
		attack->currency = cs_currency_by_code(line->word[line->next]);
	line->next += attack->currency != 0;
	return true;
}

static bool
read_variant(struct cs_words *line, struct cs_attack *attack)
{
	for (unsigned i = 0; i < CS_VARIANT_N; i++) {
		if (!cs_words_skip(line, variants[i]))
			continue;
		attack->variant = (enum cs_variant)i;
		return true;
	}
	return cs_words_complain(line, "write perfect, aix, windows or linux here");
}

static bool
read_attack_word(struct cs_words *line, struct cs_attack *attack)
{
	if (cs_words_skip(line, "variant"))
		return read_variant(line, attack);
	if (cs_words_is(line, "at") || cs_words_is(line, "for"))
		return at_and_for(line, &attack->at_ns, &attack->for_ns);
	if (cs_words_skip(line, "cards"))
		return cs_words_number(line, &attack->card_n);
	if (cs_words_skip(line, "rate"))
		return cs_words_per_second(line, &attack->rate_milli);
	if (cs_words_skip(line, "amount"))
		return read_amount(line, attack);
	if (cs_words_skip(line, "countries"))
		return cs_words_number(line, &attack->country_n);
	if (cs_words_skip(line, "machines"))
		return cs_words_number(line, &attack->machine_n);
	if (cs_words_skip(line, "inquiries"))
		return cs_words_share(line, &attack->inquiry_ppm);
	if (cs_words_skip(line, "once_a_day"))
		return attack->once = true;
	if (cs_words_skip(line, "stripe"))
		return attack->stripe = true;
	if (cs_words_skip(line, "customers"))
		return attack->customers = true;
	if (cs_words_skip(line, "lifted"))
		return cs_words_duration(line, &attack->lifted_ns);
	if (cs_words_skip(line, "resets"))
		return cs_words_duration(line, &attack->resets_ns);
	if (cs_words_skip(line, "probe"))
		return cs_words_duration(line, &attack->probe_ns);
	return cs_words_complain(line, "an attack has: variant at for cards rate amount countries machines inquiries "
				       "once_a_day stripe customers lifted resets probe");
}

static bool
read_attack(struct cs_words *line)
{
	struct cs_story *story = line->story;
	if (cs_pay_story_is_attack(line))
		return cs_pay_story_attack(line);
	struct cs_attack attack = {.for_ns = 10 * CS_MINUTE,
				   .rate_milli = 500,
				   .card_n = 12,
				   .machine_n = 40,
				   .low_major = 100,
				   .high_major = 500};
	unsigned kind = 0;
	while (kind < CS_ATTACK_N && !cs_words_skip(line, attacks[kind].name))
		kind++;
	if (kind == CS_ATTACK_N)
		return cs_words_complain(line, "no such attack; sim/attack.def lists them");
	if (story->attack_n == CS_STORY_ATTACKS_MAX)
		return cs_words_complain(line, "a story holds at most 16 attacks");
	attack.kind = (enum cs_attack_kind)kind;
	while (line->next < line->n)
		if (!read_attack_word(line, &attack))
			return false;
	if (attack.card_n == 0 || attack.card_n > 100000 || attack.machine_n == 0 || attack.high_major > 1000000)
		return cs_words_complain(line,
					 "an attack needs 1 to 100000 cards, a machine, and amounts up to 1000000");
	attack.first_card = story->spare_n;
	story->spare_n += attack.customers ? 0 : attack.card_n;
	story->attack[story->attack_n++] = attack;
	return true;
}

static const struct {
	const char *word;
	bool (*read)(struct cs_words *line);
} clauses[] = {
	{"title", read_title},
	{"start", read_start},
	{"minutes", read_minutes},
	{"rate", read_rate},
	{"cards", read_cards},
	{"atms", read_atms},
	{"shops", read_shops},
	{"abroad", read_abroad},
	{"stripe", read_stripe},
	{"loss", read_loss},
	{"skew", read_skew},
	{"captures", read_captures},
	{"renumber", read_renumber},
	{"echo", read_echo},
	{"keepalive", read_keepalive},
	{"troubles", read_troubles},
	{"trouble", read_trouble},
	{"outage", read_outage},
	{"sign_off", read_sign_off},
	{"failover", read_failover},
	{"attack", read_attack},
	{"habits", read_habits},
	{"new_cards", read_new_cards},
	{"resting", read_resting},
	{"changes", read_changes},
	{"busy", read_busy},
	{"travel", read_travel},
	{"chip_fault", read_chip_fault},
	{"payments", cs_pay_story_payments},
	{"new_correspondent", cs_pay_story_correspondent},
};

static bool
read_clause(struct cs_words *line)
{
	for (unsigned i = 0; i < sizeof clauses / sizeof clauses[0]; i++) {
		if (!cs_words_skip(line, clauses[i].word))
			continue;
		if (!clauses[i].read(line))
			return false;
		return line->next == line->n || cs_words_complain(line, "nothing more is expected on this line");
	}
	return cs_words_complain(line, "no clause begins so; docs/simulator.md lists them");
}

static const struct cs_story usual_story = {
	.title = "a day without a title",
	.start_ns = 1772409600 * CS_SECOND, /* 2026-03-02 00:00 */
	.minutes = 60,
	.rate_milli = 20000,
	.card_n = 20000,
	.atm_n = 400,
	.shop_n = 1500,
	.abroad_ppm = 80000,
	.stripe_ppm = 100000,
	.echo_ns = CS_MINUTE,
};

static bool
prepared_in_time(const struct cs_story *story)
{
	for (unsigned i = 0; i < story->attack_n; i++)
		if (story->attack[i].lifted_ns > story->attack[i].at_ns ||
		    story->attack[i].probe_ns > story->attack[i].at_ns)
			return false;
	return true;
}

static bool
customers_enough(const struct cs_story *story)
{
	for (unsigned i = 0; i < story->attack_n; i++)
		if (story->attack[i].customers && story->attack[i].card_n > story->card_n)
			return false;
	return true;
}

static enum cs_error
check(const struct cs_story *story, struct cs_story_fault *fault)
{
	const char *wrong = NULL;
	if (story->minutes == 0 || story->minutes > 60 * 24 * 400)
		wrong = "minutes: from 1 to 576000";
	else if (story->card_n == 0 || story->card_n > 2000000)
		wrong = "cards: from 1 to 2000000";
	else if (story->atm_n == 0 || story->atm_n > 99999 || story->shop_n == 0 || story->shop_n > 99999)
		wrong = "atms and shops: from 1 to 99999";
	else if (!story->habits && story->spell_n + story->new_ppm + story->rest_ppm)
		wrong = "busy, travel, chip_fault, new_cards, resting: write `habits usual` too";
	else if (!customers_enough(story))
		wrong = "customers: an attack has no more cards of theirs than the bank has";
	else if (story->pay.per_day != 0 && story->attack_n + story->happening_n + story->spell_n > 0)
		wrong = "payments: a story of payments has no cards; write a story for each";
	else if (!prepared_in_time(story))
		wrong = "lifted, probe: an attack is not prepared before the story begins";
	if (wrong == NULL)
		return CS_OK;
	struct cs_text text = cs_text_over(fault->text, sizeof fault->text);
	cs_text_put(&text, wrong);
	return CS_E_SYNTAX;
}

enum cs_error
cs_story_read(struct cs_span text, struct cs_story *out, struct cs_story_fault *fault)
{
	struct cs_story story = usual_story;
	fault->line = 0;
	size_t at = 0;
	while (at < text.len) {
		const uint8_t *end = memchr(text.at + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.at) - at : text.len - at;
		struct cs_words line = {.story = &story, .fault = fault};
		fault->line++;
		if (!cs_words_split(&line, (struct cs_span){text.at + at, len}))
			return CS_E_SYNTAX;
		if (line.n > 0 && !read_clause(&line))
			return CS_E_SYNTAX;
		at += len + 1;
	}
	CS_TRY(check(&story, fault));
	*out = story;
	return CS_OK;
}
