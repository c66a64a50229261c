"""A very small bank for end-to-end tests: ISO 8583 messages in ASCII, TCP connections, captures. And TAP."""
import os
import socket
import struct
import subprocess
import sys
import tempfile

PAN = "4000001234567899"
TRACK = PAN + "=29121010000000000"
PIN = "1A2B3C4D5E6F7788"
EPOCH = 1_700_000_000_000_000_000
# number: (digits of the length, 0 = fixed; width of a fixed field)
FIELDS = {2: (2, 0), 3: (0, 6), 4: (0, 12), 7: (0, 10), 11: (0, 6), 12: (0, 6), 13: (0, 4), 32: (2, 0), 35: (2, 0),
          37: (0, 12), 38: (0, 6), 39: (0, 2), 41: (0, 8), 42: (0, 15), 43: (0, 40), 49: (0, 3), 52: (0, 16), 54: (3, 0),
          70: (0, 3), 90: (0, 42)}


def message(mti, fields):
    """One message of dialect iso87-ascii (bitmap as hex) behind its length16."""
    bits, body = 0, ""
    for number in sorted(fields):
        bits |= 1 << (128 - number)
        prefix, width = FIELDS[number]
        value = fields[number]
        assert prefix or len(value) == width, (number, value)
        body += (str(len(value)).zfill(prefix) if prefix else "") + value
    bitmap = f"{bits | 1 << 127:032X}" if bits & (1 << 64) - 1 else f"{bits >> 64:016X}"
    data = (mti + bitmap + body).encode()
    return struct.pack(">H", len(data)) + data


def cash(n, amount=50000, **more):
    """The fields of withdrawal number N."""
    fields = {2: PAN, 3: "010000", 4: f"{amount:012d}", 7: "1114221320", 11: f"{n:06d}", 12: "221320", 13: "1114",
              32: "123456", 37: f"{n:012d}", 41: "ATM00042", 42: "BANK BRANCH 001", 49: "840"}
    fields.update({int(k[1:]): v for k, v in more.items()})
    return fields


def answer(fields, code="00", approval="A1B2C3"):
    """The fields of the response to a request."""
    out = {k: v for k, v in fields.items() if k not in (35, 52)}
    out[39] = code
    if code == "00":
        out[38] = approval
    return out


class Connection:
    """One TCP connection to PORT; packets go to a list as (time_ns, bytes)."""

    def __init__(self, packets, port, client_port=40000, start=EPOCH):
        self.packets, self.port, self.client_port = packets, port, client_port
        self.sequence = [1000, 2000]  # of the client, of the server
        self.packet(start, 0, 2, b"")
        self.packet(start + 1000, 1, 18, b"")
        self.packet(start + 2000, 0, 16, b"")

    def packet(self, time, side, flags, data, drop=False):
        ports = (self.client_port, self.port) if side == 0 else (self.port, self.client_port)
        hosts = (b"\x0a\0\0\1", b"\x0a\0\0\2") if side == 0 else (b"\x0a\0\0\2", b"\x0a\0\0\1")
        acknowledged = 0 if flags == 2 else self.sequence[1 - side]
        tcp = struct.pack(">HHIIBBHHH", *ports, self.sequence[side] & 0xFFFFFFFF, acknowledged & 0xFFFFFFFF, 0x50,
                          flags, 65535, 0, 0)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(data), 0, 0, 64, 6, 0, *hosts)
        if not drop:
            self.packets.append((time, b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + ip + tcp + data))
        self.sequence[side] += len(data) + (flags & 3 and 1)

    def ask(self, time, mti, fields, drop=False):
        self.packet(time, 0, 24, message(mti, fields), drop)

    def reply(self, time, mti, fields, drop=False):
        self.packet(time, 1, 24, message(mti, fields), drop)


def pcap(packets):
    """A pcap file with nanoseconds."""
    out = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)]
    for time, data in sorted(packets, key=lambda p: p[0]):
        out.append(struct.pack("<IIII", time // 10**9, time % 10**9, len(data), len(data)) + data)
    return b"".join(out)


def pcapng(packets):
    """The same as pcapng, one interface with nanoseconds."""
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", 1, 0, 262144) + struct.pack("<HHB3xHH", 9, 1, 9, 0, 0))
    for time, data in sorted(packets, key=lambda p: p[0]):
        out += block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data), len(data)) + data)
    return out


