#!/usr/bin/env python3
"""Goal: names and whole bases of customers are held against lists; decisions hide what they are about and nothing else.
Method: the real binary on invented lists and customers: by hand, with broken rows, with any number of threads, killed and resumed,
with entries that change, with a file of decisions that was tampered with."""
import json
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unicodedata

import bank
from bank import Tap
from screens import AT, BINARY, ask, screen

HEAD = "id,name,kind,birth,country\n"
LIST = HEAD + "1,Brennick Aldous Varoe,person,1961-04-02,DE\n2,Quellmar Shipping 7 Ltd,organisation,,PA\n3,Melkin Torvald,person,1970,NO\n"


def single(tap, lists):
    told, _ = ask(lists, "Brennick Varoe")
    hit = told["hits"][0]
    tap.ok((hit["list"], hit["uid"], len(told["hits"])) == ("own", "1", 1), "the entry is found", told)
    tap.ok(sum(row["contribution"] for row in hit["evidence"]) == hit["sum"], "its evidence adds up to its sum", hit)
    tap.ok(len(told["lists"][0]["version"]) == 64 and told["lists"][0]["entries"] == 3, "the list is named, with its version", told)
    run = screen("--against", f"own={lists}", "Brennick Varoe")
    tap.ok("left out" in run.stdout and "old\n" in run.stdout and "1 open, 0 decided" in run.stdout, "in words: a table, and the age",
           run.stdout)
    same, _ = ask(lists, "Brennick Varoe", "--born", "1961-04-02", "--country", "DE")
    other, _ = ask(lists, "Brennick Varoe", "--born", "1999", "--country", "BR")
    scores = [told["hits"][0]["score"] if told["hits"] else 0 for told in (same, other)]
    tap.ok(scores[0] > hit["score"] > scores[1], "birth and country speak", scores)
    for code, gender in ("DE", "m"), ("BR", "f"):
        upper, lower = (ask(lists, "Brennick Varoe", "--country", code if one else code.lower(), "--gender",
                            gender.upper() if one else gender)[0] for one in (True, False))
        tap.ok(upper["hits"] == lower["hits"], f"{code} and {gender} are taken in either case", (upper, lower))
    tap.ok(ask(lists, "Brennick Varoe", "--exhaustive")[0]["hits"] == told["hits"], "the exhaustive search says the same")


def decide(lists, file, entry, name, *more):
    return screen("--against", f"own={lists}", "--decisions", file, "--decide", entry, "--by", "mara", "--reason", "born elsewhere",
                  *AT, *more, "--", name)


def decisions(tap, folder, lists):
    file, name = folder / "decisions.jsonl", "Brennick Varoe"
    run = decide(lists, file, "own/1", name, "--until", "2027-01-01")
    told, _ = ask(lists, name, "--decisions", file)
    tap.ok(not told["hits"] and told["decided"][0]["by"] == "mara" and told["decided_n"] == 1, "what is decided is no hit", told)
    late = json.loads(screen("--against", f"own={lists}", "--json", "--at", "2027-01-01", "--decisions", file, name).stdout)
    tap.ok(late["hits"][0]["reopened"] == "expired", "an expired decision opens it again", late)
    changed = folder / "changed.csv"
    changed.write_text(LIST.replace("1961-04-02", "1961-04-03"))
    told, _ = ask(changed, name, "--decisions", file)
    tap.ok(told["hits"][0]["reopened"] == "entry_changed", "so does an entry that changed", told)
    told, _ = ask(lists, name, "--decisions", file, "--born", "1961")
    tap.ok("reopened" not in told["hits"][0], "with other facts it is another party", told)
    hides_nothing(tap, folder, name)
    twice = folder / "twice.csv"
    twice.write_text("id,name\n7,Ostrava Melkin\n7,Brennick Varoe\n")
    run = decide(twice, folder / "twice.jsonl", "own/7", name)
    told, _ = ask(twice, name, "--decisions", folder / "twice.jsonl")
    tap.ok(run.returncode == 0 and not told["hits"] and told["decided_n"] == 1, "of two entries with one number it is the one that was hit", told)
    torn = folder / "torn.jsonl"
    torn.write_bytes(file.read_bytes() + b'{"action":"rev')
    told, words = ask(lists, name, "--decisions", torn)
    tap.ok(not told["hits"] and "torn.jsonl:2:" in words, "a line cut short is told, and says nothing", words)
    run = decide(lists, torn, "own/3", "Melkin Torvald")
    tap.ok(run.returncode == 0 and torn.read_bytes().count(b"\n") == 2 and b'"rev"' not in torn.read_bytes(), "it is written over",
           run.stderr)
    broken = folder / "broken.jsonl"
    broken.write_text(file.read_text().replace("mara", "mora"))
    told, words = ask(lists, name, "--decisions", broken)
    tap.ok(told["hits"] and "broken.jsonl:1:" in words, "a line that was changed grants nothing, and is told", words)
    says_that_none_holds(tap, folder, lists, broken)
    tap.ok(decide(lists, broken, "own/1", name).returncode == 3, "nothing is written behind it")
    number = json.loads(screen("--decisions", file, "--decided").stdout)["decision"]
    run = screen("--decisions", file, "--revoke", number, "--by", "tom", "--reason", "new facts")
    told, _ = ask(lists, name, "--decisions", file)
    tap.ok(run.returncode == 0 and told["hits"] and f'{number} is taken back: that "{name}" is not own/1, decided by mara\n' == run.stdout,
           "a decision is taken back, and which is told", (run.stdout, run.stderr))
    tap.ok(json.loads(screen("--decisions", file, "--decided").stdout)["revoked"], "and is listed as that")
    run = screen("--decisions", file, "--revoke", number, "--by", "tom", "--reason", "again")
    tap.ok(run.returncode == 2, "but once", run.stderr)
    none = folder / "slip.jsonl"
    run = screen("--decisions", none, "--revoke", number, "--by", "tom", "--reason", "a slip of the pen")
    tap.ok(run.returncode == 3 and "slip.jsonl: cannot be opened" in run.stderr and not none.exists(),
           "a file of decisions that is not there is not made by taking one back", run.stderr)
    whole = file.read_bytes()
    run = subprocess.run([BINARY, "screen", "--against", f"own={lists}", "--decisions", str(file), "--decide", "own/1", "--by", "mara",
                          "--reason", b"caf\xe9", "--", name], capture_output=True, timeout=60)
    tap.ok(run.returncode == 3 and b"no UTF-8" in run.stderr and file.read_bytes() == whole, "a reason that is no UTF-8 is not written",
           run.stderr)


