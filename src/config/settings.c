// Reads newrelic.config and the environment into settings.
// SPDX-License-Identifier: Apache-2.0
#include "config/settings.h"

#include "config/home.h"
#include "config/xml.h"

// ---- files ----

// NR_NOT_FOUND without a line in the log: there is no such file.
static enum nr_status read_file(struct nr_arena *arena, const struct nr_facts *facts,
                                struct nr_str path, const struct nr_log *log,
                                struct nr_bytes *content) {
    if (!facts->file_exists || !facts->file_exists(facts->context, path)) return NR_NOT_FOUND;
    enum nr_status status = NR_IO;
    if (facts->read_file) {
        status = facts->read_file(facts->context, arena, path, NR_XML_MAX_SIZE, content);
    }
    if (status == NR_TOO_LARGE) {
        nr_log_error(log, "The file is larger than 16 MB. File path: %.*s", NR_STR_ARGS(path));
    } else if (status != NR_OK) {
        nr_log_error(log, "Unable to open file. File path: %.*s", NR_STR_ARGS(path));
        if (status == NR_NOT_FOUND) status = NR_IO;
    }
    return status;
}

static enum nr_status read_config(struct nr_arena *arena, const struct nr_facts *facts,
                                  struct nr_str directory, const struct nr_log *log,
                                  struct nr_bytes *content) {
    struct nr_str path =
        NR_STR_JOIN(arena, directory, nr_facts_separator(facts), NR_STR("newrelic.config"));
    if (!path.data) return NR_NO_MEMORY;
    if (facts->file_exists && facts->file_exists(facts->context, path)) {
        nr_log_info(log, "Found newrelic.config at: %.*s", NR_STR_ARGS(path));
    }
    return read_file(arena, facts, path, log, content);
}

static enum nr_status read_global(struct nr_arena *arena, const struct nr_facts *facts,
                                  const struct nr_log *log, struct nr_bytes *content) {
    struct nr_str home;
    NR_TRY(nr_home_find(arena, facts, log, &home));
    enum nr_status status = read_config(arena, facts, home, log, content);
    if (status == NR_NOT_FOUND) {
        nr_log_error(log, "The global newrelic.config file was not found at: %.*s",
                     NR_STR_ARGS(home));
    }
    return status;
}

static enum nr_status read_local(struct nr_arena *arena, const struct nr_facts *facts,
                                 const struct nr_log *log, struct nr_settings_source *source) {
    enum nr_status status =
        read_config(arena, facts, facts->process_directory, log, &source->local);
    source->has_local = status == NR_OK;
    if (status == NR_NO_MEMORY) return status;
    if (status != NR_OK && status != NR_NOT_FOUND) {
        nr_log_warn(log,
                    "There was an error reading the local newrelic.config file. Using the settings "
                    "in the global newrelic.config file instead.");
    }
    return NR_OK;
}

enum nr_status nr_settings_source_read(struct nr_arena *arena, const struct nr_facts *facts,
                                       const struct nr_log *log,
                                       struct nr_settings_source *source) {
    *source = (struct nr_settings_source){0};
    NR_TRY(read_global(arena, facts, log, &source->global));
    NR_TRY(read_local(arena, facts, log, source));
    struct nr_str path = NR_STR_JOIN(arena, facts->process_path, NR_STR(".config"));
    if (!path.data) return NR_NO_MEMORY;
    enum nr_status status = read_file(arena, facts, path, log, &source->application);
    return status == NR_NOT_FOUND ? NR_OK : status;
}

// ---- lists ----

// The documents go when the settings are made, so every text that stays is copied.
static enum nr_status copy(struct nr_arena *arena, struct nr_str text, struct nr_str *out) {
    *out = nr_str_copy(arena, text);
    return out->data ? NR_OK : NR_NO_MEMORY;
}

static enum nr_status add_name(struct nr_arena *arena, struct nr_str_list *names,
                               struct nr_str name) {
    struct nr_str text;
    NR_TRY(copy(arena, name, &text));
    return nr_str_list_add(arena, names, text);
}

// The items between commas; nothing after the last comma is no item.
static enum nr_status add_list(struct nr_arena *arena, struct nr_str_list *names,
                               struct nr_str list) {
    for (size_t from = 0; from < list.size;) {
        size_t comma = nr_str_find(list, ',', from);
        NR_TRY(add_name(arena, names, nr_str_slice(list, from, comma)));
        from = comma + 1;
    }
    return NR_OK;
}

