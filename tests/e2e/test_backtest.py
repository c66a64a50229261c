#!/usr/bin/env python3
"""Goal: a backtest counts what a person would count; it, `features`, `replay`, and a journal read again all see the same.
Method: a small history worked out by hand; a long random one, with late and equal times, told in five ways."""
import csv
import io
import json
import os
import random
import tempfile

import bank

RECORD = """
record tx { source csv  time from "t" seconds since 2018-04-01  id from "id"  card from "card"  terminal from "terminal"
  amount from "amount" major EUR  fraud when "fraud" = "1" }
"""
SMALL = RECORD + """
profile card by card { n_1h = count() over 1h including this  keys 100 }
limit card "never so many" { n_1h <= 3 }
rule burst "many in an hour" owner "cards" { when card.n_1h >= 3 then hold high mode live }
rule big "a great amount" { when amount >= 100 EUR then block critical mode shadow }
"""
OTHER = SMALL.replace("card.n_1h >= 3", "card.n_1h >= 4").replace("rule big", "rule great")
ROWS = """id,t,card,terminal,amount,fraud
a,0,1,T1,10.00,0
b,600,1,T1,100.00,0
c,1200,1,T1,20.00,1
d,1800,1,T1,150.00,1
e,86400,1,T1,200.50,0
f,172800,2,T1,1.00,1
g,172800,2,T1,x,1
"""
# burst: c, d (both fraud). big, in shadow: b, d, e. The limit: d. Held in all: c, d.
WANTED = {"burst": ["live", 2, 2, 0, 0, 1.0, 0.666666, 1.0, "170.00 EUR", {"big": 1}],
          "big": ["shadow", 3, 1, 2, 0, 0.333333, 0.333333, 1.5, "450.50 EUR", {"burst": 1}]}

RANDOM = RECORD + """
profile card by card {
  n_10min = count() over 10min including this
  spent_1h = sum(amount) over 1h including this
  places_1h = distinct(terminal) over 1h including this
  mean_1d = mean(amount) over 1d excluding this
  bad_1d = share(fraud) over 1d delay 1h
  keys 1000 log 256 memory 64MiB lateness 5min
}
profile terminal by terminal { n_1h = count() over 1h including this where amount >= 50 EUR  keys 1000 log 1024 memory 64MiB lateness 5min }
limit card { spent_1h <= 900 EUR }
rule often { when card.n_10min >= 4 then hold high mode live }
rule places { when card.places_1h >= 6 or terminal.n_1h > 40 then hold medium mode shadow }
rule habit { when amount > 3 * card.mean_1d then score 10 mode live }
rule known { when card.bad_1d > 5% and not card.n_10min < 2 then block high mode live }
score { hold at 10 }
"""


def keyed(folder):
    key = bank.write(os.path.join(folder, "token.key"), bytes(range(16)))
    os.chmod(key, 0o600)
    return key


def summed(item):
    return [item[key] for key in ("fired", "true_positives", "false_positives", "unlabelled", "precision", "recall",
                                  "alerts_per_day", "held")]


def check_small(tap, folder):
    key = keyed(folder)
    policy = bank.write(os.path.join(folder, "small.policy"), SMALL)
    rows = bank.write(os.path.join(folder, "rows.csv"), ROWS)
    arguments = ["backtest", policy, "--token-key", key, "--events", rows]
    code, out, err = bank.run(*arguments, "--json", "-")
    said = json.loads(out) if code == 0 else {}
    rules = {rule["name"]: [rule["mode"], *summed(rule), rule["overlap"]] for rule in said.get("rules", [])}
    tap.ok(rules == WANTED, "rules by hand", f"{rules}\n{err.decode()}")
    tap.ok(said and [said["events"], said["fraud"], said["unlabelled"], said["from"], said["to"]] ==
           [6, 3, 0, "2018-04-01T00:00:00.000000000Z", "2018-04-03T00:00:00.000000000Z"], "what was looked at", said)
    tap.ok(said and summed(said["limits"][0]) == [1, 1, 0, 0, 1.0, 0.333333, 0.5, "150.00 EUR"] and
           summed(said["all"]) == [2, 2, 0, 0, 1.0, 0.666666, 1.0, "170.00 EUR"], "the limit, and all", said)
    tap.ok(b"rows.csv:8: amount: \"x\" is no amount" in err, "a row that cannot be read is named", err)
    code, table, _ = bank.run(*arguments)
    tap.ok(code == 0 and b"  big (shadow)                       3           1           2     33.33 %" in table,
           "the table says the same", table.decode())
    code, piped, _ = bank.run("backtest", policy, "--token-key", key, "--events", "-", "--json", "-",
                              stdin=ROWS.encode())
    tap.ok(code == 0 and piped == out, "standard input gives the same")
    check_labels(tap, folder, arguments)
    check_against(tap, folder, arguments)


