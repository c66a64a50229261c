/*
 * What the policy says of names: `screen sanctions { of record on payments  names of "PAYEE"  against ofac ... }`.
 *
 * Names are longer than what an event keeps of a text, so a screen reads cells of the row itself, or data elements of the message. Cells
 * become columns of their record, which nothing else reads; `column` says which. Of messages only elements that name somebody are read,
 * and none that may hold a card number.
 */
#ifndef CS_POLICY_SCREEN_H
#define CS_POLICY_SCREEN_H

#include "policy/policy.h"

enum { CS_SCREENS_MAX = 16, CS_SCREEN_CELLS_MAX = 16, CS_SCREEN_OF_MAX = 8 };

/* How a cell is read: as a party or a name alone, as running text, as one identifier. */
enum cs_screen_how { CS_SCREEN_NAMES, CS_SCREEN_TEXT, CS_SCREEN_IDENTIFIERS, CS_SCREEN_HOWS };

struct cs_screen_cell {
	const char *name; /* a column of the record; of a link the path of a data element, as `map` has it */
	struct cs_place place;
	uint8_t how;          /* enum cs_screen_how */
	uint16_t first, last; /* characters of a data element, from 1; 0: all */
};

struct cs_screen_clause {
	const char *name;
	const char *title;
	struct cs_place place;
	unsigned of_n;
	struct cs_selector of[CS_SCREEN_OF_MAX];
	unsigned cell_n;
	struct cs_screen_cell cell[CS_SCREEN_CELLS_MAX];
	uint16_t column[CS_SCREEN_OF_MAX][CS_SCREEN_CELLS_MAX]; /* of each cell in the record of each selector */
	uint32_t lists;                                         /* bit per watch list of the policy */
	uint16_t line;                                          /* scores are told from here on */
	struct cs_outcome otherwise;                            /* for who is listed */
	struct cs_outcome without;                              /* when it cannot be searched whole */
	const char *decisions;                                  /* a file as seen from the policy's folder, or NULL */
};

/* cs_screen_how_word gives the word of the policy; static. */
const char *cs_screen_how_word(enum cs_screen_how how);

#endif
