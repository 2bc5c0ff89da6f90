// Counts the memory that the library holds: linked into a copy of it, with malloc wrapped.
// SPDX-License-Identifier: Apache-2.0
//
// Any thread may call.
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);
__attribute__((visibility("default"))) long long HeapInUse(void);

static atomic_llong in_use;

static void *taken(void *memory) {
    in_use += (long long)malloc_usable_size(memory);
    return memory;
}

void *__wrap_malloc(size_t size) { return taken(__real_malloc(size)); }

void *__wrap_calloc(size_t count, size_t size) { return taken(__real_calloc(count, size)); }

void *__wrap_realloc(void *memory, size_t size) {
    long long before = (long long)malloc_usable_size(memory);
    void *now = __real_realloc(memory, size);
    if (now) in_use -= before;
    return taken(now);
}

void __wrap_free(void *memory) {
    in_use -= (long long)malloc_usable_size(memory);
    __real_free(memory);
}

// In bytes.
long long HeapInUse(void) { return in_use; }
