#!/usr/bin/env python3
"""Makes mx_schema.inc out of ISO 20022 schemas: what src/decode/mx_schema.c checks messages by.

    python3 src/decode/mx_tables.py SCHEMAS [CLASSES] > src/decode/mx_schema.inc

SCHEMAS  a folder of message definitions as iso20022.org publishes them (pacs.008.001.08.xsd, head.001.001.02.xsd ...).
CLASSES  optional: the folder `pyiso20022` of the Python package of that name (MIT licence), whose generated classes tell
         versions of which there is no schema. What they do not say is which contents are a choice, and which of those
         may be empty: that is taken from a schema that has a type of the same name (or name without its number), else
         a choice is what is called "...Choice". Whatever is there twice is compared, and a difference ends the run:
         so it is known that the classes say what the schemas say.

Neither is part of this project; the tables are, and this file is run only to add versions. It understands just what
those schemas use, and stops at anything else. Types that are equal in all that matters are one type, whatever their
names and whichever message they are from; so all versions of all messages together stay small.
"""
import argparse
import ast
import os
import re
import sys
import xml.etree.ElementTree as ET

KINDS = ("pain.001", "pacs.002", "pacs.004", "pacs.008", "pacs.009", "camt.029", "camt.052", "camt.053", "camt.054",
         "camt.056", "head.001")
XS = "{http://www.w3.org/2001/XMLSchema}"
BASES = {"xs:string": "STRING", "xs:decimal": "DECIMAL", "xs:boolean": "BOOLEAN", "xs:date": "DATE",
         "xs:dateTime": "DATE_TIME", "xs:time": "TIME", "xs:gYear": "YEAR", "xs:gYearMonth": "YEAR_MONTH",
         "xs:base64Binary": "BASE64"}
MANY = 255


def simple(base, facets, values):
    """One simple type: ("simple", base, shortest, longest, digits, decimals, least, pattern, values)."""
    least = facets.pop("minInclusive", None)
    out = ("simple", base, int(facets.pop("minLength", 0)), int(facets.pop("maxLength", 0)),
           int(facets.pop("totalDigits", 0)), int(facets.pop("fractionDigits", 255)),
           {None: 0, "0": 1, "1": 2}[least], facets.pop("pattern", ""), tuple(sorted(values)))
    assert not facets, facets
    return out


class Schema:
    """A schema file. `type(name)` gives a type as nested tuples: equal types are equal tuples."""

    def __init__(self, path):
        root = ET.parse(path).getroot()
        self.named = {e.get("name"): e for e in root if e.tag in (XS + "simpleType", XS + "complexType")}
        (self.root,) = [(e.get("name"), e.get("type")) for e in root if e.tag == XS + "element"]
        self.known, self.choices = {}, {}

    def type(self, name):
        if name not in self.known:
            element = self.named[name]
            self.known[name] = self.simple(element) if element.tag == XS + "simpleType" else self.complex(element)
        return self.known[name]

    def simple(self, element):
        (rule,) = element
        facets, values = {}, []
        for facet in rule:
            if facet.tag == XS + "enumeration":
                values.append(facet.get("value"))
            else:
                assert facet.tag[len(XS):] not in facets, "two patterns"
                facets[facet.tag[len(XS):]] = facet.get("value")
        return simple(BASES[rule.get("base")], facets, values)

    def complex(self, element):
        (group,) = element
        if group.tag == XS + "simpleContent":
            ((attribute,),) = [list(e) for e in group]
            assert attribute.get("use") == "required"
            return ("amount", self.type(group[0].get("base")), attribute.get("name"), self.type(attribute.get("type")))
        inner = list(group)
        if len(inner) == 1 and inner[0].tag == XS + "choice":  # older schemas wrap a choice in a sequence
            group, inner = inner[0], list(inner[0])
        assert not group.get("minOccurs") and not group.get("maxOccurs")
        if len(inner) == 1 and inner[0].tag == XS + "any":
            return ("any", inner[0].get("namespace"))
        assert all(e.tag == XS + "element" for e in inner)
        rows = tuple(self.particle(e) for e in inner)
        if group.tag == XS + "sequence":
            return ("sequence", rows)
        least = {row[0]: row[2] for row in rows}
        self.choices[element.get("name")] = least
        if 0 in least.values() or not element.get("name").endswith("Choice"):
            self.choices[re.sub(r"\d+(Choice)?$", r"\1", element.get("name"))] = least
        return ("choice", rows)

    def particle(self, e):
        most = e.get("maxOccurs", "1")
        return (e.get("name"), self.type(e.get("type")), int(e.get("minOccurs", "1")),
                MANY if most == "unbounded" else int(most))


