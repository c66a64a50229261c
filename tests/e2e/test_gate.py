#!/usr/bin/env python3
"""Goal: the gate lets through what was ordered and nothing else; what is held says why, and leaves by the word of two persons
only; a fault leads to what was said beforehand.

Method: the real binary between folders; the simulator's payment day, whose truth says which messages are forged or changed."""
import csv
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import bank
import gate

TAP = bank.Tap()
NOBODY = 65534


def verdict(small, *path):
    with open(small.path(*path[:-1], path[-1] + ".verdict.json"), encoding="utf-8") as file:
        return json.load(file)


def reasons(found):
    return {row["reason"] for row in found["because"]}


def on_small_bank(late="30s", whole=True):
    """A decorator for checks that get a bank of their own."""
    def around(check):
        def run():
            with tempfile.TemporaryDirectory() as folder:
                os.chmod(folder, 0o755)
                check(gate.Gate(folder, late, whole))
        return run
    return around


def check_usage():
    with tempfile.TemporaryDirectory() as folder:
        small = gate.Gate(folder)
        status, _, said = small.once(fail=None)
        TAP.ok(status == 2 and "there is no default" in said, "without --fail it does not start", said)
        status, _, said = small.once(fail="perhaps")
        TAP.ok(status == 2 and "hold or release" in said, "nor with another word", said)
        there = sorted(os.listdir(folder))
        for name in ("in", "released", "held"):
            os.rename(small.path(name), small.path("elsewhere"))
            status, _, said = small.once()
            os.rename(small.path("elsewhere"), small.path(name))
            TAP.ok(status == 3 and f"folder {small.path(name)}: " in said and sorted(os.listdir(folder)) == there,
                   f"nor without its folder {name}, and makes no key and no journal for that", (status, said, os.listdir(folder)))
        status, _, said = small.once("--in", "masseges=" + small.path("in"))
        TAP.ok(status in (2, 3) and "masseges=" in said, "nor with a record that there is not", said)
        policy = small.path("gate.policy")
        with open(policy, encoding="utf-8") as file:
            text = file.read()
        with open(policy, "w", encoding="utf-8") as file:
            file.write(text.replace("otherwise hold critical", "otherwise allow critical"))
        status, _, said = small.once()
        TAP.ok(status == 2 and "--unasked release" in said, "nor with a policy that would ask for nothing", said)
        with open(policy, "w", encoding="utf-8") as file:
            file.write(text.replace("amount, currency, beneficiary and (rrn)", "sum of amount by batch")
                       .replace('  id from "reference"', '  id from "reference"\n  field batch text from "reference"'))
        status, _, said = small.once()
        TAP.ok(status == 2 and "sum of a batch" in said, "nor with one that would have to wait for a batch", said)
        with open(policy, "w", encoding="utf-8") as file:
            others = text[text.index("record orders"):text.index("record messages")].replace("orders", "others")
            file.write(text.replace("record messages", others + "record messages")
                       .replace("  otherwise hold critical", "  unless record on others\n  otherwise hold critical"))
        status, _, said = small.once()
        TAP.ok(status == 2 and "--events others=FOLDER" in said, "nor without a folder of what may stand for a proof", said)
        with open(policy, "w", encoding="utf-8") as file:
            file.write(text.replace("otherwise hold critical", "otherwise allow critical"))
        small.put("orders", "orders.csv", gate.HEADER)
        small.put("in", "large", gate.mt103("LARGE", "1000000,"))
        small.put("in", "other", gate.mt103("OTHER", "1,"))
        status, _, said = small.once("--unasked", "release")
        TAP.ok(status == 1 and small.names("held") == ["large"] and small.names("released") == ["other"],
               "rules alone: they hold, and the rest goes on", said)


