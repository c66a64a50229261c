#!/usr/bin/env python3
"""Goal: `countersign lists fetch` that is killed at any step, or whose machine loses its power, leaves each file of a list as it was or as it
was published, whole; the next one ends with what an undisturbed one ends with.
Method: the real binary is killed right before each call by which it changes the disk, one after the other (die_at.c); at random moments, seeded,
while a slow publisher gives the list; and all that a power cut may leave is worked out from the calls in their order: what was not synced may be lost."""
import http.server
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

import bank
from test_lists_fetch import BINARY, OWN, SERVED, Publisher, call, policy, rows

TAP = bank.Tap()
OLD, NEW = rows(100), rows(110)
STEPS_MAX = 200
PARTS = ("sdn", "alt", "add", "comments")


class Slow(Publisher):
    """Gives a list in pieces, for half a second."""

    def do_GET(self):
        body = SERVED[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            for at in range(0, len(body), len(body) // 25 + 1):
                self.wfile.write(body[at:at + len(body) // 25 + 1])
                time.sleep(0.02)
        except OSError:
            pass  # who asked was killed


def preload(**more):
    options = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": os.environ["COUNTERSIGN_DIE"], "ASAN_OPTIONS": options + ":verify_asan_link_order=0", **more}


def one_list(folder, base):
    (folder / "own.csv").write_bytes(OLD)
    SERVED["/own.csv"] = NEW
    return policy(folder, f'list own {{ source "own.csv"  fetch "{base}/own.csv"  format csv  shrink 20% }}\n'), {"own.csv": (OLD, NEW)}


def several(folder, base):
    """OFAC's four files; the new ones have a line more in their main one, and another remark."""
    versions = {}
    for part in PARTS:
        old = (OWN / f"ofac_{part}.csv").read_bytes()
        new = old.replace(b"-0-", b"-0- ", 1)
        (folder / f"{part}.csv").write_bytes(old)
        SERVED[f"/{part}.csv"] = new
        versions[f"{part}.csv"] = (old, new)
    source = ", ".join(f'"{part}.csv"' for part in PARTS)
    urls = ", ".join(f'"{base}/{part}.csv"' for part in PARTS)
    return policy(folder, f"list ofac {{ source {source} fetch {urls} format ofac }}\n"), versions


def look(folder, versions, newest):
    """What is wrong with the files of a list: each is the old one or the new one; behind an undisturbed fetch the new one."""
    wrong = []
    for name, (old, new) in versions.items():
        found = (folder / name).read_bytes()
        if found != new and (newest or found != old):
            wrong.append(f"{name} has {len(found)} bytes that are neither version")
    if newest:
        wrong += [f"{path.name} is left over" for path in folder.iterdir() if path.name.endswith(".new")]
    return wrong


def check_steps(what, prepare, base):
    wrong = []
    for at in range(1, STEPS_MAX):
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            path, versions = prepare(folder, base)
            run = call("lists", "fetch", path, **preload(COUNTERSIGN_DIE_AT=str(at)))
            ended = run.returncode == 0
            wrong += [f"step {at}: {words}" for words in look(folder, versions, ended)]
            read = call("screen", path, "--json", "Nobody At All")
            if read.returncode:
                wrong.append(f"step {at}: what is there is no list any more: {read.stderr}")
            again = call("lists", "fetch", path)
            wrong += [f"behind step {at}: {words}" for words in look(folder, versions, True)]
            if again.returncode:
                wrong.append(f"step {at}: the next fetch: {again.stderr}")
            if ended:
                break
    TAP.ok(at > 3 * len(versions) - 1 and ended and not wrong, f"{what}: killed at each of {at - 1} steps, each file is whole, and the next fetch comes", wrong[:8])


def states_after(steps, versions, folder):
    """All that may be there when the power goes behind STEPS, by file: 'old', 'new', or 'lost', a name whose bytes never reached the disk."""
    synced, renamed = set(), []
    for words in steps:
        if words[0] == "sync":
            synced.add(words[1])
            if words[1] == folder:
                renamed = [(target, source, True) for target, source, _ in renamed]
        else:
            renamed.append((words[2], words[1], False))
    states = {name: {"old"} for name in versions}
    for target, source, durable in renamed:
        name = os.path.basename(target)
        states[name] = {"new" if source in synced else "lost"} | (set() if durable else states[name])
    return states


def check_power(what, prepare, base):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(os.path.realpath(place))
        path, versions = prepare(folder, base)
        log = folder / "steps"
        run = call("lists", "fetch", path, **preload(COUNTERSIGN_STEPS_TO=str(log)))
        steps = [line.split() for line in log.read_text(encoding="utf-8").splitlines()]
        wrong = []
        for n in range(len(steps) + 1):
            for name, states in states_after(steps[:n], versions, str(folder)).items():
                if "lost" in states:
                    wrong.append(f"behind {n} steps {name} may be empty: {steps[:n]}")
        last = states_after(steps, versions, str(folder))
        TAP.ok(run.returncode == 0 and not wrong and all(states == {"new"} for states in last.values()),
               f"{what}: whenever the power goes each file is the old or the new one, and behind the end the new one", (wrong[:3], last, steps))
        undone = [words for words in steps if words[0] != "sync" or not words[1].endswith(".new")]
        TAP.ok(any("lost" in states for states in states_after(undone, versions, str(folder)).values()),
               f"{what}: without its syncs this test would say so")


def check_random(base):
    rng, wrong, killed = random.Random(7), [], 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        path, versions = one_list(folder, base)
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        for n in range(12):
            process = subprocess.Popen([BINARY, "lists", "fetch", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
            time.sleep(rng.uniform(0.02, 0.5))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
            wrong += [f"kill {n}: {words}" for words in look(folder, versions, False)]
        run = call("lists", "fetch", path)
        wrong += look(folder, versions, True)
    TAP.ok(killed > 6 and run.returncode == 0 and not wrong, f"killed {killed} times while a list comes: the last good one stays, and the new one comes then",
           (killed, run.stderr, wrong[:5]))


def main():
    servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in (Publisher, Slow)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    quick, slow = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    for what, prepare in (("a list of one file", one_list), ("a list of four files", several)):
        check_steps(what, prepare, quick)
        check_power(what, prepare, quick)
    check_random(slow)
    for server in servers:
        server.shutdown()
    return TAP.done()


if __name__ == "__main__":
    sys.exit(main())
