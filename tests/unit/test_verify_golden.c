// Tests of src/il/verify on the bodies recorded from the reference: before and after its rewriting.
// SPDX-License-Identifier: Apache-2.0
//
// All of the original bodies ran, and of the rewritten ones all but those that the reference got
// wrong. The metadata is that of the corpus; what the reference added to it is in the recording.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "harness.h"
#include "hex.h"
#include "il/body.h"
#include "instrument/type_kinds.h"
#include "metadata/file_module.h"
#include "platform/platform.h"

#define GOLDEN NR_TEST_ROOT "/../shared/golden/"

enum { LARGEST_FILE = 1 << 24, LARGEST_LINE = 1 << 20 };

// An assembly of the corpus, opened once.
struct image {
    struct nr_str name;
    struct nr_module *module;
    struct nr_type_kinds kinds;
};

struct corpus {
    struct nr_arena arena;
    struct nr_map images;
};

// A body being verified: its line of the recording, and where the line does not help, the module.
struct recorded {
    struct nr_arena *arena;
    struct corpus *corpus;
    struct image *image;
    const char *line;
    uint32_t local_token;
    struct nr_bytes locals;
};

static struct image *open_image(struct corpus *corpus, struct nr_str name) {
    struct image *image = nr_map_get(&corpus->images, name);
    if (image) return image;
    struct nr_arena *arena = &corpus->arena;
    struct nr_bytes file;
    image = NR_ARENA_NEW(arena, struct image);
    if (!image) return NULL;
    image->name = nr_str_copy(arena, name);
    image->kinds.arena = arena;
    struct nr_str path = NR_STR_JOIN(arena, NR_STR(GOLDEN "bin/"), name, NR_STR(".dll"));
    if (nr_file_read(arena, path, LARGEST_FILE, &file) != NR_OK ||
        nr_file_module_open(arena, file, &image->module) != NR_OK ||
        nr_map_set(&corpus->images, image->name, image) != NR_OK) {
        return NULL;
    }
    return image;
}

static struct nr_module *find_assembly(void *context, struct nr_str name) {
    struct image *image = open_image(context, name);
    return image ? image->module : NULL;
}

// The text of a field, up to its closing quote; without data when there is none.
static struct nr_str text_field(const char *line, const char *key) {
    const char *place = strstr(line, key);
    if (!place) return (struct nr_str){0};
    place += strlen(key);
    size_t size = 0;
    while (place[size] && place[size] != '"') size += place[size] == '\\' ? 2 : 1;
    return (struct nr_str){place, size};
}

static uint32_t token_field(const char *line) {
    struct nr_str text = text_field(line, "\"tok\":\"");
    return text.data ? (uint32_t)strtoul(text.data, NULL, 16) : 0;
}

static struct nr_bytes hex_field(struct nr_arena *arena, struct nr_str text) {
    struct nr_bytes read = nr_test_hex(text.data ? text.data : "");
    struct nr_str copy = nr_str_copy(arena, (struct nr_str){(const char *)read.data, read.size});
    nr_test_free(read);
    return (struct nr_bytes){(const uint8_t *)copy.data, copy.size};
}

// What a token means in the recording, such as "[Assembly]Type::Name 200001": as an operand, or as
// a token that the reference asked for.
static struct nr_str meaning(const struct recorded *recorded, uint32_t token) {
    char key[48];
    snprintf(key, sizeof(key), "\"0x%08x\":\"", (unsigned)token);
    struct nr_str text = text_field(recorded->line, key);
    if (text.data) return text;
    snprintf(key, sizeof(key), "\"tok\":\"0x%08x\",\"means\":\"", (unsigned)token);
    return text_field(recorded->line, key);
}

static enum nr_status signature(void *context, uint32_t token, struct nr_bytes *blob) {
    struct recorded *recorded = context;
    struct nr_module *module = recorded->image->module;
    if (token == recorded->local_token) {
        *blob = recorded->locals;
        return NR_OK;
    }
    if (module->ops->signature(module, token, blob) == NR_OK) return NR_OK;
    struct nr_str text = meaning(recorded, token);
    size_t at = nr_str_find(text, ' ', 0);
    if (at == text.size) at = nr_str_find(text, ':', 0);  // "spec:…", "sig:…"
    if (at == text.size) return NR_NOT_FOUND;
    *blob = hex_field(recorded->arena, nr_str_slice(text, at + 1, text.size));
    return blob->data ? NR_OK : NR_NO_MEMORY;
}

