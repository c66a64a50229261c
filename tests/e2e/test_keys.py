"""Goal: keys come from files or from a token, can be changed without losing the cards, and lie in one place of memory that no
core file shows.
Method: captures of a very small bank (bank.py), the real binary, SoftHSM with a token of our own, and a look into the memory
of a replay that waits for its input."""
import json
import os
import re
import subprocess
import tempfile
import time

import bank

TAP = bank.Tap()
KEYS = {}
MODULE = "/usr/lib/softhsm/libsofthsm2.so"


def replay(*arguments, **more):
    status, out, said = bank.run("replay", *arguments, **more)
    return status, out, said.decode()


def key(folder, name):
    KEYS[name] = os.urandom(16)
    path = bank.write(os.path.join(folder, name), KEYS[name])
    os.chmod(path, 0o600)
    return path


def tokens(out):
    return sorted(set(re.findall(rb"tok_[0-9A-F]{32}", out)))


def forged_day(folder):
    """Forged approvals of three cards; the first card is seen honestly as well, on both legs."""
    day = bank.Day()
    day.honest()
    day.forged()
    for pan in ("4000009999999991", "4000008888888882"):
        day.acquirer.reply(bank.EPOCH + 10**10, "0210", bank.answer(bank.cash(70 + int(pan[-1]), _2=pan)))
    return bank.write(os.path.join(folder, "day.pcap"), bank.pcap(day.visa + day.core))


def check_rotation(folder, capture):
    old, new, path = key(folder, "old.key"), key(folder, "new.key"), os.path.join(folder, "map.jsonl")
    plain = bank.policy(folder, "plain.policy", key="")
    before = replay(plain, "--token-key", old, "--capture", capture, "--alerts", "-")[1]
    after = replay(plain, "--token-key", new, "--capture", capture, "--alerts", "-")[1]
    status, out, said = replay(plain, "--token-key", new, "--previous-key", old, "--retoken-map", path, "--capture",
                               capture, "--alerts", "-")
    TAP.ok(status == 0 and out == after and tokens(before) != tokens(after),
           "while a key is changed, alerts have the new tokens", (status, said))
    with open(path, encoding="utf-8") as text:
        lines = [json.loads(line) for line in text]
    pairs = {line["old"]: line["new"] for line in lines}
    moved = re.sub(rb"tok_[0-9A-F]{32}", lambda m: pairs[m.group(0).decode()].encode(), before)
    # The ids of alerts are over everything in them, tokens too.
    bare = [[dict(json.loads(line), id="") for line in text.splitlines()] for text in (moved, after)]
    TAP.ok(len(lines) == len(pairs) == 3 and bare[0] == bare[1] and len(bare[0]) >= 3,
           "the map takes every old token to the new one, each card once", lines)
    TAP.ok("map of tokens: 3 pairs, 0 of them" in said, "and is counted", said)
    TAP.ok(os.stat(path).st_mode & 0o777 == 0o600, "for its owner's eyes only")
    policy = bank.policy(folder, "both.policy", key='tokens key "new.key" previous "old.key"')
    again = os.path.join(folder, "again.jsonl")
    status, out, _ = replay(policy, "--capture", capture, "--alerts", "-", "--retoken-map", again)
    with open(path, "rb") as one, open(again, "rb") as two:
        TAP.ok(status == 0 and out == after and one.read() == two.read(), "the same when the policy names both keys")
    refused = [
        ((plain, "--token-key", new, "--retoken-map", path), 2, "add --previous-key KEY", "a map without a previous key"),
        ((plain, "--token-key", new, "--previous-key", new), 2, "is the key itself", "the key as its own previous one"),
        ((plain, "--token-key", new, "--previous-key", folder + "/none"), 2, "/none cannot be opened", "no previous key"),
        ((policy, "--retoken-map", folder + "/no/map"), 3, "/no/map cannot be opened", "a map that cannot be written"),
        ((policy, "--retoken-map", "/dev/full"), 3, "map of tokens cannot be written", "a map on a full disk"),
    ]
    for arguments, wanted, words, name in refused:
        status, _, said = replay(*arguments, "--capture", capture)
        TAP.ok(status == wanted and words in said, f"{name}: {wanted}", (status, said))


