#!/usr/bin/env python3
"""Goal: `countersign decode mx` writes one JSON object a message as its contract says, of files and standard input; every
bad input of the list is refused with its code and byte; what can be told stands in the documentation.
Method: the real binary over messages of our own making."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

from bank import Tap

ROOT = pathlib.Path(os.environ.get("COUNTERSIGN_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("COUNTERSIGN", str(ROOT / "build/dev/countersign"))
XSD = "urn:iso:std:iso:20022:tech:xsd:"
BODY = ("<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-03-02T09:00:00Z</CreDtTm></GrpHdr><Ntfctn><Id>N-1</Id>"
        "<CreDtTm>2026-03-02T09:00:00Z</CreDtTm><Acct><Id><Othr><Id>4711</Id></Othr></Id></Acct><Ntry><Amt Ccy=\"EUR\">12.5</Amt>"
        "<CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BkTxCd><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>"
        "<Refs><EndToEndId>E-1</EndToEndId></Refs><RmtInf><Ustrd>a</Ustrd><Ustrd>Gr\u00fc\u00dfe &amp; &quot;b&quot;</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn>")
GOOD = f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{XSD}camt.054.001.08">{BODY}</Document>\n'
MEMBERS = ["file", "offset", "type", "verdict", "reasons", "alerts", "key"]


def decode(*arguments, stdin=b""):
    run = subprocess.run([BINARY, "decode", "mx", *map(str, arguments)], input=stdin, capture_output=True, timeout=60)
    return run, [json.loads(line) for line in run.stdout.decode().splitlines()]


def contract(tap, folder):
    good, bad = folder / "good.xml", folder / "bad.xml"
    good.write_bytes(GOOD.encode())
    bad.write_bytes(GOOD.replace("DBIT", "OUT").encode())
    run, rows = decode(good, bad)
    tap.ok(run.returncode == 0 and not run.stderr and [r["verdict"] for r in rows] == ["accept", "reject"]
              and [r["file"] for r in rows] == [str(good), str(bad)], "each file has its line", rows)
    tap.ok(all(list(r) == MEMBERS and r["offset"] == 0 and r["type"] == "camt.054.001.08" for r in rows),
              "members are those of the contract", rows)
    tap.ok(rows[0]["key"] == {"reference": "M-1"} and rows[0]["alerts"] == [], "the key", rows[0])
    tap.ok(rows[1]["reasons"] == [{"code": "code", "offset": GOOD.index("<CdtDbtInd>"),
                                      "text": "CdtDbtInd: a code that is not listed"}], "the reason", rows[1])
    run, rows = decode("--full", "-", stdin=GOOD.encode())
    entry = rows[0]["full"]["reports"][0]["entries"][0]
    tap.ok(rows[0]["file"] == "-" and entry["bank_tx_code"] == "NTRF" and entry["n_tx"] == 1
              and entry["tx"][0]["remittance"] == "a\nGr\u00fc\u00dfe & \"b\"", "standard input, every field", rows)
    tap.ok(decode(stdin=GOOD.encode())[1][0]["verdict"] == "accept", "without a file standard input is read")


def cells(tap):
    parties = ("<RltdPties><Dbtr><Pty><Nm>J\u00f6rg &lt;Muster&gt;</Nm><PstlAdr><AdrLine>Hof A</AdrLine><AdrLine>Haus B</AdrLine></PstlAdr>"
               "</Pty></Dbtr><UltmtDbtr><Pty><Nm>Bo Sample</Nm></Pty></UltmtDbtr></RltdPties><RmtInf>")
    text = GOOD.replace("<RmtInf>", parties, 1)
    run, rows = decode("--cells", stdin=text.encode())
    told = rows[0]["cells"]
    first, second = told["ordering_party"]
    tap.ok(first["text"] == "1/J\u00f6rg <Muster>\n2/Hof A\n2/Haus B" and second["field"] == "UltmtDbtr/Nm"
           and [n["name"] for n in second["names"]] == ["Bo Sample"], "--cells: parties, each by itself", told)
    address = first["names"][1]
    tap.ok((first["names"][0]["field"], address["field"], address["line"]) == ("Dbtr/Nm", "Dbtr/AdrLine", 1)
           and first["names"][0]["offset"] == text.encode().index("J\u00f6rg".encode()), "with their places", first)
    tap.ok(told["narrative"][0]["text"] == 'a Gr\u00fc\u00dfe & "b"' and told["narrative"][0]["field"] == "RmtInf/Ustrd",
           "and words", told)
    run, rows = decode("--cells", stdin=text.replace("DBIT", "OUT").encode())
    tap.ok(run.returncode == 0 and not rows and b"code at byte" in run.stderr, "what is refused gives no row", run.stderr)


def mistakes(tap, folder):
    run, rows = decode(folder / "none", folder / "good.xml")
    tap.ok(run.returncode == 3 and len(rows) == 1 and b"none: cannot be opened" in run.stderr,
              "a file that is not there is told, the next is read", run)
    run, _ = decode("--profile", "strict", folder / "good.xml")
    tap.ok(run.returncode == 2 and run.stderr, "an option that is not known", run)


def bad_input(tap):
    cases = [
        ("an empty file", b"", "truncated", 0),
        ("a text", b"hello", "not_xml", 0),
        ("another format", b"{1:F01BANKBEBBAXXX}", "not_xml", 0),
        ("cut in the middle", GOOD.encode()[:300], "truncated", 300),
        ("UTF-16", GOOD.encode("utf-16"), "encoding", 0),
        ("Latin 1", GOOD.replace("UTF-8", "ISO-8859-1").encode("latin-1"), "encoding", 30),
        ("Latin 1 that says UTF-8", GOOD.encode("latin-1"), "utf8", GOOD.index("\u00fc")),
        ("an entity", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "doctype", 0),
        ("two documents one behind the other", (GOOD + GOOD[39:]).encode(), "trailing", len(GOOD.encode())),
        ("an unknown type", GOOD.replace("camt.054", "seev.031").encode(), "unknown_type", GOOD.index("<Document")),
        ("no document", b"<a><b/></a>", "no_document", 11),
        ("a smuggled element", GOOD.replace("<Ntry>", "<Ntry><Evil/>").encode(), "unexpected", GOOD.index("<Ntry>") + 6),
    ]
    for name, text, code, offset in cases:
        run, rows = decode(stdin=text)
        reason = (rows[0]["reasons"] or [{}])[0]
        tap.ok(run.returncode == 0 and rows[0]["verdict"] == "reject" and reason.get("code") == code
                  and reason.get("offset") == offset, f"{name} is refused", rows)
    inner = GOOD[39:].strip()
    _, rows = decode(stdin=f"<a>{inner}{inner}</a>".encode())
    tap.ok(rows[0]["reasons"][0]["code"] == "two_documents", "two documents in one wrapper are refused", rows)
    start = time.monotonic()
    _, rows = decode(stdin=b"<a>" * 50000)
    tap.ok(rows[0]["reasons"][0]["code"] == "depth" and time.monotonic() - start < 10, "deep nesting is refused", rows)


def cards(tap):
    """Card numbers that somebody wrote into a message are in no output; an account that has more than their digits stays."""
    text = GOOD.replace("<Ustrd>a</Ustrd>", "<Ustrd>PAY 4111-1111</Ustrd><Ustrd>1111-1111 NOW</Ustrd>").replace("E-1", "5555555555554444")
    text = text.replace("4711", "ES12 4242 4242 4242 4242")
    for full in ((), ("--full",)):
        run, rows = decode(*full, stdin=text.encode())
        digits = re.sub(r"\\u000A|[ -]", "", run.stdout.decode())
        tap.ok(rows[0]["verdict"] == "accept" and "4111111111111111" not in digits and "5555555555554444" not in digits,
               "no card number is written " + "".join(full), run.stdout)
    report = rows[0]["full"]["reports"][0]
    entry = report["entries"][0]["tx"][0]
    tap.ok(entry["end_to_end_id"] == "555555******4444" and entry["remittance"].startswith("PAY 4111-11**\n****-1111 NOW")
           and report["account"] == "ES12 4242 4242 4242 4242", "its middle is starred", report)


def documentation(tap):
    page = (ROOT / "docs/payments-mx.md").read_text(encoding="utf-8")
    codes = set()
    for source in sorted((ROOT / "src/decode").glob("mx*.c")):
        for call in re.findall(r"(?:cs_mx_refuse|cs_mx_scan_fail|bad)\((.*?)\);", source.read_text(encoding="utf-8"), re.S):
            codes |= set(re.findall(r'"([a-z][a-z_0-9]+)"', call))
    rows = " ".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| "))
    missing = sorted(code for code in codes if not re.search(rf"\b{code}\b", rows))
    tap.ok(len(codes) > 30 and not missing, f"each of {len(codes)} codes stands in the documentation", missing)
    rules = re.findall(r'RULE\(\w+, "(\w+)"', (ROOT / "src/decode/mx_rule.def").read_text(encoding="utf-8"))
    tap.ok(len(rules) > 5 and all(f"`{rule}`" in page for rule in rules), "and each rule", rules)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        contract(tap, folder)
        mistakes(tap, folder)
    cells(tap)
    bad_input(tap)
    cards(tap)
    documentation(tap)
    tap.done()


if __name__ == "__main__":
    main()
