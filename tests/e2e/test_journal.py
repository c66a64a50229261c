"""Goal: `journal` tells what is there, packs, notes, erases and lets go, and what it did can be seen afterwards.
Method: journals of a very small bank (bank.py), recorded by `replay --record`; every verb of the real binary on them, with
and without another process that holds the lock; the folder searched byte by byte."""
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import bank

TAP = bank.Tap()
MASKED = "400000******7899"
WITHDRAWALS, FORGED_EVERY = 5000, 100


class Journal:
    """A folder with a policy, its keys, a capture, and the journal made of it."""

    def __init__(self, folder, withdrawals=WITHDRAWALS):
        self.folder = folder
        self.path = os.path.join(folder, "journal")
        self.alerts = os.path.join(folder, "alerts.jsonl")
        self.key = bank.write(os.path.join(folder, "journal.key"), bytes(range(32)))
        os.chmod(self.key, 0o600)
        self.policy = bank.policy(folder)
        with open(self.policy, "a", encoding="utf-8") as file:
            file.write('journal "journal" { segment 1MiB  keep events 30min  key "journal.key" }\n')
        day = bank.Day()
        for n in range(withdrawals):
            day.forged() if n % FORGED_EVERY == 50 else day.honest()
        self.capture = bank.write(os.path.join(folder, "day.pcap"), bank.pcap(day.visa + day.core))

    def record(self):
        return bank.run("replay", self.policy, "--capture", self.capture, "--record", self.path, "--journal-key", self.key,
                        "--alerts", self.alerts, "--quiet")

    def do(self, verb, *arguments, key=True):
        status, out, said = bank.run("journal", verb, self.path, *arguments, *(["--journal-key", self.key] if key else []),
                                     home=self.folder)
        return status, out.decode(), said.decode()

    def look(self):
        status, out, said = self.do("status", "--json")
        assert status == 0, said
        return json.loads(out)

    def names(self):
        return sorted(os.path.join(os.path.relpath(at, self.path), name)
                      for at, _, names in os.walk(self.path) for name in names)

    def bytes(self):
        for at, _, names in os.walk(self.path):
            for name in names:
                with open(os.path.join(at, name), "rb") as file:
                    yield name, file.read()

    def tokens(self):
        """Every token that an alert names, as it is told and as it stands in an event."""
        with open(self.alerts, encoding="utf-8") as file:
            told = set(re.findall(r"tok_([0-9a-zA-Z]+)", file.read()))
        return [b"tok_" + token.encode() for token in told] + [bytes.fromhex(token) for token in told
                                                              if re.fullmatch(r"[0-9a-fA-F]{32}", token)]


class Held:
    """Another process writes the journal."""

    def __init__(self, journal):
        self.path = os.path.join(journal.path, "lock")

    def __enter__(self):
        self.file = open(self.path, "r+b")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.file.close()


def check_status(journal):
    seen = journal.look()
    forms = {volume["form"] for volume in seen["volumes"]}
    records = sum(volume["next_record"] - volume["first_record"] for volume in seen["volumes"])
    TAP.ok(len(seen["volumes"]) >= 3 and forms == {"plain"} and records == seen["records"] > 4 * WITHDRAWALS * 0.9,
           "status --json: volumes, all plain, and all records", seen)
    TAP.ok(seen["from"][:10] == "2023-11-14" and seen["to"] > seen["from"] and not seen["written_now"]
           and seen["sinks"][0]["alerts"] == WITHDRAWALS // FORGED_EVERY and seen["snapshots"] == [] and seen["inbox"] == 0,
           "times, sinks, snapshots, inbox", seen)
    status, out, said = journal.do("status", key=False)
    TAP.ok(status == 0 and "not being written" in out and "00000001  plain" in out and said == "",
           "in words, and without a key", (out, said))
    with Held(journal):
        TAP.ok(journal.look()["written_now"], "another process that writes is seen")
    TAP.ok(journal.do("status", key=False)[0] == 0 and bank.run("journal", "status", journal.folder)[0] == 3,
           "a folder that is no journal: 3")


