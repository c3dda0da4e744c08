#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Builds the captures and the configuration of a case: build.py CASE DIRECTORY"""
import os
import sys

import capture
import frames
from case import Case


def in_order(case):
    """The packets in the order of the capture, with times that never go back."""
    packets = [p for p in case.packets if p.side in case.wrap.get("only", "CS")][int(case.wrap.get("skip", 0)):]
    if case.skews:
        for side, us in case.skews:
            for p in packets:
                p.at += us if p.side == side else 0
        packets.sort(key=lambda p: p.at)
    if any(p.late for p in packets):
        times = [p.at for p in packets]
        order = sorted(range(len(packets)), key=lambda i: i + (packets[i].late + 0.5 if packets[i].late else 0))
        packets = [packets[i] for i in order]
        for p, at in zip(packets, times):
            p.at = at
    return packets


def fragments_of(octets, wrap, number, outer=""):
    """Even fragments (fragment=SIZE), or those that are named (parts=); `outer-`: of the tunnel."""
    named, size = wrap.get(outer + "parts"), int(wrap.get(outer + "fragment", 0))

    def parts(length):
        return frames.named_parts(named, length) if named else frames.even_parts(length, size)
    if frames.version(octets) == 6:
        return frames.fragments6(octets, parts, int(wrap.get("ident", number)))
    # What fits in one is sent as it is.
    whole = not named and len(octets) - 20 <= size
    return [octets] if whole else frames.fragments(octets, parts)


def ip_packets(packet, wrap, number):
    """The IP packets that stand for this one: itself, fragments of it, or itself in a tunnel."""
    four = frames.version(packet.octets) == 4
    pieces = [with_ident(packet.octets, int(wrap["ident"])) if "ident" in wrap and four else packet.octets]
    if "no-length" in wrap:
        pieces = [with_head(p, 2, b"\0\0") if four else p[:4] + b"\0\0" + p[6:] for p in pieces]
    if "fragment" in wrap or "parts" in wrap:
        pieces = fragments_of(pieces[0], wrap, number)
        if wrap.get("lose-fragment") == str(number):
            pieces.pop(1)
        if "reverse" in wrap:
            pieces.reverse()
    for kind in filter(None, wrap.get("tunnel", "").split("+")):
        pieces = [frames.tunnel(p, kind) for p in pieces]
    if "outer-fragment" in wrap or "outer-parts" in wrap:
        pieces = [with_ident(p, number * 64 + i & 0xffff) if frames.version(p) == 4 else p for i, p in enumerate(pieces)]
        pieces = [f for i, p in enumerate(pieces) for f in fragments_of(p, wrap, number * 64 + i, "outer-")]
        if wrap.get("outer-lose") == str(number):
            pieces.pop(1)
        if "outer-reverse" in wrap:
            pieces.reverse()
    return pieces


def tags_of(packet, wrap):
    text = wrap.get("tags-" + packet.side, wrap.get("tags", ""))
    return [(int(t.split(":")[0], 16), int(t.split(":")[1])) for t in text.split(",") if t]


def link_octets(octets, packet, case):
    wrap = {**case.wrap, **packet.wrap}
    if "mpls" in wrap:
        return frames.mpls(octets, [int(label) for label in wrap["mpls"].split(",")]), 1
    if "pppoe" in wrap:
        return frames.pppoe(octets), 1
    if case.link != "ethernet":
        return frames.link_frame(octets, case.link)
    pad = b"\xaa" * max(int(wrap.get("trailer", 0)), 46 - len(octets) if "pad" in wrap else 0)
    return frames.ethernet(octets, tags_of(packet, wrap), pad), 1


def with_head(octets, at, value):
    """The IPv4 packet with other octets in its header, and the checksum to match."""
    head = bytearray(octets[:20])
    head[at:at + len(value)] = value
    head[10:12] = b"\0\0"
    head[10:12] = frames.checksum(bytes(head)).to_bytes(2, "big")
    return bytes(head) + octets[20:]


def with_ident(octets, ident):
    return with_head(octets, 4, ident.to_bytes(2, "big"))


def with_lower_ttl(octets):
    if frames.version(octets) == 6:
        return octets[:7] + bytes([octets[7] - 1]) + octets[8:]
    return with_head(octets, 8, bytes([octets[8] - 1]))


def wire_frames(case, packets):
    """(time, octets, length on the wire) of each frame, and the link type."""
    found, dlt = [], frames.link_frame(b"\x45", case.link)[1]
    keep = int(case.wrap.get("cut", 0))
    for number, packet in enumerate(packets):
        for octets in ip_packets(packet, {**case.wrap, **packet.wrap}, number):
            octets, dlt = link_octets(octets, packet, case)
            found.append((packet.at, octets[:keep] if keep else octets, len(octets)))
        if "twice" in case.wrap:
            twin, _ = link_octets(with_lower_ttl(packet.octets), packet, case)
            if "twice-tag" in case.wrap:
                twin = frames.ethernet(with_lower_ttl(packet.octets), [(0x8100, int(case.wrap["twice-tag"]))])
            found.append((packet.at + int(case.wrap.get("twice-after", 300)), twin, len(twin)))
    if "twice-after" in case.wrap:
        found.sort(key=lambda frame: frame[0])
    return found, dlt


def hurt(path, damage):
    with open(path, "rb") as f:
        octets = f.read()
    if "cut" in damage:
        octets = octets[:-int(damage["cut"])]
    if "junk" in damage:
        octets += b"\xff" * int(damage["junk"])
    if "magic" in damage:
        octets = b"nope" + octets[4:]
    if "empty" in damage:
        octets = b""
    if "header" in damage:
        octets = octets[:24]
    with open(path, "wb") as f:
        f.write(octets)


def write_captures(case, folder):
    packets, paths = in_order(case), []
    for index, name in enumerate(case.names):
        mine = [p for p in packets if (p.side == "CS"[index] if case.legs else p.file == index)]
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        found, dlt = wire_frames(case, mine)
        capture.write(path, found, dlt, case.format)
        if case.damage and index == len(case.names) - 1:
            hurt(path, case.damage)
        paths.append(path)
    return paths


def write_conf(registered, folder):
    hosts = registered or ["192.0.2.25", "192.0.2.26", "2001:db8:25::25"]
    path = os.path.join(folder, "mailtap.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write("registered: [" + ", ".join(f'"{h}"' for h in hosts) + "]\n")
        # Most of a short run is the making of tables; the sizes for use are tried by other suites.
        f.write("flow: {connections: 16K}\nmemory: {mbufs: 8K, chunks: 2K}\n")
        f.write(f'spool:\n  directory: "{folder}/spool"\n')
    return path


def build(path, folder):
    """The case, its capture files, and the path of its configuration."""
    case = Case(path)
    return case, write_captures(case, folder), write_conf(case.registered, folder)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    os.makedirs(sys.argv[2], exist_ok=True)
    print("\n".join(build(sys.argv[1], sys.argv[2])[1]))
