#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Judges what an appliance recorded that did not get its CPU.

    starved.py EVE_JSON EXPECTED_MAILS BACKLOG_DROPS

Where nothing was lost in front of it, no mail may have a hole or a doubt. BACKLOG_DROPS: what the kernel dropped
before the ports saw it. Prints a line a check and "judged: N passed, N failed".
"""
import collections
import json
import sys

# Of the stop record: what passed the server, but never came to us, excuses holes. What we took we may not lose: the
# rings of kernel interfaces are longer than ours.
EXCUSES = ("rx_port_missed",)
LOSSES = ("rx_no_mbuf", "rx_ring_full", "tcp_no_connection")
DOUBTS = {"unacked", "overlap_differs", "gap", "hold_full", "joined_late", "one_sided", "out_of_step", "reply_missing",
  "reply_surplus", "cut_by_stop", "no_mail_from", "no_helo"}

failed = passed = 0


def check(what, well, detail=""):
  global failed, passed
  passed, failed = passed + bool(well), failed + (not well)
  print(f"{'ok   ' if well else 'FAIL '} {what}{'' if well else f': {detail}'}")


def doubts(tap):
  return (DOUBTS & set(tap.get("odd", []))) | ({"gaps"} if tap.get("gaps") else set()) | (
    set() if tap["complete"] else {"incomplete"})


def main():
  with open(sys.argv[1], encoding="utf-8") as f:
    events = [json.loads(line) for line in f]
  mails = [e["mailtap"] for e in events if e["event_type"] == "smtp"]
  stop = [e["mailtap"] for e in events if e["event_type"] == "mailtap" and e["mailtap"]["kind"] == "stop"][-1]
  lost = {name: stop["counters"][name] for name in EXCUSES if stop["counters"][name]}
  if int(sys.argv[3]):
    lost["backlog"] = int(sys.argv[3])
  doubted = collections.Counter(d for m in mails for d in doubts(m))
  print(f"{len(mails)} mails, lost {lost}, in doubt {dict(doubted)}")
  check(f"at least {sys.argv[2]} mails were captured", len(mails) >= int(sys.argv[2]), len(mails))
  check("each was accepted", all(m["outcome"] == "accepted" for m in mails) or lost,
    collections.Counter(m["outcome"] for m in mails))
  check("none has a hole or a doubt where nothing was lost", not doubted or lost, dict(doubted))
  own = {name: stop["counters"][name] for name in LOSSES if stop["counters"][name]}
  check("nothing was dropped that had been taken", not own, own)
  check("the ledger is balanced", stop["ledger"]["balanced"] is True)
  print(f"judged: {passed} passed, {failed} failed")
  return 1 if failed else 0


sys.exit(main())
