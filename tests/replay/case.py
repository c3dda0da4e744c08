# SPDX-License-Identifier: BSD-3-Clause
"""Reads a .case file: what is played, how it is wrapped and written, and what must come out.

A line is a command and its words; `#` begins a comment. See README.md beside this file for the
commands. Everything after a line `expect` says what must come out.
"""
import ipaddress
import re
import shlex

import dialogue
import frames
import tls
from dialogue import Packet

LINE = re.compile(r"(?P<side>[CS])(\[(?P<mods>[^\]]*)\])?(\*(?P<times>\d+))?:( (?P<text>.*))?$")
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))|\{\((.*?)\)\*(\d+)\}|\{(.)\*(\d+)\}", re.S)
PLAIN = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0"}


def unescape(text):
    def replace(match):
        hexa, char, phrase, times, filler, count = match.groups()
        if hexa:
            return chr(int(hexa, 16))
        if phrase is not None:
            return unescape(phrase).decode("latin-1") * int(times)
        if filler:
            return filler * int(count)
        return PLAIN.get(char, char.encode()).decode("latin-1")
    return ESCAPE.sub(replace, text).encode("latin-1")


def options_of(words):
    """key=value and bare words as a dictionary."""
    return dict(word.split("=", 1) if "=" in word else (word, "") for word in words)


def auto_text(name, size):
    text, number = f"Subject: {name}\r\n\r\n".encode(), 0
    while len(text) < size:
        number += 1
        text += f"{name}, line {number:06} of a mail that was made for a test.\r\n".encode()
    return text[:size - 2] + b"\r\n" if size > 32 else text


def stuff(text):
    lines = text.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b".\r\n"


