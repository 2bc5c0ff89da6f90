// Every allocation of the arena fails, one after the other, in every entry of il, metadata, config
// and instrument.
// SPDX-License-Identifier: Apache-2.0
//
// The suites of the parts let malloc fail, which an arena calls once for many allocations. Here the
// linker sends the arena's functions to this file, so that each allocation is one to fail: alone,
// and with all that follow. The work gives NR_NO_MEMORY, or the same result as ever.
#include <string.h>

#include "../fuzz/fuzz_il.h"
#include "../fuzz/fuzz_module.h"
#include "config/extension.h"
#include "config/filter.h"
#include "config/log_location.h"
#include "config/xml.h"
#include "fake_facts.h"
#include "harness.h"
#include "il/assemble.h"
#include "il/disassemble.h"
#include "instrument/gate.h"
#include "instrument/points.h"
#include "instrument/rewrite.h"
#include "instrument/wildcard.h"
#include "metadata/signature.h"

// ---- the arena ----

static unsigned fail_at, allocations;
static bool fail_once;

static bool fails(void) {
    if (!fail_at) return false;
    allocations++;
    return fail_once ? allocations == fail_at : allocations >= fail_at;
}

void *__real_nr_arena_alloc(struct nr_arena *arena, size_t size);
void *__real_nr_arena_calloc(struct nr_arena *arena, size_t count, size_t size);
void *__real_nr_arena_grow(struct nr_arena *arena, void *old, size_t old_size, size_t new_size);
void *__wrap_nr_arena_alloc(struct nr_arena *arena, size_t size);
void *__wrap_nr_arena_calloc(struct nr_arena *arena, size_t count, size_t size);
void *__wrap_nr_arena_grow(struct nr_arena *arena, void *old, size_t old_size, size_t new_size);

void *__wrap_nr_arena_alloc(struct nr_arena *arena, size_t size) {
    return fails() ? NULL : __real_nr_arena_alloc(arena, size);
}

void *__wrap_nr_arena_calloc(struct nr_arena *arena, size_t count, size_t size) {
    return fails() ? NULL : __real_nr_arena_calloc(arena, count, size);
}

void *__wrap_nr_arena_grow(struct nr_arena *arena, void *old, size_t old_size, size_t new_size) {
    return fails() ? NULL : __real_nr_arena_grow(arena, old, old_size, new_size);
}

// ---- the loop ----

enum { MOST_ALLOCATIONS = 20000 };

// Puts what it did into result, which is in memory of its own.
typedef enum nr_status work_function(struct nr_arena *arena, struct nr_buffer *result);

static enum nr_status run(work_function *work, unsigned n, bool once, struct nr_arena *kept,
                          struct nr_bytes *result) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_buffer out;
    nr_buffer_init(&out, &arena);
    allocations = 0;
    fail_once = once;
    fail_at = n;
    enum nr_status status = work(&arena, &out);
    fail_at = 0;
    if (status == NR_OK) status = out.status;
    struct nr_str copy = nr_str_copy(kept, (struct nr_str){(const char *)out.data, out.size});
    *result = (struct nr_bytes){(const uint8_t *)copy.data, copy.size};
    nr_arena_free(&arena);
    return status;
}

// Whatever allocation fails, alone or with all that follow, the work fails; or it was not needed.
static void every_allocation(const char *name, work_function *work) {
    for (int once = 0; once <= 1; once++) {
        struct nr_arena kept = NR_ARENA_INIT;
        struct nr_bytes right, result;
        nr_test_case(name, __FILE__, __LINE__);
        CHECK_INT(run(work, 0, false, &kept, &right), NR_OK);
        CHECK(right.size > 0);
        unsigned n = 1;
        for (; n < MOST_ALLOCATIONS; n++) {
            struct nr_arena round = NR_ARENA_INIT;
            enum nr_status status = run(work, n, once, &round, &result);
            bool reached = allocations >= n;
            bool fine = reached && status == NR_NO_MEMORY;
            if (!fine && (!CHECK_INT(status, NR_OK) || !CHECK_BYTES(result, right))) {
                printf("    allocation %u%s\n", n, once ? " alone" : " and all that follow");
                reached = false;
            }
            nr_arena_free(&round);
            if (!reached) break;
        }
        CHECK(n > 1 && n < MOST_ALLOCATIONS);
        nr_arena_free(&kept);
    }
}

static enum nr_status put_str(struct nr_buffer *out, struct nr_str text) {
    nr_buffer_append(out, text.data, text.size);
    return out->status;
}

// ---- il ----

