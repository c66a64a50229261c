#!/usr/bin/env python3
"""Compares the alerts of a replay with the simulator's truth: what was found, what was missed, what was falsely accused.

As a program, for ./run demo:  robberies.py --show DIR -- countersign replay ... --alerts DIR/alerts.jsonl
runs the replay and tells the outcome in plain words. As a module, for tests: compare(alerts, truth).
"""
import argparse
import collections
import json
import os
import subprocess
import sys

ACCUSING = ("forged", "contradicted")
TITLES = {
    "forged_approval": "forged approvals, the issuer was never asked",
    "rewritten_decline": "declines of the issuer turned into approvals",
    "signed_off_approval": "approvals while the bank was signed off",
    "tampered_amount": "amounts changed between the legs",
    "replayed": "responses played again",
    "injected": "responses nobody had asked for",
    "forged_ahead": "approvals sent before the issuer answered",
    "stand_in_without_advice": "stand-in approvals that were never advised",
}


# The data elements a person looks at first: card, amount, trace numbers, terminal, approval code, response code.
TELLING = ("2", "4", "11", "37", "41", "38", "39")


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def keys_of(row):
    """Ways to name one transaction; any in common is the same one."""
    for names in (("stan", "terminal"), ("rrn", "terminal"), ("rrn", "stan")):
        values = tuple(str(row.get(name) or "").strip() for name in names)
        if all(values):
            yield names + values


class Outcome:
    def __init__(self, summary):
        self.summary = summary        # the truth's last line
        self.found = []               # (truth row, its first alert)
        self.missed = []              # truth rows without an accusing alert, though captured
        self.unseen = []              # truth rows the capture lost itself
        self.false_alarms = []        # accusing alerts about innocent transactions
        self.hints = []               # anomalies about innocent transactions
        self.also = collections.defaultdict(collections.Counter)  # hints about forged ones, by robbery
        self.unproven = 0
        self.behaviour = collections.Counter()  # what rules and limits say: behaviour.py judges it
        self.counters = 0             # conservation alerts: about an interval, not a transaction
        self.coverage = collections.Counter()


def compare(alerts, truth):
    rows, summary = [], {}
    for row in truth:
        if "summary" in row:
            summary = row["summary"]
        elif row["what"] != "genuine_unlimited":
            rows.append(row)
    outcome = Outcome(summary)
    index = {key: number for number, row in enumerate(rows) for key in keys_of(row)}
    first = {}
    for alert in alerts:
        judge(alert, index, first, outcome, rows)
    for number, row in enumerate(rows):
        if number in first:
            outcome.found.append((row, first[number]))
        elif row.get("captured") is False:
            outcome.unseen.append(row)
        else:
            outcome.missed.append(row)
    return outcome


def judge(alert, index, first, outcome, rows):
    nature = alert["nature"]
    if nature == "coverage":
        outcome.coverage[alert["reason"]] += 1
        return
    if nature == "behaviour":
        outcome.behaviour[alert["expectation"]] += 1
        return
    if alert["reason"] == "conservation":
        outcome.counters += 1
        return
    number = next((index[key] for key in keys_of(alert.get("transaction") or {}) if key in index), None)
    if nature == "unproven":
        outcome.unproven += 1
    elif number is None:
        (outcome.false_alarms if nature in ACCUSING else outcome.hints).append(alert)
    elif nature in ACCUSING:
        first.setdefault(number, alert)
    else:
        outcome.also[name_of(rows[number])][alert["reason"]] += 1


def money(rows):
    sums = collections.Counter()
    for row in rows:
        sums[row.get("currency") or "?"] += row.get("amount_minor") or 0
    return ", ".join(f"{minor // 100:,}.{minor % 100:02} {currency}" for currency, minor in sorted(sums.items()))


def clock(time):
    return time[11:19]


def show_message(evidence):
    fields = evidence.get("fields") or {}
    told = "  ".join(f"DE{number} {fields[number]}" for number in TELLING if number in fields)
    place = f"{os.path.basename(str(evidence.get('source')))} packet {evidence.get('packet')}"
    return f"      {evidence.get('leg', ''):<5} {evidence.get('mti', ''):<4}  {clock(evidence['time'])}  {place:<28}  {told}"


def show_robbery(number, name, pairs, missed, also):
    what = pairs[0][0]["what"] if pairs else missed[0]["what"]
    rows = [row for row, _ in pairs] + missed
    times = sorted(row["time"] for row in rows)
    print(f"  {number}. {name}: {len(rows)} {TITLES.get(what, what)}")
    print(f"     {money(rows)}, {clock(times[0])} to {clock(times[-1])}; {len(pairs)} of {len(rows)} named.")
    reasons = collections.Counter(alert["reason"] for _, alert in pairs)
    print("     Named for: " + ", ".join(f"{reason} ({n})" for reason, n in reasons.most_common()))
    if also:
        print("     Unlike this issuer besides: " + ", ".join(f"{reason} ({n})" for reason, n in also.most_common()))
    if pairs:
        alert = pairs[0][1]
        print(f"     One of them: {alert['words']}")
        for evidence in alert["evidence"]:
            print(show_message(evidence))
    print()


def show(outcome):
    groups = collections.defaultdict(lambda: ([], []))
    for row, alert in outcome.found:
        groups[name_of(row)][0].append((row, alert))
    for row in outcome.missed:
        groups[name_of(row)][1].append(row)
    total = len(outcome.found) + len(outcome.missed)
    print(f"What was caught: {len(outcome.found)} of {total} forged or changed approvals, in {len(groups)} robberies.\n")
    order = sorted(groups.items(), key=lambda item: min(r["time"] for r in [p[0] for p in item[1][0]] + item[1][1]))
    for number, (name, (pairs, missed)) in enumerate(order, 1):
        show_robbery(number, name, pairs, missed, outcome.also[name])
    innocent = (outcome.summary.get("transactions") or total) - total
    print(f"Innocent transactions: {innocent}; falsely accused: {len(outcome.false_alarms)}; "
          f"unproven for want of capture: {outcome.unproven}; hints: {len(outcome.hints)}.")
    for alert in outcome.false_alarms[:5]:
        print(f"  falsely: {alert['reason']}: {alert['words']}")


def name_of(row):
    parts = [row.get("model") and f"model {row['model']}", row.get("variant")]
    return ", ".join(str(part) for part in parts if part) or row["what"].replace("_", " ")


NEXT = """
What to type on your own captures (one file of each side of the switch, or one of both):
  build/release/countersign identify YOUR.pcap        names the framing and the dialect of each connection
  cp policies/two-taps.policy mine.policy             say there which ports, framings and dialects are yours
  build/release/countersign check mine.policy         tells what it means and what it will cost, or what is wrong
  build/release/countersign replay mine.policy --capture YOUR.pcap"""


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--show", required=True, metavar="DIR")
    words.add_argument("command", nargs="+")
    args = words.parse_args()
    done = subprocess.run(args.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
        return done.returncode
    outcome = compare(read_lines(os.path.join(args.show, "alerts.jsonl")), read_lines(os.path.join(args.show, "truth.jsonl")))
    show(outcome)
    print("\nWhat Countersign said about what it saw:")
    print("\n".join("  " + line for line in done.stderr.rstrip().splitlines()))
    print(f"\nEvery alert with its messages: {os.path.join(args.show, 'alerts.jsonl')}")
    print(NEXT)
    return 0 if outcome.found and not outcome.missed and not outcome.false_alarms else 1


if __name__ == "__main__":
    sys.exit(main())