static enum nr_status method_of_spec(void *context, uint32_t token, uint32_t *method) {
    struct recorded *recorded = context;
    struct nr_module *module = recorded->image->module;
    if (module->ops->method_of_spec(module, token, method) == NR_OK) return NR_OK;
    *method = token;  // the recording gives the method's signature
    return meaning(recorded, token).data ? NR_OK : NR_NOT_FOUND;
}

static bool exists(void *context, uint32_t token) {
    struct recorded *recorded = context;
    struct nr_module *module = recorded->image->module;
    return module->ops->exists(module, token) || meaning(recorded, token).data;
}

static enum nr_type_kind type_kind(void *context, uint32_t token) {
    struct recorded *recorded = context;
    struct nr_module *module = recorded->image->module;
    struct nr_assemblies assemblies = {.context = recorded->corpus, .find = find_assembly};
    struct nr_type_ref ref = {.name = meaning(recorded, token)};
    if (module->ops->type_ref(module, recorded->arena, token, &ref) == NR_OK &&
        (nr_str_equal(ref.name, NR_STR("System.Span`1")) ||
         nr_str_equal(ref.name, NR_STR("System.ReadOnlySpan`1")) ||
         nr_str_equal(ref.name, NR_STR("System.TypedReference")))) {
        return NR_TYPE_BY_REF_LIKE;  // the framework is not part of the corpus
    }
    enum nr_type_kind kind = NR_TYPE_UNKNOWN;
    CHECK_INT(nr_type_kind_of(&recorded->image->kinds, module, &assemblies, recorded->arena, token,
                              &kind),
              NR_OK);
    return kind;
}

static enum nr_status owner(void *context, uint32_t token, uint32_t *type) {
    struct recorded *recorded = context;
    struct nr_module *module = recorded->image->module;
    struct nr_method_def method;
    struct nr_member_ref member;
    if (NR_TOKEN_TABLE(token) == NR_TABLE_METHOD_DEF) {
        NR_TRY(module->ops->method_def(module, recorded->arena, token, &method));
        *type = method.owner;
        return NR_OK;
    }
    NR_TRY(module->ops->member_ref(module, recorded->arena, token, &member));
    *type = member.parent;
    return NR_OK;
}

static enum nr_status verify(struct recorded *recorded, struct nr_bytes bytes,
                             struct nr_verify_error *error) {
    uint32_t token = token_field(recorded->line);
    uint32_t type = 0;
    struct nr_bytes own = hex_field(recorded->arena, text_field(recorded->line, "\"sig\":\""));
    struct nr_body body;
    NR_TRY(nr_body_read(recorded->arena, bytes, &body));
    recorded->local_token = body.local_signature;
    NR_TRY(owner(recorded, token, &type));
    const struct nr_verify_module module = {.context = recorded,
                                            .signature = signature,
                                            .method_of_spec = method_of_spec,
                                            .exists = exists,
                                            .type_kind = type_kind,
                                            .owner = owner,
                                            .this_type = type_kind(recorded, type)};
    return nr_verify(recorded->arena, bytes, own, &module, error);
}

// What the reference got wrong, and what is said of it.
static const struct {
    const char *type, *method, *message;
} wrong[] = {
    {"Corpus.Sig", "SpanParam", "box: a by-ref-like value cannot be boxed"},
    {"Corpus.Sig", "RosReturn", "box: a by-ref-like value cannot be boxed"},
    {"Corpus.Sig", "SpanInOut", "box: a by-ref-like value cannot be boxed"},
    {"Corpus.Sig", "RefStructParam", "box: a by-ref-like value cannot be boxed"},
    {"Corpus.Sig", "TypedRefParam", "box: a by-ref-like value cannot be boxed"},
    {"Corpus.TopAutoStruct", "AutoStructInst",
     "stelem.ref: needs an object reference, has a managed pointer"},
    {"Corpus.TopAutoStruct", "AutoRetSelf",
     "stelem.ref: needs an object reference, has a managed pointer"},
    {"Corpus.NOuter+NStruct", "NStructInst",
     "stelem.ref: needs an object reference, has a managed pointer"},
    {"Corpus.NAttrs+SeqAttr", "SeqTraced",
     "stelem.ref: needs an object reference, has a managed pointer"},
    {"Corpus.NAuto", "NAutoInst", "stelem.ref: needs an object reference, has a managed pointer"},
    {"Corpus.NAutoRef", "NAutoRefInst",
     "stelem.ref: needs an object reference, has a managed pointer"},
    {"NewRelic.Api.Agent.NewRelic", "Add", "stloc.0: needs int32, has an object reference"},
    {"NewRelic.Api.Agent.NewRelic", "Flag", "stloc.0: needs int32, has an object reference"},
    {"NewRelic.Api.Agent.NewRelic", "NotInAgent", "stloc.0: needs int32, has an object reference"},
    {"NewRelic.Api.Agent.NewRelic", "TryRet", "stloc.1: needs int32, has an object reference"},
    {"NewRelic.Api.Agent.NewRelic", "MultiRet",
     "ret: the method may not be left inside a catch handler"},
    {"Il.S", "I_tail_call", "call: a tail call must be followed by ret"},
    {"Il.S", "I_tail_call_multi_ret", "call: a tail call must be followed by ret"},
    {"Il.S", "I_tail_call_void", "call: a tail call must be followed by ret"},
    {"Il.S", "I_jmp", "jmp: the method may not be left inside a try"},
    {"Il.S", "I_jmp_ret", "jmp: the method may not be left inside a try"},
    {"Il.S", "I_jmp_not_taken", "jmp: the method may not be left inside a try"},
};