def make_token(folder):
    config = bank.write(os.path.join(folder, "softhsm2.conf"),
                        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.mkdir(os.path.join(folder, "tokens"))
    os.environ["SOFTHSM2_CONF"] = config
    pin = bank.write(os.path.join(folder, "pin"), "13571\n")
    os.chmod(pin, 0o600)
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "bank", "--pin", "13571", "--so-pin", "24682"],
                   check=True, capture_output=True)
    return f"pkcs11:token=bank?module-path={MODULE}&pin-source={pin}"


def check_token(folder, capture):
    if not os.path.exists(MODULE):
        TAP.skip("keys in a token", "softhsm2 is not installed")
        return
    uri = make_token(folder)
    policy = bank.policy(folder, "token.policy", key=f'tokens key "{uri}" previous "old.key"')
    path = os.path.join(folder, "token.jsonl")
    first = replay(policy, "--capture", capture, "--alerts", "-", "--retoken-map", path)
    second = replay(policy, "--capture", capture, "--alerts", "-", "--quiet")
    TAP.ok(first[0] == 0 and 'made the keys "countersign journal" and "countersign secret" in token bank' in first[2],
           "keys in a token are made at first use, and told", first)
    TAP.ok(second[0] == 0 and second[1] == first[1] and len(tokens(first[1])) == 3 and not second[2],
           "and kept: the same tokens again", second)
    with open(path, "rb") as text:
        TAP.ok(text.read().count(b"\n") == 3, "from a file to a token: the map")
    status, _, said = replay(bank.policy(folder, "p.policy", key=""), "--token-key", uri.replace("=bank", "=other"),
                             "--capture", capture)
    TAP.ok(status == 2 and "no token is called other" in said, "no such token: 2, and what to do", said)
    status, _, said = replay(bank.policy(folder, "p.policy", key=""), "--token-key", uri, "--previous-key",
                             uri.replace("?", ";object=old?"), "--capture", capture)
    TAP.ok(status == 2 and 'the token has no key called "old"' in said, "a previous key is never made", said)


def look_into(process):
    """All readable memory of a process."""
    with open(f"/proc/{process.pid}/maps", encoding="utf-8") as maps, open(f"/proc/{process.pid}/mem", "rb", 0) as memory:
        for line in maps:
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            if line.split()[1][0] != "r" or "[v" in line or end - start > 1 << 28:
                continue
            memory.seek(start)
            try:
                yield memory.read(end - start)
            except OSError:
                continue


def check_memory(folder):
    policy = os.path.join(folder, "both.policy")
    process = subprocess.Popen([bank.BINARY, "replay", policy, "--capture", "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        with open(f"/proc/{process.pid}/wchan", encoding="utf-8") as where:
            while "pipe" not in where.read() and time.monotonic() < until:
                time.sleep(0.05)
                where.seek(0)
        with open(f"/proc/{process.pid}/limits", encoding="utf-8") as limits:
            TAP.ok(re.search(r"Max core file size +0 +0 ", limits.read()), "replay leaves no core file")
        memory = list(look_into(process))
        counts = [sum(part.count(secret) for part in memory) for secret in KEYS.values()]
        TAP.ok(counts == [1, 1], "each key is in memory once", counts)
    except PermissionError:
        TAP.skip("each key is in memory once", "only root may look")
    finally:
        process.kill()
        process.communicate()


def main():
    with tempfile.TemporaryDirectory() as folder:
        capture = forged_day(folder)
        check_rotation(folder, capture)
        check_token(folder, capture)
        check_memory(folder)
    TAP.done()


main()
