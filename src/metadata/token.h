// Metadata tokens: table number in the top byte, row number below (ECMA-335 II.22, III.1.9).
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_METADATA_TOKEN_H
#define NR_METADATA_TOKEN_H

#include <stdint.h>

typedef uint32_t nr_token;  // 0 is no token

// The tables of ECMA-335 II.22, and those of uncompressed metadata that redirect row lists.
enum nr_table {
    NR_TABLE_MODULE = 0x00,
    NR_TABLE_TYPE_REF = 0x01,
    NR_TABLE_TYPE_DEF = 0x02,
    NR_TABLE_FIELD_PTR = 0x03,
    NR_TABLE_FIELD = 0x04,
    NR_TABLE_METHOD_PTR = 0x05,
    NR_TABLE_METHOD_DEF = 0x06,
    NR_TABLE_PARAM_PTR = 0x07,
    NR_TABLE_PARAM = 0x08,
    NR_TABLE_INTERFACE_IMPL = 0x09,
    NR_TABLE_MEMBER_REF = 0x0A,
    NR_TABLE_CONSTANT = 0x0B,
    NR_TABLE_CUSTOM_ATTRIBUTE = 0x0C,
    NR_TABLE_FIELD_MARSHAL = 0x0D,
    NR_TABLE_DECL_SECURITY = 0x0E,
    NR_TABLE_CLASS_LAYOUT = 0x0F,
    NR_TABLE_FIELD_LAYOUT = 0x10,
    NR_TABLE_STAND_ALONE_SIG = 0x11,
    NR_TABLE_EVENT_MAP = 0x12,
    NR_TABLE_EVENT_PTR = 0x13,
    NR_TABLE_EVENT = 0x14,
    NR_TABLE_PROPERTY_MAP = 0x15,
    NR_TABLE_PROPERTY_PTR = 0x16,
    NR_TABLE_PROPERTY = 0x17,
    NR_TABLE_METHOD_SEMANTICS = 0x18,
    NR_TABLE_METHOD_IMPL = 0x19,
    NR_TABLE_MODULE_REF = 0x1A,
    NR_TABLE_TYPE_SPEC = 0x1B,
    NR_TABLE_IMPL_MAP = 0x1C,
    NR_TABLE_FIELD_RVA = 0x1D,
    NR_TABLE_ENC_LOG = 0x1E,
    NR_TABLE_ENC_MAP = 0x1F,
    NR_TABLE_ASSEMBLY = 0x20,
    NR_TABLE_ASSEMBLY_PROCESSOR = 0x21,
    NR_TABLE_ASSEMBLY_OS = 0x22,
    NR_TABLE_ASSEMBLY_REF = 0x23,
    NR_TABLE_ASSEMBLY_REF_PROCESSOR = 0x24,
    NR_TABLE_ASSEMBLY_REF_OS = 0x25,
    NR_TABLE_FILE = 0x26,
    NR_TABLE_EXPORTED_TYPE = 0x27,
    NR_TABLE_MANIFEST_RESOURCE = 0x28,
    NR_TABLE_NESTED_CLASS = 0x29,
    NR_TABLE_GENERIC_PARAM = 0x2A,
    NR_TABLE_METHOD_SPEC = 0x2B,
    NR_TABLE_GENERIC_PARAM_CONSTRAINT = 0x2C,
    NR_TABLE_COUNT,
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
    NR_METHOD_ACCESS_MASK = 0x7,
    NR_METHOD_PUBLIC = 0x6,
    NR_METHOD_UNMANAGED_EXPORT = 0x8,
    NR_METHOD_STATIC = 0x10,
    NR_METHOD_ABSTRACT = 0x400,
    NR_METHOD_SPECIAL_NAME = 0x800,
    NR_METHOD_PINVOKE = 0x2000,
    NR_METHOD_IMPL_ASYNC = 0x2000,  // of impl_flags; .NET 10 addendum to II.23.1.11
};

#endif
