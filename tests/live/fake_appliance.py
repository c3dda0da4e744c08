# SPDX-License-Identifier: BSD-3-Clause
"""An appliance that is none: speaks DPDK's telemetry protocol and answers from a dict, honestly or
not. The client finds it through RUNTIME_DIRECTORY."""
import json
import os
import socket
import threading
import time

LIMIT = 16384  # octets of a reply

REASONS = {
    "leg_dead": {"weight": "degraded", "text": "leg b of tap0 carries nothing for 42 s while leg a does",
                 "hint": "look at the cable and the mirror of leg b; mailtapctl ports"},
    "server_dark": {"weight": "notice", "text": "192.0.2.26 went over to TLS: 98 % of its sessions are dark",
                    "hint": "its mails are not seen; take the tap behind the TLS end, or register another hop"},
}


def port(nth, leg, **more):
    return dict({"interface": "tap0", "device": f"0000:3b:00.{nth}", "driver": "net_ice", "leg": leg, "link": "up",
                 "packets": 18201334 + nth, "octets": 9100667000, "missed": 0, "errors": 0, "no_mbuf": 0, "sent": 0,
                 "packets_s": 412345, "octets_s": 387500000, "missed_s": 0, "silent_s": 0}, **more)


def server(nth):
    return {"server": f"192.0.2.{25 + nth}", "sessions": 1000 * (nth + 1), "open": nth, "mails": 900 * (nth + 1),
            "accepted": 880 * (nth + 1), "refused": 15, "unknown": 5, "complete": 890 * (nth + 1), "dark": 10 * nth,
            "dark_ppm": 10000 * nth, "last": "2026-11-25T04:00:00.123456+0000"}


def counter(nth):
    return {"name": f"rx_thing{nth}", "unit": ("packets", "octets", "microseconds")[nth % 3],
            "help": f"number {nth}, with \"quotes\" and \\ in it", "value": nth * 1000}


def mail(nth):
    return {"time": f"2026-11-25T04:00:{nth:02}.123456+0000", "from": f"<sender{nth}@example.net>",
            "rcpt": "<rcpt@example.com>", "rcpts": 2, "rcpts_refused": 0, "size": 75000 + nth, "outcome": "accepted",
            "complete": "yes", "stored": "yes", "odd": "", "subject": f"Invoice number {nth}", "alerts": 0}


def paged(items, command, **more):
    """A list, ten to a page."""
    def answer(params):
        start = int((params or "0").split(",")[0] or 0)
        page = items[start:start + 10]
        return {command: dict({"total": len(items), "start": start, "count": len(page),
                               "items": {str(start + i): item for i, item in enumerate(page)}}, **more)}
    return answer


