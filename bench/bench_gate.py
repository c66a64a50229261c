"""From a message put into the gate's folder to the same message in the folder of released ones: by the wall, one at a time, each
ordered beforehand. Beside it the same writes and syncs without a gate: a copy, a verdict and a line of a journal, each made durable,
and the names of three folders. The disk is the one behind TMPDIR. A second argument is how many messages (200)."""
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release")
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 200
BINARY = os.path.join(BUILD, "countersign")


def message(n):
    return (f"{{1:F01CNTSDEF0AXXX2101{n:06d}}}{{2:I103GOGAUSM0XXXXN}}{{4:\r\n:20:REF{n}\r\n:23B:CRED\r\n:32A:260306USD{n + 1},\r\n"
            f":50K:/DE20036973946173044230\r\nLINDEN TRADING\r\n:59:/9587041377\r\nFELD BAU INC\r\n:71A:SHA\r\n-}}").encode()


def wait_for(path, seconds=30):
    end = time.monotonic() + seconds
    while not os.path.exists(path):
        if time.monotonic() > end:
            raise SystemExit(f"{path} does not come")
        time.sleep(0.0002)


def write_durable(path, data, mode="wb"):
    with open(path, mode) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path):
    folder = os.open(path, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def bare(folder):
    """The disk's own time for what the gate makes durable."""
    taken = []
    for n in range(COUNT):
        begun = time.monotonic()
        for path in ("a", "b"):
            sync_folder(os.path.join(folder, path))
        write_durable(os.path.join(folder, "a", str(n)), message(n))
        write_durable(os.path.join(folder, "journal.line"), b"x" * 4096, "ab")
        write_durable(os.path.join(folder, "b", f"{n}.json"), b"x" * 600)
        sync_folder(os.path.join(folder, "b"))
        os.rename(os.path.join(folder, "a", str(n)), os.path.join(folder, "b", str(n)))
        for path in ("b", "a"):
            sync_folder(os.path.join(folder, path))
        taken.append(time.monotonic() - begun)
    return taken


def through(folder):
    path = lambda *names: os.path.join(folder, *names)
    for name in ("in", "orders", "released", "held"):
        os.mkdir(path(name))
    shutil.copy(os.path.join(ROOT, "policies", "gate.policy"), path("gate.policy"))
    write_durable(path("key"), bytes(16))
    os.chmod(path("key"), 0o600)
    stamp = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = [f"{stamp},REF{n},USD,{n + 1}.00,9587041377,2026-03-06,\n" for n in range(COUNT)]
    write_durable(path("orders", "orders.csv"),
                  ("time,reference,currency,amount,beneficiary_account,value_date,uetr\n" + "".join(rows)).encode())
    with open(path("said"), "w", encoding="utf-8") as said:
        process = subprocess.Popen([BINARY, "gate", path("gate.policy"), "--in", f"messages={path('in')}", "--events",
                                    f"orders={path('orders')}", "--released", path("released"), "--held", path("held"), "--fail",
                                    "hold", "--record", path("journal"), "--token-key", path("key")],
                                   env=dict(os.environ, HOME=folder), stdout=subprocess.DEVNULL, stderr=said)
    taken = []
    try:
        wait_for(path("orders", "done", "orders.csv"))
        for n in range(COUNT):
            write_durable(path("in", f"{n}.tmp"), message(n))
            begun = time.monotonic()
            os.rename(path("in", f"{n}.tmp"), path("in", str(n)))
            wait_for(path("released", str(n)))
            taken.append(time.monotonic() - begun)
            time.sleep(0.01)
    finally:
        process.terminate()
        process.wait()
    return taken


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a", "b", "gate"):
            os.mkdir(os.path.join(folder, name))
        disk = bare(folder)
        gate = through(os.path.join(folder, "gate"))
    for name, pick in (("p50", statistics.median), ("p99", lambda values: sorted(values)[len(values) * 99 // 100])):
        print(json.dumps({"name": f"gate, put there to released, {name}", "value": round(pick(gate) * 1e3, 2), "unit": "ms",
                          "reference": "its writes and syncs alone", "ratio": round(pick(gate) / pick(disk), 2)}))


main()
