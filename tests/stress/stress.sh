#!/bin/sh
# Runs real programs with every method of their libraries instrumented, and compares with a run without
# the profiler: output, exit status, files written.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/stress/stress.sh BUILD_DIR [--quick]
# --quick: no .NET 8 and 9, and the compilers do less.
# The core library cannot be instrumented by a pattern (the code around a method calls it); all other
# assemblies are, those that the injected code's reflection may lead to among them.
# Each line of the table is one case. It is ok when both runs left the same behind, the exit status is the
# expected one, the agent was called for at least the expected number of methods and for (nearly) all
# that the log names, each tracer but those of calls that never end was finished, arguments fitted the
# method, and the log holds no error.
set -u
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
quick=${2:-}
out=$build/stress
library=$build/libNewRelicProfiler.so
share=99 # percent of the rewritten methods that must have been called
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|NR_STRESS_)[A-Z_]*)=.*/\1/p'); do unset "$name"; done
mkdir -p "$out"

. "$here/../checks.sh"

must() {
    name=$1
    shift
    "$@" >"$out/build.txt" 2>&1 && return
    failed=$((failed + 1))
    echo "FAILED: $name"
    cat "$out/build.txt"
    finish
}

# home ASSEMBLY…: points for every method of the assemblies. What compilers made up, named with a '<', is
# left out by a pattern without one.
home() {
    rm -rf "$out/home"
    mkdir -p "$out/home/extensions"
    cp "$here/newrelic.config" "$out/agent/NewRelic.Agent.Core.dll" "$out/home/"
    {
        echo '<extension xmlns="urn:newrelic-extension"><instrumentation><tracerFactory>'
        for assembly in "$@"; do
            for class in '*' '*&lt;*'; do
                echo "<match assemblyName='$assembly' className='$class'><exactMethodMatcher methodName='*'/>"
                echo "<exactMethodMatcher methodName='*&lt;*'/></match>"
            done
        done
        echo '</tracerFactory></instrumentation></extension>'
    } >"$out/home/extensions/all.xml"
}

# run DIR COMMAND…: leaves output, exit status and the files that the command wrote in $results/DIR. The
# folder in which it runs has the same name each time: the F# compiler writes it into its output.
run() {
    dir=$results/$1
    shift
    rm -rf "$dir" "$results/work"
    mkdir -p "$results/work"
    begin=$(date +%s%N)
    (cd "$results/work" && timeout 1200 "$@" >output 2>&1)
    echo "$?" >"$results/work/status"
    took=$(($(date +%s%N) - begin))
    mv "$results/work" "$dir"
}

instrumented_run() {
    NR_STRESS_OUT=$results/counts CORECLR_ENABLE_PROFILING=1 \
        CORECLR_PROFILER='{36032161-FFC0-4B61-B559-F6C5D41BAE5A}' CORECLR_PROFILER_PATH=$library \
        CORECLR_NEW_RELIC_HOME=$out/home NEW_RELIC_PROFILER_LOG_DIRECTORY=$results/log run "$@"
}

