#!/usr/bin/env python3
"""The house rules as a test: reads the tree line by line and reports `file:line: what` for each breach.

--root DIR   the tree (default: the one this file is in); test_tidy.py gives planted ones
--build DIR  a build folder: its libraries' exported names are checked, and clang-tidy uses its compile commands
--tap FILE   also write one TAP point per rule
--only RULE  that rule alone; may be repeated
"""
import argparse
import functools
import json
import os
import re
import subprocess
import sys

LAYERS = {
    "base": (), "event": ("base",), "io": ("base",), "decode": ("base", "event"), "policy": ("base", "event"),
    "state": ("base", "event", "io"), "screen": ("base", "event"),
    "detect": ("base", "event", "policy", "state", "screen"),
    "port": ("base", "event", "io"),
    "engine": ("base", "event", "io", "decode", "policy", "state", "screen", "detect", "port"),
    "app": ("base", "event", "io", "decode", "policy", "state", "screen", "detect", "port", "engine"),
    "sim": ("base", "event", "io", "decode"),
}
BANNED = ("strcpy strcat sprintf vsprintf strtok atoi atol atof gets scanf sscanf fscanf rand srand time localtime gmtime "
          "system popen alloca").split()
CLOCKS = "clock_gettime gettimeofday clock nanosleep usleep sleep timerfd_create time timespec_get".split()
LINES_OF_FUNCTION, DEPTH, PARAMETERS, LINES_OF_FILE = 60, 3, 5, 600
# Ranges nobody issues cards in: documentation and test numbers. Allowed where tests and the simulator make cards up.
TEST_CARDS = ("4000", "4111", "4242", "4012", "4761", "4999", "5105", "5200", "5413", "5454", "5500", "5555", "6011",
              "2223", "3714", "3782", "3530", "3566")
CARDS_MADE_UP_IN = ("tests/", "sim/", "bench/")
RANDOM_DIGITS = "tests/vectors/own.jsonl"
TEXTS = (".c", ".h", ".def", ".re", ".y", ".py", ".md", ".policy", ".story", ".scn", ".json", ".build", ".txt", ".1",
         ".5", ".sh", ".yml", ".in")
SEEDS = "tests/fuzz/corpus/"


class Tree:
    def __init__(self, root):
        self.root = root
        try:
            names = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], check=True,
                                   capture_output=True, text=True).stdout.splitlines()
        except subprocess.CalledProcessError:
            names = [os.path.relpath(os.path.join(d, f), root) for d, _, fs in os.walk(root) for f in fs]
        self.names = sorted(n for n in set(names) if os.path.isfile(os.path.join(root, n)))

    @functools.lru_cache(maxsize=None)
    def lines(self, name):
        with open(os.path.join(self.root, name), encoding="utf-8", errors="surrogateescape") as file:
            return file.read().split("\n")

    @functools.lru_cache(maxsize=None)
    def code(self, name):
        """The lines without comments and the insides of strings, so that words in them do not count."""
        text = "\n".join(self.lines(name))
        blank = lambda m: re.sub(r"[^\n]", " ", m.group(0)) if m.group(0)[0] == "/" else m.group(0)[0] * 2
        return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S).split("\n")

    def ending(self, *ends, under=("",)):
        return [n for n in self.names if n.endswith(ends) and n.startswith(tuple(under))]


def layers(tree):
    for name in tree.ending(".c", ".h", ".re", ".y", under=("src/", "sim/")):
        room = "sim" if name.startswith("sim/") else name.split("/")[1]
        for number, line in enumerate(tree.lines(name), 1):
            match = re.match(r'\s*#\s*include\s+"([^"/]+)/', line)
            if match and match.group(1) in LAYERS and match.group(1) not in LAYERS.get(room, ()) + (room,):
                yield name, number, f"{room} may not use {match.group(1)}"


def banned(tree):
    word = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED))
    for name in tree.ending(".c", ".h", ".re", ".y"):
        for number, line in enumerate(tree.code(name), 1):
            for match in word.finditer(line):
                yield name, number, f"{match.group(1)} is banned"
            if "__builtin_prefetch" in line and name != "src/base/prefetch.h":
                yield name, number, "cs_prefetch instead: GCC drops a function that only prefetches"


def clocks(tree):
    word = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(CLOCKS))
    for name in tree.ending(".c", ".h", ".re", ".y", under=("src/", "sim/")):
        if name.startswith("src/io/"):
            continue
        for number, line in enumerate(tree.code(name), 1):
            match = word.search(line)
            if match:
                yield name, number, f"{match.group(1)}: the clock belongs to src/io"


