#!/usr/bin/env python3
"""Goal: a story cut short by --minutes says which of its attacks are not in it.
Method: one shipped story in three lengths."""
import os
import subprocess
import sys
import tempfile

SIMULATOR = os.environ["COUNTERSIGN_SIM"]


def said(minutes):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([SIMULATOR, "replayed-and-injected", "--minutes", str(minutes), "--rate", "1", "--out", folder],
                              capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if "eft out" in line]


def main():
    wanted = {10: ["Left out, beginning after the end: replayed at 00:15, injected at 00:35."],
              15: ["Left out, beginning after the end: replayed at 00:15, injected at 00:35."],
              20: ["Left out, beginning after the end: injected at 00:35."],
              36: []}
    print(f"1..{len(wanted)}")
    good = True
    for number, (minutes, lines) in enumerate(wanted.items(), 1):
        found = said(minutes)
        print(f"{'' if found == lines else 'not '}ok {number} - {minutes} minutes of an hour")
        if found != lines:
            print(f"# {found}")
            good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
