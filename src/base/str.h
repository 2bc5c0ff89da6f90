// Strings: UTF-8 with a length, and the conversions to and from the CLR's UTF-16.
// SPDX-License-Identifier: Apache-2.0
//
// Metadata, XML, log lines and POSIX paths are UTF-8, so that is what the library computes with;
// UTF-16 exists only at the borders (CLR calls, Windows calls, user strings). A lone surrogate is
// carried through as its three-byte form, so a round trip loses nothing.
// A struct nr_str does not own its characters and need not end in NUL, unless a function says so.
#ifndef NR_BASE_STR_H
#define NR_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

struct nr_str {
    const char *data;  // may be NULL when size is 0
    size_t size;       // bytes
};

// A UTF-16 string of the CLR: length counts code units.
struct nr_str16 {
    const uint16_t *data;
    size_t length;
};

// From a string literal, and from a NUL-terminated string (NULL gives the empty string).
#define NR_STR(literal) ((struct nr_str){(literal), sizeof(literal) - 1})
struct nr_str nr_str_of(const char *text);

// For printf-like functions: printf("%.*s", NR_STR_ARGS(name)).
#define NR_STR_ARGS(str) ((int)(str).size), ((str).data ? (str).data : "")

bool nr_str_equal(struct nr_str left, struct nr_str right);
// Case counts as equal for ASCII letters only, as in the C locale.
bool nr_str_equal_ignore_case(struct nr_str left, struct nr_str right);
bool nr_str_starts_with(struct nr_str text, struct nr_str prefix);
bool nr_str_ends_with(struct nr_str text, struct nr_str suffix);
bool nr_str_ends_with_ignore_case(struct nr_str text, struct nr_str suffix);
bool nr_str_contains(struct nr_str text, struct nr_str part);
bool nr_str_contains_ignore_case(struct nr_str text, struct nr_str part);
// Byte order, as strcmp; <0, 0, >0.
int nr_str_compare(struct nr_str left, struct nr_str right);
// Bytes [from, to) of text, clamped to its size.
struct nr_str nr_str_slice(struct nr_str text, size_t from, size_t to);
// Without leading and trailing ASCII white space.
struct nr_str nr_str_trim(struct nr_str text);
// Position of the first byte c at or after from, or text.size.
size_t nr_str_find(struct nr_str text, char c, size_t from);

// NUL-terminated copies in the arena; a NULL data member means that memory is out.
struct nr_str nr_str_copy(struct nr_arena *arena, struct nr_str text);
struct nr_str nr_str_upper(struct nr_arena *arena, struct nr_str text);  // ASCII letters only
struct nr_str nr_str_join(struct nr_arena *arena, const struct nr_str *parts, size_t count);
#define NR_STR_JOIN(arena, ...)                                \
    nr_str_join((arena), (const struct nr_str[]){__VA_ARGS__}, \
                sizeof((const struct nr_str[]){__VA_ARGS__}) / sizeof(struct nr_str))

// Conversions into the arena, NUL-terminated; ill-formed UTF-8 becomes U+FFFD.
// A NULL data member means that memory is out.
struct nr_str nr_str_from_utf16(struct nr_arena *arena, struct nr_str16 text);
struct nr_str16 nr_str_to_utf16(struct nr_arena *arena, struct nr_str text);

// Length of a NUL-terminated UTF-16 string, in code units.
size_t nr_utf16_length(const uint16_t *text);

#endif
