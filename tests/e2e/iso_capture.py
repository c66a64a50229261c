"""ISO 8583 messages and captures of our own making, for the end-to-end tests. Seeded; no third-party data."""
import random
import struct

CP = {"cp037": "cp037", "cp500": "cp500", "cp1047": "cp037"}

# A field of a test message: number -> (class, longest, prefix digits, what it looks like).
FIELDS = {
    2: ("n", 19, 2, "pan"), 3: ("n", 6, 0, "010000"), 4: ("n", 12, 0, "amount"), 7: ("n", 10, 0, "stamp"),
    11: ("n", 6, 0, "digits"), 12: ("n", 6, 0, "time"), 13: ("n", 4, 0, "date"), 14: ("n", 4, 0, "expiry"),
    18: ("n", 4, 0, "6011"), 22: ("n", 3, 0, "051"), 25: ("n", 2, 0, "00"), 32: ("n", 11, 2, "digits"),
    35: ("z", 37, 2, "track"), 37: ("an", 12, 0, "alnum"), 38: ("an", 6, 0, "alnum"), 39: ("an", 2, 0, "00"),
    41: ("an", 8, 0, "alnum"), 42: ("an", 15, 0, "alnum"), 43: ("an", 40, 0, "text"), 44: ("an", 25, 2, "text"),
    48: ("an", 999, 3, "text"), 49: ("an", 3, 0, "978"), 52: ("b", 8, 0, "bytes"), 54: ("an", 120, 3, "alnum"),
    64: ("b", 8, 0, "bytes"), 102: ("an", 28, 2, "alnum"),
}
# In 1993 and 2003 some of these look different.
CHANGED = {"1993": {12: ("n", 12, 0, "digits"), 22: ("an", 12, 0, "alnum"), 39: ("n", 3, 0, "000")},
           "1987": {}}
REQUEST = [2, 3, 4, 7, 11, 12, 14, 18, 22, 25, 32, 35, 37, 41, 42, 43, 49, 52]
RESPONSE = [2, 3, 4, 7, 11, 12, 32, 37, 38, 39, 41, 49]
EXTRA = [44, 48, 54, 64, 102]


def text(rng, low, high, letters="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"):
    return "".join(rng.choice(letters) for _ in range(rng.randint(low, high)))


def digits(rng, low, high):
    return text(rng, low, high, "0123456789")


