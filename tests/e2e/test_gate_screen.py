#!/usr/bin/env python3
"""Goal: a gate that holds names against watch lists lets no listed one through: not by its name, wrapped over lines or in running text, not
when the process is killed and goes on, and not since a list is missing; what somebody decided is another person goes through.
Method: the real binary between folders; MT103 that were all ordered, with invented names; SIGKILL at random times (seeded)."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import bank
from gate import HEADER, Gate, order

TAP = bank.Tap()
SCREEN = """list own { source "own.csv"  format csv  refresh 1s  stale 30d }
screen sanctions "nobody under sanctions is paid" {
  of record on messages where kind = "payment"
  names of "ordering_party", "beneficiary_party"
  text of "narrative"
  against own
  otherwise hold critical
  without WITHOUT
  decisions "decisions.jsonl"
}
"""
OWN = "id,name,programme\n1,Brennick Aldous Varoe,SHOP-1\n2,Ollan Harbour Trading,SHOP-2\n"


def payment(reference, amount, name="FELD BAU INC", words="INVOICE 7"):
    lines = "\r\n".join([name] if isinstance(name, str) else name)
    return (f"{{1:F01CNTSDEF0AXXX2101024827}}{{2:I103GOGAUSM0XXXXN}}{{4:\r\n:20:{reference}\r\n:23B:CRED\r\n"
            f":32A:260306USD{amount}\r\n:50K:/DE20036973946173044230\r\nLINDEN TRADING\r\n:59:/9587041377\r\n{lines}\r\n"
            f":70:{words}\r\n:71A:SHA\r\n-}}").encode()


def opened(folder, without="hold high", own=OWN):
    gate = Gate(folder)
    with open(gate.path("gate.policy"), "a", encoding="utf-8") as file:
        file.write(SCREEN.replace("WITHOUT", without))
    if own:
        gate.put(".", "own.csv", own)
    return gate


def verdict(gate, folder, name):
    with open(gate.path(folder, name + ".verdict.json"), encoding="utf-8") as file:
        return json.load(file)


def orders(gate, references):
    gate.put("orders", f"{time.time_ns()}.csv", HEADER + "".join(order(r, f"{100 + i}.00") for i, r in enumerate(references)))


def check_names(folder):
    gate = opened(folder)
    references = ["P0", "P1", "P2", "P3", "P4"]
    orders(gate, references)
    for i, (name, words) in enumerate((("FELD BAU INC", "INVOICE 7"), ("BRENNICK ALDOUS VAROE", "INVOICE 7"),
                                       (["BRENNICK ALDOUS", "VAROE"], "RENT"), ("FELD BAU INC", "GOODS OF OLLAN HARBOUR TRADING"),
                                       ("BRENIK ALDOUS VARO", "RENT"))):
        gate.put("in", f"p{i}.fin", payment(references[i], f"{100 + i},00", name, words))
    status, _, said = gate.once()
    TAP.ok(status == 1 and "watch list own: 2 entries" in said, "a gate reads its watch lists", said)
    TAP.ok(gate.names("released") == ["p0.fin"] and gate.names("held") == ["p1.fin", "p2.fin", "p3.fin", "p4.fin"],
           "who is listed is held: written as listed, over two lines, in running text, otherwise spelled",
           (gate.names("released"), gate.names("held")))
    found = [finding for finding in verdict(gate, "held", "p2.fin")["findings"] if finding["reason"] == "name_listed"]
    TAP.ok(len(found) == 1 and 'own/1 "Brennick Aldous Varoe" (SHOP-1)' in found[0]["words"] and " in beneficiary_party 2:1-15;" in
           found[0]["words"] and "; field 59 2:1, byte " in found[0]["words"], "the verdict says who, and where it stands in the message", found)
    done = subprocess.run([bank.BINARY, "screen", "--against", f"own={gate.path('own.csv')}:csv", "--decisions", gate.path("decisions.jsonl"),
                           "--decide", "own/1", "--by", "anna", "--reason", "another person", "--", "BRENNICK ALDOUS VAROE"],
                          capture_output=True, text=True, timeout=60, check=False)
    orders(gate, ["Q0"])
    gate.put("in", "q0.fin", payment("Q0", "100,00", "BRENNICK ALDOUS VAROE"))
    status, _, said = gate.once()
    TAP.ok(done.returncode == 0 and status == 0 and "q0.fin" in gate.names("released"), "who was decided upon goes through",
           (done.stderr, said, gate.names("held")))
    status, _, said = bank.run("replay", "--journal", gate.path("journal"), "--alerts", gate.path("again"),
                               "--journal-key", gate.path(".local", "state", "countersign", "journal.key"))
    TAP.ok(status == 0 and b"; 0 differ; of 0 a list is missing" in said, "a replay of the journal comes to the same", said.decode())


def check_missing(folder):
    for number, (fail, without, goes) in enumerate((("hold", "hold high", False), ("release", "hold high", False),
                                                    ("hold", "allow low", True))):
        place = os.path.join(folder, f"missing{number}")
        os.mkdir(place)
        gate = opened(place, without, own=None)
        orders(gate, ["M0"])
        gate.put("in", "m0.fin", payment("M0", "100,00"))
        _, _, said = gate.once(fail=fail)
        where = ("released" if goes else "held")
        TAP.ok("IS NOT SEARCHED" in said and gate.names(where) == ["m0.fin"],
               f"without a list a payment is {where} (--fail {fail}, without {without})", (said, gate.names("held"), gate.names("released")))


def check_kills(folder):
    """However often it is killed, no listed name gets out, and each other one does."""
    rng = random.Random(6)
    gate = opened(folder)
    references = [f"K{n:03}" for n in range(60)]
    bad = set(references[::3])
    orders(gate, references)
    for i, reference in enumerate(references):
        name = "BRENNICK ALDOUS VAROE" if reference in bad else f"FELD BAU {i}"
        gate.put("in", reference + ".fin", payment(reference, f"{100 + i},00", name))
    for _ in range(12):
        process = gate.start()
        time.sleep(0.05 + rng.random() / 2)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    for _ in range(3):
        status, _, said = gate.once()
    held = {name[:4] for name in gate.names("held")}
    released = {name[:4] for name in gate.names("released")}
    TAP.ok(status == 0 and held == bad and released == set(references) - bad, "killed twelve times, the gate held who is listed and no other",
           (said, sorted(held ^ bad), sorted(released & bad)))


def main():
    with tempfile.TemporaryDirectory() as folder:
        for check in (check_names, check_missing, check_kills):
            place = os.path.join(folder, check.__name__)
            os.mkdir(place)
            check(place)
            shutil.rmtree(place)
    TAP.done()


if __name__ == "__main__":
    sys.exit(main())