def says_that_none_holds(tap, folder, lists, broken):
    """Each way to search with broken decisions ends with 3, and its answer says why; with sound ones it does not."""
    base = folder / "two.csv"
    base.write_text("name\nBrennick Varoe\nNobody Else\n")
    for file, status, none in ((broken, 3, True), (folder / "decisions.jsonl", 0, False)):
        told, _ = ask(lists, "Brennick Varoe", "--decisions", file)
        words = screen("--against", f"own={lists}", *AT, "--decisions", file, "Brennick Varoe")
        tap.ok(told.get("decisions_unread", False) == none and ("NONE OF THEM HOLDS" in words.stdout) == none and words.returncode == status,
               f"a name: exit status {status}, and the answer says so", (told, words.stdout))
        out, report = folder / "none.jsonl", folder / "none.txt"
        run = screen("--against", f"own={lists}", *AT, "--decisions", file, "--file", base, "--out", out, "--report", report)
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        tap.ok(run.returncode == status and lines[-1]["summary"].get("decisions_unread", False) == none and
               ("none of them holds" in report.read_text()) == none, f"a base: exit status {status}, and its summary says so", (run.stderr, lines[-1]))
        tap.ok(screen("--decisions", file, "--decided").returncode == status, f"a list of them: exit status {status}")


def decides_once(tap, folder, lists):
    file, name = folder / "once.jsonl", "Brennick Varoe"
    first = decide(lists, file, "own/1", name).stdout.strip()
    run = decide(lists, file, "own/1", name)
    tap.ok(run.returncode == 2 and not run.stdout and f"kept already: {first}, decided by mara for good" in run.stderr,
           "the same decision once more is refused, and says which holds", run.stderr)
    tap.ok(file.read_bytes().count(b"\n") == 1, "and nothing is written")
    run = decide(lists, file, "own/1", name, "--until", "2027-01-01")
    second = run.stdout.strip()
    tap.ok(run.returncode == 0 and f"takes the place of {first}, decided by mara for good" in run.stderr, "one that ends takes its place", run.stderr)
    run = decide(lists, file, "own/1", name, "--until", "2027-01-01")
    tap.ok(run.returncode == 2 and f"{second}, decided by mara until 2027-01-01" in run.stderr, "until the same day it is the same", run.stderr)
    run = screen("--against", f"own={lists}", "--decisions", file, "--decide", "own/1", "--by", "tom", "--reason", "still", "--at", "2027-03-01", name)
    tap.ok(run.returncode == 0 and f"takes the place of {second}" in run.stderr, "behind its end it can be decided anew", run.stderr)
    tap.ok(decide(lists, file, "own/1", name, "--born", "1999").returncode == 0 and decide(lists, file, "own/3", name).returncode == 0,
           "another party and another entry are other cases")
    listed = [json.loads(line) for line in screen("--decisions", file, "--decided").stdout.splitlines()]
    third = run.stdout.strip()
    tap.ok([line.get("replaced_by") for line in listed] == [third, third, None, None, None], "a decision whose place another took is listed as that", listed)
    run = screen("--decisions", file, "--revoke", third, "--by", "tom", "--reason", "a slip", "--at", "2026-12-01")
    tap.ok(run.returncode == 0 and run.stdout.splitlines()[1:] == [f"{second} holds again: decided by mara until 2027-01-01 00:00:00"],
           "which older decision holds again is told", run.stdout + run.stderr)
    takes_back_in_turn(tap, folder, file, first, second)
    listed = [json.loads(line) for line in screen("--decisions", file, "--decided").stdout.splitlines()]
    tap.ok([line.get("replaced_by") for line in listed] == [second, None, None, None, None] and listed[2]["revoked"], "what is taken back takes no place", listed)


