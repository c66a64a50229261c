#!/usr/bin/env python3
"""Goal: on random messages, valid and damaged, under all 16 encoding combinations, the binary and the independent
reference decoder of the shared data agree; so they do under dialects with any override beside any other: the same values, or both refuse.
Method: messages are drawn field by field over the whole base table of each version, then some are cut, extended or
have bytes changed. --count N for more than the usual 20,000, --seed N for others."""
import argparse
import itertools
import os
import random
import sys

import countersign as cs

NUMERIC, TEXT = "0123456789", "ABCXYZabcxyz0123456789 .,-/=:"


def combinations():
    """MTI and numeric in three, bitmap in two or three, lengths: 16 that live on networks."""
    rows = []
    for mti, bitmap, n, an, length in itertools.chain(
        itertools.product(("ascii",), ("bin", "hex"), ("ascii", "bcd"), ("ascii",), ("ascii", "bcd")),
        itertools.product(("bcd",), ("bin",), ("bcd",), ("ascii", "ebcdic"), ("bcd", "bin")),
        itertools.product(("ebcdic",), ("bin", "ebcdic_hex"), ("ebcdic", "bcd"), ("ebcdic",), ("ebcdic",)),
    ):
        b = {"bin": "raw", "hex": "hex", "ebcdic_hex": "ebcdic_hex"}[bitmap]
        rows.append({"mti": mti, "bitmap": bitmap, "n": n, "an": an, "z": n, "b": b, "len": length})
    assert len(rows) == 16
    return rows


def packed(nibbles, pad):
    if len(nibbles) % 2:
        nibbles = "0" + nibbles if pad == "left" else nibbles + "F"
    return bytes.fromhex(nibbles)


def prefix(n, spec):
    width, how = spec["lenbytes"], spec["len"]
    if how == "bin":
        return n.to_bytes(width, "big")
    text = str(n).zfill(width * 2 if how == "bcd" else width)
    return bytes.fromhex(text) if how == "bcd" else text.encode("cp037" if how == "ebcdic" else "latin-1")


def value(rng, spec):
    """The bytes of one field by its spec (check_vectors.spec), and its length in units."""
    n = spec["max"]
    if spec["var"]:
        n = min(rng.randint(0, min(n, 40)) if rng.random() < 0.95 else n, 99 if spec["var"] < 3 else 300)
    kind, how = spec["type"], spec["enc"]
    if how == "bcd":
        if kind == "xn":
            n = max(n, 1)
            return rng.choice(b"CD").to_bytes(1, "big") + packed("".join(rng.choices(NUMERIC, k=n - 1)), "left"), n
        return packed("".join(rng.choices(NUMERIC + ("D" if kind == "z" else ""), k=n)), spec["pad"]), n
    if how == "raw":
        return rng.randbytes(n), n
    if kind == "b":
        text = rng.randbytes(n).hex().upper()
        return text.encode("cp037" if how == "ebcdic_hex" else "latin-1"), n
    text = "".join(rng.choices(NUMERIC if kind in ("n", "xn") else TEXT, k=n))
    return text.encode("cp037" if how == "ebcdic" else "latin-1"), n


def odd_dialect(rng):
    """A dialect with several fields overridden, any rule with any other."""
    dialect = dict(rng.choice(combinations()), version=rng.choice(("1987", "1993", "2003")), pad=rng.choice(("left", "right")))
    if rng.random() < 0.2:
        dialect["bitmap_len"] = 16
    if rng.random() < 0.2:
        dialect["no_third"] = 1
    dialect["fields"] = {}
    for field in rng.sample(range(2, 129), 30):
        dialect["fields"][str(field)] = odd_field(rng)
    return dialect


def odd_field(rng):
    def maybe(**choices):
        return {k: rng.choice(v) for k, v in choices.items() if rng.random() < 0.4}

    field = {"type": rng.choice(("n", "xn", "z", "b", "an", "ans")), "max": rng.choice((0, 1, 2, 3, 7, 8, 16, 37, 255, 999, 9999)),
             "var": rng.choice((0, 0, 1, 2, 3, 4, 6))}
    field.update(maybe(enc=("ascii", "bcd", "ebcdic", "raw", "hex", "ebcdic_hex"), len=("ascii", "bcd", "ebcdic", "bin"),
                       pad=("left", "right"), unit=("bytes", "digits"), lax=(0, 1)))
    if field["var"]:
        field.update({k: v for k, v in maybe(lenbytes=(1, 2, 3, 4), len_adj=(-2, -1, 1, 2)).items() if rng.random() < 0.5})
    if field.get("unit") == "digits" or field.get("enc", "bcd") == "bcd":
        field.pop("len_adj", 0)  # the reference takes minus one digit for none; the binary refuses it
    if field["type"] == "b" and field.get("enc") in ("hex", "ebcdic_hex") and rng.random() < 0.5:
        field["chars"] = 1
    return field


