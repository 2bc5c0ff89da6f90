#!/bin/sh
# Live instrumentation and the thread profiler on the real CLR, driven through the exports.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/live/run.sh BUILD_DIR [--long MINUTES]
# With --long, only the storm: sixty-four threads that compile, load and unload, refresh and sample, for
# that long, with a line about memory every minute.
set -u
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
minutes=0
[ "${2:-}" != --long ] || minutes=$3
out=$build/tests/live
library=$build/libNewRelicProfiler.so
shared=$here/../../../shared
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|NR_TEST_|RECORDER|MOCK_|CORPUS_)[A-Z_]*)=.*/\1/p'); do unset "$name"; done
export NR_TEST_LIBRARY="$library"
mkdir -p "$out"
. "$here/../clr/lib.sh"

build_project() {
    dotnet build "$1" -c Release -v quiet -clp:NoSummary --artifacts-path "$out/artifacts" -o "$2"
}

# scenario NAME [SECONDS]: leaves NAME/output and NAME/log. The home is its own, since it changes it.
scenario() {
    rm -rf "$out/home"
    cp -r "$here/home" "$out/home"
    cp "$out/agent/NewRelic.Agent.Core.dll" "$out/home/"
    with_profiler "$out/home" "$out/$1" dotnet "$out/programs/Live.dll" "$@"
    cat "$out/$1/output"
    tail -n 1 "$out/$1/output" | grep -q '^exit status 0$'
}

# The same with a copy of the library that counts the memory it holds.
counting() {
    (library=$build/tests/libcounting-profiler.so && NR_TEST_LIBRARY=$library && scenario "$@")
}

at_debug_level() {
    (export NEW_RELIC_LOG_LEVEL=debug && "$@")
}

# Of more than three thousand refreshes few change anything.
few_requests() {
    requests=$(grep -c "ReJit success" "$out/refresh/log")
    echo "$requests requests"
    [ "$requests" -gt 5 ] && [ "$requests" -lt 100 ]
}

in_fast_mode() {
    (export NEW_RELIC_PROFILER_MODE=fast && "$@")
}

no_complaints() {
    complaints "$1" | diff /dev/null -
}

# once_each FILE TEXT COUNT: as many lines as there were such modules.
once_each() {
    grep -c -F -e "$2" "$1" | grep -q -x "$3" || {
        grep -F Leaving "$1"
        false
    }
}

# Without a profiler, and with the library loaded by P/Invoke only.
absent() {
    without_profiler "$out/absent" dotnet "$out/programs/Live.dll" absent
    cat "$out/absent/output"
    tail -n 1 "$out/absent/output" | grep -q '^exit status 0$'
}

# The reference's own run: the same requests in the same order.
golden() {
    rm -rf "$out/golden"
    mkdir -p "$out/golden"
    cp -r "$shared/golden/home" "$out/golden/home"
    CORECLR_ENABLE_PROFILING=1 CORECLR_PROFILER='{36032161-FFC0-4B61-B559-F6C5D41BAE5A}' \
        CORECLR_PROFILER_PATH="$out/librecorder.so" CORECLR_NEWRELIC_HOME="$out/golden/home" \
        NEW_RELIC_PROFILER_LOG_DIRECTORY="$out/golden" RECORDER_TARGET="$library" \
        RECORDER_OUT="$out/golden/record.jsonl" CORPUS_OUT="$out/golden/cases.jsonl" \
        timeout 120 dotnet "$shared/golden/bin/Corpus.dll" --refresh
    [ $? -eq 0 ] && python3 "$here/requests.py" "$shared/golden/logs/refresh.jsonl.gz" \
        "$out/golden/record.jsonl" Corpus.Live
}

