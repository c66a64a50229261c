#!/usr/bin/env python3
"""Goal: `countersign lists fetch` puts a published list in its place when it is whole, and never when it is not; a folder as the source of
a list means the newest file in it.
Method: a server on loopback that gives, cuts off, redirects and refuses files of invented names; the real binary and the real curl."""
import http.server
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading

from bank import Tap

ROOT = pathlib.Path(os.environ.get("COUNTERSIGN_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BINARY = os.environ.get("COUNTERSIGN", str(ROOT / "build/dev/countersign"))
OWN = ROOT / "tests/vectors/lists"
SERVED = {}
RECORD = 'record rows { source csv  time from "TIME" rfc3339  id from "REFERENCE" }\n'


class Publisher(http.server.BaseHTTPRequestHandler):
    """Gives what SERVED has under a path: bytes, ("cut", bytes) without their end, ("to", URL), or nothing."""

    def do_GET(self):
        served = SERVED.get(self.path)
        if isinstance(served, tuple) and served[0] == "to":
            self.send_response(302)
            self.send_header("Location", served[1])
            self.end_headers()
            return
        self.send_response(200 if served is not None else 404)
        body = served[1] if isinstance(served, tuple) else served or b"no such list"
        self.send_header("Content-Length", str(len(body) + 1000 * isinstance(served, tuple)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def call(*arguments, **more):
    # A proxy of this machine knows nothing of its loopback.
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment.update(more)
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=120, env=environment)


def rows(n):
    return ("id,name\n" + "".join(f"{i},Invented Person {i}\n" for i in range(n))).encode()


def policy(folder, text):
    path = folder / "lists.policy"
    path.write_text(text + RECORD, encoding="utf-8")
    return path


def fetched(tap, folder, base):
    at = policy(folder, f'list own {{ source "own.csv"  fetch "{base}/own.csv"  format csv  shrink 20% }}\n')
    SERVED["/own.csv"] = rows(100)
    run = call("lists", "fetch", at)
    tap.ok(run.returncode == 0 and run.stdout.startswith("own: 100 entries, ") and (folder / "own.csv").read_bytes() == rows(100),
           "a list that is not there yet comes", run.stdout + run.stderr)
    (folder / "own.csv").unlink()
    told = json.loads(call("lists", "fetch", at, "--json").stdout)
    tap.ok(told["renewed"] and "entries_before" not in told, "none before is not 0 before", told)
    SERVED["/own.csv"] = rows(95)
    run = call("lists", "fetch", at, "--json")
    told = json.loads(run.stdout)
    tap.ok(run.returncode == 0 and told["renewed"] and (told["entries"], told["entries_before"]) == (95, 100),
           "a newer version comes, told as JSON", run.stdout + run.stderr)
    for what, served, words in (
            ("a version that lost too much", rows(60), "60 entries came, and 95 are there"),
            ("a page that is no list", b"<html>sorry</html>", "what came is no such list"),
            ("a list on which nobody can be found", b"".join(b"%d,---\n" % n for n in range(100)).join((b"id,name\n", b"")),
             "what came is no such list: none of its entries"),
            ("an empty file", b"", "IS NOT RENEWED"),
            ("a file that is cut off", ("cut", rows(120)), "did not come; curl: (18)"),
            ("a file that is not there", None, "did not come; curl: (22)"),
            ("another way than http and https", ("to", "file:///etc/passwd"), "did not come")):
        SERVED["/own.csv"] = served
        run = call("lists", "fetch", at)
        left = sorted(path.name for path in folder.iterdir())
        tap.ok(run.returncode == 3 and words in run.stderr and (folder / "own.csv").read_bytes() == rows(95) and
               left == ["lists.policy", "own.csv"], f"{what} leaves the old one, and nothing beside it",
               f"{run.returncode} {left} {run.stderr}")


def says_why(tap, folder, base):
    """curl's own words are in the answer, as people and as JSON have it, and nowhere else."""
    at = policy(folder, f'list own {{ source "own.csv"  fetch "{base}/none.csv"  format csv }}\n')
    SERVED["/none.csv"] = None
    run = call("lists", "fetch", at)
    tap.ok(run.returncode == 3 and len(run.stderr.splitlines()) == 1 and "404" in run.stderr, "curl's reason stands in the one line", run.stderr)
    run = call("lists", "fetch", at, "--json")
    told = json.loads(run.stdout)
    tap.ok(run.returncode == 3 and told["why"].startswith(f"{base}/none.csv: it did not come; curl: (22)") and "404" in told["why"] and
           not run.stderr, "and in the JSON", (told, run.stderr))
    nowhere = policy(folder, f'list own {{ source "deep/er/own.csv"  fetch "{base}/own.csv"  format csv }}\n')
    run = call("lists", "fetch", nowhere)
    tap.ok(run.returncode == 3 and f"{folder}/deep/er: there is no such folder; make it" in run.stderr and not (folder / "deep").exists(),
           "a folder that is not there is told, with what to do", run.stderr)
    tap.ok(run.stderr.endswith(f": install -d {folder}/deep/er\n"), "by a whole command", run.stderr)
    nowhere = policy(folder, f'list own {{ source "it\'s $(not) here/own.csv"  fetch "{base}/own.csv"  format csv }}\n')
    told = json.loads(call("lists", "fetch", nowhere, "--json").stdout)["why"]
    SERVED["/own.csv"] = rows(3)
    command = told[told.index("install -d"):]
    made = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    tap.ok(made.returncode == 0 and (folder / "it's $(not) here").is_dir() and
           call("lists", "fetch", nowhere).returncode == 0,
           "which a shell takes as it stands, and the list comes", (told, made.stderr))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    at = policy(folder, f'list own {{ source "own.csv"  fetch "http://127.0.0.1:{port}/own.csv"  format csv }}\n')
    told = json.loads(call("lists", "fetch", at, "--json").stdout)
    tap.ok("curl: (7)" in told["why"], "nobody there is another reason", told)


def of_several(tap, folder, base):
    parts = ("sdn", "alt", "add", "comments")
    for part in parts:
        SERVED[f"/{part}.csv"] = (OWN / f"ofac_{part}.csv").read_bytes()
    source = ", ".join(f'"{part}.csv"' for part in parts)
    urls = ", ".join(f'"{base}/{part}.csv"' for part in parts)
    SERVED["/un.xml"] = (OWN / "un.xml").read_bytes()
    at = policy(folder, f'list ofac {{ source {source} fetch {urls} format ofac }}\n'
                        f'list un {{ source "un.xml" fetch "{base}/un.xml" format un }}\nlist mine {{ source "m.csv" format csv }}\n')
    run = call("lists", "fetch", at, "--list", "ofac")
    tap.ok(run.returncode == 0 and all((folder / f"{part}.csv").exists() for part in parts) and not (folder / "un.xml").exists(),
           "the four files of one list, and no other", run.stdout + run.stderr)
    del SERVED["/add.csv"]
    run = call("lists", "fetch", at)
    tap.ok(run.returncode == 3 and "list ofac IS NOT RENEWED" in run.stderr and "add.csv" in run.stderr and
           run.stdout.startswith("un: "), "one list fails, the others come", run.stdout + run.stderr)
    run = call("lists", "fetch", at, "--list", "mine")
    tap.ok(run.returncode == 2 and "says where it is published" in run.stderr, "a list without an address is refused", run.stderr)
    tap.ok(call("lists", "fetch").returncode == 2, "without a policy it is bad usage")


def refused(tap, folder):
    for text, words in (
            ('fetch "ftp://lists.example/a.csv"', 'a list is fetched by https, or by http from this machine'),
            ('fetch "http://lists.example/a.csv"', 'a list is fetched by https'),
            ('fetch "http://127.0.0.1:80@lists.example/a.csv"', 'a list is fetched by https'),
            ('fetch "https://lists.example/a.csv", "https://lists.example/b.csv"', 'an address for each file')):
        run = call("check", policy(folder, f'list own {{ source "own.csv" {text} format csv }}\n'))
        tap.ok(run.returncode == 2 and words in run.stderr and "lists.policy:1:" in run.stderr, f"{text} is refused",
               run.stderr)
    run = call("check", policy(folder, 'list own { source "lists/" fetch "https://lists.example/a.csv" format csv }\n'))
    tap.ok(run.returncode == 2 and "lists/ is a folder" in run.stderr, "nothing is fetched into a folder", run.stderr)
    run = call("check", policy(folder, 'list hot { of card source "a.csv" key "K" fetch "https://lists.example/a.csv" }\n'))
    tap.ok(run.returncode == 2 and "is for watch lists" in run.stderr, "lists of keys are not fetched", run.stderr)


def newest(tap, folder):
    (folder / "lists").mkdir()
    at = policy(folder, 'list own { source "lists/" format csv stale 365d }\n')
    run = call("screen", at, "Ruslana Voskanderin")
    tap.ok(run.returncode == 3 and "IS NOT SEARCHED" in run.stderr, "a folder without a file is no list", run.stderr)
    (folder / "lists/b-old.csv").write_text("id,name\n1,Ottokar Bellinghausen\n", encoding="utf-8")
    os.utime(folder / "lists/b-old.csv", (1, 1))
    (folder / "lists/a-new.csv").write_text("id,name\n2,Ruslana Voskanderin\n", encoding="utf-8")
    (folder / "lists/c.csv.part").write_text("id,na", encoding="utf-8")
    run = call("screen", at, "--json", "Ruslana Voskanderin")
    hits = json.loads(run.stdout)["hits"] if run.returncode == 0 else []
    tap.ok([hit["uid"] for hit in hits] == ["2"], "the file changed last is read, and none that is not whole",
           run.stdout + run.stderr)


def main():
    tap = Tap()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    for part in (lambda folder: fetched(tap, folder, base), lambda folder: says_why(tap, folder, base), lambda folder: of_several(tap, folder, base),
                 lambda folder: refused(tap, folder), lambda folder: newest(tap, folder)):
        with tempfile.TemporaryDirectory() as at:
            part(pathlib.Path(at))
    server.shutdown()
    tap.done()


if __name__ == "__main__":
    main()
