#!/bin/sh
# Runs all tests and adds up their closing lines.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/run.sh BUILD_DIR
# Each step is a program whose last line is "N passed, N failed" or "N passed, N failed, N skipped". A
# step that ends without one counts as one failure.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$(realpath "$1")
passed=0 failed=0 skipped=0
log=$build/tests/step.log

step() {
    name=$1
    shift
    echo "== $name"
    "$@" >"$log" 2>&1
    status=$?
    grep -v -E '^[0-9]+ passed, [0-9]+ failed' "$log"
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
    if [ -z "$line" ]; then
        echo "FAILED: '$name' ended with exit status $status and no closing line"
        failed=$((failed + 1))
        return
    fi
    echo "   $line"
    set -- $(echo "$line" | tr -dc '0-9 ')
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + ${3:-0}))
    if [ "$status" -ne 0 ] && [ "$2" -eq 0 ]; then
        echo "FAILED: '$name' passed its cases but ended with exit status $status"
        failed=$((failed + 1))
    fi
}

build_sanitized() {
    cmake --preset asan >/dev/null && cmake --build --preset asan -j2 --target unit-tests >/dev/null
}

free=$(($(df -Pk "$build" | awk 'NR == 2 { print $4 }') / 1024))
[ "$free" -ge 3000 ] || echo "Only $free MB of the disk are free and the tests need about 3,000: steps may fail, with their words lost."

step "unit tests" "$build/tests/unit-tests"
if build_sanitized; then
    step "unit tests under AddressSanitizer and UBSan" "$build/asan/tests/unit-tests"
else
    echo "FAILED: the sanitized build" && failed=$((failed + 1))
fi
# Packages are made of what the step of the platforms has built.
for script in tests/[!p]*/run.sh tests/platforms/run.sh tests/package/run.sh tests/cli/test_*.sh; do
    [ -x "$script" ] && step "$script" "$script" "$build"
done

if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
