/*
 * `countersign screen`: names held against watch lists, one or a whole base of customers, and what was decided of them; two names
 * compared, token by token; and how well that is done, on pairs whose answer is known.
 */
#include "app/command.h"
#include "app/screen_call.h"
#include "app/screen_put.h"
#include "app/setup.h"
#include "app/when.h"
#include "base/glyph.h"
#include "engine/links.h"
#include "event/country.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/folder.h"
#include "policy/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { OUT_BYTES = 1 << 18, TABLE_BYTES_MAX = 1 << 28, STANDARD_OUT = 1, NAME_BYTES_MAX = 1 << 18 };

const char cs_cmd_screen_help[] =
	"usage: countersign screen POLICY|--against LIST... [OPTION]... NAME\n"
	"       countersign screen POLICY|--against LIST... --file CUSTOMERS --out FILE [--delta OLD...] [OPTION]...\n"
	"       countersign screen POLICY|--against LIST... --decisions FILE --decide LIST/UID --by USER --reason "
	"TEXT\n"
	"                         [--until DATE] NAME\n"
	"       countersign screen --decisions FILE --revoke ID --by USER --reason TEXT\n"
	"       countersign screen --decisions FILE --decided\n"
	"       countersign screen --compare NAME NAME [--type TYPE] [--json]\n"
	"       countersign screen --self-test PAIRS [--json] [--scores FILE]\n\n"
	"Holds names against watch lists, and says why; keeps what was decided; compares names.\n"
	"NAME may be an identifier (an account, a BIC, an IMO number, a passport, a wallet), or hold one behind a word "
	"for it:\n"
	"that is looked up exactly, beside all else.\n\n"
	"  POLICY            the watch lists that this policy declares; one that cannot be read or is stale is said in "
	"the\n"
	"                    answer and in the exit status, and the others are searched\n"
	"  --against LIST    [NAME=]FILE[,FILE...][:FORMAT[:MAPPING]]; may be repeated; a mapping is as in "
	"own.csv:csv:name=Full "
	"name,birth=DOB\n"
	"  --type TYPE       person, organisation, vessel or any (the default: told from the words)\n"
	"  --born DATE       1970-01-31, 19700131, 31.01.1970, 31/01/1970, 31 Jan 1970, 1970-01, 01/1970 or 1970, with "
	"a "
	"time of\n"
	"                    day behind it or not, but nothing that may be two days\n"
	"  --country CODE    ISO 3166: DE or 276\n"
	"  --gender m|f      these four are of NAME; of CUSTOMERS their columns say that\n"
	"  --line SCORE      hits from this score on, 1 to 999 (500)\n"
	"  --exhaustive      score every name of the lists\n"
	"  --at DATE         judge ages and decisions as of then (now)\n"
	"  --decisions FILE  decisions that were kept: an entry that is decided upon is no hit\n"
	"  --decide LIST/UID keep that NAME is not this entry: wants --by and --reason; --until DATE ends it, and with "
	"another\n"
	"                    DATE takes the place of a decision that holds; the same once more is refused\n"
	"  --revoke ID       take a decision back: wants --by and --reason; an older one whose place it took holds "
	"again,\n"
	"                    and that is said\n"
	"  --decided         list the decisions\n"
	"  --file CUSTOMERS  a whole base: CSV with a header line, or JSON Lines: name, and any of id, type, born,\n"
	"                    country, gender\n"
	"  --columns MAP     what these columns are called: name=Full name,id=Number\n"
	"  --dates ORDER     day-first or month-first: how dates such as 03/04/1970 are meant; without it one that may "
	"be two\n"
	"                    days is left out and counted\n"
	"  --out FILE        JSON Lines: a header, each customer with a hit or a row that is wrong, a summary\n"
	"  --report FILE     the same for people: HTML when it ends in .html, else text\n"
	"  --delta OLD       only entries that OLD, told as in --against and in its order, has not or has otherwise\n"
	"  --threads N       1 to 64 (as many as there are cores); what comes out is the same\n"
	"  --resume          go on where a run that was killed stood (FILE.state)\n"
	"  --journal FOLDER  put on record there who looked a name up: wants --by; --journal-key KEY as elsewhere\n"
	"  --quiet           no progress, and no words at the end\n"
	"  --compare         two names: what each word is, what agrees, what is left out, what contradicts\n"
	"  --self-test PAIRS measure the scorer on a table of pairs: tab separated, with a header that names\n"
	"                    query, candidate, expected (yes, no, na), type, source, score, score_of\n"
	"  --scores FILE     write the score of every row there: id, tab, 0 to 1000\n"
	"  --json            figures, the comparison or the answer as one JSON object\n\n"
	"exit status: 0 it ran, 1 it ran, but a customer could not be read, or a customer or NAME was not searched "
	"whole,\n"
	"             2 bad usage or a table that is none, 3 something cannot be read or written,\n"
	"             a list of the policy was not searched or is stale, or the file of decisions is broken and none\n"
	"             of them holds (there is an answer all the same), or nothing of a NAME can be compared\n";

