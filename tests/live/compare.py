#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compares what mailtap stored with what the mail server took.

    compare.py POSTFIX_DIR EVE_JSON EML_DIR [EXPECTED_ACCEPTED]

Joined by the server's queue id. A mail of the server's store is what it accepted, plus the headers it
puts in front, with LF for CRLF. Prints a line a check and "compared: N passed, N failed".
"""
import collections
import hashlib
import json
import os
import re
import sys

QUEUED = re.compile(r"qmgr\[\d+\]: (\w+): from=<(.*?)>, .*\(queue active\)")
REJECTED = re.compile(r"cleanup\[\d+\]: \w+: reject: header ")
RECEIVED = re.compile(rb"\(Postfix\)\s+with E?SMTP(S?) id (\w+)")
# What the tap may only say when it missed something, which this link gives it no cause to.
DOUBTS = {"unacked", "overlap_differs", "gap", "hold_full", "joined_late", "one_sided", "out_of_step", "reply_missing",
  "reply_surplus", "cut_by_stop", "no_mail_from", "no_helo"}
OWN = re.compile(rb"(Return-Path|X-Original-To|Delivered-To|Received): ?((?:.*\n)(?:[ \t].*\n)*)")

failed = passed = 0


def check(what, faults):
  global failed, passed
  if faults:
    failed += 1
    print(f"FAIL  {what}: {len(faults)} times, such as {faults[0]}")
  else:
    passed += 1
    print(f"ok    {what}")


class Copy:
  """One delivered copy: the server's headers in front, then the mail as it came."""

  def __init__(self, path):
    with open(path, "rb") as f:
      text = f.read()
    self.fields, at = {}, 0
    while "Received" not in self.fields:
      field = OWN.match(text, at)
      if not field:
        break
      self.fields[field[1].decode()] = field[2]
      at = field.end()
    self.body = text[at:]
    named = RECEIVED.search(self.fields.get("Received", b""))
    self.queue_id = named[2].decode() if named else f"no id in {path}"
    self.dark = bool(named and named[1])
    self.rcpt = self.fields.get("Delivered-To", b"").strip().decode()


def server_log(folder):
  with open(f"{folder}/log/mail.log", errors="replace") as f:
    lines = f.readlines()
  queued = {m[1]: m[2] for m in map(QUEUED.search, lines) if m}
  return queued, sum(1 for line in lines if REJECTED.search(line))


def server_store(folder):
  copies = collections.defaultdict(list)
  for part in ("new", "cur"):
    where = f"{folder}/store/box/{part}"
    for name in os.listdir(where) if os.path.isdir(where) else []:
      copy = Copy(f"{where}/{name}")
      copies[copy.queue_id].append(copy)
  return copies


def tap_records(path):
  with open(path, encoding="utf-8") as f:
    events = [json.loads(line) for line in f]
  own = [e["mailtap"] for e in events if e["event_type"] == "mailtap"]
  mails = [e for e in events if e["event_type"] == "smtp"]
  sessions = [tap for tap in own if tap["kind"] == "session"]
  return mails, sessions, [tap for tap in own if tap["kind"] == "stop"]


class Stored:
  """What mailtap wrote of a mail, with what its record says of it."""

  def __init__(self, event, eml):
    self.smtp, self.tap = event["smtp"], event["mailtap"]
    with open(f"{eml}/{self.tap['id']}.eml", "rb") as f:
      self.body = f.read()

  def is_whole(self):
    return self.tap["complete"] and not self.tap.get("gaps")

  def is_as_recorded(self):
    return len(self.body) == self.tap["size"] and hashlib.sha256(self.body).hexdigest() == self.tap["sha256"]

  def is_what_was_taken(self, copies):
    """The server stores LF for CRLF. For it a bare LF ends a line as well, so that a dot behind one is undone
    too; the tap leaves those, and says bare_lf."""
    body = self.body
    if self.has("bare_lf"):
      body = re.sub(rb"(?<!\r)\n\.", b"\n", body)
    body = body.replace(b"\r\n", b"\n")
    return all(body == copy.body for copy in copies)

  def tells_line_ends(self):
    """The half that the store cannot show: no LF without its CR, but where the record says so."""
    bare = self.body.count(b"\n") != self.body.count(b"\r\n")
    return bare == self.has("bare_lf") or self.tap["carried"] == "BDAT"

  def has(self, odd):
    return odd in self.tap.get("odd", [])


def path(text):
  return text.strip("<>") if text is not None else None


def compare(queued, store, mails, eml):
  taps = collections.defaultdict(list)
  for mail in mails:
    if mail["mailtap"]["outcome"] == "accepted":
      taps[mail["mailtap"].get("queue_id")].append(mail)
  check("each accepted mail is in the server's store", [q for q in queued if q not in store])
  check("each accepted mail was captured", [q for q in queued if q not in taps])
  check("no mail was captured twice", [q for q in taps if len(taps[q]) != 1])
  check("nothing was captured that the server did not accept", [q for q in taps if q not in queued])
  both = [q for q in queued if q in store and len(taps.get(q, [])) == 1]
  tap = {q: Stored(taps[q][0], eml) for q in both}
  check("each is complete", [q for q in both if not tap[q].is_whole()])
  check("none is in doubt", [q for q in both if DOUBTS & set(tap[q].tap.get("odd", []))])
  check("each has the size and hash of its record", [q for q in both if not tap[q].is_as_recorded()])
  check("each is octet for octet what the server took", [q for q in both if not tap[q].is_what_was_taken(store[q])])
  check("each has its line ends", [q for q in both if not tap[q].tells_line_ends()])
  check("each has the server's sender", [q for q in both if path(tap[q].smtp.get("mail_from")) != queued[q]])
  check("each has the server's recipients",
    [q for q in both if sorted(map(path, tap[q].smtp["rcpt_to"])) != sorted(c.rcpt for c in store[q])])


def main():
  folder, eve, eml = sys.argv[1:4]
  queued, rejected = server_log(folder)
  store = server_store(folder)
  mails, sessions, stops = tap_records(eve)
  dark = [q for q in queued if any(copy.dark for copy in store.get(q, []))]
  for queue_id in dark:
    del queued[queue_id]
  outcomes = collections.Counter(mail["mailtap"]["outcome"] for mail in mails)
  print(f"the server accepted {len(queued)} mails in the clear and {len(dark)} over TLS, and refused {rejected} "
    f"after their content; the tap saw {dict(outcomes)}")
  expected = int(sys.argv[4]) if len(sys.argv) > 4 else 1
  check(f"at least {expected} mails were sent and accepted", [] if len(queued) >= expected else [len(queued)])
  compare(queued, store, mails, eml)
  check("as many refused mails as the server refused",
    [] if outcomes["refused"] == rejected else [f"{outcomes['refused']} for {rejected}"])
  check("no mail without an outcome", [m["mailtap"]["id"] for m in mails if m["mailtap"]["outcome"] == "unknown"])
  told = sum(1 for session in sessions if session["dark"])
  check("each connection that went dark is told", [] if told == len(dark) else [f"{told} for {len(dark)}"])
  balanced = len(stops) == 1 and stops[0]["ledger"]["balanced"] is True
  check("the ledger is balanced", [] if balanced else ["the stop record"])
  print(f"compared: {passed} passed, {failed} failed")
  return 1 if failed else 0


sys.exit(main())
