/*
 * The tables of the MT decoder, compiled once at start: character classes, formats, orders, currencies, countries, IBANs.
 *
 * A table that does not compile is our own mistake, and asserted. Nothing here changes afterwards.
 */
#include "decode/mt_parts.h"

#include <stdlib.h>

static const struct {
	uint8_t tag;
	char option;
	const char *format;
	uint8_t check;
} fields[] = {
#define FIELD(tag, option, format, check) {tag, option, format, CS_MT_CHECK_##check},
#include "decode/mt_field.def"
#undef FIELD
};

static const struct {
	uint16_t number;
	uint8_t flag;
	uint16_t limit;
	const char *order;
} types[] = {
#define TYPE(number, flag, limit, order) {number, CS_MT_##flag, limit, order},
#include "decode/mt_type.def"
#undef TYPE
};

static const struct {
	uint16_t tag;
	const char *format;
} users[] = {
#define USER(tag, format, code) {tag, format},
#include "decode/mt_tag.def"
#undef USER
};

static const char *const trailers[] = {
#define TRAILER(name, format) format,
#include "decode/mt_tag.def"
#undef TRAILER
};

enum {
	FIELD_N = sizeof fields / sizeof fields[0],
	USER_N = sizeof users / sizeof users[0],
	TRAILER_N = sizeof trailers / sizeof trailers[0],
};
_Static_assert(FIELD_N <= (int)CS_MT_ROWS_MAX, "a row fits a byte");
_Static_assert(TRAILER_N <= 8, "there is room for the trailers");

/* Between two of these 33B is due (D49). */
static const char european[] =
	"ADATBEBVBGCHCYCZDEDKEEESFIFRGBGFGIGPGRHUIEISITLILTLULVMCMQMTNLNOPLPMPTREROSESISJSKSMTFVA";

/* --- order of fields --- */

struct orderer {
	struct cs_mt_plan *plan;
	const char *at;
	bool bad;
	bool second; /* sequence B */
	bool grouped;
	unsigned group;
};

static uint8_t
quantity(struct orderer *o)
{
	switch (*o->at) {
	case '?':
		o->at++;
		return CS_MT_ITEM_OPTIONAL;
	case '*':
		o->at++;
		return CS_MT_ITEM_OPTIONAL | CS_MT_ITEM_REPEAT;
	case '+':
		o->at++;
		return CS_MT_ITEM_REPEAT;
	default:
		return 0;
	}
}

static void
item(struct orderer *o)
{
	struct cs_mt_item made = {.loop = CS_MT_NO_LOOP};
	if (*o->at == '.') {
		o->at++;
		made.flags = CS_MT_ITEM_ANY;
	}
	for (unsigned i = 0; !made.flags && i < 2; i++) {
		o->bad |= *o->at < '0' || *o->at > '9';
		if (!o->bad)
			made.tag = (uint8_t)(made.tag * 10 + (unsigned)(*o->at++ - '0'));
	}
	for (; (*o->at >= 'A' && *o->at <= 'Z') || *o->at == '-'; o->at++)
		made.options |= UINT32_C(1) << (*o->at == '-' ? 0 : *o->at - 'A' + 1);
	if (!made.options)
		made.options = 1;
	unsigned letters = made.options & ~1U;
	bool one = (letters & (letters - 1)) == 0 && !(made.options & 1);
	made.name[0] = (char)('0' + made.tag / 10);
	made.name[1] = (char)('0' + made.tag % 10);
	made.name[2] = !letters ? '\0' : one ? (char)('A' + __builtin_ctz(letters) - 1) : 'a';
	made.flags |= quantity(o);
	if (o->second)
		made.flags |= CS_MT_ITEM_B;
	if (o->bad || o->plan->item_n >= CS_MT_ITEMS_MAX) {
		o->bad = true;
		return;
	}
	o->plan->item[o->plan->item_n++] = made;
}

static void
end_group(struct orderer *o)
{
	uint8_t flags = quantity(o);
	if (!o->grouped || o->plan->item_n == o->group) {
		o->bad = true;
		return;
	}
	o->plan->item[o->plan->item_n - 1].flags |= CS_MT_ITEM_LAST;
	o->plan->item[o->plan->item_n - 1].loop = (uint16_t)o->group;
	if (flags & CS_MT_ITEM_OPTIONAL)
		o->plan->item[o->group].beyond = (uint16_t)o->plan->item_n;
	o->grouped = false;
}