def check_labels(tap, folder, arguments):
    labels = bank.write(os.path.join(folder, "labels.csv"),
                        "id,fraud,known\nb,1,2018-05-01T00:00:00Z\nd,0,\nf,fraud,\nnobody,1,\n")
    code, out, _ = bank.run(*arguments, "--labels", labels, "--json", "-")
    said = json.loads(out) if code == 0 else {"rules": [{}]}
    big = said["rules"][-1]
    tap.ok(code == 0 and [said["fraud"], said["unlabelled"]] == [2, 3] and
           [big["true_positives"], big["false_positives"], big["unlabelled"]] == [1, 1, 1],
           "labels of a file are used instead", out.decode())
    bad = bank.write(os.path.join(folder, "bad.csv"), "name,fraud\na,1\n")
    code, _, err = bank.run(*arguments, "--labels", bad)
    tap.ok(code == 3 and b"bad.csv:1: id: the header line has no such column" in err, "labels without ids", err)


def check_against(tap, folder, arguments):
    other = bank.write(os.path.join(folder, "other.policy"), OTHER)
    name = os.path.join(folder, "against.json")
    code, table, err = bank.run(*arguments, "--against", other, "--json", name)
    with open(name, encoding="utf-8") as file:
        said = json.load(file)["against"]
    tap.ok(code == 0 and said["rules_of_both"] == [{"name": "burst", "only_here": 1, "both": 1, "only_there": 0}] and
           {rule["name"]: rule["fired"] for rule in said["rules"]} == {"burst": 1, "great": 3},
           "another policy over the same events", f"{said}\n{err}")
    moved = [move for move in said["verdicts"] if move["here"] != move["there"]]
    tap.ok(moved == [{"here": "hold", "there": "allow", "events": 1, "fraud": 1}] and
           b"  1: allow there, hold here; fraud: 1" in table, "verdicts that differ", moved)
    unlike = bank.write(os.path.join(folder, "unlike.policy"), SMALL.replace("major EUR", "minor EUR"))
    code, _, err = bank.run(*arguments, "--against", unlike)
    tap.ok(code == 2 and b"do not read events alike: see tx" in err, "policies that read events otherwise", err)


def history(seed, n):
    """Rows of a month, some late, many at equal times, some wrong."""
    dice = random.Random(seed)
    time, rows = 1_000_000, ["id,t,card,terminal,amount,fraud"]
    for i in range(n):
        time += dice.choice((0, 0, 1, 7, 40, 200))
        card = dice.randrange(4) if dice.random() < 0.2 else dice.randrange(300)
        when = time - (dice.randrange(250) if dice.random() < 0.05 else 0)
        amount = f"{dice.choice((5, 20, 50, 100, 400)) + dice.randrange(100) / 100:.2f}"
        terminal = f"T{dice.randrange(12 if card < 4 else 60)}"
        rows.append(f"r{i},{when},{card},{terminal},{amount if dice.random() < 0.999 else 'x'},"
                    f"{int(dice.random() < (0.3 if card < 4 else 0.01))}")
    return "\n".join(rows) + "\n"


def alerts_by(lines):
    """What was expected to ids, in order."""
    found = {}
    for line in lines:
        alert = json.loads(line)
        found.setdefault(alert["expectation"], []).append(alert["transaction"]["rrn"])
    return found


