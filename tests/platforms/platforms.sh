#!/bin/sh
# Runs the files of dist/ on every platform that can be had on this machine, and prints a line a platform.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/platforms/platforms.sh BUILD_DIR
# Needs Debian's qemu-user, libstdc++6-arm64-cross and wine64 beside the compilers of cmake/release.sh, and
# runtimes from NuGet; what is missing is skipped and named. qemu 7.2 crashes about one run in twenty
# without any profiler: a failed run is repeated, and the line says how often.
set -u
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(realpath "$1")
out=$build/tests/platforms/runs
wine=/usr/lib/wine/wine64
expected="610 text 4 InvalidOperationException DivideByZeroException"
passed=0 failed=0 skipped=0
mkdir -p "$out"
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|NRPROF_)[A-Z_]*)=.*/\1/p'); do unset "$name"; done

line() {
    printf '%-12s %-34s %s\n' "$1" "$2" "$3"
}

result() {
    if [ "$4" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    line "$1" "$2" "$3"
}

skip() {
    skipped=$((skipped + 1))
    line "$1" "$2" "skipped: $3"
}

# has TOOL: is it installed?
has() {
    command -v "$1" >/dev/null
}

publish() {
    dotnet publish "$here/program" -c Release -r "$1" --self-contained -v quiet "-p:RuntimeFrameworkVersion=$2" \
        --artifacts-path "$out/artifacts" -o "$out/$1/program" >"$out/$1.publish" 2>&1
}

# Calls and methods that the report counted: the same on every platform.
counted() {
    sed -n 's/^  recorded *\(.* methods\).*/\1/p' "$out/$1/results/report.txt" 2>/dev/null
}

# trace RID RUNNER…: one run; says what is wrong with it.
trace() {
    rid=$1
    shift
    rm -rf "$out/$rid/results" "$out/$rid/home/logs"
    mkdir -p "$out/$rid/home/extensions" "$out/$rid/home/logs"
    cp "$here/home/newrelic.config" "$out/$rid/home/"
    cp "$here/home/program.xml" "$out/$rid/home/extensions/"
    CORECLR_ENABLE_PROFILING=1 CORECLR_PROFILER='{36032161-FFC0-4B61-B559-F6C5D41BAE5A}' \
        CORECLR_PROFILER_PATH="$prefix$library" CORECLR_NEW_RELIC_HOME="$prefix$out/$rid/home" \
        NEW_RELIC_INSTALL_PATH="$prefix$build/agent" NRPROF_OUTPUT="$prefix$out/$rid/results" \
        NEW_RELIC_PROFILER_LOG_DIRECTORY="$prefix$out/$rid/home/logs" \
        timeout 120 "$@" >"$out/$rid/output" 2>&1 || { echo "exit status $?" && return; }
    [ "$(tr -d '\r' <"$out/$rid/output")" = "$expected" ] || { echo "other output" && return; }
    grep -q 'Profiler initialized' "$out/$rid"/home/logs/*.log || { echo "not attached" && return; }
    [ -n "$(counted "$rid")" ] || { echo "attached, not traced" && return; }
}

# runs RID VERSION LIBRARY PREFIX RUNNER…
runs() {
    rid=$1 version=$2 library=$root/dist/$3 prefix=$4
    shift 4
    if ! publish "$rid" "$version"; then
        skip "$rid" ".NET $version" "the runtime cannot be restored from NuGet"
        return
    fi
    tries=1
    wrong=$(trace "$rid" "$@")
    while [ -n "$wrong" ] && [ "$tries" -lt 3 ]; do
        tries=$((tries + 1))
        wrong=$(trace "$rid" "$@")
    done
    if [ -z "$wrong" ] && [ "$(counted "$rid")" != "$(counted linux-x64)" ]; then
        wrong="counted $(counted "$rid"), on linux-x64 $(counted linux-x64)"
    fi
    again=$([ "$tries" -eq 1 ] || echo " at try $tries")
    if [ -z "$wrong" ]; then
        result "$rid" ".NET $version" "loaded, attached, traced: $(counted "$rid")$again" 0
    else
        result "$rid" ".NET $version" "FAILED: $wrong$again" 1
    fi
}

# unit_tests PRESET RUNNER…
unit_tests() {
    preset=$1
    shift
    if cmake --build "$root/build/$preset" --target unit-tests >"$out/$preset.build" 2>&1; then
        said=$(timeout 300 "$@" 2>&1 | tail -n 1 | tr -d '\r')
        case $said in
        *' 0 failed'*) result "$preset" "unit tests" "$said" 0 ;;
        *) result "$preset" "unit tests" "FAILED: $said" 1 ;;
        esac
    else
        result "$preset" "unit tests" "FAILED: they do not build" 1
    fi
}

"$root/cmake/release.sh" || exit 1
runs linux-x64 10.0.12 linux-x64/libNewRelicProfiler.so "" "$out/linux-x64/program/program"
if has qemu-aarch64 && [ -d "$root/dist/linux-arm64" ]; then
    runs linux-arm64 10.0.12 linux-arm64/libNewRelicProfiler.so "" \
        qemu-aarch64 -L /usr/aarch64-linux-gnu "$out/linux-arm64/program/program"
else
    skip linux-arm64 ".NET 10" "no qemu-aarch64, or no compiler"
fi
if [ -x $wine ] && [ -d "$root/dist/win-x64" ]; then
    export WINEPREFIX="$out/wine" WINEDEBUG=-all WINEARCH=win64 DOTNET_EnableWriteXorExecute=0
    [ -d "$WINEPREFIX" ] || WINEDLLOVERRIDES="mscoree=;mshtml=" timeout 300 $wine wineboot -u 2>/dev/null
    runs win-x64 10.0.14 win-x64/NewRelic.Profiler.dll Z: $wine "$out/win-x64/program/program.exe"
    unit_tests win-x64 $wine "$root/build/win-x64/tests/unit-tests.exe"
else
    skip win-x64 ".NET 10" "no wine64, or no compiler"
fi
skip win-x86 ".NET" "NuGet has no runtime; built and checked only"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
