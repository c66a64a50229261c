"""Goal: `run` watches live connections, keeps its policy when a new one is bad, and ends cleanly, without power.
Method: real sockets on loopback; needs root for the interface, and says so when it is not."""
import os
import signal
import tempfile

import bank
from live import Leg, Live, forged, free_ports, honest, write_policy

TAP = bank.Tap()


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
        live = Live(policy, folder)
        if not live.starts():
            TAP.skip("run on loopback", "this machine lets nobody open an interface")
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
