#!/usr/bin/env python3
"""Goal: on 100,000 messages whose values fit their types, the binary and tshark read the same fields.
Method: messages in ASCII with hex bitmaps and hex binary fields (the one mode in which tshark is trusted; it ends a
message at the first value outside its type), written as one TCP stream with the peer's acknowledgements, since tshark
is slow without. --count N for others."""
import argparse
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import countersign as cs

# Fields whose length both readers agree on: class, longest, digits of the length prefix.
FIELDS = {
    2: ("n", 19, 2), 3: ("n", 6, 0), 4: ("n", 12, 0), 7: ("n", 10, 0), 11: ("n", 6, 0), 12: ("n", 6, 0), 13: ("n", 4, 0),
    14: ("n", 4, 0), 18: ("n", 4, 0), 22: ("n", 3, 0), 23: ("n", 3, 0), 25: ("n", 2, 0), 32: ("n", 11, 2),
    37: ("an", 12, 0), 38: ("an", 6, 0), 39: ("an", 2, 0), 41: ("ans", 8, 0), 42: ("ans", 15, 0), 43: ("ans", 40, 0),
    48: ("ans", 999, 3), 49: ("an", 3, 0), 52: ("b", 8, 0), 70: ("n", 3, 0), 90: ("n", 42, 0), 100: ("n", 11, 2),
    102: ("ans", 28, 2), 103: ("ans", 28, 2),
}
LETTERS = {"n": "0123456789", "an": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"}
LETTERS["ans"] = LETTERS["an"] + "-/=;,"
DIALECT = {"version": "1987", "mti": "ascii", "bitmap": "hex", "b": "hex"}
ADDRESSES = (bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
PORT = 8583


def message(rng):
    chosen = sorted(rng.sample(sorted(FIELDS), rng.randint(5, len(FIELDS))))
    both = max(chosen) > 64
    bits = sum(1 << (128 - f) for f in chosen) | (1 << 127 if both else 0)
    out = rng.choice(("0100", "0200", "0210", "0420", "0800")) + bits.to_bytes(16, "big").hex().upper()[: 32 if both else 16]
    for field in chosen:
        kind, longest, var = FIELDS[field]
        n = rng.randint(1, min(longest, 40)) if var else longest
        out += str(n).zfill(var) if var else ""
        out += rng.randbytes(n).hex().upper() if kind == "b" else "".join(rng.choices(LETTERS[kind], k=n))
    return out.encode()


class Capture:
    """One TCP stream as a pcap file; checksums zero, as with offload."""

    def __init__(self, path):
        self.out = open(path, "wb")
        self.out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        self.at = 0

    def segment(self, way, ports, numbers, flags, data=b""):
        tcp = struct.pack(">HHIIBBHHH", *ports, *numbers, 0x50, flags, 65535, 0, 0) + data
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1, 0x4000, 64, 6, 0, ADDRESSES[way], ADDRESSES[1 - way])
        packet = b"\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0" + ip + tcp
        self.at += 100
        self.out.write(struct.pack("<IIII", 1700000000 + self.at // 1000000, self.at % 1000000, len(packet), len(packet)) + packet)

    def close(self):
        self.out.close()


def write_capture(path, messages):
    capture = Capture(path)
    there, back = (40000, PORT), (PORT, 40000)
    capture.segment(0, there, (0, 0), 2)
    capture.segment(1, back, (0, 1), 18)
    capture.segment(0, there, (1, 1), 16)
    sequence = 1
    for data in messages:
        framed = struct.pack(">H", len(data)) + data
        capture.segment(0, there, (sequence, 1), 24, framed)
        sequence += len(framed)
        capture.segment(1, back, (1, sequence), 16)
    capture.close()


def read_tshark(path):
    """What tshark prints for each message: the MTI and every field, tab separated."""
    names = ["mti"] + ["bit%d" % f for f in sorted(FIELDS)]
    command = ["tshark", "-r", path, "-d", "tcp.port==%d,iso8583" % PORT, "-Y", "iso8583", "-T", "fields"]
    for preference in ("iso8583.len_endian:bigendian", "iso8583.charset:ascii", "iso8583.binencode:ascii"):
        command += ["-o", preference]
    for name in names:
        command += ["-e", "iso8583." + name]
    run = subprocess.run(command, capture_output=True)
    return [dict(zip(names, line.split("\t"))) for line in run.stdout.decode("latin-1").split("\n") if line]


def as_tshark(answer):
    """Our answer as tshark prints it."""
    out = {"mti": answer.get("mti")}
    for field in FIELDS:
        out["bit%d" % field] = answer.get("fields", {}).get(str(field), "")
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100000)
    args = parser.parse_args()
    tap = cs.Tap()
    if not shutil.which("tshark"):
        cs.absent(tap, "tshark", "tshark")
        tap.end()
    rng = random.Random(8583)
    messages = [message(rng) for _ in range(args.count)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "messages.pcap")
        write_capture(path, messages)
        theirs = read_tshark(path)
    ours = [as_tshark(answer) for answer in cs.decode(DIALECT, messages)]
    tap.point(len(theirs) == len(ours), "tshark saw all %d messages" % len(ours), "it saw %d" % len(theirs))
    bad = [(a, b) for a, b in zip(ours, theirs) if {k: v.upper() for k, v in b.items()} != {k: (v or "").upper() for k, v in a.items()}]
    why = [["%s: ours %r, theirs %r" % (k, a[k], b[k]) for k in a if a[k] != b[k]][:2] for a, b in bad[:5]]
    tap.point(not bad, "%d messages, the same fields" % len(ours), "%d differ: %s" % (len(bad), why))
    tap.end()


if __name__ == "__main__":
    sys.exit(main())