// int M(int): several returns, a switch, a catch, a finally, a string, an object, a box.
static const uint8_t sample_code[] = {
    0x02, 0x2D, 0x02, 0x17, 0x2A,                       // 0: ldarg.0, brtrue.s 5, ldc.i4.1, ret
    0x16, 0x45, 1,    0,    0,    0,    0, 0,    0, 0,  // 5: ldc.i4.0, switch (15)
    0x00, 0xDE, 0x03,                                   // 15: nop, leave.s 21
    0x26, 0xDE, 0x00,                                   // 18: pop, leave.s 21
    0x00, 0xDE, 0x01, 0xDC,                             // 21: nop, leave.s 25, endfinally
    0x72, 1,    0,    0,    0x70, 0x26,                 // 25: ldstr, pop
    0x73, 1,    0,    0,    0x0A, 0x26,                 // 31: newobj, pop
    0x16, 0x6A, 0x8C, 4,    0,    0,    2, 0x26,        // 37: ldc.i4.0, conv.i8, box Enum, pop
    0x06, 0x2A,                                         // 45: ldloc.0, ret
};
static const struct nr_clause sample_clauses[] = {
    {NR_CLAUSE_CATCH, 15, 3, 18, 3, 0x01000004},
    {NR_CLAUSE_FINALLY, 21, 3, 24, 1, 0},
};
enum { SAMPLE_LOCALS = 0x11000001 };  // int, string, long, object

// Made before anything fails.
static struct nr_bytes sample_body(void) {
    static struct nr_arena arena;
    static struct nr_buffer out;
    if (out.size > 0) return nr_buffer_bytes(&out);
    nr_buffer_init(&out, &arena);
    nr_buffer_u16(&out, 0x301B);
    nr_buffer_u16(&out, 8);
    nr_buffer_u32(&out, sizeof(sample_code));
    nr_buffer_u32(&out, SAMPLE_LOCALS);
    nr_buffer_append(&out, sample_code, sizeof(sample_code));
    fuzz_write_section(&out, sample_clauses, NR_COUNT_OF(sample_clauses), false, false);
    return nr_buffer_bytes(&out);
}

static enum nr_status assemble(struct nr_arena *arena, struct nr_buffer *result) {
    struct nr_body body;
    struct nr_list list;
    NR_TRY(nr_body_read(arena, sample_body(), &body));
    const struct nr_header header = {body.flags, body.max_stack, body.local_signature};
    nr_list_init(&list, arena);
    NR_TRY(nr_list_read(&list, &body));
    nr_list_lengthen(&list);
    return nr_assemble(&list, &header, result);
}

static enum nr_status disassemble(struct nr_arena *arena, struct nr_buffer *result) {
    return nr_disassemble(arena, sample_body(), NULL, result);
}

// ---- metadata ----

static struct nr_bytes bytes_of(const char *data, size_t size) {
    return (struct nr_bytes){(const uint8_t *)data, size};
}
#define BYTES(text) bytes_of((text), sizeof(text) - 1)

static enum nr_status print_signature(struct nr_arena *arena, struct nr_buffer *result) {
    struct nr_module *module;
    struct nr_method_sig sig;
    struct nr_str text;
    struct nr_bytes locals;
    NR_TRY(nr_file_module_open(arena, fuzz_module_file(), &module));
    NR_TRY(nr_method_sig_read(
        arena, BYTES("\x20\x04\x01\x15\x12\x18\x01\x11\x0c\x1d\x0e\x10\x12\x21\x11\x19"), &sig));
    NR_TRY(nr_method_sig_print(arena, module, &sig, &text));
    NR_TRY(nr_locals_add(arena, BYTES("\x07\x01\x08"), 1, BYTES("\x1c"), &locals));
    NR_TRY(nr_sig_type_write_plain(result, &sig.parameters[0]));
    nr_buffer_append(result, locals.data, locals.size);
    return put_str(result, text);
}

static enum nr_status put_tokens(struct nr_buffer *out, struct nr_tokens tokens) {
    for (size_t i = 0; i < tokens.count; i++) nr_buffer_u32(out, tokens.data[i]);
    return out->status;
}

