# SPDX-License-Identifier: BSD-3-Clause
"""Holds records against config/record.schema.json, and, the object mailtap taken away, against the keys of
Suricata's EVE. Only the words of JSON Schema that the schema uses are known; another one is an error, so that
nothing goes by unseen. Fast enough for every record of every run: some ten thousand a second.
"""
import json
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(HERE, "..", "..", "config", "record.schema.json")
EVE_KEYS = os.path.join(HERE, "eve_keys.json")
NOTES = {"$schema", "title", "description", "$defs"}
TYPES = {"string": (str,), "boolean": (bool,), "integer": (int,), "number": (int, float), "object": (dict,),
         "array": (list,), "null": (type(None),)}


class Compiler:
    """Makes of each schema a function of a value that returns None, or what is wrong and where."""

    def __init__(self, root):
        self.root, self.named = root, {}

    def reference(self, text):
        if text not in self.named:
            target = self.root
            for part in text.removeprefix("#/").split("/"):
                target = target[part]
            self.named[text] = None  # a schema within itself finds the function when it is called
            self.named[text] = self.compile(target)
        return self.named[text] or (lambda value: self.named[text](value))

    def compile(self, schema):
        if schema is True:
            return lambda value: None
        if schema is False:
            return lambda value: " is not allowed"
        words, checks = dict(schema), []
        for word in NOTES & set(words):
            del words[word]
        if "$ref" in words:
            checks.append(self.reference(words.pop("$ref")))
        for names, make in ((("type",), kind), (("const",), constant), (("enum",), choice), (("pattern",), pattern),
                            (("minimum", "maximum"), bounds), (("uniqueItems",), unique)):
            found = [words.pop(n, None) for n in names]
            if any(f is not None for f in found):
                checks.append(make(*found))
        checks += self.objects(words) + self.arrays(words) + self.conditions(words)
        if words:
            raise ValueError(f"words of JSON Schema that are not known here: {sorted(words)}")
        return checks[0] if len(checks) == 1 else every(checks)

    def objects(self, words):
        names = ("properties", "required", "additionalProperties", "minProperties", "propertyNames")
        found = {n: words.pop(n) for n in names if n in words}
        if not found:
            return []
        known = {k: self.compile(s) for k, s in found.get("properties", {}).items()}
        required, least = set(found.get("required", ())), found.get("minProperties", 0)
        other = self.compile(found.get("additionalProperties", True))
        name = self.compile(found.get("propertyNames", True))

        def check(value):
            if type(value) is not dict:
                return None
            if not required <= value.keys():
                return f" lacks {sorted(required - value.keys())}"
            if len(value) < least:
                return " has too few keys"
            for key, one in value.items():
                fault = known.get(key, other)(one) or name(key)
                if fault:
                    return f".{key}{fault}"
            return None
        return [check]

    def arrays(self, words):
        names = ("items", "prefixItems", "minItems", "maxItems")
        found = {n: words.pop(n) for n in names if n in words}
        if not found:
            return []
        first = [self.compile(s) for s in found.get("prefixItems", ())]
        rest = self.compile(found.get("items", True))
        least, most = found.get("minItems", 0), found.get("maxItems", 1 << 60)

        def check(value):
            if type(value) is not list:
                return None
            if not least <= len(value) <= most:
                return f" has {len(value)} items"
            for n, one in enumerate(value):
                fault = (first[n] if n < len(first) else rest)(one)
                if fault:
                    return f"[{n}]{fault}"
            return None
        return [check]

    def conditions(self, words):
        checks = [self.compile(s) for s in words.pop("allOf", ())]
        if "if" in words:
            test, then = self.compile(words.pop("if")), self.compile(words.pop("then"))
            checks.append(lambda value: then(value) if test(value) is None else None)
        return checks


def every(checks):
    def check(value):
        for one in checks:
            fault = one(value)
            if fault:
                return fault
        return None
    return check


def kind(names):
    names = [names] if isinstance(names, str) else names
    types = tuple(t for n in names for t in TYPES[n])
    fault = f" is not {' or '.join(names)}"
    return lambda value: None if type(value) in types else fault


def constant(wanted):
    return lambda value: None if value == wanted and type(value) is type(wanted) else f" is not {wanted!r}"


def choice(wanted):
    return lambda value: None if value in wanted else f" is {value!r}, not one of {wanted}"


def pattern(text):
    find = re.compile(text, re.ASCII).search
    return lambda value: None if type(value) is not str or find(value) else f" is {value!r}, not like {text}"


def bounds(least, most):
    def check(value):
        if type(value) not in (int, float):
            return None
        well = (least is None or value >= least) and (most is None or value <= most)
        return None if well else f" is {value}, out of bounds"
    return check


def unique(wanted):
    def check(value):
        twice = wanted and type(value) is list and len(set(map(str, value))) < len(value)
        return " has an item twice" if twice else None
    return check


with open(SCHEMA, encoding="utf-8") as f:
    ROOT = json.load(f)
against_schema = Compiler(ROOT).compile(ROOT)
with open(EVE_KEYS, encoding="utf-8") as f:
    EVE = json.load(f)
COMMON = set(EVE["common"]) | set(EVE["objects"]) | {"mailtap"}
OBJECTS = {name: set(keys) for name, keys in EVE["objects"].items()}


def against_eve(record):
    """What stands outside the object mailtap is known to who reads Suricata."""
    if not record.keys() <= COMMON:
        return f" has keys that EVE has not: {sorted(record.keys() - COMMON)}"
    for name, keys in OBJECTS.items():
        one = record.get(name)
        if one is not None and not one.keys() <= keys:
            return f".{name} has keys that EVE has not: {sorted(one.keys() - keys)}"
    return None


def fault_of(record):
    """What is wrong with a record, or None."""
    if type(record) is not dict:
        return "a record is not an object"
    fault = against_schema(record) or against_eve(record)
    return f"record{fault}" if fault else None


def no_twice(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def fault_of_line(line):
    """The same for a line of eve.json, as octets. It must be UTF-8 and JSON as the standard has it."""
    try:
        return fault_of(json.loads(line.decode("utf-8"), object_pairs_hook=no_twice))
    except ValueError as e:
        return f"not JSON: {e}"


def look_at(path, open_end=False):
    """How many records a file has, and the faults: "PATH:LINE: ...". open_end: the last line may be torn."""
    count, faults = 0, []
    with open(path, "rb") as f:
        for number, line in enumerate(f, 1):
            if open_end and not line.endswith(b"\n"):
                break
            count += 1
            fault = fault_of_line(line)
            if fault:
                faults.append(f"{path}:{number}: {fault}")
    return count, faults


def is_of_records(folder, name):
    """Whether a file in a spool, or beside it, holds records."""
    held = os.path.basename(folder) == "hold" and name.endswith(".json")
    return name.startswith("eve.json") or held or ".verdicts" in name


def find(folder):
    return [os.path.join(where, name) for where, _, names in os.walk(folder) for name in sorted(names)
            if is_of_records(where, name)]
