// Tests of src/il/verify: one small body for each rule, accepted and refused.
// SPDX-License-Identifier: Apache-2.0
//
// What these tables accept, the CLR's JIT compiles (with and without optimization, and for
// debugging), and what they refuse, it refuses, with the exceptions that comments name. The
// largest: of a wrong kind on the stack the JIT of a release build often makes nonsense, or a
// crash, instead of an exception.
#include "il/verify.h"

#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "il/body.h"

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
    {0x0A000005, 0x01000001, 3, {0x20, 2, 0x01}},  // broken
};

// Locals 0 int32, 1 int64, 2 native int, 3 float64, 4 float32, 5 object, 6 int32&, 7 S, 8 E,
// 9 int32[], 10 string.

static const struct member *find_member(uint32_t token) {
    for (size_t i = 0; i < NR_COUNT_OF(members); i++) {
        if (members[i].token == token) return &members[i];
    }
    return NULL;
}

static enum nr_status signature(void *context, uint32_t token, struct nr_bytes *blob) {
    (void)context;
    const struct member *member = find_member(token);
    if (!member) return NR_NOT_FOUND;
    *blob = (struct nr_bytes){member->signature, member->size};
    return NR_OK;
}

static enum nr_status owner(void *context, uint32_t token, uint32_t *type) {
    (void)context;
    const struct member *member = find_member(token);
    if (!member || member->owner == 0) return NR_NOT_FOUND;
    *type = member->owner;
    return NR_OK;
}

static bool exists(void *context, uint32_t token) {
    (void)context;
    uint32_t row = token & 0xFFFFFF;
    switch (token >> 24) {
    case 0x70: return row == 1;
    case 0x01: return row >= 1 && row <= 11;
    case 0x02: return row >= 1 && row <= 6;
    default: return find_member(token) != NULL;
    }
}

static int type_kind(void *context, uint32_t token) {
    (void)context;
    static const uint8_t refs[] = {0,
                                   NR_TYPE_CLASS,
                                   NR_TYPE_CLASS,
                                   NR_TYPE_CLASS,
                                   NR_TYPE_CLASS,
                                   NR_TYPE_INT32,
                                   NR_TYPE_CLASS,
                                   NR_TYPE_BY_REF_LIKE,
                                   NR_TYPE_BY_REF_LIKE,
                                   NR_TYPE_FLOAT,
                                   NR_TYPE_NATIVE,
                                   NR_TYPE_INT64};
    static const uint8_t defs[] = {0,
                                   NR_TYPE_CLASS,
                                   NR_TYPE_CLASS,
                                   NR_TYPE_VALUE,
                                   NR_TYPE_INT32,
                                   NR_TYPE_BY_REF_LIKE,
                                   NR_TYPE_CLASS};
    uint32_t row = token & 0xFFFFFF;
    if (token >> 24 == 0x01 && row < NR_COUNT_OF(refs)) return refs[row];
    if (token >> 24 == 0x02 && row < NR_COUNT_OF(defs)) return defs[row];
    return NR_TYPE_UNKNOWN;
}

static enum nr_status method_of_spec(void *context, uint32_t token, uint32_t *method) {
    return token >> 24 == 0x2B ? owner(context, token, method) : NR_NOT_FOUND;
}

