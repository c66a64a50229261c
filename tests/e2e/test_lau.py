#!/usr/bin/env python3
"""Goal: a record tells what the local authentication of each message is worth, by the key of its partner; a rule holds what is not
good. The keys are a secret: others must not read the file, they are in no output and in no journal, and a journal tells the
same again without them.
Method: the simulator's messages with their digests, some of them changed; the real binary.
"""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import bank

TAP = bank.Tap()
POLICY = """
record network "what the network took" {
  source mt lau "lau.keys"
  id from "reference"
  amount from "amount" major in "currency"
  field kind text from "kind"
  field lau  text from "lau"
}
rule unsigned "not authenticated" {
  when kind = "acknowledgement" and lau != "good"
  then hold high
  reason "{lau}"
}
"""


def path(folder, name):
    return os.path.join(folder, name)


def replay(folder, *arguments):
    alerts = path(folder, "alerts.jsonl")
    if os.path.exists(alerts):
        os.remove(alerts)
    status, _, said = bank.run("replay", *arguments, "--alerts", alerts, home=path(folder, "state"))
    told = open(alerts, "rb").read() if os.path.exists(alerts) else b""
    return status, said.decode(), told


def worth(told):
    return {row["transaction"]["rrn"]: row["why"] for row in map(json.loads, told.splitlines())}


def messages(folder):
    """Acknowledgements with their copies, by reference: untouched ones of payments, and three that are changed."""
    subprocess.run([os.environ["COUNTERSIGN_SIM"], "payment-noon", "--seed", "4", "--out", folder], check=True,
                   stdout=subprocess.DEVNULL)
    kept = []
    for name in sorted(glob.glob(path(folder, "acks/*"))):
        with open(name, "rb") as file:
            message = file.read()
        if b"{451:0}" in message and b"{S:{MDG:" in message and b"I103" in message:
            kept.append(message)
    return kept[:12]


def reference(message):
    return re.search(rb":20:(.*?)\r\n", message).group(1).decode()


