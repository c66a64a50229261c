#!/usr/bin/env python3
"""Goal: policies/controls.policy finds the robberies it is meant for, each of its rules fires when its case comes and not a step
before, and honest months bring at most one false hold in 10000 payments, together with policies/swift.policy.

Method: the simulator writes the stories, the real binary replays them, and alerts are held against the truth by reference. Rules
that the simulator has no story for get messages made here. Which pattern of attack each story is: docs/transfers.md.
"""
import collections
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["COUNTERSIGN_ROOT"])
POLICIES = ROOT / "policies"
CONTROLS, SWIFT, PRINTED = (POLICIES / f"{name}.policy" for name in ("controls", "swift", "printed"))
SEED = 5
MONTHS = (21, 22)      # seeds of the honest ones
ONE_IN = 10000         # payments, for one that is held without a reason
TOLD_IN = 100          # payments, for one alert that holds nothing

# (pattern or story of docs/transfers.md, story, policy, expectations of which one must name each, what the truth calls it)
FOUND = [
    ("1 forged at night", "payment-night-burst", SWIFT, {"ordered", "known"}, "forged_payment"),
    ("1 forged at noon, a new corridor", "payment-noon", CONTROLS, {"rule.new_country"}, "forged_payment"),
    ("2 amounts altered", "payment-altered-amount", SWIFT, {"ordered"}, "altered_amount"),
    ("2 messages deleted, by their numbers", "payment-sequence-gap", CONTROLS, {"rule.gap"}, "sequence_gap"),
    ("2 messages deleted, by their acknowledgements", "payment-sequence-gap", SWIFT, {"known"}, "forged_payment"),
    ("2 amounts altered, by the digest", "payment-altered-amount", CONTROLS, {"rule.digest"}, "altered_amount"),
    ("5 incomplete beneficiaries", "payment-incomplete", CONTROLS, {"rule.quality"}, "forged_payment"),
    # Those of the month whose beneficiaries are people are those without a confirmation, too.
    ("6 individuals as beneficiaries", "payment-robbery-month", CONTROLS, {"rule.new_country"}, "deleted_confirmation"),
    ("7 many in minutes, at night", "payment-robbery-month", CONTROLS, {"rule.hours"}, "deleted_confirmation"),
    ("8 messages without a booking", "payment-incomplete", CONTROLS, {"rule.unbooked"}, "free_instruction"),
    ("9 a recall that nobody acts on", "payment-night-burst", CONTROLS, {"recalled"}, "unanswered_recall"),
    ("9 queries that nobody reads", "payment-night-burst", CONTROLS, {"replied"}, "unanswered_query"),
    ("10 replayed", "payment-replay", CONTROLS, {"rule.same_uetr"}, "replayed_message"),
    ("10 the same UETR", "payment-same-uetr", CONTROLS, {"rule.same_uetr"}, "same_uetr"),
    ("11 a smuggled field", "payment-smuggled-field", SWIFT, {"undecoded"}, "smuggled_field"),
    ("re-issued order, another beneficiary", "payment-reissued-order", CONTROLS, {"rule.same_reference"}, "reissued_order"),
    ("rejected and resent", "payment-resent-batch", CONTROLS, {"rule.new_country"}, "forged_payment"),
    ("instructions by 199", "payment-free-instruction", CONTROLS, {"rule.instruction", "rule.unbooked"}, "free_instruction"),
    ("instructions by 199, not wanted", "payment-robbery-month", SWIFT, {"said"}, "free_instruction"),
    ("entered and approved by one", "payment-self-approved", CONTROLS, {"rule.hours"}, "self_approved_order"),
]


def run(*args):
    command = [os.environ["COUNTERSIGN"], *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, errors="replace")


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def joined(folder, name):
    """The messages of a folder as one file."""
    out = folder / f"{name}.fin"
    if not out.exists():
        with open(out, "wb") as file:
            for path in sorted((folder / name).iterdir()):
                file.write(path.read_bytes())
    return out


def key(folder):
    path = folder / "key"
    if not path.exists():
        path.write_bytes(bytes(range(16)))
        path.chmod(0o600)
    return path


