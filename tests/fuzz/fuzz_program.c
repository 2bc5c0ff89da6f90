// Fuzz target: valid programs. Whatever statements the input strings together, the verifier accepts
// the method, the rewrite does not refuse it, and the verifier accepts that, too.
// SPDX-License-Identifier: Apache-2.0
//
// Input: options, type of the method, result, number of parameters and their types, then
// statements. The stack is empty between statements.
#include <string.h>

#include "fuzz.h"
#include "fuzz_module.h"
#include "il/assemble.h"
#include "instrument/gate.h"
#include "instrument/rewrite.h"
#include "metadata/signature.h"

enum { EXIT_FIRST = 1, API = 2, ALONE = 4, MOST_DEPTH = 12, MOST_STATEMENTS = 400 };
enum { NUMBER = 0, OBJECT = 1, RESULT = 2 };  // locals

// Types that methods take and return; the first is void.
static const struct {
    const char *blob;
    uint8_t size;
    bool api;  // what AgentApi can return: something with a type of its own and a box
} types[] = {
    {"\x01", 1, true},                  // void
    {"\x08", 1, true},                  // int
    {"\x0e", 1, true},                  // string
    {"\x1c", 1, true},                  // object
    {"\x0a", 1, true},                  // long
    {"\x0c", 1, true},                  // float
    {"\x11\x0c", 2, true},              // Struct
    {"\x11\x10", 2, true},              // Enum
    {"\x11\x14", 2, false},             // RefStruct
    {"\x11\x19", 2, false},             // Foreign: unknown without the other assembly
    {"\x12\x08", 2, true},              // Class
    {"\x10\x08", 2, false},             // ref int
    {"\x0f\x08", 2, false},             // int*
    {"\x1d\x0e", 2, true},              // string[]
    {"\x1b\0\0\x01", 4, false},         // function pointer
    {"\x16", 1, false},                 // TypedReference
    {"\x15\x12\x18\x01\x08", 5, true},  // Generic<int>
    {"\x15\x11\x1c\x01\x08", 5, true},  // GenericStruct<int>
    {"\x20\x05\x08", 3, true},          // int with a modifier
    {"\x14\x08\x02\0\0", 5, true},      // int[,]
    {"\x13\0", 2, false},               // T, which may stand for what cannot be boxed
};
enum { TYPES = NR_COUNT_OF(types) };

struct program {
    struct fuzz_input input;
    struct nr_list list;
    struct nr_insn *exit;
    unsigned depth, tries, finallies, statements;
    bool returns_value;
};

static struct nr_insn *label_here(struct program *p) {
    struct nr_insn *label = nr_list_new_label(&p->list);
    nr_list_place(&p->list, label);
    return label;
}

static void add(struct program *p, uint16_t opcode, int64_t operand) {
    nr_list_add(&p->list, opcode, operand);
}

static void load_number(struct program *p) {
    uint8_t choice = fuzz_u8(&p->input);
    if (choice % 3 == 0) {
        nr_list_add_ldloc(&p->list, NUMBER);
    } else {
        add(p, NR_LDC_I4, choice);
    }
    for (unsigned i = 0; i < (choice >> 6); i++) {
        add(p, NR_LDC_I4, 1);
        add(p, NR_ADD, 0);
    }
}

static void return_from(struct program *p) {
    if (p->finallies > 0) return;
    if (p->tries > 0) {
        nr_list_add_branch(&p->list, fuzz_u8(&p->input) % 2 ? NR_LEAVE : NR_LEAVE_S, p->exit);
        return;
    }
    if (p->returns_value) nr_list_add_ldloc(&p->list, RESULT);
    add(p, NR_RET, 0);
}

static void run_block(struct program *p);

static void condition(struct program *p) {
    uint8_t choice = fuzz_u8(&p->input);
    struct nr_insn *over = nr_list_new_label(&p->list);
    load_number(p);
    nr_list_add_branch(&p->list, choice % 2 ? NR_BRFALSE : NR_BRFALSE_S, over);
    run_block(p);
    nr_list_place(&p->list, over);
}

static void loop(struct program *p) {
    struct nr_insn *start = label_here(p);
    run_block(p);
    load_number(p);
    nr_list_add_branch(&p->list, fuzz_u8(&p->input) % 2 ? NR_BRTRUE : NR_BRTRUE_S, start);
}

