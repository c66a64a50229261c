/*
 * Terminals. A "dumb" one gets no progress bar, since it cannot go back to the start of a line.
 */
#include "io/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
cs_terminal_is(int descriptor)
{
	const char *sort = getenv("TERM");
	return isatty(descriptor) == 1 && sort && strcmp(sort, "dumb") != 0;
}
