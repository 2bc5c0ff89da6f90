# Methods of the core library are traced in both modes, those that reflection, the look-up of the agent and
# the agent itself call among them. Part of run.sh.
# SPDX-License-Identifier: Apache-2.0

# calls_are RECORD EXPECTED: those of the program itself.
calls_are() {
    grep -F ' Programs.' "$1" | diff "$2" -
}

# core_library FRAMEWORK COMMAND…, after the scenarios
core_library() {
    framework=$1
    shift
    rm -rf "$out/core_library.home"
    cp -r "$out/home" "$out/core_library.home"
    cp "$here/core_library.xml" "$out/core_library.home/extensions/Tests.xml"
    for mode in compatible fast; do
        results=$out/$framework/core_library.$mode
        with_profiler "$out/core_library.home" "$results" env "NEW_RELIC_PROFILER_MODE=$mode" "$@" corelibrary
        check "$framework core library, $mode: same output" same "$out/$framework/corelibrary.plain/output" "$results/output"
        check "$framework core library, $mode: tracers of the program" \
            calls_are "$results/record" "$here/expected/corelibrary.txt"
        for method in Runtime.CompilerServices.CastHelpers.StelemRef Buffer.BulkMoveWithWriteBarrier Math.ConvertToInt32Checked; do
            check "$framework core library, $mode: not $method" \
                says "$results/log" "Skipping a method that the runtime needs: System.$method"
        done
        check "$framework core library, $mode: a method that the JIT replaces" \
            says "$results/log" "Calls that the JIT replaces with code of its own are not seen: "
        for method in IO.Path.GetFullPath Runtime.Loader.AssemblyLoadContext.LoadFromAssemblyPath \
            String.Concat 'Collections.Generic.Dictionary`2.TryGetValue' Threading.Monitor.Enter \
            RuntimeType.GetMethodImpl Reflection.RuntimeMethodInfo.Invoke Activator.CreateInstance; do
            check "$framework core library, $mode: $method" says "$results/record" "enter System.$method("
        done
    done
}
