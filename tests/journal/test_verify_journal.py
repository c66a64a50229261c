#!/usr/bin/env python3
"""Goal: two implementations, one of them written from docs/journal.md alone, say the same of a journal.
Method: journals of several shapes, sound and changed in one way each: bits flipped, ends cut, pages and volumes exchanged, keys
erased and changed, packed volumes, first volumes taken away with and without a beginning that says so. `countersign verify` and verify_journal.py must agree on sound or not, on the first fault's
volume and byte, and on what a sound journal holds."""
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import verify_journal
from verify_journal import Journal, Page, Vault

BINARY = os.environ["COUNTERSIGN"]
MAKE = os.environ["MAKE_JOURNAL"]
dice = random.Random(20261126)
points = failed = 0


def check(good, name, why=""):
    global points, failed
    points += 1
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", points, name), flush=True)
    if not good and why:
        print("# " + str(why).replace("\n", "\n# "), flush=True)


def make(folder, *words):
    subprocess.run([MAKE, str(folder / "j"), str(folder / "key"), *words], check=True, timeout=120)
    return folder / "j"


def by_c(journal, *options):
    done = subprocess.run([BINARY, "verify", str(journal), "--json", *options], capture_output=True, text=True, timeout=120)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, lines[:-1], lines[-1] if lines else {}


def by_python(journal, key=None, public=None, anchor=None):
    done = Journal(str(journal), Vault(str(key)) if key else None, public).run()
    if anchor:
        done.anchor(str(anchor))
    return done


def agree(name, journal, key=None, anchor=None, where=True, sound=None):
    options = (["--journal-key", str(key)] if key else []) + (["--anchor", str(anchor)] if anchor else [])
    status, faults, summed = by_c(journal, *options)
    other = by_python(journal, key, None, anchor)
    told = other.sum()
    good = status == (1 if other.faults else 0) and summed.get("sound") == told["sound"]
    if sound is not None:
        good = good and told["sound"] == sound
    if good and told["sound"]:
        good = all(summed[k] == told[k] for k in ("volumes", "pages", "records_by_kind", "checkpoints", "erased_volumes"))
    elif good and where:
        good = (faults[0]["volume"], faults[0]["offset"]) == (other.faults[0]["volume"], other.faults[0]["offset"])
    check(good, name, json.dumps([status, faults[:3], summed, other.faults[:3], told]))


def pages_of(data):
    at, out = 0, []
    while at < len(data):
        page = Page.whole_at(data, at)
        out.append((at, page.length))
        at += page.length
    return out


def sound(folder):
    for name, words in (("one volume", []), ("many volumes, many checkpoints", ["volume=30000", "sign=1", "put=300"]),
                        ("three processes", ["runs=3", "put=120", "volume=50000"]),
                        ("a process that ended without a word", ["runs=2", "crash=1", "put=90"]),
                        ("packed", ["pack=1", "volume=30000", "put=200", "runs=2"])):
        home = pathlib.Path(tempfile.mkdtemp(dir=folder))
        journal = make(home, "anchor=" + str(home / "anchor"), *words)
        agree(name + " is sound", journal, sound=True)
        agree(name + " is sound, with key and anchor", journal, home / "key", home / "anchor", sound=True)


