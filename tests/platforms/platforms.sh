#!/bin/sh
# Runs the files of dist/ on every platform that can be had on this machine, and prints a line a platform.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/platforms/platforms.sh BUILD_DIR
# Takes compilers, musl, qemu and wine from Debian (packages.txt; as root they are installed), runtimes from NuGet;
# what is missing is skipped and named. Other releases and architectures of Debian are unpacked into folders
# (debian_root.sh), which needs root to run things in. qemu 7.2 crashes about one run in twenty without any
# profiler, wine at times: a failed run there is repeated, and the line says how often. The sample application is
# not run under wine 8: with DOTNET_ReadyToRun=0 and DOTNET_TieredCompilation=0, which is what the compatible mode
# asks of the runtime, it stops in its exceptions there without a profiler, too.
set -u
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(realpath "$1")
out=$build/tests/platforms/runs
wine=/usr/lib/wine/wine64
expected="610 text 4 InvalidOperationException DivideByZeroException"
passed=0 failed=0 skipped=0
mkdir -p "$out"
for name in $(env | sed -n -E 's/^((CORECLR_|NEW_?RELIC_|NRPROF_)[A-Z_]*)=.*/\1/p'); do unset "$name"; done

line() {
    printf '%-16s %-24s %s\n' "$1" "$2" "$3"
}