enum {
	OPTION_COMPARE,
	OPTION_TYPE,
	OPTION_SELF_TEST,
	OPTION_SCORES,
	OPTION_JSON,
	OPTION_AGAINST,
	OPTION_BORN,
	OPTION_COUNTRY,
	OPTION_GENDER,
	OPTION_LINE,
	OPTION_EXHAUSTIVE,
	OPTION_AT,
	OPTION_UNTIL,
	OPTION_DECIDED,
	OPTION_DELTA,
	OPTION_THREADS,
	OPTION_RESUME,
	OPTION_QUIET,
	OPTION_DATES,
	OPTION_DECISIONS, /* from here on words that are kept as they are */
	OPTION_DECIDE,
	OPTION_REVOKE,
	OPTION_BY,
	OPTION_REASON,
	OPTION_FILE,
	OPTION_COLUMNS,
	OPTION_OUT,
	OPTION_REPORT,
	OPTION_JOURNAL,
	OPTION_JOURNAL_KEY,
};

static const struct cs_option options_table[] = {
	[OPTION_COMPARE] = {"--compare", false},
	[OPTION_TYPE] = {"--type", true},
	[OPTION_SELF_TEST] = {"--self-test", true},
	[OPTION_SCORES] = {"--scores", true},
	[OPTION_JSON] = {"--json", false},
	[OPTION_AGAINST] = {"--against", true},
	[OPTION_BORN] = {"--born", true},
	[OPTION_COUNTRY] = {"--country", true},
	[OPTION_GENDER] = {"--gender", true},
	[OPTION_LINE] = {"--line", true},
	[OPTION_EXHAUSTIVE] = {"--exhaustive", false},
	[OPTION_AT] = {"--at", true},
	[OPTION_UNTIL] = {"--until", true},
	[OPTION_DECIDED] = {"--decided", false},
	[OPTION_DELTA] = {"--delta", true},
	[OPTION_THREADS] = {"--threads", true},
	[OPTION_RESUME] = {"--resume", false},
	[OPTION_QUIET] = {"--quiet", false},
	[OPTION_DATES] = {"--dates", true},
	[OPTION_DECISIONS] = {"--decisions", true},
	[OPTION_DECIDE] = {"--decide", true},
	[OPTION_REVOKE] = {"--revoke", true},
	[OPTION_BY] = {"--by", true},
	[OPTION_REASON] = {"--reason", true},
	[OPTION_FILE] = {"--file", true},
	[OPTION_COLUMNS] = {"--columns", true},
	[OPTION_OUT] = {"--out", true},
	[OPTION_REPORT] = {"--report", true},
	[OPTION_JOURNAL] = {"--journal", true},
	[OPTION_JOURNAL_KEY] = {"--journal-key", true},
	{NULL, false},
};

