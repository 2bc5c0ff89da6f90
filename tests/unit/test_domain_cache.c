// Tests of src/instrument/domain_cache.c: the helpers that mscorlib gets, as rows, as bodies, and
// as a file that is read back; the references of other modules. SPDX-License-Identifier: Apache-2.0
#include "instrument/domain_cache.h"

#include <stdio.h>

#include "harness.h"
#include "il/disassemble.h"
#include "image.h"
#include "metadata/file_module_internal.h"
#include "mscorlib.h"

// The code of each helper, in the order in which they are added. Types in signatures are as
// mscorlib numbers them; /n is the number of a method's parameters.
static const struct {
    const char *name, *signature;
    size_t signature_size;
    const char *code;
} expected[NR_HELPERS] = {
    {"LoadAssemblyOrThrow", "\0\1\x12" MSCORLIB_ASSEMBLY "\x0e", 5,
     "IL_0000 ldarg.0\n"
     "IL_0001 call System.Reflection.Assembly::LoadFrom/1\n"
     "IL_0006 dup\n"
     "IL_0007 brtrue IL_0017\n"
     "IL_000c ldstr 'Failed to load assembly.'\n"
     "IL_0011 newobj System.Exception::.ctor/1\n"
     "IL_0016 throw\n"
     "IL_0017 ret\n"},
    {"GetTypeViaReflectionOrThrow", "\0\2\x12" MSCORLIB_TYPE "\x0e\x0e", 6,
     "IL_0000 ldarg.0\n"
     "IL_0001 call System.CannotUnloadAppDomainException::LoadAssemblyOrThrow/1\n"
     "IL_0006 ldarg.1\n"
     "IL_0007 callvirt System.Reflection.Assembly::GetType/1\n"
     "IL_000c dup\n"
     "IL_000d brtrue IL_001d\n"
     "IL_0012 ldstr 'Failed to load type from assembly via reflection.'\n"
     "IL_0017 newobj System.Exception::.ctor/1\n"
     "IL_001c throw\n"
     "IL_001d ret\n"},
    {"GetMethodViaReflectionOrThrow",
     "\0\4\x12" MSCORLIB_METHOD_INFO "\x0e\x0e\x0e\x1d\x12" MSCORLIB_TYPE, 10,
     "IL_0000 ldarg.0\n"
     "IL_0001 ldarg.1\n"
     "IL_0002 call System.CannotUnloadAppDomainException::GetTypeViaReflectionOrThrow/2\n"
     "IL_0007 ldarg.2\n"
     "IL_0008 ldarg.3\n"
     "IL_0009 brfalse IL_0019\n"
     "IL_000e ldarg.3\n"
     "IL_000f callvirt System.Type::GetMethod/2\n"
     "IL_0014 br IL_0023\n"
     "IL_0019 callvirt System.Type::GetMethod/1\n"
     "IL_001e br IL_0023\n"
     "IL_0023 dup\n"
     "IL_0024 brtrue IL_0034\n"
     "IL_0029 ldstr 'Failed to load method from type via reflection.'\n"
     "IL_002e newobj System.Exception::.ctor/1\n"
     "IL_0033 throw\n"
     "IL_0034 ret\n"},
    {"GetMethodFromAppDomainStorage", "\0\1\x12" MSCORLIB_METHOD_INFO "\x0e", 5,
     "IL_0000 call System.AppDomain::get_CurrentDomain/0\n"
     "IL_0005 dup\n"
     "IL_0006 brtrue IL_0016\n"
     "IL_000b ldstr 'System.AppDomain.CurrentDomain == null.'\n"
     "IL_0010 newobj System.Exception::.ctor/1\n"
     "IL_0015 throw\n"
     "IL_0016 ldarg.0\n"
     "IL_0017 callvirt System.AppDomain::GetData/1\n"
     "IL_001c castclass System.Reflection.MethodInfo\n"
     "IL_0021 ret\n"},
    {"GetMethodFromAppDomainStorageOrReflectionOrThrow",
     "\0\5\x12" MSCORLIB_METHOD_INFO "\x0e\x0e\x0e\x0e\x1d\x12" MSCORLIB_TYPE, 11,
     "IL_0000 ldarg.0\n"
     "IL_0001 call System.CannotUnloadAppDomainException::GetMethodFromAppDomainStorage/1\n"
     "IL_0006 dup\n"
     "IL_0007 brtrue IL_001e\n"
     "IL_000c pop\n"
     "IL_000d ldarg.1\n"
     "IL_000e ldarg.2\n"
     "IL_000f ldarg.3\n"
     "IL_0010 ldarg.s 4\n"
     "IL_0012 call System.CannotUnloadAppDomainException::GetMethodViaReflectionOrThrow/4\n"
     "IL_0017 dup\n"
     "IL_0018 ldarg.0\n"
     "IL_0019 call System.CannotUnloadAppDomainException::StoreMethodInAppDomainStorageOrThrow/2\n"
     "IL_001e ret\n"},
    {"StoreMethodInAppDomainStorageOrThrow", "\0\2\1\x12" MSCORLIB_METHOD_INFO "\x0e", 6,
     "IL_0000 call System.AppDomain::get_CurrentDomain/0\n"
     "IL_0005 dup\n"
     "IL_0006 brtrue IL_0016\n"
     "IL_000b ldstr 'System.AppDomain.CurrentDomain == null.'\n"
     "IL_0010 newobj System.Exception::.ctor/1\n"
     "IL_0015 throw\n"
     "IL_0016 ldarg.1\n"
     "IL_0017 ldarg.0\n"
     "IL_0018 callvirt System.AppDomain::SetData/2\n"
     "IL_001d ret\n"},
};

