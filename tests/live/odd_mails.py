#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sends mails that ordinary clients do not make, by plain sockets.

    odd_mails.py SERVER COUNT SEED

COUNT mails, each with another of the shapes below, several on a connection. What the server answers
does not matter here: the comparer joins its log with the spool. The same seed sends the same mails.
"""
import random
import socket
import sys
import time

HEADER = b"From: <odd@example.org>\r\nTo: <user@example.org>\r\nSubject: odd %d\r\n"


def dots(rnd):
  return b"".join(b"." * rnd.randrange(5) + b"x" * rnd.randrange(2) + b"\r\n" for _ in range(200))


def only_dots(rnd):
  return b".\r\n..\r\n...\r\n.\r\n" * rnd.randrange(1, 50)


def eight_bit(rnd):
  octets = bytes(o for o in range(1, 256) if o not in (10, 13))
  return b"".join(bytes(rnd.choices(octets, k=rnd.randrange(1, 900))) + b"\r\n" for _ in range(40))


def long_lines(rnd):
  return b"".join(b"." + b"y" * rnd.randrange(900, 9000) + b"\r\n" for _ in range(10))


def bare_line_feeds(rnd):
  return b"a\nb\n.c\n\n.\nd\r\n" * rnd.randrange(1, 30)


def empty(rnd):
  return b""


def near_segments(rnd):
  # The dot that ends the mail falls before, on and behind the end of a segment.
  return b"z" * (1448 - 200 + rnd.randrange(400)) + b"\r\n"


def big(rnd):
  return (b"%060d\r\n" % rnd.randrange(10**50)) * rnd.randrange(8000, 40000)


SHAPES = [dots, only_dots, eight_bit, long_lines, bare_line_feeds, empty, near_segments, big]


class Client:
  def __init__(self, server):
    self.socket = socket.create_connection((server, 25), timeout=60)
    self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    self.file = self.socket.makefile("rb")
    self.reply()
    self.command(b"EHLO odd.example.org")

  def reply(self):
    while True:
      line = self.file.readline()
      if line[3:4] != b"-":
        return line[:3]

  def send(self, octets):
    self.socket.sendall(octets)

  def command(self, line):
    self.send(line + b"\r\n")
    return self.reply()

  def close(self):
    self.command(b"QUIT")
    self.socket.close()


def stuff(content):
  # Any line feed may begin a line for the server, so a dot behind it is doubled too.
  if content.startswith(b"."):
    content = b"." + content
  return content.replace(b"\n.", b"\n..")


def by_data(client, rnd, content):
  client.command(b"MAIL FROM:<odd@example.org> BODY=8BITMIME")
  client.command(b"RCPT TO:<user@example.org>")
  client.command(b"RCPT TO:<nobody@example.org>")
  client.command(b"DATA")
  client.send(stuff(content) + b".\r\n")
  client.reply()


def pipelined(client, rnd, content):
  client.send(b"RSET\r\nMAIL FROM:<odd@example.org>\r\nRCPT TO:<user@example.org>\r\nRCPT TO:<none@example.org>\r\n"
    b"RCPT TO:<sales@example.org>\r\nDATA\r\n")
  for _ in range(6):
    client.reply()
  client.send(stuff(content) + b".\r\n")
  client.reply()


def by_bdat(client, rnd, content):
  client.send(b"MAIL FROM:<odd@example.org> SIZE=%d\r\nRCPT TO:<list@example.org>\r\n" % len(content))
  client.reply()
  client.reply()
  cut = rnd.randrange(len(content) + 1)
  client.send(b"BDAT %d\r\n" % cut + content[:cut] + b"BDAT %d LAST\r\n" % (len(content) - cut) + content[cut:])
  client.reply()
  client.reply()


def trickled(client, rnd, content):
  client.command(b"MAIL FROM:<>")
  client.command(b"RCPT TO:<user@example.org>")
  client.command(b"DATA")
  client.send(stuff(content))
  for octet in (b".", b"\r", b"\n"):
    time.sleep(0.002)
    client.send(octet)
  client.reply()


def mail_after_dot(client, rnd, content):
  # The next transaction stands in the same segment as the end of this one.
  client.command(b"MAIL FROM:<odd@example.org>")
  client.command(b"RCPT TO:<user@example.org>")
  client.command(b"DATA")
  client.send(stuff(content) + b".\r\nMAIL FROM:<next@example.org>\r\nRCPT TO:<sales@example.org>\r\nDATA\r\n")
  for _ in range(4):
    client.reply()
  client.send(stuff(content) + b"second\r\n.\r\n")
  client.reply()


WAYS = [by_data, pipelined, by_bdat, trickled, mail_after_dot]


def main():
  server, count, rnd = sys.argv[1], int(sys.argv[2]), random.Random(int(sys.argv[3]))
  done = 0
  while done < count:
    client = Client(server)
    for _ in range(min(rnd.randrange(1, 9), count - done)):
      shape, way = SHAPES[done % len(SHAPES)], WAYS[done % len(WAYS)]
      content = HEADER % done
      if rnd.randrange(10) == 0:
        content += b"X-Refuse: yes\r\n"
      way(client, rnd, content + b"\r\n" + shape(rnd))
      done += 1
    client.close()


main()
