// The columns of every metadata table, and how wide they are in one module.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/schema.h"

#include "base/compiler.h"

// The kind of a column: a table for a plain index, or one of these.
enum {
    U16 = 0x30,
    U32,
    STRING,
    GUID,
    BLOB,
    CODED,  // and up: an index into coded[]
    TYPE_DEF_OR_REF = CODED,
    HAS_CONSTANT,
    HAS_CUSTOM_ATTRIBUTE,
    HAS_FIELD_MARSHAL,
    HAS_DECL_SECURITY,
    MEMBER_REF_PARENT,
    HAS_SEMANTICS,
    METHOD_DEF_OR_REF,
    MEMBER_FORWARDED,
    IMPLEMENTATION,
    CUSTOM_ATTRIBUTE_TYPE,
    RESOLUTION_SCOPE,
    TYPE_OR_METHOD_DEF,
};

// Coded indexes (II.24.2.6): the tables by tag.
enum { UNUSED = 0xFF };
static const struct {
    uint8_t bits, count;
    uint8_t tables[22];
} coded[] = {
    [TYPE_DEF_OR_REF - CODED] = {2, 3, {NR_TABLE_TYPE_DEF, NR_TABLE_TYPE_REF, NR_TABLE_TYPE_SPEC}},
    [HAS_CONSTANT - CODED] = {2, 3, {NR_TABLE_FIELD, NR_TABLE_PARAM, NR_TABLE_PROPERTY}},
    [HAS_CUSTOM_ATTRIBUTE - CODED] =
        {5,
         22,
         {NR_TABLE_METHOD_DEF,        NR_TABLE_FIELD,         NR_TABLE_TYPE_REF,
          NR_TABLE_TYPE_DEF,          NR_TABLE_PARAM,         NR_TABLE_INTERFACE_IMPL,
          NR_TABLE_MEMBER_REF,        NR_TABLE_MODULE,        NR_TABLE_DECL_SECURITY,
          NR_TABLE_PROPERTY,          NR_TABLE_EVENT,         NR_TABLE_STAND_ALONE_SIG,
          NR_TABLE_MODULE_REF,        NR_TABLE_TYPE_SPEC,     NR_TABLE_ASSEMBLY,
          NR_TABLE_ASSEMBLY_REF,      NR_TABLE_FILE,          NR_TABLE_EXPORTED_TYPE,
          NR_TABLE_MANIFEST_RESOURCE, NR_TABLE_GENERIC_PARAM, NR_TABLE_GENERIC_PARAM_CONSTRAINT,
          NR_TABLE_METHOD_SPEC}},
    [HAS_FIELD_MARSHAL - CODED] = {1, 2, {NR_TABLE_FIELD, NR_TABLE_PARAM}},
    [HAS_DECL_SECURITY -
        CODED] = {2, 3, {NR_TABLE_TYPE_DEF, NR_TABLE_METHOD_DEF, NR_TABLE_ASSEMBLY}},
    [MEMBER_REF_PARENT - CODED] = {3,
                                   5,
                                   {NR_TABLE_TYPE_DEF, NR_TABLE_TYPE_REF, NR_TABLE_MODULE_REF,
                                    NR_TABLE_METHOD_DEF, NR_TABLE_TYPE_SPEC}},
    [HAS_SEMANTICS - CODED] = {1, 2, {NR_TABLE_EVENT, NR_TABLE_PROPERTY}},
    [METHOD_DEF_OR_REF - CODED] = {1, 2, {NR_TABLE_METHOD_DEF, NR_TABLE_MEMBER_REF}},
    [MEMBER_FORWARDED - CODED] = {1, 2, {NR_TABLE_FIELD, NR_TABLE_METHOD_DEF}},
    [IMPLEMENTATION -
        CODED] = {2, 3, {NR_TABLE_FILE, NR_TABLE_ASSEMBLY_REF, NR_TABLE_EXPORTED_TYPE}},
    [CUSTOM_ATTRIBUTE_TYPE -
        CODED] = {3, 4, {UNUSED, UNUSED, NR_TABLE_METHOD_DEF, NR_TABLE_MEMBER_REF}},
    [RESOLUTION_SCOPE -
        CODED] = {2,
                  4,
                  {NR_TABLE_MODULE, NR_TABLE_MODULE_REF, NR_TABLE_ASSEMBLY_REF, NR_TABLE_TYPE_REF}},
    [TYPE_OR_METHOD_DEF - CODED] = {1, 2, {NR_TABLE_TYPE_DEF, NR_TABLE_METHOD_DEF}},
};