# Lines that both logs of a refresh have: not which points and nested types there were, nor in what order.
refresh_lines() {
    grep -v -E '^\[Debug\] .* Found |Unable to find .* for rejit|Live\.xml\(1,19\)' |
        sed -E "s/ [-0-9]+ [:0-9]+ / /; s/Identified [0-9]+/Identified N/; s|$out/golden/home|@HOME@|
            s/\(Module: [^,]*/(Module: M/; s|Process [^ ]* |Process P |"
}

golden_log() {
    zcat "$shared/golden/logs/refresh.log.gz" | refresh_lines >"$out/golden/expected.log"
    cat "$out"/golden/NewRelic.Profiler.*.log | refresh_lines | diff "$out/golden/expected.log" -
}

# The CLR has another copy of the library as its profiler; the one that is asked does nothing.
beside_another() {
    rm -rf "$out/home"
    cp -r "$here/home" "$out/home"
    cp "$out/agent/NewRelic.Agent.Core.dll" "$out/home/"
    cp "$library" "$out/another.so"
    (library=$out/another.so && with_profiler "$out/home" "$out/another" dotnet "$out/programs/Live.dll" absent)
    cat "$out/another/output"
    tail -n 1 "$out/another/output" | grep -q '^exit status 0$' && says "$out/another/log" "Profiler initialized"
}

for tool in dotnet timeout; do
    command -v "$tool" >/dev/null || {
        skip "tests of live changes: there is no $tool"
        finish
    }
done
check "the library is there" test -f "$library"
check "build of the agent" build_project "$here/agent" "$out/agent"
check "build of the program" build_project "$here/programs" "$out/programs"
[ "$failed" -eq 0 ] || finish

if [ "$minutes" -gt 0 ]; then
    limit=$((minutes * 60 + 300))
    check "storm" scenario storm $((minutes * 60))
    cat "$out/storm/output"
    check "storm: log" no_complaints "$out/storm/log"
    finish
fi
check "exports without a profiler" absent
check "exports beside another profiler" beside_another
check "exports beside another profiler: log" no_complaints "$out/another/log"
check "refresh: points come and go" at_debug_level scenario refresh
check "refresh: what has not changed is not asked for again" few_requests
check "refresh: the library gives back what it takes" counting memory
check "modules: contexts, unloading, emitted, satellite and precompiled ones" scenario modules
check "modules: what can be unloaded is left alone" once_each "$out/modules/log" "Leaving Live alone: the CLR does not instrument assemblies that can be unloaded." 3
check "modules: what is emitted is left alone" once_each "$out/modules/log" "Leaving Live alone: the CLR does not instrument assemblies that are made while the process runs." 1
check "modules: log" no_complaints "$out/modules/log"
check "names of functions" scenario names
check "deep stacks, and arguments that make no sense" scenario deep
check "two hundred threads" scenario threads
check "two hundred threads: log" no_complaints "$out/threads/log"
check "shutdown of the thread profiler at any moment" scenario abort 10
check "shutdown at any moment: log" no_complaints "$out/abort/log"
for round in 1 2 3 4 5 6 7 8 9 10; do
    check "the end of the process in the middle of everything, round $round" scenario exit
    check "the profiler was shut down, round $round" says "$out/exit/log" "Profiler shutdown"
done
check "storm of refreshes" scenario storm 18
grep -h "threads: " "$out/storm/output"
check "storm of refreshes: log" no_complaints "$out/storm/log"
for name in refresh modules threads; do check "$name in fast mode" in_fast_mode scenario $name; done
check "refresh in fast mode: the library gives back what it takes" in_fast_mode counting memory
check "storm in fast mode" in_fast_mode scenario storm 9
check "storm in fast mode: the mode" says "$out/storm/log" "Profiling in fast mode"
check "storm in fast mode: log" no_complaints "$out/storm/log"

if [ ! -d "$shared/golden" ] || ! command -v python3 >/dev/null || ! command -v "${CC:-cc}" >/dev/null; then
    skip "comparison with the reference's refresh: there is no ../shared, python3 or C compiler"
else
    check "build of the recorder" "$shared/tools/recorder/build.sh" "$out/librecorder.so"
    check "the same requests as the reference" golden
    check "the same log as the reference" golden_log
fi
finish
