#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Talks to a mail server in every way a client may and may not, many connections at a time.

    client.py KIND ADDRESS TRIES SEED NOTES PARALLEL

KIND: postfix, exim or smtpd. TRIES: at something like a mail, altogether. NOTES: a file that gets one JSON line a mail
whose content is certain. The same seed says the same as long as the server answers the same.
"""
import json
import random
import sys
import threading
import time

import talk


def plan(kind, mails, seed):
  """The connections, each with a random source of its own so that their order does not matter."""
  number = 0
  while mails > 0:
    name = "%s.%d.%d" % (kind[0], seed, number)
    rnd = random.Random(name)
    count = min(mails, rnd.choice([1, 1, 2, 4, 8, 16]))
    mails -= count
    number += 1
    yield name, rnd, count


class Crew:
  def __init__(self, kind, address, mails, seed, notes):
    self.kind, self.address, self.notes = kind, address, notes
    self.todo = plan(kind, mails, seed)
    self.lock = threading.Lock()
    self.said = self.connections = self.timeouts = self.unreached = 0
    self.tries, self.shown = mails, time.monotonic()

  def note(self, what):
    with self.lock:
      self.notes.write(json.dumps(what) + "\n")

  def done(self, count, timeouts):
    with self.lock:
      self.said += count
      self.connections += 1
      self.timeouts += timeouts
      if time.monotonic() - self.shown > 30:
        self.shown = time.monotonic()
        print(f"{self.kind}: {self.said} of {self.tries} tried, {self.connections} connections", flush=True)

  def reach(self, name, rnd):
    """A server that is just being started again gets a few seconds."""
    state = rnd.getstate()
    for _ in range(50):
      try:
        rnd.setstate(state)
        return talk.Talk(rnd, self.kind, self.address, name.encode(), self.note)
      except OSError:
        time.sleep(0.1)
    with self.lock:
      self.unreached += 1
    return None

  def work(self):
    while True:
      with self.lock:
        job = next(self.todo, None)
      if job is None:
        return
      name, rnd, count = job
      talker = self.reach(name, rnd)
      if talker:
        self.done(count, talker.run(count))


def main():
  kind, address, path = sys.argv[1], sys.argv[2], sys.argv[5]
  tries, seed, parallel = int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[6])
  with open(path, "w", encoding="utf-8") as notes:
    crew = Crew(kind, address, tries, seed, notes)
    threads = [threading.Thread(target=crew.work) for _ in range(parallel)]
    for thread in threads:
      thread.start()
    for thread in threads:
      thread.join()
  print(f"{kind}: {crew.said} tried on {crew.connections} connections, {crew.timeouts} replies did not come, "
    f"{crew.unreached} connections failed")
  return 1 if crew.unreached or not crew.said else 0


sys.exit(main())
