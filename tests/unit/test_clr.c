// Tests of src/clr: identifiers as published, order of the slots. Counts and sizes:
// src/clr/layout.c. SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "clr/cormeta.h"
#include "clr/corprof.h"
#include "clr/guids.h"
#include "harness.h"

static const struct {
    const GUID *guid;
    const char *text;
} guids[] = {
    {&nr_IID_IUnknown, "00000000-0000-0000-C000-000000000046"},
    {&nr_IID_IClassFactory, "00000001-0000-0000-C000-000000000046"},
    {&nr_IID_ICorProfilerCallback, "176FBED1-A55C-4796-98CA-A9DA0EF883E7"},
    {&nr_IID_ICorProfilerCallback2, "8A8CC829-CCF2-49FE-BBAE-0F022228071A"},
    {&nr_IID_ICorProfilerCallback3, "4FD2ED52-7731-4B8D-9469-03D2CC3086C5"},
    {&nr_IID_ICorProfilerCallback4, "7B63B2E3-107D-4D48-B2F6-F61E229470D2"},
    {&nr_IID_ICorProfilerCallback5, "8DFBA405-8C9F-45F8-BFFA-83B14CEF78B5"},
    {&nr_IID_ICorProfilerCallback6, "FC13DF4B-4448-4F4F-950C-BA8D19D00C36"},
    {&nr_IID_ICorProfilerCallback7, "F76A2DBA-1D52-4539-866C-2AA518F9EFC3"},
    {&nr_IID_ICorProfilerCallback8, "5BED9B15-C079-4D47-BFE2-215A140C07E0"},
    {&nr_IID_ICorProfilerCallback9, "27583EC3-C8F5-482F-8052-194B8CE4705A"},
    {&nr_IID_ICorProfilerCallback10, "CEC5B60E-C69C-495F-87F6-84D28EE16FFB"},
    {&nr_IID_ICorProfilerCallback11, "42350846-AAED-47F7-B128-FD0C98881CDE"},
    {&nr_IID_ICorProfilerInfo, "28B5557D-3F3F-48B4-90B2-5F9EEA2F6C48"},
    {&nr_IID_ICorProfilerInfo2, "CC0935CD-A518-487D-B0BB-A93214E65478"},
    {&nr_IID_ICorProfilerInfo3, "B555ED4F-452A-4E54-8B39-B5360BAD32A0"},
    {&nr_IID_ICorProfilerInfo4, "0D8FDCAA-6257-47BF-B1BF-94DAC88466EE"},
    {&nr_IID_ICorProfilerInfo5, "07602928-CE38-4B83-81E7-74ADAF781214"},
    {&nr_IID_ICorProfilerInfo6, "F30A070D-BFFB-46A7-B1D8-8781EF7B698A"},
    {&nr_IID_ICorProfilerInfo7, "9AEECC0D-63E0-4187-8C00-E312F503F663"},
    {&nr_IID_ICorProfilerInfo8, "C5AC80A6-782E-4716-8044-39598C60CFBF"},
    {&nr_IID_ICorProfilerInfo9, "008170DB-F8CC-4796-9A51-DC8AA0B47012"},
    {&nr_IID_ICorProfilerInfo10, "2F1B5152-C869-40C9-AA5F-3ABE026BD720"},
    {&nr_IID_ICorProfilerInfo11, "06398876-8987-4154-B621-40A00D6E4D04"},
    {&nr_IID_ICorProfilerInfo12, "27B24CCD-1CB1-47C5-96EE-98190DC30959"},
    {&nr_IID_ICorProfilerInfo13, "6E6C7EE2-0701-4EC2-9D29-2E8733B66934"},
    {&nr_IID_ICorProfilerInfo14, "F460E352-D76D-4FE9-835F-F6AF9D6E862D"},
    {&nr_IID_ICorProfilerInfo15, "B446462D-BD22-41DD-872D-DC714C49EB56"},
    {&nr_IID_ICorProfilerFunctionControl, "F0963021-E1EA-4732-8581-E01B0BD3C0C6"},
    {&nr_IID_ICorProfilerObjectEnum, "2C6269BD-2D13-4321-AE12-6686365FD6AF"},
    {&nr_IID_ICorProfilerFunctionEnum, "FF71301A-B994-429D-A10B-B345A65280EF"},
    {&nr_IID_ICorProfilerModuleEnum, "B0266D75-2081-4493-AF7F-028BA34DB891"},
    {&nr_IID_ICorProfilerMethodEnum, "FCCEE788-0088-454B-A811-C99F298D1942"},
    {&nr_IID_ICorProfilerThreadEnum, "571194F7-25ED-419F-AA8B-7016B3159701"},
    {&nr_IID_ICorProfilerAssemblyReferenceProvider, "66A78C24-2EEF-4F65-B45F-DD1D8038BF3C"},
    {&nr_IID_IMethodMalloc, "A0EFB28B-6EE2-4D7B-B983-A75EF7BEEDB8"},
    {&nr_IID_IMetaDataImport, "7DAC8207-D3AE-4C75-9B67-92801A497D44"},
    {&nr_IID_IMetaDataImport2, "FCE5EFA0-8BBA-4F8E-A036-8F2022B08466"},
    {&nr_IID_IMetaDataEmit, "BA3FEE4C-ECB9-4E41-83B7-183FA41CD859"},
    {&nr_IID_IMetaDataEmit2, "F5DD9950-F693-42E6-830E-7B833E8146A9"},
    {&nr_IID_IMetaDataAssemblyImport, "EE62470B-E94B-424E-9B7C-2F00C9249F93"},
    {&nr_IID_IMetaDataAssemblyEmit, "211EF15B-5317-4438-B196-DEC87B887693"},
    {&nr_IID_IMetaDataDispenser, "809C652E-7396-11D2-9771-00A0C9B4D50C"},
    {&nr_CLSID_CorMetaDataDispenser, "E5CB7A31-7512-11D2-89CE-0080C792E5D8"},
    {&nr_CLSID_NewRelicCore, "36032161-FFC0-4B61-B559-F6C5D41BAE5A"},
    {&nr_CLSID_NewRelicFramework, "71DA0A04-7777-4EC6-9643-7D28B46A8A41"},
};

