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


def list_words():
    """Words of a mapping that --help or the page of `lists` does not tell."""
    with open(os.path.join(ROOT, "src", "screen", "list_column.def"), encoding="utf-8") as file:
        words = [word for word in re.findall(r'^X\(\w+, "([^"]+)"', file.read(), re.M) if word != "-"]
    with open(os.path.join(ROOT, "docs", "man", "countersign-lists.1"), encoding="utf-8") as file:
        page = set(re.findall(r"[a-z-]+", file.read()))
    told = set(re.findall(r"[a-z-]+", subprocess.run([os.environ["COUNTERSIGN"], "lists", "--help"], capture_output=True, text=True).stdout))
    return [word for word in words if word not in page or word not in told] or (["none at all"] if not words else [])


def synopsis_lacks(page):
    """Options that a page tells of, and its synopsis does not."""
    with open(os.path.join(ROOT, "docs", "man", page), encoding="utf-8") as file:
        synopsis, rest = file.read().split(".Sh SYNOPSIS")[1].split(".Sh DESCRIPTION")
    return sorted(set(re.findall(r"\.It Fl -([a-z-]+)", rest)) - set(re.findall(r"Fl -([a-z-]+)", synopsis)))


def main():
    with open(os.path.join(ROOT, "src", "app", "command.def"), encoding="utf-8") as file:
        commands = re.findall(r"^X\((\w+),", file.read(), re.M)
    pages = [([os.environ["COUNTERSIGN"], name], f"countersign-{name}.1") for name in commands]
    if os.path.exists(os.environ["COUNTERSIGN_SIM"]):
        pages.append(([os.environ["COUNTERSIGN_SIM"]], "countersign-sim.1"))
    print(f"1..{len(pages) + 4}")
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
    checks = [("the words of a mapping are told", list_words())]
    checks += [(f"the synopsis of {page} has every option", synopsis_lacks(page)) for page in ("countersign-journal.1", "countersign-lists.1", "countersign-screen.1")]
    for number, (what, missing) in enumerate(checks, len(pages) + 1):
        print(f"{'not ' if missing else ''}ok {number} - {what}{': not ' + ', '.join(missing) if missing else ''}")
        good = good and not missing
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
