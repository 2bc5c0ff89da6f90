# Compiling what inlines a method while its ReJIT is requested, on .NET 8, whose CLR can hang then
# (src/profiler/no_inlining.h).
# SPDX-License-Identifier: Apache-2.0

# inlining NAME WHAT COMMAND…
inlining() {
    name=$1 what=$2 results=$out/inlining.$1
    shift 2
    with_profiler "$out/inlining.home" "$results" "$@" "$out/inlining/Inlining" "$what"
    check "inlining, $name" same "$out/inlining.txt" "$results/output"
}

version=8.0.33
awk -f "$here/inlining/generate.awk" >"$out/Generated.cs"
set -- "$here/inlining" -r linux-x64 -v quiet --artifacts-path "$out/artifacts/inlining" -p:Tfm=net8.0 \
    "-p:RuntimeFrameworkVersion=$version" "-p:Generated=$out/Generated.cs"
if dotnet restore "$@" -p:SelfContained=true >"$out/build.txt" 2>&1; then
    must_build "the program for inlining" dotnet publish "$@" --no-restore --self-contained -c Release -o "$out/inlining"
    rm -rf "$out/inlining.home"
    cp -r "$out/home" "$out/inlining.home"
    cp "$here/inlining/Generics.xml" "$out/inlining.home/extensions/"
    printf 'compiled\nexit status 0\n' >"$out/inlining.txt"
    inlining generics generics
    check "inlining, generics: all instrumented" test "$(grep -c 'Instrumenting method: .*Generic' "$results/log")" -eq 300
    inlining refreshes refreshes
    inlining refreshes.fast refreshes env NEW_RELIC_PROFILER_MODE=fast DOTNET_TieredCompilation=0
else
    skip "inlining on .NET 8: version $version cannot be restored"
fi
