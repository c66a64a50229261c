#!/usr/bin/env python3
"""A second verifier of journals and bundles of evidence, written from docs/journal.md, docs/journal-thin.md
and from nothing else.

verify_journal.py FOLDER [--key FILE] [--public-key HEX] [--anchor FILE]
verify_journal.py --bundle FILE [--public-key HEX]

Prints one line of JSON for each fault, then one for the sum. Exit status: 0 sound, 1 faults.
"""
import argparse
import datetime
import hashlib
import json
import os
import re
import struct
import subprocess
import sys

import xxhash
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from verify_thin import ThinFile, ThinPage

HEAD, EVENT, POLICY, ALERT, CHECKPOINT, SOURCES = 1, 4, 2, 9, 10, 15
KINDS = ("none head policy start event tick gap tell finish alert checkpoint operator resume raw retoken sources list listed").split()
MASK64 = (1 << 64) - 1


def H(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def X(data, seed):
    return xxhash.xxh3_64_intdigest(data, seed=seed)


def mix(a, b):
    product = (a ^ 0x9e3779b97f4a7c15) * (b ^ 0xe7037ed1a0b428db)
    return (product & MASK64) ^ (product >> 64)


def merkle(leaves):
    """RFC 6962, section 2.1, by its definition."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return H(b"\x01", merkle(leaves[:split]), merkle(leaves[split:]))


def climb(leaf, n, nth, path):
    """RFC 9162, section 2.1.3.2: the root an audit path leads to; None when it does not fit."""
    if nth >= n:
        return None
    here, last = leaf, n - 1
    for sibling in path:
        if last == 0:
            return None
        if nth % 2 or nth == last:
            here = H(b"\x01", sibling, here)
            while nth % 2 == 0 and nth:
                nth, last = nth // 2, last // 2
        else:
            here = H(b"\x01", here, sibling)
        nth, last = nth // 2, last // 2
    return here if last == 0 else None


# --- keys ---

def kdf(secret, n, personal):
    return hashlib.blake2b(b"", digest_size=32, key=secret, salt=struct.pack("<QQ", n, 0), person=personal.ljust(16, b"\0")).digest()


def hchacha20(key, nonce):
    """The key of XChaCha20 (draft-irtf-cfrg-xchacha, section 2.2)."""
    rotate = lambda v, n: (v << n | v >> (32 - n)) & 0xffffffff
    s = list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + struct.unpack("<4I", nonce))

    def quarter(a, b, c, d):
        for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & 0xffffffff
            s[z] = rotate(s[z] ^ s[x], n)
    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<8I", *(s[:4] + s[12:]))


def is_zeroed(path):
    """An erased key whose file is there still."""
    with open(path, "rb") as file:
        return file.read() == bytes(72)


class Vault:
    def __init__(self, path):
        with open(path, "rb") as file:
            secret = file.read()
        self.wrap = kdf(secret, 2, b"cs-vault")
        self.private = Ed25519PrivateKey.from_private_bytes(kdf(secret, 1, b"cs-vault"))
        self.public = self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    def volume_keys(self, path):
        with open(path, "rb") as file:
            wrapped = file.read()
        if len(wrapped) != 72:
            raise InvalidTag()
        nonce, sealed = wrapped[:24], wrapped[24:]
        key = hchacha20(self.wrap, nonce[:16])
        secret = ChaCha20Poly1305(key).decrypt(bytes(4) + nonce[16:], sealed, b"countersign wrapped key 1")
        return kdf(secret, 1, b"cs_page_"), kdf(secret, 2, b"cs_page_")


# --- pages ---

class Page:
    """The lengths are right and the check is; nothing else is known yet."""

    def __init__(self, data, at):
        (magic, self.length, self.number, self.first, self.n, open_len, sealed_len, self.volume, self.group,
         self.base) = struct.unpack_from("<4sIQQIIIIQQ", data, at)
        self.head = data[at:at + 152]
        self.previous, self.root, self.payload = self.head[56:88], self.head[88:120], self.head[120:152]
        self.open = data[at + 160:at + 160 + open_len]
        self.sealed = data[at + 160 + open_len:at + self.length]
        self.chain = H(b"\x02", self.head)

    @staticmethod
    def length_at(data, at):
        if len(data) - at < 160 or data[at:at + 4] != b"CSP1":
            return None
        length, n, open_len, sealed_len = struct.unpack_from("<I16xIII", data, at + 4)
        sane = (1 <= n <= 256 and 12 * n <= open_len <= 655360 and (sealed_len == 0 or 17 <= sealed_len <= 655376)
                and length == 160 + open_len + sealed_len)
        return length if sane else None

    @staticmethod
    def whole_at(data, at):
        length = Page.length_at(data, at)
        if length is None or at + length > len(data):
            return None
        check = struct.unpack_from("<Q", data, at + 152)[0]
        if X(data[at:at + 152], X(data[at + 160:at + length], 0)) != check:
            return None
        return Page(data, at)

    def records(self):
        """(kind, open, length of sealed) of each; None when frames or checks are wrong."""
        at, out = 0, []
        for i in range(self.n):
            if at + 12 > len(self.open):
                return None
            word, sealed_len, check = struct.unpack_from("<III", self.open, at)
            frame, body = self.open[at:at + 8], self.open[at + 12:at + 12 + (word >> 8)]
            seed = mix(self.first + i, struct.unpack("<Q", frame)[0])
            if len(body) != word >> 8 or X(body, seed) & 0xffffffff != check:
                return None
            out.append((word & 255, body, sealed_len))
            at += 12 + (word >> 8)
        fits = at == len(self.open) and sum(r[2] for r in out) <= max(0, len(self.sealed) - 16)
        return out if fits else None

    def nonce(self):
        return struct.pack("<QI", self.number, 0)

    def unseal(self, seal):
        return ChaCha20Poly1305(seal).decrypt(self.nonce(), self.sealed, self.head[:88]) if self.sealed else b""

    def root_of(self, records, plain, salt_key):
        stream = Cipher(algorithms.ChaCha20(salt_key, bytes(4) + self.nonce()), mode=None).encryptor()
        salts, leaves, at = stream.update(bytes(16 * self.n)), [], 0
        for i, (kind, body, sealed_len) in enumerate(records):
            leaves.append(leaf(salts[16 * i:16 * i + 16], self.first + i, self.base, kind, body, plain[at:at + sealed_len]))
            at += sealed_len
        return merkle(leaves)


def leaf(salt, seq, base, kind, body, sealed):
    return H(b"\x00", salt, struct.pack("<QQBI", seq, base, kind, len(body)), body, sealed)


def read_checkpoint(body):
    if len(body) != 176:
        return None
    names = ("journal", "first_page", "page", "record", "chain", "root", "wall_ns")
    out = dict(zip(names, struct.unpack_from("<16sQQQ32s32sQ", body, 0)))
    return dict(out, signed=b"countersign checkpoint 1" + body[:112], signature=body[112:])


def signature_holds(public, it):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(it["signature"], it["signed"])
        return True
    except InvalidSignature:
        return False


def read_beginning(path):
    """docs/journal-thin.md: where a journal begins whose first volumes were let go of; None when nothing sound says."""
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        data = file.read()
    if len(data) != 256 or data[:8] != b"CSBG" + struct.pack("<I", 1) or data[191]:
        return None
    names = ("journal", "volume", "page", "record", "chain", "public")
    it = dict(zip(names, struct.unpack_from("<16sI4xQQ32s16x32s", data, 8)))
    it.update(signed=b"countersign beginning 1\0" + data[:192], signature=data[192:])
    return it if signature_holds(it["public"], it) else None


# --- journals ---

class Journal:
    def __init__(self, folder, vault=None, public=None):
        self.folder, self.vault = folder, vault
        self.public = public or (vault.public if vault else None)
        self.id, self.keys = None, None
        self.faults, self.kinds, self.pages, self.checkpoints = [], {}, 0, {}
        self.expected = None   # (number, first, chain) of the next page; None: taken from the page itself
        self.chains, self.first_page, self.volume_n, self.erased, self.gone = {}, None, 0, 0, 0
        self.beginning = read_beginning(os.path.join(folder, "beginning"))
        if self.beginning and vault and self.beginning["public"] != vault.public:
            self.beginning = None

    def fault(self, what, volume, offset, page=None):
        self.faults.append({"fault": what, "volume": volume, "offset": offset, "page": page})

    def volumes(self):
        forms = {}
        for name in os.listdir(self.folder):
            match = re.fullmatch(r"(\d{8})\.(volume|packed|thin)", name)
            if match:
                forms.setdefault(int(match.group(1)), set()).add(match.group(2))
        return sorted(forms.items())

    def load(self, number, forms):
        form = next(form for form in ("volume", "packed", "thin") if form in forms)
        with open(os.path.join(self.folder, f"{number:08d}.{form}"), "rb") as file:
            data = file.read()
        if form != "packed":
            return data
        if len(data) < 64:
            return None
        magic, version, plain_len, packed_len, digest, check = struct.unpack_from("<4sIQQ32sQ", data, 0)
        body = data[64:]
        if (magic, version, packed_len, digest, check) != (b"CSZ1", 1, len(body), H(body), X(data[:56], 0)):
            return None
        plain = subprocess.run(["zstd", "-d", "-c"], input=body, capture_output=True, check=False).stdout
        return plain if len(plain) == plain_len else None

    def open_keys(self, number, name):
        self.keys = None
        path = os.path.join(self.folder, "keys", name)
        if not name or not os.path.exists(path) or is_zeroed(path):
            self.erased += 1
        elif self.vault:
            try:
                self.keys = self.vault.volume_keys(path)
            except InvalidTag:
                self.fault("key", number, 0)

    def run(self):
        volumes, it = self.volumes(), self.beginning
        self.expected = (it["page"], it["record"], it["chain"]) if it else (0, 0, bytes(32))
        self.begins = self.expected[0]
        if it and volumes and volumes[-1][0] >= it["volume"]:
            volumes = [v for v in volumes if v[0] >= it["volume"]]
        for number, forms in volumes:
            data = self.load(number, forms)
            if data is None:
                self.fault("damaged", number, 0)
                self.expected = None
                continue
            self.volume_n += 1
            if forms == {"thin"}:
                self.walk_thin(number, data)
                continue
            self.open_keys(number, f"{number:08d}.key")
            self.walk(number, data)
        return self

    def walk(self, number, data):
        at = 0
        while at < len(data):
            page = Page.whole_at(data, at)
            if page:
                self.take(number, at, page)
                at += page.length
                continue
            self.fault("damaged", number, at)
            self.expected = None
            self.chains = {}
            length = Page.length_at(data, at) or 0
            if not (length and Page.whole_at(data, at + length)):
                length = 1
                while at + length < len(data) and not Page.whole_at(data, at + length):
                    found = data.find(b"CSP1", at + length + 1)
                    length = (found if found >= 0 else len(data)) - at
            at += length

    def walk_thin(self, number, data):
        about, at = ThinFile(data, number, X), 64
        if not about.sound:
            self.expected = self.fault("damaged", number, 0)
            return
        self.open_keys(number, about.key_name())
        gone, pages = 0, 0
        while at < len(data):
            page = ThinPage.whole_at(data, at, X)
            if not page:
                self.expected, self.chains = self.fault("damaged", number, at), {}
                at = data.find(b"CSPT", at + 1) % (len(data) + 1)  # its end, when there is none
                continue
            page.chain = H(b"\x02", page.head)
            self.take_thin(number, at, page)
            gone, pages, at = gone + page.n - len(page.index), pages + 1, at + page.length
        if (gone, pages) != (about.gone, about.pages) and self.expected:
            self.fault("damaged", number, 0)
        self.gone += gone

    def take_thin(self, number, at, page):
        self.follow(number, at, page)
        records = page.records(X, mix)
        if records is None:
            self.fault("record", number, at, page.number)
        elif page.mode == 1 and H(page.open, page.sealed) != page.payload:
            self.fault("payload", number, at, page.number)
        elif page.mode == 0 and not page.root_holds(records, leaf, lambda a, b: H(b"\x01", a, b)):
            self.fault("root", number, at, page.number)
        else:
            wrong = page.sealed_holds(records, self.keys[0], leaf) if self.keys and page.mode == 0 else None
            if wrong:
                self.fault(wrong, number, at, page.number)
            self.take_records(number, at if at > 64 else 0, page, [(seq, r[0], r[1]) for seq, *r in records])
        self.remember(page)

    def follow(self, number, at, page):
        if page.volume != number:
            self.fault("volume", number, at, page.number)
        elif self.expected and self.expected != (page.number, page.first, page.previous):
            cut = self.expected[0] == self.begins and page.number != self.begins
            self.fault("beginning" if cut else "chain", number, at, page.number)
            self.chains = {}
        self.expected = (page.number + 1, page.first + page.n, page.chain)
        self.first_page = page.number if self.first_page is None else self.first_page

    def remember(self, page):
        self.chains[page.number] = page.chain
        self.chains.pop(page.number - 8192, None)
        self.pages += 1

    def take(self, number, at, page):
        self.follow(number, at, page)
        records = page.records()
        if H(page.open, page.sealed) != page.payload:
            self.fault("payload", number, at, page.number)
        elif records is None:
            self.fault("record", number, at, page.number)
        else:
            self.take_sealed(number, at, page, records)
            self.take_records(number, at, page, [(page.first + i, r[0], r[1]) for i, r in enumerate(records)])
        self.remember(page)

    def take_sealed(self, number, at, page, records):
        if not self.keys:
            return
        try:
            plain = page.unseal(self.keys[0])
        except InvalidTag:
            self.fault("seal", number, at, page.number)
            return
        if page.root_of(records, plain, self.keys[1]) != page.root:
            self.fault("root", number, at, page.number)

    def take_records(self, number, at, page, records):
        """(record, kind, open) of each that is here. The head of a volume is never let go of."""
        if at == 0 and (not records or records[0][1] != HEAD):
            self.fault("head", number, at, page.number)
        for seq, kind, body in records:
            name = KINDS[kind] if kind < len(KINDS) else "unknown"
            self.kinds[name] = self.kinds.get(name, 0) + 1
            if kind == HEAD:
                self.take_head(number, at, page, body)
            if kind == CHECKPOINT:
                self.take_checkpoint(number, at, page, seq, body)

    def take_head(self, number, at, page, body):
        version, identity, volume, public = struct.unpack_from("<I16sI32s", body, 0)
        self.id = self.id or identity
        self.public = self.public or public
        it = self.beginning
        if page.number == self.begins and it and (it["journal"], it["public"]) != (identity, public):
            self.fault("beginning", number, at, page.number)
        if (version, identity, volume, public) != (1, self.id, number, self.public) or at:
            self.fault("head", number, at, page.number)

    def take_checkpoint(self, number, at, page, seq, body):
        it = read_checkpoint(body)
        if not it or (it["journal"], it["page"], it["record"], it["chain"]) != (self.id, page.number, seq, page.previous):
            self.fault("checkpoint", number, at, page.number)
            return
        covered = [self.chains.get(n) for n in range(it["first_page"], it["page"])]
        if not covered or (None not in covered and merkle(covered) != it["root"]):
            self.fault("checkpoint", number, at, page.number)
        elif not signature_holds(self.public, it):
            self.fault("signature", number, at, page.number)
        else:
            self.checkpoints[page.number] = it

    def anchor(self, path):
        with open(path, encoding="ascii") as file:
            lines = [json.loads(line) for line in file if line.strip()]
        ours = [line for line in lines if bytes.fromhex(line["journal"]) == self.id]
        for line in ours:
            it = self.checkpoints.get(line["page"])
            same = it and (it["record"], it["chain"], it["signature"]) == (
                line["record"], bytes.fromhex(line["chain"]), bytes.fromhex(line["signature"]))
            if not same and line["page"] >= (self.first_page or 0):
                self.fault("anchor", None, None, line["page"])
        if lines and not ours:
            self.fault("anchor", None, None)

    def sum(self):
        return {"sound": not self.faults, "faults": len(self.faults), "volumes": self.volume_n, "pages": self.pages,
                "records_by_kind": self.kinds, "checkpoints": len(self.checkpoints), "erased_volumes": self.erased,
                "let_go": self.gone}


# --- bundles ---

class Bundle:
    def __init__(self, text, public=None):
        self.it = json.loads(text)
        self.public = public or bytes.fromhex(self.it["public_key"])
        self.faults = []

    def want(self, good, what):
        if not good:
            self.faults.append({"fault": what})
        return good

    def run(self):
        self.want(self.it["bundle"] == 1, "another form of bundle")
        checkpoints = [self.checkpoint(c) for c in self.it["checkpoints"]]
        proved = self.prove_pages(checkpoints)
        for record in self.it["records"]:
            self.record(record, proved)
        self.contents()
        return self

    def checkpoint(self, it):
        raw = {name: bytes.fromhex(it[name]) for name in ("journal", "chain", "root", "signature")}
        body = raw["journal"] + struct.pack("<QQQ", it["first_page"], it["page"], it["record"]) + raw["chain"] + raw["root"]
        out = read_checkpoint(body + struct.pack("<Q", int(it["wall_ns"])) + raw["signature"])
        self.want(out and raw["journal"] == bytes.fromhex(self.it["journal"]), "a checkpoint of another journal")
        self.want(out and signature_holds(self.public, out), "a checkpoint's signature")
        return out

    def prove_pages(self, checkpoints):
        heads, covers, proved = {}, {c["page"]: c for c in self.it["covers"]}, {}
        for page in self.it["pages"]:
            head = bytes.fromhex(page["head"])
            self.want(len(head) == 152 and struct.unpack_from("<Q", head, 8)[0] == page["page"], "a page's number")
            heads[page["page"]] = head
        for number in sorted(heads, reverse=True):
            chain, cover, good = H(b"\x02", heads[number]), covers.get(number), False
            if cover:
                by = checkpoints[cover["checkpoint"]]
                path = [bytes.fromhex(p) for p in cover["path"]]
                good = by["first_page"] <= number and climb(chain, by["page"] - by["first_page"], number - by["first_page"],
                                                            path) == by["root"]
            behind = proved.get(number + 1)
            if good or (behind and behind[56:88] == chain):
                proved[number] = heads[number]
        return proved

    def record(self, it, proved):
        head = proved.get(it["page"])
        if not self.want(head, f"page {it['page']} is not proved"):
            return
        first, n, base, root = (*struct.unpack_from("<QI", head, 16), struct.unpack_from("<Q", head, 48)[0], head[88:120])
        raw = {name: bytes.fromhex(it[name]) for name in ("open", "sealed", "salt")}
        here = leaf(raw["salt"], it["record"], base, it["kind"], raw["open"], raw["sealed"])
        good = (it["record"] == first + it["nth"] and int(it["base_ns"]) == base and len(raw["salt"]) == 16
                and climb(here, n, it["nth"], [bytes.fromhex(p) for p in it["path"]]) == root)
        self.want(good, f"record {it['record']} is not in its page")

    def of_role(self, role, kind):
        found = [r for r in self.it["records"] if r["role"] == role]
        self.want(all(r["kind"] == kind for r in found), f"a record that is no {role}")
        return found

    def contents(self):
        alerts, heads = self.of_role("alert", ALERT), self.of_role("head", HEAD)
        policies, sources = self.of_role("policy", POLICY), self.of_role("sources", SOURCES)
        if not (self.want(len(alerts) == 1, "one alert") and self.want(heads, "a head")):
            return
        for head in heads:
            _, identity, _, public = struct.unpack_from("<I16sI32s", bytes.fromhex(head["open"]), 0)
            self.want((identity, public) == (bytes.fromhex(self.it["journal"]), self.public), "the head is another's")
        alert = json.loads(bytes.fromhex(alerts[0]["sealed"]))
        stated = bytes.fromhex(self.it["alert"])
        self.want(bytes.fromhex(alerts[0]["open"])[8:24] == stated and alert["id"] == stated.hex(), "another alert")
        self.want(policies and policies[0]["record"] < alerts[0]["record"], "the policy in force")
        self.want(sources and sources[0]["record"] < alerts[0]["record"], "the sources")
        self.messages(alert, sources)

    def messages(self, alert, sources):
        names = read_sources(bytes.fromhex(sources[0]["open"])) if sources else []
        places = [read_place(bytes.fromhex(r["open"]), int(r["base_ns"])) for r in self.of_role("message", EVENT)]
        for it in alert["evidence"]:
            wanted = (it["time"], it["packet"], it["file_offset"], it["offset"])
            at = [p for p in places if p[:4] == wanted and ("source" not in it or names[p[4]] == it["source"])]
            self.want(at, f"the message of {it['time']} is not here")

    def sum(self):
        return {"sound": not self.faults, "faults": len(self.faults), "records": len(self.it["records"]),
                "pages": len(self.it["pages"]), "checkpoints": len(self.it["checkpoints"])}


class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        self.at += n
        return self.data[self.at - n:self.at]

    def varint(self):
        value, shift = 0, 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def signed(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)


def read_sources(data):
    c = Bytes(data)
    return [c.take(struct.unpack("<H", c.take(2))[0]).decode() for _ in range(c.varint())]


def time_text(ns):
    seconds, rest = divmod(ns, 10 ** 9)
    at = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:09d}Z"


def read_place(data, base):
    """(time, packet, byte in the file, byte in the packet, source) of an event's record."""
    c = Bytes(data)
    if c.take(1) == b"\x01":
        c.signed()
        for _ in range(bin(c.varint()).count("1")):
            c.signed()
    at = base + c.signed()
    packet, file_offset, offset, source = (c.varint() for _ in range(4))
    return time_text(at), packet, file_offset, offset, source


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("folder", nargs="?")
    words.add_argument("--key")
    words.add_argument("--public-key", type=bytes.fromhex)
    words.add_argument("--anchor")
    words.add_argument("--bundle")
    args = words.parse_args()
    if args.bundle:
        with open(args.bundle, encoding="utf-8") as file:
            done = Bundle(file.read(), args.public_key).run()
    else:
        done = Journal(args.folder, Vault(args.key) if args.key else None, args.public_key).run()
        if args.anchor:
            done.anchor(args.anchor)
    for fault in done.faults:
        print(json.dumps(fault))
    print(json.dumps(done.sum()))
    return 1 if done.faults else 0


if __name__ == "__main__":
    sys.exit(main())
