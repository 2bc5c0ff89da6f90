// Tests of which process is instrumented.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "config/filter.h"
#include "fake_facts.h"
#include "harness.h"

// ---- lines of the log ----

#define EXCLUDED(path) "[Info ] Process " path " excluded by configuration.\n"
#define COMMAND                                                                          \
    "[Info ] This process will not be instrumented. Command line identified as invalid " \
    "invocation for instrumentation\n"
#define NOT_IIS(path) "[Info ] Process " path " is not IIS.\n"
#define IS_IIS(path) "[Info ] Process " path " is IIS.\n"
#define CHILD_OF_IIS(path, parent) \
    "[Info ] Process " path " with parent process " parent " is IIS.\n"
#define POOL(name) "[Info ] This application pool (" name ") "
#define POOL_OFF(name) POOL(name) "is explicitly configured to NOT be instrumented.\n"
#define POOL_ON(name) POOL(name) "is explicitly configured to be instrumented.\n"
#define POOL_AZURE(name)                                                                    \
    POOL(name)                                                                              \
    "has been identified as an Azure WebSites built-in background application and will be " \
    "ignored.\n"
#define POOL_DEFAULT(name, state)                                                              \
    POOL(name)                                                                                 \
    "is not explicitly configured to be instrumented or not but application pools are set to " \
    "be " state " by default.\n"
#define AZURE(path) "[Info ] Azure function detected. Determining whether to instrument " path "\n"
#define AZURE_UNKNOWN                                                                        \
    "[Info ] Couldn't determine whether this Azure Function process should be instrumented " \
    "based on commandLine. Falling back to checking application pool\n"
#define INCLUDED(path)                                                             \
    "[Info ] Enabling instrumentation for this process (" path                     \
    ") due to existence of "                                                       \
    "application node in newrelic.config or NEW_RELIC_INCLUDED_APPLICATION_NAMES " \
    "environment variable.\n"
#define PREDEFINED(path)                                       \
    "[Info ] Enabling instrumentation for this process (" path \
    ") due to it being in a "                                  \
    "predefined set of processes to be instrumented.\n"
#define NOT_CONFIGURED(path) \
    "[Info ] This process (" path ") is not configured to be instrumented.\n"
#define DISABLED "[Info ] New Relic has been disabled via newrelic.config file.\n"

// ---- configurations ----

#define ON "<configuration agentEnabled='true'/>"
#define OFF "<configuration agentEnabled='false'/>"
#define APPLICATIONS(list)                                \
    "<configuration><instrumentation><applications>" list \
    "</applications></instrumentation></configuration>"
#define POOLS(list) "<configuration><applicationPools>" list "</applicationPools></configuration>"
#define SETTING(value)                                                           \
    "<configuration><appSettings><add key='NewRelic.AgentEnabled' value='" value \
    "'/></appSettings></configuration>"
#define FOO_OFF POOLS("<applicationPool name='foo' instrument='false'/>")
#define FOO_ON POOLS("<applicationPool name='foo' instrument='true'/>")
#define NONE_BY_DEFAULT POOLS("<defaultBehavior instrument='false'/>")
#define ALL_BY_DEFAULT POOLS("<defaultBehavior instrument='true'/>")
#define MIXED(by_default)                                                            \
    POOLS("<defaultBehavior instrument='" by_default                                 \
          "'/><applicationPool name='whiteFoo' instrument='true'/><applicationPool " \
          "name='whiteBar' instrument='true'/><applicationPool name='blackFoo' "     \
          "instrument='false'/><applicationPool name='blackBar' instrument='false'/>")

struct row {
    const char *rule;
    bool instrument;
    struct nr_process process;
    const char *config;                      // NULL: <configuration/>
    const char *local, *application_config;  // NULL: none
    const char *environment;
    const char *log;  // at level info
};

#define TEXT(literal) \
    { literal, sizeof(literal) - 1 }
#define CORE .process.core = true
#define PATH(text) .process.path = TEXT(text)
#define PARENT(text) .process.parent_path = TEXT(text)
#define IN_POOL(text) .process.app_pool = TEXT(text)
#define RUNS(text) .process.command_line = TEXT(text)

// .NET Core: what the command line says.
#define NO_COMMAND(text) \
    { "dotnet-command", false, CORE, PATH("p"), RUNS(text), .log = COMMAND }
#define TOOL(rule, text) \
    { rule, false, CORE, PATH("p"), RUNS(text), .log = COMMAND }
#define RUN(text) \
    { "core-default", true, CORE, PATH("p"), RUNS(text), .log = NOT_IIS("p") }

