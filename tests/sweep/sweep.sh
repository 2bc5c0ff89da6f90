#!/bin/sh
# Sweeps every assembly of the installed .NET, the SDK's compilers and some big packages.
# SPDX-License-Identifier: Apache-2.0
#
# usage: sweep.sh BUILD_DIR [-v]
set -eu
cd "$(dirname "$0")"
build=$1
shift
packages=$build/sweep/packages
dotnet publish packages -v quiet -clp:NoSummary -o "$packages" --artifacts-path "$build/sweep/obj" >"$build/sweep.log" ||
    echo "the packages could not be restored (see $build/sweep.log); sweeping without them"
root=$(dirname "$(readlink -f "$(command -v dotnet)")")
find "$root/shared" "$root/sdk" "$packages" -name '*.dll' ! -path '*/ref/*' ! -name '*.resources.dll' |
    sort | xargs "$build/tests/sweep" "$@"
