// nrprof points: tells which methods are instrumented, and by which file.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "config/assembly_version.h"
#include "given_json.h"
#include "instrument/points.h"
#include "launch.h"
#include "lines_json.h"
#include "message.h"
#include "options.h"
#include "platform/platform.h"
#include "platform/process_facts.h"
#include "process.h"

static const char help_text[] =
    "usage: nrprof points HOME\n"
    "       nrprof points --assembly NAME --class NAME --method NAME\n"
    "                     [--parameters LIST] [--version V] HOME\n"
    "       nrprof points < QUESTIONS\n"
    "\n"
    "Lists the instrumentation points of the agent home HOME, one JSON object a\n"
    "line; the last line has the counts and what the profiler would log. With a\n"
    "method, it tells which point instruments that method, or why none does.\n"
    "\n"
    "      --assembly NAME  simple name of the assembly\n"
    "      --class NAME     full name of the type, Namespace.Outer+Inner`1\n"
    "      --method NAME    name of the method\n"
    "      --parameters LIST\n"
    "                       full names of the types, between commas; none without it\n"
    "      --version V      version of the assembly\n"
    "      --framework      HOME is one of .NET Framework, not of .NET\n"
    "\n"
    "Without arguments, it answers questions on standard input, one JSON object a\n"
    "line, each field optional:\n"
    "  {\"extensions\": {FILE: XML}, \"config\": XML, \"env\": {NAME: TEXT},\n"
    "   \"function\": {\"assembly\": TEXT, \"class\": TEXT, \"method\": TEXT,\n"
    "                \"parameters\": TEXT, \"version\": TEXT}}\n"
    "\n"
    "The exit status is 0, or 1 when a line was no question: its answer is\n"
    "{\"error\": TEXT, \"line\": NUMBER}. The fields are explained in\n"
    "docs/troubleshooting.md.\n";

struct function {
    struct nr_str assembly, class_name, method, parameters;
    struct nr_version version;
};

// 0.0.0.0 and nothing at all are versions here, but no limits there.
static bool read_version(struct nr_str text, struct nr_version *version) {
    bool zero = true;
    for (size_t i = 0; i < text.size; i++) zero &= text.data[i] == '0' || text.data[i] == '.';
    *version = (struct nr_version){0};
    return zero || nr_version_parse(text, NULL, version);
}

static json_t *text_or_null(struct nr_str text, bool there) {
    return there ? nr_json_text(text) : json_null();
}

static json_t *number_or_null(uint32_t number, bool there) {
    return there ? json_integer(number) : json_null();
}

// ---- one function ----

static json_t *describe(const struct nr_points *points, const struct function *f,
                        const struct nr_log *log, json_t *lines) {
    struct nr_points_answer found =
        nr_points_explain(points, f->assembly, f->class_name, f->method, f->parameters, f->version);
    bool match = found.match, ignored = !match && strcmp(found.reason, "ignored") == 0;
    const struct nr_point none = {0}, *point = match ? found.match : &none;
    if (ignored) point = found.nearest;
    (void)nr_points_match(points, f->assembly, f->class_name, f->method, f->parameters, f->version,
                          log);
    return json_pack(
        "{s:b, s:o, s:o, s:o, s:b, s:o, s:o, s:s, s:O}", "match", match, "tracer_factory",
        text_or_null(point->tracer_factory, match), "metric_name",
        text_or_null(point->metric_name, match), "args", number_or_null(point->flags, match),
        "ignored", ignored, "file", text_or_null(point->file, point->file.size > 0), "line",
        number_or_null(point->line, point->line > 0), "reason", found.reason, "log", lines);
}

// A profiler whose configuration is wrong instruments nothing.
static json_t *no_match(json_t *lines) {
    return json_pack("{s:b, s:n, s:n, s:n, s:b, s:n, s:n, s:s, s:O}", "match", 0, "tracer_factory",
                     "metric_name", "args", "ignored", 0, "file", "line", "reason", "config-error",
                     "log", lines);
}

static json_t *match(const struct nr_startup *startup, const struct nr_extension_files *files,
                     const struct nr_settings *settings, const struct function *function,
                     json_t *lines) {
    struct nr_extensions extensions;
    const struct nr_points *points;
    if (nr_startup_read_points(startup, startup->arena, files, &settings->ignore, &extensions) !=
            NR_OK ||
        nr_points_new(startup->arena, &extensions, &settings->ignore, &points) != NR_OK) {
        return NULL;
    }
    return describe(points, function, startup->log, lines);
}