static const struct row command_rows[] = {
    NO_COMMAND("dotnet run"),
    NO_COMMAND("DotNet Run"),
    NO_COMMAND("dotnet.exe run"),
    NO_COMMAND("\"dotnet.exe\" run"),
    NO_COMMAND("'dotnet.exe' run"),
    NO_COMMAND("\"c:\\program files\\dotnet.exe\" run"),
    NO_COMMAND("\"c:\\program files\\dotnet.exe\"   run"),
    NO_COMMAND("c:\\dotnet\\dotnet.exe run"),
    NO_COMMAND("/usr/share/dotnet/dotnet run"),
    NO_COMMAND("  dotnet run "),
    NO_COMMAND("dotnet publish"),
    NO_COMMAND("dotnet PUBLISH -c Release"),
    NO_COMMAND("dotnet restore"),
    NO_COMMAND("dotnet run -p c:\\test\\test.csproj"),
    NO_COMMAND("dotnet run -p \"c:\\program files\\test.csproj\""),
    NO_COMMAND("dotnet run -p ~/test.csproj"),
    NO_COMMAND("dotnet run --project /src/caf\xc3\xa9.csproj"),
    NO_COMMAND("dotnet new console"),
    NO_COMMAND("dotnet new mvc"),
    NO_COMMAND("dotnet\" run"),
    NO_COMMAND("dotnet' run"),
    NO_COMMAND("\"dotnet\" run"),
    NO_COMMAND("app1.exe | dotnet run"),
    NO_COMMAND("IpublishedThis.exe \"dotnet run \""),
    NO_COMMAND("'IpublishedThis.exe' \"dotnet run \""),
    NO_COMMAND("IpublishedThis.exe dotnet run"),
    NO_COMMAND("/opt/\xe6\x97\xa5\xe6\x9c\xac/dotnet run"),
    NO_COMMAND("dotnet run MSBuild.dll"),
    TOOL("msbuild", "dotnet.exe exec \"c:\\program files\\MSBuild.dll\" -maxcpucount"),
    TOOL("msbuild", "dotnet.exe exec c:\\test\\msbuild.dll"),
    TOOL("msbuild", "/usr/share/dotnet/sdk/10.0.100/MSBUILD.DLL /nodemode:1"),
    TOOL("kudu", "dotnet Kudu.Services.Web.dll"),
    TOOL("kudu", "/opt/Kudu/Kudu.Services.Web"),
    TOOL("kudu", "/opt/kudu/kudu.services.web"),
    TOOL("kudu", "/appservice/dotnet/dotnet /appservice/kuduagent/kuduagent.dll"),
    TOOL("diagserver", "./DiagServer"),
    TOOL("diagserver", "./diagserver --port 1"),
    RUN(""),
    RUN("dotnet"),
    RUN("dotnetXexe restore"),
    RUN("\"c:\\program files\\dotnet.exe\"run"),
    RUN("dotnet exec test.dll"),
    RUN("dotnet exec publish.dll"),
    RUN("dotnet publish.dll"),
    RUN("dotnet run.dll"),
    RUN("dotnet restore.dll"),
    RUN("dotnet.exerun publish.dll"),
    RUN("IpublishedThis.exe"),
    RUN("dotnet new.dll"),
    RUN("dotnet exec new.dll"),
    RUN("dotnet myapp.dll run thisapp"),
    RUN("dotnet/run/IpublishedThis.exe"),
    RUN("run dotnet"),
    RUN("IpublishedThis.exe \"dotnet run\""),
    RUN("IpublishedThis.exe 'dotnet run'"),
    RUN("dotnet exec IpublishedThis.dll dotnet run"),
    RUN("dotnet exec IpublishedThis.dll \"dotnet run \""),
    RUN("dotnet\trun"),
    RUN("mydotnet run"),
    RUN("my.dotnet run"),
    RUN("my-dotnet.exe run"),
    RUN("dotnet build"),
    RUN("dotnet test"),
    RUN("dotnet watch run"),
    RUN("dotnet -- run"),
    RUN("/opt/DiagServer"),
    RUN("dotnet MSBuild"),
    RUN("caf\xc3\xa9"
        "dotnet run"),
};

