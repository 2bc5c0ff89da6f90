// Types of the system's calls.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef long ssize_t;
typedef int64_t off_t;
typedef uint16_t mode_t;
typedef int pid_t;
typedef long time_t;

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
