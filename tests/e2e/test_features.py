#!/usr/bin/env python3
"""Goal: `features` writes what profiles say at each event, to the digit; the handbook's 14 features of a day come out of
its raw payments: counts exact, means and shares to 1e-6.
Method: a few rows worked out by hand; 129 days of payments against the handbook's own table, where the shared data is."""
import csv
import gzip
import io
import os
import pathlib
import subprocess
import tempfile

import bank

ROOT = pathlib.Path(os.environ.get("COUNTERSIGN_ROOT", "."))
FRAUD = pathlib.Path(os.environ.get("COUNTERSIGN_SHARED", ROOT / "../shared")) / "data/fraud"
ROWS = FRAUD / "handbook_tx_days000_128.csv.gz"
ORACLE = FRAUD / "handbook_features_day128.csv.gz"
DAY = "2018-08-07"

HANDBOOK = """
record tx "payments of the handbook" {
  source csv
  time     from "t_sec" seconds since 2018-04-01
  id       from "tx_id"
  card     from "customer_id"
  terminal from "terminal_id"
  amount   from "amount_cents" minor EUR
  fraud when "is_fraud" = "1"
}
calendar utc { weekend saturday, sunday  night 00:00..07:00 }
"""
CUSTOMER = "profile customer by card {\n%s  keys 20000\n}\n" % "".join(
    f"  nb_{d}d = count() over {d}d including this\n  avg_{d}d = mean(amount) over {d}d including this\n"
    for d in (1, 7, 30))
TERMINAL = "profile terminal by terminal {\n%s  keys 20000\n}\n" % "".join(
    f"  nb_{d}d = count() over {d}d delay 7d\n  risk_{d}d = share(fraud) over {d}d delay 7d\n" for d in (1, 7, 30))
COLUMNS = {"TX_DURING_WEEKEND": "utc.weekend", "TX_DURING_NIGHT": "utc.night"}
for days in (1, 7, 30):
    COLUMNS[f"CUSTOMER_ID_NB_TX_{days}DAY_WINDOW"] = f"customer.nb_{days}d"
    COLUMNS[f"CUSTOMER_ID_AVG_AMOUNT_{days}DAY_WINDOW"] = f"customer.avg_{days}d"
    COLUMNS[f"TERMINAL_ID_NB_TX_{days}DAY_WINDOW"] = f"terminal.nb_{days}d"
    COLUMNS[f"TERMINAL_ID_RISK_{days}DAY_WINDOW"] = f"terminal.risk_{days}d"

SMALL = HANDBOOK + """
profile card by card {
  n = count() over 1h including this
  sum = sum(amount) over 1h including this
  mean = mean(amount) over 1h excluding this
  since = since_last()
  first = first_seen()
  at = last(terminal)
  keys 100
}
"""
SMALL_ROWS = """tx_id,t_sec,customer_id,terminal_id,amount_cents,is_fraud
a,0,1,T1,1000,0
"b,""2""\",1800,1,T-with-a-long-name,501,0
c,1800,2,T1,7,0
x,1900,2,T1,seven,0
d,90000,1,T2,3,1
"""
SMALL_WANTED = """id,time,card.n,card.sum,card.mean,card.since,card.first,card.at,utc.weekend,utc.night
a,2018-04-01T00:00:00.000000000Z,1,10.00,,,,,1,1
"b,""2""\",2018-04-01T00:30:00.000000000Z,2,15.01,10.000000000,1800.000000000,2018-04-01T00:00:00.000000000Z,T1,1,1
c,2018-04-01T00:30:00.000000000Z,1,0.07,,,,,1,1
d,2018-04-02T01:00:00.000000000Z,1,0.03,,88200.000000000,2018-04-01T00:00:00.000000000Z,HASH,0,1
"""
PAN = "5413330089020011"
MIXED = """
record tx { source jsonl  time from "t" nanoseconds  id from "id"  card from "card"  amount from "amount" minor USD }
record admin { source csv  separator ";"  time from "t" nanoseconds  card from "card"  field action text from "what" }
profile card by card {
  of card.response on visa, record on tx, record on admin
  n = count() over 1h including this
  raised = count() over 1h including this where action = "LIMIT"
  keys 100
}
"""


