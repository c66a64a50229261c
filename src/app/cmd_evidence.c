/*
 * `countersign evidence`: one alert out of a journal, proved, for somebody who does not have the journal.
 *
 * Reads the journal only. Whatever is written was proved first; a file is written whole or an error is told.
 */
#include "app/command.h"
#include "engine/evidence.h"
#include "engine/hex.h"
#include "engine/key.h"
#include "engine/pen.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>

const char cs_cmd_evidence_help[] =
	"usage: countersign evidence JOURNAL_FOLDER ALERT_ID [OPTION]...\n"
	"       countersign evidence ALERT_ID --journal FOLDER [OPTION]...\n\n"
	"Writes a bundle of evidence: the alert, its messages and the policy as they stand in the journal, each with "
	"what\n"
	"proves it. `countersign verify --bundle` checks it on any machine, without the journal and without its key.\n"
	"It holds card tokens and masked card numbers, as alerts do.\n\n"
	"  --journal FOLDER   the journal\n"
	"  --journal-key KEY  what it is signed and sealed with: a file of 32 bytes, or pkcs11:... (else your own)\n"
	"  --out FILE|-       the bundle, as JSON (standard output, unless --html is given alone)\n"
	"  --html FILE|-      the same for people: a page of its own, to read or print\n\n"
	"exit status: 0 it ran, 1 the journal does not prove it, 2 bad usage, 3 something cannot be read or written\n";

enum { OPTION_JOURNAL, OPTION_KEY, OPTION_OUT, OPTION_HTML };

static const struct cs_option options_table[] = {[OPTION_JOURNAL] = {"--journal", true},
						 [OPTION_KEY] = {"--journal-key", true},
						 [OPTION_OUT] = {"--out", true},
						 [OPTION_HTML] = {"--html", true},
						 {NULL, false}};

struct evidence {
	const char *folder;
	const char *alert;
	const char *key;
	const char *out_path;
	const char *html_path;
	struct cs_vault *vault;
	struct cs_bundle bundle;
	uint8_t id[CS_ALERT_ID_BYTES];
};

/* A folder and an alert, or the alert alone. */
static bool
read_plain(struct evidence *evidence, const char *value)
{
	if (!evidence->alert) {
		evidence->alert = value;
		return true;
	}
	if (!evidence->folder) {
		evidence->folder = evidence->alert;
		evidence->alert = value;
		return true;
	}
	fprintf(stderr, "countersign: one journal and one alert at a time: '%s'\n", value);
	return false;
}

static bool
read_option(struct evidence *evidence, int option, const char *value)
{
	switch (option) {
	case OPTION_JOURNAL:
		evidence->folder = value;
		return true;
	case OPTION_KEY:
		evidence->key = value;
		return true;
	case OPTION_OUT:
		evidence->out_path = value;
		return true;
	case OPTION_HTML:
		evidence->html_path = value;
		return true;
	case CS_OPTION_PLAIN:
		return read_plain(evidence, value);
	default:
		return false;
	}
}

static bool
read_options(struct evidence *evidence, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;)
		if (!read_option(evidence, option, value))
			return false;
	if (!evidence->alert || !evidence->folder) {
		fputs("countersign: evidence wants the folder of a journal and the id of an alert; see countersign "
		      "evidence "
		      "--help\n",
		      stderr);
		return false;
	}
	if (!cs_hex_read(cs_span_text(evidence->alert), evidence->id, sizeof evidence->id)) {
		fprintf(stderr, "countersign: '%s' is no id of an alert: 32 hex digits, as in its \"id\"\n",
			evidence->alert);
		return false;
	}
	if (!evidence->out_path && !evidence->html_path)
		evidence->out_path = "-";
	return true;
}

static int
open_vault(struct evidence *evidence)
{
	char note[CS_VAULT_NOTE_BYTES];
	struct cs_vault_place place = {evidence->key, NULL, false, false};
	enum cs_error error = cs_key_vault(&place, note, &evidence->vault);
	if (error != CS_OK && !note[0])
		fputs("countersign: there is no journal key of yours; name it with --journal-key\n", stderr);
	if (note[0])
		fprintf(stderr, "countersign: journal key: %s\n", note);
	if (error == CS_OK && cs_pen_fits(evidence->folder, evidence->vault) == CS_E_FORMAT) {
		fprintf(stderr,
			"countersign: journal %s is signed and sealed under another key; name that one with "
			"--journal-key\n",
			evidence->folder);
		return CS_EXIT_INPUT;
	}
	return error == CS_OK ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

static int
collect(struct evidence *evidence)
{
	char words[CS_BUNDLE_WORDS_BYTES];
	struct cs_evidence_wish wish = {.folder = evidence->folder, .vault = evidence->vault};
	memcpy(wish.alert, evidence->id, sizeof wish.alert);
	enum cs_error error = cs_evidence_collect(&wish, &evidence->bundle, words);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: %s: %s\n", evidence->folder, words);
	return error == CS_E_FORMAT ? CS_EXIT_FINDINGS : CS_EXIT_INPUT;
}

static int
write_as(const struct evidence *evidence, const char *path,
	 void (*put)(struct cs_text *text, const struct cs_bundle *bundle))
{
	int file = -1;
	if (!path)
		return CS_EXIT_RAN;
	char *at = malloc(CS_EVIDENCE_TEXT_BYTES);
	if (!at)
		return CS_EXIT_INPUT;
	struct cs_text text = cs_text_over(at, CS_EVIDENCE_TEXT_BYTES);
	put(&text, &evidence->bundle);
	enum cs_error error = text.overflowed ? CS_E_LIMIT : cs_file_open_write(path, &file);
	if (error == CS_OK)
		error = cs_file_write_all(file, at, text.len);
	cs_file_close(file);
	free(at);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: %s %s\n", path, cs_error_text(error));
	return CS_EXIT_INPUT;
}

int
cs_cmd_evidence(int argc, char **argv)
{
	static struct evidence evidence;
	if (!read_options(&evidence, argc, argv))
		return CS_EXIT_USAGE;
	int status = open_vault(&evidence);
	if (status == CS_EXIT_RAN)
		status = collect(&evidence);
	if (status == CS_EXIT_RAN)
		status = write_as(&evidence, evidence.out_path, cs_bundle_put);
	if (status == CS_EXIT_RAN)
		status = write_as(&evidence, evidence.html_path, cs_evidence_html);
	cs_bundle_fini(&evidence.bundle);
	cs_vault_close(evidence.vault);
	return status;
}
