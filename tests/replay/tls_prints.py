# SPDX-License-Identifier: BSD-3-Clause
"""JA3, JA3S and JA4 of the first hello in a flight, worked out from its octets: another reader than the one that is
tested, so that the two hold each other."""
import hashlib


class Octets:
    def __init__(self, octets):
        self.octets, self.at = octets, 0

    def take(self, size):
        part = self.octets[self.at:self.at + size]
        if len(part) < size:
            raise ValueError("cut short")
        self.at += size
        return part

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def vector(self, size):
        return Octets(self.take(self.number(size)))

    def numbers(self, size=2):
        return [int.from_bytes(self.octets[i:i + size], "big") for i in range(0, len(self.octets), size)]

    def __bool__(self):
        return self.at < len(self.octets)


def messages(flight):
    """The handshake of a flight: (type, body) of each message in its records."""
    wire, joined, found = Octets(flight), b"", []
    while wire:
        kind = wire.number(1)
        wire.take(2)
        body = wire.vector(2).octets
        if kind == 22:
            joined += body
        if kind in (20, 23):
            break
    said = Octets(joined)
    while said:
        kind = said.number(1)
        found.append((kind, said.vector(3).octets))
    return found


def extensions(hello):
    found, left = [], hello.vector(2) if hello else Octets(b"")
    while left:
        kind = left.number(2)
        found.append((kind, left.vector(2)))
    return found


def real(values):
    return [v for v in values if not (v & 0x0F0F == 0x0A0A and v >> 8 == v & 255)]


def joined(values):
    return "-".join(str(v) for v in values)


def client(flight):
    """(ja3 text, ja3, ja4) of the first ClientHello."""
    hello = Octets(next(body for kind, body in messages(flight) if kind == 1))
    version = hello.number(2)
    hello.take(32)
    hello.vector(1)
    ciphers = real(hello.vector(2).numbers())
    hello.vector(1)
    found = extensions(hello)
    kinds = real([k for k, _ in found])
    have = dict(found)
    groups = real(have[10].vector(2).numbers()) if 10 in have else []
    formats = have[11].vector(1).numbers(1) if 11 in have else []
    text = f"{version},{joined(ciphers)},{joined(kinds)},{joined(groups)},{joined(formats)}"
    return text, hashlib.md5(text.encode()).hexdigest(), ja4(version, ciphers, kinds, have)


def short(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else "0" * 12


def ja4(version, ciphers, kinds, have):
    if 43 in have:
        version = max(real(have[43].vector(1).numbers()))
    name = {0x304: "13", 0x303: "12", 0x302: "11", 0x301: "10", 0x300: "s3", 2: "s2"}.get(version, "00")
    protocol = have[16].vector(2).vector(1).octets if 16 in have else b""
    ends = "00"
    if protocol:
        ends = chr(protocol[0]) + chr(protocol[-1])
        if not (ends.isascii() and ends.isalnum()):
            ends = f"{protocol[0]:02x}"[0] + f"{protocol[-1]:02x}"[1]
    listed = ",".join(f"{k:04x}" for k in sorted(k for k in kinds if k not in (0, 16)))
    signatures = ",".join(f"{s:04x}" for s in real(have[13].vector(2).numbers())) if 13 in have else ""
    if listed and signatures:
        listed += "_" + signatures
    return (f"t{name}{'d' if 0 in have else 'i'}{min(len(ciphers), 99):02}{min(len(kinds), 99):02}{ends}_"
            f"{short(','.join(f'{c:04x}' for c in sorted(ciphers)))}_{short(listed)}")


def server(flight):
    """(ja3s text, ja3s) of the first ServerHello."""
    hello = Octets(next(body for kind, body in messages(flight) if kind == 2))
    version = hello.number(2)
    hello.take(32)
    hello.vector(1)
    cipher = hello.number(2)
    hello.take(1)
    text = f"{version},{cipher},{joined(k for k, _ in extensions(hello))}"
    return text, hashlib.md5(text.encode()).hexdigest()