static struct nr_verify_module the_module(void) {
    return (struct nr_verify_module){.signature = signature,
                                     .method_of_spec = method_of_spec,
                                     .exists = exists,
                                     .type_kind = type_kind,
                                     .owner = owner,
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

static size_t read_hex(const char *text, uint8_t *bytes, size_t capacity) {
    size_t count = 0;
    unsigned value;
    for (int used; sscanf(text, " %2x%n", &value, &used) == 1 && count < capacity; text += used) {
        bytes[count++] = (uint8_t)value;
    }
    return count;
}

static void write_clauses(struct nr_buffer *body, const struct nr_clause *clauses) {
    size_t count = 0;
    while (count < CLAUSES && clauses[count].handler_offset) count++;
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

static struct nr_bytes build(struct nr_arena *arena, const struct rule *rule) {
    uint8_t code[CODE_SIZE];
    size_t size = read_hex(rule->code, code, sizeof(code));
    int max_stack = rule->max_stack == 0 ? 8 : rule->max_stack == NO_STACK ? 0 : rule->max_stack;
    struct nr_buffer body;
    nr_buffer_init(&body, arena);
    nr_buffer_u16(&body, rule->clauses[0].handler_offset ? 0x301B : 0x3013);
    nr_buffer_u16(&body, (uint16_t)max_stack);
    nr_buffer_u32(&body, (uint32_t)size);
    nr_buffer_u32(&body, 0x11000001);
    nr_buffer_append(&body, code, size);
    write_clauses(&body, rule->clauses);
    return nr_buffer_bytes(&body);
}

static struct nr_bytes signature_of_rule(struct nr_arena *arena, const struct rule *rule) {
    uint8_t *bytes = nr_arena_alloc(arena, CODE_SIZE);
    return (struct nr_bytes){
        bytes, read_hex(rule->signature ? rule->signature : "00 00 01", bytes, CODE_SIZE)};
}

static void check_rule(const struct rule *rule) {
    NR_CASE(rule->name);
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_verify_module module = the_module();
    struct nr_verify_error error = {0, ""};
    struct nr_bytes body = build(&arena, rule);
    enum nr_status status =
        nr_verify(&arena, body, signature_of_rule(&arena, rule), &module, &error);
    CHECK_INT(status, rule->message ? NR_MALFORMED : NR_OK);
    if (!nr_str_contains(nr_str_of(error.message), nr_str_of(rule->message ? rule->message : ""))) {
        CHECK_STR(nr_str_of(error.message), rule->message);
    }
    if (!rule->message) CHECK_STR(nr_str_of(error.message), "");
    nr_arena_free(&arena);
}

// Tokens in code, little-endian: V 28 01000006, I …02, M …03, G<int32> 2B, O …06, D …07.

#define OK .message = NULL

static const struct rule code_rules[] = {
    {"a lone ret", "2A", OK},
    {"an unknown opcode", "24 2A", .message = "unknown or cut-off"},
    {"an unknown opcode behind FE", "FE 08 2A", .message = "unknown or cut-off"},
    {"a prefix byte at the end", "00 FE", .message = "unknown or cut-off"},
    {"an operand cut off", "28 01 00 00", .message = "unknown or cut-off"},
    {"a switch table cut off", "16 45 FF FF FF FF 2A", .message = "unknown or cut-off"},
    {"unknown bytes after ret are code too", "2A 24", .message = "unknown or cut-off"},
    {"control falls off the end", "00", .message = "nop: control falls off"},
    {"a call is no end", "28 01 00 00 06", .message = "call: control falls off"},
    {"a prefix is no end", "FE 13", .message = "volatile.: control falls off"},
    {"a conditional branch is no end", "16 2D FD", .message = "control falls off"},
    {"a switch is no end", "16 45 00 00 00 00", .message = "control falls off"},
    {"unreachable code must not fall off either", "2A 00", .message = "control falls off"},
    {"an endless loop", "2B FE", OK},
    {"an endless loop, long form", "38 FB FF FF FF", OK},
    {"throw is an end", "14 7A", OK},
    {"a branch behind the code", "2B 10 2A", .message = "br.s: target 18 is outside the code"},
    {"a branch to the end of the code", "2B 01 2A", .message = "outside the code"},
    {"a branch before the code", "2B 80 2A", .message = "target -126 is outside the code"},
    {"a branch far outside", "38 FF FF FF 7F 2A", .message = "outside the code"},
    {"a branch into an instruction", "2B 01 20 00 00 00 00 26 2A",
     .message = "br.s: target IL_0003 is inside the instruction at IL_0002"},
    {"a branch between a prefix and its instruction", "11 06 2B 02 FE 13 4A 26 2A",
     .message = "target IL_0006 is inside the instruction at IL_0004"},
    {"an unreachable branch into an instruction", "2A 2B FF 2A",
     .message = "target IL_0002 is inside"},
    {"a switch", "06 45 02 00 00 00 00 00 00 00 01 00 00 00 00 2A", OK},
    {"a switch without arms", "06 45 00 00 00 00 2A", OK},
    {"an arm outside the code", "06 45 01 00 00 00 7F 00 00 00 2A",
     .message = "switch: target 137 is outside"},
    {"an arm into an instruction", "06 45 01 00 00 00 FC FF FF FF 2A", .message = "is inside"},
    {"volatile.", "11 06 FE 13 4A 26 2A", OK},
    {"unaligned.", "11 06 FE 12 01 4A 26 2A", OK},
    {"volatile. and unaligned.", "11 06 FE 13 FE 12 04 4A 26 2A", OK},
    {"volatile. static field", "FE 13 7E 02 00 00 04 26 2A", OK},
    {"unaligned. static field", "FE 12 01 7E 02 00 00 04 26 2A",
     .message = "ldsfld: unaligned. may not precede it"},
    {"volatile. before add", "17 17 FE 13 58 26 2A", .message = "add: volatile. may not"},
    {"volatile. before cpobj", "12 07 12 07 FE 13 70 03 00 00 02 2A",
     .message = "cpobj: volatile. may not"},
    {"an alignment of 3", "11 06 FE 12 03 4A 26 2A", .message = "unaligned.: alignment 3"},
    {"no. is not known to the CLR", "11 06 FE 19 01 4A 26 2A", .message = "no.: no CLR knows"},
    {"tail. call", "FE 14 28 01 00 00 06 2A", OK},
    {"tail. without ret", "FE 14 28 01 00 00 06 00 2A", .message = "call: a tail call must be"},
    {"tail. at the end", "FE 14 28 01 00 00 06", .message = "call: a tail call must be"},
    {"tail. before ret", "FE 14 2A", .message = "ret: tail. may not precede it"},
    {"tail. newobj", "FE 14 73 05 00 00 06 2A", .message = "newobj: tail. may not"},
    {"unreachable tail. without ret", "2A FE 14 28 01 00 00 06 00 2A",
     .message = "a tail call must"},
    {"a branch to the ret of a tail call", "06 2D 07 FE 14 28 01 00 00 06 2A", OK},
    {"constrained. callvirt", "12 07 FE 16 03 00 00 02 6F 02 00 00 0A 26 2A", OK},
    {"constrained. newobj", "FE 16 03 00 00 02 73 04 00 00 0A 26 2A",
     .message = "newobj: constrained. may not"},
    {"constrained. by no type", "12 07 FE 16 09 00 00 02 6F 02 00 00 0A 26 2A",
     .message = "constrained.: token 02000009 does not exist"},
    {"readonly. ldelema", "14 16 FE 1E 8F 06 00 00 01 26 2A", OK},
    {"readonly. ldelem", "14 16 FE 1E 94 26 2A", .message = "ldelem.i4: readonly. may not"},
};

static const struct rule clause_rules[] = {
    {"try and catch", "00 DE 03 26 DE 00 2A", {CATCH(0, 3, 3, 6)}, OK},
    {"try and finally", "DE 01 DC 2A", {FINALLY(0, 2, 2, 3)}, OK},
    {"try and fault", "DE 01 DC 2A", {FAULT(0, 2, 2, 3)}, OK},
    {"try, filter and handler", "DE 07 26 17 FE 11 26 DE 00 2A", {FILTER(0, 2, 2, 6, 9)}, OK},
    {"a handler at the end of the code", "DE 00 2A 26 14 7A", {CATCH(0, 2, 3, 6)}, OK},
    {"a handler in front of its try", "2B 03 26 DE 02 DE 00 2A", {CATCH(5, 7, 2, 5)}, OK},
    {"two catches", "00 DE 06 26 DE 03 26 DE 00 2A", {CATCH(0, 3, 3, 6), CATCH(0, 3, 6, 9)}, OK},
    {"two filters",
     "DE 0E 26 17 FE 11 26 DE 07 26 17 FE 11 26 DE 00 2A",
     {FILTER(0, 2, 2, 6, 9), FILTER(0, 2, 9, 13, 16)},
     OK},
    {"a catch and a finally of the same try",
     "00 DE 04 26 DE 01 DC 2A",
     {CATCH(0, 3, 3, 6), FINALLY(0, 3, 6, 7)},
     .message = "a try with a finally or fault may"},
    {"nested, the inner one first",
     "DE 03 26 DE 00 DE 03 26 DE 00 2A",
     {CATCH(0, 2, 2, 5), CATCH(0, 7, 7, 10)},
     OK},
    {"nested, the outer one first",
     "DE 03 26 DE 00 DE 03 26 DE 00 2A",
     {CATCH(0, 7, 7, 10), CATCH(0, 2, 2, 5)},
     .message = "clause 1: it comes after the clause"},
    {"nested in a handler, the inner one first",
     "DE 08 26 DE 03 26 DE 00 DE 00 2A",
     {CATCH(3, 5, 5, 8), CATCH(0, 2, 2, 10)},
     OK},
    {"nested in a handler, the outer one first",
     "DE 08 26 DE 03 26 DE 00 DE 00 2A",
     {CATCH(0, 2, 2, 10), CATCH(3, 5, 5, 8)},
     OK},
    {"an empty try", "DE 00 00 26 DE 00 2A", {CATCH(2, 2, 3, 6)}, .message = "the try is empty"},
    {"an empty handler",
     "00 DE 03 26 DE 00 2A",
     {CATCH(0, 3, 3, 3)},
     .message = "clause 0: the handler is empty"},
    {"a try outside the code",
     "00 DE 03 26 DE 00 2A",
     {CATCH(9, 12, 3, 6)},
     .message = "the try is empty, outside"},
    {"a handler that ends outside the code",
     "00 DE 03 26 DE 00 2A",
     {CATCH(0, 3, 3, 8)},
     .message = "the handler is empty, outside"},
    {"a try that wraps around",
     "00 DE 03 26 DE 00 2A",
     {CATCH(0xFFFFFFFF, 1, 3, 6)},
     .message = "the try is empty, outside"},
    {"a try that begins in an instruction",
     "00 DE 03 26 DE 00 2A",
     {CATCH(2, 3, 3, 6)},
     .message = "the try is empty, outside"},
    {"a try that ends in an instruction",
     "00 DE 03 26 DE 00 2A",
     {CATCH(0, 2, 3, 6)},
     .message = "the try is empty, outside"},
    {"a handler behind a prefix",
     "11 06 FE 13 4A 26 DE 00 2A",
     {CATCH(0, 4, 4, 8)},
     .message = "the try is empty, outside"},
    {"flags of no kind",
     "00 DE 03 26 DE 00 2A",
     {{.flags = 3, RANGES(0, 3, 3, 6), .token_or_filter = 0x01000001}},
     .message = "its flags"},
    {"a catch of no type",
     "00 DE 03 26 DE 00 2A",
     {{RANGES(0, 3, 3, 6)}},
     .message = "the token of its class"},
    {"a catch of a method",
     "00 DE 03 26 DE 00 2A",
     {{RANGES(0, 3, 3, 6), .token_or_filter = 0x06000001}},
     .message = "the token of its class"},
    {"a catch of a type that is not there",
     "00 DE 03 26 DE 00 2A",
     {{RANGES(0, 3, 3, 6), .token_or_filter = 0x0100000C}},
     .message = "the token of its class"},
    {"a filter behind its handler",
     "DE 07 26 DE 04 26 17 FE 11 2A",
     {FILTER(0, 2, 5, 2, 5)},
     .message = "the filter does not come before"},
    {"a filter outside the code",
     "DE 07 26 17 FE 11 26 DE 00 2A",
     {FILTER(0, 2, 99, 6, 9)},
     .message = "the filter does not come before"},
    {"a filter without endfilter",
     "DE 06 26 14 7A 26 DE 00 2A",
     {FILTER(0, 2, 2, 5, 8)},
     .message = "the filter at IL_0002 does not end with endfilter"},
    {"a filter with two endfilters",
     "DE 0D 26 06 2D 03 17 FE 11 17 FE 11 26 DE 00 2A",
     {FILTER(0, 2, 2, 12, 15)},
     .message = "endfilter: it is not the last instruction"},
    {"code between filter and handler",
     "DE 08 26 17 FE 11 00 26 DE 00 2A",
     {FILTER(0, 2, 2, 7, 10)},
     .message = "endfilter: it is not the last"},
    {"overlapping tries",
     "00 00 00 DE 06 26 DE 03 26 DE 00 2A",
     {CATCH(0, 2, 5, 8), CATCH(1, 5, 8, 11)},
     .message = "its ranges overlap"},
    {"a handler inside its own try",
     "00 DE 03 26 DE 00 2A",
     {CATCH(0, 6, 3, 6)},
     .message = "do not lie in the same range"},
    {"a try inside its own handler",
     "00 26 DE 00 DE 00 2A",
     {CATCH(2, 4, 1, 4)},
     .message = "do not lie in the same range"},
    {"a handler that is its own try",
     "26 DE 00 2A DE 00 2A",
     {CATCH(4, 6, 4, 6)},
     .message = "shares a handler"},
    {"a handler shared by two tries",
     "DE 00 DE 03 26 DE 00 2A",
     {CATCH(0, 2, 4, 7), CATCH(2, 4, 4, 7)},
     .message = "shares a handler"},
    {"two handlers that begin together",
     "DE 00 DE 04 26 00 DE 00 2A",
     {CATCH(0, 2, 4, 6), CATCH(2, 4, 4, 8)},
     .message = "two handlers begin"},
    {"an inner handler outside the outer try",
     "DE 05 DE 03 26 DE 00 26 DE 00 2A",
     {CATCH(0, 2, 4, 7), CATCH(0, 4, 7, 10)},
     .message = "do not lie in the same range"},
    {"a try in a filter",
     "DE 0C 26 DE 03 26 DE 00 17 FE 11 26 DE 00 2A",
     {CATCH(3, 5, 5, 8), FILTER(0, 2, 2, 11, 14)},
     .message = "a filter may contain no other"},
    {"a try at the start of a handler",
     "DE 08 DE 03 26 DE 00 DE 01 DC 2A",
     {CATCH(2, 4, 4, 7), FINALLY(0, 2, 2, 10)},
     .message = "leave.s: control may not leave"},
    {"a try at the start of a finally",
     "DE 06 DE 03 26 DE 00 DC 2A",
     {CATCH(2, 4, 4, 7), FINALLY(0, 2, 2, 8)},
     OK},
    {"a try at the start of a catch meets the exception",
     "DE 08 DE 03 26 DE 00 26 DE 00 2A",
     {CATCH(2, 4, 4, 7), CATCH(0, 2, 2, 10)},
     .message = "is entered with 1 items on the stack"},
    {"an unreachable try", "2A DE 03 26 DE 00 2A", {CATCH(1, 3, 3, 6)}, OK},
    {"the handler of an unreachable try is not walked",
     "2A DE 03 58 DE 00 2A",
     {CATCH(1, 3, 3, 6)},
     OK},
};

static const struct rule flow_rules[] = {
    {"falling into a try", "00 DE 03 26 DE 00 2A", {CATCH(1, 3, 3, 6)}, OK},
    {"branching to the start of a try", "2B 00 DE 03 26 DE 00 2A", {CATCH(2, 4, 4, 7)}, OK},
    {"branching to the start of nested tries",
     "2B 00 DE 03 26 DE 00 DE 03 26 DE 00 2A",
     {CATCH(2, 4, 4, 7), CATCH(2, 9, 9, 12)},
     OK},
    {"branching into a try",
     "2B 01 00 DE 03 26 DE 00 2A",
     {CATCH(2, 5, 5, 8)},
     .message = "br.s: control may not enter a try at IL_0003"},
    {"branching into an inner try past the start of the outer",
     "2B 01 00 DE 03 26 DE 00 DE 03 26 DE 00 2A",
     {CATCH(3, 5, 5, 8), CATCH(2, 10, 10, 13)},
     .message = "control may not enter a try at IL_0003"},
    {"unreachable code branches into a try",
     "2A 2B 01 00 DE 03 26 DE 00 2A",
     {CATCH(3, 6, 6, 9)},
     .message = "control may not enter a try"},
    {"branching into a handler",
     "06 2D 02 DE 03 26 DE 00 2A",
     {CATCH(3, 5, 5, 8)},
     .message = "control may not enter a catch handler at IL_0005"},
    {"branching into a filter",
     "06 2D 02 DE 07 26 17 FE 11 26 DE 00 2A",
     {FILTER(3, 5, 5, 9, 12)},
     .message = "control may not enter a filter"},
    {"a switch into a handler",
     "06 45 01 00 00 00 02 00 00 00 DE 03 26 DE 00 2A",
     {CATCH(10, 12, 12, 15)},
     .message = "switch: control may not enter a catch handler"},
    {"falling out of a try",
     "00 00 2B 03 26 DE 00 2A",
     {CATCH(0, 1, 4, 7)},
     .message = "nop: control may not leave a try this way"},
    {"falling out of a try into its handler",
     "00 26 DE 00 2A",
     {CATCH(0, 1, 1, 4)},
     .message = "control may not leave a try"},
    {"falling into a handler",
     "DE 04 00 26 DE 00 2A",
     {CATCH(0, 2, 3, 6)},
     .message = "nop: control may not enter a catch handler"},
    {"falling out of a handler",
     "DE 01 26 2A",
     {CATCH(0, 2, 2, 3)},
     .message = "pop: control may not leave a catch handler"},
    {"falling out of a finally",
     "DE 01 00 2A",
     {FINALLY(0, 2, 2, 3)},
     .message = "control may not leave a finally or fault handler"},
    {"branching out of a try",
     "2B 03 26 DE 00 2A",
     {CATCH(0, 2, 2, 5)},
     .message = "br.s: control may not leave a try"},
    {"branching out of a try on a condition",
     "06 2D 05 DE 03 26 DE 00 2A",
     {CATCH(0, 5, 5, 8)},
     .message = "brtrue.s: control may not leave a try"},
    {"branching out of a handler",
     "DE 03 26 2B 00 2A",
     {CATCH(0, 2, 2, 5)},
     .message = "br.s: control may not leave a catch handler"},
    {"branching from a handler back into its try",
     "00 DE 03 26 2B FA 2A",
     {CATCH(0, 3, 3, 6)},
     .message = "control may not leave a catch handler"},
    {"branching within a try", "00 2B FD DE 03 26 DE 00 2A", {CATCH(0, 5, 5, 8)}, OK},
    {"branching to the start of the handler within it",
     "DE 08 26 14 06 2D FB 26 DE 00 2A",
     {CATCH(0, 2, 2, 10)},
     OK},
    {"ret in a try",
     "2A 26 DE 00 2A",
     {CATCH(0, 1, 1, 4)},
     .message = "ret: the method may not be left inside a try"},
    {"ret in a catch",
     "DE 02 26 2A 2A",
     {CATCH(0, 2, 2, 4)},
     .message = "ret: the method may not be left inside a catch handler"},
    {"ret in a finally",
     "DE 01 2A 2A",
     {FINALLY(0, 2, 2, 3)},
     .message = "left inside a finally or fault handler"},
    {"an unreachable ret in a try",
     "DE 04 2A 26 DE 00 2A",
     {CATCH(0, 3, 3, 6)},
     .message = "ret: the method may not be left"},
    {"jmp", "27 01 00 00 06", OK},
    {"jmp in a try",
     "27 01 00 00 06 26 DE 00 2A",
     {CATCH(0, 5, 5, 8)},
     .message = "jmp: the method may not be left"},
    {"a tail call in a try",
     "FE 14 28 01 00 00 06 2A 26 DE 00 2A",
     {CATCH(0, 8, 8, 11)},
     .message = "call: the method may not be left inside a try"},
    {"throw in a try and in handlers", "14 7A 26 14 7A", {CATCH(0, 2, 2, 5)}, OK},
    {"leave out of nested tries",
     "DE 06 26 DE 03 26 DE 00 2A",
     {CATCH(0, 2, 2, 5), CATCH(0, 5, 5, 8)},
     OK},
    {"leave outside any try is a branch", "17 DE 00 2A", OK},
    {"leave within a try", "DE 00 DE 03 26 DE 00 2A", {CATCH(0, 4, 4, 7)}, OK},
    {"leave out of a finally",
     "DE 02 DE 00 2A",
     {FINALLY(0, 2, 2, 4)},
     .message = "leave.s: control may not leave a finally"},
    {"leave within a finally", "DE 03 DE 00 DC 2A", {FINALLY(0, 2, 2, 5)}, OK},
    {"leave out of a filter",
     "DE 09 DE 07 26 17 FE 11 26 DE 00 2A",
     {FILTER(0, 2, 2, 8, 11)},
     .message = "control may not leave a filter"},
    {"leave out of a catch in a finally",
     "DE 06 DE 03 26 DE 00 DC 2A",
     {CATCH(2, 4, 4, 7), FINALLY(0, 2, 2, 8)},
     OK},
    {"leave out of a catch and the finally around it",
     "DE 06 DE 03 26 DE 01 DC 2A",
     {CATCH(2, 4, 4, 7), FINALLY(0, 2, 2, 8)},
     .message = "control may not leave a finally"},
    {"leave into a handler",
     "DE 00 26 DE 00 2A",
     {CATCH(0, 2, 2, 5)},
     .message = "leave.s: control may not enter a catch handler"},
    {"leave to the start of a sibling try",
     "DE 03 26 DE 00 DE 03 26 DE 00 2A",
     {CATCH(0, 2, 2, 5), CATCH(5, 7, 7, 10)},
     OK},
    {"leave into the middle of a sibling try",
     "DE 04 26 DE 01 00 DE 03 26 DE 00 2A",
     {CATCH(0, 2, 2, 5), CATCH(5, 8, 8, 11)},
     .message = "control may not enter a try at IL_0006"},
    {"leave from a catch to the start of its try", "00 DE 03 26 DE FA 2A", {CATCH(0, 3, 3, 6)}, OK},
    {"leave from a catch into the middle of its try",
     "00 DE 03 26 DE FB 2A",
     {CATCH(0, 3, 3, 6)},
     OK},
    {"leave from a catch to a try in its try",
     "00 DE 03 26 DE 00 DE 03 26 DE F6 2A",
     {CATCH(1, 3, 3, 6), CATCH(0, 8, 8, 11)},
     OK},
    {"leave from a catch into the middle of a try in its try",
     "00 00 DE 03 26 DE 00 DE 03 26 DE F6 2A",
     {CATCH(1, 4, 4, 7), CATCH(0, 9, 9, 12)},
     .message = "control may not enter a try at IL_0002"},
    {"leave from a try in a catch into the middle of the catch's try",
     "00 DE 06 26 DE FB 26 DE 00 2A",
     {CATCH(4, 6, 6, 9), CATCH(0, 3, 3, 9)},
     OK},
    {"rethrow", "DE 03 26 FE 1A 2A", {CATCH(0, 2, 2, 5)}, OK},
    {"rethrow in a try in a catch",
     "DE 06 26 FE 1A 26 FE 1A 2A",
     {CATCH(3, 5, 5, 8), CATCH(0, 2, 2, 8)},
     OK},
    // The JIT compiles these two; ECMA-335 III.4.24 forbids them, and they fail when they run.
    {"rethrow in a try",
     "FE 1A 26 DE 00 2A",
     {CATCH(0, 2, 2, 5)},
     .message = "rethrow: it is not in a catch handler"},
    {"rethrow in a finally",
     "DE 02 FE 1A 2A",
     {FINALLY(0, 2, 2, 4)},
     .message = "rethrow: it is not in a catch handler"},
    {"rethrow in no handler", "FE 1A", .message = "rethrow: it is not in a catch handler"},
    {"endfinally in no handler", "DC", .message = "endfinally: it is not directly in a finally"},
    {"endfinally in a catch",
     "DE 02 26 DC 2A",
     {CATCH(0, 2, 2, 4)},
     .message = "endfinally: it is not directly in a finally"},
    {"endfinally in a try",
     "DC DC 2A",
     {FINALLY(0, 1, 1, 2)},
     .message = "endfinally: it is not directly"},
    {"endfinally in a try in a finally",
     "DE 05 DC 26 DE 00 DC 2A",
     {CATCH(2, 3, 3, 6), FINALLY(0, 2, 2, 7)},
     .message = "endfinally: it is not directly"},
    {"endfilter in no filter", "17 FE 11", .message = "endfilter: it is not directly in a filter"},
    {"endfilter in the handler",
     "DE 07 26 17 FE 11 17 FE 11 2A",
     {FILTER(0, 2, 2, 6, 9)},
     .message = "endfilter: it is not directly in a filter"},
    {"branching from a filter into its handler",
     "DE 09 26 2B 03 17 FE 11 26 DE 00 2A",
     {FILTER(0, 2, 2, 8, 11)},
     .message = "control may not leave a filter"},
};

static const struct rule stack_rules[] = {
    {"underflow", "26 2A", .message = "pop: stack underflow, needs 1, has 0"},
    {"underflow of a call", "17 28 02 00 00 06 26 2A",
     .message = "call: stack underflow, needs 2, has 1"},
    {"underflow of this", "14 28 03 00 00 06 2A", .message = "needs 2, has 1"},
    {"max stack is kept", "17 17 26 26 2A", OK, .max_stack = 2},
    {"max stack is passed", "17 17 17 26 26 26 2A", .max_stack = 2,
     .message = "ldc.i4.1: stack overflow, max stack is 2"},
    {"max stack 0", "2A", OK, .max_stack = NO_STACK},
    {"max stack 0 and a catch",
     "DE 02 14 7A 2A",
     {CATCH(0, 2, 2, 4)},
     .max_stack = NO_STACK,
     .message = "max stack is 0 and there is a catch handler"},
    {"dup counts", "17 25 26 26 2A", .max_stack = 1, .message = "dup: stack overflow"},
    {"unreachable code has no stack", "2A 26 58 2A", OK},
    {"code behind a branch is reached from below only", "2B 02 26 2A 17 2B FB", OK},
    {"ret with a value", "17 2A", OK, .signature = "00 00 08"},
    {"ret without its value", "2A", .signature = "00 00 08", .message = "ret: stack underflow"},
    {"ret with a value of another kind", "14 2A", .signature = "00 00 08",
     .message = "ret: needs int32, has an object reference"},
    {"ret with too much", "17 17 2A", .signature = "00 00 08", .message = "ret: 1 items too many"},
    {"ret of nothing with a value", "17 2A", .message = "ret: 1 items too many"},
    {"throw with more on the stack", "17 14 7A", OK},
    {"throw of a number", "17 7A", .message = "throw: needs an object reference, has int32"},
    {"leave empties the stack", "17 17 DE 03 26 DE 00 2A", {CATCH(0, 4, 4, 7)}, OK},
    {"endfinally with items on the stack", "DE 02 17 DC 2A", {FINALLY(0, 2, 2, 4)}, OK},
    {"rethrow with items on the stack", "DE 02 FE 1A 2A", {CATCH(0, 2, 2, 4)}, OK},
    {"endfilter with nothing",
     "DE 06 26 FE 11 26 DE 00 2A",
     {FILTER(0, 2, 2, 5, 8)},
     .message = "endfilter: stack underflow"},
    {"endfilter with two items",
     "DE 07 17 17 FE 11 26 DE 00 2A",
     {FILTER(0, 2, 2, 6, 9)},
     .message = "endfilter: 2 items too many"},
    {"a catch begins with the exception", "DE 06 75 06 00 00 01 7A 2A", {CATCH(0, 2, 2, 8)}, OK},
    {"a finally begins with nothing",
     "DE 02 26 DC 2A",
     {FINALLY(0, 2, 2, 4)},
     .message = "pop: stack underflow"},
    {"a fault begins with nothing",
     "DE 02 26 DC 2A",
     {FAULT(0, 2, 2, 4)},
     .message = "pop: stack underflow"},
    {"a try is entered with an empty stack",
     "17 DE 03 26 DE 00 2A",
     {CATCH(1, 3, 3, 6)},
     .message = "ldc.i4.1: the try at IL_0001 is entered with 1 items"},
    {"a try is branched to with an empty stack",
     "06 17 2D 00 DE 03 26 DE 00 2A",
     {CATCH(4, 6, 6, 9)},
     .message = "is entered with 1 items"},
    {"ways of the same depth meet", "06 2D 03 17 2B 01 18 26 2A", OK},
    {"ways of different depth meet", "06 2D 01 17 2A",
     .message = "IL_0004 is reached with 1 stack items here, with 0 elsewhere"},
    {"a loop that grows the stack", "17 2B FD",
     .message = "br.s: IL_0000 is reached with 1 stack items here, with 0 elsewhere"},
    {"int32 and native int meet", "06 2D 03 17 2B 02 17 D3 26 2A", OK},
    {"int32 and a managed pointer meet", "06 2D 04 12 00 2B 01 16 28 0B 00 00 06 2A", OK},
    {"a managed pointer and int32 meet", "06 2D 03 16 2B 02 12 00 28 0B 00 00 06 2A", OK},
    {"float32 and float64 meet", "06 2D 04 11 04 2B 01 09 26 2A", OK},
    {"two classes meet", "06 2D 04 11 05 2B 02 11 0A 26 2A", OK},
    {"int32 and a float meet", "06 2D 03 17 2B 01 09 26 2A",
     .message = "is reached with a float here and int32 elsewhere in the stack"},
    {"int32 and an object meet", "06 2D 03 17 2B 01 14 26 2A",
     .message = "IL_0007 is reached with an object reference here and int32 elsewhere"},
    {"a value type and an object meet", "06 2D 04 11 07 2B 01 14 26 2A",
     .message = "a value type elsewhere"},
    {"a switch with the stack on all arms", "17 06 45 01 00 00 00 01 00 00 00 00 26 2A", OK},
    {"localloc", "17 FE 0F 26 2A", OK},
    {"localloc with more on the stack", "17 17 FE 0F 26 26 2A", .message = "localloc: 1 items too"},
    {"localloc in a try", "17 FE 0F 26 DE 03 26 DE 00 2A", {CATCH(0, 6, 6, 9)}, OK},
    {"localloc in a handler",
     "DE 07 26 17 FE 0F 26 DE 00 2A",
     {CATCH(0, 2, 2, 9)},
     .message = "localloc: it is inside a handler"},
    {"localloc in a try in a finally",
     "DE 0A 17 FE 0F 26 DE 03 26 DE 00 DC 2A",
     {CATCH(2, 8, 8, 11), FINALLY(0, 2, 2, 12)},
     .message = "localloc: it is inside a handler"},
    {"unreachable localloc in a handler",
     "2A DE 07 26 17 FE 0F 26 DE 00 2A",
     {CATCH(1, 3, 3, 10)},
     OK},
    {"arglist without variable arguments", "FE 00 26 2A",
     .message = "arglist: the method takes no"},
    {"ldarg of an argument", "02 26 2A", OK, .signature = "00 01 01 08"},
    {"ldarg of this", "02 28 02 00 00 0A 26 2A", OK, .signature = "20 00 01"},
    {"ldarg of no argument", "02 26 2A", .message = "ldarg.0: there is no argument 0, only 0"},
    {"ldarg.s of no argument", "0E 02 26 2A", .signature = "20 01 01 08",
     .message = "ldarg.s: there is no argument 2, only 2"},
    {"starg of no argument", "17 FE 0B 01 00 2A", .signature = "00 01 01 08",
     .message = "starg: there is no argument 1"},
    {"ldarga of no argument", "0F 00 26 2A", .message = "ldarga.s: there is no argument 0"},
    {"starg of another kind", "14 10 00 2A", .signature = "00 01 01 08",
     .message = "starg.s: needs int32, has an object reference"},
    {"ldloc of no local", "11 0B 26 2A", .message = "ldloc.s: there is no local 11, only 11"},
    {"stloc of no local", "17 FE 0E 0B 00 2A", .message = "stloc: there is no local 11"},
    {"ldloca of no local", "FE 0D FF FF 26 2A", .message = "ldloca: there is no local 65535"},
    {"an unreachable ldloc of no local", "2A 11 0B 26 2A", OK},
};

static const struct rule kind_rules[] = {
    {"int32 to a native local and back", "17 0C 08 0A 2A", OK},
    {"int64 to an int32 local", "07 0A 2A", OK},
    {"a managed pointer to a native local", "12 00 0C 2A", OK},
    {"a native int to a managed pointer", "08 13 06 2A", OK},
    {"an object to a native local", "14 0C 2A", OK},
    {"float32 to a float64 local", "11 04 0D 2A", OK},
    {"an enum is its number", "11 08 0A 17 13 08 2A", OK},
    {"a float to an int32 local", "09 0A 2A", .message = "stloc.0: needs int32, has a float"},
    {"int32 to a float local", "06 0D 2A", .message = "stloc.3: needs a float, has int32"},
    {"int32 to an object local", "06 13 05 2A", .message = "needs an object reference, has int32"},
    {"an object to an int32 local", "14 0A 2A", .message = "needs int32, has an object reference"},
    {"a managed pointer to an object local", "12 07 13 05 2A",
     .message = "needs an object reference, has a managed pointer"},
    {"an object to a value type local", "14 13 07 2A", .message = "needs a value type"},
    {"a value type to an object local", "11 07 13 05 2A", .message = "has a value type"},
    {"arithmetic on integers", "06 08 58 07 59 26 2A", OK},
    {"arithmetic on managed pointers", "12 00 17 58 12 00 59 26 2A", OK},
    {"arithmetic on floats", "09 11 04 5A 09 5D 26 2A", OK},
    {"arithmetic on an object", "14 17 58 26 2A", .message = "add: needs a number"},
    {"arithmetic on a value type", "11 07 17 58 26 2A", .message = "add: needs a number"},
    {"an integer and a float", "17 09 58 26 2A", .message = "add: int32 and a float do not go"},
    {"and on floats", "09 09 5F 26 2A", .message = "and: needs an integer, has a float"},
    {"div.un on floats", "09 09 5C 26 2A", .message = "div.un: needs an integer"},
    {"add.ovf on floats", "09 09 D6 26 2A", .message = "add.ovf: needs an integer"},
    {"shift by a float", "17 09 62 26 2A", .message = "shl: needs an integer"},
    {"not of a float", "09 66 26 2A", .message = "not: needs an integer"},
    {"neg of a float", "09 65 26 2A", OK},
    {"objects compare", "14 11 05 FE 01 26 2A", OK},
    {"an object and null as a number compare", "11 05 16 FE 03 26 2A", OK},
    {"a float and an integer do not compare", "09 17 FE 01 26 2A", .message = "ceq: a float and"},
    {"value types do not compare", "11 07 11 07 2E 00 2A",
     .message = "beq.s: needs anything but a value type"},
    {"brtrue of an object", "14 2D 00 2A", OK},
    {"brtrue of a float", "09 2D 00 2A", OK},
    {"brtrue of a value type", "11 07 2D 00 2A", .message = "brtrue.s: needs anything but"},
    {"switch of an object", "14 45 00 00 00 00 2A", .message = "switch: needs an integer"},
    {"conv of a pinned string", "11 0A D3 26 2A", OK},
    {"conv of a value type", "11 07 69 26 2A", .message = "conv.i4: needs a number"},
    {"ldind of a managed pointer, a number, an object", "12 00 4A 26 08 4A 26 14 4D 26 2A", OK},
    {"ldind of a float", "09 4A 26 2A", .message = "ldind.i4: needs an address, has a float"},
    {"stind.ref", "12 05 14 51 2A", OK},
    {"stind.i4 of an object", "12 00 14 54 2A", .message = "stind.i4: needs int32"},
    {"ldelem", "11 09 16 94 26 2A", OK},
    {"ldelem of a number", "17 16 94 26 2A", .message = "ldelem.i4: needs an object reference"},
    {"stelem.ref of a number", "14 16 17 A2 2A",
     .message = "stelem.ref: needs an object reference, has int32 (stack item 0"},
    {"stelem.ref of a boxed number", "14 16 17 8C 05 00 00 01 A2 2A", OK},
    {"stelem of a value type", "14 16 11 07 A4 03 00 00 02 2A", OK},
    {"ldlen of a number", "17 8E 26 2A", .message = "ldlen: needs an object reference"},
    {"ckfinite of a number", "17 C3 26 2A", .message = "ckfinite: needs a float"},
    {"ldfld of a value", "11 07 7B 05 00 00 04 26 2A", OK},
    {"ldfld of an address", "12 07 7B 05 00 00 04 26 2A", OK},
    {"ldfld of a float", "09 7B 05 00 00 04 26 2A", .message = "ldfld: needs an object or"},
    {"ldflda of a value", "11 07 7C 05 00 00 04 26 2A", .message = "ldflda: needs an address"},
    {"stfld", "12 07 17 7D 05 00 00 04 2A", OK},
    {"stfld of another kind", "12 07 14 7D 05 00 00 04 2A", .message = "stfld: needs int32"},
    {"stfld to a value", "11 07 17 7D 05 00 00 04 2A", .message = "stfld: needs an address"},
    {"stsfld of a value type", "11 07 80 04 00 00 04 2A", OK},
    {"stsfld of another kind", "17 80 02 00 00 04 2A", .message = "needs an object reference"},
    {"box", "17 8C 05 00 00 01 26 2A", OK},
    {"box of another kind", "14 8C 05 00 00 01 26 2A", .message = "box: needs int32"},
    {"box of a value type", "11 07 8C 03 00 00 02 26 2A", OK},
    {"box of a reference", "14 8C 06 00 00 01 26 2A", OK},
    {"box of a by-ref-like value", "12 00 71 05 00 00 02 8C 05 00 00 02 26 2A",
     .message = "box: a by-ref-like value cannot be boxed"},
    {"box of a Span", "12 00 71 03 00 00 1B 8C 03 00 00 1B 26 2A",
     .message = "box: a by-ref-like value cannot be boxed"},
    {"box of a by-ref-like value for a test", "12 00 71 05 00 00 02 8C 05 00 00 02 2D 00 2A", OK},
    {"unbox.any", "14 A5 05 00 00 01 0A 2A", OK},
    {"unbox.any of a number", "17 A5 05 00 00 01 0A 2A",
     .message = "unbox.any: needs an object reference"},
    {"unbox", "14 79 05 00 00 01 4A 26 2A", OK},
    {"castclass of a number", "17 74 06 00 00 01 26 2A", .message = "castclass: needs an object"},
    {"newarr", "17 8D 05 00 00 01 13 09 2A", OK},
    {"newarr of a float", "09 8D 05 00 00 01 26 2A", .message = "newarr: needs an integer"},
    {"initobj, cpobj, ldobj, stobj",
     "12 07 FE 15 03 00 00 02 12 07 12 07 70 03 00 00 02 12 07 12 07 71 03 00 00 02 81 03 00 00 02 "
     "2A",
     OK},
    {"stobj of another kind", "12 07 14 81 03 00 00 02 2A", .message = "stobj: needs a value type"},
    {"cpblk and initblk", "08 08 17 FE 17 08 17 17 FE 18 2A", OK},
    {"cpblk by a float", "08 08 09 FE 17 2A", .message = "cpblk: needs an integer, has a float"},
    {"ldtoken, sizeof, ldstr", "D0 06 00 00 01 26 FE 1C 03 00 00 02 26 72 01 00 00 70 26 2A", OK},
    {"ldftn", "FE 06 01 00 00 06 26 2A", OK},
    {"ldvirtftn of a number", "17 FE 07 02 00 00 0A 26 2A",
     .message = "ldvirtftn: needs an object"},
    {"mkrefany and back", "12 00 C6 05 00 00 01 C2 05 00 00 01 26 2A", OK},
    {"refanyval of a number", "17 C2 05 00 00 01 26 2A", .message = "refanyval: needs a value"},
};

static const struct rule call_rules[] = {
    {"call", "17 18 28 02 00 00 06 0A 2A", OK},
    {"an instance method", "73 05 00 00 06 14 28 03 00 00 06 2A", OK},
    {"a virtual method", "14 6F 02 00 00 0A 13 0A 2A", OK},
    {"a generic method", "17 28 01 00 00 2B 0A 2A", OK},
    {"a generic method with any argument", "14 28 04 00 00 06 26 2A", OK},
    {"an argument of another kind", "17 28 06 00 00 06 26 2A",
     .message = "call: needs an object reference, has int32 (stack item 0 from the top)"},
    {"the first of two arguments", "14 17 28 02 00 00 06 26 2A",
     .message = "call: needs int32, has an object reference (stack item 1 from the top)"},
    {"a float for an integer", "09 17 28 02 00 00 06 26 2A", .message = "call: needs int32"},
    {"an integer for a float", "17 28 07 00 00 06 26 2A", .message = "call: needs a float"},
    {"native int for int32", "08 17 28 02 00 00 06 26 2A", OK},
    {"int32 for native int and int64", "17 28 0A 00 00 06 17 28 09 00 00 06 2A", OK},
    {"a managed pointer for native int", "12 00 28 0A 00 00 06 2A", OK},
    {"a managed pointer for int32", "11 06 17 28 02 00 00 06 26 2A",
     .message = "call: needs int32, has a managed pointer"},
    {"native int for a managed pointer", "08 28 0B 00 00 06 2A", OK},
    {"int32 for a managed pointer", "17 28 0B 00 00 06 2A",
     .message = "call: needs a managed pointer, has int32"},
    {"an object for a managed pointer", "14 28 0B 00 00 06 2A", OK},
    {"an object for native int", "14 28 0A 00 00 06 2A", .message = "call: needs native int"},
    {"an object for a value type", "14 28 0C 00 00 06 2A", .message = "call: needs a value type"},
    {"a value type", "11 07 28 0C 00 00 06 2A", OK},
    {"a value type as this", "11 07 14 28 03 00 00 06 2A", .message = "call: needs an address"},
    {"newobj", "73 04 00 00 0A 7A", OK},
    {"newobj of a value type", "17 73 08 00 00 06 13 07 2A", OK},
    {"newobj of a value type is no object", "17 73 08 00 00 06 7A",
     .message = "throw: needs an object reference, has a value type"},
    {"newobj of an array", "17 17 73 03 00 00 0A 13 05 2A", OK},
    {"newobj of a method", "73 01 00 00 06 26 2A", .message = "newobj: 06000001 is not a constr"},
    {"newobj of a method with a result", "73 02 00 00 0A 26 2A", .message = "is not a constructor"},
    {"calli", "17 FE 06 02 00 00 06 29 02 00 00 11 0A 2A", OK},
    {"calli through an object", "17 14 29 02 00 00 11 0A 2A",
     .message = "calli: needs an integer, has an object"},
    {"calli with an argument of another kind", "14 08 29 02 00 00 11 0A 2A",
     .message = "calli: needs int32, has an object reference (stack item 1"},
    {"calli without a signature", "08 29 01 00 00 06 2A", .message = "calli: token 06000001 is of"},
    {"calli by a local signature", "08 29 01 00 00 11 2A", .message = "is not that of a method"},
    {"a method that is not there", "28 FF 00 00 06 2A", .message = "call: token 060000ff does not"},
    {"a member that is not there", "28 FF 00 00 0A 2A", .message = "call: token 0a0000ff does not"},
    {"a method of no row", "28 00 00 00 06 2A", .message = "does not exist"},
    {"a type as a method", "28 05 00 00 01 2A", .message = "call: token 01000005 is of the wrong"},
    {"a token of no table", "28 05 00 00 FF 2A", .message = "is of the wrong table"},
    {"a field as a method", "28 01 00 00 04 2A", .message = "is of the wrong table"},
    {"a method as a field", "7E 01 00 00 06 26 2A", .message = "is of the wrong table"},
    {"a method reference as a field", "7E 02 00 00 0A 26 2A", .message = "not that of a field"},
    {"a broken signature", "28 05 00 00 0A 2A", .message = "is not that of a method"},
    {"a broken type", "8C 06 00 00 1B 26 2A", .message = "box: the signature of type 1b000006"},
    {"a string that is not there", "72 02 00 00 70 26 2A", .message = "ldstr: token 70000002 does"},
    {"a type as a string", "72 01 00 00 01 26 2A", .message = "ldstr: token 01000001 is of"},
    {"a method as a type", "8D 01 00 00 06 26 2A", .message = "is of the wrong table"},
    {"an unreachable call of nothing", "2A 28 FF 00 00 06 2A", OK},
    {"jmp to another signature", "27 02 00 00 06",
     .message = "jmp: 06000002 has another signature"},
    {"jmp to the same signature", "27 02 00 00 06", OK, .signature = "00 02 08 08 08"},
    {"jmp with items on the stack", "17 27 01 00 00 06", .message = "jmp: 1 items too many"},
    {"a tail call with a result", "17 18 FE 14 28 02 00 00 06 2A", OK, .signature = "00 00 08"},
    {"a tail call whose result nobody takes", "17 18 FE 14 28 02 00 00 06 2A",
     .message = "ret: 1 items too many"},
    {"a tail call with items below", "17 FE 14 28 01 00 00 06 2A",
     .message = "ret: 1 items too many"},
};

static void check_rules(const struct rule *rules, size_t count) {
    for (size_t i = 0; i < count; i++) check_rule(&rules[i]);
}

void test_verify(void) {
    check_rules(code_rules, NR_COUNT_OF(code_rules));
    check_rules(clause_rules, NR_COUNT_OF(clause_rules));
    check_rules(flow_rules, NR_COUNT_OF(flow_rules));
    check_rules(stack_rules, NR_COUNT_OF(stack_rules));
    check_rules(kind_rules, NR_COUNT_OF(kind_rules));
    check_rules(call_rules, NR_COUNT_OF(call_rules));
}