@on_small_bank()
def check_each(small):
    small.put("orders", "orders.csv", gate.HEADER + gate.order("OK1", "100.00") + gate.order("LARGE", "1000000.00") +
              gate.order("BAD", "400.00") + gate.order("OK2", "2.00") + gate.order("OK3", "3.00"))
    ok1 = gate.mt103("OK1", "100,")
    small.put("in", "ok1", ok1)
    small.put("in", "ok23", gate.mt103("OK2", "2,") + gate.mt103("OK3", "3,"))
    small.put("in", "changed", gate.mt103("BAD", "444,"))
    small.put("in", "large", gate.mt103("LARGE", "1000000,"))
    small.put("in", "free", gate.mt199("FREE"))
    small.put("in", "broken", ok1[:-30])
    small.put("in", "empty", b"")
    small.put("in", "most", gate.mt199("FREE") * 4096)
    small.put("in", "more", gate.mt199("FREE") * 4097)
    small.put("in", "ok1 again", ok1)
    small.put("in", "half", gate.mt103("BAD2", "1,") + b"{1:F01CNTSDEF0AXXX21010")
    small.put("in", "ok1.verdict.json", gate.mt199("SLY"))
    strange = b"odd \x1b[2J \xff \"quoted\".fin"
    with open(os.path.join(os.fsencode(small.path("in")), strange), "wb") as file:
        file.write(gate.mt199("ODD"))
    with open(small.path("in", "being.tmp"), "wb") as file:
        file.write(ok1)
    os.symlink("/etc/passwd", small.path("in", "link"))
    status, out, said = small.once()
    TAP.ok(status == 1 and small.names("released") == ["ok1", "ok23"], "what was ordered is released", said)
    found = {name: verdict(small, "held", name) for name in small.names("held")}
    wanted = {"changed": {"finding"}, "large": {"finding"}, "free": {"unasked"}, "broken": {"refused"}, "empty": {"empty"},
              "ok1 again": {"duplicate"}, "half": {"refused"}}
    TAP.ok({name: reasons(found[name]) & wanted[name] for name in wanted} == wanted, "what was not is held, and says why", found)
    TAP.ok("too_large" not in reasons(found["most"]) and "too_large" in reasons(found["more"]), "4096 messages are no more than may be")
    changed = found["changed"]["findings"][0]
    TAP.ok(changed["reason"] == "amount_differs" and "444" in changed["words"] and changed in map(json.loads, out.splitlines()),
           "with the alert, its reason and its values", changed)
    TAP.ok(found["broken"]["refused"][0]["offset"] == 0 and "byte" in found["broken"]["refused"][0]["words"],
           "a message that cannot be read is held with its reason and its byte", found["broken"]["refused"])
    TAP.ok(len(found["changed"]["journal"]["note"]) == 16 and len(found["changed"]["policy"]["sha256"]) == 64,
           "with the place in the journal and the policy", found["changed"])
    sly = [name for name in small.names("held") if name.startswith("ok1.verdict.json~")] + \
        [name for name in os.listdir(small.path("held")) if name.startswith("ok1.verdict.json~")]
    TAP.ok(sly and verdict(small, "released", "ok1")["action"] == "release", "no file takes the place of a verdict", sly)
    TAP.ok(sorted(os.listdir(small.path("in"))) == ["being.tmp", "link"], "names of the writer, and what is no file, are left alone")
    odd = [name for name in os.listdir(os.fsencode(small.path("held"))) if name.startswith(b"odd") and name.endswith(b".json")]
    with open(os.path.join(os.fsencode(small.path("held")), odd[0]) if odd else os.devnull, encoding="utf-8") as file:
        text = file.read()
    TAP.ok(odd and json.loads(text)["action"] == "hold" and "\x1b" not in said + text, "a name is text, whatever it is", [odd, text])
    released = small.path("released", "ok1")
    with open(released, "rb") as file:
        TAP.ok(file.read() == ok1 and os.listdir(small.path("orders", "archive")) == ["orders.csv"],
               "released are the bytes that came; orders are put aside")
    again = subprocess.run([bank.BINARY, "replay", "--journal", small.path("journal")], capture_output=True, text=True, check=False,
                           env=small.environment())
    TAP.ok(again.returncode == 0 and "; 0 differ" in again.stderr, "the journal gives each verdict again", again.stderr)
    small.put("in", "ok1", gate.mt103("OK1", "100,"))
    small.once()
    TAP.ok(any(name.startswith("ok1~") for name in small.names("held")), "the same again is held under another name",
           small.names("held"))


@on_small_bank()
def check_sly(small):
    """A field of the policy's own is called as a word of an alert is, and a message says what that word would say."""
    with open(small.path("gate.policy"), encoding="utf-8") as file:
        text = file.read()
    with open(small.path("gate.policy"), "w", encoding="utf-8") as file:
        file.write(text.replace('field type text from "type"', 'field type text from "type"\n  field mode text from "reference"'))
    small.put("orders", "orders.csv", gate.HEADER + gate.order("shadow", "400.00"))
    small.put("in", "sly", gate.mt103("shadow", "444,"))
    small.once()
    found = verdict(small, "held", "sly") if "sly" in small.names("held") else {"because": []}
    TAP.ok("finding" in reasons(found), "a message cannot pass for what only looks on", found)


