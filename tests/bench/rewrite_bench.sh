#!/bin/sh
# Speed of the rewriter without a CLR: by the size of the code, and over all of the core library.
# SPDX-License-Identifier: Apache-2.0
#
# usage: see bench.sh
set -eu
tests=$1/tests
root=$(dirname "$(readlink -f "$(command -v dotnet)")")
core=$(find "$root/shared/Microsoft.NETCore.App" -name System.Private.CoreLib.dll | sort | tail -n 1)

# Rewriting, and verifying before and after, on one core.
rate() { "$tests/sweep" "$core" | sed -n -E '$s/.* ([0-9]+) bodies a second.*/\1/p'; }

"$tests/rewrite-bench" "$core"
for _ in $(seq "$BENCH_RUNS"); do rate; done | sort -n |
    awk '{ rates[NR] = $1 } END { printf "sweep of the core library\tbodies/s\t%s\n", rates[int((NR + 1) / 2)] }'
