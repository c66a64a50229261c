/*
 * Network rules: what fields must or must not stand together, by the public error codes.
 *
 * Called when every field is right by itself. Rules that are commonly let through raise network_rule instead of refusing;
 * docs/payments.md tells which.
 */
#include "decode/mt_parts.h"

enum { LT_COUNTRY = 4 };

static void
broken(struct cs_mt *mt, const struct cs_mt_field *field, const char *code, const char *text)
{
	struct cs_mt_fault fault = {code, text, NULL};
	if (field)
		cs_mt_refuse_field(mt, field, &fault);
	else
		cs_mt_refuse(mt, code, mt->bytes.at + mt->head.own_at, text);
}

static bool
option_in(const struct cs_mt_field *field, const char *options)
{
	return field && field->option && strchr(options, field->option);
}

static bool
value_begins(const struct cs_mt *mt, const struct cs_mt_field *field, const char *text)
{
	size_t len = strlen(text);
	return field && field->len >= len && memcmp(mt->bytes.at + field->at, text, len) == 0;
}

static bool
same_currency(const struct cs_mt *mt, const struct cs_mt_field *a, size_t a_skip, const struct cs_mt_field *b)
{
	return memcmp(mt->bytes.at + a->at + a_skip, mt->bytes.at + b->at, 3) == 0;
}

static const struct cs_mt_field *
with_option(const struct cs_mt *mt, unsigned tag, char option)
{
	for (uint32_t i = mt->first[0][tag]; i && i <= mt->field_n && mt->field[i - 1].tag == tag; i++)
		if (mt->field[i - 1].option == option)
			return &mt->field[i - 1];
	return NULL;
}

/* --- 103 --- */

static bool
between_europeans(const struct cs_mt *mt)
{
	const struct cs_mt_head *head = &mt->head;
	struct cs_span other =
		head->direction == 'I' ? head->receiver_lt : (struct cs_span){head->reference.at + 6, 12};
	const uint8_t *countries = mt->plan->codes.country;
	return (countries[cs_codes_letters2(head->lt.at + LT_COUNTRY)] & 2) &&
	       (countries[cs_codes_letters2(other.at + LT_COUNTRY)] & 2);
}

static void
instructed(struct cs_mt *mt)
{
	const struct cs_mt_field *settled = cs_mt_find(mt, 32, 0);
	const struct cs_mt_field *asked = cs_mt_find(mt, 33, 0);
	const struct cs_mt_field *rate = cs_mt_find(mt, 36, 0);
	if (!asked && between_europeans(mt))
		broken(mt, NULL, "D49", "33B is mandatory between these countries");
	bool differ = asked && !same_currency(mt, settled, 6, asked);
	if (differ && !rate)
		broken(mt, asked, "D75", "36 is mandatory when the currencies of 32A and 33B differ");
	if (!differ && rate)
		broken(mt, rate, "D75", "36 is there although there is only one currency");
}

static void
charges(struct cs_mt *mt)
{
	const struct cs_mt_field *bearer = with_option(mt, 71, 'A');
	const struct cs_mt_field *ours = with_option(mt, 71, 'F');
	const struct cs_mt_field *theirs = with_option(mt, 71, 'G');
	if (value_begins(mt, bearer, "OUR") && ours)
		broken(mt, ours, "E13", "OUR excludes 71F");
	if (value_begins(mt, bearer, "SHA") && theirs)
		broken(mt, theirs, "D50", "SHA excludes 71G");
	if (value_begins(mt, bearer, "BEN") && (!ours || theirs))
		broken(mt, bearer, "E15", "BEN needs 71F and excludes 71G");
	if ((ours || theirs) && !cs_mt_find(mt, 33, 0))
		broken(mt, ours ? ours : theirs, "D51", "71F and 71G need 33B");
	if (theirs && !same_currency(mt, cs_mt_find(mt, 32, 0), 6, theirs))
		broken(mt, theirs, "C02", "the currency of 71G is that of 32A");
}

static bool
has_clearing(const struct cs_mt *mt, const struct cs_mt_field *field)
{
	return value_begins(mt, field, "//");
}