@on_small_bank()
def check_long(small):
    small.put("orders", 250 * "o", gate.HEADER + gate.order("LONG", "1.00"))
    small.put("in", 250 * "m", gate.mt103("LONG", "1,"))
    small.once()
    TAP.ok(len(small.names("released")) == 1 and small.names("orders", "archive") == [199 * "o"], "no name is too long to be read",
           [small.names("released"), small.names("orders", "archive")])


@on_small_bank(late="1s")
def check_strange(small):
    """What is no file is said once, and keeps nobody waiting."""
    small.put("orders", "orders.csv", gate.HEADER)
    for folder in ("orders", "in"):
        os.symlink(small.path("key"), small.path(folder, "link"))
        os.mkfifo(small.path(folder, "pipe"))
    process = small.opened()
    small.put("in", "never", gate.mt103("NEVER", "6,"))
    TAP.ok(small.wait(lambda: small.names("held") == ["never"]), "a link or a pipe keeps no record from being settled", small.said())
    TAP.ok(reasons(verdict(small, "held", "never")) == {"finding"}, "nor is anything unproven for it", verdict(small, "held", "never"))
    TAP.ok(small.said().count("links, pipes or devices") == 2, "it is said once for each folder", small.said())
    TAP.ok(set(os.listdir(small.path("in"))) == {"link", "pipe"} and os.path.exists(small.path("key")), "and left where it is")
    process.send_signal(signal.SIGTERM)
    TAP.ok(process.wait(20) == 0, "it ends", small.said())


@on_small_bank()
def check_copies(small):
    """Orders that come twice count once, also behind a restart; what could not be read says why beside it."""
    orders = gate.HEADER + gate.order("ONE", "1.00")
    small.put("orders", "orders.csv", orders)
    small.put("in", "one", gate.mt103("ONE", "1,"))
    small.once()
    small.put("orders", "copy.csv", orders)
    small.put("orders", "broken.csv", gate.HEADER + gate.order("TWO", "2.00") + "what\n")
    small.put("orders", "columns.csv", "a,b\n1,2\n")
    small.put("in", "one again", gate.mt103("ONE", "1,") + b"\r\n" + gate.mt199("FREE"))
    small.put("in", "two", gate.mt103("TWO", "2,"))
    _, out, said = small.once()
    TAP.ok(small.names("released") == ["one", "two"], "an order counts once", [small.names("released"), said])
    codes = {}
    for name in small.names("orders", "quarantine"):
        if not name.endswith(".reason.json"):
            with open(small.path("orders", "quarantine", name + ".reason.json"), encoding="utf-8") as file:
                codes[name] = json.load(file)["code"]
    TAP.ok(codes == {"copy.csv": "duplicate", "broken.csv": "rows", "columns.csv": "columns"}, "set aside with a reason, as by run", codes)
    TAP.ok(sum('"reason":"file_aside"' in line for line in out.splitlines()) == 3, "and told", out)
    small.put("orders", "copy.csv", orders)
    _, _, said = small.once()
    TAP.ok("read before" in said and "0 rows, 1 set aside" in said, "so it is behind a restart", said)
    os.mkdir(small.path("orders2"))
    small.put("orders2", "copy.csv", orders)
    small.put("orders2", "three.csv", gate.HEADER + gate.order("THREE", "3.00"))
    small.put("in", "three", gate.mt103("THREE", "3,"))
    _, _, said = small.once("--events", f"orders={small.path('orders2')}")
    TAP.ok("three" in small.names("released") and "1 row, 1 set aside" in said, "and in another folder of the record", said)


