#!/bin/sh
# Tests of fast mode on the real CLR: the programs of tests/clr, compiled ahead of time, must print the
# same as without the profiler, and the agent must be told what it is told in compatible mode.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/fast/run.sh BUILD_DIR
# Besides, every call of a method that is inlined wherever it is called must be seen, also when it is
# instrumented late; and the golden corpus of ../shared, if it is there, must have the tracer calls of
# compatible mode: as it is, compiled ahead of time, and through the second entry point.
# .NET 10 is the installed one; 8 and 9 come from NuGet, as does the compiler crossgen2. What cannot be
# restored is skipped.
set -u
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
ulimit -c 0
here=$(cd "$(dirname "$0")" && pwd)
clr=$here/../clr
build=$(realpath "$1")
out=$build/tests/fast
library=$build/libNewRelicProfiler.so
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|NR_TEST_)[A-Z_]*)=.*/\1/p'); do unset "$name"; done
mkdir -p "$out"
. "$clr/lib.sh"
. "$here/agents.sh"
export NEW_RELIC_PROFILER_MODE=fast

# publish WHAT FRAMEWORK PROPERTIES…: the programs of tests/clr, or those here, with ReadyToRun code.
# Fails when a package is missing.
publish() {
    what=$1 framework=$2
    shift 2
    case $what in programs) project=$clr/programs ;; *) project=$here/$what ;; esac
    set -- -r linux-x64 -v quiet --artifacts-path "$out/artifacts/$framework" "-p:Tfm=$framework" \
        -p:PublishReadyToRun=true "-p:Generated=$out/Large.cs" "$@"
    if ! dotnet restore "$project" "$@" >"$out/build.txt" 2>&1; then
        skip "$framework $what: the framework or crossgen2 cannot be restored"
        return 1
    fi
    check "build of $what for $framework" \
        dotnet publish "$project" --no-restore -c Release "$@" -o "$out/$framework/$what"
    cp "$build"/tests/clr/il/*.dll "$out/$framework/$what/" 2>/dev/null || true
}

# A stack trace shows which frames were inlined, and those differ.
same_output() {
    case $1 in
        unhandled) says "$3" "exit status 134" ;;
        *) same "$2" "$3" ;;
    esac
}

# scenarios KIND SCENARIOS COMMAND…
scenarios() {
    kind=$1 chosen=$2
    shift 2
    for scenario in $chosen; do
        case $scenario in
            il | thrown)
                if [ ! -f "$build/tests/clr/il/IlShapes.dll" ]; then
                    skip "$kind $scenario: tests/clr has made no IL"
                    continue
                fi
                ;;
        esac
        results=$out/$kind/$scenario
        without_profiler "$results.plain" "$@" "$scenario" &
        with_profiler "$out/home" "$results" "$@" "$scenario"
        wait $!
        check "$kind $scenario: same output" same_output "$scenario" "$results.plain/output" "$results/output"
        expected=$here/expected/$scenario # where compatible mode cannot do the same
        [ -f "$expected.txt" ] || [ -f "$expected.counts.txt" ] || expected=$clr/expected/$scenario
        check "$kind $scenario: tracers" record_is "$results/record" "$expected"
        check "$kind $scenario: log" complaints_are "$results/log" "$expected"
        check "$kind $scenario: fast mode" says "$results/log" "Profiling in fast mode"
    done
}

for tool in dotnet awk timeout; do
    command -v "$tool" >/dev/null || {
        skip "tests of fast mode: there is no $tool"
        finish
    }
done
check "the library is there" test -f "$library"
[ "$failed" -eq 0 ] || finish

awk -f "$clr/programs/large.awk" >"$out/Large.cs"
build_home home
for symbol in LEAN HIDDEN OTHER_SHAPE; do build_home $symbol.home $symbol; done

# How often which method was called, on what and with what type of argument. Arguments of -1 are not counted.
count_calls() {
    sed -n '/=\[Int32:-1/d
        s/^enter \([^(]*\).*this=\([^ ]*\).* args=\[\([A-Za-z0-9]*\).*/\1 \2 \3/p' "$1" | sort | uniq -c | sed 's/^ *//; s/ *$//'
}

calls_are() {
    count_calls "$1" | diff "$2" -
}

# inlining KIND COMMAND…: all calls are seen: of methods that were inlined before their module was loaded and after,
# and of those that are instrumented late.
inlining() {
    kind=$1
    shift
    for when in called loaded late; do
        case $when in late) expected=late ;; *) expected=called ;; esac
        results=$out/inlining.$kind/$when
        rm -rf "$out/inlining.home"
        cp -r "$here/inlining/home" "$out/inlining.home"
        cp "$out/home/NewRelic.Agent.Core.dll" "$out/inlining.home/"
        with_profiler "$out/inlining.home" "$results" "$@" "$when" "$library"
        check "inlined, $kind, $when: runs" says "$results/output" "exit status 0"
        check "inlined, $kind, $when: all calls" calls_are "$results/record" "$here/inlining/expected/$expected.txt"
    done
}

