#!/bin/sh
# The packages, as somebody who gets one would use them: unpacked and installed into empty folders.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/package/run.sh BUILD_DIR
# Only linux-x64's files are run here; what other platforms' archives hold is compared with dist/.
set -u
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(realpath "$1")
out=$build/tests/package
rm -rf "$out"
mkdir -p "$out"
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|NRPROF_)[A-Z_]*)=.*/\1/p'); do unset "$name"; done

. "$here/../checks.sh"

skip_all() {
    skip "packages: $1"
    finish
}

# unpack ARCHIVE FOLDER
unpack() {
    mkdir -p "$2" && case $1 in
    *.tar.gz) tar -xzf "$1" -C "$2" ;;
    *) cmake -E chdir "$2" cmake -E tar xf "$1" ;;
    esac
}

sums_hold() {
    (cd "$1" && sha256sum -c --quiet SHA256SUMS && find . -type f ! -name SHA256SUMS | sed 's|^\./||' | sort >"$out/files.txt" &&
        sed 's/^[0-9a-f]*  //' SHA256SUMS | sort | diff - "$out/files.txt")
}

is_complete() {
    for file in LICENSE README.md docs/install.md home/newrelic.config home/NewRelic.Agent.Core.dll; do
        [ -f "$1/$file" ] || { echo "no $file" && return 1; }
    done
    for file in "$root/dist/$2"/*; do
        case $file in *.debug | *.lib) continue ;; esac
        cmp "$file" "$1/${file##*/}" || return
    done
}

same_bytes_again() {
    cp "$packages/SHA256SUMS" "$out/first.txt"
    (umask 077 && TZ=Asia/Tokyo "$root/packaging/package.sh" "$build/agent") >/dev/null && cmp "$packages/SHA256SUMS" "$out/first.txt"
}

# The program's output is the same with the profiler, and there is a report. The variables are those of
# docs/install.md.
runs_traced() {
    dotnet "$1/Shop.dll" >"$out/plain.txt" &&
        CORECLR_ENABLE_PROFILING=1 CORECLR_PROFILER='{36032161-FFC0-4B61-B559-F6C5D41BAE5A}' CORECLR_PROFILER_PATH=$2 \
            CORECLR_NEW_RELIC_HOME=$3 NEW_RELIC_PROFILER_LOG_DIRECTORY=$out NRPROF_OUTPUT=$out/results \
            dotnet "$1/Shop.dll" >"$out/traced.txt" &&
        diff "$out/plain.txt" "$out/traced.txt" && grep 'Shop.Program.Main' "$out/results/report.txt"
}

# An empty folder, the sample's sources, and the package from a folder: nothing else is asked for packages.
add_package() {
    mkdir -p "$app" && cp "$root"/managed/samples/Shop/* "$app/" && cat >"$app/nuget.config" <<END &&
<configuration>
  <packageSources><clear/><add key="packages" value="$packages"/></packageSources>
</configuration>
END
        cd "$app" && dotnet add package nrprof --source "$packages" && dotnet build -c Release -v quiet "$@" -o out &&
        cd "$root"
}

command -v zip >/dev/null || skip_all "zip is not installed"
command -v dotnet >/dev/null || skip_all "there is no dotnet"
[ -d "$root/dist/linux-x64" ] || skip_all "dist/ has no linux-x64"
[ -f "$build/agent/NewRelic.Agent.Core.dll" ] || skip_all "'make agent' has not been run"

packages=$root/dist/packages
check "packages are made" "$root/packaging/package.sh" "$build/agent"
[ "$failed" -eq 0 ] || finish
check "they have the same bytes when made again" same_bytes_again
for archive in "$packages"/*.tar.gz "$packages"/*.zip; do
    kind=${archive##*/nrprof-}
    kind=${kind#*-}
    platform=${kind%%.*}
    check "$kind unpacks" unpack "$archive" "$out/$kind"
    folder=$(echo "$out/$kind"/*)
    check "$kind: sums" sums_hold "$folder"
    check "$kind: complete" is_complete "$folder" "$platform"
done
check "nupkg unpacks" unpack "$packages"/nrprof.*.nupkg "$out/nupkg"
check "nupkg: sums" sums_hold "$out/nupkg"

export NUGET_PACKAGES="$out/nuget"
app=$out/app
check "dotnet add package" add_package
check "it copies nothing but native libraries" test ! -e "$app/out/nrprof"
check "dotnet build with NrprofHome" add_package -p:NrprofHome=nrprof
native=$app/out/runtimes/linux-x64/native/libNewRelicProfiler.so
check "the sample runs with the package" runs_traced "$app/out" "$native" "$app/out/nrprof"
folder=$(echo "$out"/linux-x64.tar.gz/*)
check "the sample runs with the archive" runs_traced "$app/out" "$folder/libNewRelicProfiler.so" "$folder/home"
check "nrprof of the archive traces" "$folder/nrprof" trace -o "$out/trace" -- dotnet "$app/out/Shop.dll"
check "its report" grep 'Shop.Program.Main' "$out/trace/report.txt"
finish