def takes_back_in_turn(tap, folder, file, first, second):
    """What is told is what counts behind it, whichever is taken back."""
    def revoke(other, number, at):
        return screen("--decisions", other, "--revoke", number, "--by", "tom", "--reason", "a slip", "--at", at)
    for turn, (number, at, told) in enumerate((
            (first, "2026-12-01", [f"{second} holds as before: decided by mara until 2027-01-01 00:00:00"]),
            (first, "2027-03-01", [f"{second} is the one that counts, and has ended: decided by mara until 2027-01-01 00:00:00"]),
            (second, "2026-12-01", [f"{first} holds again: decided by mara for good"]))):
        other = folder / f"turn{turn}.jsonl"
        other.write_bytes(file.read_bytes())
        run = revoke(other, number, at)
        tap.ok(run.returncode == 0 and run.stdout.splitlines()[1:] == told, f"what is left is told: {told[0][17:]}", run.stdout + run.stderr)
    run = revoke(other, first, "2026-12-01")
    tap.ok(run.returncode == 0 and len(run.stdout.splitlines()) == 1, "and nothing, when none is", run.stdout + run.stderr)


def wide(tap, folder, lists):
    """Customers as some programs save "Unicode text": told as what they are, with what to do; that done, they are read."""
    file, out = folder / "wide.csv", folder / "wide.jsonl"
    for code, name in (("utf-16", "UTF-16LE"), ("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE")):
        for text in ("id\tname\n1\tBrennick Varoe\n", '{"name": "Brennick Varoe"}\n'):
            file.write_bytes(text.encode(code))
            run = screen("--against", f"own={lists}", "--file", file, "--out", out)
            tap.ok(run.returncode == 2 and "this is UTF-16" in run.stderr and "--columns" not in run.stderr and not out.exists(), f"{code} is refused as that",
                   run.stderr)
            file.write_bytes(subprocess.run(["iconv", *re.search(f"iconv (-f {name} -t UTF-8)", run.stderr)[1].split(), file], capture_output=True,
                                            check=True).stdout)
            run = screen("--against", f"own={lists}", "--file", file, "--out", out)
            tap.ok(run.returncode == 0 and "1 with hits" in run.stderr, "converted as was said it is read", run.stderr)
            out.unlink()
    file.write_text('"name,id\n1,Brennick Varoe\n')
    run = screen("--against", f"own={lists}", "--file", file, "--out", out)
    tap.ok(run.returncode == 2 and "a quote is opened and never closed" in run.stderr and "--columns" not in run.stderr,
           "a header line with a quote that is never closed is told as that alone", run.stderr)


def facts_of_a_name(tap, folder, lists):
    """What is said of one name is said of none in a file."""
    file, out = folder / "facts.csv", folder / "facts.jsonl"
    file.write_text("name\nBrennick Varoe\n")
    for fact in (("--born", "1961"), ("--country", "DE"), ("--gender", "m"), ("--type", "person"), ("--type", "any")):
        run = screen("--against", f"own={lists}", "--file", file, "--out", out, *fact)
        tap.ok(run.returncode == 2 and "go with a name" in run.stderr and not out.exists(), f"{fact[0]} goes with no file", run.stderr)
    run = screen("--decisions", out, "--decided", "--born", "1961")
    tap.ok(run.returncode == 2 and "go with a name" in run.stderr, "nor with what was decided", run.stderr)
    tap.ok(screen("--against", f"own={lists}", "--file", file, "--out", out, "--line", "400", "--quiet").returncode == 0, "a line does", out)


