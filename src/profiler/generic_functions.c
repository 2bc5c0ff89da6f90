// A short list: a method stays in it only between two ReJITs.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/generic_functions.h"

#include <stdlib.h>

struct nr_generic_function {
    struct nr_generic_function *next;
    ModuleID module;
    mdMethodDef method;
    FunctionID function;  // 0 while it waits
};

void nr_generic_functions_init(struct nr_generic_functions *functions) {
    nr_mutex_init(&functions->lock);
    functions->first = NULL;
}

// The link that leads to the entry, or the last link.
static struct nr_generic_function **find(struct nr_generic_functions *functions, ModuleID module,
                                         mdMethodDef method) {
    struct nr_generic_function **link = &functions->first;
    while (*link && ((*link)->module != module || (*link)->method != method)) {
        link = &(*link)->next;
    }
    return link;
}

// The entry, which is made when there is none; NULL: no memory.
static struct nr_generic_function *find_or_add(struct nr_generic_function **link, ModuleID module,
                                               mdMethodDef method) {
    if (!*link && (*link = calloc(1, sizeof(**link))) != NULL) {
        (*link)->module = module;
        (*link)->method = method;
    }
    return *link;
}

static void unlink_entry(struct nr_generic_function **link) {
    struct nr_generic_function *entry = *link;
    *link = entry->next;
    free(entry);
}

FunctionID nr_generic_functions_take(struct nr_generic_functions *functions, ModuleID module,
                                     mdMethodDef method) {
    FunctionID function = 0;
    nr_mutex_lock(&functions->lock);
    struct nr_generic_function **link = find(functions, module, method);
    if (*link && (*link)->function) {
        function = (*link)->function;
        unlink_entry(link);
    } else {
        find_or_add(link, module, method);
    }
    nr_mutex_unlock(&functions->lock);
    return function;
}

void nr_generic_functions_put(struct nr_generic_functions *functions, ModuleID module,
                              mdMethodDef method, FunctionID function) {
    nr_mutex_lock(&functions->lock);
    struct nr_generic_function **link = find(functions, module, method);
    if (!*link) *link = calloc(1, sizeof(**link));
    if (*link) {
        (*link)->module = module;
        (*link)->method = method;
        (*link)->function = function;
    }
    nr_mutex_unlock(&functions->lock);
}

bool nr_generic_functions_give(struct nr_generic_functions *functions, ModuleID module,
                               mdMethodDef method, FunctionID function) {
    nr_mutex_lock(&functions->lock);
    struct nr_generic_function *entry = *find(functions, module, method);
    bool waits = entry && !entry->function;
    if (waits) entry->function = function;
    nr_mutex_unlock(&functions->lock);
    return waits;
}

// The address of the entry: FunctionIDs are addresses too, of what belongs to the CLR.
FunctionID nr_generic_functions_number(struct nr_generic_functions *functions, ModuleID module,
                                       mdMethodDef method) {
    nr_mutex_lock(&functions->lock);
    struct nr_generic_function **link = find(functions, module, method);
    FunctionID number = (FunctionID)find_or_add(link, module, method);
    nr_mutex_unlock(&functions->lock);
    return number;
}

void nr_generic_functions_forget(struct nr_generic_functions *functions, ModuleID module) {
    nr_mutex_lock(&functions->lock);
    struct nr_generic_function **link = &functions->first;
    while (*link) {
        if ((*link)->module == module)
            unlink_entry(link);
        else
            link = &(*link)->next;
    }
    nr_mutex_unlock(&functions->lock);
}