static enum nr_status enumerate(struct nr_arena *arena, struct nr_buffer *result) {
    struct nr_module *module;
    struct nr_tokens types, members;
    NR_TRY(nr_file_module_open(arena, fuzz_module_file(), &module));
    NR_TRY(module->ops->type_defs(module, arena, &types));
    for (size_t i = 0; i < types.count; i++) {
        struct nr_str name;
        nr_token token;
        uint32_t flags;
        NR_TRY(nr_module_full_type_name(module, arena, types.data[i], &name, &flags));
        NR_TRY(nr_module_find_type(module, name, &token));
        nr_buffer_u32(result, token);
        NR_TRY(put_str(result, name));
        NR_TRY(module->ops->methods(module, arena, types.data[i], &members));
        NR_TRY(put_tokens(result, members));
        NR_TRY(module->ops->fields(module, arena, types.data[i], &members));
        NR_TRY(put_tokens(result, members));
    }
    NR_TRY(module->ops->member_refs(module, arena, 0x01000001, &members));
    NR_TRY(put_tokens(result, members));
    NR_TRY(module->ops->assembly_refs(module, arena, &members));
    return put_tokens(result, members);
}

static enum nr_status define(struct nr_arena *arena, struct nr_buffer *result) {
    static const uint16_t letters[] = {'n', 'e', 'w'};
    const struct nr_bytes blob = BYTES("\x20\1\1\x0e");
    struct nr_module *module;
    nr_token scope, type, token;
    NR_TRY(nr_file_module_open(arena, fuzz_module_file(), &module));
    const struct nr_module_ops *ops = module->ops;
    NR_TRY(ops->define_assembly_ref(module, NR_STR("New"), NULL, &scope));
    NR_TRY(ops->define_type_ref(module, scope, NR_STR("Space.New"), &type));
    nr_buffer_u32(result, type);
    NR_TRY(ops->define_member_ref(module, type, NR_STR("M"), blob, &token));
    nr_buffer_u32(result, token);
    NR_TRY(ops->define_method_spec(module, token, BYTES("\x0a\1\x08"), &token));
    nr_buffer_u32(result, token);
    NR_TRY(ops->define_type_spec(module, BYTES("\x1d\x0e"), &token));
    nr_buffer_u32(result, token);
    NR_TRY(ops->define_signature(module, BYTES("\x07\1\x0e"), &token));
    nr_buffer_u32(result, token);
    NR_TRY(ops->define_user_string(module, (struct nr_str16){letters, 3}, &token));
    nr_buffer_u32(result, token);
    NR_TRY(ops->define_type_ref(module, scope, NR_STR("Space.New"), &token));
    CHECK_INT(token, type);
    return result->status;
}

static enum nr_status resolve(struct nr_arena *arena, struct nr_buffer *result) {
    struct nr_module *module, *found;
    nr_token type;
    struct nr_type_def row;
    bool is_value, is_enum;
    NR_TRY(nr_file_module_open(arena, fuzz_module_file(), &module));
    const struct nr_assemblies assemblies = {module, fuzz_module_find, NULL};
    NR_TRY(nr_resolve_type(&assemblies, arena, module, 0x01000006, &found, &type));
    NR_TRY(found->ops->type_def(found, arena, type, &row));
    NR_TRY(nr_type_is_value(found, arena, &row, &is_value, &is_enum));
    nr_buffer_u32(result, type);
    nr_buffer_u8(result, (uint8_t)(is_value * 2 + is_enum));
    return result->status;
}

// ---- instrument ----

static enum nr_status refer(struct nr_arena *arena, struct nr_buffer *result) {
    struct nr_references known = {.kinds.arena = arena};
    struct nr_rewrite_references refs;
    struct nr_module *module;
    nr_token token;
    NR_TRY(nr_file_module_open(arena, fuzz_module_file(), &module));
    nr_references_begin(&refs, &known, module, NULL, arena);
    for (int i = NR_KNOWN_NONE + 1; i < NR_KNOWN_TYPES; i++) {
        NR_TRY(nr_references_type(&refs, (enum nr_known_type)i, &token));
        nr_buffer_u32(result, token);
    }
    for (int i = 0; i < NR_KNOWN_MEMBERS; i++) {
        NR_TRY(nr_references_member(&refs, (enum nr_known_member)i, &token));
        nr_buffer_u32(result, token);
    }
    NR_TRY(nr_references_finish_type(&refs, &token));
    nr_buffer_u32(result, token);
    return result->status;
}

static enum nr_status find_by_wildcard(struct nr_arena *arena, struct nr_buffer *result) {
    const struct nr_point point = {.assembly_name = NR_STR("*"),
                                   .class_name = NR_STR("Space.*"),
                                   .method_name = NR_STR("M*"),
                                   .wildcard = true};
    struct nr_module *module;
    NR_TRY(nr_file_module_open(arena, fuzz_module_file(), &module));
    return nr_wildcard_find(module, arena, &point, result);
}

