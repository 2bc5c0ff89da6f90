#!/bin/sh
# Tests on the real CLR: programs that run with and without the profiler must print the same, and the
# agent must be told what tests/clr/expected says.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/clr/run.sh BUILD_DIR [--long]
# --long: also the sample fifty times, and every variation of the environment with every scenario.
# .NET 10 is the installed one; 8 and 9 come from NuGet, and are skipped when they cannot be restored.
set -u
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
ulimit -c 0
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
long=${2:-}
out=$build/tests/clr
library=$build/libNewRelicProfiler.so
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|NR_TEST_)[A-Z_]*)=.*/\1/p'); do unset "$name"; done
mkdir -p "$out"
. "$here/lib.sh"
. "$here/scenarios.sh"
. "$here/core_library.sh"

# variation NAME=VALUE…: some scenarios in another environment.
variation() {
    chosen="exceptions generics structs il async threads"
    [ "$long" = --long ] && chosen=$(dotnet "$programs/Programs.dll")
    for scenario in $chosen; do
        lacks_il "$scenario" && continue
        # A collection at every allocation is too much for many threads and for deep stacks.
        case "$scenario $*" in threads*GCStress* | recursion*GCStress*) continue ;; esac
        with_profiler "$out/home" "$out/variation" env "$@" dotnet "$programs/Programs.dll" "$scenario"
        check "$scenario with $*: same output" same "$out/net10.0/$scenario.plain/output" "$out/variation/output"
        check "$scenario with $*: tracers" record_is "$out/variation/record" "$here/expected/$scenario"
    done
}

exports() {
    cat >"$out/exports.txt" <<'END'
AddCustomInstrumentation
ApplyCustomInstrumentation
DllCanUnloadNow
DllGetClassObject
GetCurrentExecutionEngineThreadId
InstrumentationRefresh
ReleaseProfile
ReloadConfiguration
RequestFunctionNames
RequestProfile
ShutdownThreadProfiler
END
    nm -D --defined-only "$library" | awk '{ print $3 }' | sort | diff "$out/exports.txt" -
}

needs_libc_only() {
    readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >"$out/needed.txt"
    echo libc.so.6 | diff - "$out/needed.txt"
}

# The sample application, every method of it instrumented for the shipped agent.
sample() {
    shop=$build/samples/Shop/Shop.dll
    agent=$build/agent/NewRelic.Agent.Core.dll
    if [ ! -f "$shop" ] || [ ! -f "$agent" ]; then
        skip "the sample application: 'make sample agent' has not been run"
        return
    fi
    rm -rf "$out/sample.home"
    mkdir -p "$out/sample.home/extensions"
    cp "$here/home/newrelic.config" "$agent" "$out/sample.home/"
    cp "$here/sample.xml" "$out/sample.home/extensions/"
    without_profiler "$out/sample.plain" dotnet "$shop"
    check "sample: runs" says "$out/sample.plain/output" "exit status 0"
    runs=1
    [ "$long" = --long ] && runs=50
    while [ "$runs" -gt 0 ]; do
        for collector in 0 1; do
            with_profiler "$out/sample.home" "$out/sample" env "DOTNET_gcServer=$collector" \
                "NRPROF_OUTPUT=$out/sample" dotnet "$shop"
            check "sample with DOTNET_gcServer=$collector: same output" \
                same "$out/sample.plain/output" "$out/sample/output"
            check "sample with DOTNET_gcServer=$collector: report" says "$out/sample/report.txt" "Call tree"
        done
        runs=$((runs - 1))
    done
}

for tool in dotnet awk timeout; do
    command -v "$tool" >/dev/null || {
        skip "tests on the CLR: there is no $tool"
        finish
    }
done
check "the library is there" test -f "$library"
[ "$failed" -eq 0 ] || finish
check "exports" exports
check "needs libc alone" needs_libc_only

awk -f "$here/programs/large.awk" >"$out/Large.cs"
build_home home
build_il
programs=$out/net10.0/programs
must_build "the programs" build_project build "$here/programs" -o "$programs"
cp "$out"/il/*.dll "$programs/"

scenarios net10.0 dotnet "$programs/Programs.dll"
published net9.0 9.0.22 linux-x64
published net8.0 8.0.33 linux-x64
. "$here/bad_input.sh"
. "$here/publishing.sh"
. "$here/helpers.sh"
. "$here/runtime_async.sh"
. "$here/inlining.sh"
variation DOTNET_gcServer=1
variation DOTNET_TieredCompilation=0
variation DOTNET_GCStress=0x3 DOTNET_gcConcurrent=0
variation DOTNET_ReadyToRun=0 DOTNET_TieredPGO=1
sample
finish
