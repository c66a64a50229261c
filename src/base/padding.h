/*
 * Structs whose bytes are compared, hashed and written to disk have no padding but what they name.
 *
 * What the compiler adds on its own holds whatever was there before: two equal values could differ in their bytes, and
 * old memory could leave. Between CS_PADDING_NAMED_BEGIN and CS_PADDING_NAMED_END such padding is an error; add a
 * `pad` member, which every initialiser sets to zero.
 */
#ifndef CS_BASE_PADDING_H
#define CS_BASE_PADDING_H

#define CS_PADDING_NAMED_BEGIN _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic error \"-Wpadded\"")
#define CS_PADDING_NAMED_END   _Pragma("GCC diagnostic pop")

#endif