static void choose(struct program *p) {
    uint8_t count = fuzz_u8(&p->input) % 5;
    struct nr_insn *over = nr_list_new_label(&p->list);
    load_number(p);
    struct nr_insn *insn = nr_list_add(&p->list, NR_SWITCH, 0);
    insn->targets = NR_ARENA_ARRAY(p->list.arena, struct nr_insn *, count);
    insn->count = count;
    FUZZ_REQUIRE(insn->targets);
    for (uint8_t i = 0; i < count; i++) {
        run_block(p);
        nr_list_add_branch(&p->list, NR_BR, over);
        insn->targets[i] = label_here(p);
    }
    run_block(p);
    nr_list_place(&p->list, over);
}

static void protect(struct program *p) {
    uint8_t choice = fuzz_u8(&p->input);
    struct nr_insn *after = nr_list_new_label(&p->list);
    struct nr_list_clause clause = {.flags = choice % 3 == 0   ? NR_CLAUSE_FINALLY
                                             : choice % 3 == 1 ? NR_CLAUSE_FILTER
                                                               : NR_CLAUSE_CATCH,
                                    .class_token = 0x01000004};
    clause.try_start = label_here(p);
    p->tries++;
    run_block(p);
    nr_list_add_branch(&p->list, NR_LEAVE_S, after);
    clause.handler_start = clause.try_end = label_here(p);
    if (clause.flags == NR_CLAUSE_FINALLY) {
        p->finallies++;
        run_block(p);
        p->finallies--;
        add(p, NR_ENDFINALLY, 0);
    } else {
        if (clause.flags == NR_CLAUSE_FILTER) {
            clause.filter_start = clause.handler_start;
            add(p, NR_POP, 0);
            add(p, NR_LDC_I4, 1);
            add(p, NR_ENDFILTER, 0);
            clause.handler_start = label_here(p);
        }
        add(p, NR_POP, 0);
        run_block(p);
        if (choice >= 128 && p->finallies == 0) add(p, NR_RETHROW, 0);
        nr_list_add_branch(&p->list, NR_LEAVE, after);
    }
    p->tries--;
    clause.handler_end = after;
    nr_list_place(&p->list, after);
    if (clause.flags != NR_CLAUSE_FILTER) clause.filter_start = NULL;
    nr_list_add_clause(&p->list, clause);
}

static void statement(struct program *p, uint8_t choice) {
    switch (choice % 11) {
    case 0:
        for (unsigned i = fuzz_u8(&p->input); i > 0; i--) add(p, NR_NOP, 0);
        break;
    case 1:
        load_number(p);
        nr_list_add_stloc(&p->list, NUMBER);
        break;
    case 2: condition(p); break;
    case 3: loop(p); break;
    case 4: protect(p); break;
    case 5: return_from(p); break;
    case 6:
        add(p, NR_LDNULL, 0);
        add(p, NR_THROW, 0);
        break;
    case 7: choose(p); break;
    case 8:
        add(p, NR_NEWOBJ, 0x0A000001);
        nr_list_add_stloc(&p->list, OBJECT);
        break;
    case 9:
        add(p, NR_LDC_I8, choice);
        add(p, NR_BOX, NR_TOKEN(NR_TABLE_TYPE_DEF, FUZZ_ENUM));
        add(p, NR_POP, 0);
        break;
    default: nr_list_add_ldloc(&p->list, OBJECT); add(p, NR_POP, 0);
    }
}

// Statements up to a zero, or to the end of the input.
static void run_block(struct program *p) {
    if (p->depth >= MOST_DEPTH) return;
    p->depth++;
    while (p->input.left.size > 0 && p->statements < MOST_STATEMENTS) {
        uint8_t choice = fuzz_u8(&p->input);
        if (choice == 0) break;
        p->statements++;
        statement(p, choice);
    }
    p->depth--;
}

static void write_program(struct program *p, bool exit_first) {
    struct nr_insn *start = nr_list_new_label(&p->list);
    p->exit = nr_list_new_label(&p->list);
    if (exit_first) {
        nr_list_add_branch(&p->list, NR_BR, start);
        nr_list_place(&p->list, p->exit);
        return_from(p);
    }
    nr_list_place(&p->list, start);
    while (p->input.left.size > 0 && p->statements < MOST_STATEMENTS) run_block(p);
    if (exit_first) {
        nr_list_add_branch(&p->list, NR_BR_S, start);
    } else {
        nr_list_place(&p->list, p->exit);
        return_from(p);
    }
}

static void write_type(struct nr_buffer *out, uint8_t number) {
    nr_buffer_append(out, types[number].blob, types[number].size);
}