struct sample {
    struct nr_arena arena;
    struct nr_references references;
    struct nr_module *module;
    struct nr_helper helpers[NR_HELPERS];
};

static bool open_file(struct sample *sample, struct nr_bytes file) {
    sample->references.kinds.arena = &sample->arena;
    return nr_file_module_open(&sample->arena, file, &sample->module) == NR_OK;
}

static bool open_mscorlib(struct sample *sample, bool whole) {
    *sample = (struct sample){.references.scope = NR_SCOPE_SELF};
    return open_file(sample, mscorlib_image(&sample->arena, whole));
}

static enum nr_status add(struct sample *sample) {
    return nr_domain_cache_add(&sample->arena, sample->module, &sample->references,
                               nr_test_log(NR_LOG_INFO), sample->helpers);
}

// ---- tokens as text ----

static struct nr_str user_string(struct sample *sample, struct nr_arena *arena, nr_token token) {
    struct nr_bytes text;
    if (nr_tables_user_string(&nr_file_module_of(sample->module)->tables, NR_TOKEN_ROW(token),
                              &text) != NR_OK) {
        return NR_STR("?");
    }
    char *narrow = nr_arena_alloc(arena, text.size + 2);  // the texts are ASCII
    size_t size = 0;
    if (!narrow) abort();
    narrow[size++] = '\'';
    for (size_t i = 0; i + 1 < text.size; i += 2) narrow[size++] = (char)text.data[i];
    narrow[size++] = '\'';
    return (struct nr_str){narrow, size};
}

static struct nr_str method_name(struct sample *sample, struct nr_arena *arena, nr_token token) {
    struct nr_method_def row;
    struct nr_type_def type;
    struct nr_module *module = sample->module;
    if (module->ops->method_def(module, arena, token, &row) != NR_OK ||
        module->ops->type_def(module, arena, row.owner, &type) != NR_OK) {
        return NR_STR("?");
    }
    char count[2] = {(char)('0' + row.signature.data[1]), 0};
    return NR_STR_JOIN(arena, type.name, NR_STR("::"), row.name, NR_STR("/"), nr_str_of(count));
}

static struct nr_str token_name(void *context, struct nr_arena *arena, uint32_t token) {
    struct sample *sample = context;
    struct nr_module *module = sample->module;
    struct nr_type_def type;
    switch (NR_TOKEN_TABLE(token)) {
    case NR_TABLE_USER_STRING: return user_string(sample, arena, token);
    case NR_TABLE_METHOD_DEF: return method_name(sample, arena, token);
    case NR_TABLE_TYPE_DEF:
        return module->ops->type_def(module, arena, token, &type) == NR_OK ? type.name
                                                                           : NR_STR("?");
    default: return (struct nr_str){0};
    }
}