static bool is_wrong(const char *line, struct nr_str message) {
    for (size_t i = 0; i < NR_COUNT_OF(wrong); i++) {
        if (nr_str_equal(text_field(line, "\"type\":\""), nr_str_of(wrong[i].type)) &&
            nr_str_equal(text_field(line, "\"name\":\""), nr_str_of(wrong[i].method))) {
            return CHECK_STR(nr_str_slice(message, 0, strlen(wrong[i].message)), wrong[i].message);
        }
    }
    return false;
}

struct tally {
    unsigned original, rewritten, refused;
};

// The recording holds the original body too, except of methods rewritten while they were compiled.
static struct nr_bytes original_body(struct recorded *recorded) {
    uint32_t token = token_field(recorded->line);
    struct nr_bytes bytes;
    if (nr_str_equal(text_field(recorded->line, "\"via\":\""), NR_STR("rejit"))) {
        return hex_field(recorded->arena, text_field(recorded->line, "\"old_il\":\""));
    }
    enum nr_status status = nr_file_module_body(recorded->image->module, token, &bytes);
    return CHECK_INT(status, NR_OK) ? bytes : (struct nr_bytes){0};
}

static void check_line(struct corpus *corpus, const char *line, struct tally *tally) {
    struct image *image = open_image(corpus, text_field(line, "\"asm\":\""));
    if (!image) return;
    struct nr_arena arena = NR_ARENA_INIT;
    struct recorded recorded = {.arena = &arena, .corpus = corpus, .image = image, .line = line};
    struct nr_verify_error error = {0, ""};
    recorded.locals = hex_field(&arena, text_field(line, "\"old_locals\":\""));
    CHECK_INT(verify(&recorded, original_body(&recorded), &error), NR_OK);
    CHECK_STR(nr_str_of(error.message), "");
    tally->original++;
    recorded.locals = hex_field(&arena, text_field(line, "\"new_locals\":\""));
    struct nr_bytes body = hex_field(&arena, text_field(line, "\"new_il\":\""));
    enum nr_status status = verify(&recorded, body, &error);
    bool expected = is_wrong(line, nr_str_of(error.message));
    CHECK_INT(status, expected ? NR_MALFORMED : NR_OK);
    if (!expected) CHECK_STR(nr_str_of(error.message), "");
    tally->rewritten++;
    tally->refused += status != NR_OK;
    nr_arena_free(&arena);
}

void test_verify_golden(void) {
    FILE *file = fopen(GOLDEN "golden.jsonl", "r");
    if (!file) {
        nr_test_skip("bodies recorded from the reference", "golden.jsonl is absent");
        return;
    }
    NR_CASE("bodies recorded from the reference pass, and its mistakes do not");
    static char line[LARGEST_LINE];
    struct corpus corpus = {.arena = NR_ARENA_INIT};
    struct tally tally = {0};
    nr_map_init(&corpus.images, &corpus.arena);
    while (fgets(line, sizeof(line), file)) {
        if (strstr(line, "\"new_il\":\"")) check_line(&corpus, line, &tally);
    }
    fclose(file);
    // All but one, which is of an assembly that is no part of the corpus.
    CHECK_INT(tally.original, 364);
    CHECK_INT(tally.rewritten, 364);
    CHECK_INT(tally.refused, NR_COUNT_OF(wrong));
    nr_arena_free(&corpus.arena);
}
