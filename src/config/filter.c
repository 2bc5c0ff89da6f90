// Decides whether a process is to be instrumented.
// SPDX-License-Identifier: Apache-2.0
//
// The rules, in the order in which they are asked (names as nr_decision.rule has them):
//   forced                        NEW_RELIC_FORCE_PROFILING is set
//   excluded-process              the file name is on the list of excluded processes
//   Azure Functions, unless NEW_RELIC_AZURE_FUNCTION_MODE_ENABLED says no:
//     azure-pool                  in-process; the pool is one of Azure's own
//     azure-in-process            in-process otherwise
//     azure-script-host           the command line names the pool: WebJobs script host
//     azure-linux-host            the functions host on Linux
//     azure-net-host              FunctionsNetHost.exe
//     azure-func-exe              func.exe, the local tool
//     azure-functions-worker-id   --functions-worker-id in the command line
//     azure-worker-id             --worker-id in the command line
//   .NET Core:
//     dotnet-command              dotnet run, publish, restore or new
//     msbuild, kudu, diagserver   tools that happen to be .NET
//     pool-… (below)              an IIS worker process, or a child of one
//     core-default                everything else is instrumented
//   .NET Framework:
//     agent-disabled              agentEnabled in newrelic.config
//     smsvchost                   SMSvcHost.exe
//     application-config-enabled, application-config-disabled
//     included-process            the path ends with a name of the list of included processes
//     pool-… (below)              an IIS worker process
//     predefined-process          a fixed list of hosts
//     local-config                agentEnabled in the local newrelic.config
//     not-configured              everything else is not
//   pool-excluded, pool-included, pool-azure, pool-default-included, pool-default-excluded
#include "config/filter.h"

struct filter {
    struct nr_arena *arena;
    const struct nr_facts *facts;
    const struct nr_settings *settings;
    const struct nr_process *process;
    const struct nr_log *log;
};

static const struct nr_decision undecided = {false, NULL};

static struct nr_decision yes(const char *rule) { return (struct nr_decision){true, rule}; }
static struct nr_decision no(const char *rule) { return (struct nr_decision){false, rule}; }

static bool is_program(struct nr_str path, struct nr_str name) {
    return nr_str_ends_with_ignore_case(path, name);
}

static bool is_azure_pool(struct nr_str pool) { return nr_str_starts_with(pool, NR_STR("~")); }

// ---- excluded processes ----

static struct nr_str file_name(struct nr_str path) {
    size_t from = path.size;
    while (from > 0 && path.data[from - 1] != '/' && path.data[from - 1] != '\\') from--;
    return nr_str_slice(path, from, path.size);
}

static struct nr_decision excluded_processes(const struct filter *filter) {
    const struct nr_str_list *names = &filter->settings->excluded_processes;
    struct nr_str path = filter->process->path, name = file_name(path);
    for (size_t i = 0; i < names->count; i++) {
        if (nr_str_equal_ignore_case(name, names->data[i])) {
            nr_log_info(filter->log, "Process %.*s excluded by configuration.", NR_STR_ARGS(path));
            return no("excluded-process");
        }
    }
    return undecided;
}

// ---- Azure Functions ----

static bool azure_mode_is_on(const struct filter *filter) {
    struct nr_str mode;
    if (!nr_facts_env(filter->facts, filter->arena, "NEW_RELIC_AZURE_FUNCTION_MODE_ENABLED",
                      &mode) ||
        mode.size == 0) {
        return true;
    }
    return nr_str_equal_ignore_case(mode, NR_STR("true")) || nr_str_equal(mode, NR_STR("1"));
}

static struct nr_decision azure_in_process(const struct filter *filter) {
    struct nr_str pool = filter->process->app_pool;
    if (is_azure_pool(pool)) {
        nr_log_info(filter->log,
                    "This application pool (%.*s) has been identified as an in-process Azure "
                    "Functions built-in background application and will be ignored.",
                    NR_STR_ARGS(pool));
        return no("azure-pool");
    }
    nr_log_info(filter->log, "Function is running in-process. This process will be instrumented.");
    return yes("azure-in-process");
}