static struct nr_str body_text(struct sample *sample, struct nr_bytes body) {
    const struct nr_token_names names = {token_name, sample};
    struct nr_buffer text;
    nr_buffer_init(&text, &sample->arena);
    nr_disassemble(&sample->arena, body, &names, &text);
    struct nr_str all = {(char *)text.data, text.size};
    return nr_str_slice(all, nr_str_find(all, '\n', 0) + 1, all.size);  // without .maxstack
}

// ---- mscorlib ----

static void check_row(struct sample *sample, nr_token token, int i) {
    struct nr_method_def row;
    struct nr_module *module = sample->module;
    NR_CASE(expected[i].name);
    if (!CHECK_INT(module->ops->method_def(module, &sample->arena, token, &row), NR_OK)) return;
    CHECK_STR(row.name, expected[i].name);
    CHECK_INT(row.owner, NR_TOKEN(NR_TABLE_TYPE_DEF, MSCORLIB_ROW_HELPERS));
    CHECK_INT(row.flags, 0x96);      // public static HideBySig
    CHECK_INT(row.impl_flags, 0x8);  // IL, NoInlining
    CHECK_BYTES(row.signature, ((struct nr_bytes){(const uint8_t *)expected[i].signature,
                                                  expected[i].signature_size}));
}

static void check_security(struct sample *sample, nr_token token, uint32_t number) {
    static const char permissions[] =
        ".\x01\x80\x84System.Security.Permissions.SecurityPermissionAttribute, mscorlib, "
        "Version=2.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
        "\x12\x01\x54\x02\x0DUnmanagedCode\x01";
    static const char *const attributes[] = {
        "System.Security.SecuritySafeCriticalAttribute",
        "System.Security.SuppressUnmanagedCodeSecurityAttribute"};
    struct nr_module *module = sample->module;
    struct nr_tables *tables = &nr_file_module_of(module)->tables;
    struct nr_bytes value;
    nr_token owner;
    for (size_t i = 0; i < NR_COUNT_OF(attributes); i++) {
        if (CHECK_INT(
                module->ops->custom_attribute(module, token, nr_str_of(attributes[i]), &value),
                NR_OK)) {
            CHECK_BYTES(value, ((struct nr_bytes){(const uint8_t *)"\1\0\0", 4}));
        }
    }
    CHECK_INT(nr_tables_cell(tables, NR_TABLE_DECL_SECURITY, number, NR_DECL_SECURITY_ACTION), 3);
    CHECK_INT(
        nr_tables_token(tables, NR_TABLE_DECL_SECURITY, number, NR_DECL_SECURITY_PARENT, &owner),
        NR_OK);
    CHECK_INT(owner, token);
    CHECK_INT(nr_tables_blob(tables, NR_TABLE_DECL_SECURITY, number, NR_DECL_SECURITY_BLOB, &value),
              NR_OK);
    CHECK_BYTES(value, ((struct nr_bytes){(const uint8_t *)permissions, sizeof(permissions) - 1}));
}

static void check_body(struct sample *sample, struct nr_bytes body, int i) {
    if (!CHECK(body.size > 1)) return;
    CHECK_INT(body.data[0] & 3, 2);  // tiny
    body.size = (body.data[0] >> 2) + 1u;
    struct nr_str text = body_text(sample, body);
    if (!CHECK_STR(text, expected[i].code)) printf("%.*s", NR_STR_ARGS(text));
}

