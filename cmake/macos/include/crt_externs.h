// The program's arguments.
// SPDX-License-Identifier: Apache-2.0
#pragma once

char ***_NSGetArgv(void);
