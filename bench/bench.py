#!/usr/bin/env python3
"""Runs every bench_* program of a build, collects the JSON line each figure comes as, and prints a table.

Those that take long or want a quiet machine (SLOW) run only when they are named. The file written is an array of {"name","value","unit","reference","ratio"}; docs/benchmarks.md tells the method.
Scripts bench_*.py beside this file are run with the build folder as their only argument.
"""
import argparse
import json
import os
import subprocess
import sys

SLOW = ("bench_recovery", "bench_latency", "bench_handbook")
HERE = os.path.dirname(os.path.abspath(__file__))


def commands(build, only):
    folder = os.path.join(build, "bench")
    found = [[os.path.join(folder, name)] for name in sorted(os.listdir(folder))
             if name.startswith("bench_") and os.path.isfile(os.path.join(folder, name))
             and os.access(os.path.join(folder, name), os.X_OK)]
    found += [[sys.executable, os.path.join(HERE, name), build] for name in sorted(os.listdir(HERE))
              if name.startswith("bench_") and name.endswith(".py")]
    if not only:
        return [c for c in found if not any(os.path.splitext(word)[0].endswith(SLOW) for word in c)]
    return [c for c in found if any(word in " ".join(c) for word in only)]


def figures(command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    rows = []
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            rows.append(json.loads(line))
    if done.returncode != 0 or not rows:
        print(f"{command[-1]}: exit {done.returncode}, {len(rows)} figures\n{done.stderr[-2000:]}", file=sys.stderr)
        return rows, False
    return rows, True


def short(value):
    if not isinstance(value, (int, float)):
        return str(value)
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == ' k' else size):.2f}{letter}"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--build", required=True)
    words.add_argument("--out", required=True)
    words.add_argument("only", nargs="*", help="parts of names")
    args = words.parse_args()
    rows, good = [], True
    for command in commands(os.path.abspath(args.build), args.only):
        print(f"Measuring {os.path.basename(command[1] if len(command) > 1 else command[0])} ...", file=sys.stderr, flush=True)
        found, fine = figures(command)
        rows += found
        good = good and fine
    with open(args.out, "w", encoding="utf-8") as out:
        json.dump(rows, out, indent=1)
        out.write("\n")
    print(f"{'what':<40} {'figure':>12} {'unit':<16} {'ratio':>7}  against")
    for row in rows:
        ratio = row.get("ratio")
        print(f"{row['name']:<40} {short(row['value']):>12} {row['unit']:<16} "
              f"{short(ratio) if ratio is not None else '':>7}  {row.get('reference') or ''}")
    print(f"{len(rows)} figures in {args.out}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