FACETS = {"min_length": "minLength", "max_length": "maxLength", "total_digits": "totalDigits",
          "fraction_digits": "fractionDigits", "min_inclusive": "minInclusive", "pattern": "pattern"}
PYTHON = {"str": "STRING", "Decimal": "DECIMAL", "bool": "BOOLEAN", "XmlDate": "DATE", "XmlDateTime": "DATE_TIME",
          "XmlTime": "TIME", "bytes": "BASE64", "object": "any"}


class Classes:
    """A module of Python classes, read as text. CHOICES: {name of a type: {name of an element: least}} as schemas have them."""

    def __init__(self, path, choices):
        self.choices = choices
        with open(path, encoding="utf-8") as file:
            body = ast.parse(file.read()).body
        self.named = {c.name: c for c in body if isinstance(c, ast.ClassDef)}
        self.root = next((n, n) for n in ("Document", "AppHdr") if n in self.named)
        self.known = {}

    def type(self, name):
        if name not in self.known:
            self.known[name] = self.read(self.named[name])
        return self.known[name]

    def read(self, c):
        if any(getattr(b, "id", "") == "Enum" for b in c.bases):
            return simple("STRING", {}, [s.value.value for s in c.body if isinstance(s, ast.Assign)])
        if c.bases:  # the root of a header: class AppHdr(BusinessApplicationHeaderV01)
            return self.type(c.bases[0].id)
        fields = [self.field(s) for s in c.body if isinstance(s, ast.AnnAssign)]
        if fields and fields[0]["name"] is None and fields[0]["meta"].get("type") == "Wildcard":
            return ("any", fields[0]["meta"]["namespace"])
        if any(f["meta"].get("type") == "Attribute" for f in fields):
            value, attribute = fields
            return ("amount", value["type"], attribute["name"], attribute["type"])
        plain = re.sub(r"\d+(Choice)?$", r"\1", c.name)
        least = self.choices.get(c.name, self.choices.get(plain, {} if c.name.endswith("Choice") else None))
        return ("sequence" if least is None else "choice", tuple(
            (f["name"], f["type"], f["least"] if least is None else least.get(f["name"], 1), f["most"])
            for f in fields))

    def field(self, statement):
        meta = {}
        for word in statement.value.keywords:
            if word.arg == "metadata":
                for key, value in zip(word.value.keys, word.value.values):
                    meta[key.value] = value.args[0].value if isinstance(value, ast.Call) else value.value
        text = ast.unparse(statement.annotation)
        many = text.startswith("list[")
        text = re.sub(r"^list\[|\]$|^None \| ", "", text)
        facets = {FACETS[k]: str(v) for k, v in meta.items() if k in FACETS}
        if facets.get("pattern") == ".*Z":
            type_ = simple("DATE_TIME", facets, [])
        elif text == "XmlPeriod":  # years and months look alike here
            type_ = simple("YEAR" if meta["name"] == "Yr" else "YEAR_MONTH", facets, [])
        elif text == "object":
            type_ = None
        else:
            type_ = simple(PYTHON[text], facets, []) if text in PYTHON else self.type(text)
        return {"name": meta.get("name"), "meta": meta, "type": type_,
                "least": meta.get("min_occurs", 0) if many else int(bool(meta.get("required"))),
                "most": meta.get("max_occurs", MANY) if many else 1}


# --- patterns: concatenations of [set]{a,b} and of groups of them, as automata over bytes ---

