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


def tcp(src, dst, sport, dport, seq, ack, flags, payload=b"", options=b"", window=65535, bad_sum=False, urgent=0):
    options += b"\1" * (-len(options) % 4)
    head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF,
                       (20 + len(options)) // 4 << 4, flags, window, 0, urgent) + options
    value = checksum(pseudo(src, dst, 6, len(head) + len(payload)) + head + payload)
    if bad_sum:
        value ^= 0x5555
    return head[:16] + struct.pack("!H", value) + head[18:] + payload


def udp(src, dst, sport, dport, payload):
    head = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0)
    value = checksum(pseudo(src, dst, 17, len(head) + len(payload)) + head + payload) or 0xFFFF
    return head[:6] + struct.pack("!H", value) + payload


def fragments(packet, size):
    """The packet in IPv4 fragments with `size` octets of payload each (a multiple of 8)."""
    head, body = bytearray(packet[:20]), packet[20:]
    if len(body) <= size:
        return [packet]
    pieces = []
    for at in range(0, len(body), size):
        piece = body[at:at + size]
        more = 0x2000 if at + size < len(body) else 0
        head[2:4] = struct.pack("!H", 20 + len(piece))
        head[6:8] = struct.pack("!H", more | at // 8)
        head[10:12] = b"\0\0"
        head[10:12] = struct.pack("!H", checksum(bytes(head)))
        pieces.append(bytes(head) + piece)
    return pieces


def fragments6(packet, size, ident):
    """The same for IPv6 without extension headers."""
    head, body, pieces = packet[:40], packet[40:], []
    for at in range(0, len(body), size):
        piece = body[at:at + size]
        more = 1 if at + size < len(body) else 0
        extension = struct.pack("!BBHI", head[6], 0, at | more, ident)
        pieces.append(head[:4] + struct.pack("!HB", len(piece) + 8, 44) + head[7:] + extension + piece)
    return pieces


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


def tunnel(packet, kind):
    """The IP packet inside another one."""
    if kind == "ipip":
        return ip_header(*OUTER, 41 if version(packet) == 6 else 4, packet)
    if kind == "gre":
        return ip_header(*OUTER, 47, struct.pack("!HH", 0, ethertype(packet)) + packet)
    if kind == "gretap":
        return ip_header(*OUTER, 47, struct.pack("!HH", 0, 0x6558) + ethernet(packet))
    if kind == "erspan":
        return ip_header(*OUTER, 47, struct.pack("!HHIII", 0x1000, 0x88BE, 7, 0x10010001, 0) + ethernet(packet))
    if kind == "vxlan":
        return ip_header(*OUTER, 17, udp(*OUTER, 50000, 4789, struct.pack("!II", 0x08000000, 7 << 8) + ethernet(packet)))
    if kind == "geneve":
        return ip_header(*OUTER, 17, udp(*OUTER, 50000, 6081, struct.pack("!BBHI", 0, 0, 0x6558, 7 << 8) + ethernet(packet)))
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