// .NET Core: pools of IIS.
static const struct row core_rows[] = {
    {"core-default", true, CORE, PATH("foo.exe"), .config = OFF, .log = NOT_IIS("foo.exe")},
    {"core-default", true, CORE, PATH("SMSvcHost.exe"), .log = NOT_IIS("SMSvcHost.exe")},
    {"core-default", true, CORE, PATH("foo.exe"), PARENT("."),
     .log = "[Info ] Process foo.exe with parent process . is not IIS.\n"},
    {"core-default", true, CORE, PATH("/opt/\xe3\x82\xa2\xe3\x83\x97\xe3\x83\xaa"),
     .log = NOT_IIS("/opt/\xe3\x82\xa2\xe3\x83\x97\xe3\x83\xaa")},
    {"core-default", true, CORE, PATH("foo.exe"), .application_config = SETTING("false"),
     .log = NOT_IIS("foo.exe")},
    {"core-default", true, CORE, PATH("foo.exe"),
     .config = APPLICATIONS("<application name='bar.exe'/>"), .log = NOT_IIS("foo.exe")},
    {"core-default", true, CORE, PATH("foo.exe"), IN_POOL("~Foo"), .log = NOT_IIS("foo.exe")},
    {"excluded-process", false, CORE, PATH("Foo.exe"),
     .config = APPLICATIONS("<application name='foo.exe' include='false'/>"),
     .log = EXCLUDED("Foo.exe")},
    {"excluded-process", false, CORE, PATH("mailServer"),
     .config = APPLICATIONS("<application name='foo.exe' include='false'/>"
                            "<application name='mailServer' include='false'/>"),
     .log = EXCLUDED("mailServer")},
    {"core-default", true, CORE, PATH("emailServer"),
     .config = APPLICATIONS("<application name='mailServer' include='false'/>"),
     .log = NOT_IIS("emailServer")},
    {"excluded-process", false, CORE, PATH("C:\\tools\\Foo.exe"),
     .config = APPLICATIONS("<application name='foo.exe' include='false'/>"),
     .log = EXCLUDED("C:\\tools\\Foo.exe")},
    {"excluded-process", false, CORE, PATH("/usr/local/bin/linuxFoo"),
     .config = APPLICATIONS("<application name='linuxFoo' include='false'/>"),
     .log = EXCLUDED("/usr/local/bin/linuxFoo")},
    {"excluded-process", false, CORE, PATH("/opt/app/\xe3\x82\xa2\xe3\x83\x97\xe3\x83\xaa"),
     .config =
         APPLICATIONS("<application name='\xe3\x82\xa2\xe3\x83\x97\xe3\x83\xaa' include='false'/>"),
     .log = EXCLUDED("/opt/app/\xe3\x82\xa2\xe3\x83\x97\xe3\x83\xaa")},
    {"core-default", true, CORE, PATH("/opt/app"),
     .config = APPLICATIONS("<application name='/opt/app' include='false'/>"),
     .log = NOT_IIS("/opt/app")},
    {"excluded-process", false, CORE, PATH("dir/"),
     .config = APPLICATIONS("<application name='' include='false'/>"), .log = EXCLUDED("dir/")},
    {"excluded-process", false, CORE, PATH("bar.exe"),
     .config = APPLICATIONS("<application name='bar.exe'/>"),
     .environment = "NEW_RELIC_EXCLUDED_APPLICATION_NAMES=bar.exe,baz.exe",
     .log = EXCLUDED("bar.exe")},
    {"excluded-process", false, CORE, PATH("baz.exe"),
     .environment = "NEW_RELIC_EXCLUDED_APPLICATION_NAMES=bar.exe,baz.exe",
     .log = EXCLUDED("baz.exe")},
    {"core-default", true, CORE, PATH("baz.exe"),
     .environment = "NEW_RELIC_EXCLUDED_APPLICATION_NAMES=bar.exe, baz.exe",
     .log = NOT_IIS("baz.exe")},
    {"excluded-process", false, CORE, PATH("dotnet"), RUNS("dotnet run"),
     .environment = "NEW_RELIC_EXCLUDED_APPLICATION_NAMES=dotnet", .log = EXCLUDED("dotnet")},

    {"pool-default-included", true, CORE, PATH("w3wp.exe"), IN_POOL("bar"),
     .log = IS_IIS("w3wp.exe") POOL_DEFAULT("bar", "enabled")},
    {"pool-default-included", true, CORE, PATH("Foo.exe"), PARENT("w3wp.exe"), IN_POOL("bar"),
     .config = FOO_OFF, .log = CHILD_OF_IIS("Foo.exe", "w3wp.exe") POOL_DEFAULT("bar", "enabled")},
    {"pool-excluded", false, CORE, PATH("Foo.exe"), PARENT("w3wp.exe"), IN_POOL("foo"),
     .config = FOO_OFF, .log = CHILD_OF_IIS("Foo.exe", "w3wp.exe") POOL_OFF("foo")},
    {"pool-included", true, CORE, PATH("Foo.exe"), PARENT("C:\\X\\W3WP.EXE"), IN_POOL("foo"),
     .config = FOO_ON, .log = CHILD_OF_IIS("Foo.exe", "C:\\X\\W3WP.EXE") POOL_ON("foo")},
    {"pool-default-excluded", false, CORE, PATH("Foo.exe"), PARENT("w3wp.exe"), IN_POOL("foo"),
     .config = NONE_BY_DEFAULT,
     .log = CHILD_OF_IIS("Foo.exe", "w3wp.exe") POOL_DEFAULT("foo", "disabled")},
    {"pool-default-included", true, CORE, PATH("Foo.exe"), PARENT("w3wp.exe"), IN_POOL("foo"),
     .config = ALL_BY_DEFAULT,
     .log = CHILD_OF_IIS("Foo.exe", "w3wp.exe") POOL_DEFAULT("foo", "enabled")},
    {"pool-included", true, CORE, PATH("Foo.exe"), PARENT("w3wp.exe"), IN_POOL("whiteFoo"),
     .config = MIXED("false"), .log = CHILD_OF_IIS("Foo.exe", "w3wp.exe") POOL_ON("whiteFoo")},
    {"pool-included", true, CORE, PATH("Foo.exe"), PARENT("w3wp.exe"), IN_POOL("whiteBar"),
     .config = MIXED("true"), .log = CHILD_OF_IIS("Foo.exe", "w3wp.exe") POOL_ON("whiteBar")},
    {"pool-excluded", false, CORE, PATH("Foo.exe"), PARENT("w3wp.exe"), IN_POOL("blackFoo"),
     .config = MIXED("false"), .log = CHILD_OF_IIS("Foo.exe", "w3wp.exe") POOL_OFF("blackFoo")},
    {"pool-excluded", false, CORE, PATH("Foo.exe"), PARENT("w3wp.exe"), IN_POOL("blackBar"),
     .config = MIXED("true"), .log = CHILD_OF_IIS("Foo.exe", "w3wp.exe") POOL_OFF("blackBar")},
    {"pool-default-excluded", false, CORE, PATH("Foo.exe"), PARENT("w3wp.exe"),
     IN_POOL("defaultFoo"), .config = MIXED("false"),
     .log = CHILD_OF_IIS("Foo.exe", "w3wp.exe") POOL_DEFAULT("defaultFoo", "disabled")},
    {"pool-default-included", true, CORE, PATH("Foo.exe"), PARENT("w3wp.exe"),
     IN_POOL("defaultBar"), .config = MIXED("true"),
     .log = CHILD_OF_IIS("Foo.exe", "w3wp.exe") POOL_DEFAULT("defaultBar", "enabled")},
    {"pool-azure", false, CORE, PATH("w3wp.exe"), IN_POOL("~1kudu"),
     .log = IS_IIS("w3wp.exe") POOL_AZURE("~1kudu")},
    {"msbuild", false, CORE, PATH("w3wp.exe"), IN_POOL("foo"), RUNS("MSBuild.dll"),
     .config = FOO_ON, .log = COMMAND},
};

