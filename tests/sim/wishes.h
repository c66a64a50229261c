/*
 * What a history draws at its beginning.
 */
#ifndef CS_TESTS_SIM_WISHES_H
#define CS_TESTS_SIM_WISHES_H

#include "history.h"
#include "state/journal.h"

#define SIM_FOLDER    "/bank/journal"
#define SIM_ANCHOR    "/anchor"
#define SIM_VAULT_KEY "/vault.key"

/* wishes_rates draws how often things go wrong, MOST at most. */
void wishes_rates(const struct sim_rates *most);

/* wishes_journal draws where and how a journal is kept; its vault is not set. */
void wishes_journal(struct cs_journal_wish *out);

/* wishes_excuse says whether ERROR may come of what went wrong since there were ERRORS_BEFORE errors. */
bool wishes_excuse(enum cs_error error, uint64_t errors_before);

#endif
