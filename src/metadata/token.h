// Metadata tokens: table number in the top byte, row number below (ECMA-335 II.22, III.1.9).
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_METADATA_TOKEN_H
#define NR_METADATA_TOKEN_H

#include <stdint.h>

typedef uint32_t nr_token;  // 0 is no token

enum nr_table {
    NR_TABLE_MODULE = 0x00,
    NR_TABLE_TYPE_REF = 0x01,
    NR_TABLE_TYPE_DEF = 0x02,
    NR_TABLE_FIELD = 0x04,
    NR_TABLE_METHOD_DEF = 0x06,
    NR_TABLE_PARAM = 0x08,
    NR_TABLE_INTERFACE_IMPL = 0x09,
    NR_TABLE_MEMBER_REF = 0x0A,
    NR_TABLE_CONSTANT = 0x0B,
    NR_TABLE_CUSTOM_ATTRIBUTE = 0x0C,
    NR_TABLE_STAND_ALONE_SIG = 0x11,
    NR_TABLE_MODULE_REF = 0x1A,
    NR_TABLE_TYPE_SPEC = 0x1B,
    NR_TABLE_ASSEMBLY = 0x20,
    NR_TABLE_ASSEMBLY_REF = 0x23,
    NR_TABLE_EXPORTED_TYPE = 0x27,
    NR_TABLE_NESTED_CLASS = 0x29,
    NR_TABLE_GENERIC_PARAM = 0x2A,
    NR_TABLE_METHOD_SPEC = 0x2B,
    NR_TABLE_USER_STRING = 0x70,  // not a table: an offset into the #US heap
};

#define NR_TOKEN(table, row) ((nr_token)(((uint32_t)(table) << 24) | (uint32_t)(row)))
#define NR_TOKEN_TABLE(token) ((enum nr_table)((token) >> 24))
#define NR_TOKEN_ROW(token) ((token)&0xFFFFFFu)

// Attribute bits (II.23.1.15, II.23.1.10, II.23.1.11) as far as this library asks for them.
enum {
    NR_TYPE_VISIBILITY_MASK = 0x7,  // 2 and above: nested
    NR_TYPE_NESTED_PUBLIC = 0x2,
    NR_TYPE_LAYOUT_MASK = 0x18,
    NR_TYPE_SEQUENTIAL_LAYOUT = 0x8,
    NR_TYPE_INTERFACE = 0x20,
    NR_GENERIC_ALLOW_BY_REF_LIKE = 0x20,  // .NET 9 addendum to II.23.1.7
    NR_METHOD_UNMANAGED_EXPORT = 0x8,
    NR_METHOD_STATIC = 0x10,
    NR_METHOD_ABSTRACT = 0x400,
    NR_METHOD_SPECIAL_NAME = 0x800,
    NR_METHOD_PINVOKE = 0x2000,
};

#endif
