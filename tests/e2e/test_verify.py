#!/usr/bin/env python3
"""Goal: a journal kept by `replay --record` is proved by `verify`, and each of its alerts by its evidence, also when the process
was killed in between and went on.
Method: the demo hour with its robberies, the real binary; both verifiers; the anchor that the policy names."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import bank

sys.path.insert(0, os.path.join(os.environ["COUNTERSIGN_ROOT"], "tests", "journal"))
from verify_journal import Bundle, Journal, Vault  # noqa: E402

TAP = bank.Tap()
BINARY, SIMULATOR, ROOT = (os.environ[name] for name in ("COUNTERSIGN", "COUNTERSIGN_SIM", "COUNTERSIGN_ROOT"))
JOURNAL_CLAUSE = '\njournal "unused" { anchor "%s" segment 1MiB checkpoint every 1s }\n'


class Hour:
    def __init__(self, folder):
        self.folder = folder
        self.environment = dict(os.environ, XDG_STATE_HOME=self.path("state"), HOME=folder)
        subprocess.run([SIMULATOR, "demo-hour", "--seed", "1", "--minutes", "60", "--rate", "4", "--out", folder],
                       check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(ROOT, "policies", "two-taps.policy"), encoding="utf-8") as file:
            text = file.read()
        with open(self.path("bank.policy"), "w", encoding="utf-8") as file:
            file.write(text + JOURNAL_CLAUSE % self.path("anchor"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self):
        return [BINARY, "replay", self.path("bank.policy"), "--link", f"visa={self.path('acquirer.pcap')}", "--link",
                f"core={self.path('issuer.pcap')}", "--record", self.path("j"), "--journal-key", self.path("key"), "--alerts",
                self.path("alerts"), "--quiet"]

    def run(self, *words):
        done = subprocess.run([BINARY, *words], capture_output=True, text=True, env=self.environment, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def alerts(self):
        with open(self.path("alerts"), encoding="utf-8") as file:
            return [json.loads(line) for line in file]


def size_of(folder):
    return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.name.endswith(".volume")) if os.path.isdir(folder) else 0


def record(hour):
    """Killed twice on the way, each time with more in the journal, and then to the end."""
    kills = 0
    for least in (2_000_000, 5_000_000):
        process = subprocess.Popen(hour.command(), env=hour.environment, stderr=subprocess.DEVNULL)
        while process.poll() is None and size_of(hour.path("j")) < least:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
    done = subprocess.run(hour.command(), capture_output=True, text=True, env=hour.environment, timeout=300)
    TAP.ok(done.returncode == 0 and kills == 2, "a journal is kept, over two kills", done.stderr)


def prove(hour):
    status, out, said = hour.run("verify", hour.path("j"), "--journal-key", hour.path("key"), "--json")
    told = json.loads(out.splitlines()[-1]) if out else {}
    TAP.ok(status == 0 and told["sound"] and told["deep"] and told["unsigned_pages"] == 0, "it is sound to its end", out + said)
    TAP.ok(told["records_by_kind"]["alert"] == len(hour.alerts()) > 3, "it holds the alerts that were told", out)
    TAP.ok(told["records_by_kind"]["resume"] == 2 and told["volumes"] > 4, "in volumes of three processes", out)
    second = Journal(hour.path("j"), Vault(hour.path("key"))).run()
    TAP.ok(not second.faults and second.kinds == told["records_by_kind"], "the second verifier says the same",
              str(second.faults))
    public = told["public_key"]
    if os.path.exists(hour.path("anchor")):
        status, out, said = hour.run("verify", hour.path("j"), "--public-key", public, "--anchor", hour.path("anchor"))
        TAP.ok(status == 0 and "checkpoints agree" in out, "and its anchor agrees", out + said)
    return public


def show(hour, public):
    for i, alert in enumerate(hour.alerts()):
        if i >= 10 and i % 9:
            continue
        status, _, said = hour.run("evidence", hour.path("j"), alert["id"], "--journal-key", hour.path("key"), "--out",
                                   hour.path("bundle"), "--html", hour.path("page"))
        proved, out, more = hour.run("verify", "--bundle", hour.path("bundle"), "--public-key", public)
        with open(hour.path("bundle"), encoding="utf-8") as file:
            second = Bundle(file.read(), bytes.fromhex(public)).run()
        good = status == 0 and proved == 0 and not second.faults
        if i < 10 or not good:
            TAP.ok(good, f"alert {i + 1} ({alert['reason']}) is proved without the journal", said + out + more + str(second.faults))
        for name in ("bundle", "page"):
            with open(hour.path(name), encoding="utf-8") as file:
                text = file.read()
            if bank.PAN in text or "<script" in text:
                TAP.ok(False, f"no card number and no script in the {name}")


def main():
    if not os.path.exists(SIMULATOR):
        print("1..0 # SKIP no simulator here")
        return
    with tempfile.TemporaryDirectory() as folder:
        hour = Hour(folder)
        record(hour)
        show(hour, prove(hour))
    TAP.done()


if __name__ == "__main__":
    main()
