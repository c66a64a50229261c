#!/usr/bin/env python3
"""Runs each libFuzzer target for so many seconds on its corpus, one after the other, and tells what came of it.

New inputs are kept in BUILD/corpus/<target> and merged down there at the end; findings in BUILD/findings. The committed
corpus is read, never written.
"""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def run(program, target, build, seconds):
    seeds = os.path.join(HERE, "corpus", target)
    grown = os.path.join(build, "corpus", target)
    findings = os.path.join(build, "findings", target)
    for folder in (grown, findings):
        os.makedirs(folder, exist_ok=True)
    command = [program, f"-max_total_time={seconds}", "-print_final_stats=1", "-rss_limit_mb=1500", "-timeout=10",
               f"-artifact_prefix={findings}/", grown, seeds]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    number = lambda word: int((re.findall(word + r":\s*(\d+)", done.stderr) or ["0"])[-1])
    edges = (re.findall(r"cov: (\d+)", done.stderr) or ["0"])[-1]
    found = sorted(os.listdir(findings))
    bad = done.returncode != 0
    print(f"{target:<16} {number('stat::number_of_executed_units'):>12} runs {number('stat::average_exec_per_sec'):>8}/s  "
          f"{edges:>6} edges  {len(os.listdir(grown)):>5} inputs kept  {'FINDING' if bad else 'no finding'}", flush=True)
    if bad:
        print("\n".join(done.stderr.splitlines()[-40:]))
        for name in found:
            print(f"  reproduce: {program} {os.path.join(findings, name)}")
    return bad


def merge(program, target, build):
    grown, merged = os.path.join(build, "corpus", target), os.path.join(build, "merged", target)
    os.makedirs(merged, exist_ok=True)
    subprocess.run([program, "-merge=1", merged, grown, os.path.join(HERE, "corpus", target)], capture_output=True)
    return len(os.listdir(merged))


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--build", required=True)
    words.add_argument("--seconds", type=int, default=60)
    words.add_argument("--target", help="with or without fuzz_")
    args = words.parse_args()
    folder = os.path.join(args.build, "tests", "fuzz")
    programs = sorted(p for p in os.listdir(folder) if p.startswith("fuzz_") and os.access(os.path.join(folder, p), os.X_OK)
                      and os.path.isfile(os.path.join(folder, p)))
    if args.target:
        programs = [p for p in programs if p in (args.target, "fuzz_" + args.target)]
    if not programs:
        print("There is no such target.", file=sys.stderr)
        return 2
    bad = 0
    for program in programs:
        path, target = os.path.join(os.path.abspath(folder), program), program[len("fuzz_"):]
        bad += run(path, target, os.path.abspath(args.build), args.seconds)
        merge(path, target, os.path.abspath(args.build))
    print(f"{len(programs)} targets, {bad} with a finding")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
