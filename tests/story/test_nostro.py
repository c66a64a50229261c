#!/usr/bin/env python3
"""Goal: policies/nostro.policy finds what is wrong between payments, confirmations and statements in the simulated days, and accuses
no honest payment in an innocent month: at most one false hold in ten thousand.

Method: the simulator writes the days, the real binary replays acknowledgements and what came in, and alerts are held against the
truth by reference. Files end with the last day of the story; what was sent a day later is left out, but where a story asks for it.
"""
import datetime
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.environ["COUNTERSIGN_ROOT"]
SEEDS = ("4", "9")
GRAVE = ("forged", "contradicted")
# What is told of whom: references of these truths by these expectations, and reasons about statements; days to go on behind the end.
STORIES = {
    "payment-deleted-confirmation": ({"deleted_confirmation"}, {"announced"}, set(), 0),
    "payment-statement-left": ({"deleted_confirmation"}, set(), {"statement_sum"}, 0),
    "payment-statement-repaired": ({"deleted_confirmation"}, set(), {"statement_chain"}, 0),
    "payment-statement-carried": ({"forged_payment"}, {"confirmed_bare"}, set(), 4),
    "payment-silence": (set(), set(), {"statement_silent", "statement_gap"}, 0),
}


def bounds(story):
    """The end of the story as file names tell time."""
    with open(os.path.join(ROOT, "sim", "stories", story + ".story"), encoding="utf-8") as file:
        text = file.read()
    start = datetime.datetime.strptime(re.search(r"^start (\S+ \S+)", text, re.M)[1], "%Y-%m-%d %H:%M")
    return start + datetime.timedelta(minutes=int(re.search(r"^minutes (\d+)", text, re.M)[1]))


def join(folder, source, end):
    """All messages of a folder up to END as one file."""
    path = os.path.join(folder, source + ".fin")
    with open(path, "wb") as out:
        for name in sorted(glob.glob(os.path.join(folder, source, "*"))):
            if os.path.basename(name) < end.strftime("%Y%m%d-%H%M%S"):
                with open(name, "rb") as file:
                    out.write(file.read())
    return path


def play(story, seed, folder, days):
    """Alerts, truth, and how many payments there were."""
    key = os.path.join(folder, "key")
    with open(key, "wb") as file:
        file.write(bytes(range(16)))
    os.chmod(key, 0o600)
    subprocess.run([os.environ["COUNTERSIGN_SIM"], story, "--seed", seed, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    own, alerts = os.path.join(folder, "nostro.policy"), os.path.join(folder, "alerts.jsonl")
    with open(os.path.join(ROOT, "policies", "nostro.policy"), encoding="utf-8") as file, open(own, "w", encoding="utf-8") as out:
        out.write(file.read().replace("\n# whole", "\n  whole"))  # nothing was before these days
    end = bounds(story) + datetime.timedelta(days=days)
    network, received = join(folder, "acks", end), join(folder, "in", end)
    done = subprocess.run([os.environ["COUNTERSIGN"], "replay", own, "--events", f"network={network}", "--events",
                           f"confirmations={received}", "--events", f"statements={received}", "--alerts", alerts, "--token-key", key],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"replay: exit {done.returncode}: {done.stderr}")
    rows = [[json.loads(line) for line in open(path, encoding="utf-8")] for path in (alerts, os.path.join(folder, "truth.jsonl"))]
    return *rows, len(glob.glob(os.path.join(folder, "acks", "*")))


def story_is_told(story, seed):
    """What of a story was not told."""
    truths, names, reasons, days = STORIES[story]
    with tempfile.TemporaryDirectory() as folder:
        alerts, truth, _ = play(story, seed, folder, days)
    grave = [alert for alert in alerts if alert["nature"] in GRAVE]
    end = (bounds(story) + datetime.timedelta(days=days)).isoformat()
    wanted = {row["reference"] for row in truth if names and row.get("what") in truths and row["time"] < end}
    told = {alert["transaction"].get("rrn") for alert in grave if alert["expectation"] in names}
    touched = {row.get("reference") for row in truth}
    accused = [alert for alert in grave if alert["expectation"] in ("ours", "announced", "intraday")
               and alert["transaction"].get("rrn") not in touched]
    missing = [*(wanted - told), *(reasons - {alert["reason"] for alert in grave})]
    return missing + [f"accused: {alert['words']}" for alert in accused], len(wanted)


def say(good, number, words, notes):
    print(f"{'' if good else 'not '}ok {number} - {words}", flush=True)
    for note in notes[:5]:
        print(f"# {note}")
    return good


def main():
    good, number = True, 0
    print(f"1..{(len(STORIES) + 1) * len(SEEDS)}", flush=True)
    for seed in SEEDS:
        for story in STORIES:
            number += 1
            wrong, n = story_is_told(story, seed)
            good = say(not wrong, number, f"{story}, seed {seed}: {n} references, {len(wrong)} wrong", wrong) and good
        number += 1
        with tempfile.TemporaryDirectory() as folder:
            alerts, _, payments = play("innocent-payment-month", seed, folder, 0)
        held = [alert["words"] for alert in alerts if alert["nature"] in GRAVE and alert["verdict"] != "allow"]
        good = say(len(held) * 10000 <= payments, number,
                   f"an innocent month, seed {seed}: {len(held)} false holds of {payments} payments", held) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
