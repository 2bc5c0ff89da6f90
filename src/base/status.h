// Errors as values: one enumeration for the whole library, and the macro that passes an error up.
// SPDX-License-Identifier: Apache-2.0
//
// A function that can fail returns enum nr_status and leaves its out parameters untouched unless it
// returns NR_OK. Messages for people are made where the cause is known (see base/log.h), not here.
#ifndef NR_BASE_STATUS_H
#define NR_BASE_STATUS_H

enum nr_status {
    NR_OK = 0,
    NR_NO_MEMORY,    // an allocation failed
    NR_MALFORMED,    // bytes, text or metadata break their format
    NR_UNSUPPORTED,  // well-formed, but nothing this code can handle
    NR_TOO_LARGE,    // a documented limit of a format or of this library
    NR_NOT_FOUND,    // what was asked for is not there
    NR_IO,           // the operating system refused
    NR_CLR,          // a call into the CLR failed
};

// A short, stable name such as "malformed"; never NULL.
const char *nr_status_name(enum nr_status status);

// Evaluates expr once; returns its status from the enclosing function unless it is NR_OK.
#define NR_TRY(expr)                          \
    do {                                      \
        enum nr_status nr_try_ = (expr);      \
        if (nr_try_ != NR_OK) return nr_try_; \
    } while (0)

#endif
