/*
 * The table of errors in words, and the end of the process when one of our own assumptions is broken.
 */
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const texts[] = {
#define X(symbol, text) [symbol] = text,
#include "base/error.def"
#undef X
};

const char *
cs_error_text(enum cs_error error)
{
	if ((unsigned)error >= CS_ERROR_N)
		return "unknown error";
	return texts[error];
}

void
cs_assert_failed(const char *condition, const char *file, int line)
{
	fprintf(stderr, "countersign: broken assumption: %s (%s:%d). This is a fault of ours: please report it.\n",
		condition, file, line);
	abort();
}
