# SPDX-License-Identifier: BSD-3-Clause
"""Makes what a TLS handshake says in the clear: records, hellos, certificates, alerts (RFC 8446, 5246, 5280).

Nothing here encrypts anything: enough of each message is there for a reader that looks on.
"""
import hashlib

VERSIONS = {"s2": 0x0002, "s3": 0x0300, "1.0": 0x0301, "1.1": 0x0302, "1.2": 0x0303, "1.3": 0x0304}
HANDSHAKE, ALERT, CHANGE, DATA = 22, 21, 20, 23
RETRY = hashlib.sha256(b"HelloRetryRequest").digest()
RANDOM, SESSION = bytes(range(32)), bytes(range(100, 132))
GREASE = 0x2A2A
# A usual client's.
CIPHERS = "1301,1302,c02b,c02f,9c,2f"
GROUPS = "1d,17,18"
SIGNATURES = "403,804,401"


def number(value, size):
    return value.to_bytes(size, "big")


def vector(octets, size):
    return number(len(octets), size) + octets


def numbers(text, size=2):
    return b"".join(number(int(word, 16), size) for word in text.split(",") if word)


def version(text):
    return number(VERSIONS[text] if text in VERSIONS else int(text, 16), 2)


def record(kind, octets, wire="1.2"):
    return bytes([kind]) + version(wire) + vector(octets, 2)


def records(message, options, wire):
    """A message in records of at most `pieces` octets."""
    size = int(options.get("pieces", 16384))
    return b"".join(record(HANDSHAKE, message[i:i + size], wire) for i in range(0, len(message), size))


def message(kind, body):
    return bytes([kind]) + vector(body, 3)


def extension(kind, body):
    return number(kind, 2) + vector(body, 2)


def protocols(text):
    return vector(b"".join(vector(p.encode(), 1) for p in text.split(",")), 2)


def client_extensions(o):
    found = [extension(GREASE, b"")] if "grease" in o else []
    if "sni" in o:
        found.append(extension(0, vector(b"\0" + vector(o["sni"].encode(), 2), 2)))
    groups = numbers(o.get("groups", GROUPS))
    found.append(extension(10, vector(number(GREASE, 2) + groups if "grease" in o else groups, 2)))
    found.append(extension(11, vector(b"\0", 1)))
    found.append(extension(13, vector(numbers(o.get("signatures", SIGNATURES)), 2)))
    if "alpn" in o:
        found.append(extension(16, protocols(o["alpn"])))
    if "versions" in o:
        offered = b"".join(version(v) for v in o["versions"].split(","))
        found.append(extension(43, vector(number(GREASE, 2) + offered if "grease" in o else offered, 1)))
    if "padding" in o:
        found.append(extension(21, bytes(int(o["padding"]))))
    return b"".join(found)


def sslv2_hello(o):
    ciphers = b"".join(b"\0" + numbers(c) for c in o.get("ciphers", CIPHERS).split(","))
    body = b"\1" + version(o.get("legacy", "1.0")) + number(len(ciphers), 2) + b"\0\0\0\x10" + ciphers + RANDOM[:16]
    return number(0x8000 | len(body), 2) + body


def client_hello(o):
    if "sslv2" in o:
        return sslv2_hello(o)
    ciphers = numbers(o.get("ciphers", CIPHERS))
    body = version(o.get("legacy", "1.2")) + RANDOM + vector(SESSION, 1)
    body += vector(number(GREASE, 2) + ciphers if "grease" in o else ciphers, 2) + vector(b"\0", 1)
    if "bare" not in o:
        body += vector(client_extensions(o), 2)
    return records(message(1, body), o, "1.0")


def server_hello(o):
    chosen = o.get("version", "1.2")
    new = chosen == "1.3"
    session = SESSION if new or "resumed" in o else bytes(32)
    body = version("1.2" if new else chosen) + (RETRY if "retry" in o else RANDOM) + vector(session, 1)
    body += numbers(o.get("cipher", "1301" if new else "c02f")) + b"\0"
    found = [extension(43, version("1.3")), extension(51, numbers("1d") + vector(bytes(32), 2))] if new else [
        extension(0xFF01, b"\0")]
    if "alpn" in o:
        found.append(extension(16, protocols(o["alpn"])))
    said = message(2, body + vector(b"".join(found), 2))
    if "subject" in o:
        chain = [certificate(o)] + [certificate({"subject": "An authority"})] * (int(o.get("chain", 1)) - 1)
        said += message(11, vector(b"".join(vector(c, 3) for c in chain), 3))
    if not new and "retry" not in o:
        said += message(14, b"")
    return records(said, o, "1.2" if new else chosen)


def alert(level, description, wire="1.2"):
    return record(ALERT, bytes([int(level), int(description)]), wire)


# DER, as much as a certificate needs

def der(tag, body):
    length = bytes([len(body)]) if len(body) < 128 else (
        b"\x82" + number(len(body), 2) if len(body) > 255 else b"\x81" + number(len(body), 1))
    return bytes([tag]) + length + body


def sequence(*parts):
    return der(0x30, b"".join(parts))


def name(organisation, common):
    pairs = ((b"\x55\x04\x0a", organisation), (b"\x55\x04\x03", common))
    return sequence(*(der(0x31, sequence(der(6, oid), der(0x0C, text.encode()))) for oid, text in pairs if text))


def time(text):
    """2026-11-25T04:00:00; years from 2050 on take four digits (RFC 5280 4.1.2.5)."""
    digits = "".join(c for c in text if c.isdigit())
    return der(0x18, (digits + "Z").encode()) if digits >= "2050" else der(0x17, (digits[2:] + "Z").encode())


def certificate(o):
    algorithm = sequence(der(6, bytes.fromhex("2a8648ce3d040302")))
    key = sequence(sequence(der(6, bytes.fromhex("2a8648ce3d0201")), der(6, bytes.fromhex("2a8648ce3d030107"))),
                   der(3, b"\0\4" + bytes(64)))
    fields = sequence(
        der(0xA0, der(2, b"\2")), der(2, bytes.fromhex(o.get("serial", "01"))), algorithm,
        name(o.get("organisation", "Example"), o.get("issuer", "An authority")),
        sequence(time(o.get("notbefore", "2026-01-01T00:00:00")), time(o.get("notafter", "2027-01-01T00:00:00"))),
        name(o.get("organisation", "Example"), o["subject"]), key)
    return sequence(fields, algorithm, der(3, b"\0" + bytes(70)))


OPTIONS = {"sni", "alpn", "versions", "ciphers", "groups", "signatures", "grease", "padding", "pieces", "legacy", "sslv2",
           "bare", "version", "cipher", "retry", "resumed", "subject", "issuer", "organisation", "serial", "notbefore",
           "notafter", "chain"}
