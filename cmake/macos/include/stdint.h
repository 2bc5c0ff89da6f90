// Integers of fixed width: the compiler's, where the largest small ones are int as the language asks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include_next <stdint.h>

#undef UINT8_MAX
#undef UINT16_MAX
#define UINT8_MAX 255
#define UINT16_MAX 65535