result() {
    if [ "$4" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    line "$1" "$2" "$3"
}

skip() {
    skipped=$((skipped + 1))
    line "$1" "$2" "skipped: $3"
}

# has TOOL: is it installed?
has() {
    command -v "$1" >/dev/null
}

# publish RID VERSION: the program with its runtime, in $out/RID-VERSION/program.
publish() {
    dotnet publish "$here/program" -c Release -r "$1" --self-contained -v quiet "-p:RuntimeFrameworkVersion=$2" \
        "-p:Tfm=net${2%%.*}.0" --artifacts-path "$out/artifacts/$2" -o "$out/$1-$2/program" >"$out/$1-$2.publish" 2>&1
}

# Calls and methods that the report counted: the same on every platform.
counted() {
    sed -n 's/^  recorded *\(.* methods\).*/\1/p' "$out/$1/results/report.txt" 2>/dev/null
}

# trace RUN MODE RUNNER…: one run; says what is wrong with it.
trace() {
    rid=$1 mode=$2
    shift 2
    rm -rf "$out/$rid/results" "$out/$rid/home/logs"
    mkdir -p "$out/$rid/home/extensions" "$out/$rid/home/logs"
    cp "$here/home/newrelic.config" "$out/$rid/home/"
    cp "$here/home/program.xml" "$out/$rid/home/extensions/"
    CORECLR_ENABLE_PROFILING=1 CORECLR_PROFILER='{36032161-FFC0-4B61-B559-F6C5D41BAE5A}' \
        CORECLR_PROFILER_PATH="$prefix$library" CORECLR_NEW_RELIC_HOME="$prefix$out/$rid/home" \
        NEW_RELIC_INSTALL_PATH="$prefix$build/agent" NRPROF_OUTPUT="$prefix$out/$rid/results" \
        NEW_RELIC_PROFILER_LOG_DIRECTORY="$prefix$out/$rid/home/logs" NEW_RELIC_PROFILER_MODE=$mode \
        timeout 120 "$@" >"$out/$rid/output" 2>&1 || { echo "exit status $?" && return; }
    [ "$(tr -d '\r' <"$out/$rid/output")" = "$expected" ] || { echo "other output" && return; }
    grep -q 'Profiler initialized' "$out/$rid"/home/logs/*.log || { echo "not attached" && return; }
    [ $mode = compatible ] || grep -q 'Profiling in fast mode' "$out/$rid"/home/logs/*.log || { echo "not in fast mode" && return; }
    [ -n "$(counted "$rid")" ] || { echo "attached, not traced" && return; }
}

# runs RID VERSION LIBRARY PREFIX RUNNER…: runs $out/RID-VERSION/program with the runner before it.
runs() {
    rid=$1 version=$2 library=$root/dist/$3 prefix=$4
    shift 4
    run=$rid-$version
    program=$out/$run/program/program
    [ "$prefix" = "" ] || program=$program.exe
    if ! publish "$rid" "$version"; then
        skip "$rid" ".NET $version" "the runtime cannot be restored from NuGet"
        return
    fi
    attempts=3 repeated=0
    case $rid in linux-x64 | linux-musl-x64) attempts=1 ;; esac
    for mode in compatible fast; do
        attempt=1
        while wrong=$(trace "$run" $mode "$@" "$program") && [ -n "$wrong" ] && [ $attempt -lt $attempts ]; do
            attempt=$((attempt + 1)) repeated=$((repeated + 1))
        done
        [ -z "$wrong" ] || break
        first=${first:-$(counted "$run")}
        [ "$(counted "$run")" = "$first" ] || { wrong="counted $(counted "$run"), on linux-x64 $first" && break; }
    done
    again=$([ $repeated -eq 0 ] || echo " (repeated $repeated times)")
    if [ -z "$wrong" ]; then
        result "$rid" ".NET $version" "built, loaded, attached, traced in both modes: $first$again" 0
    else
        result "$rid" ".NET $version" "FAILED in $mode mode: $wrong$again" 1
    fi
}

# runs_alone RID VERSION RUNNER…: the same program, on Windows, without the profiler.
runs_alone() {
    program=$out/$1-$2/program/program.exe
    publish "$1" "$2" || return
    shift 2
    timeout 60 "$@" "$program" >"$out/alone.txt" 2>&1
}

# clr_tests RID VERSION LIBRARY RUNNER…: the programs of tests/clr.
clr_tests() {
    rid=$1 version=$2 library=$root/dist/$3
    shift 3
    "$root/tests/clr/platform.sh" "$build" "$rid" "$version" "$library" "$@" >"$out/clr-$rid-$version.txt" 2>&1
    status=$?
    result "$rid" "tests on .NET $version" "built, ran: $(tail -n 1 "$out/clr-$rid-$version.txt")" $status
    grep -E 'FAILED|skipped: |ended in qemu' "$out/clr-$rid-$version.txt" | sed 's/^/    /'
}

# in_root FOLDER COMMAND…: in a root folder made by debian_root.sh, with this machine's /dev and /proc and
# with the sources and the build in their places.
in_root() {
    inside=$1/root
    shift
    mkdir -p "$inside/dev" "$inside/proc" "$inside/tmp" "$inside$root" "$inside$build"
    # shellcheck disable=SC2016 # that shell's variables
    root="$root" build="$build" unshare --mount sh -c 'mount --bind /dev "$0/dev" && mount -t proc proc "$0/proc" &&
        mount --bind "$root" "$0$root" && mount --bind "$build" "$0$build" && exec timeout 600 chroot "$0" "$@"' "$inside" "$@"
}

can_have_roots() {
    [ "$(id -u)" -eq 0 ] && has unshare && has chroot && has apt-get && has dpkg-deb
}

# command_traces RID NAME FOLDER VERSION RUNNER…: nrprof, in a root folder of another C library, traces the program.
command_traces() {
    rid=$1 name=$2 folder=$3 version=$4
    shift 4
    # The command looks for library and agent beside itself.
    nrprof=$out/nrprof
    rm -rf "$nrprof"
    mkdir -p "$nrprof"
    cp -r "$root"/dist/linux-x64/* "$build/agent" "$nrprof/"
    in_root "$folder" "$@" "$nrprof/nrprof" trace -q -o "$nrprof/results" -- "$out/$rid-$version/program/program" \
        >"$folder.txt" 2>&1
    report=$nrprof/results/report.txt
    if grep -qx "$expected" "$folder.txt" && grep -q 'Program.Fibonacci' "$report" 2>/dev/null; then
        result "$rid" "$name" "nrprof trace: built, loaded, attached, traced: $(sed -n 's/^  recorded *\(.* methods\).*/\1/p' "$report")" 0
    else
        result "$rid" "$name" "FAILED: $(tail -n 1 "$folder.txt")" 1
    fi
}

# The command and the library where the C library is that of Debian 11.
old_glibc() {
    version=$1
    name="glibc 2.31, .NET $version"
    if ! can_have_roots || ! "$here/debian_root.sh" "$out/bullseye" bullseye amd64 libc6 libstdc++6 2>"$out/bullseye.txt"; then
        skip linux-x64 "$name" "Debian 11's packages cannot be unpacked (needs root and apt)"
        return
    fi
    command_traces linux-x64 "$name" "$out/bullseye" "$version"
}

# The same where there is no other C library than musl.
musl_alone() {
    version=$1
    shift
    name="musl alone, .NET $version"
    if ! can_have_roots || ! "$here/debian_root.sh" "$out/musl-alone" bookworm amd64 musl busybox-static 2>"$out/musl-alone.txt"; then
        skip linux-musl-x64 "$name" "musl cannot be unpacked (needs root and apt)"
        return
    fi
    command_traces linux-musl-x64 "$name" "$out/musl-alone" "$version" /bin/busybox "$@"
}

# slots RID COMPILER LIBRARY PREFIX RUNNER…: every slot of the library's interfaces.
slots() {
    rid=$1 compiler=$2 library=$root/dist/$3 prefix=$4
    shift 4
    # shellcheck disable=SC2086 # the compiler with its options
    if ! $compiler -std=c11 -O2 -I"$root/src" -o "$out/slots-$rid.exe" "$here/slots.c" "$root/src/clr/guids.c" >"$out/slots.txt" 2>&1; then
        result "$rid" "interface slots" "FAILED: the harness does not build" 1
        return
    fi
    said=$("$@" "$prefix$out/slots-$rid.exe" "$prefix$library" 2>&1 | tr -d '\r')
    case $said in
    *' 0 failed') result "$rid" "interface slots" "built, loaded, called: $(echo "$said" | tail -n 1)" 0 ;;
    *) result "$rid" "interface slots" "FAILED: $(echo "$said" | head -n 1)" 1 ;;
    esac
}

