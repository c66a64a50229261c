#!/usr/bin/env python3
"""Goal: a report of a day tells what was in the journal, exactly; is the same when made again; refuses a journal that was changed;
shows no account, and nothing of a message as markup.
Method: the simulator's payment month recorded and recounted from its files (report_recount.py); rows of our own with hostile
names; card messages of our own; journals thinned, cut into volumes, damaged, held by another process."""
import fcntl
import glob
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import bank
import report_recount as recount

TAP = bank.Tap()
ROOT, SIMULATOR = os.environ["COUNTERSIGN_ROOT"], os.environ["COUNTERSIGN_SIM"]
MONTH = """
clocks within 60s
record orders "what the back office ordered" {{
  source csv
  time from "time" rfc3339
  id from "reference"
  amount from "amount" major in "currency"
  field uetr token from "uetr"
  field beneficiary token from "beneficiary_account"
  field receiver text from "receiver"
  field type text from "type"
  whole
  keep 4096 records
  lateness 10min
}}
record network "what the network took" {{
  source mt
  id from "reference"
  amount from "amount" major in "currency"
  field uetr token from "uetr"
  field beneficiary token from "beneficiary_account"
  field kind text from "kind"
  field type text from "type"
  field status text from "status"
  field sender text from "sender_bic"
  field receiver text from "receiver_bic"
  keep 4096 records
  lateness 10min
}}
expect ordered "each payment was ordered" {{
  claim record on network where kind = "acknowledgement" and status = "accepted"
        and type in ("103", "103STP", "103REMIT", "200", "202", "202COV", "205", "205COV")
  proof record on orders
  match amount, currency, uetr and (rrn)
  within 30h before
  unless duplicate
  otherwise hold critical
}}
{journal}
"""
OWN = """
record payments "what was sent" {
  source jsonl
  time from "time" rfc3339
  id from "reference"
  amount from "amount" major in "currency"
  field receiver text from "to"
  field type text from "type"
  field sender text from "from"
  field beneficiary text from "account"
  whole
  keep 1024 records
}
record statement "what was booked" {
  source csv
  time from "time" rfc3339
  id from "reference"
  amount from "amount" major in "currency"
  whole
  keep 1024 records
}
record never "nothing ever came" {
  source csv
  time from "time" rfc3339
}
expect booked "each payment is on the statement" {
  claim record on payments
  proof record on statement
  match amount, currency and (rrn)
  within 24h after
  otherwise hold high
}
expect ours "each line is a payment of ours" {
  claim record on statement
  proof record on payments
  match amount, currency and (rrn)
  within 24h before
  otherwise hold critical
}
"""
SIDE = """
record {0} "{0}" {{
  source csv
  time from "time" rfc3339
  amount from "amount" major in "currency"
  field batch text from "batch"
  whole
  keep 1024 records
}}
"""
BATCH = SIDE.format("sent") + SIDE.format("booked") + """
expect whole "batches are booked whole" {
  claim record on sent
  proof record on booked
  match sum of amount by batch
  within 48h after
  otherwise hold high
}
"""
HOSTILE = ["<script>al(1)</", "\"><svg/onload=x", "'onmouseover='x", "&lt;b&gt;&amp;", "</td></table>", "<img src=//x>", "a\u00e9\u0001<i>"]


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Scene:
    """A folder with keys, journals and reports."""

    def __init__(self, folder):
        self.folder = folder
        for name, n in (("key", 32), ("token", 16)):
            bank.write(self.path(name), bytes(range(n)))
            os.chmod(self.path(name), 0o600)

    def path(self, name):
        return os.path.join(self.folder, name)

    def record(self, policy, journal, *events):
        path = bank.write(self.path(journal + ".policy"), policy)
        status, _, said = bank.run("replay", path, *events, "--record", self.path(journal), "--journal-key", self.path("key"),
                                   "--token-key", self.path("token"), "--alerts", self.path(journal + ".alerts"), "--quiet",
                                   home=self.folder)
        if status:
            raise SystemExit(f"replay: exit {status}: {said.decode()}")

    def report(self, journal, *more, note=("--by", "mara")):
        """(status, report or None, page or None, what was said)."""
        for name in ("out.json", "out.html"):
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))
        status, _, said = bank.run("report", "day", "--journal", self.path(journal), "--journal-key", self.path("key"), "--json",
                                   self.path("out.json"), "--html", self.path("out.html"), "--quiet", *note, *more, home=self.folder)
        there = os.path.exists(self.path("out.json")) and os.path.exists(self.path("out.html"))
        return (status, json.loads(read(self.path("out.json"))) if there else None,
                read(self.path("out.html")).decode() if there else None, said.decode())


