// Looks at the headers of a PE image and at nothing else.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/managed_image.h"

#include <string.h>

enum {
    PE_OFFSET_AT = 0x3C,    // II.25.2.1
    FILE_HEADER_SIZE = 24,  // with the signature
    PE32 = 0x10B,           // II.25.2.3.1
    PE32_PLUS = 0x20B,
    DIRECTORIES_PE32 = 96,  // from the start of the optional header
    DIRECTORIES_PE32_PLUS = 112,
    CLI_DIRECTORY = 14,  // II.25.2.3.3
    DIRECTORY_SIZE = 8,
};

bool nr_is_managed_image(struct nr_bytes head) {
    if (head.size < PE_OFFSET_AT + 4 || memcmp(head.data, "MZ", 2) != 0) return false;
    uint32_t pe = nr_load_u32(head.data + PE_OFFSET_AT);
    if (pe > head.size || head.size - pe < FILE_HEADER_SIZE + 2) return false;
    if (memcmp(head.data + pe, "PE\0\0", 4) != 0) return false;
    size_t optional = pe + FILE_HEADER_SIZE;
    uint16_t magic = nr_load_u16(head.data + optional);
    if (magic != PE32 && magic != PE32_PLUS) return false;
    size_t cli = optional + (magic == PE32 ? DIRECTORIES_PE32 : DIRECTORIES_PE32_PLUS) +
                 CLI_DIRECTORY * DIRECTORY_SIZE;
    if (cli + DIRECTORY_SIZE > head.size) return false;
    return nr_load_u32(head.data + cli) != 0 && nr_load_u32(head.data + cli + 4) != 0;
}