def hints(tap, folder):
    """A list of one's own whose columns nobody knows; and one that is not there is told with its whole path."""
    own = folder / "hint.csv"
    own.write_text("Full name;DOB\nBrennick Varoe;1961\n")
    run = screen("--against", own, "x")
    tap.ok(run.returncode == 3 and "FILE:csv:name=HEADING" in run.stderr, "it is said how to say which column is the name", run.stderr)
    tap.ok("1 open" in screen("--against", f"{own}:csv:name=Full name,birth=DOB", "Brennick Varoe").stdout, "and that helps")
    run = screen("--against", f"{own}:csv:name=Full name,alias=Also", "Brennick Varoe")
    tap.ok(run.returncode == 3 and not run.stdout and 'hint.csv:1: the header line has no column "Also" that the mapping names; it has Full name, DOB\n'
           in run.stderr and "HEADING" not in run.stderr, "a mapping whose column is not there is refused, with those that are", run.stderr)
    (folder / "deep").mkdir()
    policy = folder / "hint.policy"
    policy.write_text('list none { source "deep/none.csv" format csv }\nlist own { source "hint.csv" format csv map "name=Full name" }\n'
                      'record rows { source csv  time from "TIME" rfc3339  id from "REFERENCE" }\n')
    run = screen(policy, "--json", "Brennick Varoe")
    told = json.loads(run.stdout)
    tap.ok(run.returncode == 3 and told["lists"][0]["why"].startswith(f"{folder}/deep/none.csv: cannot be opened"), "in JSON, with its folder", told)
    run = screen(policy, "Brennick Varoe")
    tap.ok(f"list none WAS NOT SEARCHED: {folder}/deep/none.csv: " in run.stdout, "and in words", run.stdout)
    policy.write_text(policy.read_text().replace("deep/none.csv", "hint.csv").replace("format csv }", 'format csv map "name=Full name,birth=Day" }'))
    run = screen(policy, "--json", "Brennick Varoe")
    tap.ok(run.returncode == 3 and json.loads(run.stdout)["not_searched"] == ["none"] and 'no column "Day" that the mapping names' in run.stderr,
           "so is a list of a policy, and the others are searched", run.stderr)
    for told, status, words in ((f"{own}:cvs", 2, "formats are ofac, ofac-xml, un, eu, uk, opensanctions, ftm, csv"), (f"own={own}:CSV:name=Full name", 2, "formats are"),
                                (f"{own}:uk:name=Full name", 2, "a mapping goes with csv"), (f"{folder}/nowhere.csv", 3, "cannot be opened")):
        run = screen("--against", told, "x")
        tap.ok(run.returncode == status and words in run.stderr and not run.stdout, f"{told.rsplit('/')[-1]} is refused, and says why", run.stderr)
    colon = folder / "of:2026.csv"
    colon.write_text("id,name\n1,Brennick Varoe\n")
    tap.ok("1 open" in screen("--against", colon, "Brennick Varoe").stdout, "a file may have a colon in its name")


def hides_nothing(tap, folder, name):
    """More entries of one name than an answer holds: deciding on 64 of them shows the others."""
    many, file = folder / "many.csv", folder / "many.jsonl"
    many.write_text(HEAD + "".join(f"{i},{name},person,,\n" for i in range(70)))
    told, _ = ask(many, name)
    tap.ok(len(told["hits"]) == 64 and told["hits_over"] == 6, "hits are cut, and those beyond counted", told["hits_over"])
    for hit in told["hits"][:5]:
        decide(many, file, "own/" + hit["uid"], name)
    after, _ = ask(many, name, "--decisions", file)
    shown = {hit["uid"] for hit in after["hits"]}
    tap.ok(len(shown) == 64 and after["hits_over"] == 1 and after["decided_n"] == 5 and
           not shown & {hit["uid"] for hit in told["hits"][:5]}, "a decided entry stands in no other's place", after["hits_over"])


def customers(path, n):
    with open(path, "w", encoding="utf-8") as out:
        out.write("number;Full name;born;country\n")
        for i in range(n):
            name = "Brennick Varoe" if i % 97 == 0 else "Melkin Torvalt" if i % 89 == 0 else f"Person{chr(97 + i % 26)}o Number{i % 7}ski"
            born, country = ("", "") if i % 97 == 0 or i % 89 == 0 else (1950 + i % 50, "DE" if i % 3 else "??")
            out.write(f'{i};"{name}";{born};{country}\n' if i % 501 else f"{i};broken\n")


def whole(lists, file, out, *more):
    return [BINARY, "screen", "--against", f"own={lists}", "--file", str(file), "--columns", "name=Full name,id=number", "--out",
            str(out), *AT, *map(str, more)]


def screened(tap, command):
    """A base of which some rows cannot be read, as those of customers() above."""
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    tap.ok(run.returncode == 1, "it is screened to its end, and some rows could not be read", run.stderr)


def base(tap, folder, lists):
    file = folder / "customers.csv"
    customers(file, 3000)
    outs = []
    for threads in (1, 2, 5):
        out = folder / f"out{threads}.jsonl"
        run = subprocess.run(whole(lists, file, out, "--threads", threads, "--report", folder / f"r{threads}.html"), capture_output=True,
                             text=True, timeout=120)
        tap.ok(run.returncode == 1 and not (folder / f"out{threads}.jsonl.state").exists(), f"a base is screened by {threads}",
               run.stderr)
        outs.append(out.read_bytes())
    tap.ok(outs[0] == outs[1] == outs[2], "the number of threads changes no byte")
    rows = [json.loads(line) for line in outs[0].splitlines()]
    summary = rows[-1]["summary"]
    tap.ok(summary["rows"] == 3000 and summary["unread"] == 6 and summary["facts_not_understood"] > 900, "rows are counted", summary)
    named = [row for row in rows if row.get("hits")]
    wanted = [str(i) for i in range(3000) if (i % 97 == 0 or i % 89 == 0) and i % 501]
    tap.ok([row["id"] for row in named] == wanted, "each customer who should be is there, once, in order", len(named))
    tap.ok(sum("unread" in row for row in rows) == 6 and rows[0]["lists"][0]["name"] == "own", "rows that are wrong are told", rows[0])
    tap.ok("<td>Brennick Varoe" in (folder / "r1.html").read_text(), "the report names them")
    lines = folder / "customers.jsonl"
    lines.write_text('{"id":7,"name":"Brennick Varoe"}\n{"name":"<b>\\u001b Melkin Torvald"}\n')
    run = screen("--against", f"own={lists}", "--file", lines, "--out", folder / "j.jsonl", "--report", folder / "j.txt")
    rows = [json.loads(line) for line in (folder / "j.jsonl").read_text().splitlines()]
    tap.ok(rows[1]["id"] == "7" and rows[2]["hits"] and "\x1b" not in (folder / "j.txt").read_text(), "JSON Lines are read, too",
           rows)


