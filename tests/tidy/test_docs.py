#!/usr/bin/env python3
"""Goal: the documentation names nothing that is not there. Method: each path in code quotes and each link of each page must
exist; a planted page with a wrong one of both must be noticed."""
import glob
import os
import re
import sys
import tempfile

ROOT = os.environ.get("COUNTERSIGN_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDERS = "base|event|io|decode|policy|state|detect|port|engine|app"
# A path from the root, or a file of a room as the architecture writes it: `port/merge`.
QUOTED = re.compile(r"`((?:src|sim|docs|tests|policies|dialects|bench)/[\w./*-]+|(?:" + FOLDERS + r")/\w+(?:\.\w+)?)`")
LINKED = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def pages_of(root):
    pages = [os.path.join(root, name) for name in ("README.md", "CHANGELOG.md")]
    for folder in ("docs", "tests"):
        pages += sorted(glob.glob(os.path.join(root, folder, "**", "*.md"), recursive=True))
    return [page for page in pages if os.path.exists(page)]


def missing_in(root, page):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    missing = []
    for path in QUOTED.findall(text):
        tries = [path] if not re.match(FOLDERS, path) else ["src/" + path, "src/" + path + ".*"]
        if not any(glob.glob(os.path.join(root, pattern)) for pattern in tries):
            missing.append(path)
    return missing + [path for path in LINKED.findall(text)
                      if not os.path.exists(os.path.join(os.path.dirname(page), path))]


def planted():
    with tempfile.TemporaryDirectory() as root:
        page = os.path.join(root, "README.md")
        with open(page, "w", encoding="utf-8") as file:
            file.write("`src/nowhere.c` `port/nothing` [x](gone.md) [y](https://example.org/) [z](README.md)\n")
        return missing_in(root, page)


def main():
    found = planted()
    points = [("a planted page", [] if found == ["src/nowhere.c", "port/nothing", "gone.md"] else found or ["nothing"])]
    points += [(os.path.relpath(page, ROOT), missing_in(ROOT, page)) for page in pages_of(ROOT)]
    print(f"1..{len(points)}")
    for number, (title, missing) in enumerate(points, 1):
        print(f"{'not ' if missing else ''}ok {number} - {title}{': not there: ' + ', '.join(missing) if missing else ''}")
    return 1 if any(missing for _, missing in points) else 0


if __name__ == "__main__":
    sys.exit(main())