static const struct {
    uint8_t count;
    uint8_t columns[NR_MOST_COLUMNS];
} schema[NR_TABLE_COUNT] = {
    [NR_TABLE_MODULE] = {5, {U16, STRING, GUID, GUID, GUID}},
    [NR_TABLE_TYPE_REF] = {3, {RESOLUTION_SCOPE, STRING, STRING}},
    [NR_TABLE_TYPE_DEF] = {6,
                           {U32, STRING, STRING, TYPE_DEF_OR_REF, NR_TABLE_FIELD,
                            NR_TABLE_METHOD_DEF}},
    [NR_TABLE_FIELD_PTR] = {1, {NR_TABLE_FIELD}},
    [NR_TABLE_FIELD] = {3, {U16, STRING, BLOB}},
    [NR_TABLE_METHOD_PTR] = {1, {NR_TABLE_METHOD_DEF}},
    [NR_TABLE_METHOD_DEF] = {6, {U32, U16, U16, STRING, BLOB, NR_TABLE_PARAM}},
    [NR_TABLE_PARAM_PTR] = {1, {NR_TABLE_PARAM}},
    [NR_TABLE_PARAM] = {3, {U16, U16, STRING}},
    [NR_TABLE_INTERFACE_IMPL] = {2, {NR_TABLE_TYPE_DEF, TYPE_DEF_OR_REF}},
    [NR_TABLE_MEMBER_REF] = {3, {MEMBER_REF_PARENT, STRING, BLOB}},
    [NR_TABLE_CONSTANT] = {3, {U16, HAS_CONSTANT, BLOB}},
    [NR_TABLE_CUSTOM_ATTRIBUTE] = {3, {HAS_CUSTOM_ATTRIBUTE, CUSTOM_ATTRIBUTE_TYPE, BLOB}},
    [NR_TABLE_FIELD_MARSHAL] = {2, {HAS_FIELD_MARSHAL, BLOB}},
    [NR_TABLE_DECL_SECURITY] = {3, {U16, HAS_DECL_SECURITY, BLOB}},
    [NR_TABLE_CLASS_LAYOUT] = {3, {U16, U32, NR_TABLE_TYPE_DEF}},
    [NR_TABLE_FIELD_LAYOUT] = {2, {U32, NR_TABLE_FIELD}},
    [NR_TABLE_STAND_ALONE_SIG] = {1, {BLOB}},
    [NR_TABLE_EVENT_MAP] = {2, {NR_TABLE_TYPE_DEF, NR_TABLE_EVENT}},
    [NR_TABLE_EVENT_PTR] = {1, {NR_TABLE_EVENT}},
    [NR_TABLE_EVENT] = {3, {U16, STRING, TYPE_DEF_OR_REF}},
    [NR_TABLE_PROPERTY_MAP] = {2, {NR_TABLE_TYPE_DEF, NR_TABLE_PROPERTY}},
    [NR_TABLE_PROPERTY_PTR] = {1, {NR_TABLE_PROPERTY}},
    [NR_TABLE_PROPERTY] = {3, {U16, STRING, BLOB}},
    [NR_TABLE_METHOD_SEMANTICS] = {3, {U16, NR_TABLE_METHOD_DEF, HAS_SEMANTICS}},
    [NR_TABLE_METHOD_IMPL] = {3, {NR_TABLE_TYPE_DEF, METHOD_DEF_OR_REF, METHOD_DEF_OR_REF}},
    [NR_TABLE_MODULE_REF] = {1, {STRING}},
    [NR_TABLE_TYPE_SPEC] = {1, {BLOB}},
    [NR_TABLE_IMPL_MAP] = {4, {U16, MEMBER_FORWARDED, STRING, NR_TABLE_MODULE_REF}},
    [NR_TABLE_FIELD_RVA] = {2, {U32, NR_TABLE_FIELD}},
    [NR_TABLE_ENC_LOG] = {2, {U32, U32}},
    [NR_TABLE_ENC_MAP] = {1, {U32}},
    [NR_TABLE_ASSEMBLY] = {9, {U32, U16, U16, U16, U16, U32, BLOB, STRING, STRING}},
    [NR_TABLE_ASSEMBLY_PROCESSOR] = {1, {U32}},
    [NR_TABLE_ASSEMBLY_OS] = {3, {U32, U32, U32}},
    [NR_TABLE_ASSEMBLY_REF] = {9, {U16, U16, U16, U16, U32, BLOB, STRING, STRING, BLOB}},
    [NR_TABLE_ASSEMBLY_REF_PROCESSOR] = {2, {U32, NR_TABLE_ASSEMBLY_REF}},
    [NR_TABLE_ASSEMBLY_REF_OS] = {4, {U32, U32, U32, NR_TABLE_ASSEMBLY_REF}},
    [NR_TABLE_FILE] = {3, {U32, STRING, BLOB}},
    [NR_TABLE_EXPORTED_TYPE] = {5, {U32, U32, STRING, STRING, IMPLEMENTATION}},
    [NR_TABLE_MANIFEST_RESOURCE] = {4, {U32, U32, STRING, IMPLEMENTATION}},
    [NR_TABLE_NESTED_CLASS] = {2, {NR_TABLE_TYPE_DEF, NR_TABLE_TYPE_DEF}},
    [NR_TABLE_GENERIC_PARAM] = {4, {U16, U16, TYPE_OR_METHOD_DEF, STRING}},
    [NR_TABLE_METHOD_SPEC] = {2, {METHOD_DEF_OR_REF, BLOB}},
    [NR_TABLE_GENERIC_PARAM_CONSTRAINT] = {2, {NR_TABLE_GENERIC_PARAM, TYPE_DEF_OR_REF}},
};