bool nr_ignore_list_matches(const struct nr_ignore_list *list, struct nr_str assembly_name,
                            struct nr_str class_name) {
    for (size_t i = 0; list && i < list->count; i++) {
        const struct nr_ignore_rule *rule = &list->data[i];
        if (nr_str_equal_ignore_case(rule->assembly_name, assembly_name) &&
            (rule->class_name.size == 0 ||
             nr_str_equal_ignore_case(rule->class_name, class_name))) {
            return true;
        }
    }
    return false;
}

// ---- newrelic.config ----

struct parse {
    struct nr_arena *arena;
    const struct nr_facts *facts;
    const struct nr_log *log;
    struct nr_settings *settings;
};

static enum nr_log_level level_named(struct nr_str name, enum nr_log_level fallback) {
    static const struct {
        struct nr_str name;
        enum nr_log_level level;
    } levels[] = {
        {{"off", 3}, NR_LOG_ERROR},     {{"error", 5}, NR_LOG_ERROR},  {{"warn", 4}, NR_LOG_WARN},
        {{"info", 4}, NR_LOG_INFO},     {{"debug", 5}, NR_LOG_DEBUG},  {{"fine", 4}, NR_LOG_DEBUG},
        {{"verbose", 7}, NR_LOG_TRACE}, {{"finest", 6}, NR_LOG_TRACE}, {{"all", 3}, NR_LOG_TRACE}};
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (nr_str_equal_ignore_case(name, levels[i].name)) return levels[i].level;
    }
    return fallback;
}

// A level in the environment takes the whole element out of force, its other attributes too; that
// is what the reference does.
static void read_log(struct parse *parse, const struct nr_xml_node *configuration) {
    struct nr_settings *settings = parse->settings;
    struct nr_str text;
    if (nr_facts_env_either(parse->facts, parse->arena, "NEW_RELIC_LOG_LEVEL", "NEWRELIC_LOG_LEVEL",
                            &text)) {
        settings->log_level = level_named(text, settings->log_level);
        return;
    }
    const struct nr_xml_node *log = nr_xml_child(configuration, NR_STR("log"));
    if (!log) return;
    settings->console_logging = nr_xml_attribute_is(log, NR_STR("console"), NR_STR("true"));
    if (nr_xml_attribute(log, NR_STR("enabled"), &text)) {
        settings->logging_enabled = nr_str_equal_ignore_case(text, NR_STR("true"));
    }
    if (nr_xml_attribute(log, NR_STR("level"), &text)) {
        settings->log_level = level_named(text, settings->log_level);
    }
}

static enum nr_status read_ignore_rules(struct parse *parse,
                                        const struct nr_xml_node *instrumentation) {
    const struct nr_xml_node *rules = nr_xml_child(instrumentation, NR_STR("rules"));
    const struct nr_xml_node *node = rules ? nr_xml_child(rules, NR_STR("ignore")) : NULL;
    struct nr_ignore_list *list = &parse->settings->ignore;
    for (; node; node = nr_xml_next(node)) {
        struct nr_str assembly;
        if (!nr_xml_attribute(node, NR_STR("assemblyName"), &assembly)) continue;
        struct nr_ignore_rule *data =
            nr_array_room(parse->arena, list->data, list->count, sizeof(*data));
        if (!data) return NR_NO_MEMORY;
        list->data = data;
        struct nr_ignore_rule *rule = &data[list->count];
        NR_TRY(copy(parse->arena, assembly, &rule->assembly_name));
        NR_TRY(copy(parse->arena, nr_xml_attribute_or_empty(node, NR_STR("className")),
                    &rule->class_name));
        list->count++;
    }
    return NR_OK;
}

static enum nr_status read_processes(struct parse *parse, const struct nr_xml_node *instrumentation,
                                     bool include) {
    struct nr_settings *settings = parse->settings;
    struct nr_str_list *names =
        include ? &settings->included_processes : &settings->excluded_processes;
    struct nr_str list, name;
    if (nr_facts_env(parse->facts, parse->arena,
                     include ? "NEW_RELIC_INCLUDED_APPLICATION_NAMES"
                             : "NEW_RELIC_EXCLUDED_APPLICATION_NAMES",
                     &list)) {
        return add_list(parse->arena, names, list);
    }
    const struct nr_xml_node *parent =
        instrumentation ? nr_xml_child(instrumentation, NR_STR("applications")) : NULL;
    const struct nr_xml_node *node = parent ? nr_xml_child(parent, NR_STR("application")) : NULL;
    for (; node; node = nr_xml_next(node)) {
        if (nr_xml_attribute_is(node, NR_STR("include"), NR_STR("false")) == include) continue;
        if (nr_xml_attribute(node, NR_STR("name"), &name)) {
            NR_TRY(add_name(parse->arena, names, name));
        }
    }
    return NR_OK;
}