def value(rng, kind, longest, var):
    made = {
        "pan": lambda: "4" + digits(rng, 15, 18), "amount": lambda: "%012d" % (rng.randint(1, 500) * 1000),
        "stamp": lambda: "11%02d%02d%02d%02d" % (rng.randint(1, 30), rng.randint(0, 23), rng.randint(0, 59),
                                                 rng.randint(0, 59)),
        "time": lambda: "%02d%02d%02d" % (rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59)),
        "date": lambda: "11%02d" % rng.randint(1, 30), "expiry": lambda: "%02d12" % rng.randint(27, 31),
        "digits": lambda: digits(rng, 6 if var else longest, longest),
        "track": lambda: "4" + digits(rng, 15, 15) + "=" + "2712201" + digits(rng, 8, 13),
        "alnum": lambda: text(rng, 5 if var else longest, min(longest, 40)),
        "text": lambda: (text(rng, 4, min(longest, 60), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-/"))
        .ljust(0 if var else longest)[:longest],
        "bytes": lambda: bytes(rng.randrange(256) for _ in range(longest)),
    }
    return made[kind]() if kind in made else kind


def encode_text(s, enc, page):
    return s.encode("latin-1") if enc == "ascii" else s.encode(CP[page])


def pack(s, right):
    s = s.replace("=", "D")
    if len(s) % 2:
        s = s + "F" if right else "0" + s
    return bytes.fromhex(s)


def prefix(n, var, enc, page):
    if enc == "bin":
        return n.to_bytes(1 if var <= 2 else 2, "big")
    s = "%0*d" % (var, n)
    return pack("0" * (var % 2) + s, False) if enc == "bcd" else encode_text(s, enc, page)


def encode_field(d, cls, var, v):
    enc, page = d[cls], d.get("ebcdic", "cp1047")
    if cls == "b":
        raw = {"raw": lambda: v, "hex": lambda: v.hex().upper().encode(),
               "ebcdic_hex": lambda: v.hex().upper().encode("cp037")}[enc]()
    elif enc == "bcd":
        raw = pack(v, d.get("pad") == "right")
    else:
        raw = encode_text(v, enc, page)
    return (prefix(len(v), var, d["len"], page) if var else b"") + raw


def message(d, mti, values):
    """One message in dialect D: VALUES by field number."""
    page = d.get("ebcdic", "cp1047")
    table = {**FIELDS, **CHANGED.get(d["version"], {})}
    bits = 0
    for f in values:
        bits |= 1 << (128 - f)
    if any(f > 64 for f in values):
        bits |= 1 << 127
    bitmap = bits.to_bytes(16, "big")[:16 if bits >> 127 else 8]
    bitmap = {"bin": lambda: bitmap, "hex": lambda: bitmap.hex().upper().encode(),
              "ebcdic_hex": lambda: bitmap.hex().upper().encode("cp037")}[d["bitmap"]]()
    head = pack(mti, False) if d["mti"] == "bcd" else encode_text(mti, d["mti"], page)
    out = b"\x60\x00\x03\x00\x00\x16\x01\x02\x03"[:d.get("header_len", 0)] + head + bitmap
    for f in sorted(values):
        cls, _, var, _ = table[f]
        out += encode_field(d, cls, var, values[f])
    return out


def messages(d, n, rng):
    """N messages, requests and their responses in turn: (to server, bytes)."""
    table = {**FIELDS, **CHANGED.get(d["version"], {})}
    out = []
    first = {"1987": "0", "1993": "1", "2003": "2"}[d["version"]]
    request = {}
    for i in range(n):
        if i % 2 == 0:
            fields = REQUEST + [f for f in EXTRA if rng.random() < 0.4]
            request = {f: value(rng, table[f][3], table[f][1], table[f][2]) for f in fields}
            out.append((True, message(d, first + "200", request)))
            continue
        response = {f: request.get(f) or value(rng, table[f][3], table[f][1], table[f][2]) for f in RESPONSE}
        if rng.random() < 0.5:
            response[54] = value(rng, "alnum", 120, 3)
        out.append((False, message(d, first + "210", response)))
    return out


FRAMES = {
    "length16": lambda m: struct.pack(">H", len(m)) + m,
    "length16le": lambda m: struct.pack("<H", len(m)) + m,
    "length16incl": lambda m: struct.pack(">H", len(m) + 2) + m,
    "digits4": lambda m: b"%04d" % len(m) + m,
    "hex4": lambda m: b"%04X" % len(m) + m,
    "bcd2": lambda m: bytes.fromhex("%04d" % len(m)) + m,
    "length24": lambda m: b"\0" + struct.pack(">H", len(m)) + m,
    "length32": lambda m: struct.pack(">I", len(m)) + m,
    "visa": lambda m: struct.pack(">H", len(m)) + b"\0\0" + m,
    "rbp": lambda m: b"\xd0\x4a" + struct.pack(">H", len(m)) + b"\0\0" + m,
    "base24": lambda m: struct.pack(">H", len(m) + 1) + m + b"\3",
}


class Capture:
    """A pcap of Ethernet, IPv4 and TCP, built segment by segment."""

    def __init__(self, path, server_port=8583):
        self.file = open(path, "wb")
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        self.port = server_port
        self.time = 1_700_000_000_000_000
        self.next = {}

    def packet(self, client, to_server, flags, payload=b"", skip=False):
        ports = (client, self.port) if to_server else (self.port, client)
        addresses = (b"\x0a\0\0\1", b"\x0a\0\0\2") if to_server else (b"\x0a\0\0\2", b"\x0a\0\0\1")
        key = (client, to_server)
        seq = self.next.get(key, 1000)
        ack = self.next.get((client, not to_server), 1000)
        self.next[key] = seq + len(payload) + (1 if flags & 3 else 0)
        self.time += 1000
        if skip:
            return
        tcp = struct.pack(">HHIIBBHHH", *ports, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 65535, 0, 0) + payload
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, *addresses) + tcp
        frame = b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip
        self.file.write(struct.pack("<IIII", self.time // 1000000, self.time % 1000000, len(frame), len(frame)) + frame)

    def open(self, client):
        self.packet(client, True, 2)
        self.packet(client, False, 18)
        self.packet(client, True, 16)

    def send(self, client, to_server, payload, most=1400):
        for at in range(0, len(payload), most):
            self.packet(client, to_server, 24, payload[at:at + most])

    def close(self):
        self.file.close()


def seeded(seed):
    return random.Random(seed)
