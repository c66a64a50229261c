#!/usr/bin/env python3
"""Goal: `run --events RECORD=-` reads rows from standard input as they come, in its sandbox and into its journal; a half row waits, a cut one
is not told, another policy goes on in between, and a new process reads a new stream.
Method: the real binary, with a journal and without, at the end of a pipe that the test writes to."""
import os
import re
import signal
import subprocess
import sys
import tempfile

import bank
import test_run_files as files

TAP = bank.Tap()
ORDERED = files.POLICY.replace("lateness 2s  whole", "lateness 1s  whole")


class Pipe(files.Desk):
    """A desk whose payments come on a pipe, and whose orders come in a folder."""

    def begin(self, *more, records=("orders",)):
        self.since = len(self.said()) if os.path.exists(self.path("said")) else 0
        events = [word for name in records for word in ("--events", f"{name}={self.path(name)}")]
        with open(self.path("said"), "ab") as said:
            self.process = subprocess.Popen([bank.BINARY, "run", self.policy, "--alerts", self.path("alerts.jsonl"), *events,
                                             "--events", "payments=-", *more],
                                            stdin=subprocess.PIPE, stderr=said, cwd=self.folder)
        return self.wait(lambda: "watching" in self.said()[self.since:])

    def write(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        return self.process.wait(60)

    def missing(self):
        return files.refs(self.alerts("proof_missing"))


def check_live(desk):
    began = files.now() - files.HOUR
    desk.put("orders", "a.csv", files.HEAD + files.rows(0, 20, began, skip={3, 12}))
    TAP.ok(desk.begin(), "it watches", desk.said())
    TAP.ok("1 folder and standard input" in desk.said(), "and says what", desk.said())
    TAP.ok(desk.wait(lambda: "a.csv" in desk.names("orders", "archive")), "a folder is read beside it", desk.said())
    text = files.HEAD + files.rows(0, 10, began + files.HOUR / 2)
    desk.write(text + files.rows(10, 1, began + files.HOUR / 2)[:20])
    TAP.ok(desk.wait(lambda: desk.missing() == ["R000003"]), "a payment nobody ordered is told while the pipe is open", desk.alerts())
    bank.write(desk.policy, ORDERED + "# another\n")
    desk.process.send_signal(signal.SIGHUP)
    TAP.ok(desk.wait(lambda: "is in force" in desk.said()), "a policy is taken in the midst of a row", desk.said())
    desk.write(files.rows(10, 1, began + files.HOUR / 2)[20:] + files.rows(11, 5, began + files.HOUR / 2) + "junk\n")
    TAP.ok(desk.wait(lambda: desk.missing() == ["R000003", "R000012"]), "and the rows behind it are read", (desk.alerts(), desk.said()))
    [alert] = [a for a in desk.alerts("proof_missing") if a["transaction"]["rrn"] == "R000003"]
    row = alert["evidence"][0]
    TAP.ok(text.encode()[row["file_offset"]:].split(b",")[1] == b"R000003", "evidence names the byte of the stream", row)
    TAP.ok(desk.wait(lambda: desk.alerts("file_aside")), "a row that cannot be read is told", desk.said())
    TAP.ok("standard input: 1 row could not be read; line 18" in str(desk.alerts("file_aside")), "by its line", desk.alerts("file_aside"))
    bank.write(desk.policy, ORDERED.replace('record payments { source csv  time from "time"', 'record payments { source csv  time from "when"'))
    desk.process.send_signal(signal.SIGHUP)
    TAP.ok(desk.wait(lambda: "is refused" in desk.said()), "a policy that wants a column the stream lacks is refused", desk.said())
    bank.write(desk.policy, ORDERED)


def check_ends(desk):
    TAP.ok(desk.end() == 3, "its end is a failure where a folder is watched, too", desk.said())
    TAP.ok("standard input has ended while something else is watched" in desk.said(), "which is said", desk.said())
    TAP.ok("Rows of payments from standard input: 16; 1 could not be read" in desk.said(), "with what was read", desk.said()[-900:])
    status, said = desk.again()
    TAP.ok(status == 0 and " 0 differ" in said, "its journal gives the same verdicts", said)


def check_another(desk):
    """Started again: a new stream, with its own header line; what was told of the other stands."""
    began = files.now() - files.HOUR / 4
    TAP.ok(desk.begin(records=()), "it is started again without the folder", desk.said())
    desk.write(files.HEAD + files.rows(900, 1, began))
    desk.write(files.rows(901, 1, began)[:-3])
    TAP.ok(desk.end() == 0, "the end of the input is its own where nothing else is watched", desk.said()[desk.since:])
    said = desk.said()[desk.since:]
    TAP.ok("the input ends in the midst of the row" in said, "a row that was cut off is not told", said)
    TAP.ok("Rows of payments from standard input: 1; 1 could not be read" in said, "the others are", said)
    status, said = desk.again()
    count = re.search("on, ([0-9]+) messages", said)
    TAP.ok(status == 0 and " 0 differ" in said and count and int(count.group(1)) == 18 + 16 + 1, "the journal holds all of both", said)


def check_stopped(desk):
    TAP.ok(desk.begin("--no-journal", records=()), "it watches without a journal", desk.said())
    TAP.ok(desk.stop() == 0, "and ends by a signal while the pipe is open", desk.said())
    desk.process.stdin.close()
    done = subprocess.run([bank.BINARY, "run", desk.policy, "--no-journal", "--events", "payments=-"], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=60, check=False)
    TAP.ok(done.returncode == 0 and b"standard input has ended" in done.stderr, "without input it ends", done.stderr)
    done = subprocess.run([bank.BINARY, "run", desk.policy, "--no-journal", "--events", "payments=-"], input=b"time,amount\n",
                          capture_output=True, timeout=60, check=False)
    TAP.ok(done.returncode == 3 and b"no such column" in done.stderr, "without a column it fails", done.stderr)
    text = files.HEAD + files.rows(0, 30000, files.now() - files.HOUR)
    done = subprocess.run([bank.BINARY, "run", desk.policy, "--no-journal", "--events", "payments=-", "--alerts", "-"],
                          input=text.encode(), capture_output=True, timeout=120, check=False)
    TAP.ok(done.returncode == 0 and b"standard input: 30000; 0 could" in done.stderr, "much is read, to its end", done.stderr[-900:])


def main():
    files.POLICY = ORDERED
    with tempfile.TemporaryDirectory() as folder:
        desk = Pipe(folder)
        check_live(desk)
        check_ends(desk)
        check_another(desk)
    with tempfile.TemporaryDirectory() as folder:
        check_stopped(Pipe(folder))
    TAP.done()


if __name__ == "__main__":
    sys.exit(main())
