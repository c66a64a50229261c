#!/usr/bin/env python3
"""Goal: days of payments are right where they are honest, wrong where the truth says so, and nowhere else.
Method: shipped stories and small ones, read back by payments.py, which knows nothing of how they were made: strict fields,
digests, orders, acknowledgements, confirmations, statements, running numbers; the same seed twice; a story with and without
its attack."""
import datetime
import filecmp
import glob
import os
import re
import subprocess
import sys
import tempfile

from bank import in_ci
import payments
import payments_mx

SIMULATOR = os.environ["COUNTERSIGN_SIM"]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HONEST = "start 2026-03-16 00:00\nminutes 44640\npayments 40 a_day customers 60\nnew_correspondent at 216:00\n"
SHORT = "start 2026-03-03 00:00\nminutes 4320\npayments 60 a_day customers 60\n"
ATTACK = "attack forged-payment at 34:40 for 3h messages 4 amount 480000..520000 USD to HK unconfirmed\n"


def simulate(folder, story, seed=1):
    done = subprocess.run([SIMULATOR, story, "--out", folder, "--seed", str(seed)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def written(folder, text):
    path = os.path.join(folder, "x.story")
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def days_of(folder, text, seed=1):
    out = os.path.join(folder, "days")
    simulate(out, written(folder, text), seed)
    return payments.Days(out)


def every_message_is_right(days):
    for m in days.out + days.into:
        assert m.fields_right, f"{m.name}: {m.text}"
        for account in m.accounts():
            assert not re.match(r"[A-Z]{2}\d\d", account) or payments.iban_is_right(account), f"{m.name}: {account}"
        if m.type == "103":
            value_date, currency, amount = m.value()
            instructed = payments.minor(currency, m.field("33B")[3:])
            charges = payments.minor(currency, m.field("71F")[3:]) if m.field("71F") else 0
            assert instructed - charges == amount, m.name
            assert (m.field("71A") == "BEN") == bool(charges) or not m.out, m.name
        if m.type in ("103", "202"):
            day = datetime.datetime.strptime(m.value()[0], "%y%m%d").weekday()
            assert day not in payments.WEEKEND.get(m.value()[1], (5, 6)), f"{m.name}: value on a weekend"
    assert all(m.digest == "right" for m in days.out) and all(m.digest == "none" for m in days.into)
    assert {m.kind for m in days.out} == {"103", "202", "202COV", "192", "199"}
    assert {m.type for m in days.into} == {"103", "196", "199", "900", "910", "940", "942", "950"}


def orders_and_messages_are_one_to_one(days):
    assert days.wrong_out() == set()
    sent = {m.field("20") for m in days.payments()}
    assert sent == {order["reference"] for order in days.orders}
    assert [order["time"] for order in days.orders] == sorted(order["time"] for order in days.orders)
    for row, other in zip(days.orders, days.json_orders, strict=True):
        assert {key: value for key, value in row.items() if value} == other
    ids = {order["id"]: order for order in days.orders}
    assert len(ids) == len(days.orders)
    for order in days.orders:
        assert not order["linked"] or order["linked"] in ids
        assert order["approved_by"].startswith("head") and order["entered_by"].startswith("clerk")
    for m in days.out:
        if m.flag == "COV":
            assert [o.uetr for o in days.out if o.field("20") == m.field("21")][0] == m.uetr, m.name


def everything_is_acknowledged_once(days):
    answered = {number: copy for number, _, copy in days.acks}
    assert len(answered) == len(days.acks)
    again = {m.field("20") for m in days.out if m.again}
    assert again
    for m in days.out:
        lost = m.field("20") in again and not m.again
        assert (m.number in answered) != lost, m.name
        assert lost or answered[m.number] == m.data, m.name
    refused = {m.field("20") for m in days.out if (m.number, True) in {(n, bad) for n, bad, _ in days.acks}}
    ids = {order["id"]: order["reference"] for order in days.orders}
    corrected = {ids[order["linked"]] for order in days.orders if order["linked"] and order["type"] != "202COV"}
    covers = {m.field("20") for m in days.out if m.flag == "COV"}
    assert refused and refused - covers == corrected, "each refused one is ordered again, corrected"
    assert all(order["approved_by"] for order in days.free)


def debits_are_confirmed_and_stated(days):
    refused = {m.field("20") for m in days.out for number, bad, _ in days.acks if bad and number == m.number}
    covered = {m.field("21") for m in days.out if m.flag == "COV"}
    due = {m.field("20"): m.value() for m in days.payments() if m.field("20") not in refused | covered}
    confirmed = {m.field("21"): m for m in days.into if m.type == "900"}
    assert set(confirmed) == set(due) and len(confirmed) == sum(m.type == "900" for m in days.into)
    for reference, m in confirmed.items():
        assert m.value() == due[reference], m.name
    lines = days.lines()
    stated = {line[4]: line for line in lines}
    assert len(stated) == len(lines), "bank references are single"
    last_day = max(m.name for m in days.into if m.type in ("940", "950"))[3:11]
    for m in days.into:
        if m.type in ("900", "910") and m.name[3:11] < last_day:
            line = stated[m.field("20")]
            assert (line[0], line[2], line[3]) == (m.field("25"), m.value()[2], m.field("21")), m.name
            assert line[1] == ("D" if m.type == "900" else "C"), m.name
    kinds = {line[5] for line in lines}
    assert kinds == {"S103", "S202", "NCHG", "NRTI"}
    debits = [line for line in lines if line[1] == "D" and line[5] != "NCHG"]
    assert {line[3] for line in debits} <= set(due)


def statements_add_up(days):
    assert days.statement_faults() == ([], [])
    assert len(days.statements()) == 8, "seven accounts and the new correspondent's"
    assert any(page[1] > 1 for pages in days.statements().values() for page in pages), "some statement has pages"


def numbers_have_no_gap(days):
    assert days.gaps(days.out) == [] and days.gaps(days.into) == []
    for messages in (days.out, days.into):
        names = [m.name for m in messages]
        assert names == sorted(names) and [m.number[4:] for m in messages] == sorted(m.number[4:] for m in messages)


def batch_files_hold_the_same(days):
    for name, messages in (("out.rje", days.out), ("in.rje", days.into)):
        with open(os.path.join(days.folder, name), "rb") as file:
            assert file.read().split(b"$") == [m.data for m in messages], name


def no_card_numbers(days):
    run = re.compile(r"(?<![0-9A-Za-z_.+-])(\d{13,19})(?![0-9A-Za-z_.])")
    for m in days.out + days.into:
        assert not run.search(m.data.decode()), m.name
    for order in days.orders:
        assert not any(run.search(value) for value in order.values()), order


def bundled_is_the_same(folder):
    os.mkdir(os.path.join(folder, "a")), os.mkdir(os.path.join(folder, "b"))
    days = days_of(os.path.join(folder, "a"), SHORT, 6)
    days_of_bundle = os.path.join(folder, "b", "days")
    simulate(days_of_bundle, written(folder, SHORT.replace("customers 60", "customers 60 bundled")), 6)
    same = ["orders.csv", "orders.jsonl", "free.csv", "truth.jsonl", "lau.key", "out.rje", "in.rje"]
    assert files_of(days_of_bundle) == sorted(same + ["acks.rje"])
    assert filecmp.cmpfiles(days.folder, days_of_bundle, same, shallow=False)[0] == same
    with open(os.path.join(days_of_bundle, "acks.rje"), "rb") as file:
        acks = sorted(file.read().split(b"$"))
    found = []
    for path in glob.glob(os.path.join(days.folder, "acks", "*")):
        with open(path, "rb") as file:
            found.append(file.read())
    assert acks == sorted(found)


def truth_of_honest_days_is_empty(days):
    assert days.truth == [] and days.summary["wrong"] == 0
    assert days.summary["messages_out"] == len(days.out) and days.summary["messages_in"] == len(days.into)
    assert days.summary["orders"] == len(days.orders) and days.summary["entries"] == len(days.lines())


def files_of(folder):
    return sorted(os.path.relpath(os.path.join(d, f), folder) for d, _, fs in os.walk(folder) for f in fs)


def same_seed_same_bytes(folder):
    story = written(folder, SHORT + ATTACK)
    one, two, other = (os.path.join(folder, name) for name in ("one", "two", "other"))
    simulate(one, story, 7), simulate(two, story, 7), simulate(other, story, 8)
    names = files_of(one)
    assert names == files_of(two) and len(names) > 300
    assert filecmp.cmpfiles(one, two, names, shallow=False)[0] == names
    assert names != files_of(other)


def masked(m):
    """What an attack must not change: everything but running numbers, and what is made of them."""
    text = re.sub(r"^\{1:F01.{12}\d{10}\}", "", m.data.decode())
    text = re.sub(r"(?<=AXXX)\d{10}(?=\d{10}N\})", "", text)
    text = re.sub(r"(:11S:\d{3}\r\n\d{6}\r\n)\d{10}", r"\1", text)
    text = re.sub(r"\{CHK:.*", "", text, flags=re.S) if ":11S:" in text else re.sub(r"\{S:.*", "", text, flags=re.S)
    return m.name[:18] + text


def attacks_change_nothing_honest(folder):
    os.mkdir(os.path.join(folder, "a")), os.mkdir(os.path.join(folder, "b"))
    calm, robbed = days_of(os.path.join(folder, "a"), SHORT, 3), days_of(os.path.join(folder, "b"), SHORT + ATTACK, 3)
    assert calm.orders == robbed.orders and calm.free == robbed.free
    wrong = {row["file"] for row in robbed.truth}
    assert len(robbed.out) == len(calm.out) + 4
    assert [masked(m) for m in calm.out] == [masked(m) for m in robbed.out if m.name not in wrong]
    told = [masked(m) for m in robbed.into if m.type not in ("940", "942", "950")]
    assert [masked(m) for m in calm.into if m.type not in ("940", "942", "950")] == told


def the_month_is_large(folder):
    said = simulate(folder, "innocent-payment-month")
    with open(os.path.join(folder, "orders.csv"), encoding="ascii") as file:
        assert sum(1 for _ in file) > 10000
    assert "\n0 messages in it are not what they seem" in said


# --- attacks: what a reader finds is what the truth names ---

def confirmed_late(days):
    """References of debits that were acknowledged and never confirmed, though others of their value date were."""
    refused = {number for number, bad, _ in days.acks if bad}
    covered = {m.field("21") for m in days.out if m.flag == "COV"}
    confirmed = {m.field("21") for m in days.into if m.type == "900"}
    return {m.field("20") for m in days.payments()
            if m.number not in refused and m.field("20") not in covered | confirmed and not m.again}


def truth_is_complete(story, folder):
    simulate(folder, story)
    days = payments.Days(folder)
    rows = {}
    for row in days.truth:
        rows.setdefault(row["what"], []).append(row)
    named = {row["file"] for row in days.truth if row["file"] and row["file"].startswith("out/")}
    ordered = {row["file"] for what in ("unanswered_recall", "self_approved_order") for row in rows.get(what, [])}
    assert days.wrong_out() == named - ordered, days.wrong_out() ^ (named - ordered)
    alone = {order["reference"] for order in days.orders if order["entered_by"] == order["approved_by"]}
    assert alone == {row["reference"] for row in rows.get("self_approved_order", [])}
    names = {m.name for m in days.out + days.into}
    assert all(row["file"] in names for row in days.truth if row["file"])
    out_gaps = len(days.gaps(days.out))
    erased = sum(row["what"] == "forged_payment" and row["file"] is None for row in days.truth)
    assert out_gaps == erased + len(rows.get("sequence_gap", []))
    in_gaps = sum(len(rows.get(what, [])) for what in
                  ("deleted_confirmation", "missing_confirmation", "missing_message", "missing_statement"))
    assert len(days.gaps(days.into)) == in_gaps
    missing = {row["reference"] for what in ("deleted_confirmation", "missing_confirmation") for row in rows.get(what, [])}
    assert confirmed_late(days) <= missing, confirmed_late(days) - missing
    shown = {line[3] for line in days.lines()}
    hidden = {row["reference"] for row in rows.get("edited_statement", [])}
    assert not shown & hidden
    faults = days.statement_faults()
    return rows, faults


def attack_stories(folder):
    sums = {"payment-statement-left": 1}
    chains = {"payment-statement-repaired": 1, "payment-silence": 2, "payment-statement-left": 0}
    for path in sorted(glob.glob(os.path.join(ROOT, "sim", "stories", "payment-*.story"))):
        story = os.path.basename(path)[:-6]
        rows, faults = truth_is_complete(story, os.path.join(folder, story))
        assert rows, story
        assert (len(faults[0]), len(faults[1])) == (sums.get(story, 0), chains.get(story, 0)), (story, faults)


# --- the same in ISO 20022 ---

def mx_says_the_same(folder):
    simulate(folder, "payment-day-mx")
    days = payments.Days(folder)
    out, into = payments_mx.read(os.path.join(folder, "mx", "out")), payments_mx.read(os.path.join(folder, "mx", "in"))
    by_stem = {m.name.split("/")[1].rsplit("-", 1)[0]: m for m in days.out + days.into}
    assert [m.stem for m in out] == [m.name[4:].rsplit("-", 1)[0] for m in days.payments()]
    for mx in out + [mx for mx in into if mx.definition.startswith("pacs")]:
        m = by_stem[mx.stem]
        value_date, currency, amount = m.value()
        settled = mx.all("IntrBkSttlmAmt")[0]
        assert (settled.get("Ccy"), payments.minor(currency, settled.text)) == (currency, amount), mx.name
        assert mx.one("IntrBkSttlmDt").replace("-", "")[2:] == value_date
        assert (mx.one("UETR"), mx.one("MsgId"), mx.one("BizMsgIdr")) == (m.uetr, m.field("20"), m.field("20"))
        assert mx.agent("To" if m.out else "Fr") == mx.agent("InstdAgt" if m.out else "InstgAgt") == m.partner
        assert ("pacs.009" in mx.definition) == (m.type == "202"), mx.name
    notices = [mx for mx in into if mx.definition.startswith("camt.054")]
    assert len(notices) == sum(m.type in ("900", "910") for m in days.into)
    for mx in notices:
        m = by_stem[mx.stem]
        entry = mx.all("Ntry")[0]
        assert payments.minor(m.value()[1], mx.one("Amt", entry)) == m.value()[2], mx.name
        assert mx.one("InstrId") == m.field("21") and mx.one("AcctSvcrRef") == m.field("20"), mx.name


def mx_statements_add_up(folder):
    story = SHORT.replace("payments 60 a_day customers 60", "payments 250 a_day customers 60 calm mx")
    days = days_of(folder, story, 2)
    lines, pages = [], 0
    for mx in payments_mx.read(os.path.join(folder, "days", "mx", "in")):
        if not mx.definition.startswith("camt.053"):
            continue
        pages += 1
        amounts = [payments.minor(amount.get("Ccy"), amount.text) for balance in mx.all("Bal") for amount in mx.all("Amt", balance)]
        entries = [(mx.one("CdtDbtInd", entry), payments.minor(mx.all("Amt", entry)[0].get("Ccy"), mx.one("Amt", entry)),
                    mx.one("AcctSvcrRef", entry)) for entry in mx.all("Ntry")]
        assert all(mx.one("CdtDbtInd", balance) == "CRDT" for balance in mx.all("Bal")), mx.name
        moved = sum(amount if mark == "CRDT" else -amount for mark, amount, _ in entries)
        assert amounts[0] + moved == amounts[1], mx.name
        lines += [(mark[0], amount, bank) for mark, amount, bank in entries]
    assert sorted(lines) == sorted((line[1], line[2], line[4]) for line in days.lines())
    assert pages > 3 * 7, "one of them has pages"


def mx_follows_its_schemas(folder):
    shared = os.environ.get("COUNTERSIGN_SHARED") or os.path.join(ROOT, "..", "shared")
    schemas = payments_mx.Schemas(os.path.join(shared, "data", "payments", "xsd"))
    assert schemas.xml or not in_ci(), "libxml2 and the schemas must be there in CI"
    if not schemas.xml:
        print("# not on this machine: libxml2, or the schemas of ISO 20022", flush=True)
        return
    simulate(folder, "payment-day-mx", 4)
    seen = set()
    for kind in ("out", "in"):
        for mx in payments_mx.read(os.path.join(folder, "mx", kind)):
            assert schemas.complaint(mx.definition, mx.document) == 0, mx.name
            assert schemas.complaint("head.001.001.02", mx.header) == 0, mx.name
            seen.add(mx.definition[:8])
    assert seen == {"pacs.008", "pacs.009", "camt.053", "camt.054"}
    assert schemas.complaint(mx.definition, mx.document.replace(b"<Dt>", b"<Dt>x", 1)) != 0, "schemas find a fault"


def mx_amounts_are_split(folder):
    days = days_of(folder, SHORT.replace("customers 60", "customers 60 mx") + "attack smuggled-field at 33:00 messages 2\n")
    split = {mx.stem for mx in payments_mx.read(os.path.join(folder, "days", "mx", "out")) if b"<!--" in mx.data}
    assert split == {row["file"][4:].rsplit("-", 1)[0] for row in days.truth} and len(split) == 2


def wrong_use_is_told(folder):
    for words in (["payment-day", "--rate", "3"], ["payment-day", "--loss", "1"]):
        done = subprocess.run([SIMULATOR, *words, "--out", folder], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and "for stories of cards" in done.stderr
    done = subprocess.run([SIMULATOR, "payment-replay", "--minutes", "1500", "--out", folder], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0 and "Left out, beginning after the end: replayed-message at 58:00." in done.stdout
    blocked = os.path.join(folder, "file")
    with open(blocked, "w", encoding="ascii"):
        pass
    done = subprocess.run([SIMULATOR, "payment-day", "--out", blocked], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3, done.stderr


def main():
    of_days = [every_message_is_right, orders_and_messages_are_one_to_one, everything_is_acknowledged_once,
               debits_are_confirmed_and_stated, statements_add_up, numbers_have_no_gap, batch_files_hold_the_same,
               no_card_numbers, truth_of_honest_days_is_empty]
    of_folders = [same_seed_same_bytes, bundled_is_the_same, attacks_change_nothing_honest, the_month_is_large, attack_stories,
                  mx_says_the_same, mx_statements_add_up, mx_follows_its_schemas, mx_amounts_are_split, wrong_use_is_told]
    print(f"1..{len(of_days) + len(of_folders)}", flush=True)
    good, number = True, 0
    with tempfile.TemporaryDirectory() as shared:
        days = days_of(shared, HONEST, 5)
        for test in of_days + of_folders:
            number += 1
            failure = None
            with tempfile.TemporaryDirectory() as folder:
                try:
                    test(days if test in of_days else folder)
                except (AssertionError, KeyError, ValueError) as error:
                    failure = f"{type(error).__name__}: {error}"
            good = good and failure is None
            print(f"{'not ' if failure else ''}ok {number} - {test.__name__.replace('_', ' ')}", flush=True)
            if failure:
                print("# " + failure.replace("\n", "\n# ")[:2000], flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