# --- the month ---

def month_policy(journal=""):
    return MONTH.format(journal=journal)


def month(scene):
    subprocess.run([SIMULATOR, "innocent-payment-month", "--seed", "4", "--out", scene.path("month")], check=True,
                   stdout=subprocess.DEVNULL)
    with open(scene.path("acks.fin"), "wb") as out:
        for path in sorted(glob.glob(scene.path("month/acks/*"))):
            out.write(read(path))
    lines = read(scene.path("month/orders.csv")).splitlines(keepends=True)
    kept = [line for number, line in enumerate(lines) if number == 0 or number % 97]
    bank.write(scene.path("fewer.csv"), b"".join(kept))
    return {line.split(b",")[3].decode() for number, line in enumerate(lines) if number and not number % 97}


def key_of(table, row):
    names = {"by_currency": (), "by_type": ("type",), "by_country": ("country",), "by_counterparty": ("counterparty",),
             "by_hour": ("hour",), "combinations": ("type", "sender", "receiver", "country")}[table]
    return (row.get("currency"),) + tuple(row.get(name, "") for name in names)


def differences(flow, rows, day):
    """What a flow of a report says otherwise than the recount."""
    wrong = []
    expected, days = recount.tables(rows, day)
    if flow["history_days"] != days:
        wrong.append(f"{flow['history_days']} days of the history, not {days}")
    for table, cells in expected.items():
        absent = table in ("by_currency", "by_type", "by_hour")
        cells = {key: cell for key, cell in cells.items() if cell[0] or absent}
        told = {key_of(table, row): row for row in flow[table]}
        if table == "by_currency":
            told.pop((None,), None)
        if set(told) != set(cells) or len(told) != len(flow[table]) - (table == "by_currency" and (None,) in
                                                                       {key_of(table, row) for row in flow[table]}):
            wrong.append(f"{table}: {sorted(set(told) ^ set(cells))[:5]}")
            continue
        for key, (n, total, old_n, old_total, most) in cells.items():
            row, tenths = told[key], recount.mean(10 * old_n, days)
            right = (row["count"] == n and row["value_minor"] == str(total) and
                     row["average_count"].replace(",", "") == f"{tenths // 10}.{tenths % 10}" and
                     row["average_value_minor"] == str(recount.mean(old_total, days)) and
                     row.get("largest_minor") == (str(most) if n else None))
            if not right:
                wrong.append(f"{table} {key}: {row} for {(n, total, old_n, old_total, most)}")
    fresh = {key for key, cell in expected["combinations"].items() if cell[0] and not cell[2]}
    if {key_of("combinations", row) for row in flow["new_combinations"]} != fresh:
        wrong.append("new combinations")
    top = {}
    for row in flow["largest"]:
        top.setdefault(row["currency"], []).append(int(row["value_minor"]))
    if top != recount.largest(rows, day):
        wrong.append(f"largest: {top}")
    return wrong


