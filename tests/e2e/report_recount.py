"""What a report of a day must say of the simulator's payment days, counted from its files with nothing of the program's own:
orders.csv, and the acknowledgements with the copies of messages behind them. Used by test_report.py."""
import collections
import csv
import datetime
import zoneinfo
import glob
import os
import re

DECIMALS = {"EUR": 2, "USD": 2, "GBP": 2, "JPY": 0, "KWD": 3}
TYPES = ("103", "103STP", "103REMIT", "200", "202", "202COV", "205", "205COV")
SKEW, WITHIN = datetime.timedelta(seconds=60), datetime.timedelta(hours=2)


def minor(currency, text):
    whole, _, part = text.replace(",", ".").partition(".")
    return int(whole + part.ljust(DECIMALS[currency], "0"))


class Row:
    def __init__(self, **more):
        self.__dict__.update(more)
        self.country = self.receiver[4:6] if self.receiver else ""


def read_orders(folder):
    with open(os.path.join(folder, "orders.csv"), encoding="ascii", newline="") as file:
        return [Row(time=datetime.datetime.fromisoformat(row["time"].replace("Z", "")), reference=row["reference"], type=row["type"],
                    receiver=row["receiver"], sender="", currency=row["currency"], minor=minor(row["currency"], row["amount"]))
                for row in csv.DictReader(file)]


def read_acks(folder):
    """(accepted?, row) for each; a message that moves no money has no amount."""
    out = []
    for path in sorted(glob.glob(os.path.join(folder, "acks", "*"))):
        with open(path, encoding="ascii", newline="") as file:
            text = file.read()
        stamp, taken = re.search(r"\{177:(\d{10})\}\{451:([01])\}", text).groups()
        kind, partner = re.search(r"\{2:I(\d{3})([A-Z0-9]{8})", text).groups()
        flag = re.search(r"\{119:(STP|COV)\}", text)
        value = re.search(r"^:32A:\d{6}([A-Z]{3})([\d,]+)\r\n", text, re.M)
        out.append((taken == "0", Row(
            time=datetime.datetime.strptime(stamp, "%y%m%d%H%M"), reference=re.search(r"^:20:(\S+)", text, re.M).group(1),
            type=kind + (flag.group(1) if flag else ""), receiver=partner + "XXX", sender="CNTSDEF0XXX",
            currency=value and value.group(1), minor=minor(*value.groups()) if value else None)))
    return out


class Day:
    """A day in a zone, and the days before it."""

    def __init__(self, date, hours=0, history=30):
        self.date, self.history = datetime.date.fromisoformat(date), history
        self.zone = datetime.timedelta(hours=hours)
        self.end = datetime.datetime.combine(self.date, datetime.time()) - self.zone + datetime.timedelta(days=1)

    def ago(self, row):
        """Days before; None: neither that day nor in the history."""
        days = (self.date - self.local(row).date()).days
        return days if 0 <= days <= self.history else None

    def hour(self, row):
        return f"{self.local(row).hour:02d}"

    def local(self, row):
        return row.time + self.zone


class NamedDay(Day):
    """A day in a zone by name, which may have 23 or 25 hours."""

    def __init__(self, date, name, history=30):
        super().__init__(date, 0, history)
        self.name = zoneinfo.ZoneInfo(name)

    def local(self, row):
        return row.time.replace(tzinfo=datetime.timezone.utc).astimezone(self.name)


def tables(rows, day):
    """{table: {(currency, key...): (count, sum, history count, history sum, largest)}} of rows with an amount, and the number of
    days of the history with any row."""
    keys = {"by_currency": lambda row: (), "by_type": lambda row: (row.type,), "by_country": lambda row: (row.country,),
            "by_counterparty": lambda row: (row.receiver,), "by_hour": lambda row: (day.hour(row),),
            "combinations": lambda row: (row.type, row.sender, row.receiver, row.country)}
    out = {name: collections.defaultdict(lambda: [0, 0, 0, 0, None]) for name in keys}
    days = {day.ago(row) for row in rows if day.ago(row)}
    for row in rows:
        ago = day.ago(row)
        if ago is None or row.minor is None:
            continue
        for name, key in keys.items():
            cell = out[name][(row.currency,) + key(row)]
            cell[2 if ago else 0] += 1
            cell[3 if ago else 1] += row.minor
            if not ago:
                cell[4] = max(row.minor, cell[4] or row.minor)
    return out, len(days)


def mean(total, days):
    """Rounded half away from zero; of nothing 0."""
    return (abs(total) + days // 2) // days * (1 if total >= 0 else -1) if days else 0


def largest(rows, day):
    """{currency: the five largest amounts}."""
    out = collections.defaultdict(list)
    for row in rows:
        if day.ago(row) == 0 and row.minor is not None:
            out[row.currency].append(row.minor)
    return {currency: sorted(amounts, reverse=True)[:5] for currency, amounts in out.items()}


def unmatched(claims, day):
    """{currency: [count and sum of days 0 to 2, of 3, of older]} of rows that claim in vain."""
    out = collections.defaultdict(lambda: [[0, 0], [0, 0], [0, 0]])
    for row in claims:
        ago = day.ago(row)
        if ago is not None:
            cell = out[row.currency][0 if ago < 3 else 1 if ago == 3 else 2]
            cell[0] += 1
            cell[1] += row.minor
    return dict(out)
