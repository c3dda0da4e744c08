#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prints what was said on one connection of the recorded legs, to look into a difference.

    show.py CLIENT_LEG SERVER_LEG PORT          PORT: the client's
"""
import struct
import sys


def packets(path, side):
  with open(path, "rb") as f:
    octets = f.read()
  at = 24
  while at + 16 <= len(octets):
    seconds, micros, size, _ = struct.unpack_from("<IIII", octets, at)
    yield seconds + micros / 1e6, side, octets[at + 16:at + 16 + size]
    at += 16 + size


def main():
  port = int(sys.argv[3])
  seen = {}
  for when, side, frame in sorted([*packets(sys.argv[1], "C"), *packets(sys.argv[2], "S")], key=lambda p: p[0]):
    if frame[12:14] != b"\x08\x00" or frame[23] != 6:
      continue
    tcp = 14 + (frame[14] & 15) * 4
    ports = struct.unpack_from(">HH", frame, tcp)
    if port not in ports:
      continue
    length = struct.unpack_from(">H", frame, 16)[0] + 14
    sequence, flags = struct.unpack_from(">I", frame, tcp + 4)[0], frame[tcp + 13]
    text = frame[tcp + (frame[tcp + 12] >> 4) * 4:length]
    again = " again" if text and sequence < seen.get(side, 0) else ""
    seen[side] = sequence + len(text)
    marks = "".join(name for bit, name in ((2, " SYN"), (1, " FIN"), (4, " RST")) if flags & bit)
    if text or marks:
      print(f"{when:.6f} {side}{marks}{again} {text!r}")


main()
