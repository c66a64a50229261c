#!/usr/bin/env python3
"""Goal: `run` takes up files of records from folders: each row counts once, whatever is killed when; what cannot be read is set aside
with its reason, told, and the rest of the day goes on; `replay` reads the same folders.
Method: the real binary on folders of orders, payments and messages; SIGKILL at random times (seeded), then the journal is told again
and counted. COUNTERSIGN_KILLS: how many kills (default 40)."""
import datetime
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import bank

TAP = bank.Tap()
KILLS = int(os.environ.get("COUNTERSIGN_KILLS", "40"))
POLICY = """
tokens key "token.key"
record orders { source csv  time from "time" rfc3339  id from "ref"  amount from "amount" major EUR  lateness 2s  whole
                keep 200000 records }
record payments { source csv  time from "time" rfc3339  id from "ref"  amount from "amount" major EUR  lateness 2s
                  keep 200000 records }
record lines { source jsonl  time from "time" rfc3339  id from "ref" }
record network { source mt  id from "reference" }
record wires { source mx  id from "reference" }
expect ordered "a payment was ordered" {
  claim record on payments
  proof record on orders
  match amount and (rrn)
  within 1h before
  otherwise hold critical
}
journal "journal" { durability every 5ms  segment 64MiB  checkpoint every 100ms  snapshot every 1s  size 10GiB  key "journal.key" }
"""
RECORDS = ("orders", "payments", "lines", "network", "wires")
HEAD = "time,ref,amount\n"
HOUR = datetime.timedelta(hours=1)


def stamp(when):
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


