#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Puts a recorded capture on two interfaces, as a tap with two legs sees it.

    send_legs.py CAPTURE TO_SERVER_DEVICE TO_CLIENT_DEVICE

Packets to port 25 leave on the first, packets from it on the second, in the order of the capture.
Prints the queue ids that the recorded server named, one a line.
"""
import re
import socket
import struct
import sys
import time

PAUSE = 0.0005  # between packets: the receiving rings are small


def frames(path):
  with open(path, "rb") as f:
    magic, = struct.unpack_from("<I", f.read(24))
    if magic != 0xA1B2C3D4:
      sys.exit(f"{path}: not a capture file of the usual kind")
    while header := f.read(16):
      yield f.read(struct.unpack("<III", header[:12])[2])


def ports(frame):
  kind, = struct.unpack_from("!H", frame, 12)
  tcp = 14 + (4 * (frame[14] & 15) if kind == 0x0800 else 40)
  return struct.unpack_from("!HH", frame, tcp)


def raw(device):
  s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
  s.bind((device, 0))
  return s


def main():
  to_server, to_client = raw(sys.argv[2]), raw(sys.argv[3])
  for frame in frames(sys.argv[1]):
    from_server = ports(frame)[0] == 25
    (to_client if from_server else to_server).send(frame)
    named = re.search(rb"queued as (\w+)", frame)
    if from_server and named:
      print(named[1].decode())
    time.sleep(PAUSE)


main()