def pieces(pattern):
    """[(set of bytes, least, most)] or, for a group, ([pieces], least, most); most None: without end."""
    def times(at):
        match = re.compile(r"\{(\d+)(?:,(\d+))?\}|[*+]").match(pattern, at)
        if not match:
            return 1, 1, at
        if match.group(0) in "*+":
            return int(match.group(0) == "+"), None, match.end()
        return int(match.group(1)), int(match.group(2) or match.group(1)), match.end()

    def one_set(at):
        out, at = set(), at + 1
        while pattern[at] != "]":
            at += pattern[at] == "\\"
            first = pattern[at]
            if pattern[at + 1] == "-" and pattern[at + 2] != "]":
                out |= set(range(ord(first), ord(pattern[at + 2]) + 1))
                at += 3
            else:
                out.add(ord(first))
                at += 1
        assert "^" not in pattern
        return out, at + 1

    def run(at, end):
        out = []
        while at < len(pattern) and pattern[at] != end:
            c = pattern[at]
            assert c not in "|?", pattern
            if c == "(":
                what, at = run(at + 1, ")")
                at += 1
            elif c == "[":
                what, at = one_set(at)
            elif c == ".":
                what, at = set(range(32, 127)), at + 1
            else:
                at += c == "\\"
                what, at = {ord(pattern[at])}, at + 1
            least, most, at = times(at)
            out.append((what, least, most))
        return out, at
    return run(0, None)[0]


def automaton(pattern):
    """(class of each of 128 bytes, number of classes, rows of next states). State 0: refused, 1: the start. The last
    column of a row is 1 when the text may end there."""
    edges = {}  # state: [(set, state)]; None as a set: for nothing
    count = [1]

    def fresh():
        count[0] += 1
        return count[0] - 1

    def add(what, start):
        if isinstance(what, list):
            for inner, least, most in what:
                start = repeat(inner, least, most, start)
            return start
        end = fresh()
        edges.setdefault(start, []).append((frozenset(what), end))
        return end

    def repeat(what, least, most, start):
        for _ in range(least):
            start = add(what, start)
        if most is None:
            edges.setdefault(add(what, start), []).append((None, start))
            return start
        ends = [start]
        for _ in range(most - least):
            ends.append(add(what, ends[-1]))
        for end in ends[:-1]:
            edges.setdefault(end, []).append((None, ends[-1]))
        return ends[-1]

    final = repeat(pieces(pattern), 1, 1, 0)

    def close(states):
        fresh, out = list(states), set(states)
        while fresh:
            for what, end in edges.get(fresh.pop(), []):
                if what is None and end not in out:
                    out.add(end)
                    fresh.append(end)
        return frozenset(out)

    sets = {what for row in edges.values() for what, _ in row if what is not None}
    signature = {b: tuple(b in s for s in sorted(sets, key=sorted)) for b in range(128)}
    classes = {(False,) * len(sets): 0}
    for b in range(128):
        classes.setdefault(signature[b], len(classes))
    known, rows, reached = {close({0}): 1}, {0: [0] * (len(classes) + 1)}, [close({0})]
    for states in reached:
        row = [0] * len(classes) + [int(final in states)]
        for sign, index in classes.items():
            byte = next((b for b in range(128) if signature[b] == sign), None)
            after = close({end for s in states for what, end in edges.get(s, [])
                           if what is not None and byte in what}) if byte is not None else frozenset()
            if after and after not in known:
                known[after] = len(known) + 1
                reached.append(after)
            row[index] = known.get(after, 0)
        rows[known[states]] = row
    assert len(rows) < 256
    return [classes[signature[b]] for b in range(128)], len(classes), [rows[i] for i in range(len(rows))]


# What a pattern is known for. A value that fits is looked at once more by the rules.
MEANINGS = {"[A-Z]{2,2}[0-9]{2,2}[a-zA-Z0-9]{1,30}": "IBAN", "[a-zA-Z]{2,2}[0-9]{2,2}[a-zA-Z0-9]{1,30}": "IBAN",
            "[A-Z]{3,3}": "CURRENCY",
            "[A-Z0-9]{4,4}[A-Z]{2,2}[A-Z0-9]{2,2}([A-Z0-9]{3,3}){0,1}": "BIC",
            "[A-Z]{6,6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3,3}){0,1}": "BIC"}


# --- the tables ---