def check_same(tap, folder, seed):
    key, text = keyed(folder), history(seed, 6000)
    policy = bank.write(os.path.join(folder, "random.policy"), RANDOM)
    rows = bank.write(os.path.join(folder, "random.csv"), text)
    told, again = os.path.join(folder, "told.jsonl"), os.path.join(folder, "again.jsonl")
    journal, kept = os.path.join(folder, f"journal{seed}"), os.path.join(folder, f"kept{seed}.jsonl")
    common = ["--token-key", key, "--events", rows]
    code, _, err = bank.run("replay", policy, *common, "--alerts", told, home=folder)
    recorded, _, record_err = bank.run("replay", policy, *common, "--record", journal, "--alerts", kept, home=folder)
    reread, _, reread_err = bank.run("replay", "--journal", journal, "--alerts", again, home=folder)
    lines = [open(path, "rb").read() for path in (told, kept, again)]
    tap.ok([code, recorded, reread] == [0, 0, 0] and lines[0] and lines[0] == lines[1] == lines[2],
           f"seed {seed}: replay, recorded replay and journal say the same, to the byte",
           b"\n".join((err, record_err, reread_err)))
    found = alerts_by(lines[0].splitlines())
    code, out, err = bank.run("backtest", policy, *common, "--json", "-")
    said = json.loads(out)
    counts = {"rule." + rule["name"]: rule["fired"] for rule in said["rules"]}
    counts.update({"limit." + limit["name"]: limit["fired"] for limit in said["limits"]})
    heard = {name: len(ids) for name, ids in found.items() if name in counts}
    tap.ok(code == 0 and all(counts.values()) and
           heard == {name: n for name, n in counts.items() if name != "rule.habit"},
           f"seed {seed}: a backtest counts what a replay tells", f"{counts}\n{heard}\n{err}")
    code, out_again, err = bank.run("backtest", policy, "--journal", journal, "--json", "-", home=folder)
    tap.ok(code == 0 and json.loads(out_again) == said, f"seed {seed}: so it does of the journal", err)
    check_features(tap, seed, found, ["features", policy, *common], text)


def check_features(tap, seed, found, arguments, text):
    code, out, err = bank.run(*arguments)
    features = list(csv.DictReader(io.StringIO(out.decode())))
    amounts = {row["id"]: row["amount"] for row in csv.DictReader(io.StringIO(text))}
    often = [row["id"] for row in features if int(row["card.n_10min"] or 0) >= 4]
    places = [row["id"] for row in features
              if int(row["card.places_1h"] or 0) >= 6 or int(row["terminal.n_1h"] or 0) > 40]
    known = [row["id"] for row in features
             if float(row["card.bad_1d"] or 0) > 0.05 and int(row["card.n_10min"] or 0) >= 2]
    spent = [row["id"] for row in features if float(row["card.spent_1h"] or 0) > 900]
    readable = sum(amount != "x" for amount in amounts.values())
    tap.ok(code == 0 and len(features) == readable and often == found["rule.often"] and
           places == found["rule.places"] and known == found["rule.known"] and spent == found["limit.card"],
           f"seed {seed}: rules fire where the features say so", err)


SCREEN = """
record pay { source csv  time from "t" seconds since 2018-04-01  id from "id"  fraud when "fraud" = "1" }
list own { source "own.csv" format csv stale 365d }
screen payees { of record on pay  names of "name"  identifiers of "account"  against own  otherwise hold high  without hold high  %s }
"""
RULED = 'rule one "the first" { of record on pay  when rrn = "1" then hold high mode live }\n'
OWN = "id,name,kind,account\n1,Brennick Aldous Varoe,person,\n2,Quellmar Ostrava,person,\n3,Melkin Torvald,person,DE20036973946173044230\n"
LISTED = ("Brennick Aldous Varoe", "Brennick Varoe", "Varoe Brenick", "Brenick Varo", "Aldous Varoe", "Brenig Varo", "Quelmar Ostrov",
          "Kwellmar Ostrof", "Qelmar Ostrov", "Melkin Torwaldzen", "Meltkin Torvalt", "Anna Example", "Linden Trading", "Bremnik Varoe", "Quellma Ostrav")


