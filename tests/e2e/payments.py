"""Days of payments read back strictly, with a reader that shares nothing with the simulator: envelope, fields, digests, and
the chains from order to statement. Used by test_payments.py."""
import csv
import glob
import hashlib
import hmac
import json
import os
import re

DECIMALS = {"EUR": 2, "USD": 2, "GBP": 2, "JPY": 0, "KWD": 3}
WEEKEND = {"KWD": (4, 5)}
X = r"[A-Za-z0-9/\-?:().,'+ ]"
LINE = rf"(?![:\-]){X}{{1,35}}"
BIC = r"[A-Z]{4}[A-Z]{2}[A-Z0-9]0"
AMOUNT = r"\d{1,14},\d{0,3}"
REFERENCE = r"[A-Z0-9]{1,16}"
PARTY = rf"/[A-Z0-9]{{4,34}}\r\n(?:{LINE}\r\n){{3}}"
NUMBERED = rf"/[A-Z0-9]{{4,34}}\r\n1/{X}{{1,33}}\r\n2/{X}{{1,33}}\r\n3/[A-Z]{{2}}/{X}{{1,30}}\r\n"
MONEY = rf"[A-Z]{{3}}{AMOUNT}\r\n"
VALUE = rf":32A:\d{{6}}{MONEY}"
BOTH = rf"(?::50K:{PARTY}|:50F:{NUMBERED})"
PAYEE = rf"(?::59:{PARTY}|:59F:{NUMBERED})"
PURPOSE = rf":70:{LINE}\r\n"
ENTRY = rf":61:\d{{10}}[CD]{AMOUNT}[NS][A-Z0-9]{{3}}{REFERENCE}//{REFERENCE}\r\n"
INFORMATION = rf"(?::86:(?![:\-]){X}{{1,65}}\r\n)"
HEAD = rf":20:{REFERENCE}\r\n:25:\d{{10}}\r\n:28C:\d{{1,5}}/\d{{1,5}}\r\n"
BODY = {
    "103": rf":20:{REFERENCE}\r\n:23B:CRED\r\n{VALUE}:33B:{MONEY}{BOTH}(?::52A:{BIC}\r\n)?"
           rf"(?::53A:{BIC}\r\n|:53B:/\d{{10}}\r\n)?(?::57A:{BIC}\r\n)?{PAYEE}{PURPOSE}:71A:(?:SHA|OUR|BEN)\r\n(?::71F:{MONEY})?",
    "202": rf":20:{REFERENCE}\r\n:21:{REFERENCE}\r\n{VALUE}:53B:/\d{{10}}\r\n"
           rf"(?::58A:{BIC}\r\n|:57A:{BIC}\r\n:58A:/\d{{10}}\r\n{BIC}\r\n)",
    "202COV": rf":20:{REFERENCE}\r\n:21:{REFERENCE}\r\n{VALUE}:53B:/\d{{10}}\r\n:58A:{BIC}\r\n{BOTH}{PAYEE}{PURPOSE}:33B:{MONEY}",
    "192": rf":20:{REFERENCE}\r\n:21:{REFERENCE}\r\n:11S:\d{{3}}\r\n\d{{6}}\r\n\d{{10}}\r\n:79:/[A-Z]{{4}}/\r\n(?:{LINE}\r\n)+",
    "199": rf":20:{REFERENCE}\r\n(?::21:{REFERENCE}\r\n)?:79:(?:(?![:\-]){X}{{1,50}}\r\n)+",
    "196": rf":20:{REFERENCE}\r\n:21:{REFERENCE}\r\n:76:/[A-Z]{{4}}/[A-Z]*\r\n",
    "900": rf":20:{REFERENCE}\r\n:21:{REFERENCE}\r\n:25:\d{{10}}\r\n:13D:\d{{10}}\+0000\r\n{VALUE}",
    "910": rf":20:{REFERENCE}\r\n:21:{REFERENCE}\r\n:25:\d{{10}}\r\n:13D:\d{{10}}\+0000\r\n{VALUE}:52A:{BIC}\r\n"
           rf"(?::72:(?:/[A-Z0-9]{{4}}/{X}*\r\n)+)?",
    "940": rf"{HEAD}:60[FM]:[CD]\d{{6}}{MONEY}(?:{ENTRY}{INFORMATION})*:62[FM]:[CD]\d{{6}}{MONEY}(?::64:[CD]\d{{6}}{MONEY})?",
    "942": rf"{HEAD}:34F:[A-Z]{{3}}0,\r\n:13D:\d{{10}}\+0000\r\n(?:{ENTRY}{INFORMATION})*(?::90D:\d+{MONEY}:90C:\d+{MONEY})?",
    "950": rf"{HEAD}:60[FM]:[CD]\d{{6}}{MONEY}(?:{ENTRY})*:62[FM]:[CD]\d{{6}}{MONEY}",
}
BODY["999"] = BODY["799"] = BODY["299"] = BODY["199"]
BODY = {name: re.compile(pattern) for name, pattern in BODY.items()}
UETR = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
USER = rf"\{{3:(?:\{{108:(?P<user>[A-Z0-9]{{1,16}})\}})?(?:\{{119:(?P<flag>STP|COV)\}})?(?:\{{111:001\}})?(?:\{{121:(?P<uetr>{UETR})\}})?\}}"
ENVELOPE = re.compile(
    rf"\{{1:F01CNTSDEF0AXXX(?P<number>\d{{10}})\}}"
    rf"(?:\{{2:I(?P<type>\d{{3}})(?P<to>{BIC})XXXXN\}}"
    rf"|\{{2:O(?P<type_in>\d{{3}})\d{{10}}(?P<sender>{BIC})AXXX\d{{20}}N\}})"
    rf"(?P<rest>(?:{USER})?\{{4:\r\n(?P<text>.*?)-\}})"
    r"\{5:\{CHK:(?P<check>[0-9A-F]{12})\}(?P<again>\{PDE:\})?\}(?:\{S:\{MDG:(?P<digest>[0-9A-F]{64})\}\})?", re.S)