bool
cs_mt_order_compile(struct cs_mt_plan *plan, struct cs_mt_type *type, const char *order)
{
	struct orderer o = {.plan = plan, .at = order};
	type->first_item = (uint16_t)plan->item_n;
	while (*o.at && !o.bad) {
		char sign = *o.at;
		if (sign == ' ' || sign == '(' || sign == ')' || sign == ';')
			o.at++;
		if (sign == '(') {
			o.bad |= o.grouped;
			o.grouped = true;
			o.group = plan->item_n;
		} else if (sign == ')') {
			end_group(&o);
		} else if (sign == ';') {
			o.second = true;
		} else if (sign != ' ') {
			item(&o);
		}
	}
	type->item_n = (uint16_t)(plan->item_n - type->first_item);
	return !o.bad && !o.grouped;
}

/* --- classes and codes --- */

static void
fill_classes(struct cs_mt_plan *plan)
{
	for (unsigned c = '0'; c <= '9'; c++)
		plan->classes[c] =
			CS_MT_CLASS_N | CS_MT_CLASS_C | CS_MT_CLASS_H | CS_MT_CLASS_X | CS_MT_CLASS_Y | CS_MT_CLASS_Z;
	for (unsigned c = 'A'; c <= 'Z'; c++) {
		plan->classes[c] = CS_MT_CLASS_A | CS_MT_CLASS_C | CS_MT_CLASS_X | CS_MT_CLASS_Y | CS_MT_CLASS_Z;
		plan->classes[c + 32] = CS_MT_CLASS_X | CS_MT_CLASS_Z;
	}
	for (unsigned c = 'A'; c <= 'F'; c++)
		plan->classes[c] |= CS_MT_CLASS_H;
	for (const char *c = "/-?:().,'+ "; *c; c++)
		plan->classes[(uint8_t)*c] |= CS_MT_CLASS_X | CS_MT_CLASS_Z;
	for (const char *c = " .,-()/='+:?!\"%&*<>;"; *c; c++)
		plan->classes[(uint8_t)*c] |= CS_MT_CLASS_Y | CS_MT_CLASS_Z;
	for (const char *c = "@#_{"; *c; c++)
		plan->classes[(uint8_t)*c] |= CS_MT_CLASS_Z;
	for (unsigned c = ' '; c < 256; c++)
		plan->classes[c] |= c == 127 ? 0 : CS_MT_CLASS_L;
}

static void
fill_codes(struct cs_mt_plan *plan)
{
	cs_codes_fill(&plan->codes);
	for (const char *at = european; *at; at += 2)
		plan->codes.country[cs_codes_letters2((const uint8_t *)at)] |= 2;
}

static uint16_t
compile(struct cs_mt_plan *plan, const char *format)
{
	unsigned op = cs_mt_format_compile(plan, format);
	CS_ASSERT(op < CS_MT_OPS_MAX);
	return (uint16_t)op;
}

struct cs_mt_plan *
cs_mt_plan_new(void)
{
	struct cs_mt_plan *plan = calloc(1, sizeof *plan);
	if (!plan)
		return NULL;
	fill_classes(plan);
	fill_codes(plan);
	for (unsigned i = 0; i < FIELD_N; i++) {
		plan->row[i] =
			(struct cs_mt_row){.tag = fields[i].tag, .option = fields[i].option, .check = fields[i].check};
		plan->row[i].first_op = compile(plan, fields[i].format);
		plan->by_tag[fields[i].tag][fields[i].option ? fields[i].option - 'A' + 1 : 0] = (uint8_t)(i + 1);
	}
	plan->row_n = FIELD_N;
	for (unsigned i = 0; i < CS_MT_TYPES_N; i++) {
		plan->type[i] =
			(struct cs_mt_type){.number = types[i].number, .flag = types[i].flag, .limit = types[i].limit};
		CS_ASSERT(cs_mt_order_compile(plan, &plan->type[i], types[i].order));
	}
	for (unsigned i = 0; i < USER_N; i++)
		plan->user_op[users[i].tag] = (uint16_t)(compile(plan, users[i].format) + 1);
	for (unsigned i = 0; i < TRAILER_N; i++)
		plan->trailer_op[i] = compile(plan, trailers[i]);
	plan->text_op = compile(plan, "64x");
	plan->when_op = compile(plan, "10!n");
	return plan;
}

void
cs_mt_plan_free(struct cs_mt_plan *plan)
{
	free(plan);
}

const struct cs_mt_type *
cs_mt_type_find(const struct cs_mt_plan *plan, unsigned number, enum cs_mt_flag flag)
{
	for (unsigned i = 0; i < CS_MT_TYPES_N; i++)
		if (plan->type[i].number == number && plan->type[i].flag == flag)
			return &plan->type[i];
	return NULL;
}