static struct nr_decision azure_host(const struct filter *filter) {
    const struct nr_process *process = filter->process;
    const struct nr_str linux_host =
        NR_STR("/azure-functions-host/Microsoft.Azure.WebJobs.Script.WebHost");
    if (process->app_pool.size > 0 &&
        nr_str_contains_ignore_case(process->command_line, process->app_pool)) {
        nr_log_info(filter->log,
                    "Appears to be Azure WebJobs Script WebHost based on commandLine. Not "
                    "instrumenting this process.");
        return no("azure-script-host");
    }
    if (nr_str_contains_ignore_case(process->command_line, linux_host) ||
        nr_str_contains_ignore_case(process->path, linux_host)) {
        nr_log_info(filter->log,
                    "Appears to be Azure Functions WebHost (Linux) based on commandLine. Not "
                    "instrumenting this process.");
        return no("azure-linux-host");
    }
    return undecided;
}

static struct nr_decision azure_program(const struct filter *filter) {
    const struct nr_process *process = filter->process;
    if (is_program(process->path, NR_STR("FunctionsNetHost.exe"))) {
        nr_log_info(filter->log,
                    "FunctionNetHost.exe is a valid Azure function command. This process will be "
                    "instrumented.");
        return yes("azure-net-host");
    }
    if (is_program(process->path, NR_STR("func.exe"))) {
        nr_log_info(filter->log,
                    "Func.exe is a tool for testing Azure functions locally. Not instrumenting "
                    "this process.");
        return no("azure-func-exe");
    }
    if (nr_str_contains_ignore_case(process->command_line, NR_STR("--functions-worker-id"))) {
        nr_log_info(filter->log,
                    "Command line contains --functions-worker-id. This process will be "
                    "instrumented.");
        return yes("azure-functions-worker-id");
    }
    if (nr_str_contains_ignore_case(process->command_line, NR_STR("--worker-id"))) {
        nr_log_info(filter->log,
                    "Command line contains --worker-id. This process will be instrumented.");
        return yes("azure-worker-id");
    }
    return undecided;
}

static struct nr_decision azure_functions(const struct filter *filter) {
    struct nr_str worker;
    if (!nr_facts_env(filter->facts, filter->arena, "FUNCTIONS_WORKER_RUNTIME", &worker) ||
        worker.size == 0 || !azure_mode_is_on(filter)) {
        return undecided;
    }
    nr_log_info(filter->log, "Azure function detected. Determining whether to instrument %.*s",
                NR_STR_ARGS(filter->process->path));
    if (nr_str_equal_ignore_case(worker, NR_STR("dotnet"))) return azure_in_process(filter);
    struct nr_decision decision = azure_host(filter);
    if (!decision.rule) decision = azure_program(filter);
    if (!decision.rule) {
        nr_log_info(filter->log,
                    "Couldn't determine whether this Azure Function process should be instrumented "
                    "based on commandLine. Falling back to checking application pool");
    }
    return decision;
}

// ---- application pools ----

static bool is_listed(const struct nr_str_list *names, struct nr_str name) {
    for (size_t i = 0; i < names->count; i++) {
        if (nr_str_equal(names->data[i], name)) return true;
    }
    return false;
}

static struct nr_decision application_pool(const struct filter *filter) {
    const struct nr_settings *settings = filter->settings;
    struct nr_str pool = filter->process->app_pool;
    struct nr_decision decision;
    const char *why;
    if (is_listed(&settings->excluded_pools, pool)) {
        decision = no("pool-excluded");
        why = "is explicitly configured to NOT be instrumented.";
    } else if (is_listed(&settings->included_pools, pool)) {
        decision = yes("pool-included");
        why = "is explicitly configured to be instrumented.";
    } else if (is_azure_pool(pool)) {
        decision = no("pool-azure");
        why =
            "has been identified as an Azure WebSites built-in background application and will "
            "be ignored.";
    } else if (settings->pools_included_by_default) {
        decision = yes("pool-default-included");
        why =
            "is not explicitly configured to be instrumented or not but application pools are "
            "set to be enabled by default.";
    } else {
        decision = no("pool-default-excluded");
        why =
            "is not explicitly configured to be instrumented or not but application pools are "
            "set to be disabled by default.";
    }
    nr_log_info(filter->log, "This application pool (%.*s) %s", NR_STR_ARGS(pool), why);
    return decision;
}