// The answer about a function; files are read once the log is open. NULL: no memory.
static json_t *find(struct nr_arena *arena, const struct nr_facts *facts,
                    const struct nr_extension_files *given, const struct function *function) {
    struct nr_json_log log;
    struct nr_settings settings;
    struct nr_log_mode mode;
    struct nr_extension_files files = {0};
    json_t *object = NULL;
    if (!nr_json_log_init(&log)) return NULL;
    const struct nr_startup startup = nr_json_startup(arena, facts, &log);
    enum nr_status status = nr_startup_load(&startup, &settings, &mode);
    if (given) files = *given;
    if (status == NR_OK && !given) status = nr_home_read_extensions(arena, facts, &log.log, &files);
    if (status == NR_OK) object = match(&startup, &files, &settings, function, log.lines);
    if (status != NR_OK && status != NR_NO_MEMORY) object = no_match(log.lines);
    json_t *lines = nr_json_log_take(&log);
    if (!lines) {
        json_decref(object);
        object = NULL;
    }
    json_decref(lines);
    return object;
}

// ---- questions ----

static bool read_function(struct nr_arena *arena, const json_t *question, struct function *f,
                          const char **why) {
    const json_t *object;
    struct nr_str version, parameters;
    if (!nr_given_object(question, "function", arena, &object, why) ||
        !nr_given_text(object, "assembly", arena, &f->assembly, why) ||
        !nr_given_text(object, "class", arena, &f->class_name, why) ||
        !nr_given_text(object, "method", arena, &f->method, why) ||
        !nr_given_text(object, "parameters", arena, &parameters, why) ||
        !nr_given_text(object, "version", arena, &version, why)) {
        return false;
    }
    if (!read_version(version, &f->version)) *why = "'version' is not a version";
    return !*why && nr_point_parameters(arena, parameters, &f->parameters) == NR_OK;
}

static bool read_extensions(struct nr_arena *arena, const json_t *question,
                            struct nr_extension_files *files, const char **why) {
    const json_t *object;
    const char *name;
    json_t *value;
    *files = (struct nr_extension_files){0};
    if (!nr_given_object(question, "extensions", arena, &object, why)) return false;
    json_object_foreach((json_t *)object, name, value) {
        struct nr_bytes xml = {(const uint8_t *)json_string_value(value),
                               json_string_length(value)};
        if (!json_is_string(value)) *why = "a file of 'extensions' is not a text";
        if (*why || nr_extension_files_add(arena, files, nr_str_of(name), xml) != NR_OK)
            return false;
    }
    return true;
}

static json_t *answer(struct nr_arena *arena, const json_t *question, const char **why) {
    struct nr_given given;
    struct nr_facts facts;
    struct nr_extension_files files;
    struct function function;
    if (!nr_given_facts(arena, question, true, &given, &facts, why) ||
        !read_extensions(arena, question, &files, why) ||
        !read_function(arena, question, &function, why)) {
        return NULL;
    }
    if (given.config.size == 0) given.config = NR_STR("<configuration/>");
    return find(arena, &facts, &files, &function);
}

// ---- a home ----

// This machine's facts with another home, in which alone files are looked for: which process it is
// about, and so where a local configuration would lie, is not known.
struct home {
    struct nr_str path;
    struct nr_facts machine;
};

static bool get_env(void *context, struct nr_arena *arena, const char *name, struct nr_str *value) {
    const struct home *home = context;
    if (strcmp(name, "CORECLR_NEW_RELIC_HOME") != 0 && strcmp(name, "NEW_RELIC_HOME") != 0)
        return home->machine.get_env(NULL, arena, name, value);
    *value = home->path;
    return true;
}

static bool file_exists(void *context, struct nr_str path) {
    const struct home *home = context;
    return nr_str_starts_with(path, home->path) && home->machine.file_exists(NULL, path);
}

static struct nr_facts facts_of_home(struct nr_arena *arena, struct home *home, bool framework) {
    home->machine = nr_process_facts(arena, !framework);
    struct nr_facts facts = home->machine;
    facts.context = home;
    facts.get_env = get_env;
    facts.file_exists = file_exists;
    facts.process_path = facts.process_directory = NR_STR("");
    return facts;
}

static json_t *version_or_null(struct nr_version version, bool there) {
    if (!there) return json_null();
    return json_sprintf(NR_VERSION_FORMAT, NR_VERSION_ARGS(version));
}

static json_t *describe_point(const struct nr_point *point) {
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:o, s:o}", "assembly",
                     nr_json_text(point->assembly_name), "class", nr_json_text(point->class_name),
                     "method", nr_json_text(point->method_name), "parameters",
                     text_or_null(point->parameters, point->has_parameters), "min_version",
                     version_or_null(point->minimum, point->has_minimum), "max_version",
                     version_or_null(point->maximum, point->has_maximum), "tracer_factory",
                     nr_json_text(point->tracer_factory), "metric_name",
                     nr_json_text(point->metric_name), "args", (json_int_t)point->flags, "ignored",
                     point->ignored, "file", text_or_null(point->file, point->file.size > 0),
                     "line", number_or_null(point->line, point->line > 0));
}