@on_small_bank(late="3s")
def check_waiting(small):
    process = small.opened()
    small.put("in", "early", gate.mt103("EARLY", "5,"))
    small.put("in", "never", gate.mt103("NEVER", "6,"))
    TAP.ok(small.wait(lambda: len(os.listdir(small.path("held", "waiting"))) == 2), "what has no order yet waits",
           os.listdir(small.path("held", "waiting")))
    waiting = [name for name in os.listdir(small.path("held", "waiting")) if "early" in name]
    if waiting:
        found = verdict(small, "held", "waiting", waiting[0][:-len(".verdict.json")])
        TAP.ok(found["action"] == "wait" and found["until"] > found["taken"], "and says until when", found)
    small.put("orders", "late.csv", gate.HEADER + gate.order("EARLY", "5.00"))
    TAP.ok(small.wait(lambda: small.names("released") == ["early"]), "its order comes: it is released", small.names("released"))
    TAP.ok(small.wait(lambda: small.names("held") == ["never"]), "no order comes in its time: it is held", small.names("held"))
    TAP.ok(verdict(small, "held", "never")["findings"][0]["reason"] == "proof_missing", "as a payment that nobody ordered")
    second = subprocess.run(small.command("--once"), capture_output=True, text=True, check=False, env=small.environment())
    TAP.ok(second.returncode != 0, "a second gate on the same folders does not start", second.stderr)
    process.send_signal(signal.SIGTERM)
    TAP.ok(process.wait(20) == 0, "it ends when it is told to")


@on_small_bank(late="1s", whole=False)
def check_fault(small):
    small.put("orders", "orders.csv", gate.HEADER + gate.order("OK", "1.00", when=gate.stamp(3600)))
    small.put("in", "unproven", gate.mt103("WHO", "1,"))
    small.once()
    small.wait(lambda: small.once() and small.names("held", "taken") == [], 5)
    TAP.ok(small.names("held") == ["unproven"] and "unproven" in reasons(verdict(small, "held", "unproven")),
           "--fail hold: what could have been ordered before anybody looked is held", small.names("held"))
    small.put("in", "unproven2", gate.mt103("WHO2", "1,"))
    small.put("in", "large", gate.mt103("LARGE", "1000000,"))
    _, _, said = small.once(fail="release")
    for _ in range(20):
        if small.names("held", "taken"):
            time.sleep(0.2)
            said += small.once(fail="release")[2]
    loud = verdict(small, "released", "unproven2") if "unproven2" in small.names("released") else {}
    TAP.ok("--fail release" in loud.get("by", "") and "WARNING" in said, "--fail release: it goes, loudly", [loud, said])
    TAP.ok("large" in small.names("held"), "what the policy holds is no fault, and is held", small.names("held"))


@on_small_bank()
def check_words(small):
    root = os.geteuid() == 0
    small.put("orders", "orders.csv", gate.HEADER)
    for name in ("one", "two", "three"):
        small.put("in", name, gate.mt199(name.upper()))
    small.once()
    process = small.opened()
    done = small.ask("release", "one", "Mara")
    TAP.ok(done.returncode == 0 and "another person" in done.stderr and "one" in small.names("held"), "one word is not enough",
           done.stderr)
    done = small.ask("release", "one", "MARA")
    TAP.ok(done.returncode == 1 and "same person" in done.stderr, "nor two of the same person", done.stderr)
    done = small.ask("release", "one", "Otto")
    TAP.ok(done.returncode == 1 and "same account" in done.stderr and "one" in small.names("held"),
           "nor two names from one account", done.stderr)
    done = small.ask("release", "none", "Otto")
    TAP.ok(done.returncode == 3, "a file that is not held cannot be released", done.stderr)
    if root:
        os.chown(small.path("held", "requests"), 0, NOBODY)
        os.chown(small.path("held", "one"), NOBODY, NOBODY)
        done = small.ask("release", "one", "Otto", user=NOBODY)
        TAP.ok(done.returncode == 0 and "released" in done.stderr and small.names("released") == ["one"],
               "two persons of two accounts release it", done.stderr)
        found = verdict(small, "released", "one")
        TAP.ok([word["account"] for word in found["by"]] == [0, NOBODY] and found["was"]["action"] == "hold",
               "the verdict names them, and what it was before", found)
    else:
        TAP.skip("two accounts", "only root can become another")
        TAP.skip("their verdict", "only root can become another")
    with open(small.path("held", "three"), "ab") as file:
        small.ask("release", "three", "Mara")
        file.write(b"\n")
        file.flush()
        done = small.ask("release", "three", "Otto")
    with open(small.path("held", "three"), "rb+") as file:
        file.truncate(1 << 40)
    asked = small.ask("release", "three", "Otto")
    with open(small.path("held", "three"), "rb+") as file:
        file.truncate(100)
    TAP.ok(asked.returncode == 3, "a file of a length that no memory has is not read", asked.stderr)
    TAP.ok("three" not in small.names("released"), "what changed while it was held is not released", done.stderr)
    with open(small.path("held", "requests", "forged"), "wb") as file:
        file.write(b"countersign gate request 1\nrelease\n../gate.policy\n" + b"A" * 64 + b"\nx\ny\n")
    TAP.ok(small.wait(lambda: not os.listdir(small.path("held", "requests"))), "a request for something else is refused")
    os.symlink(small.path("key"), small.path("held", "requests", "link"))
    TAP.ok(small.wait(lambda: not os.listdir(small.path("held", "requests"))) and os.path.exists(small.path("key")),
           "a link is no request")
    for i in range(100):
        os.mkdir(small.path("held", "requests", f"!{i}"))
    done = small.ask("release", "two", "Mara", "--no-wait")
    TAP.ok(small.wait(lambda: len(os.listdir(small.path("held", "requests"))) == 100 and small.names("held", "approved") != []),
           "folders among the requests take nobody's turn", done.stderr)
    os.unlink(small.path("held", "approved", "two.release"))
    os.rename(small.path("held", "approved"), small.path("held", "away"))
    done = small.ask("release", "two", "Mara")
    TAP.ok(done.returncode == 1 and "cannot keep it" in done.stderr, "a word that cannot be kept is refused, once", done.stderr)
    os.rename(small.path("held", "away"), small.path("held", "approved"))
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    small.once("--one-account")
    for by in ("Mara", "Otto"):
        small.ask("reject", "two", by, "--no-wait")
    with open(small.path("held", "two"), "rb+") as file:
        small.once("--one-account")
        file.write(b"swapped")
    with open(small.path("held", "rejected", "two"), "rb") as file:
        TAP.ok(file.read() == gate.mt199("TWO"), "who still has a held file open writes into nothing")
    TAP.ok(small.names("held", "rejected") == ["two"], "two persons reject; with --one-account they share one",
           small.names("held"))
    notes = small.journal()
    TAP.ok(any('"action":"gate-reject"' in note and '"first_by":"' in note for note in notes) and
           sum('"action":"gate-refuse"' in note for note in notes) >= 2, "all that was said stands in the journal", notes)