def width(text):
    """How many columns of a terminal it takes: as Python's own tables of Unicode have it."""
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def report(tap, folder):
    """What people read of names of any script and of any bytes."""
    lists, file, out, text = (folder / name for name in ("script.csv", "any.csv", "any.jsonl", "any.txt"))
    lists.write_text("id,name,kind\n1,Brennick Aldous Varoe,person\n2,\u738b\u5c0f\u660e,person\n3,\u0645\u062d\u0645\u062f \u0639\u0628\u062f \u0627\u0644\u0631\u062d\u0645\u0646,person\n"
                     "4,M\u00fcllner Brandt\u00e6gt,person\n", encoding="utf-8")
    names = ("Brennick Varoe", "\u738b\u5c0f\u660e", "\u0645\u062d\u0645\u062f \u0639\u0628\u062f \u0627\u0644\u0631\u062d\u0645\u0646", "\u202eBrennick Varoe\u2066",
             "Brennick \x1b]\x07 \u009bVaroe\x00", "<Brennick> & Varoe", "Bre\u0301nnick Varoe", "Brennick Varoe" + "\u0300" * 300,
             "Brennick Varoe " + "x" * 3000)
    rows = "id,name\n" + "".join(f"c{i},{name}\n" for i, name in enumerate(names)) + "broken\n"
    file.write_bytes(rows.encode() + b"latin,M\xfcllner Brandt\xe6gt\n")
    run = screen("--against", f"own={lists}", "--file", file, "--out", out, "--report", text, *AT)
    lines = [json.loads(line) for line in out.read_bytes().decode().splitlines()]
    tap.ok(run.returncode == 1 and [line["name"] for line in lines if line.get("id") == "latin" and line["hits"]] == ["M\u00fcllner Brandt\u00e6gt"],
           "a name that is no UTF-8 is read as ISO 8859-1, and the output is JSON", (run.stderr, lines[-2]))
    told = text.read_bytes().decode()
    tap.ok("{" not in told and "screened" not in told and "A hit scores 500 of 1000 or more." in told and "List own: 4 entries, " in told
           and "9 of 11 customers have hits, 9 in all. 1 row COULD NOT BE READ" in told, "the report is in words, none of it is JSON", told)
    tap.ok(not any(c in told for c in "\x00\x07\x1b\x9b\u202e\u2066") and "[U+202E]Brennick Varoe[U+2066]" in told and "[U+001B]" in told,
           "nothing in it steers a terminal or turns the writing around", told)
    title, *table = told[told.index("customer "):].splitlines()
    hits = [line for line in table if "open" in line]
    places = {width(line[:line.rindex(" open")]) + 1 for line in hits}
    tap.ok(len(hits) == 9 and places == {title.index("state")}, "columns stand one below the other, in any script", told)
    tap.ok(max(map(width, table)) < 200, "and no name makes them wider than a page", max(map(width, table)))
    hostile = folder / "hostile.csv"
    hostile.write_text("id,name,kind\n1,Bren\u202enick Varoe\u009b1m,person\n", encoding="utf-8")
    command = [BINARY, "screen", "--against", f"own={hostile}"]
    run = subprocess.run([*command, "--", b"Br\xebnnick Varoe"], capture_output=True, timeout=60)
    tap.ok("own/1  Bren[U+202E]nick Varoe[U+009B]1m" in run.stdout.decode(), "nor in the answer about one name", run.stdout)
    run = subprocess.run([*command, "--json", "--", b"Brennick Varoe \xfc"], capture_output=True, timeout=60)
    tap.ok(json.loads(run.stdout.decode())["name"] == "Brennick Varoe \xfc", "which is JSON whatever the name is", run.stdout)
    page = folder / "any.html"
    screen("--against", f"own={lists}", "--file", file, "--out", out, "--report", page, *AT)
    told = page.read_bytes().decode()
    tap.ok("<Brennick" not in told and "&lt;Brennick&gt; &amp; Varoe" in told and "\u202e" not in told and "{&quot;" not in told and told.count("<td>open") == 9,
           "so the report as HTML", told[:600])