static uint8_t width_of(uint8_t kind, const uint32_t counts[NR_TABLE_COUNT], uint8_t heap_sizes) {
    uint32_t largest = 0;
    switch (kind) {
    case U16: return 2;
    case U32: return 4;
    case STRING: return heap_sizes & NR_WIDE_STRINGS ? 4 : 2;
    case GUID: return heap_sizes & NR_WIDE_GUIDS ? 4 : 2;
    case BLOB: return heap_sizes & NR_WIDE_BLOBS ? 4 : 2;
    default: break;
    }
    if (kind < NR_TABLE_COUNT) return counts[kind] > 0xFFFF ? 4 : 2;
    for (uint8_t i = 0; i < coded[kind - CODED].count; i++) {
        uint8_t table = coded[kind - CODED].tables[i];
        if (table != UNUSED && counts[table] > largest) largest = counts[table];
    }
    return largest << coded[kind - CODED].bits > 0xFFFF ? 4 : 2;
}

void nr_schema_layout(enum nr_table table, const uint32_t counts[NR_TABLE_COUNT],
                      uint8_t heap_sizes, struct nr_row_layout *out) {
    *out = (struct nr_row_layout){.column_count = schema[table].count};
    for (uint8_t i = 0; i < out->column_count; i++) {
        out->offsets[i] = out->row_size;
        out->widths[i] = width_of(schema[table].columns[i], counts, heap_sizes);
        out->row_size = (uint8_t)(out->row_size + out->widths[i]);
    }
}

enum nr_status nr_schema_decode(enum nr_table table, unsigned column, uint32_t value,
                                nr_token *out) {
    uint8_t kind = schema[table].columns[column];
    uint32_t row = value;
    uint8_t target = kind;
    if (kind >= CODED) {
        uint32_t tag = value & ((1u << coded[kind - CODED].bits) - 1);
        row = value >> coded[kind - CODED].bits;
        target = tag < coded[kind - CODED].count ? coded[kind - CODED].tables[tag] : UNUSED;
    }
    if (row > NR_LARGEST_ROW || (row != 0 && target == UNUSED)) return NR_MALFORMED;
    *out = row == 0 ? 0 : NR_TOKEN(target, row);
    return NR_OK;
}

enum nr_status nr_schema_encode(enum nr_table table, unsigned column, nr_token token,
                                uint32_t *out) {
    uint8_t kind = schema[table].columns[column];
    for (uint8_t tag = 0; kind >= CODED && tag < coded[kind - CODED].count; tag++) {
        if (coded[kind - CODED].tables[tag] != token >> 24) continue;
        *out = NR_TOKEN_ROW(token) << coded[kind - CODED].bits | tag;
        return NR_OK;
    }
    return NR_NOT_FOUND;
}
