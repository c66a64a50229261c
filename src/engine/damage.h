/*
 * Damage in a journal that a process was told to go on with (--over-damage): its RESUME record says so, and state began anew
 * with the policy behind it. Whoever reads such a journal passes over the damage, as over what was let go of; damage that
 * nobody went on over stops him.
 */
#ifndef CS_ENGINE_DAMAGE_H
#define CS_ENGINE_DAMAGE_H

#include "base/text.h"
#include "state/reading.h"

/* What lies behind damage. */
struct cs_damage_behind {
	uint64_t resume_seq; /* the RESUME of the first process that went on over damage; 0: there is none */
	uint64_t alert_n;    /* ordinal of the last alert before that record, or before the end; 0: there is none */
};

/* cs_damage_is says whether an error of a reading may be damage: the bytes are wrong, or are missing. */
static inline bool
cs_damage_is(enum cs_error error)
{
	return error == CS_E_FORMAT || error == CS_E_TRUNCATED;
}

/* cs_damage_look reads all that can be read from record FROM_SEQ on, up to the RESUME of a process that went on over damage.
 * Errors of the disk. */
CS_MUST_USE enum cs_error cs_damage_look(const char *folder, uint64_t from_seq, struct cs_damage_behind *out);

/* cs_damage_seek is cs_reading_seek, where damage that lies before SEQ may be met: then it is met by whoever reads on. */
CS_MUST_USE enum cs_error cs_damage_seek(struct cs_reading *reading, uint64_t seq);

/* cs_damage_is_end says whether a reading of FOLDER that was told CS_E_TRUNCATED came to the end: what is torn there, or being written, lies in
 * the last volume. False: a volume before it is cut, which is damage; or the folder cannot be listed. */
bool cs_damage_is_end(const struct cs_reading *reading, const char *folder);

/* cs_damage_next gives the next record of FOLDER, which may be written meanwhile: CS_END behind the last, and where the last page is torn or
 * being written; else as cs_reading_next. */
CS_MUST_USE enum cs_error cs_damage_next(struct cs_reading *reading, const char *folder, struct cs_record *out);

/* cs_damage_put says where FAULT is. */
void cs_damage_put(struct cs_text *out, const struct cs_reading_fault *fault);

#endif
