#!/usr/bin/env python3
"""Goal: the 14 features that the Fraud Detection Handbook publishes for a day come out of profiles: counts exact, means
and shares to 1e-6, and no label is known a day too soon.
Method: 129 days of its raw payments through handbook_profile (argument 1), compared with its own transformed table."""
import csv
import gzip
import os
import shutil
import subprocess
import sys

import countersign as cs

FRAUD = os.path.join(cs.SHARED, "data", "fraud")
ROWS = os.path.join(FRAUD, "handbook_tx_days000_128.csv.gz")
ORACLE = os.path.join(FRAUD, "handbook_features_day128.csv.gz")
DAY, COLUMNS = 128, 15


def recomputed():
    """tx_id to its 14 values as (exact integer or None, number)."""
    with gzip.open(ROWS) as rows, subprocess.Popen([sys.argv[1], str(DAY)], stdin=subprocess.PIPE,
                                                   stdout=subprocess.PIPE) as run:
        # The answers of one day fit no pipe: they are read while the rows are written.
        writer = os.fork()
        if writer == 0:
            run.stdout.close()
            shutil.copyfileobj(rows, run.stdin, 1 << 20)
            run.stdin.close()
            os._exit(0)
        run.stdin.close()
        lines = run.stdout.read().decode().splitlines()
        os.waitpid(writer, 0)
    return run.returncode, {int(line.split(",")[0]): line.split(",")[1:] for line in lines}


def value(text, cents):
    if "/" not in text:
        return int(text)
    part, of = map(int, text.split("/"))
    # The handbook says 0 where there is nothing.
    return part / of / (100 if cents else 1) if part else 0.0


def main():
    tap = cs.Tap()
    if not (os.path.exists(ROWS) and os.path.exists(ORACLE)):
        cs.absent(tap, "the handbook's features of day 128", FRAUD)
        tap.end()
    code, found = recomputed()
    with gzip.open(ORACLE, "rt") as text:
        expected = list(csv.reader(text))[1:]
    tap.point(code == 0 and len(found) == len(expected) > 9000, "every payment of day 128 was answered exactly",
              "exit %d, %d of %d" % (code, len(found), len(expected)))
    bad_counts, bad_means, worst, seen = [], [], 0.0, 0
    for row in expected:
        got = found.get(int(row[0]), ["-1"] * (COLUMNS - 1))
        for at in range(COLUMNS - 1):
            quotient = at >= 3 and at % 2 == 1
            mine, theirs = value(got[at], at < 8), float(row[at + 1])
            seen += 1
            if not quotient and mine != theirs:
                bad_counts.append("%s column %d: %s, not %s" % (row[0], at + 1, mine, theirs))
            if quotient:
                worst = max(worst, abs(mine - theirs))
            if quotient and abs(mine - theirs) > 1e-6:
                bad_means.append("%s column %d: %s, not %s" % (row[0], at + 1, mine, theirs))
    tap.point(not bad_counts and seen > 100000, "counts are equal", "\n".join(bad_counts[:10]))
    tap.point(not bad_means, "means and shares are equal to 1e-6 (worst %.1e)" % worst, "\n".join(bad_means[:10]))
    tap.end()


if __name__ == "__main__":
    sys.exit(main())