static void test_guids(void) {
    NR_CASE("every identifier reads as published");
    for (size_t i = 0; i < NR_COUNT_OF(guids); i++) {
        const GUID *guid = guids[i].guid;
        const uint8_t *d = guid->Data4;
        char text[37];
        snprintf(text, sizeof text, "%08" PRIX32 "-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X",
                 guid->Data1, guid->Data2, guid->Data3, d[0], d[1], d[2], d[3], d[4], d[5], d[6],
                 d[7]);
        CHECK_STR(nr_str_of(text), guids[i].text);
    }

    NR_CASE("identifiers are equal to themselves only");
    for (size_t i = 0; i < NR_COUNT_OF(guids); i++) {
        for (size_t k = 0; k < NR_COUNT_OF(guids); k++) {
            CHECK(nr_guid_equal(guids[i].guid, guids[k].guid) == (i == k));
        }
    }

    NR_CASE("equality looks at every byte");
    for (size_t i = 0; i < sizeof(GUID); i++) {
        GUID other = nr_IID_ICorProfilerInfo4;
        CHECK(nr_guid_equal(&other, &nr_IID_ICorProfilerInfo4));
        ((uint8_t *)&other)[i] ^= 0x80;
        CHECK(!nr_guid_equal(&other, &nr_IID_ICorProfilerInfo4));
    }
}

static void test_results(void) {
    NR_CASE("result codes: failures are negative, successes are not");
    CHECK(FAILED(E_FAIL) && FAILED(CORPROF_E_PROFILER_CANCEL_ACTIVATION) && FAILED(-1));
    CHECK(SUCCEEDED(S_OK) && SUCCEEDED(S_FALSE) && SUCCEEDED(META_S_DUPLICATE));
    CHECK_INT(E_OUTOFMEMORY, INT64_C(0x8007000E) - (INT64_C(1) << 32));
}