def check_day():
    with tempfile.TemporaryDirectory() as folder:
        small = gate.Gate(folder, late="1s")
        day = os.path.join(folder, "day")
        subprocess.run([os.environ["COUNTERSIGN_SIM"], "payment-day", "--seed", "4", "--out", day], check=True,
                       stdout=subprocess.DEVNULL)
        shutil.copy(os.path.join(os.environ["COUNTERSIGN_ROOT"], "policies", "gate.policy"), small.path("gate.policy"))
        with open(os.path.join(day, "orders.csv"), encoding="utf-8") as file, \
                open(os.path.join(folder, "now.csv"), "w", encoding="utf-8") as out:
            rows = list(csv.reader(file))
            csv.writer(out, lineterminator="\n").writerows([rows[0], *[[gate.stamp(), *row[1:]] for row in rows[1:]]])
        os.rename(out.name, small.path("orders", "orders.csv"))
        messages = sorted(os.path.basename(path) for path in glob.glob(os.path.join(day, "out", "*")))
        for name in messages:
            os.rename(os.path.join(day, "out", name), small.path("in", name))
        with open(os.path.join(day, "truth.jsonl"), encoding="utf-8") as file:
            truth = [json.loads(line) for line in file]
        wrong = {os.path.basename(row["file"]) for row in truth if (row.get("file") or "").startswith("out/")}
        process = small.opened()
        TAP.ok(small.wait(lambda: not small.names("in") and not small.names("held", "taken"), 90), "a payment day goes through")
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        released, held = set(small.names("released")), set(small.names("held"))
    others = {name for name in messages if name[:-4].endswith(("192", "199"))}
    TAP.ok(released | held == set(messages) and not released & held, f"{len(messages)} messages: each is in one place")
    TAP.ok(wrong and not released & wrong, f"none of {len(wrong)} forged, changed or smuggled ones is released", released & wrong)
    TAP.ok(held <= wrong | others, f"no payment of {len(released)} honest ones is held", held - wrong - others)