static void test_absent_rows(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_type_kinds kinds = {.arena = &arena};
    struct nr_module *module;
    enum nr_type_kind kind;
    NR_CASE("the kind of a type that is not there takes no memory");
    if (CHECK_INT(nr_file_module_open(&arena, fuzz_module_file(), &module), NR_OK)) {
        static const nr_token absent[] = {0x01FFFFFF, 0x02FFFFFF};
        for (size_t i = 0; i < NR_COUNT_OF(absent); i++) {
            CHECK_INT(nr_type_kind_of(&kinds, module, NULL, &arena, absent[i], &kind), NR_OK);
            CHECK_INT(kind, NR_TYPE_UNKNOWN);
        }
        CHECK_INT(kinds.type_refs.count + kinds.type_defs.count, 0);
        CHECK_INT(nr_type_kind_of(&kinds, module, NULL, &arena, 0x02000003, &kind), NR_OK);
        CHECK_INT(kind, NR_TYPE_VALUE);
        CHECK(kinds.type_defs.count > 0);
    }
    nr_arena_free(&arena);
}

// The rewrite that is under test.
static struct {
    const char *name;
    enum nr_status (*rewrite)(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                              const struct nr_log *log, struct nr_bytes *out);
    uint32_t type;
    const char *signature;
    size_t signature_size;
} const rewrites[] = {
#define SIG(text) (text), sizeof(text) - 1
    {"a static method", nr_rewrite_default, FUZZ_CLASS, SIG("\0\2\x08\x08\x0e")},
    {"a static method in fast mode", nr_rewrite_fast, FUZZ_CLASS, SIG("\0\2\x08\x08\x0e")},
    {"a method of a value type", nr_rewrite_default, FUZZ_STRUCT, SIG("\x20\1\x08\x1d\x08")},
    {"a method of a generic value type", nr_rewrite_default, FUZZ_GENERIC_STRUCT,
     SIG("\x20\3\x08\x13\0\x1e\0\x15\x12\x18\1\x08")},
    {"a method with value types", nr_rewrite_default, FUZZ_NESTED,
     SIG("\0\5\x08\x08\x11\x0c\x11\x14\x11\x19\x16")},
    {"a stub of the API", nr_rewrite_api, FUZZ_CLASS, SIG("\0\3\x08\x08\x0e\x1d\x1c")},
};
static size_t current;

static enum nr_status rewrite(struct nr_arena *arena, struct nr_buffer *result) {
    struct nr_references references = {.kinds.arena = arena};
    struct nr_module *module;
    NR_TRY(nr_file_module_open(arena, fuzz_module_file(), &module));
    const struct nr_assemblies assemblies = {module, fuzz_module_find, NULL};
    struct nr_offset_map offsets;
    const struct nr_rewrite it = {
        .module = module,
        .offsets = &offsets,
        .references = &references,
        .assemblies = &assemblies,
        .type = NR_TOKEN(NR_TABLE_TYPE_DEF, rewrites[current].type),
        .method = NR_TOKEN(NR_TABLE_METHOD_DEF, rewrites[current].type),
        .signature = bytes_of(rewrites[current].signature, rewrites[current].signature_size),
        .body = sample_body(),
        .description = NR_STR("a method"),
        .assembly_name = NR_STR("Fuzz"),
        .type_name = NR_STR("Space.Type"),
        .method_name = NR_STR("Method"),
        .agent_path = NR_STR("/agent.dll"),
        .tracer_factory = NR_STR("Factory"),
        .function_id = 1,
    };
    const struct nr_bytes nothing = {0};
    struct nr_bytes out = nothing;
    enum nr_status status = rewrites[current].rewrite(arena, &it, NULL, &out);
    CHECK(status == NR_OK || out.data == NULL);
    NR_TRY(status);
    NR_TRY(nr_gate(arena, &it, out, NULL));
    nr_buffer_append(result, out.data, out.size);
    return result->status;
}

// ---- config ----

static const char sample_config[] =
    "<configuration agentEnabled='true'><log level='debug'/><instrumentation><rules>"
    "<ignore assemblyName='A' className='B'/></rules><applications><application name='a'/>"
    "</applications></instrumentation><applicationPools><applicationPool name='a&amp;b' "
    "instrument='true'/></applicationPools></configuration>";
static const char sample_extension[] =
    "<extension><instrumentation><tracerFactory name='F' metricName='m'><match assemblyName='A' "
    "className='C' minVersion='1.0'><exactMethodMatcher methodName='M' parameters='System.Int32, "
    "System.String'/><exactMethodMatcher methodName='N'/></match></tracerFactory><tracerFactory>"
    "<match assemblyName='A.*' className='C*'><exactMethodMatcher methodName='*'/></match>"
    "</tracerFactory></instrumentation></extension>";

