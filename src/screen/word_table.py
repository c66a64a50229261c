#!/usr/bin/env python3
"""Makes words.inc out of rigour's name tables (MIT): legal forms, words of business in many languages, titles, short names.

The country of a legal form is this project's own row below. Run it by hand; the result is committed.

usage: word_table.py FOLDER > words.inc        FOLDER holds org_types.yml, symbols.yml, stopwords.yml
"""
import os
import sys

import yaml

# Families of legal forms; LLC and Ltd, JSC and PLC are one each, as translators take them for one.
FAMILIES = {"LLC": 1, "JSC": 2, "LP": 3, "LLP": 4, "COOP": 5, "GP": 6, "NGO": 7, "SOE": 8, "SP": 9, "FIN": 10, "JV": 11,
            "MIL": 12, "REL": 13, None: 15, "": 15}
# Where a form can only be from; forms that are not here are used in translation, or in many countries.
COUNTRIES = {
    "de": "gmbh ggmbh ug ag kg ek kgaa ohg gmbh&co.kg eg gbr partg ev stg keg oeg og",
    "ru": "ooo oao zao pao ao gup fgup fgbu anno nao", "ua": "tov tob at vat zat pat fop pp", "by": "taa aat pup",
    "pl": "sp.zo.o.", "it": "spa srl sapa snc", "es": "sl sll slne", "fr": "sarl sas eurl sasu sca", "mx": "sadecv sapidecv s.derl.decv.",
    "br": "ltda eireli", "nl": "bv nv vof vzw", "se": "ab ek.for.", "dk": "a/s aps ivs smba", "fi": "oy oyj", "ee": "ou mtu",
    "lt": "uab", "lv": "sia", "hu": "kft. rt. nyrt. zrt. bt. kkt.", "cz": "sro s.r.o. vos zs", "si": "d.d. d.o.o. jdoo",
    "bg": "ood eood ead", "tr": "ltdsti sti", "jp": "gk yk kk", "my": "sdnbhd bhd", "sg": "pteltd", "au": "ptyltd",
    "ae": "fze fzco dmcc", "ge": "shps", "id": "pt pttbk", "vn": "ctycp ctytnhh", "be": "sprl bvba", "al": "sh.p.k. sh.a.",
}
SPECIAL = {"co": ("FORM", 14), "corp": ("FORM", 14), "bros": ("KIN", 3), "named": ("PARTICLE", 0), "socalled": ("PARTICLE", 0)}
FAMOUS = ("alqaeda", "hezbollah", "irgc", "pla", "ccp", "cia")
TITLES = ("dr", "esq", "prof", "md", "dds", "dvm", "phd", "cpa", "cfa", "cma", "csa", "haji", "sheikh")


def quoted(words):
    seen = dict.fromkeys(str(w).replace("|", " ") for w in words)
    text = "|".join(w for w in seen if w.strip())
    return '"' + "".join(c if " " <= c <= "~" and c not in '"\\?' else "\\" + c if c in '"\\?' else
                         f"\\u{ord(c):04x}" if 0xa0 <= ord(c) <= 0xffff else " " for c in text) + '"'


def put(kind, code, words):
    """Rows of at most 40 spellings: compilers need not take longer strings."""
    words = list(words)
    for at in range(0, len(words), 40):
        print(f"W({kind}, {code}, {quoted(words[at:at + 40])})")


def country_of(form):
    key = "".join(str(form.get("display") or "").lower().split())
    plain = key.replace(".", "")
    for number, forms in enumerate(COUNTRIES.values(), 1):
        if key in forms.split() or plain in forms.split():
            return number
    cyrillic = any("\u0400" <= c <= "\u04ff" for c in key)
    return list(COUNTRIES).index("ru") + 1 if cyrillic else 0


def main():
    read = lambda name: yaml.safe_load(open(os.path.join(sys.argv[1], name), encoding="utf-8"))
    print("/* Made by word_table.py out of tables of OpenSanctions' rigour, MIT License, Copyright (c) 2023-2025 OpenSanctions\n"
          " * Datenbanken GmbH; the licence stands in docs/third-party.md. W(class, code, \"spelling|spelling\") */")
    symbols = read("symbols.yml")
    for form in read("org_types.yml")["types"]:
        code = FAMILIES[form.get("generic")] + 16 * country_of(form)
        names = [n for n in (form.get("display"), form.get("compare")) if n] + form.get("aliases", [])
        names = [n for n in names if str(n).lower() not in ("ll", "pe", "pc", "id", "im", "is", "at", "ii", "od", "or")]
        put("FORM", code, names)
    number = 1
    for group in ("org_symbols", "org_domains"):
        for name, words in symbols[group].items():
            if name in ("tpb", "snco", "nbco"):  # names of firms rather than words
                continue
            if name in FAMOUS:
                put("PROPER", 0x4000 + FAMOUS.index(name), words)
                continue
            kind, code = SPECIAL.get(name, ("TRADE", 100 + number))
            if name in ("branch", "repoff"):
                kind, code = "TRADE", 99
            number += 1
            put(kind, code, [w for w in words if len(str(w)) > 2 or kind != "TRADE"])
    for name, words in symbols["person_symbols"].items():
        if name in ("jr", "sr"):
            put("KIN", 1 + (name == "sr"), words)
        elif name in TITLES:
            put("HONORIFIC", 0, words)
        else:
            put("PARTICLE", 0, words)
    put("HONORIFIC", 0, read("stopwords.yml")["PERSON_NAME_PREFIXES"])
    for at, words in enumerate(symbols["person_nick"].values()):
        put("PROPER", 0x2000 + at, words)
    for at, words in enumerate(symbols["person_name_parts"].values()):
        put("PROPER", 0x5000 + at, words)


main()