// .NET Framework.
static const struct row framework_rows[] = {
    {"agent-disabled", false, PATH("foo.exe"), .config = OFF, .log = DISABLED},
    {"agent-disabled", false, PATH("w3wp.exe"), IN_POOL("foo"), .config = OFF, .log = DISABLED},
    {"agent-disabled", false, PATH("SMSvcHost.exe"), .config = OFF, .log = DISABLED},
    {"agent-disabled", false, PATH("foo.exe"), .config = ON, .local = OFF,
     .log = "[Info ] Global config agentEnabled=true\n[Info ] Local config "
            "agentEnabled=false\n" DISABLED},
    {"agent-disabled", false, PATH("foo.exe"), .config = OFF, .application_config = SETTING("true"),
     .log = DISABLED},
    {"agent-disabled", false, PATH("foo.exe"), .config = OFF,
     .application_config = "<configuration><appSettings/></configuration>", .log = DISABLED},
    {"smsvchost", false, PATH("SMSvcHost.exe"), IN_POOL("foo"),
     .log = "[Info ] The SMSvcHost.exe process has been identified as an ignored process.\n"},
    {"smsvchost", false, PATH("C:\\WINDOWS\\SMSVCHOST.EXE"), .application_config = SETTING("true"),
     .log = "[Info ] The SMSvcHost.exe process has been identified as an ignored process.\n"},
    {"application-config-enabled", true, PATH("Foo.exe"), .config = ON,
     .application_config = SETTING("true"),
     .log = "[Info ] Enabling instrumentation for this process due to existence of "
            "NewRelic.AgentEnabled=true in Foo.exe.config.\n"},
    {"application-config-enabled", true, PATH("Foo.exe"), .config = ON,
     .application_config =
         "<configuration><appSettings><aDD KEY='NeWrEliC.AgEnTeNablED' vAlue='TrUe'/>"
         "</appSettings></configuration>",
     .log = "[Info ] Enabling instrumentation for this process due to existence of "
            "NewRelic.AgentEnabled=true in Foo.exe.config.\n"},
    {"application-config-disabled", false, PATH("Foo.exe"),
     .config = APPLICATIONS("<application name='foo.exe'/>"),
     .application_config = SETTING("false"),
     .log = "[Info ] Disabling instrumentation for this process due to the existence of "
            "NewRelic.AgentEnabled in Foo.exe.config which is set to a value other than 'true'.\n"},
    {"application-config-disabled", false, PATH("w3wp.exe"), IN_POOL("foo"),
     .application_config = SETTING("junk"),
     .log = "[Info ] Disabling instrumentation for this process due to the existence of "
            "NewRelic.AgentEnabled in w3wp.exe.config which is set to a value other than "
            "'true'.\n"},
    {"included-process", true, PATH("foo.exe"),
     .config = APPLICATIONS("<application name='foo.exe'/>"), .log = INCLUDED("foo.exe")},
    {"included-process", true, PATH("Foo.exe"),
     .config = APPLICATIONS("<application name='foo.exe' include='true'/>"),
     .log = INCLUDED("Foo.exe")},
    {"included-process", true, PATH("C:\\apps\\FOO.EXE"),
     .config = APPLICATIONS("<application name='bar.exe'/><application name='foo.exe'/>"),
     .log = INCLUDED("C:\\apps\\FOO.EXE")},
    {"included-process", true, PATH("C:\\barfoo.exe"),
     .config = APPLICATIONS("<application name='foo.exe'/>"), .log = INCLUDED("C:\\barfoo.exe")},
    {"included-process", true, PATH("C:\\apps\\foo.exe"),
     .config = APPLICATIONS("<application name='apps\\foo.exe'/>"),
     .log = INCLUDED("C:\\apps\\foo.exe")},
    {"included-process", true, PATH("anything"), .config = APPLICATIONS("<application name=''/>"),
     .log = INCLUDED("anything")},
    {"included-process", true, PATH("C:\\caf\xc3\xa9.exe"),
     .config = APPLICATIONS("<application name='caf\xc3\xa9.exe'/>"),
     .log = INCLUDED("C:\\caf\xc3\xa9.exe")},
    {"included-process", true, PATH("Foo.exe"),
     .config = APPLICATIONS("<application name='foo.exe'/>"),
     .application_config = "<configuration><appSettings/></configuration>",
     .log = INCLUDED("Foo.exe")},
    {"included-process", true, PATH("bar.exe"),
     .environment = "NEW_RELIC_INCLUDED_APPLICATION_NAMES=bar.exe,baz.exe",
     .log = INCLUDED("bar.exe")},
    {"included-process", true, PATH("baz.exe"),
     .environment = "NEW_RELIC_INCLUDED_APPLICATION_NAMES=bar.exe,baz.exe;"
                    "NEW_RELIC_EXCLUDED_APPLICATION_NAMES=bar.exe",
     .log = INCLUDED("baz.exe")},
    {"included-process", true, PATH("w3wp.exe"), IN_POOL("foo"),
     .config = "<configuration><instrumentation><applications><application name='w3wp.exe'/>"
               "</applications></instrumentation><applicationPools><applicationPool name='foo' "
               "instrument='false'/></applicationPools></configuration>",
     .log = INCLUDED("w3wp.exe")},
    {"excluded-process", false, PATH("bar.exe"),
     .environment = "NEW_RELIC_INCLUDED_APPLICATION_NAMES=bar.exe,baz.exe;"
                    "NEW_RELIC_EXCLUDED_APPLICATION_NAMES=bar.exe",
     .log = EXCLUDED("bar.exe")},
    {"excluded-process", false, PATH("Foo.exe"),
     .config = APPLICATIONS("<application name='foo.exe' include='false'/>"),
     .log = EXCLUDED("Foo.exe")},
    {"excluded-process", false, PATH("foo.exe"), .application_config = SETTING("true"),
     .config = APPLICATIONS("<application name='foo.exe' include='false'/>"),
     .log = EXCLUDED("foo.exe")},
    {"not-configured", false, PATH("Baz.exe"),
     .config = APPLICATIONS("<application name='foo.exe'/><application name='bar.exe'/>"),
     .log = NOT_IIS("Baz.exe") NOT_CONFIGURED("Baz.exe")},
    {"not-configured", false, PATH("foo.exe"), .config = ON,
     .log = NOT_IIS("foo.exe") NOT_CONFIGURED("foo.exe")},
    {"not-configured", false, PATH("foo.exe"), PARENT("w3wp.exe"), IN_POOL("foo"),
     .log = NOT_IIS("foo.exe") NOT_CONFIGURED("foo.exe")},
    {"local-config", true, PATH("foo.exe"), .config = ON, .local = ON,
     .log = "[Info ] Global config agentEnabled=true\n[Info ] Local config "
            "agentEnabled=true\n" NOT_IIS(
                "foo.exe") "[Info ] Enabling instrumentation for this process due to existence of "
                           "agentEnabled=true in local newrelic.config.\n"},
    {"local-config", true, PATH("foo.exe"), .local = "<configuration/>",
     .log = "[Info ] Global config agentEnabled=true\n[Info ] Local config "
            "agentEnabled=true\n" NOT_IIS(
                "foo.exe") "[Info ] Enabling instrumentation for this process due to existence of "
                           "agentEnabled=true in local newrelic.config.\n"},
    {"not-configured", false, PATH("foo.exe"), .local = "<configuration",
     .log =
         "[Warn ] Unable to parse local newrelic.config. Defaulting to global version.\n" NOT_IIS(
             "foo.exe") NOT_CONFIGURED("foo.exe")},

    {"predefined-process", true, PATH("WcfSvcHost.exe"),
     .log = NOT_IIS("WcfSvcHost.exe") PREDEFINED("WcfSvcHost.exe")},
    {"predefined-process", true, PATH("C:\\X\\WEBDEV.WEBSERVER40.EXE"),
     .log = NOT_IIS("C:\\X\\WEBDEV.WEBSERVER40.EXE") PREDEFINED("C:\\X\\WEBDEV.WEBSERVER40.EXE")},
    {"predefined-process", true, PATH("WebDev.WebServer20.exe"),
     .log = NOT_IIS("WebDev.WebServer20.exe") PREDEFINED("WebDev.WebServer20.exe")},
    {"predefined-process", true, PATH("inetinfo.exe"),
     .log = NOT_IIS("inetinfo.exe") PREDEFINED("inetinfo.exe")},
    {"predefined-process", true, PATH("WaWorkerHost.exe"),
     .log = NOT_IIS("WaWorkerHost.exe") PREDEFINED("WaWorkerHost.exe")},
    {"predefined-process", true, PATH("WaWebHost.exe"),
     .log = NOT_IIS("WaWebHost.exe") PREDEFINED("WaWebHost.exe")},
    {"predefined-process", true, PATH("aspnet_wp.exe"),
     .log = NOT_IIS("aspnet_wp.exe") PREDEFINED("aspnet_wp.exe")},
    {"predefined-process", true, PATH("iisexpress.exe"),
     .log = NOT_IIS("iisexpress.exe") PREDEFINED("iisexpress.exe")},
    {"predefined-process", true, PATH("dotnet.exe"), RUNS("dotnet run"),
     .log = NOT_IIS("dotnet.exe") PREDEFINED("dotnet.exe")},
    {"not-configured", false, PATH("dotnet"), .log = NOT_IIS("dotnet") NOT_CONFIGURED("dotnet")},

    {"pool-default-included", true, PATH("w3wp.exe"), IN_POOL("foo"),
     .log = IS_IIS("w3wp.exe") POOL_DEFAULT("foo", "enabled")},
    {"pool-default-included", true, PATH("w3wp.exe"),
     .log = IS_IIS("w3wp.exe") POOL_DEFAULT("", "enabled")},
    {"pool-default-included", true, PATH("C:\\Windows\\SysWOW64\\inetsrv\\w3wp.exe"),
     IN_POOL("F~oo"),
     .log = IS_IIS("C:\\Windows\\SysWOW64\\inetsrv\\w3wp.exe") POOL_DEFAULT("F~oo", "enabled")},
    {"pool-azure", false, PATH("w3wp.exe"), IN_POOL("~Foo"),
     .log = IS_IIS("w3wp.exe") POOL_AZURE("~Foo")},
    {"pool-included", true, PATH("w3wp.exe"), IN_POOL("~Foo"),
     .config = POOLS("<applicationPool name='~Foo' instrument='true'/>"),
     .log = IS_IIS("w3wp.exe") POOL_ON("~Foo")},
    {"pool-default-included", true, PATH("w3wp.exe"), IN_POOL("bar"), .config = FOO_OFF,
     .log = IS_IIS("w3wp.exe") POOL_DEFAULT("bar", "enabled")},
    {"pool-excluded", false, PATH("w3wp.exe"), IN_POOL("foo"), .config = FOO_OFF,
     .log = IS_IIS("w3wp.exe") POOL_OFF("foo")},
    {"pool-included", true, PATH("w3wp.exe"), IN_POOL("foo"), .config = FOO_ON,
     .log = IS_IIS("w3wp.exe") POOL_ON("foo")},
    {"pool-default-included", true, PATH("w3wp.exe"), IN_POOL("FOO"), .config = FOO_OFF,
     .log = IS_IIS("w3wp.exe") POOL_DEFAULT("FOO", "enabled")},
    {"pool-excluded", false, PATH("w3wp.exe"), IN_POOL("foo"),
     .config = POOLS("<applicationPool name='foo' instrument='true'/>"
                     "<applicationPool name='foo' instrument='false'/>"),
     .log = IS_IIS("w3wp.exe") POOL_OFF("foo")},
    {"pool-default-excluded", false, PATH("w3wp.exe"), IN_POOL("foo"), .config = NONE_BY_DEFAULT,
     .log = IS_IIS("w3wp.exe") POOL_DEFAULT("foo", "disabled")},
    {"pool-default-included", true, PATH("w3wp.exe"), IN_POOL("foo"), .config = ALL_BY_DEFAULT,
     .log = IS_IIS("w3wp.exe") POOL_DEFAULT("foo", "enabled")},
    {"pool-included", true, PATH("w3wp.exe"), IN_POOL("whiteFoo"), .config = MIXED("false"),
     .log = IS_IIS("w3wp.exe") POOL_ON("whiteFoo")},
    {"pool-excluded", false, PATH("w3wp.exe"), IN_POOL("blackFoo"), .config = MIXED("true"),
     .log = IS_IIS("w3wp.exe") POOL_OFF("blackFoo")},
    {"pool-default-excluded", false, PATH("w3wp.exe"), IN_POOL("defaultFoo"),
     .config = MIXED("false"), .log = IS_IIS("w3wp.exe") POOL_DEFAULT("defaultFoo", "disabled")},
    {"pool-default-included", true, PATH("w3wp.exe"), IN_POOL("defaultBar"),
     .config = MIXED("true"), .log = IS_IIS("w3wp.exe") POOL_DEFAULT("defaultBar", "enabled")},
    {"pool-included", true, PATH("w3wp.exe"), IN_POOL("\xd0\x9f\xd1\x83\xd0\xbb"),
     .config = POOLS("<applicationPool name='\xd0\x9f\xd1\x83\xd0\xbb' instrument='true'/>"),
     .log = IS_IIS("w3wp.exe") POOL_ON("\xd0\x9f\xd1\x83\xd0\xbb")},
};

