#!/usr/bin/env python3
"""Goal: an unlimited operation, in which the issuer itself approves, is found within the first ten withdrawals of a card or the
first hundred of all; and a year of honest customers brings fewer than five alerts per 100000 transactions.

Method: the simulator writes the story, the real binary replays it against the shipped policies, and the alerts of nature
`behaviour` are held against the truth, withdrawal by withdrawal.
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import robberies  # noqa: E402

ROOT = os.environ["COUNTERSIGN_ROOT"]
FEW = 5           # alerts per 100000 innocent transactions
OF_CARD = 10      # withdrawals of a card until it is named
OF_CLUSTER = 100  # withdrawals of all cards until one is named
# story: (seed, transactions a second, minutes; 0: as the story says)
ROBBERIES = {"unlimited-muscat": (7, 2, 320), "unlimited-japan": (7, 2, 0), "unlimited-cosmos": (7, 2, 420),
             "unlimited-cloned": (7, 0.1, 0), "unlimited-slow": (7, 0.5, 12000), "unlimited-dormant": (7, 0.1, 58320),
             "unlimited-surge": (7, 0.1, 0)}
INNOCENT = [("innocent-year", 7, 0.02, 0), ("innocent-salary", 1, 1, 0), ("innocent-travel", 2, 1, 0),
            ("innocent-festival", 3, 1, 0), ("innocent-chip-fault", 4, 1, 0), ("innocent-new-cards", 5, 1, 0)]


def simulate(story, seed, rate, minutes, folder):
    """Writes one story; why not, in words."""
    command = [os.environ["COUNTERSIGN_SIM"], story, "--seed", str(seed), "--rate", str(rate), "--out", folder]
    done = subprocess.run(command + (["--minutes", str(minutes)] if minutes else []), capture_output=True, text=True)
    return f"the simulator: exit {done.returncode}: {done.stderr.strip()[-300:]}" if done.returncode else ""


def play(policy, story, seed, rate, minutes, folder):
    """Writes and replays one story; (alerts, truth), or in words why there are none."""
    failure = simulate(story, seed, rate, minutes, folder)
    if failure:
        return None, failure
    alerts = os.path.join(folder, "alerts.jsonl")
    command = [os.environ["COUNTERSIGN"], "replay", os.path.join(ROOT, "policies", policy),
               "--link", f"visa={folder}/acquirer.pcap", "--alerts", alerts, "--token-key", os.path.join(folder, "key")]
    command += ["--events", f"admin={folder}/admin.jsonl"] if policy != "two-taps.policy" else []
    command += ["--link", f"core={folder}/issuer.pcap"] if policy != "cash-out.policy" else []
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        return None, f"the replay: exit {done.returncode}: {done.stderr.strip()[-600:]}"
    found = list(robberies.read_lines(alerts))
    full = next((alert["words"] for alert in found if alert["reason"] == "profile_full"), None)
    if full:
        return None, full
    return (found, list(robberies.read_lines(os.path.join(folder, "truth.jsonl")))), None


def told(alerts):
    """Those that a person would be called for."""
    return [alert for alert in alerts if alert["nature"] == "behaviour" and alert["mode"] == "live"]


def number_of(alert, index):
    return next((index[key] for key in robberies.keys_of(alert.get("transaction") or {}) if key in index), None)


class Robbery:
    """Which withdrawal of each card, and of all, was the first to be named."""

    def __init__(self, alerts, truth):
        rows = [row for row in truth if "summary" not in row and row["amount_minor"] > 0]
        index = {key: number for number, row in enumerate(rows) for key in robberies.keys_of(row)}
        numbers = [number_of(alert, index) for alert in told(alerts)]
        named = {number for number in numbers if number is not None}
        cards = {row["card_masked"] for row in rows}
        self.rows = len(rows)
        self.innocent = [alert for alert, number in zip(told(alerts), numbers) if number is None and
                         (alert["transaction"]["link"] == "visa" or alert["transaction"]["card"]["masked"] not in cards)]
        self.first = min(named, default=self.rows) + 1
        self.cards = collections.defaultdict(list)
        for number, row in enumerate(rows):
            self.cards[row["card_masked"]].append(number in named)
        long_ones = [cards for cards in self.cards.values() if len(cards) >= OF_CARD]
        self.long_n = len(long_ones)
        self.late_n = sum(not any(card[:OF_CARD]) for card in long_ones)
        self.reasons = collections.Counter(alert["expectation"] for alert, number in zip(told(alerts), numbers) if number is not None)

    def wrong(self):
        cluster = self.first <= OF_CLUSTER
        if not cluster and (self.late_n or not self.long_n):
            yield f"the first withdrawal named is number {self.first} of {self.rows}"
            yield f"{self.late_n} of {self.long_n} cards are not named within {OF_CARD} withdrawals"

    def words(self):
        cards = f", {self.long_n - self.late_n} of {self.long_n} cards within {OF_CARD}" if self.long_n else ""
        return (f"withdrawal {self.first} of {self.rows} named{cards}; {len(self.innocent)} innocents; " +
                ", ".join(f"{name} {n}" for name, n in self.reasons.most_common()))


def judge_innocent(alerts, truth):
    """(words, what is wrong)"""
    transactions = truth[-1]["summary"]["transactions"]
    alerts = [alert for alert in alerts if alert["nature"] != "coverage"]
    rate = len(alerts) * 100000 / transactions
    reasons = collections.Counter(alert["expectation"] for alert in alerts)
    words = f"{len(alerts)} alerts in {transactions} transactions, {rate:.2f} per 100000"
    return words + "".join(f", {name} {n}" for name, n in reasons.most_common()), [words] if rate >= FEW else []


def changes_told_before(alerts, truth):
    """The changes at the card system are named before the first withdrawal."""
    first = min(row["time"] for row in truth if row.get("amount_minor"))
    return sum(alert["expectation"] == "rule.alone" and alert["time"] < first for alert in alerts)


def faults_of_form(alerts):
    """What docs/alert.schema.json refuses; None when nothing is here to judge by it."""
    try:
        import jsonschema
    except ImportError:
        return None
    with open(os.path.join(ROOT, "docs", "alert.schema.json"), encoding="utf-8") as text:
        validator = jsonschema.Draft7Validator(json.load(text))
    one_of_each = {(alert["expectation"], alert["transaction"]["link"]): alert for alert in alerts}.values()
    return [f"{alert['expectation']}: {error.message}" for alert in one_of_each for error in validator.iter_errors(alert)]


def rules_of(name):
    """The rules of a shipped policy that speak, and its limits."""
    text = "\n".join(statements(name))
    speaking = re.findall(r"^(rule) (\w+) [^}]*?\n  then (?:allow|hold|block)", text, re.M)
    return {".".join(found) for found in speaking + re.findall(r"^(limit) (\w+)", text, re.M)}


def statements(name):
    """The lines of a shipped policy, without remarks and empty ones."""
    with open(os.path.join(ROOT, "policies", name), encoding="utf-8") as file:
        return [line.split("#")[0].rstrip() for line in file if line.split("#")[0].strip()]


def is_sum_of_both():
    """bank.policy is two-taps.policy, then cash-out.policy without the link they share."""
    cash, two = statements("cash-out.policy"), statements("two-taps.policy")
    end = cash.index("}")
    return cash[:end] == two[two.index(cash[0]):][:end] and statements("bank.policy") == two + cash[end + 1:]


class Tap:
    def __init__(self):
        self.n = self.bad = 0

    def point(self, name, wrong, told=""):
        self.n += 1
        self.bad += bool(wrong)
        told = told if told.startswith("#") else told and f": {told}"
        print(f"{'not ' if wrong else ''}ok {self.n} - {name}{' ' if told.startswith('#') else ''}{told}", flush=True)
        for line in wrong:
            print(f"# {line}", flush=True)


def without_rules(folder):
    """What the same test says where no rule looks: it must be able to fail."""
    played, failure = play("two-taps.policy", "unlimited-muscat", 7, 1, 130, folder)
    wrong = list(Robbery(*played).wrong()) if played else []
    return failure or ("" if len(wrong) == 2 else f"said to be well: {wrong}")


def shadow_is_told_only(folder):
    """In shadow each rule says the same, but for the word, and --fail-on does not heed it."""
    failure = simulate("unlimited-surge", 7, 0.1, 0, folder)
    said = {}
    with open(os.path.join(ROOT, "policies", "cash-out.policy"), encoding="utf-8") as file:
        text = file.read()
    for mode, status in (("live", 1), ("shadow", 0)):
        policy, alerts = os.path.join(folder, f"{mode}.policy"), os.path.join(folder, f"{mode}.jsonl")
        with open(policy, "w", encoding="utf-8") as file:
            file.write(re.sub(r"^(  then .*)$", rf"\1\n  mode {mode}", text, flags=re.M))
        done = subprocess.run([os.environ["COUNTERSIGN"], "replay", policy, "--link", f"visa={folder}/acquirer.pcap", "--alerts",
                               alerts, "--token-key", f"{folder}/key", "--fail-on", "info"], capture_output=True, text=True)
        if done.returncode != status:
            failure = failure or f"{mode}: exit {done.returncode}, not {status}: {done.stderr[-300:]}"
        with open(alerts, encoding="utf-8") as file:
            said[mode] = file.read()
    same = said["live"].replace('"mode":"live"', '"mode":"shadow"') == said["shadow"] != said["live"]
    return failure or ("" if same else "in shadow other things are said")


def with_folder(work):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "key"), "wb") as key:
            key.write(bytes(range(16)))
        os.chmod(os.path.join(folder, "key"), 0o600)
        return work(folder)


def main():
    tap = Tap()
    tap.point("bank.policy is two-taps.policy and cash-out.policy", [] if is_sum_of_both() else ["it is not"])
    shipped = {os.path.basename(path)[:-6] for path in glob.glob(os.path.join(ROOT, "sim", "stories", "unlimited-*.story"))}
    tap.point("every unlimited operation is played", sorted(shipped - set(ROBBERIES) - {"unlimited-genuine"}))
    failure = with_folder(without_rules)
    tap.point("two taps alone find none of it", [failure] if failure else [])
    failure = with_folder(shadow_is_told_only)
    tap.point("what is in shadow is told, and not acted on", [failure] if failure else [])
    fired = set()
    for story, (seed, rate, minutes) in ROBBERIES.items():
        policy = "bank.policy" if story == "unlimited-muscat" else "cash-out.policy"
        played, failure = with_folder(lambda folder: play(policy, story, seed, rate, minutes, folder))
        if failure:
            tap.point(story, [failure])
            continue
        robbery = Robbery(*played)
        fired |= {alert["expectation"] for alert in told(played[0])}
        tap.point(f"{story} is found", list(robbery.wrong()), robbery.words())
        if story == "unlimited-cloned":
            tap.point("weak signs add up", [] if robbery.reasons["score"] else ["no score was reached"])
        innocent = played[1][-1]["summary"]["transactions"] - robbery.rows
        few = len(robbery.innocent) * 100000 < 20 * innocent
        tap.point(f"{story}: customers around it are left in peace", [] if few else [json.dumps(robbery.innocent[0])[:900]])
        if story == "unlimited-muscat":
            n = changes_told_before(*played)
            tap.point("the limits are named before they are used", [] if n == 12 else [f"{n} of 12"])
            faults = faults_of_form(played[0])
            tap.point("alerts follow docs/alert.schema.json", faults or [], "" if faults is not None else "# SKIP no jsonschema")
            accused = [alert for alert in played[0] if alert["nature"] in robberies.ACCUSING]
            tap.point("nothing is forged, and nothing is said to be", [alert["words"] for alert in accused[:3]])
    silent = sorted(rules_of("cash-out.policy") - fired)
    tap.point("every rule and limit finds something", [f"silent: {', '.join(silent)}"] if silent else [], f"{len(fired)} of them")
    for story, seed, rate, minutes in INNOCENT:
        policy = "bank.policy" if story == "innocent-salary" else "cash-out.policy"
        played, failure = with_folder(lambda folder: play(policy, story, seed, rate, minutes, folder))
        words, wrong = ("", [failure]) if failure else judge_innocent(*played)
        tap.point(f"{story}, seed {seed}", wrong, words)
    print(f"1..{tap.n}")
    return 1 if tap.bad else 0


if __name__ == "__main__":
    sys.exit(main())
