/*
 * Fingerprints of forged answers, as data: which elements of the request come back, and what is added.
 *
 * Sources: Symantec (Nov 2018), Perlow (BlackHat USA 2020), HaxRob (Oct 2024), see docs/threats.md. The
 * list of elements the Linux family removes is not public; fourteen plausible ones stand for it.
 */
#include "forge.h"

#include "base/text.h"

/* AIX: a set is copied from the request, request-only elements 14 22 25 35 among it; 38 55 64 are not. */
static const uint8_t aix_copies[] = {2, 3, 4, 7, 11, 14, 19, 22, 25, 32, 35, 37, 41, 42, 44, 49, 62, 63};

/* Linux: fourteen elements are removed, PIN data among them. */
static const uint8_t linux_removes[] = {14, 18, 19, 22, 23, 25, 35, 43, 52, 53, 55, 60, 62, 63};

/* Windows: the answer is the request without what belongs to the card and its holder. */
static const uint8_t windows_removes[] = {14, 35, 52, 53, 55};

enum { TURKISH_LIRA = 949, INDIAN_RUPEE = 356 };

static void
copy_but(struct cs_message *out, const struct cs_message *request, const uint8_t *but, size_t but_n)
{
	for (unsigned element = 2; element <= CS_MESSAGE_ELEMENT_MAX; element++)
		if (memchr(but, (int)element, but_n) == NULL)
			cs_message_copy(out, request, element);
}

/* One block of DE54: account type of DE3, amount type, currency, always credit. */
static void
put_block(struct cs_message *out, const char *amount_type, unsigned currency, uint64_t minor)
{
	char value[24];
	struct cs_text text = cs_text_over(value, sizeof value);
	cs_text_put(&text, "10");
	cs_text_put(&text, amount_type);
	cs_text_put_padded(&text, currency, 3);
	cs_text_put_char(&text, 'C');
	cs_text_put_padded(&text, minor, 12);
	cs_message_put(out, 54, value, text.len);
}

/* 12 000 to 30 000 major units, drawn anew each time. */
static uint64_t
drawn_balance(const struct cs_deal *deal)
{
	return (12000 + cs_dice_mix(deal->facts, 54) % 18001) * 100;
}

static void
forge_aix(const struct cs_deal *deal, const struct cs_message *request, struct cs_message *out)
{
	for (size_t i = 0; i < sizeof aix_copies; i++)
		cs_message_copy(out, request, aix_copies[i]);
	if (deal->sort != CS_DEAL_INQUIRY)
		return;
	cs_message_copy(out, request, 18);
	put_block(out, "01", INDIAN_RUPEE, drawn_balance(deal));
}

static void
forge_windows(const struct cs_deal *deal, const struct cs_message *request, struct cs_message *out)
{
	copy_but(out, request, windows_removes, sizeof windows_removes);
	if (deal->sort == CS_DEAL_INQUIRY)
		put_block(out, "02", TURKISH_LIRA, drawn_balance(deal));
}

static void
forge_linux(const struct cs_deal *deal, const struct cs_message *request, struct cs_message *out)
{
	copy_but(out, request, linux_removes, sizeof linux_removes);
	cs_message_put_text(out, 48, "0387T");
	put_block(out, "02", TURKISH_LIRA, drawn_balance(deal));
	if (deal->sort == CS_DEAL_INQUIRY)
		cs_message_put_number(out, 38, drawn_balance(deal) / 7 % 1000000, 6);
	else
		cs_message_put_text(out, 38, "      ");
}

void
cs_forge_response(const struct cs_bank *bank, const struct cs_deal *deal, enum cs_variant variant,
		  struct cs_message *out)
{
	if (variant == CS_VARIANT_PERFECT) {
		cs_compose_response(bank, deal, CS_LEG_VISA, out);
		return;
	}
	struct cs_message request;
	cs_compose_request(bank, deal, CS_LEG_VISA, false, &request);
	cs_message_start(out, deal->sort == CS_DEAL_PURCHASE ? "0110" : "0210");
	if (variant == CS_VARIANT_AIX)
		forge_aix(deal, &request, out);
	else if (variant == CS_VARIANT_WINDOWS)
		forge_windows(deal, &request, out);
	else
		forge_linux(deal, &request, out);
	cs_message_put_text(out, 39, deal->code[CS_LEG_VISA]);
}
