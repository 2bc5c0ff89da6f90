#!/bin/sh
# Two clones of this commit, in folders of different names, give packages of the same bytes.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/package/two_clones.sh BUILD_DIR
# Each builds every platform: some minutes.
set -u
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$(realpath "$1")/tests/two_clones
rm -rf "$out"
mkdir -p "$out"
for clone in first second/with/a/longer/name; do
    if ! { git clone -q "$root" "$out/$clone" && make -C "$out/$clone" package; } >"$out/log" 2>&1; then
        tail -n 20 "$out/log"
        echo "0 passed, 1 failed"
        exit 1
    fi
done
if diff "$out/first/dist/packages/SHA256SUMS" "$out/second/with/a/longer/name/dist/packages/SHA256SUMS"; then
    wc -l <"$out/first/dist/packages/SHA256SUMS" | sed 's/$/ packages are the same from two clones/'
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
