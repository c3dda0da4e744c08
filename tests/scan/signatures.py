#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes signatures that mails of a folder do and do not hold, the same ones every time.

    signatures.py [--count N] [--seed N] EML_DIR > signatures.yaml

A line a signature, each JSON behind "- ", so that compare.py reads them without a YAML parser.
"""
import argparse
import json
import os
import random

SCOPES = (["raw"], ["body"], ["header"], ["header", "body"], ["raw", "header", "body"])


def texts_of(folder):
    texts = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".eml"):
            with open(os.path.join(folder, name), "rb") as f:
                texts.append(f.read())
    return [t for t in texts if len(t) > 64]


def escape(octets):
    return "".join(chr(c) if chr(c).isalnum() and c < 128 else f"\\x{c:02x}" for c in octets)


def word(rng):
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(6, 16)))


class Maker:
    def __init__(self, texts, seed):
        self.texts, self.rng = texts, random.Random(seed)

    def piece(self, most=24):
        """Octets of some mail, half of the time from its beginning, where the header is."""
        text = self.rng.choice(self.texts)
        end = min(len(text), 1500) if self.rng.random() < 0.5 else len(text)
        at = self.rng.randrange(end - 8)
        return text[at:at + self.rng.randint(5, most)]

    def octets(self):
        return {"hex": self.piece().hex()}

    def any_case(self):
        return {"pattern": escape(self.piece().swapcase()), "flags": ["caseless"]}

    def apart(self):
        text = self.rng.choice(self.texts)
        at = self.rng.randrange(len(text) - 48)
        a, b = text[at:at + 5], text[at + 5 + self.rng.randrange(30):][:5]
        return {"pattern": f"{escape(a)}.{{0,40}}{escape(b)}", "flags": ["dotall"]}

    def line(self):
        lines = [x for x in self.rng.choice(self.texts).split(b"\n") if len(x) > 6]
        begin = self.rng.choice(lines)[:self.rng.randint(5, 20)] if lines else b"none"
        return {"pattern": "^" + escape(begin), "flags": ["multiline"]}

    def choice(self):
        return {"pattern": f"({escape(self.piece())}|{word(self.rng)}|{escape(self.piece(9))})"}

    def begin(self):
        return {"pattern": "^" + escape(self.rng.choice(self.texts)[:self.rng.randint(2, 9)])}

    def end(self):
        return {"pattern": escape(self.rng.choice(self.texts)[-self.rng.randint(3, 9):]) + "$"}

    def absent(self):
        return {"literal": word(self.rng)}

    def make(self, number):
        kinds = (self.octets, self.octets, self.octets, self.any_case, self.apart, self.line, self.choice,
                 self.begin, self.end, self.absent)
        return {"id": number, "name": f"made {number}", "in": SCOPES[number // len(kinds) % len(SCOPES)],
                **kinds[number % len(kinds)]()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folder", help="of *.eml")
    args = parser.parse_args()
    maker = Maker(texts_of(args.folder), args.seed)
    print("signatures:")
    for number in range(1, args.count + 1):
        print("- " + json.dumps(maker.make(number)))


main()