def functions(tree, name):
    """(line, name, parameters, first line of body, last) for each function, by the form clang-format gives them."""
    code = tree.code(name)
    start = None
    for number, line in enumerate(code, 1):
        if re.match(r"[a-zA-Z_]\w*\(", line) and "XMLCALL" not in code[number - 2]:  # expat chose their form
            start = number
        if line.startswith("{") and start:
            head = " ".join(code[start - 1:number - 1])
            inside = head[head.find("(") + 1:head.rfind(")")]
            depth, parameters = 0, 1 if inside.strip() not in ("", "void") else 0
            for char in inside:
                depth += (char == "(") - (char == ")")
                parameters += char == "," and depth == 0
            body = number
        elif line.startswith("}") and start and "body" in locals() and body > start:
            yield start, head.split("(")[0], parameters, body, number
            start = None


def shape(tree):
    control = re.compile(r"^(\t+)(?:} else )?(?:if|for|while|switch|do)\b")
    for name in tree.ending(".c", under=("src/", "sim/", "tests/", "bench/")):
        code = tree.code(name)
        for start, function, parameters, first, last in functions(tree, name):
            lines = sum(not re.match(r"\s+[{\"]", line) for line in code[first:last - 1])  # rows of tables do not count
            if lines > LINES_OF_FUNCTION:
                yield name, start, f"{function} has {lines} lines, {LINES_OF_FUNCTION} are allowed"
            if parameters > PARAMETERS:
                yield name, start, f"{function} has {parameters} parameters, {PARAMETERS} are allowed"
            for number in range(first, last):
                match = control.match(code[number - 1])
                if match and len(match.group(1)) > DEPTH:
                    yield name, number, f"nested deeper than {DEPTH} in {function}"
                    break
    for name in tree.ending(".c", ".h", ".py", ".re", ".y", under=("src/", "sim/", "tests/", "bench/")):
        lines = len(tree.lines(name)) - 1
        if lines > LINES_OF_FILE:
            yield name, lines, f"{lines} lines, {LINES_OF_FILE} are allowed"


def headers(tree):
    for name in tree.ending(".c", ".h", ".re", under=("src/", "sim/", "tests/", "bench/")):
        if not tree.lines(name)[0].startswith("/*"):
            yield name, 1, "begins without a comment that says why it exists"
    for name in tree.ending(".h", under=("src/", "sim/")):
        lines, told = tree.lines(name), False
        for number, line in enumerate(lines, 1):
            if not line.strip():
                told = False
            elif line.rstrip().endswith("*/"):
                told = True
            elif re.match(r"[A-Za-z_][\w \t*()]*\bcs_\w+\(", line) and not line.startswith(("static inline", "#")):
                if not told:
                    yield name, number, "a prototype without its sentence"


def money(tree):
    for name in tree.ending(".c", ".h", under=("src/", "sim/")):
        if name in ("src/event/money.c", "src/event/money.h"):
            continue
        for number, line in enumerate(tree.code(name), 1):
            if re.search(r"\braw_(minor|currency)\b", line):
                yield name, number, "the raw members of money are touched in money.c only"


def characters(tree):
    for name in tree.ending(*TEXTS):
        if name.startswith(SEEDS):
            continue
        for number, line in enumerate(tree.lines(name), 1):
            if line != line.rstrip():
                yield name, number, "white space at the end"
            if any(ord(c) > 126 for c in line) and not name.endswith(".md"):
                yield name, number, "a character outside ASCII"
            if re.search(r"\b(TO" r"DO|FIX" r"ME)\b", line) and name != "tests/count.py":
                yield name, number, "an unfinished thought: do it, or write it down as an issue"


def is_card(digits):
    total = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(reversed(digits)))
    return (digits[0] in "23456" or digits[:2] in ("81", "82")) and total % 10 == 0 and len(set(digits)) > 1


def cards(tree):
    run = re.compile(r"(?<![0-9A-Za-z_.+-])(\d{13,19})(?![0-9A-Za-z_.])")
    for name in tree.names:
        for number, line in enumerate(tree.lines(name), 1):
            for match in run.finditer(line):
                digits = match.group(1)
                made_up = name.startswith(CARDS_MADE_UP_IN) and digits.startswith(TEST_CARDS)
                if is_card(digits) and not made_up and name != RANDOM_DIGITS:
                    yield name, number, "looks like a card number in clear"


def borrowed(tree):
    """Other people's data is read where it lies and never committed: no file is a copy of a shared one."""
    shared = os.path.join(os.environ.get("COUNTERSIGN_SHARED") or os.path.join(tree.root, "../shared"), "data")
    paths = [os.path.join(d, f) for d, _, fs in os.walk(shared) for f in fs]
    sizes = {os.path.getsize(path): path for path in paths if os.path.getsize(path) > 32}
    for name in tree.names:
        path = os.path.join(tree.root, name)
        twin = sizes.get(os.path.getsize(path))
        if twin and open(path, "rb").read() == open(twin, "rb").read():
            yield name, 1, f"is a copy of {os.path.relpath(twin, shared)} in the shared data"


