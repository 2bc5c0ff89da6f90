# The helper methods that .NET Framework's mscorlib gets, run on .NET: written into a program by the file
# writer, then called by it.
# SPDX-License-Identifier: Apache-2.0
add_helpers() {
    mkdir -p "$out/helpers.added" &&
        cp "$out/helpers/Helpers.runtimeconfig.json" "$out/helpers.added/" &&
        "$build/tests/add-helpers" "$out/helpers/Helpers.dll" "$out/helpers.added/Helpers.dll"
}

must_build "the program with helpers" build_project build "$here/helpers" -o "$out/helpers"
check "helpers: written" add_helpers
without_profiler "$out/helpers.results" dotnet "$out/helpers.added/Helpers.dll"
check "helpers: what they do" same "$here/expected/helpers.txt" "$out/helpers.results/output"
