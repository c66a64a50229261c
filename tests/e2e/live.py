"""`run` on loopback: the binary, live connections, and what they carry."""
import json
import os
import signal
import socket
import subprocess
import time

import bank


class Live:
    """The binary on loopback, its standard error read as it comes."""

    def __init__(self, policy, folder, *options):
        self.said = os.path.join(folder, "said")
        self.alerts = os.path.join(folder, "alerts.jsonl")
        with open(self.said, "wb") as said:
            self.process = subprocess.Popen([bank.BINARY, "run", policy, "--alerts", self.alerts, *options], stderr=said)

    def read(self):
        with open(self.said, encoding="utf-8") as said:
            return said.read()

    def wait_for(self, word, seconds=20):
        for _ in range(int(seconds * 20) + 1):
            if word in self.read() or self.process.poll() is not None:
                break
            time.sleep(0.05)
        return word in self.read()

    def starts(self):
        """Whether it watches; False: this machine lets nobody open an interface."""
        if self.wait_for("watching"):
            return True
        if "permi" in self.read() and "interface" in self.read():
            return False
        raise AssertionError("it does not start: " + self.read())

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(30)

    def wait_alerts_where(self, holds, n, seconds=20):
        """All alerts told, once N of them are such that HOLDS, or time is up."""
        found = []
        for _ in range(seconds * 20):
            with open(self.alerts, encoding="utf-8") as lines:
                found = [json.loads(line) for line in lines if line.endswith("\n")]
            if sum(1 for alert in found if holds(alert)) >= n or self.process.poll() is not None:
                break
            time.sleep(0.05)
        return found

    def wait_alerts(self, n, seconds=20):
        return self.wait_alerts_where(lambda alert: True, n, seconds)


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


def write_policy(folder, ports, within="30s", more=""):
    """The bank's policy for two ports on loopback, with MORE behind it, readable by the user that `run` becomes."""
    path = bank.policy(folder, within=within)
    with open(path, encoding="utf-8") as text:
        data = text.read().replace("5001", str(ports[0])).replace("7001", str(ports[1]))
    bank.write(path, data + more)
    os.chmod(path, 0o644)
    return path
