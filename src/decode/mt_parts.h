/*
 * What the files of the MT decoder share: compiled formats and types, and how faults are told.
 */
#ifndef CS_DECODE_MT_PARTS_H
#define CS_DECODE_MT_PARTS_H

#include "decode/codes.h"
#include "decode/mt.h"

enum {
	CS_MT_OPS_MAX = 1024,
	CS_MT_ITEMS_MAX = 512,
	CS_MT_TRIES_MAX = 8, /* optional parts of one format */
	CS_MT_ROWS_MAX = 255,
	CS_MT_TEXT_MAX = 10000, /* characters of block 4, of any type */
};

/* Character classes: bits of cs_mt_plan.classes. */
enum {
	CS_MT_CLASS_N = 1,  /* digits */
	CS_MT_CLASS_A = 2,  /* capital letters */
	CS_MT_CLASS_C = 4,  /* both */
	CS_MT_CLASS_H = 8,  /* hexadecimal, capital */
	CS_MT_CLASS_X = 16, /* the usual text */
	CS_MT_CLASS_Y = 32, /* EDIFACT level A */
	CS_MT_CLASS_Z = 64, /* information services */
	CS_MT_CLASS_L = 128 /* anything but control characters: lenient */
};

enum cs_mt_op_kind {
	CS_MT_OP_RUN,    /* min to max characters of a class */
	CS_MT_OP_CHAR,   /* this character */
	CS_MT_OP_LINE,   /* end of line */
	CS_MT_OP_LINES,  /* the rest: up to `arg` lines of min to max characters */
	CS_MT_OP_AMOUNT, /* digits with one comma, max characters */
	CS_MT_OP_TRY,    /* optional: if what follows does not fit, go on at `arg` */
	CS_MT_OP_IF,     /* if no slash is next, go on at `arg` */
	CS_MT_OP_BEGIN,  /* this is the beginning of a line */
	CS_MT_OP_END
};

struct cs_mt_op {
	uint8_t kind;
	uint8_t bits; /* class, or the character */
	uint16_t min;
	uint16_t max;
	uint16_t arg;
};

/* What a value must mean beyond its format. */
enum cs_mt_check {
	CS_MT_CHECK_NONE,
	CS_MT_CHECK_NARRATIVE, /* words: beyond its measure it is told, not refused */
	CS_MT_CHECK_REFERENCE, /* slashes */
	CS_MT_CHECK_DATE,      /* YYMMDD at the start */
	CS_MT_CHECK_DATED,     /* YYMMDD, currency, amount */
	CS_MT_CHECK_MONEY,     /* currency, amount */
	CS_MT_CHECK_BIC,       /* last line is a BIC */
	CS_MT_CHECK_NUMBERED,  /* lines 1/ to 8/ */
	CS_MT_CHECK_TIME,      /* 13C */
	CS_MT_CHECK_WHEN,      /* 13D */
	CS_MT_CHECK_OPERATION, /* 23B */
	CS_MT_CHECK_CODE,      /* 23E */
	CS_MT_CHECK_CHARGES,   /* 71A */
	CS_MT_CHECK_BALANCE,   /* 60, 62, 64, 65 */
	CS_MT_CHECK_ENTRY,     /* 61 */
	CS_MT_CHECK_FLOOR,     /* 34F */
	CS_MT_CHECK_TOTAL,     /* 90 */
	CS_MT_CHECK_ORIGINAL   /* 11R, 11S */
};

struct cs_mt_row {
	uint8_t tag;
	char option;
	uint8_t check;
	uint16_t first_op;
};

/* One place in the order of a type's fields. */
struct cs_mt_item {
	uint8_t tag;
	uint8_t flags;    /* CS_MT_ITEM_... */
	uint16_t loop;    /* behind the last item of its group: where the group begins, else CS_MT_NO_LOOP */
	uint16_t beyond;  /* at the first item of a group that may be absent: the item behind the group, else 0 */
	char name[4];     /* "32A", or "50a" when several letters may stand there */
	uint32_t options; /* bit 0 none, bit 1 A ... */
};

enum { CS_MT_ITEM_OPTIONAL = 1, CS_MT_ITEM_REPEAT = 2, CS_MT_ITEM_ANY = 4, CS_MT_ITEM_LAST = 8, CS_MT_ITEM_B = 16 };
enum { CS_MT_NO_LOOP = UINT16_MAX };

struct cs_mt_type {
	uint16_t number;
	uint8_t flag;
	uint16_t limit; /* characters of block 4; more are told, and refused beyond CS_MT_TEXT_MAX */
	uint16_t first_item;
	uint16_t item_n;
};

enum {
	CS_MT_TYPES_N = 0
#define TYPE(number, flag, limit, order) +1
#include "decode/mt_type.def"
#undef TYPE
};

struct cs_mt_plan {
	uint8_t classes[256];
	uint8_t by_tag[100][27]; /* row + 1 */
	struct cs_codes codes;   /* bit 1 of country: 33B is due between two of these */
	unsigned op_n;
	unsigned row_n;
	unsigned item_n;
	struct cs_mt_op op[CS_MT_OPS_MAX];
	struct cs_mt_row row[CS_MT_ROWS_MAX];
	struct cs_mt_item item[CS_MT_ITEMS_MAX];
	struct cs_mt_type type[CS_MT_TYPES_N];
	uint16_t user_op[1000]; /* tags of block 3: format + 1 */
	uint16_t trailer_op[8];
	uint16_t text_op; /* of tags that are not known */
	uint16_t when_op; /* YYMMDDHHMM */
};

