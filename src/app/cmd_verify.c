/*
 * `countersign verify`: is a journal, or a bundle of evidence, as it was written?
 *
 * Reads only. Faults go to standard output as they are found, since they are what was asked for; what keeps the command
 * from its work goes to standard error.
 */
#include "app/command.h"
#include "app/prove.h"
#include "base/json.h"
#include "engine/anchor.h"
#include "engine/bundle.h"
#include "engine/hex.h"
#include "engine/list_store.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEY_FILE_BYTES_MAX = 256, TOLD_MAX = 1000 };

static const uint64_t progress_every_ns = 200000000;

const char cs_cmd_verify_help[] =
	"usage: countersign verify JOURNAL_FOLDER [OPTION]...\n"
	"       countersign verify --bundle FILE [--public-key FILE|HEX] [--json] [--quiet]\n\n"
	"Proves a journal: every page, its chain, every signature; goes on behind damage, and tells every fault with\n"
	"volume, byte, page and record, what it is and what to do; and holds each watch list beside it that records\n"
	"need against the hash they have of it. With --bundle it proves evidence of one alert, "
	"without\n"
	"the journal it comes from.\n\n"
	"  --bundle FILE          what `countersign evidence` wrote\n"
	"  --public-key FILE|HEX  the key the journal must be signed with: 32 bytes, or 64 hex digits.\n"
	"                         Without it the key in the journal's first head is taken, which proves\n"
	"                         only that the journal agrees with itself\n"
	"  --journal-key KEY      what the journal is sealed with (a file, or pkcs11:...): proves seals and\n"
	"                         Merkle roots as well\n"
	"  --anchor FILE          the journal's anchor, kept elsewhere: what it tells must be here\n"
	"  --json                 faults and sum as JSON Lines\n"
	"  --quiet                no progress, and no summary when all is sound\n\n"
	"exit status: 0 sound, 1 faults found, 2 bad usage, 3 it cannot be read\n";

enum { OPTION_BUNDLE, OPTION_PUBLIC, OPTION_KEY, OPTION_ANCHOR, OPTION_JSON, OPTION_QUIET };

static const struct cs_option options_table[] = {
	[OPTION_BUNDLE] = {"--bundle", true},
	[OPTION_PUBLIC] = {"--public-key", true},
	[OPTION_KEY] = {"--journal-key", true},
	[OPTION_ANCHOR] = {"--anchor", true},
	[OPTION_JSON] = {"--json", false},
	[OPTION_QUIET] = {"--quiet", false},
	{NULL, false},
};

struct verify {
	const char *folder;
	const char *bundle_path;
	const char *public_option;
	const char *key_option;
	const char *anchor_option;
	bool json;
	bool quiet;
	bool show_progress;
	uint64_t told_n;
	uint64_t unreadable_n;
	uint64_t started_ns;
	uint64_t shown_ns;
	uint8_t public_key[CS_PUBLIC_KEY_BYTES];
	struct cs_vault *vault;
	struct cs_anchor anchor;
	struct cs_proof_sum sum;
	uint64_t list_n; /* files of lists that were needed, and are as they were */
};

static bool
read_plain(struct verify *verify, const char *value)
{
	if (verify->folder) {
		fprintf(stderr, "countersign: one journal at a time: '%s'\n", value);
		return false;
	}
	verify->folder = value;
	return true;
}

static bool
read_option(struct verify *verify, int option, const char *value)
{
	switch (option) {
	case OPTION_BUNDLE:
		verify->bundle_path = value;
		return true;
	case OPTION_PUBLIC:
		verify->public_option = value;
		return true;
	case OPTION_KEY:
		verify->key_option = value;
		return true;
	case OPTION_ANCHOR:
		verify->anchor_option = value;
		return true;
	case OPTION_JSON:
		verify->json = true;
		return true;
	case OPTION_QUIET:
		verify->quiet = true;
		return true;
	case CS_OPTION_PLAIN:
		return read_plain(verify, value);
	default:
		return false;
	}
}

