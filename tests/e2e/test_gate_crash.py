#!/usr/bin/env python3
"""Goal: a gate that is killed at any step neither releases nor loses a message: each file is in one place at any time, none
is released before the journal says so, and the next process ends with what an undisturbed one ends with.

Method: the real binary is killed right before each call by which it changes the disk, one after the other (die_at.c); then at
random moments, seeded, while messages come. COUNTERSIGN_GATE_KILLS: how many of the latter (default 200)."""
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import bank
import gate
import test_gate_screen as names

TAP = bank.Tap()
KILLS = int(os.environ.get("COUNTERSIGN_GATE_KILLS", "200"))
STEPS_MAX = 2000
ORDERS = gate.HEADER + gate.order("OK1", "100.00") + gate.order("OK2", "200.00") + gate.order("OK3", "300.00") + \
    gate.order("BAD", "400.00")
FILES = {"ok1": gate.mt103("OK1", "100,"), "ok23": gate.mt103("OK2", "200,") + gate.mt103("OK3", "300,"),
         "changed": gate.mt103("BAD", "444,"), "broken": gate.mt103("XX", "1,")[:-40], "free": gate.mt199("FREE")}
GOOD = {"ok1", "ok23"}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def preload(at):
    options = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": os.environ["COUNTERSIGN_DIE"], "COUNTERSIGN_DIE_AT": str(at),
            "ASAN_OPTIONS": options + ":verify_asan_link_order=0"}


def look(small, files, allowed):
    """What is wrong in the folders now."""
    wrong, places = [], small.everywhere()
    for name, data in files.items():
        found = places.get(digest(data), [])
        if len(found) != 1:
            wrong.append(f"{name} is in {found}")
        if "released" in found and name not in allowed:
            wrong.append(f"{name} is released")
        if "released" in found and digest(data) not in small.decided("release"):
            wrong.append(f"{name} is released, and the journal does not say so")
    for folder in ("released", "held"):
        for name in small.names(folder):
            if not os.path.exists(small.path(folder, name + ".verdict.json")):
                wrong.append(f"{folder}/{name} has no verdict")
    return wrong


def try_every_step(prepare, check):
    """(steps tried, what went wrong) of a gate killed at step 1, 2, 3 ... up to the first at which it ends by itself."""
    wrong = []
    for at in range(1, STEPS_MAX):
        with tempfile.TemporaryDirectory() as folder:
            small = prepare(folder)
            status, _, said = small.once("--one-account", **preload(at))
            wrong += [f"step {at}: {what}" for what in check(small, False)]
            if status >= 0 and status != 137:
                return at - 1, wrong + ([] if status in (0, 1) else [f"step {at}: exit {status}: {said}"])
            status, _, said = small.once("--one-account")
            if status not in (0, 1):
                wrong.append(f"step {at}: the next process: exit {status}: {said}")
            wrong += [f"behind step {at}: {what}" for what in check(small, True)]
    return STEPS_MAX, wrong + ["it never ends"]


def check_intake():
    def prepare(folder):
        small = gate.Gate(folder)
        small.put("orders", "orders.csv", ORDERS)
        for name, data in FILES.items():
            small.put("in", name, data)
        return small

    def check(small, ended):
        wrong = look(small, FILES, GOOD)
        if ended and (set(small.names("released")) != GOOD or set(small.names("held")) != set(FILES) - GOOD):
            wrong.append(f"released {small.names('released')}, held {small.names('held')}")
        return wrong
    steps, wrong = try_every_step(prepare, check)
    TAP.ok(steps > 60 and not wrong, f"killed at each of {steps} steps of the intake: nothing lost, doubled or let go", wrong[:10])


def check_words():
    with tempfile.TemporaryDirectory() as whole:
        kept = os.path.join(whole, "kept")
        os.mkdir(kept)
        small = gate.Gate(kept)
        small.put("orders", "orders.csv", ORDERS)
        small.put("in", "changed", FILES["changed"])
        small.put("in", "free", FILES["free"])
        small.once("--one-account")
        for verb, name in (("release", "changed"), ("reject", "free")):
            for by in ("mara", "otto"):
                small.ask(verb, name, by, "--no-wait")

        def prepare(folder):
            shutil.copytree(kept, os.path.join(folder, "g"), symlinks=True)
            again = gate.Gate.__new__(gate.Gate)
            again.folder = os.path.join(folder, "g")
            return again

        def check(small, ended):
            wrong = look(small, {name: FILES[name] for name in ("changed", "free")}, {"changed"})
            if ended and (small.names("released") != ["changed"] or small.names("held", "rejected") != ["free"]):
                wrong.append(f"released {small.names('released')}, rejected {small.names('held', 'rejected')}")
            if ended and os.listdir(small.path("held", "requests")) + os.listdir(small.path("held", "approved")):
                wrong.append("words are left over")
            return wrong
        steps, wrong = try_every_step(prepare, check)
    TAP.ok(steps > 40 and not wrong, f"killed at each of {steps} steps of two persons' words: one place, and an end", wrong[:10])


