// stat and fstat for a C library that has them under their old names only.
// SPDX-License-Identifier: Apache-2.0
//
// Before 2.33 glibc's libc.so.6 had no such functions: each program carried a copy that calls the
// one with a number for the layout of struct stat. New versions of glibc, and musl, still have those.
#include <sys/stat.h>

#ifdef __x86_64__
enum { LAYOUT = 1 };
#else
enum { LAYOUT = 0 };
#endif

int __xstat(int layout, const char *path, struct stat *facts);
int __fxstat(int layout, int descriptor, struct stat *facts);

int stat(const char *restrict path, struct stat *restrict facts) {
    return __xstat(LAYOUT, path, facts);
}

int fstat(int descriptor, struct stat *facts) { return __fxstat(LAYOUT, descriptor, facts); }
