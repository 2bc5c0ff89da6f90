// Growable byte buffer in an arena, and the byte span that readers take.
// SPDX-License-Identifier: Apache-2.0
//
// The buffer remembers the first failure: append as much as you like, then ask once for status.
// Numbers are written little-endian, as CIL and metadata want them (ECMA-335 II.24.2).
#ifndef NR_BASE_BUFFER_H
#define NR_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

// Bytes owned by somebody else. data may be NULL when size is 0.
struct nr_bytes {
    const uint8_t *data;
    size_t size;
};

bool nr_bytes_equal(struct nr_bytes left, struct nr_bytes right);

struct nr_buffer {
    struct nr_arena *arena;
    uint8_t *data;
    size_t size;
    size_t capacity;
    enum nr_status status;
};

void nr_buffer_init(struct nr_buffer *buffer, struct nr_arena *arena);
void nr_buffer_u8(struct nr_buffer *buffer, uint8_t value);
void nr_buffer_u16(struct nr_buffer *buffer, uint16_t value);
void nr_buffer_u32(struct nr_buffer *buffer, uint32_t value);
void nr_buffer_u64(struct nr_buffer *buffer, uint64_t value);
void nr_buffer_append(struct nr_buffer *buffer, const void *data, size_t size);
// count zero bytes; their address, or NULL after a failure.
uint8_t *nr_buffer_reserve(struct nr_buffer *buffer, size_t count);

// What was written so far, valid until the next append.
struct nr_bytes nr_buffer_bytes(const struct nr_buffer *buffer);

// Little-endian reads and writes at an address the caller has checked.
uint16_t nr_load_u16(const uint8_t *data);
uint32_t nr_load_u32(const uint8_t *data);
uint64_t nr_load_u64(const uint8_t *data);
void nr_store_u32(uint8_t *data, uint32_t value);

#endif