def killed(tap, folder, lists):
    file, whole_out, out = folder / "big.csv", folder / "whole.jsonl", folder / "killed.jsonl"
    customers(file, 60000)
    begun = time.monotonic()
    screened(tap, whole(lists, file, whole_out, "--quiet"))
    took, state, kills = time.monotonic() - begun, folder / "killed.jsonl.state", 0
    for share in (0.3, 0.5, 0.7, 0.9):
        run = subprocess.Popen(whole(lists, file, out, "--quiet", "--threads", 2, *(("--resume",) if state.exists() else ())),
                               stderr=subprocess.PIPE)
        time.sleep(took * share)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        kills += state.exists()
        if not state.exists():
            break
    if state.exists():
        run = subprocess.run(whole(lists, file, out), capture_output=True, text=True, timeout=60)
        tap.ok(run.returncode == 3 and "--resume" in run.stderr, "a run that was killed is not begun anew unasked", run.stderr)
        with open(out, "ab") as more:
            more.write(b'{"line":1,"id":"half a')
        run = subprocess.run(whole(folder / "changed.csv", file, out, "--resume"), capture_output=True, text=True, timeout=60)
        tap.ok(run.returncode == 3 and "other lists" in run.stderr, "nor gone on with against another list", run.stderr)
        screened(tap, whole(lists, file, out, "--resume"))
    tap.ok(kills > 0 and out.read_bytes() == whole_out.read_bytes(), "killed and resumed it is the same, byte for byte", kills)


def delta(tap, folder, lists):
    new, file = folder / "new.csv", folder / "customers.csv"
    new.write_text(LIST.replace("Quellmar Shipping 7", "Quellmar Shipping 8").replace("3,Melkin Torvald", "4,Melkin Torvald"))
    run = subprocess.run(whole(new, file, folder / "d.jsonl", "--delta", lists), capture_output=True, text=True, timeout=120)
    screened(tap, whole(new, file, folder / "f.jsonl"))
    rows = [json.loads(line) for line in (folder / "d.jsonl").read_text().splitlines()]
    full = [json.loads(line) for line in (folder / "f.jsonl").read_text().splitlines()]
    tap.ok(rows[0]["delta"] == {"new": 1, "changed": 1, "gone": 1}, "what changed is counted", run.stderr + str(rows[0]))
    got = [(row["id"], hit["uid"], hit["score"], hit["sum"]) for row in rows for hit in row.get("hits", ())]
    want = [(row["id"], hit["uid"], hit["score"], hit["sum"]) for row in full for hit in row.get("hits", ()) if hit["uid"] in "24"]
    tap.ok(got and got == want, "changed entries score as in a whole search", (len(got), len(want)))
    namesake, rows = "name,kind,birth,country\nBrennick Varoe,person,1950,DE\n", []
    for name, text in (("one.csv", namesake), ("two.csv", namesake + "Brennick Varoe,person,1981,NO\n")):
        (folder / name).write_text(text)
    for old in ("one.csv", "two.csv"):
        screened(tap, whole(folder / "two.csv", file, folder / "n.jsonl", "--delta", folder / old))
        rows.append(json.loads((folder / "n.jsonl").read_text().splitlines()[-1])["summary"]["hits"])
    tap.ok(rows[0] > 0 and rows[1] == 0, "one of the same name, in a list without numbers, is no entry of before", rows)


def on_record(tap, folder, lists):
    """Who looks a name up is in the journal, by the hash of whom he looked for; a journal that is none hands out no answer."""
    key, journal = folder / "journal.key", folder / "journal"
    bank.write(str(key), bytes(range(32)))
    key.chmod(0o600)
    policy = bank.policy(str(folder))
    with open(policy, "a", encoding="utf-8") as file:
        file.write('journal "journal" { segment 1MiB  keep events 30min  key "journal.key" }\n')
    day = bank.Day()
    for _ in range(20):
        day.honest()
    capture = bank.write(str(folder / "day.pcap"), bank.pcap(day.visa + day.core))
    status, _, said = bank.run("replay", policy, "--capture", capture, "--record", str(journal), "--journal-key", str(key), "--quiet")
    assert status == 0, said
    run = screen("--against", f"own={lists}", "--journal", journal, "--journal-key", key, "--by", "mara", "Brennick Varoe")
    held = b"".join(path.read_bytes() for path in journal.rglob("*") if path.is_file())
    notes = [json.loads(line) for line in re.findall(rb'\{"id":"[0-9A-F]{16}","at"[^\n}]*"action":"screen"[^}]*\}', held)]
    tap.ok(run.returncode == 0 and "1 open" in run.stdout and len(notes) == 1 and notes[0]["by"] == "mara" and notes[0]["open"] == 1,
           "who looked is on record", (run.stderr, notes))
    tap.ok(b"Brennick" not in held, "and not the name he looked for")
    run = screen("--against", f"own={lists}", "--journal", folder / "no-journal", "--by", "mara", "Brennick Varoe")
    tap.ok(run.returncode == 3 and not run.stdout, "without a record there is no answer", run.stderr)