struct request {
	const char *names[2];
	unsigned name_n;
	const char *pairs, *scores;
	enum cs_name_kind kind;
	bool compare, json;
	bool of_name; /* something was said of the one name that is asked about */
	struct cs_screen_call call;
};

static bool
complain(const char *what)
{
	(void)fprintf(stderr, "countersign screen: %s. See countersign screen --help\n", what);
	return false;
}

static bool
take_number(const char *value, unsigned most, unsigned *out)
{
	unsigned n = 0;
	for (const char *at = value; *at >= '0' && *at <= '9' && n <= most; at++) {
		n = n * 10 + (unsigned)(*at - '0');
		if (at[1] == '\0' && n >= 1 && n <= most) {
			*out = n;
			return true;
		}
	}
	return false;
}

static bool
take_date(const char *value, uint64_t *out)
{
	uint64_t ns = 0;
	if (!cs_when_date(value, &ns))
		return complain("a date is like 2026-03-02 or 2026-03-02T13:18:00Z");
	*out = ns / UINT64_C(1000000000);
	return true;
}

static bool
take_list(const char *value, const char **list, unsigned *n)
{
	if (*n == CS_ROLL_LISTS_MAX)
		return complain("32 lists at most");
	list[(*n)++] = value;
	return true;
}

static bool
take_born(struct cs_score_facts *facts, const char *value)
{
	enum cs_born born = cs_born_read(cs_span_text(value), CS_BORN_EITHER, facts);
	if (born == CS_BORN_AMBIGUOUS)
		return complain("--born may be two days; write the year first, as in 1970-01-31");
	if (born == CS_BORN_UNKNOWN)
		return complain("--born 1900-01-01 is what programs write where no date is known: leave it out");
	return born == CS_BORN_READ || complain("--born is like 1970-01-31, 31.01.1970, 31 Jan 1970, 1970-01 or 1970");
}

static bool
take_dates(enum cs_born_order *order, const char *value)
{
	*order = strcmp(value, "day-first") == 0 ? CS_BORN_DAY_FIRST : CS_BORN_MONTH_FIRST;
	return *order == CS_BORN_DAY_FIRST || strcmp(value, "month-first") == 0 ||
	       complain("--dates is day-first or month-first");
}

static bool
take_fact(struct cs_score_facts *facts, int option, const char *value)
{
	if (option == OPTION_BORN)
		return take_born(facts, value);
	if (option == OPTION_GENDER) {
		facts->gender = strcasecmp(value, "m") == 0 ? 'm' : 'f';
		return strcasecmp(value, "m") == 0 || strcasecmp(value, "f") == 0 || complain("--gender is m or f");
	}
	char code[4] = "";
	for (size_t i = 0; i + 1 < sizeof code && value[i]; i++)
		code[i] = (char)(value[i] >= 'a' && value[i] <= 'z' ? value[i] - 'a' + 'A' : value[i]);
	const struct cs_country *country = strlen(value) < sizeof code ? cs_country_by_code(cs_span_text(code)) : NULL;
	facts->country = country ? country->number : 0;
	return country || complain("--country is a code of ISO 3166, like DE or 276");
}

/* Options of looking up and deciding. */
static bool
take_call(struct cs_screen_call *call, int option, const char *value)
{
	unsigned number = 0;
	switch (option) {
	case OPTION_AGAINST:
		return take_list(value, call->against, &call->against_n);
	case OPTION_DELTA:
		return take_list(value, call->old, &call->old_n);
	case OPTION_BORN:
	case OPTION_COUNTRY:
	case OPTION_GENDER:
		return take_fact(&call->facts, option, value);
	case OPTION_LINE:
		if (!take_number(value, 999, &number))
			return complain("--line is 1 to 999");
		call->line = (uint16_t)number;
		return true;
	case OPTION_THREADS:
		return take_number(value, CS_SCREEN_THREADS_MAX, &call->thread_n) || complain("--threads is 1 to 64");
	case OPTION_AT:
		return take_date(value, &call->at_s);
	case OPTION_UNTIL:
		return take_date(value, &call->until_s);
	case OPTION_DATES:
		return take_dates(&call->dates, value);
	case OPTION_EXHAUSTIVE:
		return call->exhaustive = true;
	case OPTION_DECIDED:
		return call->decided = true;
	case OPTION_RESUME:
		return call->resume = true;
	default:
		return call->quiet = true;
	}
}

