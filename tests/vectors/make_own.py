#!/usr/bin/env python3
"""Makes own.jsonl: messages of our own over every combination of encodings, and refusals derived from them.

An encoder written for this file from docs/dialects.md: it builds each message from the values it then expects, so
it shares no code with any decoder. Same seed, same bytes: make_own.py > own.jsonl"""
import hashlib
import json
import random
import re

ELEMENTS = {  # a few of 1987's: class, longest, digits of the length prefix
    2: ("n", 19, 2), 3: ("n", 6, 0), 4: ("n", 12, 0), 11: ("n", 6, 0), 22: ("n", 3, 0), 28: ("xn", 9, 0),
    32: ("n", 11, 2), 35: ("z", 37, 2), 37: ("an", 12, 0), 41: ("an", 8, 0), 43: ("an", 40, 0), 48: ("an", 999, 3),
    49: ("an", 3, 0), 52: ("b", 8, 0), 64: ("b", 8, 0), 70: ("n", 3, 0), 90: ("n", 42, 0), 97: ("xn", 17, 0),
    102: ("an", 28, 2), 128: ("b", 8, 0),
}
TEXT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,-/=+:;()"


def ebcdic(text):
    return text.encode("cp037")


def packed(digits, pad):
    digits = digits.replace("=", "D")
    if len(digits) % 2:
        digits = "0" + digits if pad == "left" else digits + "F"
    return bytes.fromhex(digits)


def prefix(n, digits, how):
    text = str(n).zfill(digits)
    if how == "bcd":
        return packed(text, "left")
    if how == "bin":
        return n.to_bytes(1 if digits <= 2 else 2, "big")
    return ebcdic(text) if how == "ebcdic" else text.encode()


def draw(rng, kind, longest, var):
    n = rng.randint(1, min(longest, 60)) if var else longest
    if kind == "b":
        return rng.randbytes(n).hex().upper()
    if kind == "xn":
        return rng.choice("CD") + "".join(rng.choice("0123456789") for _ in range(n - 1))
    if kind == "z":
        pan = "".join(rng.choice("0123456789") for _ in range(16))
        return pan + "=" + "".join(rng.choice("0123456789") for _ in range(rng.choice((19, 20))))
    return "".join(rng.choice("0123456789" if kind == "n" else TEXT) for _ in range(n))


def write(value, kind, dialect):
    how = dialect.get({"xn": "n"}.get(kind, kind), "raw" if kind == "b" else "ascii")
    if kind == "b":
        data = bytes.fromhex(value)
        return data if how == "raw" else (ebcdic(value) if how == "ebcdic_hex" else value.encode()), len(data)
    if how == "bcd":
        data = value[0].encode() + packed(value[1:], "left") if kind == "xn" else packed(value, dialect.get("pad", "left"))
        return data, len(value)
    return ebcdic(value) if how == "ebcdic" else value.encode(), len(value)


def bitmaps(fields, how, both):
    bits = 0
    for field in fields:
        bits |= 1 << (128 - field)
    both = both or max(fields) > 64
    data = ((bits | (1 << 127)) if both else bits).to_bytes(16, "big")[: 16 if both else 8]
    return data if how == "bin" else (ebcdic(data.hex().upper()) if how == "ebcdic_hex" else data.hex().upper().encode())


def has_card(data, fields):
    """Whether a number that could be somebody's card stands in the row: those are drawn again."""
    for digits in re.findall(r"\d{13,19}", " ".join([data.hex(), *fields.values()])):
        total = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(reversed(digits)))
        if digits[0] in "234568" and total % 10 == 0:
            return True
    return False


def message(rng, dialect):
    data, mti, fields = attempt(rng, dialect)
    while has_card(data, fields):
        data, mti, fields = attempt(rng, dialect)
    return data, mti, fields


def attempt(rng, dialect):
    chosen = sorted(rng.sample(sorted(ELEMENTS), rng.randint(4, len(ELEMENTS))))
    mti = rng.choice(("0100", "0110", "0200", "0210", "0420", "0800"))
    data = rng.randbytes(dialect.get("header_len", 0))
    data += packed(mti, "left") if dialect["mti"] == "bcd" else ebcdic(mti) if dialect["mti"] == "ebcdic" else mti.encode()
    data += bitmaps(chosen, dialect["bitmap"], dialect.get("bitmap_len") == 16)
    fields = {}
    for field in chosen:
        kind, longest, var = ELEMENTS[field]
        value = draw(rng, kind, longest, var)
        wire, units = write(value, kind, dialect)
        data += (prefix(units, var, dialect.get("len", "ascii")) if var else b"") + wire
        fields[str(field)] = value
    return data, mti, fields


def dialects():
    """Every MTI, bitmap, numeric, text, binary and length encoding with every other of its kind."""
    out = []
    for mti in ("ascii", "bcd", "ebcdic"):
        for bitmap in ("bin", "hex", "ebcdic_hex"):
            for n, length in (("ascii", "ascii"), ("bcd", "bcd"), ("bcd", "bin"), ("ebcdic", "ebcdic"), ("ascii", "bcd"), ("ascii", "bin")):
                an = "ebcdic" if "ebcdic" in (mti, n) else "ascii"
                binary = {"bin": "raw", "hex": "hex", "ebcdic_hex": "ebcdic_hex"}[bitmap]
                out.append({"version": "1987", "mti": mti, "bitmap": bitmap, "n": n, "an": an, "z": n, "b": binary, "len": length})
    for i, dialect in enumerate(out):
        if i % 5 == 1:
            dialect["pad"] = "right"
        if i % 7 == 2:
            dialect["header_len"] = 12
        if i % 11 == 3:
            dialect["bitmap_len"] = 16
        if i % 3 == 0:
            dialect["ebcdic"] = "cp037"
    return out


