"""What a journal costs: the same two captures with and without one, in turns, and the journal read again.

Best of five of each, the wall time of the whole program: the engine, the thread that seals and writes, and the one that
delivers alerts. The disk is the one behind TMPDIR."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release")
BINARY = os.path.join(BUILD, "countersign")
SIM = os.path.join(BUILD, "countersign-sim")
TURNS = 5


def timed(command, folder):
    begun = time.monotonic()
    done = subprocess.run(command, check=True, capture_output=True, text=True,
                          env=dict(os.environ, XDG_STATE_HOME=folder))
    return time.monotonic() - begun, done.stderr


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([SIM, "innocent-day", "--seed", "1", "--minutes", "60", "--rate", "70", "--out", folder],
                       check=True, stdout=subprocess.DEVNULL)
        plain = [BINARY, "replay", os.path.join(ROOT, "policies/two-taps.policy"), "--link",
                 f"visa={folder}/acquirer.pcap", "--link", f"core={folder}/issuer.pcap", "--alerts", f"{folder}/a.jsonl"]
        journal = os.path.join(folder, "journal")
        best = {"off": 1e9, "on": 1e9, "again": 1e9}
        for _ in range(TURNS):
            seconds, said = timed(plain, folder)
            best["off"] = min(best["off"], seconds)
            line = next(line for line in said.splitlines() if " messages, " in line)
            messages = int(line.split(" packets, ")[1].split(" messages")[0].replace(",", ""))
            shutil.rmtree(journal, ignore_errors=True)
            best["on"] = min(best["on"], timed(plain + ["--record", journal], folder)[0])
            best["again"] = min(best["again"], timed([BINARY, "replay", "--journal", journal, "--alerts",
                                                      f"{folder}/b.jsonl"], folder)[0])
    print(json.dumps({"name": "replay_with_journal", "value": round(messages / best["on"]), "unit": "messages/s",
                      "reference": "without a journal", "ratio": round(best["off"] / best["on"], 3)}))
    print(json.dumps({"name": "journal_read_again", "value": round(messages / best["again"]), "unit": "messages/s",
                      "reference": "from the captures", "ratio": round(best["off"] / best["again"], 3)}))


main()
