# The programs of tests/clr: built, and run scenario by scenario with and without the profiler.
# SPDX-License-Identifier: Apache-2.0
# Wants: lib.sh, core_library.sh, $here (tests/clr).

build_project() {
    dotnet "$@" -c Release -v quiet -clp:NoSummary --artifacts-path "$out/artifacts" "-p:Generated=$out/Large.cs"
}

assemble() {
    for name in IlShapes CoreLibOnly NoWrap; do
        "$ilasm" -quiet -nologo -dll -output="$out/il/$name.dll" "$here/il/$name.il" || return
    done
}

build_il() {
    mkdir -p "$out/il"
    if ! dotnet restore "$here/il" -v quiet --artifacts-path "$out/artifacts" >"$out/build.txt" 2>&1; then
        skip "IL by ilasm: its package cannot be restored"
        return
    fi
    ilasm=$(dotnet msbuild "$here/il" -getProperty:IlAsm "-p:ArtifactsPath=$out/artifacts")
    must_build "IL" assemble
}

# cannot_run SCENARIO: it is one of $cannot, those that this platform cannot run.
cannot_run() {
    case " ${cannot:-} " in *" $1 "*) ;; *) false ;; esac
}

# lacks_il SCENARIO: it needs what could not be assembled.
lacks_il() {
    case $1 in il | thrown) [ ! -f "$out/il/IlShapes.dll" ] ;; *) false ;; esac
}

# qemu 7.2 does so at times without any profiler, too.
qemu_crashed() {
    grep -q '^qemu: uncaught target signal 11' "$1.plain/output" "$1/output"
}

# scenarios FRAMEWORK COMMAND…
scenarios() {
    framework=$1
    shift
    names=$("$@" | tr -d '\r')
    check "$framework: tells its scenarios" test -n "$names"
    for scenario in $names; do
        lacks_il "$scenario" && continue
        cannot_run "$scenario" && skip "$framework $scenario: does not run here" && continue
        results=$out/$framework/$scenario
        for attempt in 1 2 3; do
            without_profiler "$results.plain" "$@" "$scenario" &
            with_profiler "$out/home" "$results" "$@" "$scenario"
            wait $!
            qemu_crashed "$results" || break
            echo "$framework $scenario: run $attempt ended in qemu"
        done
        expected=$here/expected/$scenario
        override=$here/../fast/expected/$scenario # where compatible mode cannot do the same
        if [ "${NEW_RELIC_PROFILER_MODE:-}" = fast ] && { [ -f "$override.txt" ] || [ -f "$override.counts.txt" ]; }; then
            expected=$override
        fi
        status=0
        case $scenario in exit) status=7 ;; unhandled) status=134 ;; esac
        check "$framework $scenario: runs" says "$results.plain/output" "exit status $status"
        check "$framework $scenario: same output" same "$results.plain/output" "$results/output"
        check "$framework $scenario: tracers" record_is "$results/record" "$expected"
        check "$framework $scenario: log" complaints_are "$results/log" "$expected"
    done
    cannot_run corelibrary || core_library "$framework" "$@"
}

# published FRAMEWORK VERSION RID RUNNER…: that version comes with the program.
published() {
    framework=$1 version=$2 rid=$3
    shift 3
    if ! dotnet restore "$here/programs" -r "$rid" -v quiet --artifacts-path "$out/artifacts/$framework" \
        "-p:Tfm=$framework" "-p:RuntimeFrameworkVersion=$version" -p:SelfContained=true >"$out/build.txt" 2>&1; then
        skip "$framework: version $version cannot be restored"
        return
    fi
    must_build "the programs for $framework" dotnet publish "$here/programs" --no-restore --self-contained \
        -r "$rid" -c Release -v quiet --artifacts-path "$out/artifacts/$framework" "-p:Tfm=$framework" \
        "-p:RuntimeFrameworkVersion=$version" "-p:Generated=$out/Large.cs" -o "$out/$framework/programs"
    cp "$out"/il/*.dll "$out/$framework/programs/"
    scenarios "$framework" "$@" "$out/$framework/programs/Programs${prefix:+.exe}"
}
