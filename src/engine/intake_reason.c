/*
 * Why a file is set aside: in short for the alert, whole for the file beside it.
 */
#include "engine/intake_parts.h"

#include "base/json.h"
#include "io/file.h"

static const struct why_row {
	const char *code;
	const char *words;
	const char *remedy;
} rows[] = {
	[CS_INTAKE_FINE] = {"", "", ""},
	[CS_INTAKE_ROWS] = {"rows", "some of its rows could not be read; the others count",
			    "put a file into the folder that has the rows named here, mended, and no others"},
	[CS_INTAKE_COLUMNS] =
		{"columns", "not one row could be read: the first line lacks a column that the policy names",
		 "mend the first line, or the record in the policy, and put the file into the folder again"},
	[CS_INTAKE_TWICE] =
		{"duplicate", "what it holds was read before; it does not count again",
		 "find out why it came twice; if it is another file with the same rows, nothing is to be done"},
	[CS_INTAKE_CHANGED] =
		{"changed", "it was changed while it was read; what was read counts",
		 "let whoever writes it write to NAME.part and rename it when it is whole; then put what is missing "
		 "into the folder"},
	[CS_INTAKE_UNREADABLE] =
		{"unreadable", "it could not be read to its end; what was read before counts",
		 "see why (permission, disk, more than 1 GiB of messages), and put it into the folder again"},
	[CS_INTAKE_LOST] = {"unknown",
			    "it was begun by a process that ended, and what of it was told cannot be found out",
			    "compare it with the journal, and put what is missing into the folder"},
};

void
cs_intake_words(struct cs_text *out, const struct cs_intake_source *source)
{
	const struct cs_intake_file *file = &source->file;
	cs_text_put_latin1(out, (struct cs_span){(const uint8_t *)file->name, strnlen(file->name, 100)});
	cs_text_put(out, " was set aside: ");
	cs_text_put(out, rows[file->why].words);
	if (!file->unread_n)
		return;
	cs_text_put(out, " (");
	cs_text_put_u64(out, file->unread_n);
	cs_text_put(out, " unread");
	if (file->fault_n) {
		cs_text_put(out, ", the first at byte ");
		cs_text_put_u64(out, file->fault[0].offset);
	}
	cs_text_put(out, ")");
}

static void
put_fault(struct cs_json *json, const struct cs_intake_fault *fault)
{
	cs_json_object(json);
	cs_json_put_u64(json, "line", fault->line);
	cs_json_put_u64(json, "offset", fault->offset);
	cs_json_put_text(json, "code", "row");
	cs_json_put_latin1(json, "text", cs_span_text(fault->words));
	cs_json_end_object(json);
}

/* The file as a whole, where no row is to blame. */
static void
put_whole(struct cs_json *json, const struct cs_intake_file *file)
{
	cs_json_object(json);
	cs_json_put_u64(json, "offset", file->why == CS_INTAKE_UNREADABLE ? file->done.offset : 0);
	cs_json_put_text(json, "code", rows[file->why].code);
	cs_json_put_text(json, "text", file->error == CS_OK ? rows[file->why].words : cs_error_text(file->error));
	cs_json_end_object(json);
}

static void
put_reasons(struct cs_json *json, const struct cs_intake_file *file)
{
	cs_json_key(json, "reasons");
	cs_json_array(json);
	if (file->why != CS_INTAKE_ROWS && file->why != CS_INTAKE_COLUMNS)
		put_whole(json, file);
	for (unsigned i = 0; i < file->fault_n; i++)
		put_fault(json, &file->fault[i]);
	cs_json_end_array(json);
	cs_json_put_u64(json, "left_out", file->unread_n - file->fault_n);
}

void
cs_intake_reason(struct cs_text *out, const struct cs_intake_source *source, const char *record)
{
	char hex[2 * CS_DIGEST_BYTES + 1];
	const struct cs_intake_file *file = &source->file;
	struct cs_text text = cs_text_over(hex, sizeof hex);
	struct cs_json json = cs_json_over(out);
	cs_intake_put_digest(&text, &file->taken.digest);
	cs_json_object(&json);
	cs_json_put_latin1(&json, "file", cs_span_text(file->name));
	cs_json_put_text(&json, "record", record);
	cs_json_put_text(&json, "sha256", hex);
	cs_json_put_u64(&json, "bytes", file->size);
	cs_json_put_text(&json, "code", rows[file->why].code);
	cs_json_put_text(&json, "text", rows[file->why].words);
	cs_json_put_text(&json, "do", rows[file->why].remedy);
	cs_json_put_u64(&json, "rows_used", file->done.row_n);
	cs_json_put_u64(&json, "rows_unread", file->unread_n);
	put_reasons(&json, file);
	cs_json_end_object(&json);
	cs_text_put(out, "\n");
	CS_ASSERT(!out->overflowed);
}
