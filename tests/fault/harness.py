# SPDX-License-Identifier: BSD-3-Clause
"""What the fault tests share: captures, runs, records, and counting what passed."""
import argparse
import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "replay"))
sys.path.insert(0, os.path.join(HERE, "..", "record"))
import schema

REGISTERED = "registered: [192.0.2.16/28, \"2001:db8:25::/64\"]\n"


class Harness:
    def __init__(self, name, doc, *options):
        parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--build", default="build", help="build folder with the programs")
        parser.add_argument("--work", help="folder for captures and spools (default: a temporary one)")
        for flag, settings in options:
            parser.add_argument(flag, **settings)
        self.args = parser.parse_args()
        self.name, self.passed, self.failed = name, 0, 0
        self.mailtap = self.program("app/mailtap/mailtap")
        self.ctl = self.program("app/mailtapctl/mailtapctl")
        self.generator = self.program("tests/bench/mailtap-generate")
        self.folder = tempfile.mkdtemp(prefix=f"mailtap-{name}-", dir=self.args.work)
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.conf = self.write("mailtap.yaml", REGISTERED)

    def program(self, path):
        return os.path.abspath(os.path.join(self.args.build, path))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def generate(self, name, *options):
        """A capture and its truth file."""
        capture, truth = self.path(name + ".pcap"), self.path(name + ".json")
        subprocess.run([self.generator, "--out", capture, "--truth", truth, *map(str, options)],
                       check=True, stderr=subprocess.DEVNULL)
        return capture, truth

    def command(self, spool, *captures, sets=()):
        words = [self.mailtap, "replay", "-c", self.conf, "--spool", spool]
        for assignment in sets:
            words += ["--set", assignment]
        return words + list(captures)

    def check(self, well, what):
        if well:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what}")
        return well

    def end(self):
        for path in schema.find(self.folder):
            validated.look_at(path)
        if validated.count:
            self.check(not validated.faults, f"{len(validated.faults)} of {validated.count} records are not as the schema "
                       "says: " + "; ".join(validated.faults[:3]))
        print(f"{validated.count} records were held against the schema")
        print(f"{self.name}: {self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)


class Validated:
    """Holds records against the schema, each once, although files grow, are renamed and go."""

    def __init__(self):
        self.count, self.faults, self.known = 0, [], {}

    def look_at(self, path):
        with open(path, "rb") as f:
            lines = [line for line in f if line.endswith(b"\n") or not is_log(path)]
        if not lines:
            return
        first = (path, lines[0])
        for line in lines[self.known.get(first, 0):]:
            self.count += 1
            fault = schema.fault_of_line(line)
            if fault:
                self.faults.append(f"{path}: {fault[:300]}")
        self.known[first] = max(len(lines), self.known.get(first, 0))


def is_log(path):
    """Whether the last line may be under way."""
    return "eve.json" in path or ".verdicts" in path


validated = Validated()


def peak_of(pid):
    """VmHWM of a process in octets, 0 when it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            return next((int(line.split()[1]) * 1024 for line in f if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def measured_run(command, seconds=600):
    """Exit status, stderr and peak memory. (The kernel's ru_maxrss would begin with our own.)"""
    end, peak = time.monotonic() + seconds, 0
    with tempfile.TemporaryFile() as err:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err)
        while child.poll() is None:
            peak = max(peak, peak_of(child.pid))
            if time.monotonic() > end:
                child.kill()
            time.sleep(0.02)
        err.seek(0)
        return child.returncode, err.read().decode(errors="replace"), peak


def read_records(spool):
    """Every record of eve.json; None stands for a line that is not JSON."""
    records, path = [], os.path.join(spool, "eve.json")
    try:
        validated.look_at(path)
        with open(path, "rb") as f:
            for line in f:
                try:
                    records.append(json.loads(line))
                except ValueError:
                    records.append(None)
    except OSError:
        pass
    return records


def of_kind(records, kind):
    return [r["mailtap"] for r in records if r and r["event_type"] == "mailtap" and r["mailtap"].get("kind") == kind]


def mails_of(records):
    return [r for r in records if r and r["event_type"] == "smtp"]
