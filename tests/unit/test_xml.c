// Tests of the XML reader.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "config/xml.h"
#include "harness.h"

static struct nr_bytes bytes_of(struct nr_str text) {
    return (struct nr_bytes){(const uint8_t *)text.data, text.size};
}

// A document in short: name(attribute=value …)'text'[children].
static void print(struct nr_buffer *out, const struct nr_xml_node *node) {
    nr_buffer_append(out, node->name.data, node->name.size);
    for (const struct nr_xml_attribute *a = node->first_attribute; a; a = a->next) {
        nr_buffer_append(out, a == node->first_attribute ? "(" : " ", 1);
        nr_buffer_append(out, a->name.data, a->name.size);
        nr_buffer_append(out, "=", 1);
        nr_buffer_append(out, a->value.data, a->value.size);
        if (!a->next) nr_buffer_append(out, ")", 1);
    }
    if (node->text.size) {
        nr_buffer_append(out, "'", 1);
        nr_buffer_append(out, node->text.data, node->text.size);
        nr_buffer_append(out, "'", 1);
    }
    for (const struct nr_xml_node *child = node->first_child; child; child = child->next) {
        nr_buffer_append(out, child == node->first_child ? "[" : " ", 1);
        print(out, child);
        if (!child->next) nr_buffer_append(out, "]", 1);
    }
}

