#!/usr/bin/env python3
"""Goal: what happens between a bank and its correspondent on any day (a payment comes back, charges are taken, the last of a batch
goes a day later, a statement comes in the morning) is no finding of policies/nostro.policy; and of each its bad twin is found.

Method: acknowledgements, confirmations and statements of one account are made here, for five days; the real binary replays them.
"""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["COUNTERSIGN_ROOT"])
MONDAY = datetime.datetime(2026, 3, 16)
ACCOUNT, BANK, DAYS = "0487805350", "BERGAT20", 5


def money(cents):
    return f"{cents // 100},{cents % 100:02d}"


class Days:
    """What was sent, confirmed and booked; a statement each evening."""

    def __init__(self):
        self.acks, self.received, self.lines, self.n = [], [], [[] for _ in range(DAYS)], 0
        self.late, self.lost = {}, set()
        for day in range(DAYS):
            for i in range(3):
                self.pay(f"R{day}{i}", 100000 + 100 * i, day)

    def at(self, day, hour, minute=0):
        return MONDAY + datetime.timedelta(days=day, hours=hour, minutes=minute)

    def head(self, kind, time):
        self.n += 1
        return (f"{{1:F01CNTSDEF0AXXX2101{self.n:06}}}{{2:O{kind}{time:%H%M%y%m%d}{BANK}AXXX3101{self.n:06}{time:%y%m%d%H%M}N}}"
                "{4:\r\n")

    def send(self, reference, cents, day):
        time = self.at(day, 9)
        self.n += 1
        self.acks.append((time, f"{{1:F21CNTSDEF0AXXX2101{self.n:06}}}{{4:{{177:{time:%y%m%d%H%M}}}{{451:0}}{{108:{reference}}}}}"
                          f"{{1:F01CNTSDEF0AXXX2101{self.n:06}}}{{2:I103{BANK}XXXXN}}{{3:{{108:{reference}}}"
                          f"{{121:c546fabd-ce40-496e-9f84-{self.n:012}}}}}{{4:\r\n:20:{reference}\r\n:23B:CRED\r\n"
                          f":32A:{time:%y%m%d}EUR{money(cents)}\r\n:33B:EUR{money(cents)}\r\n:50K:/DE46038039138868708627\r\n"
                          "NORD GMBH\r\nBREMEN\r\n:59:/NL64ABCD0123456789\r\nROSEN BV\r\nUTRECHT\r\n:71A:SHA\r\n-}"
                          "{5:{CHK:772F101FBBD7}}"))

    def confirm(self, reference, cents, day, kind="900"):
        time = self.at(day, 10)
        own = f"B{kind[0:2]}{reference}"
        tail = "" if kind == "900" else f":52A:{BANK}\r\n"
        self.received.append((time, self.head(kind, time) + f":20:{own}\r\n:21:{reference}\r\n:25:{ACCOUNT}\r\n"
                              f":13D:{time:%y%m%d%H%M}+0000\r\n:32A:{time:%y%m%d}EUR{money(cents)}\r\n{tail}-}}"
                              "{5:{CHK:772F101FBBD7}}"))
        return own

    def book(self, line, day):
        """A line: mark, cents, type, our reference, the bank's."""
        self.lines[day].append(line)

    def pay(self, reference, cents, day, confirmed=True, booked=None):
        self.send(reference, cents, day)
        if confirmed:
            own = self.confirm(reference, cents if booked is None else booked, day)
            self.book(("D", cents if booked is None else booked, "S103", reference, own), day)

    def give_back(self, reference, cents, day):
        own = self.confirm(reference, cents, day, "910")
        self.book(("C", cents, "NRTI", reference, own), day)

    def charge(self, reference, cents, day):
        self.book(("D", cents, "NCHG", reference, f"C{reference}"), day)

    def statements(self):
        balance = 900000000
        for day, lines in enumerate(self.lines):
            evening = self.at(day, 21, 30)
            text = [f":20:S{day}", f":25:{ACCOUNT}", f":28C:{day + 1}/1", f":60F:C{evening:%y%m%d}EUR{money(balance)}"]
            for mark, cents, kind, reference, own in lines:
                balance += cents if mark == "C" else -cents
                text.append(f":61:{evening:%y%m%d%m%d}{mark}{money(cents)}{kind}{reference}//{own}")
            text.append(f":62F:C{evening:%y%m%d}EUR{money(balance)}")
            came = self.late.get(day, evening)
            if day not in self.lost:
                yield came, self.head("950", came) + "\r\n".join(text) + "\r\n-}{5:{CHK:772F101FBBD7}}"

    def write(self, folder):
        both = {"acks": self.acks, "in": self.received + list(self.statements())}
        for name, rows in both.items():
            rows.sort(key=lambda row: row[0])
            (folder / f"{name}.fin").write_text("".join(text for _, text in rows), newline="")


