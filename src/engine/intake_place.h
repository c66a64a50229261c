/*
 * How far a file of records was read: what of it the journal holds. Whoever goes on with a file after a restart asks, so that no row is
 * lost and none is told twice.
 *
 * What a file is, and since when its rows may be in the journal, stands beside it in the spool's `taken` (.NAME.taken), from
 * before its first row is told until it is moved on.
 */
#ifndef CS_ENGINE_INTAKE_PLACE_H
#define CS_ENGINE_INTAKE_PLACE_H

#include "base/text.h"
#include "io/spool.h"
#include "state/vault.h"

/* The rows of a file that were told, and what was told of those that were not. */
struct cs_intake_place {
	uint64_t row_n;
	uint64_t offset; /* of the last of them */
	uint64_t same_n; /* how many of them have that offset */
	bool lost;       /* rows behind the last that could not be read */
	bool aside;      /* that it was set aside */
	bool noted;      /* that it was read */
};

/* cs_intake_place_add counts one row. */
void cs_intake_place_add(struct cs_intake_place *place, uint64_t offset);

/* cs_intake_put_digest appends a digest as sha256sum writes it. */
void cs_intake_put_digest(struct cs_text *text, const struct cs_digest *digest);

/* What stands beside a file. */
struct cs_intake_taken {
	uint64_t id;  /* random; not 0 */
	uint64_t seq; /* its rows have this number in the journal or a higher one ... */
	unsigned link;
	unsigned link_n; /* ... under a policy in which its record is this link of so many */
	struct cs_digest digest;
	struct cs_intake_place before; /* ... but for these, which were told before */
};

/* cs_intake_taken_put puts it beside NAME; cs_intake_taken_get reads it, CS_E_OPEN: there is none, CS_E_FORMAT: it is none of ours;
 * cs_intake_taken_remove removes it. */
CS_MUST_USE enum cs_error cs_intake_taken_put(const struct cs_spool *spool, const char *name,
					      const struct cs_intake_taken *taken);
CS_MUST_USE enum cs_error cs_intake_taken_get(const struct cs_spool *spool, const char *name,
					      struct cs_intake_taken *out);
CS_MUST_USE enum cs_error cs_intake_taken_remove(const struct cs_spool *spool, const char *name);

/* Where to look. */
struct cs_intake_journal {
	const char *folder; /* NULL: no journal is kept */
	const struct cs_vault *vault;
};

/* cs_intake_place_find reads the journal from taken->seq to its end. CS_E_MEMORY, CS_E_PERMISSION (the key is gone), CS_E_READ. */
CS_MUST_USE enum cs_error cs_intake_place_find(const struct cs_intake_journal *journal,
					       const struct cs_intake_taken *taken, struct cs_intake_place *out);

#endif
