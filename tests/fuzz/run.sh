#!/bin/sh
# The fuzz targets without a fuzzer: saved inputs and some thousand mutations of them, under
# AddressSanitizer and UBSan.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/fuzz/run.sh BUILD_DIR   a case is a target; BUILD_DIR/asan is built when it has to be
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$(realpath "$1")/asan
rounds=${FUZZ_ROUNDS:-3000}
passed=0 failed=0
ASAN_OPTIONS=abort_on_error=1
UBSAN_OPTIONS=print_stacktrace=1:abort_on_error=1
export ASAN_OPTIONS UBSAN_OPTIONS

if ! { cmake --preset asan -B "$build" && cmake --build "$build" -j2 --target fuzz; } >"$build.log" 2>&1; then
    tail -n 30 "$build.log"
    echo "0 passed, 1 failed"
    exit 1
fi
for source in tests/fuzz/fuzz_*.c; do
    target=$(basename "$source" .c)
    finding=$build/$target.finding
    rm -f "$finding"
    if "$build/tests/$target" "$rounds" "$finding" "tests/fuzz/corpus/${target#fuzz_}"/* >"$build/$target.log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $target"
        tail -n 40 "$build/$target.log"
        [ -e "$finding" ] && echo "the input is in $finding"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
