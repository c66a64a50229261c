/*
 * `countersign diff`: what changes between two policies, in words, for whoever has to sign the new one.
 *
 * Both are checked as `check` does before anything is said. Opens no capture, no interface and no key.
 */
#include "app/command.h"
#include "app/diff.h"
#include "app/setup.h"
#include "engine/alike.h"
#include "engine/carry.h"
#include "policy/complain.h"

#include <stdio.h>
#include <stdlib.h>

enum { SAID_BYTES = 4 << 20 };

const char cs_cmd_diff_help[] =
	"usage: countersign diff OLD NEW\n\n"
	"Tells what changes between two policies in words: links, records, expectations, profiles, limits, rules, "
	"lists\n"
	"and the rest, new, gone or with other values, and how much history a new window needs before it is right. And "
	"what\n"
	"goes on, is warmed or begins empty when `run` takes the new one in place of the old.\n\n"
	"exit status: 0 both are good, whether they differ or not; 2 one of them is not\n";

static const struct cs_option options_table[] = {{NULL, false}};

static bool
read_options(int argc, char **argv, const char *path[2])
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	unsigned n = 0;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;) {
		if (option == CS_OPTION_BAD)
			return false;
		if (n < 2)
			path[n] = value;
		n++;
	}
	if (n == 2)
		return true;
	fputs("countersign: diff wants two policies, the old one first; see countersign diff --help\n", stderr);
	return false;
}

static bool
open_policy(struct cs_setup *setup, const char *path)
{
	static const struct cs_key_ring no_keys;
	static char at[CS_COMPLAINTS_MAX * 512];
	if (!cs_setup_policy(setup, path))
		return false;
	struct cs_complaints complaints = {0};
	enum cs_error error = cs_links_open(&setup->links, setup->policy, &no_keys, &complaints);
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_complain_put(&text, path, &complaints);
	fputs(at, stderr);
	if (error != CS_OK && !complaints.all_n)
		fprintf(stderr, "countersign: %s\n", cs_error_text(error));
	return error == CS_OK && !complaints.all_n;
}

/* What no paragraph tells. */
static const char *
rest_of(const struct cs_policy *old, const struct cs_policy *fresh, unsigned n)
{
	if (old->hash == fresh->hash)
		return "The two are the same, byte for byte.\n";
	if (cs_alike_links(old, fresh))
		return n ? "" : "Messages or rows are read in another way: compare the links and records.\n";
	return n ? "" : "Nothing changes but comments, order or layout.\n";
}

/* What becomes of the state when the one takes the place of the other. */
static void
say_carry(struct cs_text *text, const struct cs_policy *old, const struct cs_policy *fresh)
{
	static struct cs_carry carry;
	const struct cs_carry_from from = {.seq = 1};
	cs_carry_plan(old, fresh, &carry);
	struct cs_carry_words words = {fresh, "  ", cs_carry_reach(&carry, fresh)};
	cs_carry_warm(&carry, fresh, &from);
	cs_text_put(text, "\nWhen `run` takes the new one in place of the old (SIGHUP):\n");
	cs_carry_say(text, &carry, &words);
}

static int
say(const struct cs_policy *old, const struct cs_policy *fresh)
{
	char *at = malloc(SAID_BYTES);
	bool clipped = true;
	if (!at)
		return CS_EXIT_INPUT;
	struct cs_text text = cs_text_over(at, SAID_BYTES);
	unsigned n = cs_diff_put(&text, old, fresh, &clipped);
	cs_text_put(&text, rest_of(old, fresh, n));
	if (old->hash != fresh->hash)
		say_carry(&text, old, fresh);
	if (clipped)
		fputs("countersign: these policies are too long to be told whole: some changes are not here\n", stderr);
	bool written = fputs(at, stdout) >= 0 && fflush(stdout) == 0;
	free(at);
	return written && !clipped ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

int
cs_cmd_diff(int argc, char **argv)
{
	static struct cs_setup setup[2];
	const char *path[2] = {NULL, NULL};
	if (!read_options(argc, argv, path))
		return CS_EXIT_USAGE;
	int status = CS_EXIT_USAGE;
	if (open_policy(&setup[0], path[0]) && open_policy(&setup[1], path[1]))
		status = say(setup[0].policy, setup[1].policy);
	cs_setup_close(&setup[1]);
	cs_setup_close(&setup[0]);
	return status;
}
