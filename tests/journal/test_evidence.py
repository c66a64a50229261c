#!/usr/bin/env python3
"""Goal: evidence of an alert holds without the journal, and nothing in it can be changed; the page for people is safe to open.
Method: bundles from journals of several shapes (many volumes, a crash behind the last checkpoint, packed), proved by
`countersign verify --bundle` and by the second verifier; then every value of a bundle changed in turn."""
import copy
import html.parser
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from verify_journal import ALERT, Bundle, Journal, Page, Vault

BINARY = os.environ["COUNTERSIGN"]
MAKE = os.environ["MAKE_JOURNAL"]
dice = random.Random(7)
points = failed = 0


def check(good, name, why=""):
    global points, failed
    points += 1
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", points, name), flush=True)
    if not good and why:
        print("# " + str(why).replace("\n", "\n# "), flush=True)


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=120)


def by_own_key(home, alert):
    """The user's own key serves when none is named, and the folder may stand behind --journal."""
    state = home / "state" / "countersign"
    state.mkdir(parents=True, exist_ok=True)
    shutil.copy(home / "key", state / "journal.key")
    return subprocess.run([BINARY, "evidence", alert, "--journal", str(home / "j")], capture_output=True, text=True, timeout=120,
                          env=dict(os.environ, XDG_STATE_HOME=str(home / "state")))


def make(home, *words):
    subprocess.run([MAKE, str(home / "j"), str(home / "key"), *words], check=True, timeout=120)
    return home / "j"


def alerts_of(journal):
    """(id, page) of every alert, in order."""
    reader, out = Journal(str(journal)), []
    for number, forms in reader.volumes():
        data, at = reader.load(number, forms), 0
        while at < len(data):
            page = Page.whole_at(data, at)
            out += [(body[8:24].hex(), page.number) for kind, body, _ in page.records() if kind == ALERT]
            at += page.length
    return out


def evidence(home, alert, *more):
    out = home / "bundle.json"
    done = run("evidence", home / "j", alert, "--journal-key", home / "key", "--out", out, *more)
    return done, out


def both_say(path, public=None):
    options = ["--public-key", public] if public else []
    done = run("verify", "--bundle", path, "--json", *options)
    try:
        other = not Bundle(path.read_text(), bytes.fromhex(public) if public else None).run().faults
    except (KeyError, ValueError, IndexError, TypeError, AttributeError):
        other = False
    return done.returncode == 0, other, done


def holds(tap_name, home, alert):
    done, out = evidence(home, alert)
    if done.returncode:
        check(False, tap_name, done.stderr)
        return None
    ours, other, said = both_say(out, Vault(str(home / "key")).public.hex())
    check(ours and other, tap_name, [ours, other, said.stdout, said.stderr])
    return json.loads(out.read_text())


