// UTF-8 strings with a length, and conversions to and from UTF-16.
// SPDX-License-Identifier: Apache-2.0
#include "base/str.h"

#include <string.h>

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }
static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

struct nr_str nr_str_of(const char *text) {
    return (struct nr_str){text, text ? strlen(text) : 0};
}

bool nr_str_equal(struct nr_str left, struct nr_str right) {
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

bool nr_str_equal_ignore_case(struct nr_str left, struct nr_str right) {
    if (left.size != right.size) return false;
    for (size_t i = 0; i < left.size; i++) {
        if (lower(left.data[i]) != lower(right.data[i])) return false;
    }
    return true;
}

struct nr_str nr_str_slice(struct nr_str text, size_t from, size_t to) {
    if (to > text.size) to = text.size;
    if (from >= to) return (struct nr_str){text.data, 0};
    return (struct nr_str){text.data + from, to - from};
}

bool nr_str_starts_with(struct nr_str text, struct nr_str prefix) {
    return nr_str_equal(nr_str_slice(text, 0, prefix.size), prefix);
}

static struct nr_str tail(struct nr_str text, size_t size) {
    return nr_str_slice(text, text.size > size ? text.size - size : 0, text.size);
}

bool nr_str_ends_with(struct nr_str text, struct nr_str suffix) {
    return nr_str_equal(tail(text, suffix.size), suffix);
}

bool nr_str_ends_with_ignore_case(struct nr_str text, struct nr_str suffix) {
    return nr_str_equal_ignore_case(tail(text, suffix.size), suffix);
}

bool nr_str_contains(struct nr_str text, struct nr_str part) {
    for (size_t i = 0; i + part.size <= text.size; i++) {
        if (nr_str_equal(nr_str_slice(text, i, i + part.size), part)) return true;
    }
    return false;
}

bool nr_str_contains_ignore_case(struct nr_str text, struct nr_str part) {
    for (size_t i = 0; i + part.size <= text.size; i++) {
        if (nr_str_equal_ignore_case(nr_str_slice(text, i, i + part.size), part)) return true;
    }
    return false;
}

int nr_str_compare(struct nr_str left, struct nr_str right) {
    size_t common = left.size < right.size ? left.size : right.size;
    int order = common ? memcmp(left.data, right.data, common) : 0;
    if (order != 0) return order;
    return left.size < right.size ? -1 : left.size > right.size;
}

struct nr_str nr_str_trim(struct nr_str text) {
    size_t from = 0, to = text.size;
    while (from < to && is_space(text.data[from])) from++;
    while (to > from && is_space(text.data[to - 1])) to--;
    return nr_str_slice(text, from, to);
}

size_t nr_str_find(struct nr_str text, char c, size_t from) {
    if (from >= text.size) return text.size;
    const char *found = memchr(text.data + from, c, text.size - from);
    return found ? (size_t)(found - text.data) : text.size;
}

struct nr_str nr_str_join(struct nr_arena *arena, const struct nr_str *parts, size_t count) {
    size_t size = 0;
    for (size_t i = 0; i < count; i++) size += parts[i].size;
    char *data = nr_arena_alloc(arena, size + 1);
    if (!data) return (struct nr_str){0};
    char *place = data;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size) memcpy(place, parts[i].data, parts[i].size);
        place += parts[i].size;
    }
    *place = '\0';
    return (struct nr_str){data, size};
}

struct nr_str nr_str_copy(struct nr_arena *arena, struct nr_str text) {
    return nr_str_join(arena, &text, 1);
}

struct nr_str nr_str_upper(struct nr_arena *arena, struct nr_str text) {
    char *data = nr_arena_alloc(arena, text.size + 1);
    if (!data) return (struct nr_str){0};
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        data[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    data[text.size] = '\0';
    return (struct nr_str){data, text.size};
}

size_t nr_utf16_length(const uint16_t *text) {
    size_t length = 0;
    while (text[length]) length++;
    return length;
}

static bool is_high_surrogate(uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
static bool is_low_surrogate(uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

static size_t encode_utf8(uint32_t code, char *out) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[extra] | code >> (6 * extra));
    for (size_t i = 1; i <= extra; i++)
        out[i] = (char)(0x80 | ((code >> (6 * (extra - i))) & 0x3F));
    return extra + 1;
}

struct nr_str nr_str_from_utf16(struct nr_arena *arena, struct nr_str16 text) {
    if (text.length > SIZE_MAX / 8) return (struct nr_str){0};
    char *data = nr_arena_alloc(arena, text.length * 3 + 1);
    if (!data) return (struct nr_str){0};
    size_t size = 0;
    for (size_t i = 0; i < text.length; i++) {
        uint32_t code = text.data[i];
        if (is_high_surrogate(code) && i + 1 < text.length && is_low_surrogate(text.data[i + 1])) {
            code = 0x10000 + ((code - 0xD800) << 10) + (text.data[++i] - 0xDC00u);
        }
        size += encode_utf8(code, data + size);
    }
    data[size] = '\0';
    return (struct nr_str){data, size};
}

// Reads one code point at text[*at] and moves on; U+FFFD and one byte for ill-formed input.
static uint32_t decode_utf8(struct nr_str text, size_t *at) {
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    uint32_t code = (uint8_t)text.data[(*at)++];
    if (code < 0x80) return code;
    size_t extra = code >= 0xF0 && code < 0xF8   ? 3
                   : code >= 0xE0 && code < 0xF0 ? 2
                   : code >= 0xC0 && code < 0xE0 ? 1
                                                 : 0;
    if (extra == 0 || text.size - *at < extra) return 0xFFFD;
    code &= 0x3Fu >> extra;
    for (size_t i = 0; i < extra; i++) {
        uint32_t next = (uint8_t)text.data[*at + i];
        if ((next & 0xC0) != 0x80) return 0xFFFD;
        code = code << 6 | (next & 0x3F);
    }
    if (code < smallest[extra] || code > 0x10FFFF) return 0xFFFD;
    *at += extra;
    return code;
}

struct nr_str16 nr_str_to_utf16(struct nr_arena *arena, struct nr_str text) {
    if (text.size > SIZE_MAX / 8) return (struct nr_str16){0};
    uint16_t *data = nr_arena_alloc(arena, (text.size + 1) * sizeof(*data));
    if (!data) return (struct nr_str16){0};
    size_t length = 0;
    for (size_t at = 0; at < text.size;) {
        uint32_t code = decode_utf8(text, &at);
        if (code >= 0x10000) {
            data[length++] = (uint16_t)(0xD800 + ((code - 0x10000) >> 10));
            data[length++] = (uint16_t)(0xDC00 + (code & 0x3FF));
        } else {
            data[length++] = (uint16_t)code;
        }
    }
    data[length] = 0;
    return (struct nr_str16){data, length};
}
