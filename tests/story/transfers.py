#!/usr/bin/env python3
"""Goal: payments that nobody ordered, that were changed, sent twice or never sent, and statement lines that are no payment of
ours are told, each as what it is; an honest week, files out of order, in pieces, late, missing or broken call nothing forged.

Method: five days of a small bank as files of orders, payments and statement lines, one thing wrong in each story; the real
binary replays them under policies/transfers.policy. What the journal of such a replay gives, whole or from a snapshot, is
compared byte by byte.
"""
import csv
import datetime
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile


ROOT = pathlib.Path(os.environ["COUNTERSIGN_ROOT"])
POLICY = ROOT / "policies" / "transfers.policy"
DAYS, A_DAY = 5, 40
MONDAY = datetime.datetime(2026, 11, 2)
REASONS = {"forged": ("proof_missing", "proof_used_twice"), "changed": ("value_differs", "amount_differs")}


class Week:
    """Rows of the three files: (time, fields). An order at nine and every ten minutes, its payment five minutes later,
    acknowledged in seconds, booked two hours later."""

    def __init__(self):
        self.orders, self.payments, self.statement = [], [], []
        for day in range(DAYS):
            for i in range(A_DAY):
                self.pay(day * A_DAY + i, MONDAY + datetime.timedelta(days=day, hours=9, minutes=10 * i))

    def pay(self, n, time, **parts):
        """One order with all that follows; a part that is given as None is left out, a dict changes fields."""
        fields = {"reference": f"R{n:05d}", "beneficiary": f"DE{n % 12:04d}", "value_date": time.strftime("%Y-%m-%d"),
                  "amount": f"{100 + n % 9 * 25}.00", "currency": "EUR"}
        minutes = datetime.timedelta(minutes=1)
        for part, rows, later, more in (("order", self.orders, 0, {}), ("payment", self.payments, 5, {"kind": "payment"}),
                                        ("ack", self.payments, 5.1, {"kind": "acknowledgement"}),
                                        ("line", self.statement, 125, {})):
            change = parts.get(part, {})
            if change is not None:
                rows.append((time + later * minutes, fields | more | change))

    def write(self, folder):
        """The files as a list of --events."""
        def table(rows, names):
            out = io.StringIO()
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(names.values())
            for time, fields in sorted(rows, key=lambda row: row[0]):
                writer.writerow([stamp(time)] + [fields[name] for name in list(names)[1:]])
            return out.getvalue()
        columns = {"time": "TIME", "reference": "REFERENCE", "value_date": "VALUE_DATE", "amount": "AMOUNT",
                   "currency": "CURRENCY"}
        lines = [json.dumps({"time": stamp(time), "beneficiary_account": fields["beneficiary"]} |
                            {k: v for k, v in fields.items() if k != "beneficiary"})
                 for time, fields in sorted(self.payments, key=lambda row: row[0])]
        (folder / "orders.csv").write_text(table(self.orders, columns | {"beneficiary": "BENEFICIARY_ACCOUNT"}))
        (folder / "payments.jsonl").write_text("\n".join(lines) + "\n")
        (folder / "statement.csv").write_text(table(self.statement, columns))
        return [f"orders={folder}/orders.csv", f"payments={folder}/payments.jsonl", f"statement={folder}/statement.csv"]


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def run(*args):
    command = [os.environ["COUNTERSIGN"], *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, errors="replace")


def replay(folder, files, *more, policy=POLICY):
    """(alerts, summary)."""
    alerts = folder / "alerts.jsonl"
    done = run("replay", policy, "--alerts", alerts, "--token-key", key(folder), *more,
               *(word for file in files for word in ("--events", file)))
    assert done.returncode == 0, done.stderr[-800:]
    return [json.loads(line) for line in alerts.read_text().splitlines()], done.stdout + done.stderr


def key(folder):
    path = folder / "key"
    if not path.exists():
        path.write_bytes(bytes(range(16)))
    return path


def found(alerts):
    """Which expectation found what of which reference."""
    return sorted((alert["expectation"], alert["reason"], alert["evidence"][0]["fields"]["reference"]) for alert in alerts
                  if alert["nature"] != "coverage")


def counted(summary, name):
    """What became of the claims of an expectation, in words."""
    return next(line.split(None, 1)[1] for line in summary.splitlines() if line.split()[:1] == [name])


NIGHT = MONDAY + datetime.timedelta(days=3, hours=2)
NOON = MONDAY + datetime.timedelta(days=2, hours=12, minutes=3)
LATER = datetime.timedelta(minutes=40)


def honest(week):
    return []


def forged_at_night(week):
    week.pay(777, NIGHT, order=None)
    return [("ordered", "proof_missing", "R00777")]


