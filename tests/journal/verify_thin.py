"""Thinned volumes for the second verifier, written from docs/journal-thin.md and from nothing else."""
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305


class ThinFile:
    """The head of a thinned volume's file."""

    def __init__(self, data, number, xxh):
        (magic, version, self.volume, self.generation, self.gone_kinds, zero, self.pages, self.gone, self.wall_ns, length,
         check) = struct.unpack_from("<4sIIIIIQQQQQ", data.ljust(64, b"\0"), 0)
        self.sound = ((magic, version, self.volume, zero, length) == (b"CST1", 1, number, 0, len(data))
                      and xxh(data[:56], 0) == check)

    def key_name(self):
        """Empty: the key had been destroyed before."""
        again = f"-{self.generation}" if self.generation > 1 else ""
        return f"{self.volume:08d}{again}.key" if self.generation else ""


class ThinPage:
    """One entry, whose own check is right: a page's head, and what is here of it."""

    def __init__(self, entry):
        self.entry, self.length, self.head = entry, len(entry), entry[8:160]
        self.number, self.first, self.n = struct.unpack_from("<QQI", self.head, 8)
        self.volume, self.base = struct.unpack_from("<I", self.head, 36)[0], struct.unpack_from("<Q", self.head, 48)[0]
        self.previous, self.root, self.payload = self.head[56:88], self.head[88:120], self.head[120:152]
        self.mode, here, proof_len, open_len, sealed_len, self.gone_kinds = struct.unpack_from("<6I", entry, 168)
        at = 192 + (here if self.mode == 0 else 0)
        self.index = list(entry[192:at]) if self.mode == 0 else list(range(here))
        parts = []
        for part_len in (proof_len, open_len, sealed_len):
            parts.append(entry[at:at + part_len])
            at += part_len
        self.proof, self.open, self.sealed = parts
        self.bound = entry[8:192 + (here if self.mode == 0 else 0) + proof_len]  # the additional data of the seal
        rising = all(a < b for a, b in zip(self.index, self.index[1:]))
        self.sane = (at == self.length - 8 and self.mode in (0, 1) and here <= self.n and rising
                     and (not self.index or self.index[-1] < self.n) and (self.mode == 0 or here == self.n))

    @staticmethod
    def whole_at(data, at, xxh):
        if len(data) - at < 200 or data[at:at + 4] != b"CSPT":
            return None
        length = struct.unpack_from("<I", data, at + 4)[0]
        if length < 200 or at + length > len(data):
            return None
        entry = data[at:at + length]
        page = ThinPage(entry) if xxh(entry[:-8], 0) == struct.unpack_from("<Q", entry, length - 8)[0] else None
        return page if page and page.sane else None

    def records(self, xxh, mix):
        """(seq, kind, open, length of sealed) of each that is here; None when frames or checks are wrong."""
        at, out = 0, []
        for nth in self.index:
            if at + 12 > len(self.open):
                return None
            word, sealed_len, check = struct.unpack_from("<III", self.open, at)
            frame, body = self.open[at:at + 8], self.open[at + 12:at + 12 + (word >> 8)]
            seed = mix(self.first + nth, struct.unpack("<Q", frame)[0])
            if len(body) != word >> 8 or xxh(body, seed) & 0xffffffff != check:
                return None
            out.append((self.first + nth, word & 255, body, sealed_len))
            at += 12 + (word >> 8)
        return out if at == len(self.open) else None

    def leaves(self, records, leaf):
        """Leaf hashes by place, as the proof gives them or open parts do, and the hashes behind; None when it is too short."""
        known, at = {}, 0
        for nth, (seq, kind, body, sealed_len) in zip(self.index, records):
            size = 32 if sealed_len else 16
            piece = self.proof[at:at + size]
            if len(piece) != size:
                return None
            known[nth] = piece if sealed_len else leaf(piece, seq, self.base, kind, body, b"")
            at += size
        rest = self.proof[at:]
        if len(rest) % 32:
            return None
        return known, [rest[i:i + 32] for i in range(0, len(rest), 32)]

    def root_holds(self, records, leaf, node):
        """Level by level; no key is needed."""
        if not self.index:
            return not self.proof
        found = self.leaves(records, leaf)
        if not found:
            return False
        known, rest = found
        width = self.n
        while width > 1:
            above = {}
            for left in range(0, width, 2):
                pair = [known.get(left), known.get(left + 1)]
                if left + 1 == width:
                    if pair[0]:
                        above[left // 2] = pair[0]
                    continue
                if not any(pair):
                    continue
                if None in pair:
                    if not rest:
                        return False
                    pair[pair.index(None)] = rest.pop(0)
                above[left // 2] = node(*pair)
            known, width = above, (width + 1) // 2
        return not rest and known.get(0) == self.root

    def sealed_holds(self, records, seal, leaf):
        """Whether the sealed parts open, and are those whose leaves the proof names: "seal", "root" or None."""
        if not any(sealed_len for *_, sealed_len in records):
            return None if not self.sealed else "seal"
        try:
            plain = ChaCha20Poly1305(seal).decrypt(struct.pack("<QI", self.number, 0), self.sealed, self.bound)
        except InvalidTag:
            return "seal"
        with_parts = [r for r in records if r[3]]
        at, salt_at = 0, sum(r[3] for r in with_parts)
        if len(plain) != salt_at + 16 * len(with_parts):
            return "root"
        known = self.leaves(records, leaf)[0]
        for seq, kind, body, sealed_len in with_parts:
            salt = plain[salt_at:salt_at + 16]
            if leaf(salt, seq, self.base, kind, body, plain[at:at + sealed_len]) != known[seq - self.first]:
                return "root"
            at, salt_at = at + sealed_len, salt_at + 16
        return None
