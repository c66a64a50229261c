#!/usr/bin/env python3
"""Goal: ISO 20022 messages of others come out as their records say.
Method: `decode mx --full` over the shared vectors. Each to be accepted is, with every value of `key` and of `expect`;
each to be rejected is; alerts that are wanted are raised. What is raised beyond is listed here, by message.
"""
import decimal
import json
import os
import subprocess

import countersign as cs

FOLDER = os.path.join(cs.SHARED, "data/payments")
AMOUNTS = ("amount", "sum", "ctrl_sum", "credit_sum", "debit_sum", "booked_credits", "booked_debits",
           "instructed_amount", "original_amount", "exchange_rate")
# Totals that are indeed not the sums, in messages whose records ask for no alert.
BEYOND = {"pacs008-077", "pacs008-083", "pacs009-040", "pain001-024"}


def differences(wanted, got, path=""):
    """Where GOT lacks a value of WANTED. Lists of WANTED hold the first members only."""
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            if not isinstance(got, dict) or key not in got:
                yield f"{path}.{key}: missing, wanted {value!r}"
            else:
                yield from differences(value, got[key], f"{path}.{key}")
    elif isinstance(wanted, list):
        if len(got) < len(wanted):
            yield f"{path}: {len(got)} members, wanted {len(wanted)}"
        for index, (a, b) in enumerate(zip(wanted, got)):
            yield from differences(a, b, f"{path}[{index}]")
    elif path.rsplit(".", 1)[-1] in AMOUNTS:
        if decimal.Decimal(wanted) != decimal.Decimal(got):
            yield f"{path}: {got}, wanted {wanted}"
    elif wanted != got:
        yield f"{path}: {got!r}, wanted {wanted!r}"


def judge(record, line):
    """What is wrong with the LINE written for RECORD."""
    verdict = line["verdict"]
    if record["verdict"] not in (verdict, "either"):
        yield f"{verdict}, wanted {record['verdict']}: {line['reasons']}"
        return
    if verdict == "reject":
        reason = line["reasons"][0]
        if not reason["code"] or not reason["text"]:
            yield "rejected without a reason"
        if reason["offset"] > os.path.getsize(os.path.join(FOLDER, record["file"])):
            yield "the reason lies outside of the message"
        return
    yield from differences(record.get("key") or {}, line["key"], "key")
    if record.get("key") is not None:
        yield from (f"key.{name}: not wanted" for name in line["key"] if name not in record["key"])
    yield from differences(record["expect"], line["full"])
    yield from (f"no alert {alert}" for alert in record.get("alerts", []) if alert not in line["alerts"])
    beyond = set(line["alerts"]) - set(record.get("alerts", []))
    if beyond - ({"ctrl_sum_mismatch"} if record["id"] in BEYOND else set()):
        yield f"alerts beyond: {sorted(beyond)}"


def main():
    tap = cs.Tap()
    path = os.path.join(FOLDER, "mx/expected_dev.jsonl")
    if not os.path.exists(path):
        cs.absent(tap, "messages of others", "the shared payment data")
        tap.end()
    with open(path, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    files = [os.path.join(FOLDER, record["file"]) for record in records]
    output = subprocess.run([cs.BINARY, "decode", "mx", "--full"] + files, capture_output=True, check=True).stdout
    lines = [json.loads(line) for line in output.splitlines()]
    tap.point([line["file"] for line in lines] == files, "one line a file, in order")
    for record, line in zip(records, lines):
        found = list(judge(record, line))
        tap.point(not found, f"{record['id']} {record['type']} {record['verdict']}", "\n".join(found))
    tap.end()


if __name__ == "__main__":
    main()