// Azure Functions.
#define ISOLATED .environment = "FUNCTIONS_WORKER_RUNTIME=dotnet-isolated"
#define ISOLATED_AND(more) .environment = "FUNCTIONS_WORKER_RUNTIME=dotnet-isolated;" more
#define IN_PROCESS .environment = "FUNCTIONS_WORKER_RUNTIME=dotnet"
#define LINUX_HOST "/azure-functions-host/Microsoft.Azure.WebJobs.Script.WebHost"
#define LINUX_HOST_LOG                                                                 \
    "[Info ] Appears to be Azure Functions WebHost (Linux) based on commandLine. Not " \
    "instrumenting this process.\n"
#define NET_HOST_LOG                                                                       \
    "[Info ] FunctionNetHost.exe is a valid Azure function command. This process will be " \
    "instrumented.\n"
#define IN_PROCESS_LOG \
    "[Info ] Function is running in-process. This process will be instrumented.\n"

static const struct row azure_rows[] = {
    {"azure-net-host", true, CORE, PATH("functionsnethost.exe"), RUNS("blah FooBarBaz"), ISOLATED,
     .log = AZURE("functionsnethost.exe") NET_HOST_LOG},
    {"azure-net-host", true, CORE, PATH("functionsnethost.exe"),
     ISOLATED_AND("NEW_RELIC_AZURE_FUNCTION_MODE_ENABLED="),
     .log = AZURE("functionsnethost.exe") NET_HOST_LOG},
    {"azure-net-host", true, CORE, PATH("functionsnethost.exe"),
     ISOLATED_AND("NEW_RELIC_AZURE_FUNCTION_MODE_ENABLED=1"),
     .log = AZURE("functionsnethost.exe") NET_HOST_LOG},
    {"azure-net-host", true, CORE, PATH("C:\\X\\FUNCTIONSNETHOST.EXE"), .config = OFF,
     ISOLATED_AND("NEW_RELIC_AZURE_FUNCTION_MODE_ENABLED=TRUE"),
     .log = AZURE("C:\\X\\FUNCTIONSNETHOST.EXE") NET_HOST_LOG},
    {"core-default", true, CORE, PATH("functionsnethost.exe"),
     ISOLATED_AND("NEW_RELIC_AZURE_FUNCTION_MODE_ENABLED=0"),
     .log = NOT_IIS("functionsnethost.exe")},
    {"core-default", true, CORE, PATH("func.exe"),
     ISOLATED_AND("NEW_RELIC_AZURE_FUNCTION_MODE_ENABLED=junk"), .log = NOT_IIS("func.exe")},
    {"pool-default-included", true, CORE, PATH("w3wp.exe"), IN_POOL("someapppoolname"),
     .environment = "FUNCTIONS_WORKER_RUNTIME=dotnet;NEW_RELIC_AZURE_FUNCTION_MODE_ENABLED=0",
     .log = IS_IIS("w3wp.exe") POOL_DEFAULT("someapppoolname", "enabled")},
    {"core-default", true, CORE, PATH("func.exe"),
     .environment = "FUNCTIONS_WORKER_RUNTIME=", .log = NOT_IIS("func.exe")},
    {"azure-linux-host", false, CORE, PATH("app"), RUNS(LINUX_HOST), ISOLATED,
     .log = AZURE("app") LINUX_HOST_LOG},
    {"azure-linux-host", false, CORE, PATH(LINUX_HOST), ISOLATED,
     .log = AZURE(LINUX_HOST) LINUX_HOST_LOG},
    {"azure-linux-host", false, CORE, PATH("app"),
     RUNS("dotnet /AZURE-FUNCTIONS-HOST/microsoft.azure.webjobs.script.webhost.dll"), ISOLATED,
     .log = AZURE("app") LINUX_HOST_LOG},
    {"azure-script-host", false, CORE, PATH("w3wp.exe"), IN_POOL("FooBarBaz"),
     RUNS("blah FooBarBaz blah"), ISOLATED,
     .log = AZURE("w3wp.exe") "[Info ] Appears to be Azure WebJobs Script WebHost based on "
                              "commandLine. Not instrumenting this process.\n"},
    {"azure-script-host", false, CORE, PATH("functionsnethost.exe"), IN_POOL("foobarbaz"),
     RUNS("xFOOBARBAZx"), ISOLATED,
     .log = AZURE("functionsnethost.exe") "[Info ] Appears to be Azure WebJobs Script WebHost "
                                          "based on commandLine. Not "
                                          "instrumenting this process.\n"},
    {"pool-default-included", true, CORE, PATH("w3wp.exe"), IN_POOL("foo"), ISOLATED,
     .log = AZURE("w3wp.exe") AZURE_UNKNOWN IS_IIS("w3wp.exe") POOL_DEFAULT("foo", "enabled")},
    {"pool-azure", false, CORE, PATH("w3wp.exe"), IN_POOL("~foo"), ISOLATED,
     .log = AZURE("w3wp.exe") AZURE_UNKNOWN IS_IIS("w3wp.exe") POOL_AZURE("~foo")},
    {"core-default", true, CORE, PATH("app"), ISOLATED,
     .log = AZURE("app") AZURE_UNKNOWN NOT_IIS("app")},
    {"dotnet-command", false, CORE, PATH("dotnet"), RUNS("dotnet run"), ISOLATED,
     .log = AZURE("dotnet") AZURE_UNKNOWN COMMAND},
    {"not-configured", false, PATH("app.exe"), ISOLATED,
     .log = AZURE("app.exe") AZURE_UNKNOWN NOT_IIS("app.exe") NOT_CONFIGURED("app.exe")},
    {"agent-disabled", false, PATH("app.exe"), .config = OFF, ISOLATED,
     .log = AZURE("app.exe") AZURE_UNKNOWN DISABLED},
    {"azure-func-exe", false, CORE, PATH("func.exe"), RUNS("--worker-id 1"), ISOLATED,
     .log = AZURE("func.exe") "[Info ] Func.exe is a tool for testing Azure functions locally. Not "
                              "instrumenting this process.\n"},
    {"azure-functions-worker-id", true, PATH("SomeFW481FunctionApp.exe"),
     RUNS("blah --functions-worker-id FooBarBaz"), ISOLATED,
     .log = AZURE("SomeFW481FunctionApp.exe") "[Info ] Command line contains "
                                              "--functions-worker-id. This process will be "
                                              "instrumented.\n"},
    {"azure-functions-worker-id", true, CORE, PATH("app"),
     RUNS("app --worker-id 1 --FUNCTIONS-WORKER-ID 2"), ISOLATED,
     .log = AZURE("app") "[Info ] Command line contains --functions-worker-id. This process will "
                         "be instrumented.\n"},
    {"azure-worker-id", true, PATH("SomeFW481FunctionApp.exe"), RUNS("blah --worker-id FooBarBaz"),
     ISOLATED,
     .log = AZURE("SomeFW481FunctionApp.exe") "[Info ] Command line contains --worker-id. This "
                                              "process will be instrumented.\n"},
    {"azure-worker-id", true, CORE, PATH("dotnet"), RUNS("dotnet run --worker-id 1"), ISOLATED,
     .log = AZURE("dotnet") "[Info ] Command line contains --worker-id. This process will be "
                            "instrumented.\n"},
    {"azure-in-process", true, PATH("SomeFW481FunctionApp.exe"), IN_POOL("someapppoolname"),
     RUNS("blah FooBarBaz"), IN_PROCESS, .log = AZURE("SomeFW481FunctionApp.exe") IN_PROCESS_LOG},
    {"azure-in-process", true, CORE, PATH("func.exe"), RUNS("dotnet run"),
     .environment = "FUNCTIONS_WORKER_RUNTIME=DotNet", .log = AZURE("func.exe") IN_PROCESS_LOG},
    {"azure-pool", false, PATH("SomeFW481FunctionApp.exe"), IN_POOL("~somekuduapppool"),
     RUNS("blah FooBarBaz"), IN_PROCESS,
     .log = AZURE("SomeFW481FunctionApp.exe")
         POOL("~somekuduapppool") "has been identified as an in-process Azure Functions built-in "
                                  "background application and "
                                  "will be ignored.\n"},
    {"azure-func-exe", false, CORE, PATH("/usr/bin/func.exe"),
     .environment = "FUNCTIONS_WORKER_RUNTIME=node",
     .log = AZURE("/usr/bin/func.exe") "[Info ] Func.exe is a tool for testing Azure functions "
                                       "locally. Not instrumenting this "
                                       "process.\n"},
    {"excluded-process", false, CORE, PATH("functionsnethost.exe"),
     ISOLATED_AND("NEW_RELIC_EXCLUDED_APPLICATION_NAMES=FunctionsNetHost.exe"),
     .log = EXCLUDED("functionsnethost.exe")},
};

