#!/usr/bin/env python3
"""Makes glyph.inc: which characters are wide, stand over the one before, run from right to left, or are not to be seen.

Run it by hand; the result is committed, so that a report looks the same whatever Python or locale a machine has.

usage: glyph_table.py > glyph.inc
"""
import unicodedata

JOINERS = (0x200c, 0x200d)  # Persian and Indic names are written with them
# What Unicode calls default ignorable and gives another category than Cf.
IGNORED = {0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180c, 0x180d, 0x180e, 0x180f, 0x2065, 0x2800, 0x3164, 0xffa0,
           *range(0xfff0, 0xfff9), *range(0xe0000, 0xe1000)}


def is_hidden(code):
    category = unicodedata.category(chr(code))
    return code not in JOINERS and (category in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co") or code in IGNORED or code & 0xfffe == 0xfffe)


def is_mark(code):
    return code in JOINERS or unicodedata.category(chr(code)) in ("Mn", "Me") or 0x1160 < code < 0x1200


def is_wide(code):
    return unicodedata.east_asian_width(chr(code)) in "WF"


def is_right(code):
    return unicodedata.bidirectional(chr(code)) in ("R", "AL", "AN")


def put(name, wanted):
    ranges, first = [], None
    for code in range(0x110001):
        inside = code < 0x110000 and wanted(code)
        if inside and first is None:
            first = code
        elif not inside and first is not None:
            ranges.append(f"{{0x{first:x}, 0x{code - 1:x}}}")
            first = None
    print(f"static const struct cs_glyph_range {name}[] = {{")
    for at in range(0, len(ranges), 6):
        print("\t" + ", ".join(ranges[at:at + 6]) + ",")
    print("};\n")


print(f"/* Made by glyph_table.py of Unicode {unicodedata.unidata_version}'s data,\n"
      " * Copyright (c) 1991-2021 Unicode, Inc., used under the Unicode licence (docs/third-party.md). */")
put("glyph_hidden", is_hidden)
put("glyph_mark", lambda code: is_mark(code) and not is_hidden(code))
put("glyph_wide", lambda code: is_wide(code) and not is_mark(code) and not is_hidden(code))
put("glyph_right", lambda code: is_right(code) and not is_hidden(code))