def well():
    """What a busy appliance in good health answers: command to answer, or to a function of the parameters."""
    return {
        "/mailtap/health": {
            "state": "OK", "uptime_s": 1051860, "reasons": {}, "connections": 345, "mails": 18201334, "mails_today": 401334,
            "complete": 18201000, "accepted": 18000000, "refused": 201000, "unknown": 334, "dark": 1234, "lost_packets": 0,
            "spool_free": 750 << 30, "packets_s": 824690, "octets_s": 775000000, "mails_s": 412, "connections_s": 57,
            "complete_ppm": 999981, "dark_ppm": 12345, "lost_ppm": 0},
        "/mailtap/info": {
            "version": "0.1.0", "dpdk": "DPDK 22.11.11", "pid": 4711, "uptime_s": 1051860,
            "started": "2026-11-13T00:00:00.000000+0000", "command": "mailtap run -c /etc/mailtap/mailtap.yaml",
            "config": "/etc/mailtap/mailtap.yaml", "config_sha256": "0123456789abcdef", "reloads": 2, "reload_failed": 0,
            "last_reload": "", "interfaces": "tap0", "lcores": "1,2,3,4", "automaton": "mirror", "durability": "batch",
            "spool": "/var/spool/mailtap", "eve": "/var/log/mailtap/eve.json", "user": "mailtap", "file_prefix": "mailtap"},
        "/mailtap/ports": {"port0": port(0, "a"), "port1": port(1, "b")},
        "/mailtap/lcores": {f"lcore{i}": {"cpu": i, "roles": role, "busy_ppm": 990000 // i, "rings": 7 * i,
                                          "ring_size": 4096}
                            for i, role in ((1, "rx0"), (2, "worker0"), (3, "worker1"), (4, "writer"))},
        "/mailtap/flows": {"connections": 345, "table": 1048576, "load_ppm": 329, "connection_octets": 600, "begun_s": 57,
                           "half_open": 3, "fin": 1000, "reset": 20, "reused": 1, "idle": 4, "evicted": 0, "late": 2, "one_sided": 1,
                           "dark": 1234, "held": 123456, "holes": 7, "out_of_order": 99, "lost": 1460},
        "/mailtap/smtp": paged([server(i) for i in range(25)], "/mailtap/smtp"),
        "/mailtap/ledger": {"balanced": "yes", "rx_packets": 18201334},
        "/mailtap/drops": {"rx_ring_full": {"count": 0, "unit": "packets", "help": "the worker's ring was full",
                                            "hint": "give the workers more cores"},
                           "rx_port_missed": {"count": 12345, "unit": "packets", "help": "lost in front of us",
                                              "hint": "give rx more queues, or its lcore a quieter cpu"}},
        "/mailtap/counters": paged([counter(i) for i in range(37)], "/mailtap/counters"),
        "/mailtap/odds": {"bare_lf": 12, "gap": 0, "unacked": 3},
        "/mailtap/mails": {f"01KAT4000000000000000000{i:02}": mail(i) for i in range(9, -1, -1)},
        "/mailtap/spool": {"directory": "/var/spool/mailtap", "segment": 812, "offset": 1234567, "segments": 400,
                           "octets": 100 << 30, "free": 750 << 30, "total": 1800 << 30,
                           "oldest": "2026-11-18T00:00:00.000000+0000", "unannounced": 3, "open_mails": 12,
                           "commits": 18201000, "records": 5000, "aborts": 0, "lost": 0, "degraded": "no", "trouble": "",
                           "octets_s": 30000000, "days_left_x10": 193, "held": 2, "retention_dropped_segments": 5,
                           "retention_dropped_mails": 100000},
        "/mailtap/signatures": paged([{"id": i, "name": f"SIG_{i}", "hits": i * 10, "severity": 1 + i % 3, "action": "note"}
                                      for i in range(12)], "/mailtap/signatures", set="0011223344556677",
                                     loaded="2026-11-25T00:00:00.000000+0000", compile_ms=120, cached="yes"),
        "/mailtap/limits": {"connections": {"used": 345, "size": 1048576, "met": 0},
                            "chunks": {"used": 12, "size": 4096, "met": 2}},
        "/mailtap/hist": lambda params: {"/mailtap/hist": {
            "unit": {"commit_ms": "ms", "mail_octets": "octets"}.get(params, "mails"), "count": 100, "sum": 1234,
            "le": {"1": 10, "2": 30, "4": 70, "8": 70, "16": 99, "inf": 100}}},
        "/mailtap/ctl/reload": {"done": "yes", "text": "reloaded", "needs_restart": "memory.chunks"},
        "/mailtap/ctl/signatures": {"done": "no", "text": "sig.yaml:3: pattern: unbalanced ("},
        "/mailtap/ctl/log": lambda params: {"/mailtap/ctl/log": {"done": "yes", "text": f"level {params}"}
                                            if params in ("debug", "info", "warn", "error", "fatal")
                                            else {"error": "level: debug, info, warn, error, fatal"}},
        "/mailtap/ctl/stop": {"done": "yes", "text": "stopping"},
    }


class Appliance:
    """`answers`: command to answer (an object), to a function of the parameters that gives the whole reply, or to raw
    octets. `delay`: seconds before each. `greet` False: closes at once."""

    def __init__(self, runtime, prefix, answers=None, delay=0.0, greet=True, mode=0o700):
        folder = os.path.join(runtime, "dpdk", prefix)
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, mode)
        self.path = os.path.join(folder, "dpdk_telemetry.v2")
        self.answers = well() if answers is None else answers
        self.delay, self.greet, self.asked, self.open = delay, greet, [], True
        self.clients = []
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path)
        self.listener.listen(10)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while self.open:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            self.clients.append(client)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            if not self.greet:
                client.close()
                return
            client.send(json.dumps({"version": "DPDK 22.11.11", "pid": os.getpid(), "max_output_len": LIMIT}).encode())
            while True:
                question = client.recv(1024).decode()
                if not question:
                    return
                self.asked.append(question)
                time.sleep(self.delay)
                reply = self.reply(question)
                if reply is None:
                    client.close()
                    return
                client.send(reply)
        except OSError:
            pass

    def reply(self, question):
        command, _, params = question.partition(",")
        answer = self.answers.get(command, {})
        if callable(answer):
            answer = answer(params)
        elif not isinstance(answer, (bytes, type(None))):
            answer = {command: answer if command in self.answers else None}
        if answer is None or isinstance(answer, bytes):
            return answer
        octets = json.dumps(answer, ensure_ascii=False).encode()
        assert len(octets) <= LIMIT, f"{command}: {len(octets)} octets"
        return octets

    def close(self):
        self.open = False
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for client in self.clients:
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            client.close()
        os.unlink(self.path)
