#!/usr/bin/env python3
"""Goal: no failure is lost between a test and the last line. Method: made-up logs of each kind, and the line they give."""
import json
import os
import subprocess
import sys
import tempfile

COUNT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "count.py")
CASES = [
    ("all good", "OK", 0, "1..2\nok 1 - a\nok 2 - b\n", "2 passed, 0 failed"),
    ("one point fails", "FAIL", 1, "1..2\nok 1 - a\nnot ok 2 - b\n", "1 passed, 1 failed"),
    ("a crash after good points", "ERROR", -11, "1..3\nok 1 - a\n", "1 passed, 1 failed"),
    ("a crash before any", "ERROR", -6, "", "0 passed, 1 failed"),
    ("good points, bad exit", "ERROR", 1, "1..1\nok 1 - a\n", "1 passed, 1 failed"),
    ("out of time", "TIMEOUT", -15, "1..2\nok 1 - a\nok 2 - b\n", "2 passed, 1 failed"),
    ("fewer points than planned", "OK", 0, "1..3\nok 1 - a\n", "1 passed, 1 failed"),
    ("a skipped program", "SKIP", 0, "1..0 # SKIP not here\n", "0 passed, 0 failed"),
    ("a skipped point", "OK", 0, "1..2\nok 1 - a\nok 2 - b # SKIP not here\n", "1 passed, 0 failed"),
]


def last_line(result, status, output):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x/run.json")
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as log:
            log.write(json.dumps({"name": "t", "result": result, "returncode": status, "stdout": output}) + "\n")
        done = subprocess.run([sys.executable, COUNT, path], capture_output=True, text=True)
        return done.stdout.splitlines()[-1], done.returncode, done.stdout


def main():
    print(f"1..{len(CASES) + 1}")
    good = True
    for number, (title, result, status, output, wanted) in enumerate(CASES, 1):
        line, code, text = last_line(result, status, output)
        failing = wanted.endswith(" 0 failed") and not wanted.startswith("0 ")
        fine = line == wanted and (code == 0) == failing and ("SKIP" not in output or "skipped  " in text)
        print(f"{'' if fine else 'not '}ok {number} - {title}{'' if fine else ': ' + line}")
        good = good and fine
    done = subprocess.run([sys.executable, COUNT, "/nowhere/run.json"], capture_output=True, text=True)
    fine = done.stdout.endswith("0 passed, 1 failed\n") and done.returncode == 1
    print(f"{'' if fine else 'not '}ok {len(CASES) + 1} - a log that is not there")
    return 0 if good and fine else 1


if __name__ == "__main__":
    sys.exit(main())
