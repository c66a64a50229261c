/*
 * `countersign check`: reads a policy as `replay` and `run` would, tells it back in plain words, and what it costs.
 *
 * Opens no capture, no interface and no key; lists are looked for, and not read. Complaints go to standard error, one line each.
 */
#include "app/command.h"
#include "app/describe.h"
#include "app/lacking.h"
#include "app/setup.h"
#include "policy/complain.h"

#include <stdio.h>
#include <stdlib.h>

enum { SAID_BYTES = 1 << 18 };

const char cs_cmd_check_help[] =
	"usage: countersign check POLICY [--json]\n\n"
	"Checks a policy, its framings and its dialects; tells it back in plain words, with the memory and the work\n"
	"it can cost at most. What is wrong is said as file:line:column: what, and what to write instead.\n\n"
	"  --json   the same as one JSON object\n\n"
	"exit status: 0 the policy is good, 1 it is good, but a file of a list or of places is not there or cannot be\n"
	"             read: standard error says which, and why, 2 it is not good, 3 standard output cannot be "
	"written\n";

enum { OPTION_JSON };

static const struct cs_option options_table[] = {[OPTION_JSON] = {"--json", false}, {NULL, false}};

static bool
read_options(int argc, char **argv, const char **path, bool *json)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;) {
		if (option == CS_OPTION_BAD)
			return false;
		if (option == OPTION_JSON) {
			*json = true;
			continue;
		}
		if (*path) {
			fprintf(stderr, "countersign: one policy at a time: '%s'\n", value);
			return false;
		}
		*path = value;
	}
	if (!*path)
		fputs("countersign: check wants a policy; see countersign check --help\n", stderr);
	return *path != NULL;
}

static void
say_complaints(const char *path, const struct cs_complaints *complaints)
{
	char at[CS_COMPLAINTS_MAX * 512];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_complain_put(&text, path, complaints);
	fputs(at, stderr);
}

/* Framings and dialects are tried with a key of zeros: no token is made here. */
static bool
check_links(struct cs_setup *setup)
{
	static const struct cs_key_ring no_keys;
	struct cs_complaints complaints = {0};
	enum cs_error error = cs_links_open(&setup->links, setup->policy, &no_keys, &complaints);
	say_complaints(setup->policy->path, &complaints);
	if (error != CS_OK && !complaints.all_n)
		fprintf(stderr, "countersign: %s\n", cs_error_text(error));
	return error == CS_OK && !complaints.all_n;
}

static int
say_policy(const struct cs_policy *policy, bool json)
{
	char *at = malloc(SAID_BYTES);
	if (!at)
		return CS_EXIT_INPUT;
	struct cs_text text = cs_text_over(at, SAID_BYTES);
	struct cs_json writer = cs_json_over(&text);
	if (json) {
		cs_describe_json(&writer, policy);
		cs_text_put(&text, "\n");
	} else {
		cs_describe_put(&text, policy);
	}
	bool written = !text.overflowed && fputs(at, stdout) >= 0 && fflush(stdout) == 0;
	free(at);
	return written ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

int
cs_cmd_check(int argc, char **argv)
{
	static struct cs_setup setup;
	const char *path = NULL;
	bool json = false;
	if (!read_options(argc, argv, &path, &json))
		return CS_EXIT_USAGE;
	int status = CS_EXIT_USAGE;
	if (cs_setup_policy(&setup, path) && check_links(&setup))
		status = say_policy(setup.policy, json);
	if (status == CS_EXIT_RAN && cs_lacking_say(setup.policy))
		status = CS_EXIT_FINDINGS;
	cs_setup_close(&setup);
	return status;
}
