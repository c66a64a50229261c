/*
 * Errors are values from one table (error.def), and whoever gets one must use it.
 *
 * A malformed message is not an error of this kind: it is data (see decode/iso8583.h, reason and byte
 * offset). These values say that our own work could not be done.
 */
#ifndef CS_BASE_ERROR_H
#define CS_BASE_ERROR_H

#define CS_MUST_USE __attribute__((warn_unused_result))

enum cs_error {
#define X(symbol, text) symbol,
#include "base/error.def"
#undef X
	CS_ERROR_N
};

/* cs_error_text tells an error in words; the string is static. */
const char *cs_error_text(enum cs_error error);

/* Return the error of EXPR to the caller, if there is one: the project's only control-flow macro. */
#define CS_TRY(expr)                                                                                                   \
	do {                                                                                                           \
		enum cs_error cs_try_error = (expr);                                                                   \
		if (cs_try_error != CS_OK)                                                                             \
			return cs_try_error;                                                                           \
	} while (0)

/*
 * Assertions stay on in release builds and guard against our own mistakes only, never against input.
 * What a failed one does to an inline link is decided in docs/adr/0004-assertions-and-fail-policy.md.
 */
#define CS_ASSERT(cond)                                                                                                \
	do {                                                                                                           \
		if (__builtin_expect(!(cond), 0))                                                                      \
			cs_assert_failed(#cond, __FILE__, __LINE__);                                                   \
	} while (0)

/* cs_assert_failed prints the broken condition and aborts. */
_Noreturn void cs_assert_failed(const char *condition, const char *file, int line);

#endif