class Desk:
    """A folder with policy, keys and one folder for each record; the process that watches them."""

    def __init__(self, folder):
        self.folder = folder
        os.chmod(folder, 0o755)
        for name, size in (("token.key", 16), ("journal.key", 32)):
            os.chmod(bank.write(self.path(name), bytes(range(size))), 0o600)
        self.policy = bank.write(self.path("bank.policy"), POLICY)
        for name in RECORDS:
            os.mkdir(self.path(name))
            if os.geteuid() == 0:
                shutil.chown(self.path(name), "nobody")
        self.process, self.since = None, 0

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def put(self, record, name, data):
        """As whoever delivers files does: written aside, then renamed."""
        data = data if isinstance(data, bytes) else data.encode()
        part = bank.write(self.path(record, name + ".part"), data)
        os.chmod(part, 0o644)
        os.rename(part, self.path(record, name))

    def start(self, *more, records=RECORDS):
        self.since = len(self.said()) if os.path.exists(self.path("said")) else 0
        events = [word for name in records for word in ("--events", f"{name}={self.path(name)}")]
        with open(self.path("said"), "ab") as said:
            self.process = subprocess.Popen([bank.BINARY, "run", self.policy, "--alerts", self.path("alerts.jsonl"), *events, *more],
                                            stderr=said, cwd=self.folder)

    def stop(self, how=signal.SIGTERM):
        if how == signal.SIGTERM: # before it watches it knows of no signal
            self.wait(lambda: "watching" in self.said()[self.since:])
        self.process.send_signal(how)
        return self.process.wait(60)

    def said(self):
        with open(self.path("said"), encoding="utf-8") as said:
            return said.read()

    def alerts(self, reason=None):
        if not os.path.exists(self.path("alerts.jsonl")):
            return []
        with open(self.path("alerts.jsonl"), encoding="utf-8") as lines:
            told = [json.loads(line) for line in lines if line.endswith("\n")]
        return [alert for alert in told if reason in (None, alert["reason"])]

    def names(self, record, place):
        try:
            return sorted(n for n in os.listdir(self.path(record, place)) if not n.startswith(".") and not n.endswith(".reason.json"))
        except FileNotFoundError:
            return []

    def wait(self, holds, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None and not holds():
            time.sleep(0.02)
        return holds()

    def reason(self, record, name):
        with open(self.path(record, "quarantine", name + ".reason.json"), encoding="utf-8") as text:
            return json.load(text)

    def again(self):
        """What the journal says: (exit status, words)."""
        status, _, said = bank.run("replay", "--journal", self.path("journal"), "--journal-key", self.path("journal.key"),
                                   "--alerts", self.path("again.jsonl"))
        return status, said.decode()


def refs(alerts):
    return [alert["transaction"]["rrn"] for alert in alerts]


def rows(first, n, when, skip=()):
    return "".join(f"{stamp(when + datetime.timedelta(milliseconds=k))},R{k:06d},{1 + k % 90}.00\n"
                   for k in range(first, first + n) if k not in skip)


def check_a_day(desk):
    began = now() - 2 * HOUR
    desk.put("orders", "a.csv", HEAD + rows(0, 50, began, skip={7}))
    desk.put("payments", "a.csv", HEAD + rows(0, 50, began + HOUR / 2))
    bank.write(desk.path("payments", "b.csv.part"), HEAD)
    desk.start()
    TAP.ok(desk.wait(lambda: desk.alerts("proof_missing")), "a payment nobody ordered is told from files that were there", desk.said())
    TAP.ok(refs(desk.alerts("proof_missing")) == ["R000007"], "and it alone", desk.alerts())
    [alert] = desk.alerts("proof_missing")
    with open(desk.path("payments", "archive", "a.csv"), "rb") as file:
        data = file.read()
    row = alert["evidence"][0]
    TAP.ok(hashlib.sha256(data).hexdigest().startswith(row["file"]) and data[row["file_offset"]:].split(b",")[1] == b"R000007",
           "its evidence names file and byte", row)
    TAP.ok(desk.wait(lambda: desk.names("orders", "archive") == ["a.csv"]), "what was read is in the archive", desk.said())
    TAP.ok(os.path.exists(desk.path("payments", "b.csv.part")), "what is being written is left alone")
    desk.put("orders", "b.csv", HEAD + rows(100, 50, began))
    desk.wait(lambda: desk.names("orders", "archive") == ["a.csv", "b.csv"])
    desk.put("payments", "b.csv", HEAD + rows(100, 51, began + HOUR / 2))
    TAP.ok(desk.wait(lambda: len(desk.alerts("proof_missing")) == 2), "files that come while it watches are read", desk.said())
    TAP.ok(refs(desk.alerts("proof_missing")) == ["R000007", "R000150"], "and judged", desk.alerts())


MT = "{1:F01BANKDEFFAXXX0000000001}{2:I%sBANKGB2LXXXXN}{4:\r\n%s-}"
BODY = {"103": ":20:REF%s\r\n:23B:CRED\r\n:32A:261126EUR10,\r\n:33B:EUR10,\r\n:50K:/DE1\r\nA\r\n:59:/GB1\r\nB\r\n:71A:SHA\r\n",
        "940": ":20:REF%s\r\n:25:123\r\n:28C:1/1\r\n:61:2611261126D10,NTRFREF1//B1\r\n:62F:C261126EUR90,\r\n"}
WIRE = '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"></Document>\n'


def mt(kind, number):
    return (MT % (kind, BODY[kind] % number)).encode()


def bad_files(began):
    """(record, name, what it holds, the code of the reason, rows that are used, words of the first reason)."""
    good = rows(200, 3, began)
    yield "network", "truncated.fin", mt("103", 1) + mt("103", 2)[:90], "rows", 1, ""
    yield "network", "unknown-type.fin", mt("103", 3) + (MT % ("398", ":20:A\r\n")).encode(), "rows", 1, ""
    yield "network", "no-opening-balance.fin", mt("940", 4), "rows", 0, ""
    yield "orders", "charset.csv", (HEAD + good).encode("utf-16"), "columns", 0, "header line"
    yield "orders", "broken-line.csv", HEAD + good + "oops\n" + rows(203, 3, began), "rows", 6, "fewer cells"
    yield "orders", "columns.csv", "when,ref,amount\n" + good, "columns", 0, "no such column"
    yield "orders", "empty.csv", "", "columns", 0, "empty"
    yield "lines", "deep.jsonl", '{"time":"%s","ref":"A"}\n%s\n{"time":"%s","ref":"B"}\n' % (stamp(began), "[" * 50000, stamp(began)), \
        "rows", 2, ""
    yield "lines", "two-in-one.jsonl", '{"time":"%s","ref":"C"}{"time":"%s","ref":"D"}\n' % (stamp(began), stamp(began)), "rows", 0, ""
    yield "wires", "two-in-one.xml", WIRE + WIRE, "rows", 0, ""
    yield "wires", "deep.xml", "<a>" * 50000, "rows", 0, ""
    yield "wires", "latin1.xml", '<?xml version="1.0" encoding="UTF-7"?><a/>', "rows", 0, ""


def check_bad_input(desk):
    began = now() - HOUR
    told = len(desk.alerts("file_aside"))
    cases = list(bad_files(began))
    for record, name, data, *_ in cases:
        desk.put(record, name, data)
    asked = lambda: all(name in desk.names(record, "quarantine") for record, name, *_ in cases)
    TAP.ok(desk.wait(asked, 60), "each file that is wrong is set aside", [c[:2] for c in cases if c[1] not in desk.names(c[0], "quarantine")])
    for record, name, data, code, used, words in cases:
        reason = desk.reason(record, name)
        first = (reason["reasons"] or [{}])[0]
        TAP.ok(reason["file"] == name and reason["code"] == code and reason["rows_used"] == used and reason["do"]
               and first.get("offset", -1) >= 0 and words in first.get("text", ""), f"{record}/{name}: its reason stands beside it", reason)
        kept = data if isinstance(data, bytes) else data.encode()
        with open(desk.path(record, "quarantine", name), "rb") as file:
            TAP.ok(file.read() == kept, f"{record}/{name} is kept as it came")
    TAP.ok(desk.reason("orders", "broken-line.csv")["reasons"][0]["offset"] == len(HEAD + rows(200, 3, began)),
           "the offset is the broken line's")
    TAP.ok(desk.wait(lambda: len(desk.alerts("file_aside")) == told + len(cases)), "each is told once", desk.alerts("file_aside"))
    check_twice(desk)
    desk.put("orders", "z.csv", HEAD + rows(300, 5, began))
    TAP.ok(desk.wait(lambda: "z.csv" in desk.names("orders", "archive")) and desk.process.poll() is None, "and the day goes on", desk.said())


def check_twice(desk):
    told = len(desk.alerts("file_aside"))
    with open(desk.path("payments", "archive", "b.csv"), "rb") as file:
        data = file.read()
    count = len(desk.alerts("proof_missing"))
    desk.put("payments", "b.csv", data)
    desk.put("payments", "other-name.csv", data)
    TAP.ok(desk.wait(lambda: desk.names("payments", "quarantine") == ["b.csv", "other-name.csv"]), "a file that comes twice is set aside",
           desk.names("payments", "quarantine"))
    TAP.ok(desk.reason("payments", "other-name.csv")["code"] == "duplicate", "as a duplicate", desk.reason("payments", "other-name.csv"))
    TAP.ok(desk.wait(lambda: len(desk.alerts("file_aside")) == told + 2), "and told")
    TAP.ok(len(desk.alerts("proof_missing")) == count, "and does not count again", desk.alerts("proof_missing"))
    desk.put("payments", "none.csv", HEAD)
    desk.wait(lambda: "none.csv" in desk.names("payments", "archive"))
    desk.put("payments", "none.csv", HEAD)
    TAP.ok(desk.wait(lambda: "none.csv.1" in desk.names("payments", "archive")), "a file without rows may come each day",
           desk.names("payments", "archive"))


def check_end(desk):
    TAP.ok(desk.stop() == 0 and re.search("Files of orders: [0-9]+ with [0-9]+ rows; 4 set aside", desk.said()), "the end counts files", desk.said())
    status, said = desk.again()
    TAP.ok(status == 0 and " 0 differ" in said, "the journal gives the same verdicts again", said)


def check_hostile(desk):
    """What lies in the folder and is no file of records."""
    os.symlink(desk.path("journal.key"), desk.path("orders", "link.csv"))
    os.mkfifo(desk.path("orders", "pipe.csv"))
    os.mkdir(desk.path("orders", "folder.csv"))
    desk.put("orders", "new\nline \u00e9.csv", HEAD + rows(400, 2, now() - HOUR))
    desk.start()
    TAP.ok(desk.wait(lambda: "new\nline \u00e9.csv" in desk.names("orders", "archive")), "an odd name is a name", desk.said())
    TAP.ok(os.path.islink(desk.path("orders", "link.csv")) and os.path.exists(desk.path("orders", "pipe.csv")),
           "links and pipes are left alone")
    done = subprocess.run([bank.BINARY, "run", desk.policy, "--no-journal", "--events", f"orders={desk.path('orders')}"], capture_output=True,
                          timeout=30, check=False)
    TAP.ok(done.returncode == 3 and b"watched by no other process" in done.stderr, "a folder has one process", done.stderr)
    TAP.ok(desk.stop() == 0, "it ends", desk.said())


def check_strange(desk):
    """What is no file is said once, and keeps nobody's payment from being called forged."""
    os.symlink(desk.path("journal.key"), desk.path("orders", "link.csv"))
    os.mkfifo(desk.path("orders", "pipe.csv"))
    desk.put("orders", "a.csv", HEAD + rows(0, 2, now() - 2 * HOUR))
    desk.put("orders", 240 * "n" + ".csv", HEAD + rows(2, 1, now() - 2 * HOUR))
    desk.put("payments", "late.csv", HEAD + rows(9, 1, now() - HOUR))
    desk.start()
    TAP.ok(desk.wait(lambda: "late.csv" in desk.names("payments", "archive")), "a payment is read", desk.said())
    TAP.ok(desk.wait(lambda: desk.alerts("proof_missing")), "a link or a pipe keeps no record from being settled", desk.alerts())
    TAP.ok(desk.said().count("links, pipes or devices") == 1, "it is said once", desk.said())
    TAP.ok(desk.wait(lambda: 199 * "n" in desk.names("orders", "archive")), "a name that is too long is cut", desk.said())
    TAP.ok(desk.stop() == 0, "it ends", desk.said())


def check_wrong_usage(desk):
    for words, want in ((["--events", "orders"], b"wants RECORD=FOLDER"), (["--events", "nobody=x"], b"no record of that name"),
                        (["--events", "orders=-", "--events", "payments=-"], b"read once only"), (["--events", "network=-"], b"only rows"),
                        (["--events", "orders=a", "--events", "orders=b"], b"is read already"),
                        (["--events", "orders=/nowhere"], b"it must be there")):
        done = subprocess.run([bank.BINARY, "run", desk.policy, "--no-journal", *words], capture_output=True, timeout=30, check=False)
        TAP.ok(done.returncode in (2, 3) and want in done.stderr, f"{' '.join(words)}: {want.decode()}", done.stderr)
    if os.geteuid() == 0:
        for user, want in (("root", b"become user root: root is refused"), ("nobody-at-all", b"there is no such user")):
            done = subprocess.run([bank.BINARY, "run", desk.policy, "--no-journal", "--events", f"orders={desk.path('orders')}",
                                   "--user", user], capture_output=True, timeout=30, check=False)
            TAP.ok(done.returncode == 2 and want in done.stderr, f"--user {user}: {want.decode()}", done.stderr)


FILES, ROWS = 6, 20000


def lay_out(desk):
    """Orders and payments in files, and an order of later: (payments nobody ordered, number of rows)."""
    began = now() - 4 * HOUR
    missing = {k for k in range(FILES * ROWS) if k % 7000 == 13}
    for i in range(FILES):
        text = HEAD + rows(i * ROWS, ROWS, began, missing)
        desk.put("orders", f"{i}.csv", text)
        text = HEAD + rows(i * ROWS, ROWS, began + HOUR / 2)
        if i in (2, 5): # lines that cannot be read, in the midst and at the end
            middle = text.index("\n", len(text) // 2) + 1
            text = text[:middle] + "junk\n" + text[middle:] + "junk\n"
        desk.put("payments", f"{i}.csv", text)
    desk.put("orders", "z.csv", HEAD + f"{stamp(began + HOUR)},Z,1.00\n")
    return [f"R{k:06d}" for k in sorted(missing)], 2 * FILES * ROWS - len(missing) + 1


def check_kills(desk):
    missing, row_n = lay_out(desk)
    dice, kills = random.Random(1), 0
    done = lambda: len(desk.names("orders", "archive")) == FILES + 1 and len(desk.names("payments", "archive")) == FILES - 2 \
        and len(desk.names("payments", "quarantine")) == 2 and len(desk.alerts("proof_missing")) >= len(missing)
    while kills < KILLS and not done():
        desk.start(records=("orders", "payments"))
        time.sleep(dice.uniform(0.05, 1.7) if kills % 4 == 0 else dice.uniform(0.05, 0.4))
        if desk.process.poll() is not None:
            break
        desk.stop(signal.SIGKILL)
        kills += 1
    desk.start(records=("orders", "payments"))
    TAP.ok(desk.wait(done, 60), f"{kills} kills: all files are put away", (desk.said()[-2000:], os.listdir(desk.path("payments", "taken"))))
    half = re.findall("is gone on with; rows in the journal: ([0-9]+)", desk.said())
    TAP.ok(any(0 < int(n) < ROWS for n in half), "some in the midst of a file", half)
    TAP.ok(desk.stop() == 0, "and it ends", desk.said()[-800:])
    told = refs(desk.alerts("proof_missing"))
    TAP.ok(sorted(told) == missing, "each payment nobody ordered is told, once", (len(told), len(missing), sorted(told)[:5]))
    TAP.ok(len(desk.alerts("file_aside")) == 2, "each file that was set aside is told once", desk.alerts("file_aside"))
    ids = [alert["id"] for alert in desk.alerts()]
    TAP.ok(len(ids) == len(set(ids)), "no alert is told twice")
    status, said = desk.again()
    TAP.ok(status == 0 and " 0 differ" in said, "the journal of many lives gives the same verdicts", said)
    count = re.search("on, ([0-9]+) messages", said)
    TAP.ok(count and int(count.group(1)) == row_n, "and holds each row once", (said, row_n))


def check_reloads(desk):
    """Another policy while files are read: the file at hand is gone on with, whatever else happens."""
    missing, row_n = lay_out(desk)
    done = lambda: len(desk.names("orders", "archive")) == FILES + 1 and len(desk.alerts("proof_missing")) >= len(missing) \
        and len(desk.names("payments", "archive")) + len(desk.names("payments", "quarantine")) == FILES
    dice, turns = random.Random(2), 0
    desk.start(records=("orders", "payments"))
    desk.wait(lambda: "watching" in desk.said())
    while turns < 40 and not done():
        bank.write(desk.policy, POLICY + f"# {turns}\n")
        desk.process.send_signal(signal.SIGHUP)
        time.sleep(dice.uniform(0.05, 0.3))
        turns += 1
        if turns % 7 == 0:
            desk.stop(signal.SIGKILL)
            desk.start(records=("orders", "payments"))
            desk.wait(lambda: "watching" in desk.said()[desk.since:])
    TAP.ok(desk.wait(done, 60), f"{turns} reloads: all files are put away", desk.said()[-2000:])
    TAP.ok(desk.said().count("is in force") > turns / 4, "policies were taken in between", desk.said()[-2000:])
    TAP.ok(sorted(refs(desk.alerts("proof_missing"))) == missing, "each payment nobody ordered is told, once", len(desk.alerts("proof_missing")))
    bank.write(desk.policy, POLICY.replace("record lines", "record first { source csv  id from \"ref\" time from \"time\" rfc3339 }\nrecord lines")
               .replace("record orders", "record zero { source csv  id from \"ref\" time from \"time\" rfc3339 }\nrecord orders"))
    desk.process.send_signal(signal.SIGHUP)
    TAP.ok(desk.wait(lambda: "has another place" in desk.said()), "a watched record keeps its place", desk.said()[-500:])
    TAP.ok(desk.stop() == 0, "it ends")
    status, said = desk.again()
    count = re.search("on, ([0-9]+) messages", said)
    TAP.ok(status == 0 and " 0 differ" in said and count and int(count.group(1)) == row_n, "the journal holds each row once", (said, row_n))


def check_replay(desk):
    """The folders of a day that is over, read again by replay."""
    out = desk.path("replayed.jsonl")
    day = [word for name, place in (("orders", "archive"), ("payments", "archive"))
           for word in ("--events", f"{name}={desk.path(name, place)}")]
    status, _, said = bank.run("replay", desk.policy, *day, "--alerts", out)
    with open(out, encoding="utf-8") as lines:
        told = [json.loads(line) for line in lines]
    found = refs([alert for alert in told if alert["reason"] == "proof_missing"])
    live = set(refs(desk.alerts("proof_missing")))
    TAP.ok(status == 0 and found and set(found) <= live and len(found) == len(set(found)),
           "replay of the archive finds what was found live", (status, said[-500:], len(found), len(live)))
    TAP.ok(not os.path.exists(desk.path("orders", "archive", "taken")), "and touches nothing")


def main():
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder)
        check_wrong_usage(desk)
        check_a_day(desk)
        check_bad_input(desk)
        check_end(desk)
        check_hostile(desk)
    with tempfile.TemporaryDirectory() as folder:
        check_strange(Desk(folder))
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder)
        check_kills(desk)
        check_replay(desk)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder)
        check_reloads(desk)
    TAP.done()


if __name__ == "__main__":
    sys.exit(main())
