# SPDX-License-Identifier: BSD-3-Clause
"""Writes capture files: pcap with microseconds or nanoseconds, either byte order, and pcapng."""
import struct

START_US = 1795579200000000  # 2026-11-25T04:00:00Z


def write_pcap(path, frames, dlt, form):
    """frames: (microseconds from the start, octets, length on the wire)."""
    order = ">" if form == "swapped" else "<"
    nano = form == "ns"
    with open(path, "wb") as f:
        f.write(struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 262144, dlt))
        for at, octets, wire in frames:
            us = START_US + int(at)
            fraction = us % 1000000 * (1000 if nano else 1) + (123 if nano else 0)
            f.write(struct.pack(order + "IIII", us // 1000000, fraction, len(octets), wire) + octets)


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    size = len(body) + 12
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def write_pcapng(path, frames, dlt):
    with open(path, "wb") as f:
        f.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        f.write(block(1, struct.pack("<HHI", dlt, 0, 262144)))
        for at, octets, wire in frames:
            us = START_US + int(at)
            head = struct.pack("<IIIII", 0, us >> 32, us & 0xFFFFFFFF, len(octets), wire)
            f.write(block(6, head + octets + b"\0" * (-len(octets) % 4)))


def write(path, frames, dlt, form):
    if form == "pcapng":
        write_pcapng(path, frames, dlt)
    else:
        write_pcap(path, frames, dlt, form)
