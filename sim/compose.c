/*
 * Field sets of the simulated network, per kind of message and leg.
 *
 * Invariants: a kind of message always carries the same elements for the same sort of deal, entry mode and
 * conversion; what a response echoes it takes from the same deal, so an answer sent again is the same bytes.
 * The core leg is in the home currency and numbers messages on its own; DE2, 7, 32, 37, 41 pass unchanged.
 * spec: ISO 8583-1:1987 table 2 (elements), ISO 4217, EMV book 4 annex A (tags of DE55).
 */
#include "compose.h"

#include "base/text.h"
#include "calendar.h"

enum { FORWARDER = 900001 };

bool
cs_deal_converted(const struct cs_deal *deal)
{
	return deal->currency != CS_BANK_HOME_CURRENCY;
}

static void
describe(const struct cs_bank *bank, const struct cs_deal *deal, struct cs_machine *out)
{
	if (deal->sort == CS_DEAL_PURCHASE)
		cs_bank_shop(bank, deal->machine, deal->country, out);
	else
		cs_bank_atm(bank, deal->machine, deal->country, out);
}

/* "0" + class + function + origin. */
static void
start(struct cs_message *out, const struct cs_deal *deal, const char *tail)
{
	char mti[4] = {'0', deal->sort == CS_DEAL_PURCHASE ? '1' : '2', tail[0], tail[1]};
	cs_message_start(out, mti);
}

static void
put_time(struct cs_message *out, unsigned element, struct cs_calendar t, bool date, bool clock)
{
	char digits[16];
	struct cs_text text = cs_text_over(digits, sizeof digits);
	if (date)
		cs_text_put_padded(&text, t.month * 100 + t.day, 4);
	if (clock)
		cs_text_put_padded(&text, t.hour * 10000 + t.minute * 100 + t.second, 6);
	cs_message_put(out, element, digits, text.len);
}

static void
put_rrn(struct cs_message *out, const struct cs_deal *deal, enum cs_leg leg)
{
	struct cs_calendar t = cs_calendar_at(deal->asked_ns, 0);
	uint64_t day = t.year % 10 * 1000 + t.day_of_year;
	cs_message_put_number(out, 37, day * 100000000 + deal->rrn[leg] % 100000000, 12);
}

static const char *
processing_code(const struct cs_deal *deal)
{
	static const char *const codes[] = {"011000", "311000", "000000"};
	return codes[deal->sort];
}

/* Amount, currency and, abroad, what it is at home. HOME_MINOR is in the home currency. */
static void
put_amounts(struct cs_message *out, const struct cs_deal *deal, enum cs_leg leg, int64_t home_minor)
{
	bool whole = home_minor == deal->billing_minor;
	bool converted = cs_deal_converted(deal) && leg == CS_LEG_VISA;
	int64_t minor = leg == CS_LEG_CORE || !whole ? home_minor : deal->amount_minor;
	cs_message_put_number(out, 4, (uint64_t)minor, 12);
	cs_message_put_number(out, 49, leg == CS_LEG_CORE ? CS_BANK_HOME_CURRENCY : deal->currency, 3);
	if (!converted)
		return;
	cs_message_put_number(out, 6, (uint64_t)deal->billing_minor, 12);
	cs_message_put_number(out, 10, 70000000 + 1000000000 / cs_country_at(deal->country)->rate_milli % 9999999, 8);
	cs_message_put_number(out, 51, CS_BANK_HOME_CURRENCY, 3);
}

/* What every message about a deal carries. */
static void
put_common(struct cs_message *out, const struct cs_bank *bank, const struct cs_deal *deal, enum cs_leg leg)
{
	struct cs_plastic plastic;
	struct cs_machine machine;
	cs_bank_card(bank, deal->card, &plastic);
	describe(bank, deal, &machine);
	const struct cs_country *country = cs_country_at(deal->country);
	struct cs_calendar local = cs_calendar_at(deal->asked_ns, country->utc_minutes);
	cs_message_put_text(out, 2, plastic.pan);
	cs_message_put_text(out, 3, processing_code(deal));
	put_time(out, 7, cs_calendar_at(deal->asked_ns, 0), true, true);
	cs_message_put_number(out, 11, deal->stan[leg], 6);
	put_time(out, 12, local, false, true);
	put_time(out, 13, local, true, false);
	cs_message_put_number(out, 32, country->acquirer, 6);
	put_rrn(out, deal, leg);
	cs_message_put_text(out, 41, machine.terminal);
	cs_message_put_text(out, 42, machine.merchant);
}