static void test_documents(void) {
    static const struct {
        const char *name, *xml, *shape;
    } cases[] = {
        {"nothing", "", ""},
        {"white space", " \t\r\n", ""},
        {"an empty element", "<a/>", "[a]"},
        {"an empty element with white space", "<a />", "[a]"},
        {"start and end", "<a></a>", "[a]"},
        {"white space in the end tag", "<a></a  >", "[a]"},
        {"children in order", "<a><b/><c/><b/></a>", "[a[b c b]]"},
        {"nesting", "<a><b><c><d/></c></b><e/></a>", "[a[b[c[d]] e]]"},
        {"several roots", "<a/><b/>", "[a b]"},
        {"attributes in order", "<a x='1' y=\"2\" z = '3'/>", "[a(x=1 y=2 z=3)]"},
        {"attributes without a space between", "<a x='1'y='2'/>", "[a(x=1 y=2)]"},
        {"an attribute twice", "<a x='1' x='2'/>", "[a(x=1 x=2)]"},
        {"the other quote in a value", "<a x='\"' y=\"'\"/>", "[a(x=\" y=')]"},
        {"a less-than sign in a value", "<a x='1<2'/>", "[a(x=1<2)]"},
        {"a greater-than sign in a value", "<a x='1>2'/>", "[a(x=1>2)]"},
        {"white space in a value is kept", "<a x=' 1\n\t2 '/>", "[a(x= 1\n\t2 )]"},
        {"an empty value", "<a x=''/>", "[a(x=)]"},
        {"text", "<a>b</a>", "[a'b']"},
        {"text is trimmed and condensed", "<a>\n  b \t\n c  </a>", "[a'b c']"},
        {"the first text counts", "<a>b<c/>d</a>", "[a'b'[c]]"},
        {"text after blank text", "<a> <c/> d</a>", "[a'd'[c]]"},
        {"the five entities", "<a x='&lt;&gt;&amp;&apos;&quot;'/>", "[a(x=<>&'\")]"},
        {"entities in text", "<a>1 &lt; 2 &amp; 3</a>", "[a'1 < 2 & 3']"},
        {"references are not read twice", "<a x='&amp;lt;&#38;gt;'/>", "[a(x=&lt;&gt;)]"},
        {"decimal and hexadecimal references", "<a x='&#65;&#x42;&#x1f;'/>", "[a(x=AB\x1f)]"},
        {"references of two, three, four bytes", "<a x='&#233;&#x20AC;&#x1F600;'/>",
         "[a(x=\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80)]"},
        {"the last character of Unicode", "<a x='&#x10FFFF;'/>", "[a(x=\xf4\x8f\xbf\xbf)]"},
        {"an unknown entity stays as written", "<a x='&nbsp;'/>", "[a(x=&nbsp;)]"},
        {"a lone ampersand stays", "<a x='a & b &'/>", "[a(x=a & b &)]"},
        {"entity names have a case", "<a x='&LT;'/>", "[a(x=&LT;)]"},
        {"an entity that is cut short", "<a x='&amp'/>", "[a(x=&amp)]"},
        {"a comment before, in and after", "<!-- 1 --><a><!-- <b/> --></a><!-- 2 -->", "[a]"},
        {"dashes in a comment", "<a><!-- -- - ---></a>", "[a]"},
        {"a comment between text", "<a>b<!-- c -->d</a>", "[a'b']"},
        {"CDATA", "<a><![CDATA[ <b> & ]] ]]></a>", "[a' <b> & ]] ']"},
        {"empty CDATA, then text", "<a><![CDATA[]]>b</a>", "[a'b']"},
        {"CDATA outside", "<![CDATA[b]]><a/>", "'b'[a]"},
        {"declaration", "<?xml version=\"1.0\" encoding=\"utf-8\"?><a/>", "[a]"},
        {"declaration after white space", "  \n<?xml version=\"1.0\"?><a/>", "[a]"},
        {"processing instructions", "<?a b?><a><?c?><b/></a><?d?>", "[a[b]]"},
        {"an instruction with a lone end", "<a><? > ?></a>", "[a]"},
        {"another declaration is skipped", "<!ELEMENT a ANY><a><!x></a>", "[a]"},
        {"DOCTYPE", "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY b 'c'>]>\n<a x='&b;'/>",
         "[a(x=&b;)]"},
        {"DOCTYPE in lower case", "<!doctype html><a/>", "[a]"},
        {"brackets in a DOCTYPE", "<!DOCTYPE a ] [ > [>] > ]><a/>", "[a]"},
        {"byte order mark", "\xef\xbb\xbf<a/>", "[a]"},
        {"names beyond ASCII", "<\xc3\xa9 \xe6\x97\xa5='\xe6\x9c\xac'/>",
         "[\xc3\xa9(\xe6\x97\xa5=\xe6\x9c\xac)]"},
        {"a prefix is part of the name", "<n:a n:x='1'/>", "[n:a(n:x=1)]"},
        {"odd names", "<a=b c\"d='1'/>", "[a=b(c\"d=1)]"},
        {"an end tag of another name", "<a><b></c></d>", "[a[b]]"},
        {"an end tag without a name", "<a></>", "[a]"},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_xml_node *document;
        struct nr_xml_error error;
        struct nr_buffer out;
        NR_CASE(cases[i].name);
        struct nr_bytes xml = bytes_of(nr_str_of(cases[i].xml));
        if (!CHECK_INT(nr_xml_parse(&arena, &arena, xml, &document, &error), NR_OK)) continue;
        nr_buffer_init(&out, &arena);
        print(&out, document);
        CHECK_STR(((struct nr_str){(const char *)out.data, out.size}), cases[i].shape);
        nr_arena_free(&arena);
    }
}

