// Names of the status codes.
// SPDX-License-Identifier: Apache-2.0
#include "base/status.h"

const char *nr_status_name(enum nr_status status) {
    switch (status) {
    case NR_OK: return "ok";
    case NR_NO_MEMORY: return "out of memory";
    case NR_MALFORMED: return "malformed";
    case NR_UNSUPPORTED: return "unsupported";
    case NR_TOO_LARGE: return "too large";
    case NR_NOT_FOUND: return "not found";
    case NR_IO: return "input/output error";
    case NR_CLR: return "CLR call failed";
    }
    return "unknown";
}
