/*
 * `countersign identify`: what framing and dialect a capture speaks, so that nobody has to guess it by hand.
 *
 * One line of JSON a connection, or plain words on a terminal. Leaves the work to engine/identify.h; prints no value
 * of any message.
 */
#include "app/command.h"
#include "engine/identify.h"
#include "io/file.h"
#include "io/terminal.h"

#include <stdio.h>
#include <stdlib.h>

enum { OUT_BYTES = 1 << 17, STANDARD_OUT = 1 };

const char cs_cmd_identify_help[] =
	"usage: countersign identify CAPTURE [--json|--text]\n\n"
	"Names framing and dialect of each TCP connection in a pcap or pcapng capture, with the evidence.\n"
	"CAPTURE may be - for standard input. 20 messages are enough as a rule.\n\n"
	"  --json   one JSON object a connection (the default when standard output is no terminal);\n"
	"           its \"dialect\" can be saved and given to --dialect or named in a policy\n"
	"  --text   plain words, with the lines of a policy to paste (the default on a terminal)\n\n"
	"exit status: 0 it ran, 2 bad usage, 3 input cannot be read\n";

enum { OPTION_JSON, OPTION_TEXT };

static const struct cs_option options_table[] = {
	[OPTION_JSON] = {"--json", false},
	[OPTION_TEXT] = {"--text", false},
	{NULL, false},
};

struct request {
	const char *path;
	bool json;
};

static bool
read_options(int argc, char **argv, struct request *out)
{
	struct cs_options options = {argc, argv, 1, false};
	struct request request = {NULL, !cs_terminal_is(STANDARD_OUT)};
	for (;;) {
		const char *value = NULL;
		int option = cs_option_next(&options, options_table, &value);
		if (option == CS_OPTION_END)
			break;
		if (option == CS_OPTION_BAD)
			return false;
		if (option == CS_OPTION_PLAIN && request.path) {
			(void)fprintf(stderr, "countersign identify: one capture at a time; \"%s\" is one too many\n",
				      value);
			return false;
		}
		if (option == CS_OPTION_PLAIN)
			request.path = value;
		else
			request.json = option == OPTION_JSON;
	}
	if (!request.path)
		(void)fputs("countersign identify: which capture? See countersign identify --help\n", stderr);
	*out = request;
	return request.path != NULL;
}

/* The lines of a policy that were told already. */
struct told {
	unsigned n;
	uint64_t hash[CS_IDENTIFY_CONNECTIONS_MAX];
};

static bool
is_told(struct told *told, uint64_t hash)
{
	for (unsigned i = 0; i < told->n; i++)
		if (told->hash[i] == hash)
			return true;
	CS_ASSERT(told->n < CS_IDENTIFY_CONNECTIONS_MAX);
	told->hash[told->n++] = hash;
	return false;
}

static void
put_words(struct cs_text *text, const struct cs_identified *found, struct told *told)
{
	cs_identify_put_text(text, found);
	if (!found->named)
		return;
	if (is_told(told, cs_identify_link_hash(found)))
		cs_text_put(text, "  the lines for a policy are those given above for this port\n");
	else
		cs_identify_put_link(text, found);
}

/* Writes one connection; false when standard output does not take it. */
static bool
tell(const struct request *request, const struct cs_identified *found, struct told *told, char *room)
{
	struct cs_text text = cs_text_over(room, OUT_BYTES);
	if (request->json) {
		struct cs_json json = cs_json_over(&text);
		cs_identify_put_json(&json, found);
	} else {
		put_words(&text, found, told);
	}
	cs_text_put_char(&text, '\n');
	CS_ASSERT(!text.overflowed);
	return cs_file_write_all(STANDARD_OUT, text.at, text.len) == CS_OK;
}

static int
tell_all(const struct request *request, struct cs_identify *identify)
{
	struct cs_identified *found = malloc(sizeof *found);
	char *room = malloc(OUT_BYTES);
	struct told told = {0};
	int status = found && room ? CS_EXIT_RAN : CS_EXIT_INPUT;
	for (unsigned i = 0; status == CS_EXIT_RAN && i < cs_identify_n(identify); i++)
		if (cs_identify_at(identify, i, found) != CS_OK || !tell(request, found, &told, room))
			status = CS_EXIT_INPUT;
	free(found);
	free(room);
	if (status != CS_EXIT_RAN)
		(void)fputs("countersign identify: out of memory, or standard output cannot be written\n", stderr);
	if (cs_identify_over(identify) > 0)
		(void)fprintf(stderr, "countersign identify: %llu more connections were not looked at\n",
			      (unsigned long long)cs_identify_over(identify));
	return status;
}

int
cs_cmd_identify(int argc, char **argv)
{
	struct request request;
	if (!read_options(argc, argv, &request))
		return CS_EXIT_USAGE;
	struct cs_capture *capture = NULL;
	struct cs_identify *identify = cs_identify_new();
	enum cs_error error = identify ? cs_capture_open(request.path, 0, &capture) : CS_E_MEMORY;
	if (error == CS_OK)
		error = cs_identify_read(identify, capture);
	if (error != CS_OK)
		(void)fprintf(stderr, "countersign identify: %s\n",
			      capture ? cs_capture_fault(capture) : cs_error_text(error));
	else if (cs_identify_n(identify) == 0)
		(void)fprintf(stderr, "countersign identify: %s: no TCP payload in this capture\n", request.path);
	int status = identify ? tell_all(&request, identify) : CS_EXIT_INPUT;
	cs_capture_close(capture);
	cs_identify_free(identify);
	return error == CS_OK ? status : CS_EXIT_INPUT;
}
