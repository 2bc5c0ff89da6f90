#!/bin/sh
# The nrprof command without a CLR: scripts play the traced program, its log and its report.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/cli/test_cli.sh BUILD_DIR
# Prints a line per case and "N passed, N failed[, N skipped]" at the end.
set -u
build=$(cd "$1" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

unset CORECLR_ENABLE_PROFILING CORECLR_PROFILER CORECLR_PROFILER_PATH CORECLR_PROFILER_PATH_64 \
    CORECLR_NEW_RELIC_HOME CORECLR_NEWRELIC_HOME NEW_RELIC_INSTALL_PATH NEWRELIC_INSTALL_PATH \
    NEW_RELIC_LOG_LEVEL DOTNET_EnableDiagnostics COMPlus_EnableDiagnostics \
    NEW_RELIC_PROFILER_LOG_DIRECTORY NEW_RELIC_LOG_DIRECTORY

# An installation of its own: the real command, a profiler and an agent that nobody loads.
mkdir -p "$work/bin/agent" "$work/tmp"
cp "$build/nrprof" "$work/bin/nrprof" || exit 1
: >"$work/bin/libNewRelicProfiler.so"
: >"$work/bin/libNewRelicProfiler.dylib"
printf 'MZ ' >"$work/bin/agent/NewRelic.Agent.Core.dll"
TMPDIR=$work/tmp
export TMPDIR
cd "$work" || exit 1
nrprof=$work/bin/nrprof

pass() { passed=$((passed + 1)) && echo "ok $1"; }
skip() { skipped=$((skipped + 1)) && echo "skipped: $1: $2"; }
fail() {
    failed=$((failed + 1))
    echo "FAILED $1: $2"
    sed 's/^/    out: /' out
    sed 's/^/    err: /' err
}

# run ARGUMENTS: runs nrprof; its output is in out and err, its exit status in $status.
run() {
    "$nrprof" "$@" >out 2>err </dev/null
    status=$?
}

# check NAME STATUS [TEXT...]: the last run had this exit status, and every text is on stderr.
check() {
    name=$1
    if [ "$status" -ne "$2" ]; then
        fail "$name" "exit status $status, expected $2"
        return
    fi
    shift 2
    for text in "$@"; do
        if ! grep -qF -e "$text" err; then
            fail "$name" "standard error lacks: $text"
            return
        fi
    done
    pass "$name"
}

# holds NAME COMMAND...: the command succeeds.
holds() {
    name=$1
    shift
    if "$@"; then pass "$name"; else fail "$name" "not so: $*"; fi
}

# program FILE: an executable script from standard input.
program() {
    { echo '#!/bin/sh' && cat; } >"$1"
    chmod +x "$1"
}

# ---- the command line ----

run
check "without arguments it says how it is used" 125 "usage: nrprof"
run --version
check "--version" 0
holds "--version prints the version" grep -qE '^nrprof [0-9]+\.[0-9]+\.[0-9]+$' out
run help
check "help" 0
holds "help lists the commands" grep -qE '^  trace ' out
run help trace
holds "help of a command" grep -qF 'usage: nrprof trace' out
run trace --help
holds "--help of a command" grep -qF 'usage: nrprof trace' out
run run -h
holds "-h of a command" grep -qF 'usage: nrprof run' out
run help nothing
check "help of no command" 125 "there is no command 'nothing'"
run nothing
check "an unknown command" 125 "there is no command 'nothing'"
run trace --nothing -- true
check "an unknown option" 125 "unknown option '--nothing'"
run trace -x true
check "an unknown letter" 125 "unknown option '-x'"
run trace --quiet=yes true
check "a value for an option that takes none" 125 "option '--quiet=yes' takes no value"
run trace -o
check "an option without its value" 125 "option '-o' needs a value"
run trace
check "trace without a command" 125 "there is no command to run"
run trace -q --
check "trace with nothing after --" 125 "there is no command to run"
run run --home x
check "run without a command" 125 "there is no command to run"
run run true
check "run without a home" 125 "the agent home is not given"
for top in 0 x 1x -1 '' 100001; do
    run trace --top "$top" true
    check "--top '$top'" 125 "--top needs a number from 1 to 100000"
done
for pattern in Name 'Type.' '.Name' '[Assembly' '[]A.B' '[A]' '' 'A.B(int)'; do
    run trace -m "$pattern" true
    check "pattern '$pattern'" 125 "cannot understand the pattern '$pattern'"
done

# ---- what is missing ----

run trace -- no-such-command
check "no such command" 127 "cannot run 'no-such-command': there is no such command on PATH"
run trace -- ./no-such-file
check "no such file" 127 "cannot run './no-such-file': there is no such file"
PATH=$work/tmp "$nrprof" trace -- dotnet app.dll >out 2>err
status=$?
check "no .NET" 127 "no .NET found" "https://dot.net/download"
: >plain && chmod -x plain
run trace -- ./plain
check "a file that is not executable" 126 "cannot run './plain': the file is not executable"
: >app.dll
run trace -- ./app.dll
check "an assembly instead of a program" 126 "run 'dotnet ./app.dll'"
echo '#!/no/such/interpreter' >broken && chmod +x broken
run trace -- ./broken
check "a script without its interpreter" 126 "cannot run './broken': No such file"
rm -f bin/libNewRelicProfiler.*
run trace -- true
check "no profiler" 125 "the profiler is missing: $work/bin/libNewRelicProfiler" "'make'"
: >bin/libNewRelicProfiler.so
: >bin/libNewRelicProfiler.dylib
mv bin/agent bin/away
run trace -- true
check "no agent" 125 "the agent is missing: $work/bin/agent/NewRelic.Agent.Core.dll" "'make'"
mv bin/away bin/agent
: >file
run trace -o file -- true
check "results into a file" 125 "cannot write results into 'file'"
TMPDIR=$work/none "$nrprof" trace -- true >out 2>err
status=$?
check "no place for temporary files" 125 "cannot make a temporary agent home"
holds "nothing is left of runs that failed" test -z "$(ls -A tmp)"

# ---- another profiler ----

export CORECLR_ENABLE_PROFILING=1
export CORECLR_PROFILER='{846F5F1C-F9AE-4B07-969E-05C26BC060D8}'
export CORECLR_PROFILER_PATH=/opt/other/other.so
run trace -- true
check "another profiler in the environment" 125 "another profiler is set" \
    "CORECLR_PROFILER={846F5F1C-F9AE-4B07-969E-05C26BC060D8}" \
    "CORECLR_PROFILER_PATH=/opt/other/other.so" "--replace"
run trace --replace -q -- sh -c 'test "$CORECLR_PROFILER_PATH" = "$0"' "$work/bin/libNewRelicProfiler.so"
[ -e /proc/self/exe ] && check "another profiler is replaced" 0
CORECLR_PROFILER='{36032161-ffc0-4b61-b559-f6c5d41bae5a}'
run trace -- true
check "the same profiler from another place" 125 "another profiler is set"
CORECLR_PROFILER_PATH=bin/../bin/libNewRelicProfiler.so
run trace -- true
check "the same profiler" 0 "nothing was traced"
run trace -q -- sh -c 'test "$NEW_RELIC_PROFILER_MODE" = fast'
check "trace profiles in fast mode" 0
run trace --compatible -q -- sh -c 'test "$NEW_RELIC_PROFILER_MODE" = compatible'
check "--compatible" 0
export CORECLR_PROFILER_PATH_64=/opt/other/other.so
run trace -- true
check "the variable for this CPU comes first" 125 "CORECLR_PROFILER_PATH_64=/opt/other/other.so"
CORECLR_ENABLE_PROFILING=0
run trace -- true
check "another profiler that is switched off" 0 "nothing was traced"
unset CORECLR_ENABLE_PROFILING CORECLR_PROFILER CORECLR_PROFILER_PATH CORECLR_PROFILER_PATH_64
DOTNET_EnableDiagnostics=0 "$nrprof" trace -- true >out 2>err
status=$?
check "a runtime that is told to load no profiler" 125 "DOTNET_EnableDiagnostics=0 is set"

# ---- the command as it is ----

for expected in 0 1 3 255; do
    run trace -q -- sh -c "exit $expected"
    check "exit status $expected" "$expected"
done
run trace -q -- sh -c 'kill -9 $$'
check "a command ended by a signal" 137
echo hello | "$nrprof" trace -q -- sh -c 'cat; echo error >&2' >out 2>err
status=$?
check "input and errors are left alone" 0 error
holds "output is left alone" test "$(cat out)" = hello
run trace -q sh -c 'echo "$0" "$@"' -o 'a b' --
holds "arguments of the command are its own" test "$(cat out)" = '-o a b --'
echo 'echo "no interpreter: $1"' >bare && chmod +x bare
mkdir -p "path/a" && cp bare path/a/on-path
PATH=$work/nowhere:$work/path/a:$PATH "$nrprof" trace -q on-path x >out 2>err
holds "a script on PATH, without an interpreter line" test "$(cat out)" = 'no interpreter: x'

# ---- what the command gets ----

program show <<'END'
cp -r "$CORECLR_NEW_RELIC_HOME" home-seen
env >environment
END
rm -rf home-seen results
NEW_RELIC_LOG_LEVEL=off CORECLR_NEWRELIC_HOME=/old NEW_RELIC_LOG_CONSOLE=1 "$nrprof" trace \
    -m 'Shop.Orders.Load' -m '[Shop.Data]*' -m'Shop.Cache`1..ctor' \
    --match='[A&B"]Shop.<Main>$.*<T>' -o results --top=7 ./show >out 2>err
for line in CORECLR_ENABLE_PROFILING=1 'CORECLR_PROFILER={36032161-FFC0-4B61-B559-F6C5D41BAE5A}' \
    "CORECLR_PROFILER_PATH=$work/bin/libNewRelicProfiler.so" \
    "NEW_RELIC_INSTALL_PATH=$work/bin/agent" "NRPROF_OUTPUT=$work/results" NRPROF_TOP=7 \
    NRPROF_EXPLAIN=1; do
    holds "environment: $line" grep -qxF "$line" environment
done
holds "the home is a temporary one" grep -q "^CORECLR_NEW_RELIC_HOME=$work/tmp/nrprof-" environment
holds "the log goes into it" grep -q "^NEW_RELIC_PROFILER_LOG_DIRECTORY=$work/tmp/nrprof-.*/logs\$" \
    environment
holds "settings that hide the log are removed" test -z \
    "$(grep -E '^(NEW_RELIC_LOG_LEVEL|NEW_RELIC_LOG_CONSOLE|CORECLR_NEWRELIC_HOME)=' environment)"
holds "the home has a configuration" grep -q 'agentEnabled="true"' home-seen/newrelic.config
extension=home-seen/extensions/nrprof.xml
tr -d '\n' <$extension | sed 's/> *</></g' >joined
# has NAME ASSEMBLY CLASS METHOD
has() {
    holds "$1" grep -qF "<match assemblyName=\"$2\" className=\"$3\"><exactMethodMatcher methodName=\"$4\"/></match>" joined
}
has "a pattern without assembly" '*' Shop.Orders Load
has "all of an assembly" Shop.Data '*' '*'
has "a constructor of a generic type" '*' 'Shop.Cache`1' .ctor
has "characters that XML reserves" 'A&amp;B&quot;' 'Shop.&lt;Main&gt;$' '*&lt;T&gt;'
holds "the extension's root" grep -q '<extension xmlns="urn:newrelic-extension">' $extension
rm -rf home-seen
run trace ./show
tr -d '\n' <$extension | sed 's/> *</></g' >joined
has "without -m, everything" '*' '*' '*'
holds "the temporary home is gone" test -z "$(ls -A tmp)"
run trace --keep -- true
check "--keep keeps it and says where" 0 "the agent home is kept: $work/tmp/nrprof-"
holds "it is there" test -f "$(echo tmp/nrprof-*)/newrelic.config"
rm -rf tmp/nrprof-*

# ---- results ----

mkdir -p results
for old in report.txt report.12.txt trace.json trace.12.json report.md report-12.txt report.1x.txt \
    report..txt traces.json; do
    echo old >results/$old
done
run trace -o results -- true
holds "results of an earlier run are removed, other files are not" test \
    "$(echo $(ls results | LC_ALL=C sort))" = "report-12.txt report..txt report.1x.txt report.md traces.json"
run trace -- true
holds "the default folder is nrprof-out" test -d nrprof-out

# Plays a traced process: log_of PID LINE... writes its log.
cat >play <<'END'
log_of() {
    log=$NEW_RELIC_PROFILER_LOG_DIRECTORY/NewRelic.Profiler.$1.log
    shift
    for line in "$@"; do echo "[Info ] 2026-01-31 23:59:59 $line" >>"$log"; done
}
error_of() { echo "[Error] 2026-01-31 23:59:59 $2" >>"$NEW_RELIC_PROFILER_LOG_DIRECTORY/NewRelic.Profiler.$1.log"; }
in_app='(Module: /app/Shop.dll, AppDomain: clrhost)[Shop]'
END
program good <<'END'
. ./play
log_of 1000000 "Logger initialized." "Profiler initialized" "Module Shop from /app/Shop.dll" \
    "Instrumenting method: ${in_app}Shop.Orders.Load(System.Int32)"
echo "the report" >"$NRPROF_OUTPUT/report.txt"
echo "{}" >"$NRPROF_OUTPUT/trace.json"
echo "application output"
exit 5
END
run trace -o results -- ./good
check "a trace keeps the exit status" 5
holds "nothing is said on standard error" test ! -s err
holds "the report follows the output, after an empty line" test \
    "$(head -n 3 out)" = "$(printf 'application output\n\nthe report')"
holds "it says where the report is" grep -qF "$work/results/report.txt" out
holds "it says where the trace is" grep -qF "$work/results/trace.json" out
run trace -o results -q -- ./good
holds "-q prints no report" test "$(cat out)" = "application output"

program several <<'END'
. ./play
log_of 1000001 "Profiler initialized" "Instrumenting method: ${in_app}Shop.Orders.Load()"
echo "short" >"$NRPROF_OUTPUT/report.txt"
echo "the longest report of all" >"$NRPROF_OUTPUT/report.77.txt"
: >"$NRPROF_OUTPUT/report.78.txt"
echo "{}" >"$NRPROF_OUTPUT/trace.77.json"
END
run trace -o results -- ./several
holds "of several reports the longest is printed" grep -qx "the longest report of all" out
holds "with its trace" grep -qF "trace   $work/results/trace.77.json" out
holds "the others are named" grep -qF "others  $work/results/report.txt" out
holds "an empty one is not" test -z "$(grep -F report.78.txt out)"

# ---- why nothing was traced ----

run trace -- true
check "no runtime loaded the profiler" 0 "no .NET runtime loaded the profiler" "PublishAot"

program excluded <<'END'
. ./play
log_of 1000002 "Logger initialized." \
    "This process will not be instrumented. Command line identified as invalid invocation for instrumentation" \
    "This process should not be instrumented, unloading profiler."
END
run trace -- ./excluded
check "the process was excluded, by a rule" 0 "process 1000002 was excluded" \
    "Command line identified as invalid invocation" "dotnet APP.dll" NEW_RELIC_FORCE_PROFILING

program host <<'END'
./excluded
exec ./good
END
run trace -- ./host
check "an excluded process that starts a traced one" 5
holds "is nothing to talk about" test ! -s err

program failing <<'END'
. ./play
log_of 1000003 "Logger initialized."
error_of 1000003 ".NET Core 3.1 or greater required. Profiler not attaching."
END
run trace -- ./failing
check "the profiler could not start" 0 "could not start in process 1000003" \
    ".NET Core 3.1 or greater required"

program idle <<'END'
. ./play
log_of 1000004 "Profiler initialized" "Module System.Private.CoreLib from /dotnet/System.Private.CoreLib.dll" \
    "Module Shop.Data from $PWD/no-such.dll" "Module Other from $PWD/no-other.dll"
END
run trace -m '[Shop.Dat]Shop.Orders.*' -- ./idle
check "no such assembly, but one like it" 0 "nothing was traced for '[Shop.Dat]Shop.Orders.*'" \
    "no assembly 'Shop.Dat' was loaded" "nearest: Shop.Data"
run trace -m '[Zzz]Shop.Orders.*' -- ./idle
check "no such assembly, and none like it" 0 "loaded: [Shop.Data]" "loaded: [Other]"
run trace -m '[Shop.Data]Shop.Orders.*' -- ./idle
check "an assembly that cannot be read" 0 "could not be read"
program core_only <<'END'
. ./play
log_of 1000005 "Profiler initialized" "Module System.Private.CoreLib from /dotnet/System.Private.CoreLib.dll"
END
run trace -- ./core_only
check "nothing but the framework" 0 "nothing was traced for '*'" \
    "no assembly but those of the framework was loaded"

program trimmed <<'END'
. ./play
log_of 1000007 "Profiler initialized" "Module App from $PWD/no-such.dll" \
    "No method can be instrumented: it has been trimmed."
END
run trace -m 'App.*' -- ./trimmed
check "a process in which nothing can be instrumented" 0 "nothing was traced in process 1000007" \
    "No method can be instrumented: it has been trimmed."

program skipping <<'END'
. ./play
log_of 1000006 "Profiler initialized" "Module Shop from $PWD/no-such.dll" \
    "Instrumenting method: ${in_app}Shop.Orders.Load()" \
    "Instrumenting method: ${in_app}Shop.Odd.Loop(System.Int32)" \
    "Skipping SpecialName method: ${in_app}Shop.Orders.get_Count()" \
    "Skipping invalid method: ${in_app}Shop.Odd.Loop(System.Int32)"
echo "the report" >"$NRPROF_OUTPUT/report.txt"
END
run trace -m 'Shop.Orders.Load' -m 'Shop.Orders.get_*' -m 'Shop.Odd.*' -- ./skipping
check "methods that were left as they were, with the reason" 0 \
    "nothing was traced for 'Shop.Orders.get_*'" \
    "Shop.Orders.get_Count(): Skipping SpecialName method" \
    "nothing was traced for 'Shop.Odd.*'" \
    "Shop.Odd.Loop(System.Int32): Skipping invalid method"
holds "nothing is said of those that were traced" test -z "$(grep -F Orders.Load err)"

program killed <<'END'
. ./play
log_of 4000000 "Profiler initialized" "Instrumenting method: ${in_app}Shop.Orders.Load()"
END
run trace -- ./killed
check "a process that wrote no report" 0 "process 4000000 wrote no report" "SIGUSR2"

program background <<'END'
. ./play
sleep 30 >/dev/null 2>&1 &
echo $! >sleeper
log_of $! "Profiler initialized" "Instrumenting method: ${in_app}Shop.Orders.Load()"
END
run trace -- ./background
check "a process that still runs" 0 "process $(cat sleeper) still runs" "the agent home is kept"
kill "$(cat sleeper)"
rm -rf tmp/nrprof-*

program garbage <<'END'
head -c 100000 /dev/urandom >"$NEW_RELIC_PROFILER_LOG_DIRECTORY/NewRelic.Profiler.7.log"
printf '[Info ] 2026-01-31 23:59:59 Instrumenting method: (Module: ' >>"$NEW_RELIC_PROFILER_LOG_DIRECTORY/NewRelic.Profiler.7.log"
: >"$NEW_RELIC_PROFILER_LOG_DIRECTORY/NewRelic.Profiler.8.log"
: >"$NEW_RELIC_PROFILER_LOG_DIRECTORY/NewRelic.Profiler..log"
: >"$NEW_RELIC_PROFILER_LOG_DIRECTORY/.log"
END
run trace -- ./garbage
check "logs that are none" 0 "could not start in process 7" "could not start in process 8"

# ---- names, looked up in a real assembly ----

assembly=$build/agent/NewRelic.Agent.Core.dll
if [ -f "$assembly" ]; then
    program named <<END
. ./play
log_of 1000007 "Profiler initialized" "Module Agent from $assembly"
END
    run trace -m 'NewRelic.Agent.Core.AgentShim.GetFinishTracerDelegat' -- ./named
    check "a misspelt method" 0 \
        "nearest: [Agent]NewRelic.Agent.Core.AgentShim.GetFinishTracerDelegate"
    run trace -m '[Agent]AgentShim.getfinishtracerdelegate' -- ./named
    check "no namespace and another case" 0 \
        "nearest: [Agent]NewRelic.Agent.Core.AgentShim.GetFinishTracerDelegate"
    run trace -m 'NewRelic.Agent.Core.AgentShim.GetFinish*' -- ./named
    check "a method that was not called" 0 "none of the methods it names was called" \
        "NewRelic.Agent.Core.AgentShim.GetFinishTracerDelegate"
    run trace -m 'NewRelic.Agent.Core.*' -- ./named
    check "a namespace taken for a type" 0 "'NewRelic.Agent.Core.*.*'"
    run trace -m 'NewRelic.Agent.Core.Settings..cctor' -- ./named
    check "a method that is never instrumented" 0 \
        "NewRelic.Agent.Core.Settings..cctor is never instrumented"
    run trace -m 'Qqqqqqqqqq.Xxxxxxxxx' -- ./named
    check "no name like it" 0 "no method has a name like that"
    run trace -m 'System.Text.Json.JsonSerializer.Serialize' -- ./named
    check "a method of the framework" 0 \
        "'[Assembly]System.Text.Json.JsonSerializer.Serialize'"
else
    skip "names in a real assembly" "$assembly is not built"
fi

# ---- signals ----

# The command itself signals nrprof, its parent.
program patient <<'END'
for name in INT TERM HUP USR2; do trap "echo $name >>signals" $name; done
trap 'echo QUIT >>signals; exit 9' QUIT
for name in INT TERM HUP USR2 QUIT; do
    kill -$name $PPID
    n=0
    until grep -q $name signals || [ $n -ge 50 ]; do sleep 0.1; n=$((n + 1)); done 2>/dev/null
    sleep 0.2
done
END
rm -f signals
run trace -q -- ./patient
check "after signals, the exit status is still the command's" 9
holds "signals to nrprof reach the command once each" test \
    "$(echo $(cat signals))" = "INT TERM HUP USR2 QUIT"

if command -v script >/dev/null && script --version 2>/dev/null | grep -q util-linux; then
    # The key is pressed when the command is ready for it, and the terminal stays until the command
    # has ended. No shell may stand between script and nrprof: the key would end it.
    cat >on_terminal <<'END'
trap 'echo INT >>signals' INT
: >ready
n=0
until [ -f signals ] || [ $n -ge 600 ]; do sleep 0.1; n=$((n + 1)); done
sleep 0.5
: >ended
exit 4
END
    await() {
        n=0
        until [ -f "$1" ] || [ $n -ge 600 ]; do sleep 0.1; n=$((n + 1)); done
    }
    rm -f signals ready ended
    { await ready && printf '\003' && await ended; } |
        script -qec "exec $nrprof trace -q -- sh ./on_terminal" /dev/null >out 2>err
    status=$?
    check "interrupted at the terminal, the command goes on" 4
    holds "a signal of the terminal reaches the command once" test "$(cat signals)" = INT
else
    skip "a signal of the terminal" "script(1) of util-linux is missing"
fi

# ---- run ----

mkdir -p home/netcore home/extensions/netcore
run run --home nowhere -- true
check "no agent home" 125 "the agent home is not there: nowhere"
run run --home home -- true
check "a home without configuration" 125 "no newrelic.config: $work/home"
echo '<configuration><log level="info></configuration>' >home/newrelic.config
run run --home home -- true
check "a configuration that is no XML" 125 "$work/home/newrelic.config:"
echo '<configuration/>' >home/newrelic.config
run run --home home -- true
check "a home without agent" 125 "neither NewRelic.Agent.Core.dll nor netcore"
echo 'not it' >home/netcore/NewRelic.Agent.Core.dll
run run --home home -- true
check "an agent that is no assembly" 125 "is not a .NET assembly: $work/home/netcore"
printf 'MZ ' >home/netcore/NewRelic.Agent.Core.dll
run run --home home -- sh -c 'exit 6'
check "a home without instrumentation" 6 "warning: there are no instrumentation files" \
    "the profiler wrote no log into $work/home/logs"
: >home/extensions/netcore/some.XML
NEW_RELIC_INSTALL_PATH=/elsewhere NEW_RELIC_LOG_LEVEL=debug "$nrprof" run --home home -- \
    sh -c 'env >environment; echo application' >out 2>err
status=$?
holds "instrumentation for .NET Core only is enough" test -z "$(grep warning err)"
holds "the home is the user's" grep -qxF "CORECLR_NEW_RELIC_HOME=$work/home" environment
holds "so is the agent" test -z "$(grep NEW_RELIC_INSTALL_PATH environment)"
holds "settings stand" grep -qxF NEW_RELIC_LOG_LEVEL=debug environment
holds "the output is the application's" test "$(cat out)" = application
mkdir -p home/logs
echo '[Info ] 2026-01-31 23:59:59 Profiler initialized' >home/logs/NewRelic.Profiler.1.log
program excluded_there <<'END'
NEW_RELIC_PROFILER_LOG_DIRECTORY=$CORECLR_NEW_RELIC_HOME/logs exec ./excluded
END
run run --home home -- ./excluded_there
check "run: the process was excluded, by a rule" 0 "process 1000002 was excluded" \
    "Command line identified as invalid invocation"

if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