# decides RID RUNNER…: nrprof looks into another process, which is one that waits for a question.
decides() {
    rid=$1 home=$out/decides id="" tries=60
    shift
    rm -rf "$home" && mkdir -p "$home" && mkfifo "$home/questions"
    echo '<configuration><log level="finest"/></configuration>' >"$home/newrelic.config"
    CORECLR_NEW_RELIC_HOME="Z:$home" "$@" "$root/dist/$rid/nrprof.exe" decide <"$home/questions" >"$home/output" 2>&1 &
    exec 9>"$home/questions"
    while [ -z "$id" ] && [ $tries -gt 0 ]; do
        sleep 1
        id=$("$@" winedbg --command "info proc" 2>/dev/null | sed -n "s/^[ =]*0*\([0-9a-f]*\) .*'nrprof.exe'.*/\1/p" | head -n 1)
        tries=$((tries - 1))
    done
    answer=$("$@" "$root/dist/$rid/nrprof.exe" decide --pid "$((0x${id:-0}))" 2>&1)
    exec 9>&-
    wait $!
    case $answer in
    *'"log_level": "trace"'*'NRPROF.EXE'*) result "$rid" "another process" "nrprof decide --pid: its program and its environment" 0 ;;
    *) result "$rid" "another process" "FAILED: $answer" 1 ;;
    esac
}

