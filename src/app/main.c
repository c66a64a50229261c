/*
 * The front of the binary: picks the command, answers --help and --version.
 */
#include "commit.h"

#include <stdio.h>

int
main(void)
{
	puts("countersign " CS_COMMIT);
	return 0;
}