static bool
read_options(struct verify *verify, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;)
		if (!read_option(verify, option, value))
			return false;
	bool one = !verify->folder != !verify->bundle_path;
	bool fits = verify->folder || (!verify->key_option && !verify->anchor_option);
	if (!one)
		fputs("countersign: verify wants the folder of a journal, or --bundle FILE; see countersign verify "
		      "--help\n",
		      stderr);
	else if (!fits)
		fputs("countersign: --journal-key and --anchor are for journals; a bundle is proved with "
		      "--public-key\n",
		      stderr);
	return one && fits;
}

/* A key is written out, or in a file: as it is, or as hex digits. */
static int
read_public_key(struct verify *verify)
{
	if (cs_hex_read(cs_span_text(verify->public_option), verify->public_key, sizeof verify->public_key))
		return CS_EXIT_RAN;
	struct cs_span file = {0};
	enum cs_error error = cs_file_read(verify->public_option, KEY_FILE_BYTES_MAX, &file);
	if (error != CS_OK && error != CS_E_LIMIT) {
		fprintf(stderr, "countersign: public key %s %s\n", verify->public_option, cs_error_text(error));
		return CS_EXIT_INPUT;
	}
	struct cs_span hex = file;
	while (hex.len && strchr(" \t\r\n", hex.at[hex.len - 1]) && hex.at[hex.len - 1])
		hex.len--;
	bool good = error == CS_OK && cs_hex_read(hex, verify->public_key, sizeof verify->public_key);
	if (!good && error == CS_OK && file.len == sizeof verify->public_key) {
		memcpy(verify->public_key, file.at, sizeof verify->public_key);
		good = true;
	}
	cs_file_free(file);
	if (good)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: public key %s must be 32 bytes, or 64 hex digits\n", verify->public_option);
	return CS_EXIT_USAGE;
}

