/*
 * What benchmarks of screening read: six public lists and honest names of the shared data, and how names are damaged.
 */
#ifndef CS_BENCH_SIX_LISTS_H
#define CS_BENCH_SIX_LISTS_H

#include "screen/roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_CAP = 1 << 16, NAMES_MAX = 1 << 18, QUERIES_MAX = 50000 };

struct names {
	char *at[NAMES_MAX];
	size_t n;
};

static struct names listed, global, local;
static struct names united, united_firms, ofac; /* first names of entries: of the UN list, persons of OFAC's */
static uint64_t seed = 7;

static inline unsigned
next_random(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((seed >> 33) % below);
}

/* A stream of what gzip unpacks; NULL: there is none. It ends by itself. */
static inline FILE *
unpack(const char *file)
{
	char path[1024];
	int ends[2];
	const char *shared = getenv("COUNTERSIGN_SHARED");
	(void)snprintf(path, sizeof path, "%s/data/sanctions/%s", shared ? shared : "", file);
	if (access(path, R_OK) != 0 || pipe(ends) != 0)
		return NULL;
	if (fork() == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)close(ends[0]);
		(void)execlp("gzip", "gzip", "-dc", path, (char *)NULL);
		_exit(1);
	}
	(void)close(ends[1]);
	return fdopen(ends[0], "r");
}

static inline void
keep(struct names *names, const char *text)
{
	if (*text && names->n < NAMES_MAX)
		names->at[names->n++] = strdup(text);
}

/* Adds an entry whose names stand in TEXT, divided by bars; the first kind is that of the row. */
static inline void
add_entry(struct cs_roll_builder *builder, unsigned list, enum cs_entry_kind kind, char *text)
{
	struct cs_entry_name name[256];
	char uid[32];
	struct cs_entry entry = {.kind = (uint8_t)kind, .name = name};
	for (char *at = text, *next; at && entry.name_n < 256; at = next) {
		next = strchr(at, '|');
		if (next)
			*next++ = 0;
		if (!*at)
			continue;
		name[entry.name_n++] = (struct cs_entry_name){cs_span_text(at), entry.name_n > 1};
		keep(&listed, at);
	}
	if (list == 0 && kind == CS_ENTRY_PERSON && entry.name_n && strchr((const char *)name[0].text.at, ','))
		keep(&ofac, (const char *)name[0].text.at);
	(void)snprintf(uid, sizeof uid, "%zu", listed.n);
	entry.uid = cs_span_text(uid);
	if (entry.name_n && cs_roll_builder_add(builder, list, &entry) != CS_OK)
		abort();
}

static inline char *
cell(char *line, unsigned number)
{
	for (; number && line; number--) {
		line = strchr(line, '\t');
		line += line != NULL;
	}
	return line;
}

/* A table of tabs: the column of names is the last but one, aliases are the last. */
static inline void
read_table(struct cs_roll_builder *builder, unsigned list, const char *file, unsigned column)
{
	static char line[LINE_CAP];
	FILE *in = unpack(file);
	bool first = true;
	while (in && fgets(line, sizeof line, in)) {
		enum cs_entry_kind kind = CS_ENTRY_OTHER;
		char *type = cell(line, 1), *name = cell(line, column);
		line[strcspn(line, "\r\n")] = 0;
		if (column > 1 && type)
			kind = strncmp(type, "individual", 10) == 0 ? CS_ENTRY_PERSON
			       : strncmp(type, "vessel", 6) == 0    ? CS_ENTRY_VESSEL
			       : strncmp(type, "-0-", 3) == 0       ? CS_ENTRY_ORGANISATION
								    : CS_ENTRY_OTHER;
		if (name && strchr(name, '\t'))
			*strchr(name, '\t') = '|';
		if (!first && name)
			add_entry(builder, list, kind, name);
		first = false;
	}
	if (in)
		(void)fclose(in);
}

/* The text of an element that stands on LINE alone; NULL: another. */
static inline char *
element(char *line, const char *tag)
{
	char *at = strstr(line, tag), *end = at ? strchr(at + strlen(tag), '<') : NULL;
	if (!end)
		return NULL;
	*end = 0;
	return at + strlen(tag);
}

