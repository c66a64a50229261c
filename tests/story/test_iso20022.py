#!/usr/bin/env python3
"""Goal: policies/iso20022.policy names every forged and altered payment of simulated days from ISO 20022 messages alone, orders as
pain.001 in batches, payments as pacs.008 and pacs.009, statements as camt.053, and accuses no honest one; also when the
payments are SWIFT MT, with the same lines. An edited statement shows what its editor put there.

Method: the simulator writes the days in both families. Files are read together, up to 64, so payments of an hour are put into one
message; orders.csv is written as a pain.001 every three hours. The real binary replays them, and alerts are held against the truth.
"""
import collections
import csv
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
from xml.sax.saxutils import escape

ROOT = os.environ["COUNTERSIGN_ROOT"]
POLICY = os.path.join(ROOT, "policies", "iso20022.policy")
STORY, SEED = "payment-day-mx", "4"
NAMED = {"forged_payment", "altered_amount", "same_uetr", "reissued_order", "replayed_message"}
DOCUMENT = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{0}">{1}</Document>'
BODIES = {"pacs.008": "FIToFICstmrCdtTrf", "pacs.009": "FICdtTrf"}


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def order_tx(row):
    account = row["beneficiary_account"]
    kind = "IBAN" if re.match(r"[A-Z]{2}\d\d", account) else "Othr"
    number = f"<IBAN>{account}</IBAN>" if kind == "IBAN" else f"<Othr><Id>{account}</Id></Othr>"
    return (f"<CdtTrfTxInf><PmtId><InstrId>{row['reference']}</InstrId><EndToEndId>{row['reference']}</EndToEndId>"
            f"<UETR>{row['uetr']}</UETR></PmtId><Amt><InstdAmt Ccy=\"{row['currency']}\">{row['amount']}</InstdAmt></Amt>"
            f"<CdtrAgt><FinInstnId><BICFI>{row['beneficiary_bank']}</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>B</Nm></Cdtr>"
            + (f"<CdtrAcct><Id>{number}</Id></CdtrAcct>" if account else "") + "</CdtTrfTxInf>")


