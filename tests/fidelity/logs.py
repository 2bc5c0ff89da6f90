#!/usr/bin/env python3
"""Compares logs of the library with the reference's own, line by line and in order.

usage: logs.py EXPLAINED REFERENCE.gz LOG HOME [REFERENCE.gz LOG HOME ...]

What has to differ is made the same first: times, folders, and FunctionIDs (which become the names of
their methods). A line that only one side has is a difference; it needs an entry in EXPLAINED, which is
"- REGEX" for lines of the reference and "+ REGEX" for lines of ours, the text being matched as a whole.
An entry that explains nothing is a failure too. SPDX-License-Identifier: Apache-2.0"""
import gzip, os, re, subprocess, sys, tempfile

FOLDERS = [(r"/\S*?/shared/golden/bin", "@BIN@"), (r"/\S*?(?=/shared/Microsoft\.NETCore\.App/)", "@DOTNET@"),
           (r"(?<=Process )/\S*(?=/DOTNET\b)|(?<=Process Path: )/\S*(?=/DOTNET\b)", "@DOTNET_UPPER@")]
STARTED = re.compile(r"\] (?:JITCompilationStarted\.|ReJIT) (\d+)$")
NAME = re.compile(r"\] Possibly instrumenting: \(Module: .*?, AppDomain: .*?\)(\[.*)$")
JIT = re.compile(r"\] JITCompilationStarted\. ")
FINISHED = re.compile(r"\] JITCompilationStartedFinished\. ")
ID = re.compile(r"((?:JITCompilationStarted(?:Finished)?\.|ReJIT) |Request reJIT: \[)(\d+)")


def normal(lines, home):
    """The lines without what differs from run to run."""
    lines = [re.sub(r"^(\[.{5}\]) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", r"\1 ", line) for line in lines]
    names, wanted = {}, None
    for line in lines:
        started, name = STARTED.search(line), NAME.search(line)
        if started:
            wanted = started[1]
        elif name and wanted:
            names[wanted], wanted = name[1], None
    for line in lines:
        line = ID.sub(lambda found: found[1] + names.get(found[2], "N"), line.replace(home, "@HOME@"))
        for pattern, folder in FOLDERS:
            line = re.sub(pattern, folder, line)
        yield line


def groups(lines):
    """The lines of the compilation of a method together; of several when threads compile at once; other
    lines alone."""
    group, open_count = [], 0
    for line in lines:
        group.append(line)
        open_count += bool(JIT.search(line)) - bool(FINISHED.search(line))
        if open_count <= 0:
            yield group
            group, open_count = [], 0
    yield group


def names_in(lines):
    return [name for line in lines for name in NAME.findall(line)]


def is_own(method):
    return not re.match(r"\[(System|Microsoft|NewRelic\.Agent)\.", method)


def split(lines):
    """The lines without those of compilations, and those by method: when the CLR compiles, and which
    methods that are not the corpus's own, depends on what comes of the cases and on threads. In the
    second place, the names of methods that were compiled at the same time as others."""
    rest, compiled, mixed = [], {}, set()
    for group in groups(lines):
        count = sum(bool(JIT.search(line)) for line in group)
        if count == 0:
            rest += group
        elif count == 1 and not any("ReJIT" in line for line in group):
            compiled.update((name, group) for name in names_in(group))
        else:
            mixed.update(names_in(group))
            rest += [line for line in group if "ReJIT" in line]
    return rest, compiled, mixed


def differences(old, new):
    """"- line" and "+ line", by the system's diff: it finds the smallest difference."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, side) for side in ("reference", "ours")]
        for path, lines in zip(paths, (old, new)):
            with open(path, "w") as file:
                file.writelines(line + "\n" for line in lines)
        text = subprocess.run(["diff", "-d", *paths], stdout=subprocess.PIPE, text=True).stdout
    return [("- " if line[0] == "<" else "+ ") + line[2:] for line in text.splitlines() if line[0] in "<>"]


def entries(path):
    with open(path) as file:
        return [line.rstrip("\n") for line in file if line[0] in "+-"]


def main():
    table = [(entry, re.compile(re.escape(entry[:2]) + entry[2:])) for entry in entries(sys.argv[1])]
    used, unexplained, same = set(), 0, 0
    for i in range(2, len(sys.argv), 3):
        reference, log, home = sys.argv[i:i + 3]
        with gzip.open(reference, "rt", errors="replace") as file:
            old = list(normal(file.read().splitlines(), "@HOME@"))
        with open(log, errors="replace") as file:
            new = list(normal(file.read().splitlines(), home))
        (old, theirs, mixed), (new, ours, mixed_too) = split(old), split(new)
        found = differences(old, new)
        for method in sorted(theirs.keys() | ours.keys()):
            same += len(theirs.get(method, []))
            both = method in theirs and method in ours
            if theirs.get(method) != ours.get(method) and (both or is_own(method) and method not in mixed | mixed_too):
                found += differences(theirs.get(method, []), ours.get(method, []))
        for line in found:
            reasons = [entry for entry, pattern in table if pattern.fullmatch(line)]
            used.update(reasons)
            if not reasons:
                unexplained += 1
                if unexplained <= 40:
                    print("FAILED, a difference that nothing explains, %s: %s" % (os.path.basename(reference), line))
    stale = [entry for entry, _ in table if entry not in used]
    for entry in stale:
        print("FAILED, an explanation without a difference: " + entry)
    print("log lines of the reference: %d" % same)
    print("%d passed, %d failed" % (len(used), unexplained + len(stale)))


main()