static struct nr_bytes write_signature(struct fuzz_input *input, struct nr_arena *arena,
                                       bool has_this, uint8_t result) {
    struct nr_buffer out;
    uint8_t count = fuzz_u8(input) % 20;
    nr_buffer_init(&out, arena);
    nr_buffer_u8(&out, has_this ? NR_CALL_HAS_THIS : 0);
    nr_buffer_u8(&out, count);
    write_type(&out, result);
    for (uint8_t i = 0; i < count; i++)
        write_type(&out, (uint8_t)(1 + fuzz_u8(input) % (TYPES - 1)));
    FUZZ_REQUIRE(out.status == NR_OK);
    return nr_buffer_bytes(&out);
}

static struct nr_bytes write_locals(struct nr_arena *arena, uint8_t result) {
    struct nr_buffer out;
    nr_buffer_init(&out, arena);
    nr_buffer_u8(&out, NR_SIG_LOCALS);
    nr_buffer_u8(&out, result ? 3 : 2);
    nr_buffer_append(&out, "\x08\x1c", 2);
    if (result) write_type(&out, result);
    FUZZ_REQUIRE(out.status == NR_OK);
    return nr_buffer_bytes(&out);
}

static struct nr_bytes write_method(struct fuzz_input *input, struct nr_arena *arena,
                                    uint8_t options, uint32_t locals, bool returns_value) {
    struct program program = {.input = *input, .returns_value = returns_value};
    struct nr_buffer out;
    const struct nr_header header = {
        .flags = NR_BODY_INIT_LOCALS, .max_stack = 3, .local_signature = locals};
    nr_list_init(&program.list, arena);
    write_program(&program, options & EXIT_FIRST);
    nr_buffer_init(&out, arena);
    FUZZ_REQUIRE(nr_assemble(&program.list, &header, &out) == NR_OK);
    return nr_buffer_bytes(&out);
}

static void print_line(void *context, const char *line, size_t size) {
    (void)context;
    fwrite(line, 1, size, stderr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct nr_log log = {.level = NR_LOG_ERROR, .write = print_line};
    struct nr_arena arena = NR_ARENA_INIT;
    struct fuzz_input input = {{data, size}};
    struct nr_module *module = fuzz_module_open(&arena);
    struct nr_references references = {.kinds.arena = &arena};
    const struct nr_assemblies assemblies = {module, fuzz_module_find, NULL};
    uint8_t options = fuzz_u8(&input);
    uint32_t type = 1 + fuzz_u8(&input) % FUZZ_TYPES;
    uint8_t result = fuzz_u8(&input) % TYPES;
    struct nr_rewrite rewrite = {
        .module = module,
        .references = &references,
        .assemblies = options & ALONE ? NULL : &assemblies,
        .type = NR_TOKEN(NR_TABLE_TYPE_DEF, type),
        .method = NR_TOKEN(NR_TABLE_METHOD_DEF, type),
        .signature = write_signature(&input, &arena, type % 3 != 1, result),
        .description = NR_STR("a method"),
        .assembly_name = NR_STR("Fuzz"),
        .type_name = NR_STR("Space.Type"),
        .method_name = NR_STR("Method"),
        .agent_path = NR_STR("/agent.dll"),
        .tracer_factory = NR_STR("Factory"),
        .function_id = 1};
    struct nr_bytes out;
    nr_token locals;
    FUZZ_REQUIRE(module->ops->define_signature(module, write_locals(&arena, result), &locals) ==
                 NR_OK);
    rewrite.body = write_method(&input, &arena, options, locals, result != 0);
    FUZZ_REQUIRE(nr_gate(&arena, &rewrite, rewrite.body, &log) == NR_OK);
    if (options & API) {
        enum nr_status status = nr_rewrite_api(&arena, &rewrite, &log, &out);
        FUZZ_REQUIRE(status == NR_OK || (!types[result].api && status == NR_UNSUPPORTED));
        if (status != NR_OK) out = rewrite.body;
    } else {
        FUZZ_REQUIRE(nr_rewrite_fast(&arena, &rewrite, &log, &out) == NR_OK);
        FUZZ_REQUIRE(nr_gate(&arena, &rewrite, out, &log) == NR_OK);
        rewrite.lean = true;
        FUZZ_REQUIRE(nr_rewrite_fast(&arena, &rewrite, &log, &out) == NR_OK);
        FUZZ_REQUIRE(nr_gate(&arena, &rewrite, out, &log) == NR_OK);
        FUZZ_REQUIRE(nr_rewrite_default(&arena, &rewrite, &log, &out) == NR_OK);
    }
    FUZZ_REQUIRE(nr_gate(&arena, &rewrite, out, &log) == NR_OK);
    nr_arena_free(&arena);
    return 0;
}
