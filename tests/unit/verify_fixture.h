// A module, and bodies written as hexadecimal digits, for the tests of il/verify.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TESTS_VERIFY_FIXTURE_H
#define NR_TESTS_VERIFY_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "il/body.h"
#include "il/verify.h"

// ---- a module ----
//
// TypeRef 1 Object, 2 ValueType, 3 Enum, 4 Exception, 5 Int32, 6 String, 7 Span`1, 8
// TypedReference, 9 Double, 10 IntPtr, 11 Int64. TypeDef 1 <Module>, 2 class Tests, 3 struct S, 4
// enum E, 5 ref struct R, 6 class Cases, which the bodies below belong to.

struct member {
    uint32_t token;
    uint32_t owner;  // or, of a MethodSpec, the method
    uint8_t size;
    uint8_t signature[24];
};

static const struct member members[] = {
    {0x06000001, 0x02000002, 3, {0x00, 0, 0x01}},              // void V()
    {0x06000002, 0x02000002, 5, {0x00, 2, 0x08, 0x08, 0x08}},  // int32 I(int32, int32)
    {0x06000003, 0x02000002, 4, {0x20, 1, 0x01, 0x1C}},        // instance void M(object)
    {0x06000004, 0x02000002, 6, {0x10, 1, 1, 0x08, 0x1E, 0}},  // int32 G<T>(T)
    {0x06000005, 0x02000002, 3, {0x20, 0, 0x01}},              // Tests::.ctor()
    {0x06000006, 0x02000002, 4, {0x00, 1, 0x1C, 0x1C}},        // object O(object)
    {0x06000007, 0x02000002, 4, {0x00, 1, 0x0D, 0x0D}},        // float64 D(float64)
    {0x06000008, 0x02000003, 4, {0x20, 1, 0x01, 0x08}},        // S::.ctor(int32)
    {0x06000009, 0x02000006, 4, {0x00, 1, 0x01, 0x0A}},        // void A8(int64)
    {0x0600000A, 0x02000006, 4, {0x00, 1, 0x01, 0x18}},        // void An(native int)
    {0x0600000B, 0x02000006, 5, {0x00, 1, 0x01, 0x10, 0x08}},  // void Ab(int32&)
    {0x0600000C, 0x02000006, 5, {0x00, 1, 0x01, 0x11, 0x0C}},  // void Av(S)
    {0x04000001, 0x02000002, 2, {0x06, 0x08}},                 // instance int32 i
    {0x04000002, 0x02000002, 2, {0x06, 0x1C}},                 // static object so
    {0x04000003, 0x02000002, 2, {0x06, 0x0D}},                 // static float64 d
    {0x04000004, 0x02000002, 3, {0x06, 0x11, 0x0C}},           // static S sv
    {0x04000005, 0x02000003, 2, {0x06, 0x08}},                 // S::x, int32
    {0x0A000001, 0x01000001, 3, {0x20, 0, 0x01}},              // Object::.ctor()
    {0x0A000002, 0x01000001, 3, {0x20, 0, 0x0E}},              // Object::ToString()
    {0x0A000003, 0x1B000002, 5, {0x20, 2, 0x01, 0x08, 0x08}},  // int32[,]::.ctor
    {0x0A000004, 0x01000004, 3, {0x20, 0, 0x01}},              // Exception::.ctor()
    {0x2B000001, 0x06000004, 3, {0x0A, 1, 0x08}},              // G<int32>
    {0x1B000001, 0, 2, {0x1D, 0x08}},                          // int32[]
    {0x1B000002, 0, 5, {0x14, 0x08, 2, 0, 0}},                 // int32[,]
    {0x1B000003, 0, 5, {0x15, 0x11, 0x1D, 1, 0x08}},           // Span<int32>
    {0x1B000004, 0, 2, {0x0F, 0x08}},                          // int32*
    {0x1B000005, 0, 2, {0x1E, 0}},                             // !!0
    {0x11000001,
     0,
     17,  // locals, see below
     {0x07, 11, 0x08, 0x0A, 0x18, 0x0D, 0x0C, 0x1C, 0x10, 0x08, 0x11, 0x0C, 0x11, 0x10, 0x1D, 0x08,
      0x0E}},
    {0x11000002, 0, 4, {0x00, 1, 0x08, 0x08}},     // int32 (int32)
    {0x1B000006, 0, 1, {0x0F}},                    // broken
    {0x11000003, 0, 2, {0x07, 2}},                 // broken
    {0x11000004, 0, 3, {0x07, 1, 0x0F}},           // broken
    {0x0A000005, 0x01000001, 3, {0x20, 2, 0x01}},  // broken
};