def check_reload(folder, policy, messages_of, line, key):
    """Under the sandbox: other keys at SIGHUP are in force though the policy is the same, or are refused aloud."""
    keys, spool, alerts = path(folder, "lau.keys"), path(folder, "spool"), path(folder, "live.jsonl")

    def give(text, mode=0o600):
        with open(keys, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(keys, mode)
        if os.geteuid() == 0:
            shutil.chown(keys, "nobody")

    def said():
        with open(path(folder, "said"), encoding="utf-8") as file:
            return file.read()

    def wait(holds):
        until = time.monotonic() + 30
        while time.monotonic() < until and process.poll() is None and not holds():
            time.sleep(0.05)
        return holds()

    def put(name, data):
        with open(path(spool, name + ".part"), "wb") as file:
            file.write(data)
        os.rename(path(spool, name + ".part"), path(spool, name))
        return wait(lambda: os.path.exists(path(spool, "archive/" + name)))

    def held():
        with open(alerts, "rb") as file:
            return worth(b"".join(row for row in file.readlines() if row.endswith(b"\n")))

    os.mkdir(spool)
    os.chmod(folder, 0o755)
    if os.geteuid() == 0:
        shutil.chown(spool, "nobody")
    give(line)
    with open(path(folder, "said"), "wb") as out:
        process = subprocess.Popen([bank.BINARY, "run", policy, "--no-journal", "--events", f"network={spool}", "--alerts", alerts],
                                   stderr=out)
    TAP.ok(wait(lambda: "watching" in said()) and put("a.fin", messages_of[0]) and not held(), "live, what is signed by its key passes", said())
    give("OTHRDEFF " + key + "\n")
    process.send_signal(signal.SIGHUP)
    TAP.ok(wait(lambda: "other keys of local authentication are in force, of 1 record\n" in said()), "other keys at a reload are said", said())
    TAP.ok(put("b.fin", messages_of[1]) and wait(lambda: reference(messages_of[1]) in held()), "and are in force", held())
    give(line, 0o644)
    process.send_signal(signal.SIGHUP)
    TAP.ok(wait(lambda: "can be read by others" in said() and "is refused; the old one stays" in said()), "keys that others may read are refused",
           said())
    give("CNTSDEF0 short\n")
    process.send_signal(signal.SIGHUP)
    TAP.ok(wait(lambda: said().count("is refused; the old one stays") == 2), "keys that are none, too", said())
    TAP.ok(put("c.fin", messages_of[2]) and wait(lambda: reference(messages_of[2]) in held()), "and those of before stay", held())
    give(line)
    process.send_signal(signal.SIGHUP)
    TAP.ok(wait(lambda: said().count("are in force, of 1 record") == 2) and put("d.fin", messages_of[3]) and len(held()) == 2,
           "the right ones again", (said(), held()))
    process.send_signal(signal.SIGHUP)
    TAP.ok(wait(lambda: "has not changed\n" in said()) and key not in said(), "the same ones are no change", said())
    process.send_signal(signal.SIGTERM)
    TAP.ok(process.wait(30) == 0, "it ends")


def main():
    with tempfile.TemporaryDirectory() as folder:
        good = messages(folder)
        with open(path(folder, "lau.key"), encoding="utf-8") as file:
            line = file.read()
        changed = re.sub(rb"(:32A:\d{6}[A-Z]{3})(\d)", lambda m: m.group(1) + (b"8" if m.group(2) == b"9" else b"9"), good[0])
        unsigned = re.sub(rb"\{S:\{MDG:\w+\}\}", b"", good[1])
        with open(path(folder, "network.fin"), "wb") as file:
            file.write(changed + unsigned + b"".join(good[2:]))
        with open(path(folder, "mine.policy"), "w", encoding="utf-8") as file:
            file.write(POLICY)
        keys, events = path(folder, "lau.keys"), f"network={folder}/network.fin"
        policy = path(folder, "mine.policy")

        def write_keys(text, mode=0o600):
            with open(keys, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(keys, mode)

        status, said, told = replay(folder, policy, "--events", events)
        TAP.ok(status == 2 and "lau.keys: cannot be opened" in said, "a file of keys that is not there", said)
        write_keys(line, 0o640)
        status, said, told = replay(folder, policy, "--events", events)
        TAP.ok(status == 2 and "can be read by others" in said, "one that others may read is refused", said)
        write_keys("CNTSDEF0 short\n")
        status, said, told = replay(folder, policy, "--events", events)
        TAP.ok(status == 2 and "lau.keys:1: write PARTNER KEY" in said and "short" not in said, "one that has no key", said)
        write_keys(line)
        status, said, told = replay(folder, policy, "--events", events, "--record", path(folder, "journal"))
        first = told
        TAP.ok(status == 0 and len(good) == 12 and {name: why for name, why in worth(told).items()}.keys()
                  == {reference(changed), reference(unsigned)}, "changed and unsigned ones are held, no other", said)
        told_of = {name: json.dumps(why) for name, why in worth(told).items()}
        TAP.ok("bad" in told_of.get(reference(changed), "") and "missing" in told_of.get(reference(unsigned), ""),
                  "with what is wrong", told_of)
        key = line.split()[1].encode()
        everything = b"".join(open(name, "rb").read() for name in glob.glob(path(folder, "journal/**"), recursive=True)
                              if os.path.isfile(name))
        TAP.ok(key not in everything and key not in told and key.decode() not in said and len(everything) > 1000,
                  "the key is in no journal and no output")
        os.remove(keys)
        status, said, told = replay(folder, "--journal", path(folder, "journal"))
        TAP.ok(status == 0 and told == first and told, "the journal tells the same without the keys", said)
        write_keys("OTHRDEFF " + key.decode() + "\n")
        status, said, told = replay(folder, policy, "--events", events)
        TAP.ok(status == 0 and len(worth(told)) == 12 and "no_key" in told.decode(), "of a partner without key it is told", said)
        check_reload(folder, policy, good[2:6], line, key.decode())
    TAP.done()


if __name__ == "__main__":
    main()