static void
service_level_agents(struct cs_mt *mt, bool priority)
{
	const struct cs_mt_field *f53 = cs_mt_find(mt, 53, 0);
	const struct cs_mt_field *f54 = cs_mt_find(mt, 54, 0);
	const struct cs_mt_field *f55 = cs_mt_find(mt, 55, 0);
	const struct cs_mt_field *f56 = cs_mt_find(mt, 56, 0);
	const struct cs_mt_field *f57 = cs_mt_find(mt, 57, 0);
	if (option_in(f53, "D"))
		broken(mt, f53, "E03", "this service level excludes option D of 53a");
	if (option_in(f53, "B") && !value_begins(mt, f53, "/"))
		broken(mt, f53, "E04", "this service level needs an account in 53B");
	if (option_in(f54, "BD"))
		broken(mt, f54, "E05", "this service level allows option A of 54a only");
	if (option_in(f55, "BD"))
		broken(mt, f55, "E07", "this service level allows option A of 55a only");
	if (f56 && priority)
		broken(mt, f56, "E16", "SPRI excludes 56a");
	if (f56 && !priority && !option_in(f56, "A") && !(option_in(f56, "C") && has_clearing(mt, f56)))
		broken(mt, f56, "E17", "this service level allows 56A, or 56C with a clearing code");
	if (option_in(f57, "B") || (option_in(f57, "D") && !value_begins(mt, f57, "/")))
		broken(mt, f57, "E09", "this service level allows 57A, 57C, or 57D with an account");
	if (!value_begins(mt, cs_mt_find(mt, 59, 0), "/"))
		broken(mt, cs_mt_find(mt, 59, 0), "E10", "this service level needs an account in 59a");
}

static void
service_level(struct cs_mt *mt)
{
	const struct cs_mt_field *level = with_option(mt, 23, 'B');
	bool priority = value_begins(mt, level, "SPRI");
	if (!priority && !value_begins(mt, level, "SSTD") && !value_begins(mt, level, "SPAY"))
		return;
	for (uint32_t i = mt->first[0][23]; i && i <= mt->field_n; i++) {
		const struct cs_mt_field *code = &mt->field[i - 1];
		if (code->tag != 23 || code->option != 'E')
			continue;
		if (!priority)
			broken(mt, code, "E02", "this service level excludes 23E");
		else if (!value_begins(mt, code, "SDVA") && !value_begins(mt, code, "TELB") &&
			 !value_begins(mt, code, "PHOB") && !value_begins(mt, code, "INTC"))
			broken(mt, code, "E01", "with SPRI, 23E is SDVA, TELB, PHOB or INTC");
	}
	service_level_agents(mt, priority);
}

static void
one_instruction(struct cs_mt *mt, const struct cs_mt_field *code)
{
	if (value_begins(mt, code, "CHQB") && value_begins(mt, cs_mt_find(mt, 59, 0), "/"))
		broken(mt, code, "E18", "CHQB excludes an account in 59a");
	if ((value_begins(mt, code, "TELI") || value_begins(mt, code, "PHOI")) && !cs_mt_find(mt, 56, 0))
		broken(mt, code, "E44", "TELI and PHOI need 56a");
	if ((value_begins(mt, code, "TELE") || value_begins(mt, code, "PHON")) && !cs_mt_find(mt, 57, 0))
		broken(mt, code, "E45", "TELE and PHON need 57a");
}

/* Order (D98), repetition (E46) and company (D67) of 23E: told, not refused. */
static void
instruction_company(struct cs_mt *mt, uint32_t seen, unsigned index)
{
	static const uint32_t excludes[] = {
		/* of SDVA, INTC, REPA, CORT, HOLD, CHQB, PHOB, TELB, PHON, TELE, PHOI, TELI: bits of those before */
		0,
		0,
		0,
		0,
		1 << 0 | 1 << 1 | 1 << 2 | 1 << 3,
		1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4,
		0,
		1 << 6,
		0,
		1 << 8,
		0,
		1 << 10};
	uint32_t later = ~((UINT32_C(1) << index) - 1);
	bool corrected = index == 3 && (seen & 1 << 2);
	if ((seen & later) || (seen & excludes[index]) || corrected)
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_NETWORK_RULE);
}

static void
instructions(struct cs_mt *mt)
{
	static const char *const ordered[] = {"SDVA", "INTC", "REPA", "CORT", "HOLD", "CHQB",
					      "PHOB", "TELB", "PHON", "TELE", "PHOI", "TELI"};
	uint32_t seen = 0;
	for (uint32_t i = mt->first[0][23]; i && i <= mt->field_n && mt->field[i - 1].tag == 23; i++) {
		const struct cs_mt_field *code = &mt->field[i - 1];
		if (code->option != 'E')
			continue;
		one_instruction(mt, code);
		for (unsigned k = 0; k < sizeof ordered / sizeof ordered[0]; k++) {
			if (!value_begins(mt, code, ordered[k]))
				continue;
			instruction_company(mt, seen, k);
			seen |= UINT32_C(1) << k;
		}
	}
}