def forged_and_hidden(week):
    """The robber takes its line out of the statement as well: two expectations tell of it."""
    week.pay(777, NIGHT, order=None, line=None)
    return [("booked", "proof_missing", "R00777"), ("ordered", "proof_missing", "R00777")]


def beneficiary_changed(week):
    week.pay(777, NOON, payment={"beneficiary": "GB9999"})
    return [("ordered", "value_differs", "R00777")]


def amount_changed(week):
    """Sent and booked with two zeros more than ordered."""
    week.pay(777, NOON, payment={"amount": "15000.00"}, line={"amount": "15000.00"})
    return [("ordered", "amount_differs", "R00777")]


def line_changed(week):
    """The statement was edited afterwards: both sides of it tell."""
    week.pay(777, NOON, line={"amount": "1.00"})
    return [("booked", "amount_differs", "R00777"), ("paid_by_us", "amount_differs", "R00777")]


def sent_twice(week):
    week.pay(777, NOON)
    week.pay(777, NOON + LATER, order=None, line=None)
    return [("booked", "proof_used_twice", "R00777"), ("ordered", "proof_used_twice", "R00777")]


def read_twice(week):
    """The very same rows, as when a message is read from two places."""
    for rows in (week.orders, week.payments, week.statement):
        rows.append(rows[60])
    return []


def never_sent(week):
    week.pay(777, NOON, payment=None, ack=None, line=None)
    return [("sent", "proof_missing", "R00777")]


def not_acknowledged(week):
    week.pay(777, NOON, ack=None)
    return [("acknowledged", "proof_missing", "R00777")]


def line_of_nobody(week):
    week.pay(777, NOON, order=None, payment=None, ack=None)
    return [("paid_by_us", "proof_missing", "R00777")]


def alike_but_for_the_reference(week):
    """Of three payments of one sum to one account two were ordered."""
    week.pay(777, NOON)
    same = {"beneficiary": "DE0009", "amount": "175.00"}
    for n, order in ((778, same), (779, None)):
        week.pay(n, NOON + LATER, order=order, payment=same, line=same)
    return [("ordered", "proof_missing", "R00779")]


STORIES = [honest, forged_at_night, forged_and_hidden, beneficiary_changed, amount_changed, line_changed, sent_twice,
           read_twice, never_sent, not_acknowledged, line_of_nobody, alike_but_for_the_reference]


def check_story(story):
    with tempfile.TemporaryDirectory() as name:
        folder, week = pathlib.Path(name), Week()
        want = sorted(story(week))
        alerts, summary = replay(folder, week.write(folder))
        assert found(alerts) == want, f"found {found(alerts)}, wanted {want}\n{summary[-1500:]}"
        for alert in alerts:
            assert "issuer" not in alert["words"] and "approv" not in alert["words"], alert["words"]


def in_pieces(folder):
    """Orders in two files, rows of one of them late in it: nothing is found that the whole does not have."""
    week = Week()
    want = sorted(forged_at_night(week))
    files = week.write(folder)
    header, *rows = (folder / "orders.csv").read_text().splitlines()
    rows[50], rows[49] = rows[49], rows[50]
    rows[90], rows[91] = rows[91], rows[90]
    (folder / "orders.csv").write_text("\n".join([header] + rows[::2]) + "\n")
    (folder / "more.csv").write_text("\n".join([header] + rows[1::2]) + "\n")
    alerts, _ = replay(folder, files + [f"orders={folder}/more.csv"])
    assert found(alerts) == want, found(alerts)


def without_orders(folder):
    """A file that is not there proves nothing: claims wait, and it is said loudly."""
    week = Week()
    forged_at_night(week)
    alerts, summary = replay(folder, week.write(folder)[1:])
    assert found(alerts) == [], found(alerts)
    assert counted(summary, "ordered") == f"{DAYS * A_DAY + 1} claims = {DAYS * A_DAY + 1} waiting", summary
    assert "WARNING: not one row of record orders was read" in summary, summary


def orders_end_early(folder):
    """The file of Thursday and Friday is not there yet."""
    week = Week()
    forged_at_night(week)
    week.orders = [row for row in week.orders if row[0] < NIGHT]
    alerts, summary = replay(folder, week.write(folder))
    assert found(alerts) == [], found(alerts)
    assert f" {2 * A_DAY + 1} waiting" in counted(summary, "ordered"), summary


def broken_line(folder):
    """What the line may have ordered is unproven, not forged; the rest of the day goes on."""
    week = Week()
    forged_at_night(week)
    files = week.write(folder)
    lines = (folder / "orders.csv").read_text().splitlines()
    victim = lines[41].split(",")[1]
    lines[41] = lines[41].replace("EUR", "EU")
    (folder / "orders.csv").write_text("\n".join(lines) + "\n")
    alerts, summary = replay(folder, files)
    assert "orders.csv:42: " in summary, summary
    assert found(alerts) == [("ordered", "proof_missing", "R00777"), ("ordered", "unproven", victim)], found(alerts)
    [told] = [alert for alert in alerts if alert["reason"] == "undecoded"]
    assert told["transaction"]["link"] == "orders", told