def nouns(tree, room):
    """What an exported name may begin with: the room, its files, and the types its headers declare."""
    known = {room, "assert"} if room == "base" else {room}
    for name in tree.ending(".c", ".h", ".def", ".re", ".y", under=(f"src/{room}/",)):
        known.add(os.path.basename(name).split(".")[0])
        if name.endswith(".h"):
            known.update(re.findall(r"\b(?:struct|enum) cs_(\w+)", "\n".join(tree.code(name))))
    return known


def names(tree, build):
    for library in sorted(os.path.join(d, f) for d, _, fs in os.walk(os.path.join(build, "src")) for f in fs if f.endswith(".a")):
        room = os.path.basename(os.path.dirname(library))
        output = subprocess.run(["nm", "-g", "--defined-only", library], capture_output=True, text=True).stdout
        stem, known = room, nouns(tree, room)
        for line in output.splitlines():
            match = re.match(r"(.+?)(?:\.re)?\.c\.o:$", line)
            if match:
                stem = os.path.basename(match.group(1)).split("_", 3)[-1] if "/" in match.group(1) else match.group(1)
            parts = line.split()
            if len(parts) != 3 or parts[2].startswith(("__", "_asan", ".")):
                continue
            if not re.match(r"cs_[a-z]", parts[2]):
                yield f"src/{room}/{stem}.c", 1, f"exports {parts[2]}, which does not begin with cs_"
                continue
            if not any(parts[2][3:].startswith(noun) for noun in known | {stem.split("_")[0], stem.rstrip("s")}):
                yield f"src/{room}/{stem}.c", 1, f"exports {parts[2]}, which is named after neither file nor noun"


def output_lines(command, pattern, root):
    """Runs a checker and yields its findings; that it is missing is one too."""
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, errors="replace")
    except FileNotFoundError:
        yield command[0], 0, "is not installed: ./run deps"
        return
    text, found = done.stdout + done.stderr, False
    for match in sorted(set(re.findall(pattern, text, re.M))):
        found = True
        yield re.sub(r"^(\.\./)+", "", os.path.relpath(os.path.join(root, match[0]), root)), int(match[1]), match[2]
    if done.returncode != 0 and not found:
        yield command[0], 0, text.strip()[-400:]


def format_of_c(tree):
    files = tree.ending(".c", ".h", under=("src/", "sim/", "tests/", "bench/"))
    yield from output_lines(["clang-format", "--dry-run", "-Werror"] + files,
                            r"^(\S+?):(\d+):\d+: error: (.*?) \[-Wclang-format", tree.root)


def static_checks(tree, build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        built = {os.path.relpath(os.path.join(build, row["file"]), tree.root) for row in json.load(file)}
    files = [n for n in tree.ending(".c", under=("src/", "sim/")) if n in built]
    command = 'printf "%s\\n" "$@" | xargs -P 2 -n 4 clang-tidy --quiet -p ' + build
    yield from output_lines(["sh", "-c", command, "sh"] + files, r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)$", tree.root)


def shell(tree):
    yield from output_lines(["shellcheck", "-f", "gcc", "run", ".ci/run"] + tree.ending(".sh"),
                            r"^(\S+?):(\d+):\d+: (.*)$", tree.root)


def manuals(tree):
    pages = tree.ending(".1", ".5", under=("docs/man/",))
    if pages:
        yield from output_lines(["mandoc", "-Tlint", "-Wwarning"] + pages, r"mandoc: (\S+?):(\d+):\d+: (.*)$", tree.root)


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    words.add_argument("--root", default=here)
    words.add_argument("--build")
    words.add_argument("--tap")
    words.add_argument("--only", action="append")
    args = words.parse_args()
    tree = Tree(os.path.abspath(args.root))
    rules = [layers, banned, clocks, shape, headers, money, characters, cards, borrowed, format_of_c, shell, manuals]
    if args.build:
        build = os.path.abspath(args.build)
        rules += [functools.partial(names, build=build), functools.partial(static_checks, build=build)]
    points = []
    for rule in rules:
        title = getattr(rule, "func", rule).__name__
        if args.only and title not in args.only:
            continue
        found = list(rule(tree))
        for name, number, what in found:
            print(f"{name}:{number}: {what} [{title}]", flush=True)
        points.append(f"{'not ' if found else ''}ok {len(points) + 1} - {title}")
    if args.tap:
        with open(args.tap, "w", encoding="utf-8") as tap:
            tap.write("\n".join([f"1..{len(points)}"] + points) + "\n")
    bad = sum(point.startswith("not") for point in points)
    print(f"{len(points)} rules, {bad} broken")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