def check_screens(tap, folder):
    """Of each line as many rows are named as a replay of a policy with that line tells of."""
    path = os.path.join(folder, "screen.policy")
    bank.write(os.path.join(folder, "own.csv"), OWN.encode())
    rows = "".join(f"{n},{n * 60},{name},,{n % 2}\n" for n, name in enumerate(LISTED)) + "ac,9000,Nobody Atall,DE20036973946173044230,1\n"
    file = "pay=" + bank.write(os.path.join(folder, "pay.csv"), ("id,t,name,account,fraud\n" + rows).encode())
    def policy(more):
        return bank.write(path, (SCREEN % more).encode())
    def tried(*more):
        code, out, err = bank.run("backtest", path, "--events", file, "--json", "-", *more)
        return json.loads(out)["screens"][0] if code == 0 else None, err
    policy("")
    screen, err = tried()
    seen = []
    for at in screen["at"]:
        policy(f"line {at['line']}")
        alerts = os.path.join(folder, "screen.jsonl")
        code, _, err = bank.run("replay", path, "--events", file, "--alerts", alerts, "--quiet")
        with open(alerts, encoding="utf-8") as lines:
            told = {alert["transaction"]["rrn"] for alert in map(json.loads, lines) if alert["reason"] == "name_listed"}
        frauds = sum(1 for row in told if row == "ac" or int(row) % 2)
        seen.append((at["line"], len(told), code))
        tap.ok(code == 0 and (at["named"], at["true_positives"], at["false_positives"]) == (len(told), frauds, len(told) - frauds),
               f"a screen at {at['line']} would name what it names", (at, told, err))
    tap.ok([line for line, _, _ in seen] == [400, 450, 500, 550, 600] and [n for _, n, _ in seen] == sorted({n for _, n, _ in seen}, reverse=True),
           "and lines differ", seen)
    tap.ok((screen["rows"], screen["fraud"], screen["line"], screen["not_searched_whole"]) == (16, 8, 500, 0), "rows are counted", screen)
    for line, wanted in ((60, [10, 60, 110, 160]), (990, [890, 940, 990])):
        policy(f"line {line}")
        tap.ok([at["line"] for at in tried()[0]["at"]] == wanted, f"around {line} there are only lines that can be", tried())
    policy("")
    code, out, err = bank.run("backtest", path, "--events", file)
    tap.ok(code == 0 and b"Screen payees of " in out and b": 16 rows and messages held against lists as they are now" in out
           and b"\n  500, as the policy says" in out and b"money held" not in out, "in words, without a table of rules there are none for", out + err)
    os.remove(os.path.join(folder, "own.csv"))
    screen, err = tried()
    tap.ok(screen["not_searched_whole"] == 16 and b"IS NOT SEARCHED" in err, "without its list that is told", (screen, err))
    key = bank.write(os.path.join(folder, "journal.key"), bytes(range(32)))
    for more, words in ((("--journal", folder, "--journal-key", key), b"are not tried: that is done over files and captures"),
                        (("--events", file, "--against", path), b"are not tried: that is done over files and captures, and of one policy")):
        code, _, err = bank.run("backtest", path, *more)
        tap.ok(code == 2 and words in err and b"nothing to try" in err, f"{more[0]}: it says plainly what it does not do", err)
    other = bank.write(os.path.join(folder, "other.policy"), (SCREEN % "" + RULED).encode())
    code, _, err = bank.run("backtest", path, "--events", file, "--against", other)
    tap.ok(code == 2 and b"has screens only" in err, "screens alone are not held against rules", err)
    code, out, err = bank.run("backtest", other, "--events", file)
    tap.ok(code == 0 and b"Screen payees of" in out and b"  one  " in out and b"money held" in out, "both stand in one report", out + err)


def main():
    tap = bank.Tap()
    with tempfile.TemporaryDirectory() as folder:
        check_small(tap, folder)
        check_screens(tap, folder)
        for seed in (1, 2, 3):
            check_same(tap, folder, seed)
    tap.done()


if __name__ == "__main__":
    main()
