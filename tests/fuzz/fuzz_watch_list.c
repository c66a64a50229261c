/*
 * Goal: no bytes crash a reader of watch lists, and what it hands over keeps its promises.
 * Method: the first byte is the format; every entry has a name, every text is in bounds and its counts add up.
 */
#include "screen/watch_list.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct seen {
	uint64_t entry_n, name_n;
};

static enum cs_error
look(void *context, const struct cs_entry *entry)
{
	struct seen *seen = context;
	seen->entry_n++;
	seen->name_n += entry->name_n;
	if (entry->name_n == 0 || entry->kind >= CS_ENTRY_KINDS || entry->uid.len > CS_WATCH_LIST_NAME_MAX * 3)
		abort();
	for (size_t i = 0; i < entry->name_n; i++)
		if (entry->name[i].text.len == 0 || entry->name[i].kind >= CS_ENTRY_NAME_KINDS)
			abort();
	for (size_t i = 0; i < entry->birth_n; i++)
		if (entry->birth[i].from > entry->birth[i].to)
			abort();
	for (size_t i = 0; i < entry->id_n; i++)
		if (entry->id[i].text.len == 0 || entry->id[i].kind >= CS_ENTRY_ID_KINDS)
			abort();
	return CS_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cs_watch_list_report report;
	struct seen seen = {0};
	if (len == 0)
		return 0;
	struct cs_span file = {data + 1, len - 1};
	struct cs_watch_list_source source = {data[0] % CS_WATCH_LIST_FORMATS, &file, 1, NULL};
	enum cs_error error = cs_watch_list_read(&source, look, &seen, &report);
	if (seen.entry_n != report.entry_n || seen.name_n != report.name_n || report.row_bad_n > report.row_n + 1)
		abort();
	if (error != CS_OK && error != CS_E_MEMORY && report.fault_n == 0)
		abort();
	return 0;
}
