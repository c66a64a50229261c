/*
 * `countersign journal`: what is done to a journal besides writing and reading it. One verb, one file; here is what they
 * have in common: arguments, the key, and the way to the record.
 *
 * Whoever starts it as root becomes the owner of the folder first, so that the process that writes there can read what
 * this one makes.
 */
#include "app/command.h"
#include "app/commit.h"
#include "app/journal.h"
#include "app/when.h"
#include "io/sandbox.h"

#include <stdio.h>
#include <stdlib.h>

const char cs_cmd_journal_help[] =
	"usage: countersign journal status FOLDER [--json]\n"
	"       countersign journal pack FOLDER\n"
	"       countersign journal note FOLDER --by NAME TEXT\n"
	"       countersign journal erase FOLDER (--volume N | --before DATE) --by NAME --reason TEXT\n"
	"       countersign journal keep FOLDER (--policy POLICY | --events TIME ...) [--dry-run]\n"
	"       countersign journal lists FOLDER [--remove --by NAME --reason TEXT]\n\n"
	"status tells what a journal holds and how far its sinks are; pack compresses closed volumes; note puts a\n"
	"line on record; erase makes the personal data of volumes unreadable for good, by destroying their keys;\n"
	"keep lets go of what is older or more than it should be, once; lists says which bytes of watch lists and of\n"
	"decisions beside it no names in it were held against any more, and removes them; it tells\n"
	"which needed ones are altered or missing. All of them work while `run` writes.\n\n"
	"  --json              as one JSON object\n"
	"  --by NAME           who does it, for the record\n"
	"  --reason TEXT       why, for the record\n"
	"  --volume N          this volume\n"
	"  --before DATE       all closed volumes that hold nothing later than this day (or time)\n"
	"  --policy POLICY     as the journal clause of this policy says\n"
	"  --events TIME       let events go at this age: 90d, 12h, 30min, 10y\n"
	"  --raw TIME          the same for raw messages\n"
	"  --alerts TIME       the same for alerts, which are never let go of before their events\n"
	"  --size SIZE         at most this much on the disk: 100GiB\n"
	"  --dry-run           only say what would be done\n"
	"  --remove            remove what `lists` names; without it they are listed: SHA-256, bytes\n"
	"  --journal-key KEY   what the journal is signed and sealed with: a file of 32 bytes, or pkcs11:...\n"
	"                      (else the policy's, else your own)\n"
	"  --quiet             no progress\n\n"
	"exit status: 0 it ran, 1 a list that is needed is altered or missing, 2 bad usage or policy, 3 the journal "
	"cannot be read or written,\n"
	"             or a volume that --before may mean was not erased, which is said\n";

enum {
	OPTION_JSON,
	OPTION_BY,
	OPTION_REASON,
	OPTION_VOLUME,
	OPTION_BEFORE,
	OPTION_POLICY,
	OPTION_EVENTS,
	OPTION_RAW,
	OPTION_ALERTS,
	OPTION_SIZE,
	OPTION_DRY_RUN,
	OPTION_REMOVE,
	OPTION_KEY,
	OPTION_QUIET,
};

static const struct cs_option options_table[] = {
	[OPTION_JSON] = {"--json", false},
	[OPTION_BY] = {"--by", true},
	[OPTION_REASON] = {"--reason", true},
	[OPTION_VOLUME] = {"--volume", true},
	[OPTION_BEFORE] = {"--before", true},
	[OPTION_POLICY] = {"--policy", true},
	[OPTION_EVENTS] = {"--events", true},
	[OPTION_RAW] = {"--raw", true},
	[OPTION_ALERTS] = {"--alerts", true},
	[OPTION_SIZE] = {"--size", true},
	[OPTION_DRY_RUN] = {"--dry-run", false},
	[OPTION_REMOVE] = {"--remove", false},
	[OPTION_KEY] = {"--journal-key", true},
	[OPTION_QUIET] = {"--quiet", false},
	{NULL, false},
};

#define BIT(option) (1u << (option))

/* A verb, the options it takes besides --journal-key and --quiet, and whether a text is behind the folder. */
static const struct verb {
	const char *name;
	int (*run)(const struct cs_journal_call *call);
	unsigned options;
	unsigned needs;
	bool text;
} verbs[] = {
	{"status", cs_journal_status, BIT(OPTION_JSON), 0, false},
	{"pack", cs_journal_pack, 0, 0, false},
	{"note", cs_journal_note, BIT(OPTION_BY), BIT(OPTION_BY), true},
	{"erase", cs_journal_erase, BIT(OPTION_BY) | BIT(OPTION_REASON) | BIT(OPTION_VOLUME) | BIT(OPTION_BEFORE),
	 BIT(OPTION_BY) | BIT(OPTION_REASON), false},
	{"keep", cs_journal_keep,
	 BIT(OPTION_BY) | BIT(OPTION_REASON) | BIT(OPTION_POLICY) | BIT(OPTION_EVENTS) | BIT(OPTION_RAW) |
		 BIT(OPTION_ALERTS) | BIT(OPTION_SIZE) | BIT(OPTION_DRY_RUN),
	 0, false},
	{"lists", cs_journal_lists, BIT(OPTION_BY) | BIT(OPTION_REASON) | BIT(OPTION_REMOVE), 0, false},
};

