# SPDX-License-Identifier: BSD-3-Clause
"""A spool with mails in it, a mailtap-inspect that reads it, and what can be checked afterwards."""
import collections
import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import threading
import time

from harness import REGISTERED, mails_of, read_records


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


@contextlib.contextmanager
def mounted(folder, size):
    """A small tmpfs on a folder while it lasts; yields why there is none, or an empty text."""
    os.makedirs(folder, exist_ok=True)
    run = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, text=True)
    try:
        yield run.stderr.strip() or ("" if run.returncode == 0 else "mount failed")
    finally:
        if run.returncode == 0:
            subprocess.run(["umount", folder], check=True)


class Rig:
    def __init__(self, h, name, mails, size=1000, sets=()):
        self.program = h.program("app/mailtap-inspect/mailtap-inspect")
        self.ctl, self.folder = h.ctl, h.path(name)
        os.makedirs(self.folder)
        self.spool, self.out = self.path("spool"), self.path("out")
        self.state = os.path.join(self.spool, "state", "inspect")
        self.conf, self.log = self.path("conf.yaml"), self.path("log")
        self.mails, self.outputs = {}, []
        if mails:
            capture, _ = h.generate(name, "--mails", mails, "--size", size, "--seed", 7)
            subprocess.run(h.command(self.spool, capture, sets=sets), check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            self.load()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def load(self):
        self.mails = {r["mailtap"]["id"]: r for r in mails_of(read_records(self.spool))}

    def script(self, name, text):
        """Put there at once: a text that is being written cannot be executed."""
        with open(self.path(name + ".new"), "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(self.path(name + ".new"), 0o755)
        os.rename(self.path(name + ".new"), self.path(name))
        return self.path(name)

    def configure(self, *outputs, spool=None, rotate="never"):
        self.outputs = [o.split(",")[0].split(": ")[1] for o in outputs]
        with open(self.conf, "w", encoding="ascii") as f:
            f.write(REGISTERED + f"spool: {{directory: {spool or self.spool}, eve: {{rotate: {rotate}}}}}\n"
                    f"inspect: [{', '.join(outputs)}]\n")

    # --- running it

    def start(self, **settings):
        with open(self.log, "ab") as log:
            return subprocess.Popen([self.program, "-c", self.conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    **settings)

    def run(self, *words):
        return subprocess.run([self.program, "-c", self.conf, *words], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120)

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=60)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def wait(self, well, seconds=60, step=0.05):
        end = time.monotonic() + seconds
        while not well():
            if time.monotonic() > end:
                return False
            time.sleep(step)
        return True

    def drain(self, h, seconds=600):
        """Runs it undisturbed until every output has nothing left. How much is left."""
        process = self.start()
        begun = time.monotonic()

        def is_done():
            statuses = [self.status(n) for n in self.outputs]
            return process.poll() is not None or all(
                s.get("pid") == process.pid and s["depth"] == 0 and s["behind"] == 0 for s in statuses)

        self.wait(is_done, seconds)
        h.check(self.stop(process) == 0, f"the last run ends with {process.returncode}: {self.said()[-300:]}")
        print(f"drained in {time.monotonic() - begun:.1f} s")
        return sum(self.status(n).get("depth", 1) for n in self.outputs)

    # --- what it left

    def status(self, output):
        try:
            with open(os.path.join(self.state, output + ".status"), encoding="utf-8") as f:
                return json.load(f)
        except OSError:
            return {}

    def written(self):
        """Octets of all verdicts."""
        return sum(os.stat(os.path.join(self.state, n)).st_size for o in self.outputs for n in self.journals(o))

    def cursors(self):
        """Which ones there are: each is put in the place of the one before."""
        return {n: os.stat(os.path.join(self.state, n)).st_ino for n in os.listdir(self.state) if n.endswith(".cursor")
                } if os.path.isdir(self.state) else {}

    def is_done(self):
        return all(len(self.verdicts(o)) == len(self.mails) for o in self.outputs)

    def journals(self, output):
        """The files of verdicts, those that were put aside and the one at hand."""
        return [n for n in os.listdir(self.state) if n.startswith(output + ".verdicts")] if os.path.isdir(self.state) else []

    def verdicts(self, output, kind="verdict"):
        lines = []
        for name in self.journals(output):
            with contextlib.suppress(OSError), open(os.path.join(self.state, name), "rb") as f:
                lines += f.read().split(b"\n")[:-1]  # the last one may be under way
        return [v for v in map(json.loads, lines) if v["mailtap"]["kind"] == kind]

    def check_verdicts(self, h, output, kinds):
        """One verdict a mail, of these kinds, that can be joined with its record. How many of each kind."""
        verdicts = self.verdicts(output)
        ids = collections.Counter(v["mailtap"]["id"] for v in verdicts)
        h.check(set(ids) == set(self.mails), f"{output}: {len(self.mails)} mails, verdicts about {len(ids)}")
        twice = [i for i, n in ids.items() if n > 1]
        h.check(not twice, f"{output}: {len(twice)} mails have more than one verdict: {twice[:3]}")
        found = collections.Counter(v["mailtap"]["verdict"] for v in verdicts)
        h.check(set(found) <= kinds, f"{output}: verdicts {dict(found)}")
        strange = [v for v in verdicts if v["mailtap"]["output"] != output or v["event_type"] != "mailtap" or any(
            v[key] != self.mails[v["mailtap"]["id"]][key] for key in ("flow_id", "tx_id", "src_ip", "dest_port", "smtp"))]
        h.check(not strange, f"{output}: a verdict does not agree with its record: {strange[:1]}")
        return found

    def check_files(self, h, sample):
        names = set(os.listdir(self.out)) - {"tmp"}
        want = {i + end for i in self.mails for end in (".eml", ".json")}
        h.check(names == want, f"the folder has {len(names)} files, want {len(want)}")
        wrong = [i for i, r in self.mails.items() if sha256(os.path.join(self.out, i + ".eml")) != r["mailtap"]["sha256"]]
        h.check(not wrong, f"{len(wrong)} files are not what the record says: {wrong[:3]}")
        for i in random.sample(sorted(self.mails), min(sample, len(self.mails))):
            run = subprocess.run([self.ctl, "cat", "--spool", self.spool, i], capture_output=True)
            with open(os.path.join(self.out, i + ".eml"), "rb") as f:
                h.check(run.stdout == f.read(), f"{i}.eml is not what mailtapctl cat says")
            with open(os.path.join(self.out, i + ".json"), encoding="utf-8") as f:
                h.check(json.load(f) == self.mails[i], f"{i}.json is not the record")

    def check_leftovers(self, h):
        left = [os.path.join(f, n) for f, _, names in os.walk(self.state) for n in names
                if f.endswith(".work") or n.endswith(".new")]
        left += os.listdir(os.path.join(self.out, "tmp"))
        h.check(not left, f"{len(left)} files are left over: {left[:3]}")
        running = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as f:
                if self.state.encode() in f.read():
                    running.append(pid)
        h.check(not running, f"programs still run: {running}")


class Watcher(threading.Thread):
    """Looks at each file in the folder as its name appears."""

    def __init__(self, rig, check=True):
        super().__init__(daemon=True)
        self.rig, self.verify = rig, check
        self.known, self.seen, self.faults, self.over = set(), 0, [], False

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.join()

    def look_at(self, name):
        path, mail, end = os.path.join(self.rig.out, name), *name.rsplit(".", 1)
        if end == "eml" and sha256(path) != self.rig.mails[mail]["mailtap"]["sha256"]:
            self.faults.append(f"{name} is not whole")
        if end != "json":
            return
        with open(path, "rb") as f:
            if json.loads(f.read()) != self.rig.mails[mail]:
                self.faults.append(f"{name} is not the record")
        if not os.path.exists(path[:-5] + ".eml"):
            self.faults.append(f"{name} is there before its mail")

    def run(self):
        while True:
            last = self.over
            names = set(os.listdir(self.rig.out)) - {"tmp"} if os.path.isdir(self.rig.out) else set()
            for name in names - self.known:
                if self.verify:
                    self.look_at(name)
            self.known |= names
            self.seen = len(self.known)
            if last:
                return
            time.sleep(0.001)
