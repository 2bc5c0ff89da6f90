# Published applications: compiled ahead of time, and those that carry their own framework: whole, as a single file,
# trimmed, and trimmed but for what injected code names. A trimmed one has no agent that could run; it must go on
# unharmed.
# SPDX-License-Identifier: Apache-2.0

# publish NAME PROPERTY…
publish() {
    name=$1
    shift
    must_build "the published program, $name" dotnet publish "$here/publishing" -c Release -v quiet \
        --artifacts-path "$out/artifacts/publishing.$name" -o "$out/publishing/$name" "$@"
}

# run_published NAME EXPECTED_RECORD EXPECTED_COMPLAINTS
run_published() {
    results=$out/publishing/$1.results
    without_profiler "$results.plain" "$out/publishing/$1/Publishing"
    with_profiler "$out/home" "$results" "$out/publishing/$1/Publishing"
    check "published $1: runs" says "$results.plain/output" "exit status 0"
    check "published $1: same output" same "$results.plain/output" "$results/output"
    check "published $1: the profiler is there" says "$results/log" "Profiler initialized"
    check "published $1: tracers" same "$2" "$results/record"
    complaints "$results/log" >"$results/complaints"
    check "published $1: log" same "$3" "$results/complaints"
}

expected=$here/expected/publishing
if dotnet restore "$here/publishing" -v quiet --artifacts-path "$out/artifacts/publishing.trimmed" \
    -p:PublishTrimmed=true >"$out/build.txt" 2>&1; then
    publish whole
    publish single -p:PublishSingleFile=true
    publish ready -p:SelfContained=false -p:PublishReadyToRun=true
    publish trimmed -p:PublishTrimmed=true
    publish kept -p:PublishTrimmed=true -p:Kept="$here/publishing/kept.xml"
    run_published whole "$expected.txt" /dev/null
    run_published single "$expected.txt" /dev/null
    run_published ready "$expected.txt" /dev/null
    run_published trimmed /dev/null "$expected.trimmed.log.txt"
    run_published kept /dev/null /dev/null
else
    skip "published programs: the runtime's or the trimmer's package cannot be restored"
fi
