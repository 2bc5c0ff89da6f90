#!/bin/sh
# The shipped agent's own tests, without a profiler.
# SPDX-License-Identifier: Apache-2.0
# usage: tests/agent/run.sh BUILD_DIR
set -u
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
cd "$(dirname "$0")/../.." || exit 1
out=$(realpath "$1")/tests/agent
mkdir -p "$out"

if ! command -v dotnet >/dev/null; then
    echo "skipped: tests of the agent: there is no dotnet"
    echo "0 passed, 0 failed, 1 skipped"
elif dotnet build managed/agent.tests -c Release -v quiet -clp:NoSummary --artifacts-path "$out/artifacts" \
    -o "$out/bin" >"$out/build.txt" 2>&1; then
    dotnet "$out/bin/agent.tests.dll" >"$out/output.txt"
    status=$?
    grep -v '^ok ' "$out/output.txt"
    exit "$status"
else
    echo "FAILED: build of the agent's tests"
    head -n 20 "$out/build.txt"
    echo "0 passed, 1 failed"
    exit 1
fi
