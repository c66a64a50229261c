#!/usr/bin/env python3
"""Goal: `diff` tells every change between two policies, and nothing that is the same.
Method: one policy, and the same with one thing changed at a time, against what a person would say of it."""
import os
import tempfile

import bank

OLD = """
record tx { source csv  time from "t" seconds since 2018-04-01  id from "id"  card from "card"  terminal from "terminal"
  amount from "amount" major EUR  fraud when "fraud" = "1" }
calendar bank { weekend saturday, sunday  night 00:00..06:00 }
profile card by card { n_1h = count() over 1h including this  spent_1d = sum(amount) over 1d including this  keys 100 }
limit card "never so many" { n_1h <= 3 }
list hot "skimmed" { of terminal  holds "T1", "T2" verdict block hard }
rule burst "many in an hour" owner "cards" { when card.n_1h >= 3 then hold high mode live }
rule big "a great amount" { when amount >= 100 EUR then block critical mode shadow }
list un { source "un.xml"  format un  stale 48h }
"""
WANTED = [
    ("card.n_1h >= 3", "card.n_1h >= 4", ["rule burst", "  was: when card.n_1h >= 3", "  now: when card.n_1h >= 4"]),
    ("mode live", "mode shadow", ["rule burst", "  was: live",
                                  "  now: in shadow: it is told, and nothing is done"]),
    ("{ n_1h <= 3 }", "{ n_1h <= 5 }", ["limit card", "  was: always n_1h <= 3", "  now: always n_1h <= 5"]),
    ("sum(amount) over 1d", "sum(amount) over 30d",
     ["profile card", "  was: spent_1d: sum of amount in EUR over 1d", "  now: spent_1d: sum of amount in EUR over 30d",
      "  needs warming: 30d"]),
    ("  keys 100 }", "  far = count() over 7d delay 1d  keys 100 }",
     ["profile card", "  new: far: how many over 7d up to 1d ago; without the event itself", "  needs warming: 8d"]),
    ("profile card by card", "profile card by terminal",
     ["limit card", "  was: kept apart by card", "  now: kept apart by terminal", "  needs warming: 1h", "",
      "profile card", "  was: kept apart by card", "  now: kept apart by terminal", "  needs warming: 1d"]),
    ('"T1", "T2"', '"T1"', ["list hot", "  was: terminals: 2 stand in the policy",
                            "  now: terminals: 1 stands in the policy", "", "entries of list hot",
                            '  gone: "T2": for ever']),
    ("stale 48h", "stale 3d", ["watch list un", "  was: too old after 2d", "  now: too old after 3d"]),
    ('"un.xml"', '"lists/un.xml"', ["watch list un", "  was: file un.xml", "  now: file lists/un.xml"]),
    ("rule big", "rule great", ["rule great: new", None, "", "rule big: gone", None]),
    ("night 00:00..06:00", "night 01:00..06:00",
     ["calendar bank", "  was: night is from 00:00 to 06:00", "  now: night is from 01:00 to 06:00"]),
    ("seconds since 2018-04-01", "milliseconds since 2018-04-01",
     ["columns of record tx", '  was: "t": the time in seconds since 2018-04-01',
      '  now: "t": the time in milliseconds since 2018-04-01']),
    ('"many in an hour"', '"too many in an hour"',
     ["rule burst", '  was: rule burst, "many in an hour"', '  now: rule burst, "too many in an hour"']),
    ("calendar bank", "# a word\ncalendar bank", ["Nothing changes but comments, order or layout."]),
    ("zzz", "zzz", ["The two are the same, byte for byte."]),
]


GO_ON = "  links go on: what is open stays open, and no connection is given up"
SHORT = "; without a journal it begins empty, and answers \"at least\" so long"
CARRIED = [
    ("card.n_1h >= 3", "card.n_1h >= 4", [GO_ON, "  goes on as it is: limit card, profile card"]),
    ("{ n_1h <= 3 }", "{ n_1h <= 5 }", [GO_ON, "  goes on as it is: limit card, profile card"]),
    ("sum(amount) over 1d", "sum(amount) over 30d",
     [GO_ON, "  goes on as it is: limit card", "  warmed: profile card, from the journal as far back as 31 d" + SHORT]),
    ("seconds since 2018-04-01", "milliseconds since 2018-04-01",
     ["  links begin anew: what is open is decided, and what is half seen is not paired",
      "  goes on as it is: limit card, profile card"]),
]


def is_wanted(lines, wanted):
    return len(lines) == len(wanted) and all(b is None or a == b for a, b in zip(lines, wanted))


def main():
    tap = bank.Tap()
    with tempfile.TemporaryDirectory(prefix="countersign-test-") as folder:
        old = bank.write(os.path.join(folder, "old.policy"), OLD)
        new = os.path.join(folder, "new.policy")
        for before, after, wanted in WANTED:
            bank.write(new, OLD.replace(before, after))
            code, out, err = bank.run("diff", old, new)
            lines = out.decode().split("\n\nWhen `run`")[0].split("\n\nbounds\n")[0].rstrip("\n").split("\n")
            tap.ok(code == 0 and is_wanted(lines, wanted), f"{before} -> {after}".replace("\n", " "), f"{out.decode()}{err.decode()}")
        for before, after, wanted in CARRIED:
            bank.write(new, OLD.replace(before, after))
            code, out, err = bank.run("diff", old, new)
            lines = out.decode().split("(SIGHUP):\n")[-1].splitlines()
            tap.ok(code == 0 and lines == wanted, f"at a reload: {before} -> {after}", f"{out.decode()}{err.decode()}")
        bank.write(new, "# nothing\n" + OLD.replace("hold high", "hold hihg"))
        code, out, err = bank.run("diff", old, new)
        tap.ok(code == 2 and not out and b"new.policy:9:" in err, "a policy that is not good is named", err.decode())
        code, out, err = bank.run("diff", old)
        tap.ok(code == 2 and b"two policies" in err, "one policy is not enough", err.decode())
    tap.done()


if __name__ == "__main__":
    main()
