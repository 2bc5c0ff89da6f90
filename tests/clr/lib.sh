# What the steps on the CLR share: running with and without the profiler, comparing.
# SPDX-License-Identifier: Apache-2.0
# Wants: $library (the profiler), $out (a folder of the step's own), $here (a folder of tests).
. "$here/../checks.sh"

# with_profiler and without_profiler give a command $limit seconds. It knows this machine's paths with $prefix before them.
limit=120 prefix=

# Nothing is tested when something cannot be built.
must_build() {
    name=$1
    shift
    check "build of $name" "$@"
    [ "$failed" -eq 0 ] || finish
}

# build_home NAME [SYMBOL]: $out/NAME, whose agent is the recorder, as its AgentShim.cs has it under that symbol.
build_home() {
    rm -rf "$out/$1"
    cp -r "$here/../clr/home" "$out/$1"
    must_build "the recorder for $1" dotnet build "$here/../clr/recorder" -c Release -v quiet -clp:NoSummary \
        ${2:+"-p:DefineConstants=$2"} --artifacts-path "$out/artifacts/$1" -o "$out/recorder/$1"
    cp "$out/recorder/$1/NewRelic.Agent.Core.dll" "$out/$1/"
}

unix_lines() {
    [ -z "$prefix" ] || sed -i 's/\r$//' "$@"
}

# The braces keep what the shell says of a process that was killed out of the output of both.
# without_profiler DIR COMMAND…: leaves DIR/output, which ends with the exit status.
without_profiler() {
    dir=$1
    shift
    rm -rf "$dir" && mkdir -p "$dir"
    { timeout -k 5 "$limit" "$@" >"$dir/output" 2>&1; } 2>/dev/null
    echo "exit status $?" >>"$dir/output"
    unix_lines "$dir/output"
}

# with_profiler HOME DIR COMMAND…: leaves DIR/output as above, DIR/record and DIR/log.
with_profiler() {
    home=$1 dir=$2
    shift 2
    rm -rf "$dir" && mkdir -p "$dir"
    {
        CORECLR_ENABLE_PROFILING=1 CORECLR_PROFILER='{36032161-FFC0-4B61-B559-F6C5D41BAE5A}' \
            CORECLR_PROFILER_PATH="$prefix$library" CORECLR_NEW_RELIC_HOME="$prefix$home" \
            NEW_RELIC_PROFILER_LOG_DIRECTORY="$prefix${log_directory:-$dir}" NR_TEST_RECORD="$prefix$dir/record" \
            timeout -k 5 "$limit" "$@" >"$dir/output" 2>&1
    } 2>/dev/null
    echo "exit status $?" >>"$dir/output"
    touch "$dir/record"
    cat "$dir"/NewRelic.Profiler.*.log >"$dir/log" 2>/dev/null || true
    unix_lines "$dir/record" "$dir/log" "$dir/output"
}

same() {
    diff "$1" "$2"
}

# What a log complains about, without times, module paths and offsets.
complaints() {
    grep -E '^\[(Error|Warn )\]|Skipping' "$1" | sort -u |
        sed -E 's/^(\[[A-Za-z]+ *\]) [-0-9]+ [:0-9]+ /\1 /; s/\(Module: [^)]*\)//; s/IL_[0-9a-f]+/IL_*/g' | sort -u
}

# The record of a scenario without an order is compared by the number of times that each line occurs.
record_is() {
    if [ -f "$2.counts.txt" ]; then
        sort "$1" | uniq -c | sed 's/^ *//' | diff "$2.counts.txt" -
    else
        diff "$2.txt" "$1"
    fi
}

complaints_are() {
    if [ -f "$2.log.txt" ]; then
        complaints "$1" | diff "$2.log.txt" -
    else
        complaints "$1" | diff /dev/null -
    fi
}

# says FILE TEXT
says() {
    grep -q -F -e "$2" "$1" || {
        echo "nowhere: $2"
        cat "$1"
        false
    }
}

is_empty() {
    [ ! -s "$1" ] || {
        cat "$1"
        false
    }
}
