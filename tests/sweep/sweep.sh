#!/bin/sh
# Sweeps every assembly of the installed .NET, the SDK's compilers and some big packages; then lets
# Mono.Cecil read what was made of the shared framework.
# SPDX-License-Identifier: Apache-2.0
#
# usage: sweep.sh BUILD_DIR [-v]
set -eu
cd "$(dirname "$0")"
build=$1
shift
work=$build/sweep
quiet="-v quiet -clp:NoSummary"
root=$(dirname "$(readlink -f "$(command -v dotnet)")")

assemblies() { find "$@" -name '*.dll' ! -path '*/ref/*' ! -name '*.resources.dll' | sort; }

mkdir -p "$work/rewritten"
# shellcheck disable=SC2086 # several words
dotnet publish packages $quiet -o "$work/packages" --artifacts-path "$work/obj" >"$work/packages.log" ||
    echo "the packages could not be restored (see $work/packages.log); sweeping without them"
assemblies "$root/shared" "$root/sdk" "$work/packages" | xargs "$build/tests/sweep" "$@"

echo
echo "a second opinion, by Mono.Cecil:"
assemblies "$root/shared" | xargs "$build/tests/sweep" -w "$work/rewritten" | tail -n 1
# shellcheck disable=SC2086
dotnet run --project reader $quiet --artifacts-path "$work/obj" -- "$work/rewritten"
