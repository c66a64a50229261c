"""Losses that chance would not make: captures rewritten without the packets that matter most."""
import struct

SIGN_OFF = "002"
KEEP_ALIVE = 2  # bytes: a length of zero


def packets(data):
    """(whole record, TCP payload) of each packet of a classic capture of IPv4 over Ethernet."""
    at = 24
    while at < len(data):
        _, _, length, _ = struct.unpack("<IIII", data[at:at + 16])
        frame = data[at + 16:at + 16 + length]
        segment = frame[34:]
        yield data[at:at + 16 + length], segment[(segment[12] >> 4) * 4:]
        at += 16 + length


def lose_sign_off(path):
    """Takes each sign-off of the issuer (EBCDIC), its answer, and all behind them up to the next keep-alive: until that
    comes, nothing shows that anything was lost. Returns how many sign-offs there were."""
    with open(path, "rb") as file:
        data = file.read()
    kept, lost_n, losing = [data[:24]], 0, False
    for record, payload in packets(data):
        mti, code = payload[2:6].decode("cp500"), payload[-3:].decode("cp500")
        if mti == "0800" and code == SIGN_OFF:
            lost_n += 1
            losing = True
        losing = losing and len(payload) != KEEP_ALIVE
        if not losing:
            kept.append(record)
    with open(path, "wb") as file:
        file.write(b"".join(kept))
    return lost_n
