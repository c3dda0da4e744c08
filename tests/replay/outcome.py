# SPDX-License-Identifier: BSD-3-Clause
"""Compares what a replay left behind with what a case expects. Every function returns faults."""
import copy
import hashlib
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "record"))
import schema

MAIL_KEYS = {"from", "rcpts", "refused", "outcome", "code", "complete", "gaps", "odd", "not-odd", "hop", "size",
             "client", "server", "carried", "tx", "queue", "helo", "stored", "subject", "header-from", "header-to",
             "gap-count"}


class Result:
    def __init__(self, spool, eml):
        self.eml, self.records, self.broken = eml, [], []
        path = os.path.join(spool, "eve.json")
        if os.path.exists(path):
            with open(path, "rb") as f:
                for number, line in enumerate(f, 1):
                    try:
                        self.records.append(json.loads(line.decode("utf-8")))
                    except ValueError as e:
                        self.broken.append(f"eve.json:{number}: {e}")
                        continue
                    fault = schema.fault_of(self.records[-1])
                    self.broken += [f"eve.json:{number}: {fault}"] if fault else []
        self.mails = [r for r in self.records if r.get("event_type") == "smtp"]
        stops = [r["mailtap"] for r in self.records
                 if r.get("event_type") == "mailtap" and r["mailtap"].get("kind") == "stop"]
        self.stop = stops[-1] if stops else None

    def of_client(self, host):
        """What was recorded of that client's connections alone."""
        part = copy.copy(self)
        part.records = [r for r in self.records if r.get("src_ip") == host]
        part.mails = [r for r in self.mails if r.get("src_ip") == host]
        return part

    def balanced(self):
        return ((self.stop or {}).get("ledger") or {}).get("balanced")

    def unbalanced(self):
        """Which sums of the stop record do not close."""
        ledger = (self.stop or {}).get("ledger", {})
        return ", ".join(f"{name}: {one['left']} is not {one['right']}" for name, one in ledger.items()
                         if isinstance(one, dict) and not one.get("closes")) or "no stop record"

    def counter(self, name):
        return find(self.stop, name)

    def content(self, record):
        try:
            with open(os.path.join(self.eml, record["mailtap"]["id"] + ".eml"), "rb") as f:
                return f.read()
        except OSError:
            return None


def find(tree, name):
    """The number of that name, wherever it stands in the record."""
    if isinstance(tree, dict):
        if isinstance(tree.get(name), (int, float)):
            return tree[name]
        found = [find(v, name) for v in tree.values()]
        return next((f for f in found if f is not None), None)
    return None


def gaps_of(text):
    return [tuple(None if x == "?" else int(x) for x in gap.split(":")) for gap in text.split(",") if gap]


def without(text, gaps):
    """The text less the octets in its holes."""
    kept, at = b"", 0
    for _, offset, length in gaps:
        kept += text[at:offset]
        at = offset + length if length is not None else len(text)
    return kept + text[at:]


def facts(record):
    tap, smtp, email = record["mailtap"], record.get("smtp", {}), record.get("email", {})
    reply = tap.get("reply") or {}
    refused = [r["to"] for r in tap.get("rcpts", []) if r.get("code", 0) >= 400]
    return {"from": smtp.get("mail_from", ""), "rcpts": ",".join(smtp.get("rcpt_to", [])), "refused": ",".join(refused),
            "outcome": tap.get("outcome"), "code": str(reply.get("code", "none")),
            "complete": "yes" if tap.get("complete") else "no", "hop": tap.get("hop"), "size": str(tap.get("size")),
            "client": f"{record['src_ip']}:{record['src_port']}", "server": f"{record['dest_ip']}:{record['dest_port']}",
            "carried": tap.get("carried"), "tx": str(record["tx_id"]), "queue": tap.get("queue_id", ""),
            "helo": smtp.get("helo", ""), "stored": "yes" if tap.get("stored") else "no",
            "subject": email.get("subject", ""), "header-from": email.get("from", ""),
            "header-to": ",".join(email.get("to", [])), "gap-count": str(len(tap.get("gaps", [])))}


def content_faults(result, record, text, gaps):
    tap, content = record["mailtap"], result.content(record)
    if not tap.get("stored"):
        return [] if content is None else ["a file although it is not stored"]
    if content is None:
        return ["no .eml file"]
    if len(content) != tap["size"] or hashlib.sha256(content).hexdigest() != tap["sha256"]:
        return ["the .eml file is not what its record says"]
    if text is not None and content != without(text, gaps):
        return [f"content differs: {len(content)} octets {content[:40]!r}"]
    return []


