"""A small bank before its gate: folders, orders, payment messages, and the binary between them."""
import datetime
import hashlib
import os
import re
import subprocess
import time

import bank

POLICY = """clocks within 1s
record orders "what was ordered" {
  source csv
  time from "time" rfc3339
  id from "reference"
  amount from "amount" major in "currency"
  field beneficiary token from "account"
  WHOLE
  keep 2000 records
  lateness LATE
}
record messages "what is to be sent" {
  source mt
  id from "reference"
  amount from "amount" major in "currency"
  field beneficiary token from "beneficiary_account"
  field kind text from "kind"
  field type text from "type"
  keep 2000 records
  lateness 1s
}
expect ordered "each payment was ordered" {
  claim  record on messages where kind = "payment" and type in ("103", "202")
  proof  record on orders
  match  amount, currency, beneficiary and (rrn)
  within 30h before
  otherwise hold critical
}
rule large "a very large payment" {
  when amount > 900000 USD and kind = "payment"
  then hold high
}
"""


def mt103(reference, amount, account="9587041377"):
    return (f"{{1:F01CNTSDEF0AXXX2101024827}}{{2:I103GOGAUSM0XXXXN}}{{4:\r\n:20:{reference}\r\n:23B:CRED\r\n"
            f":32A:260306USD{amount}\r\n:50K:/DE20036973946173044230\r\nLINDEN TRADING\r\n:59:/{account}\r\n"
            f"FELD BAU INC\r\n:71A:SHA\r\n-}}").encode()


def mt199(reference):
    return (f"{{1:F01CNTSDEF0AXXX2101024828}}{{2:I199GOGAUSM0XXXXN}}{{4:\r\n:20:{reference}\r\n:79:PLEASE PAY\r\n-}}").encode()


def stamp(seconds_ago=600):
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds_ago)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def order(reference, amount, account="9587041377", when=None):
    return f"{when or stamp()},{reference},USD,{amount},{account}\n"


HEADER = "time,reference,currency,amount,account\n"


class Gate:
    def __init__(self, folder, late="30s", whole=True):
        self.folder = folder
        for name in ("in", "orders", "released", "held"):
            os.mkdir(self.path(name))
        text = POLICY.replace("LATE", late).replace("WHOLE\n", "whole\n" if whole else "\n")
        with open(self.path("gate.policy"), "w", encoding="utf-8") as file:
            file.write(text)
        with open(self.path("key"), "wb") as file:
            file.write(bytes(range(16)))
        os.chmod(self.path("key"), 0o600)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def put(self, folder, name, data):
        """As it should be put there: under another name first."""
        made = self.path(folder, name + ".tmp")
        with open(made, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        os.rename(made, self.path(folder, name))

    def rewrite(self, *changes):
        """The policy, in one step, with words exchanged."""
        with open(self.path("gate.policy"), encoding="utf-8") as file:
            text = file.read()
        for old, new in changes:
            text = text.replace(old, new)
        self.put(".", "gate.policy", text)

    def command(self, *more, fail="hold"):
        return [bank.BINARY, "gate", self.path("gate.policy"), "--in", f"messages={self.path('in')}", "--events",
                f"orders={self.path('orders')}", "--released", self.path("released"), "--held", self.path("held"),
                "--record", self.path("journal"), "--token-key", self.path("key"), *(["--fail", fail] if fail else []), *more]

    def environment(self, **more):
        return dict(os.environ, HOME=self.folder, **more)

    def once(self, *more, fail="hold", **environment):
        done = subprocess.run(self.command("--once", *more, fail=fail), capture_output=True, timeout=60, check=False,
                              env=self.environment(**environment))
        return done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")

    def start(self, *more):
        with open(self.path("said"), "ab") as said, open(self.path("alerts"), "ab") as alerts:
            return subprocess.Popen(self.command(*more), stdout=alerts, stderr=said, env=self.environment())

    def said(self):
        with open(self.path("said"), encoding="utf-8") as file:
            return file.read()

    def opened(self, *more):
        """A gate that has begun to look."""
        before = self.said().count("is open") if os.path.exists(self.path("said")) else 0
        process = self.start(*more)
        self.wait(lambda: self.said().count("is open") > before or process.poll() is not None)
        return process

    def ask(self, verb, name, by, *more, reason="looked at it", user=None):
        return subprocess.run([bank.BINARY, "gate", verb, self.path("held", name), "--by", by, "--reason", reason, *more],
                              capture_output=True, text=True, timeout=60, check=False, env=self.environment(), user=user, group=user,
                              extra_groups=None if user is None else [])

    def names(self, *folders):
        """Message files there, by the names they came under."""
        found = []
        for name in sorted(os.listdir(self.path(*folders))):
            if os.path.isfile(self.path(*folders, name)) and not name.startswith(".") and not name.endswith(".verdict.json"):
                found.append(re.sub(r"^[0-9a-f]{18}~", "", name) if folders[-1] == "taken" else name)
        return found

    def everywhere(self):
        """Where each content is: digest to folders."""
        places = {}
        for folder in (("in",), ("released",), ("held",), ("held", "taken"), ("held", "rejected")):
            if not os.path.isdir(self.path(*folder)):
                continue
            for name in os.listdir(self.path(*folder)):
                whole = self.path(*folder, name)
                if os.path.isfile(whole) and not name.startswith(".") and not name.endswith(".verdict.json"):
                    with open(whole, "rb") as file:
                        places.setdefault(hashlib.sha256(file.read()).hexdigest(), []).append("/".join(folder))
        return places

    def journal(self):
        """The notes of the gate, in order. What is open in a journal stands there as it is."""
        notes = []
        for name in sorted(os.listdir(self.path("journal"))):
            if os.path.isfile(self.path("journal", name)):
                with open(self.path("journal", name), "rb") as file:
                    notes += re.findall(rb'\{"id":"[0-9A-F]{16}","at":"[^"]*","action":"gate-[^\n]*?\}', file.read())
        return [note.decode() for note in notes]

    def decided(self, verdict):
        """Digests of files of which the journal says so."""
        found = set()
        for note in self.journal():
            if f'"verdict":"{verdict}"' in note or f'"action":"gate-{verdict}"' in note:
                found.add(re.search(r'"sha256":"([0-9A-F]{64})"', note).group(1).lower())
        return found

    def wait(self, holds, seconds=20):
        for _ in range(seconds * 20):
            if holds():
                return True
            time.sleep(0.05)
        return False