def check_mx():
    """Messages of ISO 20022 have their own times; so have their orders here."""
    with tempfile.TemporaryDirectory() as folder:
        small = gate.Gate(folder)
        day = os.path.join(folder, "day")
        subprocess.run([os.environ["COUNTERSIGN_SIM"], "payment-day-mx", "--seed", "4", "--out", day], check=True,
                       stdout=subprocess.DEVNULL)
        with open(os.path.join(os.environ["COUNTERSIGN_ROOT"], "policies", "gate.policy"), encoding="utf-8") as file:
            text = file.read().replace('source mt\n  id from "reference"', 'source mx\n  id from "payment_reference" short')
        with open(small.path("gate.policy"), "w", encoding="utf-8") as file:
            text = text.replace("within 30h", "within 72h")  # all orders are told at once here, and kept for as long
            file.write(re.sub(r"type in \([^)]*\)", 'type in ("pacs.008", "pacs.009COV", "pacs.009")', text))
        days = {f"2026-03-{5 + i:02}": gate.stamp(86400 * (2 - i))[:10] for i in range(2)}  # the last one is yesterday
        paths = sorted(glob.glob(os.path.join(day, "mx", "out", "*")))
        for path in [os.path.join(day, "orders.csv"), *paths]:
            with open(path, "rb+") as file:
                moved = re.sub(rb"(?m)(^|CreDt>|CreDtTm>)(2026-03-0[56])",
                               lambda found: found[1] + days[found[2].decode()].encode(), file.read())
                file.seek(0)
                file.write(moved)
        os.rename(os.path.join(day, "orders.csv"), small.path("orders", "orders.csv"))
        with open(paths[0], encoding="utf-8") as file:
            later = re.sub(r"(CreDt(Tm)?>)20\d\d", r"\g<1>2036", file.read())
        for path in paths:
            os.rename(path, small.path("in", os.path.basename(path)))
        small.put("in", "later.xml", later)
        small.put("in", "past.xml", later.replace("2036", "1970"))
        with open(os.path.join(day, "truth.jsonl"), encoding="utf-8") as file:
            truth = [json.loads(line) for line in file]
        wrong = {row["file"] for row in truth if (row.get("file") or "").startswith("out/")}
        stems = {os.path.basename(name).rsplit("-", 1)[0] for name in wrong}
        small.once()
        for _ in range(20):
            if small.names("held", "taken"):
                time.sleep(0.2)
                small.once()
        released, held = set(small.names("released")), set(small.names("held"))
        past = verdict(small, "held", "past.xml") if "past.xml" in held else {"because": []}
        late = verdict(small, "held", "later.xml") if "later.xml" in held else {"because": []}
    let_go = {name for name in released if name.rsplit("-", 1)[0] in stems}
    accused = {name for name in held - {"later.xml", "past.xml"} if name.rsplit("-", 1)[0] not in stems}
    TAP.ok(len(released | held) == len(paths) + 2 and stems and not let_go and not accused,
           f"ISO 20022: {len(released)} released, {len(held)} held, as they should be", [sorted(let_go), sorted(accused)[:5]])
    TAP.ok("ahead" in reasons(late), "one that is dated far ahead is held", late)
    TAP.ok(reasons(past) == {"behind"}, "so is one that is dated long ago", past)


@on_small_bank()
def check_confined(small):
    """A gate writes below its own folders only, whatever lies there."""
    small.put("orders", "orders.csv", gate.HEADER)
    small.put("in", "one", gate.mt199("ONE"))
    os.mkdir(small.path("elsewhere"))
    process = small.opened("--alerts", small.path("elsewhere", "alerts"))
    TAP.ok(small.wait(lambda: small.names("held") == ["one"]), "it works", small.said())
    os.rmdir(small.path("held", "answers"))
    os.symlink(small.path("elsewhere"), small.path("held", "answers"))
    small.ask("release", "one", "Mara", "--no-wait")
    TAP.ok(small.wait(lambda: small.names("held", "approved") != [] and "by Mara" in small.said()), "a word is kept", small.said())
    if "no Landlock" in small.said():
        TAP.skip("nothing is written elsewhere", "this kernel has no Landlock")
    else:
        TAP.ok(small.wait(lambda: "cannot be written" in small.said()) and os.listdir(small.path("elsewhere")) == ["alerts"],
               "nothing is written elsewhere, but what was open", [small.said(), os.listdir(small.path("elsewhere"))])
    process.send_signal(signal.SIGTERM)
    TAP.ok(process.wait(20) == 0, "it ends", small.said())