static void test_mistakes(void) {
    static const struct {
        const char *name, *xml, *message;
        uint32_t line, column;
    } cases[] = {
        {"text instead of markup", "hello", "expected <", 1, 1},
        {"text after the root", "<a/>\n  b", "expected <", 2, 3},
        {"a lone less-than sign", "<", "expected element name", 1, 2},
        {"an element without a name", "< a/>", "expected element name", 1, 2},
        {"a start tag that stops", "<a", "expected >", 1, 3},
        {"a start tag in a start tag", "<a <b/>", "expected >", 1, 4},
        {"a slash without its end", "<a/ >", "expected >", 1, 4},
        {"an end tag that stops", "<a></a", "expected >", 1, 7},
        {"an end tag with more in it", "<a></a b>", "expected >", 1, 8},
        {"an end tag too many", "<a></a></a>", "expected element name", 1, 9},
        {"an element that stays open", "<a>\n<b></b>\n", "unexpected end of data", 3, 1},
        {"text that stops", "<a>text", "unexpected end of data", 1, 8},
        {"an attribute without a value", "<a x>", "expected =", 1, 5},
        {"an attribute without quotes", "<a x=1>", "expected ' or \"", 1, 6},
        {"an attribute that stops", "<a x='1>", "expected ' or \"", 1, 9},
        {"an attribute with the wrong quote", "<a x='1\"/>", "expected ' or \"", 1, 11},
        {"a comment that stops", "<a><!-- x --", "unexpected end of data", 1, 13},
        {"a comment too short", "<!--><a/>", "unexpected end of data", 1, 10},
        {"CDATA that stops", "<a><![CDATA[ ]]", "unexpected end of data", 1, 16},
        {"a declaration that stops", "<?xml version='1.0'", "unexpected end of data", 1, 20},
        {"an instruction too short", "<?><a/>", "unexpected end of data", 1, 8},
        {"an unknown declaration that stops", "<!x", "unexpected end of data", 1, 4},
        {"a DOCTYPE whose bracket stays open", "<!DOCTYPE a [>", "unexpected end of data", 1, 15},
        {"a reference without digits", "<a x='&#;'/>", "invalid numeric character entity", 1, 9},
        {"a reference to nothing", "<a x='&#0;'/>", "invalid numeric character entity", 1, 10},
        {"a reference to a surrogate", "<a x='&#xD800;'/>", "invalid numeric character entity", 1,
         14},
        {"a reference too large", "<a x='&#x110000;'/>", "invalid numeric character entity", 1, 16},
        {"a reference far too large", "<a>&#99999999999999999999;</a>",
         "invalid numeric character entity", 1, 26},
        {"a reference without an end", "<a x='&#65'/>", "expected ;", 1, 11},
        {"a reference in text", "<a>\n\n &#x41 </a>", "expected ;", 3, 7},
        {"UTF-16, little end first", "\xff\xfe<", "UTF-16 is not supported, save the file as UTF-8",
         1, 1},
        {"UTF-16, big end first", "\xfe\xff", "UTF-16 is not supported, save the file as UTF-8", 1,
         1},
        {"Latin-1", "<a>\n  caf\xe9</a>", "not UTF-8 text, save the file as UTF-8", 2, 6},
        {"an overlong form", "<a>\xc0\xaf</a>", "not UTF-8 text, save the file as UTF-8", 1, 4},
        {"a character that is cut", "<a>\xe2\x82", "not UTF-8 text, save the file as UTF-8", 1, 4},
        {"beyond Unicode", "\xf4\x90\x80\x80", "not UTF-8 text, save the file as UTF-8", 1, 1},
        {"columns count characters", "<\xc3\xa9\xe6\x97\xa5 x>", "expected =", 1, 6},
        {"lines count from the byte order mark on", "\xef\xbb\xbf\n<a x>", "expected =", 2, 5},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_xml_node *document;
        struct nr_xml_error error = {0, 0, ""};
        NR_CASE(cases[i].name);
        struct nr_bytes xml = bytes_of(nr_str_of(cases[i].xml));
        CHECK_INT(nr_xml_parse(&arena, &arena, xml, &document, &error), NR_MALFORMED);
        CHECK_STR(nr_str_of(error.message), cases[i].message);
        CHECK_INT(error.line, cases[i].line);
        CHECK_INT(error.column, cases[i].column);
        nr_arena_free(&arena);
    }
    NR_CASE("a zero byte");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_xml_node *document;
    struct nr_xml_error error;
    CHECK_INT(nr_xml_parse(&arena, &arena, bytes_of(NR_STR("<a/>\0<b")), &document, &error),
              NR_MALFORMED);
    CHECK_STR(nr_str_of(error.message), "a zero byte, which no text has");
    NR_CASE("zero bytes at the end");
    CHECK_INT(nr_xml_parse(&arena, &arena, bytes_of(NR_STR("<a/>\n\0\0")), &document, &error),
              NR_OK);
    nr_arena_free(&arena);
}

// <a><a>… of this depth; with_ends closes them all.
static enum nr_status parse_repeated(const char *text, size_t count, struct nr_xml_error *error) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_buffer xml;
    struct nr_xml_node *document;
    nr_buffer_init(&xml, &arena);
    for (size_t i = 0; i < count; i++) nr_buffer_append(&xml, text, strlen(text));
    enum nr_status status = nr_xml_parse(&arena, &arena, nr_buffer_bytes(&xml), &document, error);
    nr_arena_free(&arena);
    return status;
}

