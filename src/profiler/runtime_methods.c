// Names the methods that the runtime needs as they are.
// SPDX-License-Identifier: Apache-2.0
//
// They are what the entry calls while it waits (instrument/entry.h), and what compiled code calls
// without being told to. While one of the latter has a ReJIT to come, .NET 9 crashes when it
// compiles another method that needs it (dotnet/runtime issue 112636, mended in .NET 10).
#include "profiler/runtime_methods.h"

#include "base/compiler.h"

#define COMPILER_SERVICES "System.Runtime.CompilerServices."

// No method named: all of the type.
static const struct {
    const char *type, *methods[5];
} runtime_methods[] = {
    {"System.Threading.Thread", {"Yield"}},
    {"System.Math",
     {"ConvertToInt32Checked", "ConvertToUInt32Checked", "ConvertToInt64Checked",
      "ConvertToUInt64Checked"}},
    {"System.Buffer", {"BulkMoveWithWriteBarrier"}},
    {"System.SpanHelpers", {"ClearWithoutReferences", "Fill", "Memmove"}},
    {COMPILER_SERVICES "CastHelpers", {NULL}},
    {COMPILER_SERVICES "GenericsHelpers", {NULL}},
    {COMPILER_SERVICES "InitHelpers", {NULL}},
    {COMPILER_SERVICES "StaticsHelpers", {NULL}},
    {COMPILER_SERVICES "VirtualDispatchHelpers", {NULL}},
};

static bool is_named(size_t row, struct nr_str method) {
    const char *const *names = runtime_methods[row].methods;
    if (!*names) return true;
    while (*names && !nr_str_equal(method, nr_str_of(*names))) names++;
    return *names;
}

bool nr_is_runtime_method(struct nr_str type, struct nr_str method) {
    bool found = false;
    for (size_t i = 0; i < NR_COUNT_OF(runtime_methods) && !found; i++) {
        found = nr_str_equal(type, nr_str_of(runtime_methods[i].type)) && is_named(i, method);
    }
    return found;
}

enum nr_status nr_runtime_methods_find(struct nr_module *core, struct nr_arena *arena,
                                       struct nr_buffer *found) {
    for (size_t i = 0; i < NR_COUNT_OF(runtime_methods); i++) {
        struct nr_tokens methods;
        nr_token type;
        if (nr_module_find_type(core, nr_str_of(runtime_methods[i].type), &type) != NR_OK) continue;
        NR_TRY(core->ops->methods(core, arena, type, &methods));
        for (size_t k = 0; k < methods.count; k++) {
            struct nr_method_def def;
            NR_TRY(core->ops->method_def(core, arena, methods.data[k], &def));
            if (is_named(i, def.name)) {
                nr_buffer_append(found, &methods.data[k], sizeof(methods.data[k]));
            }
        }
    }
    return found->status;
}
