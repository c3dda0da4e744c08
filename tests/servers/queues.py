# SPDX-License-Identifier: BSD-3-Clause
"""Reads what Postfix, Exim and OpenSMTPD hold in their queues: the octets that they took and for whom.

Each reader gives {queue id: Held}, the server's own header lines taken off.
"""
import collections
import os
import re

# body: of Exim the header without the line behind it, and then the body, which it keeps apart.
Held = collections.namedtuple("Held", "sender rcpts body")


def own_header(text):
  """The length of the first field with its continuation lines."""
  return re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*").match(text).end()


# --- Postfix: records of a letter, a length in sevens of bits, and so many octets (rec2stream)


def postfix_records(octets):
  at = 0
  while at < len(octets):
    kind, length, shift = octets[at:at + 1], 0, 0
    at += 1
    while True:
      part = octets[at]
      at += 1
      length |= (part & 127) << shift
      shift += 7
      if part < 128:
        break
    yield kind, octets[at:at + length]
    at += length


def postfix_file(path):
  sender, rcpts, body, ended = None, [], [], False
  with open(path, "rb") as f:
    for kind, text in postfix_records(f.read()):
      if kind == b"S":
        sender = text
      elif kind == b"R":
        rcpts.append(text)
      elif kind == b"N":
        body.append(text + b"\n")
      elif kind == b"L":
        body.append(text)
      ended = kind == b"E"
  if not ended:
    return None
  text = b"".join(body)
  return Held(sender, rcpts, text[own_header(text):])


def postfix(folder):
  where = f"{folder}/postfix/queue/hold"
  held = {name: postfix_file(f"{where}/{name}") for name in os.listdir(where)}
  return {name: mail for name, mail in held.items() if mail}


# --- Exim: ID-H has the envelope and the header, ID-D a line with its name and the body


def exim_header(text):
  """Fields of a length in digits, a letter and the octets; the first P is the Received field of its own."""
  at, fields, own = 0, [], True
  while at < len(text):
    size = re.compile(rb"(\d+)(.) ").match(text, at)
    at = size.end() + int(size[1])
    if size[2] == b"P" and own:
      own = False
    else:
      fields.append(text[size.end():at])
  return b"".join(fields)


def exim_file(path):
  with open(path + "-H", "rb") as f:
    envelope, header = f.read().split(b"\n\n", 1)
  with open(path + "-D", "rb") as f:
    f.readline()
    body = f.read()
  lines = envelope.split(b"\n")
  count = next(i for i, line in enumerate(lines) if i > 3 and line.isdigit())
  rcpts = [line.split(b" ")[0] for line in lines[count + 1:count + 1 + int(lines[count])]]
  return Held(lines[2], rcpts, exim_header(header) + body)


def exim(folder):
  where = f"{folder}/exim/spool/input"
  return {name[:-2]: exim_file(f"{where}/{name[:-2]}") for name in os.listdir(where) if name.endswith("-H")}


# --- OpenSMTPD: a folder a mail, with `message` and an envelope a recipient


def smtpd_folder(path):
  sender, rcpts = None, []
  for name in os.listdir(path):
    with open(f"{path}/{name}", "rb") as f:
      octets = f.read()
    if name == "message":
      body = octets
      continue
    fields = dict(line.split(b": ", 1) if b": " in line else (line.rstrip(b":"), b"") for line in octets.splitlines())
    sender = fields[b"sender"]
    rcpts.append(fields[b"rcpt"])
  return Held(sender, rcpts, body[own_header(body):])


def smtpd(folder):
  where = f"{folder}/view/var-spool/smtpd/queue"
  found = {}
  for part in os.listdir(where):
    for name in os.listdir(f"{where}/{part}"):
      found[name] = smtpd_folder(f"{where}/{part}/{name}")
  return found


NAMES = {"192.0.2.25": "postfix", "192.0.2.26": "exim", "192.0.2.27": "smtpd"}


def read(folder):
  """Everything that the three hold: {(server, queue id): Held}."""
  return {(name, key): mail for name in NAMES.values() for key, mail in globals()[name](folder).items()}
