#!/bin/sh
# Tests of fast mode on the real CLR: the programs of tests/clr, compiled ahead of time, must print the
# same as without the profiler, and the agent must be told what it is told in compatible mode.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/fast/run.sh BUILD_DIR
# .NET 10 is the installed one; 8 and 9 come from NuGet, as does the compiler crossgen2. What cannot be
# restored is skipped.
set -u
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
ulimit -c 0
here=$(cd "$(dirname "$0")" && pwd)
clr=$here/../clr
build=$(realpath "$1")
out=$build/tests/fast
library=$build/libNewRelicProfiler.so
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|NR_TEST_)[A-Z_]*)=.*/\1/p'); do unset "$name"; done
mkdir -p "$out"
. "$clr/lib.sh"
export NEW_RELIC_PROFILER_MODE=fast

finish() {
    if [ "$skipped" -gt 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" -eq 0 ]
    exit
}

must_build() {
    name=$1
    shift
    check "build of $name" "$@"
    [ "$failed" -eq 0 ] || finish
}

build_home() {
    rm -rf "$out/home"
    cp -r "$clr/home" "$out/home"
    must_build "the recorder" dotnet build "$clr/recorder" -c Release -v quiet -clp:NoSummary \
        --artifacts-path "$out/artifacts" -o "$out/recorder"
    cp "$out/recorder/NewRelic.Agent.Core.dll" "$out/home/"
}

# publish FRAMEWORK PROPERTIES…: the programs with ReadyToRun code. Fails when a package is missing.
publish() {
    framework=$1
    shift
    set -- -r linux-x64 -v quiet --artifacts-path "$out/artifacts/$framework" "-p:Tfm=$framework" \
        -p:PublishReadyToRun=true "-p:Generated=$out/Large.cs" "$@"
    if ! dotnet restore "$clr/programs" "$@" >"$out/build.txt" 2>&1; then
        skip "$framework: the framework or crossgen2 cannot be restored"
        return 1
    fi
    must_build "the programs for $framework" \
        dotnet publish "$clr/programs" --no-restore -c Release "$@" -o "$out/$framework/programs"
    cp "$build"/tests/clr/il/*.dll "$out/$framework/programs/" 2>/dev/null || true
}

# A stack trace shows which frames were inlined, and those differ.
same_output() {
    case $1 in
        unhandled) says "$3" "exit status 134" ;;
        *) same "$2" "$3" ;;
    esac
}

# scenarios KIND SCENARIOS COMMAND…
scenarios() {
    kind=$1 chosen=$2
    shift 2
    for scenario in $chosen; do
        if [ "$scenario" = il ] && [ ! -f "$build/tests/clr/il/IlShapes.dll" ]; then
            skip "$kind il: tests/clr has made no IL"
            continue
        fi
        results=$out/$kind/$scenario
        without_profiler "$results.plain" "$@" "$scenario" &
        with_profiler "$out/home" "$results" "$@" "$scenario"
        wait $!
        check "$kind $scenario: same output" same_output "$scenario" "$results.plain/output" "$results/output"
        check "$kind $scenario: tracers" record_is "$results/record" "$clr/expected/$scenario"
        check "$kind $scenario: log" complaints_are "$results/log" "$clr/expected/$scenario"
        check "$kind $scenario: fast mode" says "$results/log" "Profiling in fast mode"
    done
}

for tool in dotnet awk timeout; do
    command -v "$tool" >/dev/null || {
        skip "tests of fast mode: there is no $tool"
        finish
    }
done
check "the library is there" test -f "$library"
[ "$failed" -eq 0 ] || finish

awk -f "$clr/programs/large.awk" >"$out/Large.cs"
build_home
programs=$out/net10.0/programs/Programs
if publish net10.0 -p:SelfContained=false; then
    scenarios net10.0 "$("$programs")" "$programs"
    scenarios jitted "api attributes exceptions generics structs threads" env DOTNET_ReadyToRun=0 "$programs"
fi
programs=$out/net9.0/programs/Programs
publish net9.0 -p:SelfContained=true -p:RuntimeFrameworkVersion=9.0.22 &&
    scenarios net9.0 "$("$programs")" "$programs"
programs=$out/net8.0/programs/Programs
publish net8.0 -p:SelfContained=true -p:RuntimeFrameworkVersion=8.0.33 &&
    scenarios net8.0 "$("$programs")" "$programs"
finish
