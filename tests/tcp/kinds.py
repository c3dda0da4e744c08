#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Kinds of trouble, counts by kind, and captures cut to a few connections.

    kinds.py TOTALS     prints the table of counts
"""
import collections
import ipaddress
import json
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ORDER = ("PLAIN", "DEAD", "OPEN", "HOLE")


def read_kinds():
    with open(os.path.join(HERE, "schedule.h"), encoding="ascii") as f:
        return dict(re.findall(r"X\((\w+), (\w+), \"", f.read()))


KINDS = read_kinds()


def plain(text):
    return str(ipaddress.ip_address(text))


def worst(names):
    return max((KINDS[n] for n in names), key=ORDER.index, default="PLAIN")


class Totals:
    """Counts of connections by kind; each with all its kinds, and by its worst class."""

    def __init__(self, path):
        self.path, self.counts = path, collections.defaultdict(collections.Counter)
        if path and os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                for name, counts in json.load(f).items():
                    self.counts[name].update(counts)

    def add(self, names, how, doubts, whole):
        only = [n for n in names if KINDS[n] != "PLAIN"] or names
        for name in ["all", worst(names)] + (only if len(only) == 1 else []):
            c = self.counts[name]
            c["connections"] += 1
            c["mails"] += whole
            c[how + (" marked" if doubts and how == "equal" else "")] += 1
            c.update({"by " + d: 1 for d in doubts})

    def write(self):
        if self.path:
            with open(self.path, "w", encoding="utf-8") as f:
                json.dump(self.counts, f)

    def show(self):
        print(f"{'':11}{'connections':>11}{'mails':>8}{'equal':>8}{'equal,':>8}{'differ,':>8}{'SILENT':>8}  marked by")
        print(f"{'':11}{'':11}{'':8}{'':8}{'marked':>8}{'marked':>8}")
        for name in ("all",) + ORDER + tuple(KINDS):
            c = self.counts.get(name)
            if not c:
                continue
            by = ", ".join(f"{k[3:]} {n}" for k, n in sorted(c.items()) if k.startswith("by "))
            print(f"{name:11}{c['connections']:11}{c['mails']:8}{c['equal']:8}{c['equal marked']:8}{c['differs']:8}"
                  f"{c['silent']:8}  {by}")


def packets(f):
    header = f.read(24)
    yield header, None
    while len(record := f.read(16)) == 16:
        frame = f.read(struct.unpack("<I", record[8:12])[0])
        yield record + frame, frame


def ends(frame):
    """Both (address, port) of a frame of the sender's making."""
    kind = frame[12:14]
    if kind == b"\x08\x00":
        a, b, at = frame[26:30], frame[30:34], 34
    elif kind == b"\x86\xdd":
        a, b, at = frame[22:38], frame[38:54], 54
    else:
        return ()
    ports = struct.unpack(">HH", frame[at:at + 4])
    return tuple((str(ipaddress.ip_address(x)), p) for x, p in zip((a, b), ports))


def keep(capture, folder, wanted, most=50):
    """Writes FOLDER/NUMBER.pcap for each wanted {(address, port): number}."""
    os.makedirs(folder, exist_ok=True)
    chosen = {who: number for who, number in list(wanted.items())[:most] if who}
    parts = collections.defaultdict(list)
    with open(capture, "rb") as f:
        for octets, frame in packets(f):
            if frame is None:
                header = octets
                continue
            for who in ends(frame):
                if who in chosen:
                    parts[who].append(octets)
    for who, number in chosen.items():
        with open(os.path.join(folder, f"{number}.pcap"), "wb") as f:
            f.write(header + b"".join(parts[who]))


if __name__ == "__main__":
    Totals(sys.argv[1]).show()
