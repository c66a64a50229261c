"""Goal: `countersign snapshot` writes what a start then begins with; state from a snapshot and the records behind it is the
state from all records; what is not there, or under another key, or was changed is said.
Method: a journal made by `replay --record` from a small day; snapshots between two parts of it."""
import glob
import os
import re
import tempfile

import bank

TAP = bank.Tap()


class Kept:
    """A journal and its key in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.policy = bank.policy(folder)
        self.key = bank.write(os.path.join(folder, "journal.key"), os.urandom(32))
        os.chmod(self.key, 0o600)
        self.journal = os.path.join(folder, "journal")
        day = bank.Day()
        for n in range(400):
            day.forged() if n % 50 == 7 else day.honest()
        self.captures = [bank.write(os.path.join(folder, name + ".pcap"), bank.pcap(packets))
                         for name, packets in (("visa", day.visa), ("core", day.core))]

    def record(self):
        visa, core = self.captures
        return bank.run("replay", self.policy, "--link", "visa=" + visa, "--link", "core=" + core, "--record", self.journal,
                        "--journal-key", self.key, "--alerts", os.path.join(self.folder, "alerts.jsonl"))

    def snapshot(self, *more):
        status, out, said = bank.run("snapshot", self.journal, "--journal-key", self.key, *more)
        return status, out, said.decode()

    def state(self, *options):
        status, _, said = bank.run("replay", "--journal", self.journal, "--journal-key", self.key, "--alerts",
                                   os.path.join(self.folder, "again.jsonl"), *options)
        words = re.search(rb"from record (\d+) on.*state there: (\w+)", said, re.S)
        return (status, int(words.group(1)), words.group(2)) if words else (status, said, b"")


def spoil(path, where):
    with open(path, "r+b") as file:
        file.seek(where, os.SEEK_END if where < 0 else os.SEEK_SET)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


def check_states(kept):
    status, _, said = kept.snapshot()
    end = int(re.search(r"snapshot at record (\d+)", said).group(1)) if status == 0 else 0
    TAP.ok(end and "8 verdicts the same" in said, "a snapshot of the end is written, every verdict held against the journal's",
           said)
    TAP.ok(len(glob.glob(os.path.join(kept.journal, "snapshots", "*.snapshot"))) == 1, "it is there")
    TAP.ok(kept.snapshot()[2].startswith("nothing came"), "a second one at the same place is not needed")
    status, _, said = kept.record()
    TAP.ok(status == 0 and b"recovered from a snapshot" in said, "whoever goes on begins with it", said)
    whole, tail = kept.state("--until", str(end + 1)), kept.state("--until", str(end + 1), "--from", str(end + 1))
    TAP.ok(whole[0] == tail[0] == 0 and whole[1] == 0 and tail[1] == end and whole[2] == tail[2],
           "snapshot and tail give the same state as all records from the first", (whole, tail))
    status, _, said = kept.snapshot("--quiet")
    TAP.ok(status == 0 and not said, "--quiet says nothing when all is well", said)


def check_with_caretaker(kept):
    with open(kept.policy, "a", encoding="utf-8") as policy:
        policy.write('journal "elsewhere" { snapshot every 1s key "journal.key" }\n')
    kept.journal += ".cared"
    status, _, said = kept.record()
    TAP.ok(status == 0 and b"caretaker" not in said, "replay --record with a caretaker beside it", said)
    status, _, said = kept.snapshot()
    TAP.ok(status == 0, "and a snapshot behind it", said)


def check_spoiled(kept):
    newest = sorted(glob.glob(os.path.join(kept.journal, "snapshots", "*.snapshot")))[-1]
    spoil(newest, -2000)
    end = int(os.path.basename(newest).split(".")[0])
    status, begun, _ = kept.state("--until", str(end), "--from", str(end))
    TAP.ok(status == 0 and begun < end, "a spoiled snapshot is passed over for an older one or the first record", begun)
    with open(os.path.join(kept.journal, "00000001.volume"), "rb") as volume:
        size = len(volume.read())
    for file in glob.glob(os.path.join(kept.journal, "snapshots", "*.snapshot")):
        os.unlink(file)
    spoil(os.path.join(kept.journal, "00000001.volume"), size // 2)
    status, _, said = kept.snapshot()
    TAP.ok(status == 3 and "no snapshot" in said and "volume 00000001, byte" in said, "a spoiled journal gets none: 3", said)


def main():
    with tempfile.TemporaryDirectory() as folder:
        kept = Kept(folder)
        status, _, said = kept.snapshot()
        TAP.ok(status == 3 and "there is none" in said, "no journal: 3", said)
        status, _, said = kept.record()
        TAP.ok(status == 0, "a journal is made", said)
        status, _, said = bank.run("snapshot", kept.journal, "--journal-key", os.path.join(folder, "no.key"))
        TAP.ok(status == 2 and b"journal key" in said, "no key: 2", said)
        other = bank.write(os.path.join(folder, "other.key"), os.urandom(32))
        os.chmod(other, 0o600)
        status, _, said = bank.run("snapshot", kept.journal, "--journal-key", other)
        TAP.ok(status == 3 and b"no snapshot" in said, "another key: 3", said)
        status, _, said = bank.run("snapshot")
        TAP.ok(status == 2 and b"wants the folder" in said, "no folder: 2", said)
        check_states(kept)
        check_spoiled(kept)
        check_with_caretaker(kept)
    TAP.done()


main()
