// Walks through the two tables: hash tables in "native format", read from end to end.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/inline_record.h"

enum { INLINEE_OUTSIDE = 1, INLINERS_OUTSIDE = 2, LARGEST_SHIFT = 24 };

struct reader {
    struct nr_bytes table;
    size_t at;
    uint32_t left;  // numbers of the entry
    enum nr_status status;
};

static uint8_t next_byte(struct reader *reader) {
    if (reader->at >= reader->table.size) {
        reader->status = NR_MALFORMED;
        return 0;
    }
    return reader->table.data[reader->at++];
}

// As many bytes follow the first as that has ones at its low end, up to three, and the number is in
// the bits above; with four ones it is the four bytes that follow. *bits: how many it may have.
static uint32_t next_number(struct reader *reader, unsigned *bits) {
    uint32_t value = next_byte(reader);
    unsigned more = 0;
    while (more < 4 && (value >> more & 1) != 0) more++;
    *bits = more < 4 ? 7 * (more + 1) : 32;
    if (more == 4) value = 0;
    for (unsigned i = 0; i < more; i++) {
        value |= (uint32_t)next_byte(reader) << (8 * (more < 4 ? i + 1 : i));
    }
    return more < 4 ? value >> (more + 1) : value;
}

static uint32_t next_unsigned(struct reader *reader) {
    unsigned bits;
    return next_number(reader, &bits);
}

// How far an entry is from the place that names it, modulo the size of size_t.
static size_t next_distance(struct reader *reader) {
    unsigned bits;
    uint32_t value = next_number(reader, &bits), sign = (uint32_t)1 << (bits - 1);
    return (size_t)(value ^ sign) - sign;
}

static uint32_t next_of_entry(struct reader *reader) {
    if (reader->left == 0) {
        reader->status = NR_MALFORMED;
        return 0;
    }
    reader->left--;
    return next_unsigned(reader);
}

static nr_token method_of(uint32_t row) { return NR_TOKEN(NR_TABLE_METHOD_DEF, NR_TOKEN_ROW(row)); }

// Rows as differences; flagged: with a bit that tells whether a module follows.
static void read_inliners(struct reader *reader, struct nr_inlining inlining, uint32_t module,
                          bool flagged, nr_inlining_visit *visit, void *context) {
    uint32_t row = 0;
    while (reader->left > 0 && reader->status == NR_OK) {
        uint32_t number = next_of_entry(reader);
        row += flagged ? number >> 1 : number;
        inlining.inliner_module = flagged && (number & 1) != 0 ? next_of_entry(reader) : module;
        inlining.inliner = method_of(row);
        if (reader->status == NR_OK) visit(context, &inlining);
    }
}

static void read_entry_of_module(struct reader *reader, nr_inlining_visit *visit, void *context) {
    uint32_t number = next_of_entry(reader);
    struct nr_inlining inlining = {.inlinee = method_of(number >> 1)};
    if ((number & 1) != 0) inlining.inlinee_module = next_of_entry(reader);
    read_inliners(reader, inlining, 0, true, visit, context);
}

static void read_entry_of_image(struct reader *reader, bool many_modules, nr_inlining_visit *visit,
                                void *context) {
    uint32_t number = next_of_entry(reader);
    struct nr_inlining inlining = {.inlinee = method_of(number >> 2)};
    if ((number & INLINEE_OUTSIDE) != 0) return;
    if (many_modules) inlining.inlinee_module = next_of_entry(reader);
    uint32_t outside = (number & INLINERS_OUTSIDE) != 0 ? next_of_entry(reader) : 0;
    while (outside-- > 0 && reader->status == NR_OK) next_of_entry(reader);
    read_inliners(reader, inlining, inlining.inlinee_module, many_modules, visit, context);
}

// Where entry number index of the buckets' table points to. Entries have one, two or four bytes.
static size_t bucket(struct reader *reader, unsigned size, size_t index) {
    size_t value = 0;
    reader->at = 1 + index * size;
    for (unsigned i = 0; i < size; i++) value |= (size_t)next_byte(reader) << (8 * i);
    return 1 + value;
}

// The buckets lie one behind the other, so that one walk meets them all.
static enum nr_status read_table(struct nr_bytes table, const struct nr_inline_record *record,
                                 nr_inlining_visit *visit, void *context) {
    struct reader reader = {.table = table};
    if (table.size == 0) return NR_OK;
    uint8_t header = next_byte(&reader);
    if ((header & 3) == 3 || header >> 2 > LARGEST_SHIFT) return NR_MALFORMED;
    unsigned size = 1u << (header & 3);
    size_t end = bucket(&reader, size, (size_t)1 << (header >> 2));
    reader.at = bucket(&reader, size, 0);
    size_t numbers = 0;  // of entries, which share none
    while (reader.status == NR_OK && reader.at < end) {
        next_byte(&reader);  // of the hash
        struct reader entry = reader;
        size_t distance = next_distance(&reader);
        entry.at += distance;
        entry.left = next_unsigned(&entry);
        numbers += entry.left;
        if (numbers > table.size) return NR_MALFORMED;
        if (table.data == record->of_image.data) {
            read_entry_of_image(&entry, record->many_modules, visit, context);
        } else {
            read_entry_of_module(&entry, visit, context);
        }
        if (entry.status != NR_OK) return entry.status;
    }
    return reader.status;
}

enum nr_status nr_inline_record_read(const struct nr_inline_record *record,
                                     nr_inlining_visit *visit, void *context) {
    NR_TRY(read_table(record->of_module, record, visit, context));
    return read_table(record->of_image, record, visit, context);
}