class Case:
    """client: the host that connections come from unless they say so; start: microseconds from the start of the
    capture; mss: the size of all segments whose case does not say which of them are lost or late; hasty: no time
    goes by but for the packets."""

    def __init__(self, path, client="198.51.100.7", start=0.0, mss=0, hasty=False):
        self.client, self.mss, self.hasty = client, mss, hasty
        self.conf, self.registered = [], []
        self.texts, self.connections, self.packets = {}, [], []
        self.link, self.format, self.wrap, self.damage = "ethernet", "us", {}, {}
        self.names, self.legs, self.stdin = ["capture.pcap"], False, False
        self.skews, self.expect = [], []
        self.now, self.file, self.current, self.mails = start, 0, None, 0
        self.read(path)

    def read(self, path):
        expecting = False
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                line = line.rstrip("\n")
                if not line.strip() or line.startswith("#"):
                    continue
                if line == "expect":
                    expecting = True
                elif expecting:
                    self.expect.append(shlex.split(line))
                else:
                    try:
                        self.play(line)
                    except Exception as e:
                        raise SystemExit(f"{path}:{number}: {line}: {e!r}")

    def play(self, line):
        match = LINE.match(line)
        if match:
            self.say(match)
            return
        word, *rest = shlex.split(line)
        getattr(self, "do_" + word.replace("-", "_"))(*rest)

    # What is played

    def conn(self):
        if self.current is None:
            self.do_connection()
        return self.current

    def add(self, packets):
        for p in packets:
            self.now += 100 if self.hasty else 1000
            self.packets.append(Packet(p.octets, p.side, self.now, p.late, self.file, p.wrap))

    def say(self, match):
        mods = options_of((match["mods"] or "").split())
        text = unescape(match["text"] or "")
        if "raw" not in mods and match["text"] is not None:
            text += b"\r\n"
        for _ in range(int(match["times"] or 1)):
            self.add(dialogue.send(self.conn(), match["side"], text, mods))

    def do_connection(self, client=None, server="192.0.2.25:25", *options):
        if client in (None, "-"):
            client = f"{self.client}:{40001 + len(self.connections)}"
        self.current = dialogue.connection(client, server, options_of(options))
        self.current.piece = self.mss
        self.connections.append(self.current)

    def do_use(self, number):
        self.current = self.connections[int(number) - 1]

    def do_open(self, *mods):
        self.add(dialogue.open_connection(self.conn(), options_of(mods)))

    def do_close(self):
        self.add(dialogue.close_connection(self.conn()))

    def both(self, *pairs, **mods):
        for side, text in pairs:
            self.add(dialogue.send(self.conn(), side, text.encode() + b"\r\n", mods))

    def do_hello(self):
        self.both(("S", "220 mx.example.net ESMTP"), ("C", "EHLO client.example.org"),
                  ("S", "250-mx.example.net\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME"))

    def do_envelope(self, sender, *rcpts):
        self.both(("C", f"MAIL FROM:<{sender}>"), ("S", "250 2.1.0 Ok"))
        for rcpt in rcpts:
            self.both(("C", f"RCPT TO:<{rcpt}>"), ("S", "250 2.1.5 Ok"))
        self.both(("C", "DATA"), ("S", "354 Go ahead"))

    def text(self, name):
        return self.texts.setdefault(name, auto_text(name, 0))

    def do_content(self, name, *mods):
        mods = options_of(mods)
        wire = stuff(self.text(name))
        if "end" in mods:
            wire = wire[:-3]
        self.add(dialogue.send(self.conn(), "C", wire, mods))

    def do_accept(self, code="250"):
        self.mails += 1
        self.both(("S", f"{code} 2.0.0 Ok: queued as {self.mails:05X}" if code < "400" else f"{code} 5.7.1 No"))

    def do_mail(self, name, *mods):
        self.do_envelope(f"{name}@client.example", f"{name}@server.example")
        self.do_content(name, *mods)
        self.do_accept()

    def do_bye(self):
        self.both(("C", "QUIT"), ("S", "221 2.0.0 Bye"))
        self.do_close()

    def do_session(self, *names):
        self.do_open()
        self.do_hello()
        for name in names:
            self.do_mail(name)
        self.do_bye()

    def do_data_flood(self, count, server="192.0.2.25:25"):
        """Octets out of nowhere, each from an end of its own."""
        for n in range(int(count)):
            host = f"100.{64 + (n >> 14 & 63)}.{n >> 6 & 255}.{n & 63}:{1024 + n % 60000}"
            self.add([dialogue.segment(dialogue.connection(host, server, {}), "C", b"DATA\r\n", {})])

    def do_fragment_flood(self, count):
        """Fragments of UDP datagrams that never come whole, to the mail server and to others."""
        for n in range(int(count)):
            conn = dialogue.connection(f"100.64.{n >> 8 & 255}.{n & 255}:53", "192.0.2.25:53" if n % 2 else "203.0.113.9:53", {})
            packet = dialogue.segment(conn, "C", b"", {})
            client, server = (ipaddress.ip_address(bytes(packet.octets[at:at + 4])) for at in (12, 16))
            packet.octets = frames.ip_header(client, server, 17, b"\x55" * 800, ident=n & 0xffff, fragment=0x2000 | 100)
            self.add([packet])

    def do_ack(self, side):
        self.add([dialogue.segment(self.conn(), side, b"", {})])

    def do_syn_flood(self, count, server="192.0.2.25:25", answered=""):
        for n in range(int(count)):
            host = f"100.{64 + (n >> 14 & 63)}.{n >> 6 & 255}.{n & 63}:{1024 + n % 60000}"
            conn = dialogue.connection(host, server, {})
            self.add([dialogue.segment(conn, "C", b"", {"flags": "syn"})])
            if answered:
                conn.client.next += 1
                self.add([dialogue.segment(conn, "S", b"", {"flags": "syn+ack"})])

    # TLS

    def say_tls(self, side, make, words):
        options = options_of(words)
        mods = {k: v for k, v in options.items() if k not in tls.OPTIONS}
        self.add(dialogue.send(self.conn(), side, make(options), mods))

    def do_client_hello(self, *words):
        self.say_tls("C", tls.client_hello, words)

    def do_server_hello(self, *words):
        self.say_tls("S", tls.server_hello, words)

    def do_alert(self, side, level, description):
        self.add(dialogue.send(self.conn(), side, tls.alert(level, description), {}))

    def do_encrypted(self, side, size="100"):
        octets = tls.record(tls.CHANGE, b"\1") + tls.record(tls.DATA, bytes(int(size)))
        self.add(dialogue.send(self.conn(), side, octets, {}))

    def do_starttls(self):
        self.both(("C", "STARTTLS"), ("S", "220 2.0.0 Ready to start TLS"))

    def do_wait(self, seconds):
        self.now += 0 if self.hasty else float(seconds) * 1e6

    def do_text(self, name, *words):
        if words[0].startswith("size="):
            self.texts[name] = auto_text(name, int(words[0][5:]))
        else:
            self.texts[name] = b"".join(unescape(w) for w in words)

    # How it is wrapped and written

    def do_conf(self, *words):
        self.conf += words

    def do_registered(self, *words):
        self.registered += words

    def do_link(self, link):
        self.link = link

    def do_format(self, form):
        self.format = form

    def do_frames(self, *words):
        self.wrap.update(options_of(words))

    def do_skew(self, side, ms):
        self.skews.append((side, float(ms) * 1000))

    def do_file(self, name):
        self.names[self.file] = name

    def do_next_file(self, name=None):
        self.file += 1
        self.names.append(name or f"capture{self.file}.pcap")

    def do_legs(self):
        self.legs, self.names = True, ["client.pcap", "server.pcap"]

    def do_stdin(self):
        self.stdin = True

    def do_damage(self, *words):
        self.damage.update(options_of(words))