def honest(days):
    return []


def returned(days):
    days.give_back("R01", 100100, 1)
    return []


def returned_less_charges(days):
    days.give_back("R01", 98600, 2)
    return []


def returned_never_paid(days):
    days.give_back("X99", 100100, 1)
    return [("returned", "proof_missing", "X99")]


def charges(days):
    days.charge("R00", 1500, 0)
    days.charge("R12", 2500, 2)
    return []


def charges_too_high(days):
    days.charge("R00", 950000, 1)
    return [("rule.charges", "rule", "R00")]


def charges_for_nothing(days):
    days.charge("X98", 1500, 1)
    return [("charged", "proof_missing", "X98")]


def charges_taken_off(days):
    """The correspondent debits more than it was told to, instead of a line of its own."""
    days.pay("R90", 150000, 1, booked=155000)
    return [("confirmed", "amount_differs", "R90"), ("ours", "amount_differs", "R90"),
            ("ours_confirmed", "amount_differs", "R90")]


def batch(days):
    for i in range(5):
        days.pay(f"S{i}", 20000 + i, 1 + (i == 4))
    return []


def batch_in_part(days):
    """One of them was sent, and is nowhere."""
    for i in range(5):
        days.pay(f"S{i}", 20000 + i, 0, confirmed=i != 4)
    return [("confirmed", "proof_missing", "S4")]


def late_statement(days):
    days.late[1] = days.at(2, 7)
    return []


def no_statement(days):
    days.lost = {1, 2}
    return [("nostro", "statement_gap", None), ("nostro", "statement_silent", None)]


CASES = [honest, returned, returned_less_charges, returned_never_paid, charges, charges_too_high, charges_for_nothing,
         charges_taken_off, batch, batch_in_part, late_statement, no_statement]


def check(case):
    with tempfile.TemporaryDirectory() as name:
        folder, days = pathlib.Path(name), Days()
        want = case(days)
        days.write(folder)
        text = (ROOT / "policies" / "nostro.policy").read_text(encoding="utf-8").replace("\n# whole", "\n  whole")
        (folder / "own.policy").write_text(text)
        (folder / "key").write_bytes(bytes(range(16)))
        (folder / "key").chmod(0o600)
        files = (("network", "acks"), ("confirmations", "in"), ("statements", "in"))
        done = subprocess.run([os.environ["COUNTERSIGN"], "replay", folder / "own.policy", "--alerts", folder / "alerts.jsonl",
                               "--token-key", folder / "key",
                               *(word for record, file in files for word in ("--events", f"{record}={folder}/{file}.fin"))],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-800:]
        alerts = [json.loads(line) for line in (folder / "alerts.jsonl").read_text().splitlines()]
        assert not [alert for alert in alerts if alert["nature"] == "coverage"], alerts[0]["words"]
        about = {"statement_gap", "statement_silent"}
        found = {(alert["expectation"], alert["reason"], None if alert["reason"] in about else alert["transaction"].get("rrn"))
                 for alert in alerts}
        if case in (no_statement,):  # what was on them is missing, too
            found = {row for row in found if row[1] in about}
        assert found == set(want), f"found {sorted(map(str, found))}, wanted {want}: {[a['words'] for a in alerts][:3]}"


def main():
    print(f"1..{len(CASES)}")
    failed = 0
    for number, case in enumerate(CASES, 1):
        try:
            check(case)
            print(f"ok {number} - {case.__name__}", flush=True)
        except AssertionError as failure:
            failed += 1
            print(f"not ok {number} - {case.__name__}", flush=True)
            print("".join(f"# {line}\n" for line in (str(failure) or repr(failure)).splitlines()), flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
