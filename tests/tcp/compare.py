#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Holds what mailtap stored against what the kernel's TCP gave its reader.

    compare.py DIR [--totals FILE] [--keep DIR2] [--show N]

DIR has plan, truth and contents (see tests/tcp/listener.h), and mailtap's spool/ and eml/. A mail
that the server took whole must be stored as it was, or bear a mark; a mail without a mark must be
what the server took; and where no octets differed there must be no mark. Adds its counts to FILE; the captures of connections that differ silently go
to DIR2. Ends with "N passed, N failed".
"""
import argparse
import collections
import json
import os
import sys

import kinds

# The marks that say: what is stored may not be what the server took.
DOUBTS = {"overlap_differs", "gap", "hold_full", "joined_late", "one_sided", "unacked", "urgent"}
# Where the tap missed octets, or a connection seemed to end, these say so, too.
HOLES = {"out_of_step", "incomplete"}
EXCUSES = {"PLAIN": DOUBTS, "DEAD": DOUBTS, "OPEN": DOUBTS | {"incomplete"}, "HOLE": DOUBTS | HOLES}


class Truth:
    def __init__(self, whole, octets, order):
        self.whole, self.octets, self.order = whole, octets, order


def address(text):
    return text[7:] if text.startswith("::ffff:") else text


def read_truth(folder):
    truths = collections.defaultdict(list)
    with open(os.path.join(folder, "contents"), "rb") as f:
        contents = f.read()
    with open(os.path.join(folder, "truth"), encoding="ascii") as f:
        for line in f:
            who, port, _, order, whole, offset, length = line.split()
            octets = contents[int(offset):int(offset) + int(length)]
            truths[(address(who), int(port))].append(Truth(whole == "1", octets, int(order)))
    for mails in truths.values():
        mails.sort(key=lambda t: t.order)
    return truths


def read_plan(folder):
    plan = {}
    with open(os.path.join(folder, "plan"), encoding="ascii") as f:
        for line in f:
            words = line.split()
            plan[(words[0], int(words[1]))] = (int(words[3]), words[4].strip(",").split(",") if len(words) > 4 else [])
    return plan


class Record:
    def __init__(self, record, folder):
        tap = record["mailtap"]
        self.odd = set(tap.get("odd", ()))
        self.doubts = self.odd & (DOUBTS | HOLES) | ({"gap"} if tap.get("gaps") else set())
        self.outcome, self.complete = tap["outcome"], tap["complete"]
        try:
            with open(os.path.join(folder, "eml", tap["id"] + ".eml"), "rb") as f:
                self.octets = f.read()
        except OSError:
            self.octets = None


def read_records(folder):
    records, told, stop = collections.defaultdict(list), collections.defaultdict(set), {}
    with open(os.path.join(folder, "spool", "eve.json"), encoding="utf-8") as f:
        for line in f:
            record = json.loads(line)
            if record["event_type"] == "smtp":
                records[(kinds.plain(record["src_ip"]), record["src_port"])].append(Record(record, folder))
            elif record.get("mailtap", {}).get("kind") == "session":
                who = (kinds.plain(record["src_ip"]), record["src_port"])
                told[who] |= set(record["mailtap"].get("odd", ())) & (DOUBTS | HOLES)
            elif record.get("mailtap", {}).get("kind") == "stop":
                stop = record["mailtap"]
    return records, told, stop


def is_same(truth, record):
    if record.octets is None:
        return False
    if truth.whole:
        # A connection may be cut off before its last reply is seen, or sent.
        return record.octets == truth.octets and record.complete and record.outcome != "refused"
    # What a reader gets of a mail that is cut off may end before or behind what a tap sees of it.
    n = min(len(record.octets), len(truth.octets))
    return record.octets[:n] == truth.octets[:n] and not (record.complete and record.outcome == "accepted")


def judge(truths, records, told, excuses):
    """Of one connection: (how it went, the doubts its mails bear, what differs silently). `told`: what
    is said of the connection itself, which counts where a mail is missing."""
    doubts = set().union(*(r.doubts for r in records))
    left, missed, faults = list(records), [], []
    for nth, truth in enumerate(truths):
        same = next((r for r in left if is_same(truth, r)), None)
        if same is not None:
            left.remove(same)
        elif truth.whole:
            missed.append((nth, truth))
    # What is left over on both sides belongs together, in its order.
    for nth, truth in missed:
        record = left.pop(0) if left else None
        what = f"mail {nth} of {len(truths)}: {describe(truth, record)}"
        marks = record.doubts | ({"incomplete"} if not record.complete else set()) if record else doubts | told
        faults.append((what, marks))
    for record in left:
        if record.complete and record.outcome == "accepted":
            faults.append((f"a mail that the server did not take: {len(record.octets or b'')} octets", record.doubts))
        elif not any(is_same(t, record) for t in truths if not t.whole) and any(not t.whole for t in truths):
            faults.append(("the beginning of a mail differs", record.doubts))
    silent = [what for what, marks in faults if not marks & excuses]
    return ("silent" if silent else "differs" if faults else "equal"), doubts, silent


def describe(truth, record):
    if record is None:
        return f"{len(truth.octets)} octets, no record"
    if record.octets is None:
        return "no file"
    at = next((i for i, (a, b) in enumerate(zip(truth.octets, record.octets)) if a != b),
              min(len(truth.octets), len(record.octets)))
    return (f"{len(truth.octets)} octets, stored {len(record.octets)}, {record.outcome}, complete={record.complete}, "
            f"from {at}: {truth.octets[at:at + 24]!r} stored as {record.octets[at:at + 24]!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--totals", help="JSON file of counts to add to")
    parser.add_argument("--keep", help="folder for captures of connections that differ silently")
    parser.add_argument("--show", type=int, default=20, help="faults to print")
    parser.add_argument("--live", action="store_true", help="two legs, which may be apart")
    a = parser.parse_args()
    totals = kinds.Totals(a.totals)
    plan, truths = read_plan(a.folder), read_truth(a.folder)
    records, told, stop = read_records(a.folder)
    passed, faults, kept = 0, [], {}
    for who, (number, suffered) in plan.items():
        worst = kinds.worst(suffered)
        how, doubts, silent = judge(truths.get(who, []), records.get(who, []), told.get(who, set()), EXCUSES[worst])
        whole = sum(t.whole for t in truths.get(who, []))
        totals.add(suffered, how, doubts, whole)
        name = f"{number} {who[0]} {who[1]} ({','.join(suffered)})"
        faults += [f"{name}: {what}" for what in silent]
        # On a machine with much else to do an acknowledgement may come later than mailtap waits for it.
        excused = {"unacked"}
        doubted = worst == "PLAIN" and not silent and (doubts - excused or how != "equal")
        if doubted:
            faults.append(f"{name}: nothing differed, yet it is doubted: {how} {' '.join(sorted(doubts))}")
        if silent or doubted:
            kept[who] = number
        else:
            passed += 1
    if not stop.get("ledger", {}).get("balanced"):
        faults.append("the ledger is not balanced")
        kept[None] = 0
    for fault in faults[:a.show]:
        print("FAIL " + fault)
    if a.keep and kept:
        kinds.keep(os.path.join(a.folder, "capture.pcap"), a.keep, kept)
    totals.write()
    print(f"{passed} passed, {len(kept)} failed")
    return 1 if kept else 0


if __name__ == "__main__":
    sys.exit(main())
