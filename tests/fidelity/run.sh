#!/bin/sh
# Compares the profiler with recordings of the reference: bodies, tokens, ReJIT requests, tracer calls, log.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/fidelity/run.sh BUILD_DIR
# The recordings and the recorder lie beside the repository, in ../shared; without them nothing is
# compared. explained.txt lists every difference that is meant, explained_logs.txt those of the log; any
# other is a failure, and so is one in a list that is there no longer.
set -u
export LC_ALL=C DOTNET_NOLOGO=1
cd "$(dirname "$0")/../.." || exit 1
golden=../shared/golden
check=../shared/tools/recorder/check.py
library=$(realpath "$1")/libNewRelicProfiler.so
out=$(realpath "$1")/tests/fidelity
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|RECORDER)[A-Z_]*)=.*/\1/p'); do unset "$name"; done
export RECORDER="$out/librecorder.so"

skip() {
    echo "skipped: fidelity to the reference: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

[ -d "$golden" ] || skip "there is no $golden"
for tool in python3 dotnet; do
    command -v "$tool" >/dev/null || skip "there is no $tool"
done

# What the diff says, without its sums; for a case also what came of it: whether there was a tracer,
# whether the program's own result was right, and what the tracer was told otherwise than expected.
differences() {
    python3 "$check" table "$out/run" >"$out/table.txt"
    awk -F '\t' '
        NR == FNR { came_of[$1] = $2 ", " $3 ($4 == "" ? "" : ", " $4); next }
        /^CASE / { id = $0; sub(/^CASE /, "", id); sub(/ differs in .*/, "", id); $0 = $0 " => " came_of[id] }
        / method bodies -> / || / same, .* different$/ || / cases behave as the golden run$/ { next }
        { print }
    ' "$out/table.txt" "$out/diff.txt" | sort
}

mkdir -p "$out"
if ! ../shared/tools/recorder/build.sh "$RECORDER" >"$out/build.txt" 2>&1; then
    cat "$out/build.txt"
    echo "FAILED: build of the recorder"
    echo "0 passed, 1 failed"
    exit 1
fi
python3 "$check" run "$golden" "$out/run" "$library" >"$out/run.txt" 2>&1
python3 "$check" diff "$golden" "$out/run" >"$out/diff.txt" 2>&1
grep -v -E '^(#|$)' tests/fidelity/explained.txt | sort >"$out/explained.txt"
differences >"$out/differences.txt"
comm -13 "$out/explained.txt" "$out/differences.txt" >"$out/unexplained.txt"
comm -23 "$out/explained.txt" "$out/differences.txt" >"$out/stale.txt"
sed 's/^/FAILED, a difference that nothing explains: /' "$out/unexplained.txt"
sed 's/^/FAILED, an explanation without a difference: /' "$out/stale.txt"

bodies=$(sed -n -E 's/^([0-9]+) same, [0-9]+ different$/\1/p' "$out/diff.txt")
cases=$(sed -n -E 's/^([0-9]+) of [0-9]+ cases behave as the golden run$/\1/p' "$out/diff.txt")
explained=$(comm -12 "$out/explained.txt" "$out/differences.txt" | wc -l)
passed=$((${bodies:-0} + ${cases:-0} + explained))
failed=$(cat "$out/unexplained.txt" "$out/stale.txt" | wc -l)
if ! tail -n 1 "$out/run.txt" | grep -q -E '^[1-9][0-9]* passed, 0 failed \(0 crashed\)$'; then
    echo "FAILED: cases of the corpus"
    tail -n 20 "$out/run.txt" | cut -c 1-300 | sed 's/^/    /'
    failed=$((failed + 1))
fi
if [ -z "$bodies" ] || [ -z "$cases" ]; then
    echo "FAILED: there is no comparison"
    tail -n 20 "$out/diff.txt" | cut -c 1-300 | sed 's/^/    /'
    failed=$((failed + 1))
fi
echo "bodies of the reference's bytes: ${bodies:-0}; cases of its behaviour: ${cases:-0}; explained differences: $explained"

# log_at LEVEL: runs the corpus for its log.
log_at() {
    python3 "$check" run "$golden" "$out/run.$1" "$library" --level "$1" >"$out/run.$1.txt" 2>&1
}

# The log, at each level. The methods of .NET itself stand in it too, so it must be the recording's .NET.
runtime=$(zcat "$golden/logs/oracle.finest.log.gz" | sed -n -E 's|.*/Microsoft\.NETCore\.App/([0-9.]+)/System\.Private\.CoreLib\.dll.*|\1|p' | head -n 1)
if dotnet --list-runtimes | grep '^Microsoft\.NETCore\.App ' | tail -n 1 | grep -q -F " $runtime "; then
    log_at info
    # At finest, lines of methods that other threads compile at the same moment may stand among those of
    # the corpus, and nothing tells them apart. What really differs does so each time: one run of five
    # has to agree in every line.
    for attempt in 1 2 3 4 5; do
        log_at finest
        python3 tests/fidelity/logs.py tests/fidelity/explained_logs.txt \
            "$golden/logs/oracle.debug.log.gz" "$out"/run/logs/*.log "$out/run/home" \
            "$golden/logs/oracle.finest.log.gz" "$out"/run.finest/logs/*.log "$out/run.finest/home" \
            "$golden/logs/oracle.info.log.gz" "$out"/run.info/logs/*.log "$out/run.info/home" >"$out/logs.txt" 2>&1
        line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$out/logs.txt") || line="0 passed, 1 failed"
        case $line in *" 0 failed") break ;; esac
        [ "$attempt" -eq 5 ] || echo "the log at finest, run $attempt: lines of several threads among each other; once more"
    done
    grep -v -x -F "$line" "$out/logs.txt"
    set -- $(echo "$line" | tr -dc '0-9 ')
    passed=$((passed + $1)) failed=$((failed + $2))
else
    echo "skipped: the log: .NET is not $runtime"
    skipped=1
fi

echo "$passed passed, $failed failed${skipped:+, $skipped skipped}"
[ "$failed" -eq 0 ]
