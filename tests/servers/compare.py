#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Holds what mailtap stored against what the mail servers have in their queues, in both directions.

    compare.py SERVERS_DIR SPOOL EML_DIR SERVER_LEG [SHOWN]

SERVERS_DIR: the work folder of servers.sh, with the clients' *.notes. A mail is found by the id that the server's reply
named; SERVER_LEG is the recorded direction of the servers, to tell a reply that nobody could see from one that was
missed. changes.py says what may differ and why. Prints a line a check, SHOWN (5) differences in full, and at the end
"compared: N passed, N failed".
"""
import collections
import glob
import hashlib
import json
import re
import sys

import changes
import queues

# What the tap may only say when it missed something, which this link gives it no cause to.
DOUBTS = {"unacked", "overlap_differs", "gap", "hold_full", "joined_late", "one_sided", "cut_by_stop"}

failed = passed = 0


def check(what, faults):
  global failed, passed
  if faults:
    failed += 1
    print(f"FAIL  {what}: {len(faults)} times, such as {', '.join(map(str, faults[:5]))}")
  else:
    passed += 1
    print(f"ok    {what}")


def path(text):
  """An address without what servers may change in it."""
  text = text.decode("latin-1") if isinstance(text, bytes) else text or ""
  text = re.sub(r"^<(@[^:>]*:)?|>$", "", text).replace('"', "").lower()
  return "" if text == "@" else text


class Mail:
  """One record of mailtap's with its content."""

  def __init__(self, event, eml):
    self.smtp, self.tap = event["smtp"], event["mailtap"]
    self.kind, self.outcome = queues.NAMES[event["dest_ip"]], self.tap["outcome"]
    self.key = (self.kind, self.tap.get("queue_id"))
    self.sender = path(self.smtp.get("mail_from"))
    self.port, self.flow = event["src_port"], event["flow_id"]
    with open(f"{eml}/{self.tap['id']}.eml", "rb") as f:
      self.body = f.read()

  def __str__(self):
    return f"{self.kind}/{self.tap.get('queue_id')} (port {self.port}, {self.tap['id']})"

  def token(self):
    found = re.search(rb"X-Token: (\S+)", self.body)
    return found and found[1].decode("latin-1")

  def has(self, odd):
    return odd in self.tap.get("odd", [])

  def is_sound(self):
    return len(self.body) == self.tap["size"] and hashlib.sha256(self.body).hexdigest() == self.tap["sha256"]

  def as_queued(self):
    """What the server's queue may hold if it took these octets."""
    change = getattr(changes, self.kind)
    ways = [self.body]
    if self.has("bare_lf") and self.tap["carried"] == "DATA":
      ways.append(re.sub(rb"(?<!\r)\n\.", b"\n", self.body))
    return [change(way, self.tap["carried"]) for way in ways]

  def is_what_was_taken(self, held):
    return held.body in self.as_queued()

  def may_be(self, held):
    """The same where no reply tells whether an odd end of data was one: then the record has what stands behind it too,
    is incomplete and says dot_in_doubt."""
    doubt = self.has("dot_in_doubt") and not self.tap["complete"]
    return self.is_what_was_taken(held) or doubt and any(way.startswith(held.body) for way in self.as_queued())

  def lines(self):
    """The octets as Exim keeps lines of a body."""
    return self.body.replace(b"\r\n", b"\n")

  def is_end_of(self, first, held):
    """The end of a mail that the server went on with although it had agreed to RSET: it begins with what the record before
    this one has, which has its envelope."""
    return (self.kind == "exim" and self.has("reset_undone") and self.has("no_mail_from") and not self.tap["complete"] and
      first.flow == self.flow and first.tap["carried"] == "BDAT" and first.outcome != "accepted" and
      first.sender == path(held.sender) and first.taken_rcpts() == set(map(path, held.rcpts)) and
      len(first.lines()) + len(self.lines()) < len(held.body) and
      held.body.startswith(first.lines()) and held.body.endswith(self.lines()))

  def taken_rcpts(self):
    return set(map(path, self.smtp.get("rcpt_to", [])))


class Spool:
  def __init__(self, folder, eml):
    with open(f"{folder}/eve.json", encoding="utf-8") as f:
      events = [json.loads(line) for line in f]
    self.mails = [Mail(e, eml) for e in events if e["event_type"] == "smtp"]
    self.stops = [e["mailtap"] for e in events if e["event_type"] == "mailtap" and e["mailtap"]["kind"] == "stop"]
    self.taken = collections.defaultdict(list)
    for mail in self.mails:
      if mail.outcome == "accepted":
        self.taken[mail.key].append(mail)
    self.undone = [] # mails told again by their ends
    self.begun = [] # and what was told of them before

  def pair_undone(self, held):
    last = {}
    for mail in self.mails:
      first, last[mail.flow] = last.get(mail.flow), mail
      if first and mail.key in held and mail.is_end_of(first, held[mail.key]):
        self.undone.append(mail)
        self.begun.append(first)

  def unanswered(self, key, held):
    """The one record without a final reply that is this mail, if it is there. Where the reply to MAIL was not there to be
    seen either, its sender cannot be known, and the record says so."""
    return [m for m in self.mails if m.outcome == "unknown" and m.kind == key[0] and m.may_be(held) and
      (m.sender == path(held.sender) or m.has("no_mail_from"))]