// Locals 0 int32, 1 int64, 2 native int, 3 float64, 4 float32, 5 object, 6 int32&, 7 S, 8 E,
// 9 int32[], 10 string.

static inline const struct member *fixture_member(uint32_t token) {
    for (size_t i = 0; i < NR_COUNT_OF(members); i++) {
        if (members[i].token == token) return &members[i];
    }
    return NULL;
}

static inline enum nr_status fixture_signature(void *context, uint32_t token,
                                               struct nr_bytes *blob) {
    (void)context;
    const struct member *member = fixture_member(token);
    if (!member) return NR_NOT_FOUND;
    *blob = (struct nr_bytes){member->signature, member->size};
    return NR_OK;
}

static inline enum nr_status fixture_owner(void *context, uint32_t token, uint32_t *type) {
    (void)context;
    const struct member *member = fixture_member(token);
    if (!member || member->owner == 0) return NR_NOT_FOUND;
    *type = member->owner;
    return NR_OK;
}

static inline bool fixture_exists(void *context, uint32_t token) {
    (void)context;
    uint32_t row = token & 0xFFFFFF;
    switch (token >> 24) {
    case 0x70: return row == 1;
    case 0x01: return row >= 1 && row <= 11;
    case 0x02: return row >= 1 && row <= 6;
    default: return fixture_member(token) != NULL;
    }
}

static inline enum nr_type_kind fixture_type_kind(void *context, uint32_t token) {
    (void)context;
    static const enum nr_type_kind refs[] = {
        NR_TYPE_UNKNOWN,     NR_TYPE_CLASS, NR_TYPE_CLASS,  NR_TYPE_CLASS,
        NR_TYPE_CLASS,       NR_TYPE_INT32, NR_TYPE_CLASS,  NR_TYPE_BY_REF_LIKE,
        NR_TYPE_BY_REF_LIKE, NR_TYPE_FLOAT, NR_TYPE_NATIVE, NR_TYPE_INT64};
    static const enum nr_type_kind defs[] = {NR_TYPE_UNKNOWN, NR_TYPE_CLASS, NR_TYPE_CLASS,
                                             NR_TYPE_VALUE,   NR_TYPE_INT32, NR_TYPE_BY_REF_LIKE,
                                             NR_TYPE_CLASS};
    uint32_t row = token & 0xFFFFFF;
    if (token >> 24 == 0x01 && row < NR_COUNT_OF(refs)) return refs[row];
    if (token >> 24 == 0x02 && row < NR_COUNT_OF(defs)) return defs[row];
    return NR_TYPE_UNKNOWN;
}

static inline enum nr_status fixture_method_of_spec(void *context, uint32_t token,
                                                    uint32_t *method) {
    return token >> 24 == 0x2B ? fixture_owner(context, token, method) : NR_NOT_FOUND;
}

static inline struct nr_verify_module fixture_module(void) {
    return (struct nr_verify_module){.signature = fixture_signature,
                                     .method_of_spec = fixture_method_of_spec,
                                     .exists = fixture_exists,
                                     .type_kind = fixture_type_kind,
                                     .owner = fixture_owner,
                                     .this_type = NR_TYPE_CLASS};
}

