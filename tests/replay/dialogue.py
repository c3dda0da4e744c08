# SPDX-License-Identifier: BSD-3-Clause
"""Plays TCP connections as packets. A packet here is a Packet: IP octets, time, and who sent it."""
import ipaddress
from dataclasses import dataclass, field

import frames
from frames import ACK, FIN, PSH, RST, SYN

# Of the words that `frames` knows, those that a connection or a segment may have of its own.
WRAPS = ("tags", "tags-C", "tags-S", "tunnel", "fragment", "parts", "ident", "reverse-parts", "no-length",
         "outer-fragment", "outer-parts")
FLAGS = {"fin": FIN, "syn": SYN, "rst": RST, "psh": PSH, "ack": ACK, "urg": frames.URG}


@dataclass
class Packet:
    octets: bytes
    side: str  # "C" or "S"
    at: float = 0.0  # microseconds from the start
    late: int = 0  # how many packets overtake it
    file: int = 0
    wrap: dict = field(default_factory=dict)  # how this one is wrapped, beside the case's frames


@dataclass
class Side:
    addr: object
    port: int
    next: int  # sequence number of the next octet
    acked: int = 0  # what it last acknowledged
    ident: int = 1


@dataclass
class Connection:
    client: Side
    server: Side
    mss: int = 1460
    piece: int = 0  # octets of a segment, but for those that the case counts; 0: mss
    options: dict = field(default_factory=dict)

    def side(self, name):
        return self.client if name == "C" else self.server

    def peer(self, name):
        return self.server if name == "C" else self.client


def end(text):
    host, port = text.rsplit(":", 1)
    return ipaddress.ip_address(host.strip("[]")), int(port)


def connection(client, server, options):
    chost, cport = end(client)
    shost, sport = end(server)
    c = Connection(Side(chost, cport, int(options.get("isn", "1000"), 0)),
                   Side(shost, sport, int(options.get("server-isn", "5000"), 0)), options=options)
    c.mss = int(options.get("mss", 1460))
    c.client.acked, c.server.acked = c.server.next, c.client.next
    return c


def ip_of(conn, me, to, segment, mods):
    options = {"atomic": [(44, b"\0\0\0\0\0\0\0\1")], "hopbyhop": [(0, b"\0\0\1\4\0\0\0\0")],
               "destination": [(60, b"\0\0\1\4\0\0\0\0")], "routing": [(43, b"\0\0\4\0\0\0\0\0")],
               "ah": [(51, b"\0\4" + bytes(6) + b"\0\0\0\7" + bytes(12))]}
    chain = [pair for name in conn.options.get("ext", "").split("+") if name for pair in options[name]]
    me.ident += 1
    return frames.ip_header(me.addr, to.addr, 6, segment, ident=me.ident, ttl=int(mods.get("ttl", 64)),
                            options=chain if me.addr.version == 6 else b"")


def sum_kind(conn, name, mods):
    if "badsum" in mods:
        return "bad"
    return mods.get("sum", conn.options.get("sum-" + name, conn.options.get("sum", "")))


def segment(conn, name, payload, mods, seq=None):
    """One packet from that side. It does not move the sequence numbers."""
    me, to = conn.side(name), conn.peer(name)
    if "noack" not in mods:
        me.acked = to.next + int(mods.get("ack", 0))
    flags = ACK | (PSH if payload else 0)
    if "flags" in mods:
        flags = sum(FLAGS[f] for f in mods["flags"].split("+") if f)
    elif "rst" in mods:
        flags = RST | ACK
    elif "fin" in mods:
        flags |= FIN
    where = me.next if seq is None else seq
    acked = int(mods["ackno"], 0) if "ackno" in mods else me.acked if flags & ACK else 0
    octets = frames.tcp(me.addr, to.addr, me.port, to.port, where, acked, flags, payload,
                        bytes.fromhex(mods.get("options", "")), int(mods.get("window", 65535)),
                        sum_kind(conn, name, mods), int(mods.get("urgent", 0)))
    wrap = {k: v for k, v in {**conn.options, **mods}.items() if k in WRAPS}
    return Packet(ip_of(conn, me, to, octets, mods), name, late=int(mods.get("late", 0)), wrap=wrap)


def cut_payload(payload, size):
    return [payload[i:i + size] for i in range(0, len(payload), size)] or [b""]


def send(conn, name, payload, mods):
    """The packets that carry the payload, and the sequence numbers moved over it."""
    me = conn.side(name)
    counted = "lose" in mods or "hold" in mods
    size = conn.mss if counted or not conn.piece else conn.piece
    pieces = cut_payload(payload, int(mods.get("split", size)))
    packets, stay = [], "stay" in mods or "rst" in mods
    seq = me.next + int(mods.get("at", 0))
    dropped = {int(i) for i in mods["lose"].split("+")} if "lose" in mods else set()
    late = {int(i) for i in mods["hold"].split("+")} if "hold" in mods else set()
    for i, piece in enumerate(pieces):
        own = dict(mods)
        if i + 1 < len(pieces):
            own.pop("fin", None)
        if late and i not in late:
            own.pop("late", None)
        packet = segment(conn, name, piece, own, seq)
        seq += len(piece)
        if "drop" not in mods and i not in dropped:
            packets += [packet] * (2 if "dup" in mods else 1)
        # A real peer acknowledges on the way, and its window has an end.
        if i % 16 == 15 and "reverse" not in mods and "noacks" not in mods:
            conn.peer(name).acked = seq
            packets.append(segment(conn, "C" if name == "S" else "S", b"", {"noack": ""}))
    if not stay:
        me.next = seq + ("fin" in mods) + ("syn" in mods.get("flags", ""))
    if "reverse" in mods:
        packets.reverse()
    return packets


def open_connection(conn, mods):
    syn = bytes.fromhex("020405b4")
    packets = [segment(conn, "C", b"", {"flags": "syn", "options": syn.hex(), **mods})]
    conn.client.next += 1
    packets.append(segment(conn, "S", b"", {"flags": "syn+ack", "options": syn.hex()}))
    conn.server.next += 1
    packets.append(segment(conn, "C", b"", {}))
    return packets


def close_connection(conn):
    packets = send(conn, "C", b"", {"fin": ""})
    packets += send(conn, "S", b"", {"fin": ""})
    packets.append(segment(conn, "C", b"", {}))
    return packets
