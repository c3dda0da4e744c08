# SPDX-License-Identifier: BSD-3-Clause
"""A connection to a mail server that sends its octets in segments cut at random and counts replies."""
import select
import socket
import struct
import time


class Gone(Exception):
  """The server has closed the connection."""


class Link:
  def __init__(self, rnd, address, port):
    self.rnd = rnd
    self.style = rnd.choices(["whole", "cut", "tiny", "slow"], [60, 25, 5, 10])[0]
    self.socket = socket.create_connection((address, port), timeout=20)
    self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    self.kept = b""
    self.last = b""
    self.timeouts = 0
    self.adrift = False # replies came that nobody asked for: what belongs to what is not certain any more

  def pieces(self, octets):
    if self.style == "whole" or len(octets) < 2:
      return [octets]
    if self.style == "tiny" and len(octets) < 400:
      cuts, at = [], 0
      while at < len(octets):
        at += self.rnd.randrange(1, 8)
        cuts.append(min(at, len(octets)))
    else:
      cuts = sorted(self.rnd.randrange(1, len(octets)) for _ in range(self.rnd.randrange(6))) + [len(octets)]
    return [octets[a:b] for a, b in zip([0] + cuts, cuts) if a < b]

  def send(self, octets):
    self.adrift |= self.kept != b"" or select.select([self.socket], [], [], 0)[0] != []
    try:
      for piece in self.pieces(octets):
        self.socket.sendall(piece)
        if self.style == "slow":
          time.sleep(self.rnd.random() * 0.004)
    except OSError as e:
      raise Gone from e

  def reply(self, seconds):
    """The code of the next reply, or None when none comes in time."""
    self.socket.settimeout(seconds)
    while True:
      line, end, rest = self.kept.partition(b"\n")
      if end:
        self.kept = rest
        if line[3:4] != b"-":
          self.last = line
          return int(line[:3]) if line[:3].isdigit() else 0
        continue
      try:
        more = self.socket.recv(65536)
      except TimeoutError:
        return None
      except OSError as e:
        raise Gone from e
      if not more:
        raise Gone
      self.kept += more

  def replies(self, count):
    """So many codes. A server that says nothing takes commands for content, or waits for octets: no use to go on."""
    codes = []
    while len(codes) < count:
      code = self.reply(3)
      if code is None:
        self.timeouts += 1
        raise Gone
      codes.append(code)
    return codes

  def until_quiet(self, count=1):
    """What the server says when nobody knows how much that is: at least so many, then until it is silent."""
    codes = self.replies(count)
    while (code := self.reply(0.15)) is not None:
      codes.append(code)
    return codes

  def close(self):
    self.socket.close()

  def reset(self):
    self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    self.socket.close()