static void test_limits(void) {
    struct nr_xml_error error = {0, 0, ""};
    NR_CASE("depth is limited");
    CHECK_INT(parse_repeated("<a>", NR_XML_MAX_DEPTH, &error), NR_MALFORMED);
    CHECK_STR(nr_str_of(error.message), "unexpected end of data");
    CHECK_INT(parse_repeated("<a>", NR_XML_MAX_DEPTH + 1, &error), NR_TOO_LARGE);
    CHECK_STR(nr_str_of(error.message), "nested too deep");
    CHECK_INT(error.column, 3 * NR_XML_MAX_DEPTH + 1);

    NR_CASE("the number of elements and attributes is limited");
    CHECK_INT(parse_repeated("<a/>", NR_XML_MAX_NODES, &error), NR_OK);
    CHECK_INT(parse_repeated("<a/>", NR_XML_MAX_NODES + 1, &error), NR_TOO_LARGE);
    CHECK_STR(nr_str_of(error.message), "too many elements and attributes");
    CHECK_INT(parse_repeated("<a x=''/>", NR_XML_MAX_NODES / 2 + 1, &error), NR_TOO_LARGE);

    NR_CASE("a file of the largest size is full of points before that");
    static const char point[] = "<exactMethodMatcher methodName='A'/>";
    CHECK_INT(parse_repeated(point, NR_XML_MAX_SIZE / (sizeof(point) - 1), &error), NR_OK);

    NR_CASE("size is limited");
    CHECK_INT(parse_repeated("   ", NR_XML_MAX_SIZE / 3, &error), NR_OK);
    CHECK_INT(parse_repeated("   ", NR_XML_MAX_SIZE / 3 + 1, &error), NR_TOO_LARGE);
    CHECK_STR(nr_str_of(error.message), "the file is larger than 16 MB");
}

static void test_questions(void) {
    static const char xml[] =
        "<Root>\n <item Name='1' name='2'/>\n <Other/>\n <ITEM\n NAME='3' empty=''/></Root>";
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_xml_node *document;
    struct nr_xml_error error;
    struct nr_str value;
    NR_CASE("names match in any case, and the first of a name wins");
    if (!CHECK_INT(nr_xml_parse(&arena, &arena, bytes_of(nr_str_of(xml)), &document, &error),
                   NR_OK)) {
        return;
    }
    const struct nr_xml_node *root = nr_xml_child(document, NR_STR("rOOt"));
    if (!CHECK(root != NULL)) return;
    const struct nr_xml_node *item = nr_xml_child(root, NR_STR("Item"));
    if (!CHECK(item != NULL)) return;
    CHECK(nr_xml_attribute(item, NR_STR("NAME"), &value));
    CHECK_STR(value, "1");
    const struct nr_xml_node *next = nr_xml_next(item);
    if (!CHECK(next != NULL)) return;
    CHECK_STR(nr_xml_attribute_or_empty(next, NR_STR("name")), "3");
    CHECK(nr_xml_next(next) == NULL);
    CHECK(nr_xml_child(root, NR_STR("nothing")) == NULL);
    CHECK(nr_xml_child(item, NR_STR("item")) == NULL);

    NR_CASE("a node knows its line and its parent");
    CHECK_INT(root->line, 1);
    CHECK_INT(item->line, 2);
    CHECK_INT(next->line, 4);
    CHECK(next->parent == root && root->parent == document && document->parent == NULL);

    NR_CASE("absent and empty attributes differ");
    CHECK(!nr_xml_attribute(item, NR_STR("empty"), &value));
    CHECK(nr_xml_attribute(next, NR_STR("empty"), &value) && value.size == 0);
    CHECK_STR(nr_xml_attribute_or_empty(item, NR_STR("empty")), "");
    CHECK(nr_xml_attribute_is(next, NR_STR("empty"), NR_STR("")));
    CHECK(!nr_xml_attribute_is(item, NR_STR("empty"), NR_STR("")));
    nr_arena_free(&arena);
}