static void
take_word(struct cs_screen_call *call, int option, const char *value)
{
	const char **const slots[] = {&call->decisions, &call->decide,  &call->revoke,     &call->by,
				      &call->reason,    &call->file,    &call->columns,    &call->out,
				      &call->report,    &call->journal, &call->journal_key};
	*slots[option - OPTION_DECISIONS] = value;
}

static bool
take_option(struct request *request, int option, const char *value)
{
	switch (option) {
	case OPTION_COMPARE:
		return request->compare = true;
	case OPTION_TYPE:
		request->of_name = true;
		return cs_screen_kind(cs_span_text(value), &request->kind) ||
		       complain("--type is person, organisation, vessel or any");
	case OPTION_SELF_TEST:
		request->pairs = value;
		return true;
	case OPTION_SCORES:
		request->scores = value;
		return true;
	case OPTION_JSON:
		return request->json = true;
	case CS_OPTION_PLAIN:
		if (request->name_n == 2)
			return complain("two names can be compared, or a policy and a name, not more; quote a name "
					"that has spaces");
		request->names[request->name_n++] = value;
		return true;
	default:
		break;
	}
	request->of_name =
		request->of_name || option == OPTION_BORN || option == OPTION_COUNTRY || option == OPTION_GENDER;
	if (option < OPTION_DECISIONS)
		return take_call(&request->call, option, value);
	take_word(&request->call, option, value);
	return true;
}

static bool
check_compared(const struct request *request)
{
	const struct cs_screen_call *call = &request->call;
	if (request->compare == (request->pairs != NULL))
		return complain("either --compare or --self-test, or lists: a policy, or --against LIST");
	if (call->file || call->decide || call->decisions || call->journal)
		return complain("this goes with --against");
	if (request->compare && request->name_n != 2)
		return complain("--compare wants two names");
	if (request->pairs && request->name_n)
		return complain("--self-test takes no names");
	if (request->scores && !request->pairs)
		return complain("--scores goes with --self-test");
	return true;
}

/* Is what was asked for all there, and nothing else? */
static bool
check_call(const struct request *request)
{
	const struct cs_screen_call *call = &request->call;
	bool writes = call->decide || call->revoke;
	bool no_name = call->revoke || call->decided || call->file;
	if (request->compare || request->pairs)
		return complain("--compare and --self-test take no lists and no decisions");
	if ((call->decide != NULL) + (call->revoke != NULL) + call->decided + (call->file != NULL) > 1)
		return complain("one of --decide, --revoke, --decided and --file");
	if (request->name_n != !no_name)
		return complain(no_name             ? "no name goes with that"
				: call->policy_path ? "a policy and one name, or --against LIST and one name"
						    : "one name; quote a name that has spaces");
	if (no_name && request->of_name)
		return complain(
			"--type, --born, --country and --gender go with a name; of customers their columns say that");
	if ((writes || call->decided) && !call->decisions)
		return complain("--decisions FILE says where decisions are kept");
	if (writes && (!call->by || !call->by[0] || !call->reason || !call->reason[0]))
		return complain("a decision wants --by USER and --reason TEXT");
	if (call->until_s && !call->decide)
		return complain("--until goes with --decide");
	if (call->until_s && call->until_s <= call->at_s)
		return complain("--until is a day to come; a decision that is over says nothing");
	if (call->journal && (!call->by || call->file || no_name || writes))
		return complain("--journal wants --by, and goes with a single name");
	if (!call->file != !call->out ||
	    (!call->file && (call->old_n || call->report || call->resume || call->columns || call->dates)))
		return complain("--file wants --out; --columns, --dates, --report, --resume and --delta go with them");
	if (call->old_n && !call->policy_path && call->old_n != call->against_n)
		return complain("--delta is told for each --against, in the same order");
	return true;
}

