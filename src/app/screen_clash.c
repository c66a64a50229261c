/*
 * Before anything is written: no output of screening a base may be a file that the run reads, or its other output. Files are told apart by
 * what they are, not by what they are called, so that no link leads around this.
 */
#include "app/command.h"
#include "app/screen_call.h"
#include "base/text.h"
#include "io/file.h"

#include <stdio.h>

enum { PATH_BYTES = 4096, OUTPUTS = 4 };

/* A file, and by which word of the command line it came. */
struct named {
	const char *path, *option;
};

static int
refuse(const struct named *output, const char *what)
{
	(void)fprintf(stderr, "countersign screen: %s: %s would be written over %s; name another file\n", output->path,
		      output->option, what);
	return CS_EXIT_USAGE;
}

/* Is it one of the files that are no lists? */
static int
check_files(const struct cs_screen_call *call, const struct named *output)
{
	const struct named inputs[] = {{call->file, "the customers of --file"},
				       {call->policy_path, "the policy"},
				       {call->decisions, "the decisions"}};
	for (unsigned i = 0; i < sizeof inputs / sizeof *inputs; i++)
		if (inputs[i].path && cs_file_same(inputs[i].path, output->path))
			return refuse(output, inputs[i].option);
	return CS_EXIT_RAN;
}

static int
check_lists(const struct cs_screen_call *call, const struct named *output)
{
	const struct cs_screen_told told = cs_screen_call_lists(call), old = {call->old, call->old_n, NULL, 0};
	bool found = false;
	int status = cs_screen_lists_read_from(&told, output->path, &found);
	if (status == CS_EXIT_RAN && found)
		return refuse(output, "a file of a watch list");
	if (status == CS_EXIT_RAN)
		status = cs_screen_lists_read_from(&old, output->path, &found);
	return status == CS_EXIT_RAN && found ? refuse(output, "a file of --delta") : status;
}

int
cs_screen_clash(const struct cs_screen_call *call)
{
	char state[PATH_BYTES], fresh[PATH_BYTES];
	struct cs_text state_text = cs_text_over(state, sizeof state), fresh_text = cs_text_over(fresh, sizeof fresh);
	cs_text_put(&state_text, call->out);
	cs_text_put(&state_text, ".state");
	cs_text_put(&fresh_text, state);
	cs_text_put(&fresh_text, ".new");
	const struct named outputs[OUTPUTS] = {{call->out, "--out"},
					       {state, "the state beside --out"},
					       {fresh, "the state beside --out"},
					       {call->report, "--report"}};
	int status = CS_EXIT_RAN;
	for (unsigned i = 0; status == CS_EXIT_RAN && i < OUTPUTS && outputs[i].path; i++) {
		status = check_files(call, &outputs[i]);
		if (status == CS_EXIT_RAN)
			status = check_lists(call, &outputs[i]);
		for (unsigned j = 0; status == CS_EXIT_RAN && j < i; j++)
			if (cs_file_same(outputs[i].path, outputs[j].path))
				status = refuse(&outputs[i], outputs[j].option);
	}
	return status;
}