static struct nr_bytes bytes_of(const char *text) {
    struct nr_str str = nr_str_of(text);
    return (struct nr_bytes){(const uint8_t *)str.data, str.size};
}

static void check_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = {.environment = row->environment};
        struct nr_facts facts = nr_fake_facts(&fake);
        struct nr_settings_source source = {
            bytes_of(row->config ? row->config : "<configuration/>"), row->local != NULL,
            bytes_of(row->local), bytes_of(row->application_config)};
        struct nr_settings settings;
        char name[200];
        snprintf(name, sizeof(name), "%s: %.*s '%.*s'", row->rule, NR_STR_ARGS(row->process.path),
                 NR_STR_ARGS(row->process.command_line));
        NR_CASE(name);
        const struct nr_log *log = nr_test_log(NR_LOG_INFO);
        if (CHECK_INT(nr_settings_parse(&arena, &facts, &source, log, &settings), NR_OK)) {
            struct nr_decision decision =
                nr_filter_decide(&arena, &facts, &settings, &row->process, log);
            CHECK_STR(nr_str_of(decision.rule), row->rule);
            CHECK_INT(decision.instrument, row->instrument);
            CHECK_STR(nr_test_log_text(), row->log);
        }
        nr_arena_free(&arena);
    }
}

// ---- the pool of a process ----