static void
customer_transfer(struct cs_mt *mt)
{
	const struct cs_mt_field *f55 = cs_mt_find(mt, 55, 0);
	const struct cs_mt_field *envelope = cs_mt_find(mt, 77, 0) ? with_option(mt, 77, 'T') : NULL;
	instructed(mt);
	charges(mt);
	service_level(mt);
	instructions(mt);
	if (f55 && !(cs_mt_find(mt, 53, 0) && cs_mt_find(mt, 54, 0)))
		broken(mt, f55, "E06", "55a needs 53a and 54a");
	if (envelope && cs_mt_find(mt, 70, 0))
		broken(mt, envelope, "E12", "77T excludes 70");
	const struct cs_mt_field *f53 = cs_mt_find(mt, 53, 0);
	if (mt->head.flag == CS_MT_STP && option_in(f53, "B") && !value_begins(mt, f53, "/"))
		broken(mt, f53, "E04", "53B of a straight-through transfer needs an account");
}

/* --- the others --- */

static void
intermediaries(struct cs_mt *mt)
{
	for (unsigned sequence = 0; sequence < 2; sequence++) {
		const struct cs_mt_field *f56 = cs_mt_find(mt, 56, sequence);
		if (f56 && !cs_mt_find(mt, 57, sequence))
			broken(mt, f56, "C81", "56a needs 57a");
	}
}

/* 210: one currency; who orders is told by 50a or 52a, not both. */
static void
notice_to_receive(struct cs_mt *mt)
{
	const struct cs_mt_field *first = NULL;
	bool ordered = false;
	for (uint32_t i = 0; i < mt->field_n; i++) {
		const struct cs_mt_field *field = &mt->field[i];
		ordered &= field->tag != 21;
		if ((field->tag == 50 || field->tag == 52) && ordered)
			cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_NETWORK_RULE);
		ordered |= field->tag == 50 || field->tag == 52;
		if (field->tag == 32 && first && !same_currency(mt, first, 0, field))
			broken(mt, field, "C02", "all amounts are in one currency");
		if (field->tag == 32 && !first)
			first = field;
	}
}

static void
interim(struct cs_mt *mt)
{
	static const uint8_t tags[] = {34, 90};
	const struct cs_mt_field *first = cs_mt_find(mt, 34, 0);
	unsigned floors = 0;
	for (uint32_t i = mt->first[0][34]; i && i <= mt->field_n && mt->field[i - 1].tag == 34; i++)
		floors++;
	if (floors > 2)
		broken(mt, first, "T13", "there are at most two floor limits");
	for (uint32_t i = 0; i < mt->field_n; i++) {
		const struct cs_mt_field *field = &mt->field[i];
		const uint8_t *at = mt->bytes.at + field->at;
		if (!memchr(tags, field->tag, sizeof tags))
			continue;
		while (*at >= '0' && *at <= '9')
			at++;
		if (memcmp(at, mt->bytes.at + first->at, 2) != 0)
			broken(mt, field, "C27", "floor limits and sums are in one currency");
	}
}

static void
cancellation(struct cs_mt *mt)
{
	/* Copies of the original's fields stand behind 11S and 79. */
	if (!cs_mt_find(mt, 79, 0) && mt->field_n <= 3)
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_NETWORK_RULE);
}

void
cs_mt_rules(struct cs_mt *mt)
{
	switch (mt->head.type) {
	case 103:
		customer_transfer(mt);
		intermediaries(mt);
		break;
	case 200:
	case 202:
	case 205:
		intermediaries(mt);
		break;
	case 210:
		notice_to_receive(mt);
		break;
	case 192:
	case 292:
		cancellation(mt);
		break;
	case 910:
		if (!cs_mt_find(mt, 50, 0) && !cs_mt_find(mt, 52, 0))
			broken(mt, NULL, "C06", "50a or 52a must be there");
		if (cs_mt_find(mt, 50, 0) && cs_mt_find(mt, 52, 0))
			cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_NETWORK_RULE);
		break;
	case 942:
		interim(mt);
		break;
	default:
		break;
	}
}