def check_cut(journal):
    """Somebody takes the first volume away."""
    whole = journal.path
    journal.path = shutil.copytree(whole, whole + ".cut")
    first = [name for name in journal.names() if "00000001." in name and not name.startswith("keys")]
    TAP.ok(len(first) == 1 and not journal.look()["beginning_missing"], "a journal has its beginning", first)
    os.remove(os.path.join(journal.path, first[0]))
    seen, words = journal.look(), journal.do("status", key=False)[1]
    TAP.ok(seen["beginning_missing"] and seen["let_go_of_older"] is None
           and f"ITS BEGINNING IS MISSING: the records before {seen['volumes'][0]['first_record']} are gone" in words,
           "or it is said that it is missing", (seen, words))
    shutil.rmtree(journal.path)
    journal.path = whole


def check_notes(journal):
    before = journal.look()["records"]
    status, _, said = journal.do("note", "--by", "mara", 'the "tap" was moved')
    TAP.ok(status == 0 and "is on record" in said and journal.look()["records"] > before, "a note is put on record", said)
    with Held(journal):
        status, _, said = journal.do("note", "--by", "mara", "while it runs", key=False)
        TAP.ok(status == 0 and "waits in the inbox" in said and journal.look()["inbox"] == 1,
               "or left for the process that writes, without a key", said)
    status, _, said = journal.do("note", "--by", "mara", "afterwards")
    TAP.ok(status == 0 and journal.look()["inbox"] == 0, "and taken by the next one that writes", said)
    status, _, said = journal.do("note", "--by", "mara", "x" * 5000)
    TAP.ok(status == 2 and "too long" in said, "one that is too long: 2", said)
    lines = [line for _, data in journal.bytes() for line in re.findall(rb'\{"id":"[0-9A-F]{16}","at"[^\n]*?"text":"[^}]*\}', data)]
    texts = sorted(json.loads(line)["text"] for line in lines)
    TAP.ok(texts == ["afterwards", 'the "tap" was moved', "while it runs"], "all of them stand there, once", texts)


def check_pack(journal):
    before = journal.look()
    status, _, said = journal.do("pack", key=False)
    after = journal.look()
    TAP.ok(status == 0 and [v["form"] for v in after["volumes"][:-1]] == ["packed"] * (len(after["volumes"]) - 1)
           and after["volumes"][-1]["form"] == "plain" and after["bytes"] < before["bytes"] / 2,
           "pack: all but the newest, to less than half", (said, after))
    status, _, said = journal.record()
    TAP.ok(status == 0, "and the journal is gone on with", said)


def check_keep(journal):
    before, names = journal.look(), journal.names()
    status, _, said = journal.do("keep", "--policy", journal.policy, "--dry-run")
    TAP.ok(status == 0 and "would be: " in said and re.search(r"volume 00000001: let go of events \(age\)", said)
           and set(journal.names()) - {"./care.lock"} == set(names) - {"./care.lock"}, "keep --dry-run changes nothing", said)
    would = re.findall(r"volume (\d+): let go", said)
    status, _, said = journal.do("keep", "--policy", journal.policy, "--by", "timer")
    after = journal.look()
    thinned = [v for v in after["volumes"] if v["form"] == "thinned"]
    TAP.ok(status == 0 and [f"{v['volume']:08d}" for v in thinned] == would and all(v["let_go"] > 1000 for v in thinned),
           "keep lets go of events as old as the policy says", (said, after))
    TAP.ok(not any("0000001." in name for name in journal.names() if name.endswith((".packed", ".volume")))
           and os.path.exists(os.path.join(journal.path, "keys", "00000001-1.key"))
           and not os.path.exists(os.path.join(journal.path, "keys", "00000001.key")), "old form and old key are gone",
           journal.names())
    TAP.ok(after["bytes"] - before["bytes"] < 60 << 20 and after["snapshots"] and after["snapshots"][0]["sound"],
           "behind a snapshot, since nobody writes", after["snapshots"])
    notes = [json.loads(line) for _, data in journal.bytes() for line in re.findall(rb'\{"id":"[0-9A-F]{16}","at"[^\n]*?"action":"thin"[^}]*\}', data)]
    TAP.ok({n["volume"] for n in notes} == {v["volume"] for v in thinned} and notes[0]["by"] == "timer"
           and notes[0]["reason"].startswith("policy ") and notes[0]["let_go"] == ["events"], "and it is on record", notes)
    status, _, said = journal.record()
    TAP.ok(status == 0 and len(open(journal.alerts).readlines()) == WITHDRAWALS // FORGED_EVERY,
           "the journal is gone on with from the snapshot, and no alert is told twice", said)


