"""What a journal costs: the same two captures with and without one, in turns, and the journal read again.

Best of five of each, the wall time of the whole program: the engine, the thread that seals and writes, and the one that
delivers alerts. The disk is the one behind TMPDIR. Beside it the processor time of each thread, as the kernel counts it while
they run: what else runs on the machine does not count there. An argument behind the build folder is the minutes of
traffic (240): with less of it, beginning and ending a journal, some thirty syncs, would count more than keeping it."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release")
MINUTES = sys.argv[2] if len(sys.argv) > 2 else "240"
BINARY = os.path.join(BUILD, "countersign")
SIM = os.path.join(BUILD, "countersign-sim")
TURNS = 5
LOOK_EVERY_S = 0.004  # what a thread did behind the last look is missed


def look(pid, seconds):
    """Notes the processor time of each thread, in the order in which they began."""
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                seconds[int(thread)] = int(file.read().split()[0]) / 1e9
    except (OSError, IndexError):
        pass  # it has just ended


def timed(command, folder):
    """The wall time, that of each thread, and what was said."""
    threads = {}
    with open(os.path.join(folder, "said"), "w+", encoding="utf-8") as said:
        begun = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said,
                              env=dict(os.environ, XDG_STATE_HOME=folder)) as running:
            while running.poll() is None:
                look(running.pid, threads)
                time.sleep(LOOK_EVERY_S)
            seconds = time.monotonic() - begun
        said.seek(0)
        if running.returncode != 0:
            raise SystemExit(f"{command}: exit {running.returncode}: {said.read()}")
        return seconds, [threads[thread] for thread in sorted(threads)], said.read()


def figure(name, value, unit, reference, ratio):
    print(json.dumps({"name": name, "value": round(value), "unit": unit, "reference": reference,
                      "ratio": round(ratio, 3)}))


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([SIM, "innocent-day", "--seed", "1", "--minutes", MINUTES, "--rate", "70", "--out", folder],
                       check=True, stdout=subprocess.DEVNULL)
        plain = [BINARY, "replay", os.path.join(ROOT, "policies/two-taps.policy"), "--link",
                 f"visa={folder}/acquirer.pcap", "--link", f"core={folder}/issuer.pcap", "--alerts", f"{folder}/a.jsonl"]
        journal = os.path.join(folder, "journal")
        wall = {"off": [], "on": [], "again": []}
        engine = {"off": [], "on": []}
        behind = []
        for _ in range(TURNS):
            seconds, threads, said = timed(plain, folder)
            wall["off"].append(seconds)
            engine["off"].append(threads[0])
            line = next(line for line in said.splitlines() if " messages, " in line)
            messages = int(line.split(" packets, ")[1].split(" messages")[0].replace(",", ""))
            shutil.rmtree(journal, ignore_errors=True)
            seconds, threads, _ = timed(plain + ["--record", journal], folder)
            wall["on"].append(seconds)
            engine["on"].append(threads[0])
            behind.append(sum(threads[1:]))
            wall["again"].append(timed([BINARY, "replay", "--journal", journal, "--alerts", f"{folder}/b.jsonl"], folder)[0])
    off, on, again = (min(wall[key]) for key in ("off", "on", "again"))
    figure("replay_with_journal", messages / on, "messages/s", "without a journal", off / on)
    own = min(engine["on"])
    figure("replay_with_journal, engine alone", messages / own, "messages/s", "without a journal, processor time",
           min(engine["off"]) / own)
    figure("replay_with_journal, threads behind it", messages / min(behind), "messages/s",
           "the engine, processor time", own / min(behind))
    figure("journal_read_again", messages / again, "messages/s", "from the captures", off / again)


main()
