// Memory, environment, sorting and searching.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *memory, size_t size);
void free(void *memory);
char *getenv(const char *name);
void qsort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *item, const void *items, size_t count, size_t size,
              int (*compare)(const void *, const void *));