# wine for x86: Debian's wine32 in a folder.
windows_x86() {
    if [ ! -d "$root/dist/win-x86" ]; then
        skip win-x86 "interface slots" "no compiler"
        return
    fi
    folder=$out/wine32
    if ! can_have_roots || ! "$here/debian_root.sh" "$folder" bookworm i386 wine32 libc-bin 2>"$out/wine32.txt"; then
        skip win-x86 "interface slots" "wine32 cannot be unpacked (needs root and apt)"
        return
    fi
    # What the package's script would have done.
    cp "$folder/root/usr/i686-w64-mingw32/lib/zlib1.dll" "$folder/root/usr/lib/i386-linux-gnu/wine/i386-windows/"
    unset WINEARCH
    export LC_ALL=C.UTF-8 HOME="$out" WINEPREFIX="$out/wine32.prefix" WINEDEBUG=-all WINESERVER=/usr/lib/wine/wineserver32
    [ -d "$WINEPREFIX" ] || WINEDLLOVERRIDES="mscoree=;mshtml=" in_root "$folder" /usr/lib/wine/wine wineboot -u >"$out/wine32.txt" 2>&1
    cp "$folder/root/usr/i686-w64-mingw32/lib/zlib1.dll" "$WINEPREFIX/drive_c/windows/system32/"
    slots win-x86 i686-w64-mingw32-gcc win-x86/NewRelic.Profiler.dll Z: in_root "$folder" /usr/lib/wine/wine
    unit_tests win-x86 in_root "$folder" /usr/lib/wine/wine "Z:$root/build/win-x86/tests/unit-tests.exe"
}

# The files of dist/ that glibc has, on musl. Its loader takes Debian's C++ library, which the runtime needs, when what
# that one misses is there under the name of glibc's loader, and before musl itself.
musl_x64() {
    folder=$out/musl
    mkdir -p "$folder"
    if ! musl-gcc -std=c11 -O2 -fPIC -shared -o "$folder/ld-linux-x86-64.so.2" "$here/musl_glibc.c" 2>"$folder/log.txt" ||
        ! cp -L /usr/lib/x86_64-linux-gnu/libstdc++.so.6 /usr/lib/x86_64-linux-gnu/libgcc_s.so.1 "$folder/"; then
        skip linux-musl-x64 ".NET 10.0.12, unit tests" "no musl-gcc, libstdc++ or libgcc_s"
        return
    fi
    set -- env "LD_LIBRARY_PATH=$folder" "LD_PRELOAD=$folder/ld-linux-x86-64.so.2"
    runs linux-musl-x64 10.0.12 linux-x64/libNewRelicProfiler.so "" "$@"
    musl_alone 10.0.12 "$@"
    clr_tests linux-musl-x64 10.0.12 linux-x64/libNewRelicProfiler.so "$@"
    configure linux-musl-x64 musl-gcc ""
    unit_tests linux-musl-x64 timeout 600 "$root/build/linux-musl-x64/tests/unit-tests"
}

musl_arm64() {
    folder=$out/musl-arm64
    if ! can_have_roots || ! "$here/debian_root.sh" "$folder" bookworm arm64 musl-dev 2>"$out/musl-arm64.txt"; then
        skip linux-musl-arm64 "interface slots, unit tests" "musl cannot be unpacked (needs root and apt)"
        return
    fi
    sed "s|/usr/|$folder/root/usr/|g" "$folder/root/usr/lib/aarch64-linux-musl/musl-gcc.specs" >"$folder/specs"
    options="-mno-outline-atomics -specs=$folder/specs -L$folder/root/lib/aarch64-linux-musl"
    slots linux-musl-arm64 "aarch64-linux-gnu-gcc $options" linux-arm64/libNewRelicProfiler.so "" qemu-aarch64 -L "$folder/root"
    configure linux-musl-arm64 aarch64-linux-gnu-gcc "$options"
    unit_tests linux-musl-arm64 timeout 900 qemu-aarch64 -L "$folder/root" "$root/build/linux-musl-arm64/tests/unit-tests"
}