/* What is no option is a name, or first the policy. */
static bool
needs_no_policy(const struct request *request)
{
	const struct cs_screen_call *call = &request->call;
	return request->compare || request->pairs || call->against_n || call->revoke || call->decided;
}

/* A name that is looked up and is no UTF-8 is read as ISO 8859-1, as customers of a file are; one that is decided of is refused. */
static bool
read_names(struct request *request)
{
	static char room[2][NAME_BYTES_MAX];
	for (unsigned i = 0; i < request->name_n && !request->call.decide; i++) {
		struct cs_span name = cs_span_text(request->names[i]);
		struct cs_text text = cs_text_over(room[i], sizeof room[i]);
		if (cs_glyph_is_utf8(name))
			continue;
		cs_text_put_latin1(&text, name);
		if (text.overflowed)
			return complain("the name is too long");
		request->names[i] = room[i];
	}
	return true;
}

static bool
read_options(int argc, char **argv, struct request *out)
{
	struct cs_options options = {argc, argv, 1, false};
	struct request request = {.names = {"", ""}};
	for (;;) {
		const char *value = NULL;
		int option = cs_option_next(&options, options_table, &value);
		if (option == CS_OPTION_END)
			break;
		if (option == CS_OPTION_BAD || !take_option(&request, option, value))
			return false;
	}
	struct cs_screen_call *call = &request.call;
	if (request.name_n && !needs_no_policy(&request)) {
		call->policy_path = request.names[0];
		request.names[0] = request.names[1];
		request.name_n--;
	}
	if (!read_names(&request))
		return false;
	call->name = request.names[0];
	call->kind = request.kind;
	call->json = request.json;
	if (!call->at_s)
		call->at_s = cs_clock_wall_ns() / UINT64_C(1000000000);
	*out = request;
	if (call->against_n || call->policy_path || call->revoke || call->decided)
		return check_call(out);
	return check_compared(out);
}

struct cs_screen_told
cs_screen_call_lists(const struct cs_screen_call *call)
{
	return (struct cs_screen_told){call->policy ? NULL : call->against, call->policy ? 0 : call->against_n,
				       call->policy, call->at_s};
}

static int
run_call(const struct cs_screen_call *call)
{
	if (call->decided)
		return cs_screen_decided(call);
	if (call->revoke)
		return cs_screen_revoke(call);
	if (call->decide)
		return cs_screen_decide(call);
	return call->file ? cs_screen_base(call) : cs_screen_single(call);
}

/* Of a look-up without --decisions: the file that all screens of the policy name, once somebody has decided something. */
static void
find_decisions(struct cs_screen_call *call)
{
	static char path[4096];
	const struct cs_policy *policy = call->policy;
	struct cs_folder_entry entry = {NULL, false, 0};
	const char *file = policy->screen_n ? policy->screen[0].decisions : NULL;
	for (unsigned i = 1; file && i < policy->screen_n; i++)
		if (!policy->screen[i].decisions || strcmp(policy->screen[i].decisions, file) != 0)
			file = NULL;
	if (call->decisions || call->decide || !file ||
	    cs_links_beside(policy->path, file, path, sizeof path) != CS_OK || !cs_folder_look(path, &entry))
		return;
	call->decisions = path;
	(void)fprintf(stderr, "countersign screen: decisions are read from %s\n", path);
}