static int
open_vault(struct verify *verify)
{
	char note[CS_VAULT_NOTE_BYTES];
	struct cs_vault_wish wish = {verify->key_option, false, false};
	enum cs_error error = cs_vault_open(&wish, note, &verify->vault);
	if (note[0])
		fprintf(stderr, "countersign: %s\n", note);
	return error == CS_OK ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

static int
read_anchor(struct verify *verify)
{
	enum cs_error error = cs_anchor_read(verify->anchor_option, &verify->anchor);
	if (error == CS_OK)
		return CS_EXIT_RAN;
	fprintf(stderr, "countersign: anchor %s %s\n", verify->anchor_option, cs_error_text(error));
	return CS_EXIT_INPUT;
}

static int
prepare(struct verify *verify)
{
	int status = CS_EXIT_RAN;
	if (verify->public_option)
		status = read_public_key(verify);
	if (status == CS_EXIT_RAN && verify->key_option)
		status = open_vault(verify);
	if (status == CS_EXIT_RAN && verify->anchor_option)
		status = read_anchor(verify);
	return status;
}

/* A thousand are told; a disk full of holes has more, and they are counted. */
static void
tell_fault(void *context, const struct cs_proof_fault *fault)
{
	struct verify *verify = context;
	char at[2048];
	struct cs_text text = cs_text_over(at, sizeof at);
	verify->unreadable_n += fault->what == CS_PROOF_UNREADABLE;
	if (verify->told_n++ >= TOLD_MAX)
		return;
	if (verify->json)
		cs_prove_fault_json(&text, fault);
	else
		cs_prove_put_fault(&text, fault);
	if (verify->show_progress)
		fputs("\r\033[K", stderr);
	fputs(at, stdout);
}

/* ---- lists beside it ---- */

static void
tell_list(void *context, const char *name, enum cs_error error)
{
	struct verify *verify = context;
	char at[2048];
	struct cs_text text = cs_text_over(at, sizeof at);
	verify->sum.fault_n++;
	verify->unreadable_n += error != CS_E_FORMAT && error != CS_E_OPEN;
	if (verify->told_n++ >= TOLD_MAX)
		return;
	(verify->json ? cs_prove_list_json : cs_prove_put_list)(&text, name, error);
	fputs(at, stdout);
}

/* Where records say that names were held against lists. False: they cannot be proved, though the journal is sound. */
static bool
prove_lists(struct verify *verify)
{
	struct cs_list_store *store = NULL;
	if (!verify->sum.kind_n[CS_RECORD_ROSTER])
		return true;
	enum cs_error error = cs_list_store_look(verify->folder, cs_clock_wall_ns(), &store);
	if (error == CS_OK)
		error = cs_list_store_prove(store, tell_list, verify);
	if (error == CS_OK)
		verify->list_n = cs_list_store_sum_of(store).kept_n;
	cs_list_store_free(store);
	if (error == CS_OK || error == CS_E_OPEN) /* none is needed */
		return true;
	fprintf(stderr, "countersign: %s: the watch lists beside it were NOT proved: what it needs of them %s\n",
		verify->folder, verify->sum.fault_n ? "cannot be read whole" : cs_error_text(error));
	return verify->sum.fault_n > 0;
}

static void
show_progress(void *context, const struct cs_proof_sum *sum)
{
	struct verify *verify = context;
	uint64_t now_ns = cs_clock_steady_ns();
	if (!verify->show_progress || now_ns < verify->shown_ns + progress_every_ns)
		return;
	verify->shown_ns = now_ns;
	char at[256];
	struct cs_text text = cs_text_over(at, sizeof at);
	uint64_t elapsed_ns = now_ns - verify->started_ns;
	cs_text_put(&text, "\r  volume ");
	cs_text_put_u64(&text, sum->volume_n);
	cs_text_put(&text, ", ");
	cs_text_put_u64(&text, sum->bytes / 1000000);
	cs_text_put(&text, " MB, ");
	cs_text_put_u64(&text, elapsed_ns ? sum->bytes * 1000 / elapsed_ns : 0);
	cs_text_put(&text, " MB/s\033[K");
	fputs(at, stderr);
}

static void
put_sum(struct cs_text *text, const struct verify *verify)
{
	cs_prove_put_sum(text, &verify->sum);
	if (!verify->list_n)
		return;
	cs_text_put(text, "  lists beside it that records need: ");
	cs_text_put_counted(text, verify->list_n, "file is", "files are");
	cs_text_put(text, " as they were read\n");
}

static int
say_sum(const struct verify *verify)
{
	static char at[CS_PROVE_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	if (verify->show_progress)
		fputs("\r\033[K", stderr);
	if (verify->told_n > TOLD_MAX && !verify->json) {
		cs_text_put_counted(&text, verify->told_n - TOLD_MAX, "more fault was counted and is",
				    "more faults were counted and are");
		cs_text_put(&text, " not told here\n");
	}
	if (verify->json)
		cs_prove_sum_json(&text, &verify->sum);
	else if (!verify->quiet || verify->sum.fault_n)
		put_sum(&text, verify);
	if (fputs(at, stdout) < 0 || fflush(stdout) != 0)
		return CS_EXIT_INPUT;
	if (verify->sum.fault_n && verify->unreadable_n == verify->sum.fault_n)
		return CS_EXIT_INPUT;
	return verify->sum.fault_n ? CS_EXIT_FINDINGS : CS_EXIT_RAN;
}

static int
prove_journal(struct verify *verify)
{
	struct cs_proof_wish wish = {
		.folder = verify->folder,
		.vault = verify->vault,
		.public_key = verify->public_option ? verify->public_key : NULL,
		.witness = verify->anchor.at,
		.witness_n = verify->anchor.n,
		.witness_broken = verify->anchor.fault_line,
		.fault = tell_fault,
		.progress = show_progress,
		.context = verify,
	};
	verify->started_ns = cs_clock_steady_ns();
	verify->show_progress = !verify->quiet && cs_terminal_is(STDERR_FILENO);
	enum cs_error error = cs_proof_run(&wish, &verify->sum);
	if (error == CS_OK) {
		bool proved = prove_lists(verify);
		int status = say_sum(verify);
		return proved ? status : CS_EXIT_INPUT;
	}
	fprintf(stderr, "countersign: %s: %s\n", verify->folder,
		error == CS_E_OPEN ? "there is no journal here" : cs_error_text(error));
	return CS_EXIT_INPUT;
}

static void
tell_bundle_fault(void *context, const char *words)
{
	struct verify *verify = context;
	char at[2 * CS_BUNDLE_WORDS_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&text);
	verify->told_n++;
	if (verify->json) {
		cs_json_object(&json);
		cs_json_put_text(&json, "fault", words);
		cs_json_end_object(&json);
	} else {
		cs_text_put(&text, words);
	}
	puts(at);
}

static void
put_bundle_json(struct cs_text *text, const struct verify *verify, const struct cs_bundle *bundle)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_bool(&json, "sound", verify->told_n == 0);
	cs_json_put_u64(&json, "faults", verify->told_n);
	cs_json_put_bool(&json, "key_given", verify->public_option != NULL);
	cs_json_put_u64(&json, "records", bundle->record_n);
	cs_json_put_u64(&json, "pages", bundle->page_n);
	cs_json_put_u64(&json, "checkpoints", bundle->checkpoint_n);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

static void
put_bundle(struct cs_text *text, const struct verify *verify, const struct cs_bundle *bundle)
{
	if (verify->told_n) {
		cs_text_put(text, "this bundle does NOT prove what it says\n");
		return;
	}
	if (verify->quiet)
		return;
	cs_text_put(text, "sound: alert ");
	cs_text_put_hex(text, (struct cs_span){bundle->alert, sizeof bundle->alert});
	cs_text_put(text, " and its messages are as they were put down in journal ");
	cs_text_put_hex(text, (struct cs_span){bundle->id, sizeof bundle->id});
	for (uint32_t i = 0; i < bundle->checkpoint_n; i++) {
		cs_text_put(text, "\n  signed by the checkpoint on page ");
		cs_text_put_u64(text, bundle->checkpoint[i].page);
		cs_text_put(text, ", at ");
		cs_text_put_time(text, bundle->checkpoint[i].wall_ns);
	}
	cs_text_put_char(text, '\n');
	if (!verify->public_option)
		cs_text_put(text,
			    "  the public key is the bundle's own word: this proves only that it agrees with itself; "
			    "give the key you know with --public-key\n");
}

static void
say_bundle(const struct verify *verify, const struct cs_bundle *bundle)
{
	static char at[CS_PROVE_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	if (verify->json)
		put_bundle_json(&text, verify, bundle);
	else
		put_bundle(&text, verify, bundle);
	fputs(at, stdout);
}

static int
prove_bundle(struct verify *verify)
{
	struct cs_span file;
	struct cs_bundle bundle;
	char words[CS_BUNDLE_WORDS_BYTES];
	struct cs_bundle_wish wish = {verify->public_option ? verify->public_key : NULL, tell_bundle_fault, verify};
	enum cs_error error = cs_file_read(verify->bundle_path, CS_BUNDLE_BYTES_MAX, &file);
	if (error != CS_OK) {
		fprintf(stderr, "countersign: bundle %s %s\n", verify->bundle_path, cs_error_text(error));
		return CS_EXIT_INPUT;
	}
	error = cs_bundle_read(file, &bundle, words);
	cs_file_free(file);
	if (error != CS_OK)
		fprintf(stderr, "countersign: bundle %s: %s\n", verify->bundle_path,
			error == CS_E_SYNTAX ? words : cs_error_text(error));
	if (error == CS_OK) {
		error = cs_bundle_verify(&bundle, &wish);
		say_bundle(verify, &bundle);
	}
	cs_bundle_fini(&bundle);
	bool written = fflush(stdout) == 0 && !ferror(stdout);
	if (error == CS_E_FORMAT && written)
		return CS_EXIT_FINDINGS;
	return error == CS_OK && written ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

int
cs_cmd_verify(int argc, char **argv)
{
	static struct verify verify;
	if (!read_options(&verify, argc, argv))
		return CS_EXIT_USAGE;
	int status = prepare(&verify);
	if (status == CS_EXIT_RAN)
		status = verify.bundle_path ? prove_bundle(&verify) : prove_journal(&verify);
	cs_vault_close(verify.vault);
	cs_anchor_free(&verify.anchor);
	return status;
}
