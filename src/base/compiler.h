// The few things that differ between compilers, in one place.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_BASE_COMPILER_H
#define NR_BASE_COMPILER_H

#if defined(__GNUC__)
#if defined(__MINGW32__)
#define NR_PRINTF(format_index, first_index) \
    __attribute__((format(gnu_printf, format_index, first_index)))
#else
#define NR_PRINTF(format_index, first_index) \
    __attribute__((format(printf, format_index, first_index)))
#endif
#else
#define NR_PRINTF(format_index, first_index)
#endif

#define NR_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
