#!/usr/bin/env python3
"""Goal: `countersign decode mt` writes one JSON object a message as its contract says, of files and standard input, by both
profiles, with keys of local authentication by partner; what cannot work is said, with the exit status documented.
Method: the real binary over messages of our own making."""
import hashlib
import hmac
import json
import os
import pathlib
import re
import subprocess
import tempfile

from bank import Tap

ROOT = pathlib.Path(os.environ.get("COUNTERSIGN_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("COUNTERSIGN", str(ROOT / "build/dev/countersign"))
HEAD = "{1:F01ALFABEBBAXXX4321000777}{2:I%sDELTUS33XXXXN}{4:\r\n"
FREE = HEAD % "199" + ":20:FREE1\r\n:79:HELLO\r\n-}"
CUSTOMER = (HEAD % "103" + ":20:ORD-771\r\n:23B:CRED\r\n:32A:261126USD1250,5\r\n:50K:/BE71096123456769\r\nVERBEECK EN ZONEN\r\n"
            ":59F:/000123456789\r\n1/BLUE RIDGE\r\n1/TOOLS INC\r\n2/12 MILL ROAD\r\n3/US/ASHEVILLE\r\n:71A:OUR\r\n-}")
STATEMENT = (":20:S1\n:25:77\n:28C:3/1\n:60F:C261125EUR1,\n:61:2611251126D0,5NMSCNONREF//B1\nMORE\n:86:W\u00d6RTER\n"
             ":62F:C261126EUR0,5\n:20:S2\n:25:77\n:60F:C261125EUR1,\n:62F:C261126EUR2,\n")
MEMBERS = ["file", "offset", "type", "verdict", "reasons", "alerts", "key"]


def decode(*arguments, stdin=b""):
    run = subprocess.run([BINARY, "decode", "mt", *map(str, arguments)], input=stdin, capture_output=True, timeout=60)
    return run, [json.loads(line) for line in run.stdout.decode().splitlines()]


def contract(tap, folder):
    path = folder / "day.fin"
    path.write_bytes((FREE + "$" + CUSTOMER + "\r\nstray\r\n" + FREE[:-1]).encode())
    run, rows = decode(path)
    tap.ok(run.returncode == 0 and not run.stderr and [r["type"] for r in rows] == ["MT199", "MT103", "unknown", "MT199"]
              and [r["verdict"] for r in rows] == ["accept", "accept", "reject", "reject"], "each message has its line", rows)
    tap.ok(all(list(r) == MEMBERS and r["file"] == str(path) for r in rows), "members are those of the contract", rows)
    text = path.read_bytes()
    tap.ok([r["offset"] for r in rows] == [0, len(FREE) + 1, text.index(b"stray"), text.rindex(b"{1:")],
              "offsets are bytes of the file", rows)
    tap.ok(rows[3]["reasons"][0]["code"] == "truncated" and rows[3]["reasons"][0]["offset"] == len(text),
              "so are those of reasons", rows[3])
    tap.ok(rows[1]["key"] == {
        "sender_bic": "ALFABEBBXXX", "receiver_bic": "DELTUS33XXX", "reference": "ORD-771", "value_date": "2026-11-26",
        "currency": "USD", "amount": "1250.5", "ordering_customer": "VERBEECK EN ZONEN",
        "ordering_account": "BE71096123456769", "beneficiary_customer": "BLUE RIDGE TOOLS INC",
        "beneficiary_account": "000123456789"}, "the key is flat", rows[1])
    run, again = decode("-", stdin=text)
    run, silent = decode(stdin=text)
    tap.ok([dict(r, file=0) for r in rows] == [dict(r, file=0) for r in again] == [dict(r, file=0) for r in silent]
              and again[0]["file"] == "-", "standard input as - or by default")
    run, both = decode(path, path)
    tap.ok(both == rows + rows, "files one after the other")


def full(tap):
    run, rows = decode("--full", stdin=CUSTOMER.encode())
    told = rows[0]["full"]
    tap.ok(told["beneficiary_customer"] == {
        "option": "F", "account": "000123456789", "name": "BLUE RIDGE TOOLS INC", "address": ["12 MILL ROAD"],
        "details": ["3/US/ASHEVILLE"], "country": "US"} and told["session"] == "4321" and told["mt"] == "103"
        and [f["tag"] for f in told["fields"]] == ["20", "23B", "32A", "50K", "59F", "71A"]
        and told["fields"][0]["offset"] == CUSTOMER.index("ORD"), "--full takes parties and headers apart", told)
    run, rows = decode("--full", "--profile=statement", stdin=STATEMENT.encode())
    tap.ok([r["verdict"] for r in rows] == ["accept", "accept"] and rows[0]["alerts"] == []
              and rows[1]["alerts"] == ["balance_mismatch"], "statements without blocks, and what does not add up", rows)
    told = rows[0]["full"]
    tap.ok(told["entries"] == [{"value_date": "2026-11-25", "entry_date": "2026-11-26", "mark": "D", "amount": "0.5",
                                   "type": "NMSC", "customer_ref": "NONREF", "bank_ref": "B1", "supplementary": "MORE",
                                   "info": "W\u00d6RTER"}]
              and told["opening"] == {"mark": "C", "date": "2026-11-25", "currency": "EUR", "amount": "1", "kind": "F"}
              and (told["n_entries"], told["total_credits"], told["total_debits"], told["balance_ok"]) == (1, "0", "0.5", True)
              and (told["account"], told["statement_number"], told["sequence_number"]) == ("77", "3", "1"),
              "entries, balances and sums", told)
    run, latin = decode("--full", "--profile=statement", stdin=STATEMENT.encode("latin-1"))
    tap.ok(latin[0]["full"]["entries"][0]["info"] == "W\u00d6RTER", "ISO 8859-1 as well as UTF-8")
    run, rows = decode(stdin=STATEMENT.encode())
    tap.ok([r["verdict"] for r in rows] == ["reject"], "the strict profile refuses them", rows)


def cells(tap, folder):
    words = CUSTOMER.replace(":71A:OUR", ":70:RENT 4111 1111\r\n1111 1111 OF DI\r\n:71A:OUR\r\n:72:/BNF/FOR ED\r\n//PATTERN")
    path = folder / "cells.fin"
    path.write_text(FREE + "\r\nstray\r\n" + words, newline="")
    text = path.read_bytes().decode()
    run, rows = decode("--cells", path)
    tap.ok(run.returncode == 0 and [r["row"] for r in rows] == [1, 2] and rows[1]["offset"] == len(FREE) + 9
           and b"cells.fin:" in run.stderr and b" at byte " in run.stderr,
           "each row has its line, what is refused is said", (rows, run.stderr))
    told = rows[1]["cells"]
    party = told["beneficiary_party"]
    tap.ok(told["reference"] == "ORD-771" and [p["field"] for p in party] == ["59F"]
           and [(n["role"], n["name"]) for n in party[0]["names"]][:1] == [("name", "BLUE RIDGE TOOLS INC")]
           and (party[0]["names"][0]["line"], party[0]["names"][0]["column"]) == (2, 3)
           and party[0]["names"][0]["offset"] == text.index("BLUE RIDGE"), "a party's names, with their places", party)
    tap.ok(told["narrative"][0]["text"] == "RENT 4111 11**\r\n**** 1111 OF DI" and told["narrative"][0]["field"] == "70"
           and told["sender_to_receiver"][0]["text"].endswith("//PATTERN"), "words, without card numbers", told)
    run, rows = decode("--cells", "--profile=statement", stdin=STATEMENT.encode())
    entry = [r["cells"] for r in rows if r["cells"]["kind"] == "entry"][0]
    tap.ok(entry["information"][0]["field"] == "86" and entry["supplementary"][0]["line"] == 2, "words of entries", entry)
    endless = HEAD % "199" + ":20:X\r\n:79:" + "A" * 100000 + "\r\n-}"
    for bad in (endless, "", "{1:", ":50K:", words.replace("BLUE RIDGE", "")):
        run, rows = decode("--cells", stdin=bad.encode())
        tap.ok(run.returncode == 0, "any bytes", (bad[:40], run.stderr))


def authentication(tap, folder):
    keys = folder / "keys"
    key = "Left567890123456Right78901234567"
    digest = hmac.new(key.encode(), CUSTOMER.encode(), hashlib.sha256).hexdigest().upper()
    signed = CUSTOMER + "{S:{MDG:%s}}" % digest

    def alerts(lines, message):
        keys.write_text(lines)
        return decode("--lau-key", keys, stdin=message.encode())[1][0]["alerts"]

    own = "# partners\nDELTUS33XXX %s %s\n" % (key[:16], key[16:])
    tap.ok(alerts(own, signed) == alerts("* %s\n" % key, signed) == alerts(key + "\n", signed) == [],
              "a right digest, by partner, for everybody, in halves")
    tap.ok(alerts(own, signed.replace("1250,5", "9250,5")) == ["lau_mismatch"], "a changed amount is told")
    tap.ok(alerts(own, CUSTOMER) == ["lau_missing"], "a missing digest is told")
    tap.ok(alerts("GAMAFRPP %s\n" % key, CUSTOMER) == [], "a partner without a key is not asked for one")
    tap.ok(alerts("ALFABEBB %s\n* %s\n" % ("x" * 32, key), signed) == ["lau_mismatch"], "the first key that is the partner's")
    run, rows = decode("--lau-key", folder / "absent", stdin=b"")
    tap.ok(run.returncode == 2 and b"absent: cannot be opened" in run.stderr, "keys that are not there", run.stderr)
    keys.write_text("# long\n" * 10000)
    run, rows = decode("--lau-key", keys, stdin=b"")
    tap.ok(run.returncode == 2 and b"limit" in run.stderr, "more keys than there is room for", run.stderr)
    for bad in ("short\n", "ALFABEBB\n", "ALFA %s\n" % key, "ALFABEBB %s x\n" % key, "ALFABEBB a b c\n"):
        keys.write_text("\n" + bad)
        run, rows = decode("--lau-key", keys, stdin=b"")
        tap.ok(run.returncode == 2 and b":2: write PARTNER KEY" in run.stderr and key.encode() not in run.stderr,
                  "'%s' is no key" % bad.split()[0], run.stderr)


def cards(tap):
    """Card numbers that somebody wrote into a message are in no output."""
    text = CUSTOMER.replace("/000123456789\r\n1/BLUE RIDGE\r\n", "/4242424242424242\r\n1/4012 8888 8888 1881\r\n")
    text = text.replace(":71A:", ":70:PAY 41111111\r\n11111111\r\n:71A:", 1)
    for message, profile in ((text, "strict"), (STATEMENT.replace(":86:", ":86:5555-5555-5555-4444 "), "statement")):
        for full in ((), ("--full",)):
            run, rows = decode(*full, "--profile", profile, stdin=message.encode("latin-1"))
            digits = re.sub(r"\\u000[aAdD]|\\r|\\n|[ -]", "", run.stdout.decode())
            seen = [card for card in ("4111111111111111", "4242424242424242", "4012888888881881", "5555555555554444")
                    if card in digits]
            tap.ok(rows and not seen, f"no card number is written: {profile} {' '.join(full)}", run.stdout)
    run, rows = decode("--full", stdin=text.encode())
    tap.ok(rows[0]["verdict"] == "accept" and rows[0]["key"]["beneficiary_account"] == "424242******4242"
           and rows[0]["key"]["beneficiary_customer"] == "4012 88** **** 1881 TOOLS INC"
           and rows[0]["full"]["remittance"] == "PAY 411111**\n****1111", "its middle is starred", rows)


def complaints(tap, folder):
    run, rows = decode(folder / "absent")
    tap.ok(run.returncode == 3 and b"absent: cannot be opened" in run.stderr, "a file that is not there", run.stderr)
    good = folder / "good"
    good.write_text(FREE)
    run, rows = decode(folder / "absent", good)
    tap.ok(run.returncode == 3 and len(rows) == 1, "the others are read all the same")
    run, rows = decode("--profile", "lax")
    tap.ok(run.returncode == 2 and b"write strict or statement" in run.stderr, "a profile that is none", run.stderr)
    run, rows = decode("--ful")
    tap.ok(run.returncode == 2 and b"did you mean --full?" in run.stderr, "an option that is none", run.stderr)
    run, rows = decode(stdin=b"")
    tap.ok(run.returncode == 0 and len(rows) == 1 and rows[0]["verdict"] == "reject", "an empty file is refused", rows)
    run, rows = decode(stdin=bytes(range(256)) * 64)
    tap.ok(run.returncode == 0 and rows and all(r["verdict"] == "reject" for r in rows), "so is what is no message")
    lines = 0
    for text, profile in ((CUSTOMER.encode(), "strict"), (STATEMENT.encode("latin-1"), "statement")):
        changed = b"".join(text[:at] + bytes([255 - at % 128]) + text[at + 1:] + b"\n" for at in range(len(text)))
        run, rows = decode("--full", "--profile", profile, stdin=changed)
        lines += len(rows)
    tap.ok(lines > 500, "any byte in any place gives lines of JSON in UTF-8", lines)


def documentation(tap):
    source = "".join(path.read_text() for path in (ROOT / "src/decode").glob("mt*.[cd]*"))
    codes = set(re.findall(r'"([A-Z]\d\d)"', source)) | {"truncated", "trailing"}
    alerts = set(re.findall(r"CS_PAYMENT_ALERT_([A-Z_]+[A-Z])", source))
    page = (ROOT / "docs/payments.md").read_text()
    told = set(re.findall(r"[\w]+", page))
    missing = sorted(code for code in codes | {alert.lower() for alert in alerts} if code not in told)
    tap.ok(len(codes) > 60 and not missing, "docs/payments.md tells every code and alert", missing)
    cells = re.findall(r'^(?:CELL|KEY)\(\w+, "(\w+)"', "".join((ROOT / "src/decode" / name).read_text()
                                                              for name in ("row_cell.def", "payment.def")), re.M)
    missing = [cell for cell in cells if f"`{cell}`" not in page]
    tap.ok(len(cells) > 35 and not missing, "and every cell of a record", missing)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        contract(tap, pathlib.Path(folder))
        full(tap)
        cells(tap, pathlib.Path(folder))
        authentication(tap, pathlib.Path(folder))
        complaints(tap, pathlib.Path(folder))
    cards(tap)
    documentation(tap)
    tap.done()


if __name__ == "__main__":
    main()