def row(dialect, data, rest):
    key = hashlib.sha256(data + json.dumps(dialect, sort_keys=True).encode()).hexdigest()[:12]
    return dict({"id": "own-" + key, "source": "own", "dialect": dialect, "hex": data.hex()}, **rest)


def special():
    """Rare rules, by hand: [dialect overrides of one field, data behind MTI and bitmap, value or None]."""
    base = {"version": "1987", "mti": "ascii", "bitmap": "bin"}
    cases = [
        (63, {"type": "b", "max": 6, "var": 3, "enc": "hex", "chars": 1}, b"004AbCd", "ABCD"),
        (63, {"type": "b", "max": 6, "var": 3, "enc": "hex"}, b"002AbCd", "ABCD"),
        (63, {"type": "b", "max": 3, "var": 2, "enc": "bcd", "len": "bcd"}, b"\x05\x01\x23\x45", "12345"),
        (63, {"type": "b", "max": 2, "var": 2, "enc": "bcd", "len": "bcd"}, b"\x05\x01\x23\x45", None),
        (63, {"type": "n", "max": 8, "var": 2, "enc": "raw", "unit": "bytes"}, b"02\xAB\xCD", "ABCD"),
        (63, {"type": "n", "max": 5, "var": 0, "enc": "bcd", "pad": "right"}, b"\x12\x34\x5F", "12345"),
        (63, {"type": "n", "max": 5, "var": 0, "enc": "bcd"}, b"\xF1\x23\x45", "12345"),
        (63, {"type": "n", "max": 5, "var": 0, "enc": "bcd"}, b"\x01\x2A\x45", None),
        (63, {"type": "n", "max": 5, "var": 0, "enc": "bcd", "lax": 1}, b"\x01\x2A\x45", "12A45"),
        (63, {"type": "n", "max": 5, "var": 0, "enc": "bcd"}, b"\x01\x2D\x45", "12=45"),
        (63, {"type": "n", "max": 5}, b"00512=45", "12=45"),
        (63, {"type": "n", "max": 5}, b"00512 45", None),
        (63, {"type": "an", "max": 20, "var": 3, "len": "hex"}, b"00Aabcdefghij", "abcdefghij"),
        (63, {"type": "an", "max": 20, "var": 3, "len_adj": -2}, b"012abcdefghij", "abcdefghij"),
        (63, {"type": "an", "max": 20, "var": 3, "len_adj": -2}, b"001", None),
        (63, {"type": "an", "max": 0, "var": 0}, b"", ""),
        (63, {"type": "an", "max": 20}, b"000", ""),
        (63, {"type": "an", "max": 20}, b"021" + b"x" * 21, None),
        (63, {"type": "an", "max": 999999, "var": 6}, b"000003abc", "abc"),
        (63, {"type": "an", "max": 20, "var": 1, "lenbytes": 2, "len": "bin"}, b"\x00\x03abc", "abc"),
        (63, {"type": "an", "max": 20, "enc": "ebcdic", "len": "ebcdic"}, b"\xF0\xF0\xF2\xAD\xBD", "[]"),
        (63, {"type": "xn", "max": 9, "var": 0, "enc": "bcd"}, b"D\x12\x34\x56\x78", "D12345678"),
        (63, {"type": "ans", "max": 9}, b"003a\xE9b", "a\u00e9b"),
    ]
    for field, override, body, value in cases:
        dialect = dict(base, fields={str(field): override})
        data = b"0200" + (1 << (64 - field)).to_bytes(8, "big") + body
        yield row(dialect, data, {"error": {"why": "by hand"}} if value is None else {"mti": "0200", "fields": {str(field): value}})
    top, third = 1 << 63, 1 << 63 | 1 << 53
    thirds = {"130": {"type": "an", "max": 3, "var": 0}}
    words = lambda *w: b"0800" + b"".join(x.to_bytes(8, "big") for x in w)
    yield row(dict(base, fields=thirds), words(top, third, 1 << 62) + b"1234567890" + b"abc", {"mti": "0800", "fields": {"75": "1234567890", "130": "abc"}})
    yield row(dict(base, fields=thirds), words(top, third, 1 << 61) + b"1234567890" + b"abc", {"error": {"field": "131", "why": "no format"}})
    yield row(dict(base, no_third=1), words(top, top) + b"12345678", {"mti": "0800", "fields": {"65": "3132333435363738"}})
    yield row(dict(base, bitmap_len=16), words(0, 0), {"mti": "0800", "fields": {}})
    yield row(dict(base, trailing_ok=1), words(1 << 53) + b"123456rest", {"mti": "0800", "fields": {"11": "123456"}})
    yield row(base, words(1 << 53) + b"123456rest", {"error": {"field": "-1", "why": "bytes left over"}})
    yield row(base, b"08O0" + bytes(8), {"error": {"field": "0", "why": "letter in the MTI"}})
    yield row(dict(base, bitmap="hex"), b"0800" + b"0020000000000G00", {"error": {"field": "1", "why": "not hex"}})


def main():
    rng = random.Random(8583)
    for dialect in dialects():
        for _ in range(2):
            data, mti, fields = message(rng, dialect)
            print(json.dumps(row(dialect, data, {"mti": mti, "fields": fields})))
        longer = data + b"0"
        print(json.dumps(row(dialect, longer, {"error": {"field": "-1", "why": "one byte too many"}})))
        print(json.dumps(row(dialect, data[: rng.randint(0, len(data) - 1)], {"error": {"why": "cut short"}})))
    for vector in special():
        print(json.dumps(vector))


if __name__ == "__main__":
    main()
