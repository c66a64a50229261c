"""What the vector tests share: the binary under test, the shared data, and a TAP report."""
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.environ.get("COUNTERSIGN_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("COUNTERSIGN") or os.path.join(ROOT, "build", "release", "countersign")
SHARED = os.environ.get("COUNTERSIGN_SHARED") or os.path.join(os.path.dirname(ROOT), "shared")
ISO8583 = os.path.join(SHARED, "data", "iso8583")


class Tap:
    """Test points, numbered as they come."""

    def __init__(self):
        self.n = 0
        self.failed = 0

    def point(self, ok, name, why=""):
        self.n += 1
        self.failed += not ok
        for line in str(why).splitlines() if not ok else ():
            print("# " + line)
        print("%s %d - %s" % ("ok" if ok else "not ok", self.n, name))

    def skip(self, name, why):
        self.n += 1
        print("ok %d - %s # SKIP %s" % (self.n, name, why))

    def end(self):
        print("1..%d" % self.n)
        sys.exit(1 if self.failed else 0)


def in_ci():
    return bool(os.environ.get("CI") or os.environ.get("COUNTERSIGN_CI"))


def absent(tap, name, what):
    """Third-party data or programs: their absence fails in CI and is told elsewhere."""
    if in_ci():
        tap.point(False, name, what + " is absent")
    else:
        tap.skip(name, what + " is absent")


def decode(dialect, messages, clear=True):
    """Runs the binary over MESSAGES (bytes) under a dialect (object, or name of a shipped one)."""
    with tempfile.TemporaryDirectory() as folder:
        path = dialect
        if not isinstance(dialect, str):
            path = os.path.join(folder, "dialect.json")
            with open(path, "w") as out:
                json.dump(dialect, out)
        command = [BINARY, "decode", "iso8583", "--dialect", path] + (["--clear"] if clear else [])
        text = "".join(m.hex() + "\n" for m in messages)
        run = subprocess.run(command, input=text.encode(), capture_output=True)
    if run.returncode != 0:
        return [{"exit": run.returncode, "stderr": run.stderr.decode(errors="replace")}] * len(messages)
    answers = [json.loads(line) for line in run.stdout.decode().split("\n") if line]
    if len(answers) != len(messages):
        raise SystemExit("Bail out! %d answers to %d messages" % (len(answers), len(messages)))
    return answers


def by_dialect(vectors):
    groups = {}
    for vector in vectors:
        groups.setdefault(json.dumps(vector["dialect"], sort_keys=True), []).append(vector)
    return [(json.loads(key), group) for key, group in groups.items()]


def differences(vectors):
    """The vectors the binary does not decode, or refuse, as they say."""
    bad = []
    for dialect, group in by_dialect(vectors):
        answers = decode(dialect, [bytes.fromhex(v["hex"]) for v in group])
        for vector, answer in zip(group, answers):
            if "exit" in answer:
                bad.append("%s: %s" % (vector["id"], answer))
            elif "error" in vector:
                if "error" not in answer:
                    bad.append("%s: decoded, should be refused" % vector["id"])
            elif answer != {"mti": vector["mti"], "fields": vector["fields"]}:
                bad.append("%s: %s" % (vector["id"], json.dumps(answer)[:300]))
    return bad