static inline void
read_united(struct cs_roll_builder *builder)
{
	static char line[LINE_CAP], name[LINE_CAP];
	static const char *const tags[] = {"<FIRST_NAME>", "<SECOND_NAME>", "<THIRD_NAME>", "<FOURTH_NAME>"};
	FILE *in = unpack("un_consolidated_2026-02-27.xml.gz");
	enum cs_entry_kind kind = CS_ENTRY_PERSON;
	while (in && fgets(line, sizeof line, in)) {
		char *alias = strstr(line, "<ALIAS_NAME>") ? element(line, "<ALIAS_NAME>") : NULL;
		for (unsigned i = 0; i < 4 && !alias; i++) {
			char *part = strstr(line, tags[i]) ? element(line, tags[i]) : NULL;
			if (part && *part)
				(void)snprintf(name + strlen(name), 200, "%s%.190s", *name ? " " : "", part);
		}
		for (char *amp = strstr(name, "&amp;"); amp; amp = strstr(amp + 1, "&amp;"))
			memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
		if (strstr(line, "<ENTITIES>"))
			kind = CS_ENTRY_ORGANISATION;
		if (strstr(line, "<UN_LIST_TYPE>"))
			keep(kind == CS_ENTRY_PERSON ? &united : &united_firms, name);
		if (alias && *alias && strlen(name) + strlen(alias) + 2 < sizeof name)
			(void)snprintf(name + strlen(name), sizeof name - strlen(name), "|%s", alias);
		if (strstr(line, "</INDIVIDUAL>") || strstr(line, "</ENTITY>")) {
			add_entry(builder, 5, kind, name);
			*name = 0;
		}
	}
	if (in)
		(void)fclose(in);
}

static inline void
read_honest(struct names *names, const char *file)
{
	static char line[LINE_CAP];
	FILE *in = unpack(file);
	for (bool first = true; in && fgets(line, sizeof line, in) && names->n < QUERIES_MAX; first = false) {
		line[strcspn(line, ",\r\n")] = 0;
		if (!first)
			keep(names, line);
	}
	if (in)
		(void)fclose(in);
}

/* Is that a letter of ASCII? */
static inline bool
plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What is done to a name: as typists and forms do, and, harsher, what may hit any letter. */
enum damage { DOUBLED, SINGLED, SWAPPED, REORDERED, LEFT_OUT, CHANGED, GLUED, DAMAGES };

/* Writes the last word first, or the first last: "Ali Reza Karim" is "Reza Karim, Ali"; false: there is but one. */
static inline bool
reorder(const char *name, char out[512])
{
	const char *cut = strchr(name, ' ');
	if (!cut || !cut[1])
		return false;
	(void)snprintf(out, 512, "%.400s, %.*s", cut + 1, (int)(cut - name < 100 ? cut - name : 100), name);
	return true;
}

/* Writes "LAST, First" as "First LAST". */
static inline void
turn(const char *name, char out[512])
{
	const char *comma = strchr(name, ',');
	int last = comma && comma - name < 200 ? (int)(comma - name) : 0;
	(void)snprintf(out, 512, "%.250s%s%.*s", last ? comma + 1 + strspn(comma + 1, " ") : name, last ? " " : "",
		       last, name);
}

/* Damages the letter at AT; false: it cannot be damaged so. */
static inline bool
damage_at(char out[512], size_t n, size_t at, enum damage how)
{
	char a = out[at], b = out[at + 1];
	if (!plain(a))
		return false;
	switch (how) {
	case DOUBLED:
		memmove(out + at + 1, out + at, n - at + 1);
		return true;
	case SINGLED:
		if (a == b)
			memmove(out + at, out + at + 1, n - at);
		return a == b;
	case SWAPPED:
		if (a == b || !(plain(b) || b == ' '))
			return false;
		out[at] = b, out[at + 1] = a;
		return true;
	case LEFT_OUT:
		memmove(out + at, out + at + 1, n - at);
		return true;
	case CHANGED:
		do
			out[at] = (char)((a & 32) + 'A' + next_random(26));
		while (out[at] == a);
		return true;
	case GLUED:
		if (b == ' ')
			memmove(out + at + 1, out + at + 2, n - at - 1);
		return b == ' ';
	case REORDERED:
	case DAMAGES:
		break;
	}
	return false;
}

/* Damages a name in one place; false: there is none where it can be damaged so. */
static inline bool
damage_as(const char *name, enum damage how, char out[512])
{
	size_t n = strlen(name) < 500 ? strlen(name) : 500;
	memcpy(out, name, n);
	out[n] = 0;
	if (how == REORDERED)
		return reorder(name, out);
	for (unsigned tries = 0; tries < 200 && n > 1; tries++)
		if (damage_at(out, n, next_random((unsigned)n - 1), how))
			return true;
	return false;
}

/* Damages a name in any of those ways. */
static inline void
damage(const char *name, char out[512])
{
	for (unsigned tries = 0; tries < 20; tries++)
		if (damage_as(name, (enum damage)next_random(DAMAGES), out))
			return;
}

/* Reads the six lists into BUILDER. */
static inline void
read_six(struct cs_roll_builder *builder)
{
	read_table(builder, 0, "ofac_sdn_names_2026-07-11.tsv.gz", 3);
	read_table(builder, 1, "eu_fsf_names_2026-06-05.tsv.gz", 1);
	read_table(builder, 2, "uk_fcdo_names_2026-06-10.tsv.gz", 1);
	read_table(builder, 3, "au_dfat_names_2026-06-06.tsv.gz", 1);
	read_table(builder, 4, "ca_sema_names_2026-06-09.tsv.gz", 1);
	read_united(builder);
}

#endif
