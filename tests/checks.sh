# What the shell steps of the tests share: counting, and the closing line that run.sh adds up.
# SPDX-License-Identifier: Apache-2.0
# Wants: $out (a folder of the step's own).
passed=0 failed=0 skipped=0

# check NAME COMMAND…: the command's exit status decides; what it printed is shown when it failed.
check() {
    name=$1
    shift
    if "$@" >"$out/check.txt" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        head -n 20 "$out/check.txt" | cut -c 1-300 | sed 's/^/    /'
    fi
}

skip() {
    skipped=$((skipped + 1))
    echo "skipped: $1"
}

# The closing line, and the end.
finish() {
    if [ "$skipped" -gt 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" -eq 0 ]
    exit
}
