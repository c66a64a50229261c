#!/usr/bin/env python3
"""Goal: lists and places in files decide as they stood when they were read: in replay, features and backtest; live, where they are
read again; and in a journal, which gives the same verdicts when the files are others or gone.
Method: small histories worked out by hand; `run` on loopback (needs root) with a file that is replaced, removed and found gone."""
import json
import os
import signal
import tempfile
import time

import bank
import test_backtest as history
from live import Leg, Live, free_ports, honest, write_policy

RECORD = """
record tx { source csv  time from "t" seconds since 2018-04-01  id from "id"  card from "card"  terminal from "terminal"
  amount from "amount" major EUR }
"""
POLICY = RECORD + """
list hot "stolen cards" { of card  source "hot.csv"  key "card"  until "until"  because "why"  verdict block hard }
list watched { of terminal  source "watched.csv"  key "terminal" }
places atm { of terminal  source "atms.csv"  key "terminal"  latitude "lat"  longitude "lon" }
profile card by card { was = last(terminal)  keys 100 }
rule there "a watched terminal" { when terminal in watched then hold high }
rule far "too far" { when distance(terminal, card.was) > 5000 then hold high }
"""
CARD, OTHER = "4000000000000002", "4000000000000010"
ROWS = f"""id,t,card,terminal,amount
a,0,{CARD},T1,10.00
b,600,{OTHER},T1,10.00
c,1200,{OTHER},T2,10.00
d,86400,{CARD},T2,10.00
"""
FILES = {"hot.csv": f"card,until,why\n{CARD},2018-04-01,reported stolen\n", "watched.csv": "terminal\nT2\n",
         "atms.csv": "terminal,lat,lon\nT1,48.85661,2.35222\nT2,-33.86785,151.20732\n"}
# The card is hot on the first of April only, and its way to T2 is far, as that of the other is.
WANTED = [("a", "list.hot"), ("c", "rule.far"), ("c", "rule.there"), ("d", "rule.far"), ("d", "rule.there")]
LIVE = """
list here { of terminal  source "here.csv"  key "terminal"  because "why"  verdict hold hard  refresh 1s  shrink 20%  entries 40 }
"""
JOURNAL = '\njournal "journal" { key "journal.key"  durability every 5ms }\n'