crossgen_of() {
    find "${NUGET_PACKAGES:-$HOME/.nuget/packages}/microsoft.netcore.app.crossgen2.linux-x64" \
        -path "*/$1.*/tools/crossgen2" 2>/dev/null | head -n 1
}

installed_framework() {
    dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \(10[^ ]*\) \[\(.*\)\]$/\2\/\1/p' | tail -n 1
}

# compile_together HOW VERSION FRAMEWORK_FOLDER: the published program's modules compiled anew so that they have methods
# of each other inlined: as one version bubble, as one composite image, or with checks of what was inlined.
compile_together() {
    how=$1 crossgen=$(crossgen_of "$2") folder=$3
    il=$out/artifacts/net$2.0/bin/Inlining/release_linux-x64
    target=$out/net$2.0/$how
    rm -rf "$target"
    cp -rl "$out/net$2.0/inlining" "$target" && rm "$target/Inlining.dll" "$target/Later.dll" "$target/Library.dll" || return
    set -- -O -r "$folder/*.dll" -r "$il/Inlining.dll" -r "$il/Later.dll" -r "$il/Library.dll"
    if [ "$how" = composite ]; then
        "$crossgen" "$il/Inlining.dll" "$il/Later.dll" "$il/Library.dll" "$@" --composite --inputbubble -o "$target/program.r2r.dll"
        return
    fi
    for name in Inlining Later Library; do
        case $how in
            bubble) "$crossgen" "$il/$name.dll" "$@" --inputbubble --inputbubbleref "$il/Inlining.dll" \
                --inputbubbleref "$il/Later.dll" --inputbubbleref "$il/Library.dll" -o "$target/$name.dll" ;;
            checked) "$crossgen" "$il/$name.dll" "$@" --opt-cross-module:'*' -o "$target/$name.dll" ;;
        esac || return
    done
}

# inlining_together VERSION FRAMEWORK_FOLDER
inlining_together() {
    for how in bubble composite checked; do
        check "compile net$1.0 $how" compile_together "$how" "$1" "$2"
        inlining "net$1.0 $how" "$out/net$1.0/$how/Inlining"
    done
}

# hide_record FROM TO: a published program whose main module has no record of what was inlined into it.
hide_record() {
    rm -rf "$2"
    cp -rl "$1" "$2" && rm "$2/Inlining.dll" && python3 - "$1/Inlining.dll" "$2/Inlining.dll" <<'END'
import struct, sys
RECORDS, UNKNOWN = (114, 119), 0xffff  # InliningInfo2, CrossModuleInlineInfo
image = bytearray(open(sys.argv[1], 'rb').read())
header = image.index(b'RTR\0')
sections = range(header + 16, header + 16 + 12 * struct.unpack_from('<I', image, header + 12)[0], 12)
places = [at for at in sections if struct.unpack_from('<I', image, at)[0] in RECORDS]
assert places
for at in places:
    struct.pack_into('<I', image, at, UNKNOWN)
open(sys.argv[2], 'wb').write(image)
END
}

# inlining_otherwise FRAMEWORK: without a record, and through all tiers at once.
inlining_otherwise() {
    inlining "$1 tiers" env DOTNET_TC_CallCountingDelayMs=0 "$out/$1/inlining/Inlining"
    if ! command -v python3 >/dev/null; then
        skip "$1 without a record: there is no python3"
        return
    fi
    check "$1 without a record: made" hide_record "$out/$1/inlining" "$out/$1/unrecorded"
    inlining "$1 unrecorded" "$out/$1/unrecorded/Inlining"
    check "$1 without a record: the log says so" grep -q 'What was inlined into .*Inlining.dll cannot be read' \
        "$out/inlining.$1 unrecorded/called/log"
}

# tracer_calls RUN [lean]: what the corpus told its agent, and whether its own results were right. If lean, without
# what the second entry point leaves out: objects, arguments, and numbers as results.
tracer_calls() {
    python3 - "$golden/../tools/recorder" "$@" <<'END'
import json, sys
sys.path.insert(0, sys.argv[1])
import check
numbers = ['System.' + name for name in ('Boolean Char SByte Byte Int16 UInt16 Int32 UInt32 Int64 UInt64 IntPtr UIntPtr '
                                         'Single Double').split()]
for case in check.tracers(sys.argv[2]):
    # In compatible mode this stub is inlined and missed; in fast mode it is not.
    if case['case'] != 'api_inlinable_stub':
        for tracer in case['tracers']:
            if 'lean' in sys.argv and isinstance(tracer, dict):
                tracer['this'] = tracer['args'] = None
                result = (tracer['finish'] or {}).get('result')
                if result and result['t'] in numbers:
                    tracer['finish']['result'] = None
        print(json.dumps(case))
END
}

