# SPDX-License-Identifier: BSD-3-Clause
"""Octets of packets: IP and TCP with right checksums, and the wrappings a tap may see."""
import ipaddress
import struct

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip_header(src, dst, protocol, payload, ident=1, ttl=64, fragment=0x4000, options=b""):
    """An IP packet; options: IPv4 options, or for IPv6 (next header, octets) pairs in order."""
    if src.version == 6:
        chain, first = b"", protocol
        for number, octets in reversed(options or ()):
            chain = bytes([first]) + octets[1:] + chain
            first = number
        body = chain + payload
        return struct.pack("!IHBB", 0x60000000, len(body), first, ttl) + src.packed + dst.packed + body
    head = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0, 20 + len(options) + len(payload), ident,
                       fragment, ttl, protocol, 0) + src.packed + dst.packed + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def pseudo(src, dst, protocol, length):
    if src.version == 6:
        return src.packed + dst.packed + struct.pack("!IHBB", length, 0, 0, protocol)
    return src.packed + dst.packed + struct.pack("!BBH", 0, protocol, length)


def tcp_sum(src, dst, head, payload, kind):
    """The right checksum, or one as it is where a card was to fill it in later."""
    length = len(head) + len(payload)
    if kind == "zero":
        return 0
    if kind == "partial":  # Linux: of the pseudo header alone, not yet complemented
        return ~checksum(pseudo(src, dst, 6, length)) & 0xFFFF
    if kind == "partial-no-length":  # Windows, where the card cuts the segment up
        return ~checksum(pseudo(src, dst, 6, 0)) & 0xFFFF
    return checksum(pseudo(src, dst, 6, length) + head + payload) ^ (0x5555 if kind == "bad" else 0)


def tcp(src, dst, sport, dport, seq, ack, flags, payload=b"", options=b"", window=65535, kind="", urgent=0):
    options += b"\1" * (-len(options) % 4)
    head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF,
                       (20 + len(options)) // 4 << 4, flags, window, 0, urgent) + options
    value = tcp_sum(src, dst, head, payload, kind)
    return head[:16] + struct.pack("!H", value) + head[18:] + payload


def udp(src, dst, sport, dport, payload):
    head = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0)
    value = checksum(pseudo(src, dst, 17, len(head) + len(payload)) + head + payload) or 0xFFFF
    return head[:6] + struct.pack("!H", value) + payload


def even_parts(length, size):
    """(where, octets, more) of fragments of that size, which is a multiple of 8."""
    return [(at, min(size, length - at), at + size < length, False) for at in range(0, length, size)]


def named_parts(text, length):
    """The same from words AT+LEN (without LEN: all the rest); ! the last of the datagram, ~ other octets."""
    parts = []
    for word in text.split(","):
        at, size = word.rstrip("!~").split("+")
        at, size = int(at), int(size or length - int(at))
        parts.append((at, size, not ("!" in word or at + size >= length), "~" in word))
    return parts


def piece_of(body, part):
    at, size, _, differs = part
    piece = (body + b"\x55" * size)[at:at + size]
    return bytes(octet ^ 1 for octet in piece) if differs else piece