#define FROM_ENVIRONMENT                                                                     \
    "[Info ] The Profiler will use the environment variable APP_POOL_ID as the application " \
    "name when white/black listing applications pools for profiling.\n"
#define FROM_COMMAND_LINE                                                                 \
    "[Info ] The Profiler will use the application pool ID from the command line as the " \
    "application name when white/black listing applications pools for profiling.\n"

static const struct {
    const char *environment, *command_line;
    bool posix;
    const char *pool;
    const char *log;
} pools[] = {
    {NULL, "", false, "", ""},
    {"APP_POOL_ID=foo", "", false, "foo", FROM_ENVIRONMENT},
    {"ASPNETCORE_IIS_APP_POOL_ID=foo", "", false, "foo", FROM_ENVIRONMENT},
    {"ASPNETCORE_IIS_APP_POOL_ID=old;APP_POOL_ID=new", "", false, "new", FROM_ENVIRONMENT},
    {"APP_POOL_ID=foo", "w3wp.exe -ap bar", false, "foo", FROM_ENVIRONMENT},
    {"APP_POOL_ID=foo", "", true, "foo", FROM_ENVIRONMENT},
    {"APP_POOL_ID=", "w3wp.exe -ap bar", false, "bar", FROM_COMMAND_LINE},
    {"APP_POOL_ID=", "w3wp.exe -ap bar", true, "", FROM_ENVIRONMENT},
    {NULL, "w3wp.exe -ap bar", true, "", ""},
    {NULL, "w3wp.exe -ap bar", false, "bar", FROM_COMMAND_LINE},
    {NULL, "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"DefaultAppPool\" -v \"v4.0\"", false,
     "DefaultAppPool", FROM_COMMAND_LINE},
    {NULL, "w3wp.exe -v v4.0 -ap \"My Pool\"", false, "My Pool", FROM_COMMAND_LINE},
    {NULL, "\"c:\\my folder\\w3wp.exe\" -ap bar -ap baz", false, "bar", FROM_COMMAND_LINE},
    {NULL, "w3wp.exe -ap \"\\\"bar\\\"\"", false, "bar", FROM_COMMAND_LINE},
    {NULL, "w3wp.exe -ap a\\\\b", false, "a\\\\b", FROM_COMMAND_LINE},
    {NULL, "w3wp.exe -ap \"a\\\\\" x", false, "a\\", FROM_COMMAND_LINE},
    {NULL, "w3wp.exe -ap \t bar", false, "bar", FROM_COMMAND_LINE},
    {NULL, "w3wp.exe -ap \xd0\x9f\xd1\x83\xd0\xbb", false, "\xd0\x9f\xd1\x83\xd0\xbb",
     FROM_COMMAND_LINE},
    {NULL, "w3wp.exe -ap \"\"", false, "", FROM_COMMAND_LINE},
    {NULL, "w3wp.exe -ap", false, "", ""},
    {NULL, "w3wp.exe -AP bar", false, "", ""},
    {NULL, "w3wp.exe \"-ap bar\"", false, "", ""},
    {NULL, "w3wp.exe -apx bar", false, "", ""},
    {NULL, "w3wp.exe -ap \"bar", false, "bar", FROM_COMMAND_LINE},
};