def complains(tap, folder, lists):
    against, cust = ("--against", f"own={lists}"), folder / "customers.csv"
    for arguments, status, words in (
            ((*against,), 2, "one name"), ((*against, "a", "--born", "yesterday"), 2, "--born is"),
            ((*against, "a", "--country", "XQ"), 2, "--country is"),
            ((*against, "a", "--country", "dee"), 2, "--country is"), ((*against, "a", "--country", "2760"), 2, "--country is"),
            ((*against, "a", "--gender", "male"), 2, "--gender is"), ((*against, "a", "--gender", ""), 2, "--gender is"), ((*against, "a", "--line", "0"), 2, "--line is"),
            (("--against", folder / "absent", "a"), 3, "cannot be opened"), ((*against, *against, "a"), 2, "two lists have this name"),
            ((*against, "--file", cust), 2, "wants --out"), ((*against, "--decide", "own/1", "a"), 2, "--decisions FILE"),
            ((*against, "--decide", "own/99", "--decisions", folder / "x", "--by", "m", "--reason", "r", "a"), 2, "no such entry"),
            ((*against, "--decide", "own/1", "--decisions", folder / "x", "--by", "m", "a"), 2, "--reason"),
            ((*against, "--decisions", folder / "absent", "a"), 3, "cannot be opened"),
            ((*against, "--file", lists, "--columns", "name=nobody", "--out", folder / "n"), 2, "no such column"),
            ((*against, "--decide", "own/1", "--decisions", folder / "x", "--by", "m", "--reason", "r", "--until", "2026-11-26", *AT, "a"), 2, "to come"),
            ((*against, "--decide", "own/1", "--decisions", folder / "x", "--by", "m", "--reason", "r", "--until", "2001-01-01", "a"), 2, "to come"),
            ((*against, "--until", "2099-01-01", "a"), 2, "goes with --decide"),
            ((*against, "--journal", folder, "a"), 2, "wants --by")):
        run = screen(*arguments)
        tap.ok(run.returncode == status and words in run.stderr, f"complaint: {words}", (run.returncode, run.stderr))


def spares_inputs(tap, folder, lists):
    """No output is written over what is read, by whatever name, nor over the other output."""
    file, old, kept, link, hard = (folder / name for name in ("spared.csv", "old.csv", "kept.jsonl", "link.jsonl", "hard.jsonl"))
    file.write_text("id,name\n1,Brennick Varoe\n")
    old.write_text(LIST)
    decide(lists, kept, "own/3", "Melkin Torvald")
    link.symlink_to(file)
    hard.hardlink_to(lists)
    state = folder / "s.csv"
    new = folder / "s.csv.state.new"
    new.write_bytes(file.read_bytes())
    before = {path: path.read_bytes() for path in (file, old, kept, lists, new)}
    fine = folder / "fine.jsonl"
    for out, more, what in (
            (file, (), "--file"), (link, (), "--file"), (fine, ("--report", file), "--file"), (hard, (), "a watch list"),
            (fine, ("--report", lists), "a watch list"), (old, ("--delta", old), "--delta"), (kept, ("--decisions", kept), "decisions"),
            (fine, ("--report", fine), "--out"), (fine, ("--report", folder / "." / ".." / folder.name / "fine.jsonl"), "--out"),
            (fine, ("--report", f"{fine}.state"), "state"), (state, ("--file", new), "--file")):
        run = screen("--against", f"own={lists}", "--file", file, "--out", out, *more, *AT)
        tap.ok(run.returncode == 2 and "would be written over" in run.stderr and what in run.stderr, f"refused: an output over {what}",
               (run.returncode, run.stderr))
        tap.ok(all(path.read_bytes() == text for path, text in before.items()) and not fine.exists() and
               not list(folder.glob("*.jsonl.state")), "and nothing is lost or left behind", [str(p) for p in folder.iterdir()])


def leaves_nothing(tap, folder, lists):
    """A command that is wrong leaves nothing behind, and the corrected one runs."""
    file, out, report = folder / "headed.csv", folder / "left.jsonl", folder / "left.txt"
    file.write_text("id,Full name\n1,Brennick Varoe\n")
    command = ("--against", f"own={lists}", "--file", file, "--out", out, *AT)
    out.write_text("of yesterday\n")
    run = screen(*command, "--report", report)
    tap.ok(run.returncode == 2 and "no such column" in run.stderr and "--columns name=" in run.stderr, "a column that is not there: what to do is told",
           run.stderr)
    tap.ok(out.read_text() == "of yesterday\n" and not report.exists() and not pathlib.Path(f"{out}.state").exists(), "nothing is written")
    out.unlink()
    run = screen(*command, "--columns", "name=Full name", "--report", folder / "absent" / "r.txt")
    tap.ok(run.returncode == 3 and "r.txt: cannot be opened: No such file" in run.stderr and not out.exists(),
           "a report that cannot be written is told before the work, with the reason", run.stderr)
    run = screen(*command, "--columns", "name=Full name", "--report", report)
    modes = [path.stat().st_mode & 0o777 for path in (out, report)]
    tap.ok(run.returncode == 0 and modes == [0o600, 0o600], "the corrected command runs; both files are for nobody else", (run.stderr, modes))
    report.write_text("x" * 100000)
    screen(*command, "--columns", "name=Full name", "--report", report)
    tap.ok("xxx" not in report.read_text() and "Brennick Varoe" in report.read_text(), "a report of before is replaced")
    run = screen(*command, "--columns", "name=Full name", "--report", "-")
    tap.ok(run.returncode == 0 and "1 of 1 customer has a hit" in run.stdout, "a report goes to standard output, too", run.stdout)
    run = screen(*command, "--columns", "name=Full name", "--out", folder / "absent" / "o.jsonl", "--report", folder / "r2.txt")
    tap.ok(run.returncode == 3 and not (folder / "r2.txt").exists(), "no empty report is left", run.stderr)


