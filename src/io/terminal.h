/*
 * What somebody looks at.
 */
#ifndef CS_IO_TERMINAL_H
#define CS_IO_TERMINAL_H

#include <stdbool.h>

/* cs_terminal_is says whether DESCRIPTOR is a terminal. */
bool cs_terminal_is(int descriptor);

#endif
