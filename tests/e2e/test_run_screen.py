#!/usr/bin/env python3
"""Goal: names in rows are held against the watch lists of a policy while `run` runs: who is listed is told with the verdict of the policy,
who was decided upon is not; a list that changes comes into force between two rows, and one that is broken, cut off, old or gone is never
silent and never an approval; a replay of the journal holds the same names against the same bytes and comes to the same findings.
Method: the real binary on folders of rows and invented lists that are changed, broken, shrunk, made old and taken away under it; then the
journal is read again, whole and with a version of a list taken away or changed by a byte."""
import glob
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

import bank

TAP = bank.Tap()
ROOT = os.environ.get("COUNTERSIGN_ROOT", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
POLICY = """tokens key "token.key"
record payments {
  source csv  time from "TIME" rfc3339  id from "REF"  field kind text from "KIND"
}
list own "ours" { source "lists/own.csv"  format csv  map "id=id,name=name,programme=programme,account=account"  refresh 1s  stale %(stale)s  shrink 20%% }
list un { source "lists/un.csv"  format csv  refresh 1s  stale 300d }
screen sanctions "nobody under sanctions is paid" {
  of record on payments where kind = "payment"
  names of "PAYEE"
  text of "FOR"
  identifiers of "ACCOUNT"
  against own, un
  otherwise hold critical
  without %(without)s
  decisions "decisions.jsonl"
}
journal "journal" { durability every 5ms  checkpoint every 100ms  snapshot every 1s  key "journal.key" }
"""
OWN = "id,name,programme,account\n1,Brennick Aldous Varoe,SHOP-1,DE44500105175407324931\n2,Ollan Harbour Trading,SHOP-2,\n"
UN = "id,name\nQDi.7,Ostrava Quellmar\n"
MANY = "".join(f"{n},Filler Person {chr(65 + n % 26)}{chr(65 + n // 26)}xq,,\n" for n in range(100, 180))
HEAD = "TIME,REF,KIND,PAYEE,FOR,ACCOUNT\n"


class Bank:
    """A folder with policy, keys, lists and a folder for rows, and the process that watches them."""

    def __init__(self, folder, **clauses):
        self.folder, self.process, self.n = folder, None, 0
        os.chmod(folder, 0o777)
        for name, size in (("token.key", 16), ("journal.key", 32)):
            os.chmod(bank.write(self.path(name), bytes(range(size))), 0o600)
        os.mkdir(self.path("lists"))
        os.chmod(self.path("lists"), 0o755)
        self.list("own.csv", OWN + MANY)
        self.list("un.csv", UN)
        self.write_policy(**clauses)
        os.mkdir(self.path("in"))
        if os.geteuid() == 0:
            shutil.chown(self.path("in"), "nobody")

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write_policy(self, stale="30d", without="hold high", more=""):
        self.policy = bank.write(self.path("bank.policy"), POLICY % {"stale": stale, "without": without} + more)

    def list(self, name, text):
        part = bank.write(self.path("lists", name + ".new"), text)
        os.chmod(part, 0o644)
        os.rename(part, self.path("lists", name))

    def start(self, *more):
        with open(self.path("said"), "wb") as said:
            self.process = subprocess.Popen([bank.BINARY, "run", self.policy, "--events", f"payments={self.path('in')}",
                                             "--alerts", self.path("alerts.jsonl"), *more], stderr=said, cwd=self.folder)
        self.wait(lambda: "watching" in self.said())

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(60)

    def said(self):
        with open(self.path("said"), encoding="utf-8") as said:
            return said.read()

    def wait(self, holds, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None and not holds():
            time.sleep(0.02)
        return holds()

    def alerts(self, reason=None):
        if not os.path.exists(self.path("alerts.jsonl")):
            return []
        with open(self.path("alerts.jsonl"), encoding="utf-8") as lines:
            told = [json.loads(line) for line in lines if line.endswith("\n")]
        return [alert for alert in told if reason in (None, alert["reason"])]

    def pay(self, *rows):
        """Puts rows (REF, PAYEE, FOR, ACCOUNT) there, and waits until they were read."""
        self.n += 1
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        text = HEAD + "".join(f'{when},{ref},payment,"{payee}","{what}",{account}\n' for ref, payee, what, account in rows)
        name = f"{self.n:03}.csv"
        part = bank.write(self.path("in", name + ".part"), text)
        os.chmod(part, 0o644)
        os.rename(part, self.path("in", name))
        self.wait(lambda: os.path.exists(self.path("in", "archive", name)))
        self.wait(lambda: self.delivered())

    def delivered(self):
        """What is durable is delivered within moments; a row that comes to nothing is seen by nothing else."""
        size = -1
        while size != (size := os.path.getsize(self.path("alerts.jsonl")) if os.path.exists(self.path("alerts.jsonl")) else 0):
            time.sleep(0.3)
        return True

    def named(self, ref):
        """What was found in a row: reason, verdict and words."""
        return [(a["reason"], a["verdict"], a["words"]) for a in self.alerts() if a["transaction"].get("rrn") == ref]

    def again(self):
        status, out, said = bank.run("replay", "--journal", self.path("journal"), "--journal-key", self.path("journal.key"),
                                     "--alerts", self.path("again.jsonl"))
        return status, said.decode()

    def kept(self):
        return sorted(p for p in glob.glob(self.path("journal", "lists", "*")) if not p.endswith(".last"))


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def decide(desk, ref, name, by="anna"):
    run = subprocess.run([bank.BINARY, "screen", "--against", f"own={desk.path('lists', 'own.csv')}:csv", "--decisions",
                          desk.path("decisions.jsonl"), "--decide", ref, "--by", by, "--reason", "another person", "--", name],
                         capture_output=True, text=True, timeout=60)
    if os.path.exists(desk.path("decisions.jsonl")):
        os.chmod(desk.path("decisions.jsonl"), 0o644)
    return run.returncode == 0


def found_and_decided(desk):
    desk.start()
    desk.pay(("A1", "Brennick A. VAROE", "invoice 12", "DE1"), ("A2", "Anna Example", "goods from Ollan Harbour Trading", "DE2"),
             ("A3", "Anna Example", "books", "DE44 5001 0517 5407 3249 31"), ("A4", "Anna Example", "books", "DE4"),
             ("A5", "QUELLMAR, Ostrava", "rent", "DE5"))
    told = {ref: desk.named(ref) for ref in ("A1", "A2", "A3", "A4", "A5")}
    TAP.ok(len(told["A1"]) == 1 and told["A1"][0][:2] == ("name_listed", "hold") and 'own/1 "Brennick Aldous Varoe" (SHOP-1)' in
           told["A1"][0][2] and " in PAYEE 1:1-17;" in told["A1"][0][2], "a listed name in a cell is held, with entry, programme and place",
           told["A1"])
    TAP.ok(len(told["A2"]) == 1 and "own/2" in told["A2"][0][2] and " in FOR 1:12-32;" in told["A2"][0][2],
           "and one in running text", told["A2"])
    TAP.ok(len(told["A3"]) == 1 and "own/1" in told["A3"][0][2] and "identifier in ACCOUNT 1:1-27" in told["A3"][0][2],
           "an account that is listed is, however it is written", told["A3"])
    TAP.ok(told["A4"] == [], "and nothing is said of who is not listed", told["A4"])
    TAP.ok(len(told["A5"]) == 1 and "un/QDi.7" in told["A5"][0][2], "all lists are searched", told["A5"])
    words = json.dumps(desk.alerts())
    TAP.ok("Brennick A. VAROE" not in words and "Anna Example" not in words and "QUELLMAR, Ostrava" not in words,
           "of the customers' own words none is in an alert")
    TAP.ok(decide(desk, "own/1", "Brennick A. VAROE"), "it is decided that this is somebody else")
    desk.wait(lambda: False, 7) # decisions are looked at every five seconds
    desk.pay(("B1", "Brennick A. VAROE", "invoice 13", "DE1"), ("B2", "Brennick Aldous Varoe", "invoice 13", "DE1"))
    TAP.ok(desk.named("B1") == [] and len(desk.named("B2")) == 1, "this name goes free then, and another does not",
           (desk.named("B1"), desk.named("B2")))
    with open(desk.path("decisions.jsonl"), "a", encoding="utf-8") as file:
        file.write("{}\n")
    desk.wait(lambda: desk.alerts("decisions_unread"))
    os.utime(desk.path("lists", "own.csv"))
    desk.wait(lambda: False, 2) # another roster, for another reason
    desk.pay(("B3", "Brennick A. VAROE", "invoice 14", "DE1"))
    told = desk.alerts("decisions_unread")
    TAP.ok(len(desk.named("B3")) == 1 and len(told) == 1 and "none of them holds" in told[0]["words"] and not desk.alerts("list_stale"),
           "where the file of decisions is broken no decision holds, which is told once, and not as of a list", desk.alerts())
    TAP.ok(told[0]["words"].startswith("Screen sanctions: the file of a screen's decisions") and
           "/decisions.jsonl: line 2: " in told[0]["words"], "by the screen and the file", told)
    if os.geteuid() == 0: # it becomes another user
        os.chmod(desk.path("decisions.jsonl"), 0o600) # neither its length nor its time of change differ
        desk.wait(lambda: len(desk.alerts("decisions_unread")) > 1)
        told = desk.alerts("decisions_unread")
        TAP.ok("/decisions.jsonl: cannot be opened: Permission denied" in told[-1]["words"],
               "so is one that the user who reads it may not", told)
    os.remove(desk.path("decisions.jsonl"))


def a_list_changes(desk):
    desk.pay(("C1", "Zorvan Quillfeather", "rent", "DE1"))
    before = len(desk.kept())
    desk.list("own.csv", OWN + "3,Zorvan Quillfeather,,\n" + MANY)
    TAP.ok(desk.wait(lambda: len(desk.kept()) == before + 1), "a list that changed is kept beside the journal under its hash", desk.kept())
    desk.wait(lambda: False, 1)
    desk.pay(("C2", "Zorvan Quillfeather", "rent", "DE1"))
    TAP.ok(desk.named("C1") == [] and len(desk.named("C2")) == 1, "and is in force from then on, and not before", desk.named("C2"))
    desk.list("own.csv", '"1,never closed')
    TAP.ok(desk.wait(lambda: any("lists/own.csv: " in a["words"] and "the version before stays in force" in a["words"]
                                 for a in desk.alerts("list_stale"))), "one that is broken is told at once", desk.alerts("list_stale"))
    desk.pay(("C3", "Zorvan Quillfeather", "rent", "DE1"), ("C4", "Anna Example", "rent", "DE1"))
    TAP.ok(len(desk.named("C3")) == 1 and desk.named("C4") == [], "and what was good last is searched", desk.named("C3"))
    desk.list("own.csv", OWN.replace("account", "konto") + MANY)
    TAP.ok(desk.wait(lambda: any('no column "account"' in a["words"] for a in desk.alerts("list_stale"))), "so is a column that is not there")
    desk.pay(("C6", "Zorvan Quillfeather", "rent", "DE1"))
    TAP.ok(len(desk.named("C6")) == 1, "nor does one come into force that lacks a column of its mapping", desk.named("C6"))
    desk.list("own.csv", OWN)
    TAP.ok(desk.wait(lambda: desk.alerts("list_shrunk")) and
           "83 were in force" in desk.alerts("list_shrunk")[0]["words"], "so is one that lost too much at once", desk.alerts("list_shrunk"))
    desk.pay(("C5", "Zorvan Quillfeather", "rent", "DE1"))
    TAP.ok(len(desk.named("C5")) == 1, "and what it lost is still found")


def restarted(desk):
    """With broken files the versions of before go on; with a good one again, that."""
    desk.stop()
    desk.list("own.csv", '"1,never closed')
    os.remove(desk.path("lists", "un.csv"))
    desk.start()
    TAP.ok("AN OLDER VERSION STAYS IN FORCE" in desk.said(), "a start with broken lists goes on with what was good last, and says so", desk.said())
    desk.pay(("D1", "Zorvan Quillfeather", "rent", "DE1"), ("D2", "Ostrava Quellmar", "rent", "DE1"))
    TAP.ok(len(desk.named("D1")) == 1 and len(desk.named("D2")) == 1, "which is searched", (desk.named("D1"), desk.named("D2")))
    desk.stop(signal.SIGKILL)
    desk.list("own.csv", OWN)
    desk.start()
    TAP.ok("AN OLDER VERSION STAYS IN FORCE: it has 2 entries, and 83 were in force" in desk.said(),
           "one that lost too much while nobody watched is refused, too", desk.said())
    desk.stop(signal.SIGKILL)
    desk.list("own.csv", OWN + MANY)
    desk.list("un.csv", UN)
    desk.start()
    desk.pay(("D3", "Zorvan Quillfeather", "rent", "DE1"), ("D4", "Brennick Aldous Varoe", "rent", "DE1"))
    TAP.ok(desk.named("D3") == [] and len(desk.named("D4")) == 1, "killed and started again, it takes what is good now")
    desk.stop()


def store_is_told(desk, victim, held):
    """`verify` and `journal lists` tell that bytes that records need are altered or gone, one by one or all."""
    def verify(*more):
        status, out, said = bank.run("verify", desk.path("journal"), *more)
        return status, out.decode(), said.decode()

    def lists():
        status, _, said = bank.run("journal", "lists", desk.path("journal"))
        return status, said.decode()

    name = os.path.basename(victim)
    status, out, said = verify()
    n = int(out.split("records need: ")[1].split()[0]) if "records need: " in out else 0  # no row was held against some
    TAP.ok(status == 0 and "sound: " in out and 2 <= n <= len(desk.kept()) and f"records need: {n} files are as they were read" in out, "lists that are as they were are proved", (n, out, said))
    status, sound = lists()
    TAP.ok(status == 0 and f"; {n} (" in sound and "altered" not in sound, "and counted as needed", sound)
    bank.write(victim, held[:-1] + b"?")
    status, out, _ = verify()
    TAP.ok(status == 1 and out.count("lists/") == 1 and f"lists/{name}: these are not the bytes" in out and "1 fault: this journal is NOT" in out,
           "verify tells one that was altered, once", out)
    status, said = lists()
    TAP.ok(status == 1 and f"{name} is needed, and ALTERED" in said and f"; {n - 1} (" in said and "1 is altered and 0 are missing" in said,
           "and so does `journal lists`", said)
    os.remove(victim)
    status, out, _ = verify("--json")
    faults = [json.loads(line) for line in out.splitlines()]
    TAP.ok(status == 1 and len(faults) == 2 and faults[0]["fault"] == "list_missing" and faults[0]["list"] == name and faults[1]["sound"] is False,
           "verify tells one that is missing", out)
    os.rename(desk.path("journal", "lists"), desk.path("elsewhere"))
    status, out, _ = verify()
    TAP.ok(status == 1 and out.count("it is not there") == n, "and all of them, when their folder is gone", out)
    status, said = lists()
    TAP.ok(status == 1 and said.count("MISSING") == n and f"0 are altered and {n} {'is' if n == 1 else 'are'} missing" in said, "and so does `journal lists`", said)
    os.rename(desk.path("elsewhere"), desk.path("journal", "lists"))
    bank.write(victim, held)


def read_again(desk):
    status, said = desk.again()
    TAP.ok(status == 0 and " 0 differ\n" in said and "rows held against their lists again: " in said and
           "; 0 differ; of 0 a list is missing, of 0 the names" in said, "a replay holds all names against the lists of then", said)
    TAP.ok(bytes_of(desk.path("again.jsonl")) == bytes_of(desk.path("alerts.jsonl")), "and comes to the same alerts, byte for byte")
    victim = desk.path("journal", "lists", hashlib.sha256((OWN + MANY).encode()).hexdigest())
    held = bytes_of(victim)
    store_is_told(desk, victim, held)
    os.remove(victim)
    status, said = desk.again()
    TAP.ok(status == 3 and os.path.basename(victim) in said and "is missing beside the journal" in said,
           "it says which version is missing", said)
    bank.write(victim, held[:-1] + b"?")
    status, said = desk.again()
    TAP.ok(status == 3 and os.path.basename(victim) in said, "and that one that was changed is not it", said)
    bank.write(victim, held)
    TAP.ok(desk.again()[0] == 0, "put back, it is there")
    volumes = b"".join(bytes_of(p) for p in glob.glob(desk.path("journal", "*.volume")))
    TAP.ok(b"Anna Example" not in volumes and b"Brennick A. VAROE" not in volumes, "in the journal names of customers are sealed")
    status, out, _ = bank.run("verify", desk.path("journal"), "--journal-key", desk.path("journal.key"))
    TAP.ok(status == 0 and b"roster" in out and b"named" in out, "and its records verify", out.decode())


def missing_and_stale(folder):
    """Before there was ever a good version: the policy says what becomes of payments."""
    for without, verdict in (("hold high", "hold"), ("allow low", None)):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            desk = Bank(place, without=without)
            os.remove(desk.path("lists", "un.csv"))
            desk.start()
            desk.pay(("M1", "Anna Example", "books", "DE4"), ("M2", "Brennick Aldous Varoe", "books", "DE4"))
            told, other = desk.named("M1"), desk.named("M2")
            TAP.ok("IS NOT SEARCHED" in desk.said() and any("nothing of it is searched" in a["words"] for a in desk.alerts("list_stale")),
                   f"a list that is missing is told ({without})", desk.said())
            TAP.ok([t[:2] for t in told] == ([("name_unsearched", verdict)] if verdict else []),
                   "a row is held for it if the policy says so", told)
            TAP.ok(("name_listed", "hold") in [t[:2] for t in other], "what is there is searched all the same", other)
            desk.list("un.csv", UN)
            desk.wait(lambda: not os.path.exists(desk.path("nothing")) and len(desk.kept()) > 1, 90)
            desk.wait(lambda: False, 1)
            desk.pay(("M3", "Anna Example", "books", "DE4"), ("M4", "Ostrava Quellmar", "books", "DE4"))
            TAP.ok(desk.named("M3") == [] and len(desk.named("M4")) == 1, "once it is there it is searched", desk.named("M3"))
            desk.stop()
            status, said = desk.again()
            TAP.ok(status == 0 and "; 0 differ; of 0" in said, "and a replay comes to the same", said)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        desk = Bank(place, stale="4s")
        desk.start()
        desk.pay(("S1", "Anna Example", "books", "DE4"))
        desk.wait(lambda: desk.alerts("list_stale"))
        desk.pay(("S2", "Anna Example", "books", "DE4"), ("S3", "Brennick Aldous Varoe", "books", "DE4"))
        TAP.ok(any("more than `stale` allows" in a["words"] for a in desk.alerts("list_stale")), "a list that grows old is told",
               desk.alerts("list_stale"))
        TAP.ok([t[:2] for t in desk.named("S2")] == [("name_unsearched", "hold")] and "too old: own" in desk.named("S2")[0][2],
               "and rows are held for it from then on", desk.named("S2"))
        TAP.ok({t[0] for t in desk.named("S3")} == {"name_listed", "name_unsearched"}, "but it is searched", desk.named("S3"))
        desk.list("own.csv", OWN + MANY)
        desk.wait(lambda: False, 1.5)
        desk.pay(("S4", "Anna Example", "books", "DE4"))
        TAP.ok(desk.named("S4") == [], "fetched anew it is young again, though it is the same", desk.named("S4"))
        desk.stop()
        status, said = desk.again()
        TAP.ok(status == 0 and "; 0 differ; of 0" in said, "and a replay comes to the same", said)


def another_policy(folder):
    """SIGHUP: lists of the new policy are read before it comes into force."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        desk = Bank(place)
        desk.start()
        desk.list("new.csv", "id,name\n9,Zorvan Quillfeather\n")
        desk.pay(("R1", "Zorvan Quillfeather", "rent", "DE1"))
        desk.write_policy(more='list new { source "lists/new.csv" format csv stale 30d }\nscreen more { of record on payments '
                               'names of "PAYEE" against new otherwise block critical without hold high }\n')
        desk.process.send_signal(signal.SIGHUP)
        desk.wait(lambda: "is in force" in desk.said())
        desk.pay(("R2", "Zorvan Quillfeather", "rent", "DE1"), ("R3", "Brennick Aldous Varoe", "rent", "DE1"))
        TAP.ok(desk.named("R1") == [] and [t[:2] for t in desk.named("R2")] == [("name_listed", "block")] and
               [t[:2] for t in desk.named("R3")] == [("name_listed", "hold")], "another policy searches its own lists from its first row on",
               (desk.said(), desk.named("R2"), desk.named("R3")))
        desk.stop()
        status, said = desk.again()
        TAP.ok(status == 0 and "; 0 differ; of 0" in said, "and a replay comes to the same", said)


def without_screens():
    return POLICY[:POLICY.index("list own")] + POLICY[POLICY.index("journal "):]


def first_screen(folder):
    """SIGHUP: the first screen of all comes into force like any other."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        desk = Bank(place)
        whole = desk.policy
        with open(whole, encoding="utf-8") as file:
            text = file.read()
        bank.write(whole, without_screens())
        desk.start()
        desk.pay(("F1", "Brennick Aldous Varoe", "rent", "DE1"))
        bank.write(whole, text)
        desk.process.send_signal(signal.SIGHUP)
        came = desk.wait(lambda: "is in force" in desk.said())
        desk.pay(("F2", "Brennick Aldous Varoe", "rent", "DE1"))
        TAP.ok(came and desk.named("F1") == [] and [t[:2] for t in desk.named("F2")] == [("name_listed", "hold")],
               "the first screen of all needs no restart", (desk.said(), desk.named("F2")))
        bank.write(whole, without_screens())
        desk.process.send_signal(signal.SIGHUP)
        desk.wait(lambda: desk.said().count("is in force") == 2)
        desk.pay(("F3", "Brennick Aldous Varoe", "rent", "DE1"))
        desk.list("own.csv", OWN + "4,Zorvan Quillfeather,,\n" + MANY)
        bank.write(whole, text)
        desk.process.send_signal(signal.SIGHUP)
        desk.wait(lambda: desk.said().count("is in force") == 3)
        desk.pay(("F4", "Zorvan Quillfeather", "rent", "DE1"))
        TAP.ok(desk.named("F3") == [] and [t[:2] for t in desk.named("F4")] == [("name_listed", "hold")], "nor does the first after none",
               (desk.said(), desk.named("F3"), desk.named("F4")))
        desk.stop()
        status, said = desk.again()
        TAP.ok(status == 0 and "; 0 differ; of 0" in said, "and a replay comes to the same", said)


def limits_alone(folder):
    """A policy that is broken elsewhere screens all the same; one whose screen is broken is refused."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        desk = Bank(place)
        desk.write_policy(more="rule broken { when }\n")
        status, _, said = bank.run("run", desk.policy, "--events", f"payments={desk.path('in')}")
        TAP.ok(status == 2, "a broken policy is refused", said)
        desk.start("--limits-only-if-broken")
        desk.pay(("L1", "Brennick Aldous Varoe", "rent", "DE1"), ("L2", "Anna Example", "rent", "DE1"))
        TAP.ok([t[:2] for t in desk.named("L1")] == [("name_listed", "hold")] and desk.named("L2") == [],
               "where limits alone are left names are held against lists all the same", desk.named("L1"))
        desk.stop()
        status, said = desk.again()
        TAP.ok(status == 0 and "names of 2 rows held" in said and "; 0 differ; of 0" in said, "and a replay comes to the same", said)
        desk.write_policy(more='screen two { of record on payments naems of "PAYEE" }\n')
        status, _, said = bank.run("run", desk.policy, "--events", f"payments={desk.path('in')}", "--limits-only-if-broken")
        TAP.ok(status == 2 and b"naems" in said, "a fault in a screen is refused even so", said)


def files_alone(desk):
    """`replay` of files: the same rows and lists give the same bytes, whenever."""
    bank.write(desk.path("rows.csv"), HEAD + "2026-11-27T08:00:00Z,F1,payment,Brennick Aldous Varoe,rent,DE1\n"
               "2026-11-27T08:00:01Z,F2,payment,Anna Example,rent,DE1\n2026-11-27T08:00:02Z,F3,other,Brennick Aldous Varoe,rent,DE1\n")
    outs = []
    for name in ("one.jsonl", "two.jsonl"):
        status, _, said = bank.run("replay", desk.policy, "--events", f"payments={desk.path('rows.csv')}", "--alerts", desk.path(name))
        outs.append(bytes_of(desk.path(name)))
        TAP.ok(status == 0 and b"watch list own: 82 entries" in said, "a replay of files reads the lists that are there", said.decode())
        os.utime(desk.path("lists", "own.csv"), (1e9, 1e9))
    TAP.ok(outs[0] == outs[1] and len(outs[0].splitlines()) == 1, "and says the same whatever the clock says")
    desk.write_policy(more='rule any { of record on payments  when kind = "payment"  then allow low }\n')
    status, out, said = bank.run("backtest", desk.policy, "--events", f"payments={desk.path('rows.csv')}")
    TAP.ok(status == 0, "a backtest reads them as well", said.decode())


def another_alphabet(folder):
    """What is no UTF-8 is read as ISO 8859-1: a row's cells, a name that is looked up; and the same from the journal."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        bank.write(os.path.join(place, "own.csv"), "id,name\n1,Br\u00e9nnick Aldo\u00fcs Varo\u00eb\n")
        policy = bank.write(os.path.join(place, "p.policy"), 'record pay { source csv time from "TIME" rfc3339 field id text from "REF" }\n'
                            'list own { source "own.csv" format csv stale 30d }\n'
                            'screen s { of record on pay names of "PAYEE" text of "FOR" against own otherwise hold high without hold high }\n')
        rows = "TIME,REF,PAYEE,FOR\n2026-11-27T08:00:00Z,R1,Br\u00e9nnick Aldo\u00fcs Varo\u00eb,rent\n" \
               "2026-11-27T08:00:01Z,R2,Anna,\u00fcber rent of Br\u00e9nnick Aldo\u00fcs Varo\u00eb\n2026-11-27T08:00:02Z,R3,Br\u00e4nd \u00d6l,M\u00fcller\n"
        key = bank.write(os.path.join(place, "key"), bytes(range(32)))
        os.chmod(key, 0o600)
        told = {}
        for coding in ("utf-8", "latin-1"):
            file = bank.write(os.path.join(place, "pay.csv"), rows.encode(coding))
            out, journal = os.path.join(place, coding + ".jsonl"), os.path.join(place, coding + ".journal")
            status, _, said = bank.run("replay", policy, "--events", f"pay={file}", "--alerts", out, "--record", journal, "--journal-key", key)
            with open(out, encoding="utf-8") as lines:
                told[coding] = [json.loads(line)["words"].split("; version")[0] for line in lines]
            TAP.ok(status == 0 and len(told[coding]) == 2, f"names of rows in {coding} are found", (told, said.decode()))
            again = os.path.join(place, "again.jsonl")
            status, _, said = bank.run("replay", "--journal", journal, "--journal-key", key, "--alerts", again)
            TAP.ok(status == 0 and b"names of 3 rows" in said and bytes_of(again) == bytes_of(out), "and again from the journal", said.decode())
        TAP.ok(told["utf-8"] == told["latin-1"] and "in FOR 1:15-" in told["latin-1"][1], "in the same words, at the same places", told)
        with open(os.path.join(place, "pay.csv"), "ab") as file:
            file.write(b"2026-11-27T08:00:03Z,R4," + b"x y " * 12000 + b",rent\n")
        status, _, said = bank.run("replay", policy, "--events", f"pay={os.path.join(place, 'pay.csv')}", "--alerts", out)
        with open(out, encoding="utf-8") as lines:
            short = [a for a in map(json.loads, lines) if a["reason"] == "name_unsearched"]
        status, words, _ = bank.run("explain", policy, "--alert", short[0]["id"] if short else "0" * 32, "--events", f"pay={os.path.join(place, 'pay.csv')}")
        TAP.ok(status == 0 and b"It found no name" in words and b"countersign check '" in words and b"NAME" not in words,
               "and of what was not searched", (words.decode(), said.decode()))
        for name in ("Br\u00e9nnick Aldo\u00fcs Varo\u00eb".encode("latin-1"), "Br\u00e9nnick Aldo\u00fcs Varo\u00eb".encode()):
            run = subprocess.run([os.fsencode(bank.BINARY), b"screen", os.fsencode(policy), b"--json", name], capture_output=True, timeout=60)
            answer = json.loads(run.stdout)
            TAP.ok(run.returncode == 0 and answer["name"].startswith("Br\u00e9n") and len(answer["hits"]) == 1 and
                   answer["hits"][0]["score"] > 700, "a name that is looked up is read in the same way", (run.stdout, run.stderr))


MT = ("{1:F01CNTSDEF0AXXX2101024827}{2:I103GOGAUSM0XXXXN}{4:\r\n:20:MT1\r\n:23B:CRED\r\n:32A:261127USD100,00\r\n:50K:/DE20036973946173044230\r\n"
      "LINDEN TRADING\r\n:59:/9587041377\r\nB.A. VAROE\r\nPORT STREET 1\r\n:70:RENT\r\n:71A:SHA\r\n-}").encode()


def the_shipped_policy(folder):
    """policies/names.policy on its own list: a message and a row, and both again with names that are not listed."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        for name in ("names.policy", "names-own.csv"):
            shutil.copy(os.path.join(ROOT, "policies", name), place)
        rows = "TIME,REFERENCE,PAYEE,PAYER,REMITTANCE,PAYEE_ACCOUNT,PAYEE_BIC\n"
        bad = bank.write(os.path.join(place, "bad.csv"), rows + "2026-11-27T08:00:00Z,R1,Anna Example,Linden,rent of OSTRAVA QUELLMAR,DE1,\n"
                         "2026-11-27T08:00:01Z,R2,Anna Example,Linden,rent,DE2,OLLNRUMMXXX\n2026-11-27T08:00:02Z,R3,Anna Example,Linden,rent,DE2,\n")
        mt = bank.write(os.path.join(place, "bad.fin"), MT)
        fine = bank.write(os.path.join(place, "fine.fin"), MT.replace(b"B.A. VAROE", b"ANNA EXAMPLE"))
        out = os.path.join(place, "out.jsonl")
        status, _, said = bank.run("replay", os.path.join(place, "names.policy"), "--events", f"network={mt}", "--events", f"network={fine}",
                                   "--events", f"rows={bad}", "--alerts", out)
        with open(out, encoding="utf-8") as lines:
            told = [json.loads(line) for line in lines]
        found = sorted((a["transaction"].get("rrn"), a["words"].split("(")[1].split(" ")[0], a["verdict"]) for a in told)
        TAP.ok(status == 0 and found == [("MT1", "own/V-1", "hold"), ("R1", "own/V-4", "hold"), ("R2", "own/V-2", "hold")],
               "the shipped policy finds the names of its list in messages and rows", (found, said.decode()))


def merchants(folder):
    """Card messages: a merchant by his name in data element 43, an acquirer by its number in 32, kept in a journal and held again."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        day = bank.Day()
        for name in ("CORNER BAKERY         RIVER TOWN    RT  ", "OLLAN HARBOUR TRADING RIVER TOWN    RT  ", "BAECKEREI             RIVER TOWN    RT  "):
            n, now = day.step()
            day.acquirer.ask(now, "0200", bank.cash(n, _43=name, _35=bank.TRACK))
        n, now = day.step()
        day.acquirer.ask(now, "0200", bank.cash(n, _32="4477"))
        bank.write(os.path.join(place, "own.csv"), "id,name,bic\n1,Ollan Harbour Trading Co. Ltd.,\n2,Ollan Bank,\n")
        bank.write(os.path.join(place, "ids.csv"), "id,name,registration\n9,Quell Bank,4477\n")
        policy = bank.write(os.path.join(place, "p.policy"), 'link visa { tap "eth1" port 5001  frame length16  dialect "iso87-ascii"  side acquirer }\n'
                            'list own { source "own.csv" format csv stale 30d } list ids { source "ids.csv" format csv stale 30d }\n'
                            'screen shops { of card.request on visa  names of "43" characters 1..22  identifiers of "32"  against own, ids '
                            "otherwise hold critical  without hold high }\n")
        capture = bank.write(os.path.join(place, "day.pcap"), bank.pcap(day.visa))
        key = bank.write(os.path.join(place, "key"), bytes(range(32)))
        os.chmod(key, 0o600)
        out = os.path.join(place, "out.jsonl")
        status, _, said = bank.run("replay", policy, "--capture", capture, "--alerts", out, "--record", os.path.join(place, "journal"),
                                   "--journal-key", key)
        with open(out, encoding="utf-8") as lines:
            told = [json.loads(line) for line in lines]
        words = [a["words"] for a in told if a["reason"] == "name_listed"]
        TAP.ok(status == 0 and len(words) == 2 and "own/1 " in words[0] and "in 43 1:1-21;" in words[0] and "ids/9 " in words[1] and
               "identifier in 32 1:1-4;" in words[1], "a merchant is found by his name, an acquirer by its number", (words, said.decode()))
        for alert in [a for a in told if a["reason"] == "name_listed"]:
            status, out_words, _ = bank.run("explain", policy, "--alert", alert["id"], "--capture", capture)
            out_words = out_words.decode()
            compared = f"countersign screen '{policy}' NAME" in out_words and "--compare -- NAME 'Ollan Harbour Trading Co. Ltd.'" in out_words and \
                "what stands in 43 1:1-21 in place" in out_words
            TAP.ok(status == 0 and (("the identifier in 32 1:1-4 is one" in out_words and "NAME" not in out_words) if "identifier" in alert["words"]
                                    else compared), "`explain` says how to ask further, in words that fit", out_words)
        again = os.path.join(place, "again.jsonl")
        status, _, said = bank.run("replay", "--journal", os.path.join(place, "journal"), "--journal-key", key, "--alerts", again)
        TAP.ok(status == 0 and b"names of 4 rows" in said and b"4 as in the journal" in said and bytes_of(again) == bytes_of(out),
               "and again from the journal, byte for byte", said.decode())


def names_the_file(folder):
    """In plain words a row of a folder has its file, read again or as it comes."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        os.chmod(place, 0o777)
        os.mkdir(os.path.join(place, "in"))
        if os.geteuid() == 0:
            shutil.chown(os.path.join(place, "in"), "nobody")
        os.chmod(bank.write(os.path.join(place, "own.csv"), "id,name\n1,Brennick Aldous Varoe\n"), 0o644)
        policy = bank.write(os.path.join(place, "p.policy"), 'record pay { source csv time from "TIME" rfc3339 }\n'
                            'list own { source "own.csv" format csv stale 30d }\n'
                            'screen s { of record on pay names of "PAYEE" against own otherwise hold high without hold high }\n')
        os.chmod(policy, 0o644)
        for name, second in (("001.csv", 1), ("002.csv", 2)):
            path = bank.write(os.path.join(place, "in", name), f"TIME,PAYEE\n2026-11-27T08:00:0{second}Z,Brennick Aldous Varoe\n")
            os.chmod(path, 0o644)
        inbox = os.path.join(place, "in")
        status, out, said = bank.run("replay", policy, "--events", f"pay={inbox}")
        TAP.ok(status == 0 and all(f", line 2 of {name} in {inbox}" in out.decode() for name in ("001.csv", "002.csv")),
               "`replay` of a folder tells the file of a row", (out.decode(), said.decode()))
        out_path = os.path.join(place, "out")
        with open(out_path, "wb") as out_file:
            process = subprocess.Popen([bank.BINARY, "run", policy, "--events", f"pay={inbox}"], stdout=out_file, stderr=subprocess.PIPE)
            until = time.monotonic() + 30
            while time.monotonic() < until and not os.path.exists(os.path.join(inbox, "archive", "002.csv")):
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=60)
        out = bytes_of(out_path).decode()
        TAP.ok(process.returncode == 0 and all(f", line 2 of {name} in {inbox}" in out for name in ("001.csv", "002.csv")),
               "and so does `run`", (out, said.decode()))


def numbers(folder):
    """Each entry has an alert of its own, with an id of its own, however it is called in its list."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        long = "an-entry-with-a-very-long-number-that-ends-in-"
        bank.write(os.path.join(place, "own.csv"), "id,name\nAB 1,Brennick Varoe\nAB 2,Brennick Varoe\n" +
                   f"{long}1,Brennick Varoe\n{long}2,Brennick Varoe\n")
        policy = bank.write(os.path.join(place, "p.policy"), 'record pay { source csv time from "TIME" rfc3339 }\n'
                            'list own { source "own.csv" format csv stale 30d }\n'
                            'screen s { of record on pay names of "PAYEE" against own otherwise hold high without hold high }\n')
        rows = bank.write(os.path.join(place, "pay.csv"), "TIME,PAYEE\n2026-11-27T08:00:00Z,Brennick Varoe\n")
        out = os.path.join(place, "out.jsonl")
        status, _, said = bank.run("replay", policy, "--events", f"pay={rows}", "--alerts", out)
        with open(out, encoding="utf-8") as lines:
            told = [json.loads(line) for line in lines]
        TAP.ok(status == 0 and len(told) == 4 and len({a["id"] for a in told}) == 4,
               "entries whose numbers have blanks, or begin alike, have alerts of their own", (told, said.decode()))


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        the_shipped_policy(folder)
        merchants(folder)
        numbers(folder)
        names_the_file(folder)
        another_alphabet(folder)
        with tempfile.TemporaryDirectory(dir=folder) as place:
            desk = Bank(place)
            for part in (found_and_decided, a_list_changes, restarted, read_again, files_alone):
                part(desk)
        missing_and_stale(folder)
        another_policy(folder)
        first_screen(folder)
        limits_alone(folder)
    return TAP.done()


if __name__ == "__main__":
    raise SystemExit(main())