def fragments(packet, parts):
    """The packet in IPv4 fragments."""
    head, pieces = bytearray(packet[:20]), []
    for part in parts(len(packet) - 20):
        piece = piece_of(packet[20:], part)
        head[2:4] = struct.pack("!H", 20 + len(piece))
        head[6:8] = struct.pack("!H", part[0] // 8 | (0x2000 if part[2] else 0))
        head[10:12] = b"\0\0"
        head[10:12] = struct.pack("!H", checksum(bytes(head)))
        pieces.append(bytes(head) + piece)
    return pieces


def fragments6(packet, parts, ident):
    """The same for IPv6: hop-by-hop and routing headers stand in front of each fragment."""
    end, next_at = 40, 6
    while packet[next_at] in (0, 43):
        next_at, end = end, end + 8 + 8 * packet[end + 1]
    pieces = []
    for part in parts(len(packet) - end):
        piece = piece_of(packet[end:], part)
        extension = struct.pack("!BBHI", packet[next_at], 0, part[0] | part[2], ident)
        front = bytearray(packet[:end])
        front[4:6] = struct.pack("!H", end - 40 + 8 + len(piece))
        front[next_at] = 44
        pieces.append(bytes(front) + extension + piece)
    return pieces


OUTER6 = (ipaddress.ip_address("2001:db8:6::1"), ipaddress.ip_address("2001:db8:6::2"))
OUTER = (ipaddress.ip_address("203.0.113.1"), ipaddress.ip_address("203.0.113.2"))
MACS = bytes.fromhex("02005e100001") + bytes.fromhex("02005e100002")


def version(packet):
    return packet[0] >> 4


def ethertype(packet):
    return 0x86DD if version(packet) == 6 else 0x0800


def ethernet(packet, tags=(), pad=b"", kind=None):
    """Ethernet frame; tags: (tpid, id) from the outside in."""
    middle = b"".join(struct.pack("!HH", tpid, vid) for tpid, vid in tags)
    frame = MACS + middle + struct.pack("!H", ethertype(packet) if kind is None else kind) + packet
    return frame + pad


def gre(packet, kind):
    """Plain, or gre-WORD+... of checksum, key and sequence."""
    flags, fields = 0, b""
    for word, bit, octets in (("checksum", 0x8000, bytes(4)), ("key", 0x2000, struct.pack("!I", 77)),
                              ("sequence", 0x1000, struct.pack("!I", 5))):
        if word in kind:
            flags, fields = flags | bit, fields + octets
    return struct.pack("!HH", flags, ethertype(packet)) + fields + packet


def pptp(packet, _):
    point = b"\xff\x03" + struct.pack("!H", 0x57 if version(packet) == 6 else 0x21) + packet
    return struct.pack("!HHHHII", 0x3081, 0x880B, len(point), 9, 1, 0) + point


ERSPAN = {
    "erspan1": lambda inner: struct.pack("!HH", 0, 0x88BE) + inner,
    "erspan": lambda inner: struct.pack("!HHIII", 0x1000, 0x88BE, 7, 0x10010001, 0) + inner,
    "erspan3": lambda inner: struct.pack("!HHIIII", 0x1000, 0x22EB, 7, 0x20010001, 0, 0) + inner,
    "erspan3-sub": lambda inner: struct.pack("!HHIIIIQ", 0x1000, 0x22EB, 7, 0x20010001, 0, 1, 0) + inner,
}


def in_udp(outer, port, octets):
    return ip_header(*outer, 17, udp(*outer, 50000, port, octets))


def tunnel(packet, kind):
    """The IP packet inside another one: KIND or KIND:ID; with a 6 at its end the outer one is IPv6."""
    kind, _, number = kind.partition(":")
    outer = OUTER6 if kind.endswith("6") and kind != "6" else OUTER
    kind, number = kind.removesuffix("6"), int(number or 7)
    if kind == "ipip":
        return ip_header(*outer, 41 if version(packet) == 6 else 4, packet)
    if kind == "gretap":
        return ip_header(*outer, 47, struct.pack("!HH", 0, 0x6558) + ethernet(packet))
    if kind == "pptp":
        return ip_header(*outer, 47, pptp(packet, kind))
    if kind == "gre-key" and number != 7:
        return ip_header(*outer, 47, struct.pack("!HHI", 0x2000, ethertype(packet), number) + packet)
    if kind.startswith("gre"):
        return ip_header(*outer, 47, gre(packet, kind))
    if kind in ERSPAN:
        return ip_header(*outer, 47, ERSPAN[kind](ethernet(packet)))
    if kind in ("vxlan", "vxlan-linux"):
        port = 4789 if kind == "vxlan" else 8472
        return in_udp(outer, port, struct.pack("!II", 0x08000000, number << 8) + ethernet(packet))
    if kind == "geneve":
        return in_udp(outer, 6081, struct.pack("!BBHI", 0, 0, 0x6558, number << 8) + ethernet(packet))
    if kind == "geneve-ip":  # no Ethernet inside, and twelve octets of options
        head = struct.pack("!BBHI", 3, 0, ethertype(packet), number << 8) + struct.pack("!HBBQ", 0x102, 1, 2, 0)
        return in_udp(outer, 6081, head + packet)
    raise ValueError(f"tunnel {kind}")


def mpls(packet, labels):
    stack = b"".join(struct.pack("!I", label << 12 | (i == len(labels) - 1) << 8 | 64) for i, label in enumerate(labels))
    return ethernet(stack + packet, kind=0x8847)


def pppoe(packet):
    point = struct.pack("!H", 0x57 if version(packet) == 6 else 0x21) + packet
    return ethernet(struct.pack("!BBHH", 0x11, 0, 7, len(point)) + point, kind=0x8864)


def link_frame(packet, link):
    """The IP packet as that link type carries it: (octets, DLT)."""
    if link == "raw":
        return packet, 101
    if link == "null":
        return struct.pack("<I", 30 if version(packet) == 6 else 2) + packet, 0
    if link == "loop":
        return struct.pack("!I", 24 if version(packet) == 6 else 2) + packet, 108
    if link == "sll":
        return struct.pack("!HHH8sH", 0, 1, 6, b"\2\0\x5e\x10\0\1\0\0", ethertype(packet)) + packet, 113
    if link == "sll2":
        return struct.pack("!HHIHBB8s", ethertype(packet), 0, 1, 1, 0, 6, b"\2\0\x5e\x10\0\1\0\0") + packet, 276
    if link == "ethernet":
        return ethernet(packet), 1
    return packet, int(link)
