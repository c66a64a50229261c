#!/usr/bin/env python3
"""Goal: the units of systemd start what there is. Method: their command lines, with folders of a test in the place of the machine's:
every option is one of --help, the gate's is run, and systemd reads both units without a complaint (where systemd is installed).
Every manual page is installed."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.environ["COUNTERSIGN_ROOT"]
PROGRAM = os.environ["COUNTERSIGN"]


def unit(name):
    name = name if "." in name else name + ".service"
    with open(os.path.join(ROOT, "service", name + ".in"), encoding="utf-8") as file:
        return file.read()


def command_of(name):
    return re.search(r"^ExecStart=(.*)$", unit(name), re.M).group(1).split()


def unknown_options(name):
    words = command_of(name)
    told = subprocess.run([PROGRAM, words[1], "--help"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"--[a-z][a-z-]*", told))
    return [word for word in words if word.startswith("--") and word not in known]


def run_gate(folder):
    """The unit's own command, once: 0 and nothing said but what keys were made."""
    state = os.path.join(folder, "state")
    for name in ("in", "orders", "released", "held"):
        os.makedirs(os.path.join(state, name))
    words = [PROGRAM] + [word.replace("/var/lib/countersign-gate", state)
                         .replace("/etc/countersign/gate.policy", os.path.join(ROOT, "policies", "gate.policy"))
                         for word in command_of("countersign-gate")[1:]] + ["--once"]
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "HOME": folder}, check=False)
    kept = os.path.isdir(os.path.join(state, "journal")) and os.path.isfile(os.path.join(state, "alerts.jsonl"))
    return "" if done.returncode == 0 and kept else f"exit {done.returncode}: {done.stderr.strip()}"


def verify(folder, name):
    """What systemd says of the unit as it would be installed, but for the account, which no test may make."""
    made = os.path.join(folder, name if "." in name else name + ".service")
    text = unit(name).replace("@bindir@/countersign", PROGRAM)
    with open(made, "w", encoding="utf-8") as file:
        file.write(re.sub(r"^(User|Group)=.*\n", "", text, flags=re.M))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", made], capture_output=True, text=True, check=False)
    return "\n".join(line for line in (done.stdout + done.stderr).splitlines() if name in line)


def pages_left_out():
    with open(os.path.join(ROOT, "meson.build"), encoding="utf-8") as file:
        build = file.read()
    return [page for page in sorted(os.listdir(os.path.join(ROOT, "docs", "man"))) if f"docs/man/{page}'" not in build]


def main():
    results = []
    for name in ("countersign", "countersign-gate", "countersign-lists"):
        results.append((f"{name}: every option is one there is", " ".join(unknown_options(name))))
    with tempfile.TemporaryDirectory() as folder:
        results.append(("the gate starts by its unit's command", run_gate(folder)))
        if shutil.which("systemd-analyze"):
            for name in ("countersign", "countersign-gate", "countersign-lists", "countersign-lists.timer"):
                results.append((f"{name}: systemd has nothing to say", verify(folder, name)))
        else:
            print("# systemd is not installed here: its own check of the units is left out")
    results.append(("every manual page is installed", " ".join(pages_left_out())))
    print(f"1..{len(results)}")
    for number, (what, wrong) in enumerate(results, 1):
        print(f"{'not ' if wrong else ''}ok {number} - {what}" + "".join("\n# " + line for line in wrong.splitlines()))
    return 1 if any(wrong for _, wrong in results) else 0


if __name__ == "__main__":
    sys.exit(main())
