#!/usr/bin/env python3
"""Makes fold.inc: how each character of the basic plane is written in small Latin letters.

Romanisations of Cyrillic, Greek, Arabic, Hebrew, Armenian and Georgian are the rows below; everything else is what ICU's
transliterator (uconv of Debian's icu-devtools) makes of the single character. Of Kana, Thai and the scripts of India, which
fold_run.h is for, only digits and what parts words are taken from here. Run it by hand; the result is committed, so
that a build needs no ICU and a newer ICU changes no score.

usage: fold_table.py > fold.inc
"""
import subprocess
import sys
import unicodedata

UPPER, LOWER, INHERENT, ERASE, ALONE = 8, 16, 32, 64, 128
SEPARATOR, DROP = 0, 1

ROWS = """
0430 a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya
0450 e yo dj g ye dz i yi y lj nj c k i u dz
0491 g
0493 gh
0497 zh
049b q
049d k
04a3 n
04a9 o
04ab s
04af u
04b1 u
04b3 kh
04b7 j
04b9 j
04bb h
04d9 a
04e3 i
04e9 o
04ef u
03b1 a v g d e z i th i k l m n x o p r s s t y f ch ps o
0621 - a a u a i a b a t th j h kh d dh r z s sh s d t z a gh
0641 f q k l m n h u a y
0671 a
0679 t
067c t
067e p
0681 dz
0685 ts
0686 ch
0688 d
0689 d
0691 r
0693 r
0696 zh
0698 zh
069a sh
06a4 v
06a9 k
06ab g
06af g
06ba n
06bc n
06be h
06c0 h
06c1 h
06c3 a
06cc y
06cd y
06d0 e
06d2 e
06d3 e
05d0 a b g d h v z h t y k k l m m n n s a p p ts ts k r sh t
0561 a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f
10d0 a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h
0131 i
00e6 ae
00f0 d
00f8 o
00fe th
0111 d
0142 l
014b n
0153 oe
0259 a
018f a
"""
OWN = {"\u0640": "", "\u00df": "ss", "\u3231": " kk ", "\u3232": " yk ", "\u0587": "ev"}
for row in ROWS.strip().split("\n"):
    first, *spelled = row.split()
    for i, letters in enumerate(spelled):
        OWN.setdefault(chr(int(first, 16) + i), "" if letters == "-" else letters)
SIGNS = "\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u0374\u055a\u05f3\u05f4\u0027\u2018\u2019\u201b\u2032\u0060\u00b4\uff07"


def transliterate(characters):
    text = "\n".join(characters)
    made = subprocess.run(["uconv", "-f", "utf-8", "-t", "utf-8", "-x", "Any-Latin; Latin-ASCII; Lower"], input=text.encode(), check=True,
                          capture_output=True).stdout.decode()
    made = made.split("\n")
    if len(made) != len(characters):
        sys.exit("uconv gave another number of lines")
    return dict(zip(characters, made))


def is_han(c):
    return 0x3400 <= ord(c) <= 0x9fff or 0xf900 <= ord(c) <= 0xfaff


def is_brahmic(c):
    return 0x0900 <= ord(c) <= 0x0dff or 0x1000 <= ord(c) <= 0x109f or 0x1780 <= ord(c) <= 0x17ff


def spell(c, icu):
    """(flags, letters), SEPARATOR or DROP."""
    lower = c.lower()
    case = UPPER if unicodedata.category(c) in ("Lu", "Lt") else LOWER if unicodedata.category(c) == "Ll" else 0
    if lower in OWN:
        return (case, OWN[lower]) if OWN[lower] else DROP
    category = unicodedata.category(c)
    if c in SIGNS or category in ("Lm", "Cf") and c != "\u30fc":
        return DROP
    if category == "Nd":
        return 0, str(unicodedata.digit(c))
    if is_brahmic(c) and category in ("Mn", "Mc"):
        sound = "".join(x for x in icu.get(c, "") if x.isascii() and x.isalpha())
        name = unicodedata.name(c, "")
        vowel = "VOWEL SIGN" in name
        killer = "VIRAMA" in name or "ASAT" in name or "COENG" in name
        if vowel or killer:
            return ERASE, sound if vowel else ""
        return (0, sound) if sound and "MEDIAL" in name else DROP
    if category in ("Mn", "Me", "Mc"):
        return DROP
    if unicodedata.decomposition(c) and not is_han(c):
        plain = [x for x in unicodedata.normalize("NFKD", c) if unicodedata.category(x) not in ("Mn",)]
        if plain != [c] and len(plain) <= 4 and all(x.isalnum() for x in plain):
            parts = [spell(x, icu) for x in plain]
            if all(isinstance(p, tuple) for p in parts):
                return case, "".join(p[1] for p in parts)
    if category[0] != "L":
        return SEPARATOR
    letters = "".join(x for x in icu.get(c, "") if x.isascii() and x.isalnum())
    if not letters:
        return DROP if not is_han(c) else (ALONE, "x")
    if is_han(c):
        return ALONE, letters[:7]
    inherent = INHERENT if is_brahmic(c) and len(letters) > 1 and letters.endswith("a") else 0
    return case | inherent, letters[:7]


def main():
    characters = [chr(i) for i in range(0x20, 0xfffe) if not 0xd800 <= i <= 0xf8ff and not 0xac00 <= i <= 0xd7a3
                  and unicodedata.category(chr(i))[0] in "LMN"]
    icu = transliterate(characters)
    pool, places, pages, numbers = bytearray(2), {}, {}, []
    for page in range(256):
        entries = []
        for low in range(256):
            c = chr(page * 256 + low)
            code = SEPARATOR
            if not 0xac00 <= ord(c) <= 0xf8ff or 0xf900 <= ord(c):
                if not 0xd800 <= ord(c) <= 0xdfff:
                    code = spell(c, icu)
            if isinstance(code, tuple):
                if code not in places:
                    places[code] = len(pool)
                    pool += bytes([code[0] | len(code[1])]) + code[1].encode()
                code = places[code]
            entries.append(code)
        numbers.append(pages.setdefault(tuple(entries), len(pages)))
    put = lambda values: "\n".join("\t" + "".join(f"{v}," for v in values[i:i + 24]) for i in range(0, len(values), 24))
    print("/* Made by fold_table.py. What stands here beyond its own rows is derived from ICU's transliteration data,\n"
          " * Copyright (c) 1991-2022 Unicode, Inc., used under the Unicode licence (docs/third-party.md). */")
    print(f"static const uint8_t fold_page_of[256] = {{\n{put(numbers)}\n}};")
    print(f"static const uint16_t fold_code[{len(pages)} * 256] = {{\n{put([e for p in pages for e in p])}\n}};")
    print(f"static const uint8_t fold_pool[{len(pool)}] = {{\n{put(list(pool))}\n}};")


main()
