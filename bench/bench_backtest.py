"""Backtest of ten million payments (5,000 cards, 10,000 terminals, 129 days and again) by a policy of two profiles, twelve
aggregates, six rules and a limit, on one core: the processor time of the whole program, file included.

The bar is 20 s. The second figure is the same without any rule: what reading, profiles and windows cost."""
import json
import os
import random
import resource
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release")
BINARY = os.path.join(BUILD, "countersign")
ROWS, BLOCK, BAR_S = 10_000_000, 100_000, 20

RECORD = """
record tx { source csv  time from "t" seconds since 2018-04-01  id from "id"  card from "card"  terminal from "terminal"
  amount from "cents" minor EUR  fraud when "fraud" = "1" }
calendar utc { weekend saturday, sunday  night 00:00..07:00 }
"""
CUSTOMER = "profile customer by card {\n%s  keys 10000 log 512 memory 256MiB\n}\n" % "".join(
    f"  nb_{d}d = count() over {d}d including this\n  avg_{d}d = mean(amount) over {d}d including this\n"
    for d in (1, 7, 30))
TERMINAL = "profile terminal by terminal {\n%s  keys 20000 log 512 memory 256MiB\n}\n" % "".join(
    f"  nb_{d}d = count() over {d}d delay 7d\n  risk_{d}d = share(fraud) over {d}d delay 7d\n" for d in (1, 7, 30))
RULES = """
limit customer { nb_1d <= 100 }
rule great { when amount > 220 EUR then block high mode live }
rule bad { when terminal.risk_7d > 20% and terminal.nb_7d >= 2 then hold medium mode live }
rule bad_month { when terminal.risk_30d > 10% then hold medium mode shadow }
rule habit { when amount > 4 * customer.avg_30d and customer.nb_30d >= 10 then hold medium mode live }
rule often { when customer.nb_1d >= 10 then score 20 }
rule night { when utc.night and amount > 150 EUR then score 20 }
score { hold at 40 }
"""


def write_rows(path):
    """Payments as in the handbook: some ten thousand a day."""
    dice = random.Random(1)
    with open(path, "w", encoding="ascii") as out:
        out.write("id,t,card,terminal,cents,fraud\n")
        for first in range(0, ROWS, BLOCK):
            out.write("".join(
                f"{i},{i * 9 + (i & 7)},{int(dice.random() * 5000)},{int(dice.random() * 10000)},"
                f"{int(dice.random() * 20000) + 100},{int(dice.random() < 0.008)}\n" for i in range(first, first + BLOCK)))


def processor_s(command, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env=dict(os.environ, XDG_STATE_HOME=folder))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    with tempfile.TemporaryDirectory() as folder:
        rows, rules, plain = (os.path.join(folder, name) for name in ("rows.csv", "rules.policy", "plain.policy"))
        write_rows(rows)
        for path, text in ((rules, RECORD + CUSTOMER + TERMINAL + RULES), (plain, RECORD + CUSTOMER + TERMINAL)):
            with open(path, "w", encoding="ascii") as out:
                out.write(text)
        took_s = processor_s([BINARY, "backtest", rules, "--events", rows], folder)
        plain_s = processor_s([BINARY, "replay", plain, "--events", rows, "--alerts", os.devnull], folder)
    print(json.dumps({"name": "backtest_10m", "value": round(took_s, 2), "unit": "s", "reference": f"the bar of {BAR_S} s",
                      "ratio": round(BAR_S / took_s, 2)}))
    print(json.dumps({"name": "backtest_10m_no_rules", "value": round(plain_s, 2), "unit": "s",
                      "reference": "with its rules", "ratio": round(plain_s / took_s, 2)}))


main()