static enum nr_status read_pool(struct parse *parse, const struct nr_xml_node *node) {
    struct nr_settings *settings = parse->settings;
    struct nr_str name, instrument;
    bool has_name = nr_xml_attribute(node, NR_STR("name"), &name);
    if (!has_name || !nr_xml_attribute(node, NR_STR("instrument"), &instrument)) {
        nr_log_warn(parse->log,
                    "ApplicationPool element in configuration file is missing the '%s' attribute.",
                    has_name ? "instrument" : "name");
        return NR_OK;
    }
    bool included = nr_str_equal_ignore_case(instrument, NR_STR("true"));
    return add_name(parse->arena, included ? &settings->included_pools : &settings->excluded_pools,
                    name);
}

static enum nr_status read_pools(struct parse *parse, const struct nr_xml_node *configuration) {
    const struct nr_xml_node *pools = nr_xml_child(configuration, NR_STR("applicationPools"));
    struct nr_str instrument;
    if (!pools) return NR_OK;
    const struct nr_xml_node *fallback = nr_xml_child(pools, NR_STR("defaultBehavior"));
    if (fallback && nr_xml_attribute(fallback, NR_STR("instrument"), &instrument)) {
        parse->settings->pools_included_by_default =
            nr_str_equal_ignore_case(instrument, NR_STR("true"));
    }
    const struct nr_xml_node *node = nr_xml_child(pools, NR_STR("applicationPool"));
    for (; node; node = nr_xml_next(node)) NR_TRY(read_pool(parse, node));
    return NR_OK;
}

static enum nr_status read_configuration(struct parse *parse,
                                         const struct nr_xml_node *configuration) {
    const struct nr_xml_node *instrumentation =
        nr_xml_child(configuration, NR_STR("instrumentation"));
    read_log(parse, configuration);
    if (instrumentation) NR_TRY(read_ignore_rules(parse, instrumentation));
    NR_TRY(read_processes(parse, instrumentation, true));
    NR_TRY(read_processes(parse, instrumentation, false));
    return read_pools(parse, configuration);
}

// ---- documents ----

static bool is_enabled(const struct nr_xml_node *configuration) {
    struct nr_str text;
    return !nr_xml_attribute(configuration, NR_STR("agentEnabled"), &text) ||
           nr_str_equal_ignore_case(text, NR_STR("true"));
}

static enum nr_status parse_document(struct parse *parse, struct nr_arena *scratch,
                                     struct nr_bytes text, const char *what,
                                     struct nr_xml_node **document) {
    struct nr_xml_error error;
    enum nr_status status = nr_xml_parse(scratch, scratch, text, document, &error);
    if (status != NR_OK) {
        nr_log_error(parse->log, "Exception thrown while attempting to parse %s file: %s", what,
                     error.message);
        // Not what stands there: it may be a licence key.
        nr_log_error(parse->log, "Exception thrown at line %u, column %u", (unsigned)error.line,
                     (unsigned)error.column);
    }
    return status;
}

// The local newrelic.config takes the place of the global one, if it is of any use.
static enum nr_status apply_local(struct parse *parse, struct nr_arena *scratch,
                                  struct nr_bytes text, const struct nr_xml_node **configuration) {
    struct nr_settings *settings = parse->settings;
    struct nr_xml_node *document;
    struct nr_xml_error error;
    enum nr_status status = nr_xml_parse(scratch, scratch, text, &document, &error);
    if (status == NR_NO_MEMORY) return status;
    if (status != NR_OK) {
        nr_log_warn(parse->log,
                    "Unable to parse local newrelic.config. Defaulting to global version.");
        return NR_OK;
    }
    const struct nr_xml_node *local = nr_xml_child(document, NR_STR("configuration"));
    if (!local) {
        nr_log_warn(parse->log,
                    "Unable to find the configuration node in local newrelic.config file. "
                    "Defaulting to global version.");
        return NR_OK;
    }
    settings->agent_enabled_in_local = is_enabled(local);
    nr_log_info(parse->log, "Global config agentEnabled=%s",
                settings->agent_enabled ? "true" : "false");
    nr_log_info(parse->log, "Local config agentEnabled=%s",
                settings->agent_enabled_in_local ? "true" : "false");
    settings->agent_enabled = settings->agent_enabled && settings->agent_enabled_in_local;
    *configuration = local;
    return NR_OK;
}

