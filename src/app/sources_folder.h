/*
 * A folder of files of records, read where files are replayed: its files in order of name, as one source.
 */
#ifndef CS_APP_SOURCES_FOLDER_H
#define CS_APP_SOURCES_FOLDER_H

#include "base/error.h"

struct cs_sources_folder {
	unsigned n;
	const char **path; /* of each file */
};

/* cs_sources_folder_list lists the files of the folder at PATH, as a spool would take them up (io/spool.h). CS_E_LIMIT: they are too
 * many. CS_E_MEMORY and errors of reading. Give it back with cs_sources_folder_free. */
CS_MUST_USE enum cs_error cs_sources_folder_list(const char *path, struct cs_sources_folder *out);

/* cs_sources_folder_free takes a zeroed one, too. */
void cs_sources_folder_free(struct cs_sources_folder *folder);

#endif