// ---- hostile input ----

static const char sample[] =
    "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- c -->\n<extension xmlns=\"urn:x\">\n"
    " <instrumentation><tracerFactory name='a&amp;b' level=\"1\">text &#x20AC; &lt; more\n"
    "  <match assemblyName=\"\xe6\x97\xa5\xe6\x9c\xac\"><![CDATA[<x>]]></match>\n"
    " </tracerFactory></instrumentation>\n</extension>\n";

// What comes out must lie in the input or the arena and hang together.
static size_t walk(const struct nr_xml_node *document) {
    size_t sum = 0;
    const struct nr_xml_node *node = document;
    while (node) {
        for (size_t i = 0; i < node->name.size; i++) sum += (uint8_t)node->name.data[i];
        for (size_t i = 0; i < node->text.size; i++) sum += (uint8_t)node->text.data[i];
        for (const struct nr_xml_attribute *a = node->first_attribute; a; a = a->next) {
            for (size_t i = 0; i < a->value.size; i++) sum += (uint8_t)a->value.data[i];
        }
        if (node->first_child) {
            node = node->first_child;
            continue;
        }
        while (node && !node->next) node = node->parent;
        if (node) node = node->next;
    }
    return sum;
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

// Changes a byte, drops some, or doubles some.
static size_t mutate(char *text, size_t size, uint32_t *state) {
    static const char marks[] = "<>/'\"&;=?![]-# xCD\n\xef\xff";
    size_t at = next_random(state) % size, run = next_random(state) % 9 + 1;
    if (run > size - at) run = size - at;
    switch (next_random(state) % 4) {
    case 0: text[at] = (char)next_random(state); return size;
    case 1: text[at] = marks[next_random(state) % (sizeof(marks) - 1)]; return size;
    case 2: memmove(text + at, text + at + run, size - at - run); return size - run;
    default: memmove(text + at + run, text + at, size - at); return size + run;
    }
}

static void test_mutations(void) {
    enum { ROUNDS = 20000, LARGEST = 1024 };
    uint32_t state = 20240131;
    size_t good = 0, bad = 0, sum = 0;
    NR_CASE("documents that were tampered with");
    for (int round = 0; round < ROUNDS; round++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_xml_node *document;
        struct nr_xml_error error = {0, 0, NULL};
        char text[LARGEST];
        size_t size = sizeof(sample) - 1;
        memcpy(text, sample, size);
        for (uint32_t i = next_random(&state) % 4; i > 0 && size > 10; i--) {
            size = mutate(text, size, &state);
        }
        // An exact copy: the sanitizer sees each byte read beyond the end.
        char *exact = malloc(size);
        if (!CHECK(exact != NULL)) return;
        memcpy(exact, text, size);
        struct nr_bytes bytes = {(const uint8_t *)exact, size};
        if (nr_xml_parse(&arena, &arena, bytes, &document, &error) == NR_OK) {
            good++;
            sum += walk(document);
        } else {
            bad++;
            CHECK(error.message && error.line > 0 && error.column > 0);
        }
        free(exact);
        nr_arena_free(&arena);
    }
    CHECK(good > ROUNDS / 10 && bad > ROUNDS / 10 && sum > 0);
}

static enum nr_status parse_sample(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_buffer filler;
    struct nr_xml_node *document;
    struct nr_xml_error error;
    (void)context;
    nr_buffer_init(&filler, &arena);
    // Enough of it to need several chunks of the arena.
    for (int i = 0; i < 100; i++) nr_buffer_append(&filler, sample + 3, sizeof(sample) - 4);
    enum nr_status status = filler.status;
    if (status == NR_OK) {
        status = nr_xml_parse(&arena, &arena, nr_buffer_bytes(&filler), &document, &error);
    }
    nr_arena_free(&arena);
    return status;
}

void test_xml(void) {
    test_documents();
    test_mistakes();
    test_limits();
    test_questions();
    test_mutations();
    NR_CASE("the XML reader survives every failing allocation");
    nr_test_every_allocation(parse_sample, NULL, 1000);
}
