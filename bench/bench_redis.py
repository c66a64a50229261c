"""What a bank's team would build first: profiles in Redis with a Lua script, beside ours on the same machine.

An event has five keys (card, account, merchant, cash machine, BIN), each a hash of 24 buckets of an hour with count and
sum: ten bucketed aggregates over a day. Ours: 36 aggregates of six keys, exact where a key's log holds them. Redis listens
on a socket in a temporary folder, keeps nothing on the disk, and ends with this script."""
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release")
KEYS = {"c": 100000, "a": 80000, "m": 12500, "t": 1250, "b": 125}
WARM, SINGLE, GROUPED, GROUP, START_SECONDS = 20000, 10000, 40000, 16, 10
# One program under three names; under this one it comes without a service that starts by itself.
SERVERS = ("redis-server", "redis-check-rdb")
SCRIPT = """
local hour, cents, out = tonumber(ARGV[1]), ARGV[2], {}
local fields = {}
for i = 0, 23 do fields[2 * i + 1] = 'n' .. i; fields[2 * i + 2] = 's' .. i end
for k, key in ipairs(KEYS) do
  local place = hour % 24
  local last = tonumber(redis.call('HGET', key, 'h') or hour)
  for h = math.max(last + 1, hour - 23), hour do redis.call('HDEL', key, 'n' .. h % 24, 's' .. h % 24) end
  redis.call('HSET', key, 'h', hour)
  redis.call('HINCRBY', key, 'n' .. place, 1)
  redis.call('HINCRBY', key, 's' .. place, cents)
  local n, s, all = 0, 0, redis.call('HMGET', key, unpack(fields))
  for i = 1, 48, 2 do n = n + tonumber(all[i] or 0); s = s + tonumber(all[i + 1] or 0) end
  out[#out + 1] = n
  out[#out + 1] = s
end
return out
"""


def command(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in (str(w).encode() for w in words))


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def answer(self):
        line = self.file.readline()
        if line[:1] == b"*":
            return [self.answer() for _ in range(int(line[1:]))]
        if line[:1] == b"$":
            return self.file.read(int(line[1:]) + 2)[:-2]
        if line[:1] != b":":
            raise SystemExit("Redis says: %s" % line.decode())
        return int(line[1:])

    def rate(self, requests, group):
        begun = time.monotonic()
        for at in range(0, len(requests), group):
            some = requests[at:at + group]
            self.socket.sendall(b"".join(some))
            for _ in some:
                if len(self.answer()) != 2 * len(KEYS):
                    raise SystemExit("Redis gave no ten answers")
        return len(requests) / (time.monotonic() - begun)


def start(server, folder):
    path = os.path.join(folder, "socket")
    run = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no",
                            "--daemonize", "no", "--dir", folder], executable=server, stdout=subprocess.DEVNULL)
    until = time.monotonic() + START_SECONDS
    while not os.path.exists(path):
        if run.poll() is not None or time.monotonic() > until:
            run.kill()
            raise SystemExit("Redis did not start")
        time.sleep(0.05)
    return run, Client(path)


def redis_rates(server):
    dice = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        run, client = start(server, folder)
        try:
            client.socket.sendall(command("SCRIPT", "LOAD", SCRIPT))
            name = client.answer().decode()
            total = WARM + SINGLE + GROUPED
            requests = [command("EVALSHA", name, len(KEYS), *("%s%d" % (k, dice.randrange(n)) for k, n in KEYS.items()),
                                i * 48 // total, dice.randrange(100000)) for i in range(total)]
            client.rate(requests[:WARM], GROUP)
            return (client.rate(requests[WARM:WARM + SINGLE], 1), client.rate(requests[WARM + SINGLE:], GROUP))
        finally:
            run.terminate()
            run.wait()


def own_rates():
    """Ours with as many cards: an event at a time, and in groups."""
    done = subprocess.run([os.path.join(BUILD, "bench/bench_profile"), "100000"], check=True, capture_output=True)
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    find = lambda words: next(row["value"] for row in rows if words in row["name"])
    return find("an event at a time"), find("in groups")


def main():
    server = next(filter(None, map(shutil.which, SERVERS)), None)
    if not server:
        print(json.dumps({"name": "profiles beside Redis", "value": "skipped", "unit": "",
                          "reference": "redis-tools is not installed", "ratio": None}))
        return
    theirs, ours = redis_rates(server), own_rates()
    for how, mine, other in zip(("one at a time", "in groups"), ours, theirs):
        print(json.dumps({"name": "profiles, 36 aggregates, %s" % how, "value": round(mine), "unit": "events/s",
                          "reference": "Redis and Lua, 10 aggregates, %s: %d" % (how, round(other)),
                          "ratio": round(mine / other, 1)}))


main()
