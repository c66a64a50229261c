#!/usr/bin/env python3
"""Goal: bytes of lists and of decisions that nothing needs go when they are asked to, and no others: a replay comes to the same behind it.
Method: the real binary; a gate that runs once for each version, with a payment or without; files made old by hand."""
import hashlib
import os
import subprocess
import sys
import tempfile
import time

import bank
from test_gate_screen import OWN, opened, orders, payment, replayed

TAP = bank.Tap()


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def store(gate):
    return {name for name in os.listdir(gate.path("journal", "lists")) if len(name) == 64}


def make_old(gate, days=2):
    for name in os.listdir(gate.path("journal", "lists")):
        at = time.time() - days * 86400
        os.utime(gate.path("journal", "lists", name), (at, at))


def lists(gate, *more, journal="journal"):
    done = subprocess.run([bank.BINARY, "journal", "lists", gate.path(journal), *more], capture_output=True, text=True, timeout=60, check=False,
                          env=gate.environment())
    return done.returncode, done.stdout, done.stderr


def remove(gate):
    return lists(gate, "--remove", "--by", "mara", "--reason", "spring")


def version(gate, text, reference=None, decisions=None):
    gate.put(".", "own.csv", text)
    if decisions is not None:
        with open(gate.path("decisions.jsonl"), "w", encoding="utf-8") as file:
            file.write(decisions)
    if reference:
        orders(gate, [reference])
        gate.put("in", reference + ".fin", payment(reference, "100,00", "BRENNICK ALDOUS VAROE"))
    return gate.once()


def decisions(gate):
    """A file of decisions as it grows, and one that is none."""
    states = []
    for who in ("one", "two", "three"):
        subprocess.run([bank.BINARY, "screen", "--against", f"own={gate.path('own.csv')}:csv", "--decisions", gate.path("made.jsonl"),
                        "--decide", "own/1", "--by", "anna", "--reason", who, "--", "BRENNICK VAROE " + who],
                       capture_output=True, timeout=60, check=True)
        with open(gate.path("made.jsonl"), encoding="utf-8") as file:
            states.append(file.read())
    return states + ["this is no decision\n"]


def check_store(folder):
    gate = opened(folder)
    texts = [OWN + f"{n},Nobody {n},X\n" for n in range(10, 16)]
    decided = decisions(gate)
    version(gate, texts[0], "A0", decided[0])
    version(gate, texts[1], None, decided[1])  # nobody was held against it
    version(gate, texts[2], "A1", decided[2])
    version(gate, texts[3], None, decided[3])
    version(gate, texts[4], "A2", decided[2])
    version(gate, texts[5])                   # in force at the end
    every = {sha(text) for text in texts + decided}
    TAP.ok(store(gate) == every, "each version is kept", (store(gate), every))
    status, out, said = lists(gate)
    TAP.ok(status == 0 and out == "" and "0 files" in said, "what is not a day old does not go", (out, said))
    make_old(gate)
    gate.put("journal/lists", "README", "mine")
    useless = {sha(texts[1]), sha(decided[1]), sha(texts[3]), sha(decided[3])}
    status, out, said = lists(gate)
    TAP.ok(status == 0 and {line.split()[0] for line in out.splitlines()} == useless and store(gate) == every,
           "without --remove it says what may go, and nothing goes", (out, said))
    TAP.ok(lists(gate, "--remove")[0] == 2 and store(gate) == every, "who removes says who he is and why", store(gate))
    status, out, said = remove(gate)
    TAP.ok(status == 0 and store(gate) == every - useless and "4 files" in said and os.path.exists(gate.path("journal", "lists", "README")),
           "exactly that goes", (said, store(gate) ^ (every - useless)))
    notes = [name for name in os.listdir(gate.path("journal")) if name.endswith(".volume")]
    said = b"".join(open(gate.path("journal", name), "rb").read() for name in notes)
    TAP.ok(b'"action":"lists-remove","by":"mara","files":4' in said, "and is on record", said[-600:])
    TAP.ok(*(lambda same: (same[0], "a replay misses nothing", same[1]))(replayed(gate)))
    status, _, said = remove(gate)
    TAP.ok(status == 0 and "0 files" in said, "twice is once", said)
    version(gate, texts[4], "A3")
    TAP.ok(time.time() - os.stat(gate.path("journal", "lists", sha(texts[4]))).st_mtime < 600, "a version that comes back is young again", "")
    volume = gate.path("journal", "00000002.volume")
    with open(volume, "rb") as file:
        whole = file.read()
    half = len(whole) // 2
    make_old(gate)
    before = store(gate)
    for how, damaged in (("damaged", whole[:half] + b"damaged, on purpose" + whole[half + 19:]), ("cut", whole[:half])):
        with open(volume, "wb") as file:
            file.write(damaged)
        status, out, said = lists(gate)
        TAP.ok(status == 3 and out == "" and "all of them stay" in said, f"of a journal that is {how} before its end nothing may go", (status, out, said))
        status, _, said = remove(gate)
        TAP.ok(status == 3 and store(gate) == before and "all of them stay" in said, f"of a journal that is {how} before its end nothing goes",
               (status, said, before - store(gate)))
    status, _, said = lists(gate, journal="in")
    TAP.ok(status == 3 and "no journal there" in said, "where there is no journal that is said", said)


