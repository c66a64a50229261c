"""Goal: `replay` proves the honest, names the forged, and says what it could not see; same input, same bytes.
Method: captures of a very small bank (bank.py), the real binary, its outputs parsed, checked and searched."""
import ctypes
import json
import os
import re
import tempfile

import bank

TAP = bank.Tap()
OUTPUTS = []


def replay(*arguments, **more):
    done = bank.run("replay", *arguments, **more)
    OUTPUTS.extend(done[1:])
    return done


def alerts(*arguments, **more):
    status, out, said = replay(*arguments, "--alerts", "-", **more)
    return status, [json.loads(line) for line in out.splitlines()], said.decode()


def reasons(found):
    return sorted(a["reason"] for a in found)


def robbed_day():
    day = bank.Day()
    for _ in range(5):
        day.honest()
    day.honest("51")
    day.forged()
    day.rewritten()
    for _ in range(3):
        day.honest()
    return day


def check_forms(folder, policy, day):
    both = bank.write(os.path.join(folder, "both.pcap"), bank.pcap(day.visa + day.core))
    visa = bank.write(os.path.join(folder, "visa.pcap"), bank.pcap(day.visa))
    core = bank.write(os.path.join(folder, "core.pcapng"), bank.pcapng(day.core))
    wanted = ["issuer_declined", "no_issuer_request"]
    status, found, said = alerts(policy, "--capture", both)
    TAP.ok(status == 0 and reasons(found) == wanted, "one capture of both legs: M1 and M3 and nothing else", (found, said))
    ids = sorted(a["id"] for a in found)
    status, found, said = alerts(policy, "--link", f"visa={visa}", "--link", f"core={core}")
    TAP.ok(status == 0 and reasons(found) == wanted, "a capture for each link, pcap and pcapng", (found, said))
    TAP.ok(sorted(a["id"] for a in found) == ids, "ids know nothing of files", found)
    status, found, said = alerts(policy, "--capture", core, "--capture", visa)
    TAP.ok(status == 0 and reasons(found) == wanted, "captures in any order", (found, said))
    with open(both, "rb") as data:
        status, found, said = alerts(policy, "--capture", "-", stdin=data.read())
    TAP.ok(status == 0 and reasons(found) == wanted, "standard input", (found, said))
    return both, visa, core


def check_alert(found):
    forged = [a for a in found if a["reason"] == "no_issuer_request"]
    TAP.ok(len(forged) == 1 and forged[0]["transaction"].get("stan") == "000007" and forged[0]["verdict"] == "block"
           and forged[0]["transaction"]["amount"] == "500.00" and forged[0]["transaction"]["currency"] == "USD"
           and forged[0]["coverage"] == {"complete": True, "lost_bytes": 0}, "the forged approval is named", forged)
    TAP.ok(forged and forged[0]["words"].startswith("Cash withdrawal of 500.00 USD at ATM00042 was approved, but the "
                                                   "issuer was never asked"), "in words a person understands", forged)
    evidence = [e for a in found if a["reason"] == "issuer_declined" for e in a["evidence"]]
    legs = {(e["leg"], e["kind"]) for e in evidence}
    TAP.ok({("visa", "response"), ("core", "response")} <= legs, "a contradiction shows both messages", evidence)


def check_evidence(found, path):
    """Packet and offsets lead back to the very message."""
    with open(path, "rb") as data:
        capture = data.read()
    claim = [a for a in found if a["reason"] == "no_issuer_request"][0]["evidence"][0]
    at, number = 24, 0
    while number < claim["packet"] - 1:
        at += 16 + int.from_bytes(capture[at + 8:at + 12], "little")
        number += 1
    by_packet = at + 16 + claim["offset"]
    TAP.ok(by_packet == claim["file_offset"], "packet number and offset agree with the file offset", claim)
    TAP.ok(b"0210" in capture[by_packet:by_packet + 8], "and an 0210 begins there", capture[by_packet:by_packet + 8])


def check_schema(found):
    try:
        import jsonschema
    except ImportError:
        TAP.skip("alerts follow docs/alert.schema.json", "python3-jsonschema is not installed")
        return
    root = os.environ.get("COUNTERSIGN_ROOT", ".")
    with open(os.path.join(root, "docs/alert.schema.json"), encoding="utf-8") as text:
        validator = jsonschema.Draft7Validator(json.load(text))
    faults = [error.message for alert in found for error in validator.iter_errors(alert)]
    TAP.ok(found and not faults, "alerts follow docs/alert.schema.json", faults)
    TAP.ok(list(validator.iter_errors(dict(found[0], surprise=1))), "and the schema can refuse one")


def check_gap(folder, policy):
    day = bank.Day()
    for _ in range(5):
        day.honest()
    day.honest(drop_proof=True)
    day.honest()
    path = bank.write(os.path.join(folder, "gap.pcap"), bank.pcap(day.visa + day.core))
    status, found, said = alerts(policy, "--capture", path)
    TAP.ok(status == 0 and reasons(found) == ["capture_gap", "unproven"],
           "a proof lost by the capture: unproven, neither forged nor clean", (found, said))
    TAP.ok(all(not a["coverage"]["complete"] for a in found), "and the coverage says so", found)
    claims = re.search(r"approval +(\d+) claims = (.*)", said)
    parts = [int(n) for n in re.findall(r"\d+", claims.group(2))] if claims else []
    TAP.ok(claims and int(claims.group(1)) == sum(parts) == 7, "the outcomes add up to the claims", said)
    return found


