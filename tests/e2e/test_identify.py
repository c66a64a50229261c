#!/usr/bin/env python3
"""Goal: `countersign identify` names framing and dialect from 20 messages, in at least 15 of 16 combinations.
Method: captures of our own messages in 16 combinations of encodings and several framings, each named dialect compared
and used with `countersign decode`; then the same with the messages of the shared vectors, where they are present."""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from bank import Tap

sys.path.insert(0, os.path.dirname(__file__))
import iso_capture as iso  # noqa: E402

ROOT = pathlib.Path(os.environ.get("COUNTERSIGN_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("COUNTERSIGN", str(ROOT / "build/dev/countersign"))
SHARED = pathlib.Path(os.environ.get("COUNTERSIGN_SHARED", ROOT / "../shared"))
KEYS = ("mti", "bitmap", "n", "an", "z", "b", "len")

COMBINATIONS = [dict(zip(("version",) + KEYS + ("pad", "header_len"), row)) for row in (
    ("1987", "ascii", "hex", "ascii", "ascii", "ascii", "hex", "ascii", "left", 0),
    ("1993", "ascii", "hex", "ascii", "ascii", "ascii", "raw", "ascii", "left", 0),
    ("1987", "ascii", "hex", "ascii", "ascii", "ascii", "raw", "bcd", "left", 0),
    ("1987", "ascii", "bin", "ascii", "ascii", "ascii", "raw", "ascii", "left", 5),
    ("1987", "ascii", "bin", "ascii", "ascii", "ascii", "hex", "ascii", "left", 0),
    ("1987", "ascii", "bin", "ascii", "ascii", "ascii", "raw", "bin", "left", 0),
    ("1987", "ebcdic", "bin", "ebcdic", "ebcdic", "ebcdic", "raw", "ebcdic", "left", 0),
    ("1987", "ebcdic", "ebcdic_hex", "ebcdic", "ebcdic", "ebcdic", "raw", "ebcdic", "left", 0),
    ("1993", "ebcdic", "ebcdic_hex", "ebcdic", "ebcdic", "ebcdic", "ebcdic_hex", "ebcdic", "left", 9),
    ("1987", "bcd", "bin", "bcd", "ascii", "bcd", "raw", "bcd", "left", 5),
    ("1987", "bcd", "bin", "bcd", "ascii", "bcd", "raw", "bcd", "right", 0),
    ("1993", "bcd", "bin", "bcd", "ascii", "ascii", "raw", "bcd", "left", 0),
    ("1987", "bcd", "bin", "bcd", "ascii", "ascii", "raw", "bin", "right", 0),
    ("1987", "bcd", "bin", "bcd", "ebcdic", "bcd", "raw", "bin", "left", 0),
    ("1987", "bcd", "bin", "bcd", "ebcdic", "ebcdic", "raw", "bin", "left", 0),
    ("1987", "ascii", "ebcdic_hex", "ascii", "ascii", "ascii", "raw", "ascii", "left", 0),
)]


def identify(path):
    run = subprocess.run([BINARY, "identify", str(path), "--json"], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def decoded_n(folder, dialect, messages):
    path = folder / "dialect.json"
    path.write_text(json.dumps(dialect))
    run = subprocess.run([BINARY, "decode", "iso8583", "--dialect", str(path), "--hex", "-"], text=True,
                         input="\n".join(m.hex() for m in messages) + "\n", capture_output=True, timeout=120)
    return sum('"error"' not in line for line in run.stdout.splitlines())


def capture(path, framing, messages, client=40000):
    cap = iso.Capture(path)
    cap.open(client)
    for to_server, m in messages:
        cap.send(client, to_server, iso.FRAMES[framing](m))
    cap.close()


def same(named, asked, undetermined):
    """The named axes are those asked for, but for what the messages leave open."""
    return named["version"] == asked["version"] and all(
        named[k] == asked[k] or k in undetermined for k in KEYS + ("pad",) if asked.get(k))


def own_combinations(tap, folder):
    framings = list(iso.FRAMES)
    good = 0
    for i, d in enumerate(COMBINATIONS):
        framing = framings[i % len(framings)]
        messages = iso.messages(d, 20, iso.seeded(100 + i))
        path = folder / "own.pcap"
        capture(path, framing, messages)
        found = identify(path)[0]
        whole = found["dialect"] and decoded_n(folder, found["dialect"], [m for _, m in messages])
        right = bool(found["dialect"]) and same(found["dialect"], d, found["undetermined"]) and whole == 20
        right = right and found["framing"] == framing and found["header_len"] == d["header_len"]
        if not right:
            print("# %s %s: %s" % (framing, d, json.dumps(found)[:600]))
        good += right
    tap.ok(good >= 15, "own messages: %d of %d combinations named in full" % (good, len(COMBINATIONS)))


def framings(tap, folder):
    wrong = []
    for i, framing in enumerate(iso.FRAMES):
        path = folder / "framing.pcap"
        capture(path, framing, iso.messages(COMBINATIONS[i % 16], 20, iso.seeded(i)))
        if identify(path)[0]["framing"] != framing:
            wrong.append(framing)
    tap.ok(not wrong, "each of %d framings is named %s" % (len(iso.FRAMES), wrong))


def random_combinations(tap, folder):
    """Any mixture of encodings, header and framing; the seed is the test's."""
    rng, wrong = iso.seeded(7), []
    for i in range(24):
        mti = rng.choice(["ascii", "bcd", "ebcdic"])
        d = {"version": rng.choice(["1987", "1993"]), "mti": mti,
             "bitmap": rng.choice({"ascii": ["bin", "hex"], "bcd": ["bin"], "ebcdic": ["bin", "ebcdic_hex"]}[mti]),
             "n": rng.choice([mti, mti, mti, "ascii", "bcd", "ebcdic"]), "an": rng.choice(["ascii", "ebcdic"]),
             "z": rng.choice(["ascii", "bcd", "ebcdic"]), "b": rng.choice(["raw", "hex"]),
             "len": rng.choice(["ascii", "bcd", "ebcdic", "bin"]), "pad": rng.choice(["left", "right"]),
             "header_len": rng.choice([0, 0, 5, 9])}
        framing = rng.choice(list(iso.FRAMES))
        capture(folder / "random.pcap", framing, iso.messages(d, 20, iso.seeded(1000 + i)))
        found = identify(folder / "random.pcap")[0]
        if not (found["dialect"] and same(found["dialect"], d, found["undetermined"]) and
                found["framing"] == framing and found["header_len"] == d["header_len"]):
            wrong.append((framing, d))
    tap.ok(len(wrong) <= 1, "any mixture of encodings: %d of 24 named %s" % (24 - len(wrong), wrong or ""))


def documented(tap):
    """The page about framings has every row of the table."""
    rows = re.findall(r"^X\((\w+),", (ROOT / "src/decode/frame.def").read_text(), re.M)
    page = (ROOT / "docs/framings.md").read_text()
    missing = [name for name in rows if "`%s`" % name not in page]
    tap.ok(len(rows) > 10 and not missing, "docs/framings.md has all %d framings %s" % (len(rows), missing or ""))


def joined_and_pooled(tap, folder):
    d = COMBINATIONS[0]
    stream = [iso.FRAMES["length16"](m) for _, m in iso.messages(d, 12, iso.seeded(5))]
    cap = iso.Capture(folder / "joined.pcap")
    cap.send(40000, True, b"".join(stream)[100:])
    cap.close()
    found = identify(folder / "joined.pcap")[0]
    tap.ok(found["framing"] == "length16" and found["evidence"]["decoded"] >= 11, "a stream joined in its middle")
    cap = iso.Capture(folder / "pooled.pcap")
    for i, (to_server, m) in enumerate(iso.messages(COMBINATIONS[9], 20, iso.seeded(6))):
        cap.open(40000 + i // 2) if to_server else None
        cap.send(40000 + i // 2, to_server, iso.FRAMES["length16"](m))
    cap.close()
    found = identify(folder / "pooled.pcap")
    tap.ok(len(found) == 10 and all(same(f["dialect"], COMBINATIONS[9], f["undetermined"]) for f in found),
              "short connections to one server are taken together")
    cap = iso.Capture(folder / "noise.pcap")
    cap.open(40000)
    cap.send(40000, True, b"GET / HTTP/1.1\r\nHost: example\r\n\r\n" * 20)
    cap.close()
    found = identify(folder / "noise.pcap")[0]
    tap.ok(found["dialect"] is None and found["failure"], "what is not ISO 8583 is not named")


def policy_lines(tap, folder):
    """Ten connections to one server are one link, those to another port another one."""
    cap = iso.Capture(folder / "lines.pcap")
    for i, (to_server, m) in enumerate(iso.messages(COMBINATIONS[0], 40, iso.seeded(8))):
        cap.open(40000 + i // 4) if i % 4 == 0 else None
        cap.send(40000 + i // 4, to_server, iso.FRAMES["length16"](m))
    cap.close()
    run = subprocess.run([BINARY, "identify", str(folder / "lines.pcap"), "--text"], capture_output=True, text=True, timeout=120)
    said = run.stdout
    tap.ok(said.count("link NAME {") == 1 and said.count("given above for this port") == 9 and
              said.count("framing    ") == 10, "one block of a policy for ten connections")


def shared_groups():
    groups = collections.defaultdict(list)
    with open(SHARED / "data/iso8583/vectors_dev.jsonl") as lines:
        for v in map(json.loads, lines):
            if "error" not in v and v["dialect"].get("n"):
                groups[" ".join(v["dialect"][k] for k in KEYS)].append(v)
    return groups


def shared(tap, folder):
    """Each combination of the vectors, 20 messages of its largest source, repeated when there are fewer."""
    if not (SHARED / "data/iso8583/vectors_dev.jsonl").exists():
        tap.ok(True, "shared vectors # SKIP not present at %s" % SHARED)
        return
    groups, good, read = shared_groups(), 0, 0
    for i, (key, vectors) in enumerate(sorted(groups.items())):
        sources = collections.Counter((v["source"], v["dialect"]["version"], v["dialect"].get("header_len"))
                                      for v in vectors)
        source = sources.most_common(1)[0][0]
        chosen = [v for v in vectors
                  if (v["source"], v["dialect"]["version"], v["dialect"].get("header_len")) == source]
        raw = [bytes.fromhex(v["hex"]) for v in chosen][:20]
        path = folder / "shared.pcap"
        capture(path, list(iso.FRAMES)[i % 4], [(k % 2 == 0, raw[k % len(raw)]) for k in range(20)])
        found = identify(path)[0]
        named = found["dialect"] or found.get("attempt") or {}
        wrong = [k for k in KEYS if named.get(k) != chosen[0]["dialect"][k] and k not in found.get("undetermined", [])]
        whole = decoded_n(folder, named, raw) == len(raw) if named else False
        good += not wrong
        read += whole
        if wrong or not whole:
            print("# %s (%s): wrong %s, decodes all: %s" % (key, source[0], wrong, whole))
    tap.ok(good >= len(groups) - 1, "shared vectors: %d of %d combinations named" % (good, len(groups)))
    tap.ok(read >= len(groups) - 1, "shared vectors: %d of %d dialects decode all" % (read, len(groups)))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        own_combinations(tap, folder)
        framings(tap, folder)
        random_combinations(tap, folder)
        documented(tap)
        joined_and_pooled(tap, folder)
        policy_lines(tap, folder)
        shared(tap, folder)
    tap.done()


main()
