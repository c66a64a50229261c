/*
 * cmocka with what it wants before it. Every unit test includes this first, then the .c it tests.
 */
#ifndef CS_TESTS_CHECK_H
#define CS_TESTS_CHECK_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>

/* Says that what a test needs is not on this machine; the test returns then. (cmocka's own skip prints a failed point.) */
static inline void
not_here(const char *what)
{
	printf("# not on this machine: %s\n", what);
}

#endif
