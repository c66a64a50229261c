#!/usr/bin/env python3
"""Adds up every TAP point of a test run and prints `N passed, N failed` as its last line.

Reads meson's JSON logs (one test per line, with its output) and plain .tap files. A program that crashed, ran out of
time or printed no plan counts as one failure beside the points it printed. Skips are named, one line each.
"""
import json
import re
import sys

POINT = re.compile(r"^(not )?ok\b\s*(\d*)\s*(?:-\s*)?(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*SKIP\s*(.*))?", re.I)


class Count:
    def __init__(self):
        self.passed = 0
        self.failures = []
        self.skips = []

    def point(self, name, match):
        text = match.group(3)
        skip = re.search(r"#\s*SKIP\b\s*(.*)", text, re.I)
        if skip:
            self.skips.append(f"{name}: {skip.group(1) or text}")
        elif match.group(1):
            self.failures.append(f"{name}: {text or match.group(2)}")
        else:
            self.passed += 1

    def output(self, name, text):
        """Counts one program's output; returns what is wrong with it as TAP, or None."""
        points, plan = 0, None
        for line in text.splitlines():
            match = POINT.match(line)
            if match:
                points += 1
                self.point(name, match)
                continue
            match = PLAN.match(line)
            if match:
                plan = int(match.group(1))
                if plan == 0:
                    self.skips.append(f"{name}: {match.group(2) or 'no reason given'}")
        if plan is None:
            return "it printed no plan"
        if plan != points:
            return f"it planned {plan} points and printed {points}"
        return None

    def meson(self, path):
        with open(path, encoding="utf-8", errors="replace") as log:
            for line in log:
                test = json.loads(line)
                name = f"{path.split('/')[1]} {test['name']}"
                before = len(self.failures)
                wrong = self.output(name, test.get("stdout") or "")
                good = test["result"] in ("OK", "SKIP", "EXPECTEDFAIL")
                if wrong or (not good and len(self.failures) == before):
                    self.failures.append(f"{name}: {wrong or 'all points good, yet'} ({test['result']}, "
                                         f"exit {test.get('returncode')})")
                if len(self.failures) > before:
                    self.show(test)

    def show(self, test):
        text = (test.get("stderr") or "") + "\n" + (test.get("stdout") or "")
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("ok ")]
        for line in lines[-25:]:
            print(f"    {line[:300]}")

    def tap(self, path):
        with open(path, encoding="utf-8", errors="replace") as log:
            wrong = self.output(path, log.read())
        if wrong:
            self.failures.append(f"{path}: {wrong}")


def main():
    count = Count()
    for path in sys.argv[1:]:
        try:
            (count.meson if path.endswith(".json") else count.tap)(path)
        except (OSError, ValueError) as error:
            count.failures.append(f"{path}: cannot be read ({error})")
    for skip in sorted(set(count.skips)):
        print(f"skipped  {skip}")
    for failure in count.failures:
        print(f"failed   {failure}")
    print(f"{count.passed} passed, {len(count.failures)} failed")
    return 1 if count.failures or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main())
