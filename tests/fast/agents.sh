# Tests of fast mode with other agents: through the second entry point, failing ones, the one of the documentation.
# SPDX-License-Identifier: Apache-2.0
# Wants: ../clr/lib.sh, $here (tests/fast), $clr, the homes and programs of run.sh.

# What an agent is told either way.
without_arguments() {
    sed -E 's/ this=.*//; s/ result=(null|(S?Byte|U?Int(16|32|64|Ptr)|Single|Double|Char|Boolean):.*)$/ result=-/' "$1"
}

same_without_arguments() {
    without_arguments "$1" >"$1.lean"
    without_arguments "$2" | diff "$1.lean" -
}

# lean KIND SCENARIOS COMMAND…: the same calls through the entry point without arguments.
lean() {
    kind=$1 chosen=$2
    shift 2
    for scenario in $chosen; do
        full=$out/$kind/$scenario results=$out/$kind.lean/$scenario
        with_profiler "$out/LEAN.home" "$results" "$@" "$scenario"
        check "$kind $scenario without arguments: same output" same "$full.plain/output" "$results/output"
        check "$kind $scenario without arguments: tracers" same_without_arguments "$full/record" "$results/record"
        check "$kind $scenario without arguments: none was asked for" test -z "$(sed -n '/ this=null args=null/!{/^enter/p}' "$results/record")"
    done
}

# misshapen COMMAND…: what cannot be called in place of the first entry point is not.
misshapen() {
    for symbol in HIDDEN OTHER_SHAPE; do
        results=$out/net10.0.$symbol/exceptions
        with_profiler "$out/$symbol.home" "$results" "$@" exceptions
        check "second method, $symbol: tracers" record_is "$results/record" "$clr/expected/exceptions"
        check "second method, $symbol: the log says so" says "$results/log" "is not called, because it has another shape"
    done
}

# failing COMMAND…: whatever fails in the agent, and through either entry point, the application is unharmed.
failing() {
    for agent in home LEAN.home; do
        for failure in type throws null "finish throws"; do
            results=$out/net10.0.failing/$agent
            with_profiler "$out/$agent" "$results" env "NR_TEST_FAILURE=$failure" "$@" exceptions
            check "an agent that fails ($failure), $agent: same output" same "$out/net10.0/exceptions.plain/output" "$results/output"
            check "an agent that fails ($failure), $agent: nothing is recorded" is_empty "$results/record"
            check "an agent that fails ($failure), $agent: instrumented" says "$results/log" "Instrumenting method"
        done
    done
}

build_example() {
    rm -rf "$out/example"
    mkdir "$out/example"
    sed -n '/^## Example/,$ { /^```csharp/,/^```$/ { /^```/!p } }' "$here/../../docs/agent-interface.md" >"$out/example/AgentShim.cs"
    cat >"$out/example/NewRelic.Agent.Core.csproj" <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net8.0</TargetFramework>
  </PropertyGroup>
</Project>
END
    dotnet build "$out/example" -c Release -v quiet -clp:NoSummary -o "$out/example/out"
}

# example COMMAND…: the agent in docs/agent-interface.md prints every call, and the program prints the rest.
example() {
    rm -rf "$out/example.home"
    cp -r "$out/home" "$out/example.home"
    must_build "the example of docs/agent-interface.md" build_example
    cp "$out/example/out/NewRelic.Agent.Core.dll" "$out/example.home/"
    plain=$out/net10.0/exceptions.plain/output results=$out/net10.0.example
    for mode in compatible fast; do
        with_profiler "$out/example.home" "$results/$mode" env "NEW_RELIC_PROFILER_MODE=$mode" "$@" exceptions
        grep -E '^(enter|leave) ' "$results/$mode/output" >"$results/$mode/calls"
        grep -v -E '^(enter|leave) ' "$results/$mode/output" >"$results/$mode/rest"
        check "the example, $mode: same output" same "$plain" "$results/$mode/rest"
        check "the example, $mode: calls" test "$(grep -c '^enter ' "$results/$mode/calls")" -eq "$(grep -c '^enter ' "$clr/expected/exceptions.txt")"
    done
    check "the example: same calls in both modes" same "$results/compatible/calls" "$results/fast/calls"
}

# An agent without the method that instrumented code calls, and methods that the look-up itself needs.
agents() {
    rm -rf "$out/inlining.home"
    cp -r "$here/inlining/home" "$out/inlining.home"
    cp "$out/net10.0/inlining/Library.dll" "$out/inlining.home/NewRelic.Agent.Core.dll"
    with_profiler "$out/inlining.home" "$out/no-agent" "$out/net10.0/inlining/Inlining" called
    check "no agent: same output" says "$out/no-agent/output" "Same 500500"
    check "no agent: instrumented all the same" says "$out/no-agent/log" "Instrumenting method"
    cp "$out/home/NewRelic.Agent.Core.dll" "$out/inlining.home/"
    cp "$here/inlining/home/extensions/Core.later" "$out/inlining.home/extensions/Core.xml"
    with_profiler "$out/inlining.home" "$out/core" "$out/net10.0/inlining/Inlining" called
    check "methods of the core library: same output" says "$out/core/output" "Same 500500"
    check "methods of the core library: calls are traced" test "$(grep -c "^enter Inlining.Targets.Same" "$out/core/record")" -eq 3000
}