/* What says how the card was read. */
static void
put_entry(struct cs_message *out, const struct cs_bank *bank, const struct cs_deal *deal)
{
	struct cs_plastic plastic;
	struct cs_machine machine;
	cs_bank_card(bank, deal->card, &plastic);
	describe(bank, deal, &machine);
	bool contactless = deal->sort == CS_DEAL_PURCHASE && deal->facts % 3 == 0;
	cs_message_put_text(out, 14, plastic.expiry);
	cs_message_put_number(out, 18, machine.mcc, 4);
	cs_message_put_number(out, 19, cs_country_at(deal->country)->numeric, 3);
	const char *stripe = deal->fallback ? "801" : deal->remote ? "812" : "901";
	cs_message_put_text(out, 22, !deal->chip ? stripe : contactless ? "071" : "051");
	cs_message_put_text(out, 25, deal->remote ? "59" : deal->sort == CS_DEAL_PURCHASE ? "00" : "02");
	cs_message_put_text(out, 43, machine.place);
}

static uint8_t *
tlv(uint8_t *at, unsigned tag, uint64_t value, unsigned len)
{
	if (tag > 0xff)
		*at++ = (uint8_t)(tag >> 8);
	*at++ = (uint8_t)tag;
	*at++ = (uint8_t)len;
	for (unsigned i = len; i > 0; i--)
		*at++ = (uint8_t)(i > 8 ? 0 : value >> 8 * (i - 1));
	return at;
}

static void
put_chip_request(struct cs_message *out, const struct cs_deal *deal)
{
	uint8_t icc[128];
	uint8_t *at = tlv(icc, 0x9F26, cs_dice_mix(deal->facts, 26), 8); /* ARQC */
	at = tlv(at, 0x9F27, 0x80, 1);
	at = tlv(at, 0x9F10, 0x06010A03A00000, 7);
	at = tlv(at, 0x9F37, deal->facts >> 16, 4);
	at = tlv(at, 0x9F36, deal->facts >> 40 & 0xfff, 2);
	at = tlv(at, 0x95, 0x8000, 5);
	at = tlv(at, 0x9A, 0x260302, 3);
	at = tlv(at, 0x9C, deal->sort == CS_DEAL_CASH, 1);
	at = tlv(at, 0x5F2A, deal->currency, 2);
	at = tlv(at, 0x82, 0x3900, 2);
	at = tlv(at, 0x9F1A, cs_country_at(deal->country)->numeric, 2);
	cs_message_put(out, 55, icc, (size_t)(at - icc));
}

static void
put_chip_response(struct cs_message *out, const struct cs_deal *deal)
{
	uint8_t icc[16];
	uint8_t *at = tlv(icc, 0x91, cs_dice_mix(deal->facts, 91), 10); /* ARPC and response code */
	cs_message_put(out, 55, icc, (size_t)(at - icc));
}

static void
put_private(struct cs_message *out, const struct cs_deal *deal, const char *lead)
{
	char value[16];
	struct cs_text text = cs_text_over(value, sizeof value);
	cs_text_put(&text, lead);
	cs_text_put_padded(&text, deal->facts >> 8 & 0xffffff, 9);
	cs_message_put_text(out, 63, value);
	cs_message_put_number(out, 62, 300000000000000 + (deal->facts & 0xffffffffff), 15);
}

void
cs_compose_request(const struct cs_bank *bank, const struct cs_deal *deal, enum cs_leg leg, bool repeat,
		   struct cs_message *out)
{
	struct cs_plastic plastic;
	cs_bank_card(bank, deal->card, &plastic);
	start(out, deal, repeat ? "01" : "00");
	put_common(out, bank, deal, leg);
	put_entry(out, bank, deal);
	put_amounts(out, deal, leg, leg == CS_LEG_CORE ? deal->core_minor : deal->billing_minor);
	if (!deal->remote)
		cs_message_put_text(out, 35, plastic.track2);
	cs_message_put_text(out, 48, deal->sort == CS_DEAL_PURCHASE ? "CH=POS,SVC=01" : "CH=ATM,SVC=02");
	if (deal->sort != CS_DEAL_PURCHASE) {
		uint64_t block = cs_dice_mix(deal->facts, 52 + leg); /* the switch translates the PIN block */
		cs_message_put(out, 52, &block, 8);
		cs_message_put_text(out, 53, "2001010100000000");
	}
	if (deal->chip) {
		cs_message_put_number(out, 23, plastic.sequence, 3);
		put_chip_request(out, deal);
	}
	cs_message_put_text(out, 60, "0520000000");
	if (leg == CS_LEG_VISA)
		put_private(out, deal, "REQ");
	else
		cs_message_put_number(out, 33, FORWARDER, 6);
}

void
cs_compose_balance(struct cs_message *message, int64_t balance_minor)
{
	char value[64];
	struct cs_text text = cs_text_over(value, sizeof value);
	int64_t held_minor = balance_minor / 40;
	for (unsigned i = 0; i < 2; i++) {
		cs_text_put(&text, i == 0 ? "1001" : "1002");
		cs_text_put_padded(&text, CS_BANK_HOME_CURRENCY, 3);
		cs_text_put_char(&text, 'C');
		cs_text_put_padded(&text, (uint64_t)(i == 0 ? balance_minor : balance_minor - held_minor), 12);
	}
	cs_message_put(message, 54, value, text.len);
}