static bool is_iis(const struct filter *filter, struct nr_str path, struct nr_str parent) {
    const struct nr_str worker = NR_STR("w3wp.exe");
    bool iis = is_program(path, worker) || is_program(parent, worker);
    nr_log_info(filter->log, "Process %.*s%s%.*s%s IIS.", NR_STR_ARGS(path),
                parent.size ? " with parent process " : "", NR_STR_ARGS(parent),
                iis ? " is" : " is not");
    return iis;
}

// ---- .NET Core ----

// Whether a word of the command line is the dotnet command, with or without a path before it and a
// quote after it.
static bool is_dotnet(struct nr_str word) {
    static const struct nr_str names[] = {{"dotnet", 6}, {"dotnet.exe", 10}};
    if (word.size > 0 && (word.data[word.size - 1] == '"' || word.data[word.size - 1] == '\'')) {
        word.size--;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!nr_str_ends_with_ignore_case(word, names[i])) continue;
        if (word.size == names[i].size) return true;
        char before = word.data[word.size - names[i].size - 1];
        if (before == ' ' || before == '/' || before == '\\' || before == '\'' || before == '"') {
            return true;
        }
    }
    return false;
}

// The next word between spaces, empty at the end.
static struct nr_str next_word(struct nr_str text, size_t *at) {
    while (*at < text.size && text.data[*at] == ' ') ++*at;
    size_t from = *at;
    *at = nr_str_find(text, ' ', from);
    return nr_str_slice(text, from, *at);
}

// Whether the word after the first dotnet is a command of the SDK that runs no application.
static bool is_dotnet_command(struct nr_str command_line) {
    static const struct nr_str commands[] = {
        {"run", 3}, {"publish", 7}, {"restore", 7}, {"new", 3}};
    size_t at = 0;
    struct nr_str word = next_word(command_line, &at);
    while (word.size > 0 && !is_dotnet(word)) word = next_word(command_line, &at);
    word = next_word(command_line, &at);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (nr_str_equal_ignore_case(word, commands[i])) return true;
    }
    return false;
}

static const char *core_tool(struct nr_str command_line) {
    static const struct {
        struct nr_str text;
        const char *rule;
    } tools[] = {{{"MSBuild.dll", 11}, "msbuild"},
                 {{"Kudu.Services.Web", 17}, "kudu"},
                 {{"kuduagent.dll", 13}, "kudu"},
                 {{"./DiagServer", 12}, "diagserver"}};
    if (is_dotnet_command(command_line)) return "dotnet-command";
    for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
        if (nr_str_contains_ignore_case(command_line, tools[i].text)) return tools[i].rule;
    }
    return NULL;
}

static struct nr_decision core(const struct filter *filter) {
    const struct nr_process *process = filter->process;
    const char *tool = core_tool(process->command_line);
    if (tool) {
        nr_log_info(filter->log,
                    "This process will not be instrumented. Command line identified as invalid "
                    "invocation for instrumentation");
        return no(tool);
    }
    if (is_iis(filter, process->path, process->parent_path)) return application_pool(filter);
    return yes("core-default");
}

// ---- .NET Framework ----

