// Reads what the log, the points and the templates need to know of a method.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/method.h"

#include <string.h>

#include "config/tracer_flags.h"

enum { LONGEST_DOMAIN = 512 };

// Asked each time, since the CLR renames its domain after the first modules are loaded. The name is
// for the log only, so one that does not come is left out.
static struct nr_str domain_name(struct nr_arena *arena, ICorProfilerInfo15 *info,
                                 AppDomainID domain) {
    WCHAR name[LONGEST_DOMAIN] = {0};
    ULONG length = 0;
    if (FAILED(info->lpVtbl->GetAppDomainInfo(info, domain, LONGEST_DOMAIN, &length, name, NULL))) {
        name[0] = 0;
    }
    name[LONGEST_DOMAIN - 1] = 0;
    return nr_str_from_utf16(arena, (struct nr_str16){name, nr_utf16_length(name)});
}

static enum nr_status describe(struct nr_arena *arena, ICorProfilerInfo15 *info,
                               struct nr_method *method) {
    const struct nr_loaded_module *loaded = method->loaded;
    struct nr_str domain = domain_name(arena, info, loaded->domain);
    method->description =
        NR_STR_JOIN(arena, NR_STR("(Module: "), loaded->path, NR_STR(", AppDomain: "), domain,
                    NR_STR(")["), loaded->assembly_name, NR_STR("]"), method->type_name,
                    NR_STR("."), method->def.name, NR_STR("("), method->parameters, NR_STR(")"));
    return method->description.data ? NR_OK : NR_NO_MEMORY;
}

enum nr_status nr_method_read(struct nr_arena *arena, ICorProfilerInfo15 *info,
                              struct nr_loaded_module *loaded, struct nr_module *module,
                              nr_token token, struct nr_method *method) {
    struct nr_method_sig signature;
    struct nr_str assembly;
    *method = (struct nr_method){.loaded = loaded, .module = module, .token = token};
    NR_TRY(module->ops->method_def(module, arena, token, &method->def));
    NR_TRY(module->ops->assembly(module, arena, &assembly, &method->version));
    NR_TRY(nr_module_full_type_name(module, arena, method->def.owner, &method->type_name,
                                    &method->type_flags));
    NR_TRY(nr_method_sig_read(arena, method->def.signature, &signature));
    NR_TRY(nr_method_sig_print(arena, module, &signature, &method->parameters));
    return describe(arena, info, method);
}

const char *nr_method_skip(const struct nr_method *method) {
    if ((method->type_flags & NR_TYPE_LAYOUT_MASK) == NR_TYPE_SEQUENTIAL_LAYOUT) {
        return "sequential layout";
    }
    if ((method->def.flags & NR_METHOD_SPECIAL_NAME) &&
        !nr_str_equal(method->def.name, NR_STR(".ctor"))) {
        return "SpecialName";
    }
    if (method->def.flags & (NR_METHOD_PINVOKE | NR_METHOD_UNMANAGED_EXPORT)) return "interop";
    // Its body returns what is in the Task, not the Task that its signature names.
    if (method->def.impl_flags & NR_METHOD_IMPL_ASYNC) return "runtime-async";
    return NULL;
}

bool nr_assembly_may_have_attributes(struct nr_str assembly) {
    return !nr_str_starts_with(assembly, NR_STR("System.")) &&
           !nr_str_starts_with(assembly, NR_STR("Microsoft.")) &&
           !nr_str_starts_with(assembly, NR_STR("NewRelic."));
}

// The named argument Web = true of a custom attribute (ECMA-335 II.23.3): a property (0x54) of type
// bool (0x02) with that name. Other named arguments may stand before it; bool is the only type that
// the attribute has for them.
static bool says_web(struct nr_bytes value) {
    enum { PROLOG = 2, COUNT = 2, PROPERTY = 0x54, FIELD = 0x53 };
    if (value.size < PROLOG + COUNT || nr_load_u16(value.data) != 1) return false;
    uint16_t count = nr_load_u16(value.data + PROLOG);
    struct nr_bytes rest = {value.data + PROLOG + COUNT, value.size - PROLOG - COUNT};
    for (uint16_t i = 0; i < count && rest.size > 2; i++) {
        uint32_t length;
        size_t used;
        bool is_bool = (rest.data[0] == PROPERTY || rest.data[0] == FIELD) &&
                       rest.data[1] == NR_ELEMENT_BOOLEAN;
        struct nr_bytes name = {rest.data + 2, rest.size - 2};
        if (!is_bool || nr_sig_number_read(name, &length, &used) != NR_OK ||
            length >= name.size - used) {
            return false;
        }
        struct nr_str text = {(const char *)name.data + used, length};
        bool set = name.data[used + length] != 0;
        if (nr_str_equal(text, NR_STR("Web"))) return set;
        rest = (struct nr_bytes){name.data + used + length + 1, name.size - used - length - 1};
    }
    return false;
}

uint32_t nr_method_attribute_flags(const struct nr_method *method) {
    struct nr_module *module = method->module;
    struct nr_bytes value;
    if (module->ops->custom_attribute(module, method->token, NR_STR(NR_TRANSACTION_ATTRIBUTE),
                                      &value) == NR_OK) {
        return NR_FLAG_ATTRIBUTE |
               (says_web(value) ? NR_FLAG_WEB_TRANSACTION : NR_FLAG_OTHER_TRANSACTION);
    }
    bool traced = module->ops->custom_attribute(module, method->token, NR_STR(NR_TRACE_ATTRIBUTE),
                                                &value) == NR_OK;
    return traced ? NR_FLAG_ATTRIBUTE : 0;
}

bool nr_method_is_intrinsic(const struct nr_method *method) {
    struct nr_module *module = method->module;
    struct nr_bytes value;
    return nr_is_core_library(method->loaded) &&
           module->ops->custom_attribute(
               module, method->token, NR_STR("System.Runtime.CompilerServices.IntrinsicAttribute"),
               &value) == NR_OK;
}

bool nr_method_is_async(const struct nr_method *method) {
    struct nr_bytes value;
    return method->module->ops->custom_attribute(
               method->module, method->token,
               NR_STR("System.Runtime.CompilerServices.AsyncStateMachineAttribute"),
               &value) == NR_OK;
}

// The CLR keeps the body where it is, so it has to lie in memory of the CLR's own.
HRESULT nr_method_set_body(ICorProfilerInfo15 *info, ModuleID module, mdMethodDef method,
                           struct nr_bytes body) {
    IMethodMalloc *allocator = NULL;
    HRESULT hr = info->lpVtbl->GetILFunctionBodyAllocator(info, module, &allocator);
    if (FAILED(hr)) return hr;
    void *place = allocator->lpVtbl->Alloc(allocator, (ULONG)body.size);
    allocator->lpVtbl->Release(allocator);
    if (!place) return E_OUTOFMEMORY;
    memcpy(place, body.data, body.size);
    return info->lpVtbl->SetILFunctionBody(info, module, method, place);
}
