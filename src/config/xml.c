// XML reader over a span of bytes, without recursion.
// SPDX-License-Identifier: Apache-2.0
//
// The words of an error that New Relic's profiler has too are its words: they go to the log.
#include "config/xml.h"

#include <string.h>

struct reader {
    struct nr_arena *arena, *texts;
    struct nr_str text;
    size_t at;
    struct nr_xml_node *open;  // the element that is being read; the document at first
    uint32_t depth, nodes;
    size_t counted;  // line is the line of this byte
    uint32_t line;
    struct nr_xml_node **last_child;  // where the next child of `open` goes
    const char *message;              // of the error
    size_t error_at;
};

// ---- characters ----

// The byte at an offset from here; 0 after the end (a document with a zero byte is refused).
static char peek(const struct reader *reader, size_t offset) {
    return offset < reader->text.size - reader->at ? reader->text.data[reader->at + offset] : '\0';
}

enum { SPACE = 1, ENDS_ELEMENT_NAME = 2, ENDS_ATTRIBUTE_NAME = 4 };

static bool is(char c, unsigned kind) {
    enum { ENDS_NAME = ENDS_ELEMENT_NAME | ENDS_ATTRIBUTE_NAME };
    static const uint8_t kinds[256] = {
        ['\0'] = ENDS_NAME,          [' '] = SPACE | ENDS_NAME,   ['\t'] = SPACE | ENDS_NAME,
        ['\n'] = SPACE | ENDS_NAME,  ['\r'] = SPACE | ENDS_NAME,  ['/'] = ENDS_NAME,
        ['>'] = ENDS_NAME,           ['?'] = ENDS_NAME,           ['<'] = ENDS_ATTRIBUTE_NAME,
        ['='] = ENDS_ATTRIBUTE_NAME, ['!'] = ENDS_ATTRIBUTE_NAME,
    };
    return kinds[(uint8_t)c] & kind;
}

static bool starts_with(const struct reader *reader, struct nr_str text) {
    return nr_str_starts_with(nr_str_slice(reader->text, reader->at, reader->text.size), text);
}

static void skip_space(struct reader *reader) {
    while (is(peek(reader, 0), SPACE)) reader->at++;
}

static enum nr_status fail(struct reader *reader, enum nr_status status, const char *message) {
    reader->message = message;
    reader->error_at = reader->at;
    return status;
}

static enum nr_status no_memory(struct reader *reader) {
    return fail(reader, NR_NO_MEMORY, "out of memory");
}

static enum nr_status skip_past(struct reader *reader, struct nr_str end) {
    while (!starts_with(reader, end)) {
        if (peek(reader, 0) == '\0') return fail(reader, NR_MALFORMED, "unexpected end of data");
        reader->at++;
    }
    reader->at += end.size;
    return NR_OK;
}

// Lines are asked for in the order of the file, so that each byte is looked at once.
static uint32_t line_here(struct reader *reader) {
    struct nr_str before = nr_str_slice(reader->text, 0, reader->at);
    size_t end = reader->counted;
    while ((end = nr_str_find(before, '\n', end)) < before.size) {
        reader->line++;
        end++;
    }
    reader->counted = end;
    return reader->line;
}

// ---- values ----

static char *put_utf8(char *place, uint32_t code) {
    if (code < 0x80) {
        *place++ = (char)code;
        return place;
    }
    int extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint8_t first[] = {0, 0xC0, 0xE0, 0xF0};
    *place++ = (char)(first[extra] | code >> 6 * extra);
    while (extra-- > 0) *place++ = (char)(0x80 | (code >> 6 * extra & 0x3F));
    return place;
}

static int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 16;
}

// A character reference, &#65; or &#x41;, which is never shorter than its character.
static enum nr_status read_character_reference(struct reader *reader, char **place) {
    bool hexadecimal = peek(reader, 2) == 'x';
    uint32_t base = hexadecimal ? 16 : 10, code = 0;
    size_t end = hexadecimal ? 3 : 2;
    for (uint32_t digit; (digit = (uint32_t)digit_value(peek(reader, end))) < base; end++) {
        code = code > 0x10FFFF ? code : code * base + digit;
    }
    reader->at += end;
    if (peek(reader, 0) != ';') return fail(reader, NR_MALFORMED, "expected ;");
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
        return fail(reader, NR_MALFORMED, "invalid numeric character entity");
    }
    reader->at++;
    *place = put_utf8(*place, code);
    return NR_OK;
}

