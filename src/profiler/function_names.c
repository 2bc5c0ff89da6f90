// Reads the names from metadata and keeps them in a hash table.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/function_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "clr/cormeta.h"
#include "clr/guids.h"

enum { FIRST_CAPACITY = 1024, LONGEST_NAME = 1024, DEEPEST_NESTING = 64 };

struct nr_known_function {
    FunctionID function;  // 0: free
    ModuleID module;
    const WCHAR *type, *method;  // NULL after the module was unloaded
};

static const WCHAR unknown_type[] = {'U', 'n', 'k', 'n', 'o', 'w', 'n', 'C', 'l', 'a', 's', 's', 0};
static const WCHAR unknown_method[] = {'U', 'n', 'k', 'n', 'o', 'w', 'n', 'M', 'e', 't', 'h',
                                       'o', 'd', '(', 'e', 'r', 'r', 'o', 'r', ')', 0};
void nr_function_names_init(struct nr_function_names *names) { memset(names, 0, sizeof(*names)); }

void nr_function_names_free(struct nr_function_names *names) {
    nr_arena_free(&names->arena);
    free(names->slots);
    free(names->answer);
    nr_function_names_init(names);
}

// ---- the table ----

// The slot of the function, or the free one where it would go; there always is one.
static struct nr_known_function *find_slot(struct nr_known_function *slots, size_t capacity,
                                           FunctionID function) {
    uint64_t mixed = (uint64_t)(function >> 3) * 0x9E3779B97F4A7C15u;
    size_t i = (size_t)(mixed >> 32) & (capacity - 1);
    while (slots[i].function != 0 && slots[i].function != function) i = (i + 1) & (capacity - 1);
    return &slots[i];
}

static const struct nr_known_function *find(const struct nr_function_names *names,
                                            FunctionID function) {
    if (names->capacity == 0 || function == 0) return NULL;
    const struct nr_known_function *slot = find_slot(names->slots, names->capacity, function);
    return slot->function != 0 && slot->type ? slot : NULL;
}

static bool grow(struct nr_function_names *names) {
    size_t capacity = names->capacity ? names->capacity * 2 : FIRST_CAPACITY;
    struct nr_known_function *slots = calloc(capacity, sizeof(*slots));
    if (!slots) return false;
    size_t used = 0;
    for (size_t i = 0; i < names->capacity; i++) {
        const struct nr_known_function *old = &names->slots[i];
        if (old->function == 0 || !old->type) continue;
        *find_slot(slots, capacity, old->function) = *old;
        used++;
    }
    free(names->slots);
    names->slots = slots;
    names->capacity = capacity;
    names->used = used;
    return true;
}

static void keep(struct nr_function_names *names, const struct nr_known_function *known) {
    if (!known->type || !known->method) return;
    if (names->used >= names->capacity / 2 && !grow(names)) return;
    struct nr_known_function *slot = find_slot(names->slots, names->capacity, known->function);
    if (slot->function == 0) names->used++;
    *slot = *known;
}

bool nr_function_names_has(const struct nr_function_names *names, FunctionID function) {
    return find(names, function) != NULL;
}

void nr_function_names_forget(struct nr_function_names *names, ModuleID module) {
    for (size_t i = 0; i < names->capacity; i++) {
        if (names->slots[i].module == module) names->slots[i].type = NULL;
    }
}

// Each text once, so that assemblies that come and go leave nothing behind.
static const WCHAR *intern(struct nr_function_names *names, const WCHAR *text) {
    struct nr_str key = {(const char *)text, (nr_utf16_length(text) + 1) * sizeof(WCHAR)};
    if (!names->texts.arena) nr_map_init(&names->texts, &names->arena);
    WCHAR *kept = nr_map_get(&names->texts, key);
    if (kept) return kept;
    kept = nr_arena_alloc(&names->arena, key.size);
    if (!kept) return NULL;
    memcpy(kept, text, key.size);
    key.data = (const char *)kept;
    return nr_map_set(&names->texts, key, kept) == NR_OK ? kept : NULL;
}

// ---- asking the CLR ----

// A name that does not fit is cut, by the CLR.
struct name {
    WCHAR text[LONGEST_NAME];
};

// Puts the name of an enclosing type and a plus before what is there; what does not fit stays away.
static void prepend(struct name *name, const WCHAR *outer) {
    size_t length = nr_utf16_length(name->text), added = nr_utf16_length(outer) + 1;
    if (length + added + 1 > LONGEST_NAME) return;
    memmove(name->text + added, name->text, (length + 1) * sizeof(WCHAR));
    memcpy(name->text, outer, (added - 1) * sizeof(WCHAR));
    name->text[added - 1] = '+';
}

static bool read_type(IMetaDataImport2 *import, mdTypeDef type, struct name *name) {
    struct name outer;
    ULONG length = 0;
    if (FAILED(import->lpVtbl->GetTypeDefProps(import, type, name->text, LONGEST_NAME, &length,
                                               NULL, NULL)) ||
        length == 0) {
        return false;
    }
    for (int depth = 0; depth < DEEPEST_NESTING; depth++) {
        if (FAILED(import->lpVtbl->GetNestedClassProps(import, type, &type)) ||
            FAILED(import->lpVtbl->GetTypeDefProps(import, type, outer.text, LONGEST_NAME, &length,
                                                   NULL, NULL)) ||
            length == 0) {
            break;
        }
        prepend(name, outer.text);
    }
    return true;
}

static bool read_names(IMetaDataImport2 *import, mdMethodDef token, struct name *type,
                       struct name *method) {
    mdTypeDef owner = 0;
    ULONG length = 0;
    if (FAILED(import->lpVtbl->GetMethodProps(import, token, &owner, method->text, LONGEST_NAME,
                                              &length, NULL, NULL, NULL, NULL, NULL)) ||
        length == 0) {
        return false;
    }
    return read_type(import, owner, type);
}

void nr_function_names_learn(struct nr_function_names *names, ICorProfilerInfo15 *info,
                             FunctionID function) {
    struct nr_known_function known = {.function = function};
    struct name type, method;
    IMetaDataImport2 *import = NULL;
    mdToken token = 0;
    if (FAILED(info->lpVtbl->GetFunctionInfo(info, function, NULL, &known.module, &token)) ||
        FAILED(info->lpVtbl->GetTokenAndMetaDataFromFunction(
            info, function, &nr_IID_IMetaDataImport2, (IUnknown **)(void *)&import, &token)) ||
        !import) {
        return;
    }
    if (read_names(import, token, &type, &method)) {
        known.type = intern(names, type.text);
        known.method = intern(names, method.text);
        keep(names, &known);
    }
    import->lpVtbl->Release(import);
}

// ---- answers ----

const struct nr_function_name *nr_function_names_answer(struct nr_function_names *names,
                                                        const uintptr_t *functions, size_t length) {
    struct nr_function_name *answer = calloc(length, sizeof(*answer));
    if (!answer) return NULL;
    for (size_t i = 0; i < length; i++) {
        const struct nr_known_function *known = find(names, functions[i]);
        answer[i] = (struct nr_function_name){functions[i], known ? known->type : unknown_type,
                                              known ? known->method : unknown_method};
    }
    free(names->answer);
    names->answer = answer;
    return answer;
}