def check_proof(journal, when):
    for key in ((), ("--journal-key", journal.key)):
        status, out, said = bank.run("verify", journal.path, *key)
        TAP.ok(status == 0 and b"sound: every page is as it was written" in out + said,
               f"verify {'with the key' if key else 'without a key'} passes {when}", (out, said))
    return (out + said).decode()


def second_opinion(journal, *key):
    """The verifier that was written from the documents alone."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../journal/verify_journal.py")
    done = subprocess.run([sys.executable, script, journal.path, *key], capture_output=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return (lines[:-1], lines[-1]) if lines else ([{"fault": done.stderr.decode()}], {})


def check_second_opinion(journal):
    """A thinned volume holds before it as well, and no byte of one can be changed unseen by either."""
    let_go = sum(v.get("let_go", 0) for v in journal.look()["volumes"])
    for key in ((), ("--key", journal.key)):
        faults, found = second_opinion(journal, *key)
        TAP.ok(not faults and found["sound"] and found["let_go"] == let_go > 0 and found["checkpoints"] > 0,
               f"the second verifier finds a thinned journal sound {'with' if key else 'without'} the key", (faults, found))
    path = os.path.join(journal.path, [name for name in journal.names() if name.endswith(".thin")][0])
    with open(path, "rb") as file:
        data = file.read()
    missed = []
    for n in range(40):
        at = 64 + n * 7919 % (len(data) - 64) if n else 20
        bank.write(path, data[:at] + bytes([data[at] ^ 1 << n % 8]) + data[at + 1:])
        if not second_opinion(journal)[0] or bank.run("verify", journal.path)[0] == 0:
            missed.append(at)
    bank.write(path, data)
    TAP.ok(not missed, "and both find a flipped bit in it", missed)


def check_hole(journal):
    """Without its snapshots the state cannot be had any more, and it is said why."""
    snapshots = os.path.join(journal.path, "snapshots")
    shutil.move(snapshots, snapshots + ".away")
    status, _, said = journal.record()
    shutil.rmtree(snapshots, ignore_errors=True)
    shutil.move(snapshots + ".away", snapshots)
    TAP.ok(status == 3 and re.search(r"records \d+ to \d+ were let go of on 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d by retention, and "
                                     r"cannot be run again from there", said.decode()),
           "a hole is told with its records and its date", said)


def check_size(journal):
    size = sum(v["bytes"] for v in journal.look()["volumes"])
    status, _, said = journal.do("keep", "--size", "1MiB")
    after = journal.look()
    TAP.ok(status == 0 and sum(v["bytes"] for v in after["volumes"]) < size / 3 and "still larger than it should be" in said,
           "keep --size thins what is not needed, and says why it is not small enough", (said, after))


def check_erase(journal):
    held = journal.look()["volumes"][1]["volume"]
    status, _, said = journal.do("erase", "--volume", str(held), "--by", "mara", "--reason", "art. 17")
    after = journal.look()
    row = [v for v in after["volumes"] if v["volume"] == held][0]
    TAP.ok(status == 0 and not row["key"] and row["erased"].startswith("20") and after["snapshots"] == [],
           "erase --volume destroys the key and the snapshots behind", (said, after))
    TAP.ok(not any(re.fullmatch(rf"keys/{held:08d}.*\.key", name) for name in journal.names()), "no key of it is left",
           journal.names())
    status, _, said = journal.do("erase", "--volume", str(held), "--by", "mara", "--reason", "art. 17")
    TAP.ok(status == 0 and "destroyed before" in said, "a second time there is nothing to erase", said)
    status, _, said = journal.do("erase", "--before", "2023-11-15", "--by", "mara", "--reason", "art. 17")
    after = journal.look()
    TAP.ok(status == 0 and not any(v["key"] for v in after["volumes"] if v["from"]), "erase --before: all with events", after)
    newest = after["volumes"][-1]["volume"]
    with Held(journal):
        status, _, said = journal.do("erase", "--volume", str(newest), "--by", "mara", "--reason", "art. 17", key=False)
        TAP.ok(status == 3 and "being written now" in said, "not the volume that is being written", said)
    status, _, said = journal.do("erase", "--volume", "9999", "--by", "mara", "--reason", "art. 17")
    TAP.ok(status == 3 and "no such volume" in said, "nor one that is not there", said)
    status, out, said = journal.do("status")
    TAP.ok(status == 0 and re.search(r"00000001 .*key destroyed on 20", out), "status tells when", (out, said))


def check_nothing_personal(journal, when):
    needles = [MASKED.encode(), bank.PAN.encode(), bank.TRACK.encode()] + journal.tokens()
    found = [(name, needle) for name, data in journal.bytes() for needle in needles if needle in data]
    TAP.ok(len(needles) > 3 and not found, f"no card number, masked or not, and no token lies open {when}", found)


def check_erased_is_told(folder):
    """A journal that lost the key of a volume in its midst: who runs it again is told which records, and since when."""
    journal = Journal(folder)
    journal.record()
    journal.do("note", "--by", "mara", "so that another volume is begun")
    check_nothing_personal(journal, "in a plain journal")
    journal.do("pack")
    check_nothing_personal(journal, "in a packed one")
    journal.do("erase", "--volume", "2", "--by", "mara", "--reason", "art. 17")
    check_nothing_personal(journal, "in an erased one")
    status, _, said = bank.run("replay", "--journal", journal.path, "--journal-key", journal.key, "--quiet")
    TAP.ok(status == 3 and b"the personal parts of records" in said, "by replay --journal as well", said)
    status, _, said = journal.record()
    TAP.ok(status == 3 and re.search(r"the personal parts of records \d+ to \d+ cannot be read: their key was destroyed on "
                                     r"20\d\d-", said.decode()), "erased records are told with their date", said)


def check_small(folder):
    """A journal of one page, whose first record has no time: its events tell, and it is erased by its date."""
    journal = Journal(folder, 3)
    journal.record()
    volume = journal.look()["volumes"][0]
    TAP.ok(len(journal.look()["volumes"]) == 1 and volume["next_record"] < 100
           and volume["from"][:10] == volume["to"][:10] == "2023-11-14" and volume["from"] < volume["to"],
           "a volume of one page has its time", volume)
    wish = ("--by", "mara", "--reason", "art. 17")
    with Held(journal):
        status, _, said = journal.do("erase", "--before", "2023-11-15", *wish, key=False)
        TAP.ok(status == 3 and "volume 1 is as old, but is being written now, and was NOT erased" in said,
               "while it is written it is said that it stays", (status, said))
    status, _, said = journal.do("erase", "--before", "2023-11-14", *wish)
    TAP.ok(status == 0 and "nothing to erase there" in said and journal.look()["volumes"][0]["key"], "not before its day", said)
    status, _, said = journal.do("erase", "--before", "2023-11-15", *wish)
    TAP.ok(status == 0 and "1 volume erased" in said and not journal.look()["volumes"][0]["key"], "and then it is", said)


def check_unknown(folder):
    """A volume that cannot be read has no age: by a date it is not erased, and that is no success."""
    journal = Journal(folder, 3)
    journal.record()
    journal.do("note", "--by", "mara", "so that another volume is begun")
    bank.write(os.path.join(journal.path, "00000001.volume"), b"no page at all" * 100)
    status, _, said = journal.do("erase", "--before", "2030-01-01", "--by", "mara", "--reason", "art. 17", "--quiet")
    TAP.ok(status == 3 and "how old 1 volume, from volume 1 on, is not known, so it was NOT erased" in said,
           "a volume of unknown age is told", (status, said))
    status, _, said = journal.do("keep", "--events", "1d", "--dry-run", "--quiet")
    TAP.ok(status == 0 and "how old 1 volume, from volume 1 on, is not known, so no age lets go of it" in said, "nor does an age let go of it, which is told",
           (status, said))
    status, _, said = journal.do("keep", "--size", "1GiB", "--dry-run", "--quiet")
    TAP.ok("is not known" not in said, "where no age is wished there is nothing to tell", (status, said))
    status, _, said = journal.do("erase", "--volume", "1", "--by", "mara", "--reason", "art. 17")
    TAP.ok(status == 0 and "1 volume erased" in said, "and erased by its number", (status, said))
    status, _, said = journal.do("keep", "--events", "1d", "--dry-run", "--quiet")
    TAP.ok("is not known" not in said, "what is erased is nobody's trouble", (status, said))


def check_wrong_calls(journal):
    other = bank.write(os.path.join(journal.folder, "other.key"), bytes(32))
    os.chmod(other, 0o600)
    note = ("note", journal.path, "--by", "m", "x", "--journal-key")
    erase = ("erase", journal.path, "--by", "m", "--reason", "r", "--journal-key", journal.key)
    for arguments, wanted, words in [
            ((), 2, "wants a verb"),
            (("shred", journal.path), 2, "it knows status, pack, note, erase, keep"),
            (("status",), 2, "wants a folder"),
            (("status", journal.path, "more"), 2, "no use for 'more'"),
            (("status", journal.path, "--volume", "1"), 2, "takes no --volume"),
            (("note", journal.path, "text"), 2, "wants --by"),
            (("note", journal.path, "--by", "m"), 2, "and a text"),
            (erase, 2, "either --volume N or --before DATE"),
            (erase + ("--volume", "0"), 2, "the number of a volume"),
            (erase + ("--before", "yesterday"), 2, "a day like 2026-03-02"),
            (("keep", journal.path), 2, "wants --policy"),
            (("keep", journal.path, "--events", "90"), 2, "an age like 90d"),
            (("keep", journal.path, "--size", "90d"), 2, "a size like 100GiB"),
            (note + (other,), 3, "signed under another key"),
            (note + (os.path.join(journal.folder, "none"),), 3, "cannot be opened"),
            (("note", os.path.join(journal.folder, "none"), "--by", "m", "x"), 3, "no journal there")]:
        status, _, said = bank.run("journal", *arguments)
        TAP.ok(status == wanted and words in said.decode() and said.count(b"\n") == 1,
               f"journal {' '.join(os.path.basename(a) for a in arguments)[:50]}: {words}", (status, said))


def main():
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(folder)
        status, _, said = journal.record()
        TAP.ok(status == 0, "a journal is recorded", said)
        check_status(journal)
        check_cut(journal)
        check_notes(journal)
        check_pack(journal)
        check_wrong_calls(journal)
        check_keep(journal)
        TAP.ok(re.search(r"thinned: \d+ volumes?, \d+ records let go of", check_proof(journal, "on a thinned journal")),
               "and tells what was let go of")
        check_second_opinion(journal)
        check_hole(journal)
        check_size(journal)
        check_nothing_personal(journal, "in a thinned journal")
        check_erase(journal)
        TAP.ok("keys erased: " in check_proof(journal, "on an erased one"), "and tells that keys were destroyed")
        check_nothing_personal(journal, "when all is erased")
    for check in check_erased_is_told, check_small, check_unknown:
        with tempfile.TemporaryDirectory() as folder:
            check(folder)
    TAP.done()


if __name__ == "__main__":
    main()
