#!/usr/bin/env python3
"""Goal: the manual pages tell of every option. Method: each option in a command's --help must stand in its page."""
import os
import re
import subprocess
import sys

ROOT = os.environ["COUNTERSIGN_ROOT"]


def options_of(command):
    done = subprocess.run(command + ["--help"], capture_output=True, text=True)
    return done.returncode, sorted(set(re.findall(r"(?<![\w-])--([a-z][a-z-]*)", done.stdout)) - {"help", "version"})


def options_in(page):
    with open(os.path.join(ROOT, "docs", "man", page), encoding="utf-8") as file:
        return set(re.findall(r"Fl -([a-z][a-z-]*)", file.read()))


def main():
    with open(os.path.join(ROOT, "src", "app", "command.def"), encoding="utf-8") as file:
        commands = re.findall(r"^X\((\w+),", file.read(), re.M)
    pages = [([os.environ["COUNTERSIGN"], name], f"countersign-{name}.1") for name in commands]
    if os.path.exists(os.environ["COUNTERSIGN_SIM"]):
        pages.append(([os.environ["COUNTERSIGN_SIM"]], "countersign-sim.1"))
    print(f"1..{len(pages)}")
    good = True
    for number, (command, page) in enumerate(pages, 1):
        status, options = options_of(command)
        try:
            missing = [option for option in options if option not in options_in(page)]
            wrong = f"--help exits with {status}" if status else ", ".join("--" + option for option in missing)
        except OSError:
            wrong = "there is no such page"
        print(f"{'not ' if wrong else ''}ok {number} - {page}{': not told: ' + wrong if wrong else ''}")
        good = good and not wrong
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