enum { VERB_N = sizeof verbs / sizeof verbs[0] };

/* ---- what the verbs do alike ---- */

int
cs_journal_say(const struct cs_journal_call *call, const char *what, enum cs_error error)
{
	fprintf(stderr, "countersign: journal %s: %s%s%s\n", call->folder, what, error == CS_OK ? "" : ": ",
		error == CS_OK ? "" : cs_error_text(error));
	return CS_EXIT_INPUT;
}

static bool
become_owner(const struct cs_journal_call *call)
{
	enum cs_error error = cs_sandbox_own(call->folder);
	if (error == CS_OK)
		return true;
	(void)cs_journal_say(call, error == CS_E_OPEN ? "there is no such folder" : "its owner cannot be become",
			     error == CS_E_OPEN ? CS_OK : error);
	return false;
}

bool
cs_journal_vault(const struct cs_journal_call *call, const struct cs_policy *policy, bool optional,
		 struct cs_vault **out)
{
	char note[CS_VAULT_NOTE_BYTES] = "";
	struct cs_vault_place place = {call->key, policy, false, false};
	*out = NULL;
	if (cs_sandbox_no_dumps() != CS_OK) {
		fputs("countersign: core dumps cannot be turned off here, and without that no key is loaded\n", stderr);
		return false;
	}
	enum cs_error error = cs_key_vault(&place, note, out);
	if (error != CS_OK)
		*out = NULL;
	bool named = call->key || (policy && policy->journal.key);
	bool bearable = error == CS_OK || (optional && !named);
	if (note[0] && (error == CS_OK || !bearable))
		fprintf(stderr, "countersign: journal key: %s\n", note);
	return bearable && become_owner(call);
}

bool
cs_journal_survey(const struct cs_journal_call *call, struct cs_survey *out)
{
	enum cs_error error = cs_survey_make(call->folder, out);
	if (error == CS_E_OPEN)
		(void)cs_journal_say(call, "there is no journal there", CS_OK);
	else if (error != CS_OK)
		(void)cs_journal_say(call, "it cannot be surveyed", error);
	return error == CS_OK;
}

bool
cs_journal_upkeep(const struct cs_journal_call *call, struct cs_upkeep *out)
{
	if (!become_owner(call))
		return false;
	enum cs_error error = cs_upkeep_begin(call->folder, out);
	if (error == CS_E_PERMISSION)
		(void)cs_journal_say(call, "another process packs, erases or lets go there now, or this one may not",
				     CS_OK);
	else if (error != CS_OK)
		(void)cs_journal_say(call, "it cannot be taken for upkeep", error);
	return error == CS_OK;
}

bool
cs_journal_pen(const struct cs_journal_call *call, const struct cs_policy *policy, bool need_vault,
	       struct cs_journal_pen *out)
{
	char words[CS_PEN_WORDS_BYTES];
	bool held = false;
	*out = (struct cs_journal_pen){0};
	enum cs_error error = cs_pen_held(call->folder, &held);
	if (error != CS_OK) {
		(void)cs_journal_say(call, error == CS_E_OPEN ? "there is no journal there" : "its lock",
				     error == CS_E_OPEN ? CS_OK : error);
		return false;
	}
	if (need_vault || !held ? !cs_journal_vault(call, policy, false, &out->vault) : !become_owner(call))
		return false;
	struct cs_pen_wish wish = {call->folder, out->vault, CS_VERSION " (" CS_COMMIT ")"};
	error = cs_pen_open(&wish, words, &out->pen);
	if (error != CS_OK) {
		out->pen = NULL;
		fprintf(stderr, "countersign: %s\n", words[0] ? words : cs_error_text(error));
	}
	return error == CS_OK;
}

bool
cs_journal_pen_close(struct cs_journal_pen *pen)
{
	enum cs_error error = cs_pen_close(pen->pen);
	cs_vault_close(pen->vault);
	*pen = (struct cs_journal_pen){0};
	if (error != CS_OK)
		fprintf(stderr, "countersign: the journal %s\n", cs_error_text(error));
	return error == CS_OK;
}

/* ---- arguments ---- */

static bool
refuse_value(const char *option, const char *wants, const char *value)
{
	fprintf(stderr, "countersign: %s wants %s, not '%s'\n", option, wants, value);
	return false;
}

