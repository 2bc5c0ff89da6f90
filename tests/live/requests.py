#!/usr/bin/env python3
# The ReJIT and revert requests of two recordings of a refresh run, side by side.
# SPDX-License-Identifier: Apache-2.0
#
# usage: requests.py REFERENCE.jsonl[.gz] OURS.jsonl[.gz] TYPE
# The requests must come in the same order, of the same kind and with the same result. Of TYPE, whose
# methods the run takes on and off, each must name the same methods; of other types at least those
# that the reference names: it finds no nested types and no attributes, and its corpus was an older
# one, so tokens and signatures are not compared. Prints what differs; the exit status is 1 then.
import gzip
import json
import sys


def requests(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", errors="replace") as lines:
        for line in lines:
            event = json.loads(line)
            if event["ev"] not in ("RequestReJIT", "RequestRevert"):
                continue
            methods = [(method["type"], method["name"]) for method in event["methods"]]
            yield event["ev"], event["hr"], methods


def difference(expected, actual, live):
    if expected[:2] != actual[:2]:
        return f"{expected[:2]} expected, {actual[:2]} made"
    missing = set(expected[2]) - set(actual[2])
    if missing:
        return f"{expected[0]} without {sorted(missing)}"
    extra = {method for method in set(actual[2]) - set(expected[2]) if method[0] == live}
    if extra:
        return f"{expected[0]} of {sorted(extra)} as well"
    return None


def main(reference, ours, live):
    expected, actual = list(requests(reference)), list(requests(ours))
    found = [text for text in map(lambda pair: difference(*pair, live), zip(expected, actual)) if text]
    if len(expected) != len(actual) or not expected:
        found.append(f"{len(expected)} requests expected, {len(actual)} made")
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
