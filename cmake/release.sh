#!/bin/sh
# Builds the profiler and nrprof for other systems into dist/, stripped, with their debug information
# beside them (macOS: the profiler alone).
# SPDX-License-Identifier: Apache-2.0
#
# usage: cmake/release.sh [PRESET...]
# Without presets: every one whose compiler is installed; the others are named, or are an error with
# NR_ALL_TARGETS=1. tests/platforms/packages.txt lists Debian's packages. NR_JANSSON_SOURCE in the
# environment: a folder with the sources of jansson, which are fetched otherwise (jansson_source.sh).
set -eu
cd "$(dirname "$0")/.."

# tool PRESET NAME: how a preset calls one of its binary tools.
tool() {
    case $1 in
    linux-x64) echo "x86_64-linux-gnu-$2" ;;
    linux-arm64) echo "aarch64-linux-gnu-$2" ;;
    win-x64) echo "x86_64-w64-mingw32-$2" ;;
    win-x86) echo "i686-w64-mingw32-$2" ;;
    esac
}

# missing PRESET: the first program it needs that is not installed.
missing() {
    case $1 in
    osx-*) set -- clang-14 ld64.lld-14 llvm-install-name-tool-14 ;;
    *) set -- "$(tool "$1" gcc)" ;;
    esac
    for program; do command -v "$program" >/dev/null || { echo "$program" && return; }; done
}

# files PRESET: what is built.
files() {
    case $1 in
    linux-*) echo libNewRelicProfiler.so nrprof ;;
    win-*) echo NewRelic.Profiler.dll nrprof.exe ;;
    osx-*) echo libNewRelicProfiler.dylib ;;
    esac
}

# targets PRESET: the same for CMake.
targets() {
    case $1 in
    osx-*) echo NewRelicProfiler ;;
    *) echo NewRelicProfiler nrprof ;;
    esac
}

# Debug information goes into FILE.debug, and FILE says so. --preserve-dates is for the time inside a PE
# file: the linker left it out so that two builds are the same, and objcopy would enter the present.
strip_file() {
    objcopy=$(tool "$1" objcopy)
    "$objcopy" --preserve-dates --only-keep-debug "$2" "$2.debug"
    chmod 644 "$2.debug"
    (cd "$(dirname "$2")" && "$objcopy" --preserve-dates --strip-unneeded --add-gnu-debuglink="${2##*/}.debug" "${2##*/}")
}

build() {
    log=build/$1.log
    mkdir -p build
    { cmake --preset "$1" -DNR_JANSSON_SOURCE="$jansson" && cmake --build --preset "$1" -j"$(getconf _NPROCESSORS_ONLN)" \
        --target $(targets "$1"); } >"$log" 2>&1 || { tail -n 20 "$log" >&2 && return 1; }
    rm -rf "dist/$1"
    mkdir -p "dist/$1"
    for file in $(files "$1"); do
        cp "build/$1/$file" "dist/$1/"
        case $1 in osx-*) ;; *) strip_file "$1" "dist/$1/$file" ;; esac
    done
    echo "dist/$1"
}

if [ $# -eq 0 ]; then
    for preset in linux-x64 linux-arm64 win-x64 win-x86 osx-arm64; do
        program=$(missing $preset)
        if [ -z "$program" ]; then
            set -- "$@" $preset
        elif [ "${NR_ALL_TARGETS:-}" ]; then
            echo "$preset: $program is not installed" >&2
            exit 1
        else
            echo "$preset: skipped, $program is not installed" >&2
        fi
    done
fi
jansson=${NR_JANSSON_SOURCE:-$(cmake/jansson_source.sh)} || {
    [ -z "${NR_ALL_TARGETS:-}" ] || exit 1
    echo "jansson: skipped, its sources cannot be fetched; nrprof is without decide and points" >&2
}
for preset; do build "$preset"; done
