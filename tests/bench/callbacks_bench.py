#!/usr/bin/env python3
"""Time in the profiler's callbacks while the recorded corpus of methods runs.

SPDX-License-Identifier: Apache-2.0

usage: see bench.sh. The corpus and the recorder that measures lie beside the repository.
"""

import json
import os
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(ROOT, "..", "shared")
RECORDER_TOOLS = os.path.join(SHARED, "tools", "recorder")
GOLDEN = os.path.join(SHARED, "golden")
CALLBACKS = ["Initialize", "ModuleLoadFinished", "JITCompilationStarted", "GetReJITParameters"]


def run_corpus(library, work):
    """The summary that the recorder writes when the runtime shuts down."""
    check = [sys.executable, os.path.join(RECORDER_TOOLS, "check.py"), "run", GOLDEN, work, library]
    environment = dict(os.environ, RECORDER=work + ".so", RECORDER_LEVEL="timing")
    subprocess.run(check, env=environment, check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(work, "rec.jsonl"), encoding="utf-8") as lines:
        return json.loads(list(lines)[-1])


def times(summary):
    """Nanoseconds by row."""
    callbacks = summary["callbacks"]
    result = {}
    for name in CALLBACKS:
        count = callbacks[name]["n"]
        what = name if count == 1 else f"{name}, a call"
        result[what] = callbacks[name]["ns"] / count
    result["GetReJITParameters, the slowest"] = callbacks["GetReJITParameters"]["max_ns"]
    result["GetReJITParameters, all"] = callbacks["GetReJITParameters"]["ns"]
    result["all callbacks of the corpus"] = summary["total_ns"]
    return result


def main():
    build = sys.argv[1]
    if not os.path.isdir(GOLDEN):
        print("skipped: the time in callbacks: there is no ../shared/golden", file=sys.stderr)
        return
    work = os.path.join(build, "bench", "corpus")
    os.makedirs(os.path.dirname(work), exist_ok=True)
    subprocess.run([os.path.join(RECORDER_TOOLS, "build.sh"), work + ".so"], check=True)
    libraries = [os.path.join(build, "libNewRelicProfiler.so"), os.environ.get("REFERENCE_PROFILER")]
    runs = [
        [times(run_corpus(library, work)) for library in libraries if library]
        for _ in range(int(os.environ["BENCH_RUNS"]))
    ]
    for what in runs[0][0]:
        medians = [statistics.median(run[side][what] for run in runs) for side in range(len(runs[0]))]
        print(what, "us", *(f"{median / 1000:.3f}" for median in medians), sep="\t")


main()