ACK = re.compile(r"\{1:F21CNTSDEF0AXXX(\d{10})\}\{4:\{177:\d{10}\}\{451:([01])\}(?:\{405:[A-Z]\d{5}\})?(?:\{108:[A-Z0-9]+\})?\}")


def minor(currency, text):
    whole, part = text.replace(".", ",").split(",") if "," in text or "." in text else (text, "")
    assert len(part) in (0, DECIMALS[currency]), f"{currency}{text}: decimals"
    return int(whole + part.ljust(DECIMALS[currency], "0"))


def iban_is_right(account):
    turned = account[4:] + account[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


class Message:
    def __init__(self, name, data, key):
        text = data.decode("ascii")
        found = ENVELOPE.fullmatch(text)
        assert found, f"{name}: no envelope"
        part = found.groupdict()
        self.name, self.data = name, data
        self.number, self.user, self.uetr, self.flag = part["number"], part["user"], part["uetr"], part["flag"]
        self.type = part["type"] or part["type_in"]
        self.partner = part["to"] or part["sender"]
        self.out, self.again, self.text = bool(part["type"]), bool(part["again"]), part["text"]
        self.kind = self.type + ("COV" if self.flag == "COV" else "")
        self.fields_right = bool(BODY[self.kind].fullmatch(self.text))
        assert hashlib.sha256(part["rest"].encode()).hexdigest()[:12].upper() == part["check"], f"{name}: CHK"
        before = data[:data.rindex(b"{S:")] if part["digest"] else data
        right = hmac.new(key, before, hashlib.sha256).hexdigest().upper()
        self.digest = "none" if not part["digest"] else "right" if part["digest"] == right else "wrong"
        assert len(self.text) <= (10000 if self.type in ("103", "202") else 2000), f"{name}: too long"

    def field(self, tag):
        found = re.search(rf"^:{tag}:(.*?)\r\n", self.text, re.M)
        return found and found.group(1)

    def value(self):
        found = re.search(r"^:32A:(\d{6})([A-Z]{3})([\d,]+)\r\n", self.text, re.M)
        return found.group(1), found.group(2), minor(found.group(2), found.group(3))

    def accounts(self):
        return [line[line.index("/") + 1:] for line in re.findall(r"^:5[09]\w?:/.*?(?=\r\n)", self.text, re.M)]


class Days:
    """The files of one run."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "lau.key"), "rb") as file:
            self.key = file.read().split()[1]
        self.out, self.into = self.messages("out"), self.messages("in")
        self.acks = []
        for path in sorted(glob.glob(os.path.join(folder, "acks", "*"))):
            with open(path, "rb") as file:
                data = file.read()
            found = ACK.match(data.decode("ascii"))
            assert found, f"{path}: no acknowledgement"
            self.acks.append((found.group(1), found.group(2) == "1", data[found.end():]))
        with open(os.path.join(folder, "orders.csv"), encoding="ascii", newline="") as file:
            self.orders = list(csv.DictReader(file))
        with open(os.path.join(folder, "free.csv"), encoding="ascii", newline="") as file:
            self.free = list(csv.DictReader(file))
        with open(os.path.join(folder, "orders.jsonl"), encoding="ascii") as file:
            self.json_orders = [json.loads(line) for line in file]
        with open(os.path.join(folder, "truth.jsonl"), encoding="ascii") as file:
            rows = [json.loads(line) for line in file]
        self.summary, self.truth = rows[-1]["summary"], rows[:-1]

    def messages(self, kind):
        out = []
        for path in sorted(glob.glob(os.path.join(self.folder, kind, "*"))):
            with open(path, "rb") as file:
                out.append(Message(kind + "/" + os.path.basename(path), file.read(), self.key))
        return out

    def payments(self):
        return [m for m in self.out if m.type in ("103", "202")]

    # --- what is wrong with a message out, by its own look and by the back office's records ---

    def wrong_out(self):
        """Names of messages out that no order stands behind, or that are not what was ordered."""
        orders = {order["reference"]: order for order in self.orders}
        free = {order["reference"] for order in self.free}
        seen, wrong = set(), set()
        for m in self.out:
            if m.type not in ("103", "202"):
                ordered = m.field("20") in free
            else:
                ordered = self.is_as_ordered(m, orders.get(m.field("20")))
            fresh = m.field("20") not in seen or m.again
            seen.add(m.field("20"))
            if not (ordered and fresh and m.fields_right and m.digest == "right"):
                wrong.add(m.name)
        return wrong

    @staticmethod
    def is_as_ordered(m, order):
        if order is None:
            return False
        if not m.fields_right:
            return False
        value_date, currency, amount = m.value()
        payee = m.accounts()[-1] if m.type == "103" or m.flag == "COV" else order["beneficiary_account"]
        return (order["uetr"] == m.uetr and order["currency"] == currency and minor(currency, order["amount"]) == amount and
                order["value_date"].replace("-", "")[2:] == value_date and order["receiver"] == m.partner and
                order["beneficiary_account"] == payee and order["type"] in (m.type, m.type + (m.flag or "")))

    # --- statements ---

    def statements(self):
        """Per account: pages in the order of arrival, each (number, page, opening, lines, closing, last)."""
        accounts = {}
        for m in self.into:
            if m.type not in ("940", "950"):
                continue
            number, page = map(int, m.field("28C").split("/"))
            mark = lambda tag: re.search(rf"^:{tag}([FM]):([CD])\d{{6}}([A-Z]{{3}})([\d,]+)", m.text, re.M).groups()
            first, open_sign, currency, opening = mark("60")
            last, close_sign, _, closing = mark("62")
            lines = [(d, minor(currency, a), reference, bank, kind) for d, a, kind, reference, bank in
                     re.findall(r"^:61:\d{10}([CD])([\d,]+)([NS]\w{3})(\w+)//(\w+)\r\n", m.text, re.M)]
            signed = lambda sign, text: minor(currency, text) * (-1 if sign == "D" else 1)
            accounts.setdefault(m.field("25"), []).append(
                (number, page, first == "F", signed(open_sign, opening), lines, signed(close_sign, closing), last == "F"))
        return accounts

    def statement_faults(self):
        """(sums that do not add up, balances or numbers that do not follow), as texts."""
        sums, chains = [], []
        for account, pages in self.statements().items():
            before = None
            for number, page, first, opening, lines, closing, last in pages:
                moved = sum(amount * (1 if mark == "C" else -1) for mark, amount, *_ in lines)
                if opening + moved != closing:
                    sums.append(f"{account} {number}/{page}")
                if (page == 1) != first:
                    chains.append(f"{account} {number}/{page}: 60F on page 1 only")
                if before:
                    wanted = (before[0] + 1, 1) if before[6] else (before[0], before[1] + 1)
                    if (number, page) != wanted or opening != before[5]:
                        chains.append(f"{account} {number}/{page}: does not follow {before[0]}/{before[1]}")
                before = (number, page, first, opening, lines, closing, last)
        return sums, chains

    def lines(self):
        return [(account,) + line for account, pages in self.statements().items() for page in pages for line in page[4]]

    # --- numbers ---

    @staticmethod
    def gaps(messages):
        numbers = sorted({int(m.number[4:]) for m in messages})
        return sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers))