static void test_pools(void) {
    for (size_t i = 0; i < NR_COUNT_OF(pools); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = {.environment = pools[i].environment};
        struct nr_facts facts = nr_fake_facts(&fake);
        struct nr_str pool;
        char name[200];
        facts.windows = !pools[i].posix;
        facts.command_line = nr_str_of(pools[i].command_line);
        snprintf(name, sizeof(name), "the pool of '%s' %s", pools[i].command_line,
                 pools[i].environment ? pools[i].environment : "");
        NR_CASE(name);
        const struct nr_log *log = nr_test_log(NR_LOG_INFO);
        if (CHECK_INT(nr_filter_app_pool(&arena, &facts, log, &pool), NR_OK)) {
            CHECK_STR(pool, pools[i].pool);
            CHECK_STR(nr_test_log_text(), pools[i].log);
        }
        nr_arena_free(&arena);
    }
}

// ---- this process ----

static enum nr_status decide_this(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    const struct nr_settings settings = {.agent_enabled = true};
    struct nr_decision decision;
    enum nr_status status = nr_filter_decide_this(&arena, context, &settings, NULL, &decision);
    if (status == NR_OK) CHECK(!decision.instrument);
    nr_arena_free(&arena);
    return status;
}

static void test_this_process(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_fake fake = {.environment = "APP_POOL_ID=foo"};
    struct nr_facts facts = nr_fake_facts(&fake);
    const struct nr_settings settings = {.pools_included_by_default = true};
    struct nr_decision decision;
    facts.core = true;
    facts.process_path = NR_STR("/opt/caf\xc3\xa9/dotnet");
    facts.parent_process_path = NR_STR("c:\\w3wp.exe");
    facts.command_line = NR_STR("dotnet app.dll");

    NR_CASE("this process, with every line of the log");
    const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
    CHECK_INT(nr_filter_decide_this(&arena, &facts, &settings, log, &decision), NR_OK);
    CHECK_STR(nr_str_of(decision.rule), "pool-default-included");
    CHECK_STR(nr_test_log_text(),
              "[Trace] Checking to see if we should instrument this process.\n" FROM_ENVIRONMENT
              "[Trace] Process Path: /OPT/CAF\xc3\xa9/DOTNET\n"
              "[Trace] Parent Process Path: C:\\W3WP.EXE\n"
              "[Trace] App Pool Id: foo\n"
              "[Trace] Is Core CLR: true\n" CHILD_OF_IIS("/OPT/CAF\xc3\xa9/DOTNET", "C:\\W3WP.EXE")
                  POOL_DEFAULT("foo", "enabled"));

    NR_CASE("forced");
    fake.environment = "NEWRELIC_FORCE_PROFILING=";
    facts.command_line = NR_STR("dotnet run");
    log = nr_test_log(NR_LOG_TRACE);
    CHECK_INT(nr_filter_decide_this(&arena, &facts, &settings, log, &decision), NR_OK);
    CHECK(decision.instrument);
    CHECK_STR(nr_str_of(decision.rule), "forced");
    CHECK_STR(nr_test_log_text(),
              "[Trace] Checking to see if we should instrument this process.\n");

    NR_CASE("the filter survives every failing allocation");
    fake.environment = NULL;
    facts.core = false;
    facts.windows = true;
    facts.command_line = NR_STR("app.exe -ap x");
    nr_test_every_allocation(decide_this, &facts, 50);
    nr_arena_free(&arena);
}

void test_filter(void) {
    check_rows(command_rows, NR_COUNT_OF(command_rows));
    check_rows(core_rows, NR_COUNT_OF(core_rows));
    check_rows(framework_rows, NR_COUNT_OF(framework_rows));
    check_rows(azure_rows, NR_COUNT_OF(azure_rows));
    test_pools();
    test_this_process();
}
