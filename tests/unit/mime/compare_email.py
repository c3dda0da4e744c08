#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compares our reading of headers with that of Python's email package.

    compare_email.py SHOW [count] [seed]

SHOW is the program show_headers. Three kinds of headers are made at random: mails composed and
folded by Python itself, subjects of encoded words in many character sets cut anywhere, and address
lists written by hand. Each is read by both, and compared with the text it was made from. What
differs and is Python's doing:

  - It joins the octets of no two words: of characters split between words it is not asked.
  - It keeps blanks between the words of a phrase, and puts some in where it folds: there blanks are
    not compared. Some commas it encodes when it folds, so that they are lost: left out.
  - It takes ks_c_5601-1987 for EUC-KR alone: not asked.
  - It decodes words within quoted strings that hold other text as well; none are made here.

Addresses are compared as pairs of name and address: quotes around them may differ.
"""
import base64
import email
import email.policy
import random
import subprocess
import sys
from email.headerregistry import Address
from email.utils import getaddresses

# (name on the wire, codec, letters)
SETS = [("utf-8", "utf-8", "abc xyz äöüßéñ Привет мир 日本語 你好 안녕 📧€"), ("ISO-8859-1", "latin-1", "abc äöüßéñçà"),
        ("iso-8859-15", "iso-8859-15", "abc €äöü"), ("windows-1251", "cp1251", "abc Приветмир№"),
        ("KOI8-R", "koi8-r", "abc Приветмир"), ("iso-8859-7", "iso-8859-7", "abc Καλημέρα"),
        ("windows-1255", "cp1255", "abc שלוםעולם"), ("windows-1256", "cp1256", "abc مرحبا"),
        ("gb2312", "gb2312", "abc 你好世界中文"), ("GB18030", "gb18030", "abc 你好朱镕基"), ("big5", "big5", "abc 您好世界中文"),
        ("euc-kr", "euc-kr", "abc 안녕하세요"), ("ks_c_5601-1987", "cp949", "abc 펲똠안녕"),
        ("Shift_JIS", "shift_jis", "abc 日本語テスト表ソ"), ("EUC-JP", "euc-jp", "abc 日本語テスト"),
        ("ISO-2022-JP", "iso-2022-jp", "abc 日本語テスト"), ("iso-2022-kr", "iso2022_kr", "abc 안녕하세요"),
        ("tis-620", "tis-620", "abc สวัสดี"), ("iso-8859-2", "iso-8859-2", "abc zażółćgęśląjaźń")]
STATEFUL = {"iso-2022-jp", "iso2022_kr"}
WORDS = "the quick brown fox Re: Fwd: [list] a=b 100% what? a_b (c) x,y \"q\"".split()
NAMES = ["Alice", "Bob", "Doe, J", "Jörg Müller", "O'Brien", "山田太郎", "A. B. C.", "say \"hi\"", "back\\slash",
         "x@y", "[list]", "", "Ünï, cödé", "a  b", "Dr. (med) X", "Привет мир", "semi; colon:"]


class Show:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, octets):
        self.process.stdin.write(b"%d\n" % len(octets) + octets)
        self.process.stdin.flush()
        found = {}
        while (line := self.process.stdout.readline().decode().rstrip("\n")) != ".":
            key, text = line.split(": ", 1)
            found.setdefault(key, []).append(text)
        return found


def text_of(rng, letters, most):
    text = "".join(rng.choice(letters) for _ in range(rng.randint(1, most)))
    return text.strip() or "x"


def encode(octets, charset, rng):
    if rng.random() < 0.5:
        return f"=?{charset}?{rng.choice('bB')}?{base64.b64encode(octets).decode()}?="
    q = "".join(chr(o) if chr(o).isalnum() and o < 128 else "_" if o == 32 and rng.random() < 0.7 else f"={o:02X}"
                for o in octets)
    return f"=?{charset}?{rng.choice('qQ')}?{q}?="


def fold(rng):
    return rng.choice([" ", " ", "\r\n ", "\r\n\t", "  "])


def made_subject(rng):
    """A value, what it says, and whether Python can be asked."""
    value, says, ask, last = "", "", True, None
    for _ in range(rng.randint(1, 6)):
        if rng.random() < 0.3:
            word = rng.choice(WORDS)
            value, says = (value + " " + word, says + " " + word) if value else (word, word)
            last = "text"
            continue
        charset, codec, letters = rng.choice(SETS)
        ask = ask and charset != "ks_c_5601-1987"
        text = text_of(rng, letters, 20)
        octets, pieces = text.encode(codec), []
        if codec not in STATEFUL and rng.random() < 0.3 and len(octets) > 2:
            cut = rng.randint(1, len(octets) - 1)
            pieces, ask = [octets[:cut], octets[cut:]], False
        else:
            pieces = [octets]
        words = fold(rng).join(encode(p, charset, rng) for p in pieces)
        if last is None:
            value, says = words, text
        elif last == "text":
            value, says = value + " " + words, says + " " + text
        else:
            value, says = value + fold(rng) + words, says + text
        last = "word"
    return value, says, ask


def python_reads(octets, key):
    return str(email.message_from_bytes(octets, policy=email.policy.default)[key])


def blanks(text):
    return " ".join(text.split())


def squashed(text):
    return "".join(text.split())


def pairs(texts):
    return [(squashed(name), address) for name, address in getaddresses(texts, **STRICT)]


# Newer versions refuse what they think suspicious unless told not to.
STRICT = {"strict": False} if "strict" in getaddresses.__code__.co_varnames else {}


def check_subject(rng, show):
    value, says, ask = made_subject(rng)
    octets = f"Subject: {value}\r\nX: y\r\n\r\ntext\r\n".encode()
    got = show(octets)
    subject = got.get("subject", ["?"])[0]
    wanted = [says] + ([python_reads(octets, "subject")] if ask else [])
    return [(octets, subject, w) for w in wanted if blanks(subject) != blanks(w)] + [
        (octets, o, "no oddity") for o in got.get("odd", [])]


def check_composed(rng, show):
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    subject = " ".join(text_of(rng, rng.choice(SETS)[2], 30) for _ in range(rng.randint(1, 5)))
    people = [Address(rng.choice(NAMES), f"u{i}", "x.example") for i in range(rng.randint(1, 8))]
    m["Subject"], m["From"], m["To"] = subject, people[0], people
    m["Message-ID"] = f"<{rng.getrandbits(64):x}@x.example>"
    octets = m.as_bytes()
    if b"=?utf-8?q?=2C?=" in octets:
        return []
    got = show(octets)
    wanted = [(squashed(p.display_name), p.addr_spec) for p in people]
    faults = []
    if squashed(got["subject"][0]) != squashed(subject):
        faults.append((octets, got["subject"][0], subject))
    for key, want in (("to", wanted), ("from", wanted[:1])):
        if pairs(got[key]) != want:
            faults.append((octets, got[key], want))
    if got["message-id"] != [m["Message-ID"]] or "odd" in got:
        faults.append((octets, got, "its identifier and no oddity"))
    return faults


def check_list(rng, show):
    boxes = []
    for i in range(rng.randint(1, 6)):
        address = f"u{i}@x.example"
        charset, codec, letters = rng.choice([s for s in SETS if s[0] != "ks_c_5601-1987"])
        word = encode(text_of(rng, letters, 12).encode(codec), charset, rng)
        boxes.append(rng.choice([address, f"<{address}>", f"Some Name <{address}>", f'"Doe, {i}" <{address}>',
                                 f"{word} <{address}>", f"{word}{fold(rng)}{word} <{address}>", f"X {word} <{address}>",
                                 f'"a \\"b\\" c"{fold(rng)}<{address}>']))
    value = "".join(b + rng.choice([",", ", ", ",\r\n ", " , "]) for b in boxes[:-1]) + boxes[-1]
    octets = f"To: {value}\r\nX: y\r\n\r\n".encode()
    got = show(octets)
    field = email.message_from_bytes(octets, policy=email.policy.default)["to"]
    want = [(squashed(a.display_name), a.addr_spec) for a in field.addresses]
    faults = [(octets, got["to"], want)] if pairs(got["to"]) != want else []
    return faults + [(octets, o, "no oddity") for o in got.get("odd", [])]


def main():
    show = Show(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20261125)
    faults = []
    for _ in range(count):
        for check in (check_subject, check_composed, check_list):
            faults += check(rng, show)
    for octets, got, want in faults[:10]:
        print(f"{octets!r}\n  got  {got!r}\n  want {want!r}")
    print(f"{3 * count} headers, {len(faults)} differ")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