def difference(mail, held):
  got, want = mail.as_queued()[-1], held.body
  at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
  print(f"  {mail} {mail.tap['carried']} {mail.tap.get('odd', [])}: {len(want)} octets, {len(got)} expected, differ at {at}")
  print(f"    queue   {want[max(0, at - 60):at + 90]!r}")
  print(f"    mailtap {got[max(0, at - 60):at + 90]!r}")


def read_notes(folder):
  notes = {}
  for name in glob.glob(f"{folder}/*.notes"):
    with open(name, encoding="utf-8") as f:
      notes.update((note["token"], note) for note in map(json.loads, f))
  return notes


def compare_queues(held, spool, leg, shown):
  unseen = [key for key in held if key not in spool.taken and key[1].encode() not in leg]
  check("each mail in a queue was captured as accepted", [k for k in held if k not in spool.taken and k not in unseen])
  check("those whose reply nobody could see are there as unknown", [k for k in unseen if not spool.unanswered(k, held[k])])
  check("no mail was captured twice", [str(m[0]) for m in spool.taken.values() if len(m) > 1])
  check("each mail captured as accepted is in its queue", [str(m[0]) for k, m in spool.taken.items() if k not in held])
  both = [(mails[0], held[key]) for key, mails in spool.taken.items() if key in held and len(mails) == 1 and
    mails[0] not in spool.undone]
  differ = [(mail, truth) for mail, truth in both if not mail.is_what_was_taken(truth)]
  check("each is octet for octet what the server took", [str(mail) for mail, _ in differ])
  for mail, truth in differ[:shown]:
    difference(mail, truth)
  check("each has the server's sender", [str(m) for m, truth in both if m.sender != path(truth.sender)])
  check("each has the server's recipients",
    [str(m) for m, truth in both if set(map(path, m.smtp["rcpt_to"])) != set(map(path, truth.rcpts))])
  return len(unseen)


def compare_records(held, spool):
  accepted = [mail for mails in spool.taken.values() for mail in mails if mail not in spool.undone]
  check("each accepted one is complete", [str(m) for m in accepted if not m.tap["complete"] or m.tap.get("gaps")])
  check("none is in doubt", [str(m) for m in accepted if DOUBTS & set(m.tap.get("odd", []))])
  check("each has the size and hash of its record", [str(m) for m in spool.mails if not m.is_sound()])
  queued = {path(truth.sender) for truth in held.values()} - {""}
  check("no mail that was refused is in a queue", [str(m) for m in spool.mails if m.outcome == "refused" and m.sender in queued and
    m not in spool.begun])


def compare_notes(spool, notes):
  """What the clients know for certain of what they sent and of what was said to it."""
  known = [(mail, notes[mail.token()]) for mail in spool.mails if mail.token() in notes]
  check("each is octet for octet what the client sent",
    [str(m) for m, note in known if note["exact"] and m.outcome == "accepted" and hashlib.sha256(m.body).hexdigest() != note["sha256"]])
  check("each has the outcome that the client was told", [str(m) for m, note in known if note["code"] and
    note["code"] // 100 != {"accepted": 2, "unknown": 0}.get(m.outcome, note["code"] // 100 if note["code"] >= 400 else 0)])
  return len(known)


def main():
  folder, spool, eml, leg = sys.argv[1:5]
  held = queues.read(folder)
  spool = Spool(spool, eml)
  spool.pair_undone(held)
  with open(leg, "rb") as f:
    unseen = compare_queues(held, spool, f.read(), int(sys.argv[5]) if len(sys.argv) > 5 else 5)
  compare_records(held, spool)
  known = compare_notes(spool, read_notes(folder))
  check("the ledger is balanced", [] if [stop["ledger"]["balanced"] for stop in spool.stops] == [True] else ["the stop record"])
  by = collections.Counter(kind for kind, _ in held)
  outcomes = collections.Counter(mail.outcome for mail in spool.mails)
  print(f"mails in the queues: {dict(by)}, {unseen} of them without a reply on the wire; in the spool: {dict(outcomes)}; "
    f"{known} known to the clients")
  check("mails were taken by each server", [name for name in queues.NAMES.values() if not by[name]])
  print(f"compared: {passed} passed, {failed} failed")
  return 1 if failed else 0


sys.exit(main())
