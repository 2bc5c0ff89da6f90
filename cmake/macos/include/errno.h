// Errors of the system's calls.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#define ENOENT 2
#define EINTR 4
#define ENOMEM 12
#define ENOTDIR 20

int *__error(void);
#define errno (*__error())
