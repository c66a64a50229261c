/*
 * `countersign screen`: two names compared, token by token; and how well that is done, on pairs whose answer is known.
 */
#include "app/command.h"
#include "app/screen_put.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { OUT_BYTES = 1 << 18, TABLE_BYTES_MAX = 1 << 28, STANDARD_OUT = 1 };

const char cs_cmd_screen_help[] =
	"usage: countersign screen --compare NAME NAME [--type TYPE] [--json]\n"
	"       countersign screen --self-test PAIRS [--json] [--scores FILE]\n\n"
	"Compares names as sanctions screening does, and says why.\n\n"
	"  --compare         two names: what each word is, what agrees, what is left out, what contradicts\n"
	"  --type TYPE       person, organisation, vessel or any (the default: told from the words)\n"
	"  --self-test PAIRS measure the scorer on a table of pairs: tab separated, with a header that names\n"
	"                    query, candidate, expected (yes, no, na), type, source, score, score_of\n"
	"  --scores FILE     write the score of every row there: id, tab, 0 to 1000\n"
	"  --json            figures, or the comparison, as one JSON object\n\n"
	"exit status: 0 it ran, 2 bad usage or a table that is none, 3 input cannot be read\n";

enum { OPTION_COMPARE, OPTION_TYPE, OPTION_SELF_TEST, OPTION_SCORES, OPTION_JSON };

static const struct cs_option options_table[] = {
	[OPTION_COMPARE] = {"--compare", false},    [OPTION_TYPE] = {"--type", true},
	[OPTION_SELF_TEST] = {"--self-test", true}, [OPTION_SCORES] = {"--scores", true},
	[OPTION_JSON] = {"--json", false},          {NULL, false},
};

struct request {
	const char *names[2];
	unsigned name_n;
	const char *pairs, *scores;
	enum cs_name_kind kind;
	bool compare, json;
};

static bool
complain(const char *what)
{
	(void)fprintf(stderr, "countersign screen: %s. See countersign screen --help\n", what);
	return false;
}

static bool
take_option(struct request *request, int option, const char *value)
{
	switch (option) {
	case OPTION_COMPARE:
		request->compare = true;
		return true;
	case OPTION_TYPE:
		return cs_screen_kind(cs_span_text(value), &request->kind) ||
		       complain("--type is person, organisation, vessel or any");
	case OPTION_SELF_TEST:
		request->pairs = value;
		return true;
	case OPTION_SCORES:
		request->scores = value;
		return true;
	case OPTION_JSON:
		request->json = true;
		return true;
	default:
		if (request->name_n == 2)
			return complain("two names can be compared, not more; quote a name that has spaces");
		request->names[request->name_n++] = value;
		return true;
	}
}

static bool
read_options(int argc, char **argv, struct request *out)
{
	struct cs_options options = {argc, argv, 1, false};
	struct request request = {0};
	for (;;) {
		const char *value = NULL;
		int option = cs_option_next(&options, options_table, &value);
		if (option == CS_OPTION_END)
			break;
		if (option == CS_OPTION_BAD || !take_option(&request, option, value))
			return false;
	}
	*out = request;
	if (request.compare == (request.pairs != NULL))
		return complain("either --compare or --self-test");
	if (request.compare && request.name_n != 2)
		return complain("--compare wants two names");
	if (request.pairs && request.name_n)
		return complain("--self-test takes no names");
	if (request.scores && !request.pairs)
		return complain("--scores goes with --self-test");
	return true;
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
	struct cs_span a = cs_span_text(request->names[0]), b = cs_span_text(request->names[1]);
	(void)cs_screener_score(screener, a, b, request->kind, &why);
	if (request->json)
		cs_screen_put_comparison_json(text, screener, &why);
	else
		cs_screen_put_comparison(text, screener, &why);
	return write_out(text);
}

static int
measure(const struct request *request, struct cs_screener *screener, struct cs_text *text)
{
	static struct cs_screen_test test;
	const char *complaint = NULL;
	struct cs_span table;
	int scores = -1;
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
