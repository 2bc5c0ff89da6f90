#!/bin/sh
# The programs of tests/clr on a platform that this machine can run: with and without the profiler they must
# print the same, and the agent must be told what it is told on Linux x64: in compatible mode and, but for arm64, which
# is emulated, in fast mode.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/clr/platform.sh BUILD_DIR RID VERSION LIBRARY [RUNNER…]
# The runtime of that version comes from NuGet; the runner starts its programs here.
set -u
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
ulimit -c 0
here=$(cd "$(dirname "$0")" && pwd)
rid=$2 version=$3 library=$4
out=$(realpath "$1")/tests/clr-$rid
shift 4
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|NR_TEST_)[A-Z_]*)=.*/\1/p'); do unset "$name"; done
mkdir -p "$out"
. "$here/lib.sh"
. "$here/scenarios.sh"
. "$here/core_library.sh"
limit=600
# An exception that leaves a dynamic method or passes native code ends the main thread under wine 8, without the profiler
# too; in compatible mode the agent's API throws such a one.
case $rid in win-*) prefix=Z: cannot="api corelibrary dynamic il objects unhandled" ;; *) cannot="" ;; esac

awk -f "$here/programs/large.awk" >"$out/Large.cs"
build_home home
build_il
framework=net${version%%.*}.0
published "$framework" "$version" "$rid" "$@"
program=$out/$framework/programs/Programs${prefix:+.exe}
if [ "$rid" != linux-arm64 ] && [ -x "$program" ]; then
    export NEW_RELIC_PROFILER_MODE=fast
    cannot=${cannot#api }
    scenarios fast "$@" "$program"
    check "fast mode" says "$out/fast/api/log" "Profiling in fast mode"
fi
finish