/* The same with the watch lists of a policy. */
static int
run_policy(struct cs_screen_call *call)
{
	static struct cs_setup setup;
	int status = CS_EXIT_USAGE;
	if (cs_setup_policy(&setup, call->policy_path)) {
		call->policy = setup.policy;
		find_decisions(call);
		if (!setup.policy->watched_n)
			(void)fprintf(stderr,
				      "countersign screen: policy %s declares no watch list; write: list ofac { source "
				      "\"sdn.csv\" format ofac }\n",
				      call->policy_path);
		else if (call->old_n && call->old_n != setup.policy->watched_n)
			(void)complain("--delta is told for each watch list of the policy, in its order");
		else
			status = run_call(call);
	}
	cs_setup_close(&setup);
	return status;
}

static int
write_out(const struct cs_text *text)
{
	CS_ASSERT(!text->overflowed);
	if (cs_file_write_all(STANDARD_OUT, text->at, text->len) == CS_OK)
		return CS_EXIT_RAN;
	(void)fputs("countersign screen: standard output cannot be written\n", stderr);
	return CS_EXIT_INPUT;
}

static int
compare(const struct request *request, struct cs_screener *screener, struct cs_text *text)
{
	struct cs_score_why why;
	CS_ASSERT(request->names[0] && request->names[1]);
	struct cs_span a = cs_span_text(request->names[0]), b = cs_span_text(request->names[1]);
	(void)cs_screener_score(screener, a, b, request->kind, &why);
	if (request->json)
		cs_screen_put_comparison_json(text, screener, &why);
	else
		cs_screen_put_comparison(text, screener, &why);
	if (screener->a.name.part_n && screener->b.name.part_n)
		return write_out(text);
	(void)fprintf(stderr, "countersign screen: %s\n", cs_screen_look_nothing_words);
	(void)write_out(text);
	return CS_EXIT_INPUT;
}

static int
measure(const struct request *request, struct cs_screener *screener, struct cs_text *text)
{
	static struct cs_screen_test test;
	const char *complaint = NULL;
	struct cs_span table;
	int scores = -1;
	if (request->scores && cs_file_same(request->pairs, request->scores)) {
		(void)complain("--scores would be written over the pairs; name another file");
		return CS_EXIT_USAGE;
	}
	enum cs_error error = cs_file_read(request->pairs, TABLE_BYTES_MAX, &table);
	if (error != CS_OK) {
		(void)fprintf(stderr, "countersign screen: %s: %s\n", request->pairs, cs_file_error_text(error));
		return CS_EXIT_INPUT;
	}
	if (request->scores && cs_file_open_write(request->scores, &scores) != CS_OK) {
		(void)fprintf(stderr, "countersign screen: %s cannot be written\n", request->scores);
		cs_file_free(table);
		return CS_EXIT_INPUT;
	}
	bool ok = cs_screen_test_run(screener, table, request->scores ? &scores : NULL, &test, &complaint);
	if (request->scores)
		cs_file_close(scores);
	cs_file_free(table);
	if (!ok) {
		(void)fprintf(stderr, "countersign screen: %s: %s\n", request->pairs, complaint);
		return CS_EXIT_USAGE;
	}
	if (request->json)
		cs_screen_put_test_json(text, &test);
	else
		cs_screen_put_test(text, &test);
	return write_out(text);
}

int
cs_cmd_screen(int argc, char **argv)
{
	struct request request;
	if (!read_options(argc, argv, &request))
		return CS_EXIT_USAGE;
	if (!request.compare && !request.pairs)
		return request.call.policy_path ? run_policy(&request.call) : run_call(&request.call);
	struct cs_screener *screener = cs_screener_new();
	char *room = malloc(OUT_BYTES);
	int status = CS_EXIT_INPUT;
	if (screener && room) {
		struct cs_text text = cs_text_over(room, OUT_BYTES);
		status = request.compare ? compare(&request, screener, &text) : measure(&request, screener, &text);
	} else {
		(void)fputs("countersign screen: out of memory\n", stderr);
	}
	free(room);
	cs_screener_free(screener);
	return status;
}