def shapes(folder):
    for name, words in (("one volume", ["put=100"]), ("many volumes", ["put=400", "volume=30000", "sign=1"]),
                        ("packed", ["put=200", "volume=30000", "pack=1"]), ("three processes", ["put=90", "runs=3"])):
        home = pathlib.Path(tempfile.mkdtemp(dir=folder))
        found = alerts_of(make(home, *words))
        for alert, page in (found[0], found[len(found) // 2], found[-1]):
            bundle = holds(f"{name}: the alert on page {page} is proved", home, alert)
            roles = [r["role"] for r in bundle["records"]] if bundle else []
            check(roles.count("message") == 2 and roles.count("alert") == 1, f"{name}: with its two messages", roles)


def crash(folder):
    """What a process left behind its last checkpoint is proved by the head of the one that went on."""
    home = pathlib.Path(tempfile.mkdtemp(dir=folder))
    journal = make(home, "put=100", "crash=1", "flush=10")
    alert, page = alerts_of(journal)[0]
    done, _ = evidence(home, alert)
    check(done.returncode == 3 and "not signed yet" in done.stderr, "an alert that nothing signs yet is refused", done.stderr)
    make(home, "put=20")
    bundle = holds("after a crash the alert is proved through the pages behind it", home, alert)
    check(bundle and len(bundle["pages"]) > 3 and bundle["covers"][0]["page"] > page, "and through no other way",
          bundle and [p["page"] for p in bundle["pages"]])


def cut(folder):
    """That the first volume was lost takes nothing from the proof of what a process behind it put down."""
    home = pathlib.Path(tempfile.mkdtemp(dir=folder))
    make(home, "put=20")
    journal = make(home, "put=90")
    (journal / "00000001.volume").unlink()
    check(run("verify", journal).returncode == 1, "a journal without its first volume is faulty")
    found = alerts_of(journal)
    for alert, page in (found[0], found[-1]):
        holds(f"and the alert on page {page} behind it is proved", home, alert)


def change(value):
    """VALUE, changed in one place."""
    if isinstance(value, int):
        return value + 1
    if not value:
        return "00"
    at = dice.randrange(len(value))
    return value[:at] + ("1" if value[at] != "1" else "2") + value[at + 1:]


def leaves_of(value, way=()):
    if isinstance(value, dict):
        for key in value:
            yield from leaves_of(value[key], way + (key,))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from leaves_of(item, way + (i,))
    else:
        yield way


def changed(folder):
    home = pathlib.Path(tempfile.mkdtemp(dir=folder))
    alert, _ = alerts_of(make(home, "put=200", "volume=30000", "sign=1"))[1]
    bundle = holds("a bundle to be changed", home, alert)
    path, seen, unseen, alone = home / "changed.json", 0, [], []
    for way in leaves_of(bundle):
        if way == ("story",):
            continue  # it is not part of the proof
        it = copy.deepcopy(bundle)
        inner = it
        for step in way[:-1]:
            inner = inner[step]
        inner[way[-1]] = change(inner[way[-1]])
        path.write_text(json.dumps(it))
        ours, other, _ = both_say(path)
        seen += not ours
        unseen += [way] if ours else []
        alone += [way] if ours != other else []
    check(not unseen and seen > 60, f"{seen} values changed, each one seen", unseen)
    check(not alone, "and seen by both verifiers", alone)
    for i, record in enumerate(bundle["records"]):
        it = copy.deepcopy(bundle)
        del it["records"][i]
        path.write_text(json.dumps(it))
        ours, other, said = both_say(path)
        check(not ours and not other, f"without its {record['role']} it proves nothing", [ours, other, said.stdout])
    whole = json.dumps(bundle)
    refused = 0
    for n in range(0, len(whole), 97):
        path.write_text(whole[:n])
        refused += run("verify", "--bundle", path).returncode == 3
    check(refused == len(range(0, len(whole), 97)), "a bundle cut anywhere is refused")


class Reader(html.parser.HTMLParser):
    """Notes tags left open, and whatever would ask for something from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.bad, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "img", "link", "iframe", "object", "form", "a") or any(k in ("src", "href") or k.startswith("on")
                                                                                 for k, _ in attrs):
            self.bad.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append("/" + tag)

    def handle_data(self, data):
        self.text += data


def page(folder):
    home = pathlib.Path(tempfile.mkdtemp(dir=folder))
    alert, _ = alerts_of(make(home, "put=100"))[0]
    out = home / "page.html"
    done, _ = evidence(home, alert, "--html", out)
    reader = Reader()
    reader.feed(out.read_text())
    check(done.returncode == 0 and not reader.bad and not reader.open, "the page is whole and asks for nothing",
          [reader.bad, reader.open])
    check("BANK & <BRANCH>" in reader.text and "<BRANCH>" not in out.read_text(), "what a message says is escaped")
    wanted = ("was approved, but the issuer was never asked", "within 30s before", "countersign verify --bundle", alert,
              Vault(str(home / "key")).public.hex().upper())
    check(all(w in reader.text for w in wanted), "it tells what happened, what is expected, and how to check it",
          [w for w in wanted if w not in reader.text])


def refusals(folder):
    home = pathlib.Path(tempfile.mkdtemp(dir=folder))
    journal = make(home, "put=100")
    alert, _ = alerts_of(journal)[0]
    for name, words, status, said in (
            ("an alert that is not there", [journal, "0" * 32, "--journal-key", home / "key"], 3, "no alert of this id"),
            ("no id", [journal, "xyz", "--journal-key", home / "key"], 2, "32 hex digits"),
            ("another key", [journal, alert, "--journal-key", home / "nowhere"], 3, "journal key"),
            ("no folder", [alert], 2, "the folder of a journal"),
            ("no journal", [home / "nowhere", alert, "--journal-key", home / "key"], 3, "no journal"),
            ("no place to write to", [journal, alert, "--journal-key", home / "key", "--out", home / "no" / "x"], 3, "no/x")):
        done = run("evidence", *words)
        check(done.returncode == status and said in done.stderr, f"{name} is refused", done.stderr)
    done = by_own_key(home, alert)
    check(done.returncode == 0 and json.loads(done.stdout), "the user's own key serves when none is named", done.stderr)
    for path in (journal / "keys").iterdir():
        path.unlink()
    done, _ = evidence(home, alert)
    check(done.returncode == 3 and "erased" in done.stderr, "an erased key is told", done.stderr)
    for words in ([], [journal, "--bundle", "x"], ["--bundle", "x", "--journal-key", home / "key"]):
        check(run("verify", *words).returncode == 2, f"verify {len(words)} words: bad usage")
    done = run("verify", "--bundle", home / "absent.json")
    check(done.returncode == 3 and "absent.json" in done.stderr, "a bundle that is not there", done.stderr)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shapes(folder)
        crash(folder)
        cut(folder)
        changed(folder)
        page(folder)
        refusals(folder)
    print("1..%d" % points)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
