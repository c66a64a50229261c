/*
 * The list of files seen: "\n<sha256> <id>\n" in hex. The line end before it ends whatever a crash left.
 *
 * Invariant: what is in memory is a ring of the newest; the file may hold twice as many, and is written anew when it is opened with more.
 */
#include "engine/intake_seen.h"

#include "base/text.h"
#include "engine/hex.h"
#include "io/file.h"

#include <stdlib.h>

enum { ID_DIGITS = 16, LINE_BYTES = 2 * CS_DIGEST_BYTES + 1 + ID_DIGITS + 2, FILE_BYTES_MAX = 1 << 26 };

static const char seen_name[] = ".seen";

struct known {
	struct cs_digest digest;
	uint64_t id;
};

struct cs_intake_seen {
	uint64_t n; /* ever; the newest is at (n - 1) % CS_INTAKE_SEEN_MAX */
	struct known known[CS_INTAKE_SEEN_MAX];
};

static void
put(struct cs_intake_seen *seen, const struct known *known)
{
	seen->known[seen->n++ % CS_INTAKE_SEEN_MAX] = *known;
}

static uint64_t
held(const struct cs_intake_seen *seen)
{
	return seen->n < CS_INTAKE_SEEN_MAX ? seen->n : CS_INTAKE_SEEN_MAX;
}

/* ---- lines ---- */

static bool
read_line(struct cs_span line, struct known *out)
{
	enum { HEX_BYTES = 2 * CS_DIGEST_BYTES };
	uint8_t id[ID_DIGITS / 2];
	if (line.len != LINE_BYTES - 2 || line.at[HEX_BYTES] != ' ' ||
	    !cs_hex_read((struct cs_span){line.at, HEX_BYTES}, out->digest.at, CS_DIGEST_BYTES) ||
	    !cs_hex_read((struct cs_span){line.at + HEX_BYTES + 1, ID_DIGITS}, id, sizeof id))
		return false;
	out->id = 0;
	for (size_t i = 0; i < sizeof id; i++)
		out->id = out->id << 8 | id[i];
	return out->id != 0;
}

static void
put_line(struct cs_text *text, const struct known *known)
{
	uint8_t id[ID_DIGITS / 2];
	for (size_t i = 0; i < sizeof id; i++)
		id[i] = (uint8_t)(known->id >> (8 * (sizeof id - 1 - i)));
	cs_text_put(text, "\n");
	cs_text_put_hex(text, (struct cs_span){known->digest.at, CS_DIGEST_BYTES});
	cs_text_put(text, " ");
	cs_text_put_hex(text, (struct cs_span){id, sizeof id});
	cs_text_put(text, "\n");
}

static void
read_lines(struct cs_intake_seen *seen, struct cs_span all)
{
	struct known known;
	while (all.len) {
		const uint8_t *end = memchr(all.at, '\n', all.len);
		size_t len = end ? (size_t)(end - all.at) : all.len;
		if (end && read_line((struct cs_span){all.at, len}, &known))
			put(seen, &known);
		len += end != NULL;
		all = (struct cs_span){all.at + len, all.len - len};
	}
}

/* ---- the file ---- */

static enum cs_error
write_anew(const struct cs_intake_seen *seen, const struct cs_spool *spool)
{
	size_t cap = (size_t)held(seen) * LINE_BYTES + 1;
	char *at = malloc(cap);
	if (!at)
		return CS_E_MEMORY;
	struct cs_text text = cs_text_over(at, cap);
	for (uint64_t i = seen->n - held(seen); i < seen->n; i++)
		put_line(&text, &seen->known[i % CS_INTAKE_SEEN_MAX]);
	struct cs_span bytes = {(const uint8_t *)at, text.len};
	enum cs_error error = cs_spool_put(spool, CS_SPOOL_TAKEN, seen_name, bytes);
	free(at);
	return error;
}

static enum cs_error
read_file(struct cs_intake_seen *seen, const struct cs_spool *spool)
{
	int file = -1;
	struct cs_span all = {NULL, 0};
	enum cs_error error = cs_spool_read(spool, CS_SPOOL_TAKEN, seen_name, &file);
	if (error == CS_E_OPEN)
		return CS_OK;
	if (error == CS_OK)
		error = cs_file_read_rest(file, FILE_BYTES_MAX, &all);
	cs_file_close(file);
	if (error != CS_OK)
		return error;
	read_lines(seen, all);
	cs_file_free(all);
	return seen->n > 2 * (uint64_t)CS_INTAKE_SEEN_MAX ? write_anew(seen, spool) : CS_OK;
}

enum cs_error
cs_intake_seen_open(const struct cs_spool *spool, struct cs_intake_seen **out)
{
	struct cs_intake_seen *seen = calloc(1, sizeof *seen);
	if (!seen)
		return CS_E_MEMORY;
	enum cs_error error = read_file(seen, spool);
	if (error == CS_OK)
		*out = seen;
	else
		free(seen);
	return error;
}

void
cs_intake_seen_close(struct cs_intake_seen *seen)
{
	free(seen);
}

uint64_t
cs_intake_seen_as(const struct cs_intake_seen *seen, const struct cs_digest *digest)
{
	for (uint64_t i = 0; i < held(seen); i++)
		if (cs_digest_same(&seen->known[i].digest, digest))
			return seen->known[i].id;
	return 0;
}

enum cs_error
cs_intake_seen_add(struct cs_intake_seen *seen, const struct cs_spool *spool, const struct cs_digest *digest,
		   uint64_t id)
{
	char line[LINE_BYTES + 1];
	struct known known = {*digest, id};
	struct cs_text text = cs_text_over(line, sizeof line);
	CS_ASSERT(id);
	put_line(&text, &known);
	struct cs_span bytes = {(const uint8_t *)line, text.len};
	CS_TRY(cs_spool_append(spool, CS_SPOOL_TAKEN, seen_name, bytes));
	put(seen, &known);
	return CS_OK;
}
