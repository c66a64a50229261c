#!/usr/bin/env python3
"""Goal: what a screen told of a row and of a message is proved to somebody who has nothing but the bundle, though the journal holds
the row behind what was told of it; and what could not be read is told as not searched.
Method: the real binary on the shipped policy of names, with a row and an MT103 whose payees are on the shipped list of invented names, on
a list that is missing, and with many rows between; `evidence` for every alert, then `verify --bundle`; a bundle with another name in it is refused. Then rows with wrong
dates and a message with one."""
import json
import os
import re
import shutil
import tempfile

import bank

TAP = bank.Tap()
ROOT = os.environ.get("COUNTERSIGN_ROOT", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
HEAD = "TIME,REFERENCE,PAYEE,PAYER,REMITTANCE,PAYEE_ACCOUNT,PAYEE_BIC\n"
MESSAGE = ("{1:F01CNTSDEF0AXXX2101024827}{2:I103GOGAUSM0XXXXN}{4:\r\n:20:M1\r\n:23B:CRED\r\n:32A:260306USD100,00\r\n:33B:USD100,00\r\n"
           ":50K:/DE20036973946173044230\r\nLINDEN TRADING\r\n:59:/9587041377\r\nOSTRAVA QUELLMAR\r\n:70:GOODS OF OLLAN HARBOUR TRADING\r\n"
           ":71A:SHA\r\n-}")


def lay_out(folder, listed=True):
    for name in ("names.policy",) + (("names-own.csv",) if listed else ()):
        shutil.copy(os.path.join(ROOT, "policies", name), folder)
    rows = "".join(f"2026-03-06T10:00:{n % 60:02}Z,R{n},{'Brennick Aldous Varoe' if n % 40 == 7 else f'Linden {n}'},Feld Bau,rent,,\n"
                   for n in range(200))
    bank.write(os.path.join(folder, "payments.csv"), (HEAD + rows).encode())
    os.utime(bank.write(os.path.join(folder, "out.fin"), MESSAGE.encode()), (1772791200, 1772791200))  # 2026-03-06T10:00:00Z: its time


def replay(folder, *more):
    """The alerts of a replay that is kept in a journal."""
    key, alerts = os.path.join(folder, "key"), os.path.join(folder, "alerts.jsonl")
    os.chmod(bank.write(key, bytes(range(32))), 0o600)
    status, _, said = bank.run("replay", os.path.join(folder, "names.policy"), "--events", f"rows={os.path.join(folder, 'payments.csv')}",
                               "--events", f"network={os.path.join(folder, 'out.fin')}", "--record", os.path.join(folder, "journal"),
                               "--journal-key", key, "--alerts", alerts, *more)
    with open(alerts, encoding="utf-8") as lines:
        return status, [json.loads(line) for line in lines], said.decode()


def prove(folder, alert):
    """The bundle of ALERT, and what its receiver is told."""
    out = os.path.join(folder, "case.json")
    status, _, said = bank.run("evidence", os.path.join(folder, "journal"), alert["id"], "--journal-key", os.path.join(folder, "key"),
                               "--out", out)
    if status:
        return None, status, said.decode()
    status, told, said = bank.run("verify", "--bundle", out)
    with open(out, encoding="utf-8") as file:
        return json.load(file), status, (told + said).decode()


def check_named(folder):
    lay_out(folder)
    status, alerts, said = replay(folder)
    links = sorted({alert["evidence"][0]["leg"] for alert in alerts})
    TAP.ok(status == 0 and len(alerts) >= 7 and links == ["network", "rows"] and {a["reason"] for a in alerts} == {"name_listed"},
           "a row and a message name somebody who is listed", (status, said, [a["reason"] for a in alerts]))
    bad, behind = [], 0
    for alert in alerts:
        bundle, status, said = prove(folder, alert)
        if status:
            bad.append((alert["reason"], alert["evidence"][0]["leg"], said))
            continue
        seq = {record["role"]: record["record"] for record in bundle["records"]}
        behind += seq["message"] > seq["alert"]
    TAP.ok(not bad, "every alert of a screen is proved by its bundle alone", bad[:2])
    TAP.ok(behind == len(alerts), "by the row behind it", behind)
    status, told, said = bank.run("replay", os.path.join(folder, "names.policy"), "--events", f"rows={os.path.join(folder, 'payments.csv')}",
                                  "--quiet")
    found = re.findall(r"\n    hold, name_listed, record rows, reference (R\d+), line \d+ of .*payments.csv\n    alert ([0-9a-f]{32}); .* "
                       r"countersign evidence ([0-9a-f]{32})\n", told.decode())
    wanted = {(a["transaction"]["rrn"], a["id"], a["id"]) for a in alerts if a["evidence"][0]["leg"] == "rows"}
    TAP.ok(status == 0 and len(found) == len(wanted) and set(found) == wanted,
           "in plain words each has the payment's reference and the alert's number", (told, said))
    for source in (("--journal", os.path.join(folder, "journal"), "--journal-key", os.path.join(folder, "key")),
                   ("--events", f"rows={os.path.join(folder, 'payments.csv')}")):
        alert = next(a for a in alerts if a["evidence"][0]["leg"] == "rows")
        status, told, said = bank.run("explain", os.path.join(folder, "names.policy"), "--alert", alert["id"], *source, "--quiet")
        TAP.ok(status == 0 and f"Screen {alert['expectation']} of the policy led to this" in told.decode()
               and "No condition" not in told.decode(), f"explain {source[0]}: it names the screen", (status, told, said))
    bundle, _, _ = prove(folder, alerts[0])
    TAP.ok(bundle is not None and "before the verdict" not in bundle["story"], "and its story does not say that the row came before",
           bundle and bundle["story"])
    message = next(record for record in bundle["records"] if record["role"] == "message")
    message["open"] = message["open"][:-2] + ("00" if message["open"][-2:] != "00" else "01")
    other = bank.write(os.path.join(folder, "other.json"), json.dumps(bundle).encode())
    status, _, said = bank.run("verify", "--bundle", other)
    TAP.ok(status == 1, "a bundle whose row is another is refused", (status, said))


def page_of(folder, alert):
    """The cells of the page for people: what stands in the first column, and in the second."""
    out = os.path.join(folder, "case.html")
    status, _, said = bank.run("evidence", os.path.join(folder, "journal"), alert["id"], "--journal-key", os.path.join(folder, "key"), "--html", out)
    with open(out, encoding="utf-8") as file:
        page = file.read()
    return page, dict(re.findall("<tr><th>([^<]*)(?: <span[^>]*>[^<]*</span>)?</th><td>([^<]*)</td></tr>", page)), (status, said)


def check_page(folder):
    """The page of a row says which row of which file it is, as its alert does, and does not call it a packet."""
    lay_out(folder)
    _, alerts, _ = replay(folder)
    for leg, heading in (("rows", "<h2>The record</h2>"), ("network", "<h2>The record</h2>")):
        alert = next(a for a in alerts if a["evidence"][0]["leg"] == leg)
        row = alert["evidence"][0]
        page, cells, said = page_of(folder, alert)
        TAP.ok(cells.get("Line of the file") == str(row["packet"]) and cells.get("Byte of the file where it begins") == str(row["file_offset"]) and
               cells.get("File or folder") == row["source"] and cells.get("Record") == leg, f"{leg}: line, byte, file and record", (said, cells))
        TAP.ok(heading in page and "Packet" not in cells and "ISO 8583" not in page, f"{leg}: and not as of a link", cells)
        TAP.ok(cells.get("rrn") == row["fields"]["rrn"], f"{leg}: with the fields that the journal has", cells)
    alert = next(a for a in alerts if a["evidence"][0]["leg"] == "rows")
    row = alert["evidence"][0]
    with open(os.path.join(folder, "payments.csv"), "rb") as file:
        data = file.read()
    line = data.splitlines()[row["packet"] - 1]
    TAP.ok(data[row["file_offset"]:].startswith(line) and f",{row['fields']['rrn']},".encode() in line, "and there the row is", (row, line))


def check_unsearched(folder):
    lay_out(folder, listed=False)
    _, alerts, said = replay(folder)
    alerts = [alert for alert in alerts if alert["reason"] == "name_unsearched"]
    TAP.ok(len(alerts) > 200, "without its list each row is told", said)
    found = [prove(folder, alert) for alert in (alerts[0], alerts[99], alerts[-1])]
    TAP.ok(all(status == 0 for _, status, _ in found), "and what was not searched is proved as well", [said for _, _, said in found])


def check_unread(folder):
    """What cannot be read is not taken for what is not listed; and the journal comes to the same."""
    lay_out(folder)
    row = ",Brennick Aldous Varoe,Feld Bau,rent,,\n"
    bank.write(os.path.join(folder, "payments.csv"), (HEAD + f"2026-03-06T09:00:00Z,A{row}2026-13-06T10:00:00Z,B{row}yesterday,C{row}"
                                                      f"2026-03-06T11:00:00Z,D{row}never,E{row}").encode())
    bank.write(os.path.join(folder, "out.fin"), MESSAGE.replace(":32A:260306", ":32A:261306").encode())
    policy = os.path.join(folder, "names.policy")
    with open(policy, encoding="utf-8") as file:
        text = file.read()
    bank.write(policy, text.replace("without hold high", "without block high", 1).encode())
    status, alerts, said = replay(folder)
    unread = [(a["transaction"]["link"], a["expectation"], a["verdict"], a["words"]) for a in alerts if a["reason"] == "name_unsearched"]
    TAP.ok(status == 0 and sorted(u[:3] for u in unread) == [("network", "messages", "block"), ("rows", "booked", "hold"),
                                                            ("rows", "booked", "hold")],
           "rows and messages that cannot be read are told by each screen of their record, by its `without`", (status, unread, said))
    words = " ".join(u[3] for u in unread)
    TAP.ok("2 rows could not be read, and were not held against lists" in words and " and before one of 2026-03-06 11:00:00" in words,
           "once for all between two that could be read", words)
    TAP.ok([a["transaction"]["rrn"] for a in alerts if a["reason"] == "name_listed"] == ["A", "D"], "the others are searched", alerts)
    TAP.ok("  3 rows could not be read, and were not held against lists\n" in said
           and "  1 row could not be read, and was not held against lists\n" in said, "the summary counts them", said)
    again = os.path.join(folder, "again.jsonl")
    status, _, said = bank.run("replay", "--journal", os.path.join(folder, "journal"), "--journal-key", os.path.join(folder, "key"),
                               "--alerts", again)
    with open(again, encoding="utf-8") as lines:
        same = [json.loads(line) for line in lines] == alerts
    TAP.ok(status == 0 and same and b"; 0 differ; of 0 a list is missing" in said, "a replay of the journal comes to the same",
           (status, same, said.decode()))
    bundle, status, said = prove(folder, next(a for a in alerts if a["reason"] == "name_unsearched"))
    TAP.ok(status == 0 and bundle is not None and "message" not in [r["role"] for r in bundle["records"]],
           "and that is proved, without a row", said)
    status, _, said = bank.run("replay", policy, "--events", f"rows={os.path.join(folder, 'payments.csv')}", "--alerts", again,
                               "--fail-on", "high", "--quiet")
    TAP.ok(status == 1, "and `--fail-on` ends with it", (status, said))


def check_dated(folder):
    """What could not be read is dated by the row behind it; where there is none at all, by its file."""
    row = ",Brennick Aldous Varoe,Feld Bau,rent,,\n"
    for text, time in ((f"never,A{row}2026-03-06T11:00:00Z,D{row}", "2026-03-06T11:00:00.000000000Z"),
                       (f"never,A{row}", "2026-03-06T10:00:00.000000000Z")):
        lay_out(folder)
        bank.write(os.path.join(folder, "out.fin"), b"")
        os.utime(bank.write(os.path.join(folder, "payments.csv"), (HEAD + text).encode()), (1772791200, 1772791200))
        shutil.rmtree(os.path.join(folder, "journal"), ignore_errors=True)
        bank.write(os.path.join(folder, "alerts.jsonl"), b"")
        status, alerts, said = replay(folder)
        told = [(a["time"], a["decided"]) for a in alerts if a["reason"] == "name_unsearched"]
        TAP.ok(status == 0 and told == [(time, time)], f"it is dated {time}", (status, told, said))
        again = os.path.join(folder, "again.jsonl")
        bank.run("replay", "--journal", os.path.join(folder, "journal"), "--journal-key", os.path.join(folder, "key"), "--alerts", again)
        with open(again, encoding="utf-8") as lines:
            TAP.ok([json.loads(line) for line in lines] == alerts, "and by the journal alike")


def main():
    for check in (check_named, check_page, check_unsearched, check_unread, check_dated):
        with tempfile.TemporaryDirectory() as folder:
            check(folder)
    TAP.done()


main()
