#!/usr/bin/env python3
"""Goal: `countersign lists check` says what is in a list and what is not, and public lists come out as counted by hand.
Method: the real binary on the lists of invented names; on files that are none; and on the shared lists where they are present,
against counts of rows and words made by other means."""
import gzip
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile

from bank import Tap

ROOT = pathlib.Path(os.environ.get("COUNTERSIGN_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("COUNTERSIGN", str(ROOT / "build/dev/countersign"))
SHARED = pathlib.Path(os.environ.get("COUNTERSIGN_SHARED", ROOT / "../shared")) / "data/sanctions"
OWN = ROOT / "tests/vectors/lists"


def check(*arguments):
    return subprocess.run([BINARY, "lists", "check", *map(str, arguments)], capture_output=True, text=True, timeout=120)


def told(*arguments):
    return json.loads(check("--json", *arguments).stdout)


def own_lists(tap):
    parts = [OWN / f"ofac_{part}.csv" for part in ("sdn", "alt", "add", "comments")]
    run = check(*parts)
    tap.ok(run.returncode == 0 and "1 person, 1 organisation, 1 vessel\n" in run.stdout,
           "OFAC's four files are one list", run.stdout + run.stderr)
    figures = told(*parts)
    version = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()
    tap.ok(figures["version"] == version, "the version is the SHA-256 of all bytes", figures)
    for name, form in (("ofac.xml", "ofac-xml"), ("un.xml", "un"), ("eu.xml", "eu"), ("uk.csv", "uk"),
                       ("opensanctions.csv", "opensanctions"), ("ftm.json", "ftm")):
        figures = told(OWN / name)
        tap.ok(figures["format"] == form and figures["is_list"] and figures["entries"] and not figures["rows_wrong"],
               f"{name} is told to be {form}", figures)
    run = check(OWN / "own.csv", "--map", "id=Number,name=Full name,birth=DOB")
    tap.ok(run.returncode == 0, "a list of one's own by a mapping", run.stdout + run.stderr)


def refusals(tap, folder):
    broken = folder / "broken.csv"
    broken.write_bytes(b'id,name\n1,A B\n2,"open\n')
    run = check(broken)
    tap.ok(run.returncode == 1 and "broken.csv:3: byte 14: a quote is opened and never closed" in run.stdout,
           "a wrong row is told with its place", run.stdout + run.stderr)
    for text, status, words in (("???,1\n", 3, "1 entry has nothing that can be compared"), ("???,1\nBrennick Varoe,2\n", 1, "1 entry has nothing"),
                                ("<p>Error 503</p>,1\n<hr>,2\n", 3, "2 names hold markup or controls"), ("A\x01\x02\x07b,1\nb\x1b[2J,2\nc,3\n", 3, "2 names hold"),
                                ("Brennick <Ben> Varoe,1\nA B,2\nC D,3\n", 1, "1 name holds markup"), ("Varoe < Sons,1\nA > B,2\n", 0, "")):
        broken.write_text("name,id\n" + text)
        run = check(broken)
        tap.ok(run.returncode == status and words in run.stderr and told(broken)["is_list"] == (status != 3), f"{text!r}: exit status {status}", run.stderr)
    for text, words, counts in (("id,name\n7,Brennick Varoe\n8,???\n9,!!!\n", 'the first is "8", "???": give each a name in letters or an identifier', (2, 0)),
                                ("name,birth\nBrennick Varoe,1961\n" + "?" * 50 + ",1962\n", 'the first is "' + "?" * 40 + '...": give', (1, 0)),
                                ("id,name\n7,Brennick Varoe\n8,A \x1b[2J\n9,Ivo Varoe\n", 'the first is of "8", "A [U+001B][2J": look whether', (0, 1))):
        broken.write_text(text)
        run, figures = check(broken), told(broken)
        tap.ok(run.returncode == 1 and words in run.stderr and (figures["entries_unsearchable"], figures["names_odd"]) == counts,
               f"the first of {counts} that cannot be searched is named, and JSON counts them", run.stderr)
    broken.write_text("name,imo\n???,9074729\n")
    tap.ok(check(broken).returncode == 0, "an entry may be its identifier alone")
    mixed = folder / "mixed.csv"
    mixed.write_bytes(b'id,name\n1,A B\n2,\n3,C D,E\n4,\n5,"open\n')
    lines = [fault["line"] for fault in told(mixed)["faults"]]
    tap.ok(lines == [3, 4, 5, 6], "faults are told in the order of their lines, whichever reading found them", lines)
    mixed.write_bytes(b'"id,name\n1,A B\n')
    run = check(mixed, "--format", "csv")
    tap.ok(run.returncode == 3 and "mixed.csv:1: byte 0: a quote is opened and never closed" in run.stdout and "name no column" not in run.stdout
           and "--map" not in run.stderr, "a line of headers with a quote that is never closed is told as that", run.stdout + run.stderr)
    mixed.write_text("Full name;DOB\nBrennick Varoe;1961\n")
    run = check(mixed)
    tap.ok(run.returncode == 3 and "name no column" in run.stdout and '--map "name=HEADING,birth=HEADING"' in run.stderr,
           "where no column is the name it is said how to say which", run.stdout + run.stderr)
    tap.ok(check(mixed, "--map", "name=Full name,birth=DOB").returncode == 0, "and that helps")
    for mapping, lacking in (("name=Full name,alias=Also", "Also"), ("name=Name,birth=DOB", "Name")):
        run = check(mixed, "--map", mapping)
        tap.ok(run.returncode == 3 and f'mixed.csv:1: byte 0: the header line has no column "{lacking}" that the mapping names; it has Full '
               'name, DOB\n' in run.stdout and "--map" not in run.stderr, "a mapping whose column is not there is told, with those that are",
               run.stdout + run.stderr)
    for code in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        mixed.write_bytes("id,name\n1,Brennick Varoe\n".encode(code))
        run = check(mixed)
        name = "UTF-32LE" if code == "utf-32" else "UTF-16BE" if code.endswith("be") else "UTF-16LE"
        tap.ok(run.returncode == 3 and f"iconv -f {name} -t UTF-8" in run.stdout, f"{code} is refused, with what to do", run.stdout)
    packed = folder / "list.xml.gz"
    packed.write_bytes(gzip.compress((OWN / "un.xml").read_bytes()))
    run = check(packed)
    tap.ok(run.returncode == 3 and "unpack it first" in run.stdout, "gzip is refused by name", run.stdout + run.stderr)
    tap.ok(check(folder / "none").returncode == 3, "a file that is not there")
    for bad in (("--format", "x", broken), ("--map", "x=y", broken), ()):
        tap.ok(check(*bad).returncode == 2, f"bad usage {bad[:1]}")


# files: key, count. Counts of SOURCES.md are of rows that hold a word; these are of what the rows hold, without repetitions.
PUBLIC = (
    (("ofac_sdn_2024-05-02.csv.gz",), (("rows", 14973), ("entries", 14973), ("rows_wrong", 0), ("births_wrong", 0))),
    (("ofac_sdn_2024-05-02.csv.gz", "ofac_alt_2026-06-02.csv.gz"), (("rows", 14973 + 20260), ("rows_wrong", 0))),
    (("ofac_cons_prim_2025-12-19.csv.gz", "ofac_cons_alt_2025-12-19.csv.gz", "ofac_cons_add_2025-12-19.csv.gz",
      "ofac_cons_comments_2025-12-19.csv.gz"), (("rows", 442 + 1073 + 574 + 10), ("entries", 442), ("loose", 0))),
    (("ofac_consolidated_nonsdn_2025-03-28.xml.gz",), (("entries", 443), ("declared", 443), ("rows_wrong", 0))),
    (("un_consolidated_2026-02-27.xml.gz",), (("entries", 1003), ("rows_wrong", 0), ("births_wrong", 0))),
)
KINDS = (("entries_by_kind", {"persons": 6854, "vessels": 851, "aircraft": 383}),
         ("names_by_kind", {"weak": 3578, "former": 87}))


def public_lists(tap, folder):
    if not SHARED.is_dir():
        print("# not on this machine: the shared lists")
        return
    for names, counts in PUBLIC:
        paths = []
        for name in names:
            paths.append(folder / name[:-3])
            paths[-1].write_bytes(gzip.decompress((SHARED / name).read_bytes()))
        figures = told(*paths)
        wrong = [(key, figures[key], count) for key, count in counts if figures[key] != count]
        tap.ok(not wrong, f"{names[0]} comes out as counted", wrong)
    figures = told(folder / "ofac_sdn_2024-05-02.csv")
    wrong = [(key, figures[key]) for key, counts in KINDS for kind, n in counts.items() if figures[key].get(kind) != n]
    tap.ok(not wrong, "OFAC's kinds of entries and names", wrong)
    kinds = figures["identifiers_by_kind"]
    tap.ok(kinds["IMO"] >= 977 and kinds["passport"] >= 1665 and kinds["wallet"] >= 285 and figures["births"] >= 6736,
           "OFAC's identifiers and dates", figures)
    figures = told(folder / "un_consolidated_2026-02-27.xml")
    tap.ok(figures["entries_by_kind"] == {"persons": 730, "organisations": 273} and
           figures["names_by_kind"]["original script"] >= 377, "the UN's persons, entities and original scripts", figures)
    for sample in sorted((SHARED / "format_samples").iterdir()):
        figures = told(sample)
        tap.ok(figures["is_list"] and not figures["rows_wrong"], f"{sample.name} is read", figures)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        own_lists(tap)
        refusals(tap, pathlib.Path(folder))
        public_lists(tap, pathlib.Path(folder))
    tap.done()


main()