static bool
read_volume(struct cs_journal_call *call, const char *value)
{
	char *end;
	unsigned long number = value[0] >= '0' && value[0] <= '9' ? strtoul(value, &end, 10) : 0;
	if (!number || *end || number > CS_VOLUMES_MAX)
		return refuse_value("--volume", "the number of a volume", value);
	call->volume = (uint32_t)number;
	return true;
}

static bool
read_kept(struct cs_journal_call *call, int option, const char *value)
{
	uint64_t *slot = option == OPTION_EVENTS ? &call->keep.events_ns
			 : option == OPTION_RAW  ? &call->keep.raw_ns
						 : &call->keep.alerts_ns;
	call->keep_said = true;
	if (option == OPTION_SIZE)
		return cs_when_size(value, &call->keep.size_bytes) ||
		       refuse_value("--size", "a size like 100GiB", value);
	return cs_when_span(value, slot) ||
	       refuse_value(options_table[option].name, "an age like 90d, 12h, 30min or 10y", value);
}

static bool
read_option(struct cs_journal_call *call, int option, const char *value)
{
	switch (option) {
	case OPTION_JSON:
		call->json = true;
		return true;
	case OPTION_DRY_RUN:
		call->dry_run = true;
		return true;
	case OPTION_REMOVE:
		call->remove = true;
		return true;
	case OPTION_QUIET:
		call->quiet = true;
		return true;
	case OPTION_BY:
		call->by = value;
		return true;
	case OPTION_REASON:
		call->reason = value;
		return true;
	case OPTION_POLICY:
		call->policy_path = value;
		return true;
	case OPTION_KEY:
		call->key = value;
		return true;
	case OPTION_VOLUME:
		return read_volume(call, value);
	case OPTION_BEFORE:
		return cs_when_date(value, &call->before_ns) ||
		       refuse_value("--before", "a day like 2026-03-02 or a time like 2026-03-02T13:18:00Z", value);
	default:
		return read_kept(call, option, value);
	}
}

/* The folder, and the text where one belongs. */
static bool
read_plain(struct cs_journal_call *call, const struct verb *verb, const char *value)
{
	const char **slot = call->folder ? &call->text : &call->folder;
	bool wanted = slot == &call->folder || (verb->text && !call->text);
	if (wanted)
		*slot = value;
	else
		fprintf(stderr, "countersign: journal %s: there is no use for '%s'%s\n", verb->name, value,
			verb->text ? "; put the text between quotes" : "");
	return wanted;
}

static bool
check_call(const struct cs_journal_call *call, const struct verb *verb, unsigned seen)
{
	if (!call->folder || (verb->text && !call->text)) {
		fprintf(stderr, "countersign: journal %s wants a folder%s; see countersign journal --help\n",
			verb->name, verb->text ? " and a text" : "");
		return false;
	}
	for (int i = 0; options_table[i].name; i++) {
		if (!(verb->needs & ~seen & BIT(i)))
			continue;
		fprintf(stderr, "countersign: journal %s wants %s, so that the record says so\n", verb->name,
			options_table[i].name);
		return false;
	}
	return true;
}

static bool
read_call(struct cs_journal_call *call, const struct verb *verb, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 2, false};
	const unsigned always = BIT(OPTION_KEY) | BIT(OPTION_QUIET);
	const char *value = NULL;
	unsigned seen = 0;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;) {
		if (option == CS_OPTION_BAD)
			return false;
		if (option == CS_OPTION_PLAIN ? !read_plain(call, verb, value) : !read_option(call, option, value))
			return false;
		if (option == CS_OPTION_PLAIN)
			continue;
		seen |= BIT(option);
		if (BIT(option) & (verb->options | always))
			continue;
		fprintf(stderr, "countersign: journal %s takes no %s\n", verb->name, options_table[option].name);
		return false;
	}
	return check_call(call, verb, seen);
}

static const struct verb *
find_verb(const char *name)
{
	for (unsigned i = 0; i < VERB_N; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	fprintf(stderr, "countersign: journal does not know '%s'; it knows", name);
	for (unsigned i = 0; i < VERB_N; i++)
		fprintf(stderr, "%s %s", i ? "," : "", verbs[i].name);
	fputs("\n", stderr);
	return NULL;
}

int
cs_cmd_journal(int argc, char **argv)
{
	struct cs_journal_call call = {0};
	if (argc < 2) {
		fputs("countersign: journal wants a verb and a folder; see countersign journal --help\n", stderr);
		return CS_EXIT_USAGE;
	}
	const struct verb *verb = find_verb(argv[1]);
	if (!verb || !read_call(&call, verb, argc, argv))
		return CS_EXIT_USAGE;
	return verb->run(&call);
}
