"""The Fraud Detection Handbook's protocol on our features: average precision (AP) of two of its models on its four
validation folds, and on its baseline and test folds where the payments reach that far; and what a policy written by hand
reaches on the validation weeks. Only when named, and only with python3-xgboost and python3-sklearn; the product needs neither.

    bench_handbook.py [BUILD [PAYMENTS.csv.gz]]     columns: tx_id,t_sec,customer_id,terminal_id,amount_cents,is_fraud

A fold trains on 7 days, waits 7, tests 7. Cards known as defrauded are left out of the test: those with a fraud in the
training week, and on test day k those with one up to day (start + 7 + k - 1). Inputs: the amount and the 14 features."""
import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile

try:
    import numpy
    import xgboost
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import average_precision_score
except ImportError as missing:
    sys.exit(f"{missing}: apt install python3-xgboost python3-sklearn")

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release")
SHARED = os.environ.get("COUNTERSIGN_SHARED") or os.path.join(os.path.dirname(ROOT), "shared")
ROWS = sys.argv[2] if len(sys.argv) > 2 else os.path.join(SHARED, "data", "fraud", "handbook_tx_days000_128.csv.gz")
WEEK = 7
VALIDATION = (101, 94, 87, 80)  # days since 2018-04-01: 11 July, and each a week before
BASELINE = (115,)
TEST = (136, 129, 122, 115)


def boosted():
    return xgboost.XGBClassifier(n_estimators=50, max_depth=3, learning_rate=0.3, random_state=0, n_jobs=1)


def boosted_plain():
    return xgboost.XGBClassifier(random_state=0, n_jobs=1)


def forest():
    return RandomForestClassifier(n_estimators=100, max_depth=20, random_state=0, n_jobs=1)


def forest_plain():
    return RandomForestClassifier(random_state=0, n_jobs=1)


WANTED = (  # name, model, the days its folds start on, the AP published for it
    ("validation_xgboost", boosted, VALIDATION, 0.708),
    ("validation_forest", forest, VALIDATION, 0.694),
    ("baseline_xgboost", boosted_plain, BASELINE, 0.639),
    ("baseline_forest", forest_plain, BASELINE, 0.658),
    ("test_xgboost", boosted, TEST, 0.687),
    ("test_forest", forest, TEST, 0.678),
)

POLICY = """
record tx { source csv  time from "t_sec" seconds since 2018-04-01  id from "tx_id"  card from "customer_id"
  terminal from "terminal_id"  amount from "amount_cents" minor EUR  fraud when "is_fraud" = "1" }
calendar utc { weekend saturday, sunday  night 00:00..07:00 }
profile customer by card { %s keys 20000 }
profile terminal by terminal { %s keys 20000 }
""" % ("".join(f"nb_{d}d = count() over {d}d including this avg_{d}d = mean(amount) over {d}d including this "
               for d in (1, 7, 30)),
       "".join(f"nb_{d}d = count() over {d}d delay 7d risk_{d}d = share(fraud) over {d}d delay 7d " for d in (1, 7, 30)))

RULES = """
rule great { when amount > 220 EUR then block high mode live }
rule terminal { when terminal.risk_7d > 40% and terminal.nb_7d >= 2 then hold medium mode live }
rule terminal_new { when terminal.risk_1d > 60% and terminal.nb_7d >= 3 then hold medium mode live }
rule habit { when amount > 3.5 * customer.avg_30d and customer.nb_30d >= 15 then hold medium mode live }
"""


def features(folder):
    """Day, card, label, id, and the 15 inputs of each payment, from the first training day on."""
    policy, out = os.path.join(folder, "handbook.policy"), os.path.join(folder, "features.csv")
    with open(policy, "w", encoding="ascii") as file:
        file.write(POLICY)
    command = [os.path.join(BUILD, "countersign"), "features", policy, "--events", "-", "--out", out]
    with gzip.open(ROWS) as rows, subprocess.Popen(command, stdin=subprocess.PIPE,
                                                   env=dict(os.environ, XDG_STATE_HOME=folder)) as work:
        while block := rows.read(1 << 20):
            work.stdin.write(block)
        work.stdin.close()
        if work.wait():
            sys.exit("features could not be made")
    about, inputs = [], []
    with gzip.open(ROWS, "rt") as raw, open(out, encoding="utf-8") as ours:
        for row, own in zip(csv.reader(raw), csv.reader(ours), strict=True):
            if row[0] == "tx_id" or int(row[1]) // 86400 < min(VALIDATION):
                continue
            assert row[0] == own[0]
            about.append((int(row[1]) // 86400, int(row[2]), int(row[5]), int(row[0])))
            inputs.append([int(row[4]) / 100] + [float(cell or 0) for cell in own[2:]])
    return numpy.array(about), numpy.array(inputs, dtype=float)


def weeks(about, start):
    """The payments that train and those that test, of the fold that starts on a day."""
    day, card, label, _ = about.T
    train = (day >= start) & (day < start + WEEK)
    known = set(card[train & (label == 1)])
    chosen = []
    for k in range(WEEK):
        known |= set(card[(day == start + WEEK + k - 1) & (label == 1)])
        today = numpy.flatnonzero(day == start + 2 * WEEK + k)
        chosen.append(today[[c not in known for c in card[today]]])
    return numpy.flatnonzero(train), numpy.concatenate(chosen)


def reach(about, inputs, make, start):
    """AP on the test week."""
    train, test = weeks(about, start)
    label = about[:, 2]
    mean, spread = inputs[train].mean(axis=0), inputs[train].std(axis=0)
    model = make()
    model.fit((inputs[train] - mean) / spread, label[train])
    return average_precision_score(label[test], model.predict_proba((inputs[test] - mean) / spread)[:, 1])


def by_hand(folder, about):
    """Precision and recall of the rules over all test weeks: who is in no test week has no label."""
    policy, labels = os.path.join(folder, "hand.policy"), os.path.join(folder, "labels.csv")
    with open(policy, "w", encoding="ascii") as file:
        file.write(POLICY + RULES)
    with open(labels, "w", encoding="ascii") as file:
        file.write("id,fraud\n")
        for start in VALIDATION:
            file.writelines(f"{about[at][3]},{about[at][2]}\n" for at in weeks(about, start)[1])
    command = [os.path.join(BUILD, "countersign"), "backtest", policy, "--events", "-", "--labels", labels, "--json", "-"]
    with gzip.open(ROWS) as rows:
        done = subprocess.run(command, input=rows.read(), check=True, capture_output=True,
                              env=dict(os.environ, XDG_STATE_HOME=folder))
    return json.loads(done.stdout)["all"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        about, inputs = features(folder)
        hand = by_hand(folder, about)
    last = about[:, 0].max()
    for name, make, folds, published in WANTED:
        if max(folds) + 3 * WEEK - 1 > last:
            print(f"{name}: tests up to day {max(folds) + 3 * WEEK - 1}, and the payments end with day {last}", file=sys.stderr)
            continue
        reached = [reach(about, inputs, make, start) for start in folds]
        print(f"{name}: " + ", ".join(f"{value:.3f}" for value in reached), file=sys.stderr)
        value = sum(reached) / len(reached)
        print(json.dumps({"name": f"handbook_ap_{name}", "value": round(value, 4), "unit": "AP",
                          "reference": f"published: {published}", "ratio": round(value / published, 4)}))
    for name in ("precision", "recall"):
        print(json.dumps({"name": f"handbook_by_hand_{name}", "value": hand[name], "unit": "of 1"}))


main()