static void test_addition(void) {
    struct sample sample;
    NR_CASE("mscorlib gets the helpers");
    if (!CHECK(open_mscorlib(&sample, true)) || !CHECK_INT(add(&sample), NR_OK)) return;
    for (int i = 0; i < NR_HELPERS; i++) {
        struct nr_method_def row;
        check_row(&sample, sample.helpers[i].method, i);
        check_security(&sample, sample.helpers[i].method, (uint32_t)i + 1);
        check_body(&sample, sample.helpers[i].body, i);
        sample.module->ops->method_def(sample.module, &sample.arena, sample.helpers[i].method,
                                       &row);
        CHECK_INT(row.rva, NR_TEST_IMAGE_BODIES);  // until somebody sets the body
    }
    nr_arena_free(&sample.arena);
}

static struct nr_bytes write_file(struct sample *sample) {
    struct nr_new_body bodies[NR_HELPERS];
    struct nr_bytes file = {0};
    for (int i = 0; i < NR_HELPERS; i++) {
        bodies[i] = (struct nr_new_body){sample->helpers[i].method, sample->helpers[i].body};
    }
    CHECK_INT(nr_file_module_write(sample->module, &sample->arena, bodies, NR_HELPERS, &file),
              NR_OK);
    return file;
}

static void test_file(void) {
    struct sample sample, copy;
    struct nr_tokens methods;
    NR_CASE("a file with the helpers is read back");
    if (!CHECK(open_mscorlib(&sample, true)) || !CHECK_INT(add(&sample), NR_OK)) return;
    copy = (struct sample){.references.scope = NR_SCOPE_SELF};
    if (!CHECK(open_file(&copy, write_file(&sample)))) return;
    struct nr_module *module = copy.module;
    CHECK_INT(module->ops->methods(module, &copy.arena,
                                   NR_TOKEN(NR_TABLE_TYPE_DEF, MSCORLIB_ROW_HELPERS), &methods),
              NR_OK);
    if (CHECK_INT(methods.count, 2 + NR_HELPERS)) {
        for (int i = 0; i < NR_HELPERS; i++) {
            struct nr_bytes body;
            check_row(&copy, methods.data[2 + i], i);
            check_security(&copy, methods.data[2 + i], (uint32_t)i + 1);
            CHECK_INT(nr_file_module_body(module, methods.data[2 + i], &body), NR_OK);
            check_body(&copy, body, i);
        }
    }
    nr_arena_free(&copy.arena);
    nr_arena_free(&sample.arena);
}

static void test_others(void) {
    struct sample sample;
    NR_CASE("an mscorlib without the type gets nothing");
    if (!CHECK(open_mscorlib(&sample, false))) return;
    CHECK_INT(add(&sample), NR_NOT_FOUND);
    CHECK_INT(nr_file_module_row_count(sample.module, NR_TABLE_CUSTOM_ATTRIBUTE), 0);
    nr_arena_free(&sample.arena);
}

static enum nr_status add_to_file(void *context) {
    const struct nr_bytes *file = context;
    struct sample sample = {.references.scope = NR_SCOPE_SELF};
    enum nr_status status = open_file(&sample, *file) ? add(&sample) : NR_NO_MEMORY;
    nr_arena_free(&sample.arena);
    return status;
}

static void test_allocations(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file = mscorlib_image(&arena, true);
    NR_CASE("every allocation of an addition fails once");
    nr_test_every_allocation(add_to_file, &file, 5000);
    nr_arena_free(&arena);
}

// ---- other modules ----

static struct nr_bytes library_image(struct nr_arena *arena, const char *reference) {
    struct nr_test_image image;
    nr_test_image_init(&image, arena);
    NR_TEST_ROW(&image, NR_TABLE_MODULE, 0, nr_test_image_string(&image, "Shop.dll"));
    NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY, 0x8004, 1, 0, 0, 0, 0, 0,
                nr_test_image_string(&image, "Shop"));
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 0, nr_test_image_string(&image, "<Module>"), 0, 0, 1, 1);
    NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY_REF, 2, 0, 0, 0, 0, 0,
                nr_test_image_string(&image, reference));
    return nr_test_image_build(&image);
}