def journal_gives_the_same(folder):
    week = Week()
    forged_at_night(week)
    week.pay(776, NOON, payment={"amount": "15000.00"}, line={"amount": "15000.00"})
    week.pay(778, NOON + LATER, payment=None, ack=None, line=None)
    alerts, summary = replay(folder, week.write(folder), "--record", folder / "journal", "--journal-key", keep(folder))
    first = (folder / "alerts.jsonl").read_bytes()
    journal = ("--journal", folder / "journal", "--journal-key", keep(folder))
    again = run("replay", *journal, "--alerts", folder / "again.jsonl")
    assert again.returncode == 0, again.stderr[-800:] + again.stdout[-800:]
    assert (folder / "again.jsonl").read_bytes() == first
    other = run("replay", POLICY, *journal, "--alerts", folder / "other.jsonl")
    assert other.returncode == 0 and (folder / "other.jsonl").read_bytes() == first, other.stderr[-800:]
    plain, _ = replay(folder, week.write(folder))
    assert plain == alerts and len(found(alerts)) == 3, found(alerts)
    done = run("verify", folder / "journal", "--journal-key", keep(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    explains(folder, alerts, journal)


def explains(folder, alerts, journal):
    """One alert is explained, and proved to somebody else."""
    [forged] = [alert for alert in alerts if alert["reason"] == "proof_missing" and alert["severity"] == "critical"]
    done = run("explain", POLICY, "--alert", forged["id"], *journal, "--token-key", key(folder))
    assert done.returncode == 0 and "no matching record on orders within 24 h before it" in done.stdout, \
        done.stdout + done.stderr
    done = run("evidence", forged["id"], *journal, "--out", folder / "bundle.json", "--html", folder / "bundle.html")
    assert done.returncode == 0, done.stdout + done.stderr
    done = run("verify", "--bundle", folder / "bundle.json")
    assert done.returncode == 0, done.stdout + done.stderr
    bundle = (folder / "bundle.json").read_text()
    assert "nothing on the other side bears it out" in bundle, bundle[:1000]
    html = (folder / "bundle.html").read_text()
    assert "R00777" in html and "beneficiary" in html and "forwarder" not in html and "issuer" not in html, html[:4000]


def keep(folder):
    path = folder / "journal.key"
    if not path.exists():
        path.write_bytes(bytes(range(32)))
        path.chmod(0o600)
    return path


EXTRA = """
money EUR
profile payee "payments to an account" by beneficiary {
  n_1d = count() over 1d
  first = first_seen()
  of record on payments where kind = "payment"
}
rule fresh "a large payment to an account never seen before" {
  of record on payments where kind = "payment"
  when payee.n_1d = 1 and amount >= 10000 EUR
  then allow medium
}
"""


def behaviour_beside_claims(folder):
    """Rules, features and a backtest over the same records; an own name chooses the events."""
    week = Week()
    week.pay(777, NIGHT, order=None, payment={"beneficiary": "GB9999", "amount": "95000.00"},
             line={"amount": "95000.00"})
    files = week.write(folder)
    policy = folder / "with.policy"
    policy.write_text(POLICY.read_text() + EXTRA)
    alerts, _ = replay(folder, files, policy=policy)
    assert [(expectation, reason) for expectation, reason, _ in found(alerts)] == [
        ("ordered", "proof_missing"), ("rule.fresh", "rule")], found(alerts)
    events = [word for file in files for word in ("--events", file)]
    done = run("features", policy, *events, "--token-key", key(folder))
    assert done.returncode == 0, done.stderr[-800:]
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) >= DAYS * A_DAY and any("payee.n_1d" in name for name in rows[0]), done.stdout[:300]
    done = run("backtest", policy, *events, "--token-key", key(folder))
    assert done.returncode == 0 and "fresh" in done.stdout, done.stdout[-800:] + done.stderr[-400:]


CASES = [in_pieces, without_orders, orders_end_early, broken_line, journal_gives_the_same, behaviour_beside_claims]


def main():
    tests = [(f"story {story.__name__}", lambda story=story: check_story(story)) for story in STORIES]

    def in_folder(case):
        with tempfile.TemporaryDirectory() as name:
            case(pathlib.Path(name))
    tests += [(f"case {case.__name__}", lambda case=case: in_folder(case)) for case in CASES]
    print(f"1..{len(tests)}")
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} - {name}")
        except AssertionError as failure:
            failed += 1
            print(f"not ok {number} - {name}")
            print("".join(f"# {line}\n" for line in (str(failure) or repr(failure.__traceback__)).splitlines()))
    return failed > 0


sys.exit(main())
