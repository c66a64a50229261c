/*
 * The message definitions of ISO 20022 as tables: what an element may contain, and what a value must look like.
 *
 * Rows of mx_schema.inc, which mx_tables.py makes out of the published schemas. A type is a number, and so is a name; equal
 * types are one type whichever message they are of. Nothing here reads XML.
 */
#ifndef CS_DECODE_MX_SCHEMA_H
#define CS_DECODE_MX_SCHEMA_H

#include "base/span.h"

enum cs_mx_form {
	CS_MX_SIMPLE,   /* text of a simple type */
	CS_MX_AMOUNT,   /* text of a simple type, and the attribute Ccy */
	CS_MX_ANY,      /* one element of any kind (b: 0) or of a signature (1), not looked into */
	CS_MX_SEQUENCE, /* the particles in their order */
	CS_MX_CHOICE,   /* one of them */
};

struct cs_mx_type {
	uint8_t form;    /* enum cs_mx_form */
	uint16_t first;  /* particle, or simple type */
	uint16_t n;      /* particles; of an amount: simple type of Ccy */
	uint16_t needed; /* sequence: one behind the last particle that must be there; choice: 1 when one must be */
};

enum { CS_MX_MANY = 255 };

struct cs_mx_particle {
	uint16_t name;
	uint16_t type;
	uint8_t least;
	uint8_t most; /* CS_MX_MANY: no limit */
};

enum cs_mx_kind {
	CS_MX_STRING,
	CS_MX_DECIMAL,
	CS_MX_BOOLEAN,
	CS_MX_DATE,
	CS_MX_DATE_TIME,
	CS_MX_TIME,
	CS_MX_YEAR,
	CS_MX_YEAR_MONTH,
	CS_MX_BASE64,
};

/* What is known of values of a pattern, for the rules. */
enum cs_mx_meaning { CS_MX_MEANS_NOTHING, CS_MX_MEANS_BIC, CS_MX_MEANS_IBAN, CS_MX_MEANS_CURRENCY };

struct cs_mx_simple {
	uint8_t kind;               /* enum cs_mx_kind */
	uint8_t digits, decimals;   /* at most; 0 and 255: no limit */
	uint8_t least;              /* 0: no limit; 1: zero; 2: one */
	uint8_t pattern;            /* 0: none */
	uint8_t value_n;            /* 0: any */
	uint16_t value;             /* first of those allowed */
	uint16_t shortest, longest; /* characters; longest 0: no limit */
};

enum {
	CS_MX_NAME_SLOTS = 2048, /* a power of two, over twice the names */
	CS_MX_NAME_NONE = UINT16_MAX,
};

/* Names by their text. Made once, then only read. */
struct cs_mx_names {
	struct {
		uint64_t key;
		uint16_t name; /* CS_MX_NAME_NONE: free */
		uint16_t len;
	} slot[CS_MX_NAME_SLOTS];
};

/* Which definition a namespace stands for. */
struct cs_mx_definition {
	const char *name; /* "pacs.008.001.08": the one that is checked by; static */
	uint16_t root;    /* name of the root element */
	uint16_t type;    /* and its type */
	bool exact; /* false: this version is not in the tables; the nearest is taken, an older one before a newer */
};

/* cs_mx_names_init fills NAMES. */
void cs_mx_names_init(struct cs_mx_names *names);

/* cs_mx_names_find gives the number of a name that begins at TEXT.at and has bytes up to END behind it; CS_MX_NAME_NONE:
 * no definition has it. */
uint16_t cs_mx_names_find(const struct cs_mx_names *names, struct cs_span text, const uint8_t *end);

/* cs_mx_schema_name gives the text of a name. Static. */
const char *cs_mx_schema_name(uint16_t name);

/* cs_mx_schema_names_n gives how many names there are. */
unsigned cs_mx_schema_names_n(void);

/* cs_mx_schema_find gives the definition of a namespace of ISO 20022; false: of no message that is read here. */
bool cs_mx_schema_find(struct cs_span uri, struct cs_mx_definition *out);

/* cs_mx_schema_type, _particles and _simple give rows. Static. */
const struct cs_mx_type *cs_mx_schema_type(uint16_t type);
const struct cs_mx_particle *cs_mx_schema_particles(const struct cs_mx_type *type);
const struct cs_mx_simple *cs_mx_schema_simple(uint16_t simple);

/* cs_mx_schema_meaning says what values of a simple type are known for. */
enum cs_mx_meaning cs_mx_schema_meaning(const struct cs_mx_simple *simple);

/* cs_mx_schema_listed says whether VALUE is one of those a simple type lists. */
bool cs_mx_schema_listed(const struct cs_mx_simple *simple, struct cs_span value);

/* cs_mx_schema_fits says whether VALUE fits the pattern of a simple type that has one. */
bool cs_mx_schema_fits(const struct cs_mx_simple *simple, struct cs_span value);

#endif