void
cs_compose_response(const struct cs_bank *bank, const struct cs_deal *deal, enum cs_leg leg, struct cs_message *out)
{
	start(out, deal, "10");
	put_common(out, bank, deal, leg);
	put_amounts(out, deal, leg, leg == CS_LEG_CORE ? deal->granted_minor : deal->claimed_minor);
	cs_message_put_number(out, 15, 302, 4);
	if (deal->approval[leg][0] != '\0')
		cs_message_put_text(out, 38, deal->approval[leg]);
	cs_message_put_text(out, 39, deal->code[leg]);
	if (deal->sort == CS_DEAL_INQUIRY && deal->approval[leg][0] != '\0')
		cs_compose_balance(out, deal->balance_minor);
	if (deal->chip)
		put_chip_response(out, deal);
	if (leg == CS_LEG_VISA)
		put_private(out, deal, "RSP");
	else
		cs_message_put_number(out, 33, FORWARDER, 6);
}

void
cs_compose_advice(const struct cs_bank *bank, const struct cs_deal *deal, struct cs_message *out)
{
	start(out, deal, "20");
	put_common(out, bank, deal, CS_LEG_CORE);
	put_entry(out, bank, deal);
	put_amounts(out, deal, CS_LEG_CORE, deal->claimed_minor);
	cs_message_put_number(out, 11, deal->advice_stan, 6);
	cs_message_put_number(out, 33, FORWARDER, 6);
	cs_message_put_text(out, 38, deal->approval[CS_LEG_VISA]);
	cs_message_put_text(out, 39, deal->code[CS_LEG_VISA]);
	cs_message_put_text(out, 60, "STANDIN");
}

void
cs_compose_advice_response(const struct cs_bank *bank, const struct cs_deal *deal, struct cs_message *out)
{
	start(out, deal, "30");
	put_common(out, bank, deal, CS_LEG_CORE);
	put_amounts(out, deal, CS_LEG_CORE, deal->claimed_minor);
	cs_message_put_number(out, 11, deal->advice_stan, 6);
	cs_message_put_number(out, 33, FORWARDER, 6);
	cs_message_put_text(out, 39, "00");
}

/* DE90: what is reversed, by its MTI, STAN, transmission time, acquirer and forwarder. */
static void
put_original(struct cs_message *out, const struct cs_deal *deal, enum cs_leg leg)
{
	char value[48];
	struct cs_text text = cs_text_over(value, sizeof value);
	struct cs_calendar t = cs_calendar_at(deal->asked_ns, 0);
	cs_text_put(&text, deal->sort == CS_DEAL_PURCHASE ? "0100" : "0200");
	cs_text_put_padded(&text, deal->stan[leg], 6);
	cs_text_put_padded(&text, t.month * 100 + t.day, 4);
	cs_text_put_padded(&text, t.hour * 10000 + t.minute * 100 + t.second, 6);
	cs_text_put_padded(&text, cs_country_at(deal->country)->acquirer, 11);
	cs_text_put_padded(&text, leg == CS_LEG_CORE ? FORWARDER : 0, 11);
	cs_message_put(out, 90, value, text.len);
}

void
cs_compose_reversal(const struct cs_bank *bank, const struct cs_deal *deal, enum cs_leg leg, const char *reason,
		    struct cs_message *out)
{
	cs_message_start(out, "0420");
	put_common(out, bank, deal, leg);
	put_entry(out, bank, deal);
	put_amounts(out, deal, leg, leg == CS_LEG_CORE ? deal->granted_minor : deal->claimed_minor);
	cs_message_put_number(out, 11, deal->reversal_stan[leg], 6);
	if (deal->answered && deal->approval[leg][0] != '\0')
		cs_message_put_text(out, 38, deal->approval[leg]);
	cs_message_put_text(out, 39, reason);
	put_original(out, deal, leg);
}

void
cs_compose_reversal_response(const struct cs_bank *bank, const struct cs_deal *deal, enum cs_leg leg,
			     struct cs_message *out)
{
	cs_message_start(out, "0430");
	put_common(out, bank, deal, leg);
	put_amounts(out, deal, leg, leg == CS_LEG_CORE ? deal->granted_minor : deal->claimed_minor);
	cs_message_put_number(out, 11, deal->reversal_stan[leg], 6);
	cs_message_put_text(out, 39, "00");
}

void
cs_compose_network(const struct cs_network *network, struct cs_message *out)
{
	cs_message_start(out, network->response ? "0810" : "0800");
	put_time(out, 7, cs_calendar_at(network->time_ns, 0), true, true);
	cs_message_put_number(out, 11, network->stan, 6);
	cs_message_put_number(out, 33, FORWARDER, 6);
	if (network->response)
		cs_message_put_text(out, 39, "00");
	cs_message_put_number(out, 70, network->code, 3);
}