# Skips by policy, pointers passed as null, and methods that the JIT replaces (docs/fast-mode.md) are no
# complaints.
complaints() {
    cat "$results"/log/*.log | grep -E '^\[(Error|Warn )\]' |
        grep -v -E 'Skipping (sequential layout|SpecialName|interop) method|Pointer tokenization not supported|pointer tokenization not supported|Calls that the JIT replaces'
}

# What is wrong with the results of a case, if anything.
verdict() {
    status=$(cat "$results/plain/status")
    [ "$status" = "$expected" ] || echo "exit status without the profiler: $status"
    diff -r "$results/plain" "$results/instrumented" 2>&1
    if [ ! -s "$results/counts" ]; then
        echo "the agent left no counts"
        return
    fi
    rewritten=$(cat "$results"/log/*.log | grep -c 'Instrumenting method: ')
    read -r methods calls finished wrong <"$results/counts"
    [ "$methods" -ge "$least" ] || echo "$methods methods, expected at least $least"
    [ $((methods * 100)) -ge $((rewritten * share)) ] || echo "$rewritten methods rewritten, calls of $methods reported"
    [ $((calls - finished)) -le 40 ] || echo "$((calls - finished)) calls were not finished"
    [ -z "$wrong" ] || echo "$wrong"
    complaints
}

seconds() {
    echo "$(($1 / 1000000000)).$(($1 / 100000000 % 10))"
}

# workload NAME RUNTIME EXIT_STATUS LEAST_METHODS "ASSEMBLY…" COMMAND…
workload() {
    name=$1 runtime=$2 expected=$3 least=$4 assemblies=$5
    shift 5
    results=$out/$runtime/$name
    rm -rf "$results"
    set -f
    home $assemblies
    set +f
    run plain "$@"
    plain_took=$took
    instrumented_run instrumented "$@"
    verdict >"$results/verdict"
    methods=- calls=-
    [ -s "$results/counts" ] && read -r methods calls finished wrong <"$results/counts"
    if [ -s "$results/verdict" ]; then
        failed=$((failed + 1)) result=FAILED
    else
        passed=$((passed + 1)) result=ok
    fi
    printf '%-12s %-8s %8s %10s %8s %8s  %s\n' "$name" "$runtime" "$methods" "$calls" \
        "$(seconds "$plain_took")" "$(seconds "$took")" "$result"
    head -n 20 "$results/verdict" | cut -c 1-300 | sed 's/^/    /'
}

# programs RUNTIME COMMAND…: the workloads of tests/stress/programs.
programs() {
    runtime=$1
    shift
    while read -r name least; do
        workload "$name" "$runtime" 3 "$least" "System.* Microsoft.* Newtonsoft.Json Stress" "$@" "$name"
    done <"$here/programs/least_methods.txt"
}

# compiled NAME RUNTIME LEAST COMMAND…: every method of whole assemblies compiled, next to none
# called: what the CLR refuses of the new bodies, it must have refused of the old ones.
compiled() {
    name=$1 runtime=$2 least_rewritten=$3
    shift 3
    share=0
    workload "$name" "$runtime" 3 100 "System.* Microsoft.* Newtonsoft.Json FSharp.*" "$@"
    share=99
    if [ "$rewritten" -lt "$least_rewritten" ]; then
        failed=$((failed + 1))
        echo "    $rewritten methods rewritten, expected at least $least_rewritten"
    fi
}

# The framework of another version comes with the program.
published() {
    runtime=$1 version=$2
    set -- "$here/programs" -r linux-x64 -v quiet --artifacts-path "$out/artifacts/$runtime" \
        "-p:Tfm=$runtime" "-p:RuntimeFrameworkVersion=$version"
    if ! dotnet restore "$@" -p:SelfContained=true >"$out/build.txt" 2>&1; then
        skip "$runtime: version $version cannot be restored"
        return
    fi
    must "the programs for $runtime" dotnet publish "$@" --no-restore --self-contained -c Release -o "$out/$runtime/bin"
    programs "$runtime" "$out/$runtime/bin/Stress"
}

fsharp() {
    compiler="FSharp.Core FSharp.Compiler.Service fsc"
    if [ -z "$quick" ]; then
        workload fsc net10.0 0 10000 "$compiler" dotnet "$sdk/FSharp/fsc.dll" "@$out/fsc.rsp" -o:Sample.dll \
            "$here/compilers/Sample.fs"
    else
        workload fsc-help net10.0 0 500 "$compiler" dotnet "$sdk/FSharp/fsc.dll" --help
        results=$out/net10.0/fsc
        run plain dotnet "$sdk/FSharp/fsc.dll" "@$out/fsc.rsp" -o:Sample.dll "$here/compilers/Sample.fs"
    fi
    mkdir -p "$out/sample"
    cp "$out/net10.0/fsc/plain/Sample.dll" "$sdk/FSharp/FSharp.Core.dll" "$out/sample/"
    cp "$out/programs/Stress.runtimeconfig.json" "$out/sample/Sample.runtimeconfig.json"
    workload fsharp net10.0 3 1000 "FSharp.Core Sample System.*" dotnet "$out/sample/Sample.dll"
}

csharp() {
    compiler="Microsoft.CodeAnalysis Microsoft.CodeAnalysis.CSharp csc System.Reflection.Metadata System.Collections.Immutable"
    workload csc-errors net10.0 1 5000 "$compiler" dotnet "$sdk/Roslyn/bincore/csc.dll" -noconfig -parallel- \
        "@$out/csc.rsp" -target:library "$here/compilers/Broken.cs" # in parallel, errors come in any order
    [ -n "$quick" ] && return
    set -- "$here/programs/Model.cs" "$here/programs/Concurrency.cs" "$here/programs/Expressions.cs" \
        "$here/programs/Xml.cs" "$here/programs/Libraries.cs"
    workload csc net10.0 0 10000 "$compiler" dotnet "$sdk/Roslyn/bincore/csc.dll" -noconfig "@$out/csc.rsp" \
        -target:library -out:Library.dll "$@"
}

# The command lines of the compilers, but for the sources.
response_files() {
    root=$(dirname "$(readlink -f "$(command -v dotnet)")")
    sdk=$(dotnet --list-sdks | sed -n 's/^\(10\.[^ ]*\) \[\(.*\)\]$/\2\/\1/p' | tail -n 1)
    ls "$root"/packs/Microsoft.NETCore.App.Ref/10.*/ref/net10.0/*.dll | sed 's/^/-r:/' >"$out/references.txt"
    {
        printf '%s\n' --nologo --deterministic+ --targetprofile:netcore --noframework "-r:$sdk/FSharp/FSharp.Core.dll"
        cat "$out/references.txt"
    } >"$out/fsc.rsp"
    {
        printf '%s\n' -nologo -deterministic
        cat "$out/references.txt"
    } >"$out/csc.rsp"
    [ -s "$out/references.txt" ] && [ -f "$sdk/FSharp/fsc.dll" ] && [ -f "$sdk/Roslyn/bincore/csc.dll" ]
}

must "the library is there" test -f "$library"
must "the agent" dotnet build "$here/agent" -c Release -v quiet -clp:NoSummary --artifacts-path "$out/artifacts" -o "$out/agent"
must "the programs" dotnet build "$here/programs" -c Release -v quiet -clp:NoSummary --artifacts-path "$out/artifacts" \
    -o "$out/programs"
must "the SDK's compilers and references" response_files

printf '%-12s %-8s %8s %10s %8s %8s\n' program runtime methods calls "plain s" "instr. s"
programs net10.0 dotnet "$out/programs/Stress.dll"
fsharp
csharp
set -- "$sdk/FSharp/FSharp.Core.dll" "$out/programs/Newtonsoft.Json.dll"
[ -n "$quick" ] || set --
compiled compiled net10.0 8000 dotnet "$out/programs/Stress.dll" compiled "$@"
compiled compiled-fast net10.0 8000 env NEW_RELIC_PROFILER_MODE=fast dotnet "$out/programs/Stress.dll" compiled "$@"
if [ -z "$quick" ]; then
    published net9.0 9.0.22
    published net8.0 8.0.33
fi
finish
