#!/usr/bin/env python3
"""Goal: every vector is decoded, or refused, exactly as it says; every proper prefix of our own is refused; and
without --clear no card number, track or PIN is shown.
Method: the real binary over own.jsonl (make_own.py) and, where present, the shared development vectors."""
import json
import os
import sys

import countersign as cs

HERE = os.path.dirname(os.path.abspath(__file__))


def read(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines]


def check_file(tap, name, path, least):
    vectors = read(path)
    bad = cs.differences(vectors)
    tap.point(not bad and len(vectors) >= least, "%s: %d vectors, values and refusals" % (name, len(vectors)), "\n".join(bad[:20]))
    return vectors


def check_prefixes(tap, vectors):
    accepted = n = 0
    for dialect, group in cs.by_dialect([v for v in vectors if "fields" in v and not v["dialect"].get("trailing_ok")]):
        messages = [bytes.fromhex(v["hex"]) for v in group]
        cuts = [m[:i] for m in messages for i in range(len(m))]
        answers = cs.decode(dialect, cuts)
        n += len(cuts)
        accepted += sum("error" not in answer for answer in answers)
    tap.point(accepted == 0 and n > 1000, "every proper prefix is refused (%d)" % n, "%d accepted" % accepted)


def secrets(fields):
    pan = fields.get("2", "")
    tracks = [fields[f] for f in ("35", "36", "45") if len(fields.get(f, "")) > 20]
    return ([pan] if len(pan) >= 13 else []) + tracks + [fields[f] for f in ("52",) if f in fields]


def check_masks(tap, vectors):
    shown = n = 0
    for dialect, group in cs.by_dialect([v for v in vectors if "fields" in v]):
        answers = cs.decode(dialect, [bytes.fromhex(v["hex"]) for v in group], clear=False)
        for vector, answer in zip(group, answers):
            text = "\n".join(answer["fields"].values())
            for secret in secrets(vector["fields"]):
                n += 1
                shown += secret in text
    tap.point(shown == 0 and n > 20, "nothing secret without --clear (%d looked for)" % n, "%d shown" % shown)


def main():
    tap = cs.Tap()
    own = check_file(tap, "own", os.path.join(HERE, "own.jsonl"), 50)
    check_prefixes(tap, own)
    check_masks(tap, own)
    shared = os.path.join(cs.ISO8583, "vectors_dev.jsonl")
    if os.path.exists(shared):
        vectors = check_file(tap, "shared", shared, 300)
        check_masks(tap, vectors)
    else:
        cs.absent(tap, "shared vectors", shared)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())