@on_small_bank(late="4s")
def check_reload(small):
    """Another policy: what waits is decided as it would have been, and what comes is decided by the new one."""
    small.put("orders", "first.csv", gate.HEADER + gate.order("SMALL", "700.00") + gate.order("SMALL2", "700.00"))
    process = small.opened()

    def reload(*changes):
        small.rewrite(*changes)
        said = len(small.said())
        process.send_signal(signal.SIGHUP)
        small.wait(lambda: "countersign: policy" in small.said()[said:])
        return said
    small.put("in", "small", gate.mt103("SMALL", "700,"))
    small.put("in", "early", gate.mt103("EARLY", "5,"))
    TAP.ok(small.wait(lambda: small.names("released") == ["small"] and small.names("held", "taken") == ["early"]), "one waits", small.said())
    said = reload(("900000", "nine"))
    TAP.ok("is refused" in small.said()[said:], "a policy with faults is refused", small.said()[said:])
    said = reload(("nine", "900000"))
    TAP.ok("has not changed" in small.said()[said:], "the same is no other", small.said()[said:])
    said = reload(("record orders", "record others"), ("on orders", "on others"))
    TAP.ok("is refused" in small.said()[said:], "one without its records is refused", small.said()[said:])
    said = reload(("record others", "record orders"), ("on others", "on orders"), ("900000", "600"))
    TAP.ok(small.wait(lambda: "is in force" in small.said()[said:]), "another threshold is in force at once", small.said()[said:])
    small.put("in", "small2", gate.mt103("SMALL2", "700,"))
    small.put("orders", "late.csv", gate.HEADER + gate.order("EARLY", "5.00"))
    TAP.ok(small.wait(lambda: small.names("released") == ["early", "small"]), "what waited is released when its order comes", small.said())
    TAP.ok(small.wait(lambda: small.names("held") == ["small2"]), "what comes is held by it", small.said())
    small.put("in", "never", gate.mt103("NEVER", "6,"))
    small.wait(lambda: small.names("held", "taken") == ["never"])
    said = reload(("within 30h", "within 29h"))
    small.put("in", "after", gate.mt103("AFTER", "7,"))
    small.put("orders", "after.csv", gate.HEADER + gate.order("AFTER", "7.00"))
    TAP.ok("until those that wait are decided" in small.said()[said:], "another expectation waits for what waits", small.said()[said:])
    time.sleep(1)
    TAP.ok(small.names("in") == ["after"] and "in force" not in small.said()[said:], "and nothing is taken meanwhile", small.names("in"))
    TAP.ok(small.wait(lambda: "never" in small.names("held")) and reasons(verdict(small, "held", "never")) == {"finding"},
           "that is decided under the policy of before", small.said()[said:])
    TAP.ok(small.wait(lambda: "is in force" in small.said()[said:]), "then the other is in force", small.said()[said:])
    TAP.ok(small.wait(lambda: not small.names("in") and not small.names("held", "taken")), "and takes what came", small.said()[said:])
    process.send_signal(signal.SIGTERM)
    TAP.ok(process.wait(20) == 0, "it ends", small.said())
    _, _, words = small.once()
    TAP.ok("the policy is another one" not in words, "the journal has the policy in force", words)
    again = subprocess.run([bank.BINARY, "replay", "--journal", small.path("journal")], capture_output=True, text=True, check=False,
                           env=small.environment())
    TAP.ok(again.returncode == 0 and "; 0 differ" in again.stderr, "and gives each verdict again", again.stderr)


@on_small_bank(late="1s")
def check_file(small):
    """--events with a file: it is read where it is, again when it has changed, and not again at a restart."""
    listed = small.path("listed.csv")
    small.put(".", "listed.csv", gate.HEADER + gate.order("LISTED", "1.00"))
    small.put("in", "listed", gate.mt103("LISTED", "1,"))
    process = small.opened("--events", f"orders={listed}")
    TAP.ok(small.wait(lambda: small.names("released") == ["listed"]), "an order of a file counts", small.said())
    small.put(".", "listed.csv", gate.HEADER + gate.order("LISTED", "1.00") + gate.order("MORE", "2.00"))
    small.put("in", "more", gate.mt103("MORE", "2,"))
    TAP.ok(small.wait(lambda: "more" in small.names("released")), "so does one that is added", small.said())
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    _, out, said = small.once("--events", f"orders={listed}")
    TAP.ok(" 0 files of other records" in said and not out, "what was read is not read again", said)
    process = small.opened("--events", f"orders={listed}")
    os.unlink(listed)
    TAP.ok(small.wait(lambda: "no plain file" in small.said()), "that it is gone is said", small.said())
    small.put("in", "who", gate.mt103("WHO", "3,"))
    time.sleep(3)
    TAP.ok(small.names("held", "taken") == ["who"], "and while it is, nothing is missing", small.said())
    small.put(".", "listed.csv", gate.HEADER + gate.order("WHO", "3.00"))
    TAP.ok(small.wait(lambda: "who" in small.names("released")), "it comes again", small.said())
    process.send_signal(signal.SIGTERM)
    TAP.ok(process.wait(20) == 0, "it ends", small.said())