static struct nr_fake fake = {
    "CORECLR_NEW_RELIC_HOME=/home;_HANDLER=A::B::C",
    {{.path = "/home/newrelic.config", .content = sample_config},
     {.path = "/home/NewRelic.Agent.Core.dll", .content = ""},
     {.path = "/home/extensions/a.xml", .content = sample_extension},
     {.path = "/home/extensions/netcore/b.xml", .content = sample_extension}}};

static struct nr_facts sample_facts(void) {
    struct nr_facts facts = nr_fake_facts(&fake);
    facts.core = true;
    facts.process_path = NR_STR("/app/a");
    facts.process_directory = NR_STR("/app");
    facts.command_line = NR_STR("/app/a --x");
    return facts;
}

static enum nr_status read_xml(struct nr_arena *arena, struct nr_buffer *result) {
    struct nr_xml_node *document;
    struct nr_xml_error error;
    NR_TRY(nr_xml_parse(arena, arena, BYTES(sample_config), &document, &error));
    const struct nr_xml_node *node = nr_xml_child(document, NR_STR("configuration"));
    if (!node) return NR_MALFORMED;
    NR_TRY(put_str(result, node->name));
    return put_str(result, nr_xml_attribute_or_empty(node, NR_STR("agentEnabled")));
}

static enum nr_status configure(struct nr_arena *arena, struct nr_buffer *result) {
    const struct nr_facts facts = sample_facts();
    struct nr_settings settings;
    struct nr_decision decision;
    struct nr_log_location location;
    struct nr_str path;
    NR_TRY(nr_settings_load(arena, &facts, NULL, &settings));
    NR_TRY(nr_filter_decide_this(arena, &facts, &settings, NULL, &decision));
    NR_TRY(nr_log_location_find(arena, &facts, &location));
    NR_TRY(nr_home_find_agent(arena, &facts, NULL, &path));
    nr_buffer_u8(result, (uint8_t)settings.log_level);
    nr_buffer_u8(result, decision.instrument);
    NR_TRY(put_str(result, nr_str_of(decision.rule)));
    NR_TRY(put_str(result, location.file));
    return put_str(result, path);
}

static enum nr_status index_points(struct nr_arena *arena, struct nr_buffer *result) {
    const struct nr_facts facts = sample_facts();
    const struct nr_ignore_list ignore = {0};
    struct nr_extension_files files;
    struct nr_extensions extensions;
    const struct nr_points *points;
    struct nr_point_list list;
    NR_TRY(nr_home_read_extensions(arena, &facts, NULL, &files));
    NR_TRY(nr_extensions_parse(arena, &files, &ignore, NULL, &extensions));
    NR_TRY(nr_extensions_add_serverless(arena, &facts, NULL, &extensions));
    NR_TRY(nr_points_new(arena, &extensions, &ignore, &points));
    NR_TRY(nr_points_for_assembly(points, arena, NR_STR("A.B"), &list));
    nr_buffer_u32(result, (uint32_t)nr_points_count(points));
    nr_buffer_u32(result, (uint32_t)list.count);
    for (size_t i = 0; i < extensions.count; i++) {
        struct nr_str key = nr_point_key(arena, &extensions.points[i]);
        if (!key.data) return NR_NO_MEMORY;
        NR_TRY(put_str(result, key));
    }
    return result->status;
}

void test_allocation_failures(void) {
    fuzz_module_file();
    sample_body();
    test_absent_rows();
    every_allocation("assembling when the arena fails", assemble);
    every_allocation("disassembling when the arena fails", disassemble);
    every_allocation("printing signatures when the arena fails", print_signature);
    every_allocation("enumerating a module when the arena fails", enumerate);
    every_allocation("adding to a module when the arena fails", define);
    every_allocation("resolving types when the arena fails", resolve);
    every_allocation("referring to the framework when the arena fails", refer);
    every_allocation("finding methods by wildcard when the arena fails", find_by_wildcard);
    for (current = 0; current < NR_COUNT_OF(rewrites); current++) {
        char name[128];
        snprintf(name, sizeof(name), "rewriting %s when the arena fails", rewrites[current].name);
        every_allocation(name, rewrite);
    }
    every_allocation("reading XML when the arena fails", read_xml);
    every_allocation("reading the configuration when the arena fails", configure);
    every_allocation("reading extension files when the arena fails", index_points);
}
