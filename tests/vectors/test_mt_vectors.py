#!/usr/bin/env python3
"""Goal: every shared SWIFT MT vector is accepted with every value of its key, or refused, exactly as it says; its alerts are
raised; with --full what it expects of fields, parties, entries, balances and sums comes out.
Method: the real binary over the development vectors, statement exports with the statement profile; amounts compared as
decimals. Texts that the vector's source has cleaned (letters beyond ASCII, subfields of 86) are not compared, and counted.
Third-party data: where it is absent, a line says so; in CI it must be there."""
import decimal
import json
import os
import subprocess
import sys
import tempfile

import countersign as cs

FOLDER = os.path.join(cs.SHARED, "data", "payments")
EXPORTS = ("MT940-body", "MT940-batch")


def decode(record, folder):
    path = os.path.join(FOLDER, record["file"])
    command = [cs.BINARY, "decode", "mt", "--full"]
    if record["type"] in EXPORTS:
        command += ["--profile", "statement"]
    key = record["expect"].get("lau_key")
    if key:
        keys = os.path.join(folder, "lau.key")
        with open(keys, "w") as out:
            out.write("# of everybody\n* %s %s\n" % (key[:16], key[16:]))
        command += ["--lau-key", keys]
    run = subprocess.run(command + [path], capture_output=True, timeout=60)
    if run.returncode != 0:
        raise SystemExit("%s: exit %d: %s" % (record["file"], run.returncode, run.stderr.decode()))
    return [json.loads(line) for line in run.stdout.splitlines()]


def equal(a, b):
    if a == b or not isinstance(a, str) or not isinstance(b, str):
        return a == b
    try:
        return decimal.Decimal(a) == decimal.Decimal(b)
    except decimal.InvalidOperation:
        return False


class Compared:
    """Values compared between what is expected and what is told."""

    def __init__(self):
        self.n = 0
        self.cleaned = 0
        self.bad = []

    def compare(self, where, wanted, got, plain):
        if isinstance(wanted, dict):
            for name, value in wanted.items():
                if name == "type_raw":  # three characters of four
                    self.compare(where + ".type", value, (got or {}).get("type", "")[1:], plain)
                elif name == "info" and isinstance(value, dict):
                    self.cleaned += 1
                else:
                    self.compare(where + "." + name, value, got.get(name) if isinstance(got, dict) else None, plain)
        elif isinstance(wanted, list):
            for i, value in enumerate(wanted):
                self.compare("%s[%d]" % (where, i), value, got[i] if isinstance(got, list) and i < len(got) else None, plain)
        elif isinstance(got, str) and any(ord(c) > 126 for c in got) and not plain:
            self.cleaned += 1
        else:
            self.n += 1
            if not equal(wanted, got):
                self.bad.append("%s: %r, not %r" % (where, got, wanted))


def parts(record, messages):
    """Pairs of what is expected and the message it is expected of."""
    expect = {k: v for k, v in record["expect"].items() if k not in ("lau_key", "lau_ok", "errors", "type")}
    many = expect.get("statements") or expect.get("messages")
    if not many:
        return [(expect, messages[0])]
    wanted = expect.get("n_statements", expect.get("n_messages"))
    if len(messages) != wanted:
        return [({"n": wanted}, {"full": {"n": len(messages)}})]
    return [({k: v for k, v in part.items() if k not in ("errors", "type")}, message)
            for part, message in zip(many, messages)]


def check(record, messages, compared):
    """What is wrong with the answer to one vector, in words."""
    verdict = "accept" if messages and all(m["verdict"] == "accept" for m in messages) else "reject"
    if record["verdict"] != "either" and verdict != record["verdict"]:
        yield "%s: %s" % (verdict, [m["reasons"] for m in messages])
        return
    if verdict == "reject":
        reasons = [r for m in messages for r in m["reasons"]]
        if not reasons or not all(r["code"] and r["text"] and r["offset"] >= 0 for r in reasons):
            yield "refused without a reason"
        return
    for name, value in (record.get("key") or {}).items():
        if not equal(value, messages[0]["key"].get(name)):
            yield "key %s is %r, not %r" % (name, messages[0]["key"].get(name), value)
    for name in messages[0]["key"]:
        if record.get("key") and name not in record["key"]:
            yield "key %s is there and should not be" % name
    for alert in record.get("alerts", []):
        if not any(alert in m["alerts"] for m in messages):
            yield "no alert %s" % alert
    before = len(compared.bad)
    for wanted, message in parts(record, messages):
        compared.compare("full", wanted, message["full"], record["type"] not in EXPORTS)
    yield from compared.bad[before:]


def main():
    tap = cs.Tap()
    path = os.path.join(FOLDER, "mt", "expected_dev.jsonl")
    if not os.path.exists(path):
        cs.absent(tap, "shared MT vectors", path)
        tap.end()
    with open(path, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    compared, bad, n = Compared(), [], {"accept": 0, "reject": 0, "either": 0}
    with tempfile.TemporaryDirectory() as folder:
        for record in records:
            n[record["verdict"]] += 1
            bad += ["%s: %s" % (record["file"], why) for why in check(record, decode(record, folder), compared)]
    tap.point(not bad and n["accept"] >= 80 and n["reject"] >= 70,
              "%d accepted, %d refused, %d either; %d values as expected (%d cleaned by their source)"
              % (n["accept"], n["reject"], n["either"], compared.n, compared.cleaned), "\n".join(bad[:30]))
    tap.point(compared.n > 3000, "many values were compared", str(compared.n))
    tap.end()


if __name__ == "__main__":
    sys.exit(main())