def changed(folder):
    home = pathlib.Path(tempfile.mkdtemp(dir=folder))
    journal = make(home, "volume=30000", "sign=1", "put=300", "runs=2", "anchor=" + str(home / "anchor"))
    key, anchor = home / "key", home / "anchor"
    volumes = sorted(journal.glob("*.volume"))

    def with_change(name, path, data, **more):
        before = path.read_bytes()
        path.write_bytes(data)
        agree(name, journal, **more)
        path.write_bytes(before)

    for i in range(40):
        path = dice.choice(volumes)
        data = bytearray(path.read_bytes())
        at, bit = dice.randrange(len(data)), dice.randrange(8)
        data[at] ^= 1 << bit
        with_change(f"bit {bit} of byte {at} of {path.name} flipped", path, data, key=key if i % 2 else None, sound=False)
    path = volumes[-1]
    data = path.read_bytes()
    pages = pages_of(data)
    for cut in (len(data) - 1, len(data) - 100, pages[-1][0] + 159, pages[-2][0] + 1):
        with_change(f"the end cut off at byte {cut} of {len(data)}", path, data[:cut], sound=False)
    with_change("the end cut off between pages, without the anchor", path, data[:pages[-1][0]], sound=True)
    with_change("the end cut off between pages, with the anchor", path, data[:pages[-1][0]], anchor=anchor, where=False,
                sound=False)
    path = volumes[len(volumes) // 2]
    data = path.read_bytes()
    pages = pages_of(data)
    for i in range(1, len(pages) - 1):
        (a, a_len), (b, b_len) = pages[i], pages[i + 1]
        with_change(f"pages {i} and {i + 1} of {path.name} exchanged", path,
                    data[:a] + data[b:b + b_len] + data[a:a + a_len] + data[b + b_len:], sound=False)
        with_change(f"page {i} of {path.name} taken out", path, data[:a] + data[b:], sound=False)
        with_change(f"page {i} of {path.name} twice", path, data[:b] + data[a:], sound=False)
    with_change("a volume emptied", path, b"", where=False, sound=False)
    other = volumes[1].read_bytes()
    with_change("a volume in place of another", path, other, sound=False)
    mended(with_change, path, data, pages[1])
    keys(journal, key, with_change)


def mended(with_change, path, data, page):
    """A record changed, its own check and the page's mended: only the hashes know."""
    at, length = page
    data = bytearray(data)
    whole = Page.whole_at(bytes(data), at)
    data[at + 160 + 12] ^= 1
    word, = verify_journal.struct.unpack_from("<I", data, at + 160)
    frame = verify_journal.struct.unpack_from("<Q", data, at + 160)[0]
    body = bytes(data[at + 172:at + 172 + (word >> 8)])
    verify_journal.struct.pack_into("<I", data, at + 168, verify_journal.X(body, verify_journal.mix(whole.first, frame)) & 0xffffffff)
    check_of = verify_journal.X(bytes(data[at:at + 152]), verify_journal.X(bytes(data[at + 160:at + length]), 0))
    verify_journal.struct.pack_into("<Q", data, at + 152, check_of)
    with_change("a record changed and its checks mended", path, data, sound=False)


def keys(journal, key, with_change):
    path = sorted((journal / "keys").glob("*.key"))[1]
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    with_change("a key file changed", path, data, key=key, sound=False)
    with_change("a key file changed, without the key", path, data, sound=True)
    kept = path.read_bytes()
    path.unlink()
    agree("a key erased", journal, key, sound=True)
    path.write_bytes(bytes(72))
    agree("a key overwritten and not removed yet", journal, key, sound=True)
    agree("the same without the key", journal, sound=True)
    path.write_bytes(bytes(71))
    agree("a key file of zeros and not as long", journal, key, sound=False)
    path.write_bytes(kept)
    agree("all put back", journal, key, sound=True)


def packed(folder):
    home = pathlib.Path(tempfile.mkdtemp(dir=folder))
    journal = make(home, "pack=1", "volume=30000", "put=200")
    for path in sorted(journal.glob("*.packed"))[:3]:
        before = path.read_bytes()
        for at in (0, 9, 30, 60, 70, len(before) - 1):
            data = bytearray(before)
            data[at] ^= 2
            path.write_bytes(data)
            agree(f"byte {at} of {path.name} changed", journal, sound=False)
        path.write_bytes(before[:-1])
        agree(f"{path.name} cut", journal, sound=False)
        path.write_bytes(before)


def beginning(folder, key, volume, **other):
    """As docs/journal-thin.md says, for the first page of VOLUME; OTHER: something else than what is there."""
    data = (folder / f"{volume:08d}.volume").read_bytes()
    page = Page.whole_at(data, 0)
    it = {"journal": page.records()[0][1][4:20], "volume": volume, "page": page.number, "record": page.first,
          "chain": page.previous, "public": Vault(str(key)).public, **other}
    out = b"CSBG" + struct.pack("<I16sI4xQQ32sQQ32s64s", 1, *(it[n] for n in ("journal", "volume", "page", "record", "chain")),
                                77, it["record"], it["public"], b"a test")
    return out + Vault(str(key)).private.sign(b"countersign beginning 1\0" + out)


def begun(folder):
    home = pathlib.Path(tempfile.mkdtemp(dir=folder))
    journal = make(home, "volume=30000", "sign=1", "put=300", "anchor=" + str(home / "anchor"))
    key, anchor, at = home / "key", home / "anchor", journal / "beginning"
    other = make(pathlib.Path(tempfile.mkdtemp(dir=folder)), "put=5").parent / "key"
    fits = beginning(journal, key, 3)

    def agree_with(name, data, sound, **more):
        at.unlink(missing_ok=True)
        if data is not None:
            at.write_bytes(data)
        for with_key in (None, key):
            agree(name + (", with the key" if with_key else ""), journal, with_key, sound=sound, **more)
    agree_with("a beginning whose removals a crash cut short", fits, True)
    (journal / "00000001.volume").unlink()
    agree_with("the first volume taken away", None, False)
    status, faults, _ = by_c(journal)
    check(status == 1 and len(faults) == 1 and faults[0]["fault"] == "beginning_missing" and faults[0]["volume"] == 2
          and [f["fault"] for f in by_python(journal).faults] == ["beginning"], "both say that, and nothing else", faults)
    agree_with("the second not removed yet", fits, True)
    (journal / "00000002.volume").rename(home / "kept")
    agree_with("the first two taken away", None, False)
    agree_with("the same with a beginning", fits, True, anchor=anchor)
    (home / "kept").rename(journal / "00000002.volume")
    elsewhere = beginning(journal, key, 2)
    (journal / "00000002.volume").unlink()
    agree_with("a beginning for another place", elsewhere, False)
    agree_with("a beginning for another page of that volume", beginning(journal, key, 3, page=1), False)
    agree_with("a beginning behind another chain", beginning(journal, key, 3, chain=bytes(32)), False)
    agree_with("a beginning of another journal", beginning(journal, key, 3, journal=bytes(16)), False)
    agree_with("a beginning that another key signed", beginning(journal, other, 3), False)
    agree_with("a beginning under a name that did not sign it",
               beginning(journal, other, 3, public=Vault(str(key)).public), False)
    agree_with("a beginning that is cut", fits[:-1], False)
    agree_with("a beginning that is too long", fits + b"\0", False)
    for byte in (0, 4, 20, 24, 35, 60, 85, 100, 150, 200, 255):
        agree_with(f"byte {byte} of the beginning changed", fits[:byte] + bytes([fits[byte] ^ 4]) + fits[byte + 1:], False)


def others_key(folder):
    home = pathlib.Path(tempfile.mkdtemp(dir=folder))
    journal = make(home, "put=50")
    wrong = bytes(31) + b"\x01"
    status, faults, _ = by_c(journal, "--public-key", wrong.hex())
    check(status == 1 and faults[0]["fault"] == "other_key" and by_python(journal, public=wrong).faults,
          "another public key is noticed by both", faults)
    _, _, summed = by_c(journal)
    right = bytes.fromhex(summed["public_key"])
    status, _, summed = by_c(journal, "--public-key", right.hex())
    check(status == 0 and summed["key_given"] and not by_python(journal, public=right).faults, "the right one is, too")
    check(Vault(str(home / "key")).public == right, "the key makes the same public key in both")


def main():
    if not shutil.which("zstd"):
        print("1..0 # SKIP zstd is not installed")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sound(folder)
        changed(folder)
        packed(folder)
        begun(folder)
        others_key(folder)
    print("1..%d" % points)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
