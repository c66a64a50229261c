/*
 * The proof of a journal: every page, every head, every checkpoint, from the beginning to the end and behind damage.
 *
 * Without the vault all is proved that needs no secret: checks, chain, payloads, signatures. With it also the seals and
 * the Merkle roots. Witnesses are checkpoints as somebody else remembers them (the journal's anchor).
 */
#ifndef CS_STATE_PROOF_H
#define CS_STATE_PROOF_H

#include "state/journal.h"

enum cs_proof_what {
#define X(symbol, name, text, remedy) CS_PROOF_##symbol,
#include "state/proof.def"
#undef X
	CS_PROOF_N
};

/* The word, the plain words and the remedy for a fault; static. */
const char *cs_proof_name(enum cs_proof_what what);
const char *cs_proof_text(enum cs_proof_what what);
const char *cs_proof_remedy(enum cs_proof_what what);

/* One fault, and where. What is lost is known only when a sound page follows. */
struct cs_proof_fault {
	enum cs_proof_what what;
	enum cs_error error; /* of the disk */
	uint32_t volume;
	uint64_t offset; /* in the volume's plain form; of the anchor: the line */
	uint64_t page;   /* that was expected there */
	uint64_t seq;
	uint64_t found_page; /* of the next sound page; as `page` when there is none */
	uint64_t lost_pages;
	uint64_t lost_records;
	uint64_t bytes; /* torn */
};

/* A checkpoint as the anchor tells it. */
struct cs_witness {
	uint8_t id[CS_JOURNAL_ID_BYTES];
	uint64_t page;
	uint64_t seq;
	struct cs_digest chain;
	uint8_t signature[CS_SIGNATURE_BYTES];
	bool met;
};

struct cs_proof_sum {
	uint64_t fault_n;
	uint64_t lost_pages;
	uint64_t lost_records;
	uint64_t volume_n;
	uint64_t page_n;
	uint64_t bytes;
	uint64_t record_n;
	uint64_t kind_n[CS_RECORD_N + 1]; /* the last: kinds not known here */
	uint64_t first_page;
	uint64_t first_seq;
	uint64_t next_page;
	uint64_t next_seq;
	uint64_t from_ns; /* of the first and the last page that tells a time; 0: none does */
	uint64_t to_ns;
	uint64_t checkpoint_n; /* good ones */
	uint64_t partial_n;    /* of these: pages they cover are not here any more */
	uint64_t signed_page;  /* of the last good one */
	uint64_t signed_seq;
	uint64_t signed_wall_ns;
	uint64_t clock_back_n; /* times that the clock of the machine went back from one to the next */
	uint64_t erased_n;     /* volumes whose key is gone ... */
	uint64_t hidden_n;     /* ... and records with a sealed part that could not be opened, for whatever reason */
	uint64_t unfinished_bytes; /* at the end, being written by another process now */
	uint64_t witness_met_n;
	uint64_t witness_older_n; /* about pages that were let go of */
	uint64_t witness_other_n; /* about other journals */
	bool known;               /* a head was read: id and key are those of the journal */
	bool key_given;           /* else the public key is the journal's own word */
	bool deep;                /* seals and roots were proved */
	uint8_t id[CS_JOURNAL_ID_BYTES];
	uint8_t public_key[CS_PUBLIC_KEY_BYTES];
};

struct cs_proof_wish {
	const char *folder;
	const struct cs_vault *vault; /* NULL: seals and roots are not proved */
	const uint8_t *public_key;    /* NULL: the vault's; without one, that of the first head */
	struct cs_witness *witness;   /* in order of page */
	size_t witness_n;
	size_t witness_broken; /* line of the anchor that could not be read; 0: none */
	void (*fault)(void *context, const struct cs_proof_fault *fault);
	void (*progress)(void *context,
			 const struct cs_proof_sum *sum); /* with every volume and now and then; may be NULL */
	void *context;
};

/* cs_proof_run proves the journal. Faults are no error: they are told and counted. CS_E_OPEN: there is no journal;
 * CS_E_MEMORY; CS_E_READ, when nothing at all can be read. */
CS_MUST_USE enum cs_error cs_proof_run(const struct cs_proof_wish *wish, struct cs_proof_sum *out);

#endif