def orders(folder):
    """orders.csv as a pain.001 every three hours: payments of one account and value date are a batch."""
    slots = collections.defaultdict(list)
    with open(os.path.join(folder, "orders.csv"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            slots[f"{row['time'][:10]}-{int(row['time'][11:13]) // 3}"].append(row)
    for slot, rows in sorted(slots.items()):
        batches = collections.defaultdict(list)
        for row in rows:
            batches[(row["value_date"], row["ordering_account"] or row["account"])].append(row)
        told = "".join(
            f"<PmtInf><PmtInfId>{slot}-{number}</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{len(batch)}</NbOfTxs><ReqdExctnDt><Dt>{date}</Dt>"
            f"</ReqdExctnDt><Dbtr><Nm>A</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{escape(account)}</Id></Othr></Id></DbtrAcct><DbtrAgt>"
            "<FinInstnId><BICFI>CNTSDEF0</BICFI></FinInstnId></DbtrAgt>" + "".join(map(order_tx, batch)) + "</PmtInf>"
            for number, ((date, account), batch) in enumerate(batches.items()))
        yield write(folder, f"orders-{slot}.xml", DOCUMENT.format(
            "pain.001.001.09", f"<CstmrCdtTrfInitn><GrpHdr><MsgId>{slot}</MsgId><CreDtTm>{rows[0]['time']}</CreDtTm><NbOfTxs>{len(rows)}"
            f"</NbOfTxs><InitgPty><Nm>BACK OFFICE</Nm></InitgPty></GrpHdr>{told}</CstmrCdtTrfInitn>"))


def payments(folder):
    """All of mx/out, those of an hour and type in one message."""
    hours = collections.defaultdict(list)
    for path in sorted(glob.glob(os.path.join(folder, "mx", "out", "*.xml"))):
        with open(path, encoding="utf-8") as file:
            hours[(os.path.basename(path)[:11], path[-12:-4])].append(file.read())
    for (hour, kind), messages in hours.items():
        told = "".join(re.search("<CdtTrfTxInf>.*</CdtTrfTxInf>", message, re.S).group(0) for message in messages)
        created = re.search("<CreDtTm>.*?</CreDtTm>", messages[-1]).group(0)
        yield write(folder, f"payments-{hour}-{kind}.xml", DOCUMENT.format(
            kind + ".001.08", f"<{BODIES[kind]}><GrpHdr><MsgId>{hour}</MsgId>{created}<NbOfTxs>{len(messages)}</NbOfTxs><SttlmInf><SttlmMtd>"
            f"INDA</SttlmMtd></SttlmInf></GrpHdr>{told}</{BODIES[kind]}>"))


def acknowledged(folder, without=None):
    """What the network took, as MT; the message about one reference left out."""
    path = os.path.join(folder, "network.fin")
    with open(path, "wb") as out:
        for one in sorted(glob.glob(os.path.join(folder, "acks", "*"))):
            with open(one, "rb") as file:
                message = file.read()
            out.write(b"" if without and without.encode() in message else message)
    return path


def replay(folder, policy, events):
    key, alerts = os.path.join(folder, "key"), os.path.join(folder, "alerts.jsonl")
    with open(key, "wb") as file:
        file.write(bytes(range(16)))
    os.chmod(key, 0o600)
    command = [os.environ["COUNTERSIGN"], "replay", policy, "--alerts", alerts, "--token-key", key]
    for record, paths in events.items():
        command += [word for path in paths for word in ("--events", f"{record}={path}")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"replay: exit {done.returncode}: {done.stderr}")
    with open(alerts, encoding="utf-8") as file:
        return [json.loads(line) for line in file], done.stderr


def told(alerts, expectation):
    return {alert["transaction"].get("rrn") for alert in alerts
            if alert["nature"] in ("forged", "contradicted") and alert["expectation"] == expectation}


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([os.environ["COUNTERSIGN_SIM"], STORY, "--seed", SEED, "--out", folder], check=True,
                       stdout=subprocess.DEVNULL)
        with open(POLICY, encoding="utf-8") as file:
            text = file.read().replace("\n# whole", "\n  whole")
        with open(os.path.join(folder, "truth.jsonl"), encoding="utf-8") as file:
            truth = [json.loads(line) for line in file]
        events = {"orders": list(orders(folder)), "payments": list(payments(folder)),
                  "statement": sorted(glob.glob(os.path.join(folder, "mx", "in", "*camt.053.xml")))}
        wrong = {row["reference"] for row in truth if row.get("what") in NAMED and not row.get("refused")}
        print("1..3", flush=True)
        good = True
        mt = text.replace("source mx                                                # (*) or mt", "source mt").replace(
            'claim  record on payments where kind = "payment"', 'claim  record on payments where kind = "acknowledgement" and outcome = '
            '"accepted"\n         and type in ("103", "103STP", "202", "202COV")', 1).replace(
                'proof  record on payments where kind = "payment"', 'proof  record on payments where kind = "acknowledgement"').replace(
                    '  keep 200000 records\n  lateness 1h  ', '  field outcome text from "outcome"\n  field type text from "type"\n'
                    '  keep 200000 records\n  lateness 1h  ', 1)
        for number, (what, policy, paid) in enumerate((("ISO 20022", text, events["payments"]), ("MT", mt, [acknowledged(folder)])), 1):
            alerts, said = replay(folder, write(folder, f"{number}.policy", policy), {**events, "payments": paid})
            missed, accused = wrong - told(alerts, "ordered"), told(alerts, "ordered") - wrong
            right = len(wrong) > 1 and not missed and not accused
            good = good and right
            print(f"{'' if right else 'not '}ok {number} - payments as {what}: {len(wrong)} named, {len(missed)} missed, {len(accused)} "
                  "accused falsely", flush=True)
            for line in [*list(missed)[:3], *list(accused)[:3], *(said.splitlines()[:3] if not right else [])]:
                print(f"# {line}")
        before = told(alerts, "paid_by_us")
        with open(events["statement"][0], encoding="utf-8") as file:
            one = re.search("<InstrId>(FT.*?)</InstrId>", file.read()).group(1)
        alerts, _ = replay(folder, os.path.join(folder, "2.policy"), {**events, "payments": [acknowledged(folder, one)]})
        strange = told(alerts, "paid_by_us")
        right = not before and strange == {one}
        good = good and right
        print(f"{'' if right else 'not '}ok 3 - each debit of the camt.053 is one of the MT payments, but that which was taken away"
              + ("" if right else f" # {before} {strange} {one}"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
