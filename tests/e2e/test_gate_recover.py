#!/usr/bin/env python3
"""Goal: a gate that goes on finds what the journal says of its files also behind damage, and says what it could not find.
Method: the real binary; a file that was decided to be held and not moved yet; a volume that is cut, a note that names a record ahead of all."""
import json
import os
import sys
import tempfile

import bank
import gate

TAP = bank.Tap()


def verdict(small, *path):
    with open(small.path(*path[:-1], path[-1] + ".verdict.json"), encoding="utf-8") as file:
        return json.load(file)


def reasons(found):
    return {row["reason"] for row in found["because"]}


def hold_as_if_killed(small):
    """What was decided to be held, and is in held/taken/ still, as when the process ends in between."""
    small.put("orders", "b.csv", gate.HEADER + gate.order("B0", "950000.00"))
    small.put("in", "b0.fin", gate.mt103("B0", "950000,00"))
    small.once()
    found = verdict(small, "held", "b0.fin")
    os.remove(small.path("held", "b0.fin.verdict.json"))
    os.rename(small.path("held", "b0.fin"), small.path("held", "taken", found["gate"] + "00~b0.fin"))
    small.rewrite(("then hold high", "then allow low"))
    return found


def check_damaged(small):
    """A decision behind a volume that is cut, or further ahead than .from says, is known: what is to be held is not judged anew."""
    for n in range(3):
        small.put("orders", f"a{n}.csv", gate.HEADER + gate.order(f"A{n}", "100.00"))
        small.put("in", f"a{n}.fin", gate.mt103(f"A{n}", "100,00"))
        small.once()
    before = hold_as_if_killed(small)
    volumes = sorted(name for name in os.listdir(small.path("journal")) if name.endswith(".volume"))
    with open(small.path("journal", volumes[1]), "rb+") as file:
        whole = file.read()
        file.truncate(len(whole) * 2 // 3)
    status, _, said = small.once()
    TAP.ok(status == 3 and len(volumes) == 4 and "--over-damage" in said, "a journal that is cut in its midst is refused", (status, said))
    status, _, said = small.once("--over-damage")
    TAP.ok("goes on with 1 file in" in said and "volume 00000002 is damaged at byte " in said and "is not known" in said, "who goes on is told where it is cut", said)
    TAP.ok(small.names("held") == ["b0.fin"] and verdict(small, "held", "b0.fin")["gate"] == before["gate"] and reasons(verdict(small, "held", "b0.fin")) == {"finding"}
           and '"action":"gate-take"' not in small.journal()[-1], "and what was decided behind that stands", (said, small.names("held", "taken"), small.journal()[-2:]))


def check_ahead(small):
    """What .from names is not there: the journal is read from its beginning."""
    small.once()
    hold_as_if_killed(small)
    small.put("held/taken", ".from", '{"record":900000,"message":7}')
    status, _, said = small.once()
    TAP.ok("goes on with 1 file in" in said and small.names("held") == ["b0.fin"] and reasons(verdict(small, "held", "b0.fin")) == {"finding"},
           "a decision before it is known", (status, said, small.names("held", "taken")))


def main():
    for check in (check_damaged, check_ahead):
        with tempfile.TemporaryDirectory() as folder:
            check(gate.Gate(folder))
    TAP.done()


if __name__ == "__main__":
    sys.exit(main())