def check_late_start(folder, policy):
    day = bank.Day()
    for _ in range(4):
        day.honest()
    late = [p for p in day.core if p[0] > bank.EPOCH + 3 * 10**9]
    visa = bank.write(os.path.join(folder, "early.pcap"), bank.pcap(day.visa))
    core = bank.write(os.path.join(folder, "late.pcap"), bank.pcap(late))
    for how in (("--capture", visa, "--capture", core), ("--link", f"visa={visa}", "--link", f"core={core}")):
        _, found, said = alerts(policy, *how)
        TAP.ok(found and not any(a["nature"] == "forged" for a in found),
               "what stands before the start of a capture is unproven: " + how[0], (found, said))
    early = [p for p in day.core if p[0] < bank.EPOCH + 3 * 10**9]
    core = bank.write(os.path.join(folder, "short.pcap"), bank.pcap(early))
    _, found, said = alerts(policy, "--link", f"visa={visa}", "--link", f"core={core}")
    TAP.ok(not any(a["nature"] == "forged" for a in found), "and what stands behind its end", (found, said))


def check_exits(folder, policy, both):
    status, _, said = replay(policy, "--capture", both, "--fail-on", "critical")
    TAP.ok(status == 1, "--fail-on critical: 1", said)
    day = bank.Day()
    day.honest()
    clean = bank.write(os.path.join(folder, "clean.pcap"), bank.pcap(day.visa + day.core))
    TAP.ok(replay(policy, "--capture", clean, "--fail-on", "info")[0] == 0, "--fail-on without a finding: 0")
    bad = bank.write(os.path.join(folder, "bad.policy"), 'link visa { tap "lo" port 5001 frame lenght16 }\n')
    refused = [
        ((policy,), 2, b"--help", "no capture"),
        ((policy, "--capture", both, "--alert", "x"), 2, b"--alerts", "a misspelt option, with a guess"),
        ((policy, "--link", "viza=" + both), 2, b"visa", "an unknown link, with those there are"),
        ((policy, "--capture", both, "--fail-on", "awful"), 2, b"critical", "an unknown severity"),
        ((bad, "--capture", both), 2, b"bad.policy:1:", "a bad policy, with its place"),
        ((os.path.join(folder, "none.policy"), "--capture", both), 2, b"none.policy", "no such policy"),
        ((policy, "--capture", os.path.join(folder, "none.pcap")), 3, b"none.pcap", "no such capture"),
        ((policy, "--capture", policy), 3, b"bank.policy", "a capture that is none"),
        ((policy, "--capture", both, "--alerts", folder + "/no/x"), 3, b"/no/x", "alerts that cannot be written"),
    ]
    for arguments, wanted, word, name in refused:
        status, _, said = replay(*arguments)
        TAP.ok(status == wanted and word in said, f"{name}: {wanted}", (status, said))
    with open(both, "rb") as data:
        cut = bank.write(os.path.join(folder, "cut.pcap"), data.read()[:-7])
    status, _, said = replay(policy, "--capture", cut)
    TAP.ok(status == 3 and b"cut.pcap" in said and b"Expectations" in said, "a cut capture: told, then 3", said)


def check_key(folder, both):
    home = os.path.join(folder, "state")
    policy = bank.policy(folder, "keyless.policy", key="")
    first = replay(policy, "--capture", both, "--alerts", "-", home=home)
    second = replay(policy, "--capture", both, "--alerts", "-", home=home)
    key = os.path.join(home, "countersign/token.key")
    TAP.ok(b"token.key" in first[2] and b"token.key" not in second[2], "a token key is made once, and told", first[2])
    TAP.ok(os.stat(key).st_mode & 0o777 == 0o600 and os.path.getsize(key) == 16, "for its owner's eyes only")
    TAP.ok(first[1] == second[1] and b"tok_" in first[1], "and kept: the same tokens again")
    other = replay(policy, "--capture", both, "--alerts", "-", home=os.path.join(folder, "other"))
    TAP.ok(first[1] != other[1], "another key, other tokens")


def check_huge(policy, both):
    """A child inherits that huge pages are off."""
    disable, libc = 41, ctypes.CDLL(None, use_errno=True)
    words = b"no huge pages for large tables"
    if libc.prctl(disable, 1, 0, 0, 0) != 0:
        TAP.skip("huge pages that are refused", "they cannot be switched off here")
        return
    without, quiet = replay(policy, "--capture", both), replay(policy, "--capture", both, "--quiet")
    libc.prctl(disable, 0, 0, 0, 0)
    TAP.ok(without[0] == 0 and without[2].count(words) == 1 and words not in quiet[2],
           "huge pages that are refused are said once, and not to the quiet", without[2])


def main():
    with tempfile.TemporaryDirectory() as folder:
        policy = bank.policy(folder)
        both, _, _ = check_forms(folder, policy, robbed_day())
        status, found, _ = alerts(policy, "--capture", both)
        check_alert(found)
        check_evidence(found, both)
        check_schema(found + check_gap(folder, policy))
        check_late_start(folder, policy)
        check_exits(folder, policy, both)
        check_key(folder, both)
        check_huge(policy, both)
        first = replay(policy, "--capture", both, "--alerts", "-")
        TAP.ok(first[1] == replay(policy, "--capture", both, "--alerts", "-")[1] and status == 0, "same input, same bytes")
        plain = replay(policy, "--capture", both, "--quiet")
        TAP.ok(b"was approved, but the issuer was never asked" in plain[1] and not plain[2],
               "without --alerts: plain words; with --quiet: nothing beside them", plain)
        secrets = [bank.PAN.encode(), bank.TRACK.encode(), bank.TRACK[17:].encode(), bank.PIN.encode()]
        leaks = [s for s in secrets for out in OUTPUTS if s in out or s.lower() in out]
        TAP.ok(len(OUTPUTS) > 40 and not leaks, "no clear card number, track or PIN block in any output", leaks)
    TAP.done()


main()