def odd_value(rng, spec):
    """Bytes as wide as the reference will take them, of characters likely to pass; and the length to announce."""
    most = spec["max"] * (2 if spec["type"] == "b" and spec["unit"] == "digits" else 1)
    n = rng.randint(0, min(most, 20)) if spec["var"] else spec["max"]
    width = (n + 1) // 2 if spec["unit"] == "digits" else n
    if spec["enc"] == "bcd" and spec["type"] == "xn":
        width = 1 + n // 2
    if spec["type"] == "b" and spec["enc"] in ("hex", "ebcdic_hex") and spec["unit"] == "bytes" and not spec.get("chars"):
        width = n * 2
    if spec["enc"] == "bcd":
        data = bytes.fromhex("".join(rng.choices(NUMERIC * 6 + "D", k=2 * width)))
    elif spec["enc"] == "raw":
        data = rng.randbytes(width)
    else:
        text = "".join(rng.choices("0123456789ABCDEF" if spec["type"] == "b" else NUMERIC, k=width))
        data = text.encode("cp037" if spec["enc"].startswith("ebcdic") else "latin-1")
    announced = n - spec.get("len_adj", 0)
    room = 256 ** spec["lenbytes"] if spec.get("len") == "bin" and spec["var"] else 10 ** (spec.get("lenbytes", 1) * (2 if spec["len"] == "bcd" else 1))
    return (data, announced) if 0 <= announced < room else (b"", 0)


def build(rng, ref, dialect):
    odd = "fields" in dialect
    pool = [f for f in range(2, 129) if f != 65]
    chosen = sorted(rng.sample(pool, rng.randint(1, 16)) if not odd else rng.sample([f for f in pool if str(f) in dialect["fields"]], rng.randint(1, 5)))
    both = max(chosen) > 64 or dialect.get("bitmap_len") == 16
    bits = sum(1 << (128 - f) for f in chosen) | ((1 << 127) if both else 0)
    mti = rng.choice(("0100", "0200", "0210", "1420", "2800"))
    out = bytes.fromhex(mti) if dialect["mti"] == "bcd" else mti.encode("cp037" if dialect["mti"] == "ebcdic" else "latin-1")
    raw = bits.to_bytes(16, "big")[: 16 if both else 8]
    out += raw if dialect["bitmap"] == "bin" else raw.hex().upper().encode("cp037" if dialect["bitmap"] == "ebcdic_hex" else "latin-1")
    for field in chosen:
        spec = ref.spec(dialect, field)
        data, n = (odd_value if odd else value)(rng, spec)
        out += (prefix(n, spec) if spec["var"] else b"") + data
    return out


def damage(rng, data):
    way = rng.random()
    if way < 0.6:
        return data
    if way < 0.7:
        return data[: rng.randrange(len(data))]
    if way < 0.75:
        return data + rng.randbytes(rng.randint(1, 4))
    out = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        out[rng.randrange(len(out))] = rng.choice((rng.randrange(256), ord("0") + rng.randrange(10), ord("="), 0xD1))
    return bytes(out)


def expect(ref, data, dialect):
    try:
        mti, fields = ref.decode(data, dialect)
    except ref.Bad:
        return None
    return {"mti": mti, "fields": fields}


def hex_is_hex(ref, dialect, fields):
    """The reference capitalises damaged hex text beyond ISO 8859-1 (sharp s, y with dots): nothing to agree on."""
    texts = (v for f, v in fields.items() if ref.spec(dialect, int(f))["enc"] in ("hex", "ebcdic_hex"))
    return all(c in "0123456789ABCDEF" for v in texts for c in v)


def compare(tap, ref, dialect, messages):
    answers = cs.decode(dialect, messages)
    bad, valid, left_out = [], 0, 0
    for data, answer in zip(messages, answers):
        want = expect(ref, data, dialect)
        if want and not hex_is_hex(ref, dialect, want["fields"]):
            left_out += 1
            continue
        valid += want is not None
        if ("error" not in answer and "exit" not in answer) != (want is not None) or (want and answer != want):
            bad.append("%s\n  want %s\n  got  %s" % (data.hex(), want, answer))
    name = " ".join([dialect["version"], dialect["mti"], dialect["bitmap"], dialect["n"], dialect["an"], dialect["len"]])
    tap.point(not bad and valid > len(messages) // (3 if "fields" not in dialect else 50), "%s: %d messages, %d valid" % (name, len(messages) - left_out, valid), "\n".join(bad[:3])[:2000])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    tap = cs.Tap()
    if not os.path.exists(os.path.join(cs.ISO8583, "check_vectors.py")):
        cs.absent(tap, "differential", "the reference decoder " + cs.ISO8583)
        tap.end()
    sys.path.insert(0, cs.ISO8583)
    import check_vectors as ref

    rng = random.Random(args.seed)
    dialects = [dict(row, version=version, pad=pad) for i, row in enumerate(combinations()) for version, pad in (("1987", "left"), (("1993", "2003")[i % 2], "right"))]
    for dialect in dialects:
        messages = [damage(rng, build(rng, ref, dialect)) for _ in range(args.count // len(dialects))]
        compare(tap, ref, dialect, messages)
    for _ in range(args.count // 200):
        dialect = odd_dialect(rng)
        compare(tap, ref, dialect, [damage(rng, build(rng, ref, dialect)) for _ in range(60)])
    tap.end()


if __name__ == "__main__":
    sys.exit(main())
