#!/usr/bin/env python3
"""Goal: the tables of ISO 20022 in the tree say what the published schemas say, and the program that made them still works.
Method: it is run over the shared schemas; each definition, written out in full from its tables and from those in the tree,
must be equal. Patterns are compared by their automata, numbered anew."""
import os
import re
import subprocess
import sys

import countersign as cs

MAKER = os.path.join(cs.ROOT, "src", "decode", "mx_tables.py")
KEPT = os.path.join(cs.ROOT, "src", "decode", "mx_schema.inc")
SCHEMAS = os.path.join(cs.SHARED, "data", "payments", "xsd")


class Tables:
    def __init__(self, text):
        self.rows = {}
        for macro, body in re.findall(r"#ifdef (\w+)\n(.*?)#endif", text, re.S):
            if macro in ("CLASS", "STATE"):
                self.rows[macro] = [int(v) for v in body.replace("\n", " ").split(",") if v.strip()]
            else:
                self.rows[macro] = [[p.strip().strip('"') for p in row.split(",")]
                                    for row in re.findall(macro + r"\(([^)]*)\)", body)]
        self.known = {}

    def pattern(self, number):
        """An automaton as far as it can be reached, its states numbered in the order they are met."""
        first, columns, meaning = self.rows["PATTERN"][number - 1]
        first, columns = int(first), int(columns)
        of = self.rows["CLASS"][(number - 1) * 128:number * 128]
        order, out = [1], []
        for state in order:
            row = self.rows["STATE"][first + state * columns:first + (state + 1) * columns]
            for byte in range(128):
                if row[of[byte]] and row[of[byte]] not in order:
                    order.append(row[of[byte]])
            out.append((tuple(order.index(row[of[b]]) + 1 if row[of[b]] else 0 for b in range(128)), row[-1]))
        return meaning, tuple(out)

    def simple(self, number):
        *facets, pattern, first, count = self.rows["SIMPLE"][number]
        values = tuple(row[0] for row in self.rows["VALUE"][int(first):int(first) + int(count)])
        return tuple(facets), self.pattern(int(pattern)) if int(pattern) else None, values

    def type(self, number):
        if number not in self.known:
            form, first, n, needed = self.rows["TYPE"][number]
            first, n = int(first), int(n)
            if form == "CS_MX_SIMPLE":
                inner = self.simple(first)
            elif form == "CS_MX_AMOUNT":
                inner = (self.simple(first), self.simple(n))
            elif form == "CS_MX_ANY":
                inner = first
            else:
                inner = tuple((self.rows["NAME"][int(name)][0], self.type(int(type_)), least, most)
                              for name, type_, least, most in self.rows["PARTICLE"][first:first + n])
            self.known[number] = (form, needed, inner)
        return self.known[number]

    def definitions(self):
        return {name: (self.rows["NAME"][int(root)][0], self.type(int(type_))) for name, root, type_ in self.rows["ROOT"]}


def main():
    tap = cs.Tap()
    with open(KEPT, encoding="utf-8") as file:
        kept = Tables(file.read()).definitions()
    tap.point(len(kept) > 100, "the tables in the tree are read (%d definitions)" % len(kept))
    if not os.path.isdir(SCHEMAS):
        cs.absent(tap, "the tables are those of the schemas", "the shared schemas")
        tap.end()
    run = subprocess.run([sys.executable, MAKER, SCHEMAS], capture_output=True, text=True, timeout=120)
    tap.point(run.returncode == 0, "the maker runs", run.stderr)
    made = Tables(run.stdout).definitions()
    tap.point(len(made) == sum(name.endswith(".xsd") for name in os.listdir(SCHEMAS)), "it reads every schema")
    for name, definition in made.items():
        tap.point(kept.get(name) == definition, "%s is that of its schema" % name)
    tap.end()


if __name__ == "__main__":
    main()
