# SPDX-License-Identifier: BSD-3-Clause
"""An appliance that runs, asked through its telemetry socket, and a tap of two legs to feed it with.

Both live in the network and mount namespace of the test itself: see enter_namespaces().
"""
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time

from harness import HERE

sys.path.insert(0, os.path.join(HERE, "..", "replay"))
import dialogue
import frames

REPLY_MAX = 16384
INSIDE = "MAILTAP_TEST_INSIDE"
COMMANDS = ("health", "info", "ports", "lcores", "flows", "smtp", "hints", "ledger", "drops", "counters", "odds", "mails,32",
            "mails", "spool", "signatures", "limits", "hist,commit_ms", "hist,mail_octets", "hist,batch_mails")
PAGED = ("smtp", "counters", "signatures")


def enter_namespaces():
    """Runs the script again where it may make interfaces and mounts that nobody else sees."""
    if os.environ.get(INSIDE) is None:
        os.execvpe("unshare", ["unshare", "--net", "--mount", sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})
    subprocess.run("sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1; ip link set lo up",
                   shell=True, check=True)


def no_twice(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"a key stands twice: {names}")
    return dict(pairs)


def read_strictly(octets):
    """JSON as the standard has it, and within the limits of telemetry."""
    if len(octets) > REPLY_MAX:
        raise ValueError(f"{len(octets)} octets")
    text = octets.decode("ascii")
    if any(ord(c) < 0x20 or ord(c) > 0x7E for c in text):
        raise ValueError("an octet that is not printable ASCII")

    def refuse(name):
        raise ValueError(name)
    return json.loads(text, object_pairs_hook=no_twice, parse_constant=refuse)


class Asker:
    """One connection to the socket."""

    def __init__(self, prefix):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(20)
        self.socket.connect(f"/var/run/dpdk/{prefix}/dpdk_telemetry.v2")
        self.socket.recv(1024)

    def ask_raw(self, command):
        self.socket.send(command if isinstance(command, bytes) else command.encode())
        return self.socket.recv(2 * REPLY_MAX)

    def ask(self, question):
        reply = read_strictly(self.ask_raw("/mailtap/" + question))
        if len(reply) != 1:
            raise ValueError(f"{question}: {len(reply)} keys")
        return next(iter(reply.values()))

    def pages(self, command):
        """Every item of a paged list."""
        items, total = [], 1
        while len(items) < total:
            reply = self.ask(f"{command},{len(items)}")
            if reply["count"] != len(reply["items"]) or reply["start"] != len(items) or "left_out" in reply:
                raise ValueError(f"{command}: {reply['start']} {reply['count']} {len(reply['items'])}")
            total = reply["total"]
            if reply["count"] == 0 and len(items) < total:
                raise ValueError(f"{command}: a page of nothing at {len(items)}")
            items += [reply["items"][str(i)] for i in range(reply["count"])]
        return items

    def close(self):
        self.socket.close()


class Appliance:
    number = itertools.count()

    def __init__(self, h, conf, spool=None, sets=()):
        nth = next(self.number)
        self.h, self.prefix = h, f"{h.name}_{os.getpid()}_{nth}"
        self.spool = spool or h.path(f"spool-{nth}")
        path = h.write(f"appliance-{nth}.yaml", conf + f"file_prefix: {self.prefix}\n")
        words = [h.mailtap, "run", "-c", path, "--spool", self.spool, "--set", "user=none"]
        for assignment in sets:
            words += ["--set", assignment]
        self.log = open(h.path(f"appliance-{nth}.log"), "wb")
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.asker = None

    def __enter__(self):
        end = time.monotonic() + 30
        while self.asker is None:
            try:
                self.asker = Asker(self.prefix)
                # The ports come up after the socket.
                while not self.ask("ports") and time.monotonic() < end:
                    time.sleep(0.05)
            except (OSError, ValueError):
                if time.monotonic() > end or self.process.poll() is not None:
                    self.h.check(False, f"the appliance does not start: {self.said()}")
                    raise
                time.sleep(0.05)
        return self

    def __exit__(self, *_):
        if self.asker is not None:
            self.asker.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = "none within a minute"
        self.log.close()
        self.h.check(status == 0, f"{self.prefix}: exit {status}: {self.said()}")

    def said(self):
        with open(self.log.name, "rb") as f:
            return f.read().decode(errors="replace")[-2000:]

    def ask(self, question):
        return self.asker.ask(question)

    def wait_for(self, what, seconds):
        """Whether it came true in time, and the last look at health."""
        end = time.monotonic() + seconds
        while True:
            health = self.ask("health")
            if what(health):
                return True, health
            if time.monotonic() > end:
                return False, health
            time.sleep(0.2)


class Tap:
    """Two legs: what servers get arrives on the first, what they send on the second."""

    def __init__(self, legs=2):
        self.near, self.far = [], []
        for leg in "ab"[:legs]:
            subprocess.run(f"ip link add x{leg} type veth peer name tap{leg} && ip link set x{leg} up && "
                           f"ip link set tap{leg} up promisc on", shell=True, check=True)
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            s.bind((f"x{leg}", 0))
            self.near.append(s)
            self.far.append(f"tap{leg}")

    def close(self):
        for s, device in zip(self.near, self.far):
            s.close()
            subprocess.run(["ip", "link", "del", device], check=False)

    def put(self, leg, frame):
        while True:
            try:
                self.near[leg].send(frame)
                return
            except OSError:  # the queue of the interface is full
                time.sleep(0.001)

    def play(self, packets, sides="CS"):
        """Packets of a dialogue, those of the named sides alone."""
        for packet in packets:
            if packet.side in sides:
                self.put("CS".index(packet.side) % len(self.near), frames.ethernet(packet.octets))


PORTS = itertools.count(20000)


def session(lines, server="192.0.2.25:25", client="198.51.100.7"):
    """A whole connection. lines: (side, octets) in order."""
    c = dialogue.connection(f"{client}:{next(PORTS)}", server, {})
    packets = dialogue.open_connection(c, {})
    for side, octets in lines:
        packets += dialogue.send(c, side, octets, {})
    packets.append(dialogue.segment(c, "C", b"", {}))
    return packets + dialogue.close_connection(c)


def mail(body=b"Subject: hello\r\n\r\nhello\r\n", sender=b"<alice@example.net>", rcpt=b"<bob@example.org>"):
    return [("S", b"220 mx.example.org ESMTP\r\n"), ("C", b"EHLO client.example.net\r\n"), ("S", b"250 mx.example.org\r\n"),
            ("C", b"MAIL FROM:" + sender + b"\r\n"), ("S", b"250 ok\r\n"), ("C", b"RCPT TO:" + rcpt + b"\r\n"),
            ("S", b"250 ok\r\n"), ("C", b"DATA\r\n"), ("S", b"354 go\r\n"), ("C", body + b".\r\n"),
            ("S", b"250 queued as 1\r\n"), ("C", b"QUIT\r\n"), ("S", b"221 bye\r\n")]


def tls():
    hello = bytes.fromhex("16030100c8010000c40303") + b"\0" * 194
    return [("S", b"220 mx.example.org ESMTP\r\n"), ("C", b"EHLO client.example.net\r\n"),
            ("S", b"250-mx.example.org\r\n250 STARTTLS\r\n"), ("C", b"STARTTLS\r\n"), ("S", b"220 go\r\n"), ("C", hello),
            ("S", b"\x16\x03\x03\x00\x40" + b"\0" * 64)]
