// Opening files.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#define O_RDONLY 0x0
#define O_WRONLY 0x1
#define O_NONBLOCK 0x4
#define O_APPEND 0x8
#define O_CREAT 0x200
#define O_NOCTTY 0x20000
#define O_CLOEXEC 0x1000000

int open(const char *path, int flags, ...);