def mail_faults(result, record, wanted, texts):
    name, keys = wanted[1], dict(w.split("=", 1) for w in wanted[2:])
    unknown = set(keys) - MAIL_KEYS
    if unknown:
        return [f"the case asks for unknown fields {unknown}"]
    gaps, have, faults = gaps_of(keys.pop("gaps", "")), facts(record), []
    keys.setdefault("complete", "no" if gaps else "yes")
    if name != "-":
        keys.setdefault("outcome", "accepted")
    odds = set(record["mailtap"].get("odd", []))
    missing = [o for o in keys.pop("odd", "").split(",") if o and not odds & set(o.split("|"))]
    surplus = set(filter(None, keys.pop("not-odd", "").split(","))) & odds
    faults += [f"odd lacks {o}" for o in missing] + [f"odd has {o}" for o in surplus]
    faults += [f"{k} is {have[k]} and not {v}" for k, v in keys.items() if have[k] not in v.split("|")]
    if gaps:
        seen = [(g["at"], g["offset"], g["length"]) for g in record["mailtap"]["gaps"]]
        faults += [f"gaps are {seen}"] if seen != gaps else []
    return faults + content_faults(result, record, None if name == "-" else texts[name], gaps)


def match_mails(result, wanted, texts):
    """Pairs each expected mail with the record that fits it best."""
    left, faults = list(result.mails), []
    for want in wanted:
        tries = [(mail_faults(result, r, want, texts), i) for i, r in enumerate(left)]
        if not tries and want[0] == "mail":
            faults.append(f"mail {want[1]} is missing")
        if not tries:
            continue
        why, best = min(tries, key=lambda t: (len(t[0]), t[1]))
        if why and want[0] == "maybe-mail":
            continue
        faults += [f"mail {want[1]}: {w}" for w in why]
        left.pop(best)
    return faults + [f"a mail too many: {facts(r)}" for r in left]


def lookup(record, path):
    for key in path.split("."):
        if isinstance(record, list):
            record = record[int(key)] if key.isdigit() and int(key) < len(record) else None
        else:
            record = record.get(key) if isinstance(record, dict) else None
    return record


def says(record, path, value):
    """A list says each of its values, and with brackets around them all of them at once."""
    have = lookup(record, path)
    texts = [str(have)] + ([str(h) for h in have] if isinstance(have, list) else [])
    return any(value in text.split("|") or text == value for text in texts)


def record_faults(result, wanted):
    keys = dict(w.split("=", 1) for w in wanted[1:])
    least = int(keys.pop("count", 1))
    hits = [r for r in result.records if all(says(r, k, v) for k, v in keys.items())]
    return [] if len(hits) >= least else [f"{len(hits)} records with {keys}"]


def counter_faults(result, wanted):
    faults = []
    for word in wanted[1:]:
        names, op, value = re.fullmatch(r"([\w|]+)(=|>|<)(\d+)", word).groups()
        found, value = [result.counter(n) for n in names.split("|")], int(value)
        have = None if None in found else sum(found)
        if have is None or not {"=": have == value, ">": have > value, "<": have < value}[op]:
            faults.append(f"counter {names} is {have}, want {op}{value}")
    return faults


def all_mail_faults(case, result, expect):
    for line in expect:
        if line[0] == "mail" and line[1] != "-":
            case.text(line[1])
    wanted = [e for e in expect if e[0] == "mail"] + [e for e in expect if e[0] == "maybe-mail"]
    return match_mails(result, wanted, case.texts)


def check(case, result, run):
    expect = {"exit": 0, "balanced": True}
    faults = list(result.broken)
    for line in case.expect:
        if line[0] == "exit":
            expect["exit"] = int(line[1])
        elif line[0] == "no-run":
            expect["balanced"] = result.balanced()
        elif line[0] == "stderr" and not re.search(line[1], run.stderr.decode(errors="replace")):
            faults.append(f"stderr does not say {line[1]!r}")
        elif line[0] == "record":
            faults += record_faults(result, line)
        elif line[0] == "counter":
            faults += counter_faults(result, line)
    if run.returncode != expect["exit"]:
        tail = run.stderr.decode(errors="replace").strip().splitlines()[-1:] or [""]
        faults.insert(0, f"exit {run.returncode}, want {expect['exit']}: {tail[0]}")
    if result.balanced() is not expect["balanced"]:
        faults.append(f"the ledger is not balanced: {result.unbalanced()}")
    return faults + all_mail_faults(case, result, case.expect)