@on_small_bank(late="4s")
def check_moved(small):
    """A restart under a policy in which each record has another place: what was told is known, and is not told again."""
    process = small.opened()
    small.put("in", "early", gate.mt103("EARLY", "5,"))
    TAP.ok(small.wait(lambda: small.names("held", "taken") == ["early"] and os.listdir(small.path("held", "waiting"))), "one waits", small.said())
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    small.rewrite(("record orders ", "record others \"before all\" {\n  source csv\n  time from \"time\" rfc3339\n"
                   "  id from \"reference\"\n  lateness 1s\n}\nrecord orders "))
    small.put("orders", "late.csv", gate.HEADER + gate.order("EARLY", "5.00"))
    _, _, said = small.once()
    TAP.ok("goes on with 1 file in" in said and reasons(verdict(small, "held", "early")) == {"forgotten"}, "it is forgotten, a fault", said)
    TAP.ok(re.search(r"messages +0 records", said), "and not told a second time", said)


@on_small_bank()
def check_one(small):
    """Of one thing nothing speaks as of many: one order, one payment, and all that is said of them."""
    small.put("orders", "one.csv", gate.HEADER + gate.order("ONE", "5.00"))
    small.put("in", "one", gate.mt103("ONE", "5,"))
    status, _, said = small.once()
    key = ("--journal-key", small.path(".local", "state", "countersign", "journal.key"))
    for command in (("journal", "status", small.path("journal"), *key), ("verify", small.path("journal"), *key), ("replay", "--journal", small.path("journal"), *key)):
        said += "".join(part.decode() for part in bank.run(*command)[1:])
    many = re.findall(r"(?<![\d.,:-])1 (?:more )?(?:records|rows|files|claims|packets|messages|entries|volumes|alerts|notes|verdicts|keys|bytes)\b", said)
    TAP.ok(status == 0 and not many and "1 claim = 1 proven" in said and "1 file of other records with 1 row," in said and "Gate: 1 file taken" in said, "one is one",
           (many, said))


def backdated(days):
    """Why a message of two days ago without an order is held by a gate whose first order is so many days old."""
    with tempfile.TemporaryDirectory() as folder:
        small = gate.Gate(folder, late="1s", whole=False)
        day = os.path.join(folder, "day")
        subprocess.run([os.environ["COUNTERSIGN_SIM"], "payment-day-mx", "--seed", "4", "--out", day], check=True,
                       stdout=subprocess.DEVNULL)
        with open(small.path("gate.policy"), encoding="utf-8") as file:
            text = file.read().replace('source mt\n  id from "reference"', 'source mx\n  id from "payment_reference" short')
        with open(small.path("gate.policy"), "w", encoding="utf-8") as file:
            file.write(text.replace('type in ("103", "202")', 'type in ("pacs.008", "pacs.009COV", "pacs.009")'))
        with open(sorted(glob.glob(os.path.join(day, "mx", "out", "*")))[0], encoding="utf-8") as file:
            data = re.sub(r"(CreDt(Tm)?>)20\d\d-\d\d-\d\dT[0-9:.]*", lambda x: x[1] + gate.stamp(2 * 86400)[:19], file.read())
        small.put("orders", "orders.csv", gate.HEADER + gate.order("OLD", "1.00", when=gate.stamp(days * 86400)) + gate.order("NEW", "1.00"))
        small.once()
        small.put("in", "back", data)
        small.wait(lambda: small.once() and not small.names("held", "taken"), 5)
        return reasons(verdict(small, "held", "back")) if small.names("held") == ["back"] else small.names("held", "taken")


def check_backdated():
    found = backdated(1)
    TAP.ok(found == {"unproven"}, "a backdated message: its order could be older than all that was read", found)
    found = backdated(8)
    TAP.ok(found == {"finding"}, "it could not: nobody ordered it", found)


check_usage()
check_each()
check_sly()
check_long()
check_strange()
check_copies()
check_waiting()
check_fault()
check_words()
check_day()
check_mx()
check_confined()
check_reload()
check_file()
check_moved()
check_one()
check_backdated()
sys.exit(TAP.done())
