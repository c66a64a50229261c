"""Goal: `run` with a journal loses nothing it has told: after SIGTERM, kill -9, another policy and a full disk it goes on
where it was, tells each alert once, and its journal gives the same alerts again, byte for byte.
Method: real sockets on loopback, the process stopped and killed between; needs root for the interface."""
import glob
import json
import os
import random
import re
import signal
import subprocess
import tempfile
import time

import bank
from live import Leg, Live, forged, free_ports, honest, write_policy

TAP = bank.Tap()
JOURNAL = '''
journal "journal" {
  durability every 5ms
  segment %s
  checkpoint every 100ms
  snapshot every %s
  size 10GiB
  key "journal.key"
  anchor "anchor.jsonl"
%s}
'''


def journal_clause(snapshot="1h", segment="64MiB", more=""):
    return JOURNAL % (segment, snapshot, more)


class Bench:
    """A folder with policy, keys and journal; ports; the process that watches them."""

    def __init__(self, folder, **clause):
        self.folder = folder
        os.chmod(folder, 0o755)
        self.ports = free_ports()
        self.key = bank.write(os.path.join(folder, "journal.key"), os.urandom(32))
        os.chmod(self.key, 0o600)
        self.journal = os.path.join(folder, "journal")
        self.policy = write_policy(folder, self.ports, more=journal_clause(**clause))
        self.live = None

    def start(self):
        self.live = Live(self.policy, self.folder)
        started = self.live.starts()
        assert not started or self.live.process.poll() is None, (self.live.process.poll(), self.live.read())
        return started

    def legs(self):
        return Leg(self.ports[0]), Leg(self.ports[1])

    def alerts(self):
        with open(self.live.alerts, "rb") as lines:
            return lines.read()

    def forged(self):
        """The numbers of all forged transactions told, in order."""
        lines = [json.loads(line) for line in self.alerts().splitlines()]
        return [stan(a) for a in lines if a["nature"] == "forged"]

    def wait_forged(self, numbers):
        self.live.wait_alerts_where(lambda a: a["nature"] == "forged", len(numbers))
        return self.forged() == numbers

    def again(self, *options):
        """What the journal says: (exit status, alerts, words)."""
        out = os.path.join(self.folder, "again.jsonl")
        status, _, said = bank.run("replay", "--journal", self.journal, "--journal-key", self.key, "--alerts", out, *options)
        with open(out, "rb") as lines:
            return status, lines.read(), said.decode()

    def check_again(self, name):
        status, lines, said = self.again()
        TAP.ok(status == 0 and lines == self.alerts() and " 0 differ" in said, name, said)


def stan(alert):
    return alert.get("transaction", {}).get("stan")


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as numbers:
        return [int(number) for number in numbers.read().split()]


