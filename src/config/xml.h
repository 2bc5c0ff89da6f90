// XML reader: a small document tree for configuration and extension files.
// SPDX-License-Identifier: Apache-2.0
//
// Reads UTF-8 with or without a byte order mark. Comments, processing instructions, the XML
// declaration and a DOCTYPE are skipped, so that there is no entity but the five of XML and
// character references. It forgives what New Relic's profiler forgives, because such files are in use: a
// closing tag of another name, an unknown entity or a lone ampersand (taken as written), several
// root elements, none at all. Namespace prefixes are part of a name.
// Everything lives in an arena or points into the bytes that were read, which must live as long.
// Pure, any thread; nothing recurses.
#ifndef NR_CONFIG_XML_H
#define NR_CONFIG_XML_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/str.h"

enum {
    NR_XML_MAX_SIZE = 16 << 20,  // bytes of a file
    NR_XML_MAX_DEPTH = 256,      // elements open at once
    NR_XML_MAX_NODES = 1 << 20,  // elements and attributes: points fill a file before that
};

struct nr_xml_attribute {
    struct nr_xml_attribute *next;  // in the order of the file
    struct nr_str name, value;      // references replaced, white space as written
};

struct nr_xml_node {
    struct nr_xml_node *parent;  // NULL for the document
    struct nr_xml_node *first_child, *next;
    struct nr_xml_attribute *first_attribute;
    struct nr_str name;
    // The first run of text or CDATA section that is not blank. Text is trimmed, and white space in
    // it is condensed to one space each.
    struct nr_str text;
    uint32_t line;  // of the start tag, from 1
};

struct nr_xml_error {
    uint32_t line, column;  // from 1; columns count characters
    const char *message;    // plain words, no full stop; a literal
};

// Reads a document; its children are the root elements. Nodes are made in arena, and values and
// texts that are not as they stand in bytes in texts. NR_MALFORMED, NR_TOO_LARGE and NR_NO_MEMORY
// fill in *error.
enum nr_status nr_xml_parse(struct nr_arena *arena, struct nr_arena *texts, struct nr_bytes bytes,
                            struct nr_xml_node **document, struct nr_xml_error *error);

// Names match in any case of ASCII letters. The first child of that name, and the next sibling of
// the same name; NULL when there is none.
const struct nr_xml_node *nr_xml_child(const struct nr_xml_node *node, struct nr_str name);
const struct nr_xml_node *nr_xml_next(const struct nr_xml_node *node);
// The value of the first attribute of that name; false when there is none.
bool nr_xml_attribute(const struct nr_xml_node *node, struct nr_str name, struct nr_str *value);
// The value, or the empty string.
struct nr_str nr_xml_attribute_or_empty(const struct nr_xml_node *node, struct nr_str name);
// Whether the attribute is there and says text, in any case.
bool nr_xml_attribute_is(const struct nr_xml_node *node, struct nr_str name, struct nr_str text);

#endif
