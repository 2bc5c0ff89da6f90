// The program's path.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

int _NSGetExecutablePath(char *path, uint32_t *size);