POLICY = """
{key}
link visa {{ tap "{tap}" port 5001  frame length16  dialect "iso87-ascii"  side acquirer }}
link core {{ tap "{tap}" port 7001  frame length16  dialect "iso87-ascii"  side issuer }}
expect approval "a card approval is the issuer's own" {{
  claim  card.response on visa where approved
  proof  card.response on core where approved
  match  card, amount, currency, approval_code and (rrn or stan + terminal)
  within {within} before
  unless partial, conversion, duplicate
  otherwise block critical
}}
"""


class Day:
    """Two legs. Every honest exchange is proven; the others are told one by one."""

    def __init__(self):
        self.visa, self.core = [], []
        self.acquirer = Connection(self.visa, 5001, 40001)
        self.issuer = Connection(self.core, 7001, 40002)
        self.n = 0
        self.now = EPOCH + 10**9

    def step(self):
        self.n += 1
        self.now += 10**9
        return self.n, self.now

    def honest(self, code="00", drop_proof=False):
        n, t = self.step()
        fields = cash(n, _35=TRACK, _52=PIN)
        self.acquirer.ask(t, "0200", fields)
        self.issuer.ask(t + 10**6, "0200", fields, drop_proof)
        self.issuer.reply(t + 10**8, "0210", answer(fields, code), drop_proof)
        self.acquirer.reply(t + 10**8 + 10**6, "0210", answer(fields, code))
        return n

    def forged(self):
        """M1: approved, and the issuer never asked."""
        n, t = self.step()
        self.acquirer.ask(t, "0200", cash(n, _35=TRACK, _52=PIN))
        self.acquirer.reply(t + 10**8, "0210", answer(cash(n)))
        return n

    def rewritten(self):
        """M3: the issuer declines, the acquirer hears yes."""
        n, t = self.step()
        self.acquirer.ask(t, "0200", cash(n))
        self.issuer.ask(t + 10**6, "0200", cash(n))
        self.issuer.reply(t + 10**8, "0210", answer(cash(n), "51"))
        self.acquirer.reply(t + 10**8 + 10**6, "0210", answer(cash(n)))
        return n


def in_ci():
    """Whether what is absent fails."""
    return bool(os.environ.get("CI") or os.environ.get("COUNTERSIGN_CI"))


class Tap:
    """Test points on standard output, as the Test Anything Protocol has them."""

    def __init__(self):
        self.n = self.bad = 0

    def ok(self, good, name, why=""):
        self.n += 1
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}")
        if not good and why:
            print("# " + str(why)[:3000].replace("\n", "\n# "))

    def skip(self, name, why):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {why}")

    def done(self):
        print(f"1..{self.n}")
        sys.exit(self.bad != 0)


BINARY = os.environ.get("COUNTERSIGN", "build/dev/countersign")


def run(*arguments, stdin=None, home=None):
    """Runs the binary; (exit status, standard output, standard error) as bytes."""
    environment = dict(os.environ, XDG_STATE_HOME=home or tempfile.gettempdir())
    done = subprocess.run([BINARY, *arguments], input=stdin, capture_output=True, env=environment, timeout=120,
                          check=False)
    return done.returncode, done.stdout, done.stderr


def write(path, data):
    with open(path, "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())
    return path


def policy(folder, name="bank.policy", tap="lo", within="30s", key=None):
    """Writes the policy and a token key; the policy's path."""
    key_path = os.path.join(folder, "token.key")
    if not os.path.exists(key_path):
        write(key_path, bytes(range(16)))
        os.chmod(key_path, 0o600)
    key_line = 'tokens key "token.key"' if key is None else key
    return write(os.path.join(folder, name), POLICY.format(tap=tap, within=within, key=key_line))


def listen():
    """A listening socket on loopback at a port of its own."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(4)
    return server
