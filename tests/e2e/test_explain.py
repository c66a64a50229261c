#!/usr/bin/env python3
"""Goal: `explain` gives the reasons of an alert, with the very events that were counted.
Method: a tree worked out by hand, of files and of a journal; alerts of a long random history, where what is listed under a
count is as many as the count says, of one card, in its window, and up to the alert's event."""
import json
import os
import random
import re
import tempfile

import bank
import test_backtest as history

SMALL = history.RECORD + """
profile card by card { n_1h = count() over 1h including this
  far = sum(amount) over 1d where amount >= 20 EUR excluding this  keys 100 }
limit card "never so many" { n_1h <= 3 }
rule burst "many in an hour" owner "cards" {
  when card.n_1h >= 3 and (card.far > 500 EUR or not terminal is missing) then hold high mode live }
rule points { when card.n_1h >= 2 then score 5 mode live }
score { hold at 5 }
"""
BURST = """
rule burst, "many in an hour"
  when
    all of these: yes
      yes  card.n_1h >= 3: 4 against 3, over 1h
          n_1h by card: how many over 1h; counts the event itself: 4 events
            2018-04-01T00:00:00.000000000Z  amount 10.00 EUR  terminal T1  id a
            2018-04-01T00:10:00.000000000Z  amount 100.00 EUR  terminal T1  id b
            2018-04-01T00:20:00.000000000Z  amount 20.00 EUR  terminal T1  id c
            2018-04-01T00:30:00.000000000Z  amount 150.00 EUR  terminal T1  id d
      any of these: yes
        no  card.far > 500 EUR: 120.00 EUR against 500.00 EUR, over 1d
            far by card: sum of amount in EUR over 1d where amount >= 20 EUR; without the event itself: 2 events
              2018-04-01T00:10:00.000000000Z  amount 100.00 EUR  terminal T1  id b
              2018-04-01T00:20:00.000000000Z  amount 20.00 EUR  terminal T1  id c
        not this: yes
          no  terminal is missing: T1
"""
WINDOWS = {"n_10min by card": 600, "spent_1h by card": 3600, "n_1h by terminal": 3600}


def alerts_of(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def tree_of(text):
    return text.split("\n\n", 1)[1] if "\n\n" in text else ""


def check_small(tap, folder):
    key = history.keyed(folder)
    policy = bank.write(os.path.join(folder, "small.policy"), SMALL)
    rows = bank.write(os.path.join(folder, "rows.csv"), history.ROWS)
    alerts, journal = os.path.join(folder, "alerts.jsonl"), os.path.join(folder, "journal")
    bank.run("replay", policy, "--token-key", key, "--events", rows, "--alerts", alerts, "--record", journal,
             home=folder)
    of_d = {a["expectation"]: a["id"] for a in alerts_of(alerts) if a["transaction"]["rrn"] == "d"}
    tap.ok(sorted(of_d) == ["limit.card", "rule.burst", "score"], "the alerts there are", of_d)
    files = ["--token-key", key, "--events", rows]
    said = {}
    for name, number in of_d.items():
        code, out, err = bank.run("explain", policy, "--alert", number, *files)
        said[name] = out.decode()
        again, kept, journal_err = bank.run("explain", policy, "--alert", number.upper(), "--journal", journal,
                                            home=folder)
        tap.ok([code, again] == [0, 0] and tree_of(kept.decode()) == tree_of(said[name]) != "",
               f"{name}: files and the journal give one tree", f"{out}{err}{kept}{journal_err}")
    tap.ok("\n" + tree_of(said["rule.burst"]) == BURST, "the tree by hand", said["rule.burst"])
    tap.ok("must hold\n    no  n_1h <= 3: 4 against 3, over 1h\n" in said["limit.card"], "the limit's", said["limit.card"])
    tap.ok("rule points\n  when\n    yes  card.n_1h >= 2: 4 against 2" in said["score"], "the score's", said["score"])
    bad = bank.write(os.path.join(folder, "bad.csv"), history.ROWS + "x,soon,1,T1,1.00,0\n")
    bank.run("replay", policy, "--token-key", key, "--events", bad, "--alerts", alerts)
    number = [a["id"] for a in alerts_of(alerts) if a["expectation"] == "rule.burst"][0]
    code, out, err = bank.run("explain", policy, "--alert", number, "--token-key", key, "--events", bad)
    tap.ok(code == 0 and out and err.count(b"bad.csv:9:") == 1, "a bad row is named once, though rows are read twice", err)
    code, out, err = bank.run("explain", policy, "--alert", "0" * 32, *files)
    tap.ok(code == 1 and not out and b"does not lead to alert 000" in err, "an alert that is not there", err)
    code, _, err = bank.run("explain", policy, "--alert", "xyz", *files)
    tap.ok(code == 2 and b"32 hex digits" in err, "what is no number", err)
    code, _, err = bank.run("explain", policy, "--alert", "0" * 32, "--events", "-")
    tap.ok(code == 2 and b"twice" in err, "standard input is refused", err)


def branches(text):
    """(title, value in words, number of events, seconds of their times) of each branch."""
    found, words = [], ""
    for line in text.splitlines():
        test = re.match(r" *(?:yes|no|unknown)  .*?: (.*?) against ", line)
        branch = re.match(r" *(\w+ by \w+): .*: (\d+) events?(, the newest:)?$", line)
        event = re.match(r" *2018-\d\d-(\d\d)T(\d\d):(\d\d):(\d\d)\.0+Z  ", line)
        if test:
            words = test.group(1)
        elif branch:
            found.append((branch.group(1), words, int(branch.group(2)), []))
        elif event and found:
            day, hour, minute, second = map(int, event.groups())
            found[-1][3].append(((day * 24 + hour) * 60 + minute) * 60 + second)
    return found


def is_right(branch, last):
    title, words, n, times = branch
    if title not in WINDOWS:
        return True
    counted = title.startswith("n_") and words.isdigit()
    return ((not counted or int(words) == n) and len(times) == min(n, 50) and
            all(0 <= last - at < WINDOWS[title] for at in times))


def check_random(tap, folder, seed):
    key = history.keyed(folder)
    policy = bank.write(os.path.join(folder, "random.policy"), history.RANDOM)
    rows = bank.write(os.path.join(folder, "random.csv"), history.history(seed, 3000))
    alerts = os.path.join(folder, "random.jsonl")
    files = ["--token-key", key, "--events", rows]
    bank.run("replay", policy, *files, "--alerts", alerts)
    told = [a for a in alerts_of(alerts) if a["expectation"].split(".")[0] in ("rule", "limit", "score")]
    for alert in random.Random(seed).sample(told, 12):
        code, out, err = bank.run("explain", policy, "--alert", alert["id"], *files)
        text = out.decode()
        when = re.match(r"2018-\d\d-(\d\d)T(\d\d):(\d\d):(\d\d)", text)
        day, hour, minute, second = map(int, when.groups()) if when else (0, 0, 0, 0)
        last = ((day * 24 + hour) * 60 + minute) * 60 + second
        found = branches(text)
        tap.ok(code == 0 and found and all(is_right(branch, last) for branch in found),
               f"seed {seed}: {alert['expectation']} of {alert['transaction']['rrn']}", text + err.decode())


def main():
    tap = bank.Tap()
    with tempfile.TemporaryDirectory(prefix="countersign-test-") as folder:
        check_small(tap, folder)
        for seed in (1, 2):
            check_random(tap, folder, seed)
    tap.done()


if __name__ == "__main__":
    main()