def tells_the_end(tap, folder, lists):
    """In words what became of the rows; with --quiet nothing."""
    file, out = folder / "end.csv", folder / "end.jsonl"
    file.write_text("name,born,country\nBrennick Varoe,,\nNobody Atall,1/2/1970,XQ\nbroken\nOther Body,soon,\n" + "long " * 2000 + ",,\n")
    command = ("--against", f"own={lists}", "--file", file, "--out", out, *AT)
    run = screen(*command)
    tap.ok(run.returncode == 1 and run.stderr.splitlines() == [
        "countersign screen: 5 customers, 4 searched, 1 with hits, 1 COULD NOT BE READ, 1 NOT SEARCHED WHOLE",
        "countersign screen: 3 cells (type, born, country, gender) not understood and left out, the first in line 3"], "the end is told", run.stderr)
    summary = json.loads(out.read_text().splitlines()[-1])["summary"]
    tap.ok(summary["not_searched_whole"] == 1 and summary["unread"] == 1, "the summary counts the same", summary)
    tap.ok(not screen(*command, "--quiet").stderr, "--quiet says nothing of it")
    file.write_text("name\nBrennick Varoe\n")
    run = screen(*command)
    tap.ok(run.stderr == "countersign screen: 1 customer, 1 searched, 1 with hits, none unread\n" and run.returncode == 0,
           "where nothing is wrong it is one line", run.stderr)
    for rows, what in (("broken,,\n", "unread"), ("long " * 2000 + "\n", "not whole"), ("???\n", "of nothing")):
        file.write_text("name\nBrennick Varoe\n" + rows)
        run = screen(*command)
        tap.ok(run.returncode == 1 and out.exists(), f"a customer that is {what} is no success", (run.returncode, run.stderr))
    run = screen("--against", f"own={lists}", *AT, "long " * 2000)
    tap.ok(run.returncode == 1 and "was cut" in run.stdout, "nor is a name that is not searched whole", run.stdout[-200:])


def compares_nothing(tap, folder, lists):
    """A name of which nothing can be compared is not clean: it was not searched for."""
    words = "nothing of this name can be compared"
    for name in ("", "   ", "???", "\u2603\u2603", "-- ,,, (("):
        for more in ((), ("--exhaustive",)):
            run = screen("--against", f"own={lists}", *AT, *more, "--", name)
            tap.ok(run.returncode == 3 and words in run.stdout and words in run.stderr and "0 open" not in run.stdout,
                   f"{name!r} is no clean answer", (run.returncode, run.stdout))
        told, _ = ask(lists, name)
        tap.ok(told["unread"] == words and not told["hits"], "nor in JSON", told)
    tap.ok(all("unread" not in ask(lists, name)[0] for name in ("Nobody Atall", "7", "Ltd", "\u8d75\u94b1")), "any other is searched for")
    run = decide(lists, folder / "nothing.jsonl", "own/1", "???")
    tap.ok(run.returncode == 2 and words in run.stderr and not (folder / "nothing.jsonl").exists(), "nothing is decided of it", run.stderr)
    file, out, report = folder / "nothing.csv", folder / "nothing-out.jsonl", folder / "nothing.txt"
    file.write_text('id,name\na,???\nb,\nc,"  "\nd,Brennick Varoe\n')
    run = screen("--against", f"own={lists}", "--file", file, "--out", out, "--report", report, *AT)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    tap.ok(run.returncode == 1 and rows[-1]["summary"]["unread"] == 3 and rows[1] == {"line": 2, "id": "a", "name": "???", "unread": words},
           "of a base it is counted as unread, with its line and why", rows)
    tap.ok("3 COULD NOT BE READ" in run.stderr and "3 rows COULD NOT BE READ" in report.read_text(), "and told", (run.stderr, report.read_text()))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lists = folder / "own.csv"
        lists.write_text(LIST)
        single(tap, lists)
        decisions(tap, folder, lists)
        decides_once(tap, folder, lists)
        wide(tap, folder, lists)
        hints(tap, folder)
        facts_of_a_name(tap, folder, lists)
        base(tap, folder, lists)
        report(tap, folder)
        killed(tap, folder, lists)
        delta(tap, folder, lists)
        on_record(tap, folder, lists)
        spares_inputs(tap, folder, lists)
        leaves_nothing(tap, folder, lists)
        tells_the_end(tap, folder, lists)
        compares_nothing(tap, folder, lists)
        complains(tap, folder, lists)
    tap.done()


main()
