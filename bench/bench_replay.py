"""Replay end to end: two captures of the simulator (four messages a transaction) against the shipped policy.

Best of three runs, the wall time of the whole program. The reference is the same with a tenth of the history:
near 1 means that the cost of a message does not grow."""
import json
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release")
BINARY = os.path.join(BUILD, "countersign")
SIM = os.path.join(BUILD, "countersign-sim")


def speed(folder, minutes):
    """Messages a second of the best of three replays."""
    out = os.path.join(folder, str(minutes))
    subprocess.run([SIM, "innocent-day", "--seed", "1", "--minutes", str(minutes), "--rate", "70", "--out", out],
                   check=True, stdout=subprocess.DEVNULL)
    command = [BINARY, "replay", os.path.join(ROOT, "policies/two-taps.policy"), "--link",
               f"visa={out}/acquirer.pcap", "--link", f"core={out}/issuer.pcap", "--alerts", f"{out}/alerts.jsonl"]
    best = 0
    for _ in range(3):
        begun = time.monotonic()
        done = subprocess.run(command, check=True, capture_output=True, text=True,
                              env=dict(os.environ, XDG_STATE_HOME=folder))
        seconds = time.monotonic() - begun
        said = next(line for line in done.stderr.splitlines() if " messages, " in line)
        messages = int(said.split(" packets, ")[1].split(" messages")[0].replace(",", ""))
        best = max(best, messages / seconds)
    return best


def main():
    with tempfile.TemporaryDirectory() as folder:
        short = speed(folder, 6)
        value = speed(folder, 60)
    print(json.dumps({"name": "replay_two_legs", "value": round(value), "unit": "messages/s",
                      "reference": "a tenth of the history", "ratio": round(value / short, 3)}))


main()
