// Directories.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

typedef struct nr_mac_directory DIR;

struct dirent {
    uint64_t d_ino, d_seekoff;
    uint16_t d_reclen, d_namlen;
    uint8_t d_type;
    char d_name[1024];
};
_Static_assert(sizeof(struct dirent) == 1048, "as the system fills it in");

DIR *opendir(const char *path);
struct dirent *readdir(DIR *directory);
int closedir(DIR *directory);