def check_sums(scene, orders, acks):
    taken = [row for good, row in acks if good]
    refused = [row for good, row in acks if not good]
    for date, hours, history in (("2026-04-09", 0, 30), ("2026-03-25", 9, 5), ("2026-03-31", -7, 30), ("2026-03-16", 0, 30),
                                 ("2026-03-30", "Europe/Berlin", 30), ("2026-03-25", "Asia/Dhaka", 10),
                                 ("2026-03-31", "America/New_York", 30)):
        named = isinstance(hours, str)
        day = recount.NamedDay(date, hours, history) if named else recount.Day(date, hours, history)
        zone = hours if named else "UTC" if not hours else f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00"
        status, report, _, said = scene.report("j", "--date", date, "--zone", zone, "--history", str(history))
        if not report:
            TAP.ok(False, f"{date}: there is a report", said)
            continue
        wrong, flows = [], {(f["record"], f.get("status")): f for f in report["payments"]}
        for name, rows in ((("orders", None), orders), (("network", "accepted"), taken), (("network", "refused"), refused)):
            seen = [row for row in rows if day.ago(row) is not None]
            if seen:
                wrong += differences(flows[name], rows, day)
            todays = sum(day.ago(row) == 0 for row in seen)
            if (flows[name]["count"] if name in flows else 0) != todays:
                wrong.append(f"{name}: not {todays} rows")
        TAP.ok(status == 0 and not wrong, f"{date} {zone}: each count, sum, average, largest and new combination as recounted",
               "\n".join(wrong[:10]))


def check_clock_changes(scene):
    """The day's ends in zones whose clocks change: 23 and 25 hours, and a day without a midnight."""
    for date, zone, ends in (("2026-03-29", "Europe/Berlin", ("2026-03-28T23:00", "2026-03-29T22:00")),
                             ("2026-10-25", "Europe/Berlin", ("2026-10-24T22:00", "2026-10-25T23:00")),
                             ("2026-03-29", "Asia/Beirut", ("2026-03-28T22:00", "2026-03-29T21:00")),
                             ("2026-03-29", "Asia/Dhaka", ("2026-03-28T18:00", "2026-03-29T18:00"))):
        status, report, _, said = scene.report("j", "--date", date, "--zone", zone)
        told = report and (report["from"][:16], report["to"][:16])
        TAP.ok(status == 0 and told == ends and report["zone"] == zone, f"{date} in {zone}: the day from end to end", (told, said))


def check_unmatched(scene, acks, gone):
    for date, hours in (("2026-04-09", 0), ("2026-03-27", 9), ("2026-03-20", 10)):
        day = recount.Day(date, hours)
        claims = [row for good, row in acks if good and row.type in recount.TYPES and row.reference in gone and row.time < day.end]
        status, report, _, said = scene.report("fewer", "--date", date, "--zone", f"+{hours:02d}:00")
        told = {}
        for row in report["unmatched"]["by_age"] if report else []:
            for at, age in enumerate(("days_0_2", "days_3", "older")):
                cell = told.setdefault(row[age].get("currency"), [[0, 0], [0, 0], [0, 0]])[at]
                cell[0] += row[age]["count"]
                cell[1] += int(row[age]["value_minor"])
        # What waits for an order that comes late in its file waits with its proof at hand; here all orders come first.
        expected = recount.unmatched(claims, day)
        TAP.ok(status == 0 and told == expected and report["unmatched"]["waiting_known"],
               f"{date}: unmatched items by age and currency as recounted, those that wait with those that were told", (told, expected))
    ages = [item["days"] for item in report["unmatched"]["oldest"]]
    TAP.ok(ages == sorted(ages, reverse=True) and len(ages) > 3, "the oldest come first", ages)


def check_again(scene):
    status, _, _, _ = scene.report("j", "--date", "2026-04-09")
    first = read(scene.path("out.json")), read(scene.path("out.html"))
    volumes = b"".join(read(path) for path in glob.glob(scene.path("j/*.volume")))
    TAP.ok(status == 0 and re.search(rb'"action":"report","by":"mara","day":"2026-04-09"', volumes), "who looked is on record")
    scene.report("j", "--date", "2026-04-09", note=("--no-note",))
    TAP.ok(first == (read(scene.path("out.json")), read(scene.path("out.html"))), "made again, the report is the same, byte for byte")
    before = sorted(os.listdir(scene.path("j")))
    scene.report("j", "--date", "2026-04-09", note=("--no-note",))
    TAP.ok(sorted(os.listdir(scene.path("j"))) == before, "--no-note puts nothing there")
    bank.run("journal", "note", scene.path("j"), "--by", "mara", "a line", "--journal-key", scene.path("key"), home=scene.folder)
    scene.report("j", "--date", "2026-04-09")
    TAP.ok(first[0] == read(scene.path("out.json")), "a note put down later changes nothing")


