// Growable byte buffer.
// SPDX-License-Identifier: Apache-2.0
#include "base/buffer.h"

#include <string.h>

enum { FIRST_CAPACITY = 256 };

bool nr_bytes_equal(struct nr_bytes left, struct nr_bytes right) {
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

void nr_buffer_init(struct nr_buffer *buffer, struct nr_arena *arena) {
    *buffer = (struct nr_buffer){.arena = arena};
}

uint8_t *nr_buffer_reserve(struct nr_buffer *buffer, size_t count) {
    if (buffer->status != NR_OK) return NULL;
    if (count > SIZE_MAX / 4 - buffer->size) {
        buffer->status = NR_NO_MEMORY;
        return NULL;
    }
    if (!buffer->data || buffer->capacity - buffer->size < count) {
        size_t capacity = buffer->capacity ? buffer->capacity * 2 : FIRST_CAPACITY;
        if (capacity < buffer->size + count) capacity = buffer->size + count;
        uint8_t *data = nr_arena_grow(buffer->arena, buffer->data, buffer->size, capacity);
        if (!data) {
            buffer->status = NR_NO_MEMORY;
            return NULL;
        }
        buffer->data = data;
        buffer->capacity = capacity;
    }
    uint8_t *result = buffer->data + buffer->size;
    memset(result, 0, count);
    buffer->size += count;
    return result;
}

void nr_buffer_append(struct nr_buffer *buffer, const void *data, size_t size) {
    uint8_t *place = nr_buffer_reserve(buffer, size);
    if (place && size) memcpy(place, data, size);
}

static void append_number(struct nr_buffer *buffer, uint64_t value, size_t size) {
    uint8_t *place = nr_buffer_reserve(buffer, size);
    for (size_t i = 0; place && i < size; i++) place[i] = (uint8_t)(value >> (8 * i));
}

void nr_buffer_u8(struct nr_buffer *buffer, uint8_t value) { append_number(buffer, value, 1); }
void nr_buffer_u16(struct nr_buffer *buffer, uint16_t value) { append_number(buffer, value, 2); }
void nr_buffer_u32(struct nr_buffer *buffer, uint32_t value) { append_number(buffer, value, 4); }
void nr_buffer_u64(struct nr_buffer *buffer, uint64_t value) { append_number(buffer, value, 8); }

struct nr_bytes nr_buffer_bytes(const struct nr_buffer *buffer) {
    return (struct nr_bytes){buffer->data, buffer->size};
}

uint16_t nr_load_u16(const uint8_t *data) { return (uint16_t)(data[0] | data[1] << 8); }

uint32_t nr_load_u32(const uint8_t *data) {
    return nr_load_u16(data) | (uint32_t)nr_load_u16(data + 2) << 16;
}

uint64_t nr_load_u64(const uint8_t *data) {
    return nr_load_u32(data) | (uint64_t)nr_load_u32(data + 4) << 32;
}

void nr_store_u32(uint8_t *data, uint32_t value) {
    for (int i = 0; i < 4; i++) data[i] = (uint8_t)(value >> (8 * i));
}