# golden_run NAME FOLDER MODE
golden_run() {
    NEW_RELIC_PROFILER_MODE=$3 RECORDER="$out/librecorder.so" \
        python3 "$golden/../tools/recorder/check.py" run "$2" "$out/golden.$1" "$library" >"$out/golden.$1.txt" 2>&1
    tracer_calls "$out/golden.$1" >"$out/golden.$1.calls"
}

same_calls() { # EXPECTED ACTUAL
    test "$(wc -l <"$1")" -gt 400 && diff "$1" "$2" | cut -c 1-300
    cmp -s "$1" "$2"
}

# The corpus, its agent with the second entry point as well.
lean_corpus() {
    rm -rf "$out/lean.corpus" && cp -r "$golden" "$out/lean.corpus" &&
        sed -i '/Action<object, Exception> NoOp = /a public static Action<object, Exception> GetFinishTracerWithoutArguments(\
            string f, uint a, string m, string asm, Type t, string tn, string n, string s, ulong id) =>\
            GetFinishTracerDelegate(f, a, m, asm, t, tn, n, s, null, null, id);' "$out/lean.corpus/src/mockagent/AgentShim.cs" &&
        dotnet build "$out/lean.corpus/src/mockagent" -c Release -v quiet -o "$out/lean.agent" &&
        cp "$out/lean.agent/NewRelic.Agent.Core.dll" "$out/lean.corpus/home"
}

compile_corpus() {
    crossgen=$(crossgen_of 10) framework=$(installed_framework)
    [ -n "$crossgen" ] && [ -n "$framework" ] || return
    rm -rf "$out/corpus"
    cp -r "$golden" "$out/corpus"
    for file in "$golden"/bin/*.dll; do
        "$crossgen" "$file" -r "$framework/*.dll" -r "$golden/bin/*.dll" -O -o "$out/corpus/bin/$(basename "$file")" \
            >"$out/build.txt" 2>&1 || return
    done
}

golden_corpus() {
    golden=$(realpath "$here/../../../shared/golden" 2>/dev/null)
    if [ ! -d "$golden" ] || ! command -v python3 >/dev/null; then
        skip "the golden corpus: it is not there, or python3 is not"
        return
    fi
    check "build of the recorder of calls" "$golden/../tools/recorder/build.sh" "$out/librecorder.so"
    golden_run compatible "$golden" compatible
    golden_run fast "$golden" fast
    check "golden corpus: tracer calls as in compatible mode" same_calls "$out/golden.compatible.calls" "$out/golden.fast.calls"
    if compile_corpus; then
        golden_run compiled "$out/corpus" fast
        check "golden corpus, compiled ahead: the same" same_calls "$out/golden.compatible.calls" "$out/golden.compiled.calls"
    else
        skip "golden corpus, compiled ahead: there is no crossgen2"
    fi
    check "build of the corpus's agent with two entry points" lean_corpus
    golden_run lean "$out/lean.corpus" fast
    for run in compatible lean; do tracer_calls "$out/golden.$run" lean >"$out/golden.$run.calls"; done
    check "golden corpus, second entry point: the same" same_calls "$out/golden.compatible.calls" "$out/golden.lean.calls"
}

programs=$out/net10.0/programs/Programs
if publish programs net10.0 -p:SelfContained=false; then
    scenarios net10.0 "$("$programs")" "$programs"
    lean net10.0 "async attributes bodies byrefs constructors exceptions generics iterators nested objects structs values" \
        "$programs"
    misshapen "$programs"
    failing "$programs"
    example "$programs"
    scenarios jitted "api attributes exceptions generics structs threads" env DOTNET_ReadyToRun=0 "$programs"
fi
if publish inlining net10.0 -p:SelfContained=false; then
    inlining net10.0 "$out/net10.0/inlining/Inlining"
    inlining jitted env DOTNET_ReadyToRun=0 "$out/net10.0/inlining/Inlining"
    inlining optimized env DOTNET_ReadyToRun=0 DOTNET_TieredCompilation=0 "$out/net10.0/inlining/Inlining"
    inlining_together 10 "$(installed_framework)"
    inlining_otherwise net10.0
    agents
fi
golden_corpus
for version in 9.0.22 8.0.33; do
    framework=net${version%%.*}.0
    programs=$out/$framework/programs/Programs
    publish programs "$framework" -p:SelfContained=true "-p:RuntimeFrameworkVersion=$version" &&
        scenarios "$framework" "api async attributes exceptions generics nested recursion structs thrown threads" "$programs" &&
        lean "$framework" "async exceptions structs" "$programs"
    publish inlining "$framework" -p:SelfContained=true "-p:RuntimeFrameworkVersion=$version" &&
        inlining "$framework" "$out/$framework/inlining/Inlining" &&
        inlining_together "${version%%.*}" "$out/$framework/inlining" &&
        inlining_otherwise "$framework"
done
finish
