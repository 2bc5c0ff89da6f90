// Descriptors and processes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#define STDOUT_FILENO 1

int close(int descriptor);
ssize_t read(int descriptor, void *bytes, size_t size);
ssize_t pread(int descriptor, void *bytes, size_t size, off_t from);
ssize_t write(int descriptor, const void *bytes, size_t size);
pid_t getpid(void);