// ---- bodies ----

enum { CODE_SIZE = 96, CLAUSES = 4, NO_STACK = -1 };

struct rule {
    const char *name;
    const char *code;  // hexadecimal, blanks between
    struct nr_clause clauses[CLAUSES];
    const char *message;    // part of it; NULL when the body is good
    const char *signature;  // hexadecimal; NULL is static void ()
    int max_stack;          // 0 is 8
};

#define RANGES(try_from, try_to, from, to)                                                   \
    .try_offset = (try_from), .try_length = (try_to) - (try_from), .handler_offset = (from), \
    .handler_length = (to) - (from)
#define CATCH(try_from, try_to, from, to) \
    { RANGES(try_from, try_to, from, to), .token_or_filter = 0x01000001 }
#define FINALLY(try_from, try_to, from, to) \
    { .flags = NR_CLAUSE_FINALLY, RANGES(try_from, try_to, from, to) }
#define FAULT(try_from, try_to, from, to) \
    { .flags = NR_CLAUSE_FAULT, RANGES(try_from, try_to, from, to) }
#define FILTER(try_from, try_to, filter, from, to) \
    { .flags = NR_CLAUSE_FILTER, RANGES(try_from, try_to, from, to), .token_or_filter = (filter) }

static inline size_t fixture_hex(const char *text, uint8_t *bytes, size_t capacity) {
    size_t count = 0;
    unsigned value;
    for (int used; sscanf(text, " %2x%n", &value, &used) == 1 && count < capacity; text += used) {
        bytes[count++] = (uint8_t)value;
    }
    return count;
}

static inline size_t fixture_clause_count(const struct nr_clause *clauses) {
    size_t count = 0;
    while (count < CLAUSES && clauses[count].handler_offset + clauses[count].handler_length > 0) {
        count++;
    }
    return count;
}

static inline void fixture_clauses(struct nr_buffer *body, const struct nr_clause *clauses) {
    size_t count = fixture_clause_count(clauses);
    if (count == 0) return;
    while (body->size % 4) nr_buffer_u8(body, 0);
    nr_buffer_u32(body, (uint32_t)(count * 24 + 4) << 8 | 0x41);
    for (size_t i = 0; i < count; i++) {
        nr_buffer_u32(body, clauses[i].flags);
        nr_buffer_u32(body, clauses[i].try_offset);
        nr_buffer_u32(body, clauses[i].try_length);
        nr_buffer_u32(body, clauses[i].handler_offset);
        nr_buffer_u32(body, clauses[i].handler_length);
        nr_buffer_u32(body, clauses[i].token_or_filter);
    }
}

static inline struct nr_bytes fixture_body(struct nr_arena *arena, const struct rule *rule) {
    uint8_t code[CODE_SIZE];
    size_t size = fixture_hex(rule->code, code, sizeof(code));
    int max_stack = rule->max_stack == 0 ? 8 : rule->max_stack == NO_STACK ? 0 : rule->max_stack;
    struct nr_buffer body;
    nr_buffer_init(&body, arena);
    nr_buffer_u16(&body, fixture_clause_count(rule->clauses) > 0 ? 0x301B : 0x3013);
    nr_buffer_u16(&body, (uint16_t)max_stack);
    nr_buffer_u32(&body, (uint32_t)size);
    nr_buffer_u32(&body, 0x11000001);
    nr_buffer_append(&body, code, size);
    fixture_clauses(&body, rule->clauses);
    return nr_buffer_bytes(&body);
}

static inline struct nr_bytes fixture_rule_signature(struct nr_arena *arena,
                                                     const struct rule *rule) {
    uint8_t *bytes = nr_arena_alloc(arena, CODE_SIZE);
    return (struct nr_bytes){
        bytes, fixture_hex(rule->signature ? rule->signature : "00 00 01", bytes, CODE_SIZE)};
}

#endif
