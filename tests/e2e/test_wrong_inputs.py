#!/usr/bin/env python3
"""Goal: a wrong input is told once, with its name and what is wrong. Method: identify, replay and decode are given files
that cannot work; exit status and standard error are compared word for word."""
import gzip
import os
import subprocess
import sys
import tempfile

BINARY = os.environ["COUNTERSIGN"]
POLICY = os.path.join(os.environ["COUNTERSIGN_ROOT"], "policies", "two-taps.policy")
NO_PACKETS = bytes.fromhex("d4c3b2a1 02000400 00000000 00000000 00000400 01000000")


def run(*arguments):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr.splitlines()


def put(folder, name, content):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


def wrong_captures(folder):
    return [
        ("a missing file", os.path.join(folder, "none"), "cannot be opened: No such file or directory"),
        ("an empty file", put(folder, "empty", b""), "byte 0: too short to be a capture"),
        ("a folder", folder, "byte 0: cannot be read: Is a directory"),
        ("a text", put(folder, "text", b"# not a capture\n" * 4), "byte 0: neither pcap nor pcapng"),
        ("a compressed file", put(folder, "gz", gzip.compress(NO_PACKETS)),
         "byte 0: compressed with gzip; give it through `gzip -dc FILE |` and `-`"),
    ]


def mistyped_dialects(folder):
    for name, meant in (("iso87-asci", "; did you mean iso87-ascii?"), ("mastercrad", "; did you mean mastercard?"),
                        ("something-else", "")):
        status, said = run("decode", "iso8583", "--dialect", name)
        yield (f"decode: dialect {name}", (status, said[:2]),
               (2, [f"countersign decode: dialect {name}: no shipped one, and as a file: cannot be opened: "
                    f"No such file or directory{meant}", "shipped dialects:"]))
    for name, rest in (("iso87-ebcdci", 'did you mean "iso87-ebcdic"?'),
                       ("something-else", "write a shipped name, or a file name that ends in .json or .xml")):
        with open(POLICY, encoding="utf-8") as file:
            text = file.read().replace('"iso87-ebcdic"', f'"{name}"')
        line = next(n for n, row in enumerate(text.splitlines(), 1) if name in row)
        column = text.splitlines()[line - 1].index('"' + name) + 1
        path = put(folder, "mistyped.policy", text.encode())
        yield (f"check: dialect {name}", run("check", path),
               (2, [f'{path}:{line}:{column}: there is no shipped dialect "{name}"; {rest}']))


def points_in(folder):
    key = put(folder, "key", bytes(16))
    os.chmod(key, 0o600)
    for title, path, words in wrong_captures(folder):
        yield "identify: " + title, run("identify", path), (3, [f"countersign identify: {path}: {words}"])
        yield ("replay: " + title, run("replay", POLICY, "--token-key", key, "--quiet", "--capture", path),
               (3, [f"countersign: {path}: {words}"]))
    none = os.path.join(folder, "none", "there")
    yield ("replay: alerts that cannot be opened",
           run("replay", POLICY, "--token-key", key, "--quiet", "--capture", put(folder, "good", NO_PACKETS),
               "--alerts", none),
           (3, [f"countersign: alerts file {none} cannot be opened: No such file or directory"]))
    yield ("check: a policy that is a folder", run("check", folder),
           (2, [f"countersign: policy {folder} cannot be read: Is a directory"]))
    yield ("replay: a key that is not there", run("replay", POLICY, "--token-key", none, "--capture", none),
           (2, [f"countersign: token key {none} cannot be opened: No such file or directory"]))
    yield from mistyped_dialects(folder)
    path = put(folder, "no_packets", NO_PACKETS)
    yield ("identify: no packets", run("identify", path),
           (0, [f"countersign identify: {path}: no TCP payload in this capture"]))
    path = put(folder, "cut", NO_PACKETS + bytes(8) + b"\x40\0\0\0" * 2 + bytes(9))
    yield ("replay: cut in a packet", run("replay", POLICY, "--token-key", key, "--quiet", "--capture", path),
           (3, [f"countersign: {path}: byte 24: the input ends inside a packet; what was read before it counts"]))
    yield ("decode: a kind of message not known", run("decode", "iso8020"),
           (2, ["countersign decode: 'iso8020' is no kind of message known here; say what the messages are: "
                "countersign decode iso8583 --dialect NAME ..."]))


def main():
    good = True
    with tempfile.TemporaryDirectory() as folder:
        number = 0
        for number, (title, found, wanted) in enumerate(points_in(folder), 1):
            print(f"{'' if found == wanted else 'not '}ok {number} - {title}")
            if found != wanted:
                print(f"# found {found}\n# wanted {wanted}")
                good = False
        print(f"1..{number}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