static enum nr_status parse_newrelic_config(struct parse *parse, struct nr_arena *scratch,
                                            const struct nr_settings_source *source) {
    struct nr_xml_node *document;
    NR_TRY(parse_document(parse, scratch, source->global, "main newrelic.config", &document));
    const struct nr_xml_node *configuration = nr_xml_child(document, NR_STR("configuration"));
    if (!configuration) {
        nr_log_error(parse->log,
                     "Unable to locate configuration node in the global newrelic.config file.");
        return NR_MALFORMED;
    }
    parse->settings->agent_enabled = is_enabled(configuration);
    if (source->has_local) NR_TRY(apply_local(parse, scratch, source->local, &configuration));
    return read_configuration(parse, configuration);
}

static enum nr_status parse_application_config(struct parse *parse, struct nr_arena *scratch,
                                               struct nr_bytes text) {
    struct nr_xml_node *document;
    if (text.size == 0) return NR_OK;
    NR_TRY(parse_document(parse, scratch, text, "app-specific config", &document));
    const struct nr_xml_node *node = nr_xml_child(document, NR_STR("configuration"));
    if (node) node = nr_xml_child(node, NR_STR("appSettings"));
    if (node) node = nr_xml_child(node, NR_STR("add"));
    for (; node; node = nr_xml_next(node)) {
        if (!nr_xml_attribute_is(node, NR_STR("key"), NR_STR("NewRelic.AgentEnabled"))) continue;
        parse->settings->set_in_application_config = true;
        if (nr_xml_attribute_is(node, NR_STR("value"), NR_STR("true"))) {
            parse->settings->enabled_in_application_config = true;
        }
    }
    return NR_OK;
}

enum nr_status nr_settings_parse(struct nr_arena *arena, const struct nr_facts *facts,
                                 const struct nr_settings_source *source, const struct nr_log *log,
                                 struct nr_settings *settings) {
    struct nr_settings made = {.agent_enabled = true,
                               .log_level = NR_LOG_INFO,
                               .logging_enabled = true,
                               .pools_included_by_default = true};
    struct parse parse = {arena, facts, log, &made};
    struct nr_arena scratch = NR_ARENA_INIT;
    enum nr_status status = parse_newrelic_config(&parse, &scratch, source);
    if (status == NR_OK) status = parse_application_config(&parse, &scratch, source->application);
    nr_arena_free(&scratch);
    if (status == NR_OK) *settings = made;
    return status;
}

enum nr_status nr_settings_load(struct nr_arena *arena, const struct nr_facts *facts,
                                const struct nr_log *log, struct nr_settings *settings) {
    struct nr_settings_source source;
    struct nr_arena texts = NR_ARENA_INIT;
    enum nr_status status = nr_settings_source_read(&texts, facts, log, &source);
    if (status == NR_OK) status = nr_settings_parse(arena, facts, &source, log, settings);
    nr_arena_free(&texts);
    return status;
}

// ---- logging ----

struct nr_log_mode nr_log_mode_of(struct nr_arena *arena, const struct nr_facts *facts,
                                  const struct nr_settings *settings) {
    struct nr_str worker;
    struct nr_log_mode mode = {.level = settings->log_level};
    mode.console =
        nr_facts_env_bool(facts, arena, "NEW_RELIC_LOG_CONSOLE", settings->console_logging);
    mode.enabled =
        nr_facts_env_bool(facts, arena, "NEW_RELIC_LOG_ENABLED", settings->logging_enabled);
    mode.clamped_by_console = mode.console;
    mode.clamped_by_azure =
        nr_facts_env(facts, arena, "FUNCTIONS_WORKER_RUNTIME", &worker) && worker.size > 0 &&
        !nr_facts_env_bool(facts, arena, "NEW_RELIC_AZURE_FUNCTION_LOG_LEVEL_OVERRIDE", false);
    if ((mode.clamped_by_console || mode.clamped_by_azure) && mode.level < NR_LOG_INFO) {
        mode.level = NR_LOG_INFO;
    }
    return mode;
}

void nr_log_mode_announce(const struct nr_log_mode *mode, const struct nr_log *log) {
    static const char *const names[] = {"Trace", "Debug", "Info ", "Warn ", "Error"};
    const char *name = names[mode->level];
    if (!mode->enabled) return;
    nr_log_info(log, "<-- New logging level set: %s", name);
    if (mode->clamped_by_console) {
        nr_log_warn(log,
                    "Logging level has been clamped to %s. Console logging at DEBUG or TRACE level "
                    "incurs a very large performance hit.",
                    name);
    }
    if (mode->clamped_by_azure) {
        nr_log_warn(log,
                    "Logging level has been clamped to %s. TRACE level logging is not supported in "
                    "Azure Function mode.",
                    name);
    }
    if (mode->console) nr_log_info(log, "Console logging enabled");
}