def check_unread(folder):
    """A note of what is needed that cannot be read may need anything: all stays, and that is said."""
    gate = opened(folder)
    texts = [OWN + f"{n},Nobody {n},X\n" for n in range(10, 13)]
    for n, text in enumerate(texts):
        version(gate, text, f"U{n}" if n == 2 else None)
    make_old(gate)
    before, note = store(gate), gate.path("journal", "lists", "own.last")
    with open(note, "rb") as file:
        whole = file.read()
    for how, text in (("cut", whole[:-1]), ("empty", b""), ("another", b"x" * len(whole)), ("long", whole + b"x")):
        with open(note, "wb") as file:
            file.write(text)
        for status, out, said in (lists(gate), remove(gate)):
            TAP.ok(status == 3 and out == "" and store(gate) == before and "lists/own.last cannot be read" in said and "all of them stay" in said,
                   f"{how}: nothing goes", (status, out, said))
    status, told, said = bank.run("verify", gate.path("journal"), "--journal-key", gate.path(".local", "state", "countersign", "journal.key"))
    TAP.ok(status == 0, "it is no part of what the journal proves", (told, said))
    with open(note, "wb") as file:
        file.write(whole)
    gate.put("journal/lists", "README", "mine")
    os.mkdir(gate.path("journal", "lists", "other.last"))
    status, _, said = lists(gate)
    TAP.ok(status == 3 and "lists/other.last cannot be read" in said, "a folder in its place is one that cannot be read, too", (status, said))
    os.rmdir(gate.path("journal", "lists", "other.last"))
    status, _, said = remove(gate)
    TAP.ok(status == 0 and store(gate) == {sha(texts[2])}, "when each can be read what nobody needs goes", (said, store(gate) ^ before))


def check_running(folder):
    """While a gate writes the journal: it goes on, with the bytes it needs."""
    gate = opened(folder)
    version(gate, OWN + "10,Nobody,X\n", "B0")
    version(gate, OWN + "11,Nobody,X\n")
    process = gate.opened()
    gate.put(".", "own.csv", OWN)
    time.sleep(2.5)
    make_old(gate)
    status, _, said = remove(gate)
    TAP.ok(status == 0 and store(gate) == {sha(OWN + "10,Nobody,X\n"), sha(OWN)}, "while a gate runs, what is in force and what was stays",
           (said, store(gate)))
    orders(gate, ["B1"])
    gate.put("in", "b1.fin", payment("B1", "100,00", "BRENNICK ALDOUS VAROE"))
    gate.wait(lambda: "b1.fin" in gate.names("held"))
    time.sleep(1.5)  # the note waits for it
    process.terminate()
    process.wait(30)
    TAP.ok(*(lambda same: (same[0], "a replay misses nothing", same[1]))(replayed(gate)))


def main():
    with tempfile.TemporaryDirectory() as folder:
        for check in (check_store, check_unread, check_running):
            place = os.path.join(folder, check.__name__)
            os.mkdir(place)
            check(place)
    TAP.done()


if __name__ == "__main__":
    sys.exit(main())
