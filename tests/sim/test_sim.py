#!/usr/bin/env python3
"""Goal: journal and engine keep their promises through crashes and faults of the disk, and the simulator would notice if it did not.
Method: many seeds; the seeds that once broke something (seeds.txt); seeds played twice; bugs planted on purpose, each of
which must be found within PLANT_SEEDS seeds.
"""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PLANT_SEEDS = 100
TWICE_SEEDS = 40
points = 0


def play(simulator, *words):
    done = subprocess.run([simulator, *map(str, words)], capture_output=True, text=True, errors="replace")
    return done.returncode, done.stdout, done.stderr


def point(good, name, *outputs):
    global points
    points += 1
    print(f"{'ok' if good else 'not ok'} {points} - {name}", flush=True)
    for output in () if good else outputs:
        for line in output.splitlines()[-20:]:
            print(f"# {line}")


def many(simulator, count):
    code, out, err = play(simulator, "--seeds", count)
    told = re.search(r"^\d+ seeds.*", out, re.M)
    point(code == 0 and told, f"{os.path.basename(simulator)}: {told.group(0) if told else 'it told nothing'}", out, err)


def kept(simulator):
    """Rows of seeds.txt: program, seed, profile, and what it showed."""
    with open(os.path.join(HERE, "seeds.txt"), encoding="utf-8") as file:
        rows = [line.split(None, 3) for line in file if line.strip() and not line.startswith("#")]
    for program, seed, profile, what in rows:
        if program != os.path.basename(simulator):
            continue
        code, out, err = play(simulator, "--seed", seed, "--seeds", 1, "--profile", profile)
        point(code == 0, f"{program} seed {seed} ({profile}): {what.strip()}", out, err)


def twice(simulator):
    _, first, _ = play(simulator, "--seeds", TWICE_SEEDS, "--trace")
    _, second, _ = play(simulator, "--seeds", TWICE_SEEDS, "--trace")
    traces = [re.findall(r"^seed.*trace.*", text, re.M) for text in (first, second)]
    point(len(traces[0]) == TWICE_SEEDS and traces[0] == traces[1], "the same seeds twice leave the same traces",
          first, second)
    _, alone, _ = play(simulator, "--seed", TWICE_SEEDS, "--seeds", 1, "--trace")
    point(re.findall(r"^seed.*trace.*", alone, re.M) == traces[0][-1:], "a seed alone leaves the trace it leaves in a row",
          alone)


def planted(simulator, plants):
    for plant in plants:
        code, out, err = play(simulator, "--plant", plant, "--profile", "clean", "--seeds", PLANT_SEEDS)
        found = re.search(r"^seed (\d+) .*breaks an invariant", out, re.M)
        point(code == 1 and found, f"planted {plant}: found by seed {found.group(1) if found else '-'} of {PLANT_SEEDS}",
              out, err)


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--seeds", type=int, default=2000)
    words.add_argument("--plant", action="append", default=[], help="a bug to plant, which must be found")
    words.add_argument("simulator")
    args = words.parse_args()
    kept(args.simulator)
    twice(args.simulator)
    planted(args.simulator, args.plant)
    many(args.simulator, args.seeds)
    print(f"1..{points}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
