/*
 * The contract of a command: one file each, one row each in command.def.
 */
#ifndef CS_APP_COMMAND_H
#define CS_APP_COMMAND_H

#include <stdbool.h>

/* What the shell gets to see. */
enum cs_exit {
	CS_EXIT_RAN = 0, /* it ran; findings do not change that ... */
	CS_EXIT_FINDINGS =
		1, /* ... unless --fail-on was given and one weighs as much; of some commands: not all of it is good */
	CS_EXIT_USAGE = 2, /* bad usage, or a policy or dialect that cannot work */
	CS_EXIT_INPUT = 3, /* input could not be read, or output not written */
};

/* cs_cmd_<name> runs a command: argv[0] is its name, argv[1] its first argument. Returns an enum cs_exit;
 * whatever is wrong it has said on standard error. --help never reaches it.
 * cs_cmd_<name>_help is what --help prints: usage first, then one line an option, ending in a newline. */
#define X(name, summary)                                                                                               \
	int cs_cmd_##name(int argc, char **argv);                                                                      \
	extern const char cs_cmd_##name##_help[];
#include "app/command.def"
#undef X

/* One option of a command. */
struct cs_option {
	const char *name; /* "--alerts" */
	bool takes_value; /* as "--alerts FILE" or "--alerts=FILE" */
};

enum { CS_OPTION_END = -1, CS_OPTION_PLAIN = -2, CS_OPTION_BAD = -3 };

/* Where the reading of the arguments stands. Start with {argc, argv, 1, false}. */
struct cs_options {
	int argc;
	char **argv;
	int at;
	bool plain_only; /* "--" was seen */
};

/* cs_option_next gives the index in TABLE (ended by a NULL name) of the next option and lends its value, or
 * CS_OPTION_PLAIN with the argument itself ("-" is one), or CS_OPTION_END. CS_OPTION_BAD: it has said on
 * standard error what is wrong and what was perhaps meant. */
int cs_option_next(struct cs_options *options, const struct cs_option *table, const char **value);

/* cs_option_distance counts the letters to change between two words of at most 31 letters; more: 99. */
unsigned cs_option_distance(const char *a, const char *b);

#endif
