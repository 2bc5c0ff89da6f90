#!/bin/sh
# Runs every fuzz target for a bounded time, with libFuzzer, AddressSanitizer and UBSan.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/fuzz/fuzz.sh BUILD_DIR [TARGET...]   FUZZ_SECONDS a target, 60 unless told
# What it learns is kept in BUILD_DIR/corpus, and a finding in BUILD_DIR/findings.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
shift
seconds=${FUZZ_SECONDS:-60}
clang=${FUZZ_CC:-clang}
mkdir -p "$build"
build=$(realpath "$build")

if ! command -v "$clang" >/dev/null; then
    echo "fuzz: $clang is missing (Debian: apt-get install clang libclang-rt-14-dev)" >&2
    exit 1
fi
echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' >"$build/probe.c"
if ! "$clang" -fsanitize=fuzzer,address,undefined "$build/probe.c" -o "$build/probe" >"$build/build.log" 2>&1; then
    echo "fuzz: $clang has no libFuzzer or no sanitizers (Debian: apt-get install libclang-rt-14-dev)" >&2
    exit 1
fi
if ! { cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER="$clang" \
    -DCMAKE_C_FLAGS='-O1 -fsanitize=fuzzer-no-link' -DNR_SANITIZE=ON -DNR_FUZZ=ON &&
    cmake --build "$build" -j2 --target fuzz; } >"$build/build.log" 2>&1; then
    tail -n 30 "$build/build.log" >&2
    exit 1
fi

[ $# -gt 0 ] || set -- $(basename -s .c tests/fuzz/fuzz_*.c | sed 's/^fuzz_//')
UBSAN_OPTIONS=print_stacktrace=1
export UBSAN_OPTIONS
total=0
printf '%-12s %8s %12s %10s %9s\n' target seconds executions coverage findings
for target in "$@"; do
    corpus=$build/corpus/$target findings=$build/findings/$target log=$build/$target.log
    rm -rf "$findings"
    mkdir -p "$corpus" "$findings"
    dictionary=tests/fuzz/$target.dict
    option=
    [ -e "$dictionary" ] && option=-dict=$dictionary
    "$build/tests/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 $option -artifact_prefix="$findings/" \
        "$corpus" "tests/fuzz/corpus/$target" >"$log" 2>&1
    status=$?
    count=$(ls "$findings" | wc -l)
    [ "$status" -eq 0 ] || [ "$count" -gt 0 ] || count=1
    total=$((total + count))
    printf '%-12s %8s %12s %10s %9s\n' "$target" "$seconds" \
        "$(grep -a number_of_executed_units "$log" | awk '{ print $2 }')" \
        "$(grep -a -o 'cov: [0-9]*' "$log" | tail -n 1 | tr -dc 0-9)" "$count"
    [ "$count" -eq 0 ] || { tail -n 40 "$log"; find "$findings" -type f; }
done
[ "$total" -eq 0 ]
