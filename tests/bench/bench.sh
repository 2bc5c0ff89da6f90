#!/bin/sh
# Measures how fast the library is: every *_bench.* beside this file, in one table.
# SPDX-License-Identifier: Apache-2.0
#
# usage: [REFERENCE_PROFILER=library] [BENCH_RUNS=5] tests/bench/bench.sh BUILD_DIR [NAME...]
# A bench is a program with one argument, the build folder. Each line of its standard output is a row:
#     what, unit, ours, reference      separated by tabs; the last is left out when nothing is compared
# Its other words go to standard error. What it compares it runs in pairs, first one side and then the
# other, BENCH_RUNS times, and it gives the medians: the machine's other load meets both sides alike.
# NAME runs only NAME_bench.*. The rows also go to BUILD_DIR/bench.json; the ratio is ours by the
# reference's.
set -eu
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 BENCH_RUNS="${BENCH_RUNS:-5}"
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
shift
rows=$build/bench.tsv
failed=0
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|RECORDER)[A-Z_]*)=.*/\1/p'); do unset "$name"; done

: >"$rows"
for bench in "$here"/*_bench.*; do
    name=$(basename "$bench" | sed 's/_bench\..*//')
    [ $# -eq 0 ] || case " $* " in *" $name "*) ;; *) continue ;; esac
    "$bench" "$build" >>"$rows" || { echo "FAILED: $name" >&2 && failed=1; }
done

awk -F '\t' '
    function cell(text) { return text == "" ? "-" : sprintf(text < 1000 ? "%.3g" : "%.0f", text) }
    BEGIN { printf "%-48s %-16s %10s %10s %8s\n", "what", "unit", "ours", "reference", "ratio" }
    { printf "%-48s %-16s %10s %10s %8s\n", $1, $2, cell($3), cell($4), cell($4 > 0 ? $3 / $4 : "") }
' "$rows"
awk -F '\t' '
    BEGIN { printf "[" }
    {
        printf "%s\n  {\"what\": \"%s\", \"unit\": \"%s\", \"ours\": %s", (NR > 1 ? "," : ""), $1, $2, $3
        if ($4 > 0) printf ", \"reference\": %s, \"ratio\": %.4f", $4, $3 / $4
        printf "}"
    }
    END { print "\n]" }
' "$rows" >"$build/bench.json"
exit "$failed"