def check_small(tap, folder):
    key = bank.write(os.path.join(folder, "token.key"), bytes(range(16)))
    os.chmod(key, 0o600)
    policy = bank.write(os.path.join(folder, "small.policy"), SMALL)
    rows = bank.write(os.path.join(folder, "rows.csv"), SMALL_ROWS)
    arguments = ["features", policy, "--token-key", key, "--events"]
    code, out, err = bank.run(*arguments, rows)
    text = out.decode()
    hashed = (text.rstrip("\n").split(",")[-3:-2] or [""])[0]
    tap.ok(code == 0 and len(hashed) == 17 and text.replace(hashed, "HASH") == SMALL_WANTED, "rows by hand", text + err.decode())
    tap.ok(b"rows.csv:5: amount_cents: \"seven\" is no whole number" in err and b"1 row could not be read and does not count" in err,
           "a row that cannot be read is named", err)
    code, piped, _ = bank.run(*arguments, "-", stdin=SMALL_ROWS.encode())
    tap.ok(code == 0 and piped == out, "standard input gives the same")
    name = os.path.join(folder, "out.csv")
    code, nothing, _ = bank.run(*arguments, "tx=" + rows, "--out", name)
    with open(name, "rb") as file:
        tap.ok(code == 0 and not nothing and file.read() == out, "--out, and a record by its name")
    # Two files are one by time; what has one time comes in the order of the files.
    lines = SMALL_ROWS.splitlines(True)
    one = bank.write(os.path.join(folder, "one.csv"), "".join([lines[0], lines[1], lines[5]]))
    two = bank.write(os.path.join(folder, "two.csv"), "".join([lines[0], lines[2], lines[3]]))
    code, merged, _ = bank.run(*arguments, one, "--events", two)
    tap.ok(code == 0 and merged == out, "two files are merged by time", merged.decode())


def check_wrong(tap, folder):
    policy, rows = os.path.join(folder, "small.policy"), os.path.join(folder, "rows.csv")
    key = os.path.join(folder, "token.key")
    code, _, err = bank.run("features", policy, "--token-key", key)
    tap.ok(code == 2 and b"at least one file of records" in err, "without events it says so", err)
    code, _, err = bank.run("features", policy, "--token-key", key, "--events", rows + ".not")
    tap.ok(code == 3 and b"rows.csv.not cannot be opened" in err, "a file that is not there", err)
    head = bank.write(os.path.join(folder, "head.csv"), f"a,{PAN}\n1,2\n")
    code, _, err = bank.run("features", policy, "--token-key", key, "--events", head)
    tap.ok(code == 3 and b"no such column" in err and PAN.encode() not in err, "a file without its columns", err)
    many = bank.write(os.path.join(folder, "many.csv"), SMALL_ROWS.splitlines()[0] + "\n" + "short\n" * 25)
    code, out, err = bank.run("features", policy, "--token-key", key, "--events", many)
    tap.ok(code == 0 and len(out.splitlines()) == 1 and err.count(b"fewer cells than the header line") == 20 and
           b"many.csv:21: the row" in err and b"25 rows could not be read and do not count; the first 20" in err,
           "of many rows that cannot be read the first are named", err)
    none = bank.write(os.path.join(folder, "none.policy"), HANDBOOK)
    code, _, err = bank.run("features", none, "--token-key", key, "--events", rows)
    tap.ok(code == 2 and b"has no profile" in err, "a policy without profiles", err)
    cards = SMALL_ROWS.splitlines()[0] + f"\n{PAN},0,{PAN},T{PAN},1000,0\n{PAN},x{PAN},1,2,3,4\n"
    rows = bank.write(os.path.join(folder, "cards.csv"), cards)
    code, out, err = bank.run("features", policy, "--token-key", key, "--events", rows)
    tap.ok(code == 0 and b"541333" in out and PAN.encode() not in out + err, "no card number leaves in clear", out + err)