static struct nr_decision application_config(const struct filter *filter) {
    struct nr_str path = filter->process->path;
    if (!filter->settings->set_in_application_config) return undecided;
    if (filter->settings->enabled_in_application_config) {
        nr_log_info(filter->log,
                    "Enabling instrumentation for this process due to existence of "
                    "NewRelic.AgentEnabled=true in %.*s.config.",
                    NR_STR_ARGS(path));
        return yes("application-config-enabled");
    }
    nr_log_info(filter->log,
                "Disabling instrumentation for this process due to the existence of "
                "NewRelic.AgentEnabled in %.*s.config which is set to a value other than 'true'.",
                NR_STR_ARGS(path));
    return no("application-config-disabled");
}

static struct nr_decision included_processes(const struct filter *filter) {
    const struct nr_str_list *names = &filter->settings->included_processes;
    struct nr_str path = filter->process->path;
    for (size_t i = 0; i < names->count; i++) {
        if (is_program(path, names->data[i])) {
            nr_log_info(filter->log,
                        "Enabling instrumentation for this process (%.*s) due to existence of "
                        "application node in newrelic.config or "
                        "NEW_RELIC_INCLUDED_APPLICATION_NAMES environment variable.",
                        NR_STR_ARGS(path));
            return yes("included-process");
        }
    }
    return undecided;
}

static struct nr_decision predefined_processes(const struct filter *filter) {
    static const struct nr_str names[] = {
        {"WebDev.WebServer40.exe", 22}, {"WebDev.WebServer20.exe", 22}, {"inetinfo.exe", 12},
        {"WaWorkerHost.exe", 16},       {"WaWebHost.exe", 13},          {"WcfSvcHost.exe", 14},
        {"aspnet_wp.exe", 13},          {"iisexpress.exe", 14},         {"dotnet.exe", 10}};
    struct nr_str path = filter->process->path;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (is_program(path, names[i])) {
            nr_log_info(filter->log,
                        "Enabling instrumentation for this process (%.*s) due to it being in a "
                        "predefined set of processes to be instrumented.",
                        NR_STR_ARGS(path));
            return yes("predefined-process");
        }
    }
    return undecided;
}

static struct nr_decision framework(const struct filter *filter) {
    struct nr_str path = filter->process->path;
    if (!filter->settings->agent_enabled) {
        nr_log_info(filter->log, "New Relic has been disabled via newrelic.config file.");
        return no("agent-disabled");
    }
    // Instrumenting it was reported to break its connections.
    if (is_program(path, NR_STR("SMSvcHost.exe"))) {
        nr_log_info(filter->log,
                    "The SMSvcHost.exe process has been identified as an ignored process.");
        return no("smsvchost");
    }
    struct nr_decision decision = application_config(filter);
    if (!decision.rule) decision = included_processes(filter);
    if (!decision.rule && is_iis(filter, path, NR_STR(""))) decision = application_pool(filter);
    if (!decision.rule) decision = predefined_processes(filter);
    if (decision.rule) return decision;
    if (filter->settings->agent_enabled_in_local) {
        nr_log_info(filter->log,
                    "Enabling instrumentation for this process due to existence of "
                    "agentEnabled=true in local newrelic.config.");
        return yes("local-config");
    }
    nr_log_info(filter->log, "This process (%.*s) is not configured to be instrumented.",
                NR_STR_ARGS(path));
    return no("not-configured");
}

struct nr_decision nr_filter_decide(struct nr_arena *arena, const struct nr_facts *facts,
                                    const struct nr_settings *settings,
                                    const struct nr_process *process, const struct nr_log *log) {
    const struct filter filter = {arena, facts, settings, process, log};
    nr_log_trace(log, "Process Path: %.*s", NR_STR_ARGS(process->path));
    nr_log_trace(log, "Parent Process Path: %.*s", NR_STR_ARGS(process->parent_path));
    nr_log_trace(log, "App Pool Id: %.*s", NR_STR_ARGS(process->app_pool));
    nr_log_trace(log, "Is Core CLR: %s", process->core ? "true" : "false");
    struct nr_decision decision = excluded_processes(&filter);
    if (!decision.rule) decision = azure_functions(&filter);
    if (!decision.rule) decision = process->core ? core(&filter) : framework(&filter);
    return decision;
}

// ---- this process ----

