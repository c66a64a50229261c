#!/usr/bin/env python3
"""Goal: names and customers are held against the watch lists of a policy, and a list that is missing, broken or stale is never silent.
Method: the real binary on invented lists beside a policy; each list is taken away, broken and made old in turn: what is left is
searched, each answer and standard error name what is not, and the exit status is not that of success."""
import json
import os
import pathlib
import subprocess
import tempfile

from bank import Tap

ROOT = pathlib.Path(os.environ.get("COUNTERSIGN_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("COUNTERSIGN", str(ROOT / "build/dev/countersign"))
LINK = 'link visa { tap "eth1" port 5001 frame length16 dialect "iso87-ascii" side acquirer }\n'
LISTS = """list own "ours" { source "lists/own.csv"  format csv  map "id=number,name=Full name"  stale 48h }
list un { source "lists/un.xml"  format un  stale 48h }
list ofac { source "lists/alt.csv", "lists/sdn.csv", "lists/add.csv"  format ofac  stale 36h }
"""
OWN = "number,Full name\n1,Brennick Aldous Varoe\n2,Melkin Torvald\n"
UN = """<CONSOLIDATED_LIST dateGenerated="%s"><INDIVIDUALS><INDIVIDUAL><DATAID>7</DATAID><FIRST_NAME>Ostrava</FIRST_NAME>
<SECOND_NAME>Quellmar</SECOND_NAME></INDIVIDUAL></INDIVIDUALS><ENTITIES/></CONSOLIDATED_LIST>
"""
NOW = 1795777200  # 2026-11-27T11:00:00Z
AT = ("--at", "2026-11-27T11:00:00Z")
HOUR = 3600


def screen(*arguments):
    return subprocess.run([BINARY, "screen", *map(str, arguments)], capture_output=True, text=True, timeout=120)


def age(path, hours):
    os.utime(path, (NOW - hours * HOUR, NOW - hours * HOUR))


def lay_out(folder):
    """The policy and its lists as they should be, all an hour old."""
    lists = folder / "lists"
    lists.mkdir(exist_ok=True)
    (folder / "p.policy").write_text(LINK + LISTS)
    (lists / "own.csv").write_text(OWN)
    (lists / "un.xml").write_text(UN % "2026-11-27T01:00:00Z")
    for part, file in (("sdn", "ofac_sdn"), ("alt", "ofac_alt"), ("add", "ofac_add")):
        (lists / (part + ".csv")).write_bytes((ROOT / f"tests/vectors/lists/{file}.csv").read_bytes())
    for path in lists.iterdir():
        age(path, 1)
    return folder / "p.policy", lists


def ask(policy, name, *more):
    run = screen(policy, "--json", *AT, *more, "--", name)
    return (json.loads(run.stdout) if run.stdout else None), run


def found(told):
    return [(hit["list"], hit["uid"]) for hit in told["hits"]]


def good(tap, folder):
    policy, _ = lay_out(folder)
    told, run = ask(policy, "Brennick Varoe")
    tap.ok(run.returncode == 0 and not run.stderr and ("own", "1") in found(told),
           "a name is held against the lists of a policy", run.stderr)
    tap.ok([(row["name"], row["state"]) for row in told["lists"]] == [("own", "read"), ("un", "read"), ("ofac", "read")]
           and "not_searched" not in told and "stale" not in told, "each list is named", told["lists"])
    tap.ok([row["age_s"] for row in told["lists"]] == [HOUR, 11 * HOUR, HOUR],
           "with its age: since the file was changed, or since its own date if that is longer ago", told["lists"])
    told, run = ask(policy, "Ostrava Quellmar")
    tap.ok(run.returncode == 0 and [hit["list"] for hit in told["hits"]] == ["un"], "all of them are searched", told)
    same = json.loads(screen("--against", f"ofac={','.join(str(folder / 'lists' / f) for f in ('alt.csv', 'sdn.csv', 'add.csv'))}:ofac",
                             "--json", *AT, "x").stdout)
    tap.ok(same["lists"][0]["version"] == told["lists"][2]["version"], "a list of several files is the same as on the command line")
    run = screen(policy, *AT, "--", "Brennick Varoe")
    tap.ok(run.returncode == 0 and "list un, version" in run.stdout and "11 h old\n" in run.stdout and "2 open, 0 decided" in run.stdout
           and "NOT" not in run.stdout, "and in words", run.stdout)


def wrong(tap, folder):
    """One list at a time is wrong; the name is on another one, and is found."""
    faults = (
        ("missing", "not_searched", lambda lists: (lists / "un.xml").unlink(), "un.xml: cannot be opened"),
        ("cut off", "not_searched", lambda lists: (lists / "un.xml").write_text((UN % "2026-11-27")[:120]), "un.xml: "),
        ("of another format", "not_searched", lambda lists: (lists / "un.xml").write_text(OWN), "un.xml: "),
        ("empty", "not_searched", lambda lists: (lists / "un.xml").write_text(""), "un.xml: "),
        ("of names that are none", "not_searched", lambda lists: (lists / "un.xml").write_text(
            (UN % "2026-11-27").replace("Ostrava", "???").replace("Quellmar", "---")), "un.xml: none of its entries has anything"),
        ("of markup", "not_searched", lambda lists: (lists / "un.xml").write_text(
            (UN % "2026-11-27").replace("Quellmar", "&lt;b&gt;Quellmar&lt;/b&gt;")), "un.xml: 1 of its 1 names hold markup"),
        ("old by its file", "stale", lambda lists: age(lists / "un.xml", 49), "it is 49 h old, and may be 48 h"),
        ("old by its own date", "stale", lambda lists: (lists / "un.xml").write_text(UN % "2026-11-20"), "it is 179 h old, and may be 48 h"),
    )
    for what, state, fault, why in faults:
        policy, lists = lay_out(folder)
        fault(lists)
        if state == "not_searched" or "own date" in what:
            for path in lists.iterdir():
                age(path, 1)
        told, run = ask(policy, "Brennick Varoe")
        row = told["lists"][1]
        tap.ok(run.returncode == 3 and ("own", "1") in found(told) and told[state] == ["un"], f"a list that is {what}: an answer, but "
               "no success", (run.returncode, told))
        tap.ok(row["state"] == state and row["why"].startswith(why if state == "stale" else str(folder / "lists") + "/" + why) and ("version" in row) == (state == "stale"), f"{what}: it says why", row)
        shout = "list un IS NOT SEARCHED" if state == "not_searched" else "list un IS STALE: " + why
        tap.ok(shout in run.stderr, f"{what}: and on standard error", run.stderr)
        run = screen(policy, *AT, "--", "Brennick Varoe")
        words = ("list un WAS NOT SEARCHED: ", "NOT ALL LISTS WERE SEARCHED") if state == "not_searched" else (
            "IT IS STALE", "NOT ALL LISTS ARE AS NEW AS THEY SHOULD BE")
        tap.ok(run.returncode == 3 and all(word in run.stdout for word in words) and "own/1" in run.stdout, f"{what}: and in words",
               run.stdout)
    policy, lists = lay_out(folder)
    age(lists / "un.xml", 48)
    tap.ok(ask(policy, "x")[1].returncode == 0, "as old as it may be is not stale")
    age(lists / "alt.csv", 37)
    tap.ok(ask(policy, "x")[0]["stale"] == ["ofac"], "of several files the oldest counts")
    (lists / "alt.csv").unlink()
    tap.ok(ask(policy, "x")[0]["not_searched"] == ["ofac"], "and none may be missing")
    half_read(tap, folder)
    no_list(tap, folder)


def no_list(tap, folder):
    """What `lists check` refuses is searched by nobody; what it finds fault with is."""
    file = folder / "told.csv"
    for rows, status, why in (("1,???\n2,---\n", 3, "none of its entries has anything that can be compared or looked up"),
                              ("1,<b>Brennick</b>\n", 3, "1 of its 1 names hold markup or controls"),
                              ("1,<b>Brennick</b>\n2,Melkin <i>Torvald</i>\n3,Ostrava Quellmar\n", 3, "2 of its 3 names hold markup"),
                              ("1,<b>Brennick</b>\n2,Melkin Torvald\n", 0, ""),
                              ("1,???\n2,Melkin Torvald\n", 0, "")):
        file.write_text("id,name\n" + rows)
        check = subprocess.run([BINARY, "lists", "check", str(file)], capture_output=True, text=True, timeout=60)
        run = screen("--against", f"told={file}", "--json", "--", "Melkin Torvald")
        tap.ok(check.returncode == (status or 1) and run.returncode == status, f"{rows!r}: screen and lists check say the same",
               (check.returncode, run.returncode, run.stderr))
        if status:
            tap.ok(not run.stdout and f"{file}: {why}" in run.stderr, f"{rows!r}: by name, with why", run.stderr)
        else:
            tap.ok(found(json.loads(run.stdout)) == [("told", "2")], f"{rows!r}: is searched", run.stdout)


def half_read(tap, folder):
    """What was read of a list before it broke is no list: its entries are not searched."""
    policy, lists = lay_out(folder)
    whole = (UN % "2026-11-27T01:00:00Z")
    (lists / "un.xml").write_text(whole.replace("</INDIVIDUALS>", "<INDIVIDUAL><FIRST_NAME>"))
    told, run = ask(policy, "Ostrava Quellmar")
    tap.ok(run.returncode == 3 and not told["hits"] and told["not_searched"] == ["un"], "nothing of a list that breaks off is searched",
           told)
    for path in lists.iterdir():
        path.unlink()
    told, run = ask(policy, "Brennick Varoe")
    tap.ok(run.returncode == 3 and told is None and run.stderr.count("IS NOT SEARCHED") == 3, "without any list there is no answer",
           run.stderr)


def base(tap, folder):
    policy, lists = lay_out(folder)
    customers, out, report = folder / "customers.csv", folder / "out.jsonl", folder / "report.txt"
    customers.write_text("id,name\na,Brennick Varoe\nb,Ostrava Quellmar\nc,Nobody Atall\n")
    def whole(*more):
        return screen(policy, "--file", customers, "--out", out, "--report", report, "--quiet", *AT, *more)
    run = whole()
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    tap.ok(run.returncode == 0 and not run.stderr and [row["id"] for row in rows[1:-1]] == ["a", "b"], "a base of customers", run.stderr)
    tap.ok("not_searched" not in rows[-1]["summary"], "nothing is lacking", rows[-1])
    before = folder / "before.csv"
    before.write_text("number,Full name\n1,Brennick Aldous Varoe\n")
    run = whole("--delta", f"{before}:csv:id=number,name=Full name", "--delta", lists / "un.xml", "--delta",
                ",".join(str(lists / file) for file in ("alt.csv", "sdn.csv", "add.csv")))
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    tap.ok(run.returncode == 0 and rows[0]["delta"] == {"new": 1, "changed": 0, "gone": 0}, "a delta against older lists",
           (run.stderr, rows[0]))
    (lists / "un.xml").unlink()
    run = whole()
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    tap.ok(run.returncode == 3 and [row["id"] for row in rows[1:-1]] == ["a"] and not (folder / "out.jsonl.state").exists(),
           "without one of the lists it is screened against the others, and that is no success", run.stderr)
    tap.ok(rows[0]["lists"][1]["state"] == "not_searched" and rows[1]["not_searched"] == ["un"]
           and rows[-1]["summary"]["not_searched"] == ["un"], "header, customers and summary say so", rows)
    tap.ok("WAS NOT SEARCHED" in report.read_text(), "and so does the report", report.read_text())


def spares_inputs(tap, folder):
    """An output is not written over the policy, nor over a list that it declares."""
    policy, lists = lay_out(folder)
    customers = folder / "customers.csv"
    customers.write_text("name\nBrennick Varoe\n")
    for out, more in ((lists / "un.xml", ()), (policy, ()), (folder / "spared.jsonl", ("--report", lists / "add.csv"))):
        before = {path: path.read_bytes() for path in (policy, *lists.iterdir())}
        run = screen(policy, "--file", customers, "--out", out, *more, *AT)
        tap.ok(run.returncode == 2 and "would be written over" in run.stderr and not (folder / "spared.jsonl").exists() and
               all(path.read_bytes() == text for path, text in before.items()), f"nothing is written over {out.name}", run.stderr)


def decided(tap, folder):
    policy, lists = lay_out(folder)
    file = folder / "decisions.jsonl"
    run = screen(policy, *AT, "--decisions", file, "--decide", "own/1", "--by", "mara", "--reason", "born elsewhere", "--", "Brennick Varoe")
    told, _ = ask(policy, "Brennick Varoe", "--decisions", file)
    tap.ok(run.returncode == 0 and "own" not in [hit["list"] for hit in told["hits"]] and told["decided_n"] == 1, "a decision is kept for a list of the policy", run.stderr)
    record = 'record pay { source csv time from "T" }\n'
    clause = 'screen %s { of record on pay names of "P" against own otherwise hold high without hold high%s }\n'
    names = ' decisions "decisions.jsonl"'
    for screens, n in ((clause % ("a", names) + clause % ("b", names), 1), (clause % ("a", names) + clause % ("b", ""), 0)):
        policy.write_text(LINK + record + LISTS + screens)
        told, run = ask(policy, "Brennick Varoe")
        tap.ok(told["decided_n"] == n and ("decisions are read from" in run.stderr) == bool(n),
               "without --decisions those that all screens of the policy name are read", (run.stderr, told["decided_n"]))
    (lists / "own.csv").unlink()
    run = screen(policy, *AT, "--decisions", file, "--decide", "own/1", "--by", "m", "--reason", "r", "--", "Brennick Varoe")
    tap.ok(run.returncode == 2 and "list own IS NOT SEARCHED" in run.stderr, "not for an entry of a list that is missing", run.stderr)


def without_links(tap, folder):
    """Who only looks names up has no link to write; what watches says that there is none."""
    (folder / "alone.policy").write_text(LISTS)
    told, run = ask(folder / "alone.policy", "Brennick Varoe")
    tap.ok(run.returncode == 0 and not run.stderr and ("own", "1") in found(told), "a policy may have lists alone", run.stderr)
    run = subprocess.run([BINARY, "check", folder / "alone.policy"], capture_output=True, text=True)
    tap.ok(run.returncode == 0 and "there is no link" in run.stdout, "check says what that is good for", run.stdout + run.stderr)
    for arguments in (("run",), ("replay", "--capture", "/dev/null"), ("features", "--events", "/dev/null")):
        run = subprocess.run([BINARY, arguments[0], folder / "alone.policy", *arguments[1:]], capture_output=True, text=True)
        tap.ok(run.returncode == 2 and "has no link, so there is nothing to watch" in run.stderr, f"{arguments[0]} has nothing to do", (run.returncode, run.stderr))


def complains(tap, folder):
    policy, lists = lay_out(folder)
    bare, broken = folder / "bare.policy", folder / "broken.policy"
    bare.write_text(LINK)
    broken.write_text(LINK + "list un { format un }\n")
    for arguments, status, words in (
            ((bare, "a"), 2, "declares no watch list"), ((broken, "a"), 2, "broken.policy:2:6: watch list un has no file"),
            ((folder / "absent", "a"), 2, "absent"), ((policy,), 2, "a policy and one name"), ((policy, "a", "b"), 2, "not more"),
            ((policy, "a", "--against", lists / "own.csv"), 2, "one name"), ((policy, "--file", lists / "own.csv"), 2, "wants --out"),
            ((policy, "--file", lists / "own.csv", "--out", folder / "o", "--delta", lists / "own.csv"), 2, "each watch list of the policy")):
        run = screen(*arguments)
        tap.ok(run.returncode == status and words in run.stderr, f"complaint: {words}", (run.returncode, run.stderr))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        good(tap, folder)
        wrong(tap, folder)
        base(tap, folder)
        spares_inputs(tap, folder)
        decided(tap, folder)
        complains(tap, folder)
        without_links(tap, folder)
    tap.done()


main()