def check_mixed(tap, folder):
    """Messages of a capture and records of two files are one history of a card."""
    day = bank.Day()
    for _ in range(4):
        day.honest()
    times = [time for time, _ in day.visa]
    first, last = min(times), max(times)
    capture = bank.write(os.path.join(folder, "day.pcap"), bank.pcap(day.visa + day.core))
    policy = bank.policy(folder, "mixed.policy")
    with open(policy, "a", encoding="utf-8") as file:
        file.write(MIXED)
    tx = bank.write(os.path.join(folder, "tx.jsonl"), "".join(
        '{"id": "tx%d", "t": %d, "card": "%s", "amount": 5000, "more": {"x": [1]}}\n' % (i, time, bank.PAN)
        for i, time in enumerate((first - 1, last + 1))))
    admin = bank.write(os.path.join(folder, "admin.csv"), f"what;t;card\nLIMIT;{first};{bank.PAN}\nPIN;{first};9\n")
    arguments = ["features", policy, "--events", "tx=" + tx, "--events", "admin=" + admin]
    code, out, err = bank.run(*arguments, "--capture", capture)
    rows = list(csv.DictReader(io.StringIO(out.decode())))
    own = [(row["card.n"], row["card.raised"]) for row in rows if row["card.n"] != "1" or row["id"] == "tx0"]
    tap.ok(code == 0 and own == [("1", "0")] + [(str(n), "1") for n in range(2, 8)] and
           [rows[0]["id"], rows[-1]["id"]] == ["tx0", "tx1"] and len(rows) == 8, "captures and records in one order",
           (rows, err))
    code, _, err = bank.run("features", policy, "--events", tx)
    tap.ok(code == 2 and b"wants NAME=FILE where the policy has more than one record" in err and b"; it has tx, admin" in
           err, "a file of nobody knows which record", err)
    code, _, err = bank.run("replay", policy, "--link", "tx=" + tx)
    tap.ok(code == 2 and b"tx is a record; write --events tx=" in err, "a record is no link", err)


def check_handbook(tap, folder):
    if not (ROWS.exists() and ORACLE.exists()):
        name = "the handbook's features of day 128"
        if bank.in_ci():
            tap.ok(False, name, f"the shared data is not at {FRAUD}")
        else:
            tap.skip(name, f"not present at {FRAUD}")
        return
    policy = bank.write(os.path.join(folder, "handbook.policy"), HANDBOOK + CUSTOMER + TERMINAL)
    name = os.path.join(folder, "handbook.csv")
    command = [bank.BINARY, "features", policy, "--token-key", os.path.join(folder, "token.key"), "--events", "-",
               "--out", name]
    with gzip.open(ROWS) as rows, subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as work:
        while block := rows.read(1 << 20):
            work.stdin.write(block)
        work.stdin.close()
        said = work.stderr.read().decode()
        code = work.wait()
    with open(name, encoding="utf-8") as file:
        ours = {row["id"]: row for row in csv.DictReader(file) if row["time"].startswith(DAY)}
    with gzip.open(ORACLE, "rt") as file:
        theirs = list(csv.DictReader(file))
    tap.ok(code == 0 and not said and len(ours) == len(theirs) == 9708, "every payment of the day has its row",
           f"exit {code}, {len(ours)} of {len(theirs)}; {said}")
    wrong, worst = [], 0.0
    for row in theirs:
        own = ours.get(row["TRANSACTION_ID"], {})
        for column, ourname in COLUMNS.items():
            # The handbook says 0 where there is nothing.
            mine, their = own.get(ourname, "-1") or "0", row[column]
            apart = abs(float(mine) - float(their))
            exact = "AVG" not in column and "RISK" not in column
            worst = max(worst, apart)
            if mine != their if exact else apart > 1e-6:
                wrong.append(f"{row['TRANSACTION_ID']} {column}: {mine}, not {their}")
    tap.ok(not wrong, f"its 14 features are those of the handbook (worst {worst:.1e})", "\n".join(wrong[:10]))


def main():
    tap = bank.Tap()
    with tempfile.TemporaryDirectory() as folder:
        check_small(tap, folder)
        check_wrong(tap, folder)
        check_mixed(tap, folder)
        check_handbook(tap, folder)
    tap.done()


if __name__ == "__main__":
    main()