// Splits a command line as Windows does (CommandLineToArgvW): the first argument ends at a space or
// its closing quote; in the others a quote is escaped by a backslash, and backslashes mean
// themselves unless a quote follows them. False at the end.
static bool next_argument(struct nr_str text, size_t *at, bool first, char *place,
                          struct nr_str *argument) {
    bool quoted = false;
    size_t i = *at, size = 0;
    while (i < text.size && (text.data[i] == ' ' || text.data[i] == '\t')) i++;
    if (i == text.size) return false;
    while (i < text.size && (quoted || (text.data[i] != ' ' && text.data[i] != '\t'))) {
        size_t backslashes = 0;
        while (!first && i + backslashes < text.size && text.data[i + backslashes] == '\\') {
            backslashes++;
        }
        bool before_quote = i + backslashes < text.size && text.data[i + backslashes] == '"';
        size_t kept = before_quote ? backslashes / 2 : backslashes;
        for (size_t k = 0; k < kept; k++) place[size++] = '\\';
        i += backslashes;
        if (before_quote && backslashes % 2 == 0) {
            quoted = !quoted;
            i++;
        } else if (i < text.size && (before_quote || backslashes == 0)) {
            place[size++] = text.data[i++];
        }
    }
    *at = i;
    *argument = (struct nr_str){place, size};
    return true;
}

// The argument after "-ap".
static enum nr_status pool_of_command_line(struct nr_arena *arena, struct nr_str command_line,
                                           const struct nr_log *log, struct nr_str *pool) {
    char *place = nr_arena_alloc(arena, command_line.size);
    struct nr_str argument;
    size_t at = 0;
    bool found = false, first = true;
    if (!place) return NR_NO_MEMORY;
    while (!found && next_argument(command_line, &at, first, place, &argument)) {
        found = nr_str_equal(argument, NR_STR("-ap"));
        first = false;
    }
    if (!found || !next_argument(command_line, &at, false, place, &argument)) return NR_OK;
    if (argument.size >= 3 && argument.data[0] == '"') {
        argument = nr_str_slice(argument, 1, argument.size - 1);
    }
    nr_log_info(log,
                "The Profiler will use the application pool ID from the command line as the "
                "application name when white/black listing applications pools for profiling.");
    *pool = argument;
    return NR_OK;
}

enum nr_status nr_filter_app_pool(struct nr_arena *arena, const struct nr_facts *facts,
                                  const struct nr_log *log, struct nr_str *app_pool) {
    struct nr_str pool = NR_STR("");
    if (nr_facts_env_either(facts, arena, "APP_POOL_ID", "ASPNETCORE_IIS_APP_POOL_ID", &pool)) {
        nr_log_info(log,
                    "The Profiler will use the environment variable APP_POOL_ID as the application "
                    "name when white/black listing applications pools for profiling.");
    }
    if (pool.size == 0 && facts->windows) {
        NR_TRY(pool_of_command_line(arena, facts->command_line, log, &pool));
    }
    *app_pool = pool;
    return NR_OK;
}

enum nr_status nr_filter_decide_this(struct nr_arena *arena, const struct nr_facts *facts,
                                     const struct nr_settings *settings, const struct nr_log *log,
                                     struct nr_decision *decision) {
    nr_log_trace(log, "Checking to see if we should instrument this process.");
    struct nr_process process = {.path = nr_str_upper(arena, facts->process_path),
                                 .parent_path = nr_str_upper(arena, facts->parent_process_path),
                                 .command_line = facts->command_line,
                                 .core = facts->core};
    if (!process.path.data || !process.parent_path.data) return NR_NO_MEMORY;
    process.app_pool = facts->app_pool;
    if (process.app_pool.size == 0) {
        NR_TRY(nr_filter_app_pool(arena, facts, log, &process.app_pool));
    }
    *decision = nr_facts_force_profiling(facts, arena)
                    ? yes("forced")
                    : nr_filter_decide(arena, facts, settings, &process, log);
    return NR_OK;
}
