"""Statements beside AqBanking's importer of MT940 (C, in Debian), whole programs from file to file on the same bytes.

Ours writes every field of every entry as JSON (`decode mt --full`), theirs its own records; both read the whole file.
1,400 statements of 14 entries with information, of our own making; user time of the process, best of three in turns."""
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release")
STATEMENTS, ENTRIES, ROUNDS = 1400, 14, 3


def money(cents):
    return "%d,%02d" % divmod(cents, 100)


def statement(number):
    balance = 10000000
    lines = [":20:STMT%06d" % number, ":25:51230800/0000007055", ":28C:%d/1" % (number % 300 + 1),
             ":60F:C261125EUR" + money(balance)]
    for _ in range(ENTRIES):
        amount, credit = random.randint(1, 50000), random.random() < 0.5
        balance += amount if credit else -amount
        lines.append(":61:2611261126%s%sNTRFORD%08d//BNK%09d" % ("C" if credit else "D", money(amount),
                                                                random.randrange(10**8), random.randrange(10**9)))
        lines += [":86:/EREF/E2E%07d/REMI/INVOICE %06d" % (random.randrange(10**7), random.randrange(10**6)),
                  "FJELL OG FJORD AS"]
    return "\r\n".join(lines + [":62F:C261126EUR" + money(balance), "-", ""])


def user_seconds(command, out):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with open(out, "wb") as to:
        subprocess.run(command, stdout=to, stderr=subprocess.DEVNULL, check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main():
    if not shutil.which("aqbanking-cli"):
        raise SystemExit("aqbanking-cli is not installed: ./run deps")
    random.seed(4)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "day.sta")
        with open(path, "w", newline="") as out:
            out.write("".join(statement(i) for i in range(STATEMENTS)))
        ours = [os.path.join(BUILD, "countersign"), "decode", "mt", "--profile", "statement", "--full", path]
        theirs = ["aqbanking-cli", "-D", os.path.join(folder, "settings"), "import", "-c", os.path.join(folder, "context"),
                  "--importer=swift", "--profile=SWIFT-MT940", "-f", path]
        times = {"ours": [], "theirs": []}
        for _ in range(ROUNDS):
            times["ours"].append(user_seconds(ours, os.path.join(folder, "ours")))
            times["theirs"].append(user_seconds(theirs, os.path.join(folder, "theirs")))
            os.remove(os.path.join(folder, "context"))
        with open(os.path.join(folder, "ours"), encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        if len(rows) != STATEMENTS or any(row["verdict"] != "accept" or row["alerts"] for row in rows):
            raise SystemExit("a statement was refused, or did not add up")
    n = STATEMENTS * ENTRIES
    print(json.dumps({"name": "mt940_file_to_json", "value": round(n / min(times["ours"])), "unit": "entries/s",
                      "reference": "AqBanking 6, MT940 to its context file", "ratio": round(min(times["theirs"]) / min(times["ours"]), 2)}))


if __name__ == "__main__":
    main()