static void check_references(struct sample *sample, uint32_t mscorlib) {
    struct nr_module *module = sample->module;
    nr_token type = sample->references.types[NR_KNOWN_DOMAIN_CACHE];
    struct nr_type_ref type_row;
    if (CHECK_INT(module->ops->type_ref(module, &sample->arena, type, &type_row), NR_OK)) {
        CHECK_STR(type_row.name, "System.CannotUnloadAppDomainException");
        CHECK_INT(type_row.scope, NR_TOKEN(NR_TABLE_ASSEMBLY_REF, mscorlib));
    }
    for (int i = 0; i < NR_HELPERS; i++) {
        struct nr_member_ref row;
        CHECK_INT(module->ops->member_ref(module, &sample->arena,
                                          NR_TOKEN(NR_TABLE_MEMBER_REF, i + 1), &row),
                  NR_OK);
        CHECK_STR(row.name, expected[i].name);
        CHECK_INT(row.parent, type);
        CHECK_INT(sample->references.members[NR_FIRST_HELPER + i],
                  NR_TOKEN(NR_TABLE_MEMBER_REF, i + 1));
    }
    CHECK_INT(nr_file_module_row_count(module, NR_TABLE_MEMBER_REF), NR_HELPERS);
    // Assembly and the helpers' type, Type, MethodInfo: in the order in which they are needed.
    CHECK_INT(sample->references.types[NR_KNOWN_ASSEMBLY], NR_TOKEN(NR_TABLE_TYPE_REF, 1));
    CHECK_INT(type, NR_TOKEN(NR_TABLE_TYPE_REF, 2));
    CHECK_INT(sample->references.types[NR_KNOWN_TYPE], NR_TOKEN(NR_TABLE_TYPE_REF, 3));
    CHECK_INT(sample->references.types[NR_KNOWN_METHOD_INFO], NR_TOKEN(NR_TABLE_TYPE_REF, 4));
    CHECK_INT(nr_file_module_row_count(module, NR_TABLE_TYPE_REF), 4);
}

static bool refer_from(struct sample *sample, const char *reference) {
    *sample = (struct sample){.references.scope = NR_SCOPE_FRAMEWORK};
    return CHECK(open_file(sample, library_image(&sample->arena, reference))) &&
           CHECK_INT(nr_domain_cache_refer(&sample->arena, sample->module, &sample->references),
                     NR_OK);
}

static void test_references_of(void) {
    struct sample sample;
    NR_CASE("a module that refers to mscorlib");
    if (!refer_from(&sample, "mscorlib")) return;
    CHECK_INT(nr_file_module_row_count(sample.module, NR_TABLE_ASSEMBLY_REF), 1);
    check_references(&sample, 1);
    nr_arena_free(&sample.arena);

    NR_CASE("a module that refers to netstandard gets a reference to mscorlib 4.0.0.0");
    if (!refer_from(&sample, "netstandard")) return;
    check_references(&sample, 2);
    const struct nr_tables *tables = &nr_file_module_of(sample.module)->tables;
    struct nr_bytes key;
    struct nr_str name;
    CHECK_INT(nr_file_module_row_count(sample.module, NR_TABLE_ASSEMBLY_REF), 2);
    CHECK_INT(nr_tables_string(tables, NR_TABLE_ASSEMBLY_REF, 2, NR_ASSEMBLY_REF_NAME, &name),
              NR_OK);
    CHECK_STR(name, "mscorlib");
    CHECK_INT(nr_tables_cell(tables, NR_TABLE_ASSEMBLY_REF, 2, NR_ASSEMBLY_REF_MAJOR), 4);
    CHECK_INT(nr_tables_blob(tables, NR_TABLE_ASSEMBLY_REF, 2, NR_ASSEMBLY_REF_KEY, &key), NR_OK);
    CHECK_BYTES(key, ((struct nr_bytes){(const uint8_t *)"\xB7\x7A\x5C\x56\x19\x34\xE0\x89", 8}));
    nr_arena_free(&sample.arena);

    NR_CASE("an assembly whose name only ends with mscorlib is another one");
    if (!refer_from(&sample, "Our.mscorlib")) return;
    check_references(&sample, 2);
    nr_arena_free(&sample.arena);
}

void test_domain_cache(void) {
    test_addition();
    test_file();
    test_others();
    test_references_of();
    test_allocations();
}
