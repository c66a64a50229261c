#!/usr/bin/env python3
"""Goal: policies/swift.policy names every forged, altered, re-issued and replayed payment of the simulated days, from the bytes of
MT messages and the back office's orders alone, and accuses no honest one.

Method: the simulator writes the days, the real binary replays orders and acknowledgements, and alerts are held against the truth
by reference.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.environ["COUNTERSIGN_ROOT"]
POLICY = os.path.join(ROOT, "policies", "swift.policy")
SEED = "4"
NAMED = {"forged_payment", "altered_amount", "same_uetr", "reissued_order", "replayed_message"}
STORIES = {"payment-day": 15, "payment-noon": 1, "payment-night-burst": 35, "payment-altered-amount": 4, "payment-same-uetr": 3,
           "payment-reissued-order": 3, "payment-replay": 3, "payment-resent-batch": 8}
INNOCENT = "innocent-payment-month"


def play(story, folder):
    """Alerts and truth."""
    key = os.path.join(folder, "key")
    with open(key, "wb") as file:
        file.write(bytes(range(16)))
    os.chmod(key, 0o600)
    subprocess.run([os.environ["COUNTERSIGN_SIM"], story, "--seed", SEED, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    with open(POLICY, encoding="utf-8") as file, open(os.path.join(folder, "swift.policy"), "w", encoding="utf-8") as own:
        own.write(file.read().replace("\n# whole", "\n  whole", 1))  # nothing was ordered before these days
    network, alerts = os.path.join(folder, "network.fin"), os.path.join(folder, "alerts.jsonl")
    with open(network, "wb") as out:
        for path in sorted(glob.glob(os.path.join(folder, "acks", "*"))):
            with open(path, "rb") as file:
                out.write(file.read())
    done = subprocess.run([os.environ["COUNTERSIGN"], "replay", own.name, "--events", f"orders={folder}/orders.csv",
                           "--events", f"free={folder}/free.csv",
                           "--events", f"network={network}", "--alerts", alerts, "--token-key", key],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"replay: exit {done.returncode}: {done.stderr}")
    return [[json.loads(line) for line in open(path, encoding="utf-8")] for path in (alerts, os.path.join(folder, "truth.jsonl"))]


def reference(alert):
    return alert["transaction"].get("rrn")


def main():
    good = True
    print(f"1..{len(STORIES) + 2}", flush=True)
    for number, (story, wanted) in enumerate([*STORIES.items(), (INNOCENT, 0)], 1):
        with tempfile.TemporaryDirectory() as folder:
            alerts, truth = play(story, folder)
        wrong = {row["reference"] for row in truth if row.get("what") in NAMED and not row.get("refused")}
        told = {reference(alert) for alert in alerts if alert["nature"] in ("forged", "contradicted")}
        missed, accused = wrong - told, told - wrong
        right = len(wrong) == wanted and not missed and not accused
        good = good and right
        print(f"{'' if right else 'not '}ok {number} - {story}: {len(wrong)} named, {len(missed)} missed, {len(accused)} accused "
              f"falsely", flush=True)
        for what in list(missed)[:3] + list(accused)[:3]:
            print(f"# {what}")
    with tempfile.TemporaryDirectory() as folder:
        alerts, _ = play("payment-smuggled-field", folder)
    right = any(alert["reason"] == "undecoded" for alert in alerts)
    print(f"{'' if right else 'not '}ok {len(STORIES) + 2} - a message with a smuggled field is refused, and told")
    return 0 if good and right else 1


if __name__ == "__main__":
    sys.exit(main())
