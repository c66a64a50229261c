#!/usr/bin/env python3
"""Goal: `countersign check` tells a good policy back with its bounds, and says of a bad one where and what to write.
Method: the real binary on the shipped policies, on every example of docs/policy.md, and on policies with one fault each."""
import json
import os
import pathlib
import re
import subprocess
import tempfile

from bank import Tap

ROOT = pathlib.Path(os.environ.get("COUNTERSIGN_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("COUNTERSIGN", str(ROOT / "build/dev/countersign"))
LINKS = """link visa { tap "eth1" port 5001 frame length16 dialect "iso87-ascii" side acquirer }
link core { tap "eth2" port 7001 frame length16 dialect "iso87-ebcdic" side issuer }
"""
STATEMENTS = ("link", "expect", "excuse", "watch", "conserve", "journal", "clocks", "tokens", "record", "profile", "limit",
              "rule", "list", "places", "calendar", "money", "score")


def check(*arguments):
    return subprocess.run([BINARY, "check", *arguments], capture_output=True, text=True, timeout=60)


def check_text(folder, text):
    (folder / "p.policy").write_text(text)
    return check(str(folder / "p.policy"))


def shipped(tap):
    for path in sorted((ROOT / "policies").glob("*.policy")):
        run = check(str(path))
        tap.ok(run.returncode == 0 and not run.stderr, "%s is good" % path.name, run.stderr)
    path = str(ROOT / "policies/two-taps.policy")
    words = check(path).stdout
    tap.ok("each card.response on visa where approved needs a card.response on core where approved, at most 30s before"
              in words, "an expectation is told in a sentence", words)
    tap.ok(all(re.search(r"memory %s: \d+ MiB" % part, words) for part in
                  ("of the detectors", "of the streams", "of the capture, when live", "in all, with program and tables"))
              and "steps of conditions" in words,
              "memory and work have bounds", words)
    told = json.loads(check(path, "--json").stdout)
    tap.ok(told["good"] and [link["name"] for link in told["links"]] == ["visa", "core"]
              and told["bounds"]["detect_bytes"] > 0 and told["bounds"]["ladder_probes"] == 8,
              "the same as JSON", json.dumps(told))


def lists_that_lack(tap, folder):
    """A list that is not there is no fault of the policy, but is said, with its path; exit status 1."""
    own = 'list own { source "%s"  format csv }\n'
    keys = 'list hot { of card source "hot.csv" key "K" }\n'
    text = LINKS + own % "lists/own.csv" + keys
    run = check_text(folder, text)
    tap.ok(run.returncode == 1 and f"list own: {folder}/lists/own.csv: cannot be opened: No such file or directory\n" in run.stderr and
           f"list hot: {folder}/hot.csv: cannot be opened" in run.stderr and "watch list own" in run.stdout,
           "lists that are not there are said, with path and reason, and the policy is told all the same", run.stderr)
    told = json.loads(check("--json", str(folder / "p.policy")).stdout)
    tap.ok(told["good"] and told["files_lacking"] == [f"{folder}/lists/own.csv", f"{folder}/hot.csv"], "and as JSON", told)
    (folder / "lists").mkdir()
    (folder / "lists/own.csv").write_text("id,name\n1,Brennick Varoe\n")
    (folder / "hot.csv").write_text("K\n")
    run = check_text(folder, text)
    tap.ok(run.returncode == 0 and not run.stderr and "files_lacking" not in json.loads(check("--json", str(folder / "p.policy")).stdout),
           "where they are there nothing is said", run.stderr)
    run = check_text(folder, LINKS + own % "lists/")
    tap.ok(run.returncode == 0, "a folder with a file in it will do", run.stderr)
    run = check_text(folder, LINKS + own % "lists")
    tap.ok(run.returncode == 1 and "Is a directory" in run.stderr, "a folder that is named as a file will not", run.stderr)
    (folder / "lists/own.csv").unlink()
    run = check_text(folder, LINKS + own % "lists/")
    tap.ok(run.returncode == 1 and f"list own: {folder}/lists/: cannot be opened" in run.stderr, "nor one with none", run.stderr)
    os.mkfifo(folder / "lists/pipe.csv")
    run = check_text(folder, LINKS + own % "lists/pipe.csv")
    tap.ok(run.returncode == 0, "nobody waits for a pipe", run.stderr)
    run = check_text(folder, LINKS + own % "lists/own.csv" + "nonsense")
    tap.ok(run.returncode == 2, "a policy that is wrong is that first", run.stderr)


def journal(tap, folder):
    run = check_text(folder, LINKS + 'journal "j" {}')
    tap.ok("journal j\n  on the disk within 10ms; a new file at 256MiB or after 1d; a signed checkpoint every 1s; a snapshot "
              "every 10min; keeps events for ever, alerts for ever, and no raw messages; key of this user.\n" in run.stdout,
              "a journal of defaults is told", run.stdout + run.stderr)
    text = LINKS + """journal "/var/j" { durability every event raw sealed segment 1536KiB snapshot none checkpoint every 90s
        keep events 90d, raw 36h size 2GiB key "pkcs11:token=hsm" anchor "a.jsonl" }"""
    run = check_text(folder, text)
    want = ("on the disk event by event; a new file at 1536KiB or after 1d; a signed checkpoint every 90s, also in a.jsonl; no "
            "snapshots; keeps events for 90d, raw messages, sealed, for 36h, alerts for ever, in at most 2GiB, and then the "
            "oldest goes first; key pkcs11:token=hsm.")
    tap.ok("journal /var/j\n  %s\n" % want in run.stdout, "a journal with every clause is told", run.stdout + run.stderr)
    told = json.loads(check(str(folder / "p.policy"), "--json").stdout)
    tap.ok(told["journal"] == {"folder": "/var/j", "raw": True, "size_bytes": 2 << 30, "words": want}, "and as JSON", told)
    run = check_text(folder, LINKS + 'journal "j" { durability none }')
    tap.ok("\n  on the disk when the system gets to it; " in run.stdout, "a journal that waits for nothing is told", run.stdout)
    tap.ok("journal" not in json.loads(check(str(write(folder, LINKS)), "--json").stdout), "no journal, no word of it")


def whole(tap, folder):
    """The memory of the whole process is told: detectors, streams, a ring for each interface, the rest."""
    def bounds(text):
        return json.loads(subprocess.run([BINARY, "check", "--json", str(write(folder, text))],
                                         capture_output=True, text=True, timeout=60).stdout)["bounds"]
    one, two = bounds(LINKS.replace('"eth2"', '"eth1"')), bounds(LINKS)
    parts = sum(two[part] for part in ("detect_bytes", "stream_bytes", "capture_bytes"))
    tap.ok(parts < two["total_bytes"] < parts + (128 << 20), "the parts add up, but for the program and its tables", str(two))
    tap.ok(two["stream_bytes"] > 2 * (64 << 20) and two["connection_bytes"] > 2 * 65535,
              "streams and connections are in it", str(two))
    tap.ok(one["capture_bytes"] == 64 << 20 and two["capture_bytes"] == 2 * (64 << 20), "one ring for each interface",
              (one, str(two)))
    fewer = bounds(LINKS.replace("side issuer", "side issuer connections 16"))
    tap.ok(fewer["stream_bytes"] < two["stream_bytes"] and fewer["connections"] < two["connections"],
              "memory follows `connections`", str(fewer))


def kept(tap, folder):
    """Memory follows `keep`, and is known before anything runs."""
    small, large = (json.loads(subprocess.run(
        [BINARY, "check", "--json", str(write(folder, LINKS.replace("side issuer", "side issuer keep %d transactions" % n)))],
        capture_output=True, text=True, timeout=60).stdout)["bounds"]["detect_bytes"] for n in (1024, 1 << 20))
    tap.ok(small < large, "memory grows with keep: %d, %d bytes" % (small, large))


def write(folder, text):
    path = folder / "q.policy"
    path.write_text(text)
    return path


def examples(tap, folder):
    blocks = re.findall(r"^```\n(.*?)^```$", (ROOT / "docs/policy.md").read_text(), re.M | re.S)
    done = 0
    for block in blocks:
        word = block.split()[0]
        if word == "where":
            text = LINKS + "".join("conserve c%d { claim card.any on visa %s\nproof card.any on core every 1s otherwise "
                                   "hold low }\n" % (i, line) for i, line in enumerate(block.splitlines()))
        elif word in STATEMENTS:
            text = ("" if word == "link" else LINKS) + block
        else:
            continue
        run = check_text(folder, text)
        done += 1
        lacking = run.stderr.count(".csv: cannot be opened: No such file or directory\n") # its lists are nowhere
        tap.ok(run.returncode == (lacking > 0) and len(run.stderr.splitlines()) == lacking, "example of docs/policy.md: %s" % block.splitlines()[0],
               run.stderr)
    tap.ok(done >= 10, "docs/policy.md has an example of each statement")


# Two records, on two lines: each fault stands in line 3, or in line 4 behind a link.
RECORDS = """record orders { source csv time from "t" field ref text from "r" field n number from "n" amount from "a" minor EUR }
record swift { source csv time from "t" id from "i" field ref text from "r" field kind text from "k" amount from "a" minor EUR }
"""
CORE = 'link core { tap "eth2" port 7001 frame length16 dialect "iso87-ebcdic" side issuer }\n'
ORDERED = "expect e { claim record on swift proof record on orders match %s within 1h before otherwise hold low }"
SEEN = "expect e { claim card.response on core proof record on swift match rrn %s otherwise hold low }"
STATEMENT = "statement s { of %s otherwise hold low }"
TRANSFERS = {
    "required, of a way to match": RECORDS + ORDERED % "ref required",
    "business days of money": RECORDS + ORDERED % "amount within 1 business day and (ref)",
    "a calendar that is not there": RECORDS + STATEMENT % "record on swift by ref within 1d by bank",
    "business days for messages": RECORDS + CORE + SEEN % "within 1h by bank after" + "calendar bank { weekend saturday, sunday }",
    "a sum with an excuse": RECORDS + ORDERED % "sum of amount by ref unless partial",
    "charges of a third record": RECORDS + "record fees { source csv time from \"t\" field ref text from \"r\" amount from \"a\" minor EUR }\n"
                                 + ORDERED % "ref charges record on fees where ref = \"x\"",
    "unless record, of messages": RECORDS + CORE + SEEN % "unless record on orders within 1h before",
    "unless record by what it lacks": RECORDS + ORDERED % "ref unless record on orders by kind",
    "a statement of messages": RECORDS + STATEMENT % "card.any on swift by ref",
    "a statement without its account": RECORDS + STATEMENT % "record on swift",
    "an account that is no text": RECORDS + STATEMENT % "record on swift by amount",
}


def transfers(tap, folder):
    """What is said of a fault in the words for transfers is a row of docs/policy.md, to the letter."""
    pages = (ROOT / "docs/policy.md").read_text()
    for fault, text in TRANSFERS.items():
        run = check_text(folder, text)
        said = [line.split("p.policy:", 1)[-1] for line in run.stderr.splitlines()]
        tap.ok(run.returncode == 2 and len(said) == 1 and "| `%s` |" % said[0] in pages, "docs/policy.md has a row for " + fault, said)


# In line 3, or 4.
WATCHED = {
    "a watch list with a clause of keys": 'list l { of mcc  source "sdn.csv"  format ofac }',
    "a format that is not known": 'list l { source "sdn.csv"  format ofacc }',
    "a watch list without a file": "list l { format un }",
    "several files of one format": 'list l { source "a.xml", "b.xml"  format un }',
    "a list of neither sort": 'list l { source "l.csv" }',
    "keys in several files": 'list l { of mcc  source "a.csv", "b.csv"  key "MCC" }',
    "a mapping of what is published": 'list l { source "un.xml"  format un  map "name=NAME" }',
    "a mapping that is none": 'list l { source "own.csv"  format csv  map "nmae=NAME" }',
    "a list fetched by a way that is not safe": 'list l { source "un.xml"  fetch "http://lists.example/un.xml"  format un }',
    "another number of addresses than of files": 'list l { source "a.csv", "b.csv"  fetch "https://lists.example/a.csv"  format ofac }',
    "a list fetched into a folder": 'list l { source "un/"  fetch "https://lists.example/un.xml"  format un }',
    "keys that are fetched": 'list l { of mcc  source "a.csv"  key "MCC"  fetch "https://lists.example/a.csv" }',
    "a condition over a watch list": 'list l { source "un.xml"  format un }\nrule r { when merchant in l then hold high }',
}


def watched(tap, folder):
    """Watch lists are told back; what is said of a fault in them is a row of docs/policy.md, to the letter."""
    pages = (ROOT / "docs/policy.md").read_text()
    for fault, text in WATCHED.items():
        run = check_text(folder, LINKS + text)
        said = [line.split("p.policy:", 1)[-1] for line in run.stderr.splitlines()]
        tap.ok(run.returncode == 2 and len(said) == 1 and "| `%s` |" % said[0] in pages, "docs/policy.md has a row for " + fault, said)
    run = check_text(folder, LINKS + 'list ofac "SDN" { source "sdn.csv", "alt.csv"  format ofac  stale 36h }\n'
                     'list own { source "own.csv"  map "name=Full name" }\n')
    tap.ok('watch list ofac, "SDN"\n  names to be held against; format ofac; files sdn.csv, alt.csv; looked at every 12h; too old after 36h; '
           "refused when it lost more than 50% of its entries, 10 at least, at once.\n" in run.stdout
           and "format csv; file own.csv; columns name=Full name; looked at every 12h; too old after 2d; " in run.stdout,
           "watch lists are told", run.stdout + run.stderr)
    told = json.loads(check(str(folder / "p.policy"), "--json").stdout)["watch_lists"]
    tap.ok([row["name"] for row in told] == ["ofac", "own"] and told[0]["files"] == ["sdn.csv", "alt.csv"]
           and told[0]["format"] == "ofac" and told[0]["stale_ns"] == 36 * 3600 * 10**9 and told[0]["title"] == "SDN", "and as JSON", told)
    tap.ok("watch_lists" not in json.loads(check(str(write(folder, LINKS)), "--json").stdout), "no watch list, no word of it")


PAY = """record pay { source csv time from "T" id from "R" field kind text from "K" }
list own { source "o.csv" format csv } list un { source "u.xml" format un }
"""
REST = " against own otherwise hold critical without hold high }"
COLUMNS = ", ".join(f'"{n}"' for n in range(1, 18))
SCREENS = {
    "a screen of a list that is not there": PAY + 'screen s { of record on pay names of "P" against onw otherwise hold high without hold high }',
    "a screen of a list of keys": PAY.split("\n", maxsplit=1)[0] + '\nlist hot { of kind holds "x" }\nscreen s { of record on pay names of "P" '
                                  "against hot otherwise hold high without hold high }",
    "a screen that looks at nothing": PAY + "screen s { of record on pay" + REST,
    "a screen that does not say what follows": PAY + 'screen s { of record on pay names of "P" against own otherwise hold high }',
    "a screen of a link's card numbers": LINKS + PAY.split("\n")[1] + '\nscreen s { of card.request on visa names of "2"' + REST,
    "too many columns of a screen": PAY + f"screen s {{ of record on pay names of {COLUMNS}" + REST,
}


def screens(tap, folder):
    """Screens are told back; what is said of a fault in them is a row of docs/policy.md, to the letter."""
    pages = (ROOT / "docs/policy.md").read_text()
    for fault, text in SCREENS.items():
        run = check_text(folder, text)
        said = [line.split("p.policy:", 1)[-1] for line in run.stderr.splitlines()]
        tap.ok(run.returncode == 2 and len(said) == 1 and "| `%s` |" % said[0] in pages, "docs/policy.md has a row for " + fault, said)
    run = check_text(folder, PAY + 'screen s "title" { of record on pay where kind = "x"  names of "P", "Q"  text of "F"  against un, own  line 620 '
                     'otherwise block high  without allow low  decisions "d.jsonl" }')
    words = ('holds names in P, Q, text in F of record on pay where kind = "x" against own, un, told from a score of 620 on: block, severity high; when a list is '
             "missing or too old, or not all could be searched: allow, severity low; not what was decided in d.jsonl.")
    tap.ok('screen s, "title"\n  ' + words + "\n" in run.stdout, "screens are told", run.stdout + run.stderr)
    told = json.loads(check(str(folder / "p.policy"), "--json").stdout)["screens"]
    tap.ok(told == [{"name": "s", "title": "title", "words": words}], "and as JSON", told)


BEHAVIOUR = """
record tx { source csv time from "t" amount from "a" minor EUR field kind text from "k" }
profile card "habits" by card + kind {
  of card.response on visa where approved, record on tx
  cash_1h = count() over 1h where cash
  mean_30d = mean(amount) over 30d
  risk_7d = share(fraud) over 7d delay 7d
  kinds = distinct(kind) over 1d
  keys 2000  keep 90d
}
limit card "alone" { cash_1h <= 5 where not chip otherwise hold high }
rule burst "far above habit" owner "cards" expires %s {
  when card.cash_1h >= 5 and amount > 3 * card.mean_30d or bank.night
  then block critical, score +40
  brake 0.25%% in 1h
}
rule quiet { when cash then score -5  mode shadow }
calendar bank { weekend saturday, sunday  night 22:00..06:00  zone -03:30  holiday 2026-12-25 }
list hot "stolen" { of terminal  holds "T1", "T2"  verdict block hard }
score { hold at 60 block at 90 }
money EUR, 1 USD = 0.92 EUR
"""


def behaviour(tap, folder):
    """What a policy says of behaviour is told in words: what counts what, what follows, what it costs."""
    run = check_text(folder, LINKS + BEHAVIOUR % "2199-06-30")
    for words in ("kept apart by card and kind; sees card.response on visa where approved, record on tx; 2000 keys in 1 MiB of logs",
                  "; idle keys are kept for 90d.",
                  "cash_1h: how many over 1h where cash; counts the event itself\n",
                  "mean_30d: mean of amount in EUR over 30d; without the event itself\n",
                  "risk_7d: share of those where fraud over 7d up to 7d ago; without the event itself\n",
                  "limit card, \"alone\"\n  always cash_1h <= 5, where not chip; otherwise hold, severity high.\n",
                  "when card.cash_1h >= 5 and amount > 3 * card.mean_30d or bank.night; then block, severity critical, score +40; "
                  "it holds instead while it would block more than 0.25% of what it sees in 1h; sees card.response on visa, "
                  "record on tx; live; answered for by cards. It is in force until 2199-06-30.\n",
                  "then score -5; sees card.response on visa, record on tx; in shadow: it is told, and nothing is done.\n",
                  "weekends are Saturday, Sunday; night is from 22:00 to 06:00; 1 holiday; by the time of UTC -03:30.\n",
                  "terminals: 2 stand in the policy; on it is to block, whatever rules say.\n",
                  "hold at 60, block at 90", "added up and compared in EUR; by rates of its own from USD;"):
        tap.ok(words in run.stdout, "told: %s" % words.strip("; \n").split(";")[0].split("\n")[0], run.stdout + run.stderr)
    tap.ok(re.search(r"memory of behaviour, part of the detectors': \d+ MiB", run.stdout)
              and re.search(r"work of behaviour on one event, at most: \d+ look-ups, \d+ steps of conditions, 5 aggregates", run.stdout),
              "and its bounds", run.stdout)
    told = json.loads(check(str(folder / "p.policy"), "--json").stdout)
    tap.ok([rule["mode"] for rule in told["rules"]] == ["live", "shadow"] and told["rules"][0]["expires"] == "2199-06-30"
              and told["profiles"][0]["by"] == "card and kind" and told["limits"][0]["name"] == "card"
              and [made["counts_itself"] for made in told["profiles"][0]["aggregates"]] == [True, False, False, True]
              and 0 < told["bounds"]["behave_bytes"] < told["bounds"]["detect_bytes"], "the same as JSON", json.dumps(told))
    run = check_text(folder, LINKS + BEHAVIOUR % "2020-06-30")
    tap.ok(run.returncode == 0 and "It has EXPIRED: it was in force until 2020-06-30, and does nothing any more." in run.stdout,
              "an expired rule is said", run.stdout + run.stderr)
    small, large = (json.loads(check("--json", str(write(folder, LINKS + "profile p by card { n = count() over 1h keys %d }" % n)))
                               .stdout)["bounds"]["behave_bytes"] for n in (1000, 100000))
    tap.ok(small < large, "memory follows `keys`: %d, %d bytes" % (small, large))


def faults(tap, folder):
    cases = (
        ("frame length61", "frame length16", r":1:40: .*length61"),
        ('dialect "iso87-asci"', 'dialect "iso87-ascii"', r':1:57: .*iso87-asci'),
        ('dialect "no/such.json"', 'dialect "iso87-ascii"', r':1:57: .*such\.json'),
        ('"eth1" host "nowhere" port', '"eth1" port', r"nowhere"),
        ("side issuer } rule r { when card.n > 5 then hold high }", "side issuer }",
         r':2:\d+: no profile is called "card"; add one'),
        ("sied acquirer", "side acquirer", r':1:71: no clause of "link" is called "sied"; did you mean "side"\?'),
    )
    for wrong, right, want in cases:
        run = check_text(folder, LINKS.replace(right, wrong, 1))
        good = run.returncode == 2 and not run.stdout and re.search(r"p\.policy" + want if want[0] == ":" else want,
                                                                    run.stderr)
        tap.ok(good, "refused with its place: %s" % wrong, run.stderr)
    run = check(str(folder / "absent.policy"))
    tap.ok(run.returncode == 2 and "absent.policy" in run.stderr, "a policy that is not there", run.stderr)
    tap.ok(check().returncode == 2, "no policy")
    tap.ok(check("a", "b").returncode == 2, "two policies")
    tap.ok(check("--jsno", "a").returncode == 2, "no such option")
    run = check_text(folder, "link \x1b[2J { }\n")
    tap.ok("\x1b" not in run.stderr, "a hostile policy does not steer the terminal")


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shipped(tap)
        whole(tap, folder)
        kept(tap, folder)
        lists_that_lack(tap, folder)
        journal(tap, folder)
        behaviour(tap, folder)
        examples(tap, folder)
        transfers(tap, folder)
        watched(tap, folder)
        screens(tap, folder)
        faults(tap, folder)
    tap.done()


if __name__ == "__main__":
    main()