def sources(policy, folder):
    acks, inwards = joined(folder, "acks"), joined(folder, "in")
    if policy == SWIFT:
        return [f"orders={folder}/orders.csv", f"free={folder}/free.csv", f"network={acks}"]
    return [f"sent={acks}", f"replies={acks}", f"received={inwards}", f"answers={inwards}", f"archive={joined(folder, 'out')}"]


def relate(folder):
    """The relationships that a bank has with whom it writes to, and who writes to it: of all honest messages."""
    wrong = {line.get("file") for line in read(folder / "truth.jsonl")}
    for name, source, head in (("rma-send.csv", "out", rb"\{2:I(\d{3})(.{8})"), ("rma-receive.csv", "in", rb"\{2:O(\d{3})\d{10}(.{8})")):
        if not (folder / name).exists():
            found = [re.search(head, path.read_bytes()) for path in (folder / source).iterdir()
                     if f"{source}/{path.name}" not in wrong]
            rows = sorted({f"{match[2].decode()},{match[1].decode()}," for match in found if match})
            (folder / name).write_text("\n".join(["BIC,TYPE,LAST_DAY", *rows]) + "\n")


def replay(policy, folder, files):
    own, text = folder / policy.name, policy.read_text().replace("\n# whole", "\n  whole", 1)  # nothing was ordered before
    if policy == CONTROLS:
        text = text.replace("  source mt  ", '  source mt lau "lau.key"  ', 1)
        (folder / "lau.key").chmod(0o600)
    own.write_text(text)
    shutil.copy(POLICIES / "suspicious-accounts.csv", folder)
    relate(folder)
    alerts = folder / f"{policy.stem}.jsonl"
    done = run("replay", own, "--alerts", alerts, "--token-key", key(folder), *(w for f in files for w in ("--events", f)))
    assert done.returncode == 0, done.stderr[-800:]
    assert "WARNING" not in done.stdout + done.stderr, done.stdout[-3000:] + done.stderr[-800:]
    return read(alerts)