static enum nr_status read_reference(struct reader *reader, char **place) {
    static const struct {
        struct nr_str name;
        char character;
    } entities[] = {{{"&amp;", 5}, '&'},
                    {{"&apos;", 6}, '\''},
                    {{"&quot;", 6}, '"'},
                    {{"&gt;", 4}, '>'},
                    {{"&lt;", 4}, '<'}};
    if (peek(reader, 1) == '#') return read_character_reference(reader, place);
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        if (starts_with(reader, entities[i].name)) {
            reader->at += entities[i].name.size;
            *(*place)++ = entities[i].character;
            return NR_OK;
        }
    }
    reader->at++;
    *(*place)++ = '&';
    return NR_OK;
}

// Everything up to a character, references replaced; what has none is not copied.
static enum nr_status read_value(struct reader *reader, char end, struct nr_str *value) {
    size_t to = nr_str_find(reader->text, end, reader->at);
    struct nr_str raw = nr_str_slice(reader->text, reader->at, to);
    if (nr_str_find(raw, '&', 0) == raw.size) {
        reader->at = to;
        *value = raw;
        return NR_OK;
    }
    char *start = nr_arena_alloc(reader->texts, raw.size), *place = start;
    if (!start) return no_memory(reader);
    while (reader->at < to) {
        if (peek(reader, 0) == '&') {
            NR_TRY(read_reference(reader, &place));
        } else {
            *place++ = reader->text.data[reader->at++];
        }
    }
    *value = (struct nr_str){start, (size_t)(place - start)};
    return NR_OK;
}

// Trimmed, and each run of white space made one space. Copies only what needs it.
static enum nr_status condense(struct reader *reader, struct nr_str *value) {
    struct nr_str text = nr_str_trim(*value);
    char *start = nr_arena_alloc(reader->texts, text.size), *place = start;
    if (!start) return no_memory(reader);
    for (size_t i = 0; i < text.size; i++) {
        if (!is(text.data[i], SPACE)) {
            *place++ = text.data[i];
        } else if (!is(text.data[i - 1], SPACE)) {
            *place++ = ' ';
        }
    }
    *value = (struct nr_str){start, (size_t)(place - start)};
    return NR_OK;
}

static enum nr_status read_text(struct reader *reader) {
    struct nr_str text;
    NR_TRY(read_value(reader, '<', &text));
    if (reader->open->text.size != 0 || nr_str_trim(text).size == 0) return NR_OK;
    NR_TRY(condense(reader, &text));
    reader->open->text = text;
    return NR_OK;
}

static enum nr_status read_cdata(struct reader *reader) {
    static const struct nr_str begin = {"<![CDATA[", 9}, end = {"]]>", 3};
    reader->at += begin.size;
    size_t from = reader->at;
    NR_TRY(skip_past(reader, end));
    if (reader->open->text.size == 0) {
        reader->open->text = nr_str_slice(reader->text, from, reader->at - end.size);
    }
    return NR_OK;
}

// ---- elements ----

static enum nr_status count_node(struct reader *reader) {
    if (reader->nodes++ < NR_XML_MAX_NODES) return NR_OK;
    return fail(reader, NR_TOO_LARGE, "too many elements and attributes");
}

static enum nr_status read_attribute(struct reader *reader, struct nr_xml_attribute **out) {
    NR_TRY(count_node(reader));
    struct nr_xml_attribute *attribute = NR_ARENA_NEW(reader->arena, struct nr_xml_attribute);
    if (!attribute) return no_memory(reader);
    size_t from = reader->at;
    while (!is(peek(reader, 0), ENDS_ATTRIBUTE_NAME)) reader->at++;
    attribute->name = nr_str_slice(reader->text, from, reader->at);
    skip_space(reader);
    if (peek(reader, 0) != '=') return fail(reader, NR_MALFORMED, "expected =");
    reader->at++;
    skip_space(reader);
    char quote = peek(reader, 0);
    if (quote != '\'' && quote != '"') return fail(reader, NR_MALFORMED, "expected ' or \"");
    reader->at++;
    NR_TRY(read_value(reader, quote, &attribute->value));
    if (peek(reader, 0) != quote) return fail(reader, NR_MALFORMED, "expected ' or \"");
    reader->at++;
    skip_space(reader);
    *out = attribute;
    return NR_OK;
}

static void enter(struct reader *reader, struct nr_xml_node *node) {
    reader->open = node;
    reader->last_child = &node->first_child;
    reader->depth++;
}