/* A value, taken apart at its line ends. */
struct cs_mt_lines {
	unsigned n;
	bool clean; /* every character is of class X: runs of it need no second look */
	struct cs_span line[CS_MT_LINES_MAX];
};

struct cs_mt_fault {
	const char *code;
	const char *text;
	const uint8_t *at;
};

/* cs_mt_format_compile adds the program of NOTATION to PLAN; its first op, or CS_MT_OPS_MAX when it is not understood. */
unsigned cs_mt_format_compile(struct cs_mt_plan *plan, const char *notation);

/* cs_mt_format_fits runs a program over LINES; false with *FAULT. */
bool cs_mt_format_fits(const struct cs_mt_plan *plan, unsigned op, const struct cs_mt_lines *lines,
		       struct cs_mt_fault *fault);

/* cs_mt_order_compile adds the items of ORDER to PLAN as those of TYPE; false when it is not understood. */
bool cs_mt_order_compile(struct cs_mt_plan *plan, struct cs_mt_type *type, const char *order);

/* cs_mt_lines_of takes VALUE apart; false when it has more lines than there is room. */
bool cs_mt_lines_of(struct cs_span value, struct cs_mt_lines *out);

/* cs_mt_clean says whether all bytes are of class X. */
bool cs_mt_clean(struct cs_span bytes);

/* cs_mt_begin empties MT for BYTES. */
void cs_mt_begin(struct cs_mt *mt, struct cs_span bytes, bool loose);

/* cs_mt_refuse adds a reason at a place in the message. */
void cs_mt_refuse(struct cs_mt *mt, const char *code, const uint8_t *at, const char *text);

/* cs_mt_refuse_field adds a reason about FIELD; AT may be NULL: the field's value. */
void cs_mt_refuse_field(struct cs_mt *mt, const struct cs_mt_field *field, const struct cs_mt_fault *fault);

/* cs_mt_block_read reads blocks 1, 2, 3 behind an acknowledgement, and lends the text of block 4; false: refused. */
bool cs_mt_block_read(struct cs_mt *mt, struct cs_span *text);

/* cs_mt_block_end reads what follows block 4 from AT; false: refused. */
bool cs_mt_block_end(struct cs_mt *mt, const uint8_t *at);

/* cs_mt_type_find finds the type of a head; NULL: not known. */
const struct cs_mt_type *cs_mt_type_find(const struct cs_mt_plan *plan, unsigned number, enum cs_mt_flag flag);

/* cs_mt_text_read reads block 4 from TEXT on, behind its "{4:"; sets *END behind its "-}"; false: refused. */
bool cs_mt_text_read(struct cs_mt *mt, const struct cs_mt_type *type, struct cs_span text, const uint8_t **end);

/* cs_mt_check_field looks at what a value means, its format being right; false with *FAULT. */
bool cs_mt_check_field(struct cs_mt *mt, const struct cs_mt_field *field, const struct cs_mt_lines *lines,
		       struct cs_mt_fault *fault);

/* cs_mt_check_bic looks at 8 or 11 characters in the form of a BIC; an unknown country is an alert. */
bool cs_mt_check_bic(struct cs_mt *mt, struct cs_span bic);

/* cs_mt_check_money looks at currency and decimals of an amount; false with *FAULT. */
bool cs_mt_check_money(struct cs_mt *mt, const uint8_t *currency, struct cs_span amount, struct cs_mt_fault *fault);

/* cs_mt_amount_scaled gives an amount in 1e-4; false when it has finer digits or does not fit. */
bool cs_mt_amount_scaled(const struct cs_mt_amount *amount, int64_t *out);

/* cs_mt_days counts days since 1970 of a date. */
int32_t cs_mt_days(const struct cs_mt_date *date);

/* cs_mt_rules holds the message against the rules of its type. */
void cs_mt_rules(struct cs_mt *mt);

/* cs_mt_statement adds up a statement. */
void cs_mt_statement(struct cs_mt *mt);

/* cs_mt_entry_read reads the text of a field 61; LOOSE: as banks send it. */
bool cs_mt_entry_read(struct cs_span value, bool loose, struct cs_mt_entry *out, struct cs_mt_fault *fault);

/* cs_mt_key_fill flattens the message. */
void cs_mt_key_fill(struct cs_mt *mt);

/* cs_mt_add_field puts a field down; NULL when there is no room. */
struct cs_mt_field *cs_mt_add_field(struct cs_mt *mt, unsigned tag, char option, struct cs_span value);

/* cs_mt_newline finds the next line feed, or NULL: lines are short, and eight bytes at a time sooner than a call. */
static inline const uint8_t *
cs_mt_newline(const uint8_t *at, const uint8_t *end)
{
	for (; end - at >= 8; at += 8) {
		uint64_t word;
		memcpy(&word, at, sizeof word);
		word ^= UINT64_C(0x0A0A0A0A0A0A0A0A);
		uint64_t zeros = (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
		if (zeros)
			return at + (unsigned)__builtin_ctzll(zeros) / 8;
	}
	for (; at < end; at++)
		if (*at == '\n')
			return at;
	return NULL;
}

static inline bool
cs_mt_is(const struct cs_mt_plan *plan, uint8_t c, unsigned bits)
{
	return plan->classes[c] & bits;
}

#endif
