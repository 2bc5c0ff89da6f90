# Runtime-async methods are left alone, and what they call is traced.
# SPDX-License-Identifier: Apache-2.0

must_build "the runtime-async program" build_project build "$here/runtime_async" -o "$out/runtime_async"
results=$out/runtime_async.results
without_profiler "$results.plain" env DOTNET_RuntimeAsync=1 dotnet "$out/runtime_async/RuntimeAsync.dll"
with_profiler "$out/home" "$results" env DOTNET_RuntimeAsync=1 dotnet "$out/runtime_async/RuntimeAsync.dll"
check "runtime-async: runs" says "$results.plain/output" "exit status 0"
check "runtime-async: same output" same "$results.plain/output" "$results/output"
check "runtime-async: tracers" record_is "$results/record" "$here/expected/runtime_async"
check "runtime-async: log" complaints_are "$results/log" "$here/expected/runtime_async"