class Days:
    """Stories as they were written, and what was found in them; each once."""

    def __init__(self, folder):
        self.folder, self.known = folder, {}

    def of(self, story, seed):
        folder = self.folder / f"{story}-{seed}"
        if not folder.exists():
            folder.mkdir()
            done = subprocess.run([os.environ["COUNTERSIGN_SIM"], story, "--seed", str(seed), "--out", folder],
                                  capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        return folder

    def alerts(self, story, seed, policy):
        at = (story, seed, policy)
        if at not in self.known:
            folder = self.of(story, seed)
            self.known[at] = replay(policy, folder, sources(policy, folder))
        return self.known[at]

    def truth(self, story, seed):
        return read(self.of(story, seed) / "truth.jsonl")


def holds(alerts):
    """References that somebody would have to look at before they go."""
    return {alert["transaction"].get("rrn") for alert in alerts
            if alert["verdict"] in ("hold", "block") and alert["nature"] != "coverage"}


def check_found(days, row):
    _, story, policy, names, what = row
    wrong = [line for line in days.truth(story, SEED) if line.get("what") == what and not line.get("refused")]
    alerts = days.alerts(story, SEED, policy)
    told = [alert for alert in alerts if alert["expectation"] in names or alert["reason"] in names]
    assert wrong, f"the story {story} has no {what}"
    if what == "sequence_gap":
        pairs = [map(int, re.search(r"\((\d+) behind (\d+) at", alert["words"]).groups()) for alert in told]
        lost = sum(newer - older - 1 for newer, older in pairs)
        assert lost >= len(wrong), f"{lost} numbers told of {len(wrong)}"
        return
    if what in ("smuggled_field", "unanswered_query"):  # what could not be read has no reference; a query is told by its own
        assert len(told) >= len(wrong), f"{len(told)} told of {len(wrong)}"
        return
    missed = {line["reference"] for line in wrong} - {alert["transaction"].get("rrn") for alert in told}
    assert not missed, f"missed {sorted(missed)[:5]} of {len(wrong)}; told {len(told)}"


def check_innocent(days):
    payments, held, told, by = 0, 0, 0, collections.Counter()
    for seed in MONTHS:
        payments += days.truth("innocent-payment-month", seed)[-1]["summary"]["payments"]
        both = [days.alerts("innocent-payment-month", seed, policy) for policy in (CONTROLS, SWIFT)]
        held += len(holds(both[0]) | holds(both[1]))
        told += sum(len(alerts) for alerts in both)
        by.update(alert["expectation"] for alerts in both for alert in alerts)
    print(f"# {payments} payments, {held} held, {told} alerts: {dict(by)}")
    assert held * ONE_IN <= payments, f"{held} held of {payments}: {by}"
    assert told * TOLD_IN <= payments, f"{told} told of {payments}: {by}"
    days.known.clear()


def check_month(days):
    """With three weeks of habits behind it: what is found by what the bank does, and what by nothing but its own order."""
    story = "payment-robbery-month"
    alerts, truth = days.alerts(story, SEED, CONTROLS), days.truth(story, SEED)
    by = collections.defaultdict(set)
    for alert in alerts:
        by[alert["expectation"]].add(alert["transaction"].get("rrn"))
    wanted = {"forged_payment": {"rule.surge", "rule.structured", "rule.quality", "score", "limit.customer"},
              "reissued_order": {"rule.same_reference", "score"}, "self_approved_order": {"rule.hours", "score"},
              "replayed_message": {"rule.same_uetr", "rule.same_reference"}, "unanswered_recall": {"recalled"}}
    for what, names in wanted.items():
        wrong = {line["reference"] for line in truth if line.get("what") == what and not line.get("refused")}
        silent = {name for name in names if not by[name] & wrong}
        assert not silent, f"{what}: silent are {silent}"
        missed = wrong - set().union(*by.values())
        few = 2 if what == "forged_payment" else 0  # the first two below the ceiling look like any other payment
        assert len(missed) <= few, f"{what}: missed {missed}"
    first = min(line["time"] for line in truth if "time" in line)
    early = [alert["words"] for alert in alerts if alert["verdict"] == "hold" and alert["time"][:16] < first[:16]]
    assert not early, f"held before the first robbery: {early[0]}"


def check_backtest(days):
    """Every rule that is not a weak one has fired in one of the stories, or has a case of its own here."""
    story = "payment-robbery-month"
    folder = days.of(story, SEED)
    files = [word for file in sources(CONTROLS, folder) for word in ("--events", file)]
    done = run("backtest", CONTROLS, *files, "--token-key", key(folder), "--json", folder / "backtest.json")
    assert done.returncode == 0, done.stderr[-800:]
    rules = re.findall(r"^(?:rule|limit) (\w+)", CONTROLS.read_text(), re.M)
    for name in rules:
        assert name in done.stdout, f"{name} is not in the table"
    stories = {story} | {row[1] for row in FOUND}
    fired = {alert["expectation"].split(".")[-1] for name in stories for alert in days.alerts(name, SEED, CONTROLS)}
    cased = {name for case in CASES for name in case.names}
    silent = {name for name in rules if not name.startswith("weak_")} - fired - cased
    assert not silent, f"never fired: {sorted(silent)}"


def check_printed(days):
    """A line that the reader of statements leaves out, and one that it invents."""
    folder = days.of("payment-statement-carried", SEED)
    rows, at = ["TIME,BANK_REFERENCE,AMOUNT,CURRENCY,ACCOUNT,SIDE"], {}
    for path in sorted((folder / "in").iterdir()):
        text = path.read_text()
        if "{2:O940" not in text and "{2:O950" not in text:
            continue
        account = re.search(r"^:25:(.*)", text, re.M).group(1).strip()
        currency = re.search(r"^:60[FM]:[CD]\d{6}(...)", text, re.M).group(1)
        stamp = re.search(r"\{2:O\d{3}\d{4}.{28}(\d{6})(\d{4})", text)
        day, clock = stamp.group(1), stamp.group(2)
        time = f"20{day[:2]}-{day[2:4]}-{day[4:]}T{clock[:2]}:{clock[2:]}:30Z"
        for mark, amount, bank in re.findall(r"^:61:\d{10}(R?[CD])([\d,]+)S?N?\w{3}[^/\r\n]*//(\S+)", text, re.M):
            side = "credit" if mark in ("C", "RD") else "debit"
            rows.append(f"{time},{bank},{amount.replace(',', '.').rstrip('.')},{currency},{account},{side}")
            at[bank] = len(rows) - 1
    assert len(rows) > 100, len(rows)
    (folder / "printed.csv").write_text("\n".join(rows) + "\n")
    files = [f"statement={joined(folder, 'in')}", f"printed={folder}/printed.csv"]
    told = [a for a in replay(PRINTED, folder, files) if a["nature"] not in ("coverage", "unproven")]
    assert not told, f"an honest reader is accused: {told[0]['words']}"
    victim, other = list(at)[len(at) // 4], list(at)[len(at) * 3 // 4]
    lines = rows[:]
    lines[at[other]] += "\n" + lines[at[other]].replace(other, "INVENTED00000001")
    del lines[at[victim]]
    (folder / "printed.csv").write_text("\n".join(lines) + "\n")
    found = sorted((a["expectation"], a["reason"], a["transaction"]["rrn"]) for a in replay(PRINTED, folder, files)
                   if a["nature"] not in ("coverage", "unproven"))
    assert found == [("came", "proof_missing", "INVENTED00000001"), ("shown", "proof_missing", victim)], found


# ---- messages made here ----

MONDAY = datetime.datetime(2026, 3, 16, 10, 0)
PARTNER, OTHER = "RIVRNL20XXX", "BERGAT20XXX"


def message(n, time=MONDAY, kind="103", to=PARTNER, body=None, **fields):
    """An acknowledgement with the copy of a message."""
    has = {"amount": "1500,00", "currency": "EUR", "payee": "NL64ABCD0123456789", "payer": "DE46038039138868708627",
           "bank": "", "name": "ROSEN BV\r\nAM MARKT 4\r\nUTRECHT"} | fields
    reference = has.get("reference", f"R{n:06}")
    text = body or (f":20:{reference}\r\n:23B:CRED\r\n:32A:{time:%y%m%d}{has['currency']}{has['amount']}\r\n"
                    f":33B:{has['currency']}{has['amount']}\r\n:50K:/{has['payer']}\r\nNORD GMBH\r\nSEEALLEE 5\r\nBREMEN\r\n" +
                    (f":57A:{has['bank']}\r\n" if has["bank"] else "") + f":59:/{has['payee']}\r\n{has['name']}\r\n:71A:SHA\r\n")
    uetr = has.get("uetr", f"c546fabd-ce40-496e-9f84-{n:012}")
    return (f"{{1:F21CNTSDEF0AXXX2101{n:06}}}{{4:{{177:{time:%y%m%d%H%M}}}{{451:0}}{{108:{reference}}}}}"
            f"{{1:F01CNTSDEF0AXXX2101{n:06}}}{{2:I{kind}{to[:8]}X{to[8:]}N}}{{3:{{108:{reference}}}"
            f"{{121:{uetr}}}}}{{4:\r\n{text}-}}{{5:{{CHK:772F101FBBD7}}}}")


def minutes(n):
    return MONDAY + datetime.timedelta(minutes=n)


def bank(n, amount, account="NL64ABCD0123456789", to=PARTNER):
    """A payment between banks, to one account."""
    return message(n, minutes(n), kind="202", to=to, body=f":20:R{n:06}\r\n:21:NONREF\r\n:32A:{MONDAY:%y%m%d}EUR{amount}\r\n"
                   f":58A:/{account}\r\n{to}\r\n")


def received(n, words, sender=PARTNER[:8]):
    return (f"{{1:F01CNTSDEF0AXXX2101{n:06}}}{{2:O1991000260316{sender}AXXX3101{n:06}2603161001N}}{{4:\r\n"
            f":20:Q{n}\r\n:21:R1\r\n:79:{words}\r\n-}}{{5:{{CHK:772F101FBBD7}}}}")


class Case:
    """Messages, how the policy is changed for them, and what must then be told; of the messages but the last, nothing of that."""

    def __init__(self, title, names, messages, change=(), files=(), record="sent"):
        self.title, self.names, self.messages, self.change, self.files = title, names, messages, change, files
        self.record = record


def habit(last):
    """Four payments each morning for a fortnight and two days, and then LAST."""
    usual = [message(n, MONDAY + datetime.timedelta(days=n // 4, minutes=5 * (n % 4))) for n in range(1, 64)]
    return [*usual, last]


def telling(rule):
    """A rule that only scores tells, too."""
    return lambda text: re.sub(rf"(rule {rule} [^}}]*?then )score", r"\1allow low, score", text)


LATER = MONDAY + datetime.timedelta(days=15, hours=3)
RELATED = [("rma-send.csv", f"BIC,TYPE,LAST_DAY\n{PARTNER},103STP,\n{OTHER[:8]},202,\n"),
           ("rma-receive.csv", f"BIC,TYPE,LAST_DAY\n{PARTNER[:8]},199,\n")]
COVER = f":20:R000002\r\n:21:NONREF\r\n:32A:{MONDAY:%y%m%d}EUR17,\r\n:58A:/NL03\r\n{PARTNER}\r\n"
FREE = ":20:{0}\r\n:79:{1}\r\n"
CASES = [
    Case("the kill switch of a partner", ["stopped"], [message(1, to=OTHER), message(2)],
         [('list stopped_partners   { of partner  holds "NOBODYXX" until 2026-01-01',
           f'list stopped_partners {{ of partner holds "{PARTNER}"')]),
    Case("the kill switch of a currency", ["stopped"], [message(1), message(2, currency="USD")],
         [('holds "XXX" until 2026-01-01', 'holds "USD"')]),
    Case("the kill switch of a type", ["stopped"], [message(1), message(2, kind="199", body=FREE.format("R2", "GOOD MORNING"))],
         [('holds "104" until 2026-01-01', 'holds "199"')]),
    Case("a forbidden country", ["forbidden", "new_country"], [message(1), message(2, bank="ABCDIRTH")]),
    Case("an account of the list", ["seen_in_fraud"], [message(1), message(2, payee="NL02ABCD9999999999")],
         files=[("suspicious-accounts.csv", "ACCOUNT,LAST_DAY,REASON\nNL02ABCD9999999999,,seen in a case\n")]),
    Case("no relationship with this bank for this type", ["unrelated"],
         [message(1), message(2, to=PARTNER[:8] + "AMS"), bank(3, "17,", "NL03", OTHER), message(4, to=OTHER)], (), RELATED),
    Case("a relationship that is over", ["unrelated"], [message(1), message(2, minutes(1), kind="202", body=COVER)], (),
         [("rma-send.csv", f"BIC,TYPE,LAST_DAY\n{PARTNER},103,2027-01-01\n{PARTNER},202,2026-03-15\n")]),
    Case("a bank that may not send this", ["asked", "asked", "unrelated_in"],
         [received(1, "GOOD MORNING"), received(2, "GOOD MORNING", "BERGAT20")], (), RELATED, "received"),
    Case("more than a small partner gets", ["small_partner"], [message(1, amount="250000,00"), message(2, amount="250000,01")],
         [('list small_partners "banks that get small sums only" { of partner  holds "NOBODYXX" until 2026-01-01',
           f'list small_partners {{ of partner holds "{PARTNER}"')]),
    Case("over the ceiling", ["customer"], [message(1, amount="1000000,"), message(2, amount="1000000,01", payee="NL11")]),
    Case("over the ceiling in another currency", ["customer"], [message(1, amount="1080000,", currency="USD"),
         message(2, amount="1090000,", currency="USD", payee="NL11")]),
    Case("over the dinars' own ceiling", ["dinar"], [message(1, amount="300000,", currency="KWD"),
         message(2, amount="300000,001", currency="KWD", payee="NL11")]),
    Case("the same sum again within minutes", ["twice"], [message(1, amount="17000,"), message(2, minutes(30), amount="17000,"),
         message(3, minutes(35), amount="17000,")]),
    Case("a message at night", ["hours"], [message(1, amount="17000,"), message(2, minutes(600), amount="17000,")]),
    Case("an account is missing", ["quality"], [message(1), message(2, name="ROSEN BV", payee="NL11",
         body=f":20:R2\r\n:23B:CRED\r\n:32A:{MONDAY:%y%m%d}EUR17,\r\n:33B:EUR17,\r\n:50K:NORD GMBH\r\nBREMEN\r\n"
              ":59:/NL11\r\nROSEN BV\r\n:71A:SHA\r\n")]),
    Case("a reference again", ["same_reference"], [message(1, reference="X1"), message(2, reference="X1")]),
    Case("a UETR again", ["same_uetr"], [message(1, uetr="c546fabd-ce40-496e-9f84-0835694406fd"),
         message(2, uetr="c546fabd-ce40-496e-9f84-0835694406fd")]),
    Case("below the ceiling again and again", ["structured"],
         [message(n, minutes(n * 60), amount=f"{890000 + n},37", payee=f"NL0{n}") for n in range(1, 4)]),
    Case("a message that asks to pay", ["instruction"], [message(1, kind="199", body=FREE.format("R1", "YOUR REPAYMENTS OF MAY")),
         message(2, kind="199", body=FREE.format("R2", "KINDLY PAY USD 1,500,000 TO"))]),
    Case("too much between banks", ["treasury"], [bank(1, "15000000,"), bank(2, "15000000,01", "NL11")]),
    Case("too much to one bank and one country in a day", ["receiver", "land"],
         [bank(n, "13000000,", f"NL0{n}") for n in range(1, 5)]),
    Case("too much in one currency in a day", ["unit"],
         [bank(n, "13000000,", f"NL0{n}", (PARTNER, OTHER)[n % 2]) for n in range(1, 6)]),
    Case("too much to one account in a day", ["beneficiary"], [bank(1, "10000000,"), bank(2, "10000000,01")]),
    Case("a query that asks us to pay", ["asked", "ordered_from_outside", "asked"],
         [received(1, "WE CANNOT APPLY YOUR PAYMENT"), received(2, "PLEASE DEBIT US")], record="received"),
    Case("an hour at which nobody pays there", ["weak_hour"], habit(message(90, LATER)), [telling("weak_hour")]),
    Case("a name misspelt", ["weak_name"], habit(message(90, LATER, name="ROSEM BV\r\nAM MARKT 4\r\nUTRECHT")),
         [telling("weak_name")]),
    Case("a known name at another account", ["weak_moved"], habit(message(90, LATER, payee="NL91ABNA0417164300")),
         [telling("weak_moved")]),
    Case("a message nothing is booked for", ["unbooked"],
         [message(1), message(2, kind="799", body=FREE.format("R2", "WE CONFIRM"))]),
]


def check_case(case):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        text = CONTROLS.read_text()
        for change in case.change:
            changed = change(text) if callable(change) else text.replace(*change)
            assert changed != text, f"the policy has no {change}"
            text = changed
        (folder / "own.policy").write_text(text)
        for shipped in ("suspicious-accounts.csv", "rma-send.csv", "rma-receive.csv"):
            shutil.copy(POLICIES / shipped, folder)
        for path, content in case.files:
            (folder / path).write_text(content)
        steady = [name for name in case.names if case.names.count(name) > 1][:1]  # what each of the messages brings
        for messages, names in ((case.messages[:-1], steady), (case.messages, case.names)):
            (folder / "messages.fin").write_text("".join(messages), newline="")
            done = run("replay", folder / "own.policy", "--alerts", folder / "alerts.jsonl", "--token-key", key(folder),
                       "--events", f"{case.record}={folder}/messages.fin")
            assert done.returncode == 0, done.stderr[-800:] + done.stdout[-300:]
            told = [a for a in read(folder / "alerts.jsonl") if a["expectation"] != "score"]
            assert [a["transaction"].get("rrn") is not None for a in told] == [True] * len(told), told
            assert sorted(a["expectation"].split(".")[-1] for a in told) == sorted(names), [a["words"] for a in told]


def main():
    with tempfile.TemporaryDirectory() as name:
        days = Days(pathlib.Path(name))
        tests = [(f"case {case.title}", lambda case=case: check_case(case)) for case in CASES]
        tests += [("honest months", lambda: check_innocent(days))]
        tests += [(f"story {row[0]}: {row[1]} by {row[2].name}", lambda row=row: check_found(days, row)) for row in FOUND]
        tests += [("story 5, 6, 7, 10: a month of robberies", lambda: check_month(days)),
                  ("story 4: what people are shown", lambda: check_printed(days)),
                  ("no rule is silent everywhere", lambda: check_backtest(days))]
        print(f"1..{len(tests)}", flush=True)
        failed = 0
        for number, (title, test) in enumerate(tests, 1):
            try:
                test()
                print(f"ok {number} - {title}", flush=True)
            except AssertionError as failure:
                failed += 1
                print(f"not ok {number} - {title}", flush=True)
                print("".join(f"# {line}\n" for line in (str(failure) or repr(failure)).splitlines()), flush=True)
        return failed > 0


if __name__ == "__main__":
    sys.exit(main())
