# SPDX-License-Identifier: BSD-3-Clause
"""A strict reader of OpenMetrics text: every family once, with its metadata in front of its samples, names and units as
the specification wants them, labels escaped, histograms that grow, `# EOF` at the end."""
import re

TYPES = ("counter", "gauge", "info", "stateset", "histogram", "unknown")
NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*$")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"')
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "info": ("_info",), "stateset": ("",),
            "histogram": ("_bucket", "_count", "_sum"), "unknown": ("",)}


class Wrong(ValueError):
    pass


def must(holds, line, why):
    if not holds:
        raise Wrong(f"{why}: {line!r}")


def read_labels(text, line):
    labels, at = {}, 0
    while at < len(text):
        m = LABEL.match(text, at)
        must(m, line, "labels")
        must(m[1] not in labels, line, "a label twice")
        labels[m[1]] = m[2].replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
        at = m.end()
        if at < len(text):
            must(text[at] == "," and at + 1 < len(text), line, "between labels")
            at += 1
    return labels


def check_histogram(family):
    buckets = [(s[1]["le"], s[2]) for s in family["samples"] if s[0].endswith("_bucket")]
    if not buckets:
        return
    bounds = [float(le.replace("+Inf", "inf")) for le, _ in buckets]
    must(buckets[-1][0] == "+Inf" and bounds == sorted(set(bounds)), family["name"], "bounds")
    counts = [n for _, n in buckets]
    must(counts == sorted(counts), family["name"], "cumulative counts")
    count = [s[2] for s in family["samples"] if s[0].endswith("_count")]
    must(count == [counts[-1]], family["name"], "_count is +Inf's bucket")


def check_family(family):
    name, kind, unit = family["name"], family["type"], family["unit"]
    must(kind in TYPES, name, "type")
    must(not unit or name.endswith("_" + unit), name, "the unit ends the name")
    must(not unit or kind not in ("info", "stateset"), name, "no unit for this type")
    must(family["help"] is not None, name, "help")
    seen = set()
    for sample, labels, value in family["samples"]:
        must(sample[len(name):] in SUFFIXES[kind], sample, f"suffix of a {kind}")
        key = (sample, tuple(sorted(labels.items())))
        must(key not in seen, sample, "a sample twice")
        seen.add(key)
        if kind in ("counter", "histogram"):
            must(value >= 0, sample, "below 0")
        if kind == "info":
            must(value == 1, sample, "an info is 1")
        if kind == "stateset":
            must(value in (0, 1) and name in labels, sample, "a state")
    if kind == "histogram":
        check_histogram(family)


def family_of(families, sample, line):
    for suffix in ("", "_total", "_info", "_bucket", "_count", "_sum"):
        if sample.endswith(suffix):
            name = sample[:len(sample) - len(suffix)]
            if name in families and suffix in SUFFIXES[families[name]["type"]]:
                return name
    raise Wrong(f"a sample of no family: {line!r}")


def parse(text):
    """Families by name; raises Wrong."""
    must(text.endswith("# EOF\n"), text[-20:], "ends with # EOF")
    families, current = {}, None
    for line in text[:-len("# EOF\n")].splitlines():
        must(line and "\r" not in line, line, "an empty line")
        if line.startswith("#"):
            word, what, name, rest = (line.split(" ", 3) + [""])[:4]
            must(word == "#" and what in ("TYPE", "UNIT", "HELP") and NAME.match(name), line, "metadata")
            if name != current:
                must(name not in families, line, "a family twice")
                current = name
                families[name] = {"name": name, "type": "unknown", "unit": "", "help": None, "samples": []}
            must(not families[name]["samples"], line, "metadata behind samples")
            must(what != "HELP" or re.match(r'(?:[^"\\\n]|\\\\|\\"|\\n)*$', rest), line, "help is escaped")
            families[name][what.lower()] = rest
            continue
        m = SAMPLE.match(line)
        must(m, line, "a sample")
        must(NUMBER.match(m[3]), line, "a number")
        must(family_of(families, m[1], line) == current, line, "families are not mixed")
        families[current]["samples"].append((m[1], read_labels(m[2] or "", line), float(m[3])))
    for family in families.values():
        check_family(family)
    return families
