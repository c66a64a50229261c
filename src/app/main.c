/*
 * The front of the binary: picks the command, answers --help and --version everywhere.
 *
 * Knows nothing of what a command does; the table of commands is command.def.
 */
#include "app/command.h"
#include "commit.h"

#include <stdio.h>
#include <string.h>

struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
	const char *help;
};

static int print_help(int argc, char **argv);
static int print_version(int argc, char **argv);

static const struct command commands[] = {
#define X(name, summary) {#name, summary, cs_cmd_##name, cs_cmd_##name##_help},
#include "app/command.def"
#undef X
	{"help", "say what a command does", print_help, "usage: countersign help [COMMAND]\n"},
	{"version", "say which build this is", print_version, "usage: countersign version\n"},
};

enum { COMMAND_N = sizeof(commands) / sizeof(commands[0]), NEAR = 3 };

static void
print_usage(FILE *to)
{
	fputs("Countersign proves every approval that leaves a bank against the bank's own books.\n\n"
	      "usage: countersign COMMAND [ARGUMENT]...\n\ncommands:\n",
	      to);
	for (unsigned i = 0; i < COMMAND_N; i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\ncountersign COMMAND --help tells the rest.\n", to);
}

static const struct command *
find(const char *name)
{
	for (unsigned i = 0; i < COMMAND_N; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int
complain(const char *name)
{
	const char *meant = NULL;
	unsigned best = NEAR;
	for (unsigned i = 0; i < COMMAND_N; i++) {
		unsigned distance = cs_option_distance(name, commands[i].name);
		if (distance >= best)
			continue;
		best = distance;
		meant = commands[i].name;
	}
	fprintf(stderr, "countersign: there is no command '%s'", name);
	if (meant)
		fprintf(stderr, "; did you mean '%s'?", meant);
	fputs(meant ? "\n" : "; countersign --help lists them\n", stderr);
	return CS_EXIT_USAGE;
}

/* A command that could not print what it was asked for has not run. */
static int
flushed(void)
{
	return fflush(stdout) == 0 && !ferror(stdout) ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

static int
print_help(int argc, char **argv)
{
	if (argc < 2) {
		print_usage(stdout);
		return flushed();
	}
	const struct command *command = find(argv[1]);
	if (!command)
		return complain(argv[1]);
	printf("countersign %s: %s\n\n%s", command->name, command->summary, command->help);
	return flushed();
}

static int
print_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("countersign " CS_VERSION " (" CS_COMMIT ")");
	return flushed();
}

static bool
asks(const char *word, const char *option, const char *letter)
{
	return strcmp(word, option) == 0 || strcmp(word, letter) == 0;
}

static bool
asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (asks(argv[i], "--help", "-h"))
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		print_usage(stderr);
		return CS_EXIT_USAGE;
	}
	if (asks(argv[1], "--help", "-h"))
		return print_help(argc - 1, argv + 1);
	if (asks(argv[1], "--version", "-V"))
		return print_version(argc, argv);
	const struct command *command = find(argv[1]);
	if (!command)
		return complain(argv[1]);
	if (asks_help(argc - 1, argv + 1))
		return print_help(2, (char *[]){argv[0], argv[1]});
	return command->run(argc - 1, argv + 1);
}