def check_held(scene):
    with open(scene.path("j/lock"), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        status, report, _, said = scene.report("j", "--date", "2026-04-09")
    waiting = os.listdir(scene.path("j/inbox"))
    TAP.ok(status == 0 and report and waiting, "while another process writes the note waits in its inbox", (said, waiting))


def payments_of(report):
    """Without the numbers of records, which are a journal's own."""
    for flow in report["payments"]:
        for row in flow["largest"]:
            del row["record"]
    return report["payments"]


def check_volumes(scene):
    """The same days over many volumes, some of them thinned."""
    plain = scene.report("j", "--date", "2026-04-09", "--history", "3")[1]
    payments = payments_of(plain)
    scene.record(month_policy('journal "unused" { segment 1MiB key "key" }'), "many", "--events",
                 f"orders={scene.path('month/orders.csv')}", "--events", f"network={scene.path('acks.fin')}")
    n = len(glob.glob(scene.path("many/*.volume")))
    report = scene.report("many", "--date", "2026-04-09", "--history", "3")[1]
    TAP.ok(n > 1 and report and payments_of(report) == payments and report["unmatched"] == plain["unmatched"],
           f"a journal of {n} volumes tells the same")
    TAP.ok(report and report["journal"]["sound"] and report["journal"]["signed"], "and is sound and signed")
    key = ("--journal-key", scene.path("key"))
    for verb in (("snapshot", scene.path("many"), *key, "--quiet"), ("journal", "pack", scene.path("many"), *key),
                 ("journal", "keep", scene.path("many"), "--events", "12d", *key)):
        status, _, said = bank.run(*verb, home=scene.folder)
        if status:
            TAP.ok(False, " ".join(verb[:2]), said)
    status, report, page, said = scene.report("many", "--date", "2026-04-09", "--history", "3")
    thin = glob.glob(scene.path("many/*.thin"))
    TAP.ok(status == 0 and thin and payments_of(report) == payments and report["journal"]["sound"],
           "packed, and with older events let go of, the day is told the same", (said, thin))
    # What waits is judged from the first input on, which is gone.
    TAP.ok(report and (report["unmatched"]["waiting_known"] or report["unmatched"]["words"]) and "not known" in page,
           "what waits is known, or it is said why not", report and report["unmatched"])


def check_damage(scene):
    shutil.copytree(scene.path("j"), scene.path("bad"))
    path = scene.path("bad/00000001.volume")
    data = bytearray(read(path))
    data[len(data) // 2] ^= 16
    bank.write(path, bytes(data))
    status, report, _, said = scene.report("bad", "--date", "2026-04-09")
    TAP.ok(status == 1 and report is None and re.search(r"volume 00000001 is damaged at byte \d+", said) and "no report is made" in said,
           "of a damaged journal no report is made, and the place is told", said)
    status, report, page, said = scene.report("bad", "--date", "2026-04-09", "--over-damage")
    TAP.ok(status == 1 and report and not report["journal"]["sound"] and report["journal"]["lost"] > 0 and
           report["journal"]["faults"] == 1 and "NOT as it was written" in page and "NOT as it was written" in said,
           "unless asked, and then it says what is lost", said)
    data[len(data) // 2] ^= 16
    bank.write(path, bytes(data[:-100]))
    for name in set(glob.glob(scene.path("bad/*.volume"))) - {path}:
        os.remove(name)
    status, report, page, said = scene.report("bad", "--date", "2026-04-09", note=("--no-note",))
    TAP.ok(status == 0 and report and report["journal"]["signed"] is None and "not signed yet" in page,
           "a torn end is told: what was read is chained, and not signed", said)
    bank.write(scene.path("wrong"), bytes(32))
    os.chmod(scene.path("wrong"), 0o600)
    status, report, _, said = scene.report("j", "--journal-key", scene.path("wrong"))
    TAP.ok(status == 3 and report is None and "another key" in said, "another key is told", said)
    status, report, _, said = scene.report("j", "--public-key", "00" * 32)
    TAP.ok(status == 1 and report is None and "another public key" in said, "a public key kept elsewhere counts", said)


# --- rows of our own ---

def own(scene):
    rows = [{"time": f"2026-05-0{day}T10:0{n}:00Z", "reference": f"R{day}{n}", "amount": "10.00", "currency": "EUR", "to": "RIVRNL20",
             "type": "103", "from": "CNTSDEF0", "account": "DE62871423195490839663"} for day in (1, 2, 3, 4) for n in range(3)]
    for n, name in enumerate(HOSTILE):
        rows.append({"time": f"2026-05-04T11:{n:02d}:00Z", "reference": name, "amount": "99999999999999.99", "currency": "EUR",
                     "to": name, "type": name, "from": name, "account": name})
    rows.append({"time": "2026-05-04T12:00:00Z", "reference": "4000001234567899", "amount": "7", "currency": "JPY",
                 "to": "4000001234567899", "type": "x", "from": "GB29NWBK60161331926819", "account": "DE62871423195490839663"})
    with open(scene.path("own.jsonl"), "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
        file.write('{"time": "2026-05-04T12:30:00Z", "amount": "<b>", "currency": "EUR"}\n')
        # The last row moves time on to the next days.
        file.write(json.dumps(dict(rows[0], time="2026-05-07T10:00:00Z", reference="LAST")) + "\n")
    lines = ["time,reference,amount,currency"] + [f"2026-05-0{day}T15:00:00Z,R{day}{n},10.00,EUR" for day in (1, 2, 3, 4)
                                                   for n in (0, 1)]
    lines += ["2026-05-01T16:00:00Z,<u>NOBODY</u>,5.00,EUR", "2026-05-07T16:00:00Z,LAST,10.00,EUR"]
    bank.write(scene.path("<i>own.csv"), "\n".join(lines) + "\n")
    os.rename(scene.path("own.jsonl"), scene.path("<b>own.jsonl"))
    scene.record(OWN, "own", "--events", f"payments={scene.path('<b>own.jsonl')}", "--events", f"statement={scene.path('<i>own.csv')}")


class Page(html.parser.HTMLParser):
    ALLOWED = {"html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "p", "strong", "div", "b", "span", "table",
               "caption", "thead", "tbody", "tr", "th", "td", "code", "svg", "rect", "text", "i", "br"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.data, self.open, self.wrong = set(), set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "br", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.data.append(data)


def check_page(scene, report, page):
    parsed = Page(page)
    allowed = {"lang", "charset", "http-equiv", "content", "name", "class", "scope", "role", "viewbox", "aria-label", "fill", "x", "y",
               "width", "height", "text-anchor"}
    TAP.ok(parsed.tags <= Page.ALLOWED and parsed.attributes <= allowed, "the page has the tags it should, and no others",
           (parsed.tags - Page.ALLOWED, parsed.attributes - allowed))
    TAP.ok(not parsed.wrong and not parsed.open, "and each is closed in its turn", (parsed.wrong[:5], parsed.open[:5]))
    seen = " ".join(parsed.data)
    TAP.ok(all(name in seen for name in HOSTILE[:-1]), "hostile names are shown as they are", [n for n in HOSTILE if n not in seen])
    TAP.ok("url(" not in page and "@import" not in page and "://" not in page.replace("//x>", ""), "nothing is asked for from elsewhere")
    both = page + json.dumps(report)
    TAP.ok("4000001234567899" not in both and "DE62871423195490" not in both and "GB29NWBK60161331" not in both and
           "DE62****" in both, "no card number and no account is shown")
    TAP.ok("\u0001" not in page and "\\u0001" not in both, "no control character is", both[both.find("\\u0001") - 200:][:220])


def check_own(scene):
    status, report, page, said = scene.report("own", "--date", "2026-05-04")
    TAP.ok(status == 0 and report, "rows with hostile names", said)
    if not report:
        return
    check_page(scene, report, page)
    flow = next(f for f in report["payments"] if f["record"] == "payments")
    euro = next(row for row in flow["by_currency"] if row["currency"] == "EUR")
    TAP.ok(euro["value_minor"] == str(7 * 9999999999999999 + 3 * 1000) and euro["value"] == "700000000000029.93",
           "sums wider than 53 bits are exact", euro)
    by_age = {(row["expectation"], row["state"]): [row[age]["count"] for age in ("days_0_2", "days_3", "older")] for row in
              report["unmatched"]["by_age"] if row["days_0_2"].get("currency") == "EUR"}
    # Of each day one payment is not booked: those of the 1st to 3rd were told by the end of the 4th, its own waits with the rest.
    TAP.ok(by_age == {("booked", "no_proof"): [2, 1, 0], ("booked", "waits"): [1 + 7, 0, 0], ("ours", "no_proof"): [0, 1, 0]},
           "unmatched payments and lines of the statement by age", by_age)
    links = {link.get("record"): link for link in report["coverage"]["links"]}
    TAP.ok(links["never"]["count"] == 0 and "nothing came" in page and links["payments"]["undecoded"] == 1 and
           report["coverage"]["unreadable"] == 1 and "could not be read" in report["coverage"]["unreadable_first"][0]["words"],
           "a record of which nothing came, and a broken row, are told", report["coverage"])
    TAP.ok(report["findings"]["held"] == report["findings"]["count"] > 0 and report["findings"]["high"] > 0 and
           sum(row["count"] for row in report["findings"]["by_reason"]) == report["findings"]["count"], "findings add up",
           report["findings"])
    later = scene.report("own", "--date", "2026-05-09")[1]
    ages = {(row["expectation"], row["state"]): [row[age]["count"] for age in ("days_0_2", "days_3", "older")] for row in
            later["unmatched"]["by_age"] if row["days_0_2"].get("currency") == "EUR"} if later else {}
    old = [sum(cells) for cells in zip(*(cells for (name, _), cells in ages.items() if name == "booked"))]
    TAP.ok(old == [0, 0, 3 + 1 + 7] and ages.get(("ours", "no_proof")) == [0, 0, 1],
           "days later they are old", ages)
    only = scene.report("own", "--date", "2026-05-04", "--record", "statement")[1]
    TAP.ok(only and {f["record"] for f in only["payments"]} == {"statement"}, "--record names what is told of payments")


def check_batch(scene):
    """A batch that is not booked whole so far waits as one item, of what its rows add up to."""
    head = "time,batch,amount,currency\n"
    bank.write(scene.path("sent.csv"), head + "".join(f"2026-05-01T1{n}:00:00Z,{batch},{n}0.00,EUR\n" for n in range(1, 4)
                                                      for batch in ("X", "Y")) + "2026-05-02T10:00:00Z,Z,1.00,EUR\n")
    bank.write(scene.path("booked.csv"), head + "2026-05-01T15:00:00Z,X,60.00,EUR\n2026-05-01T15:00:00Z,Y,50.00,EUR\n")
    scene.record(BATCH, "batch", "--events", f"sent={scene.path('sent.csv')}", "--events", f"booked={scene.path('booked.csv')}")
    report = scene.report("batch", "--date", "2026-05-01")[1]
    told = [(item["reason"], item["value_minor"], item["words"].split(";")[0]) for item in report["unmatched"]["oldest"]]
    TAP.ok(told == [("waits", "6000", "a batch of rows: 3")], "a batch that is not booked whole waits", told)


def check_empty(scene):
    status, report, page, said = scene.report("own", "--date", "2027-01-01")
    TAP.ok(status == 0 and report and not report["payments"] and not report["findings"]["count"] and not report["history_days_seen"] and
           "nothing can be called new" in page, "a day without anything is told as such", said)
    status, report, _, said = scene.report("own")
    TAP.ok(status == 0 and report["date"] == "2026-05-07", "the last day there is, when none is named", report and report["date"])


def check_schema(reports):
    try:
        import jsonschema
    except ImportError:
        TAP.skip("reports follow docs/report.schema.json", "python3-jsonschema is not installed")
        return
    with open(os.path.join(ROOT, "docs", "report.schema.json"), encoding="utf-8") as text:
        validator = jsonschema.Draft7Validator(json.load(text))
    faults = [f"{list(error.path)}: {error.message}" for report in reports for error in validator.iter_errors(report)]
    TAP.ok(not faults and list(validator.iter_errors(dict(reports[0], surprise=1))), "reports follow docs/report.schema.json", faults[:5])


# --- cards ---

def check_cards(scene):
    path = bank.policy(scene.folder)
    visa, core, start = [], [], bank.EPOCH
    left, right = bank.Connection(visa, 5001), bank.Connection(core, 7001)
    for n in range(10):
        asked = bank.cash(n, amount=1000 * (n + 1))
        said = bank.answer(asked, "00" if n < 7 else "51")
        at = start + (n + 1) * 1_000_000_000
        left.ask(at, "0200", asked)
        right.ask(at + 1_000_000, "0200", asked)
        right.reply(at + 2_000_000, "0210", said)
        left.reply(at + 3_000_000, "0210", said)
    bank.write(scene.path("cards.pcap"), bank.pcap(visa + core))
    status, _, said = bank.run("replay", path, "--capture", scene.path("cards.pcap"), "--record", scene.path("cards"),
                               "--journal-key", scene.path("key"), "--quiet", home=scene.folder)
    status, report, page, more = scene.report("cards")
    links = {flow["link"]: {(row["kind"], row.get("decision")): (row["count"], row["value_minor"]) for row in flow["by_decision"]}
             for flow in report["cards"]} if report else {}
    expected = {("request", None): (10, "55000"), ("response", "approved"): (7, "28000"), ("response", "declined"): (3, "27000")}
    TAP.ok(status == 0 and links and all(link == expected for link in links.values()) and len(links) == 2,
           "cards: by link and decision", (links, said, more))
    TAP.ok(report and bank.PAN not in page + json.dumps(report), "and no card number")
    return report


def check_usage(scene):
    cases = [((), "--journal"), (("--journal", "j"), "--html or --json"), (("--journal", "j", "--html", "x"), "--by NAME"),
             (("--zone", "+25:00"), "--zone wants"), (("--zone", "Asia/Dacca2"), "tzdata knows"), (("--zone", "../etc/passwd"), "tzdata knows"), (("--date", "2026-02-30"), "--date wants"),
             (("--history", "367"), "--history wants"), (("--public-key", "12"), "--public-key wants"), (("more",), "no use for")]
    wrong = []
    for arguments, words in cases:
        status, _, said = bank.run("report", "day", *arguments, home=scene.folder)
        if status != 2 or words.encode() not in said:
            wrong.append((arguments, status, said))
    status, _, said = bank.run("report", "week", home=scene.folder)
    TAP.ok(not wrong and status == 2 and b"report day" in said, "wrong use is told", wrong)
    status, report, _, said = scene.report("nowhere")
    TAP.ok(status == 3 and report is None and "no such folder" in said, "a journal that is not there, too", said)


def main():
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(folder)
        gone = month(scene)
        orders, acks = recount.read_orders(scene.path("month")), recount.read_acks(scene.path("month"))
        scene.record(month_policy(), "j", "--events", f"orders={scene.path('month/orders.csv')}", "--events",
                     f"network={scene.path('acks.fin')}")
        scene.record(month_policy(), "fewer", "--events", f"orders={scene.path('fewer.csv')}", "--events",
                     f"network={scene.path('acks.fin')}")
        check_sums(scene, orders, acks)
        check_clock_changes(scene)
        check_unmatched(scene, acks, gone)
        reports = [scene.report("fewer", "--date", "2026-04-09")[1]]
        check_again(scene)
        check_held(scene)
        check_volumes(scene)
        check_damage(scene)
        own(scene)
        check_own(scene)
        check_batch(scene)
        check_empty(scene)
        reports.append(scene.report("own", "--date", "2026-05-04")[1])
        reports.append(scene.report("bad", "--date", "2026-05-04", "--over-damage")[1])
        reports.append(check_cards(scene))
        check_schema([report for report in reports if report])
        check_usage(scene)
    TAP.done()


if __name__ == "__main__":
    sys.exit(main())
