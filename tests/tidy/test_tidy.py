#!/usr/bin/env python3
"""Goal: the tidy test notices. Method: a small planted tree, clean at first, then with one breach of each rule."""
import os
import subprocess
import sys
import tempfile

TIDY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tidy.py")
CLEAN = """/*
 * Why this file exists.
 */
#include "base/error.h"

int
cs_planted_add(int a, int b)
{
\treturn a + b; /* no strcpy( here */
}
"""
HEADER = "/* Why. */\n/* cs_planted_add adds. */\nint cs_planted_add(int a, int b);\n"
CARD = "4111" + "1111" * 3
PLANTED = [
    ("a clean tree", None, "", CLEAN),
    ("an upward include", "layers", "base may not use detect", CLEAN.replace("base/error.h", "detect/detect.h")),
    ("a sideways include", "layers", "base may not use io", CLEAN.replace("base/error.h", "io/file.h")),
    ("a banned call", "banned", "strcpy is banned", CLEAN.replace("return", "strcpy(x, y);\n\treturn")),
    ("a clock outside io", "clocks", "clock_gettime", CLEAN.replace("return", "clock_gettime(0, x);\n\treturn")),
    ("a long function", "shape", "has 72 lines", CLEAN.replace("\treturn", "\ta++;\n" * 71 + "\treturn")),
    ("a deep function", "shape", "nested deeper", CLEAN.replace("\treturn", "\t\t\t\tif (a)\n\treturn")),
    ("many parameters", "shape", "has 6 parameters", CLEAN.replace("int b)", "int b, int c, int d, int e, int f)")),
    ("a long file", "shape", "601 lines", CLEAN + "\n" * (601 - CLEAN.count("\n"))),
    ("no opening comment", "headers", "without a comment", CLEAN.split("*/\n")[1]),
    ("raw money", "money", "raw members", CLEAN.replace("return a", "return m.raw_minor")),
    ("white space at the end", "characters", "white space", CLEAN.replace("here */", "here */ ")),
    ("a foreign character", "characters", "outside ASCII", CLEAN.replace("Why", "Why\u2026")),
    ("an unfinished thought", "characters", "unfinished", CLEAN.replace("Why", "TO" "DO why")),
    ("a card in clear", "cards", "card number", CLEAN.replace("Why", CARD)),
]


def tidy(code, header=HEADER):
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, "src/base"))
        for name, text in (("planted.c", code), ("planted.h", header)):
            with open(os.path.join(root, "src/base", name), "w", encoding="utf-8") as file:
                file.write(text)
        rules = "layers banned clocks shape headers money characters cards".split()
        only = [word for rule in rules for word in ("--only", rule)]
        done = subprocess.run([sys.executable, TIDY, "--root", root] + only, capture_output=True, text=True)
        return done.returncode, done.stdout


def main():
    points = []
    for title, rule, words, code in PLANTED:
        status, output = tidy(code)
        good = status == 0 if rule is None else status == 1 and f"[{rule}]" in output and words in output
        points.append((good, title, output))
    status, output = tidy(CLEAN, "/* Why. */\n\nint cs_planted_add(int a, int b);\n")
    points.append((status == 1 and "without its sentence" in output, "a prototype without its sentence", output))
    print(f"1..{len(points)}")
    for number, (good, title, output) in enumerate(points, 1):
        print(f"{'' if good else 'not '}ok {number} - {title}")
        if not good:
            print("# " + output.replace("\n", "\n# "))
    return 0 if all(good for good, _, _ in points) else 1


if __name__ == "__main__":
    sys.exit(main())