def check_lists():
    """Killed at each step, and lists are others when the next process begins: what was not let go before then is not."""
    message = names.payment("W0", "100,00", "ZORVAN QUILL")

    def prepare(folder):
        small = names.opened(folder)
        names.orders(small, ["W0"])
        small.put("in", "w0", message)
        return small

    def check(small, ended):
        if not ended:
            small.gone = "w0" in small.names("released")
            small.put(".", "own.csv", names.OWN + "3,Zorvan Quill,SHOP-3\n")
        wrong = look(small, {"w0": message}, {"w0"})
        if ended and small.names("released" if small.gone else "held") != ["w0"]:
            wrong.append(f"released {small.names('released')}, held {small.names('held')}, before: {small.gone}")
        if ended and not small.gone and [name for name in os.listdir(small.path("released")) if name[0] != "."]:
            wrong.append(f"left over in released: {os.listdir(small.path('released'))}")
        return wrong
    steps, wrong = try_every_step(prepare, check)
    TAP.ok(steps > 30 and not wrong, f"killed at each of {steps} steps, lists changed then: what is listed by now stays", wrong[:10])


def check_words_and_lists():
    """The second word comes when lists are others: killed at each step, it never leads to a release, nor does the first with another."""
    message = names.payment("H0", "100,00", "BRENNICK ALDOUS VAROE", "GOODS FOR ZORVAN QUILL")
    with tempfile.TemporaryDirectory() as whole:
        kept = os.path.join(whole, "kept")
        os.mkdir(kept)
        small = names.opened(kept)
        names.orders(small, ["H0"])
        small.put("in", "h0", message)
        small.once("--one-account")
        small.ask("release", "h0", "mara", "--no-wait")
        small.once("--one-account")
        small.ask("release", "h0", "otto", "--no-wait")
        small.put(".", "own.csv", names.OWN + "3,Zorvan Quill,SHOP-3\n")

        def prepare(folder):
            shutil.copytree(kept, os.path.join(folder, "g"), symlinks=True)
            again = gate.Gate.__new__(gate.Gate)
            again.folder = os.path.join(folder, "g")
            return again

        def check(small, ended):
            wrong = look(small, {"h0": message}, set())
            if ended and small.names("held") != ["h0"]:
                wrong.append(f"held {small.names('held')}")
            told = names.verdict(small, "held", "h0")
            if ended and "relisted" not in names.reasons(told) and not os.listdir(small.path("held", "approved")):
                wrong.append(f"nothing is said: {told}")
            return wrong
        steps, wrong = try_every_step(prepare, check)
    TAP.ok(steps > 10 and not wrong, f"killed at each of {steps} steps of a second word when lists changed: it stays held", wrong[:10])


def check_random():
    rng = random.Random(11)
    with tempfile.TemporaryDirectory() as folder:
        small = gate.Gate(folder, late="1s")
        files, allowed, wrong = {}, set(), []
        for kill in range(KILLS):
            good, bad = f"g{kill}", f"b{kill}"
            small.put("orders", f"o{kill}.csv", gate.HEADER + gate.order(f"G{kill}", f"{kill + 1}.00"))
            for name, reference in ((good, f"G{kill}"), (bad, f"B{kill}")):
                files[name] = gate.mt103(reference, f"{kill + 1},")
                small.put("in", name, files[name])
            allowed.add(good)
            process = small.start()
            time.sleep(rng.uniform(0.0, 0.15) if kill % 4 else rng.uniform(0.1, 0.4))
            if kill % 3 == 0:  # another policy, in the midst of it
                small.rewrite(*[("900000", "800000"), ("800000", "900000")][kill % 2:][:1])
                process.send_signal(signal.SIGHUP)
                time.sleep(rng.uniform(0.0, 0.1))
            process.send_signal(signal.SIGKILL)
            process.wait()
            if kill % 10 == 9:
                wrong += look(small, files, allowed)
        deadline = time.time() + 60
        while time.time() < deadline and (small.names("in") or small.names("held", "taken")):
            small.once()
        wrong += look(small, files, allowed)
        if set(small.names("released")) != allowed:
            wrong.append(f"{len(small.names('released'))} released of {len(allowed)}")
        again = subprocess.run([bank.BINARY, "replay", "--journal", small.path("journal")], capture_output=True, text=True,
                               check=False, env=small.environment())
    TAP.ok(not wrong, f"killed {KILLS} times while messages come: nothing lost, doubled or let go", wrong[:10])
    TAP.ok(again.returncode == 0 and "; 0 differ" in again.stderr, "and the journal gives each verdict again", again.stderr)


check_intake()
check_words()
check_lists()
check_words_and_lists()
check_random()
sys.exit(TAP.done())