class Tables:
    def __init__(self):
        self.names, self.types, self.simples, self.particles, self.values, self.patterns = {}, {}, {}, [], [], {}
        self.type_rows, self.simple_rows = [], []

    def name(self, text):
        return self.names.setdefault(text, len(self.names))

    def simple(self, t):
        if t not in self.simples:
            _, base, shortest, longest, digits, decimals, least, pattern, values = t
            first = len(self.values)
            self.values += values
            number = self.patterns.setdefault(pattern, len(self.patterns) + 1) if pattern else 0
            self.simples[t] = len(self.simple_rows)
            self.simple_rows.append((f"CS_MX_{base}", shortest, longest, digits, decimals, least, number, first,
                                     len(values)))
        return self.simples[t]

    def type(self, t):
        if t not in self.types:
            if t[0] == "simple":
                row = ("CS_MX_SIMPLE", self.simple(t), 0, 0)
            elif t[0] == "amount":
                assert t[2] == "Ccy"
                row = ("CS_MX_AMOUNT", self.simple(t[1]), self.simple(t[3]), 0)
            elif t[0] == "any":
                row = ("CS_MX_ANY", {"##any": 0, "http://www.w3.org/2000/09/xmldsig#": 1}[t[1]], 0, 0)
            else:
                rows = [(self.name(n), self.type(inner), least, most) for n, inner, least, most in t[1]]
                needed = [i + 1 for i, r in enumerate(rows) if r[2] > 0] or [0]
                row = (f"CS_MX_{t[0].upper()}", len(self.particles), len(rows),
                       needed[-1] if t[0] == "sequence" else int(len(needed) == len(rows)))
                self.particles += rows
            self.types[t] = len(self.type_rows)
            self.type_rows.append(row)
        return self.types[t]


def put(macro, rows):
    """Rows as calls of a macro; what is no row, as a list of numbers."""
    print(f"#ifdef {macro}")
    line = ""
    for row in rows:
        text = f"{macro}({', '.join(str(v) for v in row)})" if isinstance(row, tuple) else f"{row},"
        if line and len(line) + len(text) > 118:
            print(line)
            line = ""
        line += (" " if line else "") + text
    print(line)
    print("#endif")


def read(schemas, classes):
    out, choices = {}, {}
    for file in sorted(os.listdir(schemas)):
        if file.endswith(".xsd") and file[:8] in KINDS:
            schema = Schema(os.path.join(schemas, file))
            out[file[:-4]] = (schema.root[0], schema.type(schema.root[1]))
            choices.update(schema.choices)
    compared = 0
    for folder, _, files in sorted(os.walk(classes)) if classes else []:
        for file in files:
            kind = file[:-3].replace("_", ".")
            if re.fullmatch(r"\w{4}\.\d{3}\.\d{3}\.\d{2}", kind) and kind[:8] in KINDS:
                module = Classes(os.path.join(folder, file), choices)
                entry = (module.root[0], module.type(module.root[1]))
                if kind in out and entry != out[kind]:
                    sys.exit(f"{kind}: schema and classes differ")
                compared += kind in out
                out[kind] = entry
    print(f"{len(out)} definitions, {compared} of them read twice and equal", file=sys.stderr)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("schemas")
    parser.add_argument("classes", nargs="?")
    args = parser.parse_args()
    tables = Tables()
    roots = []
    for kind, (root, t) in sorted(read(args.schemas, args.classes).items()):
        roots.append((f'"{kind}"', tables.name(root), tables.type(t)))
    print("/*\n * Made by mx_tables.py out of ISO 20022 message definitions: see there. Not to be edited.\n"
          f" * {len(roots)} definitions, {len(tables.type_rows)} types, {len(tables.particles)} particles, "
          f"{len(tables.names)} names.\n */")
    put("ROOT", roots)  # definition, name of the root element, its type
    put("NAME", [(f'"{n}"',) for n in tables.names])
    put("TYPE", tables.type_rows)  # form, first particle or simple type, how many or simple type of Ccy, end of what is needed
    put("PARTICLE", tables.particles)  # name, type, least, most
    put("SIMPLE", tables.simple_rows)  # kind, shortest, longest, digits, decimals, least, pattern, first value, how many
    put("VALUE", [(f'"{v}"',) for v in tables.values])
    classes, states, patterns = [], [], []
    for pattern, number in tables.patterns.items():
        of, n, rows = automaton(pattern)
        patterns.append((len(states), n + 1, "CS_MX_MEANS_" + MEANINGS.get(pattern, "NOTHING")))
        classes += of
        states += [v for row in rows for v in row]
        assert all(len(row) == n + 1 for row in rows)
    put("PATTERN", patterns)  # first state, columns of a row, meaning
    put("CLASS", classes)  # 128 for each pattern
    put("STATE", states)


if __name__ == "__main__":
    main()