// Back in the parent: its last child so far is the one that is left.
static void leave(struct reader *reader) {
    reader->last_child = &reader->open->next;
    reader->open = reader->open->parent;
    reader->depth--;
}

static enum nr_status read_start_tag(struct reader *reader) {
    NR_TRY(count_node(reader));
    if (reader->depth >= NR_XML_MAX_DEPTH) return fail(reader, NR_TOO_LARGE, "nested too deep");
    struct nr_xml_node *node = NR_ARENA_NEW(reader->arena, struct nr_xml_node);
    if (!node) return no_memory(reader);
    node->parent = reader->open;
    node->line = line_here(reader);
    size_t from = ++reader->at;
    while (!is(peek(reader, 0), ENDS_ELEMENT_NAME)) reader->at++;
    if (reader->at == from) return fail(reader, NR_MALFORMED, "expected element name");
    node->name = nr_str_slice(reader->text, from, reader->at);
    skip_space(reader);
    struct nr_xml_attribute **last = &node->first_attribute;
    while (!is(peek(reader, 0), ENDS_ATTRIBUTE_NAME)) {
        NR_TRY(read_attribute(reader, last));
        last = &(*last)->next;
    }
    bool empty = peek(reader, 0) == '/';
    if (empty) reader->at++;
    if (peek(reader, 0) != '>') return fail(reader, NR_MALFORMED, "expected >");
    reader->at++;
    *reader->last_child = node;
    enter(reader, node);
    if (empty) leave(reader);
    return NR_OK;
}

// Any closing tag closes the innermost element, whatever its name.
static enum nr_status read_end_tag(struct reader *reader) {
    reader->at++;
    if (!reader->open->parent) return fail(reader, NR_MALFORMED, "expected element name");
    reader->at++;
    while (!is(peek(reader, 0), ENDS_ELEMENT_NAME)) reader->at++;
    skip_space(reader);
    if (peek(reader, 0) != '>') return fail(reader, NR_MALFORMED, "expected >");
    reader->at++;
    leave(reader);
    return NR_OK;
}

// <!DOCTYPE …> and the like, with all that stands in [].
static enum nr_status skip_declaration(struct reader *reader) {
    for (size_t open = 0; open > 0 || peek(reader, 0) != '>'; reader->at++) {
        char c = peek(reader, 0);
        if (c == '\0') return fail(reader, NR_MALFORMED, "unexpected end of data");
        if (c == '[') open++;
        if (c == ']' && open > 0) open--;
    }
    reader->at++;
    return NR_OK;
}

static enum nr_status read_markup(struct reader *reader) {
    char c = peek(reader, 1);
    if (c == '/') return read_end_tag(reader);
    if (c != '?' && c != '!') return read_start_tag(reader);
    if (starts_with(reader, NR_STR("<?"))) {
        reader->at += 2;
        return skip_past(reader, NR_STR("?>"));
    }
    if (starts_with(reader, NR_STR("<!--"))) {
        reader->at += 4;
        return skip_past(reader, NR_STR("-->"));
    }
    if (starts_with(reader, NR_STR("<![CDATA["))) return read_cdata(reader);
    return skip_declaration(reader);
}

static enum nr_status read_document(struct reader *reader) {
    for (;;) {
        skip_space(reader);
        char c = peek(reader, 0);
        bool at_root = !reader->open->parent;
        if (c == '\0' && at_root) return NR_OK;
        if (c == '\0') return fail(reader, NR_MALFORMED, "unexpected end of data");
        if (c != '<' && at_root) return fail(reader, NR_MALFORMED, "expected <");
        NR_TRY(c == '<' ? read_markup(reader) : read_text(reader));
    }
}

// ---- encoding ----

// The length of the character at a byte, 0 when it is not well-formed UTF-8.
static size_t character_size(struct nr_str text, size_t at) {
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t code = (uint8_t)text.data[at];
    if (code < 0x80) return code != 0;
    size_t size = code >= 0xF0 ? 4 : code >= 0xE0 ? 3 : 2;
    if (code < 0xC0 || code >= 0xF8 || text.size - at < size) return 0;
    code &= 0x7Fu >> size;
    for (size_t i = 1; i < size; i++) {
        uint32_t next = (uint8_t)text.data[at + i];
        if ((next & 0xC0) != 0x80) return 0;
        code = code << 6 | (next & 0x3F);
    }
    return code >= smallest[size] && code <= 0x10FFFF ? size : 0;
}

