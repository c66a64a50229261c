"""Goal: `run` watches live connections, keeps its policy when a new one is bad, and ends cleanly, without power.
Method: real sockets on loopback; needs root for the interface, and says so when it is not."""
import json
import os
import signal
import socket
import subprocess
import tempfile
import time

import bank

TAP = bank.Tap()


class Live:
    """The binary on loopback, its standard error read as it comes."""

    def __init__(self, policy, folder):
        self.said = os.path.join(folder, "said")
        self.alerts = os.path.join(folder, "alerts.jsonl")
        with open(self.said, "wb") as said:
            self.process = subprocess.Popen([bank.BINARY, "run", policy, "--alerts", self.alerts], stderr=said)

    def read(self):
        with open(self.said, encoding="utf-8") as said:
            return said.read()

    def wait_for(self, word, seconds=20):
        for _ in range(seconds * 20):
            if word in self.read() or self.process.poll() is not None:
                break
            time.sleep(0.05)
        return word in self.read()

    def wait_alerts(self, n, seconds=20):
        found = []
        for _ in range(seconds * 20):
            with open(self.alerts, encoding="utf-8") as lines:
                found = [json.loads(line) for line in lines if line.endswith("\n")]
            if len(found) >= n or self.process.poll() is not None:
                break
            time.sleep(0.05)
        return found


class Leg:
    """One live connection through loopback."""

    def __init__(self, port):
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen(1)
        self.client = socket.create_connection(("127.0.0.1", port))
        self.server, _ = server.accept()
        server.close()

    def ask(self, fields):
        data = bank.message("0200", fields)
        self.client.sendall(data)
        self.server.recv(len(data), socket.MSG_WAITALL)

    def reply(self, fields):
        data = bank.message("0210", fields)
        self.server.sendall(data)
        self.client.recv(len(data), socket.MSG_WAITALL)


def free_ports():
    """Two ports nobody listens on."""
    sockets = [bank.listen(), bank.listen()]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def honest(visa, core, n):
    visa.ask(bank.cash(n))
    core.ask(bank.cash(n))
    core.reply(bank.answer(bank.cash(n)))
    visa.reply(bank.answer(bank.cash(n)))


def forged(visa, n):
    visa.ask(bank.cash(n))
    visa.reply(bank.answer(bank.cash(n)))


def write_policy(folder, ports, within):
    path = bank.policy(folder, within=within)
    with open(path, encoding="utf-8") as text:
        data = text.read().replace("5001", str(ports[0])).replace("7001", str(ports[1]))
    return bank.write(path, data)


def status_of(process, key):
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as lines:
        return [line.split() for line in lines if line.startswith(key + ":")][0]


def check_power(live):
    TAP.ok(status_of(live.process, "Uid")[1:] != ["0"] * 4 and "0" not in status_of(live.process, "Uid")[1:],
           "root is given up", status_of(live.process, "Uid"))
    TAP.ok(int(status_of(live.process, "CapEff")[1], 16) == 0 and int(status_of(live.process, "CapPrm")[1], 16) == 0,
           "and every capability")
    TAP.ok(status_of(live.process, "NoNewPrivs")[1] == "1", "and the way back")
    filtered = status_of(live.process, "Seccomp")[1] == "2"
    if filtered or "asan" not in bank.BINARY:
        TAP.ok(filtered, "system calls are filtered")


def check_reload(live, folder, ports):
    bank.write(os.path.join(folder, "bank.policy"), "link visa {{{")
    live.process.send_signal(signal.SIGHUP)
    TAP.ok(live.wait_for("the old one stays in force") and "bank.policy:1:" in live.read(),
           "a bad policy is refused with its place", live.read())
    visa = Leg(ports[0])
    core = Leg(ports[1])
    honest(visa, core, 20)
    forged(visa, 21)
    honest(visa, core, 22)
    found = live.wait_alerts(2)
    TAP.ok([a["transaction"].get("stan") for a in found if a["nature"] == "forged"] == ["000002", "000021"],
           "and the old one goes on", (found, live.read()))
    write_policy(folder, ports, "20s")
    os.chmod(os.path.join(folder, "bank.policy"), 0o644)
    live.process.send_signal(signal.SIGHUP)
    TAP.ok(live.wait_for("is in force"), "a good policy takes over", live.read())
    honest(visa, core, 30)
    forged(visa, 31)
    honest(visa, core, 32)
    found = live.wait_alerts(3)
    TAP.ok("000031" in [a["transaction"].get("stan") for a in found if a["nature"] == "forged"],
           "and finds what is forged behind it", (found, live.read()))


def main():
    if os.geteuid() != 0:
        TAP.skip("run on loopback", "opening an interface needs root")
        TAP.done()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        ports = free_ports()
        policy = write_policy(folder, ports, "30s")
        os.chmod(policy, 0o644)
        live = Live(policy, folder)
        if not live.wait_for("watching"):
            if "permi" in live.read():
                TAP.skip("run on loopback", "this machine lets nobody open an interface")
                TAP.done()
            TAP.ok(False, "it starts", live.read())
            TAP.done()
        TAP.ok(True, "it starts")
        check_power(live)
        visa, core = Leg(ports[0]), Leg(ports[1])
        honest(visa, core, 1)
        forged(visa, 2)
        honest(visa, core, 3)
        found = live.wait_alerts(1)
        TAP.ok([a["reason"] for a in found] == ["no_issuer_request"] and found[0]["evidence"][0]["source"] == "lo",
               "a forged approval is named while it runs", (found, live.read()))
        check_reload(live, folder, ports)
        live.process.send_signal(signal.SIGTERM)
        status = live.process.wait(20)
        TAP.ok(status == 0 and "Expectations" in live.read(), "SIGTERM ends it with a summary: 0", (status, live.read()))
        with open(live.alerts, encoding="utf-8") as text:
            outputs = live.read() + text.read()
        TAP.ok(bank.PAN not in outputs, "no clear card number in any output")
        os.chmod(os.path.join(folder, "token.key"), 0o644)
        status, _, said = bank.run("run", policy)
        TAP.ok(status == 2 and b"chmod 600" in said, "a key that others may read is refused: 2", said)
    TAP.done()


main()