# configure RID COMPILER OPTIONS: a build for the unit tests alone.
configure() {
    cmake -S "$root" -B "$root/build/$1" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        "-DCMAKE_C_COMPILER=$2" "-DCMAKE_C_FLAGS=$3" >"$out/$1.configure" 2>&1
}

# unit_tests PRESET RUNNER…
unit_tests() {
    preset=$1
    shift
    if cmake --build "$root/build/$preset" --target unit-tests >"$out/$preset.build" 2>&1; then
        said=$("$@" 2>&1 | tail -n 1 | tr -d '\r')
        case $said in
        *' 0 failed'*) result "$preset" "unit tests" "built, ran: $said" 0 ;;
        *) result "$preset" "unit tests" "FAILED: $said" 1 ;;
        esac
    else
        result "$preset" "unit tests" "FAILED: they do not build" 1
    fi
}

# The packages that are not installed; as root they are.
install_packages() {
    has dpkg-query && has apt-get && [ "$(id -u)" -eq 0 ] || return 0
    missing=""
    for package in $(sed -n -E 's/^(build|run) +//p' "$here/packages.txt"); do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
    done
    # shellcheck disable=SC2086 # one word a package
    [ -z "$missing" ] || { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >"$out/apt.txt" 2>&1 ||
        echo "not installed:$missing (see $out/apt.txt)"
}

install_packages
"$root/cmake/release.sh" || exit 1
first=""
for version in 10.0.12 9.0.22 8.0.33; do runs linux-x64 $version linux-x64/libNewRelicProfiler.so ""; done
old_glibc 10.0.12
musl_x64
if has qemu-aarch64 && [ -d "$root/dist/linux-arm64" ]; then
    runs linux-arm64 10.0.12 linux-arm64/libNewRelicProfiler.so "" qemu-aarch64 -L /usr/aarch64-linux-gnu
    clr_tests linux-arm64 10.0.12 linux-arm64/libNewRelicProfiler.so qemu-aarch64 -L /usr/aarch64-linux-gnu
    unit_tests linux-arm64 timeout 900 qemu-aarch64 -L /usr/aarch64-linux-gnu "$root/build/linux-arm64/tests/unit-tests"
    musl_arm64
else
    skip linux-arm64 ".NET 10" "no qemu-aarch64, or no compiler"
    skip linux-musl-arm64 "interface slots, unit tests" "no qemu-aarch64, or no compiler"
fi
skip linux-musl-arm64 ".NET" "NuGet has no runtime for it"
if [ -x $wine ] && [ -d "$root/dist/win-x64" ]; then
    # With a locale of ASCII alone wine has no other names of files.
    export LC_ALL=C.UTF-8 WINEPREFIX="$out/wine" WINEDEBUG=-all WINEARCH=win64 DOTNET_EnableWriteXorExecute=0
    [ -d "$WINEPREFIX" ] || WINEDLLOVERRIDES="mscoree=;mshtml=" timeout 300 $wine wineboot -u 2>/dev/null
    for version in 10.0.14 9.0.22; do
        runs win-x64 $version win-x64/NewRelic.Profiler.dll Z: $wine
        clr_tests win-x64 $version win-x64/NewRelic.Profiler.dll $wine
    done
    if runs_alone win-x64 8.0.33 $wine; then
        runs win-x64 8.0.33 win-x64/NewRelic.Profiler.dll Z: $wine
    else
        skip win-x64 ".NET 8.0.33" "without the profiler it does not end under wine either"
    fi
    slots win-x64 x86_64-w64-mingw32-gcc win-x64/NewRelic.Profiler.dll Z: timeout 300 $wine
    decides win-x64 timeout 300 $wine
    unit_tests win-x64 timeout 600 $wine "$root/build/win-x64/tests/unit-tests.exe"
else
    skip win-x64 ".NET" "no wine64, or no compiler"
fi
windows_x86
skip win-x86 ".NET" "NuGet has no runtime for x86"
skip osx-arm64 ".NET" "nothing here runs it: built and checked by tests/platforms/run.sh"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
