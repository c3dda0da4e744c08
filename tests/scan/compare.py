#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compares the hits of the pre-scan with a plain search over the stored mails.

    compare.py [--alerts] EVE_JSON EML_DIR SIGNATURES

Each record of a complete mail has its hits in mailtap.scan and its content in EML_DIR/ID.eml; the set
of (signature, scope) must be that of Python's own search. --alerts: there is an alert record for each
hit, too, and for nothing else. SIGNATURES is what signatures.py made. Prints a line for each mail that
differs, and "compared: N passed, N failed"; a pass is a mail.
"""
import argparse
import collections
import json
import os
import re
import sys

FLAGS = {"caseless": re.IGNORECASE, "dotall": re.DOTALL, "multiline": re.MULTILINE}
HEADER_END = re.compile(rb"(?:\A|\n)\r?\n")


class Signature:
    def __init__(self, made):
        self.id, self.scopes = made["id"], made["in"]
        flags = sum(FLAGS[f] for f in made.get("flags", []))
        self.octets = self.pattern = None
        if "pattern" in made:
            self.pattern = re.compile(made["pattern"].encode(), flags)
        else:
            self.octets = bytes.fromhex(made["hex"]) if "hex" in made else made["literal"].encode()

    def is_in(self, text):
        if self.octets is not None:
            return self.octets in text
        return bool(text) and self.pattern.search(text) is not None


def signatures_of(path):
    with open(path, encoding="utf-8") as f:
        return [Signature(json.loads(line[2:])) for line in f if line.startswith("- ")]


def plain_search(signatures, text):
    end = HEADER_END.search(text)
    at = end.end() if end else len(text)
    scopes = {"raw": text, "header": text[:at], "body": text[at:]}
    return {(s.id, scope) for s in signatures for scope in s.scopes if s.is_in(scopes[scope])}


def records_of(path):
    """Records of mails, and the alerts of each: a set of (signature, scope)."""
    mails, alerts = [], collections.defaultdict(set)
    with open(path, encoding="utf-8") as f:
        for line in f:
            record = json.loads(line)
            if record["event_type"] == "smtp":
                mails.append(record["mailtap"])
            elif record["event_type"] == "alert":
                alerts[record["mailtap"]["id"]].add((record["alert"]["signature_id"], record["mailtap"]["scan"][0]["scope"]))
    return mails, alerts


def difference(want, got, what):
    faults = [f"{s} not in {what}" for s in sorted(want - got)] + [f"{s} only in {what}" for s in sorted(got - want)]
    return faults[:3]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", action="store_true", help="alert records must be the same")
    parser.add_argument("eve")
    parser.add_argument("eml")
    parser.add_argument("signatures")
    args = parser.parse_args()
    signatures = signatures_of(args.signatures)
    mails, alerts = records_of(args.eve)
    passed = failed = hits = left_out = 0
    for mail in mails:
        path = os.path.join(args.eml, mail["id"] + ".eml")
        if not mail["complete"] or not os.path.exists(path):
            left_out += 1
            continue
        with open(path, "rb") as f:
            want = plain_search(signatures, f.read())
        told = [(hit["signature_id"], hit["scope"]) for hit in mail.get("scan", [])]
        faults = difference(want, set(told), "the record")
        if len(told) != len(set(told)):
            faults.append("a hit is told twice")
        if args.alerts:
            faults += difference(want, alerts[mail["id"]], "the alerts")
        hits += len(want)
        failed += bool(faults)
        passed += not faults
        if faults:
            print(f"FAIL  {mail['id']}: {'; '.join(faults)}")
    print(f"{hits} hits of {len(signatures)} signatures; {left_out} mails incomplete or not stored")
    print(f"compared: {passed} passed, {failed} failed")
    return failed > 0 or passed == 0


sys.exit(main())
