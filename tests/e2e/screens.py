"""The real binary's screen, asked about names: of one list, or by whatever words."""
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(os.environ.get("COUNTERSIGN_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("COUNTERSIGN", str(ROOT / "build/dev/countersign"))
AT = ("--at", "2026-11-27")


def screen(*arguments):
    return subprocess.run([BINARY, "screen", *map(str, arguments)], capture_output=True, text=True, timeout=120)


def ask(lists, name, *more):
    run = screen("--against", f"own={lists}", "--json", *AT, *more, "--", name)
    return json.loads(run.stdout), run.stderr