def alerts_of(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def told(alerts):
    return sorted((a["transaction"]["rrn"], a["expectation"]) for a in alerts)


def write_files(folder):
    for name, text in FILES.items():
        bank.write(os.path.join(folder, name), text)


def check_files(tap, folder):
    key = history.keyed(folder)
    policy = bank.write(os.path.join(folder, "lists.policy"), POLICY)
    rows = bank.write(os.path.join(folder, "rows.csv"), ROWS)
    alerts, journal = os.path.join(folder, "alerts.jsonl"), os.path.join(folder, "journal")
    again, files = os.path.join(folder, "again.jsonl"), ["--token-key", key, "--events", rows]
    write_files(folder)
    status, _, said = bank.run("replay", policy, *files, "--alerts", alerts, "--record", journal, home=folder)
    tap.ok(status == 0 and told(alerts_of(alerts)) == WANTED, "files decide", (told(alerts_of(alerts)), said))
    status, out, said = bank.run("backtest", policy, *files, "--json", "-")
    rules = {rule["name"]: rule["fired"] for rule in json.loads(out)["rules"]} if status == 0 else {}
    tap.ok(rules == {"there": 2, "far": 2}, "a backtest reads them, too", (status, out[:600], said))
    bank.write(os.path.join(folder, "hot.csv"), f"card,until,why\n{OTHER},,not he\n")
    bank.write(os.path.join(folder, "watched.csv"), "terminal\nT1\n")
    os.unlink(os.path.join(folder, "atms.csv"))
    status, _, said = bank.run("replay", "--journal", journal, "--alerts", again, home=folder)
    same = open(alerts, "rb").read() == open(again, "rb").read()
    tap.ok(status == 0 and same and b" 0 differ" in said, "the journal's verdicts are those of before", said)
    status, _, said = bank.run("replay", policy, "--journal", journal, "--alerts", again, home=folder)
    tap.ok(status == 0 and told(alerts_of(again)) == WANTED, "and so are those of the policy over it", said)
    status, _, said = bank.run("replay", policy, *files, "--alerts", alerts, "--record", journal, home=folder)
    tap.ok(status == 3 and b"files of lists" in said, "other files are another input: 3", (status, said))
    status, _, said = bank.run("replay", policy, *files, "--alerts", again)
    tap.ok(told(alerts_of(again)) == [("a", "rule.there"), ("b", "list.hot"), ("b", "rule.there"), ("c", "list.hot")]
           and b"atms.csv: cannot be opened" in said, "without a journal the files of now count", (told(alerts_of(again)), said))
    outputs = b"".join(open(os.path.join(at, name), "rb").read() for at, _, names in os.walk(journal) for name in names)
    tap.ok(CARD.encode() not in outputs and OTHER.encode() not in outputs, "no card number is in the journal")


def replace(folder, text):
    path = bank.write(os.path.join(folder, "new.csv"), text)
    os.chmod(path, 0o644)
    os.rename(path, os.path.join(folder, "here.csv"))


def reasons(live, word, n):
    found = live.wait_alerts_where(lambda a: a["reason"] == word, n)
    return [a for a in found if a["reason"] == word]


def check_live(tap, folder):
    os.chmod(folder, 0o755)
    ports = free_ports()
    key = bank.write(os.path.join(folder, "journal.key"), os.urandom(32))
    os.chmod(key, 0o600)
    policy = write_policy(folder, ports, more=LIVE + JOURNAL)
    replace(folder, "terminal,why\nATM00099,elsewhere\n")
    live = Live(policy, folder)
    if not live.starts():
        tap.skip("lists on loopback", "this machine lets nobody open an interface")
        return
    visa, core = Leg(ports[0]), Leg(ports[1])
    honest(visa, core, 1)
    replace(folder, "terminal,why\nATM00042,skimmer\n")
    n, found = 2, []
    while not found and n < 60:
        honest(visa, core, n)
        found = [a for a in live.wait_alerts_where(lambda a: a["reason"] == "listed", 1, 1) if a["reason"] == "listed"]
        n += 1
    tap.ok(found and found[0]["transaction"]["stan"] != "000001" and "skimmer" in found[0]["words"],
           "a file that was replaced is in force soon, and not before", (found, live.read()))
    replace(folder, "terminal,why\nATM00042,skimmer\n" + "".join(f"ATM002{i:02d},elsewhere\n" for i in range(29)))
    time.sleep(3) # until it is in force
    replace(folder, "terminal,why\n" + "".join(f"ATM002{i:02d},elsewhere\n" for i in range(18)))
    shrunk = reasons(live, "list_shrunk", 1)
    tap.ok(shrunk and shrunk[0]["severity"] == "high" and "it holds 18 keys, and 30 are in force" in shrunk[0]["words"],
           "one that lost too many rows is told, loudly", (shrunk, live.read()))
    before = len(reasons(live, "listed", 1))
    honest(visa, core, 99)
    tap.ok(len(reasons(live, "listed", before + 1)) == before + 1, "and who was on it still is", live.read())
    os.unlink(os.path.join(folder, "here.csv"))
    stale = reasons(live, "list_stale", 1)
    tap.ok(stale and stale[0]["expectation"] == "list.here" and "stays in force" in stale[0]["words"],
           "one that is gone is told", (stale, live.read()))
    before = len(reasons(live, "listed", 1))
    honest(visa, core, 100)
    tap.ok(len(reasons(live, "listed", before + 1)) == before + 1, "and what it held stays in force", live.read())
    status = live.stop()
    with open(live.alerts, "rb") as lines:
        kept = lines.read()
    again = os.path.join(folder, "again.jsonl")
    _, _, said = bank.run("replay", "--journal", os.path.join(folder, "journal"), "--journal-key", key, "--alerts", again)
    with open(again, "rb") as lines:
        tap.ok(status == 0 and lines.read() == kept and b" 0 differ" in said, "its journal gives the same alerts", said)
    live = Live(policy, folder)
    live.starts()
    visa, core = Leg(ports[0]), Leg(ports[1])
    honest(visa, core, 101)
    tap.ok(len(reasons(live, "listed", before + 2)) == before + 2, "and so does the next process, from the journal",
           live.read())
    bank.write(os.path.join(folder, "there.csv"), "terminal,why\nATM00042,moved\n")
    os.chmod(os.path.join(folder, "there.csv"), 0o644)
    write_policy(folder, ports, more=(LIVE + JOURNAL).replace("here.csv", "there.csv"))
    live.process.send_signal(signal.SIGHUP)
    tap.ok(live.wait_for("is in force"), "another policy comes into force", live.read())
    visa, core = Leg(ports[0]), Leg(ports[1])
    honest(visa, core, 102)
    found = reasons(live, "listed", before + 3)
    tap.ok(len(found) == before + 3 and "moved" in found[-1]["words"], "with what its files hold", (found[-1:], live.read()))
    status = live.stop()
    with open(live.alerts, "rb") as lines:
        kept = lines.read()
    _, _, said = bank.run("replay", "--journal", os.path.join(folder, "journal"), "--journal-key", key, "--alerts", again)
    with open(again, "rb") as lines:
        tap.ok(status == 0 and lines.read() == kept and b" 0 differ" in said, "all of it is in the journal", said)


def check_limits_alone(tap, folder):
    """A policy whose list is broken: its limits can be tried all the same."""
    broken = POLICY.replace('key "card"  until', 'kye "card"  until') + """
limit card "two in a day" { n = count() over 1d  n <= 1  keys 100 }
"""
    policy = bank.write(os.path.join(folder, "broken.policy"), broken)
    rows, out = bank.write(os.path.join(folder, "rows.csv"), ROWS), os.path.join(folder, "alerts.jsonl")
    common = ["replay", policy, "--token-key", history.keyed(folder), "--events", rows, "--alerts", out]
    code, _, said = bank.run(*common)
    tap.ok(code == 2 and b"kye" in said, "a policy with a fault in a list is refused", said)
    code, _, said = bank.run(*common, "--limits-only-if-broken")
    tap.ok(code == 0 and told(alerts_of(out)) == [("c", "limit.card")] and b"its limits alone stand" in said,
           "unless its limits alone are asked for, which is said", (alerts_of(out), said))


def main():
    tap = bank.Tap()
    with tempfile.TemporaryDirectory() as folder:
        check_files(tap, folder)
    with tempfile.TemporaryDirectory() as folder:
        check_limits_alone(tap, folder)
    if os.geteuid() != 0:
        tap.skip("lists on loopback", "opening an interface needs root")
    else:
        with tempfile.TemporaryDirectory() as folder:
            check_live(tap, folder)
    tap.done()


if __name__ == "__main__":
    main()