// Eight bytes of ASCII, none of them zero: most files are made of these.
static bool is_ascii_word(struct nr_str text, size_t at) {
    uint64_t word;
    if (text.size - at < sizeof(word)) return false;
    memcpy(&word, text.data + at, sizeof(word));
    return !((word | (word - 0x0101010101010101u)) & 0x8080808080808080u);
}

static enum nr_status check_encoding(struct reader *reader) {
    static const struct nr_str utf16[] = {{"\xFF\xFE", 2}, {"\xFE\xFF", 2}};
    if (starts_with(reader, utf16[0]) || starts_with(reader, utf16[1])) {
        return fail(reader, NR_MALFORMED, "UTF-16 is not supported, save the file as UTF-8");
    }
    struct nr_str text = reader->text;
    for (size_t i = reader->at; i < text.size;) {
        size_t size = is_ascii_word(text, i) ? sizeof(uint64_t) : character_size(text, i);
        if (size == 0) {
            reader->at = i;
            return fail(reader, NR_MALFORMED,
                        text.data[i] ? "not UTF-8 text, save the file as UTF-8"
                                     : "a zero byte, which no text has");
        }
        i += size;
    }
    return NR_OK;
}

// Some tools fill the end of a file with zero bytes; New Relic's profiler does not see them.
static struct nr_str without_padding(struct nr_str text) {
    while (text.size > 0 && text.data[text.size - 1] == '\0') text.size--;
    return text;
}

static struct nr_xml_error error_of(const struct reader *reader) {
    struct nr_xml_error error = {1, 1, reader->message};
    for (size_t i = 0; i < reader->error_at; i++) {
        char c = reader->text.data[i];
        if (c == '\n') {
            error.line++;
            error.column = 1;
        } else if (((uint8_t)c & 0xC0) != 0x80) {
            error.column++;
        }
    }
    return error;
}

enum nr_status nr_xml_parse(struct nr_arena *arena, struct nr_arena *texts, struct nr_bytes bytes,
                            struct nr_xml_node **document, struct nr_xml_error *error) {
    struct reader reader = {
        .arena = arena, .texts = texts, .text = {(const char *)bytes.data, bytes.size}, .line = 1};
    struct nr_xml_node *root = NR_ARENA_NEW(arena, struct nr_xml_node);
    enum nr_status status = NR_OK;
    if (!root) {
        status = no_memory(&reader);
    } else if (bytes.size > NR_XML_MAX_SIZE) {
        status = fail(&reader, NR_TOO_LARGE, "the file is larger than 16 MB");
    } else {
        reader.open = root;
        reader.last_child = &root->first_child;
        if (starts_with(&reader, NR_STR("\xEF\xBB\xBF"))) {
            reader.text = nr_str_slice(reader.text, 3, reader.text.size);
        }
        reader.text = without_padding(reader.text);
        status = check_encoding(&reader);
        if (status == NR_OK) status = read_document(&reader);
    }
    if (status == NR_OK) {
        *document = root;
    } else {
        *error = error_of(&reader);
    }
    return status;
}

// ---- questions ----

static const struct nr_xml_node *named_from(const struct nr_xml_node *node, struct nr_str name) {
    while (node && !nr_str_equal_ignore_case(node->name, name)) node = node->next;
    return node;
}

const struct nr_xml_node *nr_xml_child(const struct nr_xml_node *node, struct nr_str name) {
    return named_from(node->first_child, name);
}

const struct nr_xml_node *nr_xml_next(const struct nr_xml_node *node) {
    return named_from(node->next, node->name);
}

bool nr_xml_attribute(const struct nr_xml_node *node, struct nr_str name, struct nr_str *value) {
    const struct nr_xml_attribute *attribute = node->first_attribute;
    while (attribute && !nr_str_equal_ignore_case(attribute->name, name)) {
        attribute = attribute->next;
    }
    if (attribute) *value = attribute->value;
    return attribute != NULL;
}

struct nr_str nr_xml_attribute_or_empty(const struct nr_xml_node *node, struct nr_str name) {
    struct nr_str value = NR_STR("");
    nr_xml_attribute(node, name, &value);
    return value;
}

bool nr_xml_attribute_is(const struct nr_xml_node *node, struct nr_str name, struct nr_str text) {
    struct nr_str value;
    return nr_xml_attribute(node, name, &value) && nr_str_equal_ignore_case(value, text);
}
