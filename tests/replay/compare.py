#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Holds the records of a replay against the truth file of mailtap-generate.

    compare.py SPOOL TRUTH [--eml DIR]

Every mail must be whole, or marked with exactly the holes that the loss made; a mail whose
dialogue was damaged may be missing or unsure, but never wrong without a mark. Prints a line per
fault (the first 20) and a sum, and ends with "compare: N passed, N failed".
"""
import argparse
import collections
import hashlib
import json
import os
import sys


def read_records(spool):
    mails, stop = collections.defaultdict(list), None
    with open(os.path.join(spool, "eve.json"), encoding="utf-8") as f:
        for line in f:
            record = json.loads(line)
            if record["event_type"] == "smtp":
                mails[(record["src_ip"], record["src_port"])].append(record)
            elif record["event_type"] == "mailtap" and record["mailtap"].get("kind") == "stop":
                stop = record["mailtap"]
    return mails, stop


def take(candidates, truth):
    """The record of this mail: by sender, or by sha256 where the sender was lost."""
    for wanted in (lambda r: r.get("smtp", {}).get("mail_from") == truth["from"],
                   lambda r: r["mailtap"]["sha256"] in (truth["sha256"], truth.get("seen_sha256")),
                   lambda r: not r.get("smtp", {}).get("mail_from") and r["tx_id"] == truth["tx"]):
        for i, record in enumerate(candidates):
            if wanted(record):
                return candidates.pop(i)
    return None


def content_faults(record, truth):
    tap = record["mailtap"]
    gaps = [[g["at"], g["offset"], g["length"]] for g in tap["gaps"]]
    if "content" not in truth["damaged"]:
        whole = tap["complete"] and tap["sha256"] == truth["sha256"] and tap["size"] == truth["size"]
        return [] if whole else [f"not whole: {tap['size']} of {truth['size']} octets, gaps {gaps}"]
    if tap["complete"]:
        return ["said to be complete, but octets were lost"]
    if not truth["exact"]:
        return []
    faults = [] if gaps == truth["gaps"] else [f"gaps {gaps}, want {truth['gaps']}"]
    if (tap["size"], tap["sha256"]) != (truth["seen_size"], truth["seen_sha256"]):
        faults.append(f"{tap['size']} octets that differ from the {truth['seen_size']} seen")
    return faults


def strict_faults(record, truth):
    tap, faults = record["mailtap"], content_faults(record, truth)
    taken = [to for to, code in truth["rcpts"] if code == 250]
    if record["smtp"].get("mail_from") != truth["from"] or record["smtp"].get("rcpt_to") != taken:
        faults.append("the envelope differs")
    if [[r["to"], r.get("code")] for r in tap["rcpts"]] != truth["rcpts"]:
        faults.append(f"recipients {tap['rcpts']}, want {truth['rcpts']}")
    want = "unknown" if "reply" in truth["damaged"] else truth["outcome"]
    if tap["outcome"] not in (want, truth["outcome"]):
        faults.append(f"outcome {tap['outcome']}, want {want}")
    if want == "accepted" and tap.get("queue_id") != truth["queue_id"]:
        faults.append(f"queue id {tap.get('queue_id')}, want {truth['queue_id']}")
    return faults


def unsure_faults(record, truth):
    """The dialogue itself has holes: the record must not be certain of something false."""
    tap = record["mailtap"]
    if tap["complete"] and tap["sha256"] != truth["sha256"]:
        return ["said to be complete, and is not"]
    if tap["outcome"] not in ("unknown", truth["outcome"]):
        return [f"outcome {tap['outcome']} was {truth['outcome']}"]
    return []


def file_faults(record, eml):
    tap = record["mailtap"]
    if eml is None or not tap["stored"]:
        return []
    try:
        with open(os.path.join(eml, tap["id"] + ".eml"), "rb") as f:
            octets = f.read()
    except OSError as e:
        return [f"no file: {e.strerror}"]
    return [] if hashlib.sha256(octets).hexdigest() == tap["sha256"] else ["the file is not what its record says"]


def compare(mails, truths, eml):
    """Faults, and counts by kind."""
    faults, counts, touched = [], collections.Counter(), set()
    for truth in truths:
        # A loss between two mails of a connection may be told of either.
        who = (truth["client"], truth["client_port"])
        if {"envelope", "reply"} & set(truth["damaged"]) or ("content" in truth["damaged"] and not truth["exact"]):
            touched.add(who)
    for truth in truths:
        who = (truth["client"], truth["client_port"])
        record = take(mails[who], truth)
        if record is None:
            counts["missing"] += 1
            if who not in touched:
                faults.append(f"{who} {truth['from']}: missing")
            continue
        why = (unsure_faults if who in touched else strict_faults)(record, truth) + file_faults(record, eml)
        counts["unsure" if who in touched else "with holes" if truth["damaged"] else "whole"] += 1
        faults += [f"{who} {truth['from']}: {w}" for w in why[:2]]
    for who, left in mails.items():
        counts["surplus"] += len(left)
        if who not in touched:
            faults += [f"{who}: a mail too many: {r.get('smtp')}" for r in left]
    return faults, counts


def compare_files(spool, truth, eml):
    """The same for what lies on disk, and the ledger with it."""
    mails, stop = read_records(spool)
    with open(truth, encoding="utf-8") as f:
        faults, counts = compare(mails, [json.loads(line) for line in f], eml)
    if not stop or stop.get("ledger", {}).get("balanced") is not True:
        faults.append("the ledger is not balanced")
    return faults, counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spool")
    parser.add_argument("truth")
    parser.add_argument("--eml", help="check these files, too")
    a = parser.parse_args()
    faults, counts = compare_files(a.spool, a.truth, a.eml)
    for fault in faults[:20]:
        print("FAIL " + fault)
    print(", ".join(f"{n} {kind}" for kind, n in counts.items()))
    print(f"compare: {max(0, sum(counts.values()) - counts['surplus'] - len(faults))} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