static bool print_points(const struct nr_extensions *extensions, size_t *ignored) {
    *ignored = 0;
    for (size_t i = 0; i < extensions->count; i++) {
        *ignored += extensions->points[i].ignored;
        if (!nr_print_line(describe_point(&extensions->points[i]))) return false;
    }
    return true;
}

static bool list(struct nr_arena *arena, const struct nr_facts *facts) {
    struct nr_json_log log;
    struct nr_settings settings = {0};
    struct nr_log_mode mode;
    struct nr_extension_files files = {0};
    struct nr_extensions extensions = {0};
    size_t ignored;
    if (!nr_json_log_init(&log)) return nr_print_line(NULL);
    const struct nr_startup startup = nr_json_startup(arena, facts, &log);
    enum nr_status status = nr_startup_load(&startup, &settings, &mode);
    if (status == NR_OK) status = nr_home_read_extensions(arena, facts, &log.log, &files);
    if (status == NR_OK)
        status = nr_startup_read_points(&startup, arena, &files, &settings.ignore, &extensions);
    bool good = print_points(&extensions, &ignored);
    json_t *lines = nr_json_log_take(&log);
    if (!lines || status == NR_NO_MEMORY) {
        json_decref(lines);
        return nr_print_line(NULL);
    }
    return good && nr_print_line(json_pack(
                       "{s:I, s:I, s:I, s:b, s:o}", "points", (json_int_t)extensions.count,
                       "ignored", (json_int_t)ignored, "invalid_files",
                       (json_int_t)(extensions.invalid_files + files.unreadable), "config_error",
                       status != NR_OK, "log", lines));
}

// ---- the command ----

struct arguments {
    const char *assembly, *class_name, *method, *parameters, *version;
    bool framework, help;
    char **rest;
};

static bool function_of(struct nr_arena *arena, const struct arguments *arguments,
                        struct function *function) {
    function->assembly = nr_str_of(arguments->assembly);
    function->class_name = nr_str_of(arguments->class_name);
    function->method = nr_str_of(arguments->method);
    if (!read_version(nr_str_of(arguments->version), &function->version)) {
        nr_say("'%s' is not a version", arguments->version);
        return false;
    }
    return nr_point_parameters(arena, nr_str_of(arguments->parameters), &function->parameters) ==
           NR_OK;
}

static bool tell(struct nr_arena *arena, const struct arguments *arguments) {
    struct home home;
    struct function function;
    if (nr_path_absolute(arena, nr_str_of(arguments->rest[0]), &home.path) != NR_OK ||
        !nr_directory_exists(home.path)) {
        nr_say("there is no folder '%s'", arguments->rest[0]);
        return false;
    }
    struct nr_facts facts = facts_of_home(arena, &home, arguments->framework);
    if (!arguments->assembly && !arguments->class_name && !arguments->method)
        return list(arena, &facts);
    return function_of(arena, arguments, &function) &&
           nr_print_line(find(arena, &facts, NULL, &function));
}

static bool read_arguments(int argc, char **argv, struct arguments *arguments) {
    const struct nr_option options[] = {{0, "assembly", .value = &arguments->assembly},
                                        {0, "class", .value = &arguments->class_name},
                                        {0, "method", .value = &arguments->method},
                                        {0, "parameters", .value = &arguments->parameters},
                                        {0, "version", .value = &arguments->version},
                                        {0, "framework", .flag = &arguments->framework},
                                        {'h', "help", .flag = &arguments->help},
                                        {.name = NULL}};
    return nr_options_read(options, argc, argv, &arguments->rest);
}

static int run(int argc, char **argv) {
    struct arguments arguments = {0};
    if (!read_arguments(argc, argv, &arguments)) return NR_EXIT_FAILURE;
    if (arguments.help) {
        nr_command_print_help(&nr_command_points);
        return 0;
    }
    if (argc == 1) return nr_answer_lines(answer);
    if (!arguments.rest[0] || arguments.rest[1]) {
        nr_say("give one home: nrprof points [OPTIONS] HOME");
        return NR_EXIT_FAILURE;
    }
    struct nr_arena arena = NR_ARENA_INIT;
    bool good = tell(&arena, &arguments);
    nr_arena_free(&arena);
    return good ? 0 : NR_EXIT_FAILURE;
}

const struct nr_command nr_command_points = {"points", "tell which methods a home instruments",
                                             help_text, run};