// NUL-terminated content of a file below the root of the project, or NULL.
static const char *load(struct nr_arena *arena, const char *path) {
    char full[4096];
    snprintf(full, sizeof full, "%s/%s", NR_TEST_ROOT, path);
    FILE *file = fopen(full, "rb");
    if (!file) return NULL;
    struct nr_buffer buffer;
    nr_buffer_init(&buffer, arena);
    char chunk[4096];
    for (size_t size; (size = fread(chunk, 1, sizeof chunk, file)) > 0;) {
        nr_buffer_append(&buffer, chunk, size);
    }
    fclose(file);
    nr_buffer_u8(&buffer, 0);
    return buffer.status == NR_OK ? (const char *)buffer.data : NULL;
}

// The text from after the first head to the first tail behind it; empty when there is none.
static struct nr_str between(const char *text, const char *head, const char *tail) {
    const char *from = strstr(text, head);
    if (!from) return NR_STR("");
    from += strlen(head);
    const char *to = strstr(from, tail);
    return to ? (struct nr_str){from, (size_t)(to - from)} : NR_STR("");
}

// Takes the next NR_METHOD(Name) or NR_METHOD_OF(type, Name) from the front of a table of ours.
static struct nr_str take_slot(struct nr_str *table) {
    struct nr_str call = between(table->data, "NR_METHOD", ")");
    if (call.size == 0 || call.data >= table->data + table->size) return NR_STR("");
    *table = nr_str_slice(*table, (size_t)(call.data - table->data) + call.size, table->size);
    size_t start = call.size;
    while (start > 0 && call.data[start - 1] != '(' && call.data[start - 1] != ' ') start--;
    return nr_str_slice(call, start, call.size);
}

// Takes the next "Name" from the front of a list of the recorder's.
static struct nr_str take_quoted(struct nr_str *list) {
    struct nr_str name = between(list->data, "\"", "\"");
    if (name.size == 0 || name.data >= list->data + list->size) return NR_STR("");
    *list = nr_str_slice(*list, (size_t)(name.data - list->data) + name.size + 1, list->size);
    return name;
}

static void test_slots(void) {
    static const struct {
        const char *vtable, *file, *list;
        size_t slots;
        size_t later;  // slots of versions that we do not declare
    } tables[] = {
#define TABLE(name, file, list, later)                                                            \
    {"typedef struct " #name " {", "src/clr/" file, list "[] = {", sizeof(name) / sizeof(void *), \
     later}
        TABLE(ICorProfilerCallback4Vtbl, "corprof.h", "N_CALLBACK", 9),
        TABLE(ICorProfilerInfo15Vtbl, "corprof.h", "N_INFO", 0),
        TABLE(IMetaDataImport2Vtbl, "cormeta.h", "N_IMPORT", 0),
        TABLE(IMetaDataEmit2Vtbl, "cormeta.h", "N_EMIT", 0),
        TABLE(IMetaDataAssemblyImportVtbl, "cormeta.h", "N_ASMIMPORT", 0),
        TABLE(IMetaDataAssemblyEmitVtbl, "cormeta.h", "N_ASMEMIT", 0),
#undef TABLE
    };
    struct nr_arena arena = NR_ARENA_INIT;
    const char *recorder = load(&arena, "../shared/tools/recorder/slots.h");
    for (size_t i = 0; i < NR_COUNT_OF(tables); i++) {
        if (!recorder) {
            nr_test_skip(tables[i].vtable, "the recorder's slots.h is not there");
            continue;
        }
        NR_CASE(tables[i].vtable);
        const char *header = load(&arena, tables[i].file);
        if (!CHECK(header)) continue;
        struct nr_str ours = between(header, tables[i].vtable, "\n}");
        struct nr_str theirs = between(recorder, tables[i].list, "}");
        for (size_t slot = 0; slot < tables[i].slots; slot++) {
            struct nr_str name = take_slot(&ours);
            CHECK(name.size > 0 && nr_str_equal(name, take_quoted(&theirs)));
        }
        CHECK_INT(take_slot(&ours).size, 0);
        for (size_t slot = 0; slot < tables[i].later; slot++) CHECK(take_quoted(&theirs).size > 0);
        CHECK_INT(take_quoted(&theirs).size, 0);
    }
    nr_arena_free(&arena);
}

void test_clr(void) {
    test_guids();
    test_results();
    test_slots();
}