def is_there(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as words:
            return words.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def wait_gone(pids, seconds=1.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(is_there(pid) for pid in pids):
        time.sleep(0.01)
    return not any(is_there(pid) for pid in pids)


def check_power(bench):
    pid = bench.live.process.pid
    tasks = glob.glob(f"/proc/{pid}/task/*/status") + [f"/proc/{child}/status" for child in children(pid)]
    found = []
    for task in tasks:
        with open(task, encoding="utf-8") as lines:
            found.append({line.split(":")[0]: line.split()[1:] for line in lines})
    TAP.ok(len(tasks) >= 4, "it works on several threads, and has a caretaker", tasks)
    TAP.ok(all("0" not in row["Uid"] and int(row["CapEff"][0], 16) == 0 for row in found),
           "root is given up by all of them", found)
    if any(row["Seccomp"] == ["2"] for row in found) or "asan" not in bank.BINARY:
        TAP.ok(all(row["Seccomp"] == ["2"] for row in found), "system calls are filtered on all of them",
               [(row["Name"], row["Seccomp"]) for row in found])


def check_stop_and_go_on(bench):
    visa, core = bench.legs()
    honest(visa, core, 1)
    forged(visa, 2)
    honest(visa, core, 3)
    TAP.ok(bench.wait_forged(["000002"]), "a forged approval is delivered from the journal", bench.live.read())
    forged(visa, 4) # its time is not over when it is stopped: this is decided by the next process, if at all
    time.sleep(0.3)
    status = bench.live.stop()
    said = bench.live.read()
    TAP.ok(status == 0 and "Journal:" in said and "nothing seen" not in said, "SIGTERM ends it, with an account of all: 0", said)
    bench.check_again("and its journal gives the same alerts again")
    with open(os.path.join(bench.folder, "anchor.jsonl"), encoding="utf-8") as lines:
        TAP.ok(all("signature" in json.loads(line) for line in lines), "checkpoints are told to the anchor")
    bench.start()
    said = bench.live.read()
    TAP.ok("goes on at record" in said and "nobody watched" in said, "the next start goes on, with a gap", said)
    visa, core = bench.legs()
    forged(visa, 5)
    honest(visa, core, 6)
    bench.live.wait_alerts_where(lambda a: stan(a) == "000005", 1)
    told = [json.loads(line) for line in bench.alerts().splitlines()]
    TAP.ok([stan(a) for a in told if a["nature"] == "forged"].count("000002") == 1
           and len({a["id"] for a in told}) == len(told), "no alert is told twice", bench.live.read())
    TAP.ok([a["reason"] for a in told].count("capture_gap") >= 1, "the absence is told", told)
    told = bench.live.wait_alerts_where(lambda a: stan(a) == "000004", 1)
    TAP.ok([a["nature"] for a in told if stan(a) == "000004"] == ["unproven"],
           "what was open when it was stopped, and could have been proven in between, is unproven and not forged",
           (told, bench.live.read()))


def check_kill(bench):
    visa, core = bench.legs()
    forged(visa, 10)
    honest(visa, core, 11)
    bench.live.wait_alerts_where(lambda a: stan(a) == "000010", 1)
    pids = children(bench.live.process.pid)
    bench.live.stop(signal.SIGKILL)
    TAP.ok(pids and wait_gone(pids), "kill -9: its caretaker is gone within a second", pids)
    TAP.ok(bench.start() and "goes on at record" in bench.live.read(), "and the next start goes on", bench.live.read())
    visa, core = bench.legs()
    forged(visa, 12)
    honest(visa, core, 13)
    bench.live.wait_alerts_where(lambda a: stan(a) == "000012", 1)
    told = [json.loads(line) for line in bench.alerts().splitlines()]
    TAP.ok(len({a["id"] for a in told}) == len(told) and {"000010", "000012"} <= {stan(a) for a in told},
           "and tells each alert once", told)


def descendants(pid):
    found = children(pid) if is_there(pid) else []
    for child in list(found):
        try:
            found += descendants(child)
        except OSError:
            pass
    return found


def check_random_kills(bench):
    """Whenever the parent dies, also in the middle of a round."""
    late = []
    dice = random.Random(1)
    for _ in range(6):
        bench.start()
        time.sleep(1 + dice.random() * 0.3)
        pids = descendants(bench.live.process.pid)
        bench.live.stop(signal.SIGKILL)
        if not pids or not wait_gone(pids):
            late.append(pids)
    TAP.ok(not late, "whenever it is killed, all that looked after its journal is gone within a second", late)
    bench.start()
    said = bench.live.read()
    bench.live.stop()
    TAP.ok("goes on at record" in said and "from a snapshot" in said, "and the next start goes on from a snapshot", said)
    bench.check_again("with the same verdicts")


def check_reload(bench):
    live = bench.live
    write_policy(bench.folder, bench.ports, "20s", more=journal_clause(segment="32MiB"))
    live.process.send_signal(signal.SIGHUP)
    TAP.ok(live.wait_for("only keep, size and snapshot"), "a journal that would change is refused", live.read())
    write_policy(bench.folder, bench.ports, "20s", more=journal_clause(snapshot="30min", more="  keep events 90d\n"))
    live.process.send_signal(signal.SIGHUP)
    TAP.ok(live.wait_for("is in force"), "another policy takes over", live.read())
    visa, core = bench.legs()
    honest(visa, core, 20)
    forged(visa, 21)
    honest(visa, core, 22)
    live.wait_alerts_where(lambda a: stan(a) == "000021", 1)
    TAP.ok("000021" in bench.forged(), "and finds what is forged behind it", live.read())
    live.stop()
    bench.check_again("the journal gives the alerts of both policies again, byte for byte")
    TAP.ok(bench.start() and "goes on at record" in live.read() and "another one" not in bench.live.read(),
           "and the next start goes on under the second", bench.live.read())
    bench.live.stop()
    bench.check_again("also behind that")


def plain_run(folder):
    bench = Bench(folder)
    if not bench.start():
        TAP.skip("run with a journal", "this machine lets nobody open an interface")
        TAP.done()
    check_power(bench)
    check_stop_and_go_on(bench)
    check_kill(bench)
    check_reload(bench)


def raw_messages(folder):
    """A policy that keeps raw messages has one for each event, under every policy that follows."""
    bench = Bench(folder, more="  raw sealed\n")
    bench.start()
    visa, core = bench.legs()
    honest(visa, core, 1)
    forged(visa, 2)
    honest(visa, core, 3)
    bench.live.wait_alerts_where(lambda a: stan(a) == "000002", 1)
    write_policy(folder, bench.ports, "20s", more=journal_clause(more="  raw sealed\n"))
    bench.live.process.send_signal(signal.SIGHUP)
    TAP.ok(bench.live.wait_for("is in force"), "raw messages: another policy takes over", bench.live.read())
    forged(visa, 4)
    honest(visa, core, 5)
    bench.live.wait_alerts_where(lambda a: stan(a) == "000004", 1)
    bench.live.stop()
    status, out, said = bank.run("verify", bench.journal, "--journal-key", bench.key, "--json", "--quiet")
    kinds = json.loads(out.splitlines()[-1])["records_by_kind"]
    TAP.ok(status == 0 and kinds["raw"] == kinds["event"] >= 14, "one for each event, before and behind", (kinds, said))
    bench.check_again("and the journal gives the same alerts again")


def snapshots(folder):
    """The caretaker's snapshots, the command's, and what a start makes of them."""
    bench = Bench(folder, snapshot="1s", segment="1MiB")
    bench.start()
    visa, core = bench.legs()
    for n in range(300):
        honest(visa, core, 1000 + n)
    forged(visa, 2)
    honest(visa, core, 3)
    TAP.ok(bench.live.wait_for("caretaker: snapshot at record") and "no snapshot" not in bench.live.read(),
           "the caretaker makes snapshots", bench.live.read())
    status, _, said = bank.run("snapshot", bench.journal, "--journal-key", bench.key)
    busy = b"another process" in said
    TAP.ok(status == 0 or busy, "one can be made by hand meanwhile", said)
    files = glob.glob(os.path.join(bench.journal, "snapshots", "*"))
    TAP.ok(files and all(os.stat(f).st_uid == os.stat(bench.journal).st_uid != 0 for f in files), "they belong to its user")
    bench.live.stop(signal.SIGKILL)
    status, _, said = bank.run("snapshot", bench.journal, "--journal-key", bench.key)
    TAP.ok(status == 0, "and when nobody writes", said)
    status, _, said = bank.run("snapshot", bench.journal, "--journal-key", bench.key)
    TAP.ok(status == 0 and b"nothing came" in said, "a second one at the same place is not needed", said)
    bench.start()
    TAP.ok("recovered from a snapshot" in bench.live.read(), "a start begins with it", bench.live.read())
    visa, core = bench.legs()
    honest(visa, core, 5)
    time.sleep(0.3)
    bench.live.stop()
    end = max(int(n) for n in re.findall(r"goes on at record (\d+)", bench.live.read())) + 2
    states = []
    for options in ([], ["--from", str(end)]):
        _, _, said = bench.again("--until", str(end), *options)
        states.append(re.findall(r"state there: (\w+)|from record (\d+)", said))
    TAP.ok(states[0][1][0] and states[0][1] == states[1][1] and states[0][0][1] == "0" != states[1][0][1],
           "snapshot and tail give the same state as all records from the first", states)
    check_random_kills(bench)


def full_disk(folder):
    """The journal on a very small disk."""
    bench = Bench(folder, segment="1MiB")
    os.mkdir(bench.journal)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=640k", "tmpfs", bench.journal], check=False,
                      capture_output=True).returncode:
        TAP.skip("a full disk", "nothing can be mounted here")
        return
    try:
        bench.start()
        visa, core = bench.legs()
        ballast = os.path.join(bench.journal, "ballast")
        with open(ballast, "wb") as out:
            out.write(b"\0" * (300 << 10))
        n = 100
        while not bench.live.wait_for("disk is full", 0.1) and n < 20000:
            honest(visa, core, n)
            n += 1
        TAP.ok("disk is full" in bench.live.read(), "a full disk is told", bench.live.read())
        forged(visa, 2)
        time.sleep(1)
        os.unlink(ballast)
        TAP.ok(bench.live.wait_for("room on the disk again") and bench.live.read().count("disk is full") == 1,
               "once, and once that it is over", bench.live.read())
        honest(visa, core, 3)
        bench.live.wait_alerts_where(lambda a: stan(a) == "000002", 1)
        TAP.ok("000002" in bench.forged(), "what was forged meanwhile is told behind that", bench.live.read())
        with open(ballast, "wb") as out:
            try:
                out.write(b"\0" * (1 << 20))
                out.flush()
            except OSError:
                pass
        time.sleep(1)
        status = bench.live.stop()
        TAP.ok(status == 3 and bench.live.read().count("disk is full") >= 2, "a stop on a full disk does not wait: 3",
               (status, bench.live.read()))
    finally:
        subprocess.run(["umount", bench.journal], check=False)


def refusals(folder):
    bench = Bench(folder)
    status, _, said = bank.run("run", bench.policy, "--no-journal", "--record", "x")
    TAP.ok(status == 2 and b"either" in said, "--record and --no-journal do not go together: 2", said)
    live = Live(bench.policy, folder, "--no-journal")
    TAP.ok(live.starts() and not os.path.exists(bench.journal), "--no-journal keeps none", live.read())
    live.stop()
    bench.start()
    second = bank.run("run", bench.policy)
    TAP.ok(second[0] == 3 and b"another process" in second[2], "a second process on one journal is refused: 3", second[2])
    bench.live.stop()


def main():
    if os.geteuid() != 0:
        TAP.skip("run with a journal", "opening an interface needs root")
        TAP.done()
    for part in (plain_run, raw_messages, snapshots, full_disk, refusals):
        with tempfile.TemporaryDirectory() as folder:
            part(folder)
    TAP.done()


main()
